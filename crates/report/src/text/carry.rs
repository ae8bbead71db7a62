//! `okr carry`.

use quarterdeck_core::token::MetricKind;

use super::View;
use super::document::{Document, Line, Style};
use super::figures::PENDING;
use crate::json::{CarriedKeyResult, Carry};
use crate::number::{count, number, with_unit};

/// What was, or would be, carried over: a tree.
#[must_use]
pub fn carry(found: &Carry, view: &View) -> Document {
    let mut document = Document::new();
    let pending = found.written.as_ref().is_some_and(|one| one.pending);
    for one in &found.objectives {
        let mut line = Line::new();
        if let Some(reference) = &one.reference {
            line = line.reference(reference).plain("  ");
        }
        line = line.said(Style::Strong, &one.title);
        if let Some(from) = &one.from {
            line = line.muted("  from ").reference(&from.reference);
        }
        if let Some(above) = &one.supports {
            line = line.muted(", supports ").said(Style::Muted, above);
        }
        if one.standing {
            line = line.muted(", standing");
        }
        if pending {
            line = line.plain(" ").with(Style::Warn, PENDING);
        }
        document.push(line.cut(view.width));
        for new in &one.key_results {
            let mut line = Line::new().plain("  ");
            if let Some(reference) = &new.reference {
                line = line.reference(reference).plain("  ");
            }
            line = line.said(Style::Plain, &new.title);
            line = line.muted(format!("  {}", measured(new)));
            document.push(line.cut(view.width));
        }
        for left in &one.left {
            let line = Line::new()
                .muted("  stays behind: ")
                .reference(&left.key_result.reference)
                .plain(" ")
                .said(Style::Muted, &left.key_result.title)
                .muted(format!(", {}", left.why));
            document.push(line.cut(view.width));
        }
    }
    let what = count(found.objectives.len(), "objective");
    let told = if found.dry_run {
        format!("{what} would go into {}. Nothing was made.", found.to)
    } else {
        format!(
            "{what} carried into {}; targets are as they were.",
            found.to
        )
    };
    document.push(Line::new().plain(told));
    document
}

fn measured(new: &CarriedKeyResult) -> String {
    let told = |value: Option<_>| value.map_or_else(|| "?".to_owned(), number);
    let unit = new.unit.as_deref();
    let last =
        |value: Option<_>| value.map_or_else(|| "?".to_owned(), |value| with_unit(value, unit));
    match new.metric {
        MetricKind::Increase | MetricKind::Decrease => {
            format!("from {} to {}", told(new.baseline), last(new.target))
        }
        MetricKind::Maintain => format!("within {} to {}", told(new.low), last(new.high)),
        MetricKind::Milestones => format!("still to do: {}", new.milestones.join(", ")),
        MetricKind::Binary => "still to do".to_owned(),
    }
}
