//! A question about the past is answered with the same bytes on every machine, whatever is synced later, and
//! across a server's coming.

#![allow(
    clippy::expect_used,
    reason = "helpers of a test assert by panicking, as tests do"
)]

use quarterdeck_tests::{Machine, TestEnv};
use serde_json::Value;

/// The moment that is asked about, and by a day of it.
const QUESTIONS: &[&[&str]] = &[
    &["status"],
    &["status", "--tree"],
    &["digest", "--since", "2026-01-01"],
    &["cycle", "list"],
    &["objective", "show", "growth"],
    &["kr", "list"],
    &["kr", "show", "leads"],
    &["team", "list"],
    &["member", "list"],
    &["device", "list"],
    &["log", "--all"],
    &["history", "--all"],
    &["history", "leads"],
    &["blame", "leads"],
    &["diff", "2026-01-15"],
    &["goalposts"],
    &["late"],
    &["forecast"],
    &["regrade", "--as-agreed"],
    &["conflicts"],
    &["export", "--format", "csv"],
];

fn ask(machine: &Machine<'_>, further: &[&str]) -> Vec<(String, String)> {
    (QUESTIONS.iter())
        .map(|question| {
            let mut line = question.to_vec();
            line.extend(["--as-of", "2026-02-20"]);
            line.extend(further);
            (line.join(" "), machine.okr(&line).ok().stdout)
        })
        .collect()
}

#[track_caller]
fn the_same(was: &[(String, String)], is: &[(String, String)]) {
    for ((line, was), (_, is)) in was.iter().zip(is) {
        assert_eq!(was, is, "okr {line}");
    }
}

/// JSON without the moments of recording, which a server sets anew when it is given a history.
fn but_for_recording(answers: &[(String, String)]) -> Vec<(String, Vec<Value>)> {
    fn forget(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.retain(|name, _| name != "recorded");
                fields.values_mut().for_each(forget);
            }
            Value::Array(all) => all.iter_mut().for_each(forget),
            _ => {}
        }
    }
    (answers.iter())
        .map(|(line, said)| {
            let told = (said.lines())
                .map(|text| {
                    let mut value = serde_json::from_str(text).expect("JSON");
                    forget(&mut value);
                    value
                })
                .collect();
            (line.clone(), told)
        })
        .collect()
}

#[test]
fn a_server_and_what_is_synced_later_change_no_answer_about_the_past() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    env.set_time("2026-01-05T10:00:00Z");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    lisbon.okr(&["team", "new", "Sales"]).ok();
    for (moment, line) in [
        (
            "2026-01-12T10:00:00Z",
            &["checkin", "leads", "508", "-c", "0.7"][..],
        ),
        ("2026-01-19T10:00:00Z", &["checkin", "leads", "512"]),
        (
            "2026-02-02T10:00:00Z",
            &["kr", "edit", "leads", "--target", "540", "-m", "fewer reps"],
        ),
        (
            "2026-02-09T10:00:00Z",
            &["checkin", "leads", "520", "--on", "2026-02-01"],
        ),
        (
            "2026-02-16T10:00:00Z",
            &["checkin", "leads", "523", "-c", "0.6"],
        ),
    ] {
        env.set_time(moment);
        lisbon.okr(line).ok();
    }
    env.set_time("2026-02-25T10:00:00Z");
    let alone = ask(&lisbon, &[]);
    let json = ["--json"];
    // Tables of an export and the log's lines show when each event was recorded.
    let alone_json = but_for_recording(&ask(&lisbon, &json));

    let mut server = env.server("headquarters", "operator");
    lisbon.okr(&["remote", "set", &server.host("acme")]).ok();
    lisbon.sync();
    the_same(&alone, &ask(&lisbon, &[]));
    assert_eq!(alone_json, but_for_recording(&ask(&lisbon, &json)));

    // From now on not even that changes, here or on a second machine.
    let (text, told) = (ask(&lisbon, &[]), ask(&lisbon, &json));
    let lagos = env.machine("lagos");
    env.set_time("2026-03-02T10:00:00Z");
    lagos.join(&server.invite("ben", "editor"));
    lagos
        .okr(&["checkin", "leads", "525", "--on", "2026-02-10"])
        .ok();
    lagos
        .okr(&["kr", "edit", "leads", "--title", "Leads", "-m", "shorter"])
        .ok();
    lisbon
        .okr(&["kr", "edit", "leads", "--target", "560", "-m", "a new rep"])
        .ok();
    lisbon
        .okr(&[
            "objective",
            "edit",
            "growth",
            "--title",
            "Grow",
            "-m",
            "shorter",
        ])
        .ok();
    lagos.sync();
    lisbon.sync();
    lagos.sync();
    env.set_time("2026-04-02T10:00:00Z");
    lisbon
        .okr(&["cycle", "close", "2026-Q1", "--as-computed", "--yes"])
        .ok();
    lagos.sync();
    the_same(&text, &ask(&lisbon, &[]));
    the_same(&told, &ask(&lisbon, &json));
    // Another machine tells the same, but for which device it is.
    let here = |(line, _): &(String, String)| !line.starts_with("device list");
    let both =
        |answers: Vec<(String, String)>| answers.into_iter().filter(here).collect::<Vec<_>>();
    the_same(&both(told), &both(ask(&lagos, &json)));
}
