//! Who did something, where, when and why, as every list of changes says it.

use quarterdeck_core::act::Act;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::id::{DeviceId, EventId, MemberId};
use serde::Serialize;

use super::log::Imported;
use crate::names::Names;

/// Who, on which device, when and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActTold {
    /// Position of the event, from 1; none while it is not recorded.
    pub seq: Option<u64>,
    /// Id of the event.
    pub event: EventId,
    /// On whose behalf.
    pub member: String,
    /// Id of that member.
    pub member_id: MemberId,
    /// Name of the device that authored it.
    pub device: String,
    /// Id of that device.
    pub device_id: DeviceId,
    /// When it was authored, by its device's clock.
    pub authored: Timestamp,
    /// When it was recorded; none while it is not.
    pub recorded: Option<Timestamp>,
    /// The day on which it became known: of what was imported, that of its source.
    pub day: Date,
    /// Why, in the author's words.
    pub reason: Option<String>,
    /// Where it was imported from, if it was.
    pub imported: Option<Imported>,
    /// The event that it undoes.
    pub undoes: Option<EventId>,
    /// Whether it was undone later.
    pub undone: bool,
    /// Whether it is not recorded yet.
    pub pending: bool,
}

/// An act, told with the names of a state.
pub(super) fn act(names: &Names<'_>, act: &Act) -> ActTold {
    ActTold {
        seq: (!act.pending).then_some(act.seq),
        event: act.event,
        member: names.person(act.member),
        member_id: act.member,
        device: names.machine(act.device),
        device_id: act.device,
        authored: act.authored,
        recorded: (!act.pending).then_some(act.recorded),
        day: act.day,
        reason: act.reason.clone(),
        imported: act.source.as_ref().map(Imported::from),
        undoes: act.undoes,
        undone: act.undone,
        pending: act.pending,
    }
}
