//! Proofs: what they prove without a workspace, and that nothing in one can be changed unseen.

use proptest::prelude::*;
use quarterdeck_core::value::Subject;
use quarterdeck_ledger::VerifierKey;
use quarterdeck_ledger::tlog_proof::{ConsistencyFile, InclusionFile};
use tempfile::TempDir;

use super::folder::create;
use super::join::device;
use super::model::Server;
use super::{NOW, Plan, Seeded, note};
use crate::proof::{Continued, DeviceSigned, Proof, ProofFault, ProveError, ProvenEntry, check};
use crate::{Replica, sync};

/// A workspace without a server: #1 to #2 its beginning, #3 to #5 a quarter as one command, #6 a check-in.
fn workspace() -> (TempDir, Replica, VerifierKey) {
    let dir = tempfile::tempdir().unwrap();
    // Of another seed than the workspace: ids are not to be those of its members.
    let plan = Plan::new(21);
    let mut replica = create(dir.path(), 1);
    for (at, commands) in [plan.commands("2026-Q3"), plan.delta(5)]
        .into_iter()
        .enumerate()
    {
        let at = NOW + 10 + at as u64;
        replica
            .commit(commands, Some("why"), at, &mut Seeded::new(at))
            .unwrap();
    }
    let key = replica.verifier_key().unwrap();
    (dir, replica, key)
}

fn entry(text: &str, key: &VerifierKey) -> ProvenEntry {
    match check(text, key) {
        Ok(Proof::Entry(proven)) => *proven,
        other => panic!("{other:?}"),
    }
}

fn continued(text: &str, key: &VerifierKey) -> Continued {
    match check(text, key) {
        Ok(Proof::Continued(continued)) => continued,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_event_is_proven_with_its_author_and_what_it_is_about() {
    let (_dir, mut replica, key) = workspace();
    for seq in 1..=6 {
        let text = replica.prove(seq, &mut |_, _| {}).unwrap();
        let proven = entry(&text, &key);
        let recorded = replica.entries(seq).next().unwrap().unwrap().entry;
        assert_eq!(proven.entry, recorded);
        assert_eq!((proven.size, proven.root), (6, replica.head().root));
        assert_eq!(proven.state.workspace.as_ref().unwrap().name, "acme");
        let signed = match recorded.event.remaining {
            0 => DeviceSigned::Itself,
            later => DeviceSigned::Later(later),
        };
        assert_eq!(proven.signed, signed, "{seq}");
    }
    let text = replica.prove(6, &mut |_, _| {}).unwrap();
    let state = entry(&text, &key).state;
    let told: Vec<&str> = (state.members.values().map(|member| &*member.name))
        .chain(state.devices.values().map(|device| &*device.name))
        .chain(state.key_results.values().map(|found| &*found.title))
        .chain(state.objectives.values().map(|found| &*found.title))
        .collect();
    assert_eq!(
        told,
        ["ana", "laptop", "Qualified leads", "Grow in 2026-Q3"]
    );
}

#[tokio::test]
async fn a_device_of_a_server_proves_what_the_server_signed() {
    let (server, ana) = Server::new(1);
    let dir = tempfile::tempdir().unwrap();
    let (mut replica, remote) = device(dir.path(), &server, ana, 1).await;
    let random = &mut Seeded::new(3);
    let mut say = |replica: &mut Replica, text: &str| {
        replica
            .commit(note(Subject::Workspace, text), None, NOW + 1, random)
            .unwrap();
    };
    say(&mut replica, "recorded");
    sync(&mut replica, &remote, NOW + 2, &mut |_| {})
        .await
        .unwrap();
    say(&mut replica, "pending");
    let size = replica.head().size;
    let key = replica.verifier_key().unwrap();
    let text = replica.prove(size, &mut |_, _| {}).unwrap();
    let proven = entry(&text, &key);
    assert_eq!(proven.signed, DeviceSigned::Itself);
    assert_eq!(
        proven.state.devices[&proven.entry.event.device].name,
        "device 1"
    );
    assert_eq!(proven.state.members[&ana].name, "ana");
    // What is pending has no place yet.
    let none = replica.prove(size + 1, &mut |_, _| {}).unwrap_err();
    assert!(matches!(none, ProveError::Unknown { .. }), "{none}");

    // Any beginning is proven against a head that the server signed, and against no other.
    let grown = replica
        .prove_between(3, Some(size), &mut |_, _| {})
        .unwrap();
    let Continued { earlier, later, .. } = continued(&grown, &key);
    assert_eq!((earlier.0, later.0), (3, size));
    let unsigned = replica
        .prove_between(2, Some(3), &mut |_, _| {})
        .unwrap_err();
    assert!(
        matches!(
            unsigned,
            ProveError::NoCheckpoint {
                size: 3,
                next: Some(_)
            }
        ),
        "{unsigned}"
    );
}

#[test]
fn a_log_that_only_grew_is_proven_to() {
    let (_dir, mut replica, key) = workspace();
    for earlier in 1..=6 {
        for later in earlier..=6 {
            let text = replica
                .prove_between(earlier, Some(later), &mut |_, _| {})
                .unwrap();
            let found = continued(&text, &key);
            let at = |replica: &mut Replica, size| {
                let verified = replica.verify_at(Some(size), &mut |_, _| {}).unwrap();
                verified.at.unwrap()
            };
            assert_eq!(found.earlier, at(&mut replica, earlier));
            assert_eq!(found.later, at(&mut replica, later));
        }
    }
    let backwards = replica.prove_between(5, Some(4), &mut |_, _| {});
    assert!(matches!(backwards, Err(ProveError::Backwards { .. })));
    let beyond = replica.prove_between(5, Some(7), &mut |_, _| {});
    assert!(matches!(beyond, Err(ProveError::Unknown { .. })));
    let nothing = replica.prove_between(0, None, &mut |_, _| {});
    assert!(matches!(nothing, Err(ProveError::Unknown { .. })));
}

#[test]
fn a_long_command_says_that_its_signature_is_not_shown() {
    let (_dir, mut replica, key) = workspace();
    let commands = (0..40)
        .flat_map(|n| note(Subject::Workspace, &format!("{n}")))
        .collect();
    replica
        .commit(commands, None, NOW + 50, &mut Seeded::new(50))
        .unwrap();
    let signed = |replica: &mut Replica, seq| {
        let text = replica.prove(seq, &mut |_, _| {}).unwrap();
        entry(&text, &key).signed
    };
    assert_eq!(signed(&mut replica, 7), DeviceSigned::NotShown(39));
    assert_eq!(signed(&mut replica, 22), DeviceSigned::Later(24));
    assert_eq!(signed(&mut replica, 46), DeviceSigned::Itself);
}

#[test]
fn a_proof_under_another_key_or_workspace_proves_nothing() {
    let (_dir, mut replica, key) = workspace();
    let text = replica.prove(6, &mut |_, _| {}).unwrap();
    let other = tempfile::tempdir().unwrap();
    let stranger = create(other.path(), 2).verifier_key().unwrap();
    let fault = |key: &VerifierKey| check(&text, key).unwrap_err().0;
    assert!(fault(&stranger).contains("another log"));
    let forged = VerifierKey {
        key: stranger.key,
        ..key
    };
    assert!(fault(&forged).contains("no signature by the log's key"));
}

/// Parts of one proof put into another.
#[test]
fn what_was_put_together_of_several_proofs_proves_nothing() {
    let (_dir, mut replica, key) = workspace();
    let five = InclusionFile::read(&replica.prove(5, &mut |_, _| {}).unwrap()).unwrap();
    let six = InclusionFile::read(&replica.prove(6, &mut |_, _| {}).unwrap()).unwrap();
    let refused = |file: InclusionFile| check(&file.write(), &key).unwrap_err().0;
    let with = |extra: &InclusionFile, index: &InclusionFile, path: &InclusionFile| InclusionFile {
        extra: extra.extra.clone(),
        index: index.index,
        path: path.path.clone(),
        checkpoint: six.checkpoint.clone(),
    };
    assert!(refused(with(&five, &six, &six)).contains("another entry"));
    assert!(refused(with(&five, &five, &six)).contains("does not lead"));
    assert!(refused(with(&six, &six, &five)).contains("does not lead"));
    let bare = InclusionFile {
        extra: Vec::new(),
        ..six
    };
    assert!(refused(bare).contains("okr prove"));
    let grown = replica.prove_between(3, None, &mut |_, _| {}).unwrap();
    let mut file = ConsistencyFile::read(&grown).unwrap();
    file.size = 4;
    assert!(check(&file.write(), &key).is_err());
}

/// A proof of an event in the middle of a command, which holds something of everything, and one of growth.
fn samples() -> (Vec<String>, VerifierKey) {
    let (_dir, mut replica, key) = workspace();
    let proofs = vec![
        replica.prove(4, &mut |_, _| {}).unwrap(),
        replica.prove(6, &mut |_, _| {}).unwrap(),
        replica.prove_between(3, Some(6), &mut |_, _| {}).unwrap(),
        replica.prove_between(5, Some(6), &mut |_, _| {}).unwrap(),
    ];
    (proofs, key)
}

#[test]
fn no_byte_of_a_proof_can_be_changed_or_cut() {
    let (proofs, key) = samples();
    for proof in proofs {
        assert!(check(&proof, &key).is_ok());
        for at in 0..proof.len() {
            if !proof.is_char_boundary(at) {
                continue;
            }
            let refused = |bytes: Vec<u8>| {
                let Ok(text) = String::from_utf8(bytes) else {
                    return;
                };
                // A whole earlier checkpoint may be left out: its absence is told.
                if let Ok(Proof::Continued(found)) = check(&text, &key) {
                    assert!(!found.earlier_signed, "{at}: {text}");
                    return;
                }
                assert!(check(&text, &key).is_err(), "{at}: {text}");
            };
            let mut changed = proof.clone().into_bytes();
            changed[at] ^= 1;
            refused(changed);
            refused(proof.as_bytes()[..at].to_vec());
            let mut shorter = proof.clone().into_bytes();
            shorter.remove(at);
            refused(shorter);
        }
    }
}

/// The bytes within the `extra` line as well: base64 would refuse many changes by itself.
#[test]
fn no_byte_of_what_is_beside_an_event_can_be_changed_or_cut() {
    let (proofs, key) = samples();
    for proof in &proofs[..2] {
        let file = InclusionFile::read(proof).unwrap();
        for at in 0..file.extra.len() {
            let mut changed = file.clone();
            changed.extra[at] ^= 0x10;
            assert!(check(&changed.write(), &key).is_err(), "byte {at}");
            changed.extra.truncate(at);
            assert!(check(&changed.write(), &key).is_err(), "cut at {at}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn anything_at_all_gets_a_verdict(extra in prop::collection::vec(any::<u8>(), 0..400), index in any::<u64>(), text in "(\\PC|\n){0,200}") {
        let key = VerifierKey {
            workspace: [1; 16],
            key: quarterdeck_ledger::DeviceKey::from_seed([7; 32]).public(),
        };
        let checkpoint = quarterdeck_ledger::Checkpoint { workspace: [1; 16], size: 9, root: [2; 32] }
            .sign(&quarterdeck_ledger::DeviceKey::from_seed([7; 32]));
        let mut framed = b"quarterdeck/proof/1\n".to_vec();
        framed.extend(&extra);
        for extra in [extra, framed] {
            let file = InclusionFile { extra, index, path: vec![[3; 32]], checkpoint: checkpoint.clone() };
            prop_assert!(matches!(check(&file.write(), &key), Err(ProofFault(_))));
        }
        prop_assert!(check(&text, &key).is_err());
    }
}

/// A file that is missing is written for review by a person; one that differs fails.
#[test]
fn a_whole_proof_is_frozen() {
    let (proofs, key) = samples();
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/event.tlog-proof");
    let Ok(frozen) = std::fs::read_to_string(&path) else {
        std::fs::write(&path, &proofs[0]).unwrap();
        panic!("{} was missing and has been written", path.display());
    };
    assert_eq!(proofs[0], frozen);
    assert!(check(&frozen, &key).is_ok());
}

#[test]
fn an_unknown_event_has_no_proof() {
    let (_dir, mut replica, _) = workspace();
    for seq in [0, 7, u64::MAX] {
        let none = replica.prove(seq, &mut |_, _| {}).unwrap_err();
        assert!(
            matches!(none, ProveError::Unknown { size: 6, .. }),
            "{none}"
        );
    }
}
