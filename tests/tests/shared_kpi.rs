//! Two people read one KPI without knowing of each other: both readings count, by the days that they speak
//! of, and the key result that reads from it says the same on both machines.

use quarterdeck_tests::TestEnv;

const LEADS: &str = "Qualified leads";

#[test]
fn readings_made_apart_all_count_and_a_contested_target_is_settled() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    let lagos = env.machine("lagos");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon
        .okr(&[
            "kpi",
            "new",
            "Leads in the CRM",
            "--target",
            "600",
            "--unit",
            "leads",
            "--key",
            "crm",
        ])
        .ok();
    lisbon.okr(&["kr", "edit", "leads", "--kpi", "crm"]).ok();
    lisbon.sync();
    lagos.join(&server.invite("ben", "editor"));
    lagos.sync();

    lisbon
        .okr(&["kpi", "record", "crm", "520", "--on", "yesterday"])
        .ok();
    lagos.okr(&["kpi", "record", "crm", "531"]).ok();
    lisbon.okr(&["kpi", "edit", "crm", "--target", "650"]).ok();
    lagos.okr(&["kpi", "edit", "crm", "--target", "700"]).ok();
    // Ben's, of the later day, arrives first.
    lagos.sync();
    lisbon.sync();
    lagos.sync();
    for machine in [&lisbon, &lagos] {
        let shown = machine.okr(&["kpi", "show", "crm", "--json"]).ok().json();
        assert_eq!(shown["current"], "531");
        assert_eq!(shown["readings"].as_array().map(Vec::len), Some(2));
        assert_eq!(shown["conflicts"], 1);
        assert_eq!(machine.key_result(LEADS)["current"], "531");
    }

    lisbon
        .okr(&["resolve", "crm", "target", "--take", "650"])
        .ok();
    lisbon.sync();
    lagos.sync();
    for machine in [&lisbon, &lagos] {
        let shown = machine.okr(&["kpi", "show", "crm", "--json"]).ok().json();
        assert_eq!(shown["target"], "650");
        assert_eq!(shown["attainment"], "0.82");
        assert_eq!(shown["conflicts"], 0);
    }
}
