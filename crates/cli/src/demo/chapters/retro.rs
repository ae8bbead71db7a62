//! The same day: the team watches its quarter again.

use super::super::play::Play;
use super::super::stage::{LAGOS, LISBON};
use crate::error::Failure;

pub(super) fn play(play: &Play<'_>) -> Result<(), Failure> {
    play.chapter("The same day", "what do we learn from it?")?;
    play.say(
        "Any moment of the quarter can be watched again, as it was known then. Here are the two weeks \
         around the lowered target:",
    )?;
    play.types(
        LAGOS,
        "replay 2026-Q3 --from \"week 9\" --until \"week 10\"",
    )?;
    play.say(
        "And the look back: every sentence is computed from the events, and names those behind it.",
    )?;
    play.types(LISBON, "retro 2026-Q3")
}
