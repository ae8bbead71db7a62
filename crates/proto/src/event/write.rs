//! Encodes events: done once, by their authors.

use prost::Message as _;
use quarterdeck_core::event::{
    Body, Certifier, DeviceJoined, Event, KeyResultAdded, ObjectiveDrafted, WorkspaceCreated,
};
use quarterdeck_core::value::{Change, Subject};

use super::practice;
use super::workspace::write_text_erased;
use crate::v1::{self, device_joined, event::Payload};
use crate::value::{
    write_changes, write_check_in, write_measure, write_metric, write_reading, write_subject,
    write_value,
};

/// Encodes an event, for its author to seal.
///
/// Of an event of unknown kind only the header and the kind's number are written. Whoever holds
/// such an event holds its bytes, and passes those on.
#[must_use]
pub fn encode_event(event: &Event) -> Vec<u8> {
    let wire = v1::Event {
        id: event.id.as_bytes().to_vec(),
        workspace: event.workspace.as_bytes().to_vec(),
        member: if event.member.is_nil() {
            Vec::new()
        } else {
            event.member.as_bytes().to_vec()
        },
        device: event.device.as_bytes().to_vec(),
        number: event.number,
        previous: event.previous.map_or_else(Vec::new, Vec::from),
        authored_ms: event.authored.wall,
        authored_counter: event.authored.counter,
        seen: event.seen,
        remaining: event.remaining,
        reason: event.reason.clone(),
        undoes: event
            .undoes
            .map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        source: event.source.as_ref().map(|source| v1::Source {
            author: source.author.clone(),
            at_ms: source.at.ms(),
            origin: source.origin.clone(),
        }),
        payload: payload(&event.body),
    };
    let mut bytes = wire.encode_to_vec();
    if let Body::Unknown { kind } = event.body {
        empty_payload(kind, &mut bytes);
    }
    bytes
}

/// Appends an empty message under a field number that the generated type does not have.
fn empty_payload(kind: u32, bytes: &mut Vec<u8>) {
    // Tag, wire type 2, and a length of 0.
    let mut tag = kind << 3 | 2;
    while tag >= 0x80 {
        bytes.push((tag & 0x7f) as u8 | 0x80);
        tag >>= 7;
    }
    bytes.extend([tag as u8, 0]);
}

fn payload(body: &Body) -> Option<Payload> {
    Some(match body {
        Body::WorkspaceCreated(created) => Payload::WorkspaceCreated(workspace_created(created)),
        Body::ServerAdopted { device, key, name } => Payload::ServerAdopted(v1::ServerAdopted {
            device: device.as_bytes().to_vec(),
            key: key.to_vec(),
            name: name.clone(),
        }),
        Body::MemberAdded {
            member,
            name,
            email,
            role,
        } => Payload::MemberAdded(v1::MemberAdded {
            member: member.as_bytes().to_vec(),
            name: name.clone(),
            email: email.clone(),
            role: role.word().to_owned(),
        }),
        Body::InvitationIssued {
            invitation,
            member,
            key,
            expires,
        } => Payload::InvitationIssued(v1::InvitationIssued {
            invitation: invitation.as_bytes().to_vec(),
            member: member.as_bytes().to_vec(),
            key: key.to_vec(),
            expires_ms: expires.ms(),
        }),
        Body::DeviceJoined(joined) => Payload::DeviceJoined(device_joined(joined)),
        Body::DeviceRevoked { device } => Payload::DeviceRevoked(v1::DeviceRevoked {
            device: device.as_bytes().to_vec(),
        }),
        Body::DeviceKeyRotated { key, proof } => Payload::DeviceKeyRotated(v1::DeviceKeyRotated {
            key: key.to_vec(),
            proof: proof.to_vec(),
        }),
        Body::TeamCreated {
            team,
            name,
            level,
            parent,
        } => Payload::TeamCreated(v1::TeamCreated {
            team: team.as_bytes().to_vec(),
            name: name.clone(),
            level: level.word().to_owned(),
            parent: parent.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        }),
        Body::TeamMemberAdded { team, member } => Payload::TeamMemberAdded(v1::TeamMemberAdded {
            team: team.as_bytes().to_vec(),
            member: member.as_bytes().to_vec(),
        }),
        Body::TeamMemberRemoved { team, member } => {
            Payload::TeamMemberRemoved(v1::TeamMemberRemoved {
                team: team.as_bytes().to_vec(),
                member: member.as_bytes().to_vec(),
            })
        }
        Body::CycleCreated {
            cycle,
            name,
            kind,
            starts,
            ends,
            parent,
        } => Payload::CycleCreated(v1::CycleCreated {
            cycle: cycle.as_bytes().to_vec(),
            name: name.clone(),
            kind: kind.word().to_owned(),
            starts: starts.days_since_epoch(),
            ends: ends.days_since_epoch(),
            parent: parent.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        }),
        Body::ObjectiveDrafted(drafted) => Payload::ObjectiveDrafted(objective_drafted(drafted)),
        Body::SignOffAsked { objective, members } => Payload::SignOffAsked(v1::SignOffAsked {
            objective: objective.as_bytes().to_vec(),
            members: members.iter().map(|id| id.as_bytes().to_vec()).collect(),
        }),
        Body::ObjectiveUnsigned { objective } => {
            Payload::ObjectiveUnsigned(v1::ObjectiveUnsigned {
                objective: objective.as_bytes().to_vec(),
            })
        }
        Body::LintSilenced { objective, code } => Payload::LintSilenced(v1::LintSilenced {
            objective: objective.as_bytes().to_vec(),
            code: code.clone(),
        }),
        Body::LintHeeded { objective, code } => Payload::LintHeeded(v1::LintHeeded {
            objective: objective.as_bytes().to_vec(),
            code: code.clone(),
        }),
        Body::ObjectiveSigned { objective } => Payload::ObjectiveSigned(v1::ObjectiveSigned {
            objective: objective.as_bytes().to_vec(),
        }),
        Body::KeyResultAdded(added) => Payload::KeyResultAdded(key_result_added(added)),
        Body::HelpLinked { from, to } => Payload::HelpLinked(v1::HelpLinked {
            helping: from.as_bytes().to_vec(),
            helped: to.as_bytes().to_vec(),
        }),
        Body::HelpUnlinked { from, to } => Payload::HelpUnlinked(v1::HelpUnlinked {
            helping: from.as_bytes().to_vec(),
            helped: to.as_bytes().to_vec(),
        }),
        Body::CheckedIn(made) => Payload::CheckedIn(v1::CheckedIn {
            key_result: made.key_result.as_bytes().to_vec(),
            measure: Some(write_measure(&made.measure)),
            effective: made.effective.days_since_epoch(),
            confidence: made.confidence.map(|number| number.to_string()),
            projection: made.projection.map(|number| number.to_string()),
            note: made.note.clone(),
        }),
        Body::CheckInRetracted {
            key_result,
            check_in,
        } => {
            let check_in = Some(write_check_in(*key_result, *check_in));
            Payload::CheckInRetracted(v1::CheckInRetracted { check_in })
        }
        Body::CheckInReinstated {
            key_result,
            check_in,
        } => {
            let check_in = Some(write_check_in(*key_result, *check_in));
            Payload::CheckInReinstated(v1::CheckInReinstated { check_in })
        }
        Body::NoteAdded { about, kind, text } => Payload::NoteAdded(v1::NoteAdded {
            about: Some(write_subject(about)),
            kind: kind.word().to_owned(),
            text: text.clone(),
        }),
        Body::Edited { subject, changes } => edited(subject, changes),
        Body::ConflictResolved {
            subject,
            field,
            from,
            to,
            settles,
        } => Payload::ConflictResolved(v1::ConflictResolved {
            subject: Some(write_subject(subject)),
            field: field.word().to_owned(),
            before: write_value(from),
            after: write_value(to),
            settles: settles.iter().map(|id| id.as_bytes().to_vec()).collect(),
        }),
        Body::TextErased(erased) => Payload::TextErased(write_text_erased(erased)),
        body => return practice::write(body),
    })
}

fn workspace_created(created: &WorkspaceCreated) -> v1::WorkspaceCreated {
    v1::WorkspaceCreated {
        name: created.name.clone(),
        time_zone: created.time_zone.clone(),
        fiscal_year_start: created.fiscal_year_start.into(),
        key: created.key.to_vec(),
        device_name: created.device_name.clone(),
        server: created.server,
    }
}

fn device_joined(joined: &DeviceJoined) -> v1::DeviceJoined {
    use device_joined::Certifier as Wire;
    v1::DeviceJoined {
        device: joined.device.as_bytes().to_vec(),
        member: joined.member.as_bytes().to_vec(),
        key: joined.key.to_vec(),
        name: joined.name.clone(),
        certifier: Some(match joined.certifier {
            Certifier::Invitation(id) => Wire::Invitation(id.as_bytes().to_vec()),
            Certifier::Device(id) => Wire::CertifiedBy(id.as_bytes().to_vec()),
        }),
        certificate: joined.certificate.to_vec(),
    }
}

fn objective_drafted(drafted: &ObjectiveDrafted) -> v1::ObjectiveDrafted {
    v1::ObjectiveDrafted {
        objective: drafted.objective.as_bytes().to_vec(),
        title: drafted.title.clone(),
        description: drafted.description.clone(),
        cycle: drafted.cycle.as_bytes().to_vec(),
        owner: drafted
            .owner
            .map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        team: drafted
            .team
            .map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        kind: drafted.kind.word().to_owned(),
        supports: drafted.supports.as_ref().map(write_subject),
        key: drafted.key.clone(),
        carried_from: drafted
            .carried_from
            .map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        standing: drafted.standing,
    }
}

fn key_result_added(added: &KeyResultAdded) -> v1::KeyResultAdded {
    v1::KeyResultAdded {
        key_result: added.key_result.as_bytes().to_vec(),
        objective: added.objective.as_bytes().to_vec(),
        title: added.title.clone(),
        owner: added
            .owner
            .map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        metric: Some(write_metric(&added.metric)),
        indicator: added.indicator.map(|indicator| indicator.word().to_owned()),
        certainty: added.certainty.map(|number| number.to_string()),
        cadence: added.cadence.word().to_owned(),
        weight: added.weight.to_string(),
        rank: added.rank,
        key: added.key.clone(),
        team: added
            .team
            .map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        kpi: added.kpi.map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
        carried_from: added
            .carried_from
            .map_or_else(Vec::new, |id| id.as_bytes().to_vec()),
    }
}

/// One payload field for each kind of subject, so that an edit's kind shows without looking in.
fn edited(subject: &Subject, changes: &[Change]) -> Payload {
    let edit = |id: &[u8]| v1::Edit {
        subject: id.to_vec(),
        changes: write_changes(changes),
    };
    match subject {
        Subject::Workspace => Payload::WorkspaceEdited(edit(&[])),
        Subject::Member(id) => Payload::MemberEdited(edit(id.as_bytes())),
        Subject::Team(id) => Payload::TeamEdited(edit(id.as_bytes())),
        Subject::Cycle(id) => Payload::CycleEdited(edit(id.as_bytes())),
        Subject::Objective(id) => Payload::ObjectiveEdited(edit(id.as_bytes())),
        Subject::KeyResult(id) => Payload::KeyResultEdited(edit(id.as_bytes())),
        Subject::Note(id) => Payload::NoteEdited(edit(id.as_bytes())),
        Subject::Kpi(id) => Payload::KpiEdited(edit(id.as_bytes())),
        Subject::Reading(kpi, event) => Payload::KpiReadingCorrected(v1::KpiReadingCorrected {
            reading: Some(write_reading(*kpi, *event)),
            changes: write_changes(changes),
        }),
        Subject::Initiative(id) => Payload::InitiativeEdited(edit(id.as_bytes())),
        Subject::Todo(id) => Payload::TodoEdited(edit(id.as_bytes())),
        Subject::Weekly(id) => Payload::WeeklyEdited(edit(id.as_bytes())),
        Subject::Template(id) => Payload::TemplateEdited(edit(id.as_bytes())),
        Subject::Funnel(id) => Payload::FunnelEdited(edit(id.as_bytes())),
        Subject::Incentive(id) => Payload::IncentiveEdited(edit(id.as_bytes())),
        Subject::CheckIn(key_result, event) => Payload::CheckInCorrected(v1::CheckInCorrected {
            check_in: Some(write_check_in(*key_result, *event)),
            changes: write_changes(changes),
        }),
    }
}
