//! Asking a server that runs whether it lives and is ready, as a supervisor or a container's health check
//! does: without a token, and without opening anything.

use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tonic::Code;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::connect;
use crate::address::Address;
use crate::data::DataFolder;
use crate::error::ServerError;
use crate::readiness::LIVE;

/// How long a server may take for an answer before it does not live.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait for an okrd that has said that it listens, and makes its socket the next moment.
const STARTING: Duration = Duration::from_secs(2);

/// What a server says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// It answers, and only a restart could be of more help.
    pub is_live: bool,
    /// All that clients bring can be recorded.
    pub is_ready: bool,
}

/// Asks the okrd that runs on a data folder.
///
/// # Errors
/// [`ServerError::NotInitialised`], and [`ServerError::NotServing`] where none answers.
pub async fn health_of(data: &Path) -> Result<Health, ServerError> {
    if !DataFolder::is_initialised(data) {
        return Err(ServerError::NotInitialised {
            path: data.to_path_buf(),
        });
    }
    let at = data.display().to_string();
    let until = Instant::now() + STARTING;
    loop {
        match tokio::time::timeout(PATIENCE, connect::channel(data)).await {
            Ok(Ok(channel)) => return ask(channel, at).await,
            Ok(Err(_)) if Instant::now() < until => sleep(connect::BETWEEN_TRIES).await,
            Ok(Err(what)) => return Err(ServerError::NotServing { at, what }),
            Err(_) => return Err(too_long(at)),
        }
    }
}

/// Asks whoever listens at an address: in plain text, or by TLS where the certificate of the authority
/// behind it is given, in PEM.
///
/// # Errors
/// [`ServerError::NotServing`] where no okrd answers.
pub async fn health_at(address: &Address, authority: Option<&[u8]>) -> Result<Health, ServerError> {
    let at = address.to_string();
    let failed = |error: tonic::transport::Error| ServerError::NotServing {
        at: address.to_string(),
        what: connect::innermost(&error),
    };
    let scheme = if authority.is_some() { "https" } else { "http" };
    let mut endpoint = Endpoint::from_shared(format!("{scheme}://{address}")).map_err(failed)?;
    if let Some(authority) = authority {
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(authority))
            .domain_name(address.host());
        endpoint = endpoint.tls_config(tls).map_err(failed)?;
    }
    match tokio::time::timeout(PATIENCE, endpoint.connect()).await {
        Ok(channel) => ask(channel.map_err(failed)?, at).await,
        Err(_) => Err(too_long(at)),
    }
}

async fn ask(channel: Channel, at: String) -> Result<Health, ServerError> {
    let mut client = HealthClient::new(channel);
    let both = async {
        let is_ready = serves(&mut client, "").await?;
        let is_live = serves(&mut client, LIVE).await?;
        Ok(Health { is_live, is_ready })
    };
    match tokio::time::timeout(PATIENCE, both).await {
        Ok(answer) => answer.map_err(|status: tonic::Status| ServerError::NotServing {
            at,
            what: status.message().to_owned(),
        }),
        Err(_) => Err(too_long(at)),
    }
}

async fn serves(client: &mut HealthClient<Channel>, service: &str) -> Result<bool, tonic::Status> {
    let service = service.to_owned();
    match client.check(HealthCheckRequest { service }).await {
        Ok(answer) => Ok(answer.into_inner().status() == ServingStatus::Serving),
        // An okrd of an earlier version has no such service; it answers, so it lives.
        Err(status) if status.code() == Code::NotFound => Ok(true),
        Err(status) => Err(status),
    }
}

fn too_long(at: String) -> ServerError {
    ServerError::NotServing {
        at,
        what: format!("no answer within {} seconds", PATIENCE.as_secs()),
    }
}
