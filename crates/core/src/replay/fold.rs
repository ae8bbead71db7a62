//! A fold to which entries are added in the order in which they became known, whatever their places
//! in the log.
//!
//! Guarantee: after each addition the state is the fold, in the order of the log, of exactly the
//! entries added so far. One that stands behind all of them is applied; where one stands before
//! others, the others are folded again on top of it. What is imported from one source comes in in its
//! own order, so the state right behind the last addition is kept for the next.

use crate::event::Entry;
use crate::state::State;

/// So many states are kept: as many sources may be interleaved before something is folded twice.
const KEPT: usize = 8;

/// A fold under way.
pub(super) struct Folding<'e> {
    /// The entries that there are to add, in the order of the log.
    entries: &'e [Entry],
    /// The fold of everything before them.
    base: State,
    state: State,
    added: Vec<bool>,
    count: u64,
    /// Which of those added stands last.
    last: Option<usize>,
    /// Folds of all that was added up to a place, by that place.
    kept: Vec<(usize, State)>,
}

impl<'e> Folding<'e> {
    pub(super) fn new(base: State, entries: &'e [Entry]) -> Self {
        Self {
            entries,
            state: base.clone(),
            base,
            added: vec![false; entries.len()],
            count: 0,
            last: None,
            kept: Vec::new(),
        }
    }

    pub(super) const fn state(&self) -> &State {
        &self.state
    }

    /// The highest position that was added.
    pub(super) const fn head(&self) -> u64 {
        self.state.head
    }

    /// Whether everything up to the highest position was added, and so names what is known.
    pub(super) const fn is_whole(&self) -> bool {
        self.base.head + self.count == self.state.head
    }

    fn is_added(&self, at: usize) -> bool {
        self.added.get(at).copied().unwrap_or_default()
    }

    /// Adds the entry at a place among them.
    pub(super) fn add(&mut self, at: usize) {
        let Some(entry) = self.entries.get(at) else {
            return;
        };
        match self.added.get_mut(at) {
            Some(added) if !*added => *added = true,
            _ => return,
        }
        self.count += 1;
        if self.last.is_none_or(|last| last < at) {
            self.state.apply(entry);
            self.last = Some(at);
            return;
        }
        while self.kept.last().is_some_and(|(place, _)| *place >= at) {
            self.kept.pop();
        }
        let below = self.kept.last();
        let (from, mut state) = below.map_or_else(
            || (0, self.base.clone()),
            |(place, state)| (place + 1, state.clone()),
        );
        let next_to_it = !(from..at).any(|between| self.is_added(between));
        self.fold(&mut state, from..at);
        state.apply(entry);
        if next_to_it || self.kept.len() >= KEPT {
            self.kept.pop();
        }
        self.kept.push((at, state.clone()));
        self.fold(&mut state, at + 1..self.entries.len());
        self.state = state;
    }

    /// Takes entries away again: what set the scene of imported history before the workspace began.
    pub(super) fn remove(&mut self, places: &[usize]) {
        for at in places {
            if let Some(added) = self.added.get_mut(*at).filter(|added| **added) {
                *added = false;
                self.count -= 1;
            }
        }
        self.kept.clear();
        let mut state = self.base.clone();
        self.fold(&mut state, 0..self.entries.len());
        self.last = self.added.iter().rposition(|added| *added);
        self.state = state;
    }

    fn fold(&self, state: &mut State, places: std::ops::Range<usize>) {
        let upto = self.last.map_or(0, |last| last + 1).min(places.end);
        for at in places.start..upto {
            if self.is_added(at)
                && let Some(entry) = self.entries.get(at)
            {
                state.apply(entry);
            }
        }
    }
}
