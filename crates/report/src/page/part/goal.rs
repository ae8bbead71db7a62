//! A key result on the page: its figures, its curve, and what is to be said of it at the end.

use quarterdeck_core::id::KeyResultId;

use super::super::charts::Charts;
use super::super::goals::{Field, Thing, two};
use super::super::html::{Html, flag};
use super::Sheet;
use crate::json::RetroKeyResult;
use crate::number::{count, percent};

/// The figures, with what each is called.
const FIGURES: [(&str, Field); 6] = [
    ("now / aim", Field::Standing),
    ("score", Field::Score),
    ("pace", Field::Pace),
    ("sure", Field::Confidence),
    ("checked in", Field::LastCheckIn),
    ("grade", Field::Grade),
];

/// A key result; one that is gone at the end has no more to say.
pub(super) fn key_result(
    sheet: &mut Sheet<'_>,
    html: &mut Html,
    id: KeyResultId,
    told: Option<&RetroKeyResult>,
) {
    let thing = Thing::KeyResult(id);
    let gone = format!("gone-{id}");
    let reference = told.map_or(gone.as_str(), |told| told.figures.reference.text.as_str());
    let (there, hidden) = sheet.there(thing);
    let full = id.to_string();
    let attributes = [
        ("class", "kr"),
        ("id", reference),
        ("data-row", ""),
        ("data-ref", reference),
        ("data-id", full.as_str()),
        ("data-s", there.as_str()),
        flag("hidden", hidden),
    ];
    html.line();
    html.put("article", &attributes, |html| {
        html.put("div", &[("class", "told")], |html| {
            html.put("div", &[("data-find", "")], |html| {
                html.put("h4", &[], |html| {
                    sheet.cell(html, "span", "said", thing, Field::Title);
                });
                html.put("p", &[("class", "who")], |html| {
                    html.leaf("span", &[("class", "ref")], reference);
                    sheet.cell(html, "span", "said", thing, Field::Owner);
                    sheet.cell(html, "span", "said", thing, Field::Team);
                    sheet.cell(html, "span", "aim", thing, Field::Aim);
                });
            });
            html.put("p", &[("class", "standing")], |html| {
                sheet.cell(html, "span", "status", thing, Field::Status);
                sheet.cell(html, "span", "state", thing, Field::State);
                sheet.cell(html, "span", "aside said", thing, Field::Aside);
                sheet.bar(html, thing);
                sheet.cell(html, "b", "", thing, Field::Progress);
                sheet.cell(html, "span", "amiss", thing, Field::Conflicts);
            });
            html.put("dl", &[("class", "figures")], |html| {
                for (name, field) in FIGURES {
                    if sheet.film().number(thing, field).is_none() {
                        continue;
                    }
                    html.put("div", &[], |html| {
                        html.leaf("dt", &[], name);
                        let class = if field == Field::Grade { "grade" } else { "" };
                        sheet.cell(html, "dd", class, thing, field);
                    });
                }
            });
            if let Some(told) = told {
                said(sheet, html, told);
            }
        });
        html.put("div", &[("class", "drawn")], |html| {
            let title = sheet.film().last(thing, Field::Title);
            let few = sheet.shot.few_rows;
            sheet.shot.charts.put(html, sheet.film(), id, (title, few));
            let unit = told.and_then(|told| told.figures.unit.as_deref());
            Charts::table(html, sheet.film(), id, (title, unit), few);
        });
    });
}

/// What is to be said of it, looked back on.
fn said(sheet: &mut Sheet<'_>, html: &mut Html, told: &RetroKeyResult) {
    let grade = told.figures.grade.as_ref();
    let overruled = grade.filter(|grade| grade.overruled);
    let much = told.mid.is_some()
        || overruled.is_some()
        || !told.stalls.is_empty()
        || told.surge.is_some()
        || !told.moved.is_empty();
    if !much {
        return;
    }
    html.put("ul", &[("class", "flags verdict")], |html| {
        if let Some(mid) = &told.mid {
            let doing = mid
                .status
                .map_or_else(String::new, |status| format!(", {status}"));
            let line = format!("Mid-quarter {}{doing}.", two(mid.score));
            html.leaf("li", &[], &line);
        }
        for stall in &told.stalls {
            html.put("li", &[("class", "warn")], |html| {
                let weeks = count(stall.weeks, "week");
                let (from, to) = (sheet.day(stall.from), sheet.day(stall.to));
                html.text(&format!("Did not move for {weeks}, {from} to {to}."));
                sheet.cite(html, &stall.entries);
            });
        }
        if let Some(surge) = &told.surge {
            html.put("li", &[("class", "warn")], |html| {
                let share = percent(surge.share);
                let days = surge.days;
                html.text(&format!(
                    "{share} of its score came in the last {days} days."
                ));
                sheet.cite(html, &surge.entries);
            });
        }
        if !told.moved.is_empty() {
            html.put("li", &[("class", "warn")], |html| {
                let times = match told.moved.len() {
                    1 => "once".to_owned(),
                    many => count(many, "time"),
                };
                let agreed = told.score_as_agreed.map_or_else(String::new, |score| {
                    format!("; {} as first agreed", two(Some(score)))
                });
                html.text(&format!("Its goal was moved {times}{agreed}."));
                sheet.cite(html, &told.moved);
            });
        }
        if let Some(grade) = overruled {
            html.put("li", &[], |html| {
                html.text("Graded by ");
                html.leaf("span", &[("class", "said")], &grade.by);
                if let Some(computed) = grade.computed {
                    html.text(&format!(", computed {computed:.2}"));
                }
                if let Some(reason) = &grade.reason {
                    html.text(": ");
                    html.leaf("q", &[("class", "said")], reason);
                }
                html.text(".");
                let at: Vec<u64> = told.graded_at.into_iter().collect();
                sheet.cite(html, &at);
            });
        }
    });
}
