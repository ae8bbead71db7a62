//! A device whose clock runs far ahead: its events are refused, wait on the shelf, hold up nothing else, and are
//! recorded once the clock is right.

use quarterdeck_tests::TestEnv;

const LEADS: &str = "Qualified leads";

#[test]
fn an_event_from_the_far_future_waits_on_the_shelf_until_the_clock_is_right() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();

    env.set_time("2199-01-01T09:00:00Z");
    lisbon
        .okr(&["checkin", "leads", "531", "--on", "2026-01-05"])
        .ok();
    let synced = lisbon.okr(&["sync", "--json"]);
    let answer = synced.json();
    assert_eq!(answer["pushed"], 0);
    let refused = answer["refused"].as_array().expect("a list");
    assert_eq!(refused.len(), 1, "{answer}");
    assert!(
        answer.to_string().contains("clock"),
        "it says why: {answer}"
    );

    // What comes after it is not held up.
    env.set_time("2026-01-06T09:00:00Z");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    assert_eq!(lisbon.sync()["pushed"], 1);
    assert_eq!(lisbon.key_result(LEADS)["current"], "510");

    let outbox = lisbon.okr(&["outbox"]).ok();
    assert!(outbox.stdout.contains("clock"), "{}", outbox.stdout);
    let shelf = lisbon.okr(&["outbox", "--json"]).ok().json();
    let shelved = shelf["shelved"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no shelved command in {shelf}"))
        .to_owned();
    lisbon.okr(&["outbox", "retry", &shelved]).ok();
    assert_eq!(lisbon.sync()["pushed"], 1);
    assert_eq!(lisbon.count("CheckedIn"), 2);
    let shelf = lisbon.okr(&["outbox", "--json"]).ok().json();
    assert_eq!(
        shelf["shelved"].as_array().map(Vec::len),
        Some(0),
        "{shelf}"
    );
    lisbon.okr(&["verify"]).ok();
}
