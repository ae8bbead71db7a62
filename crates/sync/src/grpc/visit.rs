//! Asking a server how it stands with this device, without giving or taking anything.

use std::sync::{Arc, OnceLock};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_proto::v1;
use tokio_rustls::client::TlsStream;

use super::Grpc;
use crate::remote::RemoteError;

/// The certificate that the server showed, in DER form; none in plain text.
pub(super) type Shown = Arc<OnceLock<Vec<u8>>>;

/// Keeps the certificate that was shown at the first connection; a later one may show another.
pub(super) fn note<S>(shown: &Shown, stream: &TlsStream<S>) {
    let (_, session) = stream.get_ref();
    if let Some(own) = session.peer_certificates().and_then(<[_]>::first) {
        let _ = shown.set(own.to_vec());
    }
}

/// How a server stands with this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The server's clock; none where it does not say.
    pub now: Option<Timestamp>,
    /// Until when this device's token holds; none where it does not say.
    pub token_expires: Option<Timestamp>,
    /// What keeps the workspace from recording, in the server's word; none where nothing does.
    pub obstacle: Option<String>,
    /// The certificate that it shows, in DER form; none in plain text.
    pub certificate: Option<Vec<u8>>,
}

impl Grpc {
    /// Asks how the server stands with this device.
    ///
    /// # Errors
    /// It is out of reach, or the token is not one of its.
    pub async fn visit(&self) -> Result<Visit, RemoteError> {
        let request = self.timed(v1::GetCheckpointRequest {});
        let response = self.client.clone().get_checkpoint(request).await;
        let answer = response.map_err(|status| self.error(&status))?.into_inner();
        let moment = |ms: u64| (ms > 0).then(|| Timestamp::from_ms(ms));
        Ok(Visit {
            now: moment(answer.server_ms),
            token_expires: moment(answer.token_expires_ms),
            obstacle: Some(answer.standing).filter(|word| !word.is_empty() && word != "open"),
            certificate: self.certificate.get().cloned(),
        })
    }
}
