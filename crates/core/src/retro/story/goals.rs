//! What there is to say of single key results: reached, short, stalled, surging, graded otherwise.

use super::super::{Retro, Stall, measured};
use super::parts_of;
use super::sentence::{Kind, Sentence, Words, counted};
use crate::calendar::{Date, Span};
use crate::decimal::{Decimal, ratio};
use crate::grading::{AMBER_FROM, Band};
use crate::id::KeyResultId;
use crate::score::{self, PLACES};
use crate::state::KeyResult;
use crate::token::MetricKind;
use crate::value::{Field, Subject};

type One<'a> = (KeyResultId, &'a KeyResult);

pub(super) fn sentences(retro: &Retro) -> Vec<Sentence> {
    let mut all = Vec::new();
    for one in retro.live() {
        all.extend(reached(retro, one));
        all.extend(short(retro, one));
        all.extend(stalled(retro, one));
        all.extend(surged(retro, one));
        all.extend(graded(one));
    }
    all
}

/// "‘Qualified leads’ reached its target of 550 leads on 2 September."
fn reached(retro: &Retro, (id, found): One<'_>) -> Option<Sentence> {
    let cycle = retro.cycle()?;
    let until = retro.until();
    if found.metric.kind == MetricKind::Maintain {
        return None;
    }
    let full = |day| score::progress(&retro.state, found, cycle, day).score == Some(Decimal::ONE);
    if !full(until) {
        return None;
    }
    // The first day since which it has been so.
    let days = score::course(&retro.state, found, cycle, until);
    let since = (days
        .iter()
        .rev()
        .map(|(day, _)| *day)
        .take_while(|day| full(*day)))
    .last()?;
    let unit = found.metric.unit.as_deref();
    let words = Words::default().goal(Subject::KeyResult(id));
    let words = match (found.metric.kind, found.metric.target) {
        (MetricKind::Milestones, _) => words.text(" had all its steps done on "),
        (MetricKind::Binary, _) => words.text(" was done on "),
        (_, Some(target)) => words
            .text(" reached its target of ")
            .number(target, unit)
            .text(" on "),
        (_, None) => return None,
    };
    let span = Span::new(cycle.starts, cycle.ends)?;
    let left = u32::try_from(cycle.ends.days_since(since)).unwrap_or(0);
    let left = ratio(left.into(), span.days().into(), PLACES).unwrap_or_default();
    let weight = 280 + parts_of(left, 100);
    let entries = measured(&retro.state, found, since, since);
    let words = words.date(since).text(".");
    Some(words.sentence((Kind::Reached, weight), Some(found.objective), entries))
}

/// "‘Partners signed’ ended at 0.12."
fn short(retro: &Retro, (id, found): One<'_>) -> Option<Sentence> {
    let outcome = retro.outcome(found).filter(|_| retro.ended)?;
    if Band::of(outcome) != Band::Red {
        return None;
    }
    let lacks = Decimal::from_parts(AMBER_FROM.0, AMBER_FROM.1)?.checked_sub(outcome)?;
    let until = retro.until();
    let last = retro.progress(found)?.last_check_in;
    let goal = Subject::KeyResult(id);
    let (words, entries) = match last {
        Some(day) => (
            (Words::default()
                .goal(goal)
                .text(" ended at ")
                .share(outcome))
            .text("."),
            measured(&retro.state, found, day, day.max(until)),
        ),
        None => (
            (Words::default()
                .text("Nothing was ever measured of ")
                .goal(goal))
            .text("."),
            vec![found.provenance.created.seq],
        ),
    };
    let weight = 400 + parts_of(lacks, 500);
    Some(words.sentence((Kind::Short, weight), Some(found.objective), entries))
}

/// "‘Qualified leads’ did not move for five weeks until 2 September." Of several times the longest.
fn stalled(retro: &Retro, (id, found): One<'_>) -> Option<Sentence> {
    let stalls = retro.stalls.get(&id)?;
    let stall = stalls.iter().rev().max_by_key(|one| one.weeks())?;
    // That nothing was ever measured is said otherwise.
    let is_measured = retro.progress(found)?.last_check_in.is_some();
    if !is_measured && retro.ended {
        return None;
    }
    let words = still(
        Words::default().goal(Subject::KeyResult(id)),
        stall,
        retro.until(),
    );
    let stood = stall.progress.unwrap_or_default().max(Decimal::ZERO);
    let left = Decimal::ONE.checked_sub(stood).unwrap_or_default();
    let weight = 200 + 20 * i64::from(stall.weeks()) + parts_of(left, 100);
    let mut entries = stall.entries.clone();
    if entries.is_empty() {
        entries.push(found.provenance.created.seq);
    }
    Some(words.sentence((Kind::Stall, weight), Some(found.objective), entries))
}

/// That something did not move for a time.
pub(in crate::retro) fn still(words: Words, stall: &Stall, until: Date) -> Words {
    let weeks = counted(stall.weeks().into(), "week");
    if stall.moved_again {
        let text = format!(" did not move for {weeks} until ");
        words.text(text).date(stall.to).text(".")
    } else if stall.to < until {
        // It was deferred or dropped then.
        let text = format!(" did not move for {weeks} before ");
        words.text(text).date(stall.to).text(".")
    } else {
        let words = words.text(" has not moved since ").date(stall.from);
        words.text(format!(", for {weeks}."))
    }
}

/// "‘Qualified leads’ gained 0.4 of its 0.6 in the last 16 days."
fn surged(retro: &Retro, (id, found): One<'_>) -> Option<Sentence> {
    let surge = retro.surges.get(&id)?;
    let reached = surge.before.checked_add(surge.gained)?;
    let words = (Words::default()
        .goal(Subject::KeyResult(id))
        .text(" gained "))
    .share(surge.gained);
    let words = words.text(" of its ").share(reached);
    let words = words.text(format!(
        " in the last {}.",
        counted(surge.days.into(), "day")
    ));
    let weight = 250 + parts_of(surge.gained, 300);
    let entries = surge.entries.clone();
    Some(words.sentence((Kind::Surge, weight), Some(found.objective), entries))
}

/// "Ana graded ‘Partners signed’ 0.7 where 0.8 was computed: “the last one signed after the quarter”."
fn graded((id, found): One<'_>) -> Option<Sentence> {
    let grade = found.grade.as_ref()?;
    let computed = grade.computed.filter(|computed| *computed != grade.grade)?;
    let stamp = found.provenance.of(&Field::Grade);
    let words =
        (Words::default().person(stamp.member).text(" graded ")).goal(Subject::KeyResult(id));
    let words = words
        .text(" ")
        .share(grade.grade)
        .text(" where ")
        .share(computed);
    let words = words.text(" was computed").because(grade.reason.as_deref());
    let by = grade.grade.checked_sub(computed)?;
    let weight = 320 + parts_of(by, 300);
    Some(words.sentence(
        (Kind::Grade, weight),
        Some(found.objective),
        vec![stamp.seq],
    ))
}
