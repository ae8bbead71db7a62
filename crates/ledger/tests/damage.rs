//! A store damaged at random: cut short, bits flipped, stretches overwritten, in any of its files. Each time
//! everything is there, or the damage is named and not a byte of the evidence changes; and what is salvaged is
//! the log from its beginning, never anything else.
//!
//! `QUARTERDECK_ROUNDS` sets the rounds, `QUARTERDECK_CHANCE` the seed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test asserts by panicking, its helpers included"
)]

#[path = "../../../tests/src/chance.rs"]
#[expect(
    unreachable_pub,
    dead_code,
    reason = "a file of the harness, which is a crate that may not be used here"
)]
mod chance;

use std::fs;
use std::panic;
use std::path::{Path, PathBuf};

use chance::{Chance, rounds};
use quarterdeck_ledger::{
    Appended, Entry, Ledger, LedgerError, NewEntry, Options, Sealed, SledLedger, salvage,
};

const WORKSPACE: [u8; 16] = *b"workspace-000001";

fn event(seq: u64, length: usize) -> NewEntry {
    let mut noise = Noise(seq);
    let body: Vec<u8> = (0..length).map(|_| noise.next()).collect();
    let salt = [noise.next(); 16];
    let signature = seq.is_multiple_of(3).then(|| [noise.next(); 64]);
    let event = Sealed::new(body.into(), salt, signature);
    NewEntry::new(
        1_790_000_000_000 + seq,
        u128::from(seq).to_be_bytes(),
        event,
    )
}

struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).to_be_bytes()[7]
    }
}

/// A store of some hundred entries: in many frames, in one cut up, among the newest; opened several times.
fn store(dir: &Path) -> Vec<Entry> {
    let mut all = Vec::new();
    for batches in [
        &[(1, 300), (200, 900), (1, 30_000)][..],
        &[(60, 2_000), (1, 300), (1, 65_000), (150, 700)],
        &[
            (1, 500),
            (2, 500),
            (90, 1_000),
            (1, 200),
            (3, 200),
            (1, 200),
        ],
    ] {
        let ledger = open(dir).unwrap();
        for (count, length) in batches {
            let size = ledger.head().size;
            let batch = (size + 1..=size + count)
                .map(|seq| event(seq, *length))
                .collect();
            let appended = ledger.append(size, batch).unwrap();
            assert!(matches!(appended, Appended::Recorded(_)));
        }
        all = ledger.read(1, usize::MAX, usize::MAX).unwrap();
    }
    all
}

fn open(dir: &Path) -> Result<SledLedger, LedgerError> {
    SledLedger::open(dir, WORKSPACE, &Options::default())
}

fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut out = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            out.push((path, bytes));
        }
    }
    out.sort();
    out
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let to = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
}

/// Damages one file, says how, and tells how many bytes were altered or cut off.
fn damage(dir: &Path, chance: &mut Chance) -> (String, usize) {
    let mut files = files(dir);
    files.retain(|(_, bytes)| !bytes.is_empty());
    // The store's own file is nearly all there is, and gets most of it.
    let chosen = match chance.below(4) {
        0 => usize::try_from(chance.below(files.len() as u64)).unwrap(),
        _ => files
            .iter()
            .position(|(path, _)| path.ends_with("store/db"))
            .unwrap(),
    };
    let (path, mut bytes) = files.swap_remove(chosen);
    let name = path.strip_prefix(dir).unwrap().display().to_string();
    let length = bytes.len() as u64;
    let at = chance.below(length);
    let start = usize::try_from(at).unwrap();
    let (how, altered) = match chance.below(5) {
        0 => {
            bytes.truncate(start);
            (
                format!("{name} cut short at {at}"),
                usize::try_from(length - at).unwrap(),
            )
        }
        1 => {
            bytes[start] ^= 1 << chance.below(8);
            (format!("a bit of {name} at {at}"), 1)
        }
        2 => {
            let count = 2 + chance.below(20);
            for _ in 0..count {
                bytes[usize::try_from(chance.below(length)).unwrap()] ^= 1 << chance.below(8);
            }
            (
                format!("{count} bits of {name}"),
                usize::try_from(count).unwrap(),
            )
        }
        kind => {
            let until = bytes
                .len()
                .min(start + usize::try_from(1 + chance.below(20_000)).unwrap());
            for byte in &mut bytes[start..until] {
                *byte = if kind == 3 {
                    0
                } else {
                    chance.below(256).to_le_bytes()[0]
                };
            }
            let with = if kind == 3 { "zeros" } else { "noise" };
            (
                format!("{with} in {name} from {start} to {until}"),
                until - start,
            )
        }
    };
    fs::write(&path, bytes).unwrap();
    (how, altered)
}

/// What is salvaged is the beginning of the truth; how much of it.
fn salvaged(dir: &Path, truth: &[Entry], how: &str) -> u64 {
    let salvaged = match salvage(dir, WORKSPACE, &Options::default()) {
        Ok(salvaged) => salvaged,
        Err(error) => panic!("{how}: {error}"),
    };
    let size = salvaged.head().size;
    let entries = salvaged.read(1, usize::MAX, usize::MAX).unwrap();
    assert_eq!(entries.len() as u64, size, "{how}");
    assert!(
        truth.starts_with(&entries),
        "{how}: it hands out another log"
    );
    let loss = salvaged.loss();
    assert_eq!(loss.first, size + 1, "{how}");
    assert!(
        loss.acknowledged
            .is_none_or(|known| known == truth.len() as u64),
        "{how}: {loss:?}"
    );
    let refused = salvaged
        .append(size, vec![event(size + 1, 10)])
        .unwrap_err();
    assert!(matches!(refused, LedgerError::ReadOnly { .. }));
    size
}

#[test]
fn damage_anywhere_is_harmless_or_named_and_what_is_before_it_is_salvaged() {
    // sled tells the world when it panics; here that is expected, and caught.
    panic::set_hook(Box::new(|_| ()));
    let outcome = panic::catch_unwind(damaged_at_random);
    let _ = panic::take_hook();
    if let Err(panic) = outcome {
        eprintln!("{:?}", panic.downcast_ref::<String>());
        panic::resume_unwind(panic);
    }
}

fn damaged_at_random() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    let truth = store(&whole);
    let mut chance = Chance::new(19);
    let (mut harmless, mut found_on_reading, mut refused) = (0, 0, 0);
    let (mut bytes, mut kept, mut lost) = (0, 0, 0);
    let rounds = rounds(60);
    for round in 0..rounds {
        let dir = folder.path().join(format!("round-{round}"));
        copy(&whole, &dir);
        let (how, altered) = damage(&dir, &mut chance);
        bytes += altered;
        let evidence = files(&dir);
        let size = salvaged(&dir, &truth, &how);
        assert!(
            files(&dir) == evidence,
            "{how}: salvaging altered the evidence"
        );
        match open(&dir) {
            Ok(ledger) => {
                assert_eq!(
                    ledger.head().size,
                    truth.len() as u64,
                    "{how}: it opens shortened"
                );
                match ledger.verify_all(&mut |_, _| ()) {
                    Ok(_) => {
                        let entries = ledger.read(1, usize::MAX, usize::MAX).unwrap();
                        assert!(entries == truth, "{how}: it hands out another log");
                        assert_eq!(
                            size,
                            truth.len() as u64,
                            "{how}: salvage finds less than sled"
                        );
                        harmless += 1;
                    }
                    Err(LedgerError::Damaged { seq, .. }) => {
                        assert!(size + 1 >= seq, "{how}: {size} salvaged, damaged at {seq}");
                        found_on_reading += 1;
                    }
                    Err(error) => panic!("{how}: {error}"),
                }
            }
            Err(
                LedgerError::Damaged { .. }
                | LedgerError::Shortened { .. }
                | LedgerError::RootDiffers { .. }
                | LedgerError::NoMark { .. }
                | LedgerError::OtherWorkspace { .. }
                | LedgerError::Unopenable { .. },
            ) => {
                let now = files(&dir);
                let differs = now.iter().zip(&evidence).find(|(now, then)| now != then);
                assert!(
                    now == evidence,
                    "{how}: a refused opening altered the evidence: {:?}, {} files and {}",
                    differs.map(|((path, now), (_, then))| (
                        path,
                        now.len(),
                        then.len(),
                        now.iter().zip(then).position(|(one, other)| one != other)
                    )),
                    now.len(),
                    evidence.len(),
                );
                refused += 1;
            }
            Err(error) => panic!("{how}: it is not told for damage: {error}"),
        }
        kept += size;
        lost += truth.len() as u64 - size;
        fs::remove_dir_all(&dir).unwrap();
    }
    eprintln!(
        "damaged {rounds} times, {bytes} bytes in all: {harmless} harmless, {refused} refused at opening, \
         {found_on_reading} named on reading; {kept} entries salvaged, {lost} not; nothing wrong, nothing silent"
    );
    assert!(harmless + refused + found_on_reading == rounds);
}
