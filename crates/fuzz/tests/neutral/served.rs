//! The same through a server: what its rule book admits of a hostile teammate, `okrd`'s own commands and log, pages,
//! and another machine's questions.

use quarterdeck_tests::{Browser, Machine, Server, TestEnv};

use crate::looked;

/// What may stand in a title: no control character, or the server refuses it.
const TITLE: &str = "=cmd|' /C calc'!A0 \u{202e}txt.exe\u{2066} in\u{200b}vis\u{e0041}ible <script>evil()</script>\
    \"'><img src=x onerror=evil()> [evil](javascript:evil()) `|*_#";
/// What may stand in a note.
const NOTE: &str = "@SUM(1) \u{1b}]52;c;ZXZpbA==\u{7}\u{1b}[2J\u{9b}31m a\u{8}b\rc \u{202e}x\n# <script>evil()</script>";

fn wrote<'env>(env: &'env TestEnv, server: &Server<'_>) -> Machine<'env> {
    let hostile = env.machine("hostile");
    hostile
        .okr(&[
            "join",
            &server.first_invitation(),
            "--device",
            &TITLE[..TITLE.len() - 60],
        ])
        .ok();
    for arguments in [
        &["cycle", "new", "2026"][..],
        &["cycle", "new", "2026-Q1"],
        &["cycle", "activate", "2026-Q1"],
        &["mission", NOTE],
        &["team", "new", TITLE],
        &["member", "add", TITLE],
        &[
            "objective",
            "new",
            TITLE,
            "--cycle",
            "2026-Q1",
            "--key",
            "growth",
        ],
        &[
            "kr",
            "new",
            TITLE,
            "--objective",
            "growth",
            "--increase",
            "500..550",
            "--key",
            "leads",
            "--unit",
            "\u{202e}x\u{200b}",
        ],
        &["note", "leads", NOTE, "--problem"],
        &["note", "growth", NOTE],
        &["checkin", "leads", "531", "-c", "0.7", "-m", NOTE],
        &[
            "weekly",
            "--plans",
            NOTE,
            "--progress",
            NOTE,
            "--problems",
            NOTE,
        ],
        &["kr", "edit", "leads", "--target", "560", "-m", NOTE],
    ] {
        let run = hostile.okr(arguments);
        // What a rule refuses is refused in a sentence that does nothing either.
        assert!(
            run.code.is_some_and(|code| code < 7),
            "{}: {}",
            run.command,
            run.stderr
        );
        looked::plain("okr", &run.stderr);
        looked::plain("okr", &run.stdout);
    }
    hostile.sync();
    hostile
}

#[test]
fn a_title_with_a_control_character_is_refused_and_shown_harmless() {
    let env = TestEnv::new();
    let machine = env.machine("lisbon");
    machine.okr(&["init", "acme", "--as", "ana"]).ok();
    machine.plan_a_quarter();
    for title in ["a\u{1b}[2J", "a\rb", "a\u{9b}31m", "a\tb"] {
        let run = machine.okr(&["objective", "new", title]).code(5);
        looked::plain("a refusal", &run.stderr);
        let run = machine.okr(&["objective", "show", title]);
        looked::plain("a name that nothing has", &run.stderr);
        let run = machine.okr(&["status", "--as-of", title]).code(2);
        looked::plain("a moment that is none", &run.stderr);
        let run = machine.okr(&[title]).code(2);
        looked::plain("a command that is none", &run.stderr);
    }
}

#[test]
fn a_server_shows_and_logs_nothing_that_acts() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    server.log_everything();
    server.show_pages();
    let hostile = wrote(&env, &server);
    let porto = env.machine("porto");
    porto.join(&server.invite("bo", "contributor"));

    for arguments in [
        &["workspace", "list"][..],
        &["token", "list", "--workspace", "acme"],
        &["device", "list", "--workspace", "acme"],
        &["verify"],
        &["stats"],
        &["member", "role", "--workspace", "acme", TITLE, "viewer"],
        &["invite", "--workspace", "acme", "--member", NOTE],
    ] {
        let run = server.okrd(arguments);
        looked::plain(&run.command, &run.stdout);
        looked::plain(&run.command, &run.stderr);
        let run = server.okrd(&[arguments, &["--json"]].concat());
        looked::json(&run.command, &run.stdout);
        looked::json(&run.command, &run.stderr);
    }
    let questions: &[&[&str]] = &[
        &["status"],
        &["log"],
        &["history", "leads"],
        &["blame", "leads"],
        &["diff", "#5"],
        &["goalposts"],
        &["late"],
        &["regrade", "2026-Q1", "--rule", "plain-mean"],
        &["calibration", "--all"],
        &["forecast"],
        &["conflicts"],
        &["state"],
    ];
    for question in questions {
        let run = porto.okr(&[&["query"], *question].concat());
        looked::json(&run.command, &run.stdout);
        looked::plain(&run.command, &run.stderr);
        let mut terminal = porto.at_terminal(&[&["query"], *question].concat(), (100, 40));
        let _ = terminal.ended();
        looked::styled(&run.command, terminal.written());
    }
    // Somebody watches while more comes in.
    hostile.okr(&["note", "leads", NOTE]).ok();
    hostile.sync();
    let run = porto.okr(&["sync"]).ok();
    looked::plain("okr sync", &run.stdout);

    let link = porto.okr(&["open", "--print", "--json"]).ok().json();
    let link = link["url"].as_str().expect("a link").to_owned();
    let (_, page) = Browser::new().open(&link);
    assert_eq!(page.status, 200, "{page:?}");
    looked::markup("the page", &page.body);
    let lost = Browser::new().get(&format!("{}/%1b%5b2J%e2%80%ae/", server.pages()));
    looked::plain(
        "an answer to a path that is none",
        &lost.body.replace("\r\n", "\n"),
    );

    server.stop();
    let log = server.log();
    assert!(log.contains("TRACE"), "it logs everything");
    looked::plain("the log", &log.replace('\t', " "));
    assert!(!log.contains("calc"), "the log tells what people wrote");
}
