//! What was said of the key results of cycles that have ended, before their outcome was known.
//!
//! **When** something was said: by the clock of whoever said it, where it was imported by its source's.
//! A confidence or a projection is of the day on which it was said, or of the day that its check-in
//! speaks of where that is later; of several in one week of the cycle the last one counts. What was
//! said, or corrected, after the end is hindsight, and left out.
//!
//! **Certainty at the start** is what the key result said at the end of the cycle's first day; where it
//! said nothing yet, or was added later, what it said first.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, Gathered, Weekly, Whose};
use crate::calendar::{Date, Timestamp};
use crate::decimal::{Decimal, ratio};
use crate::event::{Body, Entry};
use crate::id::{CycleId, KeyResultId};
use crate::outcome::{self, Ended};
use crate::past::Past;
use crate::score::PLACES;
use crate::state::{CheckIn, KeyResult, State};
use crate::token::MetricKind;
use crate::value::{Field, Subject, Value};

/// What was said of the key results of those of these cycles that have ended on the day `on`.
///
/// # Errors
/// The log cannot be read.
pub fn gather<P: Past>(past: &mut P, cycles: &[CycleId], on: Date) -> Result<Gathered, P::Error> {
    let mut gathered = Gathered::default();
    for id in cycles {
        let Some(ended) = outcome::ended(past, *id, on)? else {
            continue;
        };
        let things: BTreeSet<uuid::Uuid> = ended.key_results().map(|(id, _)| id.uuid()).collect();
        let certainties = certainties(&past.about(&things)?, &ended);
        let whose = |found: &KeyResult| Whose {
            owner: ended.owner(found),
            team: ended.team(found),
        };
        gathered.set_aside.extend(ended.set_aside().map(whose));
        for (id, found) in ended.key_results() {
            let Some(progress) = ended.of(found) else {
                continue;
            };
            // What cannot be scored has no outcome.
            let Some(score) = progress.score else {
                continue;
            };
            let (confidences, late) =
                weekly(&ended, found, &Field::Confidence, |said| said.confidence);
            let (projections, too_late) = weekly(&ended, found, &Field::Projection, |said| {
                error(found, said.projection?, progress.current?)
            });
            gathered.cases.push(Case {
                cycle: ended.cycle,
                key_result: id,
                whose: whose(found),
                reached: score == Decimal::ONE,
                certainty: certainties.get(&id).copied(),
                confidences,
                projections,
                hindsight: late + too_late,
            });
        }
    }
    Ok(gathered)
}

/// The certainty of each key result at the start; see the head of this file.
fn certainties(entries: &[Entry], ended: &Ended) -> BTreeMap<KeyResultId, Decimal> {
    let mut found = BTreeMap::new();
    let Some(cycle) = ended.cycle() else {
        return found;
    };
    for entry in entries {
        let Some((id, said)) = certainty(&entry.event.body) else {
            continue;
        };
        let day = day_of(&ended.state, said_at(&ended.state, entry));
        if day > ended.on || (day > cycle.starts && found.contains_key(&id)) {
            continue;
        }
        match said {
            Some(said) => found.insert(id, said),
            None => found.remove(&id),
        };
    }
    found
}

/// What an event says of a key result's certainty; none within where it takes it back.
fn certainty(body: &Body) -> Option<(KeyResultId, Option<Decimal>)> {
    match body {
        Body::KeyResultAdded(added) => Some((added.key_result, added.certainty)),
        Body::Edited {
            subject: Subject::KeyResult(id),
            changes,
        } => (changes.iter())
            .find(|change| change.field == Field::Certainty)
            .map(|change| match change.to {
                Value::Number(number) => (*id, Some(number)),
                _ => (*id, None),
            }),
        _ => None,
    }
}

/// The last figure that was said in each week, and how many were said too late to count.
fn weekly(
    ended: &Ended,
    key_result: &KeyResult,
    field: &Field,
    figure: impl Fn(&CheckIn) -> Option<Decimal>,
) -> (Vec<Weekly>, usize) {
    let mut weeks: BTreeMap<i32, (Date, u64, Decimal)> = BTreeMap::new();
    let mut hindsight = 0;
    let Some(cycle) = ended.cycle() else {
        return (Vec::new(), 0);
    };
    for said in key_result.check_ins.standing() {
        let Some(figure) = figure(said) else { continue };
        let made = made_on(&ended.state, said, field);
        let day = made.max(said.effective);
        if made > ended.on {
            hindsight += 1;
            continue;
        }
        if day < cycle.starts || day > ended.on {
            continue;
        }
        let week = day.days_since(cycle.starts) / 7;
        let place = (day, said.seq);
        let later = (weeks.get(&week)).is_none_or(|(day, seq, _)| (*day, *seq) < place);
        if later {
            weeks.insert(week, (day, said.seq, figure));
        }
    }
    let said = (weeks.into_values())
        .map(|(day, _, figure)| Weekly {
            day,
            weeks_left: ended.weeks_left(day),
            figure,
        })
        .collect();
    (said, hindsight)
}

/// The day on which a check-in said what it says in this field: that of its correction, if it was
/// corrected.
fn made_on(state: &State, said: &CheckIn, field: &Field) -> Date {
    let at = match said.corrected.get(field) {
        Some(correction) => {
            let imported = state.source(correction).map(|source| source.at);
            imported.unwrap_or(Timestamp::from_ms(correction.authored.wall))
        }
        None => {
            let imported = state.sources.get(&said.seq).map(|source| source.at);
            imported.unwrap_or(Timestamp::from_ms(said.authored.wall))
        }
    };
    day_of(state, at)
}

/// When an entry was said, by the clock of who said it, held to when it was recorded.
fn said_at(state: &State, entry: &Entry) -> Timestamp {
    let imported = state.sources.get(&entry.seq).map(|source| source.at);
    imported
        .unwrap_or(Timestamp::from_ms(entry.event.authored.wall))
        .min(entry.recorded)
}

fn day_of(state: &State, moment: Timestamp) -> Date {
    (state.workspace.as_ref()).map_or_else(
        || crate::calendar::TimeZone::utc().date_of(moment),
        |workspace| workspace.date_of(moment),
    )
}

/// How far a projection was off, in units of the way from baseline to target.
fn error(key_result: &KeyResult, projected: Decimal, came_out: Decimal) -> Option<Decimal> {
    let metric = &key_result.metric;
    if !matches!(metric.kind, MetricKind::Increase | MetricKind::Decrease) {
        return None;
    }
    let way = metric.target?.checked_sub(metric.baseline?)?.abs();
    ratio(projected.checked_sub(came_out)?.abs(), way, PLACES)
}
