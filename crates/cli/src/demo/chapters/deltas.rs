//! Week 5: two machines that reach nobody add to one key result, and both additions count.

use super::super::play::Play;
use super::super::stage::{LAGOS, MANILA};
use super::weeks;
use crate::error::{Exit, Failure};

pub(super) fn play(play: &mut Play<'_>) -> Result<(), Failure> {
    play.chapter("Week 5", "two people, no network")?;
    let before = play.figure(MANILA, "partners", "current")?;
    play.say(&format!(
        "The server is switched off, as if the network were gone. {before} agreements are signed; \
         Ben adds three in Lagos and Mei two in Manila, and neither can know of the other."
    ))?;
    play.stage.okrd.switch_off()?;
    play.stage.clock.move_on_to(&weeks::monday(5))?;
    play.types(LAGOS, "checkin partners +3 -m \"three resellers in Accra\"")?;
    play.types(MANILA, "checkin partners +2 -m \"two at the Cebu fair\"")?;
    play.types_ending(MANILA, "sync", Exit::Unreachable)?;
    play.stage.okrd.switch_on()?;
    play.say("The server is back. Ben syncs, then Mei does:")?;
    play.quietly(LAGOS, "sync")?;
    play.types(MANILA, "sync")?;
    let after = play.figure(MANILA, "partners", "current")?;
    play.types(MANILA, "kr list --objective selling")?;
    play.say(&format!(
        "{before} + 3 + 2 = {after}. What was recorded is what each of them did, not the total that \
         each of them saw: nobody's work is overwritten by whoever syncs last."
    ))
}
