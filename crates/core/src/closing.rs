//! The end of a cycle: what is open before it is closed, and how it reads afterwards.
//!
//! Guarantee: a closed cycle reads as the log stood at the position that its closing is bound to,
//! on one fixed day, whatever is recorded later. What came later is counted apart.

mod later;
mod seen;
mod within;

use serde::Serialize;

use crate::calendar::{Date, Timestamp};
use crate::due;
use crate::event::{Body, Event, Hash};
use crate::id::{CycleId, KeyResultId, ObjectiveId};
use crate::state::{Closing, Cycle, State};
use crate::token::{CycleState, ObjectiveState};
use crate::value::{Field, Subject};

pub use crate::admit::ungraded;
pub use later::{later, settled};
pub use seen::{Seen, seen};
pub use within::{AtClosing, at_closing};

/// Something that a person might want to finish before a cycle is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open {
    /// A key result without a grade. The cycle cannot be closed before it has one.
    Ungraded(KeyResultId),
    /// A key result whose last check-in was due, and did not come.
    Overdue(KeyResultId, Date),
    /// A conflict about something in the cycle that nobody has settled.
    Conflict(Subject, Field),
    /// An objective that was never agreed or started.
    Draft(ObjectiveId),
    /// The cycle has not ended yet.
    Running(Date),
}

impl Open {
    /// Its kind, in a word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Ungraded(_) => "ungraded",
            Self::Overdue(..) => "overdue",
            Self::Conflict(..) => "conflict",
            Self::Draft(_) => "draft",
            Self::Running(_) => "running",
        }
    }

    /// What it is about, if about one thing.
    #[must_use]
    pub const fn subject(&self) -> Option<Subject> {
        match self {
            Self::Ungraded(id) | Self::Overdue(id, _) => Some(Subject::KeyResult(*id)),
            Self::Conflict(subject, _) => Some(*subject),
            Self::Draft(id) => Some(Subject::Objective(*id)),
            Self::Running(_) => None,
        }
    }
}

/// What is open in a cycle on the day `on`, in the order in which one would deal with it.
#[must_use]
pub fn open(state: &State, id: CycleId, on: Date) -> Vec<Open> {
    let Some(cycle) = state.cycles.get(&id) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if on < cycle.ends {
        found.push(Open::Running(cycle.ends));
    }
    let mut ungraded_ones = Vec::new();
    for (objective, above) in &state.objectives {
        if above.cycle != id || !above.is_live() {
            continue;
        }
        if above.state == ObjectiveState::Draft {
            found.push(Open::Draft(*objective));
        }
        for (key_result, one) in state.key_results_of(*objective) {
            if !one.is_live() {
                continue;
            }
            if let Some((due, true, _)) = due::next_check_in(state, one, cycle, on) {
                found.push(Open::Overdue(key_result, due));
            }
            if one.grade.is_none() {
                ungraded_ones.push(Open::Ungraded(key_result));
            }
        }
    }
    found.extend(
        state
            .conflicts
            .iter()
            .filter(|open| cycle_of(state, open.subject) == Some(id))
            .map(|open| Open::Conflict(open.subject, open.field.clone())),
    );
    found.extend(ungraded_ones);
    found
}

/// The cycle that a thing belongs to; of a cycle, itself.
#[must_use]
pub fn cycle_of(state: &State, subject: Subject) -> Option<CycleId> {
    let objective = match subject {
        Subject::Cycle(id) => return Some(id),
        Subject::Objective(id) => id,
        Subject::KeyResult(id) | Subject::CheckIn(id, _) => state.key_results.get(&id)?.objective,
        _ => return None,
    };
    state.objectives.get(&objective).map(|above| above.cycle)
}

/// The cycle whose figures an event changes.
#[must_use]
pub fn touched(state: &State, body: &Body) -> Option<CycleId> {
    let subject = match body {
        Body::ObjectiveDrafted(drafted) => return Some(drafted.cycle),
        Body::KeyResultAdded(added) => Subject::Objective(added.objective),
        Body::Edited { subject, .. } | Body::ConflictResolved { subject, .. } => *subject,
        Body::CheckedIn(_)
        | Body::CheckInRetracted { .. }
        | Body::CheckInReinstated { .. }
        | Body::HelpLinked { .. }
        | Body::HelpUnlinked { .. }
        | Body::SignOffAsked { .. }
        | Body::ObjectiveSigned { .. }
        | Body::ObjectiveUnsigned { .. }
        | Body::KeyResultGraded(_) => body.subject()?,
        _ => return None,
    };
    cycle_of(state, subject)
}

/// The closing by which a thing's cycle is closed.
#[must_use]
pub fn of(state: &State, subject: Subject) -> Option<(CycleId, &Closing)> {
    let id = cycle_of(state, subject)?;
    let cycle = state.cycles.get(&id).filter(|cycle| cycle.is_closed())?;
    Some((id, cycle.closing.as_ref()?))
}

/// Whether a check-in that stands at `seq` came after its cycle's grades: it is kept and shown, and
/// changes none of them.
#[must_use]
pub fn is_late(state: &State, key_result: KeyResultId, seq: u64) -> bool {
    of(state, Subject::KeyResult(key_result)).is_some_and(|(_, closing)| seq > closing.position)
}

/// The day whose figures a closed cycle shows: its last, or the day on which it was closed where
/// that came first. By the closer's clock, which no later move to another server changes.
#[must_use]
pub fn day(state: &State, cycle: &Cycle, closing: &Closing) -> Date {
    let closed = Timestamp::from_ms(closing.stamp.authored.wall);
    state.workspace.as_ref().map_or(cycle.ends, |workspace| {
        workspace.date_of(closed).min(cycle.ends)
    })
}

/// Says in the state at a closing's position that the cycle was then closed: the closing itself
/// is recorded behind that position.
pub fn mark(at_position: &mut State, id: CycleId, closing: &Closing) {
    if let Some(cycle) = at_position.cycles.get_mut(&id) {
        cycle.state = CycleState::Closed;
        cycle.closing = Some(closing.clone());
    }
}

/// When a device that is its own authority records an event: when it was authored, and never
/// before what it recorded last.
///
/// A closing that such a device made is bound to the tree with these times. They can be told from
/// the events alone, so its root can still be checked after a server has recorded the log anew.
#[must_use]
pub fn recorded_alone(last: Timestamp, event: &Event) -> Timestamp {
    last.max(Timestamp::from_ms(event.authored.wall))
}

/// What a closing says of the log before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The position that its grades are bound to.
    pub position: u64,
    /// The root of the log of that size.
    pub root: Hash,
    /// Whether it is the root of the tree that a device kept alone: see [`recorded_alone`].
    pub alone: bool,
}

/// What the event says of the log before it, `state` being the one in which it takes effect; none
/// unless it closes a cycle.
#[must_use]
pub fn bound(state: &State, event: &Event) -> Option<Bound> {
    let Body::CycleClosed { position, root, .. } = &event.body else {
        return None;
    };
    let workspace = state.workspace.as_ref();
    Some(Bound {
        position: *position,
        root: *root,
        alone: !workspace.is_some_and(|workspace| workspace.served),
    })
}

/// What is wrong with a closing whose root is not that of the log at its position.
#[must_use]
pub fn wrong_root(position: u64) -> String {
    format!("it closes a cycle with a root that the log did not have at entry {position}")
}

/// How a grade came about, in counts, for a person who is about to close a cycle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Live key results with a grade.
    pub graded: usize,
    /// Those whose grade is not the computed one.
    pub overruled: usize,
    /// Live key results in all.
    pub of: usize,
}

/// Counts the grades of a cycle.
#[must_use]
pub fn tally(state: &State, id: CycleId) -> Tally {
    let mut tally = Tally::default();
    for found in state.key_results.values() {
        let counts = found.is_live()
            && (state.objectives.get(&found.objective))
                .is_some_and(|above| above.cycle == id && above.is_live());
        if !counts {
            continue;
        }
        tally.of += 1;
        if let Some(grade) = &found.grade {
            tally.graded += 1;
            tally.overruled += usize::from(grade.computed != Some(grade.grade));
        }
    }
    tally
}
