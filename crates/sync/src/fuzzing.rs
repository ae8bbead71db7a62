//! Readers of what servers, files and other people say, for the fuzzers of `crates/fuzz`.
//!
//! Each function takes anything and returns, or an `assert` in it names a promise that does not hold.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a fuzzer is told by a panic"
)]

use std::collections::BTreeSet;

use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::state::State;
use quarterdeck_ledger::tlog_proof::InclusionFile;
use quarterdeck_ledger::{Checkpoint, DeviceKey, VerifierKey};
use quarterdeck_projection::Folded;

use crate::check::Checker;
use crate::exported::LogFile;
use crate::framed;
use crate::identity::Identity;
use crate::proof::{self, bundle::Bundle};
use crate::record::Record;
use crate::remote::Received;

const MAGIC: &str = "quarterdeck-outbox/1\n";

/// A file of outbox or shelf: cut anywhere it gives what stands before the cut, and what is read of it is
/// written as it was.
pub fn outbox(bytes: &[u8]) {
    if let Some(record) = Record::read(bytes) {
        assert_eq!(Record::read(&record.write()).as_ref(), Some(&record));
    }
    let file = [MAGIC.as_bytes(), bytes].concat();
    let _ = framed::parse(bytes, MAGIC).map(|found| assert!(found.end <= bytes.len()));
    if let Ok(found) = framed::parse(&file, MAGIC) {
        let again = framed::write(MAGIC, &found.frames);
        assert_eq!(file.get(..found.end), Some(&*again));
        found
            .frames
            .iter()
            .for_each(|frame| drop(Record::read(frame)));
    }
    // Frames and damage are all there is of it, and what is written of the frames is not damaged.
    let framed::Scanned { frames, damaged } = framed::scan(&file, MAGIC);
    let written = framed::write(MAGIC, &frames);
    let lost: usize = damaged.iter().map(ExactSizeIterator::len).sum();
    assert_eq!(written.len() + lost, file.len());
    assert!(framed::parse(&written, MAGIC).is_ok_and(|found| found.frames == frames));
    let framed = framed::write(MAGIC, &[bytes.to_vec()]);
    let cut = framed.len() - 1;
    let whole = framed::parse(&framed, MAGIC).map(|found| found.frames);
    assert_eq!(whole, Ok(vec![bytes.to_vec()]));
    let before = framed::parse(framed.get(..cut).unwrap_or_default(), MAGIC);
    // A payload that holds whole frames looks like damage before them, and is told as that.
    if let Ok(found) = before {
        assert!(found.frames.is_empty());
    }
}

/// The signed heads that a replica keeps.
pub fn heads(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let notes = crate::checkpoints::split(&text);
    let again: String = notes.iter().map(|note| format!("{note}\n")).collect();
    assert_eq!(crate::checkpoints::split(&again), notes);
}

/// `device.json`: read, written and read it is the same, and what is wrong is told without its words.
pub fn identity(bytes: &[u8]) {
    match Identity::parse(bytes) {
        Ok(found) => {
            let again = found.write().expect("texts and numbers alone");
            assert_eq!(Identity::parse(&again).as_ref(), Ok(&found));
            assert!(!format!("{found:?}").contains(&"A".repeat(43)));
        }
        Err(what) => assert!(what.len() < 200, "{what}"),
    }
}

/// An exported log, and each of its lines.
pub fn exported_log(bytes: &[u8]) {
    if let Ok(mut file) = LogFile::open(bytes) {
        let until = file.header().size;
        let mut seen = 0;
        while let Ok(block) = file.block(until) {
            if block.is_empty() {
                break;
            }
            for entry in block {
                seen += 1;
                assert_eq!(entry.seq, seen, "in order and without a gap");
            }
        }
        let _ = file.finish();
    }
}

/// A proof: as text under a key, and as the bundle of a log of one entry that the key did sign.
pub fn proof(bytes: &[u8]) {
    let key = DeviceKey::from_seed([7; 32]);
    let text = String::from_utf8_lossy(bytes);
    let workspace = [0x22; 16];
    let verifier = VerifierKey {
        workspace,
        key: key.public(),
    };
    let _ = proof::check(&text, &verifier);
    let Some(bundle) = Bundle::read(bytes) else {
        return;
    };
    assert_eq!(bundle.write(), bytes, "a bundle has one form");
    let root = bundle.leaf.envelope.leaf_hash();
    let signed = Checkpoint {
        workspace,
        size: 1,
        root,
    };
    let file = InclusionFile {
        extra: bytes.to_vec(),
        index: bundle.leaf.envelope.seq.saturating_sub(1),
        path: Vec::new(),
        checkpoint: signed.sign(&key),
    };
    if let Ok(proof::Proof::Entry(proven)) = proof::check(&file.write(), &verifier) {
        assert_eq!((proven.entry.seq, proven.root), (1, root));
    }
}

/// What a server sends, in chunks. What is let through is what the fold makes of the same entries, in order
/// and whole, and nothing is let through after the first entry that does not hold.
pub fn intake(workspace: WorkspaceId, chunks: Vec<Vec<Received>>) {
    let sent: Vec<Received> = chunks.concat();
    let mut checker =
        Checker::new(workspace, None, Folded::default()).look_at(BTreeSet::from([1, 3, 7]));
    let mut through = Vec::new();
    for chunk in chunks {
        let Ok(checked) = checker.check(chunk) else {
            break;
        };
        if checked.verify().is_err() {
            break;
        }
        through.extend(checked.entries);
    }
    let mut state = State::default();
    for (new, sent) in through.iter().zip(&sent) {
        assert_eq!((&new.event, new.recorded), (&sent.sealed, sent.recorded));
        let entry =
            quarterdeck_proto::decode_entry(sent.seq, new.recorded, new.hash, &new.event.body);
        state.apply(&entry.expect("it was read before"));
    }
    assert_eq!(state.head, through.len() as u64, "without a gap");
    let last = through.last().map(|new| new.event.signature.is_some());
    assert_ne!(last, Some(false), "no half command");
    if checker.is_whole() && checker.frontier.size() == state.head {
        assert_eq!(checker.into_folded().state, state);
    }
}
