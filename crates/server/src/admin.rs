//! Administration: what an operator, or an owner in their own workspace, has done. Each is
//! authored by the server's device and so stands in the log, signed.

mod connect;
mod health;
#[cfg(unix)]
mod socket;

use std::fs;
use std::sync::Arc;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, WorkspaceCreated};
use quarterdeck_core::id::{DeviceId, InvitationId, MemberId, WorkspaceId};
use quarterdeck_core::reference::Kind;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::token::Role;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_ledger::DeviceKey;
use zeroize::Zeroizing;

pub(crate) use connect::listen;
pub use connect::{Connection, connect};
pub use health::{Health, health_at, health_of};

use crate::address::{Address, Invitation, invitation_url};
use crate::error::ServerError;
use crate::lookup::Lookup;
use crate::settings::Tls;
use crate::shared::Shared;
use crate::tls::{self, Renewed};
use crate::workspace::{Authored, Order, Workspace};

/// How long an invitation holds unless it says otherwise: seven days, in milliseconds.
const INVITATION_LIFE_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// A workspace to begin.
#[derive(Debug, Clone)]
pub struct NewWorkspace {
    /// Its name, unique on the server.
    pub name: String,
    /// Display name of its owner.
    pub owner: String,
    /// The owner's e-mail address.
    pub owner_email: Option<String>,
    /// IANA time zone in which its dates are meant.
    pub time_zone: String,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_year_start: u8,
    /// Where clients reach the server, if not where it was set up to be.
    pub address: Option<Address>,
}

impl NewWorkspace {
    /// A workspace in UTC whose fiscal year is the calendar's.
    #[must_use]
    pub fn new(name: impl Into<String>, owner: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            owner: owner.into(),
            owner_email: None,
            time_zone: "UTC".into(),
            fiscal_year_start: 1,
            address: None,
        }
    }
}

/// Whom to invite.
#[derive(Debug, Clone)]
pub struct InviteMember {
    /// The member's name, e-mail address or reference. A name that nobody has adds a member.
    pub member: String,
    /// The role of a new member (contributor if none is given); for one who is there, the role
    /// that they have.
    pub role: Option<Role>,
    /// A new member's e-mail address.
    pub email: Option<String>,
    /// How long the invitation holds, in milliseconds; seven days if nothing is given.
    pub valid_ms: Option<u64>,
    /// Where clients reach the server, if not where it was set up to be.
    pub address: Option<Address>,
}

impl InviteMember {
    /// An invitation with all defaults.
    #[must_use]
    pub fn new(member: impl Into<String>, role: Option<Role>) -> Self {
        Self {
            member: member.into(),
            role,
            email: None,
            valid_ms: None,
            address: None,
        }
    }
}

/// The secret half of an invitation that is being made.
struct Secret {
    seed: Zeroizing<[u8; 32]>,
    key: [u8; 32],
    expires: Timestamp,
}

impl Secret {
    fn new(shared: &Shared, valid_ms: Option<u64>) -> Self {
        let seed = Zeroizing::new(shared.world.bytes());
        let key = DeviceKey::from_seed(*seed).public().0;
        let expires = shared
            .world
            .now()
            .plus_ms(valid_ms.unwrap_or(INVITATION_LIFE_MS));
        Self { seed, key, expires }
    }
}

pub(crate) async fn create_workspace(
    shared: &Shared,
    new: &NewWorkspace,
) -> Result<(WorkspaceId, Invitation), ServerError> {
    name_is_free(shared, &new.name)?;
    let id = WorkspaceId::new(shared.world.uuid());
    let folder = shared.folder.workspace(id);
    let workspace = Workspace::create(&folder, id, &shared.world, &shared.metrics)?;
    match begin(shared, &workspace, new).await {
        Ok(invitation) => {
            shared.add(Arc::new(workspace));
            Ok((id, invitation))
        }
        Err(error) => {
            workspace.close();
            drop(workspace);
            // Nothing was recorded in it, so nothing is lost with it.
            fs::remove_dir_all(&folder)
                .map_err(|source| ServerError::io("remove the unused folder", &folder, source))?;
            Err(error)
        }
    }
}

async fn begin(
    shared: &Shared,
    workspace: &Workspace,
    new: &NewWorkspace,
) -> Result<Invitation, ServerError> {
    let (address, fingerprint) = shared.contact(new.address.clone())?;
    let secret = Secret::new(shared, None);
    let member = MemberId::new(shared.world.uuid());
    let invitation = InvitationId::new(shared.world.uuid());
    let bodies = [
        Body::WorkspaceCreated(WorkspaceCreated {
            name: new.name.clone(),
            time_zone: new.time_zone.clone(),
            fiscal_year_start: new.fiscal_year_start,
            key: workspace.public_key().0,
            device_name: device_name(&address),
            server: true,
        }),
        Body::MemberAdded {
            member,
            name: new.owner.clone(),
            email: new.owner_email.clone(),
            role: Role::Owner,
        },
        Body::InvitationIssued {
            invitation,
            member,
            key: secret.key,
            expires: secret.expires,
        },
    ];
    record(
        workspace,
        None,
        bodies.into_iter().map(Command::Record).collect(),
    )
    .await?;
    Ok(Invitation {
        url: invitation_url(&address, Some(workspace.id()), &secret.seed, fingerprint),
        workspace: Some(workspace.id()),
        id: Some(invitation),
        member: Some(member),
        expires: secret.expires,
    })
}

/// What the server calls its device in a workspace.
pub(crate) fn device_name(address: &Address) -> String {
    format!("okrd at {}", address.host())
}

/// Two workspaces of one name could not be told apart on the command line.
pub(crate) fn name_is_free(shared: &Shared, name: &str) -> Result<(), Refusal> {
    let taken = shared.workspaces().iter().any(|other| {
        other
            .state()
            .workspace
            .as_ref()
            .is_some_and(|known| known.name == name)
    });
    if taken {
        let message = format!("There is a workspace '{name}' on this server already.");
        return Err(Refusal::new(Code::AlreadyExists, message).hint("choose another name"));
    }
    Ok(())
}

pub(crate) async fn invite(
    shared: &Shared,
    workspace: &Workspace,
    whom: &InviteMember,
) -> Result<Invitation, ServerError> {
    let (address, fingerprint) = shared.contact(whom.address.clone())?;
    let secret = Secret::new(shared, whom.valid_ms);
    let invitation = InvitationId::new(shared.world.uuid());
    let mut commands = Vec::new();
    let member = match known_member(workspace, &whom.member)? {
        Some(member) => {
            has_role(workspace, member, whom.role)?;
            member
        }
        None => {
            let member = MemberId::new(shared.world.uuid());
            commands.push(Command::Record(Body::MemberAdded {
                member,
                name: whom.member.clone(),
                email: whom.email.clone(),
                role: whom.role.unwrap_or(Role::Contributor),
            }));
            member
        }
    };
    commands.push(Command::Record(Body::InvitationIssued {
        invitation,
        member,
        key: secret.key,
        expires: secret.expires,
    }));
    record(workspace, None, commands).await?;
    Ok(Invitation {
        url: invitation_url(&address, Some(workspace.id()), &secret.seed, fingerprint),
        workspace: Some(workspace.id()),
        id: Some(invitation),
        member: Some(member),
        expires: secret.expires,
    })
}

pub(crate) fn invite_to_host(
    shared: &Shared,
    (address, valid_ms): (Option<Address>, Option<u64>),
) -> Result<Invitation, ServerError> {
    let (address, fingerprint) = shared.contact(address)?;
    let secret = Secret::new(shared, valid_ms);
    shared.access.invite_to_host(secret.key, secret.expires)?;
    Ok(Invitation {
        url: invitation_url(&address, None, &secret.seed, fingerprint),
        workspace: None,
        id: None,
        member: None,
        expires: secret.expires,
    })
}

/// The member who is meant, if anyone is; a name that could be several people's is refused.
fn known_member(workspace: &Workspace, query: &str) -> Result<Option<MemberId>, Refusal> {
    let state = workspace.state();
    let by_email = state.members.iter().find(|(_, member)| {
        member
            .email
            .as_ref()
            .is_some_and(|email| email.eq_ignore_ascii_case(query))
    });
    if let Some((id, _)) = by_email {
        return Ok(Some(*id));
    }
    match Lookup::new(&state).exact(Kind::Member, query) {
        Ok(found) => Ok(found.map(MemberId::new)),
        Err(refusal) => Err(refusal),
    }
}

fn has_role(workspace: &Workspace, id: MemberId, role: Option<Role>) -> Result<(), Refusal> {
    let state = workspace.state();
    let Some(member) = state.members.get(&id) else {
        return Ok(());
    };
    match role {
        Some(role) if role != member.role => Err(Refusal::invalid(format!(
            "{} is {} here, and was to be invited as {role}.",
            member.name, member.role
        ))
        .hint("invite them without a role, or change it first with `okr member role`")),
        _ => Ok(()),
    }
}

/// Changes what a member may do; answers the position of the event that says so.
pub(crate) async fn set_role(
    workspace: &Workspace,
    member: &str,
    role: Role,
    reason: Option<String>,
) -> Result<u64, ServerError> {
    let state = workspace.state();
    let member = match known_member(workspace, member)? {
        Some(member) => member,
        None => Lookup::new(&state).member(member)?,
    };
    let command = Command::Edit {
        subject: Subject::Member(member),
        set: vec![(Field::Role, Value::Text(role.word().to_owned()))],
    };
    last_seq(&record(workspace, reason, vec![command]).await?)
}

/// Ends a device: no event of its own is recorded any more, and its tokens end at once.
pub(crate) async fn revoke_device(
    shared: &Shared,
    workspace: &Workspace,
    device: &str,
    reason: Option<String>,
) -> Result<u64, ServerError> {
    let device: DeviceId = Lookup::new(&workspace.state()).device(device)?;
    let events = record(
        workspace,
        reason,
        vec![Command::Record(Body::DeviceRevoked { device })],
    );
    let events = events.await?;
    shared
        .access
        .revoke_device(workspace.id(), device, shared.world.now())?;
    last_seq(&events)
}

/// Gives the server's own device another key; answers the position of the event that says so.
pub(crate) async fn rotate_key(
    shared: &Shared,
    workspace: &Workspace,
    reason: Option<String>,
) -> Result<u64, ServerError> {
    last_seq(&workspace.rotate_key(reason, &shared.world).await?)
}

/// Makes the server's own certificate anew and serves with it; answers its fingerprint.
pub(crate) fn renew_certificate(shared: &Shared) -> Result<([u8; 32], Renewed), ServerError> {
    let settings = shared.settings();
    if settings.tls != Tls::SelfSigned {
        let message = "This server has no certificate of its own to renew.";
        return Err(Refusal::invalid(message)
            .hint("one that was issued by others is renewed there; put it in place and send okrd a SIGHUP")
            .into());
    }
    let folder = shared.folder.tls();
    let renewed = tls::renew_own(&folder, settings.url.host(), shared.world.now())?;
    shared.reload_certificate()?;
    tracing::info!(expires = %renewed.expires, "the certificate was renewed");
    Ok((tls::fingerprint(&tls::own_files(&folder).cert)?, renewed))
}

async fn record(
    workspace: &Workspace,
    reason: Option<String>,
    commands: Vec<Command>,
) -> Result<Vec<Authored>, ServerError> {
    let order = Order {
        member: MemberId::nil(),
        reason,
        event_id: None,
        decide: Box::new(move |_| Ok(commands)),
    };
    Ok(workspace.author(order).await?)
}

fn last_seq(events: &[Authored]) -> Result<u64, ServerError> {
    let last = events.last().map(|event| event.place.seq);
    last.ok_or_else(|| Refusal::new(Code::NothingToChange, "Nothing was changed.").into())
}
