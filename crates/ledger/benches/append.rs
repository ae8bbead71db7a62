//! Durable appends beside what else could keep a log, in one run and on one disk.
//!
//! Signed events with bodies of 250 bytes, one writer, every batch on the disk before the next. The
//! contenders take turns batch by batch; what counts is the ratio to a plain file within the same round,
//! since a disk has moods. `cargo bench -p quarterdeck-ledger --bench append [DIR]`; DIR must be on a real disk.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark speaks on stdout and stops at the first failure"
)]

mod postgres;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use quarterdeck_ledger::{Appended, Ledger, NewEntry, Options, Sealed, SledLedger};

const ROUNDS: usize = 7;
/// The size of a batch, and how many batches make a round.
const BATCHES: [(u64, u64); 4] = [(1, 400), (25, 150), (100, 80), (1000, 20)];

trait Contender {
    fn append(&mut self, first: u64, batch: Vec<NewEntry>);
}

struct Ours(SledLedger);

impl Contender for Ours {
    fn append(&mut self, first: u64, batch: Vec<NewEntry>) {
        assert!(matches!(
            self.0.append(first - 1, batch),
            Ok(Appended::Recorded(_))
        ));
    }
}

struct PlainFile(File);

impl Contender for PlainFile {
    fn append(&mut self, _: u64, batch: Vec<NewEntry>) {
        self.0
            .write_all(&batch.iter().flat_map(bytes).collect::<Vec<_>>())
            .unwrap();
        self.0.sync_data().unwrap();
    }
}

/// Its `flush` is as durable here as the others': the ledger makes it so for the whole process.
struct SledKeyPerEvent(sled::Db);

impl Contender for SledKeyPerEvent {
    fn append(&mut self, first: u64, batch: Vec<NewEntry>) {
        let mut changes = sled::Batch::default();
        for (seq, entry) in (first..).zip(&batch) {
            changes.insert(&seq.to_be_bytes(), bytes(entry));
        }
        self.0.apply_batch(changes).unwrap();
        self.0.flush().unwrap();
    }
}

struct Sqlite(rusqlite::Connection);

impl Contender for Sqlite {
    fn append(&mut self, first: u64, batch: Vec<NewEntry>) {
        let transaction = self.0.transaction().unwrap();
        {
            let mut insert = transaction
                .prepare_cached("INSERT INTO log VALUES (?, ?)")
                .unwrap();
            for (seq, entry) in (first..).zip(&batch) {
                insert.execute((seq as i64, bytes(entry))).unwrap();
            }
        }
        transaction.commit().unwrap();
    }
}

struct Postgres(postgres::Cluster);

impl Contender for Postgres {
    fn append(&mut self, first: u64, batch: Vec<NewEntry>) {
        let rows = (first..).zip(&batch);
        self.0
            .append(rows.map(|(seq, entry)| (seq as i64, bytes(entry))));
    }
}

fn bytes(entry: &NewEntry) -> Vec<u8> {
    [
        &entry.event.body[..],
        entry.event.salt().unwrap(),
        &entry.event.signature.unwrap(),
    ]
    .concat()
}

fn batch(first: u64, count: u64) -> Vec<NewEntry> {
    (first..first + count)
        .map(|seq| {
            let body: Vec<u8> = seq.to_be_bytes().into_iter().cycle().take(250).collect();
            let event = Sealed::new(body.into(), [7; 16], Some([9; 64]));
            NewEntry::new(
                1_790_000_000_000 + seq,
                u128::from(seq).to_be_bytes(),
                event,
            )
        })
        .collect()
}

fn contenders(dir: &Path) -> Vec<(&'static str, Box<dyn Contender>)> {
    let plain = OpenOptions::new()
        .create(true)
        .append(true)
        .open(dir.join("plain"))
        .unwrap();
    let ours = SledLedger::open(&dir.join("ledger"), [1; 16], &Options::default()).unwrap();
    let sled = sled::Config::new()
        .path(dir.join("sled"))
        .cache_capacity(64 << 20)
        .flush_every_ms(None)
        .open()
        .unwrap();
    let sqlite = rusqlite::Connection::open(dir.join("sqlite")).unwrap();
    sqlite
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE log (seq INTEGER PRIMARY KEY, event BLOB)",
        )
        .unwrap();
    let mut contenders: Vec<(&'static str, Box<dyn Contender>)> = vec![
        ("plain file, fdatasync", Box::new(PlainFile(plain))),
        ("this ledger", Box::new(Ours(ours))),
        ("sled, a key per event", Box::new(SledKeyPerEvent(sled))),
        ("SQLite, WAL and FULL", Box::new(Sqlite(sqlite))),
    ];
    match postgres::Cluster::start(&dir.join("postgres")) {
        Ok(cluster) => contenders.push(("PostgreSQL, local socket", Box::new(Postgres(cluster)))),
        Err(why) => println!("without PostgreSQL: {}", why.trim()),
    }
    contenders
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    // cargo adds "--bench" to whatever is asked for.
    let parent = std::env::args()
        .skip(1)
        .find(|arg| !arg.starts_with("--"))
        .unwrap_or_else(|| ".".into());
    println!(
        "{:>6}  {:<24} {:>12} {:>15}",
        "batch", "", "events/s", "to plain file"
    );
    for (size, count) in BATCHES {
        let dir = tempfile::tempdir_in(&parent).unwrap();
        let mut contenders = contenders(dir.path());
        let mut rates = vec![Vec::new(); contenders.len()];
        for round in 0..ROUNDS as u64 {
            let first = round * size * count + 1;
            let mut spent = vec![Duration::ZERO; contenders.len()];
            for first in (0..count).map(|n| first + n * size) {
                let batch = batch(first, size);
                for (spent, (_, contender)) in spent.iter_mut().zip(&mut contenders) {
                    let batch = batch.clone();
                    let began = Instant::now();
                    contender.append(first, batch);
                    *spent += began.elapsed();
                }
            }
            for (rates, spent) in rates.iter_mut().zip(spent) {
                rates.push((size * count) as f64 / spent.as_secs_f64());
            }
        }
        for (at, (name, _)) in contenders.iter().enumerate() {
            let ratios = rates[at]
                .iter()
                .zip(&rates[0])
                .map(|(rate, plain)| rate / plain)
                .collect();
            println!(
                "{size:>6}  {name:<24} {:>12.0} {:>15.2}",
                median(rates[at].clone()),
                median(ratios)
            );
        }
    }
}
