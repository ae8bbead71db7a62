//! A closed cycle as it is seen: as the log stood at the position that its closing is bound to.

use super::{cycle_of, day, mark, of};
use crate::calendar::Date;
use crate::id::CycleId;
use crate::past::Past;
use crate::state::State;
use crate::value::Subject;
use crate::when::Moment;

/// What is seen of something in a closed cycle.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The cycle.
    pub cycle: CycleId,
    /// The state at the position of its closing, with the cycle marked as closed.
    pub state: State,
    /// The day whose figures it shows.
    pub on: Option<Date>,
}

/// What is seen of something in a closed cycle, or of that cycle. None where the cycle is open, and where
/// the thing was added by somebody who did not know of the closing: it is not in that state.
///
/// # Errors
/// The log cannot be read.
pub fn seen<P: Past>(past: &mut P, subject: Subject) -> Result<Option<Seen>, P::Error> {
    let found = of(past.state(), subject);
    let Some((cycle, closing)) = found.map(|(id, closing)| (id, closing.clone())) else {
        return Ok(None);
    };
    let mut state = past.known_at(Moment::Position(closing.position))?;
    if cycle_of(&state, subject) != Some(cycle) {
        return Ok(None);
    }
    mark(&mut state, cycle, &closing);
    let on = (state.cycles.get(&cycle)).map(|found| day(&state, found, &closing));
    Ok(Some(Seen { cycle, state, on }))
}
