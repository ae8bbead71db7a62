//! Teams, objectives and key results, with mid-quarter beside.

use quarterdeck_core::decimal::Decimal;

use super::super::View;
use super::super::closing::{banded, graded};
use super::super::document::{Document, Line, Style};
use super::super::figures::{key_result_status, progress_bar, standing, status};
use super::super::table::{Column, Table};
use super::course;
use crate::json::{Retro, RetroKeyResult, RetroObjective, RetroScore};

pub(super) fn scores(document: &mut Document, found: &Retro, view: &View) {
    if found.teams.len() > 1 {
        document.heading("Teams");
        let mut table = Table::new([
            Column::new("").cut(16),
            Column::new("").right(),
            Column::new(""),
            Column::new(""),
        ])
        .untitled()
        .indent(2);
        for team in &found.teams {
            table.row([
                Line::new().said(Style::Plain, &team.name),
                course(&team.scores),
                progress_bar(team.scores.score, None),
                grade(&team.scores),
            ]);
        }
        document.extend(table.lines(view.width));
    }
    if found.objectives.is_empty() {
        return;
    }
    document.heading("Scores");
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("key result").cut(16),
        Column::new("now / aim").cut(14).spare(2),
        Column::new("mid").right().spare(1),
        Column::new("score").right(),
        Column::new(""),
        Column::new("status").spare(3),
        Column::new("grade"),
        Column::new("owner").cut(10).spare(4),
    ])
    .indent(2);
    for (at, objective) in found.objectives.iter().enumerate() {
        if at > 0 {
            table.across(Line::new());
        }
        table.across(line(objective, view.width));
        if let Some(why) = &objective.set_aside {
            table.across(Line::new().plain("  ").said(Style::Muted, why));
        }
        for key_result in &objective.key_results {
            table.row(cells(key_result));
            if let Some(why) = &key_result.figures.set_aside {
                table.across(Line::new().plain("           ").said(Style::Muted, why));
            }
        }
    }
    document.extend(table.lines(view.width));
}

fn grade(scores: &RetroScore) -> Line {
    match (scores.grade, scores.band) {
        (Some(grade), Some(band)) => banded(grade, band),
        _ => Line::new(),
    }
}

/// An objective on one line: its title is cut before its figures are.
fn line(found: &RetroObjective, width: usize) -> Line {
    let mut figures = Line::new();
    let doing = match found.status {
        Some(doing) => status(doing),
        None => Line::new().muted(format!("– {}", found.state)),
    };
    for part in [course(&found.scores), doing, grade(&found.scores)] {
        if !part.is_empty() {
            figures = figures.plain("  ").join(part);
        }
    }
    let named = Line::new()
        .reference(&found.reference)
        .plain("  ")
        .said(Style::Strong, &found.title);
    let line = named
        .cut(width.saturating_sub(figures.width()))
        .join(figures);
    match found.owner.as_deref().or(found.team.as_deref()) {
        Some(owner) => line.plain("  ").said(Style::Muted, owner),
        None => line,
    }
}

fn cells(found: &RetroKeyResult) -> Vec<Line> {
    let one = &found.figures;
    let style = if one.status.is_some() {
        Style::Plain
    } else {
        Style::Muted
    };
    let told = |score: Option<Decimal>| {
        score.map_or_else(Line::new, |score| Line::new().plain(format!("{score:.2}")))
    };
    vec![
        Line::new().reference(&one.reference),
        Line::new().said(style, &one.title),
        Line::new().with(style, standing(one)),
        found.mid.as_ref().map_or_else(Line::new, |mid| {
            mid.score
                .map_or_else(Line::new, |score| Line::new().muted(format!("{score:.2}")))
        }),
        told(one.score),
        progress_bar(one.score, one.status),
        key_result_status(one),
        one.grade.as_ref().map_or_else(Line::new, graded),
        (found.answers.as_deref())
            .map_or_else(Line::new, |owner| Line::new().said(Style::Muted, owner)),
    ]
}
