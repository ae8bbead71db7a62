//! Proofs, signed heads and the keys that they are believed by, held against other people's readers.

use arbitrary::Unstructured;
use quarterdeck_ledger::merkle::{
    Tree, consistency_proof, inclusion_proof, leaf_hash, verify_consistency, verify_inclusion,
};
use quarterdeck_ledger::tiles::{Kind, Tile, WIDTH, place};
use quarterdeck_ledger::tlog_proof::{ConsistencyFile, InclusionFile};
use quarterdeck_ledger::{
    Checkpoint, DeviceKey, Frontier, Hash, VerifierKey, checkpoint, fingerprint,
};
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::{Hash as TheirHash, check_record, check_tree};

use crate::typed::text;

const WORKSPACE: [u8; 16] = [0x22; 16];
const SEED: [u8; 32] = [7; 32];

fn verifier() -> VerifierKey {
    VerifierKey {
        workspace: WORKSPACE,
        key: DeviceKey::from_seed(SEED).public(),
    }
}

/// Whether their reader takes a note for a checkpoint that the key signed, and which.
fn by_their_reader(note: &[u8]) -> Option<(u64, [u8; 32])> {
    let note = Note::from_bytes(note).ok()?;
    let theirs = StandardVerifier::new(&verifier().to_string()).ok()?;
    note.verify(&VerifierList::new(vec![Box::new(theirs)]))
        .ok()?;
    let head = tlog_tiles::Checkpoint::from_bytes(note.text()).ok()?;
    (head.origin() == checkpoint::origin(&WORKSPACE)).then(|| (head.size(), head.hash().0))
}

/// A checkpoint: as it comes, and as a text that the right key signs. What is believed here their reader
/// believes too, and reads alike.
pub(crate) fn note(bytes: &[u8]) {
    let key = verifier().key;
    let read = |note: &str| Checkpoint::verify(note, &WORKSPACE, &key);
    if let Ok(read) = read(&text(bytes)) {
        assert_eq!(
            by_their_reader(text(bytes).as_bytes()),
            Some((read.size, read.root))
        );
    }
    let said = text(bytes);
    let name = checkpoint::origin(&WORKSPACE);
    let texts = [said.clone().into_owned(), format!("{name}\n{said}")];
    for said in texts {
        let Some(signed) = signed(&said, &name) else {
            continue;
        };
        if let Ok(read) = read(&signed) {
            assert_eq!(
                by_their_reader(signed.as_bytes()),
                Some((read.size, read.root))
            );
            assert!(said.starts_with(&format!("{name}\n{}\n", read.size)));
            let _ = fingerprint(read.size, &read.root);
        }
    }
}

/// A text signed by their code, where it takes it for one.
fn signed(said: &str, name: &str) -> Option<String> {
    use base64::Engine;
    let typed = [&[1], &SEED[..]].concat();
    let key = base64::engine::general_purpose::STANDARD.encode(typed);
    let id = signed_note::key_id(name, &[&[1], &verifier().key.0[..]].concat());
    let signer = StandardSigner::new(&format!("PRIVATE+KEY+{name}+{id:08x}+{key}"));
    let signer = signer.expect("a key in their form");
    let mut note = Note::new(said.as_bytes(), &[]).ok()?;
    note.add_sigs(&[&signer]).ok()?;
    String::from_utf8(note.to_bytes()).ok()
}

/// A key as people hand it out.
pub(crate) fn verifier_key(bytes: &[u8]) {
    let said = text(bytes);
    if let Ok(key) = said.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), said.trim(), "a key has one form");
        assert!(StandardVerifier::new(said.trim()).is_ok());
    }
}

/// The text of a proof.
pub(crate) fn proof_file(bytes: &[u8]) {
    let said = text(bytes);
    if let Ok(file) = InclusionFile::read(&said) {
        assert_eq!(file.write(), *said, "a proof has one form");
    }
    if let Ok(file) = ConsistencyFile::read(&said) {
        assert_eq!(file.write(), *said, "a proof has one form");
    }
}

/// A proof under a key, down to the event in it.
pub(crate) fn proof(bytes: &[u8]) {
    quarterdeck_sync::fuzzing::proof(bytes);
}

/// Trees: proofs that are made hold, those that are altered do not, and the two readers agree on any.
pub(crate) fn tree(bytes: &[u8]) {
    let mut choices = Unstructured::new(bytes);
    let _ = of_leaves(&mut choices);
    let _ = of_anything(&mut choices);
    let _ = tile(&mut choices);
}

fn of_leaves(choices: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let size = choices.int_in_range(1..=70usize)?;
    let leaves: Vec<Hash> = (0..size).map(|at| leaf_hash(&[at as u8])).collect();
    let tree = Tree::of(leaves.clone());
    let root = tree.root(size).expect("the root of all of it");
    let mut edge = Frontier::default();
    leaves.iter().for_each(|leaf| edge.push(*leaf));
    assert_eq!(edge.root(), root);
    let index = choices.choose_index(size)?;
    let path = inclusion_proof(&leaves, index).expect("a path to each leaf");
    assert_eq!(tree.inclusion(index, size), Some(path.clone()));
    let holds = |root: &Hash, path: &[Hash], index: usize| {
        verify_inclusion(root, size as u64, index as u64, &leaves[index], path)
    };
    assert!(holds(&root, &path, index));
    let old = choices.int_in_range(1..=size)?;
    let between = consistency_proof(&leaves, old).expect("a path between any two");
    assert_eq!(tree.consistency(old, size), Some(between.clone()));
    let before = tree.root(old).expect("an earlier root");
    let continues = |before: &Hash, path: &[Hash]| {
        verify_consistency(old as u64, before, size as u64, &root, path)
    };
    assert!(continues(&before, &between));
    // One bit anywhere.
    let bit = choices.arbitrary::<u8>()?;
    let alter = |hash: &mut Hash| hash[usize::from(bit >> 3)] ^= 1 << (bit & 7);
    let mut other = root;
    alter(&mut other);
    assert!(!holds(&other, &path, index));
    for at in 0..path.len() {
        let mut path = path.clone();
        alter(&mut path[at]);
        assert!(!holds(&root, &path, index));
    }
    for at in 0..between.len() {
        let mut between = between.clone();
        alter(&mut between[at]);
        assert!(!continues(&before, &between));
    }
    Ok(())
}

fn of_anything(choices: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    // Their code counts on sizes well below the end of the numbers.
    let most = (1u64 << 50) - 1;
    let size = choices.int_in_range(0..=most)? >> choices.int_in_range(0..=50)?;
    let at = choices.int_in_range(0..=most)? >> choices.int_in_range(0..=50)?;
    let pool = [[1; 32], [2; 32], [3; 32]];
    let leaf = *choices.choose(&pool)?;
    let length = choices.int_in_range(0..=66)?;
    let path: Vec<Hash> = (0..length)
        .map(|_| choices.choose(&pool).copied())
        .collect::<Result<_, _>>()?;
    let root = *choices.choose(&pool)?;
    let theirs: Vec<TheirHash> = path.iter().map(|hash| TheirHash(*hash)).collect();
    let included = verify_inclusion(&root, size, at, &leaf, &path);
    let agreed = check_record(&theirs, size, TheirHash(root), at, TheirHash(leaf)).is_ok();
    assert_eq!(included, agreed, "leaf {at} of {size}");
    let continued = verify_consistency(at, &leaf, size, &root, &path);
    if at > 0 {
        let agreed = check_tree(&theirs, size, TheirHash(root), at, TheirHash(leaf)).is_ok();
        assert_eq!(continued, agreed, "from {at} to {size}");
    }
    Ok(())
}

fn tile(choices: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let index = choices.int_in_range(0..=(1u64 << 40))? >> choices.int_in_range(0..=40)?;
    let width = choices.int_in_range(1..=WIDTH)?;
    let level = choices.int_in_range(0..=4u8)?;
    let tile = Tile {
        kind: Kind::Hashes(level),
        index,
        width,
    };
    let theirs = tlog_tiles::Tile::new(8, level, index, width as u32, false);
    assert_eq!(tile.path(), theirs.path().replacen("tile/8/", "tile/", 1));
    assert!(tile.path().ends_with(&place(index, width)));
    Ok(())
}
