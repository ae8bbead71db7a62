//! What there is to say of goals that were moved, deferred or dropped.

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
    (retro.goalposts.moved.iter())
        .filter(|one| !one.act.undone && one.act.undoes.is_none())
        .filter_map(|one| match one.what {
            What::Changed => changed(retro, one),
            What::Deferred | What::Dropped => set_aside(retro, one),
            _ => None,
        })
        .collect()
}

/// "The target of ‘Qualified leads’ was lowered from 600 to 550 leads nine days before the end by Ben."
fn changed(retro: &Retro, moved: &Moved) -> Option<Sentence> {
    let field = moved.field.as_ref()?;
    let words = match (moved.subject, field) {
        (Subject::Cycle(_), Field::Ends | Field::Starts) => {
            let (Value::Date(from), Value::Date(to)) = (&moved.from, &moved.to) else {
                return None;
            };
            let day = if *field == Field::Ends {
                "last"
            } else {
                "first"
            };
            (Words::default().text(format!("Its {day} day was moved from ")))
                .date(*from)
                .text(" to ")
                .date(*to)
        }
        (Subject::KeyResult(id), Field::Milestones) => Words::default()
            .text("The steps of ")
            .goal(Subject::KeyResult(id))
            .text(" were changed"),
        (Subject::KeyResult(id), _) => of_key_result(retro, moved, id, field)?,
        _ => return None,
    };
    let words = words
        .text(when(moved))
        .text(" by ")
        .by(&moved.act)
        .text(".");
    let objective = match moved.subject {
        Subject::KeyResult(id) => Some(retro.state.key_results.get(&id)?.objective),
        _ => None,
    };
    let sentence = words.sentence(
        (Kind::Moved, weight(retro, moved, field)),
        objective,
        vec![moved.act.seq],
    );
    Some(sentence)
}

fn of_key_result(retro: &Retro, moved: &Moved, id: KeyResultId, field: &Field) -> Option<Words> {
    let what = match field {
        Field::Target => "target",
        Field::Baseline => "baseline",
        Field::Low => "lower bound",
        Field::High => "upper bound",
        Field::Weight => "weight",
        _ => return None,
    };
    let (Value::Number(from), Value::Number(to)) = (&moved.from, &moved.to) else {
        return None;
    };
    let found = retro.state.key_results.get(&id)?;
    let unit = (found.metric.unit.as_deref()).filter(|_| *field != Field::Weight);
    let verb = if to < from { "lowered" } else { "raised" };
    let words = Words::default()
        .text(format!("The {what} of "))
        .goal(Subject::KeyResult(id))
        .text(format!(" was {verb} from "))
        .number(*from, None)
        .text(" to ")
        .number(*to, unit);
    Some(words)
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
    let agreed = retro.goalposts.key_result(&retro.goalposts.agreed, id);
    let amended = retro.goalposts.key_result(&retro.state, id);
    let both = amended
        .unwrap_or_default()
        .checked_sub(agreed.unwrap_or_default());
    300 + late + parts_of(both.unwrap_or(Decimal::ZERO), 600)
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
