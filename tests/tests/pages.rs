//! The page of a cycle in a browser: a member's link opens it, it follows what is recorded, and nobody else gets to
//! see anything of it; without a server it is a file.
#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use quarterdeck_tests::{Browser, Machine, Server, TestEnv};

const USAGE: i32 = 2;
const NOT_FOUND: i32 = 3;
const UNREACHABLE: i32 = 4;
const CYCLE: &str = "2026-Q1";

/// A server that shows pages, and a machine of ana's with a quarter, all of it sent.
fn shown(env: &TestEnv) -> (Server<'_>, Machine<'_>) {
    let mut server = env.server("acme", "ana");
    server.show_pages();
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    (server, lisbon)
}

/// What `okr open --print` prints: the link, and nothing else.
fn link(machine: &Machine<'_>) -> String {
    let run = machine.okr(&["open", CYCLE, "--print"]).ok();
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    assert!(run.stderr.contains("good once"), "{}", run.stderr);
    run.stdout.trim().to_owned()
}

#[test]
fn a_link_opens_the_page_and_the_page_follows_what_is_recorded() {
    let env = TestEnv::new();
    let (server, lisbon) = shown(&env);
    let link = link(&lisbon);
    assert!(
        link.starts_with(&format!("{}/acme/open/", server.pages())),
        "{link}"
    );
    let mut wall = Browser::new();
    let (url, page) = wall.open(&link);
    assert_eq!(
        url,
        format!("{}/acme/{CYCLE}", server.pages()),
        "the secret is gone"
    );
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Qualified leads"), "{}", page.body);
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");

    let head = format!("{}/acme/head", server.pages());
    let before = wall.get(&head);
    let told: serde_json::Value = serde_json::from_str(&before.body).expect("it is JSON");
    assert_eq!(told["head"], lisbon.log().len());
    let tag = before.header("etag").to_owned();
    let known = [("If-None-Match", tag.as_str())];
    assert_eq!(wall.ask("GET", &head, &known).status, 304);

    lisbon
        .okr(&["kr", "edit", "leads", "--title", "Leads that sales takes"])
        .ok();
    let run = lisbon.okr(&["open", "--print"]).ok();
    assert!(
        run.stderr.contains("1 event is not sent yet"),
        "{}",
        run.stderr
    );
    assert_eq!(wall.ask("GET", &head, &known).status, 304);
    lisbon.sync();
    assert_eq!(wall.ask("GET", &head, &known).status, 200);
    let page = wall.get(&url);
    assert!(
        page.body.contains("Leads that sales takes"),
        "{}",
        page.body
    );
    let tag = page.header("etag").to_owned();
    assert_eq!(
        wall.ask("GET", &url, &[("If-None-Match", &tag)]).status,
        304
    );

    let secret = link.rsplit('/').next().unwrap_or_default();
    let session = wall.cookie().and_then(|cookie| cookie.split('=').nth(1));
    let session = session.unwrap_or_default();
    let log = server.log();
    assert!(log.contains("a browser opened a link"), "{log}");
    assert!(!log.contains(secret) && !log.contains(session), "{log}");
}

#[test]
fn the_answer_for_scripts_has_the_link_and_its_end() {
    let env = TestEnv::new();
    let (server, lisbon) = shown(&env);
    let run = lisbon
        .okr(&["open", CYCLE, "--minutes", "60", "--json"])
        .ok();
    let answer = run.json();
    assert_eq!(
        (&answer["cycle"], &answer["browser"]),
        (&CYCLE.into(), &false.into())
    );
    assert!(
        answer["file"].is_null() && answer["expires"].is_string(),
        "{answer}"
    );
    let url = answer["url"].as_str().unwrap_or_default();
    assert_eq!(Browser::new().open(url).1.status, 200);
    assert!(!run.stderr.contains(url), "the link is said once");

    let active = lisbon.okr(&["open", "--json"]).ok().json();
    assert!(active["cycle"].is_null(), "{active}");
    let (url, _) = Browser::new().open(active["url"].as_str().unwrap_or_default());
    assert_eq!(url, format!("{}/acme/", server.pages()));
}

#[test]
fn a_browser_is_given_the_link() {
    let env = TestEnv::new();
    let (_server, lisbon) = shown(&env);
    let script = env.path().join("browser");
    let given = env.path().join("given");
    fs::write(
        &script,
        format!("#!/bin/sh\necho \"$@\" > {}\n", given.display()),
    )
    .expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("one that runs");
    let browser = script.display().to_string();
    let run = lisbon
        .okr_in(&[("BROWSER", &browser)], &["open", CYCLE])
        .ok();
    assert_eq!(run.stdout, "The page of 2026-Q1 opens in your browser.\n");
    let url = fs::read_to_string(&given).expect("what it was given");
    assert_eq!(Browser::new().open(url.trim()).1.status, 200);

    let run = lisbon
        .okr_in(&[("BROWSER", "/nowhere/browser")], &["open"])
        .ok();
    assert!(
        run.stdout.contains("/acme/open/"),
        "what does not open is printed: {}",
        run.stdout
    );
    assert!(run.stderr.contains("no browser"), "{}", run.stderr);
}

#[test]
fn strangers_get_nothing_and_nobody_writes() {
    let env = TestEnv::new();
    let (server, lisbon) = shown(&env);
    let link = link(&lisbon);
    let at = |path: &str| format!("{}{path}", server.pages());
    let mut stranger = Browser::new();
    let nothing = stranger.get(&at("/"));
    assert_eq!(nothing.status, 404);
    for path in [
        "/acme/",
        "/acme/head",
        "/acme/2026-Q1",
        "/globex/",
        "/acme/open/qdl_x",
    ] {
        assert_eq!(stranger.get(&at(path)), nothing, "{path}");
    }
    let mut ana = Browser::new();
    ana.open(&link);
    assert_eq!(stranger.get(&link), nothing, "it was opened already");
    for browser in [&mut stranger, &mut ana] {
        assert_eq!(browser.ask("POST", &at("/acme/"), &[]).status, 405);
        let long = "x".repeat(100_000);
        let page = browser.ask("GET", &at("/acme/"), &[("X-Long", &long)]);
        assert!(matches!(page.status, 431 | 0), "{page:?}");
    }
    assert_eq!(ana.get(&at("/acme/")).status, 200);
}

#[test]
fn whoever_is_removed_sees_no_more_at_the_next_look() {
    let env = TestEnv::new();
    let (server, lisbon) = shown(&env);
    let porto = env.machine("porto");
    porto.join(&server.invite("ben", "viewer"));
    let (waiting, mut ben) = (link(&porto), Browser::new());
    let (url, page) = ben.open(&link(&porto));
    assert_eq!(page.status, 200);
    lisbon.sync();
    lisbon.okr(&["member", "remove", "ben", "-m", "left"]).ok();
    lisbon.sync();
    assert_eq!(ben.get(&url).status, 404);
    assert_eq!(Browser::new().open(&waiting).1.status, 404);
    porto.okr(&["open", "--print"]).code(5);
}

#[test]
fn what_teammates_wrote_is_shown_as_text() {
    let env = TestEnv::new();
    let (_server, lisbon) = shown(&env);
    let hostile = "</title><script>alert('x')</script>\u{202e}";
    lisbon
        .okr(&["kr", "edit", "leads", "--title", hostile])
        .ok();
    lisbon.sync();
    let (_, page) = Browser::new().open(&link(&lisbon));
    assert!(page.body.contains("&lt;script&gt;alert("), "{}", page.body);
    assert!(!page.body.contains("<script>alert") && !page.body.contains('\u{202e}'));
}

#[test]
fn a_display_that_has_joined_nothing_opens_the_page_with_a_token() {
    let env = TestEnv::new();
    let (server, _lisbon) = shown(&env);
    let made = server
        .okrd(&["token", "new", "--member", "ana", "--json"])
        .ok()
        .json();
    let (secret, url) = (made["secret"].as_str(), made["server"].as_str());
    let wall = env.machine("wall");
    let token = [("OKR_TOKEN", secret.unwrap_or_default())];
    let arguments = ["open", "--server", url.unwrap_or_default(), "--print"];
    let run = wall.okr_in(&token, &arguments).ok();
    assert_eq!(Browser::new().open(run.stdout.trim()).1.status, 200);
    wall.okr(&arguments).code(USAGE).explains(&["OKR_TOKEN"]);
}

#[test]
fn without_pages_or_server_this_machines_copy_is_a_file() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let run = lisbon
        .okr(&["open"])
        .code(NOT_FOUND)
        .explains(&["shows no pages", "--page-listen"]);
    let offered = run.offered_command();
    assert_eq!(offered, ["open", "--file"]);
    let offered: Vec<&str> = offered.iter().map(String::as_str).collect();
    lisbon.okr(&offered).ok();
    server.stop();
    let offered = lisbon.okr(&["open"]).code(UNREACHABLE).offered_command();
    assert_eq!(offered, ["open", "--file"]);
}

#[test]
fn a_workspace_of_ones_own_has_its_page_as_a_file() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.okr(&["open"]).code(NOT_FOUND).explains(&["cycle"]);
    lisbon.plan_a_quarter();
    let run = lisbon.okr(&["open", CYCLE]).ok();
    let page = fs::read_to_string(run.stdout.trim()).expect("the page");
    assert!(page.contains("Qualified leads"), "{page}");
    let folder = lisbon.home().join("pages/acme");
    let mode = fs::metadata(&folder)
        .expect("its folder")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700, "others on the machine do not look in");
    let answer = lisbon.okr(&["open", CYCLE, "--json"]).ok().json();
    assert_eq!(answer["file"], run.stdout.trim());
    assert_eq!(answer["url"], format!("file://{}", run.stdout.trim()));
    assert!(answer["expires"].is_null(), "{answer}");
    let printed = lisbon.okr(&["open", CYCLE, "--print"]).ok();
    assert_eq!(answer["url"], printed.stdout.trim());
    lisbon.okr(&["open", "2031-Q1"]).code(NOT_FOUND);
    lisbon.okr(&["open", "--minutes", "5"]).code(USAGE);
    lisbon.okr(&["open", "--minutes", "0"]).code(USAGE);
}
