//! What happened, in sentences with the entries behind them; and the scores side by side.

use quarterdeck_core::decimal::Decimal;

use super::super::goals::{Field, Thing, graded, two};
use super::super::html::Html;
use super::{Sheet, head, row, table, verdict};
use crate::json::RetroScore;

/// What happened.
pub(in crate::page) fn story(sheet: &mut Sheet<'_>, html: &mut Html) {
    let retro = sheet.retro;
    if !retro.story.is_empty() {
        verdict(html, "story", "What happened", |html| {
            html.put("ul", &[("class", "story")], |html| {
                for sentence in &retro.story {
                    html.put("li", &[("data-kind", sentence.kind)], |html| {
                        sheet.sentence(html, &sentence.parts);
                        sheet.cite(html, &sentence.entries);
                    });
                }
            });
        });
    }
}

/// The scores of all, side by side.
pub(in crate::page) fn middle(sheet: &mut Sheet<'_>, html: &mut Html) {
    scores(sheet, html);
}

fn scores(sheet: &Sheet<'_>, html: &mut Html) {
    let retro = sheet.retro;
    let middle = (retro.middle).map_or_else(
        || "mid-quarter".to_owned(),
        |day| format!("on {}", sheet.day(day)),
    );
    super::part(html, "scores", "Scores", |html| {
        let middle = format!(">{middle}");
        let columns = [
            "goals of",
            ">now",
            middle.as_str(),
            ">as agreed",
            "grade",
            "status",
        ];
        table(
            html,
            "Scores of the cycle, its teams and its objectives",
            &columns,
            |html| {
                line(sheet, html, "whole", Thing::Cycle, &retro.whole, |html| {
                    html.leaf("span", &[("class", "said")], &retro.cycle.name);
                });
                for team in &retro.teams {
                    let thing = Thing::Team(team.id);
                    line(sheet, html, "team", thing, &team.scores, |html| {
                        html.leaf("span", &[("class", "said")], &team.name);
                        html.leaf("small", &[], &format!(" {}", team.level.word()));
                    });
                }
                for one in &retro.objectives {
                    let thing = Thing::Objective(one.id);
                    let (there, hidden) = sheet.there(thing);
                    let attributes = [
                        ("data-ref", one.reference.text.as_str()),
                        ("data-s", there.as_str()),
                        super::super::html::flag("hidden", hidden),
                    ];
                    html.put("tr", &attributes, |html| {
                        head(html, |html| {
                            let link = format!("#{}", one.reference);
                            html.put("a", &[("href", link.as_str())], |html| {
                                sheet.cell(html, "span", "said", thing, Field::Title);
                            });
                        });
                        live(sheet, html, thing);
                        later(html, one.scores.mid);
                        later(html, one.score_as_agreed);
                        html.put("td", &[], |html| {
                            sheet.cell(html, "span", "grade", thing, Field::Grade);
                        });
                        html.put("td", &[], |html| {
                            sheet.cell(html, "span", "status", thing, Field::Status);
                            sheet.cell(html, "span", "state", thing, Field::State);
                        });
                    });
                }
            },
        );
    });
}

/// A figure of the end, or of the middle seen from there.
fn later(html: &mut Html, share: Option<Decimal>) {
    html.leaf("td", &[("class", "n later")], &two(share));
}

fn live(sheet: &Sheet<'_>, html: &mut Html, thing: Thing) {
    html.put("td", &[("class", "n")], |html| {
        sheet.bar(html, thing);
        sheet.cell(html, "span", "", thing, Field::Score);
    });
}

fn line(
    sheet: &Sheet<'_>,
    html: &mut Html,
    class: &str,
    thing: Thing,
    scores: &RetroScore,
    name: impl FnOnce(&mut Html),
) {
    row(html, class, "", |html| {
        head(html, name);
        live(sheet, html, thing);
        later(html, scores.mid);
        let agreed = match thing {
            Thing::Cycle => sheet.retro.goalposts.score_as_agreed,
            Thing::Team(id) => (sheet.retro.goalposts.teams.iter())
                .find(|team| team.id == id)
                .and_then(|team| team.scores.score_as_agreed),
            _ => None,
        };
        later(html, agreed);
        let grade = graded(scores.grade.zip(scores.band));
        html.put("td", &[("class", "later")], |html| {
            html.leaf(
                "span",
                &[("class", "grade"), ("data-v", grade.as_str())],
                &grade,
            );
        });
        html.leaf("td", &[], "");
    });
}
