//! A log in memory as questions about the past see it.

use std::collections::BTreeSet;
use std::convert::Infallible;

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::Uuid;
use quarterdeck_core::known::Known;
use quarterdeck_core::past::Past;
use quarterdeck_core::state::State;
use quarterdeck_core::when::Moment;

/// Entries, and what they come to.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) log: Vec<Entry>,
    pub(crate) state: State,
}

impl Told {
    fn known(&self, is_known: impl Fn(&Entry) -> bool) -> State {
        let mut state = State::default();
        for entry in self.log.iter().filter(|entry| is_known(entry)) {
            state.apply(entry);
        }
        state
    }
}

impl Past for Told {
    type Error = Infallible;

    fn state(&self) -> &State {
        &self.state
    }

    fn known_at(&mut self, moment: Moment) -> Result<State, Infallible> {
        let known = Known::of(&self.state);
        Ok(match moment {
            Moment::Position(position) => self.known(|entry| entry.seq <= position),
            Moment::At(moment) => self.known(|entry| known.by(entry, moment)),
        })
    }

    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, Infallible> {
        let touches = |entry: &&Entry| entry.event.subjects().iter().any(|id| things.contains(id));
        Ok(self.log.iter().filter(touches).cloned().collect())
    }

    fn each(&mut self, from: u64, more: &mut dyn FnMut(&Entry) -> bool) -> Result<(), Infallible> {
        let later = self.log.iter().skip_while(|entry| entry.seq < from);
        let _ = later.take_while(|entry| more(entry)).count();
        Ok(())
    }

    fn is_pending(&self, _: u64) -> bool {
        false
    }
}
