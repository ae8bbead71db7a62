//! Opening: what must agree before a log is used.
//!
//! The mark says how far the log had come and what its root was; the tail record says where the store
//! ends. From the mark's base the entries at the end are read again, checked, and must lead to the
//! mark's root. That costs a frame or two however long the log is. Nothing is changed in a store that
//! does not pass: what sled changes while it opens one is put back.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, RwLock};

use tokio::sync::watch;

use super::commit::{Committer, Log};
use super::disk::Disk;
use super::erase;
use super::frames::{self, Reader};
use super::guard::Guard;
use super::lock::Lock;
use super::mark::{Found, Mark, MarkFile};
use super::tail::Tail;
use super::{Limits, Options, Published, SledLedger, io_error, sync_dir};
use crate::{Entry, LedgerError, WorkspaceId};

/// How many entries are read at once while a mark is rebuilt or caught up with.
const AT_ONCE: usize = 4096;

impl SledLedger {
    /// Opens the log of `workspace` in `dir`, or makes an empty one there.
    ///
    /// # Errors
    /// [`LedgerError::Locked`] when another process still has it open after `options.wait`;
    /// [`LedgerError::Missing`] when there is none and none is to be made; and what says that the log is
    /// not what was acknowledged: [`LedgerError::Shortened`], [`LedgerError::RootDiffers`],
    /// [`LedgerError::Damaged`], [`LedgerError::NoMark`], [`LedgerError::OtherWorkspace`],
    /// [`LedgerError::Unopenable`].
    pub fn open(
        dir: &Path,
        workspace: WorkspaceId,
        options: &Options,
    ) -> Result<Self, LedgerError> {
        let (store, mark_path) = (dir.join("store"), dir.join("mark"));
        if !dir.exists() {
            make_dir(dir, options.create)?;
        }
        let lock = Lock::take(dir, options.wait)?;
        erase::finish(dir)?;
        let found = MarkFile::find(&mark_path, workspace)
            .map_err(|source| io_error("read the high-water mark", &mark_path, source))?;
        let had_store = Disk::exists(&store);
        match &found {
            Found::OtherWorkspace => {
                return Err(LedgerError::OtherWorkspace {
                    path: dir.to_path_buf(),
                });
            }
            Found::Mark(_, mark) if !had_store && mark.size > 0 => {
                return Err(shortened(dir, 0, mark));
            }
            Found::Nothing if !had_store && !options.create => {
                return Err(LedgerError::Missing {
                    path: dir.to_path_buf(),
                });
            }
            _ => {}
        }
        let guard = if had_store {
            let guard = Guard::of(&store).map_err(|source| io_error("read", &store, source))?;
            Some(guard)
        } else {
            None
        };
        match Opened::new(dir, workspace, options, found).map_err(told_for_damage) {
            Ok(opened) => Ok(opened.guarded_by(lock, workspace, options)),
            Err(error) => {
                if let Some(guard) = guard.filter(|_| error.is_damage()) {
                    let _let_go = Disk::wait_until_closed(&store)?;
                    guard
                        .restore()
                        .map_err(|source| io_error("put back as it was", &store, source))?;
                }
                Err(error)
            }
        }
    }
}

/// What sled can't read while a store is opened is damage: nothing was written yet that could have failed.
fn told_for_damage(error: LedgerError) -> LedgerError {
    match error {
        LedgerError::Store { path, what } => LedgerError::Unopenable { path, what },
        other => other,
    }
}

/// A log that passed.
struct Opened {
    disk: Disk,
    committer: Committer,
    published: Published,
}

impl Opened {
    /// Opens the store and compares it with its mark.
    fn new(
        dir: &Path,
        workspace: WorkspaceId,
        options: &Options,
        found: Found,
    ) -> Result<Self, LedgerError> {
        let (store, mark_path) = (dir.join("store"), dir.join("mark"));
        let fresh = !Disk::exists(&store);
        let disk = Disk::open(&store, options.cache_bytes)?;
        if fresh {
            sync_dir(&store)?;
            sync_dir(dir)?;
        }
        let tail = read_tail(&disk, dir)?;
        let reader = Reader {
            disk: &disk,
            path: dir,
            values: tail.end.values,
            framed: tail.end.framed,
            last: &frames::Found::default(),
        };
        let (mark_file, mark) = match found {
            Found::Mark(file, mark) => (Some(file), mark),
            _ if tail.end.size == 0 || options.rebuild_mark => (None, Mark::nothing()),
            Found::Nothing => return Err(no_mark(dir, "there is no such file")),
            _ => {
                return Err(no_mark(
                    dir,
                    "neither of its two copies passes its checksum",
                ));
            }
        };
        if mark.size > tail.end.size {
            return Err(shortened(dir, tail.end.size, &mark));
        }
        let log = catch_up(&reader, workspace, &mark, &tail)?;
        let head = log.head();
        let caught_up = log.mark(&head);
        let mut mark_file = match mark_file {
            Some(file) => file,
            None => {
                let file = MarkFile::create(&mark_path, workspace, &caught_up)
                    .map_err(|source| io_error("write the high-water mark", &mark_path, source))?;
                sync_dir(dir)?;
                file
            }
        };
        if caught_up.size > mark.size {
            mark_file
                .write(&caught_up)
                .map_err(|source| io_error("write the high-water mark", &mark_path, source))?;
        }

        let published = Published {
            head,
            frontier: log.frontier.clone(),
            framed: tail.end.framed,
            values: tail.end.values,
            tail: tail.entries,
        };
        let committer = Committer {
            dir: dir.to_path_buf(),
            mark: mark_file,
            log,
            broken: None,
            watch: options.watch.clone(),
        };
        Ok(Self {
            disk,
            committer,
            published,
        })
    }

    fn guarded_by(self, lock: Lock, workspace: WorkspaceId, options: &Options) -> SledLedger {
        let through = erase::through(&self.committer.dir);
        SledLedger {
            size: watch::Sender::new(self.published.head.size),
            dir: self.committer.dir.clone(),
            committer: Mutex::new(self.committer),
            disk: RwLock::new(self.disk),
            published: RwLock::new(self.published),
            workspace,
            cache_bytes: options.cache_bytes,
            reserve_bytes: options.reserve_bytes,
            found: frames::Found::default(),
            erased: AtomicU64::new(through),
            _lock: lock,
        }
    }
}

fn make_dir(dir: &Path, create: bool) -> Result<(), LedgerError> {
    if !create {
        return Err(LedgerError::Missing {
            path: dir.to_path_buf(),
        });
    }
    fs::create_dir_all(dir).map_err(|source| io_error("make the folder", dir, source))?;
    dir.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .map_or(Ok(()), sync_dir)
}

fn read_tail(disk: &Disk, dir: &Path) -> Result<Tail, LedgerError> {
    Tail::assemble(&disk.tail()?).map_err(|damage| LedgerError::Damaged {
        path: dir.to_path_buf(),
        seq: damage.seq.unwrap_or(0),
        what: damage.what.to_owned(),
    })
}

/// Reads from the mark's base to the end, checks that the way leads over the mark, and arrives at the
/// log as it stands.
fn catch_up(
    reader: &Reader<'_>,
    workspace: WorkspaceId,
    mark: &Mark,
    tail: &Tail,
) -> Result<Log, LedgerError> {
    let mut log = Log {
        workspace,
        frontier: mark.base.clone(),
        framed: mark.base.clone(),
        base: mark.base.clone(),
        recorded: 0,
        values: tail.end.values,
        tail_bytes: frames::bytes_of(&tail.entries),
        slots: tail.slots,
    };
    let check = |log: &Log| {
        if log.frontier.size() == mark.size && log.frontier.root() != mark.root {
            return Err(LedgerError::RootDiffers {
                path: reader.path.to_path_buf(),
                seq: mark.size,
            });
        }
        Ok(())
    };
    if mark.base.size() > tail.end.framed {
        return Err(shortened(reader.path, tail.end.framed, mark));
    }
    check(&log)?;
    let step = |log: &mut Log, entry: &Entry| {
        log.frontier.push(entry.leaf_hash(workspace));
        log.recorded = entry.recorded;
        check(log)
    };
    let last_frame = if tail.end.framed == 0 {
        1
    } else {
        reader.find(tail.end.framed)?.1
    };
    while log.frontier.size() < tail.end.framed {
        let mut limits = Limits {
            entries: AT_ONCE,
            bytes: usize::MAX,
        };
        for entry in reader.read(log.frontier.size() + 1, &mut limits)? {
            if entry.seq == last_frame {
                log.base = log.frontier.clone();
            }
            step(&mut log, &entry)?;
        }
    }
    log.framed = log.frontier.clone();
    for entry in &tail.entries {
        step(&mut log, entry)?;
    }
    Ok(log)
}

fn shortened(dir: &Path, size: u64, mark: &Mark) -> LedgerError {
    LedgerError::Shortened {
        path: dir.to_path_buf(),
        size,
        marked: mark.size,
    }
}

fn no_mark(dir: &Path, what: &str) -> LedgerError {
    LedgerError::NoMark {
        path: dir.to_path_buf(),
        what: what.to_owned(),
    }
}
