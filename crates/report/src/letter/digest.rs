//! The digest of a week as a letter.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::{CycleState, DueKind, MetricKind, NoteKind, Status};

use super::{Item, Letter, Said};
use crate::json::{Digest, DigestGoal, DigestKeyResult, DigestNote, DueLine, WeeklyLine};
use crate::number::{count, number, percent, with_unit};
use crate::text::one_line;

/// What happened, for somebody who was away.
#[must_use]
pub fn digest(found: &Digest) -> Letter {
    let whose = match &found.team {
        Some(team) => format!("{}, {team}", found.workspace),
        None => found.workspace.clone(),
    };
    let mut letter = Letter {
        title: format!("{whose}: {} to {}", found.from, found.on),
        lead: (found.cycles.iter())
            .map(|cycle| {
                let step = step(cycle.from_score, cycle.score, |score| format!("{score:.2}"));
                match (step, cycle.score, cycle.state) {
                    (_, Some(grade), CycleState::Closed) => {
                        format!("{}: closed, grade {grade:.2}.", cycle.name)
                    }
                    (Some(step), ..) => format!("{}: score {step}.", cycle.name),
                    (None, ..) => format!("{}: no score yet.", cycle.name),
                }
            })
            .collect(),
        sections: Vec::new(),
    };
    letter.section("Moved", found.moved.iter().map(moved).collect());
    letter.section("Stalled", found.stalled.iter().map(stalled).collect());
    letter.section(
        "Needs attention",
        found.attention.iter().map(attention).collect(),
    );
    let mut problems = of_kind(found, NoteKind::Problem);
    problems.extend(found.weeklies.iter().filter_map(problem));
    letter.section("Problems", problems);
    for (title, kind) in [
        ("Wins", NoteKind::Win),
        ("Learnings", NoteKind::Learning),
        ("Decisions", NoteKind::Decision),
        ("Thanks", NoteKind::Thanks),
        ("Comments", NoteKind::Comment),
    ] {
        letter.section(title, of_kind(found, kind));
    }
    letter.section("Goals changed", found.goals.iter().map(goal).collect());
    let finished = found.finished.iter().map(|one| Item {
        reference: Some(one.reference.to_string()),
        title: one.title.clone(),
        ..Item::default()
    });
    letter.section("Finished", finished.collect());
    letter.section(
        "Updates",
        found.weeklies.iter().filter_map(update).collect(),
    );
    let unsigned = found.unsigned.iter().map(|one| Item {
        reference: Some(one.objective.reference.to_string()),
        title: one.objective.title.clone(),
        told: format!("waits for {}", one.awaits.join(", ")),
        ..Item::default()
    });
    letter.section("To be agreed", unsigned.collect());
    letter.section("Due", found.due.iter().map(due).collect());
    if letter.sections.is_empty() {
        letter
            .lead
            .push("Nothing happened, and nothing is due.".to_owned());
    }
    letter
}

/// `503 → 506`; what it is alone where it was the same or nothing before.
fn step(
    from: Option<Decimal>,
    to: Option<Decimal>,
    told: impl Fn(Decimal) -> String,
) -> Option<String> {
    match (from, to) {
        (Some(from), Some(to)) if from != to => Some(format!("{} → {}", told(from), told(to))),
        (_, to) => to.map(told),
    }
}

/// Where a key result is, and where it was: `503 → 506 of 513 leads`.
fn values(one: &DigestKeyResult) -> Option<String> {
    match one.metric {
        MetricKind::Milestones => step(one.from_score, one.score, percent),
        // That it is done, its status says.
        MetricKind::Binary if one.value == Some(Decimal::ONE) => None,
        MetricKind::Binary => Some("not done".to_owned()),
        MetricKind::Increase | MetricKind::Decrease | MetricKind::Maintain => {
            let step = step(one.from_value, one.value, number)?;
            let unit = one.unit.as_deref();
            Some(match (one.target, unit) {
                (Some(target), unit) => format!("{step} of {}", with_unit(target, unit)),
                (None, Some(unit)) => format!("{step} {unit}"),
                (None, None) => step,
            })
        }
    }
}

fn told(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn item(one: &DigestKeyResult, told: String) -> Item {
    Item {
        status: Some(one.status),
        reference: Some(one.reference.to_string()),
        title: one.title.clone(),
        told,
        said: Vec::new(),
    }
}

fn status(one: &DigestKeyResult) -> Option<String> {
    Some(match one.from_status {
        Some(before) if before != one.status => format!("{}, was {before}", one.status),
        _ => one.status.to_string(),
    })
}

fn moved(one: &DigestKeyResult) -> Item {
    let score = step(one.from_score, one.score, |score| format!("{score:.2}"));
    let told = told([
        values(one),
        score.map(|step| format!("score {step}")),
        one.confidence.map(|sure| format!("{} sure", percent(sure))),
        status(one),
    ]);
    Item {
        said: (one.said.iter())
            .map(|said| Said {
                by: format!("{}, {}", said.member, said.on),
                text: said.text.clone(),
            })
            .collect(),
        ..item(one, told)
    }
}

fn stalled(one: &DigestKeyResult) -> Item {
    Item {
        said: moved(one).said,
        ..item(
            one,
            told([
                values(one).map(|value| format!("still {value}")),
                status(one),
            ]),
        )
    }
}

fn attention(one: &DigestKeyResult) -> Item {
    let why = one.because.join(" ");
    let owner = one
        .owner
        .as_ref()
        .map(|owner| format!("{owner} answers for it"));
    Item {
        said: vec![Said {
            by: String::new(),
            text: why,
        }],
        ..item(one, told([status(one), owner]))
    }
}

fn of_kind(found: &Digest, kind: NoteKind) -> Vec<Item> {
    let is = |one: &&DigestNote| one.kind == kind;
    (found.notes.iter().filter(is))
        .map(|one| Item {
            reference: one.about.as_ref().map(|about| about.reference.to_string()),
            title: (one.about.as_ref())
                .map_or_else(|| found.workspace.clone(), |about| about.title.clone()),
            said: vec![Said {
                by: one.member.clone(),
                text: one.text.clone(),
            }],
            ..Item::default()
        })
        .collect()
}

fn author(one: &WeeklyLine) -> String {
    match &one.team {
        Some(team) => format!("{team}, by {}", one.member),
        None => one.member.clone(),
    }
}

fn week(one: &WeeklyLine) -> String {
    format!("week of {}", one.week)
}

fn problem(one: &WeeklyLine) -> Option<Item> {
    Some(Item {
        title: author(one),
        told: week(one),
        said: vec![Said {
            by: String::new(),
            text: one.problems.clone()?,
        }],
        ..Item::default()
    })
}

/// What was done and is planned; the problems stand among the problems.
fn update(one: &WeeklyLine) -> Option<Item> {
    let said: Vec<Said> = [("Progress", &one.progress), ("Plans", &one.plans)]
        .into_iter()
        .filter_map(|(label, text)| {
            Some(Said {
                by: label.to_owned(),
                text: text.clone()?,
            })
        })
        .collect();
    (!said.is_empty()).then(|| Item {
        title: author(one),
        told: week(one),
        said,
        ..Item::default()
    })
}

fn goal(one: &DigestGoal) -> Item {
    let told = match &one.field {
        None => format!("new {}, by {}", one.noun, one.member),
        Some(field) => format!(
            "{field} from {} to {}, by {}",
            one.from.as_deref().unwrap_or("nothing"),
            one.to.as_deref().unwrap_or("nothing"),
            one.member
        ),
    };
    Item {
        reference: one.reference.as_ref().map(ToString::to_string),
        title: one.title.clone(),
        told,
        said: (one.reason.iter())
            .map(|why| Said {
                by: "Why".to_owned(),
                text: one_line(why),
            })
            .collect(),
        ..Item::default()
    }
}

fn due(one: &DueLine) -> Item {
    let when = match one.days_late {
        0 => "due today".to_owned(),
        late if late > 0 => {
            let days = count(late.unsigned_abs(), "day");
            if one.overdue {
                format!("overdue, {days} late")
            } else {
                format!("due since {}, {days} ago", one.due)
            }
        }
        ahead => format!(
            "due on {}, in {}",
            one.due,
            count(ahead.unsigned_abs(), "day")
        ),
    };
    let behind =
        (one.behind).map(|behind| format!("{} behind", with_unit(behind, one.unit.as_deref())));
    let when = match behind {
        Some(behind) if !one.overdue => behind,
        Some(behind) => format!("{when}, {behind}"),
        None => when,
    };
    let kind = match one.kind {
        DueKind::CheckIn => "check-in",
        DueKind::Initiative => "initiative",
        DueKind::Todo => "to-do",
    };
    Item {
        status: (one.overdue && one.kind == DueKind::CheckIn).then_some(Status::Stale),
        reference: one.reference.as_ref().map(ToString::to_string),
        title: one.title.clone(),
        told: told([Some(format!("{kind} {when}")), one.owner.clone()]),
        said: Vec::new(),
    }
}
