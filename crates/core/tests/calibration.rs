//! What was stated against what came out, each figure by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::calibration::{self, Case, Figures, Gathered, Judged, Verdict, Whose};
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn, KeyResultAdded, KeyResultGraded};
use quarterdeck_core::grading;
use quarterdeck_core::id::{KeyResultId, MemberId};
use quarterdeck_core::token::Tier;
use quarterdeck_core::value::{Field, Subject, Value};
use support::past::Listed;
use support::*;

fn kr(n: u64) -> KeyResultId {
    KeyResultId::new(id(n))
}

fn member(name: &str) -> MemberId {
    let at = ["ana", "ben", "caro", "dee"]
        .iter()
        .position(|known| *known == name);
    MemberId::new(id(10 + at.unwrap() as u64))
}

fn said(n: u64, value: &str, on: &str, sure: Option<&str>, projection: Option<&str>) -> Command {
    Command::Record(Body::CheckedIn(CheckedIn {
        key_result: kr(n),
        measure: absolute(value),
        effective: date(on),
        confidence: sure.map(dec),
        projection: projection.map(dec),
        note: None,
    }))
}

fn added(n: u64, owner: &str, certainty: Option<&str>) -> Command {
    Command::Record(Body::KeyResultAdded(KeyResultAdded {
        owner: Some(member(owner)),
        certainty: certainty.map(dec),
        ..key_result(n, &format!("key result {n}"), increase("0", "10"))
    }))
}

/// The example of docs/odds.md: four key results from 0 to 10, besides one that was dropped.
///
/// | | certainty | confidences | came out |
/// |---|---|---|---|
/// | 201 | 0.8 | 0.7, 0.9 | 10 |
/// | 202 | 0.8 | 0.6 | 6 |
/// | 203 | 0.5 | 0.4 | 10 |
/// | 204 | 0.2 | none | 3 |
fn the_quarter() -> World {
    let mut world = World::with_quarter();
    world.now = noon("2026-06-25");
    world.online(
        "ana",
        vec![Command::Edit {
            subject: leads_subject(),
            set: vec![(Field::State, Value::Text("withdrawn".into()))],
        }],
    );
    world.online(
        "ana",
        vec![
            added(201, "ana", Some("0.5")),
            added(202, "ben", Some("0.8")),
            added(203, "ben", Some("0.5")),
            added(204, "ana", Some("0.2")),
            added(205, "ana", Some("0.9")),
        ],
    );
    // Said anew while it was planned: this is the one at the start.
    let surer = |to: &str| Command::Edit {
        subject: Subject::KeyResult(kr(201)),
        set: vec![(Field::Certainty, Value::Number(dec(to)))],
    };
    world.online("ana", vec![surer("0.8")]);
    world.now = noon("2026-07-08");
    world.online(
        "ana",
        vec![
            // Two of one week: the last counts.
            said(201, "1", "2026-07-07", Some("0.3"), Some("4")),
            said(201, "2", "2026-07-08", Some("0.7"), Some("8")),
            said(202, "2", "2026-07-08", Some("0.6"), Some("12")),
            said(203, "1", "2026-07-08", Some("0.4"), None),
            said(204, "1", "2026-07-08", None, Some("3")),
            said(205, "1", "2026-07-08", Some("0.1"), None),
        ],
    );
    world.now = noon("2026-09-16");
    world.online(
        "ana",
        vec![
            said(201, "8", "2026-09-16", Some("0.9"), Some("9")),
            // As sure as it got in the end: not at the start.
            surer("1"),
        ],
    );
    let dropped = Command::Edit {
        subject: Subject::KeyResult(kr(205)),
        set: vec![(Field::State, Value::Text("dropped".into()))],
    };
    world.online_because("ana", vec![dropped], "not ours");
    world.now = noon("2026-09-30");
    world.online(
        "ana",
        vec![
            said(201, "10", "2026-09-30", None, None),
            said(202, "6", "2026-09-30", None, None),
            said(203, "10", "2026-09-30", None, None),
            said(204, "3", "2026-09-30", None, None),
        ],
    );
    world
}

fn gathered(world: &World, on: &str) -> Gathered {
    calibration::gather(&mut Listed::all(&world.log), &[cycle()], date(on)).unwrap()
}

/// The mean of (p − o)².
fn brier(said: &[(f64, f64)]) -> f64 {
    said.iter().map(|(p, o)| (p - o).powi(2)).sum::<f64>() / said.len() as f64
}

#[track_caller]
fn near(found: Option<Decimal>, by_hand: f64) {
    let found = found.unwrap().to_f64();
    assert!((found - by_hand).abs() < 0.0001, "{found} {by_hand}");
}

#[test]
fn brier_reference_and_skill_are_those_by_hand() {
    let found = gathered(&the_quarter(), "2026-10-01");
    let all = calibration::figures(&found.cases);
    assert_eq!(
        (all.key_results, all.reached, found.set_aside.len()),
        (4, 2, 1)
    );
    // Certainty: 0.8 and 0.5 of what was reached, 0.8 and 0.2 of what was not.
    let certainty = &all.certainty;
    assert_eq!((certainty.statements, certainty.cases), (4, 4));
    assert_eq!(certainty.stated, Some(dec("0.575")));
    assert_eq!(certainty.reached, Some(dec("0.5")));
    let by_hand = brier(&[(0.8, 1.0), (0.8, 0.0), (0.5, 1.0), (0.2, 0.0)]);
    near(certainty.brier, by_hand);
    assert_eq!(certainty.brier, Some(dec("0.2425")));
    assert_eq!(certainty.reference, Some(dec("0.25")));
    near(certainty.skill, 1.0 - by_hand / 0.25);
    assert_eq!(certainty.skill, Some(dec("0.03")));
    // Confidence: four statements about three key results.
    let confidence = &all.confidence;
    assert_eq!((confidence.statements, confidence.cases), (4, 3));
    let by_hand = brier(&[(0.7, 1.0), (0.9, 1.0), (0.6, 0.0), (0.4, 1.0)]);
    near(confidence.brier, by_hand);
    assert_eq!(confidence.brier, Some(dec("0.205")));
    near(confidence.skill, 1.0 - by_hand / (0.75 * 0.25));
    // Projections: 8 and 9 for 10, 12 for 6, 3 for 3.
    assert_eq!((all.projection.cases, all.projection.key_results), (4, 3));
    assert_eq!(all.projection.error, Some(dec("0.15")));
}

#[test]
fn tiers_bands_and_weeks_say_how_many_they_are_made_of() {
    let found = gathered(&the_quarter(), "2026-10-01").cases;
    let tiers: Vec<_> = (calibration::by_tier(&found).into_iter())
        .map(|(tier, share)| (tier, share.cases, share.stated, share.reached))
        .collect();
    let one = Some(Decimal::ONE);
    let none = Some(Decimal::ZERO);
    assert_eq!(
        tiers,
        [
            (Tier::Likely, 2, Some(dec("0.8")), Some(dec("0.5"))),
            (Tier::Possible, 1, Some(dec("0.5")), one),
            (Tier::Moonshot, 1, Some(dec("0.2")), none),
        ]
    );
    let bands: Vec<_> = (calibration::by_band(&found).into_iter())
        .map(|(band, share)| (band.from, share.statements, share.reached))
        .collect();
    assert_eq!(
        bands,
        [
            (dec("0"), 0, None),
            (dec("0.2"), 0, None),
            (dec("0.4"), 1, one),
            (dec("0.6"), 2, Some(dec("0.5"))),
            (dec("0.8"), 1, one),
        ]
    );
    let weeks: Vec<_> = (calibration::by_weeks_left(&found).into_iter())
        .map(|(weeks, errors)| (weeks, errors.cases, errors.error))
        .collect();
    // Of the second week 0.2, 0.6 and 0; two weeks before the end 0.1.
    assert_eq!(weeks, [(12, 3, Some(dec("0.2"))), (2, 1, Some(dec("0.1")))]);
}

#[test]
fn owners_and_teams_have_their_own_figures() {
    let found = gathered(&the_quarter(), "2026-10-01").cases;
    let of = |name: &str| -> Figures {
        let groups = calibration::by_owner(&found);
        groups
            .into_iter()
            .find(|group| group.0 == Some(member(name)))
            .unwrap()
            .1
    };
    assert_eq!((of("ana").key_results, of("ana").reached), (2, 1));
    near(of("ana").certainty.brier, brier(&[(0.8, 1.0), (0.2, 0.0)]));
    near(of("ben").certainty.brier, brier(&[(0.8, 0.0), (0.5, 1.0)]));
    assert_eq!(of("ben").certainty.judged, Judged::TooFew { of: 2 });
    assert_eq!(
        of("ben").certainty.judged.words(),
        "too few to tell (2 of 10)"
    );
    let teams = calibration::by_team(&found);
    assert_eq!(teams.len(), 1);
    assert_eq!(teams[0].0, None);
}

#[test]
fn what_is_said_after_the_end_is_hindsight() {
    let mut world = the_quarter();
    let before = gathered(&world, "2026-10-03");
    world.now = noon("2026-10-02");
    world.online(
        "ana",
        vec![said(204, "3", "2026-09-30", Some("0"), Some("3"))],
    );
    let mine = world.state.key_results[&kr(202)]
        .check_ins
        .all()
        .next()
        .unwrap()
        .id;
    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::CheckIn(kr(202), mine),
            set: vec![(Field::Confidence, Value::Number(dec("0.1")))],
        }],
    );
    let after = gathered(&world, "2026-10-03");
    assert_eq!((before.hindsight(), after.hindsight()), (0, 3));
    // The corrected confidence is gone with its correction; the certainty stays.
    let confidences = |found: &Gathered| -> Vec<usize> {
        found
            .cases
            .iter()
            .map(|case| case.confidences.len())
            .collect()
    };
    assert_eq!(confidences(&before), [2, 1, 1, 0]);
    assert_eq!(confidences(&after), [2, 0, 1, 0]);
}

#[test]
fn before_its_end_a_cycle_says_nothing_and_a_closed_one_says_for_ever_the_same() {
    let mut world = the_quarter();
    assert_eq!(gathered(&world, "2026-09-30").cases, []);
    let grades: Vec<Command> = [201, 202, 203, 204]
        .map(|n| {
            let computed = grading::computed(&world.state, kr(n), date("2026-09-30"));
            Command::Record(Body::KeyResultGraded(KeyResultGraded {
                key_result: kr(n),
                computed,
                from: None,
                to: computed,
            }))
        })
        .into();
    world.online("ana", grades);
    let position = world.state.head;
    let offline = said(202, "10", "2026-09-30", Some("1"), Some("10"));
    world.pull_all();
    world.offline("ben", vec![offline]).unwrap();
    world.now = noon("2026-09-30").plus_ms(3_600_000);
    let close = quarter::close(&world, position);
    world.online("ana", vec![close]);
    let closed = gathered(&world, "2026-10-01");
    assert_eq!(closed.cases.len(), 4);
    // Ben was offline before it was closed; what he sends changes nothing of it.
    world.now = noon("2026-10-09");
    world.sync("ben");
    assert_eq!(world.state.key_results[&kr(202)].check_ins.all().count(), 3);
    assert_eq!(gathered(&world, "2026-11-01"), closed);
}

fn cases(stated: &[&str], reached: usize) -> Vec<Case> {
    (stated.iter().enumerate())
        .map(|(at, stated)| Case {
            cycle: cycle(),
            key_result: kr(1_000 + at as u64),
            whose: Whose::default(),
            reached: at < reached,
            certainty: Some(dec(stated)),
            confidences: Vec::new(),
            projections: Vec::new(),
            hindsight: 0,
        })
        .collect()
}

#[test]
fn a_verdict_takes_ten_cases_and_more_than_chance() {
    let judged = |stated: &[&str], reached| {
        calibration::figures(&cases(stated, reached))
            .certainty
            .judged
    };
    assert_eq!(judged(&["0.8"; 9], 0), Judged::TooFew { of: 9 });
    assert_eq!(
        judged(&["0.8"; 10], 8),
        Judged::Verdict(Verdict::WellCalibrated)
    );
    // 7 of 10 at 0.8: one fewer, where 1.2816 × √1.6 = 1.62 may be chance.
    assert_eq!(
        judged(&["0.8"; 10], 7),
        Judged::Verdict(Verdict::WellCalibrated)
    );
    assert_eq!(
        judged(&["0.8"; 10], 6),
        Judged::Verdict(Verdict::OverConfident)
    );
    assert_eq!(
        judged(&["0.2"; 10], 4),
        Judged::Verdict(Verdict::UnderConfident)
    );
    // Whoever is certain has no chance to blame, but five of a hundred are no matter.
    assert_eq!(
        judged(&["1"; 20], 19),
        Judged::Verdict(Verdict::WellCalibrated)
    );
    assert_eq!(
        judged(&["1"; 20], 18),
        Judged::Verdict(Verdict::OverConfident)
    );
    // All were reached: the base rate says it without error, and nothing can be better.
    let all = calibration::figures(&cases(&["0.9"; 10], 10));
    assert_eq!(all.certainty.reference, Some(Decimal::ZERO));
    assert_eq!(all.certainty.skill, None);
    let none: [Case; 0] = [];
    assert_eq!(calibration::figures(&none), Figures::default());
}

#[test]
fn any_share_can_be_added_up() {
    let tiny = "0.0000000000000000000000000001";
    let almost = "0.9999999999999999999999999999";
    let odd = calibration::figures(&cases(&[tiny, almost, "0.3333333333333333333333333333"], 1));
    near(odd.certainty.brier, (1.0 + 1.0 + 1.0 / 9.0) / 3.0);
}
