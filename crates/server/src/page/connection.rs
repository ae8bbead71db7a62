//! Browsers' connections: HTTP/1.1, with TLS where the address has a certificate, and with limits on what
//! somebody who has shown nothing yet may take up.

use std::convert::Infallible;
use std::net::TcpListener;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::answer::answer;
use crate::connection::Origin;
use crate::error::ServerError;
use crate::shared::Shared;
use crate::shares::Shares;

/// How large a request's head may be, in bytes.
const HEAD_BYTES: usize = 16 * 1024;
/// How many headers it may have.
const HEADERS: usize = 64;
/// How long to wait when the system gives no more connections.
const NO_CONNECTIONS: Duration = Duration::from_millis(100);

/// Shows pages until the server stops.
pub(crate) fn serve(
    shared: &Arc<Shared>,
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
) -> Result<(), ServerError> {
    let failed =
        |source| ServerError::io("listen for browsers on", Path::new("--page-listen"), source);
    listener.set_nonblocking(true).map_err(failed)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
    let shared = Arc::clone(shared);
    tokio::spawn(listen(shared, listener, tls.map(TlsAcceptor::from)));
    Ok(())
}

async fn listen(shared: Arc<Shared>, listener: tokio::net::TcpListener, tls: Option<TlsAcceptor>) {
    let room = Arc::new(Semaphore::new(shared.limits.browsers as usize));
    let addresses = Arc::new(Shares::default());
    loop {
        let next = async {
            // Whoever comes when all are taken waits in the system's queue.
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            () = shared.stopping.cancelled() => return,
            next = next => next,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                shared.incidents.turn_away("no_descriptors", None);
                tracing::debug!(%error, "no connection of a browser can be taken");
                sleep(NO_CONNECTIONS).await;
                continue;
            }
        };
        let origin = Origin::from(peer.ip());
        let most = (shared.limits.browsers, shared.limits.browsers_per_address);
        let Some(place) = addresses.take(origin, most) else {
            shared.incidents.turn_away("browsers", Some(origin));
            continue;
        };
        let (shared, tls) = (Arc::clone(&shared), tls.clone());
        tokio::spawn(async move {
            let _held = (permit, place, shared.metrics.stream("page"));
            talk(&shared, stream, origin, tls).await;
        });
    }
}

async fn talk(shared: &Arc<Shared>, stream: TcpStream, peer: Origin, tls: Option<TlsAcceptor>) {
    // Without it answers are late, and no more.
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        return answer_all(shared, TokioIo::new(stream), peer).await;
    };
    match timeout(shared.limits.request_head, tls.accept(stream)).await {
        Ok(Ok(stream)) => answer_all(shared, TokioIo::new(stream), peer).await,
        Ok(Err(error)) => tracing::debug!(%error, "a browser's handshake failed"),
        Err(_) => tracing::debug!("a browser's handshake took too long"),
    }
}

/// Answers the requests of a connection, one after the other.
async fn answer_all(shared: &Arc<Shared>, io: impl Read + Write + Unpin + Send, peer: Origin) {
    let limits = &shared.limits;
    let service = service_fn(move |request: Request<Incoming>| {
        let shared = Arc::clone(shared);
        // No request has a body that says anything: it is left where it is.
        let (head, _) = request.into_parts();
        async move { Ok::<_, Infallible>(answer(&shared, peer, &head).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.request_head)
        .max_buf_size(HEAD_BYTES)
        .max_headers(HEADERS)
        .serve_connection(io, service);
    let mut connection = pin!(connection);
    let grace = tokio::select! {
        ended = connection.as_mut() => return done(ended),
        () = shared.stopping.cancelled() => limits.shutdown_grace,
        () = sleep(limits.connection_age) => limits.connection_grace,
    };
    connection.as_mut().graceful_shutdown();
    match timeout(grace, connection).await {
        Ok(ended) => done(ended),
        Err(_) => tracing::debug!("a browser's connection was cut"),
    }
}

fn done(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a browser's connection ended early");
    }
}
