//! The state of a workspace: what the log amounts to.
//!
//! Guarantees:
//! - **Pure.** [`State::apply`] depends on the state and the entry alone. The same entries give
//!   the same state, and the same canonical JSON, on every machine.
//! - **Total.** Whatever an entry says, `apply` neither fails nor panics. An entry that this
//!   version cannot use is noted in [`State::skipped`] and changes nothing else.
//! - **Cheap to copy.** Entities are shared until changed, so a trial run costs no deep copy.

pub mod aids;
pub mod apply;
mod below;
pub mod check_in;
pub mod check_ins;
pub mod conflict;
pub mod cycle;
pub mod edit;
pub mod key_result;
pub mod kpi;
mod lazy;
pub mod member;
pub mod note;
pub mod objective;
mod packed;
mod practice;
pub mod team;
pub mod weekly;
pub mod work;
pub mod workspace;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::calendar::Timestamp;
use crate::clock::Hlc;
use crate::erase::Erasure;
use crate::event::{Entry, Source};
use crate::id::{
    CycleId, DeviceId, EventId, FunnelId, IncentiveId, InitiativeId, InvitationId, KeyResultId,
    KpiId, MemberId, NoteId, ObjectiveId, TeamId, TemplateId, TodoId, WeeklyId,
};
use crate::value::{Field, Subject};

pub use aids::{Funnel, Incentive, Template};
pub use below::Below;
pub use check_in::{CheckIn, Reading};
pub use check_ins::{CheckIns, Place, Shelf};
pub use conflict::{Conflict, Contender};
pub use cycle::{Closing, Cycle};
pub use key_result::{Grade, KeyResult, KeyResultHead};
pub use kpi::{Kpi, KpiReading};
pub use lazy::{Headed, Lazy, Page};
pub use member::{Device, Invitation, Member};
pub use note::{Note, NoteHead};
pub use objective::Objective;
pub use team::Team;
pub use weekly::Weekly;
pub use work::{Count, Initiative, Todo};
pub use workspace::Workspace;

/// What the log amounts to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Position of the last entry applied; 0 for none.
    pub head: u64,
    /// When the last entry was recorded.
    pub recorded: Timestamp,
    /// The workspace; none before its first event.
    pub workspace: Option<Workspace>,
    /// Members, also removed ones.
    pub members: BTreeMap<MemberId, Member>,
    /// Devices, also revoked ones.
    pub devices: BTreeMap<DeviceId, Device>,
    /// Invitations, also redeemed ones.
    pub invitations: BTreeMap<InvitationId, Invitation>,
    /// Teams.
    pub teams: BTreeMap<TeamId, Team>,
    /// Cycles.
    pub cycles: BTreeMap<CycleId, Cycle>,
    /// Objectives, also dropped ones.
    pub objectives: BTreeMap<ObjectiveId, Arc<Objective>>,
    /// Key results, also dropped ones.
    pub key_results: BTreeMap<KeyResultId, Lazy<KeyResult>>,
    /// Notes.
    pub notes: BTreeMap<NoteId, Lazy<Note>>,
    /// KPIs, also dropped ones.
    pub kpis: BTreeMap<KpiId, Arc<Kpi>>,
    /// Initiatives, also done and dropped ones.
    pub initiatives: BTreeMap<InitiativeId, Arc<Initiative>>,
    /// To-dos, also done and dropped ones.
    pub todos: BTreeMap<TodoId, Arc<Todo>>,
    /// Weekly updates.
    pub weeklies: BTreeMap<WeeklyId, Arc<Weekly>>,
    /// The workspace's own templates.
    pub templates: BTreeMap<TemplateId, Template>,
    /// Funnels.
    pub funnels: BTreeMap<FunnelId, Funnel>,
    /// Metrics of the incentive plan.
    pub incentives: BTreeMap<IncentiveId, Incentive>,
    /// Where imported entries came from, by their positions.
    pub sources: BTreeMap<u64, Arc<Source>>,
    /// Conflicts that nobody has settled yet, oldest first.
    pub conflicts: Vec<Conflict>,
    /// Events from which texts were erased.
    pub erasures: BTreeMap<EventId, Erasure>,
    /// Entries that this version could not use, oldest first.
    pub skipped: Vec<Skipped>,
    /// Which key results stand below which objective.
    #[serde(skip)]
    pub below: Below,
}

/// An entry that the fold passed over. It is still in the log, and synced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// Its position.
    pub seq: u64,
    /// Why it was passed over.
    pub why: String,
}

/// Which event set something, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Position of the event.
    pub seq: u64,
    /// The event.
    pub event: EventId,
    /// Its member.
    pub member: MemberId,
    /// Its device.
    pub device: DeviceId,
    /// When it was authored, held to when it was recorded.
    pub authored: Hlc,
    /// When it was recorded.
    pub recorded: Timestamp,
}

impl Stamp {
    /// The stamp of an entry. A device whose clock runs ahead is held to the recorded time.
    #[must_use]
    pub fn of(entry: &Entry) -> Self {
        Self {
            seq: entry.seq,
            event: entry.event.id,
            member: entry.event.member,
            device: entry.event.device,
            authored: entry.event.authored.held_to(entry.recorded.ms()),
            recorded: entry.recorded,
        }
    }
}

/// Who made an entity, and who last set each field that was edited since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The event that made it.
    pub created: Stamp,
    /// The last edit of each field that was edited.
    pub edited: BTreeMap<Field, Stamp>,
}

impl Provenance {
    /// The provenance of something that `entry` makes.
    #[must_use]
    pub fn new(entry: &Entry) -> Self {
        Self {
            created: Stamp::of(entry),
            edited: BTreeMap::new(),
        }
    }

    /// The provenance of nothing.
    pub(super) fn nobody() -> Self {
        Self {
            created: Stamp {
                seq: 0,
                event: EventId::nil(),
                member: MemberId::nil(),
                device: DeviceId::nil(),
                authored: Hlc::default(),
                recorded: Timestamp::default(),
            },
            edited: BTreeMap::new(),
        }
    }

    /// Which event set the field's present value.
    #[must_use]
    pub fn of(&self, field: &Field) -> &Stamp {
        self.edited.get(field).unwrap_or(&self.created)
    }
}

impl State {
    /// Version of the form in which a state is kept in snapshots, for whoever keeps one: raised
    /// whenever a field of the state or the way its check-ins are packed changes. A snapshot of
    /// another version is passed over, and the log folded anew.
    pub const FORM: u32 = 7;

    /// The key results of an objective, in the order in which they matter: by rank, then by age.
    pub fn key_results_of(
        &self,
        objective: ObjectiveId,
    ) -> impl Iterator<Item = (KeyResultId, &KeyResult)> {
        let mut found: Vec<_> = (self.below.of(self, objective).iter())
            .filter_map(|id| Some((*id, &**self.key_results.get(id)?)))
            .collect();
        found.sort_by_key(|(_, key_result)| {
            (
                key_result.rank.unwrap_or(u32::MAX),
                key_result.provenance.created.seq,
            )
        });
        found.into_iter()
    }

    /// Reads all check-ins that a snapshot left where it was kept ([`Shelf`]).
    pub fn load_check_ins(&self) {
        for key_result in self.key_results.values() {
            key_result.check_ins.all().for_each(drop);
        }
    }

    /// Where what this stamp set was imported from, if it was.
    #[must_use]
    pub fn source(&self, stamp: &Stamp) -> Option<&Source> {
        self.sources.get(&stamp.seq).map(|source| &**source)
    }

    /// Position of the last imported entry; 0 for none.
    #[must_use]
    pub fn last_imported(&self) -> u64 {
        self.sources.keys().next_back().copied().unwrap_or(0)
    }

    /// Whether something of this origin was imported already.
    #[must_use]
    pub fn imported(&self, origin: &str) -> bool {
        self.sources.values().any(|source| source.origin == origin)
    }

    /// Notes about something, oldest first.
    pub fn notes_about(&self, subject: Subject) -> impl Iterator<Item = (NoteId, &Note)> {
        let mut found: Vec<_> = self
            .notes
            .iter()
            .filter(|(_, note)| {
                let head = note.head();
                head.about == subject && head.is_shown()
            })
            .map(|(id, note)| (*id, &**note))
            .collect();
        found.sort_by_key(|(_, note)| note.provenance.created.seq);
        found.into_iter()
    }

    /// The name of a member for people; the server's own acts are the server's.
    #[must_use]
    pub fn member_name(&self, member: MemberId) -> &str {
        match self.members.get(&member) {
            Some(member) => &member.name,
            None if member == MemberId::nil() => "(server)",
            None => "(unknown)",
        }
    }

    /// The name of a device for people.
    #[must_use]
    pub fn device_name(&self, device: DeviceId) -> &str {
        self.devices
            .get(&device)
            .map_or("(unknown)", |device| &device.name)
    }

    /// Until which position the log was kept without a server, if one was given later. Up to
    /// there an entry counts as known when it was authored.
    #[must_use]
    pub fn adopted_at(&self) -> Option<u64> {
        self.workspace
            .as_ref()
            .and_then(|workspace| workspace.adopted_at)
    }

    /// Up to which position entries count as known when they were authored: the whole log while it
    /// is kept without a server. Unlike [`adopted_at`](Self::adopted_at) it says so of a past
    /// state too, whose entries a server has recorded anew since.
    #[must_use]
    pub fn alone_until(&self) -> Option<u64> {
        let served = (self.workspace.as_ref()).is_some_and(|workspace| workspace.served);
        if served {
            self.adopted_at()
        } else {
            Some(u64::MAX)
        }
    }
}
