//! A workspace that began without a server is given one later, with all its history: the same events, and the
//! same answers about moments before the server was there.

use quarterdeck_tests::TestEnv;
use serde_json::Value;

#[test]
fn a_workspace_without_a_server_keeps_its_history_when_it_gets_one() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    env.set_time("2026-01-12T10:00:00Z");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    env.set_time("2026-02-02T10:00:00Z");
    lisbon.okr(&["checkin", "leads", "520"]).ok();
    let before = lisbon.log();

    let mut server = env.server("headquarters", "operator");
    lisbon.okr(&["remote", "set", &server.host("acme")]).ok();
    lisbon.sync();
    let lagos = env.machine("lagos");
    lagos.join(&server.invite("ben", "editor"));
    lagos.sync();

    let told = |events: &[Value]| -> Vec<[Value; 3]> {
        events
            .iter()
            .map(|event| ["id", "kind", "authored"].map(|key| event[key].clone()))
            .collect()
    };
    let (before, after) = (told(&before), told(&lagos.log()));
    assert!(
        after.len() > before.len(),
        "the adoption itself is in the log"
    );
    assert!(
        before.iter().all(|event| after.contains(event)),
        "every event from before is there as it was authored"
    );

    for machine in [&lisbon, &lagos] {
        let leads = |arguments: &[&str]| machine.key_result_in("Qualified leads", arguments);
        assert_eq!(leads(&["--as-of", "2026-01-20"])["current"], "510");
        assert_eq!(leads(&[])["current"], "520");
        machine.okr(&["verify"]).ok();
    }
}

#[test]
fn a_workspace_without_a_server_is_complete_by_itself() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    lisbon.okr(&["checkin", "leads", "531", "-c", "0.7"]).ok();

    let leads = lisbon.key_result("Qualified leads");
    assert_eq!(leads["current"], "531");
    assert_eq!(leads["score"], "0.62");
    assert_eq!(leads["pending"], false);
    lisbon.okr(&["verify"]).ok();
}
