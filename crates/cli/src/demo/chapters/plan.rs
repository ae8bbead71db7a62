//! Before the quarter: three people come in, and what they want to reach is written down.

use super::super::play::Play;
use super::super::stage::{LAGOS, LISBON, MANILA};
use crate::error::Failure;

const INVITATION: &str = "$INVITATION";

pub(super) fn play(play: &Play<'_>) -> Result<(), Failure> {
    play.chapter("June", "three people and one plan")?;
    play.say(
        "Northwind sells software from three places: Ana in Lisbon, Ben in Lagos, Mei in Manila. \
         You watch its third quarter of 2026. People and dates are made up; the commands, the three \
         machines (a folder each) and the server between them (okrd, on loopback) are real.",
    )?;
    play.say("Each of the three got an invitation, good for one machine. Ana joins with hers:")?;
    play.joins(
        LISBON,
        INVITATION,
        &format!("join \"{INVITATION}\" --device lisbon"),
    )?;
    for machine in [LAGOS, MANILA] {
        let invitation = play.stage.invitation(machine)?;
        let line = format!("join \"{invitation}\" --device {}", machine.name);
        play.quietly(machine, &line)?;
    }
    play.quietly(LISBON, "sync")?;
    play.say("She writes down what the company is for, and the year that the quarter serves.")?;
    play.types(
        LISBON,
        "mission \"Small firms get the software that big ones have\"",
    )?;
    play.quietly(LISBON, "cycle new 2026")?;
    play.types(LISBON, "cycle new 2026-Q3")?;
    for line in [
        "cycle activate 2026",
        "cycle activate 2026-Q3",
        "team new Sales --level department",
        "team add Sales ana ben",
        "team new Service --level department",
        "team add Service mei",
    ] {
        play.quietly(LISBON, line)?;
    }
    play.types(
        LISBON,
        "objective new \"Be the first that small firms call\"
           --cycle 2026 --key first",
    )?;
    for line in [
        "kr new \"Qualified leads a year\" --objective first --increase 500..550 --unit leads \
         --key leads",
        "kr new \"Net promoter score\" --objective first --increase 6.5..8.5 --key nps \
         --indicator lagging --cadence monthly",
        "objective edit first --state active",
        "sync",
    ] {
        play.quietly(LISBON, line)?;
    }
    play.say(
        "Ben and Mei say what the quarter is to bring. A key result is a number that grows, one that \
         shrinks, one that stays within a range, a list of steps, or simply done or not.",
    )?;
    ben(play)?;
    mei(play)
}

fn ben(play: &Play<'_>) -> Result<(), Failure> {
    play.quietly(LAGOS, "sync")?;
    play.quietly(
        LAGOS,
        "objective new \"Partners sell for us\" --cycle 2026-Q3 --supports first --team Sales \
         --owner ben --key selling",
    )?;
    play.types(
        LAGOS,
        "kr new \"Partner agreements\" --objective selling
           --increase 0..30 --key partners --certainty 0.5",
    )?;
    play.types(
        LAGOS,
        "kr new \"Pipeline coverage\" --objective selling
           --maintain 3..4 --unit x --key coverage",
    )?;
    play.types(
        LAGOS,
        "kr new \"Partner playbook\" --objective selling
           --milestones \"outline,pilot:2,rollout\" --cadence monthly --key playbook",
    )?;
    play.quietly(LAGOS, "objective edit selling --state active")?;
    play.quietly(LAGOS, "sync")
}

fn mei(play: &Play<'_>) -> Result<(), Failure> {
    play.quietly(MANILA, "sync")?;
    play.quietly(
        MANILA,
        "objective new \"Callers feel looked after\" --cycle 2026-Q3 --supports first --team Service \
         --owner mei --key care",
    )?;
    play.types(
        MANILA,
        "kr new \"Time to pick up a call\" --objective care
           --decrease 40..30 --unit s --key pickup",
    )?;
    play.types(
        MANILA,
        "kr new \"A customer speaks at our conference\" --objective care
           --binary --cadence fortnightly --key reference",
    )?;
    play.quietly(MANILA, "objective edit care --state active")?;
    play.quietly(MANILA, "sync")
}
