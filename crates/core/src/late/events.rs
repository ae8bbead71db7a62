//! What the entries about key results say of when and how they were measured.

use std::collections::{BTreeMap, BTreeSet};

use super::{Asked, Bunch, Correction, LAST_DAYS, Late, LateCheckIn, Retraction, SPREAD, Surge};
use crate::act::{Act, Calendar};
use crate::calendar::Date;
use crate::event::{Body, CheckedIn, Entry};
use crate::id::{EventId, KeyResultId, KpiId, MemberId};
use crate::state::{CheckIn, Cycle};
use crate::value::{Change, Field, Subject};

/// What is needed to tell.
pub(super) struct Told<'a> {
    pub(super) cycle: &'a Cycle,
    pub(super) asked: &'a Asked,
    pub(super) key_results: &'a BTreeSet<KeyResultId>,
    pub(super) calendar: Calendar<'a>,
    /// The check-ins as they stand.
    pub(super) made: BTreeMap<EventId, &'a CheckIn>,
    pub(super) pending: &'a dyn Fn(u64) -> bool,
}

impl Told<'_> {
    /// All but what came after grades.
    pub(super) fn late(&self, entries: &[Entry]) -> Late {
        let mut late = Late::default();
        // On which day each check-in became known.
        let mut known: BTreeMap<EventId, Date> = BTreeMap::new();
        let mut bunches: BTreeMap<(Date, MemberId, Option<String>), Bunch> = BTreeMap::new();
        let mut surges: BTreeMap<KeyResultId, Surge> = BTreeMap::new();
        for entry in entries {
            match &entry.event.body {
                Body::CheckedIn(made) if self.key_results.contains(&made.key_result) => {
                    let day = self.calendar.day(entry);
                    known.insert(entry.event.id, day);
                    late.check_ins.extend(self.check_in(entry, made));
                    self.surge(&mut surges, entry, made, day);
                    bunch(&mut bunches, entry, made, day);
                }
                Body::Edited {
                    subject: Subject::CheckIn(key_result, check_in),
                    changes,
                } if self.key_results.contains(key_result) => {
                    let told = (changes.iter()).map(|change| {
                        self.correction(entry, (*key_result, *check_in), change, &known)
                    });
                    late.corrections.extend(told.flatten());
                }
                Body::ConflictResolved {
                    subject: Subject::CheckIn(key_result, check_in),
                    field,
                    from,
                    to,
                    ..
                } if self.key_results.contains(key_result) => {
                    let change = Change {
                        field: field.clone(),
                        from: from.clone(),
                        to: to.clone(),
                    };
                    let told = self.correction(entry, (*key_result, *check_in), &change, &known);
                    late.corrections.extend(told);
                }
                Body::CheckInRetracted {
                    key_result,
                    check_in,
                } if self.key_results.contains(key_result) => {
                    let told = self.retraction(entry, (*key_result, *check_in), false, &known);
                    late.retractions.push(told);
                }
                Body::CheckInReinstated {
                    key_result,
                    check_in,
                } if self.key_results.contains(key_result) => {
                    let told = self.retraction(entry, (*key_result, *check_in), true, &known);
                    late.retractions.push(told);
                }
                _ => {}
            }
        }
        late.surges = surges.into_values().collect();
        late.bunches = (bunches.into_values())
            .filter(|bunch| bunch.dates.len() >= SPREAD)
            .collect();
        late
    }

    fn act(&self, entry: &Entry) -> Act {
        Act::of(entry, &self.calendar, (self.pending)(entry.seq))
    }

    fn check_in(&self, entry: &Entry, made: &CheckedIn) -> Option<LateCheckIn> {
        let stands = self.made.get(&entry.event.id);
        let effective = stands.map_or(made.effective, |stands| stands.effective);
        let days = self.calendar.day(entry).days_since(effective);
        let days =
            (u32::try_from(days).ok()).filter(|days| *days > 0 && *days >= self.asked.days)?;
        Some(LateCheckIn {
            act: self.act(entry),
            key_result: made.key_result,
            effective,
            measure: stands.map_or_else(|| made.measure.clone(), |stands| stands.measure.clone()),
            days,
            retracted: stands.is_some_and(|stands| stands.retracted),
            after_closing: self.after_closing(entry),
        })
    }

    fn after_closing(&self, entry: &Entry) -> bool {
        (self.cycle.closing.as_ref()).is_some_and(|closing| entry.seq > closing.position)
    }

    fn surge(
        &self,
        surges: &mut BTreeMap<KeyResultId, Surge>,
        entry: &Entry,
        made: &CheckedIn,
        day: Date,
    ) {
        if (self.made.get(&entry.event.id)).is_some_and(|stands| stands.retracted) {
            return;
        }
        let surge = surges.entry(made.key_result).or_insert(Surge {
            key_result: made.key_result,
            of: 0,
            last_days: 0,
            after_end: 0,
        });
        let left = self.cycle.ends.days_since(day);
        surge.of += 1;
        surge.last_days += usize::from((0..LAST_DAYS).contains(&left));
        surge.after_end += usize::from(left < 0);
    }

    fn correction(
        &self,
        entry: &Entry,
        (key_result, check_in): (KeyResultId, EventId),
        change: &Change,
        known: &BTreeMap<EventId, Date>,
    ) -> Option<Correction> {
        if change.from == change.to {
            return None;
        }
        let act = self.act(entry);
        Some(Correction {
            days: days_after(&act, known.get(&check_in)),
            act,
            key_result,
            check_in,
            effective: self.made.get(&check_in).map(|stands| stands.effective),
            field: change.field.clone(),
            from: change.from.clone(),
            to: change.to.clone(),
        })
    }

    fn retraction(
        &self,
        entry: &Entry,
        (key_result, check_in): (KeyResultId, EventId),
        reinstated: bool,
        known: &BTreeMap<EventId, Date>,
    ) -> Retraction {
        let act = self.act(entry);
        Retraction {
            days: days_after(&act, known.get(&check_in)),
            act,
            key_result,
            check_in,
            said: (self.made.get(&check_in))
                .map(|stands| (stands.effective, stands.measure.clone())),
            reinstated,
        }
    }
}

fn days_after(act: &Act, known: Option<&Date>) -> i32 {
    known.map_or(0, |day| act.day.days_since(*day))
}

fn bunch(
    bunches: &mut BTreeMap<(Date, MemberId, Option<String>), Bunch>,
    entry: &Entry,
    made: &CheckedIn,
    day: Date,
) {
    let author = entry.event.source.as_ref().map(|from| from.author.clone());
    let member = entry.event.member;
    let bunch = (bunches.entry((day, member, author.clone()))).or_insert_with(|| Bunch {
        day,
        member,
        author,
        check_ins: 0,
        dates: BTreeSet::new(),
        key_results: BTreeSet::new(),
    });
    bunch.check_ins += 1;
    bunch.dates.insert(made.effective);
    bunch.key_results.insert(made.key_result);
}

/// Whether an event changes the figures of a key result, which may read from a KPI.
pub(super) fn changes_figures(body: &Body, id: KeyResultId, kpi: Option<KpiId>) -> bool {
    match body {
        Body::CheckedIn(made) => made.key_result == id,
        Body::CheckInRetracted { key_result, .. } | Body::CheckInReinstated { key_result, .. } => {
            *key_result == id
        }
        Body::KpiRecorded(read) => Some(read.kpi) == kpi,
        Body::Edited { subject, changes } => match subject {
            Subject::CheckIn(of, _) => *of == id,
            Subject::Reading(of, _) => Some(*of) == kpi,
            Subject::KeyResult(of) => {
                *of == id && changes.iter().any(|change| is_figure(&change.field))
            }
            _ => false,
        },
        Body::ConflictResolved { subject, field, .. } => match subject {
            Subject::CheckIn(of, _) => *of == id,
            Subject::KeyResult(of) => *of == id && is_figure(field),
            _ => false,
        },
        _ => false,
    }
}

const fn is_figure(field: &Field) -> bool {
    matches!(
        field,
        Field::Metric
            | Field::Baseline
            | Field::Target
            | Field::Low
            | Field::High
            | Field::Milestones
            | Field::Weight
            | Field::Cadence
            | Field::Kpi
            | Field::State
    )
}
