//! Reads the payloads of `event_okr.proto`, and edits of whatever kind.

use quarterdeck_core::event::{Body, CheckedIn, KeyResultAdded, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, EventId, KeyResultId, KpiId, MemberId, ObjectiveId, TeamId};
use quarterdeck_core::value::{Field, Subject};

use crate::error::{DecodeError, Unread};
use crate::field::{date, decimal, fixed, optional, optional_decimal, present, word};
use crate::v1;
use crate::value::{
    read_changes, read_check_in, read_measure, read_metric, read_subject, read_value,
};

pub(super) fn workspace_edited(wire: v1::Edit) -> Result<Body, Unread> {
    Ok(Body::Edited {
        subject: Subject::Workspace,
        changes: read_changes(wire.changes)?,
    })
}

/// An edit of anything else; the payload's number says of what kind the id is.
pub(super) fn edited(
    wire: v1::Edit,
    kind: impl FnOnce([u8; 16]) -> Subject,
) -> Result<Body, Unread> {
    let id = fixed("Edit.subject", &wire.subject)?;
    Ok(Body::Edited {
        subject: kind(id),
        changes: read_changes(wire.changes)?,
    })
}

pub(super) fn cycle_created(wire: v1::CycleCreated) -> Result<Body, Unread> {
    Ok(Body::CycleCreated {
        cycle: CycleId::from_bytes(fixed("CycleCreated.cycle", &wire.cycle)?),
        name: wire.name,
        kind: word("CycleCreated.kind", &wire.kind)?,
        starts: date("CycleCreated.starts", wire.starts)?,
        ends: date("CycleCreated.ends", wire.ends)?,
        parent: optional("CycleCreated.parent", &wire.parent)?.map(CycleId::from_bytes),
    })
}

pub(super) fn objective_drafted(wire: v1::ObjectiveDrafted) -> Result<Body, Unread> {
    Ok(Body::ObjectiveDrafted(ObjectiveDrafted {
        objective: ObjectiveId::from_bytes(fixed("ObjectiveDrafted.objective", &wire.objective)?),
        title: wire.title,
        description: wire.description,
        cycle: CycleId::from_bytes(fixed("ObjectiveDrafted.cycle", &wire.cycle)?),
        owner: optional("ObjectiveDrafted.owner", &wire.owner)?.map(MemberId::from_bytes),
        team: optional("ObjectiveDrafted.team", &wire.team)?.map(TeamId::from_bytes),
        kind: word("ObjectiveDrafted.kind", &wire.kind)?,
        supports: wire.supports.map(read_subject).transpose()?,
        key: wire.key,
        carried_from: optional("ObjectiveDrafted.carried_from", &wire.carried_from)?
            .map(ObjectiveId::from_bytes),
        standing: wire.standing,
    }))
}

pub(super) fn sign_off_asked(wire: v1::SignOffAsked) -> Result<Body, Unread> {
    let members = wire.members.iter();
    Ok(Body::SignOffAsked {
        objective: ObjectiveId::from_bytes(fixed("SignOffAsked.objective", &wire.objective)?),
        members: members
            .map(|id| fixed("SignOffAsked.members", id).map(MemberId::from_bytes))
            .collect::<Result<_, _>>()?,
    })
}

pub(super) fn objective_signed(wire: v1::ObjectiveSigned) -> Result<Body, Unread> {
    let objective = fixed("ObjectiveSigned.objective", &wire.objective)?;
    Ok(Body::ObjectiveSigned {
        objective: ObjectiveId::from_bytes(objective),
    })
}

pub(super) fn objective_unsigned(wire: v1::ObjectiveUnsigned) -> Result<Body, Unread> {
    let objective = fixed("ObjectiveUnsigned.objective", &wire.objective)?;
    Ok(Body::ObjectiveUnsigned {
        objective: ObjectiveId::from_bytes(objective),
    })
}

pub(super) fn lint_silenced(wire: v1::LintSilenced) -> Result<Body, Unread> {
    let objective = fixed("LintSilenced.objective", &wire.objective)?;
    Ok(Body::LintSilenced {
        objective: ObjectiveId::from_bytes(objective),
        code: wire.code,
    })
}

pub(super) fn lint_heeded(wire: v1::LintHeeded) -> Result<Body, Unread> {
    let objective = fixed("LintHeeded.objective", &wire.objective)?;
    Ok(Body::LintHeeded {
        objective: ObjectiveId::from_bytes(objective),
        code: wire.code,
    })
}

pub(super) fn key_result_added(wire: v1::KeyResultAdded) -> Result<Body, Unread> {
    Ok(Body::KeyResultAdded(KeyResultAdded {
        key_result: KeyResultId::from_bytes(fixed("KeyResultAdded.key_result", &wire.key_result)?),
        objective: ObjectiveId::from_bytes(fixed("KeyResultAdded.objective", &wire.objective)?),
        title: wire.title,
        owner: optional("KeyResultAdded.owner", &wire.owner)?.map(MemberId::from_bytes),
        metric: read_metric(present("KeyResultAdded.metric", wire.metric)?)?,
        indicator: wire
            .indicator
            .map(|indicator| word("KeyResultAdded.indicator", &indicator))
            .transpose()?,
        certainty: optional_decimal("KeyResultAdded.certainty", wire.certainty.as_deref())?,
        cadence: word("KeyResultAdded.cadence", &wire.cadence)?,
        weight: decimal("KeyResultAdded.weight", &wire.weight)?,
        rank: wire.rank,
        key: wire.key,
        team: optional("KeyResultAdded.team", &wire.team)?.map(TeamId::from_bytes),
        kpi: optional("KeyResultAdded.kpi", &wire.kpi)?.map(KpiId::from_bytes),
        carried_from: optional("KeyResultAdded.carried_from", &wire.carried_from)?
            .map(KeyResultId::from_bytes),
    }))
}

pub(super) fn help_linked(wire: v1::HelpLinked) -> Result<Body, Unread> {
    Ok(Body::HelpLinked {
        from: KeyResultId::from_bytes(fixed("HelpLinked.helping", &wire.helping)?),
        to: KeyResultId::from_bytes(fixed("HelpLinked.helped", &wire.helped)?),
    })
}

pub(super) fn help_unlinked(wire: v1::HelpUnlinked) -> Result<Body, Unread> {
    Ok(Body::HelpUnlinked {
        from: KeyResultId::from_bytes(fixed("HelpUnlinked.helping", &wire.helping)?),
        to: KeyResultId::from_bytes(fixed("HelpUnlinked.helped", &wire.helped)?),
    })
}

pub(super) fn checked_in(wire: v1::CheckedIn) -> Result<Body, Unread> {
    Ok(Body::CheckedIn(CheckedIn {
        key_result: KeyResultId::from_bytes(fixed("CheckedIn.key_result", &wire.key_result)?),
        measure: read_measure(present("CheckedIn.measure", wire.measure)?)?,
        effective: date("CheckedIn.effective", wire.effective)?,
        confidence: optional_decimal("CheckedIn.confidence", wire.confidence.as_deref())?,
        projection: optional_decimal("CheckedIn.projection", wire.projection.as_deref())?,
        note: wire.note,
    }))
}

pub(super) fn check_in_corrected(wire: v1::CheckInCorrected) -> Result<Body, Unread> {
    let (key_result, event) = read_check_in(wire.check_in)?;
    Ok(Body::Edited {
        subject: Subject::CheckIn(key_result, event),
        changes: read_changes(wire.changes)?,
    })
}

pub(super) fn check_in_retracted(wire: v1::CheckInRetracted) -> Result<Body, Unread> {
    let (key_result, check_in) = read_check_in(wire.check_in)?;
    Ok(Body::CheckInRetracted {
        key_result,
        check_in,
    })
}

pub(super) fn check_in_reinstated(wire: v1::CheckInReinstated) -> Result<Body, Unread> {
    let (key_result, check_in) = read_check_in(wire.check_in)?;
    Ok(Body::CheckInReinstated {
        key_result,
        check_in,
    })
}

pub(super) fn note_added(wire: v1::NoteAdded) -> Result<Body, Unread> {
    Ok(Body::NoteAdded {
        about: read_subject(present("NoteAdded.about", wire.about)?)?,
        kind: word("NoteAdded.kind", &wire.kind)?,
        text: wire.text,
    })
}

pub(super) fn conflict_resolved(wire: v1::ConflictResolved) -> Result<Body, Unread> {
    if wire.field.is_empty() {
        return Err(DecodeError::missing("ConflictResolved.field").into());
    }
    let settles = wire.settles.iter();
    Ok(Body::ConflictResolved {
        subject: read_subject(present("ConflictResolved.subject", wire.subject)?)?,
        field: Field::from_word(&wire.field),
        from: read_value(wire.before)?,
        to: read_value(wire.after)?,
        settles: settles
            .map(|id| fixed("ConflictResolved.settles", id).map(EventId::from_bytes))
            .collect::<Result<_, _>>()?,
    })
}
