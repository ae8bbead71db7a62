//! Events: what happened, in the past tense, authored once and never changed.
//!
//! Each event names its author (member and device), its place in the device's own chain, when it
//! was authored, and what its author had seen. An [`Entry`] is an event in the log: it adds the
//! position and the time it was recorded.

mod about;
mod practice;

use serde::{Deserialize, Serialize};

use crate::calendar::{Date, Timestamp};
use crate::clock::Hlc;
use crate::decimal::Decimal;
use crate::erase::TextErased;
use crate::id::{
    CycleId, DeviceId, EventId, InvitationId, KeyResultId, KpiId, MemberId, ObjectiveId, TeamId,
    TodoId, WorkspaceId,
};
use crate::token::{
    Cadence, CycleKind, Indicator, MetricKind, NoteKind, ObjectiveKind, Role, TeamLevel,
};
use crate::value::{Change, Field, Measure, Milestone, Subject, Value};

pub use practice::{
    FunnelDefined, IncentiveAdded, InitiativeAdded, KeyResultGraded, KpiDefined, KpiRecorded,
    Source, Stage, TemplateSaved, TodoAdded, WeeklyWritten,
};

/// SHA-256 of an event as it travels (fixed prefix, salt, body).
pub type Hash = [u8; 32];
/// An Ed25519 public key.
pub type Key = [u8; 32];

/// An event as its author made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// UUIDv7 made by the author.
    pub id: EventId,
    /// The workspace that it belongs to.
    pub workspace: WorkspaceId,
    /// On whose behalf; nil where the server itself speaks.
    pub member: MemberId,
    /// The device that authored it.
    pub device: DeviceId,
    /// 1, 2, 3 … on that device.
    pub number: u64,
    /// Hash of that device's event before it; none for number 1.
    pub previous: Option<Hash>,
    /// When it was authored, by the device's clock.
    pub authored: Hlc,
    /// The last log position that the author had seen.
    pub seen: u64,
    /// How many events of the same command follow. The last one (0) is signed.
    pub remaining: u32,
    /// Why, in the author's words.
    pub reason: Option<String>,
    /// The event that this one compensates.
    pub undoes: Option<EventId>,
    /// Where it was imported from, if it was.
    pub source: Option<Source>,
    /// What happened.
    pub body: Body,
}

/// An event in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Position in the log, from 1 without a gap. For an event not recorded yet: where it would be.
    pub seq: u64,
    /// When it entered the log; never decreasing. For an event not recorded yet: when authored.
    pub recorded: Timestamp,
    /// The event's hash.
    pub hash: Hash,
    /// The event.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A workspace began. Always the first event, and the root of trust.
    WorkspaceCreated(WorkspaceCreated),
    /// A workspace that began without a server was given one.
    ServerAdopted {
        /// The server's device.
        device: DeviceId,
        /// Its key, which signs checkpoints from here on.
        key: Key,
        /// What it is called.
        name: String,
    },
    /// A person became a member.
    MemberAdded {
        /// The new member.
        member: MemberId,
        /// Display name.
        name: String,
        /// E-mail address, if given.
        email: Option<String>,
        /// What they may do.
        role: Role,
    },
    /// An invitation was made out to a member, for one new device.
    InvitationIssued {
        /// The invitation.
        invitation: InvitationId,
        /// For whom.
        member: MemberId,
        /// Public key of the invitation; its secret half is in the URL alone.
        key: Key,
        /// When it lapses.
        expires: Timestamp,
    },
    /// A device joined.
    DeviceJoined(DeviceJoined),
    /// A device may author nothing more.
    DeviceRevoked {
        /// Which.
        device: DeviceId,
    },
    /// The authoring device signs with another key from the next event on.
    DeviceKeyRotated {
        /// The new key.
        key: Key,
        /// The new key's signature over the rotation, to show that it is held.
        proof: [u8; 64],
    },
    /// A team was formed.
    TeamCreated {
        /// The team.
        team: TeamId,
        /// Its name.
        name: String,
        /// Its level.
        level: TeamLevel,
        /// The team above it.
        parent: Option<TeamId>,
    },
    /// A member joined a team.
    TeamMemberAdded {
        /// The team.
        team: TeamId,
        /// The member.
        member: MemberId,
    },
    /// A member left a team.
    TeamMemberRemoved {
        /// The team.
        team: TeamId,
        /// The member.
        member: MemberId,
    },
    /// A cycle was planned.
    CycleCreated {
        /// The cycle.
        cycle: CycleId,
        /// Its name, such as `2026-Q3`.
        name: String,
        /// Its kind.
        kind: CycleKind,
        /// First day.
        starts: Date,
        /// Last day, inclusive.
        ends: Date,
        /// The annual cycle above a quarterly one.
        parent: Option<CycleId>,
    },
    /// An objective was drafted.
    ObjectiveDrafted(ObjectiveDrafted),
    /// A key result was added to an objective.
    KeyResultAdded(KeyResultAdded),
    /// A key result was said to help another.
    HelpLinked {
        /// The helping key result.
        from: KeyResultId,
        /// The one that it helps.
        to: KeyResultId,
    },
    /// A key result is no longer said to help another.
    HelpUnlinked {
        /// The helping key result.
        from: KeyResultId,
        /// The one that it helped.
        to: KeyResultId,
    },
    /// A key result was measured.
    CheckedIn(CheckedIn),
    /// A check-in was taken back. It stays in the log.
    CheckInRetracted {
        /// Its key result.
        key_result: KeyResultId,
        /// The event that made it.
        check_in: EventId,
    },
    /// A retracted check-in counts again.
    CheckInReinstated {
        /// Its key result.
        key_result: KeyResultId,
        /// The event that made it.
        check_in: EventId,
    },
    /// Somebody wrote something down.
    NoteAdded {
        /// About what.
        about: Subject,
        /// What kind of note.
        kind: NoteKind,
        /// The text.
        text: String,
    },
    /// Members were asked to agree to an objective.
    SignOffAsked {
        /// The objective.
        objective: ObjectiveId,
        /// Who is asked.
        members: Vec<MemberId>,
    },
    /// The author agreed to an objective as it stood.
    ObjectiveSigned {
        /// The objective.
        objective: ObjectiveId,
    },
    /// The author no longer agrees to an objective.
    ObjectiveUnsigned {
        /// The objective.
        objective: ObjectiveId,
    },
    /// A finding of the lint shall not be shown for an objective.
    LintSilenced {
        /// The objective.
        objective: ObjectiveId,
        /// The finding's code.
        code: String,
    },
    /// A silenced finding shall be shown again.
    LintHeeded {
        /// The objective.
        objective: ObjectiveId,
        /// The finding's code.
        code: String,
    },
    /// A KPI was defined.
    KpiDefined(KpiDefined),
    /// A KPI was read.
    KpiRecorded(KpiRecorded),
    /// A key result was said to improve a KPI.
    KpiLinked {
        /// The KPI.
        kpi: KpiId,
        /// The key result.
        key_result: KeyResultId,
    },
    /// A key result is no longer said to improve a KPI.
    KpiUnlinked {
        /// The KPI.
        kpi: KpiId,
        /// The key result.
        key_result: KeyResultId,
    },
    /// An initiative was added.
    InitiativeAdded(InitiativeAdded),
    /// A to-do was added.
    TodoAdded(TodoAdded),
    /// Some of a to-do was done.
    TodoCounted {
        /// The to-do.
        todo: TodoId,
        /// How much; below 0 takes back.
        quantity: Decimal,
        /// The date that it speaks of.
        effective: Date,
    },
    /// A weekly update was written.
    WeeklyWritten(WeeklyWritten),
    /// A key result was graded.
    KeyResultGraded(KeyResultGraded),
    /// A cycle was closed: its grades are those of the log up to a position.
    CycleClosed {
        /// The cycle.
        cycle: CycleId,
        /// The log position that the grades are bound to.
        position: u64,
        /// The root hash of the log of that size.
        root: Hash,
    },
    /// A closed cycle was opened again.
    CycleReopened {
        /// The cycle.
        cycle: CycleId,
    },
    /// A template was kept.
    TemplateSaved(TemplateSaved),
    /// A funnel was defined.
    FunnelDefined(FunnelDefined),
    /// A metric of an incentive plan was named.
    IncentiveAdded(IncentiveAdded),
    /// Fields of an entity were changed.
    Edited {
        /// The entity.
        subject: Subject,
        /// Each field with the value seen and the new one.
        changes: Vec<Change>,
    },
    /// A conflict was settled.
    ConflictResolved {
        /// The entity.
        subject: Subject,
        /// The field in conflict.
        field: Field,
        /// The value in effect when it was settled.
        from: Value,
        /// The value chosen.
        to: Value,
        /// The edits that were weighed against each other.
        settles: Vec<EventId>,
    },
    /// Texts were erased from an earlier event.
    TextErased(TextErased),
    /// A kind that a newer version wrote: kept, synced and shown, skipped by the fold.
    Unknown {
        /// The payload's field number on the wire.
        kind: u32,
    },
}

/// The beginning of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceCreated {
    /// Its name.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_year_start: u8,
    /// Public key of the authoring device: the root of trust.
    pub key: Key,
    /// Name of the authoring device.
    pub device_name: String,
    /// Whether that device is a server.
    pub server: bool,
}

/// A new device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceJoined {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub member: MemberId,
    /// Its public key.
    pub key: Key,
    /// What its owner calls it.
    pub name: String,
    /// What lets it in.
    pub certifier: Certifier,
    /// The certifier's signature over workspace, device and key.
    pub certificate: [u8; 64],
}

/// What lets a device in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certifier {
    /// An invitation, redeemed once.
    Invitation(InvitationId),
    /// Another device of the same member.
    Device(DeviceId),
}

/// A new objective.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectiveDrafted {
    /// The objective.
    pub objective: ObjectiveId,
    /// Title in words.
    pub title: String,
    /// Longer description.
    pub description: Option<String>,
    /// Its cycle.
    pub cycle: CycleId,
    /// Owning member.
    pub owner: Option<MemberId>,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Committed or aspirational.
    pub kind: ObjectiveKind,
    /// The objective or key result that it supports.
    pub supports: Option<Subject>,
    /// A name of one's own.
    pub key: Option<String>,
    /// The earlier objective that it was carried over from.
    pub carried_from: Option<ObjectiveId>,
    /// Whether it is carried from cycle to cycle.
    pub standing: bool,
}

/// How a key result is measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metric {
    /// Which of the five kinds.
    pub kind: MetricKind,
    /// Start of an increase or decrease.
    pub baseline: Option<Decimal>,
    /// Aim of an increase or decrease.
    pub target: Option<Decimal>,
    /// Lower bound of a range, itself included.
    pub low: Option<Decimal>,
    /// Upper bound of a range, itself included.
    pub high: Option<Decimal>,
    /// Steps of a milestone key result.
    pub milestones: Vec<Milestone>,
    /// Unit of the numbers, such as `%`, `EUR` or `leads`.
    pub unit: Option<String>,
}

/// A new key result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyResultAdded {
    /// The key result.
    pub key_result: KeyResultId,
    /// Its objective.
    pub objective: ObjectiveId,
    /// Title in words.
    pub title: String,
    /// Owning member.
    pub owner: Option<MemberId>,
    /// How it is measured.
    pub metric: Metric,
    /// Leading or lagging.
    pub indicator: Option<Indicator>,
    /// Certainty at the start, 0 to 1.
    pub certainty: Option<Decimal>,
    /// How often it is to be measured.
    pub cadence: Cadence,
    /// Weight in the objective's mean, above 0.
    pub weight: Decimal,
    /// Which matters most, 1 first.
    pub rank: Option<u32>,
    /// A name of one's own.
    pub key: Option<String>,
    /// The team that is answerable, where it is another than the objective's.
    pub team: Option<TeamId>,
    /// The KPI that it reads its value from.
    pub kpi: Option<KpiId>,
    /// The earlier key result that it was carried over from.
    pub carried_from: Option<KeyResultId>,
}

/// A measurement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedIn {
    /// What was measured.
    pub key_result: KeyResultId,
    /// The measurement.
    pub measure: Measure,
    /// The date that it speaks of.
    pub effective: Date,
    /// Confidence to reach the target, 0 to 1.
    pub confidence: Option<Decimal>,
    /// Projected value at the cycle's end.
    pub projection: Option<Decimal>,
    /// A word on it.
    pub note: Option<String>,
}
