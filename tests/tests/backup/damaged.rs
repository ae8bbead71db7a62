//! One workspace is damaged: the others go on, it is read as far as it is sound, and has everything back.

use std::fs;

use quarterdeck_tests::{Machine, Server, TestEnv, files_below};

use super::{AWAY, DOES_NOT_VERIFY, REFUSED, back_up, scene, typed};

/// Flips a bit in an event's text, in the store of the workspace that holds it.
fn flip(server: &Server<'_>, text: &str) {
    let mut found = 0;
    for (path, mut bytes) in files_below(&server.data().join("workspaces")) {
        if !path.ends_with("store/db") {
            continue;
        }
        let wanted = text.as_bytes();
        let places: Vec<usize> = (0..bytes.len().saturating_sub(wanted.len()))
            .filter(|&at| bytes[at..].starts_with(wanted))
            .collect();
        for at in &places {
            bytes[at + 2] ^= 1;
        }
        if !places.is_empty() {
            fs::write(&path, bytes).expect("the damage is done");
            found += 1;
        }
    }
    assert!(found > 0, "the text is in a store");
}

/// Another workspace on the same server, and a machine in it.
fn neighbour<'env>(env: &'env TestEnv, server: &Server<'_>) -> Machine<'env> {
    let made = server
        .okrd(&["workspace", "new", "other", "--owner", "eva", "--json"])
        .ok()
        .json();
    let invitation = made["invite"].as_str().expect("an invitation");
    let porto = env.machine("porto");
    porto
        .join(&server.at(invitation, server.address()))
        .plan_a_quarter();
    porto.sync();
    porto
}

#[test]
fn a_damaged_workspace_is_read_up_to_the_damage_and_restored_while_its_neighbour_works() {
    const DAMAGED: &str = "the fair in Porto brought thirty addresses";
    let env = TestEnv::new();
    let (mut server, lisbon, lagos) = scene(&env);
    let porto = neighbour(&env, &server);
    let file = back_up(&env, &server, "backup");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    lisbon.okr(&["checkin", "leads", "511", "-m", DAMAGED]).ok();
    lisbon.okr(&["checkin", "leads", "512"]).ok();
    lisbon.sync();
    server.stop();
    flip(&server, DAMAGED);
    server.restart();

    // The neighbour notices nothing.
    porto.okr(&["checkin", "leads", "520"]).ok();
    porto.sync();
    let list = server.okrd(&["workspace", "list", "--json"]).ok().json();
    let standing = |name: &str| {
        let mut all = list["workspaces"].as_array().expect("workspaces").iter();
        let found = all.find(|it| it["name"] == name);
        found.expect("the workspace")["standing"].clone()
    };
    assert_eq!(standing("acme"), "damaged");
    assert_eq!(standing("other"), "open");
    server
        .okrd(&["verify"])
        .code(DOES_NOT_VERIFY)
        .explains(&["acme", "backup"]);

    // Lagos reads what is before the damage; Lisbon holds more, and is told why nothing goes on.
    lagos.sync();
    lagos.okr(&["checkin", "leads", "525"]).ok();
    lagos.okr(&["sync"]).code(AWAY).explains(&["operator"]);
    lisbon.okr(&["sync"]).code(AWAY).explains(&["damaged"]);

    // What can be read is backed up, loudly; then the log is put back, and the machines give back the rest.
    let left = env.path().join("left");
    server
        .okrd(&["backup", "--workspace", "acme", "-o", typed(&left)])
        .code(DOES_NOT_VERIFY)
        .explains(&["not whole"]);
    server.okrd_bare(&["backup", "--check", typed(&left)]).ok();
    server
        .okrd(&["workspace", "restore", "other", typed(&file)])
        .code(REFUSED)
        .explains(&["sound"]);
    let put = server
        .okrd(&["workspace", "restore", "acme", typed(&file), "--json"])
        .ok()
        .json();
    assert!(fs::exists(put["aside"].as_str().expect("a folder")).expect("it can be looked at"));
    assert!(lisbon.sync()["given_back"].as_u64() >= Some(3));
    server.okrd(&["workspace", "resume", "acme"]).ok();
    lagos.sync();
    lisbon.sync();
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "525");
    porto.sync();
    server.okrd(&["verify"]).ok();
}
