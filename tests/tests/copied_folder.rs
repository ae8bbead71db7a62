//! A device's folder that was copied is noticed, explained, and becomes a device of its own by the command
//! that the explanation offers, with its unsent work.

use quarterdeck_tests::TestEnv;

#[test]
fn a_copied_folder_becomes_a_device_of_its_own_and_loses_nothing() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let copy = lisbon.copied_to("restored-backup");

    lisbon.okr(&["checkin", "leads", "+1"]).ok();
    lisbon.sync();
    copy.okr(&["checkin", "leads", "+2"]).ok();
    let refused = copy.okr(&["sync"]).code(5).explains(&["copied"]);

    // The person does what it says.
    let offered = refused.offered_command();
    let arguments: Vec<&str> = offered.iter().map(String::as_str).collect();
    copy.okr(&arguments).ok();
    copy.sync();
    lisbon.sync();

    for machine in [&lisbon, &copy] {
        assert_eq!(machine.key_result("Qualified leads")["current"], "503");
        machine.okr(&["verify"]).ok();
    }
    let mut devices: Vec<String> = lisbon
        .log()
        .iter()
        .filter(|event| event["kind"] == "CheckedIn")
        .map(|event| event["device"].to_string())
        .collect();
    devices.dedup();
    assert_eq!(devices.len(), 2, "each check-in names its own device");
}
