//! `okr forecast`, drawn.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::{CycleState, MetricKind};

use super::document::{Document, Line, Style};
use super::status::{as_of, hint_of_no_cycle};
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{ForecastLine, ForecastList, ForecastObjective, ForecastsPast, ForecastsRow};
use crate::number::{count, number, percent, with_unit};

/// Where the key results of a cycle end.
#[must_use]
pub fn forecast(found: &ForecastList, view: &View) -> Document {
    let mut document = Document::new();
    let Some(cycle) = &found.cycle else {
        document.push(Line::new().said(Style::Strong, &found.workspace));
        document.blank();
        hint_of_no_cycle(&mut document, found.on);
        return document;
    };
    document.push(
        (Line::new()
            .said(Style::Strong, &found.workspace)
            .plain("  "))
        .said(Style::Strong, &cycle.name)
        .muted(format!(
            "  seen from {}, to {}",
            time::day(found.on, view.today),
            time::day(cycle.ends, view.today)
        ))
        .cut(view.width),
    );
    if let Some(forecast) = cycle.forecast {
        let mut line = scores(cycle.score, forecast, (cycle.told, cycle.of));
        if cycle.told == cycle.of {
            line = line.muted("  if it goes on like this");
        }
        document.push(line.cut(view.width));
        if let (Some(committed), Some(aspirational)) = (cycle.committed, cycle.aspirational) {
            let apart = format!("committed {committed:.2}, aspirational {aspirational:.2}");
            document.push(Line::new().muted(apart));
        }
    }
    document.extend(as_of(found.as_of, view));
    document.blank();
    // Seen from a day before it began, a closed cycle has nothing to show yet.
    let closed = cycle.state == CycleState::Closed && found.on >= cycle.starts;
    let over = closed || found.on >= cycle.ends;
    if over && cycle.forecast.is_none() {
        let score = (cycle.score).map_or_else(String::new, |score| format!(": score {score:.2}"));
        let told = format!("It is over, and its outcome stands{score}.");
        document.paragraph(Style::Plain, &told, 0, view.width);
        document.blank();
        let past = format!("okr forecast --past {}", cycle.name);
        document.hint("how good its forecasts were", &past);
        return document;
    }
    match found.objectives.as_slice() {
        [] => document.hint(
            &format!("{} has no key results to show", cycle.name),
            "okr kr new \"TITLE\" --objective REF",
        ),
        [only] if only.key_results.len() == 1 => alone(&mut document, only, view),
        several => {
            document.extend(table(several).lines(view.width));
            let any = (several.iter())
                .flat_map(|objective| &objective.key_results)
                .any(|one| one.forecast.is_some());
            if any {
                document.blank();
                let why = "the range is one of 80 %; how often it held";
                document.hint(why, "okr forecast --past");
            }
        }
    }
    document
}

/// The present score and the one to be expected. Side by side only where both are of the same key
/// results.
fn scores(now: Option<Decimal>, ends: Decimal, (told, of): (usize, usize)) -> Line {
    let now = now.map_or_else(|| "none".to_owned(), |now| format!("{now:.2}"));
    let line = Line::new().plain("score ").plain(now);
    if told == of {
        return line.muted(" → ").strong(format!("{ends:.2}"));
    }
    let of = count(of, "key result");
    (line.muted("; ").strong(format!("{ends:.2}"))).muted(format!(" expected of {told} of {of}"))
}

fn table(objectives: &[ForecastObjective]) -> Table {
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("key result").cut(18),
        Column::new("now").right().spare(1),
        Column::new("ends at").right(),
        Column::new("range").spare(2),
        Column::new("aim").right().spare(4),
        Column::new("score").right(),
        Column::new("projected").right().spare(3),
        Column::new("owner").cut(10).spare(5),
    ])
    .indent(2);
    for (at, objective) in objectives.iter().enumerate() {
        if at > 0 {
            table.across(Line::new());
        }
        let mut line = (Line::new().reference(&objective.reference).plain("  "))
            .said(Style::Strong, &objective.title);
        if let Some(ends) = objective.forecast {
            let of = (objective.told, objective.of);
            line = line.plain("  ").join(scores(objective.score, ends, of));
        }
        table.across(line);
        for one in &objective.key_results {
            table.row(cells(one));
            if let Some(why) = &one.why {
                table.across(Line::new().plain(" ".repeat(11)).muted(why));
            }
        }
    }
    table
}

fn cells(one: &ForecastLine) -> Vec<Line> {
    let plain = |text: String| Line::new().plain(text);
    let forecast = one.forecast.as_ref();
    let numbers = matches!(one.metric, MetricKind::Increase | MetricKind::Decrease);
    let now = match one.metric {
        MetricKind::Binary if one.current == Some(Decimal::ONE) => Some("done".to_owned()),
        MetricKind::Binary => Some("not done".to_owned()),
        _ if numbers => one.current.map(number),
        _ => one.score.map(percent),
    };
    // Steps and periods are told in shares: what their weights come to says little.
    let told = forecast.and_then(|found| {
        Some(if numbers {
            [found.value, found.low, found.high].map(number)
        } else {
            [found.score?, found.score_low?, found.score_high?].map(percent)
        })
    });
    let (ends, range) = match (told, one.probability) {
        (Some([value, low, high]), _) => {
            let range = if low == high {
                Line::new()
            } else {
                Line::new().muted(format!("{low} to {high}"))
            };
            (Line::new().strong(value), range)
        }
        (None, Some(likely)) if likely == Decimal::ONE => (Line::new().strong("done"), Line::new()),
        (None, Some(likely)) => {
            let likely = format!("{} likely", percent(likely));
            (Line::new().strong(likely), Line::new())
        }
        (None, None) => (Line::new().muted("–"), Line::new()),
    };
    let projected = one.projection.map_or_else(Line::new, |projection| {
        let lies = forecast.and_then(|forecast| forecast.projection_lies);
        let style = match lies {
            Some("below" | "above") => Style::Warn,
            _ => Style::Plain,
        };
        let mark = match lies {
            Some("above") => "↑ ",
            Some("below") => "↓ ",
            _ => "",
        };
        Line::new().with(style, format!("{mark}{}", number(projection)))
    });
    vec![
        Line::new().reference(&one.reference),
        Line::new().said(Style::Plain, &one.title),
        now.map_or_else(Line::new, plain),
        ends,
        range,
        (one.target).map_or_else(Line::new, |target| {
            Line::new().said(Style::Muted, &with_unit(target, one.unit.as_deref()))
        }),
        (one.expected_score).map_or_else(Line::new, |score| plain(format!("{score:.2}"))),
        projected,
        Line::new().said(Style::Muted, one.owner.as_deref().unwrap_or_default()),
    ]
}

/// One key result, in sentences.
fn alone(document: &mut Document, objective: &ForecastObjective, view: &View) {
    for one in &objective.key_results {
        document.push(
            (Line::new().reference(&one.reference).plain("  "))
                .said(Style::Strong, &one.title)
                .muted("  of ")
                .said(Style::Muted, &objective.title)
                .cut(view.width),
        );
        for said in &one.said {
            document.paragraph(Style::Plain, said, 2, view.width);
        }
    }
}

/// How good forecasts were.
#[must_use]
pub fn forecasts_past(found: &ForecastsPast, view: &View) -> Document {
    let mut document = Document::new();
    document.push(
        (Line::new().said(Style::Strong, &found.workspace))
            .plain("  forecasts of ")
            .said(Style::Strong, &found.cycles.join(", "))
            .muted(", made again each week of what was known then")
            .cut(view.width),
    );
    document.extend(as_of(found.as_of, view));
    document.blank();
    if found.overall.cases == 0 {
        document.paragraph(
            Style::Plain,
            "Nothing was measured on three days before the end: there is no forecast to compare.",
            0,
            view.width,
        );
        return document;
    }
    let mut table = Table::new([
        Column::new("weeks left").right(),
        Column::new("forecasts").right(),
        Column::new("error").right(),
        Column::new("in range").right(),
        Column::new("it stays").right().spare(1),
        Column::new("projected").right().spare(2),
        Column::new("").spare(3),
    ])
    .indent(2);
    for week in &found.weeks {
        table.row(past_cells(&week.weeks_left.to_string(), &week.row));
    }
    table.row(past_cells("all", &found.overall));
    document.extend(table.lines(view.width));
    document.blank();
    let all = &found.overall;
    if let (Some(error), Some(stays)) = (all.error, all.stays) {
        let mut told = format!(
            "The median error of {} of {} is {error:.2} of the score; that of \"it stays where it \
             is\" {stays:.2}.",
            count(all.cases, "forecast"),
            count(all.key_results, "key result"),
        );
        if error >= stays {
            told.push_str(" The forecasts were no better than that.");
        }
        let within = format!(
            " {} of {} outcomes lay in the range.",
            all.within, all.cases
        );
        told.push_str(&within);
        document.paragraph(Style::Plain, &told, 0, view.width);
    }
    if let (Some(stated), Some(ours)) = (all.stated, all.error_where_stated) {
        let told = format!(
            "Where people had stated a projection ({} of {}), theirs were off by {stated:.2}, \
             the forecasts by {ours:.2}.",
            all.stated_cases, all.cases
        );
        document.paragraph(Style::Plain, &told, 0, view.width);
    }
    document
}

fn past_cells(label: &str, row: &ForecastsRow) -> Vec<Line> {
    let share = |share: Option<Decimal>| {
        share.map_or_else(Line::new, |share| Line::new().plain(format!("{share:.2}")))
    };
    let projected = match row.stated_cases {
        0 => Line::new(),
        cases => Line::new().muted(format!("of {cases}")),
    };
    vec![
        Line::new().plain(label),
        Line::new().plain(row.cases.to_string()),
        share(row.error),
        Line::new().plain(format!("{} of {}", row.within, row.cases)),
        share(row.stays),
        share(row.stated),
        projected,
    ]
}
