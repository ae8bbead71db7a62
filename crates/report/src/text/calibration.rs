//! `okr calibration`, drawn.

use quarterdeck_core::decimal::Decimal;

use super::View;
use super::document::{Document, Line, Style};
use super::status::as_of;
use super::table::{Column, Table};
use crate::json::{
    Calibration, CalibrationErrors, CalibrationFigures, CalibrationGroup, CalibrationOdds,
    CalibrationShare,
};
use crate::number::{count, percent};

/// What people stated against what came out.
#[must_use]
pub fn calibration(found: &Calibration, view: &View) -> Document {
    let mut document = Document::new();
    document.push(
        (Line::new().said(Style::Strong, &found.workspace))
            .plain("  calibration of ")
            .said(Style::Strong, &found.cycles.join(", "))
            .cut(view.width),
    );
    document.extend(as_of(found.as_of, view));
    document.paragraph(Style::Muted, &head(found), 0, view.width);
    if found.overall.key_results == 0 {
        return document;
    }
    document.blank();
    let mut all = figures_table("");
    figures(&mut all, Line::new().plain("all"), &found.overall);
    document.extend(all.lines(view.width));
    tiers(&mut document, found, view);
    bands(&mut document, found, view);
    weeks(&mut document, found, view);
    groups(&mut document, ("By owner", "nobody"), &found.owners, view);
    groups(&mut document, ("By team", "no team"), &found.teams, view);
    document.blank();
    let short = |odds: &CalibrationOdds| odds.verdict.is_none() && odds.cases > 0;
    if short(&found.overall.certainty) || short(&found.overall.confidence) {
        let why = format!("a verdict takes {} key results", found.enough);
        document.hint(&why, "okr calibration --all");
    }
    document.trimmed()
}

fn head(found: &Calibration) -> String {
    let all = &found.overall;
    let mut told = match (all.key_results, all.reached_share()) {
        (many, Some(share)) => format!(
            "{} of {} reached the target ({}).",
            all.reached,
            count(many, "key result"),
            percent(share)
        ),
        _ => "No key result has an outcome.".to_owned(),
    };
    if found.set_aside > 0 {
        let what = count(found.set_aside, "key result");
        told.push_str(&format!(" Not counted: {what} deferred or dropped."));
    }
    if found.hindsight > 0 {
        let what = count(found.hindsight, "statement");
        told.push_str(&format!(" Not counted: {what} made after the end."));
    }
    told
}

fn figures_table(first: &'static str) -> Table {
    Table::new([
        Column::new(first).cut(10),
        Column::new("said"),
        Column::new("stated").right(),
        Column::new("reached").right(),
        Column::new("Brier").right(),
        Column::new("base rate").right().spare(2),
        Column::new("skill").right().spare(1),
        Column::new("cases").right(),
        Column::new(""),
        Column::new("statements").right().spare(3),
    ])
    .indent(2)
}

/// The rows of those of whom something was stated.
fn figures(table: &mut Table, label: Line, found: &CalibrationFigures) {
    let mut label = Some(label);
    for (said, odds) in [
        ("certainty", &found.certainty),
        ("confidence", &found.confidence),
    ] {
        if odds.cases > 0 {
            table.row(odds_cells(label.take().unwrap_or_default(), said, odds));
        }
    }
    if found.projection.cases > 0 {
        let label = label.take().unwrap_or_default();
        table.row(projection_cells(label, &found.projection));
    }
    if let Some(label) = label {
        table.row([label, Line::new().muted("nothing")]);
    }
}

fn figure(figure: Option<Decimal>) -> Line {
    figure.map_or_else(Line::new, |figure| {
        Line::new().plain(format!("{figure:.2}"))
    })
}

fn share(share: Option<Decimal>) -> Line {
    share.map_or_else(Line::new, |share| Line::new().plain(percent(share)))
}

fn odds_cells(label: Line, said: &str, odds: &CalibrationOdds) -> Vec<Line> {
    let style = match odds.verdict {
        None => Style::Muted,
        Some("well calibrated") => Style::Good,
        Some(_) => Style::Warn,
    };
    vec![
        label,
        Line::new().plain(said),
        share(odds.stated),
        share(odds.reached),
        figure(odds.brier),
        figure(odds.reference),
        figure(odds.skill),
        Line::new().plain(odds.cases.to_string()),
        Line::new().with(style, &odds.told),
        Line::new().muted(odds.statements.to_string()),
    ]
}

fn projection_cells(label: Line, errors: &CalibrationErrors) -> Vec<Line> {
    let off = errors.error.map_or_else(Line::new, |error| {
        Line::new().plain(format!("off by {} of the way", percent(error)))
    });
    vec![
        label,
        Line::new().plain("projection"),
        Line::new(),
        Line::new(),
        Line::new(),
        Line::new(),
        Line::new(),
        Line::new().plain(errors.cases.to_string()),
        off,
        Line::new().muted(errors.statements.to_string()),
    ]
}

fn share_cells(label: Line, found: &CalibrationShare) -> Vec<Line> {
    vec![
        label,
        share(found.stated),
        share(found.reached),
        Line::new().plain(found.cases.to_string()),
        Line::new().muted(found.statements.to_string()),
    ]
}

fn share_table(first: &'static str) -> Table {
    Table::new([
        Column::new(first),
        Column::new("stated").right(),
        Column::new("reached").right(),
        Column::new("key results").right(),
        Column::new("statements").right(),
    ])
    .indent(2)
}

fn tiers(document: &mut Document, found: &Calibration, view: &View) {
    if found.overall.certainty.cases == 0 {
        return;
    }
    document.heading("By certainty at the start");
    let mut table = share_table("tier");
    for tier in &found.tiers {
        table.row(share_cells(
            Line::new().plain(tier.tier.word()),
            &tier.share,
        ));
    }
    document.extend(table.lines(view.width));
}

fn bands(document: &mut Document, found: &Calibration, view: &View) {
    if found.overall.confidence.cases == 0 {
        return;
    }
    document.heading("By confidence of the week");
    let mut table = share_table("confidence");
    for band in &found.bands {
        let label = format!("{} to {}", percent(band.from), percent(band.to));
        table.row(share_cells(Line::new().plain(label), &band.share));
    }
    document.extend(table.lines(view.width));
}

fn weeks(document: &mut Document, found: &Calibration, view: &View) {
    if found.weeks.is_empty() {
        return;
    }
    document.heading("Projections by weeks before the end");
    let mut table = Table::new([
        Column::new("weeks").right(),
        Column::new("off by").right(),
        Column::new("key results").right(),
    ])
    .indent(2);
    for week in &found.weeks {
        table.row([
            Line::new().plain(week.weeks_left.to_string()),
            share(week.errors.error),
            Line::new().plain(week.errors.cases.to_string()),
        ]);
    }
    document.extend(table.lines(view.width));
}

fn groups(
    document: &mut Document,
    (title, nobody): (&str, &str),
    groups: &[CalibrationGroup],
    view: &View,
) {
    if groups.iter().all(|group| group.name.is_none()) {
        return;
    }
    document.heading(title);
    let mut table = figures_table("");
    for group in groups {
        let label = match &group.name {
            Some(name) => Line::new().said(Style::Plain, name),
            None => Line::new().muted(nobody),
        };
        figures(&mut table, label, &group.figures);
    }
    document.extend(table.lines(view.width));
}
