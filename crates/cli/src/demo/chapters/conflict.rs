//! Week 7: one target, two opinions, neither knowing of the other.

use super::super::play::Play;
use super::super::stage::{LISBON, MANILA};
use super::weeks;
use crate::error::{Exit, Failure};

pub(super) fn play(play: &Play<'_>) -> Result<(), Failure> {
    play.chapter("Week 7", "two opinions on one target")?;
    play.say(
        "Calls are to be picked up within 30 seconds. Ana thinks that more is possible, Mei fears \
         that it is not. Both change the target before they hear of each other.",
    )?;
    play.stage.clock.move_on_to(&weeks::monday(7))?;
    play.types(
        LISBON,
        "kr edit pickup --target 28 -m \"the new phones route calls\"",
    )?;
    play.types(
        MANILA,
        "kr edit pickup --target 32 -m \"two of us are on leave\"",
    )?;
    play.quietly(LISBON, "sync")?;
    play.types_ending(MANILA, "sync", Exit::Done)?;
    play.quietly(LISBON, "sync")?;
    play.say("Each machine says so when it syncs. Ana sees what Mei sees:")?;
    play.types(LISBON, "conflicts")?;
    play.say("Ana and Mei talk, stay with what was planned, and Mei settles it.")?;
    play.types(
        MANILA,
        "resolve pickup target --take 30 -m \"agreed by phone: as planned\"",
    )?;
    play.quietly(MANILA, "sync")?;
    play.quietly(LISBON, "sync")?;
    play.types(LISBON, "conflicts")?;
    play.say(
        "No one lost by being first or second. Three numbers and three reasons stay in the history.",
    )
}
