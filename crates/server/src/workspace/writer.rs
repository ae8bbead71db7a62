//! The one writer of a workspace's log, a thread of its own.
//!
//! ```text
//! waiting jobs ──judged one by one──▶ draft ──one append, one flush──▶ published ──▶ all answered
//! ```
//!
//! Guarantees: an answer that says "recorded" is given after the append has reached the disk; what
//! waits together shares one append; when the append fails, nothing of it is acknowledged and the
//! writer goes back to the state that is on disk.

use std::sync::Arc;
use std::time::Instant;

use quarterdeck_core::refusal::Refusal;
use quarterdeck_ledger::{Appended, Derived, LedgerError};
use tokio::sync::{mpsc, oneshot};

use super::draft::{Desk, Draft, Obstacle, Order};
use super::incoming::{Incoming, Pusher};
use super::outcome::{Authored, NotAuthored, Outcome, Pushed, Unavailable};
use super::projection;
use crate::metrics::Metrics;

/// The most events that one append takes together.
const MAX_TOGETHER: usize = 8_192;
/// After so many new entries a snapshot is kept: what a restart has to fold at most.
const SNAPSHOT_EVERY: u64 = 20_000;

pub(super) enum Job {
    Push {
        who: Pusher,
        incoming: Incoming,
        answer: oneshot::Sender<Result<Pushed, Unavailable>>,
    },
    Order {
        order: Order,
        answer: oneshot::Sender<Result<Vec<Authored>, NotAuthored>>,
    },
}

/// An answer that waits for the append.
enum Waiting {
    Push {
        outcomes: Vec<Outcome>,
        answer: oneshot::Sender<Result<Pushed, Unavailable>>,
    },
    Order {
        events: Vec<Authored>,
        answer: oneshot::Sender<Result<Vec<Authored>, NotAuthored>>,
    },
}

pub(super) struct Writer {
    pub(super) desk: Desk,
    pub(super) derived: Option<Derived>,
    pub(super) metrics: Arc<Metrics>,
    /// Position of the last snapshot.
    pub(super) snapshot: u64,
}

impl Writer {
    /// Works until nobody can send jobs any more, then leaves a snapshot behind.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(job) = jobs.blocking_recv() {
            self.work(job, &mut jobs);
            if self.desk.state.head >= self.snapshot.saturating_add(SNAPSHOT_EVERY) {
                self.keep_snapshot();
            }
        }
        if self.desk.state.head > self.snapshot {
            self.keep_snapshot();
        }
    }

    fn work(&mut self, first: Job, jobs: &mut mpsc::Receiver<Job>) {
        let size = self.desk.state.head;
        let mut draft = Draft::new(&mut self.desk);
        let mut waiting = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            waiting.extend(judge(&mut draft, job));
            next = if draft.len() < MAX_TOGETHER {
                jobs.try_recv().ok()
            } else {
                None
            };
        }
        let (new, entries) = draft.finish();
        let count = new.len();
        let began = Instant::now();
        let appended = match self.desk.ledger.append(size, new) {
            Ok(Appended::Recorded(head)) => Ok(head.size),
            Ok(Appended::HeadMoved(head)) => {
                tracing::error!(
                    workspace = %self.desk.identity.workspace, expected = size, found = head.size,
                    "something else has written to the log: restart okrd and run okrd verify"
                );
                Err(Unavailable::moved())
            }
            Err(error) => {
                let workspace = self.desk.identity.workspace;
                tracing::error!(%workspace, %error, "nothing was recorded");
                Err(Unavailable::of(&error))
            }
        };
        match &appended {
            Ok(head) => {
                if count > 0 {
                    self.metrics.appends.inc();
                    self.metrics.append_events.observe(as_figure(count));
                    self.metrics
                        .append_seconds
                        .observe(began.elapsed().as_secs_f64());
                    self.metrics.head(self.desk.identity.workspace, *head);
                }
                self.desk.published.extend(&entries);
            }
            Err(_) => {
                self.metrics.failed_appends.inc();
                self.desk.state = (*self.desk.published.state()).clone();
            }
        }
        for waiting in waiting {
            self.answer(waiting, &appended);
        }
    }

    fn answer(&self, waiting: Waiting, appended: &Result<u64, Unavailable>) {
        // A client that has gone away misses its answer; it gets it when it asks again.
        match (waiting, appended) {
            (Waiting::Push { outcomes, answer }, Ok(head)) => {
                for outcome in &outcomes {
                    self.metrics.count(word(outcome), 1);
                }
                let _ = answer.send(Ok(Pushed {
                    outcomes,
                    head: *head,
                }));
            }
            (Waiting::Push { answer, .. }, Err(error)) => {
                let _ = answer.send(Err(error.clone()));
            }
            (Waiting::Order { events, answer }, Ok(_)) => {
                self.metrics.count("authored", events.len());
                let _ = answer.send(Ok(events));
            }
            (Waiting::Order { answer, .. }, Err(error)) => {
                let _ = answer.send(Err(error.clone().into()));
            }
        }
    }

    fn keep_snapshot(&mut self) {
        let Some(derived) = &self.derived else { return };
        let head = self.desk.state.head;
        let kept = self.desk.published.index(|index| {
            projection::save(
                derived,
                &self.desk.ledger.frontier(),
                &self.desk.state,
                index,
            )
        });
        match kept {
            Ok(()) => self.snapshot = head,
            // The next start folds more; nothing else depends on it.
            Err(what) => tracing::warn!(
                workspace = %self.desk.identity.workspace, what, "no snapshot was kept"
            ),
        }
    }
}

/// Judges a job; what is refused or cannot be judged is answered at once.
fn judge(draft: &mut Draft<'_>, job: Job) -> Option<Waiting> {
    match job {
        Job::Push {
            who,
            incoming,
            answer,
        } => match draft.push(who, &incoming) {
            Ok(outcomes) => Some(Waiting::Push { outcomes, answer }),
            Err(error) => {
                let _ = answer.send(Err(unreadable(&error)));
                None
            }
        },
        Job::Order { order, answer } => match draft.author(order) {
            Ok(events) => Some(Waiting::Order { events, answer }),
            Err(obstacle) => {
                let _ = answer.send(Err(match obstacle {
                    Obstacle::Refused(refusal) => NotAuthored::Refused(refusal),
                    Obstacle::Ledger(error) => NotAuthored::Unavailable(unreadable(&error)),
                }));
                None
            }
        },
    }
}

fn unreadable(error: &LedgerError) -> Unavailable {
    tracing::error!(%error, "the log could not be read");
    Unavailable::of(error)
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Recorded(_) => "recorded",
        Outcome::AlreadyRecorded(_) => "already_recorded",
        Outcome::Refused(Refusal { .. }) => "refused",
    }
}

#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
fn as_figure(count: usize) -> f64 {
    count as f64
}
