//! The events that a page cites, so that whoever reads a sentence can go and see.

use quarterdeck_core::calendar::TimeZone;

use super::super::html::Html;
use super::{Sheet, part};
use crate::json::LogLine;
use crate::text;

/// A cited event.
pub(in crate::page) struct Cited {
    pub(in crate::page) seq: u64,
    pub(in crate::page) line: LogLine,
}

/// The cited events, in the order of the log.
pub(in crate::page) fn entries(
    sheet: &Sheet<'_>,
    html: &mut Html,
    cited: &[Cited],
    zone: &TimeZone,
) {
    if cited.is_empty() {
        return;
    }
    part(html, "events", "Events behind it", |html| {
        html.put("ol", &[("class", "events")], |html| {
            for one in cited {
                entry(sheet, html, one, zone);
            }
        });
    });
}

fn entry(sheet: &Sheet<'_>, html: &mut Html, one: &Cited, zone: &TimeZone) {
    let line = &one.line;
    let id = format!("entry-{}", one.seq);
    let since = sheet.since(Some(one.seq));
    let since = if since.is_empty() {
        ("", "")
    } else {
        ("data-from", since.as_str())
    };
    html.put("li", &[("id", id.as_str()), since], |html| {
        let (link, told) = (format!("#at={}", one.seq), format!("#{}", one.seq));
        html.leaf("a", &[("href", link.as_str())], &told);
        let (who, at) = match &line.imported {
            Some(from) => (&from.author, from.at),
            None => (&line.member, line.authored),
        };
        let at = text::moment(at, zone, sheet.retro.cycle.ends);
        html.leaf("span", &[("class", "muted")], &format!(" {at} "));
        html.leaf("span", &[("class", "said")], who);
        html.text(": ");
        html.leaf("span", &[("class", "said")], &line.what);
        if let (Some(reference), Some(title)) = (&line.reference, &line.title) {
            html.text(" on ");
            sheet.goal(html, reference, title);
        }
        for said in [&line.text, &line.reason].into_iter().flatten() {
            html.text(" ");
            html.leaf("q", &[("class", "said")], said);
        }
    });
}
