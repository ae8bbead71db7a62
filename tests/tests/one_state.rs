//! Three machines work and synchronise at the same time, in whatever order the processes happen to run, and
//! end with the same log, the same state and the same verified root.

use std::thread;

use quarterdeck_tests::{Machine, TestEnv};

/// A busy week of one machine: additions, edits of the field that the others edit too, notes, and syncs in between.
fn busy(machine: &Machine<'_>, step: u32) {
    let addition = format!("+{step}");
    for round in 0..3 {
        machine.okr(&["checkin", "leads", &addition]).ok();
        if round != 1 {
            machine.sync();
        }
        // No two are the same: a value that is there already is nothing to change.
        let target = (600 + 10 * step + round).to_string();
        machine
            .okr(&[
                "kr",
                "edit",
                "leads",
                "--target",
                &target,
                "-m",
                "reckoned again",
            ])
            .ok();
        machine
            .okr(&["note", "leads", "they answer before noon", "--learning"])
            .ok();
        machine.sync();
    }
}

#[test]
fn machines_that_work_at_the_same_time_end_with_one_state() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let (lagos, manila) = (env.machine("lagos"), env.machine("manila"));
    lagos.join(&server.invite("ben", "editor"));
    manila.join(&server.invite("cel", "editor"));
    let machines = [lisbon, lagos, manila];

    thread::scope(|scope| {
        for (step, machine) in (1..).zip(&machines) {
            scope.spawn(move || busy(machine, step));
        }
    });
    for machine in &machines {
        machine.sync();
    }

    let seen: Vec<_> = machines
        .iter()
        .map(|machine| {
            machine.sync();
            let status = machine.okr(&["status", "--json"]).ok().json();
            let verified = machine.okr(&["verify", "--json"]).ok().json();
            (
                machine.log(),
                status,
                machine.conflicts(),
                verified["root"].clone(),
            )
        })
        .collect();
    assert_eq!(seen[0], seen[1], "Lisbon and Lagos");
    assert_eq!(seen[0], seen[2], "Lisbon and Manila");
    let leads = machines[0].key_result("Qualified leads");
    assert_eq!(leads["current"], (500 + 3 * (1 + 2 + 3)).to_string());
    server.okrd(&["verify"]).ok();
}
