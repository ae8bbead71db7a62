//! The log as tiles, verified by implementations that are not ours: the crates `tlog_tiles` and `signed_note`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quarterdeck_core::value::Subject;
use quarterdeck_ledger::{Checkpoint, DeviceKey};
use sha2::{Digest, Sha256};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{
    Checkpoint as TheirCheckpoint, Hash as TheirHash, HashReader, Tile, TileHashReader, TileReader,
    check_record, check_tree, prove_record, prove_tree, record_hash, stored_hash_index,
};

use super::folder::create;
use super::{NOW, Seeded, note};
use crate::Replica;
use crate::tiles::{TilesError, TilesWritten};

/// The folder, as their reader asks for it.
struct Folder<'a>(&'a Path);

impl TileReader for Folder<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &Tile| {
            // They name the height of a tile, as Go's sumdb does; tlog-tiles leaves it out.
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            fs::read(self.0.join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn workspace(notes: u64) -> (tempfile::TempDir, Replica) {
    let dir = tempfile::tempdir().unwrap();
    let mut replica = create(dir.path(), 1);
    grow(&mut replica, notes);
    (dir, replica)
}

/// Adds so many notes, ten to a command.
fn grow(replica: &mut Replica, notes: u64) {
    let texts: Vec<_> = (0..notes)
        .map(|n| note(Subject::Workspace, &format!("{n}")))
        .collect();
    for (at, commands) in texts.chunks(10).enumerate() {
        let at = NOW + replica.head().size + at as u64;
        replica
            .commit(commands.concat(), None, at, &mut Seeded::new(at))
            .unwrap();
    }
}

fn export(replica: &mut Replica, to: &Path) -> Result<TilesWritten, TilesError> {
    let mut kind = |entry: &quarterdeck_core::event::Entry| entry.event.body.kind();
    replica.export_tiles(to, &mut kind, &mut |done, of| assert!(done <= of))
}

/// Reads the folder by their code alone, and answers size and root.
fn verified(folder: &Path, vkey: &str) -> (u64, [u8; 32]) {
    let note = Note::from_bytes(&fs::read(folder.join("checkpoint")).unwrap()).unwrap();
    let verifier = StandardVerifier::new(vkey).unwrap();
    let (signed, _) = note
        .verify(&VerifierList::new(vec![Box::new(verifier)]))
        .unwrap();
    assert_eq!(signed.len(), 1);
    let head = TheirCheckpoint::from_bytes(note.text()).unwrap();
    assert_eq!(Some(head.origin()), vkey.split('+').next());
    let (size, root) = (head.size(), *head.hash());
    let folder_reader = Folder(folder);
    let reader = TileHashReader::new(size, root, &folder_reader);
    let leaf_of = |index: u64| reader.read_hashes(&[stored_hash_index(0, index)]).unwrap()[0];

    // Every leaf of the bundles is the one of the tree, and every event is the one of its leaf.
    let mut index = 0;
    while index < size {
        let width = (size - index).min(256);
        let place = quarterdeck_ledger::tiles::place(index / 256, usize::try_from(width).unwrap());
        let bundle = fs::read(folder.join(format!("tile/entries/{place}"))).unwrap();
        let events = fs::read_to_string(folder.join(format!("events/{place}"))).unwrap();
        let mut rest = bundle.as_slice();
        for line in events.lines() {
            let (length, after) = rest.split_at(2);
            let length = usize::from(u16::from_be_bytes(length.try_into().unwrap()));
            let (leaf, after) = after.split_at(length);
            rest = after;
            assert_eq!(record_hash(leaf), leaf_of(index));
            let event: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(event["seq"], index + 1);
            let bytes = |field: &str| STANDARD.decode(event[field].as_str().unwrap()).unwrap();
            let hash = Sha256::new()
                .chain_update("quarterdeck/event/1\n")
                .chain_update(bytes("salt"))
                .chain_update(bytes("event"))
                .finalize();
            assert_eq!(leaf[49..], hash[..]);
            index += 1;
        }
        assert!(rest.is_empty());
    }
    for index in [0, size / 3, size - 1] {
        let proof = prove_record(size, index, &reader).unwrap();
        check_record(&proof, size, root, index, leaf_of(index)).unwrap();
    }
    (size, root.0)
}

#[test]
fn their_code_verifies_our_tiles_at_every_kind_of_size() {
    for notes in [0, 253, 254, 255, 510, 800] {
        let (dir, mut replica) = workspace(notes);
        let folder = dir.path().join("log");
        let written = export(&mut replica, &folder).unwrap();
        assert_eq!(
            (written.size, written.before, written.left_out),
            (notes + 2, 0, 0)
        );
        let vkey = replica.verifier_key().unwrap().to_string();
        assert_eq!(verified(&folder, &vkey), (written.size, written.root));
    }
}

#[test]
fn a_folder_grows_with_its_log_and_stays_the_same_log() {
    let (dir, mut replica) = workspace(200);
    let vkey = replica.verifier_key().unwrap().to_string();
    let (folder, fresh) = (dir.path().join("log"), dir.path().join("fresh"));
    export(&mut replica, &folder).unwrap();
    let (old_size, old_root) = verified(&folder, &vkey);
    for notes in [3, 60, 0, 700] {
        grow(&mut replica, notes);
        let before = verified(&folder, &vkey).0;
        let written = export(&mut replica, &folder).unwrap();
        assert_eq!((written.before, written.size), (before, before + notes));
        let (size, root) = verified(&folder, &vkey);
        assert_eq!((size, root), (written.size, written.root));
        // By their code, what there was is the beginning of what there is.
        let folder_reader = Folder(&folder);
        let reader = TileHashReader::new(size, TheirHash(root), &folder_reader);
        let proof = prove_tree(size, old_size, &reader).unwrap();
        check_tree(&proof, size, TheirHash(root), old_size, TheirHash(old_root)).unwrap();
    }
    // What is there is what a new folder would hold, and the narrower tiles of its past.
    export(&mut replica, &fresh).unwrap();
    let (grown, new) = (files(&folder), files(&fresh));
    for (path, bytes) in &new {
        assert_eq!(grown.get(path), Some(bytes), "{path}");
    }
    let more: Vec<_> = grown
        .keys()
        .filter(|path| !new.contains_key(*path))
        .collect();
    assert!(more.iter().all(|path| path.contains(".p/")), "{more:?}");
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_folder_that_holds_anything_else_is_left_alone() {
    let (dir, mut replica) = workspace(20);
    let folder = dir.path().join("log");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter.txt"), "dear").unwrap();
    let refused = |replica: &mut Replica, folder: &Path| {
        let before = files(folder);
        let error = export(replica, folder).unwrap_err();
        assert_eq!(files(folder), before);
        error
    };
    let foreign = refused(&mut replica, &folder);
    assert!(matches!(foreign, TilesError::Foreign { .. }), "{foreign}");
    fs::remove_file(folder.join("letter.txt")).unwrap();
    export(&mut replica, &folder).unwrap();

    // Another workspace's log.
    let other = tempfile::tempdir().unwrap();
    let mut stranger = create(other.path(), 2);
    let foreign = refused(&mut stranger, &folder);
    assert!(matches!(foreign, TilesError::OtherLog { .. }), "{foreign}");

    // Another history under the same key, and one that is ahead.
    let sign = |size: u64, root: [u8; 32], key: &DeviceKey| {
        let workspace = *replica.identity().workspace.as_bytes();
        let head = Checkpoint {
            workspace,
            size,
            root,
        };
        fs::write(folder.join("checkpoint"), head.sign(key)).unwrap();
    };
    let key = replica.identity().device.key();
    sign(9, [1; 32], &key);
    let differs = refused(&mut replica, &folder);
    assert!(
        matches!(differs, TilesError::Differs { size: 9, .. }),
        "{differs}"
    );
    let sign = |size: u64, root: [u8; 32], key: &DeviceKey| {
        let workspace = *replica.identity().workspace.as_bytes();
        let head = Checkpoint {
            workspace,
            size,
            root,
        };
        fs::write(folder.join("checkpoint"), head.sign(key)).unwrap();
    };
    sign(900, [1; 32], &key);
    let newer = refused(&mut replica, &folder);
    assert!(
        matches!(newer, TilesError::Newer { there: 900, .. }),
        "{newer}"
    );
}
