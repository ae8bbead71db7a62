//! After the quarter: it is graded, closed for good, and what is unfinished goes on.

use super::super::play::Play;
use super::super::stage::{LISBON, MANILA};
use crate::error::Failure;

/// The morning after the quarter's last day.
const MORNING: &str = "2026-10-01T09:00:00Z";

pub(super) fn play(play: &Play<'_>) -> Result<(), Failure> {
    play.chapter("1 October", "closed means closed")?;
    play.stage.clock.move_on_to(MORNING)?;
    play.say(
        "The quarter is graded. Each grade is computed; Ana overrules one and says why, and the \
         computed one stays beside it. Meanwhile Mei, on a train, writes down what yesterday brought.",
    )?;
    play.quietly(MANILA, "checkin pickup 29 --on 2026-09-30")?;
    play.types(
        LISBON,
        "grade partners 0.8 -m \"24 is not the 30 that we set out for\"",
    )?;
    play.types(LISBON, "cycle close 2026-Q3 --as-computed --yes")?;
    play.say(
        "The closing is bound to a position of the log and to its root hash. Mei's train arrives; her \
         check-in is recorded, because nothing that was authored is lost, and it changes nothing:",
    )?;
    play.types(MANILA, "sync")?;
    play.types(MANILA, "status --cycle 2026-Q3")?;
    play.say("And by the goals that were agreed in June, with every grade computed?")?;
    play.types(MANILA, "regrade 2026-Q3 --as-agreed")?;
    play.say(
        "How good were the forecasts? Each is made again of what was known in its week, and of \
         nothing else. Three key results say little; next quarter there will be more.",
    )?;
    play.types(MANILA, "forecast --past 2026-Q3")?;
    play.say("What is not finished goes on, with its lineage, from where it stands:")?;
    play.quietly(LISBON, "sync")?;
    play.quietly(LISBON, "cycle new 2026-Q4")?;
    play.types(LISBON, "carry selling --to 2026-Q4")?;
    // Whoever keeps the demo finds all three at the end of the story.
    play.all_sync_quietly()?;
    play.all_sync_quietly()
}
