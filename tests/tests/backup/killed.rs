//! SIGKILL in the middle of a backup, of a restore, and of giving back.

use std::time::Duration;

use quarterdeck_tests::{Chance, TestEnv, rounds};

use super::{back_up, converged, scene, set_back, typed};

/// Longer than a restore of so few entries takes.
const A_RESTORE: Duration = Duration::from_millis(120);

#[test]
fn a_backup_or_a_restore_that_is_killed_leaves_nothing_that_passes_for_one() {
    let env = TestEnv::new();
    let (mut server, lisbon, _) = scene(&env);
    for value in 501..512 {
        lisbon.okr(&["checkin", "leads", &value.to_string()]).ok();
    }
    lisbon.sync();
    let file = back_up(&env, &server, "backup");
    let mut chance = Chance::new(12);
    for round in 0..rounds(10) {
        let again = env.path().join(format!("again-{round}"));
        let (data_of_server, again_typed) = (server.data(), typed(&again).to_owned());
        let backup = [
            "backup",
            "--data",
            typed(&data_of_server),
            "-o",
            &again_typed,
        ];
        let run = server
            .start_okrd(&backup)
            .killed_after(chance.within(A_RESTORE));
        if run.code != Some(0) && again.exists() {
            server.okrd_bare(&["backup", "--check", &again_typed]).ok();
        }
        let data = env.path().join(format!("restored-{round}"));
        let restore = ["restore", typed(&file), "--data", typed(&data)];
        let run = server
            .start_okrd(&restore)
            .killed_after(chance.within(A_RESTORE));
        if !data.exists() {
            assert_ne!(run.code, Some(0));
            // The next one goes through, whatever the killed one has left.
            server.okrd_bare(&restore).ok();
        }
        server.okrd_bare(&["verify", "--data", typed(&data)]).ok();
    }
    server.stop();
    server.restart();
}

#[test]
fn giving_back_that_is_killed_on_either_side_goes_on_where_it_was() {
    let env = TestEnv::new();
    let mut chance = Chance::new(13);
    let (mut server, lisbon, lagos) = scene(&env);
    lagos.sync();
    let file = back_up(&env, &server, "backup");
    for value in 501..520 {
        lisbon.okr(&["checkin", "leads", &value.to_string()]).ok();
    }
    lisbon.sync();
    lagos.sync();
    for round in 0..rounds(6) {
        set_back(&env, &mut server, &file, &format!("restored-{round}"));
        let giving = lisbon.start(&["sync"]);
        if round % 2 == 0 {
            drop(giving.killed_after(chance.within(A_RESTORE)));
        } else {
            let ended = giving.ended_within(chance.within(A_RESTORE));
            server.kill();
            server.restart();
            if ended.is_none() {
                drop(giving.wait());
            }
        }
        lisbon.sync();
        converged(&server, &[&lisbon, &lagos]);
    }
    server.okrd(&["workspace", "resume", "acme"]).ok();
    lisbon.okr(&["checkin", "leads", "530"]).ok();
    lisbon.sync();
    lagos.sync();
    converged(&server, &[&lisbon, &lagos]);
}
