//! Whether closings are bound to what the log holds.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::closing::{self, recorded_alone};
use quarterdeck_core::event::Event;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_ledger::claims::{self, Claim};
use quarterdeck_ledger::{Ledger, LedgerError, NewEntry, Sealed};
use quarterdeck_proto::decode_event;

use super::draft::Obstacle;

/// Refuses a closing with another root than the log and what is about to be appended have.
pub(super) fn check(
    state: &State,
    ledger: &dyn Ledger,
    coming: &[NewEntry],
    event: &Event,
) -> Result<(), Obstacle> {
    let Some(claim) = claim(state, state.head.saturating_add(1), event) else {
        return Ok(());
    };
    match first_false(&[claim], ledger, coming)? {
        None => Ok(()),
        Some(claim) => {
            let message = format!(
                "The closing does not hold: {}.",
                closing::wrong_root(claim.size)
            );
            Err(Refusal::invalid(message)
                .hint("sync and verify, then close the cycle again: `okr verify`")
                .into())
        }
    }
}

/// What an event claims about the log before it, `state` being the one in which it takes effect.
pub(super) fn claim(state: &State, seq: u64, event: &Event) -> Option<Claim> {
    let bound = closing::bound(state, event)?;
    Some(Claim {
        seq,
        size: bound.position,
        root: bound.root,
        alone: bound.alone,
    })
}

/// The first of the claims that the log does not bear out.
pub(super) fn first_false(
    claims: &[Claim],
    ledger: &dyn Ledger,
    coming: &[NewEntry],
) -> Result<Option<Claim>, LedgerError> {
    claims::first_false(claims, ledger, coming, &mut |last: u64, sealed: &Sealed| {
        let event = decode_event(&sealed.body).ok()?;
        Some(recorded_alone(Timestamp::from_ms(last), &event).ms())
    })
}
