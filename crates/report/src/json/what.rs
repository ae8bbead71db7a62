//! What an event did, in a few words: the log's sentence for people.
//!
//! The words stand behind the name of whoever did it, and say no more than the event does:
//! "target 600 → 550 leads".

use quarterdeck_core::event::{Body, CheckedIn, Entry, Metric};
use quarterdeck_core::id::{EventId, KeyResultId};
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::{Change, Field, Measure, Subject, Value};

use crate::names::Names;
use crate::number::{number, percent, with_unit};

/// Nothing set, where a value is shown.
const NOTHING: &str = "none";

/// What the entry's event did. `names` are of a state that has the entry applied.
pub(crate) fn what(names: &Names<'_>, entry: &Entry) -> String {
    let state = names.state();
    let title = |subject| (names.title(subject)).unwrap_or_else(|| "(unknown)".to_owned());
    match &entry.event.body {
        Body::WorkspaceCreated(created) => format!("began the workspace {}", created.name),
        Body::ServerAdopted { name, .. } => format!("gave the workspace a server, {name}"),
        Body::MemberAdded { name, role, .. } => format!("added the member {name} as {role}"),
        Body::InvitationIssued { member, .. } => format!("invited {}", names.person(*member)),
        Body::DeviceJoined(joined) => {
            format!(
                "device {} joined for {}",
                joined.name,
                names.person(joined.member)
            )
        }
        Body::DeviceRevoked { device } => {
            let owner = (state.devices.get(device))
                .map(|found| format!(" of {}", names.person(found.member)));
            format!(
                "revoked the device {}{}",
                names.machine(*device),
                owner.unwrap_or_default()
            )
        }
        Body::DeviceKeyRotated { .. } => "renewed the device's key".to_owned(),
        Body::TeamCreated { name, level, .. } => format!("formed the {level} {name}"),
        Body::TeamMemberAdded { team, member } => {
            format!(
                "added {} to {}",
                names.person(*member),
                title(Subject::Team(*team))
            )
        }
        Body::TeamMemberRemoved { team, member } => {
            format!(
                "removed {} from {}",
                names.person(*member),
                title(Subject::Team(*team))
            )
        }
        Body::CycleCreated {
            name, starts, ends, ..
        } => {
            format!("planned {name}: {starts} to {ends}")
        }
        Body::ObjectiveDrafted(drafted) => format!("drafted as {}", drafted.kind),
        Body::KeyResultAdded(added) => format!("added: {}", aim(&added.metric)),
        Body::HelpLinked { to, .. } => format!("helps {}", names.key_result(*to)),
        Body::HelpUnlinked { to, .. } => format!("no longer helps {}", names.key_result(*to)),
        Body::CheckedIn(made) => checked_in(names, made),
        Body::CheckInRetracted {
            key_result,
            check_in,
        } => {
            format!(
                "took back the check-in {}",
                said(names, *key_result, *check_in)
            )
        }
        Body::CheckInReinstated {
            key_result,
            check_in,
        } => {
            format!(
                "let count again the check-in {}",
                said(names, *key_result, *check_in)
            )
        }
        Body::NoteAdded { kind, .. } => format!("noted ({kind})"),
        Body::SignOffAsked { members, .. } => {
            let people: Vec<_> = members.iter().map(|member| names.person(*member)).collect();
            format!("asked {} to agree", people.join(", "))
        }
        Body::ObjectiveSigned { .. } => "agreed to it".to_owned(),
        Body::Edited { subject, changes } => {
            let of = match subject {
                Subject::CheckIn(key_result, check_in) => {
                    format!(
                        "corrected the check-in {}: ",
                        said(names, *key_result, *check_in)
                    )
                }
                Subject::Reading(kpi, id) => {
                    let reading = super::what_practice::reading(names, *kpi, *id);
                    match changes.as_slice() {
                        [one] if one.field == Field::State => {
                            return super::what_practice::taken_back(&one.to, &reading);
                        }
                        _ => format!("corrected the reading {reading}: "),
                    }
                }
                _ => String::new(),
            };
            let told: Vec<_> = changes
                .iter()
                .map(|one| change(names, *subject, one))
                .collect();
            of + &told.join(", ")
        }
        Body::ConflictResolved {
            subject, field, to, ..
        } => {
            format!("settled the {field}: {}", value(names, *subject, field, to))
        }
        Body::Unknown { kind } => {
            format!("unknown kind {kind}, of a newer version")
        }
        body => super::what_practice::what(names, body).unwrap_or_default(),
    }
}

/// What a metric aims at: `500 → 550 leads`, `6 to 8 h`, `3 steps`, `to be done`.
pub(crate) fn aim(metric: &Metric) -> String {
    let told = |value| Option::map_or(value, "?".to_owned(), number);
    let unit = (metric.unit.as_ref()).map_or_else(String::new, |unit| format!(" {unit}"));
    match metric.kind {
        MetricKind::Increase | MetricKind::Decrease => {
            format!("{} → {}{unit}", told(metric.baseline), told(metric.target))
        }
        MetricKind::Maintain => format!("{} to {}{unit}", told(metric.low), told(metric.high)),
        MetricKind::Milestones => crate::number::count(metric.milestones.len(), "step"),
        MetricKind::Binary => "to be done".to_owned(),
    }
}

fn unit<'a>(names: &Names<'a>, key_result: KeyResultId) -> Option<&'a str> {
    names
        .state()
        .key_results
        .get(&key_result)?
        .metric
        .unit
        .as_deref()
}

fn measured(measure: &Measure, unit: Option<&str>) -> String {
    match measure {
        Measure::Absolute(value) => with_unit(*value, unit),
        Measure::Delta(delta) if delta.is_negative() => with_unit(*delta, unit),
        Measure::Delta(delta) => format!("+{}", with_unit(*delta, unit)),
        Measure::Step { .. } | Measure::Done(_) => measure.to_string(),
    }
}

fn checked_in(names: &Names<'_>, made: &CheckedIn) -> String {
    let unit = unit(names, made.key_result);
    let mut text = measured(&made.measure, unit);
    if let Some(confidence) = made.confidence {
        text.push_str(&format!(", {} sure", percent(confidence)));
    }
    if let Some(projection) = made.projection {
        text.push_str(&format!(", projection {}", with_unit(projection, unit)));
    }
    text
}

/// A check-in as it stands: `ci-7fk2 of 2026-08-21 (531 leads)`.
fn said(names: &Names<'_>, key_result: KeyResultId, id: EventId) -> String {
    let reference = names.check_in(key_result, id);
    (names.state().key_results.get(&key_result))
        .and_then(|found| found.check_ins.get(id))
        .map_or_else(
            || reference.to_string(),
            |found| {
                let measured = measured(&found.measure, unit(names, key_result));
                format!("{reference} of {} ({measured})", found.effective)
            },
        )
}

pub(crate) fn change(names: &Names<'_>, subject: Subject, change: &Change) -> String {
    change_told(names, subject, &change.field, (&change.from, &change.to))
}

/// A field that was changed: `target 600 → 550 leads`.
pub(crate) fn change_told(
    names: &Names<'_>,
    subject: Subject,
    field: &Field,
    (from, to): (&Value, &Value),
) -> String {
    let from = match from {
        // The unit once, behind the new value.
        Value::Number(from) if counts_units(field) && !to.is_none() => number(*from),
        from => value(names, subject, field, from),
    };
    let to = value(names, subject, field, to);
    format!("{field} {from} → {to}")
}

/// Whether a field's number has the unit of the key result or KPI.
const fn counts_units(field: &Field) -> bool {
    matches!(
        field,
        Field::Baseline
            | Field::Target
            | Field::Low
            | Field::High
            | Field::Projection
            | Field::Value
    )
}

/// A field's value for people: with its unit, free texts in quotation marks.
pub(crate) fn value(names: &Names<'_>, subject: Subject, field: &Field, value: &Value) -> String {
    let unit = match subject {
        Subject::KeyResult(id) | Subject::CheckIn(id, _) => unit(names, id),
        Subject::Kpi(id) | Subject::Reading(id, _) => super::what_practice::kpi_unit(names, id),
        _ => None,
    };
    match (field, value) {
        (_, Value::None) => NOTHING.to_owned(),
        (field, Value::Number(set)) if counts_units(field) => with_unit(*set, unit),
        (Field::Confidence | Field::Certainty, Value::Number(set)) => percent(*set),
        (_, Value::Number(set)) => number(*set),
        (_, Value::Measure(set)) => measured(set, unit),
        (
            Field::Title | Field::Description | Field::Mission | Field::Vision | Field::Text,
            Value::Text(set),
        ) => format!("“{set}”"),
        (_, other) => names.value(other).unwrap_or_else(|| NOTHING.to_owned()),
    }
}
