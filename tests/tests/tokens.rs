//! A device whose token was revoked or has lapsed is told so and keeps its work; a new invitation lets it go on.
#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::fs;

use quarterdeck_tests::{Machine, Server, TestEnv};
use serde_json::Value;

const REFUSED: i32 = 5;

/// A machine that has joined, with one check-in that it has not sent.
fn with_unsent_work<'env>(env: &'env TestEnv) -> (Server<'env>, Machine<'env>) {
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    lisbon.okr(&["checkin", "leads", "531"]).ok();
    (server, lisbon)
}

fn is_told_and_keeps_its_work(lisbon: &Machine<'_>) {
    lisbon
        .okr(&["sync"])
        .code(REFUSED)
        .explains(&["token", "kept", "invitation"]);
    let leads = lisbon.key_result("Qualified leads");
    assert_eq!(leads["current"], "531");
    assert_eq!(leads["pending"], true);
}

#[test]
fn a_revoked_token_lets_nobody_in_and_work_is_kept() {
    let env = TestEnv::new();
    let (server, lisbon) = with_unsent_work(&env);
    let listed = server.okrd(&["token", "list", "--json"]).ok().json();
    let token = listed["tokens"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no token in {listed}"))
        .to_owned();
    server.okrd(&["token", "revoke", &token]).ok();
    is_told_and_keeps_its_work(&lisbon);
}

#[test]
fn an_expired_token_lets_nobody_in_and_work_is_kept() {
    let env = TestEnv::new();
    let (mut server, lisbon) = with_unsent_work(&env);
    server.stop();
    // As if a year had gone by: its expiry is a moment of 1970.
    let path = server.data().join("access.json");
    let text = fs::read_to_string(&path).expect("the server's list of tokens");
    let mut access: Value = serde_json::from_str(&text).expect("it is JSON");
    let expires = &mut access["tokens"][0]["expires"];
    assert!(!expires.is_null(), "tokens expire: {text}");
    *expires = if expires.is_string() {
        "1970-01-02T00:00:00Z".into()
    } else {
        86_400_000.into()
    };
    fs::write(&path, access.to_string()).expect("the list is replaced");
    server.restart();
    is_told_and_keeps_its_work(&lisbon);
}
