//! Rules for the workspace, its members, devices, invitations and teams.

use super::text;
use crate::calendar::TimeZone;
use crate::event::{Certifier, DeviceJoined, Event, WorkspaceCreated};
use crate::id::{DeviceId, InvitationId, MemberId, TeamId};
use crate::refusal::{Code, Refusal};
use crate::state::{Member, State};
use crate::token::MemberState;

pub(super) fn workspace_created(
    state: &State,
    event: &Event,
    created: &WorkspaceCreated,
) -> Result<(), Refusal> {
    if let Some(workspace) = &state.workspace {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("This log is workspace '{}' already.", workspace.name),
        ));
    }
    if event.seen != 0 {
        return Err(Refusal::invalid(
            "A workspace's first event can have seen nothing before it.",
        ));
    }
    workspace_name(&created.name)?;
    text::title("device's name", &created.device_name)?;
    time_zone(&created.time_zone)?;
    if !(1..=12).contains(&created.fiscal_year_start) {
        return Err(Refusal::invalid(format!(
            "The fiscal year cannot begin in month {}; use 1 to 12.",
            created.fiscal_year_start
        )));
    }
    Ok(())
}

/// Workspace names stand in URLs and folder names.
pub(super) fn workspace_name(name: &str) -> Result<(), Refusal> {
    text::title("workspace's name", name)?;
    let fits = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && name
            .chars()
            .next()
            .is_some_and(|c| c.is_ascii_alphanumeric())
        && name.len() <= 60;
    if fits {
        return Ok(());
    }
    Err(
        Refusal::invalid(format!("'{name}' cannot be a workspace's name.")).hint(
            "use up to 60 letters, digits, '-', '_' and '.', beginning with a letter or digit",
        ),
    )
}

pub(super) fn time_zone(name: &str) -> Result<(), Refusal> {
    TimeZone::get(name)
        .map(|_| ())
        .map_err(|error| Refusal::invalid(error.to_string()))
}

pub(super) fn server_adopted(state: &State, device: DeviceId, name: &str) -> Result<(), Refusal> {
    text::title("server's name", name)?;
    if state
        .workspace
        .as_ref()
        .is_some_and(|workspace| workspace.served)
    {
        return Err(Refusal::new(
            Code::AlreadyExists,
            "This workspace has a server already.",
        ));
    }
    if state.devices.contains_key(&device) {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("Device {device} belongs to this workspace already."),
        ));
    }
    Ok(())
}

pub(super) fn member_added(
    state: &State,
    id: MemberId,
    name: &str,
    email: Option<&str>,
) -> Result<(), Refusal> {
    if state.members.contains_key(&id) || id == MemberId::nil() {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("Member {id} exists already."),
        ));
    }
    member_name(state, None, name)?;
    email.map_or(Ok(()), address)
}

pub(super) fn member_name(state: &State, own: Option<MemberId>, name: &str) -> Result<(), Refusal> {
    text::title("member's name", name)?;
    let taken = state.members.iter().find(|(id, member)| {
        Some(**id) != own
            && member.state == MemberState::Active
            && member.name.to_lowercase() == name.to_lowercase()
    });
    match taken {
        None => Ok(()),
        Some((_, Member { name, .. })) => Err(Refusal::new(
            Code::AlreadyExists,
            format!("There is a member called {name} already."),
        )
        .hint("add an initial or a family name")),
    }
}

pub(super) fn address(email: &str) -> Result<(), Refusal> {
    text::title("e-mail address", email)?;
    let parts = email.split_once('@');
    // One that was erased is brought along where a workspace is given to a server.
    if crate::erase::is_marker(email) {
        return Ok(());
    }
    if parts.is_some_and(|(left, right)| !left.is_empty() && right.contains('.')) {
        return Ok(());
    }
    Err(Refusal::invalid(format!("'{email}' is no e-mail address."))
        .hint("write it like ana@example.com"))
}

pub(super) fn active_member(state: &State, id: MemberId) -> Result<&Member, Refusal> {
    match state.members.get(&id) {
        Some(member) if member.state == MemberState::Active => Ok(member),
        Some(member) => Err(Refusal::new(
            Code::NotLive,
            format!("{} is no longer a member of this workspace.", member.name),
        )),
        None => Err(Refusal::not_found("member", id)),
    }
}

pub(super) fn invitation_issued(
    state: &State,
    id: InvitationId,
    member: MemberId,
) -> Result<(), Refusal> {
    if state.invitations.contains_key(&id) {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("Invitation {id} exists already."),
        ));
    }
    active_member(state, member).map(|_| ())
}

pub(super) fn device_joined(
    state: &State,
    event: &Event,
    joined: &DeviceJoined,
) -> Result<(), Refusal> {
    text::title("device's name", &joined.name)?;
    active_member(state, joined.member)?;
    if state.devices.contains_key(&joined.device) {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("Device {} has joined already.", joined.device),
        ));
    }
    match joined.certifier {
        Certifier::Invitation(id) => {
            let Some(invitation) = state.invitations.get(&id) else {
                return Err(Refusal::not_found("invitation", id).hint("ask an owner for a new one"));
            };
            if invitation.redeemed {
                return Err(Refusal::new(
                    Code::AlreadyExists,
                    "This invitation has been used: each lets one device in.",
                )
                .hint("ask an owner for a new one"));
            }
            if invitation.expires.ms() < event.authored.wall {
                return Err(Refusal::invalid(format!(
                    "This invitation lapsed at {}.",
                    invitation.expires
                ))
                .hint("ask an owner for a new one"));
            }
            if invitation.member != joined.member {
                return Err(Refusal::new(
                    Code::WrongAuthor,
                    "This invitation is made out to another member.",
                ));
            }
        }
        Certifier::Device(id) => match state.devices.get(&id) {
            Some(device) if device.member == joined.member && device.revoked.is_none() => {}
            Some(_) => {
                return Err(Refusal::new(
                    Code::WrongAuthor,
                    "A device can be vouched for only by another device of the same member that \
                     has not been revoked.",
                ));
            }
            None => return Err(Refusal::not_found("device", id)),
        },
    }
    Ok(())
}

pub(super) fn device_revoked(state: &State, id: DeviceId) -> Result<(), Refusal> {
    match state.devices.get(&id) {
        None => Err(Refusal::not_found("device", id)),
        Some(device) if device.revoked.is_some() => Err(Refusal::new(
            Code::NothingToChange,
            format!("Device {} is revoked already.", device.name),
        )),
        Some(device) if device.server => Err(Refusal::new(
            Code::Forbidden,
            format!(
                "Device {} is the server, which orders this log.",
                device.name
            ),
        )),
        Some(_) => Ok(()),
    }
}

pub(super) fn team_created(
    state: &State,
    id: TeamId,
    name: &str,
    parent: Option<TeamId>,
) -> Result<(), Refusal> {
    if state.teams.contains_key(&id) {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("Team {id} exists already."),
        ));
    }
    team_name(state, None, name)?;
    parent.map_or(Ok(()), |parent| team(state, parent))
}

pub(super) fn team_name(state: &State, own: Option<TeamId>, name: &str) -> Result<(), Refusal> {
    text::title("team's name", name)?;
    let taken = state
        .teams
        .iter()
        .any(|(id, team)| Some(*id) != own && team.name.to_lowercase() == name.to_lowercase());
    if taken {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("There is a team called {name} already."),
        ));
    }
    Ok(())
}

pub(super) fn team(state: &State, id: TeamId) -> Result<(), Refusal> {
    if state.teams.contains_key(&id) {
        Ok(())
    } else {
        Err(Refusal::not_found("team", id))
    }
}

/// A team cannot stand below itself.
pub(super) fn team_parent(state: &State, own: TeamId, parent: TeamId) -> Result<(), Refusal> {
    let mut above = Some(parent);
    while let Some(id) = above {
        if id == own {
            return Err(Refusal::invalid("A team cannot stand below itself."));
        }
        above = state
            .teams
            .get(&id)
            .ok_or_else(|| Refusal::not_found("team", id))?
            .parent;
    }
    Ok(())
}

pub(super) fn team_member(
    state: &State,
    id: TeamId,
    member: MemberId,
    joins: bool,
) -> Result<(), Refusal> {
    let Some(team) = state.teams.get(&id) else {
        return Err(Refusal::not_found("team", id));
    };
    if joins {
        active_member(state, member)?;
    }
    if team.members.contains(&member) == joins {
        let name = state.member_name(member);
        let how = if joins { "already" } else { "not" };
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("{name} is {how} in team {}.", team.name),
        ));
    }
    Ok(())
}
