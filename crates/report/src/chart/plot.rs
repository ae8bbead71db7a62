//! What is drawn of a key result, in values and days.

use quarterdeck_core::aim::{Aim, Aimed};
use quarterdeck_core::calendar::{Date, Span};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::plan::season;
use quarterdeck_core::score;
use quarterdeck_core::state::{Cycle, KeyResult, Note, State};
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::{Field, Measure, Subject};
use quarterdeck_core::{asked, known};
use serde::Serialize;

use super::mark::{Mark, MarkKind};
use crate::json::CurvePoint;
use crate::number::{number, with_unit};
use crate::text::day;

/// Everything that a chart of a key result shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plot {
    /// Its title.
    pub title: String,
    /// Kind of metric.
    pub metric: MetricKind,
    /// Unit of the values.
    pub unit: Option<String>,
    /// The cycle's first day.
    pub starts: Date,
    /// The cycle's last day.
    pub ends: Date,
    /// The day up to whose end it is drawn, at most the cycle's last.
    pub on: Date,
    /// The value that held before the cycle's first day.
    pub start: Option<Decimal>,
    /// The value at the end of each day on which it was measured, earliest first; for milestones the
    /// weight done, for a binary one 0 or 1.
    pub course: Vec<CurvePoint>,
    /// The line of pace from the baseline to the present target: its corners, from the day before
    /// the cycle's first to its last. Empty for a range and a binary one.
    pub pace: Vec<CurvePoint>,
    /// What it aimed at, earliest first; each holds until the next.
    pub aims: Vec<AimPoint>,
    /// The confidence stated, on each day that it was, 0 to 1.
    pub confidence: Vec<CurvePoint>,
    /// The steps that were said to be done, in the order in which they were.
    pub steps: Vec<StepPoint>,
    /// What happened, earliest first.
    pub marks: Vec<Mark>,
}

/// What a key result aimed at from the end of a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AimPoint {
    /// The day; the one before the cycle's first for what it began with.
    pub since: Date,
    /// Where it starts.
    pub baseline: Option<Decimal>,
    /// Where it shall arrive.
    pub target: Option<Decimal>,
    /// Lower bound of a range.
    pub low: Option<Decimal>,
    /// Upper bound of a range.
    pub high: Option<Decimal>,
}

impl AimPoint {
    const fn new(since: Date, aim: &Aim) -> Self {
        Self {
            since,
            baseline: aim.baseline,
            target: aim.target,
            low: aim.low,
            high: aim.high,
        }
    }
}

/// A step that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepPoint {
    /// The day.
    pub date: Date,
    /// The step's name.
    pub name: String,
    /// The weight done by the end of that day.
    pub value: Decimal,
}

impl Plot {
    /// What a chart shows of a key result at the end of the day `on`, by what a state knows. Of its
    /// aims that is the present one: [`with_aims`](Self::with_aims) adds the earlier ones, and
    /// [`with_notes`](Self::with_notes) what people wrote. None where there is no such key result, or
    /// its cycle has no day.
    #[must_use]
    pub fn of(state: &State, id: KeyResultId, on: Date) -> Option<Self> {
        let found = state.key_results.get(&id)?;
        let cycle = (state.cycles).get(&state.objectives.get(&found.objective)?.cycle)?;
        let span = Span::new(cycle.starts, cycle.ends)?;
        let metric = &found.metric;
        let on = on.min(cycle.ends);
        let before = cycle.starts.plus_days(-1);
        let aim = Aim::of(metric);
        let course: Vec<CurvePoint> = score::course(state, found, cycle, on)
            .into_iter()
            .map(|(date, value)| CurvePoint { date, value })
            .collect();
        let mut plot = Self {
            title: found.title.clone(),
            metric: metric.kind,
            unit: metric.unit.clone(),
            starts: cycle.starts,
            ends: cycle.ends,
            on,
            start: score::current_on(state, found, before),
            steps: steps(metric, found, cycle, (on, &course)),
            course,
            pace: pace(state, cycle, span, &aim),
            aims: vec![AimPoint::new(before, &aim)],
            confidence: confidence(found, cycle, on),
            marks: Vec::new(),
        };
        plot.mark_what_a_state_tells(state, (id, found));
        Some(plot)
    }

    /// The plot with what the key result aimed at, as [`quarterdeck_core::aim::of`] tells it. What
    /// was known before the cycle's first day is what it began with; aims of another kind of metric
    /// have no place on this scale.
    #[must_use]
    pub fn with_aims(mut self, aims: &[Aimed]) -> Self {
        let before = self.starts.plus_days(-1);
        let alike = || aims.iter().filter(|one| one.aim.metric == self.metric);
        let Some(first) = (alike().take_while(|one| one.since < self.starts).last())
            .or_else(|| alike().next())
            .filter(|first| first.since <= self.ends)
        else {
            return self;
        };
        let moved: Vec<&Aimed> = alike()
            .filter(|one| {
                one.since > first.since && one.since >= self.starts && one.since <= self.ends
            })
            .collect();
        let mut told = Vec::new();
        let mut last = first.aim;
        let mut points = vec![AimPoint::new(before, &first.aim)];
        for one in moved {
            told.push(Mark {
                date: one.since,
                kind: MarkKind::Aim,
                told: difference(&last, &one.aim, self.unit.as_deref()),
            });
            points.push(AimPoint::new(one.since, &one.aim));
            last = one.aim;
        }
        self.aims = points;
        told.retain(|mark| mark.date <= self.on);
        self.add(told);
        self
    }

    /// The plot with what people wrote on the key result, by the day on which that became known. All
    /// notes of the state are looked through.
    #[must_use]
    pub fn with_notes(self, state: &State, id: KeyResultId) -> Self {
        let notes = state.notes_about(Subject::KeyResult(id));
        self.with_these_notes(state, notes.map(|(_, note)| note))
    }

    /// The same with these notes, oldest first: for whoever asks of every moment of a quarter.
    #[must_use]
    pub(crate) fn with_these_notes<'n>(
        mut self,
        state: &State,
        notes: impl Iterator<Item = &'n Note>,
    ) -> Self {
        let mut notes = notes.peekable();
        if notes.peek().is_none() {
            return self;
        }
        let zone = asked::zone(state);
        let notes = notes
            .map(|note| Mark {
                date: zone.date_of(known::since(state, &note.provenance.created)),
                kind: note.kind.into(),
                told: note.text.clone(),
            })
            .filter(|mark| self.starts <= mark.date && mark.date <= self.on)
            .collect();
        self.add(notes);
        self
    }

    /// Open conflicts, and the grade.
    fn mark_what_a_state_tells(&mut self, state: &State, (id, found): (KeyResultId, &KeyResult)) {
        let mut marks = Vec::new();
        for open in &state.conflicts {
            if open.subject == Subject::KeyResult(id)
                && let Some(last) = open.contenders.iter().max_by_key(|side| side.stamp.seq)
            {
                marks.push((last.stamp, MarkKind::Conflict, open.field.to_string()));
            }
        }
        if let Some(graded) = &found.grade {
            let stamp = found.provenance.of(&Field::Grade);
            marks.push((*stamp, MarkKind::Grade, format!("{:.2}", graded.grade)));
        }
        if marks.is_empty() {
            return;
        }
        let zone = asked::zone(state);
        let marks = (marks.into_iter())
            .map(|(stamp, kind, told)| Mark {
                date: zone.date_of(known::since(state, &stamp)),
                kind,
                told,
            })
            // A grade is given when the cycle is over: it stands at its end.
            .map(|mut mark| {
                if mark.kind == MarkKind::Grade {
                    mark.date = mark.date.clamp(self.starts, self.ends);
                }
                mark
            })
            .filter(|mark| self.starts <= mark.date && mark.date <= self.on)
            .collect();
        self.add(marks);
    }

    fn add(&mut self, marks: Vec<Mark>) {
        self.marks.extend(marks);
        self.marks.sort_by_key(|mark| (mark.date, mark.kind));
    }

    /// The value that holds at its end.
    #[must_use]
    pub fn current(&self) -> Option<Decimal> {
        (self.course.last()).map_or(self.start, |last| Some(last.value))
    }

    /// What it aims at, and until when: `increase from 500 to 550 leads, 1 Jul to 30 Sep 2026`.
    pub(crate) fn aimed(&self) -> String {
        let told = |value: Option<Decimal>| value.map_or_else(|| "?".to_owned(), number);
        let unit = self.unit.as_deref();
        let last =
            |value: Option<Decimal>| value.map_or_else(|| told(value), |v| with_unit(v, unit));
        let aim = self.aims.last();
        let baseline = aim.and_then(|aim| aim.baseline);
        let target = aim.and_then(|aim| aim.target);
        let what = match self.metric {
            MetricKind::Increase => {
                format!("increase from {} to {}", told(baseline), last(target))
            }
            MetricKind::Decrease => {
                format!("decrease from {} to {}", told(baseline), last(target))
            }
            MetricKind::Maintain => format!(
                "stay within {} to {}",
                told(aim.and_then(|aim| aim.low)),
                last(aim.and_then(|aim| aim.high))
            ),
            MetricKind::Milestones => format!("all steps done, weight {}", told(target)),
            MetricKind::Binary => "done".to_owned(),
        };
        let starts = day(self.starts, self.ends);
        format!(
            "{what}, {starts} to {} {}",
            day(self.ends, self.ends),
            self.ends.year()
        )
    }

    /// The line that is drawn for the target from the end of each day on: where a target stands.
    pub(super) fn targets(&self) -> impl Iterator<Item = (Date, Decimal)> + '_ {
        (self.aims.iter())
            .filter(|_| self.metric != MetricKind::Binary)
            .filter_map(|aim| Some((aim.since, aim.target?)))
    }

    /// The range to maintain from the end of each day on.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (Date, Decimal, Decimal)> + '_ {
        (self.aims.iter()).filter_map(|aim| Some((aim.since, aim.low?, aim.high?)))
    }
}

/// The corners of the line of pace: it is straight within a month, and so runs from one month's end
/// to the next.
fn pace(state: &State, cycle: &Cycle, span: Span, aim: &Aim) -> Vec<CurvePoint> {
    if aim.at(Decimal::ZERO).is_none() {
        return Vec::new();
    }
    let even = score::is_even(state, cycle);
    let ends = (season::months(span).into_iter())
        .map(|month| month.ends)
        .filter(|day| !even || *day == span.ends);
    let before = (span.starts.plus_days(-1), Decimal::ZERO);
    std::iter::once(before)
        .chain(ends.map(|day| (day, score::expected(state, cycle, day))))
        .filter_map(|(date, share)| {
            let value = aim.at(share)?;
            Some(CurvePoint { date, value })
        })
        .collect()
}

fn confidence(found: &KeyResult, cycle: &Cycle, on: Date) -> Vec<CurvePoint> {
    let mut stated: Vec<CurvePoint> = Vec::new();
    for said in found.check_ins.until(on) {
        if let Some(value) = said.confidence
            && cycle.contains(said.effective)
        {
            let date = said.effective;
            match stated.last_mut().filter(|last| last.date == date) {
                Some(last) => last.value = value,
                None => stated.push(CurvePoint { date, value }),
            }
        }
    }
    stated
}

/// The steps in the order in which they were done, those that were taken back left out.
fn steps(
    metric: &Metric,
    found: &KeyResult,
    cycle: &Cycle,
    (on, course): (Date, &[CurvePoint]),
) -> Vec<StepPoint> {
    let mut done: Vec<StepPoint> = Vec::new();
    if metric.kind != MetricKind::Milestones {
        return done;
    }
    for said in found.check_ins.until(on) {
        let Measure::Step {
            name,
            done: is_done,
        } = &said.measure
        else {
            continue;
        };
        let stood = done.iter().any(|step| step.name == *name);
        if !is_done {
            done.retain(|step| step.name != *name);
        } else if !stood && metric.milestones.iter().any(|step| step.name == *name) {
            let value = (course.iter().rev())
                .find(|point| point.date <= said.effective)
                .map_or(Decimal::ZERO, |point| point.value);
            done.push(StepPoint {
                date: said.effective,
                name: name.clone(),
                value,
            });
        }
    }
    done.retain(|step| cycle.contains(step.date));
    done
}

/// How an aim differs from the one before: `target 550 → 600 leads`.
fn difference(from: &Aim, to: &Aim, unit: Option<&str>) -> String {
    let told = |value: Option<Decimal>| value.map_or_else(|| "none".to_owned(), number);
    let last =
        |value: Option<Decimal>| value.map_or_else(|| told(value), |value| with_unit(value, unit));
    let parts: Vec<String> = [
        ("baseline", from.baseline, to.baseline),
        ("target", from.target, to.target),
        ("low", from.low, to.low),
        ("high", from.high, to.high),
    ]
    .into_iter()
    .filter(|(_, from, to)| from != to)
    .map(|(name, from, to)| format!("{name} {} → {}", told(from), last(to)))
    .collect();
    parts.join(", ")
}
