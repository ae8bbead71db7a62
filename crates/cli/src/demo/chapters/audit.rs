//! The same evening: everybody holds the same history, and it answers who did what, and what it did.

use super::super::play::{Play, text};
use super::super::stage::{LAGOS, LISBON, MACHINES, MANILA};
use super::goalpost::Lowered;
use crate::error::Failure;

pub(super) fn play(play: &Play<'_>, lowered: &Lowered) -> Result<(), Failure> {
    play.chapter("The same evening", "what happened, and how do we know?")?;
    play.say(
        "How did the agreements come so close to their target? The history names each step: when, \
         who, on which machine, what, and why.",
    )?;
    play.types(LAGOS, "history partners")?;
    play.say("Who set the target that they are measured by, and what was it before?")?;
    play.types(LISBON, "blame partners --field target")?;
    let Lowered {
        signed,
        before,
        after,
    } = lowered;
    play.say(&format!(
        "On 31 August the same {signed} agreements scored {before} before and {after} after. And today, \
         by the target that was agreed?"
    ))?;
    play.types(LISBON, "goalposts partners")?;
    play.say("What else happened to them in the fortnight around that day?")?;
    play.types(MANILA, "diff \"week 8\" \"week 10\" partners")?;
    play.say("Were numbers filled in late, or changed afterwards?")?;
    play.types(MANILA, "late --cycle 2026")?;
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
