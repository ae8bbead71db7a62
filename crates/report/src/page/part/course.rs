//! How it went along: stalls and late surges, and what went through funnels.

use super::super::html::Html;
use super::amiss::share;
use super::{Sheet, head, nothing, row, table, verdict};
use crate::json::{FunnelCompared, RetroFunnel, RetroKeyResult};
use crate::number::{change, number, percent};

/// What did not move for weeks, and what moved at the very end.
pub(super) fn stalls(sheet: &mut Sheet<'_>, html: &mut Html) {
    let retro = sheet.retro;
    let all = || retro.objectives.iter().flat_map(|one| &one.key_results);
    let stalled: Vec<&RetroKeyResult> = all().filter(|one| !one.stalls.is_empty()).collect();
    let surged: Vec<&RetroKeyResult> = all().filter(|one| one.surge.is_some()).collect();
    verdict(html, "stalls", "Stalls and late surges", |html| {
        if stalled.is_empty() && surged.is_empty() {
            nothing(
                html,
                "Nothing stood still for weeks, and nothing jumped at the end.",
            );
            return;
        }
        if !stalled.is_empty() {
            let columns = [
                "key result",
                "from",
                "to",
                ">weeks",
                ">at",
                "then",
                "events",
            ];
            table(html, "Stalls", &columns, |html| {
                for one in &stalled {
                    for stall in &one.stalls {
                        row(html, "", "", |html| {
                            head(html, |html| {
                                sheet.goal(html, &one.figures.reference, &one.figures.title);
                            });
                            html.leaf("td", &[], &sheet.day(stall.from));
                            html.leaf("td", &[], &sheet.day(stall.to));
                            html.leaf("td", &[("class", "n")], &stall.weeks.to_string());
                            html.leaf("td", &[("class", "n")], &share(stall.progress));
                            let then = if stall.moved_again {
                                "moved again"
                            } else {
                                "stood still"
                            };
                            html.leaf("td", &[], then);
                            html.put("td", &[], |html| sheet.cite(html, &stall.entries));
                        });
                    }
                }
            });
        }
        if !surged.is_empty() {
            let columns = [
                "key result",
                ">last days",
                ">before",
                ">gained",
                ">of its score",
                "events",
            ];
            table(html, "Late surges", &columns, |html| {
                for one in &surged {
                    let Some(surge) = &one.surge else {
                        continue;
                    };
                    row(html, "", "", |html| {
                        head(html, |html| {
                            sheet.goal(html, &one.figures.reference, &one.figures.title);
                        });
                        html.leaf("td", &[("class", "n")], &surge.days.to_string());
                        super::number(html, Some(surge.before));
                        html.leaf("td", &[("class", "n")], &change(surge.gained.round(2)));
                        html.leaf("td", &[("class", "n")], &percent(surge.share));
                        html.put("td", &[], |html| sheet.cite(html, &surge.entries));
                    });
                }
            });
        }
    });
}

/// What went through each funnel, and which stage moved its outcome.
pub(super) fn funnels(sheet: &mut Sheet<'_>, html: &mut Html) {
    if sheet.retro.funnels.is_empty() {
        return;
    }
    verdict(html, "funnels", "Funnels", |html| {
        for one in &sheet.retro.funnels {
            html.leaf("h3", &[("class", "said")], &one.funnel.funnel.name);
            stages(html, one);
            for compared in [&one.against_plan, &one.against_before]
                .into_iter()
                .flatten()
            {
                diagnosis(html, compared);
            }
        }
    });
}

fn stages(html: &mut Html, one: &RetroFunnel) {
    let name = &one.funnel.funnel.name;
    let columns = [
        "stage",
        ">volume",
        ">goes on, planned",
        ">goes on, measured",
    ];
    table(html, &format!("Stages of {name}"), &columns, |html| {
        for stage in &one.funnel.stages {
            row(html, "", "", |html| {
                head(html, |html| {
                    html.leaf("span", &[("class", "said")], &stage.name)
                });
                let volume = match (stage.volume, stage.missing) {
                    (Some(volume), _) => number(volume),
                    (None, Some(missing)) => format!("no {missing}"),
                    (None, None) => "–".to_owned(),
                };
                html.leaf("td", &[("class", "n")], &volume);
                html.leaf("td", &[("class", "n")], &share(stage.rate));
                let measured = stage.measured.as_ref().map(|rate| rate.rate);
                html.leaf("td", &[("class", "n")], &share(measured));
            });
        }
    });
}

fn diagnosis(html: &mut Html, found: &FunnelCompared) {
    html.put("p", &[], |html| {
        html.text("From ");
        html.leaf("span", &[("class", "said")], &found.before);
        html.text(" to ");
        html.leaf("span", &[("class", "said")], &found.after);
        html.text(&format!(
            " the outcome changed by {}.",
            change(found.change)
        ));
        if let Some(stage) = &found.look_at {
            html.text(" Look at ");
            html.leaf("b", &[("class", "said")], stage);
            html.text(" first.");
        }
    });
    let columns = [
        "stage",
        ">before",
        ">after",
        ">came through before",
        ">after",
        ">explains",
    ];
    table(
        html,
        &format!("{} against {}", found.after, found.before),
        &columns,
        |html| {
            for stage in &found.stages {
                row(html, "", "", |html| {
                    head(html, |html| {
                        html.leaf("span", &[("class", "said")], &stage.name)
                    });
                    html.leaf("td", &[("class", "n")], &number(stage.before));
                    html.leaf("td", &[("class", "n")], &number(stage.after));
                    html.leaf("td", &[("class", "n")], &share(stage.conversion_before));
                    html.leaf("td", &[("class", "n")], &share(stage.conversion_after));
                    html.leaf("td", &[("class", "n")], &change(stage.explains));
                });
            }
        },
    );
}
