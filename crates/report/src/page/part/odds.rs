//! Whether people knew, and whether they dared.

use super::super::html::Html;
use super::amiss::share;
use super::{Sheet, head, nothing, number, row, table, verdict};
use crate::json::{CalibrationFigures, CalibrationGroup, CalibrationOdds, CalibrationShare};
use crate::number::{count, percent};

/// What was stated against what came out.
pub(super) fn calibration(sheet: &mut Sheet<'_>, html: &mut Html) {
    verdict(html, "calibration", "Calibration", |html| {
        let Some(found) = &sheet.retro.calibration else {
            nothing(html, "Told once the cycle has ended.");
            return;
        };
        let all = &found.overall;
        if all.key_results == 0 {
            nothing(html, "No key result has an outcome.");
            return;
        }
        let reached = format!(
            "{} of {} reached the target.",
            all.reached,
            count(all.key_results, "key result")
        );
        html.leaf("p", &[], &reached);
        html.put("ul", &[], |html| {
            for (name, odds) in [
                ("Certainty", &all.certainty),
                ("Confidence", &all.confidence),
            ] {
                if odds.cases > 0 {
                    html.leaf("li", &[], &format!("{name}: {}", odds.told));
                }
            }
        });
        let columns = ["said", ">stated", ">reached", ">statements", ">key results"];
        if !found.tiers.is_empty() || !found.bands.is_empty() {
            table(
                html,
                "What was stated, and how often it came true",
                &columns,
                |html| {
                    for tier in &found.tiers {
                        stated(html, &format!("certainty: {}", tier.tier), &tier.share);
                    }
                    for band in &found.bands {
                        let (from, to) = (percent(band.from), percent(band.to));
                        stated(html, &format!("confidence {from} to {to}"), &band.share);
                    }
                },
            );
        }
        groups(html, ("By owner", "owner", "nobody"), &found.owners);
        groups(html, ("By team", "team", "no team"), &found.teams);
    });
}

/// One group says what all together do.
fn groups(
    html: &mut Html,
    (caption, first, none): (&str, &str, &str),
    groups: &[CalibrationGroup],
) {
    if groups.len() < 2 {
        return;
    }
    let columns = [
        first,
        ">key results",
        ">reached",
        ">certainty stated",
        ">Brier",
        ">confidence stated",
        ">Brier",
    ];
    table(html, caption, &columns, |html| {
        for group in groups {
            row(html, "", "", |html| {
                head(html, |html| {
                    let name = group.name.as_deref().unwrap_or(none);
                    html.leaf("span", &[("class", "said")], name);
                });
                figures(html, &group.figures);
            });
        }
    });
}

fn stated(html: &mut Html, name: &str, found: &CalibrationShare) {
    if found.statements == 0 {
        return;
    }
    row(html, "", "", |html| {
        head(html, |html| html.text(name));
        html.leaf("td", &[("class", "n")], &share(found.stated));
        html.leaf("td", &[("class", "n")], &share(found.reached));
        html.leaf("td", &[("class", "n")], &found.statements.to_string());
        html.leaf("td", &[("class", "n")], &found.cases.to_string());
    });
}

fn figures(html: &mut Html, found: &CalibrationFigures) {
    html.leaf("td", &[("class", "n")], &found.key_results.to_string());
    html.leaf("td", &[("class", "n")], &found.reached.to_string());
    let mut odds = |odds: &CalibrationOdds| {
        html.leaf("td", &[("class", "n")], &share(odds.stated));
        number(html, odds.brier);
    };
    odds(&found.certainty);
    odds(&found.confidence);
}

/// Whether the goals were ambitious enough.
pub(super) fn ambition(sheet: &mut Sheet<'_>, html: &mut Html) {
    let found = &sheet.retro.ambition;
    verdict(html, "ambition", "Ambitious enough?", |html| {
        html.leaf("p", &[], &found.told);
        if found.key_results > 0 {
            let parts = [
                ("near", "0.95 and above", found.near_one),
                ("green", "0.7 to 0.95", found.green),
                ("amber", "0.4 to 0.7", found.amber),
                ("red", "below 0.4", found.red),
            ];
            html.put(
                "ul",
                &[("class", "bands"), ("aria-label", "Key results by outcome")],
                |html| {
                    for (class, name, many) in parts {
                        html.put("li", &[("data-band", class)], |html| {
                            html.leaf("b", &[], &many.to_string());
                            html.text(&format!(" {name}"));
                        });
                    }
                },
            );
        }
        for short in &found.short {
            html.put("div", &[("class", "short")], |html| {
                html.put("p", &[], |html| {
                    html.leaf(
                        "b",
                        &[("class", "bad")],
                        &format!("{:.2}", short.outcome.round(2)),
                    );
                    html.text(" ");
                    sheet.goal(html, &short.reference, &short.title);
                });
                if short.why.is_empty() {
                    nothing(html, "The events do not say why.");
                    return;
                }
                html.put("ul", &[], |html| {
                    for why in &short.why {
                        html.put("li", &[], |html| {
                            sheet.sentence(html, &why.parts);
                            sheet.cite(html, &why.entries);
                        });
                    }
                });
            });
        }
    });
}
