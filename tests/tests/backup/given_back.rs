//! After a restore: machines of different lengths, tokens that are not in the backup, and a server that went on
//! without them.

use quarterdeck_tests::TestEnv;

use super::{AWAY, DOES_NOT_VERIFY, back_up, converged, scene, set_back};

#[test]
fn machines_of_different_lengths_give_back_what_each_holds() {
    let env = TestEnv::new();
    let (mut server, lisbon, lagos) = scene(&env);
    lagos.sync();
    let file = back_up(&env, &server, "backup");
    for round in 0..3 {
        lisbon
            .okr(&["checkin", "leads", &format!("51{round}")])
            .ok();
        lisbon.sync();
    }
    lagos.sync();
    lisbon.okr(&["checkin", "leads", "519"]).ok();
    lisbon.sync();
    lagos
        .okr(&["note", "growth", "not sent when the disk broke"])
        .ok();
    set_back(&env, &mut server, &file, "restored");

    // The shorter first, whose own work waits.
    let told = lagos.okr(&["sync", "--json"]).code(AWAY).json();
    assert_eq!(told["given_back"], 3, "{told}");
    assert_eq!(told["closed"], "held");
    assert_eq!(told["pending"], 1);
    // Then the longer, without a word about what was given back before.
    let told = lisbon.sync();
    assert_eq!(told["given_back"], 1, "{told}");
    assert_eq!(lisbon.sync()["given_back"], 0);
    let list = server.okrd(&["workspace", "list", "--json"]).ok().json();
    assert_eq!(list["workspaces"][0]["standing"], "held");

    server.okrd(&["workspace", "resume", "acme"]).ok();
    lagos.sync();
    lisbon.sync();
    converged(&server, &[&lisbon, &lagos]);
    assert_eq!(lisbon.count("CheckedIn"), 4);
    assert_eq!(lagos.count("NoteAdded"), 1);
}

#[test]
fn a_machine_that_joined_after_the_backup_is_let_in_again() {
    let env = TestEnv::new();
    let (mut server, lisbon, _) = scene(&env);
    let file = back_up(&env, &server, "backup");
    let porto = env.machine("porto");
    porto.join(&server.invite("eva", "editor"));
    porto.okr(&["checkin", "leads", "533"]).ok();
    porto.sync();
    lisbon.sync();
    set_back(&env, &mut server, &file, "restored");

    porto
        .okr(&["sync"])
        .code(5)
        .explains(&["invitation", "join"]);
    assert!(lisbon.sync()["given_back"].as_u64() > Some(0));
    server.okrd(&["workspace", "resume", "acme"]).ok();
    // Its work came back with Lisbon's log; the machine itself joins anew.
    porto
        .okr(&["join", "--again", &server.invite("eva", "editor")])
        .ok();
    assert_eq!(porto.count("CheckedIn"), 1);
    lisbon.sync();
    converged(&server, &[&lisbon, &porto]);
}

#[test]
fn a_server_that_went_on_without_a_machine_is_told_apart_and_nothing_is_lost() {
    let env = TestEnv::new();
    let (mut server, lisbon, lagos) = scene(&env);
    let file = back_up(&env, &server, "backup");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    lisbon.sync();
    set_back(&env, &mut server, &file, "restored");
    server.okrd(&["workspace", "resume", "acme"]).ok();
    lagos.okr(&["checkin", "leads", "540"]).ok();
    lagos.sync();
    lisbon.okr(&["note", "growth", "not sent yet"]).ok();
    lisbon.okr(&["sync"]).code(DOES_NOT_VERIFY).explains(&[
        "evidence",
        "okr export",
        "join --again",
    ]);
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "510");
    lisbon.okr(&["verify"]).ok();
    lisbon.okr(&["export", "-o", "mine.jsonl"]).ok();
}

/// One text is in the backup, the other was recorded after it; both were erased by the time the server broke.
#[test]
fn texts_that_were_erased_do_not_come_back() {
    const BEFORE: &str = "Mrs Silva of Porto";
    const AFTER: &str = "Mr Costa of Faro";
    let env = TestEnv::new();
    let (mut server, lisbon, lagos) = scene(&env);
    lisbon.okr(&["checkin", "leads", "510", "-m", BEFORE]).ok();
    lisbon.sync();
    let file = back_up(&env, &server, "backup");
    lisbon.okr(&["checkin", "leads", "511", "-m", AFTER]).ok();
    lisbon.sync();
    for text in [BEFORE, AFTER] {
        let erase = ["erase", "--text", text, "-m", "asked for", "--yes"];
        lisbon.okr(&erase).ok();
    }
    lisbon.sync();
    lagos.sync();
    set_back(&env, &mut server, &file, "restored");
    let holds = |server: &quarterdeck_tests::Server<'_>, text: &str| {
        let all = quarterdeck_tests::files_below(&server.data());
        let words = text.as_bytes();
        all.iter()
            .any(|(_, bytes)| bytes.windows(words.len()).any(|window| window == words))
    };
    assert!(
        holds(&server, BEFORE),
        "the backup was made before it was erased"
    );
    assert!(lagos.sync()["given_back"].as_u64() >= Some(3));
    server.okrd(&["workspace", "resume", "acme"]).ok();
    lisbon.sync();
    converged(&server, &[&lisbon, &lagos]);
    server.stop();
    for text in [BEFORE, AFTER] {
        assert!(!holds(&server, text), "{text} came back");
    }
}

#[test]
fn data_that_was_put_back_by_hand_takes_back_once_it_is_held() {
    let env = TestEnv::new();
    let (mut server, lisbon, _) = scene(&env);
    let file = back_up(&env, &server, "backup");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    lisbon.sync();
    set_back(&env, &mut server, &file, "restored");
    // As if a snapshot of the disk had been put back: nobody said that it was held.
    server.okrd(&["workspace", "resume", "acme"]).ok();
    lisbon
        .okr(&["sync"])
        .code(DOES_NOT_VERIFY)
        .explains(&["okrd workspace hold"]);
    server.okrd(&["workspace", "hold", "acme"]).ok();
    assert_eq!(lisbon.sync()["given_back"], 1);
    server.okrd(&["workspace", "resume", "acme"]).ok();
    lisbon.sync();
    converged(&server, &[&lisbon]);
}
