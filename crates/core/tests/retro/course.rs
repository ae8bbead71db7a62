//! Stalls and surges, against a look at each day.

use proptest::prelude::*;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::retro::{self, Asked, Retro};
use quarterdeck_core::score;
use quarterdeck_core::value::{Field, Value};

use crate::support::*;
use crate::{ask, asked, found, measured, slow_quarter};

/// What one sees who looks at each day: the value at its end, and whether that is another than before.
fn looked_at_each_day(world: &World, until: &str, least: i32) -> Vec<(Date, Date, bool)> {
    let state = &world.state;
    let (found, quarter) = (&state.key_results[&leads()], &state.cycles[&cycle()]);
    let value = |day| {
        let at = score::progress(state, found, quarter, day);
        at.current.or(found.metric.baseline)
    };
    let mut since = quarter.starts;
    let mut stalls = Vec::new();
    let mut day = quarter.starts;
    let mut push = |from: Date, to: Date, again| {
        let done = score::progress(state, found, quarter, from).score == Some(Decimal::ONE);
        if to.days_since(from) >= least && !done {
            stalls.push((from, to, again));
        }
    };
    while day <= date(until) {
        if value(day) != value(day.plus_days(-1)) {
            push(since, day, true);
            since = day;
        }
        day = day.plus_days(1);
    }
    push(since, date(until), false);
    stalls
}

fn stalls(found: &Retro) -> Vec<(Date, Date, bool)> {
    (found.stalls.get(&leads()).into_iter().flatten())
        .map(|one| (one.from, one.to, one.moved_again))
        .collect()
}

#[test]
fn a_stall_lasts_from_the_last_movement_to_the_next() {
    let world = slow_quarter();
    let found = found(&world, "2026-10-01");
    assert_eq!(
        stalls(&found),
        looked_at_each_day(&world, "2026-09-30", retro::stall::DAYS)
    );
    // It moved on 8 September, and again on the 29th.
    let last = found.stalls[&leads()].last().unwrap();
    assert_eq!(
        (last.from, last.to),
        (date("2026-09-08"), date("2026-09-29"))
    );
    assert_eq!((last.weeks(), last.moved_again), (3, true));
    assert_eq!(last.progress, Some(dec("0.3")));
    let about = |seq: &u64| world.log[*seq as usize - 1].event.body.effective();
    let days: Vec<_> = last.entries.iter().map(about).collect();
    assert_eq!(days, [Some(date("2026-09-08")), Some(date("2026-09-29"))]);
}

#[test]
fn what_was_deferred_in_between_begins_anew() {
    let mut world = World::with_quarter();
    measured(&mut world, leads(), "505", "2026-07-10");
    let set = |word: &str| {
        vec![Command::Edit {
            subject: leads_subject(),
            set: vec![(Field::State, Value::Text(word.into()))],
        }]
    };
    world.now = noon("2026-07-25");
    world.online_because("ana", set("deferred"), "nobody is free");
    let away = found(&world, "2026-08-20");
    assert!(away.stalls.is_empty(), "what does not count does not stall");
    world.now = noon("2026-08-20");
    world.online_because("ana", set("active"), "somebody is");
    let found = found(&world, "2026-09-15");
    assert_eq!(
        stalls(&found),
        [(date("2026-08-20"), date("2026-09-15"), false)],
        "fifteen days before and 26 after"
    );
}

#[test]
fn most_of_it_in_the_last_sixth_is_a_surge() {
    let world = slow_quarter();
    let found = found(&world, "2026-10-01");
    // Of 92 days the last 16; 12 ÷ 40 on the 14th, 34 ÷ 40 in the end.
    let surge = &found.surges[&leads()];
    assert_eq!((surge.from, surge.days), (date("2026-09-15"), 16));
    assert_eq!((surge.before, surge.gained), (dec("0.3"), dec("0.55")));
    assert_eq!(surge.share, dec("0.6471"));
    assert!(self::found(&world, "2026-09-14").surges.is_empty());
    let mut world = World::with_quarter();
    measured(&mut world, leads(), "530", "2026-08-14");
    measured(&mut world, leads(), "550", "2026-09-29");
    let steady = self::found(&world, "2026-10-01");
    assert!(steady.surges.is_empty(), "0.4 of 1 is not half of it");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn stalls_are_those_of_whoever_looks_at_each_day(
        said in prop::collection::vec((0i32..92, 498i64..556), 0..9),
        until in 20i32..92,
    ) {
        let mut world = World::with_quarter();
        world.now = noon("2026-06-30");
        world.pull_all();
        let begins = date("2026-07-01");
        world.now = noon("2026-12-01");
        for (day, value) in said {
            let on = begins.plus_days(day).to_string();
            world.online("ana", vec![check_in(absolute(&value.to_string()), &on)]);
        }
        let on = date("2026-07-01").plus_days(until).to_string();
        let named = Asked { day_was_named: true, ..asked(&on) };
        let last = on.as_str().min("2026-09-30").to_owned();
        let found = ask(&world, &named);
        prop_assert_eq!(stalls(&found), looked_at_each_day(&world, &last, retro::stall::DAYS));
        let (state, quarter) = (&world.state, &world.state.cycles[&cycle()]);
        let leads_of = &state.key_results[&leads()];
        let at = |day| score::progress(state, leads_of, quarter, day).score.unwrap_or_default();
        let (before, end) = (at(date("2026-09-14")), at(date(&last)));
        let gained = end.checked_sub(before).unwrap();
        let surges = last.as_str() >= "2026-09-15" && gained >= dec("0.2")
            && gained.checked_add(gained).unwrap() >= end;
        prop_assert_eq!(found.surges.contains_key(&leads()), surges);
    }
}
