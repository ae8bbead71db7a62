//! Whether it was ambitious enough, and why not.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn, KeyResultGraded};
use quarterdeck_core::grading;
use quarterdeck_core::retro;
use quarterdeck_core::retro::ambition::{Judged, Verdict};
use quarterdeck_core::token::NoteKind;

use crate::support::quarter::kr;
use crate::support::*;
use crate::{found, read};

#[test]
fn why_a_key_result_ended_in_the_red() {
    let mut world = World::with_quarter();
    world.now = noon("2026-07-20");
    world.online("ben", vec![set_target("700")]);
    let unsure = |on: &str, sure: &str| {
        Command::Record(Body::CheckedIn(CheckedIn {
            key_result: leads(),
            measure: absolute("510"),
            effective: date(on),
            confidence: Some(dec(sure)),
            projection: None,
            note: None,
        }))
    };
    for (on, sure) in [
        ("2026-07-28", "0.6"),
        ("2026-08-04", "0.3"),
        ("2026-08-11", "0.2"),
    ] {
        world.now = noon(on);
        world.online("ana", vec![unsure(on, sure)]);
    }
    world.now = noon("2026-08-20");
    world.online(
        "ben",
        vec![
            Command::Record(Body::NoteAdded {
                about: leads_subject(),
                kind: NoteKind::Problem,
                text: "The fair was cancelled.\nNobody told us.".into(),
            }),
            Command::Record(Body::KeyResultAdded(key_result(
                NPS,
                "promoters",
                increase("0", "100"),
            ))),
        ],
    );
    let found = found(&world, "2026-10-01");
    let why = |id| -> Vec<String> {
        let short = (found.ambition.short.iter()).find(|one| one.key_result == id);
        let text = |one: &retro::Why| read(&found.state, &one.parts);
        short.unwrap().why.iter().map(text).collect()
    };
    assert_eq!(
        why(leads()),
        [
            "It was last measured for 2026-08-11.",
            "Its value did not move in the last nine weeks, after 2026-07-28.",
            "Its target was raised from 550 to 700 ten weeks before the end by ben.",
            "A problem was written down on 2026-08-20: “The fair was cancelled”.",
            "Confidence has been below 0.4 since 2026-08-04, and was 0.2 at last.",
        ]
    );
    assert_eq!(found.ambition.judged, Judged::TooFew);
    assert_eq!(why(kr(NPS)), ["Nothing was ever measured of it."]);
    assert!(self::found(&world, "2026-09-01").ambition.judged == Judged::Running);
}

/// A quarter of so many key results, each with a grade.
fn graded(grades: &[&str]) -> World {
    let mut world = World::with_quarter();
    world.now = noon("2026-07-01");
    for at in 1..grades.len() {
        let added = key_result(500 + at as u64, &format!("one {at}"), increase("0", "100"));
        world.online("ana", vec![Command::Record(Body::KeyResultAdded(added))]);
    }
    world.now = noon("2026-10-01");
    for (at, grade) in grades.iter().enumerate() {
        let id = if at == 0 {
            leads()
        } else {
            kr(500 + at as u64)
        };
        let graded = Body::KeyResultGraded(KeyResultGraded {
            key_result: id,
            computed: grading::computed(&world.state, id, date("2026-09-30")),
            from: None,
            to: Some(dec(grade)),
        });
        world.online_because("ana", vec![Command::Record(graded)], "so it was");
    }
    world.pull_all();
    world
}

#[test]
fn ambition_is_judged_on_five_and_by_halves() {
    for (grades, judged) in [
        (&["1", "1", "1", "1"][..], Judged::TooFew),
        (
            &["1", "0.95", "0.96", "0.5", "0.1"],
            Judged::Verdict(Verdict::TooEasy),
        ),
        (
            &["0.94", "0.95", "0.96", "0.5", "0.1"],
            Judged::Verdict(Verdict::AboutRight),
        ),
        (
            &["0.94", "0.94", "0.94", "0.94", "0.94"],
            Judged::Verdict(Verdict::TooEasy),
        ),
        (
            &["0.39", "0.3", "0", "0.5", "0.7"],
            Judged::Verdict(Verdict::TooMuch),
        ),
        (
            &["0.4", "0.3", "0", "0.5", "0.7"],
            Judged::Verdict(Verdict::AboutRight),
        ),
    ] {
        let found = found(&graded(grades), "2026-10-02");
        assert_eq!(found.ambition.judged, judged, "{grades:?}");
    }
    let found = found(
        &graded(&["0.95", "0.7", "0.65", "0.6", "0.4", "0.39"]),
        "2026-10-02",
    );
    let all = &found.ambition;
    assert_eq!(
        (all.near_one, all.green, all.amber, all.red, all.at_aim),
        (1, 1, 3, 1, 3)
    );
    assert_eq!(all.short[0].outcome, dec("0.39"));
}

#[test]
fn what_many_have_in_common_is_told_once() {
    let found = found(
        &graded(&["0.1", "0.1", "0.1", "0.1", "0.1", "0.9"]),
        "2026-10-02",
    );
    let told: Vec<String> = (found.story.iter())
        .map(|one| read(&found.state, &one.parts))
        .collect();
    for sentence in [
        "Five of 6 key results ended below 0.4.",
        "Six key results did not move for three weeks or more.",
    ] {
        assert!(told.iter().any(|one| one == sentence), "{told:#?}");
    }
    let alone = (found.story.iter())
        .filter(|one| one.kind == retro::Kind::Short && one.objective.is_some());
    assert!(alone.count() <= retro::story::OF_KIND);
}
