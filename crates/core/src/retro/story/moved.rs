//! What there is to say of goals that were moved, deferred or dropped.

use std::collections::BTreeMap;

use super::super::Retro;
use super::parts_of;
use super::sentence::{Kind, Sentence, Words, counted};
use crate::decimal::Decimal;
use crate::goalposts::{Moved, What};
use crate::id::KeyResultId;
use crate::value::{Field, Subject, Value};

/// In so many days at the end a change weighs more.
const LAST_DAYS: i32 = 14;

pub(super) fn sentences(retro: &Retro) -> Vec<Sentence> {
    let mut all = Vec::new();
    // What one field of a thing went through is one sentence.
    let mut fields: BTreeMap<(Subject, &Field), Vec<&Moved>> = BTreeMap::new();
    for one in &retro.goalposts.moved {
        if one.act.undone || one.act.undoes.is_some() {
            continue;
        }
        match (one.what, &one.field) {
            (What::Changed, Some(field)) => {
                fields.entry((one.subject, field)).or_default().push(one);
            }
            (What::Deferred | What::Dropped, _) => all.extend(set_aside(retro, one)),
            _ => {}
        }
    }
    for ((subject, field), moves) in fields {
        all.extend(changed(retro, subject, field, &moves));
    }
    all
}

/// "The target of ‘Qualified leads’ was lowered from 600 to 550 leads nine days before the end by Ben."
fn changed(retro: &Retro, subject: Subject, field: &Field, moves: &[&Moved]) -> Option<Sentence> {
    let (first, last) = (moves.first()?, moves.last()?);
    let (what, unit) = thing(retro, subject, field)?;
    let back = first.from == last.to;
    let words = if back {
        // Where it was changed and changed back, how often says enough.
        let times = counted(u64::try_from(moves.len()).ok()?, "time");
        value(
            what.text(format!(" was changed {times}, and is ")),
            &last.to,
            unit,
        )?
        .text(" as it was.")
    } else {
        let verb = match (&first.from, &last.to) {
            (Value::Number(from), Value::Number(to)) if to < from => "lowered",
            (Value::Number(_), Value::Number(_)) => "raised",
            _ => "moved",
        };
        let words = match (&first.from, &last.to) {
            (Value::Number(_) | Value::Date(_), Value::Number(_) | Value::Date(_)) => {
                let words = value(what.text(format!(" was {verb} from ")), &first.from, None)?;
                value(words.text(" to "), &last.to, unit)?
            }
            _ => what.text(" were changed"),
        };
        let words = if moves.len() > 1 {
            let steps = counted(u64::try_from(moves.len()).ok()?, "step");
            words.text(format!(" in {steps}, the last"))
        } else {
            words
        };
        words.text(when(last)).text(" by ").by(&last.act).text(".")
    };
    let objective = match subject {
        Subject::KeyResult(id) => Some(retro.state.key_results.get(&id)?.objective),
        _ => None,
    };
    let weight = if back {
        200
    } else {
        weight(retro, last, field)
    };
    let entries = moves.iter().map(|one| one.act.seq).collect();
    Some(words.sentence((Kind::Moved, weight), objective, entries))
}

/// What was moved, and the unit of its values.
fn thing<'r>(
    retro: &'r Retro,
    subject: Subject,
    field: &Field,
) -> Option<(Words, Option<&'r str>)> {
    if let Subject::Cycle(_) = subject {
        let day = match field {
            Field::Ends => "Its last day",
            Field::Starts => "Its first day",
            _ => return None,
        };
        return Some((Words::default().text(day), None));
    }
    let Subject::KeyResult(id) = subject else {
        return None;
    };
    let what = match field {
        Field::Target => "target",
        Field::Baseline => "baseline",
        Field::Low => "lower bound",
        Field::High => "upper bound",
        Field::Weight => "weight",
        Field::Milestones => "steps",
        _ => return None,
    };
    let found = retro.state.key_results.get(&id)?;
    let unit = (found.metric.unit.as_deref()).filter(|_| *field != Field::Weight);
    let words = Words::default()
        .text(format!("The {what} of "))
        .goal(Subject::KeyResult(id));
    Some((words, unit))
}

fn value(words: Words, value: &Value, unit: Option<&str>) -> Option<Words> {
    match value {
        Value::Number(number) => Some(words.number(*number, unit)),
        Value::Date(day) => Some(words.date(*day)),
        _ => None,
    }
}

/// How long before the end it was.
pub(in crate::retro) fn when(moved: &Moved) -> String {
    let days = u64::from(moved.days_before_end.unsigned_abs());
    let weeks = days / 7;
    match moved.days_before_end {
        0 => " on the last day".to_owned(),
        ..0 => format!(" {} after the end", counted(days, "day")),
        1..=20 => format!(" {} before the end", counted(days, "day")),
        _ => format!(" {} before the end", counted(weeks, "week")),
    }
}

fn weight(retro: &Retro, moved: &Moved, field: &Field) -> i64 {
    let Subject::KeyResult(id) = moved.subject else {
        return 600;
    };
    let late = if moved.days_before_end <= LAST_DAYS {
        100
    } else {
        0
    };
    if *field == Field::Weight {
        return 150 + late;
    }
    300 + late + parts_of(made_of_moves(retro, id), 600)
}

/// The difference that a key result's moves made to its score.
fn made_of_moves(retro: &Retro, id: KeyResultId) -> Decimal {
    let agreed = retro.goalposts.key_result(&retro.goalposts.agreed, id);
    let amended = retro.goalposts.key_result(&retro.state, id);
    let both = amended
        .unwrap_or_default()
        .checked_sub(agreed.unwrap_or_default());
    both.unwrap_or(Decimal::ZERO)
}

/// "‘Weekend hotline’ was dropped on 3 August by Ben: “nobody calls”."
fn set_aside(retro: &Retro, moved: &Moved) -> Option<Sentence> {
    let (objective, is_live) = match moved.subject {
        Subject::Objective(id) => (id, retro.state.objectives.get(&id)?.is_live()),
        Subject::KeyResult(id) => {
            let found = retro.state.key_results.get(&id)?;
            (found.objective, found.is_live())
        }
        _ => return None,
    };
    if is_live {
        return None;
    }
    let words = Words::default()
        .goal(moved.subject)
        .text(format!(" was {} on ", moved.what.words()))
        .date(moved.act.day)
        .text(" by ")
        .by(&moved.act)
        .because(moved.act.reason.as_deref());
    Some(words.sentence((Kind::SetAside, 450), Some(objective), vec![moved.act.seq]))
}
