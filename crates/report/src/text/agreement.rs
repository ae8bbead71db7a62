//! Who agreed to an objective, and to which wording.

use super::document::{Line, Style};
use super::facts::Facts;
use super::{View, time};
use crate::json::{AmendmentLine, SignOff};

/// Lines on who agreed, who agreed to an earlier wording, and who has not answered.
pub(super) fn agreement(facts: &mut Facts, sign_offs: &[SignOff], view: &View) {
    let when = |at| time::moment(at, &view.zone, view.today);
    for (at, one) in sign_offs.iter().enumerate() {
        let label = if at == 0 { "agreement" } else { "" };
        let told = Line::new().said(Style::Plain, &one.member);
        let Some(signed) = one.signed else {
            facts.line(label, told.with(Style::Warn, " is asked"));
            continue;
        };
        if one.stands {
            let told = told
                .with(Style::Good, " agreed")
                .muted(format!(", {}", when(signed)));
            facts.line(label, told);
            continue;
        }
        let told = told
            .with(Style::Warn, " agreed to an earlier wording")
            .muted(format!(", {}", when(signed)));
        facts.line(label, told);
        for change in &one.since {
            facts.line(
                "",
                amendment(change).muted(format!(", {}", when(change.authored))),
            );
        }
    }
}

fn amendment(change: &AmendmentLine) -> Line {
    let line = Line::new().plain("  ");
    let line = match &change.reference {
        Some(reference) => line.reference(reference).plain(" "),
        None => line,
    };
    let line = match (&change.field, &change.to) {
        (None, _) => line.plain("was added"),
        (Some(field), Some(to)) => (line.plain(format!("{field} is now "))).said(Style::Strong, to),
        (Some(field), None) => line.plain(format!("{field} is not set any more")),
    };
    line.muted(" by ").said(Style::Plain, &change.member)
}

/// Whom an objective waits for, the reader first.
pub(super) fn awaits(awaits: &[String], view: &View) -> Option<Line> {
    if awaits.is_empty() {
        return None;
    }
    let asks_reader = (view.reader.as_ref()).is_some_and(|reader| awaits.contains(reader));
    Some(if asks_reader {
        Line::new().with(Style::Warn, "asks you to agree")
    } else {
        Line::new().said(
            Style::Muted,
            &format!("asks {} to agree", awaits.join(", ")),
        )
    })
}
