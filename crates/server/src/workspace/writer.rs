//! The one writer of a workspace's log: a thread of its own, or a task where there are no threads.
//!
//! ```text
//! waiting jobs ──judged one by one──▶ draft ──one append, one flush──▶ published ──▶ all answered
//! ```
//!
//! Guarantees: an answer that says "recorded" is given after the append has reached the disk; what
//! waits together shares one append; when the append fails, nothing of it is acknowledged and the
//! writer goes back to the state that is on disk.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_ledger::{Appended, Derived, Head, LedgerError, NewEntry};
use quarterdeck_projection::{Folded, Health, Kept};
use tokio::sync::{mpsc, oneshot};

use super::draft::{Desk, Draft, Obstacle, Order};
use super::erase;
use super::incoming::{Incoming, Pusher};
use super::outcome::{Authored, NotAuthored, Outcome, Pushed, Unavailable};
use super::trouble::Trouble;
use crate::metrics::Metrics;
use crate::step::Step;

/// The most events that one append takes together.
const MAX_TOGETHER: usize = 8_192;
/// After so many new entries the index is kept with a snapshot: what a restart has to read again at
/// most.
const INDEX_EVERY: u64 = 20_000;

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
    /// What the log has lost after its first `size` entries, and was found to hold.
    TakeBack {
        size: u64,
        new: Vec<NewEntry>,
        entries: Vec<Entry>,
        answer: oneshot::Sender<Result<u64, Unavailable>>,
    },
}

/// An answer that waits for the append.
enum Waiting {
    Push {
        outcomes: Vec<Outcome>,
        answer: oneshot::Sender<Result<Pushed, Unavailable>>,
    },
    Order {
        /// A refusal waits as well: it may be for what came before it and is not on disk yet.
        judged: Result<Vec<Authored>, Refusal>,
        answer: oneshot::Sender<Result<Vec<Authored>, NotAuthored>>,
    },
    TakeBack {
        answer: oneshot::Sender<Result<u64, Unavailable>>,
    },
}

pub(super) struct Writer {
    pub(super) desk: Desk,
    /// The latest clock reading in the log.
    pub(super) seen: Hlc,
    pub(super) kept: Arc<Mutex<(Kept, Health)>>,
    /// Where the index is kept; none where nothing is.
    pub(super) index: Option<Derived>,
    /// Where all is kept that is made of the log.
    pub(super) derived: Option<PathBuf>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) trouble: Arc<Trouble>,
    /// Position at which the index was last kept with a snapshot.
    pub(super) snapshot: u64,
}

impl Writer {
    /// Works until nobody can send jobs any more, then leaves a snapshot behind.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(job) = jobs.blocking_recv() {
            self.work(job, &mut jobs);
        }
        self.end();
    }

    /// The same on a task.
    pub(super) async fn run_as_task(mut self, mut jobs: mpsc::Receiver<Job>) {
        while let Some(job) = jobs.recv().await {
            self.desk.world.pause().await;
            self.work(job, &mut jobs);
        }
        self.end();
    }

    fn end(&mut self) {
        if self.desk.state.head > self.snapshot {
            self.keep(true);
        }
    }

    /// Whoever asks about the past has what is kept to themselves for a moment: then later.
    fn keep_if_due(&mut self) {
        let head = self.desk.state.head;
        let is_due = (self.kept.try_lock()).is_ok_and(|kept| kept.0.is_due(head));
        if is_due {
            self.keep(head >= self.snapshot.saturating_add(INDEX_EVERY));
        }
    }

    fn work(&mut self, first: Job, jobs: &mut mpsc::Receiver<Job>) {
        let size = self.desk.state.head;
        let workspace = self.desk.identity.workspace;
        let mut draft = Draft::new(&mut self.desk);
        let mut waiting = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            waiting.extend(judge(workspace, &mut draft, job));
            draft.world().reached(Step::Judged);
            next = if draft.len() < MAX_TOGETHER {
                jobs.try_recv().ok()
            } else {
                None
            };
        }
        let (new, entries) = draft.finish();
        let count = new.len();
        let began = Instant::now();
        self.desk.world.reached(Step::Appending);
        let appended = match self.desk.ledger.append(size, new) {
            Ok(Appended::Recorded(head)) => Ok(head),
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
        self.trouble.note(&appended);
        match &appended {
            Ok(head) => {
                self.desk.world.reached(Step::Appended);
                if count > 0 {
                    self.metrics.appends.inc();
                    self.metrics.append_events.observe(as_figure(count));
                    let took = began.elapsed();
                    self.metrics.append_seconds.observe(took.as_secs_f64());
                    self.metrics.latency.note(took);
                    self.metrics.head(self.desk.identity.workspace, head.size);
                }
                self.seen = (entries.iter()).fold(self.seen, |seen, entry| {
                    seen.observe(entry.event.authored.held_to(entry.recorded.ms()))
                });
                if !self.erased(*head, &entries) {
                    self.desk.published.extend(*head, &entries);
                }
                self.desk.world.reached(Step::Published);
            }
            Err(_) => {
                self.metrics.failed_appends.inc();
                self.desk.state = (*self.desk.published.state()).clone();
                self.desk.identity.log_ends_at(self.desk.state.head);
            }
        }
        let appended = appended.map(|head| head.size);
        for waiting in waiting {
            self.answer(waiting, &appended);
        }
        self.keep_if_due();
    }

    /// Carries out what was just recorded about erasing, before anybody is answered. Whether the state was
    /// folded anew for that, and published.
    fn erased(&mut self, head: Head, entries: &[Entry]) -> bool {
        let Desk { ledger, state, .. } = &self.desk;
        let derived = self.derived.as_deref();
        let folded = match erase::carry_out(&**ledger, state, derived) {
            Ok(false) => return false,
            Ok(true) => erase::fold_anew(&**ledger, &self.kept, derived),
            Err(error) => Err(error),
        };
        match folded {
            Ok(folded) => {
                self.desk.state.clone_from(&folded.state);
                self.desk.published.renew(head, folded.state, entries);
                self.snapshot = 0;
                true
            }
            Err(error) => {
                // The event is recorded: it is tried again with the next one, and at the next start.
                let workspace = self.desk.identity.workspace;
                tracing::error!(%workspace, %error, "texts that were to be erased are still there");
                false
            }
        }
    }

    fn answer(&self, waiting: Waiting, appended: &Result<u64, Unavailable>) {
        // A client that has gone away misses its answer; it gets it when it asks again.
        match (waiting, appended) {
            (Waiting::Push { outcomes, answer }, Ok(head)) => {
                for outcome in &outcomes {
                    self.metrics.count(word(outcome), 1);
                    if let Outcome::Refused(refusal) = outcome {
                        self.metrics.refuse(refusal.code);
                    }
                }
                let _ = answer.send(Ok(Pushed {
                    outcomes,
                    head: *head,
                }));
            }
            (Waiting::Push { answer, .. }, Err(error)) => {
                let _ = answer.send(Err(error.clone()));
            }
            (Waiting::Order { judged, answer }, Ok(_)) => {
                self.metrics
                    .count("authored", judged.as_ref().map_or(0, Vec::len));
                if let Err(refusal) = &judged {
                    self.metrics.refuse(refusal.code);
                }
                let _ = answer.send(judged.map_err(NotAuthored::Refused));
            }
            (Waiting::Order { answer, .. }, Err(error)) => {
                let _ = answer.send(Err(error.clone().into()));
            }
            (Waiting::TakeBack { answer }, appended) => {
                let _ = answer.send(appended.clone());
            }
        }
    }

    fn keep(&mut self, with_index: bool) {
        let Some(derived) = &self.index else { return };
        let folded = Folded {
            state: (*self.desk.published.state()).clone(),
            frontier: self.desk.ledger.frontier(),
            clock: self.seen,
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = kept.0.keep(&*self.desk.ledger, &folded);
        drop(kept);
        let index = match with_index {
            true => {
                (self.desk.published).index(|index| index.save(derived, &folded.frontier.root()))
            }
            false => Ok(()),
        };
        if with_index {
            self.snapshot = folded.size();
        }
        // The next start folds more; nothing else depends on it.
        let snapshot = snapshot.map_err(|error| error.to_string());
        if let Err(what) = snapshot.and(index.map_err(|error| error.to_string())) {
            let workspace = self.desk.identity.workspace;
            tracing::warn!(%workspace, what, "no snapshot was kept");
        }
    }
}

/// Judges a job; what cannot be judged is answered at once.
fn judge(workspace: WorkspaceId, draft: &mut Draft<'_>, job: Job) -> Option<Waiting> {
    match job {
        Job::Push {
            who,
            incoming,
            answer,
        } => match draft.push(who, &incoming) {
            Ok(outcomes) => Some(Waiting::Push { outcomes, answer }),
            Err(error) => {
                let _ = answer.send(Err(unreadable(workspace, &error)));
                None
            }
        },
        Job::TakeBack {
            size,
            new,
            entries,
            answer,
        } => {
            // Where somebody else was faster, the size of the log says so.
            draft.take_back(size, new, entries);
            Some(Waiting::TakeBack { answer })
        }
        Job::Order { order, answer } => match draft.author(order) {
            Ok(events) => Some(Waiting::Order {
                judged: Ok(events),
                answer,
            }),
            Err(Obstacle::Refused(refusal)) => Some(Waiting::Order {
                judged: Err(refusal),
                answer,
            }),
            Err(Obstacle::Ledger(error)) => {
                let _ = answer.send(Err(NotAuthored::Unavailable(unreadable(workspace, &error))));
                None
            }
        },
    }
}

fn unreadable(workspace: WorkspaceId, error: &LedgerError) -> Unavailable {
    tracing::error!(%workspace, %error, "the log could not be read");
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
