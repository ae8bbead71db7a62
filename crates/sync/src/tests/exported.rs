//! A log as a file: nothing lost, nothing altered unseen, nothing recorded in a copy.

use std::path::PathBuf;

use proptest::prelude::*;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::value::Subject;
use tempfile::TempDir;

use super::folder::create;
use super::{NOW, Plan, Seeded, json, note, open};
use crate::exported::{ImportError, LogFile, Relation, SCHEMA, compare, import, is_log};
use crate::{AsOf, CommitError, Options, Replica, ReplicaError, Verified};

/// A workspace with a quarter, an edit and so many notes.
fn workspace(notes: u64) -> (TempDir, Replica) {
    let dir = tempfile::tempdir().unwrap();
    let plan = Plan::new(1);
    let mut replica = create(dir.path(), 1);
    let mut commit = |commands, at| {
        replica
            .commit(commands, Some("why"), at, &mut Seeded::new(at))
            .unwrap();
    };
    commit(plan.commands("2026-Q3"), NOW + 10);
    commit(plan.target(200), NOW + 20);
    for n in 0..notes {
        commit(note(Subject::Workspace, &format!("note {n}")), NOW + 30 + n);
    }
    (dir, replica)
}

fn export(replica: &mut Replica) -> Vec<u8> {
    let mut out = Vec::new();
    let exported = replica
        .export(
            &mut out,
            &mut |entry| entry.event.body.kind(),
            &mut |_, _| {},
        )
        .unwrap();
    assert_eq!(exported.root, replica.head().root);
    assert_eq!(
        out.split(|byte| *byte == b'\n').count() as u64,
        exported.size + 2
    );
    out
}

fn read_back(bytes: &[u8]) -> Result<(TempDir, Replica), ImportError> {
    let dir = tempfile::tempdir().unwrap();
    let mut file = LogFile::open(bytes)?;
    let mut random = Seeded::new(77);
    let replica = import(
        &mut file,
        &dir.path().join("copy"),
        Options::default(),
        NOW,
        &mut random,
        &mut |_, _| {},
    )?;
    Ok((dir, replica))
}

fn refused(bytes: &[u8]) -> (u64, String) {
    match read_back(bytes) {
        Err(ImportError::Line { line, what }) => (line, what),
        other => panic!("{other:?}"),
    }
}

/// The file with something done to one of its lines, from 1.
fn with_line(bytes: &[u8], line: usize, change: impl FnOnce(&str) -> String) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[line - 1] = change(&lines[line - 1]);
    lines.join("\n").into_bytes()
}

#[test]
fn a_copy_has_the_same_state_now_and_then_and_verifies_to_the_same_root() {
    let (_dir, mut here) = workspace(700);
    let bytes = export(&mut here);
    let (kept, copy) = read_back(&bytes).unwrap();
    drop(copy);
    let mut copy = open(&kept.path().join("copy"));
    assert_eq!(copy.head(), here.head());
    assert_eq!(json(copy.state()), json(here.state()));
    let verified = copy.verify(&mut |_, _| {}).unwrap();
    // The heads before the last one stay where they were verified.
    let here_verified = Verified {
        checkpoints: 1,
        ..here.verify(&mut |_, _| {}).unwrap()
    };
    assert_eq!(verified, here_verified);
    for as_of in [
        AsOf::Position(5),
        AsOf::Moment(Timestamp::from_ms(NOW + 19)),
        AsOf::Moment(Timestamp::from_ms(NOW + 300)),
    ] {
        assert_eq!(
            json(&copy.state_as_of(as_of).unwrap()),
            json(&here.state_as_of(as_of).unwrap())
        );
    }
    assert_eq!(export(&mut copy), bytes);
}

#[test]
fn nothing_can_be_recorded_in_a_copy() {
    let (_dir, mut here) = workspace(0);
    let (_kept, mut copy) = read_back(&export(&mut here)).unwrap();
    assert!(copy.identity().is_copy() && !copy.is_authority());
    let refused = copy
        .commit(
            note(Subject::Workspace, "x"),
            None,
            NOW,
            &mut Seeded::new(5),
        )
        .unwrap_err();
    let CommitError::Refused(refusal) = refused else {
        panic!("{refused}")
    };
    assert_eq!(refusal.code, Code::Forbidden);
    assert!(
        refusal.message.contains("copy of workspace acme"),
        "{refusal}"
    );
    assert!(refusal.hint.unwrap().contains("okr join"));
    assert_eq!(copy.head(), here.head());
}

#[test]
fn a_folder_that_holds_a_workspace_is_left_alone() {
    let (_dir, mut here) = workspace(0);
    let bytes = export(&mut here);
    let (there, other) = workspace(3);
    let head = other.head();
    drop(other);
    let mut file = LogFile::open(&*bytes).unwrap();
    let error = import(
        &mut file,
        there.path(),
        Options::default(),
        NOW,
        &mut Seeded::new(1),
        &mut |_, _| {},
    )
    .unwrap_err();
    assert!(matches!(
        error,
        ImportError::Replica(ReplicaError::Exists { .. })
    ));
    assert_eq!(open(there.path()).head(), head);
}

#[test]
fn damage_is_named_by_its_line() {
    let (_dir, mut here) = workspace(3);
    let bytes = export(&mut here);
    let text = std::str::from_utf8(&bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 10);

    let cut = lines[..7].join("\n") + "\n";
    let (line, what) = refused(cut.as_bytes());
    assert_eq!(line, 8);
    assert!(what.contains("ends before it, 3 entries short"), "{what}");

    let (line, what) = refused(&bytes[..bytes.len() - 20]);
    assert_eq!(line, 10);
    assert!(what.contains("breaks off"), "{what}");

    let mut without = lines.clone();
    without.remove(4);
    let (line, what) = refused(without.join("\n").as_bytes());
    assert_eq!(line, 5);
    assert!(what.contains("entry 5 where entry 4"), "{what}");

    let (line, what) = refused(format!("{text}{{}}\n").as_bytes());
    assert_eq!(line, 11);
    assert!(what.contains("should end before it"), "{what}");

    let (line, _) = refused(&with_line(&bytes, 6, |line| {
        line.replace("\"seq\"", "\"sea\"")
    }));
    assert_eq!(line, 6);
    let (line, what) = refused(&with_line(&bytes, 4, |line| {
        line.replace("\"recorded_ms\":178", "\"recorded_ms\":179")
    }));
    // The entry after it is recorded earlier than it now.
    assert_eq!(line, 5);
    assert!(what.contains("recorded before"), "{what}");
    let (line, what) = refused(&with_line(&bytes, 10, |line| {
        line.replace("\"recorded_ms\":178", "\"recorded_ms\":179")
    }));
    assert_eq!(line, 1);
    assert!(what.contains("root"), "{what}");
    for (was, is) in [
        ("acme", "acne"),
        ("\"root\":\"", "\"root\":\"f"),
        ("checkpoint\":\"", "checkpoint\":\"x"),
        ("\"checkpoint\"", "\"#heckpoint\""),
    ] {
        assert_eq!(
            refused(&with_line(&bytes, 1, |line| line.replacen(was, is, 1))).0,
            1
        );
    }
    let signature = with_line(&bytes, 10, |line| {
        let (before, rest) = line.split_once("\"signature\":\"").unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        format!("{before}\"signature\":\"{}==\"{after}", "A".repeat(86))
    });
    let (line, what) = refused(&signature);
    assert_eq!(line, 10);
    assert!(what.contains("signature"), "{what}");
}

#[test]
fn what_people_read_beside_an_entry_is_not_looked_at() {
    let (_dir, mut here) = workspace(0);
    let bytes = export(&mut here);
    let other = with_line(&bytes, 2, |line| {
        line.replace("WorkspaceCreated", "Nothing")
    });
    assert_ne!(bytes, other);
    assert_eq!(read_back(&other).unwrap().1.head(), here.head());
}

#[test]
fn a_workspace_that_is_here_is_compared_and_stays_as_it_is() {
    let (_dir, mut here) = workspace(2);
    let older = export(&mut here);
    let (_kept, mut copy) = read_back(&older).unwrap();
    here.commit(
        note(Subject::Workspace, "later"),
        None,
        NOW + 99,
        &mut Seeded::new(99),
    )
    .unwrap();
    let newer = export(&mut here);
    let stands = |bytes: &[u8], replica: &mut Replica| {
        let before = replica.head();
        let mut file = LogFile::open(bytes).unwrap();
        let relation = compare(&mut file, replica, &mut |_, _| {}).unwrap();
        assert_eq!(replica.head(), before);
        relation
    };
    assert_eq!(stands(&newer, &mut here), Relation::Same);
    assert_eq!(stands(&older, &mut here), Relation::Older(1));
    assert_eq!(stands(&newer, &mut copy), Relation::Newer(1));
    // The same beginning, another end: a copy of the folder that went its own way.
    let (_other, mut other) = workspace(1);
    other
        .commit(
            note(Subject::Workspace, "else"),
            None,
            NOW + 50,
            &mut Seeded::new(50),
        )
        .unwrap();
    assert_eq!(stands(&newer, &mut other), Relation::Differs(8));
}

#[test]
fn other_files_and_other_versions_are_told_apart() {
    let (_dir, mut here) = workspace(0);
    let bytes = export(&mut here);
    let first = std::str::from_utf8(&bytes).unwrap().lines().next().unwrap();
    assert!(is_log(first));
    for other in [
        "",
        "# Objectives",
        "{}",
        r#"{"schema":"quarterdeck/1"}"#,
        "objective,key result",
    ] {
        assert!(!is_log(other), "{other}");
        assert!(matches!(
            LogFile::open(other.as_bytes()).map_err(ImportError::from),
            Err(ImportError::Line { line: 1, .. })
        ));
    }
    let newer = first.replace(SCHEMA, "quarterdeck/log/2");
    assert!(is_log(&newer));
    assert!(matches!(
        LogFile::open(newer.as_bytes()).map_err(ImportError::from),
        Err(ImportError::Newer { schema }) if schema == "quarterdeck/log/2"
    ));
}

/// The format is for ever: a file of the first version reads, whatever comes later.
#[test]
fn the_format_is_frozen() {
    let (_dir, mut here) = workspace(1);
    let bytes = export(&mut here);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/log.jsonl");
    let Ok(frozen) = std::fs::read(&path) else {
        std::fs::write(&path, &bytes).unwrap();
        panic!(
            "{} was missing and has been written; look at it",
            path.display()
        );
    };
    assert_eq!(bytes, frozen, "the exported log is no longer what it was");
    assert_eq!(read_back(&frozen).unwrap().1.head(), here.head());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever happens to a byte outside of what only people read, it is noticed, and nothing panics.
    #[test]
    fn no_altered_byte_goes_unseen(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/log.jsonl");
        let mut bytes = std::fs::read(path).unwrap();
        let at = at.index(bytes.len());
        let line_start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |p| p + 1);
        let line_end = at + bytes[at..].iter().position(|byte| *byte == b'\n').unwrap();
        let line = String::from_utf8(bytes[line_start..line_end].to_vec()).unwrap();
        let readable = line.find("\"readable\"").map_or(usize::MAX, |p| line_start + p);
        prop_assume!(at < readable && bytes[at] != to);
        let (from, here) = (bytes[at], read_back(&bytes).unwrap().1.head());
        bytes[at] = to;
        // Only what means the same to a reader of JSON may pass: the case of a hash's digits.
        let same = from.eq_ignore_ascii_case(&to) && from.is_ascii_hexdigit();
        match read_back(&bytes) {
            Err(_) => {}
            Ok((_, copy)) => prop_assert!(same && copy.head() == here, "byte {at}: {from} became {to}"),
        }
    }
}
