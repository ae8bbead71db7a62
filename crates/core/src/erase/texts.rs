//! Which texts of an event are free: a person's own words, and what people are called.
//!
//! Words of the domain, units, keys, names of cycles, time zones, codes and origins are not: figures,
//! references and rules depend on them.
//!
//! Places are spelt by the names of the fields in `proto/`, list items by their index from 0. They are
//! signed and stored, so a place never changes its meaning; a field that becomes free later has a new one.

use crate::event::{Body, Event, Metric};
use crate::value::{Change, Field, Measure, Milestone, Subject, Value};

/// Whose words a text of an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// Its author's: newly written by this event.
    Written,
    /// What its author saw and replaced.
    Seen,
    /// What a person or a machine is called, or an address: about somebody, whoever wrote it.
    Name,
}

type Visit<'a> = &'a mut dyn FnMut(&str, &mut String, Text);

/// Visits every free text of an event, always in the same order: its place, itself, and whose it is.
pub fn each_text(event: &mut Event, visit: Visit<'_>) {
    optional("reason", event.reason.as_mut(), visit);
    if let Some(source) = &mut event.source {
        visit("source.author", &mut source.author, Text::Name);
    }
    match &mut event.body {
        Body::WorkspaceCreated(created) => {
            written("name", &mut created.name, visit);
            visit("device_name", &mut created.device_name, Text::Name);
        }
        Body::ServerAdopted { name, .. } => visit("name", name, Text::Name),
        Body::MemberAdded { name, email, .. } => {
            visit("name", name, Text::Name);
            if let Some(email) = email {
                visit("email", email, Text::Name);
            }
        }
        Body::DeviceJoined(joined) => visit("name", &mut joined.name, Text::Name),
        Body::TeamCreated { name, .. } => written("name", name, visit),
        Body::ObjectiveDrafted(drafted) => {
            written("title", &mut drafted.title, visit);
            optional("description", drafted.description.as_mut(), visit);
        }
        Body::KeyResultAdded(added) => {
            written("title", &mut added.title, visit);
            metric(&mut added.metric, visit);
        }
        Body::CheckedIn(made) => {
            measure("measure", &mut made.measure, Text::Written, visit);
            optional("note", made.note.as_mut(), visit);
        }
        Body::NoteAdded { text, .. } => written("text", text, visit),
        Body::KpiDefined(defined) => {
            written("title", &mut defined.title, visit);
            optional("description", defined.description.as_mut(), visit);
        }
        Body::KpiRecorded(recorded) => optional("note", recorded.note.as_mut(), visit),
        Body::InitiativeAdded(added) => {
            written("title", &mut added.title, visit);
            optional("description", added.description.as_mut(), visit);
        }
        Body::TodoAdded(added) => written("title", &mut added.title, visit),
        Body::WeeklyWritten(week) => {
            optional("plans", week.plans.as_mut(), visit);
            optional("progress", week.progress.as_mut(), visit);
            optional("problems", week.problems.as_mut(), visit);
        }
        Body::TemplateSaved(saved) => {
            written("name", &mut saved.name, visit);
            written("document", &mut saved.document, visit);
        }
        Body::FunnelDefined(defined) => {
            written("name", &mut defined.name, visit);
            for (at, stage) in defined.stages.iter_mut().enumerate() {
                written(&format!("stages.{at}.name"), &mut stage.name, visit);
            }
        }
        Body::IncentiveAdded(added) => written("title", &mut added.title, visit),
        Body::Edited { subject, changes } => {
            for (at, Change { field, from, to }) in changes.iter_mut().enumerate() {
                let place = format!("changes.{at}");
                before_and_after(*subject, field, from, to, &place, visit);
            }
        }
        Body::ConflictResolved {
            subject,
            field,
            from,
            to,
            ..
        } => before_and_after(*subject, field, from, to, "", visit),
        // Every kind is named, so that the texts of a new one are thought of here.
        Body::InvitationIssued { .. }
        | Body::DeviceRevoked { .. }
        | Body::DeviceKeyRotated { .. }
        | Body::TeamMemberAdded { .. }
        | Body::TeamMemberRemoved { .. }
        | Body::CycleCreated { .. }
        | Body::HelpLinked { .. }
        | Body::HelpUnlinked { .. }
        | Body::CheckInRetracted { .. }
        | Body::CheckInReinstated { .. }
        | Body::SignOffAsked { .. }
        | Body::ObjectiveSigned { .. }
        | Body::ObjectiveUnsigned { .. }
        | Body::LintSilenced { .. }
        | Body::LintHeeded { .. }
        | Body::KpiLinked { .. }
        | Body::KpiUnlinked { .. }
        | Body::TodoCounted { .. }
        | Body::KeyResultGraded(_)
        | Body::CycleClosed { .. }
        | Body::CycleReopened { .. }
        | Body::TextErased(_)
        | Body::Unknown { .. } => {}
    }
}

fn written(place: &str, text: &mut String, visit: Visit<'_>) {
    visit(place, text, Text::Written);
}

fn optional(place: &str, text: Option<&mut String>, visit: Visit<'_>) {
    if let Some(text) = text {
        visit(place, text, Text::Written);
    }
}

fn metric(metric: &mut Metric, visit: Visit<'_>) {
    milestones("metric", &mut metric.milestones, Text::Written, visit);
}

fn milestones(place: &str, steps: &mut [Milestone], whose: Text, visit: Visit<'_>) {
    for (at, step) in steps.iter_mut().enumerate() {
        visit(
            &format!("{place}.milestones.{at}.name"),
            &mut step.name,
            whose,
        );
    }
}

fn measure(place: &str, measure: &mut Measure, whose: Text, visit: Visit<'_>) {
    if let Measure::Step { name, .. } = measure {
        visit(&format!("{place}.step.name"), name, whose);
    }
}

fn before_and_after(
    subject: Subject,
    field: &Field,
    from: &mut Value,
    to: &mut Value,
    place: &str,
    visit: Visit<'_>,
) {
    let dot = if place.is_empty() { "" } else { "." };
    let name = matches!(subject, Subject::Member(_)).then_some(Text::Name);
    for (which, value, whose) in [
        ("before", from, name.unwrap_or(Text::Seen)),
        ("after", to, name.unwrap_or(Text::Written)),
    ] {
        let place = format!("{place}{dot}{which}");
        match value {
            Value::Text(text) if is_free(subject, field) => visit(&place, text, whose),
            Value::Milestones(steps) => milestones(&place, steps, whose, visit),
            Value::Measure(measured) => {
                measure(&format!("{place}.measure"), measured, whose, visit);
            }
            _ => {}
        }
    }
}

/// Whether a field of something holds a person's own words.
fn is_free(subject: Subject, field: &Field) -> bool {
    match field {
        // Quarters are found by their names.
        Field::Name => !matches!(subject, Subject::Cycle(_)),
        Field::Email
        | Field::Mission
        | Field::Vision
        | Field::Title
        | Field::Description
        | Field::Text
        | Field::Plans
        | Field::Progress
        | Field::Problems
        | Field::Document => true,
        _ => false,
    }
}
