//! Connections with TLS: shaken hands with in tasks of their own, so that nobody who is slow about it
//! keeps the others waiting, and within a time limit.
//!
//! tonic's own acceptor takes one certificate for its life; this one asks for the present one at each
//! handshake.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_stream::Stream;
use tokio_stream::wrappers::ReceiverStream;

use crate::shared::Shared;

/// Connections that are through with their handshake and wait to be served.
const WAITING: usize = 64;
/// Handshakes at once; who comes then waits in the system's queue.
const HANDSHAKES: usize = 1_024;
/// How long to wait when the system gives no more connections.
const NO_CONNECTIONS: Duration = Duration::from_millis(100);

/// The connections of a listener, until the server stops.
pub(crate) fn with_tls(
    shared: &Arc<Shared>,
    listener: TcpListener,
    tls: Arc<ServerConfig>,
) -> impl Stream<Item = io::Result<TlsStream<TcpStream>>> + Send + 'static {
    let (through, waiting) = mpsc::channel(WAITING);
    let acceptor = TlsAcceptor::from(tls);
    tokio::spawn(accept(Arc::clone(shared), listener, acceptor, through));
    ReceiverStream::new(waiting)
}

async fn accept(
    shared: Arc<Shared>,
    listener: TcpListener,
    acceptor: TlsAcceptor,
    through: mpsc::Sender<io::Result<TlsStream<TcpStream>>>,
) {
    let room = Arc::new(Semaphore::new(HANDSHAKES));
    loop {
        let next = async {
            let permit = Arc::clone(&room).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            () = shared.stopping.cancelled() => return,
            next = next => next,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                sleep(NO_CONNECTIONS).await;
                continue;
            }
        };
        // Without it answers are late, and no more.
        let _ = stream.set_nodelay(true);
        let (acceptor, through) = (acceptor.clone(), through.clone());
        let patience = shared.limits.request_head;
        tokio::spawn(async move {
            let _held = permit;
            match timeout(patience, acceptor.accept(stream)).await {
                // Nobody takes it any more where the server has stopped.
                Ok(Ok(stream)) => drop(through.send(Ok(stream)).await),
                Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
                Err(_) => tracing::debug!("a handshake took too long"),
            }
        });
    }
}
