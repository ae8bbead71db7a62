//! Weeks 10 and 11: a wrong number, a wrong key, and something learned.

use serde_json::Value;

use super::super::play::{Play, text};
use super::super::stage::{LAGOS, LISBON, MANILA};
use super::weeks;
use crate::error::{Exit, Failure};

pub(super) fn play(play: &Play<'_>) -> Result<(), Failure> {
    play.chapter("Week 10", "mistakes are corrected, not erased")?;
    play.say("Ana counts ten leads twice, and corrects her check-in as soon as she sees it.")?;
    play.stage.clock.move_on_to(&weeks::monday(10))?;
    play.types(LISBON, "checkin leads 545 -m \"a very good week\"")?;
    let check_in = last_check_in(play)?;
    play.types(
        LISBON,
        &format!("checkin amend {check_in} --value 535 -m \"ten were counted twice\""),
    )?;
    play.say("Mei ticks off the conference talk: too early. She takes it back.")?;
    play.types(MANILA, "checkin reference done")?;
    play.types(MANILA, "undo -m \"the talk is in two weeks\"")?;
    play.say("And Ben writes down what they will want to remember when they plan again.")?;
    play.types(
        LAGOS,
        "note partners --learning
           \"Introductions bring agreements; fairs bring cards.\"",
    )
}

/// The reference of the last check-in of the leads.
fn last_check_in(play: &Play<'_>) -> Result<String, Failure> {
    let shown = play.ask(LISBON, "kr show leads")?;
    let last = shown
        .get("check_ins")
        .and_then(Value::as_array)
        .and_then(|all| all.last())
        .ok_or_else(|| Failure::new(Exit::Trouble, "The demo finds no check-in of the leads."))?;
    text(last, "ref")
}
