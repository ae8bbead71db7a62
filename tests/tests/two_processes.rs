//! Several `okr` on one machine at once, such as a cron job and a person: all succeed, nothing is lost.

use quarterdeck_tests::TestEnv;

#[test]
fn commands_at_the_same_time_all_succeed() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();

    let running: Vec<_> = (0..6)
        .map(|_| lisbon.start(&["checkin", "leads", "+1"]))
        .collect();
    for process in running {
        process.wait().ok();
    }
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "506");
    assert_eq!(lisbon.count("CheckedIn"), 6);
    lisbon.okr(&["verify"]).ok();
}

#[test]
fn a_sync_and_check_ins_at_the_same_time_all_succeed() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();

    let running: Vec<_> = [
        &["sync"][..],
        &["checkin", "leads", "+1"],
        &["sync"],
        &["checkin", "leads", "+1"],
        &["status"],
    ]
    .into_iter()
    .map(|arguments| lisbon.start(arguments))
    .collect();
    for process in running {
        process.wait().ok();
    }
    lisbon.sync();
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "502");
    assert_eq!(lisbon.okr(&["status", "--json"]).ok().json()["pending"], 0);
    lisbon.okr(&["verify"]).ok();
}
