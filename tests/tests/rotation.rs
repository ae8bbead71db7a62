//! Keys, certificates and tokens are exchanged while everybody works: nobody has to be invited again, nothing
//! unsent is lost, and what was signed before goes on to verify.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

use std::fs;

use quarterdeck_tests::{Machine, Server, TestEnv};
use serde_json::Value;

const REFUSED: i32 = 5;

fn two<'env>(env: &'env TestEnv) -> (Server<'env>, Machine<'env>, Machine<'env>) {
    let server = env.server("acme", "ana");
    let (lisbon, porto) = (env.machine("lisbon"), env.machine("porto"));
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    porto.join(&server.invite("ben", "editor"));
    (server, lisbon, porto)
}

fn agree(server: &Server<'_>, machines: &[&Machine<'_>]) {
    for machine in machines {
        machine.sync();
        machine.okr(&["verify"]).ok();
        machine.okr(&["verify", "--server"]).ok();
    }
    server.okrd(&["verify"]).ok();
}

#[test]
fn a_device_changes_its_key_offline_and_what_waits_around_the_change_is_recorded() {
    let env = TestEnv::new();
    let (server, lisbon, porto) = two(&env);
    let backup = lisbon.copied_to("backup");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    lisbon
        .okr(&["device", "rotate", "-m", "a disk was lost"])
        .ok();
    lisbon.okr(&["checkin", "leads", "520"]).ok();
    lisbon
        .okr(&["device", "rotate"])
        .code(REFUSED)
        .explains(&["okr sync"]);
    assert_eq!(lisbon.sync()["pushed"], 3);
    assert_eq!(lisbon.count("DeviceKeyRotated"), 1);
    lisbon.okr(&["checkin", "leads", "530"]).ok();
    agree(&server, &[&lisbon, &porto]);
    assert_eq!(porto.key_result("Qualified leads")["current"], "530");

    // Whoever found the disk can author nothing with it, and let in no device.
    backup.okr(&["checkin", "leads", "999"]).ok();
    backup.okr(&["sync"]).code(REFUSED);
    backup.okr(&["device", "new", "thief"]).code(REFUSED);
    agree(&server, &[&lisbon, &porto]);
    assert_eq!(porto.key_result("Qualified leads")["current"], "530");
    // And once more, now that the first change is recorded.
    lisbon.okr(&["device", "rotate"]).ok();
    agree(&server, &[&lisbon, &porto]);
}

#[test]
fn a_refusal_before_the_change_of_a_key_chains_the_rest_anew_each_by_its_key() {
    let env = TestEnv::new();
    let (server, lisbon, porto) = two(&env);
    // The server keeps real time, and what is chained anew is held to this machine's.
    env.set_time(&jiff::Timestamp::now().to_string());
    let late = ["checkin", "leads", "510", "--on", "2026-03-20"];
    lisbon.okr(&late).ok();
    lisbon.okr(&["note", "workspace", "before the change"]).ok();
    lisbon.okr(&["device", "rotate"]).ok();
    lisbon.okr(&["note", "workspace", "after the change"]).ok();
    // Meanwhile what the first command is about was given up.
    let dropped = ["kr", "drop", "leads", "-m", "moot"];
    porto.okr(&dropped).ok();
    porto.sync();
    let synced = lisbon.sync();
    assert_eq!(synced["refused"].as_array().map_or(0, Vec::len), 1);
    assert_eq!(synced["pending"], 0);
    agree(&server, &[&lisbon, &porto]);
    assert_eq!(porto.count("DeviceKeyRotated"), 1);
    assert_eq!(porto.count("NoteAdded"), 2);
}

#[test]
fn a_crash_between_the_new_key_and_its_event_leaves_the_old_key_in_use() {
    let env = TestEnv::new();
    let (server, lisbon, porto) = two(&env);
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    let outbox = outbox(&lisbon);
    let before = fs::read(&outbox).expect("an outbox");
    lisbon.okr(&["device", "rotate"]).ok();
    // As if it had stopped when the key was on the disk, and the event not yet.
    fs::write(&outbox, before).expect("the outbox as it was");
    lisbon.okr(&["checkin", "leads", "520"]).ok();
    agree(&server, &[&lisbon, &porto]);
    assert_eq!(lisbon.count("DeviceKeyRotated"), 0);
    lisbon.okr(&["device", "rotate"]).ok();
    agree(&server, &[&lisbon, &porto]);
    assert_eq!(porto.count("DeviceKeyRotated"), 1);
}

fn files(machine: &Machine<'_>, name: &str) -> Vec<std::path::PathBuf> {
    let workspaces = fs::read_dir(machine.home().join("workspaces")).expect("its workspaces");
    let found = workspaces.map(|entry| entry.expect("a workspace").path().join(name));
    found.filter(|path| path.exists()).collect()
}

fn outbox(machine: &Machine<'_>) -> std::path::PathBuf {
    files(machine, "outbox").remove(0)
}

fn token(machine: &Machine<'_>) -> String {
    let text = fs::read_to_string(files(machine, "device.json").remove(0)).expect("its identity");
    let identity: Value = serde_json::from_str(&text).expect("it is JSON");
    identity["remote"]["token"]
        .as_str()
        .expect("a token")
        .to_owned()
}

#[test]
fn a_workspace_without_a_server_changes_its_key_and_is_given_to_one_afterwards() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    lisbon.okr(&["device", "rotate"]).ok();
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    lisbon.okr(&["verify"]).ok();
    let mut server = env.server("headquarters", "operator");
    lisbon.okr(&["remote", "set", &server.host("acme")]).ok();
    let lagos = env.machine("lagos");
    lagos.join(&server.invite("ben", "editor"));
    lisbon.okr(&["device", "rotate"]).ok();
    lisbon.sync();
    server.okrd(&["key", "rotate", "--workspace", "acme"]).ok();
    agree(&server, &[&lisbon, &lagos]);
    assert_eq!(lagos.count("DeviceKeyRotated"), 3);
}

#[test]
fn the_server_changes_its_key_and_everybody_follows() {
    let env = TestEnv::new();
    let (mut server, lisbon, porto) = two(&env);
    porto.sync();
    let file = env.path().join("before.tlog-proof");
    let file = file.to_str().expect("a path that is text");
    lisbon.okr(&["prove", "#1", "-o", file]).ok();
    let rotated = server
        .okrd(&["key", "rotate", "-m", "yearly", "--json"])
        .ok()
        .json();
    let former = rotated["former_verifier_key"].as_str().expect("a key");
    let present = rotated["verifier_key"].as_str().expect("a key");
    assert_ne!(former, present);

    // Who has not heard of it yet is not alarmed by asking.
    porto.okr(&["verify", "--server"]).ok();
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    agree(&server, &[&lisbon, &porto]);
    let shown = lisbon.okr(&["verify", "--show-key"]).ok();
    assert!(shown.stdout.contains(present), "{}", shown.stdout);

    // What was signed before is checked with the key of then, and with no other.
    lisbon
        .okr(&["verify", "--proof", file, "--key", former])
        .ok();
    let unproven = lisbon.okr(&["verify", "--proof", file, "--key", present]);
    assert_eq!(unproven.code, Some(6), "{}", unproven.stdout);

    // Whoever joins now, and okrd itself after it was killed, know the new one.
    server.kill();
    server.restart();
    let lagos = env.machine("lagos");
    lagos.join(&server.invite("cleo", "viewer"));
    agree(&server, &[&lisbon, &porto, &lagos]);

    // And it works while it does not serve.
    server.stop();
    server.okrd(&["key", "rotate"]).ok();
    server.restart();
    lisbon.okr(&["checkin", "leads", "520"]).ok();
    agree(&server, &[&lisbon, &porto, &lagos]);
    assert_eq!(lagos.count("DeviceKeyRotated"), 2);
}

#[test]
fn a_renewed_certificate_is_followed_by_who_knows_the_one_before() {
    let env = TestEnv::new();
    let mut server = env.server_with_tls("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let early = server.invite("ben", "editor");
    let key = fs::read(server.data().join("tls/key.pem")).expect("its key");

    let renewed = server.okrd(&["cert", "renew", "--json"]).ok().json();
    assert_eq!(renewed["new_authority"], false);
    lisbon.sync();
    let late = server.invite("cleo", "viewer");
    let pin = |invitation: &str| invitation.rsplit_once('.').map(|it| it.1.to_owned());
    assert_ne!(pin(&early), pin(&late), "invitations name the new one");
    // An invitation from before, and one from after.
    env.machine("porto").join(&early).sync();
    env.machine("lagos").join(&late).sync();

    // Twice more, once while it does not serve.
    server.stop();
    server.okrd(&["cert", "renew"]).ok();
    server.restart();
    server.okrd(&["cert", "renew"]).ok();
    lisbon.sync();
    let after = fs::read(server.data().join("tls/key.pem")).expect("its key");
    assert!(key == after, "it is for the same key");
}

#[test]
fn exchanged_certificate_files_are_taken_at_a_signal_and_unusable_ones_are_not() {
    let env = TestEnv::new();
    let server = env.server_with_tls("acme", "ana");
    let other = env.server_with_tls("globex", "hank");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let files = ["cert.pem", "key.pem"];
    let tls = server.data().join("tls");
    let kept = files.map(|name| fs::read(tls.join(name)).expect("its certificate"));

    // Half written: what it has stays in use.
    fs::write(tls.join("cert.pem"), "-----BEGIN CERTIFICATE-----\n").expect("a file");
    server.hang_up();
    lisbon.sync();
    // Somebody else's: it is taken, and the machine, which knows another, turns away.
    for name in files {
        fs::copy(other.data().join("tls").join(name), tls.join(name)).expect("a file");
    }
    server.hang_up();
    lisbon
        .okr(&["sync"])
        .code(REFUSED)
        .explains(&["certificate"]);
    for (name, bytes) in files.iter().zip(kept) {
        fs::write(tls.join(name), bytes).expect("a file");
    }
    server.hang_up();
    lisbon.sync();
}

#[test]
fn a_machine_that_is_used_renews_its_token_by_itself() {
    let env = TestEnv::new();
    let (server, lisbon, _) = two(&env);
    let tokens = || {
        let listed = server.okrd(&["token", "list", "--json"]).ok().json();
        let all = listed["tokens"].as_array().cloned().unwrap_or_default();
        let of_ana = all.into_iter().filter(|token| token["member"] == "ana");
        of_ana.collect::<Vec<_>>()
    };
    let first = token(&lisbon);
    env.set_time("2026-04-01T10:00:00Z");
    lisbon.sync();
    assert_eq!(token(&lisbon), first, "it has two thirds of its life left");
    env.set_time("2026-05-20T10:00:00Z");
    lisbon.sync();
    let second = token(&lisbon);
    assert_ne!(second, first);
    let before = tokens();
    assert_eq!(before.len(), 2);
    lisbon.sync();
    let after = tokens();
    assert!(
        after[0]["expires"].as_str() < before[0]["expires"].as_str(),
        "the first ends soon"
    );
    assert_eq!(after[0]["revoked"], Value::Null, "and not at once");
    assert_eq!(token(&lisbon), second);
    // A change of the key asks for another token as well.
    lisbon.okr(&["device", "rotate"]).ok();
    lisbon.sync();
    assert_ne!(token(&lisbon), second);
    lisbon.sync();
}
