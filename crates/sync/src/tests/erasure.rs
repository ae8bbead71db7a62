//! Erasing texts on a device: what waits to be sent, what was kept before a server, what a crash left.

use quarterdeck_core::decide::Command;
use quarterdeck_core::erase::{Wanted, is_marker, texts_of};
use quarterdeck_core::event::Body;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_ledger::Ledger;
use tempfile::TempDir;

use super::folder::create;
use super::join::{device, member};
use super::model::{Connection, Server};
use super::{NOW, Plan, Seeded, note, open};
use crate::{Replica, sync};

const SECRET: &str = "leads of Mrs Silva";

fn title(plan: Plan, text: &str) -> Vec<Command> {
    plan.edit(Field::Title, Value::Text(text.to_owned()))
}

/// Ana erases all texts with the secret in them.
fn erase(ana: &mut Replica, at: u64) {
    let wanted = Wanted {
        words: Some(SECRET.to_owned()),
        ..Wanted::default()
    };
    let found = ana.find_texts(&wanted).unwrap();
    let erasing = ana.erasing(&found, &mut Seeded::new(at)).unwrap();
    let commands = erasing
        .into_iter()
        .map(|erased| Command::Record(Body::TextErased(erased)));
    ana.commit(
        commands.collect(),
        Some("asked"),
        NOW + at,
        &mut Seeded::new(at + 1),
    )
    .unwrap();
}

/// All texts of a device's log that hold the secret.
fn left(replica: &mut Replica) -> Vec<String> {
    let entries: Vec<_> = replica.entries(1).collect::<Result<_, _>>().unwrap();
    let texts = entries
        .iter()
        .flat_map(|logged| texts_of(&logged.entry.event));
    texts
        .map(|(_, text, _)| text)
        .filter(|text| text.contains(SECRET))
        .collect()
}

struct Two {
    plan: Plan,
    ana: (TempDir, Replica, Connection),
    ben: (TempDir, Replica, Connection),
}

/// Ana and Ben, who both hold a key result whose title is the secret.
async fn two() -> Two {
    let (server, ana) = Server::new(1);
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut first, first_remote) = device(one.path(), &server, ana, 1).await;
    let (mut second, second_remote) = device(two.path(), &server, member(2), 2).await;
    let plan = Plan::new(5);
    for (at, commands) in [plan.commands("Q3"), title(plan, SECRET)]
        .into_iter()
        .enumerate()
    {
        let at = at as u64;
        first
            .commit(commands, None, NOW + at, &mut Seeded::new(10 + at))
            .unwrap();
    }
    for (replica, remote) in [(&mut first, &first_remote), (&mut second, &second_remote)] {
        sync(replica, remote, NOW + 20, &mut |_| {}).await.unwrap();
    }
    Two {
        plan,
        ana: (one, first, first_remote),
        ben: (two, second, second_remote),
    }
}

#[tokio::test]
async fn an_edit_that_waits_quotes_the_marker_and_makes_no_conflict() {
    let Two {
        plan,
        mut ana,
        mut ben,
    } = two().await;
    // Ben, offline, replaces the title that he sees, and goes on.
    for (at, text) in [(30, "leads by phone"), (31, "leads by mail")] {
        ben.1
            .commit(title(plan, text), None, NOW + at, &mut Seeded::new(at))
            .unwrap();
    }
    erase(&mut ana.1, 40);
    sync(&mut ana.1, &ana.2, NOW + 42, &mut |_| {})
        .await
        .unwrap();
    assert!(left(&mut ana.1).is_empty());
    assert_eq!(ben.1.pending_events(), 2);
    sync(&mut ben.1, &ben.2, NOW + 50, &mut |_| {})
        .await
        .unwrap();
    sync(&mut ana.1, &ana.2, NOW + 51, &mut |_| {})
        .await
        .unwrap();
    for replica in [&mut ana.1, &mut ben.1] {
        assert!(left(replica).is_empty());
        assert!(replica.state().conflicts.is_empty());
        let found = &replica.state().key_results[&plan.key_result];
        assert_eq!(found.title, "leads by mail");
        replica.verify(&mut |_, _| {}).unwrap();
    }
    assert_eq!(ana.1.head(), ben.1.head());
}

#[tokio::test]
async fn what_was_interrupted_is_carried_out_when_the_folder_is_opened() {
    let Two { mut ana, .. } = two().await;
    erase(&mut ana.1, 40);
    sync(&mut ana.1, &ana.2, NOW + 42, &mut |_| {})
        .await
        .unwrap();
    let head = ana.1.head();
    let position = {
        let erasures = &ana.1.confirmed().erasures;
        erasures.values().next().unwrap().position
    };
    // The note of what was carried out is lost, as if the folder had been put back.
    ana.1.release();
    std::fs::remove_file(ana.0.path().join("ledger/erased")).unwrap();
    let mut again = open(ana.0.path());
    assert_eq!(again.head(), head);
    let held = again.hold().unwrap();
    assert_eq!(held.ledger.erased_through(), head.size);
    let entry = held.ledger.read(position, 1, 1).unwrap().remove(0);
    assert!(entry.event.is_erased());
    again.verify(&mut |_, _| {}).unwrap();
}

#[tokio::test]
async fn a_device_that_was_away_follows_two_erasures_of_one_entry() {
    let Two {
        plan,
        mut ana,
        mut ben,
    } = two().await;
    // A reason that says more than it should, erased after the title.
    ana.1
        .commit(
            title(plan, "leads"),
            Some("Mrs Silva asked"),
            NOW + 30,
            &mut Seeded::new(30),
        )
        .unwrap();
    sync(&mut ana.1, &ana.2, NOW + 31, &mut |_| {})
        .await
        .unwrap();
    sync(&mut ben.1, &ben.2, NOW + 32, &mut |_| {})
        .await
        .unwrap();
    erase(&mut ana.1, 40);
    sync(&mut ana.1, &ana.2, NOW + 41, &mut |_| {})
        .await
        .unwrap();
    let wanted = Wanted {
        words: Some("Mrs Silva".to_owned()),
        ..Wanted::default()
    };
    let found = ana.1.find_texts(&wanted).unwrap();
    assert_eq!(found.len(), 1);
    let erasing = ana.1.erasing(&found, &mut Seeded::new(50)).unwrap();
    let commands = erasing
        .into_iter()
        .map(|erased| Command::Record(Body::TextErased(erased)));
    ana.1
        .commit(
            commands.collect(),
            Some("asked"),
            NOW + 51,
            &mut Seeded::new(51),
        )
        .unwrap();
    sync(&mut ana.1, &ana.2, NOW + 52, &mut |_| {})
        .await
        .unwrap();
    sync(&mut ben.1, &ben.2, NOW + 60, &mut |_| {})
        .await
        .unwrap();
    for replica in [&mut ana.1, &mut ben.1] {
        replica.verify(&mut |_, _| {}).unwrap();
        let entries: Vec<_> = replica.entries(1).collect::<Result<_, _>>().unwrap();
        let texts = entries
            .iter()
            .flat_map(|logged| texts_of(&logged.entry.event));
        let texts: Vec<String> = texts.map(|(_, text, _)| text).collect();
        assert!(
            texts.iter().all(|text| !text.contains("Silva")),
            "{texts:?}"
        );
        assert!(texts.iter().filter(|text| is_marker(text)).count() >= 3);
    }
    assert_eq!(ana.1.head(), ben.1.head());
}

#[test]
fn a_log_whose_texts_are_erased_while_it_is_written_says_so_and_is_written_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut ana = create(dir.path(), 1);
    // More than is read at once: between two blocks others may have the folder.
    let filler: Vec<Command> = (0..50)
        .flat_map(|_| note(Subject::Workspace, &"x".repeat(10_000)))
        .collect();
    for at in 0..10 {
        ana.commit(filler.clone(), None, NOW + at, &mut Seeded::new(at))
            .unwrap();
    }
    let about = note(Subject::Workspace, SECRET);
    ana.commit(about, None, NOW + 20, &mut Seeded::new(20))
        .unwrap();
    ana.release();
    let mut out = Vec::new();
    let mut is_erased = false;
    let written = ana.export(&mut out, &mut |_| (), &mut |done, of| {
        if 2 * done > of && !std::mem::replace(&mut is_erased, true) {
            erase(&mut open(dir.path()), 40);
        }
    });
    let what = written.unwrap_err().to_string();
    assert!(what.contains("export it again"), "{what}");
    ana.export(&mut Vec::new(), &mut |_| (), &mut |_, _| {})
        .unwrap();
    assert!(left(&mut ana).is_empty());
}
