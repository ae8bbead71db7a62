//! Week 13: how the quarter stands, and how it stood.

use super::super::play::Play;
use super::super::stage::{LAGOS, LISBON, MANILA};
use super::weeks::{self, Count};
use crate::error::Failure;

/// The evening after the last Monday.
const EVENING: &str = "2026-09-29T16:00:00Z";

pub(super) fn play(play: &Play<'_>, count: &mut Count) -> Result<(), Failure> {
    play.chapter("Week 13", "how does it stand, and how did it stand?")?;
    weeks::check_in(play, 13, count)?;
    play.stage.clock.move_on_to(EVENING)?;
    play.say(&format!(
        "After {} check-ins the quarter is almost over. All three sync a last time, Mei after the \
         others, and she looks at the result:",
        count.0
    ))?;
    play.quietly(LISBON, "sync")?;
    play.quietly(LAGOS, "sync")?;
    play.types(MANILA, "sync")?;
    play.quietly(LISBON, "sync")?;
    play.quietly(LAGOS, "sync")?;
    play.types(MANILA, "status")?;
    play.say("The year that the quarter serves:")?;
    play.types(MANILA, "status --cycle 2026")?;
    play.say("How did the quarter look in week 8, with what was known then?")?;
    play.types(MANILA, "status --as-of \"week 8\"")?;
    Ok(())
}
