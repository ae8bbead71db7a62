//! A past as at the closing of a cycle, for questions that are asked about the closed cycle as a whole.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::seen;
use crate::calendar::Date;
use crate::event::Entry;
use crate::id::CycleId;
use crate::known::Known;
use crate::past::Past;
use crate::state::State;
use crate::value::Subject;
use crate::when::Moment;

/// What was known when a cycle was closed, and earlier: nothing behind the position that its closing is
/// bound to. Its state says that the cycle is closed.
#[derive(Debug)]
pub struct AtClosing<'p, P> {
    past: &'p mut P,
    state: State,
    position: u64,
}

/// The past as at the closing of a cycle, and the day whose figures the closed cycle shows. None where the
/// cycle is open.
///
/// # Errors
/// The log cannot be read.
pub fn at_closing<P: Past>(
    past: &mut P,
    cycle: CycleId,
) -> Result<Option<(AtClosing<'_, P>, Option<Date>)>, P::Error> {
    let Some(seen) = seen(past, Subject::Cycle(cycle))? else {
        return Ok(None);
    };
    let closing = (seen.state.cycles.get(&cycle)).and_then(|cycle| cycle.closing.as_ref());
    let Some(position) = closing.map(|closing| closing.position) else {
        return Ok(None);
    };
    let at_closing = AtClosing {
        past,
        state: seen.state,
        position,
    };
    Ok(Some((at_closing, seen.on)))
}

impl<P: Past> Past for AtClosing<'_, P> {
    type Error = P::Error;

    fn state(&self) -> &State {
        &self.state
    }

    fn known_at(&mut self, moment: Moment) -> Result<State, P::Error> {
        let at = match moment {
            Moment::Position(position) if position >= self.position => {
                return Ok(self.state.clone());
            }
            Moment::Position(_) => return self.past.known_at(moment),
            Moment::At(at) => at,
        };
        let state = self.past.known_at(moment)?;
        if state.head <= self.position {
            return Ok(state);
        }
        // Something imported later says that it was known by then: it is not to be seen here.
        let known = Known::of_past(&self.state);
        let mut folded = State::default();
        self.each(1, &mut |entry| {
            if known.by(entry, at) {
                folded.apply(entry);
            }
            true
        })?;
        Ok(if folded.head >= self.position {
            self.state.clone()
        } else {
            folded
        })
    }

    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, P::Error> {
        let mut found = self.past.about(things)?;
        found.retain(|entry| entry.seq <= self.position);
        Ok(found)
    }

    fn each(&mut self, from: u64, more: &mut dyn FnMut(&Entry) -> bool) -> Result<(), P::Error> {
        let position = self.position;
        (self.past).each(from, &mut |entry| entry.seq <= position && more(entry))
    }

    fn is_pending(&self, _: u64) -> bool {
        // A closing names a position of the recorded log.
        false
    }
}
