//! A list of entries as questions about the past see it: slow and obvious.

use std::collections::BTreeSet;
use std::convert::Infallible;

use quarterdeck_core::event::Entry;
use quarterdeck_core::known::Known;
use quarterdeck_core::past::Past;
use quarterdeck_core::state::State;
use quarterdeck_core::when::Moment;
use uuid::Uuid;

/// What was known of a log at a moment.
pub struct Listed {
    log: Vec<Entry>,
    known: Known,
    state: State,
}

pub fn fold<'a>(log: impl IntoIterator<Item = &'a Entry>) -> State {
    let mut state = State::default();
    log.into_iter().for_each(|entry| state.apply(entry));
    state
}

impl Listed {
    /// All of a log.
    pub fn all(log: &[Entry]) -> Self {
        Self {
            known: Known::of(&fold(log)),
            state: fold(log),
            log: log.to_vec(),
        }
    }

    /// What was known of it then.
    pub fn as_of(log: &[Entry], moment: Moment) -> Self {
        let known = Known::of(&fold(log));
        let log: Vec<Entry> = (log.iter())
            .filter(|entry| is_known(&known, entry, moment))
            .cloned()
            .collect();
        Self {
            known,
            state: fold(&log),
            log,
        }
    }
}

fn is_known(known: &Known, entry: &Entry, moment: Moment) -> bool {
    match moment {
        Moment::At(moment) => known.by(entry, moment),
        Moment::Position(position) => entry.seq <= position,
    }
}

impl Past for Listed {
    type Error = Infallible;

    fn state(&self) -> &State {
        &self.state
    }

    fn known_at(&mut self, moment: Moment) -> Result<State, Infallible> {
        Ok(fold(
            (self.log.iter()).filter(|entry| is_known(&self.known, entry, moment)),
        ))
    }

    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, Infallible> {
        let touches = |entry: &&Entry| entry.event.subjects().iter().any(|id| things.contains(id));
        Ok(self.log.iter().filter(touches).cloned().collect())
    }

    fn each(&mut self, from: u64, more: &mut dyn FnMut(&Entry) -> bool) -> Result<(), Infallible> {
        for entry in self.log.iter().filter(|entry| entry.seq >= from) {
            if !more(entry) {
                break;
            }
        }
        Ok(())
    }

    fn is_pending(&self, _: u64) -> bool {
        false
    }
}
