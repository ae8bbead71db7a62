//! The rule book: whether an event may enter the log.
//!
//! Guarantee: this is the one place that decides. A device asks it before it lets a command
//! return, and the server asks it again, against the authoritative state, before it records. Each
//! rule names what was wrong, where, and what to do.
//!
//! Admission is against the state as it is now, not as the author saw it; edits that are merely
//! late are admitted, and the fold weighs them ([`crate::state::conflict`]).

mod chain;
mod check_in;
mod closing;
mod edit;
mod key_result;
mod kpi;
mod okr;
mod people;
mod practice;
mod text;

pub use chain::{Link, Repeat, forked, missing};
pub use closing::ungraded;
pub use practice::MAX_STAGES;
pub use text::{MAX_DOCUMENT_CHARS, MAX_NOTE_CHARS, MAX_REASON_CHARS, MAX_TITLE_CHARS};

use crate::calendar::Timestamp;
use crate::erase;
use crate::event::{Body, Event};
use crate::id::MemberId;
use crate::refusal::{Code, Refusal};
use crate::state::State;
use crate::token::{MemberState, Role};
use crate::value::{Field, Subject};

/// How far ahead of the recording clock an event may claim to have been authored, in
/// milliseconds: a day, so that a wrong time zone passes and a wrong year does not.
pub const MAX_AHEAD_MS: u64 = 24 * 60 * 60 * 1000;

impl State {
    /// Whether the event may be recorded next, at `now` by the recording clock.
    ///
    /// # Errors
    /// A [`Refusal`] that says what was wrong, where, and what to do.
    pub fn admit(&self, event: &Event, now: Timestamp) -> Result<(), Refusal> {
        if let Body::WorkspaceCreated(created) = &event.body {
            return people::workspace_created(self, event, created);
        }
        let workspace = self.workspace.as_ref().ok_or_else(|| {
            Refusal::new(
                Code::WrongWorkspace,
                "The log does not begin with a workspace.",
            )
        })?;
        if workspace.id != event.workspace {
            return Err(Refusal::new(
                Code::WrongWorkspace,
                format!(
                    "The event belongs to workspace {}, and this is {} ({}).",
                    event.workspace, workspace.id, workspace.name
                ),
            )
            .hint("choose the right workspace with -w"));
        }
        if event.authored.wall > now.ms().saturating_add(MAX_AHEAD_MS) {
            return Err(Refusal::new(
                Code::FarFuture,
                format!(
                    "The event says it was authored at {}, and it is {now} here.",
                    Timestamp::from_ms(event.authored.wall)
                ),
            )
            .hint("set the device's clock right, then author it again with `okr outbox retry`"));
        }
        if let Some(reason) = &event.reason {
            text::reason(reason)?;
        }
        if let Some(source) = &event.source {
            practice::source(source, Timestamp::from_ms(event.authored.wall))?;
        }
        self.admit_author(event)?;
        closing::still_open(self, event)?;
        self.admit_body(event)
    }

    fn admit_author(&self, event: &Event) -> Result<(), Refusal> {
        let by_server = self
            .devices
            .get(&event.device)
            .is_some_and(|device| device.server);
        if event.member == MemberId::nil() && by_server {
            return match event.body {
                Body::MemberAdded { .. }
                | Body::InvitationIssued { .. }
                | Body::DeviceJoined(_)
                | Body::DeviceRevoked { .. }
                | Body::DeviceKeyRotated { .. }
                | Body::Edited {
                    subject: Subject::Member(_),
                    ..
                } => Ok(()),
                _ => Err(Refusal::new(
                    Code::Forbidden,
                    format!(
                        "A server may not record {} of its own accord.",
                        event.body.kind()
                    ),
                )),
            };
        }
        // The first member is made by the command that makes the workspace.
        if self.members.is_empty()
            && matches!(&event.body, Body::MemberAdded { member, role, .. }
                if *member == event.member && *role == Role::Owner)
        {
            return Ok(());
        }
        let Some(member) = self.members.get(&event.member) else {
            return Err(
                Refusal::not_found("member", event.member).hint("ask an owner for an invitation")
            );
        };
        if member.state == MemberState::Removed {
            return Err(Refusal::new(
                Code::Forbidden,
                format!("{} is no longer a member of this workspace.", member.name),
            )
            .hint("ask an owner to take you in again"));
        }
        let needed = self.needed_role(event);
        if member.role.covers(needed) {
            return Ok(());
        }
        Err(Refusal::new(
            Code::Forbidden,
            format!(
                "{} is a {}; {} takes {} {needed}.",
                member.name,
                member.role,
                event.body.kind(),
                if matches!(needed, Role::Owner | Role::Editor) {
                    "an"
                } else {
                    "a"
                },
            ),
        )
        .hint("ask an owner to change the role, or somebody with that role to do it"))
    }

    /// The least role that may author this event. One's own things take less.
    fn needed_role(&self, event: &Event) -> Role {
        let role = self.role_of_body(event);
        // What says that it happened elsewhere and earlier is more than a contributor's word.
        match event.source {
            Some(_) => role.min(Role::Editor),
            None => role,
        }
    }

    fn role_of_body(&self, event: &Event) -> Role {
        let me = event.member;
        match &event.body {
            Body::TextErased(_) => Role::Owner,
            Body::WorkspaceCreated(_)
            | Body::ServerAdopted { .. }
            | Body::MemberAdded { .. }
            | Body::InvitationIssued { .. }
            | Body::Edited {
                subject: Subject::Workspace,
                ..
            } => self.workspace_role(event),
            Body::DeviceJoined(joined) if joined.member == me => Role::Viewer,
            Body::DeviceJoined(_) => Role::Owner,
            Body::DeviceRevoked { device } => match self.devices.get(device) {
                Some(device) if device.member == me => Role::Viewer,
                _ => Role::Owner,
            },
            Body::DeviceKeyRotated { .. } => Role::Viewer,
            Body::Edited {
                subject: Subject::Member(member),
                changes,
            } => {
                let own_details = *member == me
                    && changes
                        .iter()
                        .all(|change| matches!(change.field, Field::Name | Field::Email));
                if own_details {
                    Role::Viewer
                } else {
                    Role::Owner
                }
            }
            Body::TeamCreated { .. }
            | Body::TeamMemberAdded { .. }
            | Body::TeamMemberRemoved { .. }
            | Body::CycleCreated { .. }
            | Body::ObjectiveDrafted(_)
            | Body::KeyResultAdded(_)
            | Body::HelpLinked { .. }
            | Body::HelpUnlinked { .. }
            | Body::SignOffAsked { .. }
            | Body::LintSilenced { .. }
            | Body::LintHeeded { .. }
            | Body::KpiDefined(_)
            | Body::KpiLinked { .. }
            | Body::KpiUnlinked { .. }
            | Body::CycleClosed { .. }
            | Body::CycleReopened { .. }
            | Body::TemplateSaved(_)
            | Body::FunnelDefined(_)
            | Body::ConflictResolved { .. } => Role::Editor,
            Body::IncentiveAdded(_)
            | Body::Edited {
                subject: Subject::Incentive(_),
                ..
            } => Role::Owner,
            Body::CheckedIn(_)
            | Body::NoteAdded { .. }
            | Body::ObjectiveSigned { .. }
            | Body::ObjectiveUnsigned { .. }
            | Body::KpiRecorded(_)
            | Body::TodoCounted { .. }
            | Body::WeeklyWritten(_) => Role::Contributor,
            // One's own work, and the grade of one's own key result, are one's own business.
            Body::InitiativeAdded(added) => own_or_editor(event, added.owner),
            Body::TodoAdded(added) => own_or_editor(event, added.owner),
            Body::KeyResultGraded(graded) => own_or_editor(
                event,
                self.key_results
                    .get(&graded.key_result)
                    .and_then(|found| found.owner),
            ),
            Body::CheckInRetracted {
                key_result,
                check_in,
            }
            | Body::CheckInReinstated {
                key_result,
                check_in,
            } => self.role_for(event, Subject::CheckIn(*key_result, *check_in)),
            Body::Edited { subject, .. } => self.role_for(event, *subject),
            // Nothing says here whom it takes, and a newer version will take it at its word.
            Body::Unknown { .. } => Role::Owner,
        }
    }

    /// Mission and vision are an editor's business, everything else about a workspace an owner's.
    fn workspace_role(&self, event: &Event) -> Role {
        match &event.body {
            Body::Edited { changes, .. }
                if changes
                    .iter()
                    .all(|change| matches!(change.field, Field::Mission | Field::Vision)) =>
            {
                Role::Editor
            }
            _ => Role::Owner,
        }
    }

    /// Contributors change their own check-ins, notes, readings, updates and work; editors
    /// everybody's.
    fn role_for(&self, event: &Event, subject: Subject) -> Role {
        let author = match subject {
            Subject::CheckIn(key_result, id) => self
                .key_results
                .get(&key_result)
                .and_then(|key_result| key_result.check_ins.get(id))
                .map(|check_in| check_in.member),
            Subject::Note(id) => self
                .notes
                .get(&id)
                .map(|note| note.provenance.created.member),
            Subject::Reading(kpi, id) => self
                .reading(kpi, id)
                .map(|reading| reading.provenance.created.member),
            Subject::Weekly(id) => self.weeklies.get(&id).map(|weekly| weekly.member),
            Subject::Initiative(id) => self.initiatives.get(&id).and_then(|found| found.owner),
            Subject::Todo(id) => self.todos.get(&id).and_then(|found| found.owner),
            _ => None,
        };
        own_or_editor(event, author)
    }

    fn admit_body(&self, event: &Event) -> Result<(), Refusal> {
        match &event.body {
            Body::WorkspaceCreated(created) => people::workspace_created(self, event, created),
            Body::ServerAdopted { device, name, .. } => people::server_adopted(self, *device, name),
            Body::MemberAdded {
                member,
                name,
                email,
                ..
            } => people::member_added(self, *member, name, email.as_deref()),
            Body::TextErased(erased) => erase::admit(self, event, erased),
            Body::InvitationIssued {
                invitation, member, ..
            } => people::invitation_issued(self, *invitation, *member),
            Body::DeviceJoined(joined) => people::device_joined(self, event, joined),
            Body::DeviceRevoked { device } => people::device_revoked(self, *device),
            Body::DeviceKeyRotated { .. } => Ok(()),
            Body::TeamCreated {
                team, name, parent, ..
            } => people::team_created(self, *team, name, *parent),
            Body::TeamMemberAdded { team, member } => {
                people::team_member(self, *team, *member, true)
            }
            Body::TeamMemberRemoved { team, member } => {
                people::team_member(self, *team, *member, false)
            }
            Body::CycleCreated {
                cycle,
                name,
                starts,
                ends,
                parent,
                ..
            } => okr::cycle_created(self, *cycle, name, (*starts, *ends), *parent),
            Body::ObjectiveDrafted(drafted) => okr::objective_drafted(self, drafted),
            Body::KeyResultAdded(added) => key_result::key_result_added(self, added),
            Body::HelpLinked { from, to } => key_result::help_linked(self, *from, *to),
            Body::HelpUnlinked { from, to } => key_result::help_unlinked(self, *from, *to),
            Body::CheckedIn(made) => check_in::checked_in(self, event, made),
            Body::CheckInRetracted {
                key_result,
                check_in,
            } => check_in::retraction(self, *key_result, *check_in, true),
            Body::CheckInReinstated {
                key_result,
                check_in,
            } => check_in::retraction(self, *key_result, *check_in, false),
            Body::NoteAdded { about, text, .. } => okr::note_added(self, *about, text),
            Body::SignOffAsked { objective, members } => {
                okr::sign_off_asked(self, *objective, members)
            }
            Body::ObjectiveSigned { objective } => okr::signed(self, event, *objective),
            Body::ObjectiveUnsigned { objective } => okr::unsigned(self, event, *objective),
            Body::LintSilenced { objective, code } => {
                practice::lint_silenced(self, *objective, code, true)
            }
            Body::LintHeeded { objective, code } => {
                practice::lint_silenced(self, *objective, code, false)
            }
            Body::KpiDefined(defined) => kpi::defined(self, defined),
            Body::KpiRecorded(recorded) => kpi::recorded(self, event, recorded),
            Body::KpiLinked { kpi, key_result } => kpi::linked(self, *kpi, *key_result, true),
            Body::KpiUnlinked { kpi, key_result } => kpi::linked(self, *kpi, *key_result, false),
            Body::InitiativeAdded(added) => practice::initiative_added(self, added),
            Body::TodoAdded(added) => practice::todo_added(self, added),
            Body::TodoCounted {
                todo,
                quantity,
                effective,
            } => practice::todo_counted(self, event, *todo, *quantity, *effective),
            Body::WeeklyWritten(written) => practice::weekly_written(self, event, written),
            Body::KeyResultGraded(graded) => closing::graded(self, event, graded),
            Body::CycleClosed {
                cycle,
                position,
                root,
            } => closing::closed(self, *cycle, *position, root),
            Body::CycleReopened { cycle } => closing::reopened(self, event, *cycle),
            Body::TemplateSaved(saved) => practice::template_saved(self, saved),
            Body::FunnelDefined(defined) => practice::funnel_defined(self, defined),
            Body::IncentiveAdded(added) => practice::incentive_added(self, added),
            Body::Edited { subject, changes } => edit::edited(self, event, *subject, changes),
            Body::ConflictResolved {
                subject, field, to, ..
            } => edit::resolved(self, event, *subject, field, to),
            // A newer version's business: this one can neither judge nor lose it.
            Body::Unknown { .. } => Ok(()),
        }
    }
}

/// What a member owns takes a contributor, what another owns an editor.
fn own_or_editor(event: &Event, owner: Option<MemberId>) -> Role {
    if owner == Some(event.member) {
        Role::Contributor
    } else {
        Role::Editor
    }
}
