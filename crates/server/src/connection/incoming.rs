//! From a listener to connections that were let in.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;

use super::frames::Frames;
use super::lines::{Ended, NoRoom, Place};
use super::origin::Origin;
use super::wire::{Socket, Wire};
use crate::shared::Shared;

/// How many connections may wait to be looked at.
const QUEUE: usize = 64;
/// How long to wait when the system gives no more connections.
const NO_CONNECTIONS: Duration = Duration::from_millis(100);
/// What a flood of frames, or being given up for being slow, costs an address, in connections that it may make.
pub(crate) const OFFENCE: u32 = 100;
/// Connections are looked at so often.
const OFTEN: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_millis(10);

/// Connections of a listener, with TLS where there is a certificate. The listener closes when the server stops, or
/// when nobody takes them any more.
pub(crate) fn arrivals(
    shared: &Arc<Shared>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
) -> ReceiverStream<io::Result<Wire>> {
    let (sender, receiver) = mpsc::channel(QUEUE);
    tokio::spawn(accept(Arc::clone(shared), listener, tls, sender));
    ReceiverStream::new(receiver)
}

async fn accept(
    shared: Arc<Shared>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    sender: mpsc::Sender<io::Result<Wire>>,
) {
    loop {
        let accepted = tokio::select! {
            biased;
            () = shared.stopping.cancelled() => return,
            () = sender.closed() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Most likely there are no more file descriptors. Trying again at once would keep a core busy.
                shared.incidents.turn_away("no_descriptors", None);
                tracing::debug!(%error, "no connection can be taken");
                sleep(NO_CONNECTIONS).await;
                continue;
            }
        };
        let origin = Origin::from(peer.ip());
        if let Some(place) = admit(&shared, origin) {
            let (shared, tls, sender) = (Arc::clone(&shared), tls.clone(), sender.clone());
            tokio::spawn(async move {
                if let Some(wire) = shake_hands(&shared, stream, place, tls).await {
                    // Nobody takes it when the server has stopped meanwhile.
                    let _ = sender.send(Ok(wire)).await;
                }
            });
        }
    }
}

fn admit(shared: &Shared, origin: Origin) -> Option<Place> {
    if !shared.patience.take(origin, shared.world.now()) {
        shared.incidents.turn_away("arrivals", Some(origin));
        return None;
    }
    match shared.lines.admit(origin) {
        Ok(place) => Some(place),
        Err(why) => {
            let why = match why {
                NoRoom::OfAddress => "connections_of_address",
                NoRoom::AtAll => "connections",
            };
            shared.incidents.turn_away(why, Some(origin));
            None
        }
    }
}

async fn shake_hands(
    shared: &Arc<Shared>,
    stream: TcpStream,
    place: Place,
    tls: Option<TlsAcceptor>,
) -> Option<Wire> {
    // Without it answers are late, and no more.
    let _ = stream.set_nodelay(true);
    let origin = place.line.origin;
    let socket: Box<dyn Socket> = match tls {
        None => Box::new(stream),
        Some(tls) => {
            let shaken = tokio::select! {
                () = place.line.cut.cancelled() => return None,
                shaken = timeout(shared.limits.request_head, tls.accept(stream)) => shaken,
            };
            match shaken {
                Ok(Ok(stream)) => Box::new(stream),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "a handshake failed");
                    shared.incidents.turn_away("handshake", Some(origin));
                    return None;
                }
                Err(_) => {
                    shared.incidents.turn_away("no_handshake", Some(origin));
                    return None;
                }
            }
        }
    };
    let limits = &shared.limits;
    let frames = Frames::new(
        limits.frames_at_once,
        limits.frames_per_second,
        place.line.clock.now(),
    );
    let told = Arc::clone(shared);
    let flooded = move || {
        told.incidents.turn_away("flood", Some(origin));
        told.patience.spend(origin, told.world.now(), OFFENCE);
    };
    Some(Wire::new(socket, frames, place, Box::new(flooded)))
}

/// Ends connections that hold something for nothing, until the server has stopped.
pub(crate) fn watch_over(shared: &Arc<Shared>) {
    let limits = &shared.limits;
    let shortest = (limits.stall)
        .min(limits.request_head)
        .min(limits.connection_idle);
    let pause = (shortest / 4).clamp(SELDOM, OFTEN);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = shared.stopping.cancelled() => break,
                () = sleep(pause) => {}
            }
            for (origin, ended) in shared.lines.end_quiet(&shared.limits) {
                match ended {
                    Ended::Unasked => shared.incidents.turn_away("no_call", Some(origin)),
                    // Nobody did anything wrong: the next call connects again.
                    Ended::Idle => tracing::debug!(%origin, "a connection was idle"),
                }
            }
            shared.waiting.end_stalled(shared.limits.stall);
            let (count, held) = (shared.lines.count(), shared.waiting.total());
            shared.metrics.connected(count, held);
            shared.incidents.tell();
        }
        shared.incidents.tell_all();
    });
}
