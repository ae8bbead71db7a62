//! What an event is called, and what it is about.

use super::{Body, Entry, Event};
use crate::calendar::{Date, Timestamp};
use crate::id::{NoteId, WeeklyId};
use crate::reference::Kind;
use crate::value::Subject;

impl Body {
    /// The kind's name, as logs and JSON show it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::WorkspaceCreated(_) => "WorkspaceCreated",
            Self::ServerAdopted { .. } => "ServerAdopted",
            Self::MemberAdded { .. } => "MemberAdded",
            Self::InvitationIssued { .. } => "InvitationIssued",
            Self::DeviceJoined(_) => "DeviceJoined",
            Self::DeviceRevoked { .. } => "DeviceRevoked",
            Self::DeviceKeyRotated { .. } => "DeviceKeyRotated",
            Self::TeamCreated { .. } => "TeamCreated",
            Self::TeamMemberAdded { .. } => "TeamMemberAdded",
            Self::TeamMemberRemoved { .. } => "TeamMemberRemoved",
            Self::CycleCreated { .. } => "CycleCreated",
            Self::ObjectiveDrafted(_) => "ObjectiveDrafted",
            Self::KeyResultAdded(_) => "KeyResultAdded",
            Self::HelpLinked { .. } => "HelpLinked",
            Self::HelpUnlinked { .. } => "HelpUnlinked",
            Self::CheckedIn(_) => "CheckedIn",
            Self::CheckInRetracted { .. } => "CheckInRetracted",
            Self::CheckInReinstated { .. } => "CheckInReinstated",
            Self::NoteAdded { .. } => "NoteAdded",
            Self::SignOffAsked { .. } => "SignOffAsked",
            Self::ObjectiveSigned { .. } => "ObjectiveSigned",
            Self::ObjectiveUnsigned { .. } => "ObjectiveUnsigned",
            Self::LintSilenced { .. } => "LintSilenced",
            Self::LintHeeded { .. } => "LintHeeded",
            Self::KpiDefined(_) => "KpiDefined",
            Self::KpiRecorded(_) => "KpiRecorded",
            Self::KpiLinked { .. } => "KpiLinked",
            Self::KpiUnlinked { .. } => "KpiUnlinked",
            Self::InitiativeAdded(_) => "InitiativeAdded",
            Self::TodoAdded(_) => "TodoAdded",
            Self::TodoCounted { .. } => "TodoCounted",
            Self::WeeklyWritten(_) => "WeeklyWritten",
            Self::KeyResultGraded(_) => "KeyResultGraded",
            Self::CycleClosed { .. } => "CycleClosed",
            Self::CycleReopened { .. } => "CycleReopened",
            Self::TemplateSaved(_) => "TemplateSaved",
            Self::FunnelDefined(_) => "FunnelDefined",
            Self::IncentiveAdded(_) => "IncentiveAdded",
            Self::Edited { subject, .. } => match subject {
                Subject::Workspace => "WorkspaceEdited",
                Subject::Member(_) => "MemberEdited",
                Subject::Team(_) => "TeamEdited",
                Subject::Cycle(_) => "CycleEdited",
                Subject::Objective(_) => "ObjectiveEdited",
                Subject::KeyResult(_) => "KeyResultEdited",
                Subject::CheckIn(..) => "CheckInCorrected",
                Subject::Note(_) => "NoteEdited",
                Subject::Kpi(_) => "KpiEdited",
                Subject::Reading(..) => "KpiReadingCorrected",
                Subject::Initiative(_) => "InitiativeEdited",
                Subject::Todo(_) => "TodoEdited",
                Subject::Weekly(_) => "WeeklyEdited",
                Subject::Template(_) => "TemplateEdited",
                Subject::Funnel(_) => "FunnelEdited",
                Subject::Incentive(_) => "IncentiveEdited",
            },
            Self::ConflictResolved { .. } => "ConflictResolved",
            Self::TextErased(_) => "TextErased",
            Self::Unknown { .. } => "Unknown",
        }
    }

    /// What the event is about. A check-in or note made by `event` is about its key result or
    /// what it was written on; use [`Event::subjects`] for everything that it touches.
    #[must_use]
    pub fn subject(&self) -> Option<Subject> {
        Some(match self {
            Self::WorkspaceCreated(_) | Self::ServerAdopted { .. } => Subject::Workspace,
            Self::MemberAdded { member, .. } | Self::InvitationIssued { member, .. } => {
                Subject::Member(*member)
            }
            Self::DeviceJoined(joined) => Subject::Member(joined.member),
            Self::DeviceRevoked { .. }
            | Self::DeviceKeyRotated { .. }
            | Self::TextErased(_)
            | Self::Unknown { .. } => return None,
            Self::TeamCreated { team, .. }
            | Self::TeamMemberAdded { team, .. }
            | Self::TeamMemberRemoved { team, .. } => Subject::Team(*team),
            Self::CycleCreated { cycle, .. } => Subject::Cycle(*cycle),
            Self::ObjectiveDrafted(drafted) => Subject::Objective(drafted.objective),
            Self::SignOffAsked { objective, .. }
            | Self::ObjectiveSigned { objective }
            | Self::ObjectiveUnsigned { objective }
            | Self::LintSilenced { objective, .. }
            | Self::LintHeeded { objective, .. } => Subject::Objective(*objective),
            Self::KpiDefined(defined) => Subject::Kpi(defined.kpi),
            Self::KpiRecorded(recorded) => Subject::Kpi(recorded.kpi),
            Self::KpiLinked { kpi, .. } | Self::KpiUnlinked { kpi, .. } => Subject::Kpi(*kpi),
            Self::InitiativeAdded(added) => Subject::Initiative(added.initiative),
            Self::TodoAdded(added) => Subject::Todo(added.todo),
            Self::TodoCounted { todo, .. } => Subject::Todo(*todo),
            // Its author: an update is part of what a person did.
            Self::WeeklyWritten(_) => return None,
            Self::KeyResultGraded(graded) => Subject::KeyResult(graded.key_result),
            Self::CycleClosed { cycle, .. } | Self::CycleReopened { cycle } => {
                Subject::Cycle(*cycle)
            }
            Self::TemplateSaved(saved) => Subject::Template(saved.template),
            Self::FunnelDefined(defined) => Subject::Funnel(defined.funnel),
            Self::IncentiveAdded(added) => Subject::Incentive(added.incentive),
            Self::KeyResultAdded(added) => Subject::KeyResult(added.key_result),
            Self::HelpLinked { from, .. } | Self::HelpUnlinked { from, .. } => {
                Subject::KeyResult(*from)
            }
            Self::CheckedIn(made) => Subject::KeyResult(made.key_result),
            Self::CheckInRetracted { key_result, .. }
            | Self::CheckInReinstated { key_result, .. } => Subject::KeyResult(*key_result),
            Self::NoteAdded { about, .. } => *about,
            Self::Edited { subject, .. } | Self::ConflictResolved { subject, .. } => {
                match subject {
                    Subject::CheckIn(key_result, _) => Subject::KeyResult(*key_result),
                    Subject::Reading(kpi, _) => Subject::Kpi(*kpi),
                    other => *other,
                }
            }
        })
    }

    /// The date that the event speaks of, where it speaks of one.
    #[must_use]
    pub const fn effective(&self) -> Option<Date> {
        match self {
            Self::CheckedIn(made) => Some(made.effective),
            Self::KpiRecorded(recorded) => Some(recorded.effective),
            Self::TodoCounted { effective, .. } => Some(*effective),
            _ => None,
        }
    }
}

impl Entry {
    /// Since when an entry counts as known. What was imported counts as known when its source was
    /// written; what was authored before the workspace had a server (up to the position
    /// `adopted_at`), when it was authored; everything else, when it was recorded.
    #[must_use]
    pub fn known_at(&self, adopted_at: Option<u64>) -> Timestamp {
        match (&self.event.source, adopted_at) {
            (Some(source), _) => source.at.min(self.recorded),
            (None, adopted) => self.first_recorded(adopted),
        }
    }

    /// When it was first recorded: up to the position `adopted_at`, by the device that authored it;
    /// the server that was given to the workspace then has recorded it anew.
    #[must_use]
    pub fn first_recorded(&self, adopted_at: Option<u64>) -> Timestamp {
        match adopted_at {
            Some(adopted) if self.seq <= adopted => {
                Timestamp::from_ms(self.event.authored.wall).min(self.recorded)
            }
            _ => self.recorded,
        }
    }
}

impl Event {
    /// The ids of everything that the event touches, for indexes: an entity's history is the
    /// events that name it here.
    #[must_use]
    pub fn subjects(&self) -> Vec<uuid::Uuid> {
        let mut ids = Vec::new();
        match self.body.subject() {
            Some(Subject::Workspace) => ids.push(self.workspace.uuid()),
            Some(subject) => ids.extend(Kind::of(subject).map(|(_, id)| id)),
            None => {}
        }
        match &self.body {
            // A key result that joins or leaves is a change of its objective too.
            Body::KeyResultAdded(added) => ids.push(added.objective.uuid()),
            Body::HelpLinked { to, .. } | Body::HelpUnlinked { to, .. } => ids.push(to.uuid()),
            Body::DeviceJoined(joined) => ids.push(joined.device.uuid()),
            Body::DeviceRevoked { device } | Body::ServerAdopted { device, .. } => {
                ids.push(device.uuid());
            }
            Body::DeviceKeyRotated { .. } => ids.push(self.device.uuid()),
            Body::NoteAdded { .. } => ids.push(NoteId::from(self.id).uuid()),
            Body::WeeklyWritten(_) => ids.push(WeeklyId::from(self.id).uuid()),
            Body::TextErased(erased) => ids.push(erased.event.uuid()),
            // What a KPI says, and that it is said, is part of its key result's story.
            Body::KpiLinked { key_result, .. } | Body::KpiUnlinked { key_result, .. } => {
                ids.push(key_result.uuid());
            }
            _ => {}
        }
        ids
    }
}
