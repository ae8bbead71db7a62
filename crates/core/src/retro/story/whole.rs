//! What there is to say of the cycle as a whole, and of the course of its objectives.

use super::super::Retro;
use super::parts_of;
use super::sentence::{Kind, Sentence, Words, counted, counted_first};
use crate::decimal::Decimal;
use crate::goalposts::What;
use crate::grading;
use crate::id::ObjectiveId;
use crate::late;
use crate::state::State;
use crate::token::CycleKind;
use crate::value::Subject;

/// From such a rise on the course of an objective is told: 0.2.
const RISE: (i128, u32) = (2, 1);
/// From such a fall on: 0.1.
const FALL: (i128, u32) = (1, 1);
/// From so many late check-ins and corrections on they are told.
const LATE: usize = 3;

pub(super) fn sentences(retro: &Retro) -> Vec<Sentence> {
    let mut all = Vec::new();
    all.extend(score(retro));
    all.extend(compared(retro));
    all.extend(course(retro));
    all.extend(added(retro));
    all.extend(late(retro));
    all
}

/// "The score stood at 0.31 in mid-quarter and ended at 0.58."
fn score(retro: &Retro) -> Option<Sentence> {
    let now = retro.scores(|_| true).all?;
    let mid = retro.mid_scores(|_, _| true).all;
    let verb = if retro.ended { "ended" } else { "stands" };
    let half = match retro.cycle()?.kind {
        CycleKind::Quarterly => "in mid-quarter",
        CycleKind::Annual | CycleKind::Custom => "half-way",
    };
    let mut words = match mid {
        Some(mid) => Words::default()
            .text("The score stood at ")
            .share(mid)
            .text(format!(" {half} and {verb} at ")),
        None => Words::default().text(format!("The score {verb} at ")),
    };
    words = words.share(now);
    let grade = grading::cycle_grades(&retro.state, retro.cycle, |_| true).all;
    if let Some(grade) = grade.filter(|grade| grade.round(2) != now.round(2)) {
        words = words.text("; it was graded ").share(grade);
    }
    let before = retro.middle.as_ref().filter(|_| mid.is_some());
    let mut entries: Vec<u64> = before.map(|middle| middle.state.head).into_iter().collect();
    entries.push(end(&retro.state, retro.cycle));
    Some(words.text(".").sentence((Kind::Score, 2000), None, entries))
}

/// The entry that a cycle's figures can be read at: its closing, else the last one known.
fn end(state: &State, cycle: crate::id::CycleId) -> u64 {
    let closing = (state.cycles.get(&cycle))
        .filter(|cycle| cycle.is_closed())
        .and_then(|cycle| cycle.closing.as_ref());
    closing.map_or(state.head, |closing| closing.stamp.seq)
}

/// "2026-Q2 had ended at 0.44."
fn compared(retro: &Retro) -> Option<Sentence> {
    let other = retro.beside.as_ref()?;
    let score = other.outcomes(|_| true).all?;
    let verb = if other.ended {
        " had ended at "
    } else {
        " stands at "
    };
    let words = Words::default().cycle(other.cycle).text(verb).share(score);
    let entries = vec![end(&other.state, other.cycle)];
    Some((words.text(".")).sentence((Kind::Compared, 1900), None, entries))
}

/// What went furthest since mid-quarter, and what fell back furthest.
fn course(retro: &Retro) -> Vec<Sentence> {
    let Some(middle) = &retro.middle else {
        return Vec::new();
    };
    let mut went: Vec<(Decimal, ObjectiveId, Decimal, Decimal)> = (retro.objectives().into_iter())
        .filter(|id| {
            retro
                .state
                .objectives
                .get(id)
                .is_some_and(|one| one.is_live())
        })
        .filter_map(|id| {
            let then = retro.mid_objective(id)?;
            let now = crate::score::objective_score(&retro.state, id, retro.on)?;
            Some((now.checked_sub(then)?, id, then, now))
        })
        .collect();
    // Of several that went as far, the oldest.
    went.sort_by_key(|(by, ..)| std::cmp::Reverse(*by));
    let least = |(mantissa, scale)| Decimal::from_parts(mantissa, scale).unwrap_or(Decimal::ONE);
    let told = |(by, id, then, now): &(Decimal, ObjectiveId, Decimal, Decimal), verb: &str| {
        let words = Words::default()
            .goal(Subject::Objective(*id))
            .text(format!(" {verb}, from "))
            .share(*then)
            .text(" to ")
            .share(*now);
        let entries = vec![middle.state.head, end(&retro.state, retro.cycle)];
        let weight = 500 + parts_of(*by, 500);
        (words.text(".")).sentence((Kind::Course, weight), Some(*id), entries)
    };
    let rise = (went.first()).filter(|(by, ..)| *by >= least(RISE));
    let fall = (went.last()).filter(|(by, ..)| by.is_negative() && by.abs() >= least(FALL));
    let furthest = if went.len() > 1 {
        "went furthest in the second half"
    } else {
        "went on in the second half"
    };
    (rise.map(|one| told(one, furthest)).into_iter())
        .chain(fall.map(|one| told(one, "fell back in the second half")))
        .collect()
}

/// "Three key results were added after the cycle had begun."
fn added(retro: &Retro) -> Option<Sentence> {
    let joined: Vec<_> = (retro.goalposts.moved.iter())
        .filter(|one| matches!(one.what, What::Added | What::MovedIn) && !one.act.undone)
        .collect();
    let of = |is: fn(&Subject) -> bool| {
        let many = joined.iter().filter(|one| is(&one.subject)).count();
        u64::try_from(many).unwrap_or(u64::MAX)
    };
    let objectives = of(|subject| matches!(subject, Subject::Objective(_)));
    let key_results = of(|subject| matches!(subject, Subject::KeyResult(_)));
    let what = match (objectives, key_results) {
        (0, 0) => return None,
        (0, many) => counted_first(many, "key result"),
        (many, 0) => counted_first(many, "objective"),
        (above, below) => format!(
            "{} and {}",
            counted_first(above, "objective"),
            counted(below, "key result")
        ),
    };
    let verb = if objectives + key_results == 1 {
        "was"
    } else {
        "were"
    };
    let entries = joined.iter().map(|one| one.act.seq).collect();
    let words = Words::default().text(format!("{what} {verb} added after it had begun."));
    Some(words.sentence((Kind::Added, 260), None, entries))
}

/// "Seven check-ins came three days late or more, and two were corrected or taken back."
fn late(retro: &Retro) -> Option<Sentence> {
    let came: Vec<u64> = (retro.late.check_ins.iter())
        .filter(|one| !one.retracted)
        .map(|one| one.act.seq)
        .collect();
    let corrected: Vec<u64> = (retro.late.corrections.iter().map(|one| &one.act))
        .chain(retro.late.retractions.iter().map(|one| &one.act))
        .filter(|act| !act.undone)
        .map(|act| act.seq)
        .collect();
    if came.len() + corrected.len() < LATE {
        return None;
    }
    let many = |of: &Vec<u64>| u64::try_from(of.len()).unwrap_or(u64::MAX);
    let days = counted(late::DAYS.into(), "day");
    let corrections = counted(many(&corrected), "correction");
    let text = match (came.is_empty(), corrected.is_empty()) {
        (false, false) => format!(
            "{} came {days} late or more, and there were {corrections}.",
            counted_first(many(&came), "check-in")
        ),
        (false, true) => format!(
            "{} came {days} late or more.",
            counted_first(many(&came), "check-in")
        ),
        _ => format!("There were {corrections} of check-ins."),
    };
    let entries = came.into_iter().chain(corrected).collect();
    Some((Words::default().text(text)).sentence((Kind::Late, 240), None, entries))
}
