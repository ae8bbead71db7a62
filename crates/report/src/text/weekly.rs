//! Weekly updates.

use quarterdeck_core::decimal::Decimal;

use super::chart::sparkline;
use super::document::{Document, Line, Style};
use super::figures::{key_result_status, standing};
use super::status::as_of;
use super::{View, time};
use crate::json::{KeyResultShow, WeeklyList};
use crate::number::percent;

/// The updates of a week.
#[must_use]
pub fn weekly_list(found: &WeeklyList, view: &View) -> Document {
    let mut document = Document::new();
    document.push(
        Line::new()
            .strong("Week of ")
            .strong(found.week.to_string())
            .muted(format!(" to {}", found.week.plus_days(6))),
    );
    document.extend(as_of(found.as_of, view));
    for one in &found.updates {
        document.blank();
        let mut head = Line::new();
        if let Some(team) = &one.team {
            head = head.said(Style::Strong, team).muted(", by ");
        }
        head = head.said(Style::Strong, &one.member);
        let at = time::moment(one.authored, &view.zone, view.today);
        let edited = if one.edited { ", changed since" } else { "" };
        head = head.muted(format!(", {at}{edited}  "));
        if let Some(reference) = &one.reference {
            head = head.reference(reference);
        }
        document.push(head.cut(view.width));
        for (label, text) in [
            ("progress", &one.progress),
            ("plans", &one.plans),
            ("problems", &one.problems),
        ] {
            if let Some(text) = text {
                document.push(Line::new().plain("  ").muted(label));
                document.paragraph(Style::Plain, text, 4, view.width);
            }
        }
    }
    document.blank();
    if !found.silent.is_empty() {
        let names = found.silent.join(", ");
        let label = Line::new().muted("no update by");
        document.hanging(label, &names, 13, view.width);
    }
    if found.updates.is_empty() && found.as_of.is_none() {
        document.hint(
            "write one",
            "okr weekly --plans TEXT --progress TEXT --problems TEXT",
        );
    }
    document
}

/// What somebody needs to see of a key result to say how it stands now, on two lines.
#[must_use]
pub fn key_result_asked(found: &KeyResultShow, view: &View) -> Document {
    let mut document = Document::new();
    let one = &found.key_result;
    document.push(
        (Line::new().reference(&one.reference).plain("  "))
            .said(Style::Strong, &one.title)
            .muted("  of ")
            .said(Style::Muted, &found.objective.title)
            .cut(view.width),
    );
    let mut line = Line::new().plain("  ").strong(standing(one));
    let course: Vec<Decimal> = found.course.iter().map(|point| point.value).collect();
    if course.len() > 1 {
        line = line.plain("  ").plain(sparkline(&course, 16));
    }
    let last = one.last_check_in.map_or_else(
        || "never measured".to_owned(),
        |last| format!("last {}", time::relative(last, view.today)),
    );
    line = line.muted(format!("  {last}"));
    if let Some(confidence) = one.confidence {
        line = line.muted(format!(", {} sure", percent(confidence)));
    }
    document.push(
        line.plain("  ")
            .join(key_result_status(one))
            .cut(view.width),
    );
    document
}
