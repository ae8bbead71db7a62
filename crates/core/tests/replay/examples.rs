//! Quarters of which one can tell by hand what their replay shows.

use std::collections::BTreeSet;
use std::convert::Infallible;

use quarterdeck_core::closing;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::goalposts::What;
use quarterdeck_core::past::Past;
use quarterdeck_core::replay::{self, Mark, Step, Stop};
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_core::when::Moment;
use uuid::Uuid;

use crate::support::past::Listed;
use crate::support::quarter::{self, closed, kr};
use crate::support::*;
use crate::{Asked, asked, days, held_to_the_log};

/// Planned on 20 June, measured twice, its target moved in between.
fn july() -> World {
    let mut world = World::with_quarter();
    world.now = noon("2026-07-03");
    world.online("ana", vec![check_in(absolute("510"), "2026-07-03")]);
    world.online_because("ana", vec![set_target("600")], "two reps more");
    world.now = noon("2026-07-06");
    world.online("ben", vec![check_in(absolute("520"), "2026-07-02")]);
    let note = |kind, text: &str| {
        Command::Record(Body::NoteAdded {
            about: leads_subject(),
            kind,
            text: text.into(),
        })
    };
    world.online("ben", vec![note(NoteKind::Win, "the fair was full")]);
    world
}

fn marks(stops: &[Stop]) -> Vec<(&str, Vec<&'static str>)> {
    let day = |stop: &Stop| match stop.day.to_string().as_str() {
        "2026-07-03" => "3 July",
        "2026-07-06" => "6 July",
        _ => "another day",
    };
    (stops.iter().filter(|stop| !stop.marks.is_empty()))
        .map(|stop| (day(stop), stop.marks.iter().map(Mark::word).collect()))
        .collect()
}

#[test]
fn by_event_there_is_a_stop_an_entry_and_one_for_each_day_without() {
    let world = july();
    let stops = held_to_the_log(&world.log, &asked(Step::Event));
    assert_eq!(
        days(&stops),
        [
            // Planning: the objective and its key result. Idle days before the first have no stop.
            "2026-06-20",
            "2026-06-20",
            "2026-07-01",
            "2026-07-02",
            "2026-07-03",
            "2026-07-03",
            "2026-07-04",
            "2026-07-05",
            "2026-07-06",
            "2026-07-06",
        ]
    );
    let weeks: Vec<_> = stops.iter().map(|stop| stop.week).collect();
    assert_eq!(weeks[1..3], [None, Some(1)]);
    assert_eq!(
        marks(&stops),
        [
            ("3 July", vec!["goalpost"]),
            ("6 July", vec!["late"]),
            ("6 July", vec!["win"]),
        ]
    );
    let moved = (stops.iter().flat_map(|stop| &stop.marks)).find(|mark| mark.word() == "goalpost");
    let expected = Mark::Goalpost {
        about: leads_subject(),
        what: What::Changed,
    };
    assert_eq!(moved, Some(&expected));
}

#[test]
fn by_day_and_by_week_entries_come_together() {
    let world = july();
    let stops = held_to_the_log(&world.log, &asked(Step::Day));
    assert_eq!(
        days(&stops),
        [
            "2026-06-20",
            "2026-07-01",
            "2026-07-02",
            "2026-07-03",
            "2026-07-04",
            "2026-07-05",
            "2026-07-06",
        ]
    );
    let entries: Vec<usize> = stops.iter().map(|stop| stop.entries.len()).collect();
    assert_eq!(entries, [2, 0, 0, 2, 0, 0, 2]);

    let until = |day: &str| Asked {
        until: Some(Moment::At(noon(day))),
        ..asked(Step::Week)
    };
    let stops = held_to_the_log(&world.log, &until("2026-07-20"));
    assert_eq!(
        days(&stops),
        ["2026-06-30", "2026-07-07", "2026-07-14", "2026-07-20"],
        "the week that runs is shown as far as it went"
    );
    let entries: Vec<usize> = stops.iter().map(|stop| stop.entries.len()).collect();
    assert_eq!(entries, [2, 4, 0, 0]);
    assert_eq!(stops[3].at, noon("2026-07-20"));
    // When the quarter is over, days go by without it.
    let stops = held_to_the_log(&world.log, &until("2026-12-24"));
    assert_eq!(days(&stops).last().unwrap(), "2026-09-30");
    assert_eq!(stops.len(), 15);
}

#[test]
fn what_is_asked_about_is_a_stretch_of_it() {
    let world = july();
    let part = |from, until| {
        let asked = Asked {
            from,
            until,
            ..asked(Step::Day)
        };
        days(&held_to_the_log(&world.log, &asked))
    };
    let at = |day: &str| Some(Moment::At(noon(day)));
    assert_eq!(
        part(at("2026-07-02"), at("2026-07-04")),
        ["2026-07-02", "2026-07-03", "2026-07-04"]
    );
    let target = world.log.len() as u64 - 2;
    let position = Some(Moment::Position(target));
    assert_eq!(part(position, position), ["2026-07-03"]);
    assert_eq!(part(at("2026-07-20"), at("2026-07-10")), [] as [&str; 0]);
}

#[test]
fn whoever_has_seen_enough_stops_it() {
    let world = july();
    let mut seen = 0;
    replay::play(
        &mut Listed::all(&world.log),
        &asked(Step::Event),
        &mut |_, _, _| {
            seen += 1;
            seen < 3
        },
    )
    .unwrap();
    assert_eq!(seen, 3);
}

#[test]
fn a_closed_cycle_ends_with_its_closing_and_reads_as_it_does_from_then_on() {
    let mut world = closed();
    let closing = world.log.len() as u64;
    world.now = noon("2026-10-20");
    let later = Command::Edit {
        subject: Subject::KeyResult(kr(quarter::PILOT)),
        set: vec![(Field::Title, Value::Text("another pilot".into()))],
    };
    let _ = world.try_online("ana", vec![later]);
    for step in [Step::Event, Step::Day, Step::Week] {
        let stops = held_to_the_log(&world.log, &asked(step));
        let last = stops.last().unwrap();
        assert_eq!(
            (last.moment, last.seq),
            (Moment::Position(closing), closing)
        );
        assert_eq!(last.day.to_string(), "2026-09-30");
        assert_eq!(last.marks.last().map(Mark::word), Some("closed"));
    }
    let mut shown = None;
    replay::play(
        &mut Listed::all(&world.log),
        &asked(Step::Week),
        &mut |state, stop, _| {
            shown = score::cycle_means(state, cycle(), stop.day, |_| true).all;
            assert_eq!(
                closing::of(state, Subject::Cycle(cycle())).is_some(),
                stop.seq == closing
            );
            true
        },
    )
    .unwrap();
    // (0.62 × 2 + 0.8 + 0.5) ÷ 4
    assert_eq!(shown, Some(dec("0.635")));
}

#[test]
fn conflicts_are_marked_as_they_arise_and_as_they_are_settled() {
    let mut world = July::at_odds();
    let open = world.state.conflicts[0].clone();
    world.online(
        "ana",
        vec![Command::Resolve {
            subject: open.subject,
            field: open.field,
            to: open.contenders[0].value.clone(),
        }],
    );
    let stops = held_to_the_log(&world.log, &asked(Step::Event));
    let words: Vec<&str> = (stops.iter().flat_map(|stop| &stop.marks))
        .map(Mark::word)
        .filter(|word| ["conflict", "settled"].contains(word))
        .collect();
    assert_eq!(words, ["conflict", "settled"]);
}

struct July;

impl July {
    /// Ana and Ben set the target of the leads, and neither knew of the other.
    fn at_odds() -> World {
        let mut world = World::with_quarter();
        world.offline("ana", vec![set_target("575")]).unwrap();
        world.now = noon("2026-07-11");
        world.offline("ben", vec![set_target("600")]).unwrap();
        world.pull_all();
        assert_eq!(world.state.conflicts.len(), 1);
        world
    }
}

#[test]
fn a_cycle_without_goals_has_no_stops() {
    let world = july();
    let none = Asked {
        cycle: quarterdeck_core::id::CycleId::new(id(7_777)),
        ..asked(Step::Day)
    };
    assert!(held_to_the_log(&world.log, &none).is_empty());
    let mut world = World::new();
    world.online(
        "ana",
        vec![Command::Record(Body::CycleCreated {
            cycle: cycle(),
            name: "2026-Q3".into(),
            kind: quarterdeck_core::token::CycleKind::Quarterly,
            starts: date("2026-07-01"),
            ends: date("2026-09-30"),
            parent: None,
        })],
    );
    assert!(held_to_the_log(&world.log, &asked(Step::Day)).is_empty());
}

/// A device's log, whose last entries wait to be recorded: they are known to the present alone.
struct Waiting {
    all: Listed,
    recorded: Listed,
    head: u64,
}

impl Past for Waiting {
    type Error = Infallible;

    fn state(&self) -> &State {
        self.all.state()
    }

    fn known_at(&mut self, moment: Moment) -> Result<State, Infallible> {
        self.recorded.known_at(moment)
    }

    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, Infallible> {
        self.all.about(things)
    }

    fn each(&mut self, from: u64, more: &mut dyn FnMut(&Entry) -> bool) -> Result<(), Infallible> {
        self.all.each(from, more)
    }

    fn is_pending(&self, seq: u64) -> bool {
        seq > self.head
    }
}

#[test]
fn what_waits_to_be_recorded_comes_last_and_as_one() {
    let world = july();
    let head = world.log.len() as u64 - 3;
    let mut log = world.log;
    // Authored on a plane, before what others recorded meanwhile.
    for entry in log.iter_mut().filter(|entry| entry.seq > head) {
        entry.recorded = noon("2026-07-02");
    }
    let mut past = Waiting {
        all: Listed::all(&log),
        recorded: Listed::all(&log[..head as usize]),
        head,
    };
    let present = past.state().clone();
    let now = Asked {
        until: Some(Moment::At(noon("2026-07-05"))),
        ..asked(Step::Event)
    };
    let mut last = None;
    replay::play(&mut past, &now, &mut |state, stop, _| {
        let waits = stop.entries.iter().filter(|entry| entry.seq > head).count();
        assert!(waits == 0 || *state == present);
        last = Some((stop.day.to_string(), waits));
        true
    })
    .unwrap();
    assert_eq!(last, Some(("2026-07-05".to_owned(), 3)));
}
