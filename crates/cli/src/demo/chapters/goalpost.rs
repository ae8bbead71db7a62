//! Week 9: a target is lowered. It is allowed, and it is seen.

use super::super::play::Play;
use super::super::stage::LAGOS;
use super::weeks;
use crate::error::Failure;

/// What a lowered target did to a score.
#[derive(Debug)]
pub(super) struct Lowered {
    pub(super) signed: String,
    pub(super) before: String,
    pub(super) after: String,
}

pub(super) fn play(play: &Play<'_>) -> Result<Lowered, Failure> {
    play.chapter("Week 9", "a target is lowered")?;
    let signed = play.figure(LAGOS, "partners", "current")?;
    let before = play.figure(LAGOS, "partners", "score")?;
    play.stage.clock.move_on_to(&weeks::monday(9))?;
    play.say(&format!(
        "{signed} of 30 agreements are signed, a score of {before}. Where does that end?"
    ))?;
    play.types(LAGOS, "forecast partners")?;
    play.say("Then a distributor withdraws, and Ben lowers the target.")?;
    play.types(
        LAGOS,
        "kr edit partners --target 24 -m \"the Spanish distributor withdrew\"",
    )?;
    play.quietly(LAGOS, "sync")?;
    let after = play.figure(LAGOS, "partners", "score")?;
    play.say(&format!(
        "The same {signed} agreements now score {after} instead of {before}. That may well be right; \
         what matters is that nobody has to remember it. It stands in the history, with the reason."
    ))?;
    Ok(Lowered {
        signed,
        before,
        after,
    })
}
