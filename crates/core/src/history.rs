//! How goals came to be what they are: every change, and how things stood right after it.
//!
//! Guarantees:
//! - **Complete.** No figure of a key result changes without a line that says so, time passing
//!   aside ([`touches`]).
//! - **Cheap.** The history of one key result, or of one objective, folds the entries that its
//!   figures depend on and no other ([`closure`]); it does not depend on the length of the log.
//! - **For ever.** It is made of a [`Past`] alone, and so reads the same whatever is recorded later.
//!
//! Unless a day is named, each line has the figures of the day on which its change became known
//! ([`crate::known`]), or of the last measurement's day where that is later.

pub mod closure;
mod contest;
mod figures;
mod marks;
mod touch;

use std::collections::BTreeSet;

use crate::calendar::Date;
use crate::event::Entry;
use crate::id::{CycleId, KeyResultId, ObjectiveId, TeamId};
use crate::past::Past;
use crate::state::State;
use crate::value::Subject;
use crate::whose::Whose;

pub(crate) use contest::Contests;
pub use contest::Side;
pub use figures::{After, after};
pub use marks::Marks;
pub(crate) use touch::edited;
pub use touch::touches;

/// Whose history is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One key result's.
    KeyResult(KeyResultId),
    /// An objective's and that of its key results.
    Objective(ObjectiveId),
    /// That of what a team and the teams below it had.
    Team(TeamId),
    /// That of what stood in a cycle, and its own.
    Cycle(CycleId),
    /// That of all objectives, key results and cycles.
    All,
}

/// One change of one goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The event.
    pub entry: Entry,
    /// The objective, key result or cycle whose figures follow.
    pub goal: Subject,
    /// How that stood right after it.
    pub after: After,
    /// What else there is to know about the event, also what came later.
    pub marks: Marks,
    /// Whether it is not recorded yet.
    pub pending: bool,
}

/// Every change in a scope that `keep` lets in, in the order of the log, with the figures of the
/// day `on` where one is named.
///
/// # Errors
/// The log cannot be read.
pub fn of<P: Past>(
    past: &mut P,
    scope: Scope,
    on: Option<Date>,
    keep: &dyn Fn(&Entry) -> bool,
) -> Result<Vec<Line>, P::Error> {
    // Shared until changed: no deep copy.
    let horizon = past.state().clone();
    let mut folding = Folding::new(&horizon, scope, on, keep);
    let root = match scope {
        Scope::KeyResult(id) => Some(Subject::KeyResult(id)),
        Scope::Objective(id) => Some(Subject::Objective(id)),
        Scope::Team(_) | Scope::Cycle(_) | Scope::All => None,
    };
    match root {
        Some(root) => {
            for entry in closure::entries(past, root)? {
                folding.take(&entry);
            }
        }
        None => past.each(1, &mut |entry| {
            folding.take(entry);
            true
        })?,
    }
    let mut lines = folding.finish();
    for line in &mut lines {
        line.pending = past.is_pending(line.entry.seq);
        line.marks.correction_pending =
            (line.marks.corrected).is_some_and(|stamp| past.is_pending(stamp.seq));
    }
    Ok(lines)
}

/// The same from entries at hand, as seen from the state `horizon`; none is taken for pending.
pub fn fold<'e>(
    horizon: &State,
    scope: Scope,
    on: Option<Date>,
    entries: impl IntoIterator<Item = &'e Entry>,
) -> Vec<Line> {
    let mut folding = Folding::new(horizon, scope, on, &|_| true);
    for entry in entries {
        folding.take(entry);
    }
    folding.finish()
}

/// A fold under way.
struct Folding<'a> {
    horizon: &'a State,
    scope: Scope,
    on: Option<Date>,
    keep: &'a dyn Fn(&Entry) -> bool,
    state: State,
    whose: Whose,
    contests: Contests,
    later: marks::Later,
    lines: Vec<Line>,
}

impl<'a> Folding<'a> {
    fn new(
        horizon: &'a State,
        scope: Scope,
        on: Option<Date>,
        keep: &'a dyn Fn(&Entry) -> bool,
    ) -> Self {
        let whose = match scope {
            Scope::Team(team) => Whose::Teams(BTreeSet::from([team])),
            _ => Whose::All,
        };
        Self {
            horizon,
            scope,
            on,
            keep,
            state: State::default(),
            whose,
            contests: Contests::default(),
            later: marks::Later::default(),
            lines: Vec::new(),
        }
    }

    fn take(&mut self, entry: &Entry) {
        // What leaves a team or a cycle was its own until then.
        let mut goals = match self.scope {
            Scope::Team(_) | Scope::Cycle(_) => self.goals(entry),
            _ => Vec::new(),
        };
        self.contests.before(&self.state, entry);
        self.state.apply(entry);
        self.contests.after(&self.state, entry);
        if let Scope::Team(team) = self.scope
            && touch::moves_teams(&entry.event.body)
        {
            self.whose = Whose::team(&self.state, team);
        }
        for goal in self.goals(entry) {
            if !goals.contains(&goal) {
                goals.push(goal);
            }
        }
        if goals.is_empty() || !(self.keep)(entry) {
            return;
        }
        let known = entry.known_at(self.horizon.alone_until());
        let marks = self.later.marks(self.horizon, entry);
        for goal in goals {
            let Some(after) = figures::of(&self.state, goal, known, self.on) else {
                continue;
            };
            self.lines.push(Line {
                entry: entry.clone(),
                goal,
                after,
                marks: marks.clone(),
                pending: false,
            });
        }
    }

    fn goals(&self, entry: &Entry) -> Vec<Subject> {
        touch::goals(&self.state, entry, self.scope, &self.whose)
    }

    fn finish(self) -> Vec<Line> {
        let mut lines = self.lines;
        for line in &mut lines {
            line.marks.side = self.contests.side(line.entry.event.id);
        }
        lines
    }
}
