//! Week 13: everybody holds the same history, and it answers what happened.

use super::super::play::{Play, text};
use super::super::stage::{LAGOS, LISBON, MACHINES, MANILA};
use super::goalpost::Lowered;
use super::weeks::{self, Count};
use crate::error::Failure;

/// The evening after the last Monday.
const EVENING: &str = "2026-09-29T16:00:00Z";

pub(super) fn play(play: &Play<'_>, lowered: &Lowered, count: &mut Count) -> Result<(), Failure> {
    play.chapter("Week 13", "what happened, and how do we know?")?;
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
    play.say(
        "How did the agreements come so close to their target? The history names each step: when, \
         who, on which machine, what, and why.",
    )?;
    play.types(LAGOS, "history partners")?;
    let Lowered {
        signed,
        before,
        after,
    } = lowered;
    play.say(&format!(
        "31 August says it: the same {signed} agreements, {before} before and {after} after. The review \
         can tell both, because neither was overwritten."
    ))?;
    play.say(
        "Last: is it the true history? Each machine checks every entry, signature and device, and \
         the root that the server signed.",
    )?;
    let mut roots = Vec::new();
    for machine in MACHINES {
        play.types(machine, "verify")?;
        roots.push(text(&play.ask(machine, "verify")?, "root")?);
    }
    roots.dedup();
    if let [_] = roots.as_slice() {
        play.say(
            "Three machines and one root: they hold the same history, and nobody, not even the \
             server, could change a word of it unnoticed.",
        )?;
    }
    Ok(())
}
