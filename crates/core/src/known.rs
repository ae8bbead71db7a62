//! Which entries count as known at a past moment.
//!
//! An entry counts as known from when it was recorded on. Three exceptions, so that a question
//! about the past is answered with what people knew then:
//!
//! - What was authored before the workspace had a server counts from when it was authored.
//! - What was imported counts from when its source was written; a cycle that it fills, from the
//!   earliest of that.
//! - A moment before the workspace itself began can only be asked about imported history: members,
//!   teams and devices then set its scene.

use std::collections::BTreeMap;

use crate::calendar::Timestamp;
use crate::event::{Body, Entry};
use crate::id::CycleId;
use crate::state::{Stamp, State};

/// Since when what a stamp says counts as known: [`Entry::known_at`], of a stamp.
#[must_use]
pub fn since(state: &State, stamp: &Stamp) -> Timestamp {
    let authored = Timestamp::from_ms(stamp.authored.wall);
    match (state.source(stamp), state.alone_until()) {
        (Some(source), _) => source.at.min(stamp.recorded),
        (None, Some(adopted)) if stamp.seq <= adopted => authored.min(stamp.recorded),
        _ => stamp.recorded,
    }
}

/// What is needed to tell, from the present state.
#[derive(Debug, Clone, Default)]
pub struct Known {
    adopted_at: Option<u64>,
    /// When the workspace began.
    began: Option<Timestamp>,
    /// When the earliest imported source was written.
    first_source: Option<Timestamp>,
    /// Since when imported objectives fill a cycle, or one below it.
    filled: BTreeMap<CycleId, Timestamp>,
}

impl Known {
    /// What the present state says about it.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let mut filled: BTreeMap<CycleId, Timestamp> = BTreeMap::new();
        let mut fill = |cycle: CycleId, at: Timestamp| {
            let since = filled.entry(cycle).or_insert(at);
            *since = at.min(*since);
        };
        for objective in state.objectives.values() {
            if let Some(source) = state.source(&objective.provenance.created) {
                fill(objective.cycle, source.at);
                if let Some(year) = state.cycles.get(&objective.cycle).and_then(|c| c.parent) {
                    fill(year, source.at);
                }
            }
        }
        Self {
            adopted_at: state.adopted_at(),
            began: (state.workspace.as_ref()).map(|found| found.provenance.created.recorded),
            first_source: state.sources.values().map(|source| source.at).min(),
            filled,
        }
    }

    /// The same from a state that may be a past one: such a state does not know yet of a server that
    /// has recorded its entries anew since.
    #[must_use]
    pub fn of_past(state: &State) -> Self {
        Self {
            adopted_at: state.alone_until(),
            ..Self::of(state)
        }
    }

    /// Whether the entry was known at the moment.
    #[must_use]
    pub fn by(&self, entry: &Entry, moment: Timestamp) -> bool {
        self.since(entry) <= moment
            || (sets_scene(&entry.event.body)
                && (self.scene()).is_some_and(|(from, until)| from <= moment && moment < until))
    }

    /// From when on the entry is known for good.
    #[must_use]
    pub fn since(&self, entry: &Entry) -> Timestamp {
        let known = entry.known_at(self.adopted_at);
        match &entry.event.body {
            Body::CycleCreated { cycle, .. } => {
                (self.filled.get(cycle)).map_or(known, |filled| known.min(*filled))
            }
            _ => known,
        }
    }

    /// From when on, and until before when, people, teams and devices set the scene of imported
    /// history that is older than the workspace ([`sets_scene`]).
    #[must_use]
    pub fn scene(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.first_source?, self.began?)).filter(|(from, until)| from < until)
    }
}

/// Whether an event says who there was, and so sets the scene of imported history.
#[must_use]
pub const fn sets_scene(body: &Body) -> bool {
    matches!(
        body,
        Body::WorkspaceCreated(_)
            | Body::ServerAdopted { .. }
            | Body::MemberAdded { .. }
            | Body::InvitationIssued { .. }
            | Body::DeviceJoined(_)
            | Body::TeamCreated { .. }
            | Body::TeamMemberAdded { .. }
    )
}
