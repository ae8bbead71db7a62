//! [`Remote`] over gRPC: the client of `okrd`.
//!
//! Plain text is spoken to this machine alone, unless somebody asked for more; everything else is TLS.
//! Every call has a time limit or a keep-alive, so that a server that goes away is noticed. A token is
//! sent as metadata and shown in no error.

pub mod query;
mod visit;
mod wire;

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use quarterdeck_ledger::{Hash, PublicKey, Sealed};
use quarterdeck_proto::limits::MAX_MESSAGE_BYTES;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_proto::{Reason, v1};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_stream::StreamExt;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint, Uri};
use tonic::{Request, Status};

use crate::identity::{RemoteAddress, Secret};
use crate::remote::{
    Answer, Chunks, DeviceRequest, GivenBack, HostRequest, Hosted, JoinRequest, Joined, Piece,
    Remote, RemoteError, Renewed,
};
use crate::tls;

use visit::Shown;
pub use visit::Visit;
use wire::{fixed, protocol, read_chunk, read_outcome, read_status, reason_of, write_sealed};

const CONNECT: Duration = Duration::from_secs(10);
/// For a call that is answered at once, and between two chunks of a pull, which lasts as long as it brings
/// something.
const ANSWER: Duration = Duration::from_secs(60);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// A server, reached by gRPC.
#[derive(Debug, Clone)]
pub struct Grpc {
    channel: Channel,
    client: SyncServiceClient<Channel>,
    token: Option<MetadataValue<Ascii>>,
    address: String,
    /// How long an answer is waited for.
    pub(crate) patience: Duration,
    certificate: Shown,
}

impl Grpc {
    /// Connects to a server, with the token that `address` has.
    ///
    /// # Errors
    /// [`RemoteError::Unreachable`] where nobody answers, [`RemoteError::OtherCertificate`] where
    /// somebody else does, [`RemoteError::Refused`] where plain text would leave this machine.
    pub async fn connect(address: &RemoteAddress) -> Result<Self, RemoteError> {
        let shown = show(address);
        let unreachable = |what: String| RemoteError::Unreachable(format!("{shown}: {what}"));
        let endpoint = endpoint(&shown)?;
        let plain =
            address.fingerprint.is_none() && (address.plaintext || is_loopback(&address.host));
        let certificate = Shown::default();
        let channel = if plain {
            endpoint.connect().await
        } else {
            let connector = Connector::new(address, &certificate).map_err(unreachable)?;
            endpoint
                .connect_with_connector(tower::service_fn(move |_: Uri| {
                    connector.clone().connect()
                }))
                .await
        };
        let channel = channel.map_err(|error| {
            if address.fingerprint.is_some() && tls::is_other_certificate(&error) {
                RemoteError::OtherCertificate {
                    address: shown.clone(),
                }
            } else {
                unreachable(root_cause(&error))
            }
        })?;
        Ok(Self::over(channel, address, certificate))
    }

    /// Connects by what `dial` connects, in place of the system's network: one that is simulated, say. What
    /// is at its other end is believed to be the server.
    ///
    /// # Errors
    /// [`RemoteError::Unreachable`] where it does not connect.
    pub async fn connect_by<D, F, I>(address: &RemoteAddress, dial: D) -> Result<Self, RemoteError>
    where
        D: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = std::io::Result<I>> + Send + 'static,
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let shown = show(address);
        let connector = tower::service_fn(move |_: Uri| {
            let dialled = dial();
            async move { dialled.await.map(TokioIo::new) }
        });
        let channel = endpoint(&shown)?.connect_with_connector(connector).await;
        let channel = channel.map_err(|error| {
            RemoteError::Unreachable(format!("{shown}: {}", root_cause(&error)))
        })?;
        Ok(Self::over(channel, address, Shown::default()))
    }

    fn over(channel: Channel, address: &RemoteAddress, certificate: Shown) -> Self {
        let client = SyncServiceClient::new(channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        let mut grpc = Self {
            channel,
            client,
            token: None,
            address: show(address),
            patience: ANSWER,
            certificate,
        };
        if let Some(token) = &address.token {
            grpc.set_token(token.clone());
        }
        grpc
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(token) = &self.token {
            request
                .metadata_mut()
                .insert("authorization", token.clone());
        }
        request
    }

    fn timed<T>(&self, message: T) -> Request<T> {
        let mut request = self.request(message);
        request.set_timeout(ANSWER);
        request
    }

    /// What a call is answered, if that comes in time. The limit that a request carries ends with the headers of the
    /// answer: a server may send those, and then nothing for ever.
    async fn answered<T>(
        &self,
        answer: impl Future<Output = Result<T, Status>>,
    ) -> Result<T, RemoteError> {
        match tokio::time::timeout(self.patience, answer).await {
            Ok(answer) => answer.map_err(|status| self.error(&status)),
            Err(_) => Err(RemoteError::Unreachable(format!(
                "{}: it stopped answering",
                self.address
            ))),
        }
    }

    fn error(&self, status: &Status) -> RemoteError {
        read_status(&self.address, status)
    }
}

fn endpoint(shown: &str) -> Result<Endpoint, RemoteError> {
    let endpoint = Endpoint::from_shared(format!("http://{shown}"))
        .map_err(|error| RemoteError::Unreachable(format!("{shown}: {error}")))?;
    Ok(endpoint
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        // A server that vanishes without a word is noticed, also while a watch is quiet.
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE)
        .keep_alive_while_idle(true)
        .initial_stream_window_size(8 << 20)
        .initial_connection_window_size(8 << 20))
}

/// What it takes to make a TLS connection.
#[derive(Clone)]
struct Connector {
    tls: TlsConnector,
    name: ServerName<'static>,
    host: String,
    port: u16,
    certificate: Shown,
}

impl Connector {
    fn new(address: &RemoteAddress, certificate: &Shown) -> Result<Self, String> {
        let config = tls::client_config(address.fingerprint)?;
        Ok(Self {
            tls: TlsConnector::from(Arc::new(config)),
            name: ServerName::try_from(address.host.clone()).map_err(|error| error.to_string())?,
            host: address.host.clone(),
            port: address.port,
            certificate: Arc::clone(certificate),
        })
    }

    async fn connect(self) -> std::io::Result<TokioIo<tokio_rustls::client::TlsStream<TcpStream>>> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        let stream = self.tls.connect(self.name, stream).await?;
        visit::note(&self.certificate, &stream);
        Ok(TokioIo::new(stream))
    }
}

impl Remote for Grpc {
    fn set_token(&mut self, token: Secret<String>) {
        let value = zeroize::Zeroizing::new(format!("Bearer {}", token.reveal()));
        // A token that cannot stand in a header is none of the server's: it is refused there.
        self.token = MetadataValue::try_from(value.as_str())
            .ok()
            .map(|mut value| {
                value.set_sensitive(true);
                value
            });
    }

    async fn push(&self, batch: Vec<Sealed>) -> Result<Answer, RemoteError> {
        let events = batch.into_iter().map(write_sealed).collect();
        let request = self.timed(tokio_stream::once(v1::PushRequest { events }));
        let mut client = self.client.clone();
        let response = self.answered(client.push(request)).await;
        let mut answers = response?.into_inner();
        let answer = self.answered(answers.message()).await?;
        let answer = answer.ok_or_else(|| protocol("a batch got no answer"))?;
        let outcomes = answer
            .outcomes
            .into_iter()
            .map(read_outcome)
            .collect::<Result<_, _>>()?;
        Ok(Answer {
            outcomes,
            head: answer.head,
        })
    }

    async fn pull(&self, from: u64) -> Result<Chunks, RemoteError> {
        let request = self.request(v1::PullRequest {
            first_seq: from,
            limit: 0,
        });
        let mut client = self.client.clone();
        let response = self.answered(client.pull(request)).await;
        let chunks = response?.into_inner();
        let address = self.address.clone();
        let chunks = chunks.timeout(self.patience).map(move |chunk| match chunk {
            Ok(Ok(chunk)) => read_chunk(chunk.entries, chunk.head, chunk.checkpoint),
            Ok(Err(status)) => Err(read_status(&address, &status)),
            Err(_) => Err(RemoteError::Unreachable(format!(
                "{address}: it stopped answering"
            ))),
        });
        Ok(Box::pin(chunks))
    }

    async fn watch(&self, from: u64) -> Result<Chunks, RemoteError> {
        let request = self.request(v1::WatchRequest { first_seq: from });
        let mut client = self.client.clone();
        let response = self.answered(client.watch(request)).await;
        let chunks = response?.into_inner();
        let address = self.address.clone();
        Ok(Box::pin(chunks.map(move |chunk| match chunk {
            Ok(chunk) => read_chunk(chunk.entries, chunk.head, chunk.checkpoint),
            Err(status) => Err(read_status(&address, &status)),
        })))
    }

    async fn checkpoint(&self) -> Result<String, RemoteError> {
        let request = self.timed(v1::GetCheckpointRequest {});
        let mut client = self.client.clone();
        let response = self.answered(client.get_checkpoint(request)).await;
        let answer = response?.into_inner();
        answer
            .checkpoint
            .map(|checkpoint| checkpoint.note)
            .ok_or_else(|| protocol("it sent no checkpoint"))
    }

    async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, RemoteError> {
        let request = self.timed(v1::GetConsistencyProofRequest {
            old_size: old,
            new_size: new,
        });
        let mut client = self.client.clone();
        let response = self.answered(client.get_consistency_proof(request)).await;
        let answer = response?.into_inner();
        let hashes = answer.hashes.iter();
        hashes.map(|hash| fixed(hash, "hash")).collect()
    }

    async fn give_back(&self, piece: Piece) -> Result<GivenBack, RemoteError> {
        let entries = piece.entries.into_iter().map(|entry| v1::Entry {
            seq: entry.seq,
            recorded_ms: entry.recorded,
            event: Some(write_sealed(entry.sealed)),
        });
        let request = self.timed(v1::GiveBackRequest {
            entries: entries.collect(),
            checkpoint: Some(v1::Checkpoint {
                note: piece.checkpoint,
            }),
            proof: piece.proof.iter().map(|hash| hash.to_vec()).collect(),
        });
        match self.client.clone().give_back(request).await {
            Ok(answer) => {
                let v1::GiveBackResponse { head, taken } = answer.into_inner();
                Ok(GivenBack::Taken { head, taken })
            }
            // One that is older than this call takes nothing back either.
            Err(status)
                if status.code() == tonic::Code::Unimplemented
                    || reason_of(&status) == Some(Reason::NotHeld) =>
            {
                Ok(GivenBack::NotHeld)
            }
            Err(status) => Err(self.error(&status)),
        }
    }

    async fn join(&self, asked: JoinRequest) -> Result<Joined, RemoteError> {
        let request = self.timed(v1::JoinRequest {
            workspace: asked.workspace.as_bytes().to_vec(),
            device: asked.device.device.as_bytes().to_vec(),
            device_key: asked.device.key.0.to_vec(),
            device_name: asked.device.name,
            invitation_key: asked.invitation.0.to_vec(),
            certificate: asked.device.certificate.to_vec(),
        });
        let mut client = self.client.clone();
        let response = self.answered(client.join(request)).await;
        let joined = response?.into_inner();
        let genesis = joined
            .genesis
            .ok_or_else(|| protocol("it does not say what it let this device into"))?;
        if genesis.workspace != asked.workspace.as_bytes() {
            return Err(protocol("it let this device into another workspace"));
        }
        Ok(Joined {
            token: Secret::new(joined.token),
            member: quarterdeck_core::id::MemberId::from_bytes(fixed(&joined.member, "member")?),
            workspace_name: genesis.name,
            genesis: fixed(&genesis.genesis, "genesis")?,
            authority: PublicKey(fixed(&genesis.server_key, "server_key")?),
        })
    }

    async fn add_device(&self, asked: DeviceRequest) -> Result<Secret<String>, RemoteError> {
        let request = self.timed(v1::AddDeviceRequest {
            device: asked.device.as_bytes().to_vec(),
            device_key: asked.key.0.to_vec(),
            device_name: asked.name,
            certificate: asked.certificate.to_vec(),
        });
        let mut client = self.client.clone();
        let response = self.answered(client.add_device(request)).await;
        Ok(Secret::new(response?.into_inner().token))
    }

    async fn renew_token(&self) -> Result<Renewed, RemoteError> {
        let request = self.timed(v1::RenewTokenRequest {});
        let response = self.client.clone().renew_token(request).await;
        let renewed = response.map_err(|status| self.error(&status))?.into_inner();
        Ok(Renewed {
            token: Secret::new(renewed.token),
            expires_ms: renewed.token_expires_ms,
        })
    }

    async fn host(&self, asked: HostRequest) -> Result<Hosted, RemoteError> {
        let request = self.timed(v1::HostWorkspaceRequest {
            workspace: asked.workspace.as_bytes().to_vec(),
            name: asked.workspace_name,
            device: asked.device.as_bytes().to_vec(),
            device_key: asked.key.0.to_vec(),
            member: asked.member.as_bytes().to_vec(),
            invitation_key: asked.invitation.0.to_vec(),
            certificate: asked.certificate.to_vec(),
        });
        let mut client = self.client.clone();
        let response = self.answered(client.host_workspace(request)).await;
        let hosted = response?.into_inner();
        Ok(Hosted {
            token: Secret::new(hosted.token),
            device: quarterdeck_core::id::DeviceId::from_bytes(fixed(
                &hosted.server_device,
                "server_device",
            )?),
            key: PublicKey(fixed(&hosted.server_key, "server_key")?),
            name: hosted.server_name,
        })
    }
}

fn show(address: &RemoteAddress) -> String {
    if address.host.contains(':') {
        format!("[{}]:{}", address.host, address.port)
    } else {
        format!("{}:{}", address.host, address.port)
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The innermost error: tonic's own says no more than "transport error".
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// The fingerprint of a certificate (DER), as invitations carry it.
#[must_use]
pub fn fingerprint(certificate: &[u8]) -> Hash {
    use sha2::{Digest, Sha256};
    Sha256::digest(certificate).into()
}
