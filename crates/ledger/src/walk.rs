//! Going through a whole log at the speed of the machine.
//!
//! ```text
//!  one thread           all cores                 the caller's thread            all cores
//!  reads, and checks ─▶ leaf hash, and what ────▶ follows entry by entry, ────▶ signatures,
//!  every hash           the caller prepares       in order                       in batches
//! ```
//!
//! Reading, decoding and signatures run beside each other; what depends on the entries before runs
//! alone and in order. Whatever does not hold, the first entry of all that does not is the one named.
//! Memory is bounded by the blocks under way, not by the log.

use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::verify::{CHUNK, Signed, first_bad_of};
use crate::{Entry, Hash, Ledger, LedgerError, WorkspaceId};

/// Entries read at once, and the bytes of their events after which a block is full.
const BLOCK_ENTRIES: usize = 1024;
const BLOCK_BYTES: usize = 1 << 20;

/// An entry, with what was prepared of it.
#[derive(Debug)]
pub struct Walked<P> {
    pub entry: Entry,
    /// Its leaf in the tree.
    pub leaf: Hash,
    pub prepared: P,
}

/// Where a walk came to an end before the log's.
#[derive(Debug)]
pub enum Broken {
    /// An entry cannot be read.
    Ledger(LedgerError),
    /// An entry does not hold, by what `follow` said.
    Entry { seq: u64, what: String },
    /// A signature is not its key's.
    Signature { seq: u64 },
}

impl Broken {
    /// The entry at which it shows, where it is one; `next` is the one that would be read next.
    fn seq(&self, next: u64) -> u64 {
        match self {
            Self::Ledger(LedgerError::Damaged { seq, .. })
            | Self::Entry { seq, .. }
            | Self::Signature { seq } => *seq,
            Self::Ledger(_) => next,
        }
    }
}

enum Task<P> {
    Prepare(Vec<Entry>, SyncSender<Vec<Walked<P>>>),
    Verify(Vec<(u64, Signed)>),
}

/// What the reader hands on: a block being prepared, or why there is none.
type Block<P> = Result<Receiver<Vec<Walked<P>>>, LedgerError>;

/// Goes through the first `size` entries. `prepare` is called for each on some thread; `follow` for
/// each in order, and answers the signature that is to be verified, where the entry has one, or what
/// does not hold. `progress` gets how many entries were followed, and stops the walk by `false`.
///
/// # Errors
/// At the first entry that cannot be read or does not hold.
pub fn walk<P: Send>(
    ledger: &dyn Ledger,
    size: u64,
    prepare: &(dyn Fn(&Entry) -> P + Sync),
    follow: &mut dyn FnMut(Walked<P>) -> Result<Option<Signed>, String>,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<(), Broken> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let workspace = ledger.workspace();
    let first_bad = AtomicU64::new(u64::MAX);
    let (tasks, queue) = mpsc::sync_channel(2 * cores + 2);
    let queue = Mutex::new(queue);
    let walked = thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| work(&queue, workspace, prepare, &first_bad));
        }
        let (blocks, in_order) = mpsc::sync_channel(cores + 2);
        let to_prepare = tasks.clone();
        scope.spawn(move || read(ledger, size, &to_prepare, &blocks));
        // Dropping both ends lets reader and workers come to their end.
        let following = Following {
            tasks,
            waiting: Vec::new(),
            first_bad: &first_bad,
        };
        following.run(in_order, follow, progress)
    });
    match (first_bad.into_inner(), walked) {
        (u64::MAX, walked) => walked,
        (bad, Err(broken)) if broken.seq(u64::MAX) < bad => Err(broken),
        (seq, _) => Err(Broken::Signature { seq }),
    }
}

fn read<P>(
    ledger: &dyn Ledger,
    size: u64,
    tasks: &SyncSender<Task<P>>,
    blocks: &SyncSender<Block<P>>,
) {
    let mut at = 0;
    while at < size {
        let room = usize::try_from(size - at).unwrap_or(BLOCK_ENTRIES);
        let block = match ledger.read(at + 1, room.min(BLOCK_ENTRIES), BLOCK_BYTES) {
            Ok(block) => block,
            Err(error) => {
                // Whoever follows may have left already.
                let _ = blocks.send(Err(error));
                return;
            }
        };
        if block.is_empty() {
            return;
        }
        at += block.len() as u64;
        let (done, prepared) = mpsc::sync_channel(1);
        if tasks.send(Task::Prepare(block, done)).is_err() || blocks.send(Ok(prepared)).is_err() {
            return;
        }
    }
}

fn work<P>(
    queue: &Mutex<Receiver<Task<P>>>,
    workspace: WorkspaceId,
    prepare: &(dyn Fn(&Entry) -> P + Sync),
    first_bad: &AtomicU64,
) {
    loop {
        let task = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match task {
            Err(_) => return,
            Ok(Task::Prepare(block, done)) => {
                let prepared = block.into_iter().map(|entry| Walked {
                    leaf: entry.leaf_hash(workspace),
                    prepared: prepare(&entry),
                    entry,
                });
                // Nobody waits where the walk has ended early.
                let _ = done.send(prepared.collect());
            }
            Ok(Task::Verify(signed)) => {
                let (at, signed): (Vec<u64>, Vec<Signed>) = signed.into_iter().unzip();
                let bad = first_bad_of(&signed).and_then(|bad| at.get(bad).copied());
                if let Some(seq) = bad {
                    first_bad.fetch_min(seq, Ordering::Relaxed);
                }
            }
        }
    }
}

struct Following<'a, P> {
    tasks: SyncSender<Task<P>>,
    /// Signatures that do not make a batch yet.
    waiting: Vec<(u64, Signed)>,
    first_bad: &'a AtomicU64,
}

impl<P> Following<'_, P> {
    fn run(
        mut self,
        blocks: Receiver<Block<P>>,
        follow: &mut dyn FnMut(Walked<P>) -> Result<Option<Signed>, String>,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), Broken> {
        let walked = self.follow_all(&blocks, follow, progress);
        let rest = std::mem::take(&mut self.waiting);
        self.hand_out(rest);
        walked
    }

    fn follow_all(
        &mut self,
        blocks: &Receiver<Block<P>>,
        follow: &mut dyn FnMut(Walked<P>) -> Result<Option<Signed>, String>,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<(), Broken> {
        let mut done = 0;
        for block in blocks {
            let Ok(entries) = block.map_err(Broken::Ledger)?.recv() else {
                // A worker is gone: its panic goes on where the threads are joined.
                return Ok(());
            };
            for walked in entries {
                let seq = walked.entry.seq;
                match follow(walked) {
                    Ok(signed) => self.waiting.extend(signed.map(|signed| (seq, signed))),
                    Err(what) => return Err(Broken::Entry { seq, what }),
                }
                if self.waiting.len() == CHUNK {
                    let chunk = std::mem::take(&mut self.waiting);
                    self.hand_out(chunk);
                }
                done = seq;
            }
            let found = self.first_bad.load(Ordering::Relaxed) < u64::MAX;
            if !progress(done) || found {
                return Ok(());
            }
        }
        Ok(())
    }

    fn hand_out(&self, signed: Vec<(u64, Signed)>) {
        // The workers stay until the last sender is gone.
        let _ = self.tasks.send(Task::Verify(signed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::new_entry;
    use crate::{DeviceKey, Frontier, MemoryLedger};

    const SIZE: u64 = 3_000;

    fn log() -> MemoryLedger {
        let ledger = MemoryLedger::new([1; 16]);
        ledger
            .append(0, (1..=SIZE).map(new_entry).collect())
            .unwrap();
        ledger
    }

    /// Walks with every entry signed, but wrongly at `forged`, and refuses the one at `refused`.
    fn walked(forged: &[u64], refused: Option<u64>) -> (Frontier, Result<(), Broken>) {
        let key = DeviceKey::from_seed([7; 32]);
        let ledger = log();
        let mut frontier = Frontier::default();
        let ended = walk(
            &ledger,
            SIZE,
            &|entry| entry.seq,
            &mut |walked| {
                let seq = walked.entry.seq;
                assert_eq!(walked.prepared, frontier.size() + 1, "in order");
                assert_eq!(seq, walked.prepared);
                frontier.push(walked.leaf);
                if Some(seq) == refused {
                    return Err("refused".to_owned());
                }
                let hash = walked.entry.hash;
                let mut signature = key.sign_command(&hash);
                if forged.contains(&seq) {
                    signature[3] ^= 1;
                }
                Ok(Some((key.public(), hash, signature)))
            },
            &mut |_| true,
        );
        (frontier, ended)
    }

    #[test]
    fn every_entry_is_followed_once_and_in_order() {
        let (frontier, ended) = walked(&[], None);
        assert!(ended.is_ok());
        assert_eq!(frontier, log().frontier());
    }

    #[test]
    fn the_first_that_does_not_hold_is_named_whatever_else_does_not() {
        let forged = |forged: &[u64], refused| match walked(forged, refused).1 {
            Err(Broken::Signature { seq }) => (seq, "signature"),
            Err(Broken::Entry { seq, .. }) => (seq, "entry"),
            other => panic!("{other:?}"),
        };
        assert_eq!(forged(&[SIZE], None), (SIZE, "signature"));
        assert_eq!(forged(&[2_000, 17], None), (17, "signature"));
        assert_eq!(forged(&[900], Some(901)), (900, "signature"));
        assert_eq!(forged(&[900], Some(899)), (899, "entry"));
        assert_eq!(forged(&[], Some(1)), (1, "entry"));
    }

    #[test]
    fn a_walk_that_is_stopped_ends_there() {
        let mut seen = 0;
        walk(
            &log(),
            SIZE,
            &|_| (),
            &mut |walked| {
                seen = walked.entry.seq;
                Ok(None)
            },
            &mut |done| done < 1_500,
        )
        .unwrap();
        assert!((1_500..SIZE).contains(&seen), "{seen}");
    }
}
