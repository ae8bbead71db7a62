//! `okr template list`, `okr template show`, and what applying one would draft.

use quarterdeck_core::token::{Cadence, Indicator, MetricKind};

use super::View;
use super::document::{Document, Line, Style};
use super::table::{Column, Table};
use crate::json::{TemplateKeyResult, TemplateList, TemplateObjective, TemplateShow};
use crate::number::{count, number, with_unit};

/// The templates that there are.
#[must_use]
pub fn templates(found: &TemplateList, view: &View) -> Document {
    let mut table = Table::new([
        Column::new("template").cut(20),
        Column::new("ref"),
        Column::new("objectives").cut(50),
        Column::new("key results").right().spare(1),
    ]);
    for template in &found.templates {
        let mut name = Line::new().said(Style::Strong, &template.name);
        let mut reference = match &template.reference {
            Some(reference) => Line::new().reference(reference),
            None => Line::new().muted("built in"),
        };
        let mut figures = Line::new().plain(template.key_results.to_string());
        let titles = template.objectives.iter().map(String::as_str);
        // A template that cannot be read any more is still listed.
        for title in titles.chain(template.objectives.is_empty().then_some("(none)")) {
            table.row([
                std::mem::take(&mut name),
                std::mem::take(&mut reference),
                Line::new().said(Style::Plain, title),
                std::mem::take(&mut figures),
            ]);
        }
    }
    let mut document = Document::new();
    document.extend(table.lines(view.width));
    document.blank();
    document.hint("look into one", "okr template show NAME");
    document.hint("keep one of your own", "okr template save NAME --from REF");
    document
}

/// A template with all that is in it; or what applying it would draft.
#[must_use]
pub fn template(found: &TemplateShow, view: &View) -> Document {
    let mut document = Document::new();
    let key_results = found
        .objectives
        .iter()
        .map(|one| one.key_results.len())
        .sum::<usize>();
    let figures = format!(
        "{}, {}",
        count(found.objectives.len(), "objective"),
        count(key_results, "key result")
    );
    let head = Line::new().said(Style::Strong, &found.name).plain("  ");
    let head = match &found.reference {
        Some(reference) => head.reference(reference),
        None => head.muted("built in"),
    };
    document.push(head.muted(format!(", {figures}")).cut(view.width));
    if let Some(drafted) = &found.drafted {
        let mut told = "Would be drafted".to_owned();
        for (before, name) in [
            (" in ", &drafted.cycle),
            (", owned by ", &drafted.owner),
            (", of team ", &drafted.team),
        ] {
            if let Some(name) = name {
                told.push_str(before);
                told.push_str(name);
            }
        }
        told.push_str("; nothing was.");
        document.paragraph(Style::Warn, &told, 0, view.width);
    }
    for objective in &found.objectives {
        document.blank();
        document.append(drawn(objective, view));
    }
    document.blank();
    if found.drafted.is_none() {
        let apply = format!("okr template apply {}", typed(&found.name));
        document.hint("draft these objectives", &apply);
        let markdown = format!("okr template show {} --markdown", typed(&found.name));
        document.hint("its text, to change", &markdown);
    }
    document
}

/// A name as one types it.
fn typed(name: &str) -> String {
    if name.contains(char::is_whitespace) {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}

fn drawn(objective: &TemplateObjective, view: &View) -> Document {
    let mut document = Document::new();
    let mut title = Line::new().said(Style::Strong, &objective.title);
    if let Some(kind) = objective.kind {
        title = title.muted(format!("  {kind}"));
    }
    document.push(title.cut(view.width));
    if let Some(description) = &objective.description {
        document.paragraph(Style::Muted, description, 2, view.width);
    }
    let mut table = Table::new([
        Column::new("key result").cut(50),
        Column::new("aim"),
        Column::new("indicator").spare(1),
        Column::new("certainty").right().spare(2),
        Column::new("check-ins").spare(3),
    ])
    .indent(2);
    for key_result in &objective.key_results {
        let certainty = key_result.certainty.map_or_else(String::new, number);
        table.row([
            Line::new().said(Style::Plain, &key_result.title),
            Line::new().said(Style::Plain, &aim(key_result)),
            Line::new().muted(key_result.indicator.map_or("", Indicator::word)),
            Line::new().muted(certainty),
            Line::new().muted(key_result.cadence.map_or("", Cadence::word)),
        ]);
    }
    document.extend(table.lines(view.width));
    document
}

/// From where to where: `24 → 32 %`.
fn aim(found: &TemplateKeyResult) -> String {
    let unit = found.unit.as_deref();
    let told = |value: Option<_>| value.map_or_else(|| "?".to_owned(), number);
    let last =
        |value: Option<_>| value.map_or_else(|| "?".to_owned(), |value| with_unit(value, unit));
    match found.metric {
        None => "?".to_owned(),
        Some(MetricKind::Increase | MetricKind::Decrease) => {
            format!("{} → {}", told(found.baseline), last(found.target))
        }
        Some(MetricKind::Maintain) => format!("{} to {}", told(found.low), last(found.high)),
        Some(MetricKind::Milestones) => count(found.steps.len(), "step"),
        Some(MetricKind::Binary) => "done or not".to_owned(),
    }
}
