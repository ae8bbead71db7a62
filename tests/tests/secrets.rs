//! Where secrets are: in files of their owner alone, and nowhere else. Keys, tokens, invitations, links and cookies
//! of a whole story are looked for in files, in what both programs print, and in all that a server can log.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use quarterdeck_tests::{Browser, Machine, Run, Server, TestEnv, files_below};
use rustix::fs::Mode;
use rustix::process::umask;
use serde_json::Value;

const REFUSED: i32 = 5;
/// What somebody wrote.
const WORDS: &str = "between-you-and-me";

/// New files are everybody's from here on, unless a program says otherwise.
fn careless() {
    umask(Mode::empty());
}

fn mode(path: &Path) -> u32 {
    let found =
        fs::symlink_metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    found.permissions().mode() & 0o777
}

#[track_caller]
fn is_private(path: &Path) {
    let mode = mode(path);
    assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
}

/// The secret of an invitation, without the fingerprint that is none.
fn secret_of(invitation: &str) -> String {
    let (_, secret) = invitation.split_once('#').expect("an invitation");
    secret.split('.').next().unwrap_or_default().to_owned()
}

/// `device.json` of a machine with one workspace.
fn device(machine: &Machine<'_>) -> Value {
    let files = files_below(machine.home());
    let (_, bytes) = (files.iter())
        .find(|(path, _)| path.ends_with("device.json"))
        .expect("the device's file");
    serde_json::from_slice(bytes).expect("it is JSON")
}

/// Key and token of a machine, by what they are.
fn kept_by(machine: &Machine<'_>) -> BTreeMap<&'static str, String> {
    let device = device(machine);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    BTreeMap::from([
        ("the device's key", text(&device["device"]["seed"])),
        ("the device's token", text(&device["remote"]["token"])),
    ])
}

#[track_caller]
fn tells_none(what: &str, text: &str, secrets: &BTreeMap<&'static str, String>) {
    for (name, secret) in secrets {
        assert!(secret.len() >= 16, "{name} is no secret: {secret}");
        if let Some(at) = text.find(secret) {
            let from = text[..at].rfind('\n').map_or(0, |at| at + 1);
            panic!("{what} tells {name}: {}", &text[from..at]);
        }
    }
}

/// A server, and a machine that joined it with its invitation on standard input.
fn joined<'env>(env: &'env TestEnv) -> (Server<'env>, Machine<'env>) {
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    let invitation = format!("{}\n", server.first_invitation());
    lisbon.okr_given(&invitation, &["join", "-"]).ok();
    lisbon.plan_a_quarter();
    lisbon.okr(&["note", "growth", WORDS]).ok();
    lisbon.sync();
    (server, lisbon)
}

#[test]
fn an_invitation_need_not_stand_on_a_command_line() {
    let env = TestEnv::new();
    let (server, lisbon) = joined(&env);
    assert_eq!(device(&lisbon)["workspace_name"], "acme");
    let porto = env.machine("porto");
    porto
        .okr_given("", &["join", "-"])
        .code(2)
        .explains(&["standard input"]);
    let invitation = server.invite("bo", "contributor");
    let secret = secret_of(&invitation);
    // Wrong in every way that it can be: the secret is not in what is said.
    for wrong in [
        invitation.replace("okr://", "http://"),
        invitation.replacen(':', "", 2),
        invitation.replace('#', "/#"),
        format!("{invitation}x"),
        invitation[..invitation.len() - 3].to_owned(),
    ] {
        let run = porto.okr_given(&wrong, &["join", "-"]);
        assert_ne!(run.code, Some(0), "{wrong}");
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(!said.contains(&secret[..20]), "{said}");
        let run = porto.okr(&["join", &wrong]);
        assert!(!run.stderr.contains(&secret[..20]), "{}", run.stderr);
    }
}

#[test]
fn a_machine_keeps_its_secrets_where_nobody_else_reads() {
    careless();
    let env = TestEnv::new();
    let (_server, lisbon) = joined(&env);
    let secrets = kept_by(&lisbon);
    let look = |when: &str| {
        is_private(lisbon.home());
        is_private(&lisbon.home().join("workspaces"));
        let mut holders = 0;
        for (path, bytes) in files_below(lisbon.home()) {
            let text = String::from_utf8_lossy(&bytes);
            if secrets.values().any(|secret| text.contains(secret)) {
                holders += 1;
                assert!(path.ends_with("device.json"), "{when}: {}", path.display());
                is_private(&path);
                is_private(path.parent().expect("a folder"));
            }
        }
        assert!(holders > 0, "{when}: nobody holds a secret");
    };
    look("after joining");
    // Opened to all by a careless copy: the next rewrite closes it again, also over what a crash left beside it.
    let files = files_below(lisbon.home());
    let (file, _) = files
        .iter()
        .find(|(path, _)| path.ends_with("device.json"))
        .expect("the file");
    let left = file.with_extension("tmp");
    fs::write(&left, "").expect("what a crash left");
    for open in [file, &left] {
        fs::set_permissions(open, fs::Permissions::from_mode(0o666)).expect("it is ours");
    }
    let copy = lisbon.copied_to("copy");
    copy.okr(&["device", "new", "copy"]).ok();
    let (file, _) = files_below(copy.home())
        .into_iter()
        .find(|(path, _)| path.ends_with("device.json"))
        .expect("the file");
    is_private(&file);
    assert_ne!(
        kept_by(&copy),
        secrets,
        "it has a key and a token of its own"
    );
}

#[test]
fn a_server_keeps_its_secrets_where_nobody_else_reads() {
    careless();
    let env = TestEnv::new();
    let (mut server, _lisbon) = joined(&env);
    server
        .okrd(&[
            "token",
            "new",
            "--workspace",
            "acme",
            "--member",
            "ana",
            "--json",
        ])
        .ok();
    server.stop();
    is_private(&server.data());
    let mut keys = 0;
    for (path, _) in files_below(&server.data()) {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if ["key", "access.json", "server.toml"].contains(&name) || name.ends_with("key.pem") {
            is_private(&path);
            is_private(path.parent().expect("a folder"));
            keys += 1;
        }
    }
    assert!(keys >= 3, "{keys} files of secrets");
}

/// All that a machine and a server print when they are asked about everything.
fn asked(server: &Server<'_>, machine: &Machine<'_>) -> Vec<Run> {
    let mut runs = Vec::new();
    for arguments in [
        &["status"][..],
        &["log", "-n", "100"],
        &["device", "list"],
        &["member", "list"],
        &["remote", "show"],
        &["outbox"],
        &["doctor"],
        &["config"],
        &["verify"],
        &["sync"],
        &["export"],
        &["prove", "#3"],
        &["query", "status"],
        &["query", "state"],
    ] {
        runs.push(machine.okr(arguments));
        runs.push(machine.okr(&[arguments, &["--json"]].concat()));
    }
    for arguments in [
        &["workspace", "list"][..],
        &["token", "list", "--workspace", "acme"],
        &["device", "list", "--workspace", "acme"],
        &["verify"],
        &["stats"],
    ] {
        runs.push(server.okrd(arguments));
        runs.push(server.okrd(&[arguments, &["--json"]].concat()));
    }
    runs
}

#[test]
fn nothing_prints_or_logs_a_secret() {
    let env = TestEnv::new();
    let (mut server, lisbon) = joined(&env);
    let mut secrets = kept_by(&lisbon);
    secrets.insert(
        "the first invitation",
        secret_of(&server.first_invitation()),
    );
    let everything = asked(&server, &lisbon);
    for run in &everything {
        tells_none(&run.command, &run.stdout, &secrets);
        tells_none(&run.command, &run.stderr, &secrets);
    }

    server.log_everything();
    server.show_pages();
    let invitation = server.invite("bo", "contributor");
    secrets.insert("another invitation", secret_of(&invitation));
    let porto = env.machine("porto");
    porto.join(&invitation);
    let of_porto = kept_by(&porto);
    secrets.insert("another key", of_porto["the device's key"].clone());
    secrets.insert("another token", of_porto["the device's token"].clone());
    porto.okr(&["join", &invitation, "--again"]).code(REFUSED);
    porto.okr(&["note", "growth", WORDS]).ok();
    porto.sync();
    let made = server
        .okrd(&[
            "token",
            "new",
            "--workspace",
            "acme",
            "--member",
            "bo",
            "--json",
        ])
        .ok()
        .json();
    let token = made["secret"]
        .as_str()
        .or(made["token"].as_str())
        .unwrap_or_else(|| panic!("{made}"));
    secrets.insert("a client's token", token.to_owned());
    // A token that is none, too: somebody's typing error is a secret.
    let wrong = format!("{token}x");
    for token in [token, &wrong] {
        let url = format!("okr://{}/acme", server.address());
        let guest = env.machine("guest");
        let _ = guest.okr_in(
            &[("OKR_TOKEN", token)],
            &["query", "--server", &url, "status"],
        );
    }
    let opened = porto.okr(&["open", "--print", "--json"]).ok().json();
    let link = opened["url"].as_str().expect("a link").to_owned();
    secrets.insert(
        "a link",
        link.rsplit('/').next().expect("its secret").to_owned(),
    );
    let mut browser = Browser::new();
    let (_, page) = browser.open(&link);
    assert_eq!(page.status, 200, "{page:?}");
    let cookie = browser.cookie().expect("a cookie").to_owned();
    secrets.insert(
        "a cookie",
        cookie.split('=').nth(1).expect("its value").to_owned(),
    );
    browser.get(&format!("{link}x"));
    server.okrd(&["verify"]).ok();
    server.stop();
    let log = server.log();
    assert!(log.contains("TRACE"), "it logs everything");
    tells_none("the log", &log, &secrets);
    let words = BTreeMap::from([("what somebody wrote", WORDS.to_owned())]);
    tells_none("the log", &log, &words);
}
