//! `okr objective show` and `okr kr show`.

use quarterdeck_core::decimal::Decimal;

use super::chart::sparkline;
use super::conflicts::conflict_lines;
use super::document::{Document, Line, Style};
use super::figures::{
    PENDING, aim, key_result_status, objective_status, progress_bar, score, standing,
};
use super::status::{as_of, cells, columns};
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{CheckInLine, Conflict, KeyResultShow, NoteLine, ObjectiveShow, Related};
use crate::number::{number, percent};

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
    facts.text("cycle", found.cycle.as_deref());
    facts.text("owner", objective.owner.as_deref());
    facts.text("team", objective.team.as_deref());
    facts.text("kind", Some(objective.kind.word()));
    facts.text("state", Some(objective.state.word()));
    facts.text("key", objective.key.as_deref());
    facts.related("supports", found.supports_what.as_slice());
    facts.related("supported by", &found.supported_by);
    if let Some(earlier) = &found.carried_from {
        facts.line("carried from", Line::new().reference(earlier));
    }
    for (at, sign_off) in found.sign_offs.iter().enumerate() {
        let label = if at == 0 { "agreed by" } else { "" };
        let told = Line::new().said(Style::Plain, &sign_off.member);
        let told = match sign_off.signed {
            Some(at) => told.muted(format!(", {}", time::moment(at, &view.zone, view.today))),
            None => told.with(Style::Warn, ", not yet"),
        };
        facts.line(label, told);
    }
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
    document.blank();
    document.extend(key_result_facts(found, view).lines(view.width));
    check_ins(&mut document, &found.check_ins, view);
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

fn key_result_facts(found: &KeyResultShow, view: &View) -> Facts {
    let key_result = &found.key_result;
    let mut facts = Facts::new();
    facts.line("now", Line::new().strong(standing(key_result)));
    facts.text("aim", Some(&aim(key_result)));
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
            line = line.muted(format!(
                "  pace {pace:.2} with {} of the cycle over",
                percent(found.elapsed)
            ));
        }
        facts.line("progress", line);
    }
    facts.line("status", key_result_status(key_result));
    for why in &key_result.because {
        facts.line("", Line::new().said(Style::Muted, why));
    }
    let course: Vec<Decimal> = (found.check_ins.iter())
        .filter_map(|said| said.current)
        .collect();
    if course.len() > 1 {
        facts.text("course", Some(&sparkline(&course, 40)));
    }
    if let Some(confidence) = key_result.confidence {
        facts.text("confidence", Some(&percent(confidence)));
    }
    if let Some(certainty) = key_result.certainty {
        facts.text(
            "certainty",
            Some(&format!("{} at the start", percent(certainty))),
        );
    }
    if let Some(projection) = key_result.projection {
        let unit = key_result.unit.as_deref();
        facts.text(
            "projection",
            Some(&crate::number::with_unit(projection, unit)),
        );
    }
    facts.text("owner", key_result.owner.as_deref());
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
    facts.related("helps", &found.helps);
    facts.related("helped by", &found.helped_by);
    facts.drafted("added by", &found.created_by, found.created, view);
    facts
}

fn check_ins(document: &mut Document, check_ins: &[CheckInLine], view: &View) {
    if check_ins.is_empty() {
        return;
    }
    document.heading("Check-ins");
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

/// Labels with what they say, in two columns.
pub(super) struct Facts(Table);

impl Facts {
    pub(super) fn new() -> Self {
        let columns = [Column::new(""), Column::new("").cut(20)];
        Self(Table::new(columns).untitled().indent(2))
    }

    pub(super) fn line(&mut self, label: &str, told: Line) {
        if !told.is_empty() {
            self.0.row([Line::new().muted(label), told]);
        }
    }

    pub(super) fn text(&mut self, label: &str, told: Option<&str>) {
        if let Some(told) = told {
            self.line(label, Line::new().said(Style::Plain, told));
        }
    }

    pub(super) fn related(&mut self, label: &str, others: &[Related]) {
        for (at, other) in others.iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            let line = Line::new().reference(&other.reference).plain("  ");
            self.line(label, line.said(Style::Plain, &other.title));
        }
    }

    pub(super) fn drafted(
        &mut self,
        label: &str,
        who: &str,
        when: quarterdeck_core::calendar::Timestamp,
        view: &View,
    ) {
        let when = time::moment(when, &view.zone, view.today);
        let line = Line::new()
            .said(Style::Plain, who)
            .muted(format!(", {when}"));
        self.line(label, line);
    }

    pub(super) fn lines(self, width: usize) -> Vec<Line> {
        self.0.lines(width)
    }
}
