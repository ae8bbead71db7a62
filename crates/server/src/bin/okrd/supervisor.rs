//! What a supervisor is told, where one asks: systemd, by the socket that it names in `NOTIFY_SOCKET`.
//! Elsewhere nothing happens. That it cannot be told is no reason not to serve.

use quarterdeck_server::Admin;
use sd_notify::NotifyState;
use tokio::task::JoinSet;

/// The server listens: units that wait for it may start.
pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// The server stops, and is not to be taken for one that failed.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Says that the server lives for as long as it does, where `WatchdogSec=` wants to hear it; until the
/// answer is dropped. A server that does not live keeps silent, and is started anew.
pub(crate) fn watch(admin: Admin) -> JoinSet<()> {
    let mut watching = JoinSet::new();
    if let Some(patience) = sd_notify::watchdog_enabled() {
        watching.spawn(async move {
            let mut ticks = tokio::time::interval(patience / 3);
            loop {
                ticks.tick().await;
                if admin.is_live() {
                    tell(&[NotifyState::Watchdog]);
                }
            }
        });
    }
    watching
}

fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "the supervisor cannot be told");
    }
}
