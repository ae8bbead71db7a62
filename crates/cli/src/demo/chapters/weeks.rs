//! The check-ins of thirteen Mondays. Most go by unseen: they are typed like all others, and told as a
//! number.

use std::ops::RangeInclusive;

use super::super::play::Play;
use super::super::stage::{LAGOS, LISBON, MANILA, Machine};
use crate::error::Failure;

/// What is checked in each Monday, from week 1; an empty text where nothing is, or where a chapter
/// shows it.
struct Series {
    machine: &'static Machine,
    key_result: &'static str,
    by_week: [&'static str; 13],
}

#[rustfmt::skip]
const SERIES: [Series; 7] = [
    Series { machine: LISBON, key_result: "leads", by_week: [
        "521 -c 0.7", "522", "524", "525", "527 -c 0.7", "528", "530", "531", "533 -c 0.8", "",
        "536", "537", "538 -c 0.8",
    ] },
    Series { machine: LISBON, key_result: "nps", by_week: [
        "6.8 -c 0.5", "", "", "", "7.1 -c 0.5", "", "", "", "7.4 -c 0.6", "", "", "",
        "7.6 -c 0.6",
    ] },
    Series { machine: LAGOS, key_result: "partners", by_week: [
        "", "", "+4 -c 0.5", "+3", "", "", "+2 -c 0.4", "+1", "", "+2 -c 0.7", "",
        "+3 -c 0.8", "+1 -c 0.9",
    ] },
    Series { machine: LAGOS, key_result: "coverage", by_week: [
        "3.1 -c 0.8", "3.2", "3.4", "3.3", "3.2", "2.8 -c 0.6", "3.0", "3.1 -c 0.7", "3.3", "3.4",
        "3.2", "3.3", "3.5 -c 0.9",
    ] },
    Series { machine: LAGOS, key_result: "playbook", by_week: [
        "", "", "outline -c 0.7", "", "", "", "", "pilot -c 0.6", "", "", "", "", "",
    ] },
    Series { machine: MANILA, key_result: "pickup", by_week: [
        "40 -c 0.6", "39", "38", "38 -c 0.6", "37", "36", "36", "35 -c 0.7", "34", "33", "33", "32",
        "31 -c 0.8",
    ] },
    Series { machine: MANILA, key_result: "reference", by_week: [
        "not-done -c 0.5", "", "not-done -c 0.5", "", "not-done -c 0.6", "", "not-done -c 0.7", "",
        "not-done -c 0.8", "", "not-done -c 0.9", "done", "",
    ] },
];

/// How many check-ins went by unseen so far.
#[derive(Debug, Default)]
pub(super) struct Count(pub(super) usize);

/// The moment at which people begin to type on a week's Monday.
pub(super) fn monday(week: usize) -> String {
    // Week 1 is the one of 1 July, a Wednesday; its Monday is the sixth.
    let day = 6 + 7 * week.saturating_sub(1);
    let (month, day) = match day {
        ..=31 => (7, day),
        32..=62 => (8, day - 31),
        _ => (9, day - 62),
    };
    format!("2026-{month:02}-{day:02}T08:00:00Z")
}

/// Some weeks, and the exchange at the end of each.
pub(super) fn go_by(
    play: &Play<'_>,
    weeks: RangeInclusive<usize>,
    count: &mut Count,
) -> Result<(), Failure> {
    for week in weeks {
        check_in(play, week, count)?;
        play.all_sync_quietly()?;
    }
    Ok(())
}

/// What each machine checks in that week.
pub(super) fn check_in(play: &Play<'_>, week: usize, count: &mut Count) -> Result<(), Failure> {
    play.stage.clock.move_on_to(&monday(week))?;
    for series in &SERIES {
        let value = series.by_week.get(week.saturating_sub(1)).copied();
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let line = format!("checkin {} {value}", series.key_result);
            play.quietly(series.machine, &line)?;
            count.0 += 1;
        }
    }
    Ok(())
}

/// How a check-in looks, and what a month of them comes to.
pub(super) fn first_four(play: &Play<'_>, count: &mut Count) -> Result<(), Failure> {
    play.chapter("Weeks 1 to 4", "a check-in is one line")?;
    play.say(
        "On Mondays they say where things stand and how sure they are. That is on their own machine \
         at once (⇡ until the server has it), and on the others after a sync.",
    )?;
    play.stage.clock.move_on_to(&monday(1))?;
    let first = "checkin partners 2 -c 0.6 -m \"both from the spring fair\"";
    play.types(LAGOS, first)?;
    play.types(LAGOS, "sync")?;
    go_by(play, 1..=4, count)?;
    play.say(&format!(
        "Four weeks go by, and {} more check-ins like this one. Ana looks at the quarter:",
        count.0
    ))?;
    play.quietly(LISBON, "sync")?;
    play.types(LISBON, "status")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mondays_of_the_quarter() {
        assert_eq!(monday(1), "2026-07-06T08:00:00Z");
        assert_eq!(monday(4), "2026-07-27T08:00:00Z");
        assert_eq!(monday(5), "2026-08-03T08:00:00Z");
        assert_eq!(monday(9), "2026-08-31T08:00:00Z");
        assert_eq!(monday(13), "2026-09-28T08:00:00Z");
    }
}
