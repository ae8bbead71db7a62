//! Texts are erased by law: they are in no file of the server and of any machine that has synchronised,
//! every proof and signature holds as before, and the log says who erased them and why.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

use std::path::{Path, PathBuf};

use quarterdeck_tests::{Machine, Server, TestEnv, files_below};

const SECRET: &str = "Ben is ill since Tuesday and sees Doctor Silva";
const TITLE: &str = "Leads from the friends of Ben Carvalho";
const REFUSED: i32 = 5;
const DOES_NOT_VERIFY: i32 = 6;

/// Every file below a folder that holds these words.
fn holding(folder: &Path, words: &str) -> Vec<PathBuf> {
    files_below(folder)
        .into_iter()
        // Whatever is no text is passed over; the words are.
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(words))
        .map(|(path, _)| path)
        .collect()
}

/// Ana, who owns the workspace, and Ben, who has written what is to be erased; both hold all of it.
fn scene<'env>(env: &'env TestEnv) -> (Server<'env>, Machine<'env>, Machine<'env>) {
    let server = env.server("acme", "ana");
    let (lisbon, lagos) = (env.machine("lisbon"), env.machine("lagos"));
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    lagos.join(&server.invite("ben", "editor"));
    lagos.sync();
    lagos.okr(&["note", "leads", SECRET, "--problem"]).ok();
    lagos
        .okr(&["kr", "edit", "leads", "--title", TITLE, "-m", "clearer"])
        .ok();
    lagos.sync();
    lisbon.sync();
    // Ana's edit quotes the title that she saw.
    lisbon
        .okr(&["kr", "edit", "leads", "--title", "Leads by word of mouth"])
        .ok();
    lisbon
        .okr(&["checkin", "leads", "521", "--confidence", "0.7"])
        .ok();
    lisbon.sync();
    lagos.sync();
    (server, lisbon, lagos)
}

/// Where the event of a kind stands in the log, counted from the last.
fn position(machine: &Machine<'_>, kind: &str) -> u64 {
    let log = machine.log();
    let found = log.iter().rfind(|line| line["kind"] == kind);
    found.expect("such an event")["seq"]
        .as_u64()
        .expect("a position")
}

fn erase_both(lisbon: &Machine<'_>) {
    lisbon
        .okr(&["erase", "--text", SECRET, "-m", "art. 17", "--yes"])
        .ok();
    lisbon
        .okr(&["erase", "--text", TITLE, "-m", "art. 17", "--yes"])
        .ok();
}

#[test]
fn what_was_erased_is_in_no_file_and_everything_still_verifies() {
    let env = TestEnv::new();
    let (server, lisbon, lagos) = scene(&env);
    let note = format!("#{}", position(&lisbon, "NoteAdded"));
    lagos.okr(&["prove", &note, "-o", "before.proof"]).ok();
    let key = lisbon.okr(&["verify", "--json"]).ok().json()["key"]
        .as_str()
        .expect("the log's key")
        .to_owned();
    for (folder, words) in [
        (server.data(), SECRET),
        (server.data(), TITLE),
        (lagos.home().to_path_buf(), SECRET),
    ] {
        assert!(
            !holding(&folder, words).is_empty(),
            "it is found where it is"
        );
    }

    erase_both(&lisbon);
    lisbon.sync();
    lagos.sync();
    for folder in [server.data(), lisbon.home().into(), lagos.home().into()] {
        for words in [SECRET, TITLE] {
            assert_eq!(holding(&folder, words), [] as [PathBuf; 0], "{words}");
        }
    }
    // Numbers stay, and everybody sees the same.
    for machine in [&lisbon, &lagos] {
        assert_eq!(
            machine.key_result("Leads by word of mouth")["current"],
            "521"
        );
        machine.okr(&["verify"]).ok();
        let log = machine.log();
        let noted = log.iter().find(|line| line["kind"] == "NoteAdded");
        let noted = noted.expect("the note's event");
        let text = noted["text"].as_str().expect("a text");
        assert!(text.starts_with("[erased "), "{text}");
        assert_eq!(noted["erased"]["by"], "ana");
        assert_eq!(noted["erased"]["reason"], "art. 17");
        assert_eq!(machine.count("TextErased"), 3);
    }
    let verified = server.okrd(&["verify", "--workspace", "acme"]).ok();
    assert!(!verified.stdout.contains(SECRET));
    // The proof of before still holds, and one made now says what remains.
    lagos
        .okr(&["verify", "--proof", "before.proof", "--key", &key])
        .ok();
    let proof = lagos.okr(&["prove", &note, "-o", "after.proof"]).ok();
    assert!(!proof.stdout.contains(SECRET));
    let told = lagos
        .okr(&["verify", "--proof", "after.proof", "--key", &key])
        .ok();
    assert!(told.stdout.contains("Texts were erased"), "{}", told.stdout);
}

#[test]
fn a_device_that_joins_later_believes_what_remains_and_the_past_shows_the_marker() {
    let env = TestEnv::new();
    let (mut server, lisbon, _) = scene(&env);
    let then = position(&lisbon, "NoteAdded").to_string();
    erase_both(&lisbon);
    lisbon.sync();
    server.stop();
    server.restart();
    assert_eq!(holding(&server.data(), SECRET), [] as [PathBuf; 0]);
    let faro = env.machine("faro");
    faro.join(&server.invite("caro", "viewer"));
    faro.sync();
    faro.okr(&["verify"]).ok();
    assert_eq!(holding(faro.home(), SECRET), [] as [PathBuf; 0]);
    for machine in [&faro, &lisbon] {
        let past = machine
            .okr(&["log", "--json", "--as-of", &format!("#{then}")])
            .ok()
            .json_lines();
        let noted = past.last().expect("the note");
        assert!(
            noted["text"]
                .as_str()
                .is_some_and(|text| text.starts_with("[erased "))
        );
        assert_eq!(noted["erased"]["by"], "ana");
    }
    // Its exported log carries what remains, and is read back.
    let exported = faro.okr(&["export"]).ok().stdout;
    assert!(!exported.contains(SECRET) && exported.contains("\"erased\":true"));
    let file = env.path().join("acme.jsonl");
    std::fs::write(&file, &exported).expect("a file");
    let archive = env.machine("archive");
    archive.okr(&["import", &file.display().to_string()]).ok();
    archive.okr(&["verify"]).ok();
    // What is said to remain is not believed for the file's sake.
    let marked = exported.replacen("\"erased\":true,", "", 1);
    std::fs::write(&file, marked).expect("a file");
    let other = env.machine("other");
    other
        .okr(&["import", &file.display().to_string()])
        .code(DOES_NOT_VERIFY);
}

#[test]
fn nobody_but_an_owner_erases_and_a_dry_run_erases_nothing() {
    let env = TestEnv::new();
    let (server, lisbon, lagos) = scene(&env);
    lagos
        .okr(&["erase", "--text", SECRET, "-m", "mine", "--yes"])
        .code(REFUSED)
        .explains(&["owner", "ana"]);
    let plan = lisbon
        .okr(&[
            "erase",
            "--text",
            TITLE,
            "-m",
            "art. 17",
            "--dry-run",
            "--json",
        ])
        .ok()
        .json();
    assert_eq!(plan["dry_run"], true);
    assert_eq!(plan["texts"], 2);
    assert_eq!(lisbon.count("TextErased"), 0);
    let unasked = lisbon.okr(&["erase", "--text", TITLE, "-m", "art. 17"]);
    unasked.code(2).explains(&["--yes"]);
    let repeats = lisbon.okr(&["erase", "--text", TITLE, "-m", TITLE, "--yes"]);
    repeats.code(2).explains(&["repeats"]);
    assert!(!holding(&server.data(), TITLE).is_empty());
}

#[test]
fn a_member_is_forgotten_and_what_they_measured_stays() {
    let env = TestEnv::new();
    let (server, lisbon, lagos) = scene(&env);
    lagos
        .okr(&["checkin", "leads", "533", "-m", "before I left"])
        .ok();
    lagos.sync();
    lisbon.sync();
    lisbon
        .okr(&["erase", "--member", "ben", "-m", "art. 17", "--yes"])
        .ok();
    lisbon.sync();
    for words in [SECRET, TITLE, "before I left"] {
        assert_eq!(holding(&server.data(), words), [] as [PathBuf; 0]);
        assert_eq!(holding(lisbon.home(), words), [] as [PathBuf; 0]);
    }
    assert_eq!(
        lisbon.key_result("Leads by word of mouth")["current"],
        "533"
    );
    let members = lisbon.okr(&["member", "list"]).ok().stdout;
    assert!(
        !members.contains("ben") && members.contains("[erased "),
        "{members}"
    );
    lisbon.okr(&["verify"]).ok();
}

#[test]
fn a_workspace_of_its_own_erases_at_once_and_can_be_given_to_a_server() {
    let env = TestEnv::new();
    let machine = env.machine("alone");
    machine.okr(&["init", "acme", "--as", "ana"]).ok();
    machine.plan_a_quarter();
    machine.okr(&["note", "leads", SECRET]).ok();
    machine
        .okr(&["erase", "--text", SECRET, "-m", "privacy", "--yes"])
        .ok();
    assert_eq!(holding(machine.home(), SECRET), [] as [PathBuf; 0]);
    machine.okr(&["verify"]).ok();
    let mut server = env.server("other", "eve");
    let url = server.host("acme");
    machine.okr(&["remote", "set", &url]).ok();
    machine.sync();
    machine.okr(&["verify"]).ok();
    server.okrd(&["verify", "--workspace", "acme"]).ok();
    let second = env.machine("second");
    second.join(&server.invite("bea", "viewer"));
    second.sync();
    second.okr(&["verify"]).ok();
}

#[test]
fn a_server_killed_while_it_erases_does_so_at_its_next_start() {
    let env = TestEnv::new();
    let (mut server, lisbon, lagos) = scene(&env);
    erase_both(&lisbon);
    let syncing = lisbon.start(&["sync"]);
    let _ = syncing.ended_within(std::time::Duration::from_millis(5));
    server.kill();
    let _ = syncing.wait();
    server.restart();
    lisbon.sync();
    lagos.sync();
    server.okrd(&["verify", "--workspace", "acme"]).ok();
    for folder in [server.data(), lisbon.home().into(), lagos.home().into()] {
        assert_eq!(holding(&folder, SECRET), [] as [PathBuf; 0]);
    }
}

#[test]
fn a_server_that_alters_what_remains_is_found_out() {
    let env = TestEnv::new();
    let (server, lisbon, _) = scene(&env);
    erase_both(&lisbon);
    lisbon.sync();
    let proxy = quarterdeck_tests::Proxy::to(server.address());
    let faro = env.machine("faro");
    let invitation = server.at(&server.invite("caro", "viewer"), proxy.address());
    // The marker stands in what remains alone: the owner signed for its SHA-256.
    proxy.lie("[erased ", "[Erased ");
    faro.okr(&["join", &invitation])
        .code(DOES_NOT_VERIFY)
        .explains(&["the server's history does not verify", "owner signed for"]);
}
