//! Two machines that were offline at once add to one key result, and both additions count.

use quarterdeck_tests::TestEnv;

const LEADS: &str = "Qualified leads";

#[test]
fn deltas_of_two_offline_machines_both_count() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    let lagos = env.machine("lagos");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    lagos.join(&server.invite("ben", "editor"));
    lagos.sync();

    server.stop();
    lisbon
        .okr(&["checkin", "leads", "+3", "-m", "the fair in Porto"])
        .ok();
    lagos.okr(&["checkin", "leads", "+4"]).ok();

    // Each sees its own, marked as not yet recorded.
    for (machine, current) in [(&lisbon, "503"), (&lagos, "504")] {
        let leads = machine.key_result(LEADS);
        assert_eq!(leads["current"], current);
        assert_eq!(leads["pending"], true);
    }

    server.restart();
    assert_eq!(lisbon.sync()["pushed"], 1);
    let counts = lagos.sync();
    assert_eq!(
        (&counts["pushed"], &counts["pulled"]),
        (&1.into(), &1.into())
    );
    lisbon.sync();

    for machine in [&lisbon, &lagos] {
        let leads = machine.key_result(LEADS);
        assert_eq!(leads["current"], "507");
        assert_eq!(leads["pending"], false);
    }
    assert_eq!(
        lisbon.okr(&["status", "--json"]).ok().json(),
        lagos.okr(&["status", "--json"]).ok().json(),
        "both machines show the same"
    );
}

#[test]
fn both_machines_and_the_server_hold_the_same_verified_history() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    let lagos = env.machine("lagos");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.okr(&["checkin", "leads", "512"]).ok();
    lisbon.sync();
    lagos.join(&server.invite("ben", "viewer"));
    lagos.sync();
    lisbon.sync();

    let here = lisbon.okr(&["verify", "--json"]).ok().json();
    let there = lagos.okr(&["verify", "--json"]).ok().json();
    assert_eq!(here["ok"], true);
    assert_eq!(here["root"], there["root"]);
    assert_eq!(here["size"], there["size"]);
    server.okrd(&["verify"]).ok();
}

#[test]
fn a_second_sync_has_nothing_to_do() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();

    let counts = lisbon.sync();
    assert_eq!(
        (&counts["pushed"], &counts["already"], &counts["pulled"]),
        (&0.into(), &0.into(), &0.into())
    );
}
