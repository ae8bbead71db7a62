//! Late and corrected: what was said long after the day that it speaks of, all at once, or
//! otherwise than at first, and what changed after it was graded.
//!
//! - A check-in is **late** by the days from its effective date to the day on which it became
//!   known; from [`DAYS`] on it is listed, unless another number is asked for. Of what was
//!   imported, that is the day on which its source was written.
//! - A key result has an **end surge** where at least [`SURGE_LEAST`] of its check-ins that count,
//!   and at least half of them, became known in the last [`LAST_DAYS`] days of its cycle or later.
//! - A **bunch** is one person's check-ins of one day, where they speak of [`SPREAD`] dates or more:
//!   a quarter caught up with before a review.
//! - A **correction** changes a field of a check-in, a **retraction** takes it back, and may itself
//!   be taken back.
//! - After a **grade**, whatever changes the figures of its key result is listed, with the grade
//!   that would be computed with it.
//!
//! What a KPI was found to be is no check-in; where a key result reads from one, it is looked at
//! for what changed after the grade.

mod events;

use std::collections::{BTreeMap, BTreeSet};

use crate::act::{self, Act, Calendar};
use crate::calendar::{Date, TimeZone};
use crate::decimal::{Decimal, ratio};
use crate::event::Entry;
use crate::goalposts::Scope;
use crate::grading;
use crate::id::{CycleId, EventId, KeyResultId, MemberId, Uuid};
use crate::past::Past;
use crate::score::PLACES;
use crate::state::{CheckIn, Cycle, Stamp, State};
use crate::token::KeyResultState;
use crate::value::{Field, Measure, Value};

/// From so many days after its effective date on, a check-in is late.
pub const DAYS: u32 = 3;
/// So many days at the end of a cycle are its last ones.
pub const LAST_DAYS: i32 = 7;
/// So many check-ins make an end surge at least.
pub const SURGE_LEAST: usize = 3;
/// Of so many dates one person's check-ins of one day speak at least, to be a bunch.
pub const SPREAD: usize = 3;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Of which cycle.
    pub cycle: CycleId,
    /// Of which of its key results.
    pub scope: Scope,
    /// From how many days on a check-in is late.
    pub days: u32,
    /// The day on which grades are computed.
    pub on: Date,
}

/// What was late, corrected, or changed after a grade.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Late {
    /// Late check-ins, in the order of the log.
    pub check_ins: Vec<LateCheckIn>,
    /// When the check-ins of each key result that was measured became known.
    pub surges: Vec<Surge>,
    /// One person's check-ins of one day about many, by day.
    pub bunches: Vec<Bunch>,
    /// Fields of check-ins that were changed, in the order of the log.
    pub corrections: Vec<Correction>,
    /// Check-ins that were taken back or reinstated, in the order of the log.
    pub retractions: Vec<Retraction>,
    /// Key results whose figures changed after their grades.
    pub after_grades: Vec<AfterGrade>,
}

/// A check-in that came long after the day that it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateCheckIn {
    /// Who made it, and when.
    pub act: Act,
    /// Its key result.
    pub key_result: KeyResultId,
    /// The date that it speaks of, as it stands.
    pub effective: Date,
    /// What it says, as it stands.
    pub measure: Measure,
    /// Days from that date to the day on which it became known.
    pub days: u32,
    /// Whether it was taken back.
    pub retracted: bool,
    /// Whether it came after the closing of its cycle.
    pub after_closing: bool,
}

/// When the check-ins of a key result that count became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surge {
    /// The key result.
    pub key_result: KeyResultId,
    /// How many it has.
    pub of: usize,
    /// How many of them in the last days of the cycle.
    pub last_days: usize,
    /// How many after its end.
    pub after_end: usize,
}

/// One person's check-ins of one day, about many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bunch {
    /// The day on which they became known.
    pub day: Date,
    /// On whose behalf.
    pub member: MemberId,
    /// Who wrote them where they were imported from.
    pub author: Option<String>,
    /// How many.
    pub check_ins: usize,
    /// The dates of which they spoke.
    pub dates: BTreeSet<Date>,
    /// Of which key results.
    pub key_results: BTreeSet<KeyResultId>,
}

/// A field of a check-in that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Who changed it, when and why.
    pub act: Act,
    /// The key result.
    pub key_result: KeyResultId,
    /// The check-in.
    pub check_in: EventId,
    /// The date that it speaks of, as it stands.
    pub effective: Option<Date>,
    /// Which field.
    pub field: Field,
    /// What it said.
    pub from: Value,
    /// What it says instead.
    pub to: Value,
    /// Days after the check-in had become known.
    pub days: i32,
}

/// A check-in that was taken back, or counts again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retraction {
    /// Who did, when and why.
    pub act: Act,
    /// The key result.
    pub key_result: KeyResultId,
    /// The check-in.
    pub check_in: EventId,
    /// The date that it speaks of, and what it says.
    pub said: Option<(Date, Measure)>,
    /// Whether it counts again.
    pub reinstated: bool,
    /// Days after the check-in had become known.
    pub days: i32,
}

/// A key result whose figures changed after its grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterGrade {
    /// The key result.
    pub key_result: KeyResultId,
    /// Who graded it last, and when.
    pub graded: Stamp,
    /// The grade.
    pub grade: Decimal,
    /// What was computed for it then.
    pub computed: Option<Decimal>,
    /// What is computed now.
    pub now: Option<Decimal>,
    /// What came after the grade, in the order of the log.
    pub events: Vec<After>,
}

/// What came after a grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The entry.
    pub entry: Entry,
    /// Whether it is still waiting to be recorded.
    pub pending: bool,
    /// Whether it came after the closing of its cycle too.
    pub after_closing: bool,
}

impl Surge {
    /// The share that became known in the last days, 0 to 1.
    #[must_use]
    pub fn share(&self) -> Option<Decimal> {
        ratio(of(self.last_days), of(self.of), PLACES)
    }

    /// Whether it is an end surge.
    #[must_use]
    pub const fn is_end_surge(&self) -> bool {
        let late = self.last_days + self.after_end;
        late >= SURGE_LEAST && late * 2 >= self.of
    }
}

fn of(count: usize) -> Decimal {
    Decimal::from(u32::try_from(count).unwrap_or(u32::MAX))
}

impl Late {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.check_ins.is_empty()
            && self.bunches.is_empty()
            && self.corrections.is_empty()
            && self.retractions.is_empty()
            && self.after_grades.is_empty()
            && !self.surges.iter().any(Surge::is_end_surge)
    }
}

/// What was late or corrected in a cycle. None where there is no such cycle.
///
/// # Errors
/// The log cannot be read.
pub fn of_cycle<P: Past>(past: &mut P, asked: &Asked) -> Result<Option<Late>, P::Error> {
    let state = past.state().clone();
    let Some(cycle) = state.cycles.get(&asked.cycle) else {
        return Ok(None);
    };
    let key_results: BTreeSet<KeyResultId> = (state.key_results.iter())
        .filter(|(id, one)| {
            let head = one.head();
            head.state != KeyResultState::Withdrawn
                && (state.objectives.get(&head.objective))
                    .is_some_and(|above| above.cycle == asked.cycle)
                && asked.scope.has_key_result(&state, **id, one)
        })
        .map(|(id, _)| *id)
        .collect();
    if key_results.is_empty() {
        return Ok(Some(Late::default()));
    }
    let kpis = (key_results.iter())
        .filter_map(|id| state.key_results.get(id)?.kpi)
        .map(|kpi| kpi.uuid());
    let things: BTreeSet<Uuid> = (key_results.iter().map(|id| id.uuid()))
        .chain(kpis)
        .collect();
    let entries = past.about(&things)?;
    let zone = (state.workspace.as_ref()).map_or_else(TimeZone::utc, |found| found.zone());
    let told = events::Told {
        cycle,
        asked,
        key_results: &key_results,
        calendar: Calendar {
            zone: &zone,
            alone_until: state.alone_until(),
        },
        made: check_ins(&state, &key_results),
        pending: &|seq| past.is_pending(seq),
    };
    let mut late = told.late(&entries);
    late.after_grades = after_grades(&state, cycle, asked, &key_results, &entries, &|seq| {
        past.is_pending(seq)
    });
    let undone = act::undone(&entries);
    let acts = (late.check_ins.iter_mut().map(|one| &mut one.act))
        .chain(late.corrections.iter_mut().map(|one| &mut one.act))
        .chain(late.retractions.iter_mut().map(|one| &mut one.act));
    for act in acts {
        act.undone = undone.contains(&act.event);
    }
    Ok(Some(late))
}

fn check_ins<'s>(
    state: &'s State,
    key_results: &BTreeSet<KeyResultId>,
) -> BTreeMap<EventId, &'s CheckIn> {
    (key_results.iter())
        .filter_map(|id| state.key_results.get(id))
        .flat_map(|one| one.check_ins.all())
        .map(|check_in| (check_in.id, check_in))
        .collect()
}

fn after_grades(
    state: &State,
    cycle: &Cycle,
    asked: &Asked,
    key_results: &BTreeSet<KeyResultId>,
    entries: &[Entry],
    pending: &dyn Fn(u64) -> bool,
) -> Vec<AfterGrade> {
    let closed = cycle.closing.as_ref().map(|closing| closing.position);
    let mut found: Vec<AfterGrade> = Vec::new();
    for id in key_results {
        let Some(one) = state.key_results.get(id) else {
            continue;
        };
        let Some(grade) = &one.grade else { continue };
        let graded = *one.provenance.of(&Field::Grade);
        let events: Vec<After> = (entries.iter())
            .filter(|entry| {
                entry.seq > graded.seq && events::changes_figures(&entry.event.body, *id, one.kpi)
            })
            .map(|entry| After {
                pending: pending(entry.seq),
                after_closing: closed.is_some_and(|position| entry.seq > position),
                entry: entry.clone(),
            })
            .collect();
        if !events.is_empty() {
            found.push(AfterGrade {
                key_result: *id,
                graded,
                grade: grade.grade,
                computed: grade.computed,
                now: grading::computed(state, *id, asked.on),
                events,
            });
        }
    }
    found.sort_by_key(|one| one.events.first().map(|first| first.entry.seq));
    found
}
