//! What planning comes to, drawn.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::{MetricKind, Period};

use super::document::{Document, Line, Style};
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{PlanFunnel, PlanSplit, PlanStage, Split, SplitBy, StageRate};
use crate::number::{change, count, number, rate, with_unit};

/// Changes split into parts.
#[must_use]
pub fn plan_split(found: &PlanSplit, view: &View) -> Document {
    let mut document = Document::new();
    for split in &found.splits {
        document.blank();
        one_split(&mut document, split, found.by, view);
    }
    for left in &found.not_split {
        let mut line = Line::new();
        if let Some(about) = &left.key_result {
            line = (line.reference(&about.reference).plain("  ")).said(Style::Plain, &about.title);
        }
        document.push(line.muted(format!("  is not split: it {}", not_split(left.metric))));
    }
    document
}

/// Why a metric has no change that could be split: `it stays within a range`.
#[must_use]
pub const fn not_split(metric: MetricKind) -> &'static str {
    match metric {
        MetricKind::Increase | MetricKind::Decrease => "has no baseline or target",
        MetricKind::Maintain => "stays within a range",
        MetricKind::Milestones => "is reached in steps",
        MetricKind::Binary => "is done or not",
    }
}

fn one_split(document: &mut Document, split: &Split, by: SplitBy, view: &View) {
    let unit = split.unit.as_deref();
    let mut line = Line::new();
    if let Some(about) = &split.key_result {
        line = (line.reference(&about.reference).plain("  "))
            .said(Style::Strong, &about.title)
            .plain("  ");
    }
    let way = format!(
        "{} to {}: {}",
        number(split.from),
        with_unit(split.to, unit),
        with_sign(split.change)
    );
    document.push(line.plain(way));
    let mut table = Table::new([
        Column::new(""),
        Column::new("part").cut(12),
        Column::new("from").spare(2),
        Column::new("to").spare(2),
        Column::new("weight").right().spare(1),
        Column::new("change").right(),
        Column::new("level").right(),
    ]);
    for (at, part) in split.parts.iter().enumerate() {
        let day = |day: Option<_>| day.map_or_else(String::new, |day| time::day(day, view.today));
        let name = (part.name.clone()).unwrap_or_else(|| (at + 1).to_string());
        let weight = match by {
            SplitBy::Even => String::new(),
            SplitBy::Season | SplitBy::Weights => number(part.weight),
        };
        table.row([
            Line::new(),
            Line::new().strong(name),
            Line::new().muted(day(part.starts)),
            Line::new().muted(day(part.ends)),
            Line::new().muted(weight),
            Line::new().plain(with_sign(part.change)),
            Line::new().strong(number(part.to)),
        ]);
    }
    document.extend(table.indent(2).lines(view.width));
}

/// A change with its sign and no more places than it has.
fn with_sign(value: Decimal) -> String {
    if value.is_whole() {
        change(value)
    } else {
        let sign = if value.is_negative() { "" } else { "+" };
        format!("{sign}{}", number(value))
    }
}

/// From an outcome back to the work that it needs, in each period of one kind.
#[must_use]
pub fn plan_funnel(found: &PlanFunnel, per: Period, view: &View) -> Document {
    let mut document = Document::new();
    let outcome = found.stages.last().map_or("", |stage| &stage.name);
    let mut line = Line::new()
        .strong(number(found.outcome))
        .plain(" ")
        .said(Style::Strong, outcome);
    if let Some(funnel) = &found.funnel {
        line = line.muted(" through ").said(Style::Muted, funnel);
    }
    if let (Some(from), Some(until), Some(days)) = (found.from, found.until, found.working_days) {
        let days = count(days, "working day");
        line = line.muted(format!(
            ", {} to {}: {days}",
            time::day(from, view.today),
            time::day(until, view.today)
        ));
    }
    document.push(line);
    let mut table = Table::new([
        Column::new("stage").cut(16),
        Column::new("exact").right().spare(1),
        Column::new("needed").right(),
        Column::new(match per {
            Period::Day => "a day",
            Period::Week => "a week",
            Period::Month => "a month",
        })
        .right(),
        Column::new("goes on").right(),
        Column::new("measured").right(),
        Column::new("needed then").right(),
    ]);
    for stage in &found.stages {
        let in_each = match per {
            Period::Day => stage.per_day,
            Period::Week => stage.per_week,
            Period::Month => stage.per_month,
        };
        let told = |value: Option<Decimal>| value.map_or_else(String::new, number);
        table.row([
            Line::new().said(Style::Plain, &stage.name),
            Line::new().muted(number(stage.exact.round(2))),
            Line::new().strong(number(stage.needed)),
            Line::new().plain(told(in_each.map(|in_each| in_each.round(2)))),
            Line::new().plain(stage.rate.map_or_else(String::new, rate)),
            Line::new().plain(
                (stage.measured.as_ref()).map_or_else(String::new, |found| rate(found.rate)),
            ),
            Line::new().plain(told(stage.needed_as_measured)),
        ]);
    }
    document.extend(table.lines(view.width));
    for stage in &found.stages {
        if let Some(text) = feedback(stage) {
            document.paragraph(Style::Plain, &text, 0, view.width);
        }
    }
    document
}

/// `contacts: planned 30 %, measured 24 % (12 of 50). 55 are needed, not 44.`
fn feedback(stage: &PlanStage) -> Option<String> {
    let (planned, measured) = (stage.rate?, stage.measured.as_ref()?);
    let mut text = format!(
        "{}: planned {}, {}.",
        stage.name,
        rate(planned),
        measured_rate(measured)
    );
    match stage.needed_as_measured {
        Some(needed) if needed == stage.needed => {
            text.push_str(&format!(" {} are needed, as planned.", number(needed)));
        }
        Some(needed) => text.push_str(&format!(
            " {} are needed, not {}.",
            number(needed),
            number(stage.needed)
        )),
        None => {}
    }
    Some(text)
}

/// `measured 24 % (12 of 50)`, and how little that says where it says little.
pub(super) fn measured_rate(found: &StageRate) -> String {
    let mut text = format!(
        "measured {} ({} of {})",
        rate(found.rate),
        number(found.through),
        number(found.entered)
    );
    if found.small_sample
        && let Some([low, high]) = found.range
    {
        text.push_str(&format!(
            ", so few that it may be anything from {} to {}",
            rate(low),
            rate(high)
        ));
    }
    text
}
