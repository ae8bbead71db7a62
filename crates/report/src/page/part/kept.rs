//! What is kept of it: what people wrote down, how it compares, and what goes on.

use super::super::goals::two;
use super::super::html::Html;
use super::amiss::share;
use super::{Sheet, head, nothing, part, row, table, verdict};
use crate::json::{RetroLineage, RetroPair};
use crate::number::{change, number, with_unit};

/// Problems, learnings, wins, decisions and thanks, in the order in which they were written.
pub(super) fn notes(sheet: &mut Sheet<'_>, html: &mut Html) {
    let retro = sheet.retro;
    part(html, "notes", "Notes", |html| {
        if retro.notes.is_empty() {
            nothing(html, "Nobody wrote anything down.");
            return;
        }
        html.put("ol", &[("class", "notes")], |html| {
            for note in &retro.notes {
                let since = sheet.since(note.seq);
                let since = ("data-from", since.as_str());
                let kind = ("data-kind", note.kind.word());
                let since = if since.1.is_empty() { ("", "") } else { since };
                html.put("li", &[kind, since], |html| {
                    html.put("p", &[("class", "who")], |html| {
                        html.leaf("b", &[("class", "kind")], note.kind.word());
                        html.text(" ");
                        html.leaf("span", &[("class", "said")], &note.member);
                        html.text(&format!(", {}", sheet.day(note.day)));
                        if let Some(about) = &note.about {
                            html.text(" on ");
                            sheet.goal(html, &about.reference, &about.title);
                        }
                        let seq: Vec<u64> = note.seq.into_iter().collect();
                        moments(html, &seq);
                    });
                    html.put("p", &[("class", "said")], |html| html.lines(&note.text));
                });
            }
        });
    });
}

/// Links to moments.
fn moments(html: &mut Html, seqs: &[u64]) {
    for seq in seqs {
        let (link, told) = (format!("#at={seq}"), format!("#{seq}"));
        html.text(" ");
        html.leaf(
            "a",
            &[("href", link.as_str()), ("class", "needs-script")],
            &told,
        );
    }
}

/// The cycle before it, side by side.
pub(super) fn compared(sheet: &mut Sheet<'_>, html: &mut Html) {
    let Some(found) = &sheet.retro.compared else {
        return;
    };
    verdict(html, "compared", "Beside the cycle before", |html| {
        if !found.ended {
            let day = sheet.day(found.on);
            html.put("p", &[("class", "muted")], |html| {
                html.leaf("span", &[("class", "said")], &found.cycle);
                html.text(&format!(" has not ended: its figures are of {day}."));
            });
        }
        let this = &sheet.retro.cycle.name;
        let (before, after) = (format!(">{}", found.cycle), format!(">{this}"));
        let columns = ["goals of", before.as_str(), after.as_str(), ">change"];
        table(html, "Grades, else scores, of both", &columns, |html| {
            for (name, pair) in [
                ("all", &found.whole),
                ("committed", &found.committed),
                ("aspirational", &found.aspirational),
            ] {
                beside(html, "", pair, |html| html.text(name));
            }
            for team in &found.teams {
                beside(html, "", &team.pair, |html| {
                    html.leaf("span", &[("class", "said")], &team.goal.title);
                });
            }
            for one in &found.objectives {
                lineage(sheet, html, "", one);
                for below in &one.key_results {
                    lineage(sheet, html, "below", below);
                }
            }
        });
        if found.kpis.is_empty() {
            return;
        }
        let columns = [
            "KPI",
            before.as_str(),
            after.as_str(),
            ">change",
            ">of its target",
            "for the",
        ];
        table(html, "KPIs at both ends", &columns, |html| {
            for kpi in &found.kpis {
                row(html, "", "", |html| {
                    head(html, |html| {
                        html.leaf("span", &[("class", "said")], &kpi.title)
                    });
                    let unit = kpi.unit.as_deref();
                    html.leaf("td", &[("class", "n")], &number(kpi.before.value));
                    html.leaf("td", &[("class", "n")], &with_unit(kpi.after.value, unit));
                    let by = kpi.change.map_or_else(|| "–".to_owned(), change);
                    html.leaf("td", &[("class", "n")], &by);
                    html.leaf("td", &[("class", "n")], &share(kpi.after.attainment));
                    html.leaf("td", &[], kpi.course.word());
                });
            }
        });
    });
}

fn lineage(sheet: &Sheet<'_>, html: &mut Html, class: &str, one: &RetroLineage) {
    beside(html, class, &one.pair, |html| {
        sheet.goal(html, &one.goal.reference, &one.goal.title);
    });
}

fn beside(html: &mut Html, class: &str, pair: &RetroPair, name: impl FnOnce(&mut Html)) {
    row(html, class, "", |html| {
        head(html, name);
        html.leaf("td", &[("class", "n")], &two(pair.before));
        html.leaf("td", &[("class", "n")], &two(pair.after));
        let by = (pair.change).map_or_else(|| "–".to_owned(), |by| change(by.round(2)));
        html.leaf("td", &[("class", "n")], &by);
    });
}

/// What goes on into another cycle.
pub(super) fn onward(sheet: &mut Sheet<'_>, html: &mut Html) {
    let found = &sheet.retro.onward;
    verdict(html, "onward", "Carried over", |html| {
        if found.objectives.is_empty() {
            nothing(html, "Nothing goes on into another cycle.");
        }
        for one in &found.objectives {
            html.put("div", &[("class", "short")], |html| {
                html.put("p", &[], |html| {
                    sheet.goal(html, &one.objective.reference, &one.objective.title);
                    match (&one.carried, &one.into) {
                        (Some(_), Some(into)) => {
                            html.text(" was carried into ");
                            html.leaf("span", &[("class", "said")], into);
                            html.text(".");
                        }
                        _ if one.standing => html.text(" stands from cycle to cycle."),
                        _ => html.text(" would go on."),
                    }
                });
                html.put("ul", &[], |html| {
                    for below in &one.key_results {
                        html.put("li", &[], |html| {
                            let goal = &below.key_result;
                            sheet.goal(html, &goal.reference, &goal.title);
                            html.text(": ");
                            html.leaf("span", &[("class", "said")], &below.aim);
                            if let Some(outcome) = below.outcome {
                                html.text(&format!(", at {:.2}", outcome.round(2)));
                            }
                        });
                    }
                });
            });
        }
    });
}
