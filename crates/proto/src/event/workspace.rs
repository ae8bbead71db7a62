//! Reads the payloads of `event_workspace.proto`, and writes the one about erasing.

use quarterdeck_core::erase::{ErasedText, TextErased};
use quarterdeck_core::event::{Body, Certifier, DeviceJoined, WorkspaceCreated};
use quarterdeck_core::id::{DeviceId, EventId, InvitationId, MemberId, TeamId};

use crate::error::Unread;
use crate::field::{fixed, optional, out_of_range, timestamp, word};
use crate::v1::{self, device_joined};

pub(super) fn workspace_created(wire: v1::WorkspaceCreated) -> Result<Body, Unread> {
    Ok(Body::WorkspaceCreated(WorkspaceCreated {
        name: wire.name,
        time_zone: wire.time_zone,
        fiscal_year_start: u8::try_from(wire.fiscal_year_start).map_err(|_| {
            out_of_range("WorkspaceCreated.fiscal_year_start", wire.fiscal_year_start)
        })?,
        key: fixed("WorkspaceCreated.key", &wire.key)?,
        device_name: wire.device_name,
        server: wire.server,
    }))
}

pub(super) fn server_adopted(wire: v1::ServerAdopted) -> Result<Body, Unread> {
    Ok(Body::ServerAdopted {
        device: DeviceId::from_bytes(fixed("ServerAdopted.device", &wire.device)?),
        key: fixed("ServerAdopted.key", &wire.key)?,
        name: wire.name,
    })
}

pub(super) fn member_added(wire: v1::MemberAdded) -> Result<Body, Unread> {
    Ok(Body::MemberAdded {
        member: MemberId::from_bytes(fixed("MemberAdded.member", &wire.member)?),
        name: wire.name,
        email: wire.email,
        role: word("MemberAdded.role", &wire.role)?,
    })
}

pub(super) fn invitation_issued(wire: v1::InvitationIssued) -> Result<Body, Unread> {
    let invitation = fixed("InvitationIssued.invitation", &wire.invitation)?;
    Ok(Body::InvitationIssued {
        invitation: InvitationId::from_bytes(invitation),
        member: MemberId::from_bytes(fixed("InvitationIssued.member", &wire.member)?),
        key: fixed("InvitationIssued.key", &wire.key)?,
        expires: timestamp("InvitationIssued.expires_ms", wire.expires_ms)?,
    })
}

pub(super) fn device_joined(wire: v1::DeviceJoined) -> Result<Body, Unread> {
    use device_joined::Certifier as Wire;
    let certifier = match wire.certifier.ok_or(Unread::Newer)? {
        Wire::Invitation(id) => Certifier::Invitation(InvitationId::from_bytes(fixed(
            "DeviceJoined.invitation",
            &id,
        )?)),
        Wire::CertifiedBy(id) => Certifier::Device(DeviceId::from_bytes(fixed(
            "DeviceJoined.certified_by",
            &id,
        )?)),
    };
    Ok(Body::DeviceJoined(DeviceJoined {
        device: DeviceId::from_bytes(fixed("DeviceJoined.device", &wire.device)?),
        member: MemberId::from_bytes(fixed("DeviceJoined.member", &wire.member)?),
        key: fixed("DeviceJoined.key", &wire.key)?,
        name: wire.name,
        certifier,
        certificate: fixed("DeviceJoined.certificate", &wire.certificate)?,
    }))
}

pub(super) fn device_revoked(wire: v1::DeviceRevoked) -> Result<Body, Unread> {
    let device = fixed("DeviceRevoked.device", &wire.device)?;
    Ok(Body::DeviceRevoked {
        device: DeviceId::from_bytes(device),
    })
}

pub(super) fn device_key_rotated(wire: v1::DeviceKeyRotated) -> Result<Body, Unread> {
    Ok(Body::DeviceKeyRotated {
        key: fixed("DeviceKeyRotated.key", &wire.key)?,
        proof: fixed("DeviceKeyRotated.proof", &wire.proof)?,
    })
}

pub(super) fn team_created(wire: v1::TeamCreated) -> Result<Body, Unread> {
    Ok(Body::TeamCreated {
        team: TeamId::from_bytes(fixed("TeamCreated.team", &wire.team)?),
        name: wire.name,
        level: word("TeamCreated.level", &wire.level)?,
        parent: optional("TeamCreated.parent", &wire.parent)?.map(TeamId::from_bytes),
    })
}

pub(super) fn team_member_added(wire: v1::TeamMemberAdded) -> Result<Body, Unread> {
    Ok(Body::TeamMemberAdded {
        team: TeamId::from_bytes(fixed("TeamMemberAdded.team", &wire.team)?),
        member: MemberId::from_bytes(fixed("TeamMemberAdded.member", &wire.member)?),
    })
}

pub(super) fn team_member_removed(wire: v1::TeamMemberRemoved) -> Result<Body, Unread> {
    Ok(Body::TeamMemberRemoved {
        team: TeamId::from_bytes(fixed("TeamMemberRemoved.team", &wire.team)?),
        member: MemberId::from_bytes(fixed("TeamMemberRemoved.member", &wire.member)?),
    })
}

pub(super) fn text_erased(wire: v1::TextErased) -> Result<Body, Unread> {
    let texts = wire.texts.into_iter().map(|text| ErasedText {
        place: text.place,
        tag: text.tag,
    });
    Ok(Body::TextErased(TextErased {
        event: EventId::from_bytes(fixed("TextErased.event", &wire.event)?),
        position: wire.position,
        remains: fixed("TextErased.remains", &wire.remains)?,
        texts: texts.collect(),
    }))
}

pub(super) fn write_text_erased(erased: &TextErased) -> v1::TextErased {
    v1::TextErased {
        event: erased.event.as_bytes().to_vec(),
        position: erased.position,
        remains: erased.remains.to_vec(),
        texts: erased
            .texts
            .iter()
            .map(|text| v1::ErasedText {
                place: text.place.clone(),
                tag: text.tag.clone(),
            })
            .collect(),
    }
}
