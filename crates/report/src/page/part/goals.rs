//! The goals of a page: objectives with their key results, each with its chart.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_core::id::{KeyResultId, ObjectiveId};

use super::super::goals::{Field, Thing};
use super::super::html::{Html, flag};
use super::goal::key_result;
use super::{Sheet, part};
use crate::json::{RetroKeyResult, RetroObjective};

/// From so many key results on, there is something to search.
const MANY: usize = 8;

/// A goal on the page: one that is there at the end has its figures, one that is gone its name alone.
struct Shown<'a> {
    id: ObjectiveId,
    told: Option<&'a RetroObjective>,
    key_results: Vec<(KeyResultId, Option<&'a RetroKeyResult>)>,
}

/// The goals.
pub(in crate::page) fn goals(sheet: &mut Sheet<'_>, html: &mut Html) {
    let all = shown(sheet);
    part(html, "goals", "Goals", |html| {
        tools(sheet, html, &all);
        for one in &all {
            objective(sheet, html, one);
        }
    });
}

/// What is there at the end in that order, then what is gone by then.
fn shown<'a>(sheet: &Sheet<'a>) -> Vec<Shown<'a>> {
    let mut gone: BTreeMap<ObjectiveId, Vec<KeyResultId>> = BTreeMap::new();
    for (id, of) in &sheet.shot.key_results {
        gone.entry(*of).or_default().push(*id);
    }
    let mut all = Vec::new();
    for told in &sheet.retro.objectives {
        let mut key_results: Vec<_> = (told.key_results.iter())
            .map(|one| (one.figures.id, Some(one)))
            .collect();
        let there: BTreeSet<KeyResultId> = key_results.iter().map(|(id, _)| *id).collect();
        let others = gone.remove(&told.id).unwrap_or_default();
        key_results.extend(
            (others.into_iter())
                .filter(|id| !there.contains(id))
                .map(|id| (id, None)),
        );
        all.push(Shown {
            id: told.id,
            told: Some(told),
            key_results,
        });
    }
    for id in &sheet.shot.objectives {
        if all.iter().all(|one| one.id != *id) {
            let below = gone.remove(id).unwrap_or_default();
            all.push(Shown {
                id: *id,
                told: None,
                key_results: below.into_iter().map(|id| (id, None)).collect(),
            });
        }
    }
    all
}

/// Search, teams, and folding; only with a script there is use in them.
fn tools(sheet: &Sheet<'_>, html: &mut Html, all: &[Shown<'_>]) {
    let many: usize = all.iter().map(|one| one.key_results.len()).sum();
    if many < MANY {
        return;
    }
    html.put("div", &[("class", "tools needs-script")], |html| {
        html.put("label", &[], |html| {
            html.text("Find ");
            let search = [
                ("type", "search"),
                ("id", "search"),
                ("placeholder", "title, owner or reference"),
                ("autocomplete", "off"),
            ];
            html.open("input", &search);
        });
        let teams = teams(sheet);
        if teams.len() > 1 {
            html.put("label", &[], |html| {
                html.text("Team ");
                html.put("select", &[("id", "team")], |html| {
                    html.leaf("option", &[("value", "")], "all");
                    for (reference, name) in &teams {
                        html.leaf("option", &[("value", reference)], name);
                    }
                });
            });
        }
        let fold = [("type", "button"), ("id", "fold"), ("data-v", "close")];
        html.leaf("button", &fold, "Collapse all");
        html.put("output", &[("id", "found"), ("for", "search team")], |_| {});
    });
}

fn teams<'a>(sheet: &Sheet<'a>) -> Vec<(&'a str, &'a str)> {
    (sheet.retro.teams.iter())
        .map(|team| (team.reference.text.as_str(), team.name.as_str()))
        .collect()
}

fn objective(sheet: &mut Sheet<'_>, html: &mut Html, one: &Shown<'_>) {
    let thing = Thing::Objective(one.id);
    let gone = format!("gone-{}", one.id);
    let reference = one
        .told
        .map_or(gone.as_str(), |told| told.reference.text.as_str());
    let (there, hidden) = sheet.there(thing);
    let id = one.id.to_string();
    // A team's objectives are those of the teams above it, too.
    let theirs: Vec<&str> = (sheet.retro.teams.iter())
        .filter(|team| sheet.shot.is_of_team(one.id, team.id))
        .map(|team| team.reference.text.as_str())
        .collect();
    let theirs = theirs.join(" ");
    let attributes = [
        ("class", "objective"),
        ("id", reference),
        ("open", ""),
        ("data-print", ""),
        ("data-group", ""),
        ("data-teams", theirs.as_str()),
        ("data-ref", reference),
        ("data-id", id.as_str()),
        ("data-s", there.as_str()),
        flag("hidden", hidden),
    ];
    html.line();
    html.put("details", &attributes, |html| {
        html.put("summary", &[("data-find", "")], |html| {
            html.put("h3", &[], |html| {
                sheet.cell(html, "span", "said", thing, Field::Title);
            });
            html.put("p", &[("class", "who")], |html| {
                html.leaf("span", &[("class", "ref")], reference);
                for field in [Field::Owner, Field::Team, Field::Kind] {
                    sheet.cell(html, "span", "said", thing, field);
                }
                sheet.cell(html, "span", "state", thing, Field::State);
                sheet.cell(html, "span", "aside said", thing, Field::Aside);
                sheet.cell(html, "span", "amiss", thing, Field::Conflicts);
            });
            html.put("p", &[("class", "standing")], |html| {
                sheet.cell(html, "span", "status", thing, Field::Status);
                sheet.cell(html, "span", "grade", thing, Field::Grade);
                sheet.bar(html, thing);
                html.leaf("span", &[("class", "quiet")], "score ");
                sheet.cell(html, "b", "", thing, Field::Score);
            });
        });
        if let Some(supports) = one.told.and_then(|told| told.supports.as_ref()) {
            html.put("p", &[("class", "supports muted")], |html| {
                html.text("supports ");
                sheet.goal(html, supports, &supports.text);
            });
        }
        for (id, told) in &one.key_results {
            key_result(sheet, html, *id, *told);
        }
    });
}
