//! A server that lies: machines find it out, say so with exit code 6, keep what both sides signed, and lose no work.
//!
//! The server is a real `okrd`; it lies by a network that alters what it says, or by data that somebody has put in
//! the place of its own.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

use std::fs;
use std::path::{Path, PathBuf};

use quarterdeck_tests::{Machine, Proxy, Run, Server, TestEnv, files_below};

const DOES_NOT_VERIFY: i32 = 6;

/// Lisbon has recorded, and Lagos, behind the relay, has all of it and a check-in to send.
fn scene<'env>(env: &'env TestEnv) -> (Server<'env>, Proxy, Machine<'env>, Machine<'env>) {
    let server = env.server("acme", "ana");
    let proxy = Proxy::to(server.address());
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let lagos = env.machine("lagos");
    lagos.join(&server.at(&server.invite("ben", "editor"), proxy.address()));
    lagos.sync();
    (server, proxy, lisbon, lagos)
}

/// Folders of evidence on a machine.
fn evidence(machine: &Machine<'_>) -> Vec<PathBuf> {
    files_below(machine.home())
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.ends_with("what-differs.txt"))
        .filter_map(|path| path.parent().map(Path::to_path_buf))
        .collect()
}

/// Asserts that a lie was found out: the exit code, a sentence, both sides kept, work and history as before.
#[track_caller]
fn found_out(machine: &Machine<'_>, run: Run, pending: usize) {
    let before = evidence(machine).len();
    assert!(before > 0, "no evidence: {run:?}");
    run.code(DOES_NOT_VERIFY)
        .explains(&["the server's history does not verify", "evidence"]);
    for folder in evidence(machine) {
        assert!(folder.join("checkpoint-kept").exists(), "{folder:?}");
        let theirs = ["checkpoint-of-the-server", "received.jsonl"];
        assert!(
            theirs.iter().any(|name| folder.join(name).exists()),
            "{folder:?}"
        );
    }
    let outbox = machine.okr(&["outbox", "--json"]).ok().json();
    assert_eq!(outbox["pending"].as_array().map_or(0, Vec::len), pending);
    machine.okr(&["verify"]).ok();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder for the copy");
    for (path, bytes) in files_below(from) {
        let target = to.join(path.strip_prefix(from).expect("a file of the folder"));
        fs::create_dir_all(target.parent().expect("its folder")).expect("a folder");
        fs::write(target, bytes).expect("a copied file");
    }
}

/// Puts other data in the place of a server's, as somebody who holds its machine can.
fn put(server: &mut Server<'_>, data: &Path) {
    server.stop();
    fs::remove_dir_all(server.data()).expect("its data goes away");
    copy(data, &server.data());
    server.restart();
}

/// What a server holds now, to be put back later.
fn kept(env: &TestEnv, server: &mut Server<'_>, name: &str) -> PathBuf {
    server.stop();
    let to = env.path().join(name);
    copy(&server.data(), &to);
    server.restart();
    to
}

#[test]
fn words_that_are_altered_on_their_way_are_not_believed() {
    let env = TestEnv::new();
    let (_server, proxy, lisbon, lagos) = scene(&env);
    lisbon
        .okr(&["checkin", "leads", "510", "-m", "the fair in Porto"])
        .ok();
    lisbon.sync();
    proxy.lie("the fair in Porto", "the fair in Paris");
    found_out(&lagos, lagos.okr(&["sync"]), 0);
    assert_eq!(lagos.count("CheckedIn"), 0, "nothing of it stays");
    proxy.mend();
    lagos.sync();
    assert_eq!(lagos.count("CheckedIn"), 1);
}

#[test]
fn a_head_that_is_altered_or_of_another_log_is_not_believed() {
    let env = TestEnv::new();
    let (_server, proxy, lisbon, lagos) = scene(&env);
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    lisbon.sync();
    let answer = lisbon.okr(&["verify", "--json"]).ok().json();
    let note = answer["checkpoint"].as_str().expect("a checkpoint");
    let lines: Vec<&str> = note.lines().collect();
    let size: u64 = lines[1].parse().expect("a size");
    // Of as many digits.
    let (signed_size, lied_size) = (format!("{size}\n"), format!("{}\n", size ^ 1));
    let root = lines[2];
    let flipped = if root.starts_with('A') { "B" } else { "A" };
    let lied_root = format!("{flipped}{}", &root[1..]);
    let origin = format!("{}\n", lines[0]);
    let lied_origin = origin.replace("quarterdeck/0", "quarterdeck/1");
    for (truth, lie) in [
        (
            format!("{origin}{signed_size}"),
            format!("{lied_origin}{signed_size}"),
        ),
        (
            format!("{origin}{signed_size}"),
            format!("{origin}{lied_size}"),
        ),
        (root.to_owned(), lied_root),
    ] {
        proxy.lie(truth, lie);
        found_out(&lagos, lagos.okr(&["sync"]), 0);
        found_out(&lagos, lagos.okr(&["verify", "--server"]), 0);
    }
    proxy.mend();
    let told = lagos.okr(&["verify", "--server", "--json"]).ok().json();
    assert_eq!(told["server"]["size"], size);
    lagos.sync();
}

#[test]
fn a_server_put_back_to_an_earlier_day_is_found_out() {
    let env = TestEnv::new();
    let (mut server, _proxy, lisbon, lagos) = scene(&env);
    let earlier = kept(&env, &mut server, "earlier");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    lisbon.sync();
    lagos.sync();
    put(&mut server, &earlier);
    found_out(&lagos, lagos.okr(&["verify", "--server"]), 0);
    found_out(&lagos, lagos.okr(&["sync"]), 0);
    assert_eq!(lagos.key_result("Qualified leads")["current"], "510");
}

/// Rewritten: the same server, with its own key, has recorded something else since.
#[test]
fn a_server_that_rewrote_its_history_is_found_out() {
    let env = TestEnv::new();
    let (mut server, proxy, lisbon, lagos) = scene(&env);
    let earlier = kept(&env, &mut server, "earlier");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    lisbon.sync();
    lagos.sync();
    lagos.okr(&["note", "growth", "not sent yet"]).ok();
    put(&mut server, &earlier);
    let porto = env.machine("porto");
    porto.join(&server.at(&server.invite("eva", "editor"), proxy.address()));
    for value in ["520", "530", "540"] {
        porto.okr(&["checkin", "leads", value]).ok();
    }
    porto.sync();
    found_out(&lagos, lagos.okr(&["verify", "--server"]), 1);
    // Lisbon's own check-in is gone there, and Lisbon has one more to send.
    lisbon.okr(&["checkin", "leads", "511"]).ok();
    found_out(&lisbon, lisbon.okr(&["sync"]), 1);
    assert_eq!(lagos.key_result("Qualified leads")["current"], "510");
}

/// Forked: one half of the people is served from one history, the other half from another.
#[test]
fn two_halves_that_are_shown_two_histories_find_out_by_voice() {
    let env = TestEnv::new();
    let (mut server, _proxy, lisbon, lagos) = scene(&env);
    let before = kept(&env, &mut server, "before");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    lisbon.sync();
    let theirs = kept(&env, &mut server, "theirs");
    put(&mut server, &before);
    lagos.okr(&["checkin", "leads", "540"]).ok();
    lagos.sync();

    // Each is content by itself.
    let told = |machine: &Machine<'_>, at: Option<u64>| {
        let at = at.map(|size| size.to_string());
        let mut typed = vec!["verify", "--json"];
        if let Some(at) = &at {
            typed.extend(["--at", at]);
        }
        machine.okr(&typed).ok().json()
    };
    let (one, two) = (told(&lisbon, None), told(&lagos, None));
    assert_eq!(one["size"], two["size"]);
    assert_ne!(one["fingerprint"], two["fingerprint"]);
    let size = one["size"].as_u64().expect("a size") - 1;
    assert_eq!(
        told(&lisbon, Some(size))["at"],
        told(&lagos, Some(size))["at"]
    );

    // And whoever meets the other half's server notices.
    put(&mut server, &theirs);
    found_out(&lagos, lagos.okr(&["verify", "--server"]), 0);
    lagos.okr(&["note", "growth", "kept"]).ok();
    found_out(&lagos, lagos.okr(&["sync"]), 1);
}
