//! A server that goes away, at every place it can: what was typed is kept, what was acknowledged is there,
//! and nothing is recorded twice.

use quarterdeck_tests::{Cut, Proxy, TestEnv};

const LEADS: &str = "Qualified leads";

#[test]
fn a_push_that_breaks_anywhere_is_finished_later_and_recorded_once() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let proxy = Proxy::to(server.address());
    let lisbon = env.machine("lisbon");
    lisbon
        .join(&server.at(&server.first_invitation(), proxy.address()))
        .plan_a_quarter();
    lisbon.sync();

    let cuts: Vec<Cut> = [0, 30, 150, 400, 800, 1_200]
        .into_iter()
        .flat_map(|bytes| [Cut::Requests(bytes), Cut::Answers(bytes)])
        .collect();
    for &cut in &cuts {
        lisbon.okr(&["checkin", "leads", "+1"]).ok();
        proxy.cut(cut);
        let broken = lisbon.okr(&["sync"]);
        // A cut beyond the last byte is none.
        if broken.code != Some(0) {
            broken.code(4);
        }
        proxy.mend();
        lisbon.sync();
    }

    assert_eq!(lisbon.count("CheckedIn"), cuts.len());
    let leads = lisbon.key_result(LEADS);
    assert_eq!(leads["current"], (500 + cuts.len()).to_string());
    assert_eq!(leads["pending"], false);
    server.okrd(&["verify"]).ok();
}

#[test]
fn a_pull_that_breaks_goes_on_where_it_was() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    for _ in 0..20 {
        lisbon.okr(&["checkin", "leads", "+1"]).ok();
    }
    lisbon.sync();

    let proxy = Proxy::to(server.address());
    let lagos = env.machine("lagos");
    lagos.join(&server.at(&server.invite("ben", "viewer"), proxy.address()));
    for bytes in [500, 1_000, 2_000, 4_000] {
        proxy.cut(Cut::Answers(bytes));
        let broken = lagos.okr(&["sync"]);
        if broken.code != Some(0) {
            broken.code(4);
        }
    }
    proxy.mend();
    lagos.sync();
    assert_eq!(lagos.key_result(LEADS)["current"], "520");
    lagos.okr(&["verify"]).ok();
}

#[test]
fn work_goes_on_without_the_server_and_is_kept() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    server.kill();

    lisbon.okr(&["checkin", "leads", "531"]).ok();
    lisbon.okr(&["sync"]).code(4).explains(&["kept"]);
    assert_eq!(lisbon.key_result(LEADS)["current"], "531");

    server.restart();
    assert_eq!(lisbon.sync()["pushed"], 1);
}

#[test]
fn what_was_acknowledged_outlives_a_killed_server() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    for _ in 0..5 {
        lisbon.okr(&["checkin", "leads", "+1"]).ok();
        lisbon.sync();
        server.kill();
        server.restart();
    }

    let lagos = env.machine("lagos");
    lagos.join(&server.invite("ben", "viewer"));
    lagos.sync();
    assert_eq!(lagos.key_result(LEADS)["current"], "505");
}
