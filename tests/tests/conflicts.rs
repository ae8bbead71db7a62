//! Two people change one thing without knowing of each other: the later one is in effect, the other is kept
//! and shown to both until someone settles it.

use quarterdeck_tests::{Machine, Server, TestEnv};

const LEADS: &str = "Qualified leads";

/// Ana's and Ben's machines, with one quarter and nothing to synchronise.
fn two_machines<'env>(env: &'env TestEnv) -> (Server<'env>, Machine<'env>, Machine<'env>) {
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    let lagos = env.machine("lagos");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    lagos.join(&server.invite("ben", "editor"));
    lagos.sync();
    (server, lisbon, lagos)
}

fn exchange(lisbon: &Machine<'_>, lagos: &Machine<'_>) {
    lisbon.sync();
    lagos.sync();
    lisbon.sync();
}

#[test]
fn two_targets_conflict_until_someone_settles_them() {
    let env = TestEnv::new();
    let (_server, lisbon, lagos) = two_machines(&env);
    lisbon
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--target",
            "600",
            "-m",
            "two reps more",
        ])
        .ok();
    lagos
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--target",
            "575",
            "-m",
            "a slow January",
        ])
        .ok();
    lisbon.sync();
    assert_eq!(lagos.sync()["conflicts"], 1);
    lisbon.sync();

    for machine in [&lisbon, &lagos] {
        assert_eq!(machine.key_result(LEADS)["target"], "575");
        let found = machine.conflicts();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0]["field"], "target");
        assert_eq!(found[0]["in_effect"]["value"], "575");
        assert_eq!(found[0]["in_effect"]["member"], "ben");
        assert_eq!(found[0]["other"]["value"], "600");
        assert_eq!(found[0]["other"]["member"], "ana");
    }

    lisbon
        .okr(&[
            "resolve",
            "leads",
            "target",
            "--take",
            "600",
            "-m",
            "agreed by phone",
        ])
        .ok();
    exchange(&lisbon, &lagos);
    for machine in [&lisbon, &lagos] {
        assert_eq!(machine.key_result(LEADS)["target"], "600");
        assert!(machine.conflicts().is_empty());
    }
}

#[test]
fn the_same_new_value_twice_is_no_conflict() {
    let env = TestEnv::new();
    let (_server, lisbon, lagos) = two_machines(&env);
    for machine in [&lisbon, &lagos] {
        machine
            .okr(&[
                "kr",
                "edit",
                "leads",
                "--target",
                "600",
                "-m",
                "as the board asked",
            ])
            .ok();
    }
    exchange(&lisbon, &lagos);
    for machine in [&lisbon, &lagos] {
        assert_eq!(machine.key_result(LEADS)["target"], "600");
        assert!(machine.conflicts().is_empty());
    }
}

#[test]
fn different_fields_never_conflict() {
    let env = TestEnv::new();
    let (_server, lisbon, lagos) = two_machines(&env);
    lisbon
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--target",
            "600",
            "-m",
            "two reps more",
        ])
        .ok();
    lagos
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--baseline",
            "490",
            "-m",
            "counted again",
        ])
        .ok();
    exchange(&lisbon, &lagos);
    for machine in [&lisbon, &lagos] {
        let leads = machine.key_result(LEADS);
        assert_eq!(leads["target"], "600");
        assert_eq!(leads["baseline"], "490");
        assert!(machine.conflicts().is_empty());
    }
}
