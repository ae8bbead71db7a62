//! A quarter without a server: what is written is read back, now and as it was.

use serde_json::Value;

use crate::machine::Machine;

fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

#[test]
fn a_check_in_shows_in_status_with_the_keys_that_scripts_rely_on() {
    let machine = Machine::planned();
    machine
        .okr(&[
            "checkin",
            "leads",
            "531",
            "-c",
            "0.7",
            "-m",
            "two partners signed",
        ])
        .ok();
    let status = machine.okr(&["status", "--json"]).ok().json();
    for key in [
        "schema",
        "workspace",
        "head",
        "pending",
        "as_of",
        "cycle",
        "objectives",
    ] {
        assert!(keys(&status).contains(&key), "{key}");
    }
    for key in ["name", "state", "starts", "ends", "elapsed", "score"] {
        assert!(keys(&status["cycle"]).contains(&key), "cycle.{key}");
    }
    let objective = &status["objectives"][0];
    for key in [
        "ref",
        "id",
        "title",
        "owner",
        "state",
        "score",
        "status",
        "key_results",
    ] {
        assert!(keys(objective).contains(&key), "objective.{key}");
    }
    let leads = machine.leads(&[]);
    for (key, value) in [
        ("title", "Qualified leads"),
        ("metric", "increase"),
        ("unit", "leads"),
        ("baseline", "500"),
        ("target", "550"),
        ("current", "531"),
        ("score", "0.62"),
        ("confidence", "0.7"),
        ("last_check_in", "2026-07-06"),
    ] {
        assert_eq!(leads[key], value, "{key}");
    }
    assert_eq!(leads["pending"], false);
    assert_eq!(status["pending"], 0);
}

#[test]
fn writing_answers_what_was_written() {
    let machine = Machine::planned();
    let written = machine
        .okr(&["checkin", "leads", "+3", "--json"])
        .ok()
        .json();
    assert_eq!(written["events"][0]["kind"], "CheckedIn");
    assert!(written["ref"].as_str().unwrap().starts_with("kr-"));
    assert!(written["id"].is_string() && written["events"][0]["id"].is_string());
    let text = machine.okr(&["checkin", "leads", "-1"]).ok().stdout;
    assert!(text.contains("now 502 of 550 leads, 4 % done"), "{text}");
}

#[test]
fn undo_goes_back_one_command_at_a_time() {
    let machine = Machine::planned();
    machine.okr(&["checkin", "leads", "510"]).ok();
    machine
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--target",
            "600",
            "-m",
            "two reps more",
        ])
        .ok();
    machine.okr(&["undo"]).ok();
    assert_eq!(machine.leads(&[])["target"], "550");
    assert_eq!(machine.leads(&[])["current"], "510");
    machine.okr(&["undo"]).ok();
    assert_eq!(machine.leads(&[])["current"], "500");
    assert_eq!(machine.log().len(), 7 + 4, "nothing is erased");
}

#[test]
fn a_command_of_several_events_is_undone_as_one() {
    let machine = Machine::planned();
    machine.okr(&["checkin", "leads", "505"]).ok();
    let file = machine.home().join("two.csv");
    std::fs::write(&file, "kr,value\nleads,510\nleads,+5\n").unwrap();
    machine
        .okr(&["checkin", "--csv", file.to_str().unwrap()])
        .ok();
    assert_eq!(machine.leads(&[])["current"], "515");
    machine.okr(&["undo"]).ok();
    assert_eq!(machine.leads(&[])["current"], "505");
    machine.okr(&["undo"]).ok();
    assert_eq!(machine.leads(&[])["current"], "500");
}

#[test]
fn history_says_who_when_and_why_and_how_it_stood() {
    let machine = Machine::planned();
    machine.okr(&["checkin", "leads", "525"]).ok();
    machine
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--target",
            "600",
            "-m",
            "two reps more",
        ])
        .ok();
    let history = machine.okr(&["history", "leads", "--json"]).ok().lines();
    let kinds: Vec<_> = history.iter().map(|line| line["kind"].clone()).collect();
    assert_eq!(kinds, ["KeyResultAdded", "CheckedIn", "KeyResultEdited"]);
    let edit = &history[2];
    assert_eq!(edit["changes"][0]["field"], "target");
    assert_eq!(edit["changes"][0]["from"], "550");
    assert_eq!(edit["changes"][0]["to"], "600");
    assert_eq!(edit["reason"], "two reps more");
    assert_eq!(edit["member"], "ana");
    assert_eq!(
        (&edit["value"], &edit["target"], &edit["score"]),
        (&"525".into(), &"600".into(), &"0.25".into())
    );
}

#[test]
fn as_of_and_on_are_two_questions() {
    let machine = Machine::planned();
    machine.okr(&["checkin", "leads", "510"]).ok();
    machine.set_time("2026-07-20T09:00:00Z");
    machine
        .okr(&["checkin", "leads", "520", "--on", "2026-07-13"])
        .ok();
    // What was known on the 15th, and what was true then.
    assert_eq!(machine.leads(&["--as-of", "2026-07-15"])["current"], "510");
    assert_eq!(machine.leads(&["--on", "2026-07-15"])["current"], "520");
    assert_eq!(machine.leads(&["--as-of", "#8"])["current"], "510");
    let shown = machine
        .okr(&["kr", "show", "leads", "--as-of", "week 2", "--json"])
        .ok();
    assert_eq!(shown.json()["current"], "510");
}

#[test]
fn amending_and_retracting_leave_both_in_the_log() {
    let machine = Machine::planned();
    let written = machine
        .okr(&["checkin", "leads", "511", "--json"])
        .ok()
        .json();
    let check_in = written["events"][0]["made"].as_str().unwrap().to_owned();
    machine
        .okr(&[
            "checkin",
            "amend",
            &check_in,
            "--value",
            "513",
            "-m",
            "counted twice",
        ])
        .ok();
    assert_eq!(machine.leads(&[])["current"], "513");
    machine.okr(&["checkin", "retract", &check_in]).ok();
    assert_eq!(machine.leads(&[])["current"], "500");
    let kinds: Vec<_> = machine
        .log()
        .iter()
        .map(|line| line["kind"].clone())
        .collect();
    assert_eq!(
        kinds[7..],
        ["CheckedIn", "CheckInCorrected", "CheckInRetracted"]
    );
}

#[test]
fn check_ins_from_a_file_are_all_recorded_or_none() {
    let machine = Machine::planned();
    let file = machine.home().join("weekly.csv");
    let path = file.to_str().unwrap();
    std::fs::write(
        &file,
        "kr,value,date,note\nleads,many,,\nleads,520,2031-01-01,\nnobody,1,,\n",
    )
    .unwrap();
    machine
        .okr(&["checkin", "--csv", path])
        .exits(quarterdeck_cli::Exit::Usage)
        .explains(&["line 2", "many", "line 3", "2031-01-01", "line 4", "nobody"]);
    assert_eq!(machine.log().len(), 7);
    std::fs::write(&file, "value,kr,confidence\n520,leads,0.6\n+5,leads,\n").unwrap();
    machine.okr(&["checkin", "--csv", path]).ok();
    assert_eq!(machine.leads(&[])["current"], "525");
    assert_eq!(machine.leads(&[])["confidence"], "0.6");
}

#[test]
fn the_log_is_filtered_by_thing_time_person_and_kind() {
    let machine = Machine::planned();
    machine.okr(&["checkin", "leads", "510"]).ok();
    machine.set_time("2026-08-03T09:00:00Z");
    machine
        .okr(&["note", "leads", "a slow month", "--problem"])
        .ok();
    let count = |arguments: &[&str]| {
        let mut line = vec!["log", "--json"];
        line.extend(arguments);
        machine.okr(&line).ok().lines().len()
    };
    assert_eq!(count(&[]), 9);
    assert_eq!(count(&["leads"]), 3);
    assert_eq!(count(&["--since", "2026-08-01"]), 1);
    assert_eq!(count(&["--until", "2026-07-31"]), 8);
    assert_eq!(count(&["--kind", "checkedin"]), 1);
    assert_eq!(count(&["--by", "ana", "-n", "2"]), 2);
}

#[test]
fn a_workspace_verifies_and_the_doctor_finds_nothing() {
    let machine = Machine::planned();
    let verified = machine.okr(&["verify", "--json"]).ok().json();
    assert_eq!(verified["ok"], true);
    assert_eq!(verified["size"], 7);
    assert_eq!(verified["root"].as_str().unwrap().len(), 64);
    machine.okr(&["doctor"]).ok();
}

#[test]
fn every_list_answers_in_json() {
    let machine = Machine::planned();
    for line in [
        &["cycle", "list"][..],
        &["cycle", "show"],
        &["objective", "list"],
        &["objective", "show", "growth"],
        &["kr", "list"],
        &["kr", "show", "leads"],
        &["team", "list"],
        &["member", "list"],
        &["device", "list"],
        &["mission"],
        &["conflicts"],
        &["outbox"],
        &["config"],
        &["doctor"],
        &["remote", "show"],
    ] {
        let mut line = line.to_vec();
        line.push("--json");
        let _ = machine.okr(&line).ok().json();
    }
}
