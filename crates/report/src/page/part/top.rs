//! The head of a page: whose quarter it is, how it went.

use quarterdeck_core::token::CycleState;

use super::super::goals::{Field, Thing, graded, two};
use super::super::html::Html;
use super::super::shoot::STATUSES;
use super::Sheet;
use crate::json::RetroScore;

/// The head of a page.
pub(in crate::page) fn top(sheet: &Sheet<'_>, html: &mut Html) {
    html.put("header", &[("class", "top")], |html| {
        let cycle = &sheet.retro.cycle;
        html.put("p", &[("class", "brand")], |html| {
            html.leaf("span", &[("class", "said")], &sheet.retro.workspace);
        });
        html.put("h1", &[], |html| {
            html.leaf("span", &[("class", "said")], &cycle.name);
            html.leaf("small", &[], " Retrospective");
        });
        html.put("p", &[("class", "when")], |html| {
            let span = format!("{} to {}", sheet.day(cycle.starts), sheet.day(cycle.ends));
            html.text(&format!("{span} {}", cycle.ends.year()));
            html.text(" · ");
            sheet.cell(html, "span", "", Thing::Cycle, Field::Week);
            html.put("span", &[("class", "verdict")], |html| {
                match (&cycle.closing, cycle.state) {
                    (Some(closing), _) => {
                        html.text(" · closed by ");
                        html.leaf("span", &[("class", "said")], &closing.by);
                        html.text(&format!(" at #{}", closing.position));
                    }
                    (None, CycleState::Closed) => html.text(" · closed"),
                    (None, _) if sheet.retro.so_far => html.text(" · so far"),
                    (None, _) => html.text(" · not closed yet"),
                }
            });
        });
        let stated = format!(
            "As of {}, #{}.",
            sheet.day(sheet.retro.on),
            sheet.retro.head
        );
        html.leaf("p", &[("class", "stated"), ("id", "stated")], &stated);
        html.put(
            "div",
            &[
                ("class", "sum"),
                ("data-ref", cycle.reference.text.as_str()),
            ],
            |html| {
                scores(sheet, html);
                counts(sheet, html);
            },
        );
        parts(sheet, html);
    });
}

/// The way to the parts of a long page.
fn parts(sheet: &Sheet<'_>, html: &mut Html) {
    let retro = sheet.retro;
    // What is put away at earlier moments stands behind what is always there.
    let all = [
        ("#scores", "Scores", "", true),
        ("#goals", "Goals", "", true),
        ("#goalposts", "Goalposts", "", true),
        ("#late", "Late and corrected", "", true),
        ("#notes", "Notes", "", true),
        (
            "#story",
            "What happened",
            "verdict",
            !retro.story.is_empty(),
        ),
        ("#stalls", "Stalls", "verdict", true),
        ("#calibration", "Calibration", "verdict", true),
        ("#ambition", "Ambition", "verdict", true),
        ("#funnels", "Funnels", "verdict", !retro.funnels.is_empty()),
        (
            "#compared",
            "The cycle before",
            "verdict",
            retro.compared.is_some(),
        ),
        ("#onward", "Carried over", "verdict", true),
    ];
    html.put(
        "nav",
        &[("class", "parts"), ("aria-label", "Parts of this page")],
        |html| {
            for (link, name, class, _) in all.iter().filter(|(.., there)| *there) {
                html.leaf("a", &[("href", *link), ("class", *class)], name);
            }
        },
    );
}

fn scores(sheet: &Sheet<'_>, html: &mut Html) {
    let retro = sheet.retro;
    html.put("dl", &[("class", "scores")], |html| {
        html.put("div", &[("class", "great")], |html| {
            html.leaf("dt", &[], "Score");
            html.put("dd", &[], |html| {
                sheet.cell(html, "span", "", Thing::Cycle, Field::Score);
                sheet.bar(html, Thing::Cycle);
            });
        });
        for (name, field, score) in [
            ("Committed", Field::Committed, &retro.committed),
            ("Aspirational", Field::Aspirational, &retro.aspirational),
        ] {
            html.put("div", &[], |html| {
                html.leaf("dt", &[], name);
                html.put("dd", &[], |html| {
                    sheet.cell(html, "span", "", Thing::Cycle, field);
                    beside(html, score);
                });
            });
        }
        html.put("div", &[("class", "verdict")], |html| {
            html.leaf("dt", &[], "Grade");
            let grade = graded(retro.whole.grade.zip(retro.whole.band));
            let grade = if grade.is_empty() { "none yet" } else { &grade };
            html.leaf("dd", &[("class", "grade"), ("data-v", grade)], grade);
        });
        if let (Some(day), Some(mid)) = (retro.middle, retro.whole.mid) {
            html.put("div", &[("class", "verdict")], |html| {
                html.leaf("dt", &[], "Mid-quarter");
                html.put("dd", &[], |html| {
                    html.text(&two(Some(mid)));
                    html.leaf("small", &[], &format!(" {}", sheet.day(day)));
                });
            });
        }
    });
}

/// The grade of a part, where it has one of its own.
fn beside(html: &mut Html, score: &RetroScore) {
    if let Some(grade) = score.grade {
        let told = format!(" graded {:.2}", grade.round(2));
        html.leaf("small", &[("class", "verdict")], &told);
    }
}

/// How many key results are doing how.
fn counts(sheet: &Sheet<'_>, html: &mut Html) {
    html.put(
        "ul",
        &[("class", "counts"), ("aria-label", "Key results by status")],
        |html| {
            for (at, status) in (0u8..).zip(STATUSES) {
                html.put("li", &[], |html| {
                    sheet.cell(html, "b", "", Thing::Count(at), Field::Many);
                    html.text(" ");
                    html.leaf(
                        "span",
                        &[("class", "status"), ("data-v", status.word())],
                        status.word(),
                    );
                });
            }
        },
    );
}
