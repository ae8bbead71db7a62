//! Why a key result ended in the red, as far as its events tell. They tell what happened, not what caused it:
//! nothing was measured, nothing more was, the value stood still, the target was raised, a problem was written
//! down, confidence was low.

use super::story::{Part, Words, still, when};
use super::{Retro, stall};
use crate::decimal::Decimal;
use crate::goalposts::What;
use crate::id::KeyResultId;
use crate::state::KeyResult;
use crate::status::CONFIDENCE_AMBER;
use crate::token::{MetricKind, NoteKind};
use crate::value::{Field, Subject, Value};

/// So many problems are named at most.
const PROBLEMS: usize = 3;
/// Low confidence is told from so many statements in a row on, up to the last.
const STATEMENTS: usize = 2;

/// A key result in the red.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Short {
    /// Which.
    pub key_result: KeyResultId,
    /// Its grade, else its score.
    pub outcome: Decimal,
    /// Why.
    pub why: Vec<Why>,
}

/// A reason that the events tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// `unmeasured`, `silent`, `stalled`, `raised`, `problem`, `low confidence`.
    pub kind: &'static str,
    /// It in a sentence.
    pub parts: Vec<Part>,
    /// Positions of the entries behind it.
    pub entries: Vec<u64>,
}

pub(super) fn of(retro: &Retro, one: (KeyResultId, &KeyResult)) -> Vec<Why> {
    let mut all = Vec::new();
    all.extend(unmeasured(retro, one.1));
    if all.is_empty() {
        all.extend(silent(retro, one.1));
        all.extend(stalled(retro, one));
    }
    all.extend(raised(retro, one));
    all.extend(problems(retro, one));
    all.extend(low_confidence(retro, one.1));
    all
}

fn why(kind: &'static str, words: Words, entries: Vec<u64>) -> Why {
    Why {
        kind,
        parts: words.parts(),
        entries,
    }
}

fn unmeasured(retro: &Retro, found: &KeyResult) -> Option<Why> {
    let progress = retro.progress(found)?;
    let words = Words::default().text("Nothing was ever measured of it.");
    let entries = vec![found.provenance.created.seq];
    (progress.last_check_in.is_none()).then(|| why("unmeasured", words, entries))
}

/// That its last measurement is as long ago as a stall.
fn silent(retro: &Retro, found: &KeyResult) -> Option<Why> {
    let last = retro.progress(found)?.last_check_in?;
    if retro.until().days_since(last) < stall::DAYS {
        return None;
    }
    let words = (Words::default().text("It was last measured for "))
        .date(last)
        .text(".");
    let entries = super::measured(&retro.state, found, last, last);
    Some(why("silent", words, entries))
}

/// The longest time in which it did not move.
fn stalled(retro: &Retro, (id, _): (KeyResultId, &KeyResult)) -> Option<Why> {
    let stalls = retro.stalls.get(&id)?;
    let longest = stalls.iter().rev().max_by_key(|one| one.weeks())?;
    let words = still(Words::default().text("Its value"), longest, retro.until());
    Some(why("stalled", words, longest.entries.clone()))
}

fn raised(retro: &Retro, (id, found): (KeyResultId, &KeyResult)) -> Vec<Why> {
    let is_harder = |from: Decimal, to: Decimal| match found.metric.kind {
        MetricKind::Decrease => to < from,
        _ => to > from,
    };
    (retro.goalposts.moved.iter())
        .filter(|one| one.subject == Subject::KeyResult(id) && one.what == What::Changed)
        .filter(|one| one.field == Some(Field::Target) && !one.act.undone)
        .filter_map(|one| {
            let (Value::Number(from), Value::Number(to)) = (&one.from, &one.to) else {
                return None;
            };
            if !is_harder(*from, *to) {
                return None;
            }
            let verb = if to > from { "raised" } else { "lowered" };
            let words = (Words::default().text(format!("Its target was {verb} from ")))
                .number(*from, None)
                .text(" to ")
                .number(*to, found.metric.unit.as_deref())
                .text(when(one))
                .text(" by ")
                .by(&one.act)
                .text(".");
            Some(why("raised", words, vec![one.act.seq]))
        })
        .collect()
}

/// The first problems that were written down about it, or about its objective.
fn problems(retro: &Retro, (id, found): (KeyResultId, &KeyResult)) -> Vec<Why> {
    (retro.notes.iter())
        .filter(|note| match note.key_result {
            Some(about) => about == id,
            None => note.objective == Some(found.objective),
        })
        .filter_map(|note| {
            let written = retro.state.notes.get(&note.id)?;
            if written.kind != NoteKind::Problem {
                return None;
            }
            let words = Words::default().text("A problem was written down on ");
            let words = words.date(note.day).because(Some(&written.text));
            Some(why("problem", words, vec![note.seq]))
        })
        .take(PROBLEMS)
        .collect()
}

/// That the last statements of confidence were all low.
fn low_confidence(retro: &Retro, found: &KeyResult) -> Option<Why> {
    let amber = Decimal::from_parts(CONFIDENCE_AMBER.0, CONFIDENCE_AMBER.1)?;
    let low: Vec<_> = (found.check_ins.until(retro.until()).rev())
        .filter_map(|said| Some((said, said.confidence?)))
        .take_while(|(_, confidence)| *confidence < amber)
        .collect();
    let (first, last) = (low.last()?, low.first()?);
    if low.len() < STATEMENTS {
        return None;
    }
    let words = (Words::default().text("Confidence has been below ")).share(amber);
    let words = (words.text(" since ").date(first.0.effective))
        .text(", and was ")
        .share(last.1);
    let words = words.text(" at last.");
    let entries = low.iter().rev().map(|(said, _)| said.seq).collect();
    Some(why("low confidence", words, entries))
}
