//! What was moved, what came late, what was corrected.

use super::super::html::Html;
use super::{ROWS, Sheet, head, more, nothing, number, part, row, table};
use crate::json::{LateLine, OfKeyResult};
use crate::number::{change, count, percent};

/// Goals that were moved after the cycle began; in red what was moved after its end.
pub(super) fn goalposts(sheet: &mut Sheet<'_>, html: &mut Html) {
    let found = &sheet.retro.goalposts;
    part(html, "goalposts", "Goalposts", |html| {
        if let Some((agreed, amended)) = found.score_as_agreed.zip(found.score_as_amended) {
            html.put("p", &[("class", "verdict")], |html| {
                html.text("Under the goals as first agreed the score is ");
                html.leaf("b", &[], &format!("{agreed:.2}"));
                html.text(", as they stand ");
                html.leaf("b", &[], &format!("{amended:.2}"));
                let by = amended.checked_sub(agreed).map_or_else(String::new, change);
                html.text(&format!(" ({by})."));
            });
        }
        if found.changes.is_empty() {
            nothing(html, "Nothing was moved after the cycle began.");
            return;
        }
        let columns = [
            "what",
            "change",
            "who",
            ">days before the end",
            "why",
            "event",
        ];
        table(
            html,
            "Goals moved after the cycle began",
            &columns,
            |html| {
                for one in found.changes.iter().take(ROWS) {
                    let class = if one.after_end { "after" } else { "" };
                    let since = sheet.since(one.act.seq);
                    row(html, class, &since, |html| {
                        head(html, |html| match (&one.reference, &one.title) {
                            (Some(reference), Some(title)) => sheet.goal(html, reference, title),
                            (_, title) => html.text(title.as_deref().unwrap_or("the cycle")),
                        });
                        html.put("td", &[], |html| {
                            html.leaf("span", &[("class", "said")], &one.what);
                            if one.conflict {
                                html.text(" ");
                                html.leaf("em", &[("class", "amiss")], "in conflict");
                            }
                            if one.act.undone {
                                html.leaf("em", &[("class", "quiet")], " undone later");
                            }
                        });
                        html.put("td", &[], |html| sheet.act(html, &one.act));
                        let days = match one.days_before_end {
                            days if days < 0 => {
                                format!("{} after the end", count(-i64::from(days), "day"))
                            }
                            days => days.to_string(),
                        };
                        html.leaf("td", &[("class", "n")], &days);
                        let reason = one.act.reason.as_deref().unwrap_or_default();
                        html.leaf("td", &[("class", "said")], reason);
                        html.put("td", &[], |html| cite(sheet, html, one.act.seq));
                    });
                }
            },
        );
        more(html, found.changes.len(), "okr goalposts");
    });
}

fn cite(sheet: &mut Sheet<'_>, html: &mut Html, seq: Option<u64>) {
    let seq: Vec<u64> = seq.into_iter().collect();
    sheet.cite(html, &seq);
}

fn of(sheet: &Sheet<'_>, html: &mut Html, of: &OfKeyResult) {
    head(html, |html| sheet.goal(html, &of.reference, &of.title));
}

/// What came late, was corrected, taken back, or changed after its grade.
pub(super) fn late(sheet: &mut Sheet<'_>, html: &mut Html) {
    let found = &sheet.retro.late;
    let surges = || found.surges.iter().filter(|one| one.end_surge);
    let quiet = found.check_ins.is_empty()
        && found.corrections.is_empty()
        && found.retractions.is_empty()
        && found.bunches.is_empty()
        && found.after_grades.is_empty()
        && surges().next().is_none();
    part(html, "late", "Late and corrected", |html| {
        if quiet {
            nothing(html, "Everything came in time, and nothing was corrected.");
            return;
        }
        html.put("ul", &[("class", "verdict")], |html| {
            for one in &found.bunches {
                html.put("li", &[], |html| {
                    let who = one.author.as_ref().unwrap_or(&one.member);
                    html.leaf("span", &[("class", "said")], who);
                    let check_ins = count(one.check_ins, "check-in");
                    let dates = count(one.dates, "date");
                    let day = sheet.day(one.day);
                    html.text(&format!(" entered {check_ins} about {dates} on {day}."));
                });
            }
            for one in surges() {
                html.put("li", &[], |html| {
                    sheet.goal(html, &one.of.reference, &one.of.title);
                    let last = one.last_days + one.after_end;
                    let all = count(one.check_ins, "check-in");
                    html.text(&format!(
                        ": {last} of {all} came in its last days or after."
                    ));
                });
            }
        });
        late_table(sheet, html, &found.check_ins);
        corrections(sheet, html);
    });
}

fn late_table(sheet: &mut Sheet<'_>, html: &mut Html, all: &[LateLine]) {
    if all.is_empty() {
        return;
    }
    let columns = ["key result", "for", "value", ">days late", "who", "event"];
    table(html, "Check-ins that came late", &columns, |html| {
        for one in all.iter().take(ROWS) {
            let since = sheet.since(one.act.seq);
            let class = if one.after_closing { "after" } else { "" };
            row(html, class, &since, |html| {
                of(sheet, html, &one.of);
                html.leaf("td", &[], &sheet.day(one.effective));
                html.put("td", &[], |html| {
                    html.leaf("span", &[("class", "said")], &one.value);
                    if one.retracted {
                        html.leaf("em", &[("class", "quiet")], " taken back");
                    }
                });
                html.leaf("td", &[("class", "n")], &one.days.to_string());
                html.put("td", &[], |html| sheet.act(html, &one.act));
                html.put("td", &[], |html| cite(sheet, html, one.act.seq));
            });
        }
    });
    more(html, all.len(), "okr late");
}

fn corrections(sheet: &mut Sheet<'_>, html: &mut Html) {
    let found = &sheet.retro.late;
    if !found.corrections.is_empty() || !found.retractions.is_empty() {
        let columns = [
            "key result",
            "for",
            "what",
            ">days after",
            "who",
            "why",
            "event",
        ];
        table(
            html,
            "Check-ins that were corrected or taken back",
            &columns,
            |html| {
                for one in found.corrections.iter().take(ROWS) {
                    let since = sheet.since(one.act.seq);
                    row(html, "", &since, |html| {
                        of(sheet, html, &one.of);
                        let effective = one.effective.map(|day| sheet.day(day));
                        html.leaf("td", &[], effective.as_deref().unwrap_or_default());
                        html.leaf("td", &[("class", "said")], &one.what);
                        html.leaf("td", &[("class", "n")], &one.days.to_string());
                        html.put("td", &[], |html| sheet.act(html, &one.act));
                        let reason = one.act.reason.as_deref().unwrap_or_default();
                        html.leaf("td", &[("class", "said")], reason);
                        html.put("td", &[], |html| cite(sheet, html, one.act.seq));
                    });
                }
                for one in found.retractions.iter().take(ROWS) {
                    let since = sheet.since(one.act.seq);
                    row(html, "", &since, |html| {
                        of(sheet, html, &one.of);
                        let effective = one.effective.map(|day| sheet.day(day));
                        html.leaf("td", &[], effective.as_deref().unwrap_or_default());
                        let value = one.value.as_deref().unwrap_or_default();
                        let what = if one.reinstated {
                            "counts again"
                        } else {
                            "taken back"
                        };
                        html.leaf("td", &[("class", "said")], &format!("{what}: {value}"));
                        html.leaf("td", &[("class", "n")], &one.days.to_string());
                        html.put("td", &[], |html| sheet.act(html, &one.act));
                        let reason = one.act.reason.as_deref().unwrap_or_default();
                        html.leaf("td", &[("class", "said")], reason);
                        html.put("td", &[], |html| cite(sheet, html, one.act.seq));
                    });
                }
            },
        );
        more(
            html,
            found.corrections.len().max(found.retractions.len()),
            "okr late",
        );
    }
    if !found.after_grades.is_empty() {
        let columns = ["key result", ">grade", ">computed then", ">computed now"];
        table(
            html,
            "Figures that changed after their grades",
            &columns,
            |html| {
                for one in &found.after_grades {
                    row(html, "after", "", |html| {
                        of(sheet, html, &one.of);
                        number(html, Some(one.grade));
                        number(html, one.computed);
                        number(html, one.computed_now);
                    });
                }
            },
        );
    }
}

/// Of how many something is a share.
pub(super) fn share(share: Option<quarterdeck_core::decimal::Decimal>) -> String {
    share.map_or_else(|| "–".to_owned(), percent)
}
