//! `okr objective show` and `okr kr show`.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;

use super::agreement::agreement;
use super::chart::sparkline;
use super::conflicts::conflict_lines;
use super::document::{Document, Line, Style};
use super::facts::Facts;
use super::figures::{
    PENDING, aim, key_result_status, objective_status, progress_bar, score, standing,
};
use super::status::{as_of, cells, columns};
use super::table::{Column, Table};
use super::{View, closing, plot, time};
use crate::json::{CheckInLine, Closing, Conflict, KeyResultShow, NoteLine, ObjectiveShow};
use crate::number::{count, number, percent};

/// An objective with all that is known about it.
#[must_use]
pub fn objective_show(found: &ObjectiveShow, view: &View) -> Document {
    let mut document = Document::new();
    let objective = &found.objective;
    document.push(
        (Line::new().reference(&objective.reference).plain("  "))
            .said(Style::Strong, &objective.title),
    );
    document.extend(as_of(found.as_of, view));
    document.extend(closed(found.closing.as_ref(), (found.head, found.on), view));
    if let Some(description) = &found.description {
        document.paragraph(Style::Plain, description, 2, view.width);
    }
    document.blank();
    let mut facts = Facts::new();
    facts.line(
        "score",
        (score(objective.score).plain("  "))
            .join(progress_bar(objective.score, objective.status))
            .plain("  ")
            .join(objective_status(objective)),
    );
    for why in &objective.because {
        facts.line("", Line::new().said(Style::Muted, why));
    }
    if let Some((grade, band)) = objective.grade.zip(objective.band) {
        facts.line("grade", closing::banded(grade, band));
    }
    facts.text("cycle", found.cycle.as_deref());
    facts.text("owner", objective.owner.as_deref());
    facts.text("team", objective.team.as_deref());
    facts.text("level", objective.level.map(|level| level.word()));
    facts.text("kind", Some(objective.kind.word()));
    facts.text("state", Some(objective.state.word()));
    facts.text("because", objective.set_aside.as_deref());
    facts.text("key", objective.key.as_deref());
    facts.related("supports", found.supports_what.as_slice());
    facts.related("supported by", &found.supported_by);
    if let Some(earlier) = &found.carried_from {
        facts.line("carried from", Line::new().reference(earlier));
    }
    if let Some(later) = &found.carried_into {
        facts.line("carried into", Line::new().reference(later));
    }
    if found.standing {
        facts.text("standing", Some("carried from cycle to cycle"));
    }
    agreement(&mut facts, &found.sign_offs, view);
    facts.drafted("drafted by", &found.created_by, found.created, view);
    document.extend(facts.lines(view.width));

    document.heading("Key results");
    if objective.key_results.is_empty() {
        document.hint(
            "there are none yet",
            &format!(
                "okr kr new \"TITLE\" --objective {} --increase A..B",
                objective.reference
            ),
        );
    } else {
        let mut table = Table::new(columns()).indent(2);
        for key_result in &objective.key_results {
            table.row(cells(key_result, view));
        }
        document.extend(table.lines(view.width));
    }
    notes(&mut document, &found.notes, view);
    open_conflicts(&mut document, &found.open_conflicts, view);
    if found.advice > 0 && found.as_of.is_none() && !objective.key_results.is_empty() {
        document.blank();
        document.hint(
            &format!("advice: {}", count(found.advice, "finding")),
            &format!("okr lint {}", objective.reference),
        );
    }
    document
}

/// A key result with all that is known about it.
#[must_use]
pub fn key_result_show(found: &KeyResultShow, view: &View) -> Document {
    let mut document = Document::new();
    let key_result = &found.key_result;
    document.push(
        (Line::new().reference(&key_result.reference).plain("  "))
            .said(Style::Strong, &key_result.title),
    );
    document.push(
        (Line::new()
            .muted("of ")
            .reference(&found.objective.reference))
        .plain(" ")
        .said(Style::Plain, &found.objective.title)
        .said(Style::Muted, &format!(", {}", found.cycle))
        .cut(view.width),
    );
    document.extend(as_of(found.as_of, view));
    document.extend(closed(found.closing.as_ref(), (found.head, found.on), view));
    document.blank();
    document.extend(key_result_facts(found, false, view).lines(view.width));
    if let Some(plot) = &found.plot {
        plot::among(&mut document, plot, view);
    }
    check_ins(&mut document, "Check-ins", &found.check_ins, view);
    check_ins(&mut document, "Came after the closing", &found.late, view);
    notes(&mut document, &found.notes, view);
    open_conflicts(&mut document, &found.open_conflicts, view);
    let silent = key_result.last_check_in.is_none() && found.check_ins.is_empty();
    if silent && found.as_of.is_none() && key_result.status.is_some() {
        document.blank();
        let command = match &found.kpi {
            Some(kpi) => format!("okr kpi record {} VALUE", kpi.reference),
            None => format!("okr checkin {} VALUE", key_result.reference),
        };
        document.hint("nothing has been measured yet", &command);
    }
    document
}

/// What somebody needs to see of a key result to grade it: its figures, course and notes.
#[must_use]
pub fn key_result_brief(found: &KeyResultShow, view: &View) -> Document {
    let mut document = Document::new();
    let key_result = &found.key_result;
    document.push(
        (Line::new().reference(&key_result.reference).plain("  "))
            .said(Style::Strong, &key_result.title)
            .muted("  of ")
            .said(Style::Muted, &found.objective.title)
            .cut(view.width),
    );
    document.extend(key_result_facts(found, true, view).lines(view.width));
    notes(&mut document, &found.notes, view);
    document
}

/// That what follows is as at a closing, or would be but for the day that was asked for.
fn closed(found: Option<&Closing>, (head, on): (u64, Date), view: &View) -> Option<Line> {
    Some(closing::closed(found?, head, on, view).cut(view.width))
}

fn key_result_facts(found: &KeyResultShow, with_course: bool, view: &View) -> Facts {
    let key_result = &found.key_result;
    let mut facts = Facts::new();
    facts.line("now", Line::new().strong(standing(key_result)));
    facts.text("aim", Some(&aim(key_result)));
    if let Some(agreed) = &found.agreed {
        let mut told = format!("as first agreed {}", agreed.aim);
        if agreed.weight != key_result.weight {
            told.push_str(&format!(", weight {}", number(agreed.weight)));
        }
        let times = count(agreed.moved, "change");
        told.push_str(&format!("; {times} since"));
        let score = (agreed.score).map_or_else(String::new, |score| format!(", score {score:.2}"));
        facts.line("", Line::new().said(Style::Warn, &(told + &score)));
    }
    for step in &key_result.milestones {
        let (style, symbol) = if step.done {
            (Style::Good, "✓")
        } else {
            (Style::Muted, "·")
        };
        let line = (Line::new().with(style, symbol).plain(" ")).said(Style::Plain, &step.name);
        facts.line("", line.muted(format!("  weight {}", number(step.weight))));
    }
    if let Some(progress) = key_result.progress {
        let mut line = (Line::new().plain(percent(progress)).plain("  "))
            .join(progress_bar(key_result.progress, key_result.status));
        if let Some(pace) = key_result.pace {
            let against = if found.expected == found.elapsed {
                format!("with {} of the cycle over", percent(found.elapsed))
            } else {
                format!("with {} expected by now", percent(found.expected))
            };
            line = line.muted(format!("  pace {pace:.2} {against}"));
        }
        facts.line("progress", line);
    }
    if let Some(graded) = &key_result.grade {
        facts.line("grade", closing::grade(graded));
        facts.line(
            "",
            Line::new().said(Style::Muted, &graded.by).muted(format!(
                ", {}",
                time::moment(graded.at, &view.zone, view.today)
            )),
        );
        facts.text("", graded.reason.as_deref());
        facts.text("", graded.advice);
    }
    facts.line("status", key_result_status(key_result));
    facts.text("because", key_result.set_aside.as_deref());
    for why in &key_result.because {
        facts.line("", Line::new().said(Style::Muted, why));
    }
    let course: Vec<Decimal> = found.course.iter().map(|point| point.value).collect();
    if with_course && course.len() > 1 {
        facts.text("course", Some(&sparkline(&course, 40)));
    }
    facts.sentences("forecast", &found.outlook);
    if let Some(confidence) = key_result.confidence {
        facts.text("confidence", Some(&percent(confidence)));
    }
    if let Some(certainty) = key_result.certainty {
        let tier = (key_result.tier).map_or_else(String::new, |tier| format!(", {tier}"));
        let told = format!("{} at the start{tier}", percent(certainty));
        facts.text("certainty", Some(&told));
    }
    if let Some(projection) = key_result.projection {
        let unit = key_result.unit.as_deref();
        facts.text(
            "projection",
            Some(&crate::number::with_unit(projection, unit)),
        );
    }
    facts.text("owner", key_result.owner.as_deref());
    facts.text("answers to", key_result.team.as_deref());
    let due = found.due.map(|due| {
        let relative = time::relative(due, view.today);
        format!(", next due {} ({relative})", time::day(due, view.today))
    });
    let cadence = format!("{}{}", key_result.cadence, due.unwrap_or_default());
    facts.text("check-ins", Some(&cadence));
    facts.text(
        "indicator",
        key_result.indicator.map(|indicator| indicator.word()),
    );
    facts.text("weight", Some(&number(key_result.weight)));
    facts.text(
        "rank",
        key_result.rank.map(|rank| rank.to_string()).as_deref(),
    );
    facts.text("key", key_result.key.as_deref());
    facts.related("reads from", found.kpi.as_slice());
    facts.related("improves", &found.improves);
    if let Some(earlier) = &found.carried_from {
        facts.line("carried from", Line::new().reference(earlier));
    }
    facts.related("helps", &key_result.helps);
    facts.related("helped by", &found.helped_by);
    facts.related("supported by", &found.supported_by);
    facts.drafted("added by", &found.created_by, found.created, view);
    facts
}

fn check_ins(document: &mut Document, title: &str, check_ins: &[CheckInLine], view: &View) {
    if check_ins.is_empty() {
        return;
    }
    document.heading(title);
    let mut table = Table::new([
        Column::new("ref").spare(2),
        Column::new("date"),
        Column::new("said").cut(12),
        Column::new("now").right(),
        Column::new("sure").right(),
        Column::new("by").cut(10),
        Column::new("device").cut(8).spare(3),
        Column::new("").spare(1),
        Column::new("note").cut(16).spare(4),
    ])
    .indent(2);
    for said in check_ins {
        let style = if said.retracted {
            Style::Muted
        } else {
            Style::Plain
        };
        let mut mark = Line::new();
        for (applies, word) in [
            (said.retracted, "taken back"),
            (said.late, "late"),
            (said.corrected, "corrected"),
            (said.imported.is_some(), "imported"),
            (said.pending, PENDING),
        ] {
            if applies {
                let gap = if mark.is_empty() { "" } else { ", " };
                mark = mark.muted(gap).with(Style::Warn, word);
            }
        }
        let note = said.note.as_deref().unwrap_or_default();
        table.row([
            Line::new().reference(&said.reference),
            Line::new().with(style, time::day(said.effective, view.today)),
            Line::new().said(style, &said.value),
            (said.current).map_or_else(Line::new, |now| Line::new().plain(number(now))),
            (said.confidence).map_or_else(Line::new, |sure| Line::new().plain(percent(sure))),
            Line::new().said(Style::Muted, &said.member),
            Line::new().said(Style::Muted, &said.device),
            mark,
            Line::new().said(style, note),
        ]);
    }
    document.extend(table.lines(view.width));
}

pub(super) fn notes(document: &mut Document, notes: &[NoteLine], view: &View) {
    if notes.is_empty() {
        return;
    }
    document.heading("Notes");
    for note in notes {
        let (who, at, mark) = match &note.imported {
            Some(from) => (&from.author, from.at, ", imported"),
            None => (&note.member, note.authored, ""),
        };
        let when = time::moment(at, &view.zone, view.today);
        document.push(
            (Line::new().plain("  ").strong(note.kind.word()).plain("  "))
                .said(Style::Muted, who)
                .muted(format!(", {when}{mark}  "))
                .reference(&note.reference)
                .cut(view.width),
        );
        document.paragraph(Style::Plain, &note.text, 4, view.width);
    }
}

fn open_conflicts(document: &mut Document, open: &[Conflict], view: &View) {
    if open.is_empty() {
        return;
    }
    document.heading("Conflicts");
    for conflict in open {
        document.extend(conflict_lines(conflict, view));
    }
}
