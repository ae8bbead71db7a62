//! What the commands that speak to a server share: a runtime, a connection, progress, failures.
//!
//! The runtime is started here and nowhere else: commands that stay on this machine never pay for it.

use std::future::Future;

use quarterdeck_sync::grpc::Grpc;
use quarterdeck_sync::{
    CommitError, Progress, RemoteAddress, RemoteError, Replica, ReplicaError, SyncError,
};

use crate::error::{Exit, Failure};
use crate::progress::Bar;

/// Runs a conversation with a server to its end.
///
/// # Errors
/// The operating system gives no sockets.
pub(crate) fn run<T>(conversation: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map(|runtime| runtime.block_on(conversation))
        .map_err(|error| {
            Failure::new(
                Exit::Trouble,
                format!("The system gives no sockets: {error}."),
            )
        })
}

/// Connects to the server of a workspace.
///
/// # Errors
/// There is none, or it cannot be reached.
pub(crate) async fn connect(replica: &Replica) -> Result<Grpc, Failure> {
    if let Some(refusal) = replica.identity().copy_refusal() {
        return Err(refusal.into());
    }
    let address = replica
        .identity()
        .remote
        .clone()
        .ok_or_else(|| Failure::from(SyncError::NoServer))?;
    connect_to(&address).await
}

/// Connects to a server.
///
/// # Errors
/// It cannot be reached.
pub(crate) async fn connect_to(address: &RemoteAddress) -> Result<Grpc, Failure> {
    Grpc::connect(address)
        .await
        .map_err(|error| SyncError::from(error).into())
}

/// Shows how far a sync has come.
pub(crate) fn show(bar: &mut Bar, progress: Progress) {
    match progress {
        Progress::Pushed { done, of } => bar.set("sending", done, of),
        Progress::Pulled { to, of } => bar.set("receiving", to, of),
        Progress::GivenBack { done, of } => bar.set("giving back", done, of),
    }
}

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Self {
        match error {
            SyncError::NoServer => Self::new(Exit::Refused, "This workspace has no server.").hint(
                "everything works without one; to give it one: `okr remote set URL`, \
                 with a URL that `okrd workspace host` makes",
            ),
            SyncError::Remote(RemoteError::Unreachable(what)) => Self::new(
                Exit::Unreachable,
                format!(
                    "The server cannot be reached: {}.",
                    what.trim_end_matches('.')
                ),
            )
            .hint("local work is kept; try again later with `okr sync`"),
            SyncError::Remote(RemoteError::Closed { message, hint, .. }) => Self {
                hint,
                ..Self::new(Exit::Unreachable, message)
            },
            SyncError::Remote(error @ RemoteError::OtherCertificate { .. }) => {
                Self::new(Exit::Refused, sentence(&error))
            }
            SyncError::Remote(error) => Self::new(Exit::Unreachable, sentence(&error)),
            SyncError::Refused(refusal) | SyncError::Forked(refusal) => Self {
                exit: Exit::Refused,
                ..Self::from(refusal)
            },
            error @ SyncError::HistoryDiffers { .. } => {
                Self::new(Exit::Unverified, sentence(&error)).hint(
                    "nothing here was changed, and unsent work is kept; where the server went on from a \
                     backup without what this machine holds, keep it with `okr export -o FILE`, then join \
                     again: `okr join --again URL`",
                )
            }
            SyncError::Replica(error) => error.into(),
        }
    }
}

impl From<CommitError> for Failure {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(refusal) => refusal.into(),
            CommitError::Replica(error) => error.into(),
        }
    }
}

impl From<ReplicaError> for Failure {
    fn from(error: ReplicaError) -> Self {
        let exit = match &error {
            ReplicaError::Missing { .. } => Exit::NotFound,
            ReplicaError::Exists { .. } | ReplicaError::NewerFormat { .. } => Exit::Refused,
            damage if damage.is_damage() => Exit::Unverified,
            ReplicaError::Empty { .. } => Exit::NotFound,
            _ => Exit::Trouble,
        };
        let failure = Self::new(exit, sentence(&error));
        match &error {
            damage if damage.is_damage() => failure.hint(
                "`okr repair` fetches the log again from the server, and keeps what is here as evidence",
            ),
            ReplicaError::Io { source, .. }
                if source.kind() == std::io::ErrorKind::StorageFull =>
            {
                failure.hint("free some space on that disk and run the command again; what was recorded before is safe")
            }
            _ => failure,
        }
    }
}

/// An error as a sentence.
fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut rest = text.chars();
    let mut sentence: String = match rest.next() {
        // A path stays as it is.
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(rest).collect(),
        _ => text,
    };
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_out_of_reach_has_a_code_of_its_own_and_work_is_kept() {
        let gone = SyncError::Remote(RemoteError::Unreachable("127.0.0.1:1: refused".to_owned()));
        let failure = Failure::from(gone);
        assert_eq!(failure.exit, Exit::Unreachable);
        assert!(failure.hint.unwrap().contains("kept"));
    }

    #[test]
    fn history_that_differs_has_a_code_of_its_own() {
        let differs = SyncError::HistoryDiffers {
            seq: 7,
            what: "the roots differ".to_owned(),
            evidence: "evidence/1".into(),
        };
        let failure = Failure::from(differs);
        assert_eq!(failure.exit, Exit::Unverified);
        assert!(failure.message.contains("entry 7"), "{failure}");
    }
}
