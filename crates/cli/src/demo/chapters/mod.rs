//! The story, one file a chapter.
//!
//! Northwind's third quarter of 2026: five kinds of key results, thirteen weeks, and what happens to
//! people who work on one plan from three places.

mod audit;
mod close;
mod conflict;
mod deltas;
mod goalpost;
mod mistakes;
mod plan;
mod retro;
mod review;
mod weeks;

use super::play::Play;
use crate::error::Failure;

/// Plays all of it.
pub(super) fn play(play: &mut Play<'_>) -> Result<(), Failure> {
    let mut check_ins = weeks::Count::default();
    plan::play(play)?;
    weeks::first_four(play, &mut check_ins)?;
    deltas::play(play)?;
    weeks::go_by(play, 5..=6, &mut check_ins)?;
    conflict::play(play)?;
    weeks::go_by(play, 7..=8, &mut check_ins)?;
    let lowered = goalpost::play(play)?;
    weeks::go_by(play, 9..=9, &mut check_ins)?;
    mistakes::play(play)?;
    weeks::go_by(play, 10..=12, &mut check_ins)?;
    review::play(play, &mut check_ins)?;
    audit::play(play, &lowered)?;
    close::play(play)?;
    retro::play(play)
}
