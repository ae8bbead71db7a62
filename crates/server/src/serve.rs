//! Serving: the listener is bound by the caller, so whoever starts a server knows its address
//! before it serves.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::middleware::from_fn_with_state;
use quarterdeck_proto::v1::admin_service_server::AdminServiceServer;
use quarterdeck_proto::v1::command_service_server::CommandServiceServer;
use quarterdeck_proto::v1::query_service_server::QueryServiceServer;
use quarterdeck_proto::v1::sync_service_server::SyncServiceServer;
use quarterdeck_proto::{FILE_DESCRIPTOR_SET, limits};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_stream::Stream;
use tonic::service::Routes;
use tonic::transport::server::Connected;
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::{HealthReporter, HealthService};

use crate::auth::authenticate;
use crate::connection::{arrivals, bound, watch_over};
use crate::error::ServerError;
use crate::page::PageListener;
use crate::readiness::{self, Readiness};
use crate::rpc::{Admin, Command, Query, Sync};
use crate::server::{ServeOptions, Server};
use crate::settings::Tls;
use crate::shared::Shared;
use crate::tls::{Certificate, TlsFiles};
use crate::{admin, metrics, page, tls};

/// Runs a server on a listener until `shutdown` comes, then finishes what was acknowledged.
///
/// # Errors
/// As [`Server::open`] and [`Server::serve`].
pub async fn serve(
    listener: TcpListener,
    options: ServeOptions,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServerError> {
    // Opening reads whole logs where there are no snapshots.
    let opened = tokio::task::spawn_blocking(move || Server::open(options)).await;
    match opened {
        Ok(server) => server?.serve(listener, shutdown).await,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

impl Server {
    /// Serves until `shutdown` comes, then finishes what was acknowledged and leaves snapshots.
    ///
    /// # Errors
    /// [`ServerError::Plaintext`] and [`ServerError::Certificate`] before anything is served, and
    /// whatever ends the listener.
    pub async fn serve(
        mut self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), ServerError> {
        let address = listener.local_addr().map_err(|source| {
            ServerError::io("ask for the address of", "the listener".as_ref(), source)
        })?;
        self.listen_on(address)?;
        let shared = Arc::clone(&self.shared);
        let (_, files) = self.protection(address)?;
        let certificate = files.map(Certificate::load).transpose()?;
        shared.serve_with(certificate.clone());
        let tls = (certificate.as_ref())
            .map(|certificate| certificate.config(b"h2"))
            .transpose()?;
        // To the very end: whoever asks meanwhile is told that the server stops.
        let _figures = (self.metrics.take())
            .map(|listener| metrics::serve(&shared, listener))
            .transpose()?;
        if let Some(listener) = self.page.take() {
            let tls = match &certificate {
                Some(certificate) if self.page_protection(&listener)?.is_some() => {
                    Some(certificate.config(b"http/1.1")?)
                }
                _ => None,
            };
            page::serve(&shared, listener.listener, tls)?;
        }
        let health = HealthReporter::new();
        admin::listen(&shared, health.clone());
        watch_over(&shared);
        let incoming = arrivals(&shared, listener, tls.map(TlsAcceptor::from));
        tracing::info!(%address, workspaces = shared.workspaces().len(), "listening");
        self.run(incoming, health, shutdown).await
    }

    /// Serves connections that somebody else accepts, in plain text, as [`Self::serve`] does those of a
    /// listener: a network that is simulated, say. No page, no figures and no administrative socket are
    /// served beside them.
    ///
    /// # Errors
    /// Whatever ends the connections.
    pub async fn serve_connections<I>(
        self,
        incoming: impl Stream<Item = io::Result<I>> + Send,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), ServerError>
    where
        I: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    {
        self.run(incoming, HealthReporter::new(), shutdown).await
    }

    async fn run<I>(
        self,
        incoming: impl Stream<Item = io::Result<I>> + Send,
        health: HealthReporter,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Result<(), ServerError>
    where
        I: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    {
        let shared = Arc::clone(&self.shared);
        readiness::announce(&health, &Readiness::of(&shared)).await;
        tokio::spawn(readiness::tell(Arc::clone(&shared), health.clone()));
        let health_service = HealthServer::new(HealthService::from_health_reporter(health.clone()));
        let routes = with_reflection(Routes::new(health_service))?;
        let routes = with_services(routes, &shared)
            .into_axum_router()
            // The last one is the outermost: first who calls, then what they may hold.
            .layer(from_fn_with_state(Arc::clone(&shared), bound))
            .layer(from_fn_with_state(Arc::clone(&shared), authenticate));
        let stop = async {
            shutdown.await;
            tracing::info!("stopping");
            shared.stopping.cancel();
            readiness::announce(&health, &Readiness::of(&shared)).await;
        };
        let serving = transport(&shared)
            .add_routes(Routes::from(routes))
            .serve_with_incoming_shutdown(incoming, stop);
        let patience = async {
            shared.stopping.cancelled().await;
            tokio::time::sleep(shared.limits.shutdown_grace).await;
        };
        let served = tokio::select! {
            served = serving => served,
            () = patience => {
                tracing::warn!("some clients were still connected");
                Ok(())
            }
        };
        // Also when the listener failed: what waits is finished all the same.
        shared.stopping.cancel();
        shared.close().await;
        tracing::info!("stopped");
        Ok(served?)
    }

    /// How connections to this address are protected, and by which certificate.
    pub(crate) fn protection(
        &self,
        address: SocketAddr,
    ) -> Result<(Tls, Option<TlsFiles>), ServerError> {
        let mode = match (&self.tls, self.shared.settings().tls) {
            (Some(files), _) => Tls::Files {
                cert: files.cert.clone(),
                key: files.key.clone(),
            },
            (None, _) if self.insecure_plaintext => Tls::None,
            (None, mode) => mode,
        };
        let files = match &mode {
            Tls::None if address.ip().is_loopback() || self.insecure_plaintext => None,
            Tls::None => return Err(ServerError::Plaintext { address }),
            Tls::SelfSigned => Some(tls::own_files(&self.shared.folder.tls())),
            Tls::Files { cert, key } => {
                // A path in server.toml is meant from the data folder; an absolute one stays.
                let folder = self.shared.folder.path();
                let given = self.tls.is_some();
                let at = |path: &std::path::PathBuf| {
                    if given {
                        path.clone()
                    } else {
                        folder.join(path)
                    }
                };
                Some(TlsFiles {
                    cert: at(cert),
                    key: at(key),
                })
            }
        };
        Ok((mode, files))
    }

    /// How browsers' connections are protected: as other clients' are, but not on this machine, for
    /// whose address there is no certificate.
    pub(crate) fn page_protection(
        &self,
        page: &PageListener,
    ) -> Result<Option<TlsFiles>, ServerError> {
        let address = page.address()?;
        if address.ip().is_loopback() {
            return Ok(None);
        }
        Ok(self.protection(address)?.1)
    }
}

/// The services that need a caller.
fn with_services(routes: Routes, shared: &Arc<Shared>) -> Routes {
    let of = Arc::clone;
    routes
        .add_service(
            SyncServiceServer::new(Sync::new(of(shared)))
                .max_decoding_message_size(limits::MAX_MESSAGE_BYTES),
        )
        .add_service(
            QueryServiceServer::new(Query::new(of(shared)))
                .max_decoding_message_size(limits::MAX_REQUEST_BYTES),
        )
        .add_service(
            CommandServiceServer::new(Command::new(of(shared)))
                .max_decoding_message_size(limits::MAX_REQUEST_BYTES),
        )
        .add_service(
            AdminServiceServer::new(Admin::new(of(shared)))
                .max_decoding_message_size(limits::MAX_REQUEST_BYTES),
        )
}

/// The transport with its limits. tonic's defaults know no cap, no timeout and no age.
fn transport(shared: &Shared) -> tonic::transport::Server {
    let limits = &shared.limits;
    tonic::transport::Server::builder()
        .timeout(limits.call_timeout)
        .max_concurrent_streams(limits.calls_per_connection)
        .max_connection_age(limits.connection_age)
        .max_connection_age_grace(limits.connection_grace)
        .http2_keepalive_interval(Some(limits.keep_alive))
        .http2_keepalive_timeout(Some(limits.keep_alive))
        .http2_max_header_list_size(limits.headers_bytes)
        .initial_stream_window_size(limits.window_bytes)
        .initial_connection_window_size(limits.window_bytes)
}

/// Reflection in both its versions: some clients speak the older one alone.
fn with_reflection(routes: Routes) -> Result<Routes, ServerError> {
    let describe = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let broken =
        |error: tonic_reflection::server::Error| ServerError::Reflection(error.to_string());
    Ok(routes
        .add_service(describe().build_v1().map_err(broken)?)
        .add_service(describe().build_v1alpha().map_err(broken)?))
}
