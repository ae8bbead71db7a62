//! Funnels, drawn.

use quarterdeck_core::decimal::Decimal;

use super::View;
use super::document::{Document, Line, Style};
use super::plan::measured_rate;
use super::table::{Column, Table};
use crate::json::{FunnelCompared, FunnelList, FunnelShow, StageCompared};
use crate::number::{change, number, rate};

/// The funnels that count.
#[must_use]
pub fn funnels(found: &FunnelList, view: &View) -> Document {
    let mut document = Document::new();
    if found.funnels.is_empty() {
        document.hint(
            "there are no funnels yet",
            "okr funnel define sales \"contacts=REF:30%\" \"qualified leads=REF\"",
        );
        return document;
    }
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("funnel").cut(14),
        Column::new("stages").cut(24),
        Column::new("outcome").spare(1),
    ]);
    for funnel in &found.funnels {
        let outcome = (funnel.key_result.as_ref())
            .map_or_else(Line::new, |found| Line::new().reference(&found.reference));
        table.row([
            Line::new().reference(&funnel.reference),
            Line::new().said(Style::Strong, &funnel.name),
            Line::new().said(Style::Plain, &funnel.stages.join(" → ")),
            outcome,
        ]);
    }
    document.extend(table.lines(view.width));
    document
}

/// A funnel with what went through it.
#[must_use]
pub fn funnel_show(found: &FunnelShow, view: &View) -> Document {
    let mut document = Document::new();
    let mut line = Line::new()
        .reference(&found.funnel.reference)
        .plain("  ")
        .said(Style::Strong, &found.funnel.name);
    if let Some(cycle) = &found.cycle {
        line = line
            .muted(" in ")
            .said(Style::Muted, cycle)
            .muted(format!(", on {}", super::time::day(found.on, view.today)));
    }
    document.push(line);
    if let Some(outcome) = &found.funnel.key_result {
        document.push(
            Line::new()
                .muted("its outcome is ")
                .reference(&outcome.reference)
                .plain("  ")
                .said(Style::Plain, &outcome.title),
        );
    }
    let mut table = Table::new([
        Column::new("stage").cut(16),
        Column::new("volume").right(),
        Column::new("planned").right(),
        Column::new("measured").right(),
        Column::new("counted by").cut(16).spare(1),
    ]);
    for stage in &found.stages {
        let volume = match (stage.volume, stage.missing) {
            (Some(volume), _) => Line::new().strong(number(volume)),
            (None, Some(missing)) => Line::new().muted(format!("no {missing}")),
            (None, None) => Line::new(),
        };
        let source = (stage.source.as_ref()).map_or_else(Line::new, |source| {
            Line::new()
                .reference(&source.reference)
                .plain(" ")
                .said(Style::Muted, &source.title)
        });
        table.row([
            Line::new().said(Style::Plain, &stage.name),
            volume,
            Line::new().plain(stage.rate.map_or_else(String::new, rate)),
            Line::new().plain(
                (stage.measured.as_ref()).map_or_else(String::new, |found| rate(found.rate)),
            ),
            source,
        ]);
    }
    document.extend(table.lines(view.width));
    for stage in &found.stages {
        if let Some(measured) = stage.measured.as_ref().filter(|rate| rate.small_sample) {
            let text = format!("{}: {}.", stage.name, measured_rate(measured));
            document.paragraph(Style::Muted, &text, 0, view.width);
        }
    }
    document
}

/// Two cycles of a funnel side by side.
#[must_use]
pub fn funnel_compared(found: &FunnelCompared, view: &View) -> Document {
    let mut document = Document::new();
    let mut line = Line::new();
    if let Some(funnel) = &found.funnel {
        line = line.said(Style::Strong, funnel).plain(": ");
    }
    document.push(
        line.said(Style::Plain, &found.before)
            .plain(" to ")
            .said(Style::Plain, &found.after),
    );
    let mut table = Table::new([
        Column::new("stage").cut(16),
        Column::new("before").right(),
        Column::new("after").right(),
        Column::new("came through").right(),
        Column::new("then").right(),
        Column::new("explains").right(),
    ]);
    let told = |share: Option<Decimal>| share.map_or_else(String::new, rate);
    for stage in &found.stages {
        let style = match stage.explains {
            part if part.is_zero() => Style::Muted,
            part if part.is_negative() => Style::Bad,
            _ => Style::Good,
        };
        table.row([
            Line::new().said(Style::Plain, &stage.name),
            Line::new().plain(number(stage.before)),
            Line::new().plain(number(stage.after)),
            Line::new().plain(told(stage.conversion_before)),
            Line::new().plain(told(stage.conversion_after)),
            Line::new().with(style, change_to_hundredths(stage.explains)),
        ]);
    }
    table.row([
        Line::new().muted("together"),
        Line::new(),
        Line::new(),
        Line::new(),
        Line::new(),
        Line::new().strong(change_to_hundredths(found.change)),
    ]);
    document.extend(table.lines(view.width));
    document.blank();
    document.paragraph(Style::Plain, &look_at(found), 0, view.width);
    if let (Some(on), false) = (found.on, found.not_over.is_empty()) {
        let text = format!(
            "{} is not over: its figures are of {}, so compare its volumes with care.",
            found.not_over.join(", "),
            super::time::day(on, view.today)
        );
        document.paragraph(Style::Muted, &text, 0, view.width);
    }
    document
}

/// Parts stand below one another, so all show their hundredths.
fn change_to_hundredths(value: Decimal) -> String {
    if value.is_zero() || !value.is_whole() {
        change(value)
    } else {
        format!("{}.00", change(value))
    }
}

/// The sentence that says where to look.
fn look_at(found: &FunnelCompared) -> String {
    let outcome = found.stages.last().map_or("", |stage| &stage.name);
    let fate = match found.change {
        change if change.is_zero() => format!("The outcome, {outcome}, is as it was"),
        change if change.is_negative() => {
            format!("The outcome, {outcome}, fell by {}", number(change.abs()))
        }
        change => format!("The outcome, {outcome}, grew by {}", number(change)),
    };
    let Some(at) = (found.look_at.as_ref())
        .and_then(|name| found.stages.iter().position(|stage| stage.name == *name))
    else {
        return format!("{fate}, and no stage cost any of it.");
    };
    let (Some(stage), Some(cost)) = (found.stages.get(at), cost(found, at)) else {
        return format!("{fate}.");
    };
    let what = match (stage.conversion_before, stage.conversion_after) {
        (Some(before), Some(after)) => {
            let above = (at.checked_sub(1))
                .and_then(|above| found.stages.get(above))
                .map_or("", |above| &above.name);
            format!(
                "of the {above} {} came through, then {}",
                rate(before),
                rate(after)
            )
        }
        _ => format!(
            "there were {}, then {}",
            number(stage.before),
            number(stage.after)
        ),
    };
    let lost = if found.change > Decimal::ZERO {
        "held it back by"
    } else {
        "cost"
    };
    format!(
        "{fate}. Look at {} first: {what}. That alone {lost} {cost}.",
        stage.name
    )
}

fn cost(found: &FunnelCompared, at: usize) -> Option<String> {
    let stage: &StageCompared = found.stages.get(at)?;
    Some(number(stage.explains.abs()))
}
