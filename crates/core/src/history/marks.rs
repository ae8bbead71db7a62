//! What there is to know about an event beside what it says.

use std::collections::BTreeMap;

use crate::event::{Body, Entry};
use crate::id::{EventId, KeyResultId};
use crate::state::{Stamp, State};
use crate::token::NoteState;
use crate::value::{Field, Subject};

use super::Side;

/// What there is to know about an event, as of the horizon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Of a measurement: the last correction that was made to it later.
    pub corrected: Option<Stamp>,
    /// Whether that correction is not recorded yet.
    pub correction_pending: bool,
    /// Of a measurement: whether it was taken back, and counts no more.
    pub retracted: bool,
    /// The measurement that it corrects, takes back or lets count again.
    pub corrects: Option<Subject>,
    /// Of an edit that met another which did not know of it: how that went for this one.
    pub side: Option<Side>,
}

/// What became of the measurements that were corrected or taken back, key result by key result, so
/// that each one's check-ins are gone through once.
#[derive(Debug, Default)]
pub(super) struct Later(BTreeMap<KeyResultId, BTreeMap<EventId, Became>>);

type Became = (Option<Stamp>, bool);

impl Later {
    pub(super) fn marks(&mut self, horizon: &State, entry: &Entry) -> Marks {
        let (corrected, retracted) = match &entry.event.body {
            Body::CheckedIn(made) => self.check_in(horizon, made.key_result, entry.event.id),
            Body::KpiRecorded(made) => horizon
                .reading(made.kpi, entry.event.id)
                .map(|found| {
                    let corrected = (found.provenance.edited.iter())
                        .filter(|(field, _)| **field != Field::State)
                        .map(|(_, stamp)| *stamp);
                    (
                        corrected.max_by_key(|stamp| stamp.seq),
                        found.state == NoteState::Withdrawn,
                    )
                })
                .unwrap_or_default(),
            _ => Became::default(),
        };
        Marks {
            corrected,
            correction_pending: false,
            retracted,
            corrects: corrects(&entry.event.body),
            side: None,
        }
    }

    fn check_in(&mut self, horizon: &State, key_result: KeyResultId, id: EventId) -> Became {
        let found = self.0.entry(key_result).or_insert_with(|| {
            let found = horizon.key_results.get(&key_result).into_iter();
            found
                .flat_map(|found| found.check_ins.all())
                .filter(|one| one.retracted || !one.corrected.is_empty())
                .map(|one| {
                    let last = one.corrected.values().max_by_key(|stamp| stamp.seq);
                    (one.id, (last.copied(), one.retracted))
                })
                .collect()
        });
        found.get(&id).copied().unwrap_or_default()
    }
}

/// The measurement that an event corrects, takes back or lets count again.
fn corrects(body: &Body) -> Option<Subject> {
    match body {
        Body::CheckInRetracted {
            key_result,
            check_in,
        }
        | Body::CheckInReinstated {
            key_result,
            check_in,
        } => Some(Subject::CheckIn(*key_result, *check_in)),
        Body::Edited { subject, .. } | Body::ConflictResolved { subject, .. } => {
            matches!(subject, Subject::CheckIn(..) | Subject::Reading(..)).then_some(*subject)
        }
        _ => None,
    }
}
