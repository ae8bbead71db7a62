//! Sending what waits, batch by batch, as the planner says.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_ledger::Sealed;

use super::{Progress, Report, SyncError, pull};
use crate::command::PendingCommand;
use crate::planner::{self, Next};
use crate::remote::{Answer, Outcome, Remote, RemoteError};
use crate::replica::Replica;

/// How often one batch may be asked for again before the server is taken to be broken.
const MAX_RESENDS: usize = 3;

/// Sends what is in the outbox until all of it is recorded or on the shelf.
pub(super) async fn push<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    now_ms: u64,
    progress: &mut (dyn FnMut(Progress) + Send),
    report: &mut Report,
) -> Result<(), SyncError> {
    let (mut from, mut resends, mut done) = (0, 0, 0);
    loop {
        replica.refresh()?;
        if replica.is_forked() {
            // What the log holds of this chain is no longer unsent: take that in first.
            pull(replica, remote, now_ms, progress).await?;
            if replica.is_forked() {
                return Err(SyncError::Forked(replica.fork_refusal()));
            }
        }
        let of = replica.pending_events() as u64;
        let batch = planner::next_batch(replica.outbox(), from).to_vec();
        let (Some(first), Some(last)) = (replica.outbox().first(), batch.last()) else {
            return Ok(());
        };
        let first = first.first().event.number;
        // From here on the server may have them: they must not be changed any more.
        replica.mark_sent(last.last().event.number)?;
        replica.release();
        let answer = remote.push(sealed(&batch)).await?;
        done += count(&answer, report);
        progress(Progress::Pushed {
            done: done.min(of),
            of,
        });
        match planner::read_answer(first, &batch, &answer) {
            Next::GoOn { from: next } => from = next,
            Next::Resend { from: wanted } if resends < MAX_RESENDS => {
                resends += 1;
                from = wanted;
            }
            Next::Shelve { command, refusal } => {
                // What the rest can stand on is best judged by the log as it is now.
                let pulled = pull(replica, remote, now_ms, progress).await?;
                report.pulled += pulled.of_others;
                report.given_back += pulled.given_back;
                let now = Timestamp::from_ms(now_ms);
                let shelved = replica.shelve(command, refusal, now)?;
                from = shelved
                    .first()
                    .map_or(from, |first| first.command.first().event.number);
                report.refused.extend(shelved);
            }
            Next::Stop(refusal) if refusal.code == Code::Forked => {
                // As above.
                pull(replica, remote, now_ms, progress).await?;
                return Err(SyncError::Forked(refusal));
            }
            Next::Stop(refusal) => return Err(SyncError::Refused(refusal)),
            Next::Lost { wanted } => return Err(lost(wanted, first)),
            Next::Resend { .. } | Next::Nonsense => return Err(nonsense()),
        }
    }
}

/// Sends commands that are in the log of a workspace without a server already.
pub(crate) async fn push_batches<R: Remote>(
    remote: &R,
    commands: &[PendingCommand],
    done: &mut dyn FnMut(u64),
) -> Result<(), SyncError> {
    let mut from = 0;
    loop {
        let batch = planner::next_batch(commands, from);
        let (Some(first), false) = (commands.first(), batch.is_empty()) else {
            return Ok(());
        };
        let first = first.first().event.number;
        let answer = remote.push(sealed(batch)).await?;
        done(answer.outcomes.len() as u64);
        match planner::read_answer(first, batch, &answer) {
            Next::GoOn { from: next } => from = next,
            Next::Shelve { refusal, .. } | Next::Stop(refusal) => {
                return Err(SyncError::Refused(refusal));
            }
            Next::Lost { wanted } => return Err(lost(wanted, first)),
            Next::Resend { .. } | Next::Nonsense => return Err(nonsense()),
        }
    }
}

fn sealed(batch: &[PendingCommand]) -> Vec<Sealed> {
    batch
        .iter()
        .flat_map(PendingCommand::events)
        .map(|event| event.sealed.clone())
        .collect()
}

fn count(answer: &Answer, report: &mut Report) -> u64 {
    let mut looked_at = 0;
    for outcome in &answer.outcomes {
        match outcome {
            Outcome::Recorded(_) => report.pushed += 1,
            Outcome::Already(_) => report.already += 1,
            Outcome::Refused(_) => continue,
        }
        looked_at += 1;
    }
    looked_at
}

fn lost(wanted: u64, first: u64) -> SyncError {
    SyncError::Refused(
        Refusal::new(
            Code::Gap,
            format!(
                "The server asks for event {wanted} of this device, and everything before event {first} had been recorded: it lost what it had acknowledged."
            ),
        )
        .hint("keep this folder as it is, and ask whoever runs the server about a restored backup"),
    )
}

fn nonsense() -> SyncError {
    SyncError::Remote(RemoteError::Protocol(
        "its answer does not fit what was sent".to_owned(),
    ))
}
