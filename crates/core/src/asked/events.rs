//! Which events of the log are meant.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::event::{Body, Entry};
use crate::id::{DeviceId, EventId, MemberId, WorkspaceId};
use crate::past::Past;
use crate::reference::Kind;
use crate::state::State;
use crate::value::Subject;
use crate::when::Moment;

/// Which events are asked for. All of them, unless something is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events {
    /// About this thing.
    pub about: Option<Subject>,
    /// Recorded from this moment on.
    pub since: Option<Moment>,
    /// Recorded up to this moment.
    pub until: Option<Moment>,
    /// On behalf of this member.
    pub member: Option<MemberId>,
    /// Authored on this device.
    pub device: Option<DeviceId>,
    /// Of kinds whose names contain this, in small letters; all where it is empty.
    pub kind: String,
}

impl Events {
    fn has(&self, entry: &Entry, (workspace, alone_until): Of) -> bool {
        self.lets_in(entry, alone_until)
            && (self.about).is_none_or(|subject| concerns(entry, subject, workspace))
            && (self.kind.is_empty()
                || (entry.event.body.kind().to_lowercase()).contains(&self.kind))
    }

    /// Whether an entry is one of them by when it was recorded first, of which
    /// [`State::alone_until`] tells, and by whom it was authored.
    #[must_use]
    pub fn lets_in(&self, entry: &Entry, alone_until: Option<u64>) -> bool {
        let event = &entry.event;
        let recorded = entry.first_recorded(alone_until);
        self.since.is_none_or(|since| match since {
            Moment::At(moment) => recorded >= moment,
            Moment::Position(position) => entry.seq >= position,
        }) && self.until.is_none_or(|until| match until {
            Moment::At(moment) => recorded <= moment,
            Moment::Position(position) => entry.seq <= position,
        }) && self.member.is_none_or(|member| event.member == member)
            && self.device.is_none_or(|device| event.device == device)
    }

    /// Hands them out in the order of the log, while `more` says so. Where they are about one thing,
    /// no more than the events about that are read.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn each<P: Past>(
        &self,
        past: &mut P,
        more: &mut dyn FnMut(&Entry) -> bool,
    ) -> Result<(), P::Error> {
        self.each_from(past, 1, more)
    }

    /// The same from a position on.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn each_from<P: Past>(
        &self,
        past: &mut P,
        from: u64,
        more: &mut dyn FnMut(&Entry) -> bool,
    ) -> Result<(), P::Error> {
        let of = of(past.state());
        if let Some(id) = self.about.and_then(|about| indexed(about, of.0)) {
            for entry in past.about(&BTreeSet::from([id]))? {
                if entry.seq >= from && self.has(&entry, of) && !more(&entry) {
                    break;
                }
            }
            return Ok(());
        }
        past.each(from, &mut |entry| !self.has(entry, of) || more(entry))
    }
}

/// What a state says of its log: the workspace, and up to where it was kept without a server.
type Of = (Option<WorkspaceId>, Option<u64>);

fn of(state: &State) -> Of {
    let workspace = state.workspace.as_ref().map(|found| found.id);
    (workspace, state.alone_until())
}

/// Whether an event is about a thing.
fn concerns(entry: &Entry, subject: Subject, workspace: Option<WorkspaceId>) -> bool {
    let touches = |id: Uuid| entry.event.subjects().contains(&id);
    match subject {
        Subject::Workspace => workspace.is_some_and(|id| touches(id.uuid())),
        Subject::CheckIn(_, id) => match &entry.event.body {
            Body::CheckedIn(_) => entry.event.id == id,
            Body::CheckInRetracted { check_in, .. } | Body::CheckInReinstated { check_in, .. } => {
                *check_in == id
            }
            Body::Edited { subject: about, .. } => *about == subject,
            _ => false,
        },
        other => Kind::of(other).is_some_and(|(_, id)| touches(id)),
    }
}

/// The id under which the events about a thing are found.
fn indexed(subject: Subject, workspace: Option<WorkspaceId>) -> Option<Uuid> {
    match subject {
        Subject::Workspace => workspace.map(|id| id.uuid()),
        Subject::CheckIn(key_result, _) => Some(key_result.uuid()),
        Subject::Reading(kpi, _) => Some(kpi.uuid()),
        other => Kind::of(other).map(|(_, id)| id),
    }
}

/// The entry at a position, if it was known.
///
/// # Errors
/// The log cannot be read.
pub fn entry_at<P: Past>(past: &mut P, position: u64) -> Result<Option<Entry>, P::Error> {
    let mut found = None;
    past.each(position, &mut |entry| {
        found = (entry.seq == position).then(|| entry.clone());
        false
    })?;
    Ok(found)
}

/// Why the edits that contend were made, as far as their authors said so: the log is read for them
/// alone.
///
/// # Errors
/// The log cannot be read.
pub fn reasons<P: Past>(past: &mut P) -> Result<BTreeMap<EventId, String>, P::Error> {
    let wanted: Vec<(u64, EventId)> = (past.state().conflicts.iter())
        .flat_map(|open| &open.contenders)
        .filter(|side| side.reason.is_none())
        .map(|side| (side.stamp.seq, side.stamp.event))
        .collect();
    reasons_of(past, wanted)
}

/// Why these events were authored, by their positions and ids, as far as their authors said so.
///
/// # Errors
/// The log cannot be read.
pub fn reasons_of<P: Past>(
    past: &mut P,
    wanted: impl IntoIterator<Item = (u64, EventId)>,
) -> Result<BTreeMap<EventId, String>, P::Error> {
    let mut reasons = BTreeMap::new();
    for (seq, event) in wanted {
        let entry = entry_at(past, seq)?.filter(|entry| entry.event.id == event);
        if let Some(reason) = entry.and_then(|entry| entry.event.reason) {
            reasons.insert(event, reason);
        }
    }
    Ok(reasons)
}
