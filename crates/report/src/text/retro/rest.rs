//! What else there is to say: ambition, what can be relied on, funnels, notes, another cycle, what goes on.

use quarterdeck_core::token::NoteKind;

use super::super::View;
use super::super::clean::one_line;
use super::super::document::{Document, Line, Style};
use super::super::table::{Column, Table};
use super::super::time;
use super::{point, positions};
use crate::json::{FunnelCompared, Retro, RetroLineage, RetroPair};
use crate::number::{change, count, number, percent, with_unit};

/// So many notes of a kind are shown, the last ones; the rest are counted.
const NOTES: usize = 5;

/// The kinds of notes, in the order in which one looks back, each with its heading.
pub(crate) const KINDS: [(NoteKind, &str); 6] = [
    (NoteKind::Win, "Wins"),
    (NoteKind::Problem, "Problems"),
    (NoteKind::Learning, "Learnings"),
    (NoteKind::Decision, "Decisions"),
    (NoteKind::Thanks, "Thanks"),
    (NoteKind::Comment, "Comments"),
];

pub(super) fn ambition(document: &mut Document, found: &Retro, view: &View) {
    let ambition = &found.ambition;
    if ambition.key_results == 0 {
        return;
    }
    document.heading("Was it ambitious enough?");
    document.paragraph(Style::Plain, &ambition.told, 2, view.width);
    if ambition.aspirational > 0 {
        let aspirational = count(ambition.aspirational, "aspirational key result");
        let told = format!(
            "{} of {aspirational} at the 0.6 to 0.7 that they aim at.",
            ambition.at_aim
        );
        document.paragraph(Style::Muted, &told, 2, view.width);
    }
    for short in ambition.short.iter().filter(|_| !found.so_far) {
        let line = Line::new()
            .plain("  ")
            .reference(&short.reference)
            .plain("  ")
            .said(Style::Plain, &short.title)
            .plain("  ")
            .with(Style::Bad, format!("{:.2}", short.outcome));
        document.push(line.cut(view.width));
        for why in &short.why {
            let text = format!("{}{}", why.text(), positions(&why.entries));
            document.paragraph(Style::Muted, &one_line(&text), 4, view.width);
        }
    }
}

/// What was moved, what came late, and whether people knew: a line each, with where there is more.
pub(super) fn truth(document: &mut Document, found: &Retro, view: &View) {
    let name = &found.cycle.name;
    let goalposts = &found.goalposts;
    let mut lines: Vec<(String, String)> = Vec::new();
    if !goalposts.changes.is_empty() {
        let scores = goalposts.score_as_agreed.zip(goalposts.score_as_amended);
        let scores = scores.map_or_else(String::new, |(agreed, amended)| {
            format!("; the score as agreed is {agreed:.2}, as amended {amended:.2}")
        });
        let moved = count(goalposts.changes.len(), "change");
        lines.push((
            format!("{moved} of goals after it began{scores}."),
            format!("okr goalposts --cycle {name}"),
        ));
    }
    let late = &found.late;
    let corrected = late.corrections.len() + late.retractions.len();
    if !late.check_ins.is_empty() || corrected > 0 {
        lines.push((
            format!(
                "{} came late, {} corrected or taken back.",
                count(late.check_ins.len(), "check-in"),
                count(corrected, "check-in")
            ),
            format!("okr late --cycle {name}"),
        ));
    }
    if let Some(known) = &found.calibration {
        let all = &known.overall;
        if let Some(share) = all.reached_share() {
            let stated = (all.certainty.stated).map_or_else(String::new, |stated| {
                format!(", {} was stated at the start", percent(stated))
            });
            let reached = format!(
                "{} of {}",
                all.reached,
                count(all.key_results, "key result")
            );
            lines.push((
                format!(
                    "{reached} reached the target ({}){stated}: {}.",
                    percent(share),
                    all.certainty.told
                ),
                format!("okr calibration {name}"),
            ));
        }
    }
    if lines.is_empty() {
        return;
    }
    document.heading("Goalposts, late entries, calibration");
    for (told, command) in lines {
        document.paragraph(Style::Plain, &one_line(&told), 2, view.width);
        document.push(Line::new().plain("    ").command(one_line(&command)));
    }
}

pub(super) fn funnels(document: &mut Document, found: &Retro, view: &View) {
    for one in &found.funnels {
        let sides = [&one.against_plan, &one.against_before];
        let told: Vec<String> = (sides.into_iter().flatten().map(funnel)).collect();
        if told.is_empty() {
            continue;
        }
        document.heading(&format!("Funnel {}", one_line(&one.funnel.funnel.name)));
        for text in told {
            document.paragraph(Style::Plain, &text, 2, view.width);
        }
    }
}

/// What moved the outcome of a funnel, in a sentence.
pub(crate) fn funnel(found: &FunnelCompared) -> String {
    let outcome = found.stages.last();
    let from = outcome.map_or_else(String::new, |stage| {
        format!(
            "{}: {} ({}), {} ({})",
            stage.name,
            number(stage.before),
            found.before,
            number(stage.after),
            found.after
        )
    });
    let parts: Vec<String> = (found.stages.iter())
        .filter(|stage| !stage.explains.is_zero())
        .map(|stage| format!("{} {}", stage.name, change(stage.explains)))
        .collect();
    let explained = if parts.is_empty() {
        String::new()
    } else {
        format!(
            ". Of the difference {} explain: {}",
            change(found.change),
            parts.join(", ")
        )
    };
    let look_at = (found.look_at.as_ref())
        .map_or_else(String::new, |stage| format!(". Look at {stage} first"));
    one_line(&format!("{from}{explained}{look_at}."))
}

pub(super) fn notes(document: &mut Document, found: &Retro, view: &View) {
    for (kind, heading) in KINDS {
        let all: Vec<_> = found
            .notes
            .iter()
            .filter(|note| note.kind == kind)
            .collect();
        if all.is_empty() || kind == NoteKind::Comment {
            continue;
        }
        document.heading(heading);
        let skipped = all.len().saturating_sub(NOTES);
        if skipped > 0 {
            let earlier = format!("  {} before these", count(skipped, "note"));
            document.push(Line::new().muted(earlier));
        }
        for note in all.into_iter().skip(skipped) {
            let about = (note.about.as_ref()).map_or_else(String::new, |about| {
                format!(" on {}", one_line(&about.title))
            });
            let by = format!(
                "{}{about}, {}",
                note.member,
                time::day(note.day, view.today)
            );
            let entries: Vec<u64> = note.seq.into_iter().collect();
            let text = format!("{} ({}{})", one_line(&note.text), by, behind(&entries));
            point(document, &text, &[], view);
        }
    }
}

/// `, #12`
fn behind(entries: &[u64]) -> String {
    entries.iter().map(|seq| format!(", #{seq}")).collect()
}

pub(super) fn compared(document: &mut Document, found: &Retro, view: &View) {
    let Some(other) = &found.compared else {
        return;
    };
    let mut table = Table::new([
        Column::new("").cut(20),
        Column::new("").right(),
        Column::new("").right(),
        Column::new("").right(),
    ])
    .untitled()
    .indent(2);
    let whole = Line::new().plain("all objectives");
    table.row(row(whole, &other.whole));
    for team in other.teams.iter().filter(|_| other.teams.len() > 1) {
        table.row(row(
            Line::new().said(Style::Plain, &team.goal.title),
            &team.pair,
        ));
    }
    for kin in &other.objectives {
        table.row(row(goal(kin), &kin.pair));
        for below in &kin.key_results {
            table.row(row(Line::new().plain("  ").join(goal(below)), &below.pair));
        }
    }
    for kpi in &other.kpis {
        let unit = kpi.unit.as_deref();
        table.row([
            Line::new().said(Style::Plain, &kpi.title),
            Line::new().plain(number(kpi.before.value)),
            Line::new().said(Style::Plain, &with_unit(kpi.after.value, unit)),
            (kpi.change).map_or_else(Line::new, |by| {
                Line::new().muted(format!("{} {}", change(by), kpi.course))
            }),
        ]);
    }
    document.heading(&format!(
        "{}, then {}",
        one_line(&other.cycle),
        one_line(&found.cycle.name)
    ));
    if !other.ended {
        let so_far = format!("{} has not ended: figures of {}.", other.cycle, other.on);
        document.paragraph(Style::Warn, &one_line(&so_far), 2, view.width);
    }
    document.extend(table.lines(view.width));
}

fn goal(found: &RetroLineage) -> Line {
    Line::new()
        .reference(&found.goal.reference)
        .plain(" ")
        .said(Style::Plain, &found.goal.title)
}

fn row(label: Line, pair: &RetroPair) -> [Line; 4] {
    let told = |score: Option<_>| {
        score.map_or_else(
            || Line::new().muted("–"),
            |score: quarterdeck_core::decimal::Decimal| Line::new().plain(format!("{score:.2}")),
        )
    };
    let by = pair
        .change
        .map_or_else(Line::new, |by| Line::new().muted(change(by)));
    [label, told(pair.before), told(pair.after), by]
}

pub(super) fn onward(document: &mut Document, found: &Retro, view: &View) {
    let onward = &found.onward;
    if onward.objectives.is_empty() || found.so_far {
        return;
    }
    document.heading("What goes on");
    for one in &onward.objectives {
        let state = match (&one.carried, &one.into) {
            (Some(later), Some(into)) => format!("carried into {into} as {}", later.reference),
            _ => "not carried over yet".to_owned(),
        };
        let line = Line::new()
            .plain("  ")
            .reference(&one.objective.reference)
            .plain("  ")
            .said(Style::Strong, &one.objective.title)
            .plain("  ")
            .said(Style::Muted, &state);
        document.push(line.cut(view.width));
        for below in &one.key_results {
            let line = Line::new()
                .plain("    ")
                .reference(&below.key_result.reference)
                .plain("  ")
                .said(Style::Plain, &below.key_result.title)
                .plain("  ")
                .said(Style::Muted, &below.aim);
            document.push(line.cut(view.width));
        }
    }
    if onward.finished > 0 {
        let finished = format!("  {} finished", count(onward.finished, "objective"));
        document.push(Line::new().muted(finished));
    }
}
