//! Whether closings are bound to what the log holds.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::closing::{self, recorded_alone};
use quarterdeck_core::event::Event;
use quarterdeck_core::state::State;
use quarterdeck_ledger::claims::{Claim, first_false};
use quarterdeck_ledger::{Ledger, NewEntry, Sealed};
use quarterdeck_proto::decode_event;

use crate::check::Fault;
use crate::error::ReplicaError;

/// What an event that stands, or would stand, at `seq` claims about the log before it; `state` is
/// the one in which it takes effect.
pub(crate) fn claim(state: &State, seq: u64, event: &Event) -> Option<Claim> {
    let bound = closing::bound(state, event)?;
    Some(Claim {
        seq,
        size: bound.position,
        root: bound.root,
        alone: bound.alone,
    })
}

/// The first closing that is bound to another history than the log holds, if there is one.
pub(crate) fn first_fault(
    claims: &[Claim],
    ledger: &dyn Ledger,
    coming: &[NewEntry],
) -> Result<Option<Fault>, ReplicaError> {
    let mut alone = |last: u64, sealed: &Sealed| {
        let event = decode_event(&sealed.body).ok()?;
        Some(recorded_alone(Timestamp::from_ms(last), &event).ms())
    };
    let found = first_false(claims, ledger, coming, &mut alone)?;
    Ok(found.map(|claim| Fault {
        seq: claim.seq,
        what: closing::wrong_root(claim.size),
    }))
}
