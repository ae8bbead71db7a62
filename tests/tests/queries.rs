//! `okr query`: a server answers what a machine with the whole log answers, byte for byte, about the present
//! and about the past; and a machine that has joined nothing can ask as well.
#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

use quarterdeck_tests::{Machine, Server, TestEnv};

const CYCLE: &str = "2026-Q1";
/// The server's clock is not that of the machines: where the present day would matter, one is named.
const DAY: &str = "2026-04-02";

const PRESENT: &[&[&str]] = &[
    &["status", "--cycle", CYCLE],
    &["status", "--cycle", CYCLE, "--team", "sales", "--on", DAY],
    &["status", "--cycle", "2026", "--on", DAY],
    &["status", "--cycle", CYCLE, "--tree"],
    &["status", "--cycle", "2026", "--tree", "--on", DAY],
    &["log"],
    &["log", "growth", "--kind", "edited"],
    &["log", "workspace"],
    &["log", "-n", "3", "--by", "ana", "--since", "#4"],
    &["history"],
    &["history", "leads"],
    &["history", "sales", "--on", DAY],
    &["history", CYCLE, "-n", "4"],
    &["blame", "leads", "--on", DAY],
    &["blame", "leads", "--field", "target", "--on", DAY],
    &["blame", "workspace", "--on", DAY],
    &["diff", "#12", "--on", DAY],
    &["diff", "#14", "growth", "--on", DAY],
    &["goalposts", "--cycle", CYCLE],
    &["goalposts", "leads", "--on", DAY],
    &["goalposts", "--cycle", CYCLE, "--team", "sales"],
    &["late", "--cycle", CYCLE, "--days", "1"],
    &["late", "leads"],
    &["late", "--cycle", CYCLE, "--on", DAY],
    &[
        "regrade", CYCLE, "--weight", "leads=3", "--drop", "partners",
    ],
    &["regrade", CYCLE, "--as-agreed", "--threshold", "green=0.9"],
    &[
        "regrade",
        CYCLE,
        "--rule",
        "all-or-nothing",
        "--rule",
        "plain-mean",
    ],
    &["calibration", "--all", "--on", DAY],
    &[
        "calibration",
        CYCLE,
        "--owner",
        "me",
        "--team",
        "sales",
        "--on",
        DAY,
    ],
    &["forecast", "--cycle", CYCLE],
    &["forecast", "leads", "--on", "2026-02-20"],
    &["forecast", "--past", "--on", DAY],
    &["forecast", "--past", "all", "--team", "sales", "--on", DAY],
    &["conflicts"],
];

/// Asked as of some position, of whose day they are.
const PAST: &[&[&str]] = &[
    &["status"],
    &["status", "--cycle", "2026", "--tree"],
    &["log"],
    &["history", "growth"],
    &["history", "--on", DAY],
    &["blame", "leads"],
    &["blame", "growth", "--on", DAY],
    &["diff", "#9"],
    &["diff", "#9", "leads", "--on", DAY],
    &["goalposts"],
    &["late", "--days", "1"],
    &["regrade", "--rule", "plain-mean"],
    &["calibration"],
    &["forecast"],
    &["forecast", "growth", "--on", "2026-02-20"],
    &["forecast", "--past"],
    &["conflicts"],
];

/// A quarter with a team, check-ins, moved goals, a conflict and a closing, after which something came.
fn play<'env>(env: &'env TestEnv, server: &Server<'env>) -> (Machine<'env>, Machine<'env>) {
    let (lisbon, lagos) = (env.machine("lisbon"), env.machine("lagos"));
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    for line in [
        &["team", "new", "Sales"][..],
        &["objective", "edit", "growth", "--team", "sales"],
        &[
            "kr",
            "new",
            "Partners signed",
            "--objective",
            "growth",
            "--increase",
            "0..10",
            "--key",
            "partners",
        ],
        &["checkin", "leads", "505", "-c", "0.7", "-m", "a slow start"],
        &[
            "kr",
            "edit",
            "partners",
            "--target",
            "8",
            "-m",
            "fewer reps",
        ],
        &["checkin", "partners", "1"],
    ] {
        lisbon.okr(line).ok();
    }
    lisbon.sync();
    lagos.join(&server.invite("ben", "editor"));
    for machine in [&lisbon, &lagos] {
        let target = if machine.home() == lagos.home() {
            "560"
        } else {
            "570"
        };
        machine
            .okr(&["kr", "edit", "leads", "--target", target, "-m", "told so"])
            .ok();
    }
    lagos.sync();
    lisbon.sync();
    for (day, leads, partners) in [
        ("02-09", "515", "2"),
        ("02-20", "521", "4"),
        ("03-16", "531", "6"),
    ] {
        env.set_time(&format!("2026-{day}T10:00:00Z"));
        lisbon.okr(&["checkin", "leads", leads, "-c", "0.6"]).ok();
        lisbon
            .okr(&["checkin", "partners", partners, "-c", "0.8"])
            .ok();
    }
    lisbon.sync();
    lagos.sync();
    env.set_time("2026-03-31T10:00:00Z");
    lagos.okr(&["checkin", "leads", "550"]).ok();
    env.set_time("2026-04-01T10:00:00Z");
    let close = ["cycle", "close", CYCLE, "--as-computed", "--yes"];
    lisbon.okr(&close).ok();
    lisbon.sync();
    lagos.sync();
    lisbon.sync();
    (lisbon, lagos)
}

/// What a machine answers by itself, and its exit code.
fn own(machine: &Machine<'_>, line: &[&str]) -> (String, Option<i32>) {
    let run = machine.okr(&[line, &["--json"]].concat());
    (run.stdout, run.code)
}

#[test]
fn a_server_answers_what_a_machine_with_the_whole_log_answers() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let (lisbon, _lagos) = play(&env, &server);
    let head = lisbon.log().len();
    let mut answered = 0;
    let mut ask = |line: &[&str]| {
        let asked = lisbon.okr(&[&["query"], line].concat());
        let (stdout, code) = own(&lisbon, line);
        assert_eq!(
            (asked.stdout, asked.code),
            (stdout, code),
            "okr query {}: {}",
            line.join(" "),
            asked.stderr
        );
        answered += usize::from(code == Some(0));
    };
    for line in PRESENT {
        ask(line);
    }
    for position in ["#17", &format!("#{}", head - 2)] {
        for line in PAST {
            ask(&[line, &["--as-of", position][..]].concat());
        }
    }
    // What could not be asked about (no cycle had ended) is little.
    assert!(answered > PRESENT.len() + PAST.len(), "{answered}");
}

#[test]
fn a_machine_without_the_workspace_asks_with_a_token() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let (lisbon, lagos) = play(&env, &server);
    let kiosk = env.machine("kiosk");
    let made = ["token", "new", "--member", "ana", "--json"];
    let made = server.okrd(&made).ok().json();
    let of = |name: &str| made[name].as_str().unwrap_or_default().to_owned();
    let (token, url) = (of("secret"), of("server"));
    let address = server.address();
    let named = format!("okr://{address}/acme");
    let by_id = format!(
        "okr://{address}/{}",
        url.rsplit('/').next().unwrap_or_default()
    );
    for line in [
        &["status", "--cycle", CYCLE][..],
        &["history", "leads", "--as-of", "#14"],
        &["calibration", "--owner", "me", "--on", DAY],
    ] {
        for url in [&named, &by_id] {
            let typed = [&["query", "--server", url.as_str()], line].concat();
            let asked = kiosk.okr_in(&[("OKR_TOKEN", &token)], &typed).ok();
            assert_eq!(asked.stdout, own(&lisbon, line).0, "{typed:?}");
        }
    }
    // The whole state is the same bytes, whoever asks for it.
    let state = ["query", "state", "--as-of", "#17"];
    let state_of = |machine: &Machine<'_>| machine.okr(&state).ok().stdout;
    let typed = ["query", "--server", &named, "state", "--as-of", "#17"];
    let asked = kiosk.okr_in(&[("OKR_TOKEN", &token)], &typed).ok();
    assert!(
        asked.stdout.starts_with(r#"{"head":17,"#),
        "{}",
        asked.stdout
    );
    assert_eq!(asked.stdout, state_of(&lisbon));
    assert_eq!(asked.stdout, state_of(&lagos));
}

#[test]
fn whoever_gets_no_answer_is_told_why() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let kiosk = env.machine("kiosk");
    let url = format!("okr://{}/acme", server.address());
    let asked = |token: &str, url: &str| {
        kiosk.okr_in(
            &[("OKR_TOKEN", token)],
            &["query", "--server", url, "status"],
        )
    };
    asked("", &url)
        .code(2)
        .explains(&["OKR_TOKEN", "okrd token new"]);
    asked("made-up", &url).code(5).explains(&["OKR_TOKEN"]);
    let invitation = server.invite("ben", "viewer");
    let refused = asked("made-up", &format!("{invitation}.x")).code(2);
    let secret = invitation.rsplit('#').next().unwrap_or_default();
    assert!(!refused.stderr.contains(secret), "{}", refused.stderr);
    kiosk
        .okr(&["query", "status"])
        .code(3)
        .explains(&["--server", "okr join"]);
    lisbon
        .okr(&["query", "blame", "churn"])
        .code(3)
        .explains(&["churn"]);
    lisbon
        .okr(&["query", "blame", "leads", "--field", "colour"])
        .code(2)
        .explains(&["colour", "target"]);
    lisbon
        .okr(&["query", "log", "--as-of", "#9999"])
        .code(2)
        .explains(&["9999"]);
    lisbon
        .okr(&["query", "state", "--on", "today"])
        .code(2)
        .explains(&["--on"]);
    server.stop();
    lisbon
        .okr(&["query", "status"])
        .code(4)
        .explains(&["okr status"]);
    asked("made-up", &url).code(4).explains(&["reached"]);
}
