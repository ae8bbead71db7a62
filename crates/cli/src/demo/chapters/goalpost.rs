//! Week 9: a target is lowered. It is allowed, and it is seen.

use super::super::play::Play;
use super::super::stage::LAGOS;
use super::weeks;
use crate::error::Failure;

pub(super) fn play(play: &Play<'_>) -> Result<(), Failure> {
    play.chapter("Week 9", "a target is lowered")?;
    let signed = play.figure("partners", "current")?;
    let before = play.figure("partners", "score")?;
    play.say(&format!(
        "{signed} of 30 agreements are signed, a score of {before}. A distributor withdraws, and Ben \
         lowers the target."
    ))?;
    play.stage.clock.move_on_to(&weeks::monday(9))?;
    play.types(
        LAGOS,
        "kr edit partners --target 24 -m \"the Spanish distributor withdrew\"",
    )?;
    play.quietly(LAGOS, "sync")?;
    let after = play.figure("partners", "score")?;
    play.say(&format!(
        "The same {signed} agreements now score {after} instead of {before}. That may be right, but \
         nobody should have to find out by memory: it will stand in the history for good."
    ))
}
