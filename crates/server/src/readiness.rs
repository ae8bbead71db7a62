//! Whether the server lives, and whether it is ready.
//!
//! - **Live**: the process answers and every workspace has its writer. What is not live gets so by a
//!   restart alone.
//! - **Ready**: whatever clients bring can be recorded: no disk is full, no log is damaged or in doubt,
//!   and the server is not stopping. A server that is not ready goes on answering what it is asked, and
//!   gets ready by itself when the reason is gone. One that holds a workspace after a restore is ready:
//!   it waits for clients to give back what it lost.
//!
//! Told over gRPC's health service, at `/livez` and `/readyz`, and by `okrd health`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::{Options, free_space};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::shared::Shared;
use crate::workspace::{Standing, Workspace};

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Services that record, and are of no use while nothing can be.
const RECORDING: &[&str] = &[
    "",
    "quarterdeck.v1.SyncService",
    "quarterdeck.v1.CommandService",
    "quarterdeck.v1.AdminService",
];
/// Services that only read.
const READING: &[&str] = &["quarterdeck.v1.QueryService"];
/// The name under which gRPC's health service tells whether the server lives.
pub(crate) const LIVE: &str = "live";

/// What is in the way of being ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// It was told to stop.
    Stopping,
    /// There is too little room on the disk of a workspace.
    DiskFull {
        workspace: WorkspaceId,
        free: u64,
        needed: u64,
    },
    /// A write to a log failed, and nothing more is written to it until it is opened anew.
    InDoubt { workspace: WorkspaceId },
    /// The writer of a workspace has ended.
    NoWriter { workspace: WorkspaceId },
    /// The log of a workspace is damaged: it is served to be read alone, or not at all.
    Damaged { workspace: WorkspaceId },
    /// A workspace was restored, and takes back what it lost before it records anything new.
    Held { workspace: WorkspaceId },
}

impl Obstacle {
    /// The workspace that it is about; none where it is about the server.
    const fn workspace(self) -> Option<WorkspaceId> {
        match self {
            Self::Stopping => None,
            Self::DiskFull { workspace, .. }
            | Self::InDoubt { workspace }
            | Self::NoWriter { workspace }
            | Self::Damaged { workspace }
            | Self::Held { workspace } => Some(workspace),
        }
    }

    /// What it is, in a word, for the standing of a workspace.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Stopping => "stopping",
            Self::DiskFull { .. } => "disk full",
            Self::InDoubt { .. } => "in doubt",
            Self::NoWriter { .. } => "no writer",
            Self::Damaged { .. } => "damaged",
            Self::Held { .. } => "held",
        }
    }

    /// Whether only a restart helps.
    const fn is_fatal(self) -> bool {
        matches!(self, Self::NoWriter { .. })
    }
}

/// In words, for whoever watches over the server: ids and figures, nothing that people wrote.
impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopping => f.write_str("The server is stopping."),
            Self::DiskFull {
                workspace,
                free,
                needed,
            } => write!(
                f,
                "The disk of workspace {workspace} has {free} bytes of free space and needs {needed}: make room."
            ),
            Self::InDoubt { workspace } => write!(
                f,
                "A write to the log of workspace {workspace} failed: see okrd's log, then restart okrd."
            ),
            Self::NoWriter { workspace } => write!(
                f,
                "The writer of workspace {workspace} has ended: restart okrd."
            ),
            Self::Damaged { workspace } => write!(
                f,
                "The log of workspace {workspace} is damaged: see okrd stats."
            ),
            Self::Held { workspace } => write!(
                f,
                "Workspace {workspace} is held after a restore: see okrd workspace resume."
            ),
        }
    }
}

/// What is in the way at this moment.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Readiness(pub(crate) Vec<Obstacle>);

impl Readiness {
    pub(crate) fn of(shared: &Shared) -> Self {
        let mut found = Vec::new();
        if shared.stopping.is_cancelled() {
            found.push(Obstacle::Stopping);
        }
        for workspace in shared.workspaces() {
            let in_the_way = obstacle(shared, &workspace);
            found.extend(in_the_way.filter(|obstacle| !matches!(obstacle, Obstacle::Held { .. })));
        }
        let broken = shared.broken().into_iter();
        found.extend(broken.map(|(workspace, _)| Obstacle::Damaged { workspace }));
        Self(found)
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn is_live(&self) -> bool {
        !self.0.iter().any(|obstacle| obstacle.is_fatal())
    }

    fn is_stopping(&self) -> bool {
        self.0.contains(&Obstacle::Stopping)
    }
}

/// What keeps a workspace from recording.
pub(crate) fn obstacle(shared: &Shared, workspace: &Workspace) -> Option<Obstacle> {
    let id = workspace.id();
    match workspace.standing() {
        Standing::Open => {}
        Standing::Held(_) => return Some(Obstacle::Held { workspace: id }),
        Standing::Salvaged(_) => return Some(Obstacle::Damaged { workspace: id }),
    }
    if workspace.has_no_writer() {
        return Some(Obstacle::NoWriter { workspace: id });
    }
    if let Some((free, needed)) = too_full(shared, id) {
        return Some(Obstacle::DiskFull {
            workspace: id,
            free,
            needed,
        });
    }
    // A full disk mends itself, and was asked for its room above.
    workspace
        .trouble()
        .filter(|trouble| !trouble.disk_full)
        .map(|_| Obstacle::InDoubt { workspace: id })
}

/// Free space and what is needed, where there is too little. Where it cannot be told nothing is said.
fn too_full(shared: &Shared, id: WorkspaceId) -> Option<(u64, u64)> {
    let free = free_space(&shared.folder.workspace(id)).ok()?;
    let needed = Options::default().reserve_bytes;
    (free < needed).then_some((free, needed))
}

/// Tells gRPC's health service until the server stops, and says in the log what changes.
pub(crate) async fn tell(shared: Arc<Shared>, health: HealthReporter) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut before = Readiness::default();
    loop {
        tokio::select! {
            () = shared.stopping.cancelled() => {}
            _ = ticks.tick() => {}
        }
        let now = Readiness::of(&shared);
        announce(&health, &now).await;
        if now != before {
            log_change(&before, &now);
            before = now;
        }
        if shared.stopping.is_cancelled() {
            return;
        }
    }
}

fn log_change(before: &Readiness, now: &Readiness) {
    for obstacle in &now.0 {
        let Some(workspace) = obstacle.workspace() else {
            continue;
        };
        // The figures of a disk that stays full change all the time.
        let is_same = |known: &Obstacle| {
            known.workspace() == Some(workspace) && known.word() == obstacle.word()
        };
        if !before.0.iter().any(is_same) {
            tracing::warn!(%workspace, reason = %obstacle, "not ready");
        }
    }
    if now.is_ready() {
        tracing::info!("ready again");
    }
}

/// Sets what gRPC's health service answers.
pub(crate) async fn announce(health: &HealthReporter, now: &Readiness) {
    let status = |is_serving| match is_serving {
        true => ServingStatus::Serving,
        false => ServingStatus::NotServing,
    };
    for service in RECORDING {
        health
            .set_service_status(service, status(now.is_ready()))
            .await;
    }
    for service in READING {
        let reads = !now.is_stopping() && now.is_live();
        health.set_service_status(service, status(reads)).await;
    }
    health.set_service_status(LIVE, status(now.is_live())).await;
}
