//! Proofs as a person makes and checks them, keys, digits, and the log as static files.

use std::fs;

use quarterdeck_cli::Exit;

use crate::machine::Machine;

fn proven() -> (Machine, String) {
    let machine = Machine::planned();
    machine
        .okr(&["checkin", "leads", "510", "-m", "the fair in Porto"])
        .ok();
    let key = machine.okr(&["verify", "--show-key"]).ok().stdout;
    (machine, key.trim().to_owned())
}

fn path(machine: &Machine, name: &str) -> String {
    machine.home().join(name).display().to_string()
}

/// A machine without any workspace checks proofs of another.
#[test]
fn a_proof_is_checked_where_there_is_no_workspace() {
    let (here, key) = proven();
    let file = path(&here, "e.tlog-proof");
    let head = here.okr(&["verify", "--json"]).ok().json();
    let size = head["size"].as_u64().unwrap();
    let told = here
        .okr(&["prove", &format!("#{size}"), "-o", &file, "--json"])
        .ok()
        .json();
    assert_eq!(
        (&told["kind"], &told["seq"]),
        (&"inclusion".into(), &size.into())
    );
    assert_eq!(told["key"], key.as_str());

    let there = Machine::new();
    there.set_time("2026-07-06T12:00:00Z");
    let checked = there.okr(&["verify", "--proof", &file, "--key", &key]).ok();
    for said in [
        "in the log of acme.",
        "ana on",
        "Qualified leads",
        "510 leads",
        "the fair in Porto",
        "Not proven",
        head["fingerprint"].as_str().unwrap(),
    ] {
        assert!(checked.stdout.contains(said), "{said}: {}", checked.stdout);
    }
    let checked = there
        .okr(&["verify", "--proof", &file, "--key", &key, "--json"])
        .ok()
        .json();
    assert_eq!(checked["head"]["root"], head["root"]);
    assert_eq!(checked["event"]["member"], "ana");
    assert_eq!(checked["device_signed"]["by"], "event");

    // The same without a file, by the event's id.
    let id = checked["event"]["id"].as_str().unwrap();
    assert_eq!(
        here.okr(&["prove", id]).ok().stdout,
        fs::read_to_string(&file).unwrap()
    );
    let told = here.okr(&["prove", id, "--json"]).ok().json();
    assert_eq!(
        told["proof"].as_str(),
        fs::read_to_string(&file).ok().as_deref()
    );
}

#[test]
fn a_proof_that_does_not_hold_says_why_and_exits_with_six() {
    let (here, key) = proven();
    let (file, bad) = (path(&here, "e.tlog-proof"), path(&here, "bad"));
    here.okr(&["prove", "#8", "-o", &file]).ok();
    let text = fs::read_to_string(&file).unwrap();
    for (altered, why) in [
        (text.replace("index 7", "index 6"), "another entry"),
        (text.replace("\n8\n", "\n9\n"), "signature"),
        (text[..text.len() / 2].to_owned(), "base64"),
        (String::new(), "it is no proof"),
        ("x".repeat(5 << 20), "longer than any proof"),
    ] {
        fs::write(&bad, altered).unwrap();
        let refused = here
            .okr(&["verify", "--proof", &bad, "--key", &key])
            .exits(Exit::Unverified);
        assert!(
            refused.stdout.to_lowercase().contains(why),
            "{why}: {}",
            refused.stdout
        );
    }
    fs::write(&bad, [0xff, 0xfe, 0]).unwrap();
    here.okr(&["verify", "--proof", &bad, "--key", &key])
        .exits(Exit::Unverified);
    let slip = key.replacen("quarterdeck/0", "quarterdeck/1", 1);
    here.okr(&["verify", "--proof", &file, "--key", &slip])
        .exits(Exit::Usage)
        .explains(&["its id is not that of its name and key"]);
    here.okr(&["prove", "#99"]).exits(Exit::NotFound);
    here.okr(&["prove"]).exits(Exit::Usage);
}

#[test]
fn a_log_that_grew_is_proven_and_its_digits_are_told_for_any_size() {
    let (here, key) = proven();
    let file = path(&here, "grown.proof");
    here.okr(&["prove", "--between", "3", "now", "-o", &file])
        .ok();
    let grown = here
        .okr(&["verify", "--proof", &file, "--key", &key, "--json"])
        .ok()
        .json();
    let then = here.okr(&["verify", "--at", "#3", "--json"]).ok().json();
    assert_eq!(grown["kind"], "consistency");
    assert_eq!(grown["earlier"], then["at"]);
    assert_eq!(grown["head"]["fingerprint"], then["fingerprint"]);
    let said = here.okr(&["verify", "--at", "3"]).ok().stdout;
    assert!(
        said.contains(then["at"]["fingerprint"].as_str().unwrap()),
        "{said}"
    );
    here.okr(&["verify", "--at", "900"])
        .exits(Exit::NotFound)
        .explains(&["never of size 900"]);
    here.okr(&["prove", "--between", "5", "3"])
        .exits(Exit::Usage);
    here.okr(&["verify", "--server"])
        .exits(Exit::Refused)
        .explains(&["no server"]);
}

#[test]
fn the_log_as_static_files_is_written_once_and_added_to() {
    let (here, key) = proven();
    let folder = path(&here, "log");
    let told = here
        .okr(&["export", "--tlog", &folder, "--json"])
        .ok()
        .json();
    assert_eq!(told["added"], told["head"]["size"]);
    assert_eq!(told["key"], key.as_str());
    let nothing = here.okr(&["export", "--tlog", &folder]).ok().stdout;
    assert!(nothing.contains("already"), "{nothing}");
    here.okr(&["checkin", "leads", "520"]).ok();
    let added = here
        .okr(&["export", "--tlog", &folder, "--json"])
        .ok()
        .json();
    assert_eq!(added["added"], 1);
    let verified = here.okr(&["verify", "--json"]).ok().json();
    let note = fs::read_to_string(here.home().join("log/checkpoint")).unwrap();
    assert_eq!(verified["checkpoint"], note.as_str());

    let foreign = path(&here, "foreign");
    fs::create_dir(&foreign).unwrap();
    fs::write(here.home().join("foreign/letter.txt"), "dear").unwrap();
    here.okr(&["export", "--tlog", &foreign])
        .exits(Exit::Refused)
        .explains(&["no exported log"]);
    here.okr(&["export", "--tlog", &foreign, "--format", "csv"])
        .exits(Exit::Usage);
}
