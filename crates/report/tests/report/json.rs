//! The keys that scripts rely on.

use quarterdeck_core::event::Body;
use quarterdeck_core::history;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{CycleKind, Role, TeamLevel};
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::json::{self, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use serde_json::Value as Json;

use super::sample::{
    Log, TODAY, company, cycle, day, disagreement, eventful, key_result, member, objective,
    quarter, team_id,
};

fn query() -> StatusQuery {
    StatusQuery {
        cycle: None,
        team: None,
        member: None,
        on: day(TODAY),
        as_of: None,
    }
}

fn pending_of(log: &Log) -> Pending {
    Pending::of(log.entries.last())
}

fn keys(value: &Json) -> String {
    let found: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    found.join(" ")
}

fn value(of: impl serde::Serialize) -> Json {
    serde_json::to_value(of).unwrap()
}

fn status_of(log: &Log, query: &StatusQuery) -> Json {
    value(json::status(
        &Names::new(&log.state),
        &Pending::default(),
        query,
    ))
}

#[test]
fn status_has_the_keys_of_the_contract() {
    let log = eventful();
    let status = value(json::status(
        &Names::new(&log.state),
        &pending_of(&log),
        &query(),
    ));
    assert_eq!(
        keys(&status),
        "as_of conflicts cycle head objectives on pending schema served workspace"
    );
    assert_eq!(
        keys(&status["cycle"]),
        "aspirational closing committed elapsed ends expected goals_moved grades id kind month_weights name ref \
         score starts state week weeks"
    );
    let objective = &status["objectives"][0];
    assert_eq!(
        keys(objective),
        "awaits because conflicts grade id key key_results kind level owner pending ref score set_aside \
         state status supports team title unaligned unsupported visits"
    );
    let leads = &objective["key_results"][0];
    assert_eq!(
        keys(leads),
        "baseline because cadence certainty confidence conflicts current forecast grade helps high id \
         indicator key kpi last_check_in low metric milestones owner pace pending progress projection \
         rank recent ref score set_aside state status target team tier title unit weight"
    );
    for (key, expected) in [
        ("ref", "kr-3mz9"),
        ("title", "Qualified leads"),
        ("metric", "increase"),
        ("unit", "leads"),
        ("baseline", "500"),
        ("target", "550"),
        ("current", "534"),
        ("score", "0.68"),
        ("pace", "1.2"),
        ("confidence", "0.7"),
        ("status", "on track"),
        ("last_check_in", "2026-08-21"),
    ] {
        assert_eq!(leads[key], expected, "{key}");
    }
    assert_eq!(leads["pending"], true);
    assert_eq!(objective["key_results"][1]["pending"], false);
    assert_eq!(status["schema"], "quarterdeck/1");
    assert_eq!(status["workspace"], "acme");
    assert_eq!(status["pending"], 1);
    assert_eq!(status["head"], log.state.head - 1);
    assert_eq!(status["cycle"]["name"], "2026-Q3");
    assert_eq!(status["cycle"]["elapsed"], "0.57");
    assert!(status["as_of"].is_null());
}

#[test]
fn an_empty_workspace_has_a_status_too() {
    let state = State::default();
    let status = value(json::status(
        &Names::new(&state),
        &Pending::default(),
        &query(),
    ));
    assert!(status["cycle"].is_null());
    assert_eq!(status["objectives"], value([(); 0]));
}

#[test]
fn status_can_be_asked_for_one_cycle_team_or_member() {
    let log = quarter();
    let counts = |query: &StatusQuery| {
        let status = status_of(&log, query);
        let objectives = status["objectives"].as_array().unwrap().clone();
        let key_results = objectives
            .iter()
            .map(|objective| objective["key_results"].as_array().unwrap().len());
        (objectives.len(), key_results.sum::<usize>())
    };
    assert_eq!(counts(&query()), (2, 6));
    let annual = StatusQuery {
        cycle: Some(cycle("2026")),
        ..query()
    };
    assert_eq!(counts(&annual), (0, 0));
    let by_team = StatusQuery {
        team: Some(team_id("sa1e")),
        ..query()
    };
    assert_eq!(counts(&by_team), (2, 6));
    for (name, expected) in [("ana", (2, 6)), ("ben", (2, 6)), ("eve", (0, 0))] {
        let mine = StatusQuery {
            member: Some(member(name)),
            ..query()
        };
        assert_eq!(counts(&mine), expected, "{name}");
    }
}

#[test]
fn log_lines_have_the_keys_of_the_contract() {
    let log = disagreement();
    let names = Names::new(&log.state);
    let line = value(json::log_line(&names, log.entries.last().unwrap(), false));
    assert_eq!(
        keys(&line),
        "authored changes check_in device device_id effective id imported kind known late late_days member \
         member_id on_behalf pending reason recorded ref seq skipped text title undoes what"
    );
    assert_eq!(line["kind"], "KeyResultEdited");
    assert_eq!(line["ref"], "kr-3mz9");
    assert_eq!(line["member"], "ben");
    assert_eq!(line["seq"], log.state.head);
    assert_eq!(line["recorded"], "2026-08-20T12:35:00.000Z");
    assert_eq!(
        line["changes"],
        serde_json::json!([{"field": "target", "from": "550", "to": "575"}])
    );
    assert_eq!(line["what"], "target 550 → 575 leads");
}

#[test]
fn what_is_not_recorded_has_neither_position_nor_time() {
    let log = eventful();
    let names = Names::new(&log.state);
    let line = value(json::log_line(&names, log.entries.last().unwrap(), true));
    assert!(line["seq"].is_null());
    assert!(line["recorded"].is_null());
    assert_eq!(line["pending"], true);
    assert_eq!(line["effective"], TODAY);
    assert_eq!(line["check_in"]["value"], "+3");
}

#[test]
fn an_unknown_kind_is_in_the_log_with_the_reason_why_it_is_passed_over() {
    let log = eventful();
    let names = Names::new(&log.state);
    let unknown = &log.entries[log.entries.len() - 2];
    let line = value(json::log_line(&names, unknown, false));
    assert_eq!(line["kind"], "Unknown");
    assert!(line["ref"].is_null());
    assert_eq!(line["skipped"], "kind 321 is of a newer version");
}

#[test]
fn history_lines_are_log_lines_with_what_held_after() {
    let log = disagreement();
    let names = Names::new(&log.state);
    let scope = history::Scope::KeyResult(key_result("3mz9"));
    let lines: Vec<Json> = (history::fold(&log.state, scope, None, &log.entries).iter())
        .map(|line| value(json::history_line(&names, line)))
        .collect();
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            ["kind", "value", "target", "score"]
                .map(|key| line[key].as_str().unwrap_or("-"))
                .join(" ")
        })
        .collect();
    assert_eq!(
        told,
        [
            "KeyResultAdded 500 550 0",
            "CheckedIn 504 550 0.08",
            "CheckedIn 511 550 0.22",
            "CheckedIn 519 550 0.38",
            "CheckedIn 531 550 0.62",
            "KeyResultEdited 531 600 0.31",
            "KeyResultEdited 531 575 0.41",
        ]
    );
    assert_eq!(lines[4]["confidence"], "0.7");
}

#[test]
fn conflicts_have_the_keys_of_the_contract() {
    let log = disagreement();
    let names = Names::new(&log.state);
    let found = value(json::conflicts(&names, &|_| {
        Some("from the log".to_owned())
    }));
    assert_eq!(keys(&found), "conflicts schema");
    let conflict = &found["conflicts"][0];
    assert_eq!(
        keys(conflict),
        "field in_effect noun other others ref title"
    );
    assert_eq!(
        keys(&conflict["other"]),
        "authored device event member reason recorded seq shown value"
    );
    assert_eq!(conflict["ref"], "kr-3mz9");
    assert_eq!(conflict["in_effect"]["value"], "575");
    assert_eq!(conflict["in_effect"]["member"], "ben");
    assert_eq!(conflict["other"]["value"], "600");
    assert_eq!(conflict["other"]["member"], "ana");
}

#[test]
fn shows_have_the_keys_of_status_and_more() {
    let log = eventful();
    let names = Names::new(&log.state);
    let pending = pending_of(&log);
    let shown = value(
        json::key_result_show(
            &names,
            &pending,
            key_result("3mz9"),
            day(TODAY),
            None,
            &|_| None,
        )
        .unwrap(),
    );
    for key in [
        "schema",
        "ref",
        "target",
        "check_ins",
        "notes",
        "helps",
        "open_conflicts",
        "due",
    ] {
        assert!(shown.get(key).is_some(), "{key}");
    }
    assert_eq!(shown["objective"]["ref"], "o-7fk2");
    let check_ins = shown["check_ins"].as_array().unwrap();
    assert_eq!(check_ins.len(), 7);
    assert_eq!(check_ins[6]["pending"], true);
    assert_eq!(check_ins[6]["current"], "534");
    assert_eq!(check_ins[5]["retracted"], true);

    let shown = value(
        json::objective_show(
            &names,
            &pending,
            objective("7fk2"),
            day(TODAY),
            None,
            &|_| None,
        )
        .unwrap(),
    );
    for key in [
        "schema",
        "ref",
        "score",
        "key_results",
        "sign_offs",
        "notes",
        "supported_by",
    ] {
        assert!(shown.get(key).is_some(), "{key}");
    }
}

#[test]
fn what_was_written_names_its_events() {
    let log = eventful();
    let names = Names::new(&log.state);
    let last = log.entries.last().cloned();
    let written = value(json::written(&names, last.as_slice(), true));
    assert_eq!(keys(&written), "events id pending ref schema title");
    assert_eq!(written["ref"], "kr-3mz9");
    assert_eq!(keys(&written["events"][0]), "id kind made what");
    assert_eq!(written["events"][0]["kind"], "CheckedIn");
    assert_eq!(written["events"][0]["what"], "+3 leads");
}

#[test]
fn teams_stand_below_the_one_above_them_and_count_for_it() {
    let mut log = quarter();
    for (digits, name, parent) in [
        ("c0rp", "Acme", None),
        ("a1fa", "Accounts", Some("c0rp")),
        ("b1dg", "Bids", Some("a1fa")),
    ] {
        let formed = Body::TeamCreated {
            team: team_id(digits),
            name: name.to_owned(),
            level: TeamLevel::Team,
            parent: parent.map(team_id),
        };
        log.add("ana", TODAY, formed);
    }
    let subject = Subject::Objective(objective("7fk2"));
    let team = |digits: &str| Value::Ref(Subject::Team(team_id(digits)));
    let moved = (Field::Team, team("sa1e"), team("b1dg"));
    let seen = log.state.head;
    log.edit("ana", TODAY, subject, moved, (seen, "bids are theirs now"));

    let names = Names::new(&log.state);
    let listed: Vec<(String, usize)> = json::teams(&names)
        .teams
        .into_iter()
        .map(|team| (team.name, team.depth))
        .collect();
    let expected = [("Acme", 0), ("Accounts", 1), ("Bids", 2), ("Sales", 0)];
    assert_eq!(
        listed,
        expected.map(|(name, depth)| (name.to_owned(), depth))
    );
    let of_team = |digits: &str| {
        let query = StatusQuery {
            team: Some(team_id(digits)),
            ..query()
        };
        status_of(&log, &query)["objectives"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(
        (of_team("c0rp"), of_team("b1dg"), of_team("sa1e")),
        (1, 1, 1)
    );
}

#[test]
fn members_of_one_name_are_told_apart() {
    let mut log = quarter();
    let second = Body::MemberAdded {
        member: member("anb"),
        name: "ana".to_owned(),
        email: None,
        role: Role::Viewer,
    };
    log.add("ana", TODAY, second);
    let names = Names::new(&log.state);
    assert_eq!(names.person(member("ana")), "ana (m-ana0)");
    assert_eq!(names.person(member("anb")), "ana (m-anb0)");
    assert_eq!(names.person(member("ben")), "ben");
}

#[test]
fn a_quarter_is_meant_before_its_year_and_an_active_cycle_before_a_planned_one() {
    let mut log = company();
    let on = day(TODAY);
    assert_eq!(json::default_cycle(&log.state, on), Some(cycle("26q3")));
    let planned = Body::CycleCreated {
        cycle: cycle("spr1"),
        name: "sprint".to_owned(),
        kind: CycleKind::Custom,
        starts: day("2026-08-17"),
        ends: day("2026-08-30"),
        parent: None,
    };
    log.add("ana", TODAY, planned);
    assert_eq!(json::default_cycle(&log.state, on), Some(cycle("26q3")));
    // Over, but the last that was worked on.
    assert_eq!(
        json::default_cycle(&log.state, day("2027-02-01")),
        Some(cycle("26q3"))
    );
    assert_eq!(json::default_cycle(&State::default(), on), None);
}

#[test]
fn lists_and_answers_keep_their_keys() {
    let log = quarter();
    let names = Names::new(&log.state);
    let entries = &log.entries[log.entries.len() - 1..];
    let refusal = Refusal::new(Code::NotLive, "The key result is dropped.");
    let sync = json::Sync {
        schema: json::Schema,
        pushed: 3,
        already: 0,
        pulled: 12,
        refused: vec![(&refusal).into()],
        conflicts: 1,
        head: 1207,
        pending: 0,
        up_to_date: true,
        given_back: 0,
        closed: None,
        closed_message: None,
    };
    let verify = json::Verify {
        schema: json::Schema,
        ok: true,
        size: 1207,
        root: String::new(),
        checkpoint: None,
        checkpoints: 0,
        key: None,
        fingerprint: None,
        at: None,
        server: None,
        problem: None,
    };
    let outbox = json::outbox(&names, entries, &[(entries.to_vec(), refusal)]);
    let cycles = value(json::cycles(&names, day(TODAY)));
    let teams = value(json::teams(&names));
    let members = value(json::members(&names));
    let devices = value(json::devices(&names, None));
    for (found, expected) in [
        (
            value(sync),
            "already closed closed_message conflicts given_back head pending pulled pushed refused schema up_to_date",
        ),
        (
            value(verify),
            "at checkpoint checkpoints fingerprint key ok problem root schema server size",
        ),
        (value(&outbox), "pending schema shelved"),
        (value(&outbox.shelved[0]), "code events hint id message ref"),
        (
            cycles["cycles"][0].clone(),
            "closing elapsed ends grade id kind later name objectives parent ref score starts state",
        ),
        (
            teams["teams"][0].clone(),
            "depth id level members name parent ref",
        ),
        (
            members["members"][0].clone(),
            "devices email id name ref role state teams",
        ),
        (
            devices["devices"][0].clone(),
            "events id joined member name ref revoked server this",
        ),
        (
            value(json::mission(&log.state)),
            "mission schema vision workspace",
        ),
    ] {
        assert_eq!(keys(&found), expected);
    }
    assert_eq!(value(&outbox)["shelved"][0]["code"], "not_live");
}
