//! How administrative commands reach a server, running or not: through the socket in its data
//! folder, or by opening the data folder themselves. Both end in the same service.
//!
//! Whoever can open the socket has the rights of the user that okrd runs as, and could read and
//! write its files anyway: so it asks for no token.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn;
use hyper_util::rt::TokioIo;
use quarterdeck_proto::v1::admin_service_client::AdminServiceClient;
use quarterdeck_proto::v1::admin_service_server::AdminServiceServer;
use tokio::io::DuplexStream;
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};
use tower::service_fn;

use crate::auth::as_operator;
use crate::data::DataFolder;
use crate::error::ServerError;
use crate::rpc::Admin;
use crate::server::{ServeOptions, Server};
use crate::shared::Shared;

/// How long to wait for an okrd that has just taken its data folder, and listens soon.
const PATIENCE: Duration = Duration::from_secs(5);
pub(super) const BETWEEN_TRIES: Duration = Duration::from_millis(50);
const DUPLEX_BYTES: usize = 64 * 1024;

/// A way to a server's administration.
#[derive(Debug)]
pub struct Connection {
    /// What to ask it with.
    pub client: AdminServiceClient<Channel>,
    opened: Option<Opened>,
}

/// A server that was opened for this connection alone.
#[derive(Debug)]
struct Opened {
    shared: Arc<Shared>,
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Connection {
    /// Ends the connection, and closes the data folder if it was opened for it.
    pub async fn close(self) {
        drop(self.client);
        if let Some(Opened { shared, serving }) = self.opened {
            serving.abort();
            // Whether it ended by itself or was ended makes no difference.
            let _ = serving.await;
            shared.close().await;
        }
    }
}

/// Finds a way to the administration of the server with this data folder.
///
/// # Errors
/// [`ServerError::NotInitialised`], [`ServerError::Unreachable`] where a running okrd does not
/// answer, and whatever is wrong with a file or a log.
pub async fn connect(data: &Path) -> Result<Connection, ServerError> {
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        match open(data).await {
            Err(ServerError::Locked { .. }) => {}
            opened => return opened,
        }
        // The one that has the folder may be an administrative command, and gone the next moment.
        match knock(data).await {
            Ok(client) => {
                return Ok(Connection {
                    client,
                    opened: None,
                });
            }
            Err(_) if tokio::time::Instant::now() < until => {
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            Err(what) => {
                return Err(ServerError::Unreachable {
                    path: data.to_path_buf(),
                    what,
                });
            }
        }
    }
}

async fn open(data: &Path) -> Result<Connection, ServerError> {
    let options = ServeOptions::new(data);
    let opened = tokio::task::spawn_blocking(move || Server::open(options)).await;
    let shared = match opened {
        Ok(server) => server?.shared,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    let (near, far) = tokio::io::duplex(DUPLEX_BYTES);
    let serving = tokio::spawn(
        tonic::transport::Server::builder()
            .add_routes(service(&shared))
            .serve_with_incoming(tokio_stream::once(Ok::<DuplexStream, std::io::Error>(far))),
    );
    let mut near = Some(near);
    let connector = service_fn(move |_| {
        let near = near.take().map(TokioIo::new);
        async move { near.ok_or_else(|| std::io::Error::other("the connection has ended")) }
    });
    let channel = endpoint().connect_with_connector(connector).await?;
    Ok(Connection {
        client: AdminServiceClient::new(channel),
        opened: Some(Opened { shared, serving }),
    })
}

/// The address is never looked at: both ways go by a connector of their own.
fn endpoint() -> Endpoint {
    Endpoint::from_static("http://okrd.invalid")
}

/// The one service that the operator reaches, behind the same table of calls as on the network.
fn service(shared: &Arc<Shared>) -> Routes {
    let service = AdminServiceServer::new(Admin::new(Arc::clone(shared)));
    let routes = Routes::new(service).into_axum_router();
    Routes::from(routes.layer(from_fn(as_operator)))
}

async fn knock(data: &Path) -> Result<AdminServiceClient<Channel>, String> {
    channel(data).await.map(AdminServiceClient::new)
}

/// A connection to the socket of an okrd that runs.
#[cfg(unix)]
pub(super) async fn channel(data: &Path) -> Result<Channel, String> {
    let socket = DataFolder::socket(data);
    let connector = service_fn(move |_| {
        let socket = socket.clone();
        async move {
            tokio::net::UnixStream::connect(socket)
                .await
                .map(TokioIo::new)
        }
    });
    let channel = endpoint().connect_with_connector(connector).await;
    channel.map_err(|error| innermost(&error))
}

/// What is at the bottom of an error: tonic's own says no more than that there was one.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

#[cfg(not(unix))]
pub(super) async fn channel(_data: &Path) -> Result<Channel, String> {
    Err("this system has no Unix sockets".to_owned())
}

/// Listens on the socket in the data folder until the server stops. Without it the server serves
/// all the same; administrative commands then have to wait until it is stopped.
#[cfg(unix)]
pub(crate) fn listen(shared: &Arc<Shared>, health: HealthReporter) {
    use super::socket;

    let path = DataFolder::socket(shared.folder.path());
    let listener = match socket::bind(&path) {
        Ok(listener) => listener,
        Err(error) => {
            tracing::warn!(
                path = %path.display(), %error,
                "no administration while okrd runs: its socket cannot be made (is the path too long?)"
            );
            return;
        }
    };
    let stopping = shared.stopping.clone();
    let service = service(shared);
    let health = HealthServer::new(HealthService::from_health_reporter(health));
    tokio::spawn(async move {
        let incoming = socket::of_this_user(listener);
        let served = tonic::transport::Server::builder()
            .add_routes(service)
            .add_service(health)
            .serve_with_incoming_shutdown(incoming, stopping.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "administration has ended");
        }
        let _ = std::fs::remove_file(&path);
    });
}

#[cfg(not(unix))]
pub(crate) fn listen(_shared: &Arc<Shared>, _health: HealthReporter) {}
