//! What is no backup, or not the whole of one, is refused with the line and the reason, and puts nothing in place.

use std::fs;
use std::path::Path;

use quarterdeck_tests::{Chance, Run, Server, TestEnv, files_below, rounds};

use super::{DOES_NOT_VERIFY, REFUSED, back_up, scene, typed};

/// Asserts that a backup is refused with a line and a reason.
#[track_caller]
fn refused(run: Run, what: &str) {
    let said = run.stderr.clone();
    assert_eq!(run.code, Some(DOES_NOT_VERIFY), "{what}: {run:?}");
    run.code(DOES_NOT_VERIFY).explains(&["line "]);
    let after = said.split("line ").nth(1).expect("a line");
    let number: String = after.chars().take_while(char::is_ascii_digit).collect();
    assert!(
        number.parse::<u64>().is_ok_and(|line| line > 0),
        "{what}: {said}"
    );
    assert!(after.len() > number.len() + 10, "{what}: no reason: {said}");
}

fn check(server: &Server<'_>, file: &Path) -> Run {
    server.okrd_bare(&["backup", "--check", typed(file)])
}

#[test]
fn a_backup_that_is_cut_or_altered_anywhere_is_refused() {
    let env = TestEnv::new();
    let (server, lisbon, _) = scene(&env);
    for value in 501..520 {
        lisbon.okr(&["checkin", "leads", &value.to_string()]).ok();
    }
    lisbon.sync();
    let file = back_up(&env, &server, "backup");
    let whole = fs::read(&file).expect("the backup");
    check(&server, &file).ok();
    let bad = env.path().join("bad");
    let mut chance = Chance::new(11);
    let length = whole.len() as u64;
    for round in 0..rounds(40) {
        let at = usize::try_from(chance.below(length)).expect("an offset");
        let cut = round % 2 == 0;
        let bytes = if cut {
            whole[..at].to_vec()
        } else {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << chance.below(8);
            bytes
        };
        fs::write(&bad, bytes).expect("a bad backup");
        let what = if cut { "cut" } else { "altered" };
        refused(check(&server, &bad), &format!("{what} at byte {at}"));
        if round < 6 {
            let data = env.path().join("never");
            let restore = ["restore", typed(&bad), "--data", typed(&data)];
            refused(server.okrd_bare(&restore), &format!("{what} at byte {at}"));
            assert!(!data.exists(), "something was put in place");
            let left = env.path().join("never.restoring");
            assert!(!left.exists(), "{left:?} is left");
        }
    }
}

/// Line by line, with a digest that fits: what is altered inside is found by what it is.
#[test]
fn lines_that_are_left_out_or_exchanged_are_named() {
    let env = TestEnv::new();
    let (server, _, _) = scene(&env);
    let file = back_up(&env, &server, "backup");
    let text = fs::read_to_string(&file).expect("the backup");
    let lines: Vec<&str> = text.lines().collect();
    let first_entry = lines
        .iter()
        .position(|line| line.starts_with("{\"seq\":1,"))
        .expect("an entry");
    let bad = env.path().join("bad");
    for (what, change, line) in [
        ("left out", [first_entry, first_entry + 2], first_entry + 1),
        ("said twice", [first_entry, first_entry], first_entry + 2),
    ] {
        let mut changed = lines.clone();
        match what {
            "left out" => drop(changed.drain(change[0]..change[1])),
            _ => changed.insert(change[0], lines[change[1]]),
        }
        fs::write(&bad, changed.join("\n") + "\n").expect("a bad backup");
        let run = check(&server, &bad);
        assert!(
            run.stderr.contains(&format!("line {line}:")),
            "{what}: {}",
            run.stderr
        );
        refused(run, what);
    }
}

#[test]
fn nothing_that_is_there_is_overwritten_and_secrets_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let env = TestEnv::new();
    let (mut server, lisbon, _) = scene(&env);
    let file = back_up(&env, &server, "backup");
    let mode = fs::metadata(&file)
        .expect("the backup")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    server
        .okrd(&["backup", "-o", typed(&file)])
        .code(REFUSED)
        .explains(&["--force"]);
    server.okrd(&["backup", "-o", typed(&file), "--force"]).ok();

    let data = server.data();
    let over = ["restore", typed(&file), "--data", typed(&data)];
    server
        .okrd_bare(&over)
        .code(REFUSED)
        .explains(&["not empty"]);

    let public = env.path().join("public");
    server
        .okrd(&["backup", "--public", "-o", typed(&public)])
        .ok();
    let text = fs::read_to_string(&public).expect("the backup");
    assert!(!text.contains("\"file\""), "a public backup holds files");
    check(&server, &public).ok();
    let elsewhere = env.path().join("elsewhere");
    let restore = ["restore", typed(&public), "--data", typed(&elsewhere)];
    server
        .okrd_bare(&restore)
        .code(REFUSED)
        .explains(&["no keys"]);
    assert!(!elsewhere.exists());

    // A log that is cut out of it is one that okr takes.
    let log: Vec<&str> = (text.lines())
        .filter(|line| line.contains("quarterdeck/log/1") || line.starts_with("{\"seq\""))
        .collect();
    let cut_out = env.path().join("acme.jsonl");
    fs::write(&cut_out, log.join("\n")).expect("a log");
    let reader = env.machine("reader");
    reader.okr(&["import", typed(&cut_out)]).ok();
    assert_eq!(reader.log().len(), lisbon_log(&lisbon));

    // Stopped or serving, the server gives the same.
    server.stop();
    let stopped = back_up(&env, &server, "stopped");
    let logs = |path: &Path| {
        let text = fs::read_to_string(path).expect("a backup");
        let lines = text.lines().filter(|line| line.starts_with("{\"seq\""));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(logs(&stopped), logs(&file));
    let restored = env.path().join("restored");
    server
        .okrd_bare(&["restore", typed(&stopped), "--data", typed(&restored)])
        .ok();
    for (path, _) in files_below(&restored) {
        if path.ends_with("key") || path.ends_with("access.json") {
            let mode = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{path:?}");
        }
    }
}

fn lisbon_log(lisbon: &quarterdeck_tests::Machine<'_>) -> usize {
    lisbon.sync();
    lisbon.log().len()
}
