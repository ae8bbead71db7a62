//! The state at many positions of the log, each kept by what changed since the one before.
//!
//! ```text
//! derived/snapshots     which snapshots and runs there are, and where in the pack; replaced as a whole
//! derived/pack-N        pages, leaves of check-ins, trunks, runs of postings: appended only
//! ```
//!
//! The list is written after what it names. After a power cut it may name what never reached the
//! disk: checksums tell, and everything is then made again.

mod lazy;
mod page;
mod trunk;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::state::{Place, State};
use quarterdeck_ledger::{Derived, Hash};
use serde::{Deserialize, Serialize};

use crate::folded::Folded;
use crate::pack::{Health, Pack};
use crate::postings::{Fresh, Run, Runs};
use trunk::Tables;

const NAME: &str = "snapshots";
const PACK: &str = "pack-";
/// The form of the list, the trunks and the runs; raised with any change to one of them.
const FORM: u32 = 2;

/// A snapshot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// How many entries it is the fold of.
    pub(crate) size: u64,
    /// When the last of these entries was recorded.
    recorded: Timestamp,
    /// The latest clock reading among them.
    authored: Timestamp,
    root: Hash,
    trunk: Place,
}

impl Mark {
    /// From when on all of these entries count as known, in a log that was given to a server after
    /// its entry `adopted`: see [`quarterdeck_core::known`].
    pub(crate) fn known(&self, adopted: Option<u64>) -> Timestamp {
        match adopted {
            Some(adopted) if self.size <= adopted => self.recorded.min(self.authored),
            _ => self.recorded,
        }
    }
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct List {
    form: u32,
    state_form: u32,
    /// Which pack.
    pack: u64,
    /// Where the pack ended when this was written.
    end: u64,
    marks: Vec<Mark>,
    runs: Vec<Run>,
}

/// The snapshots of a log, and its postings.
#[derive(Debug)]
pub(crate) struct Snapshots {
    /// None where nothing is kept.
    dir: Option<PathBuf>,
    list: List,
    pack: Option<Arc<Pack>>,
    tables: Tables,
    health: Health,
}

impl Snapshots {
    /// What is kept in a folder; nothing where that is nothing to rely on.
    pub(crate) fn open(dir: Option<&Path>, health: Health) -> Self {
        if let Some(dir) = dir {
            health.watch(dir.join(NAME));
        }
        let list = dir.and_then(read_list);
        let pack = dir
            .zip(list.as_ref())
            .and_then(|(dir, list)| open_pack(dir, list.pack, list.end, &health));
        let list = list.filter(|_| pack.is_some()).unwrap_or_default();
        Self {
            dir: dir.map(Path::to_path_buf),
            list,
            pack,
            tables: Tables::default(),
            health,
        }
    }

    /// Whether another process has kept more since this one looked, or has begun anew.
    pub(crate) fn is_outdated(&self) -> bool {
        (self.dir.as_deref().and_then(read_list)).is_some_and(|list| {
            self.pack.is_none() || (list.pack, list.end) != (self.list.pack, self.list.end)
        })
    }

    /// How many entries the newest snapshot is the fold of.
    pub(crate) fn newest(&self) -> u64 {
        self.list.marks.last().map_or(0, |mark| mark.size)
    }

    /// The root of the tree of so many entries, where a snapshot says it.
    pub(crate) fn root_at(&self, size: u64) -> Option<Hash> {
        let marks = &self.list.marks;
        let at = marks.binary_search_by_key(&size, |mark| mark.size).ok()?;
        marks.get(at).map(|mark| mark.root)
    }

    /// Opens the newest snapshot; later ones will be kept beside it.
    pub(crate) fn open_newest(&mut self) -> Option<Folded> {
        let mark = self.list.marks.last()?.clone();
        let folded = self.open_at(&mark, true);
        if folded.is_none() {
            self.clear();
        }
        folded
    }

    /// The last snapshot that `fits`; marks are in the order of the log.
    pub(crate) fn before(&mut self, fits: impl Fn(&Mark) -> bool) -> Option<Folded> {
        let end = self.list.marks.partition_point(fits);
        let mark = self.list.marks.get(end.checked_sub(1)?)?.clone();
        self.open_at(&mark, false)
    }

    fn open_at(&mut self, mark: &Mark, remember: bool) -> Option<Folded> {
        let pack = self.pack.as_ref()?;
        let opened = self.tables.open(mark.size, mark.trunk, pack, remember);
        opened
            .ok()
            .filter(|folded| folded.frontier.root() == mark.root)
    }

    /// Forgets everything: it was of another log, or is damaged.
    pub(crate) fn clear(&mut self) {
        if let Some(dir) = self.dir.as_ref().filter(|_| self.pack.is_some()) {
            let _ = fs::remove_file(dir.join(NAME));
        }
        self.pack = None;
        self.list.marks.clear();
        self.list.runs.clear();
        self.tables = Tables::default();
    }

    /// Forgets everything and keeps nothing more: what is in memory goes back to this pack, and must
    /// not be named in another one.
    pub(crate) fn give_up(&mut self) {
        self.clear();
        self.dir = None;
    }

    /// Keeps a fold, and the postings up to it. What cannot be written costs time at the next
    /// opening and nothing else.
    pub(crate) fn keep(&mut self, folded: &Folded, fresh: &mut Fresh) {
        let Some(dir) = self.dir.clone() else { return };
        if self.health.broken().is_some() || self.try_keep(&dir, folded, fresh).is_err() {
            self.give_up();
        }
    }

    fn try_keep(&mut self, dir: &Path, folded: &Folded, fresh: &mut Fresh) -> io::Result<()> {
        let begins = self.pack.is_none();
        let pack = match &self.pack {
            Some(pack) => Arc::clone(pack),
            None => self.begin(dir)?,
        };
        let trunk = self.tables.keep(folded, &pack)?;
        Runs::new(&mut self.list.runs, &pack).add(fresh)?;
        pack.flush()?;
        let root = folded.frontier.root();
        self.list.marks.push(Mark {
            size: folded.size(),
            recorded: folded.state.recorded,
            authored: Timestamp::from_ms(folded.clock.wall),
            root,
            trunk,
        });
        self.list.end = pack.end();
        let bytes = postcard::to_stdvec(&self.list).map_err(io::Error::other)?;
        Derived::new(dir).put(NAME, folded.size(), &root, &bytes)?;
        if begins {
            self.sweep(dir);
        }
        Ok(())
    }

    /// Begins a new pack.
    fn begin(&mut self, dir: &Path) -> io::Result<Arc<Pack>> {
        fs::create_dir_all(dir)?;
        let last = packs(dir).map(|(number, _)| number).max();
        self.clear();
        self.list.form = FORM;
        self.list.state_form = State::FORM;
        self.list.pack = last.map_or(0, |last| last.saturating_add(1));
        let pack = Arc::new(Pack::open(&pack_path(dir, self.list.pack), &self.health)?);
        self.pack = Some(Arc::clone(&pack));
        Ok(pack)
    }

    /// Removes packs that are no longer named. Whoever has one open goes on reading it.
    fn sweep(&self, dir: &Path) {
        for (_, path) in packs(dir).filter(|(number, _)| *number != self.list.pack) {
            let _ = fs::remove_file(path);
        }
    }

    /// Which entries touch a thing, as far as the postings go, in the order of the log.
    pub(crate) fn postings(&mut self, thing: &[u8; 16]) -> io::Result<Vec<u64>> {
        match &self.pack {
            Some(pack) => Runs::new(&mut self.list.runs, pack).of(thing),
            None => Ok(Vec::new()),
        }
    }

    /// Up to which entry the postings go.
    pub(crate) fn posted(&self) -> u64 {
        self.list.runs.last().map_or(0, |run| run.until)
    }
}

fn read_list(dir: &Path) -> Option<List> {
    let blob = Derived::new(dir).get(NAME)?;
    let (form, rest) = postcard::take_from_bytes::<u32>(&blob.bytes).ok()?;
    let (state_form, _) = postcard::take_from_bytes::<u32>(rest).ok()?;
    if (form, state_form) != (FORM, State::FORM) {
        return None;
    }
    postcard::from_bytes(&blob.bytes).ok()
}

fn open_pack(dir: &Path, number: u64, end: u64, health: &Health) -> Option<Arc<Pack>> {
    let path = pack_path(dir, number);
    // A missing one is not to be made by looking for it.
    let length = fs::metadata(&path).ok()?.len();
    (length >= end)
        .then(|| Pack::open(&path, health).ok().map(Arc::new))
        .flatten()
}

fn pack_path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("{PACK}{number}"))
}

fn packs(dir: &Path) -> impl Iterator<Item = (u64, PathBuf)> + use<> {
    let found = fs::read_dir(dir).into_iter().flatten().flatten();
    found.filter_map(|entry| {
        let name = entry.file_name();
        let number = name.to_str()?.strip_prefix(PACK)?.parse().ok()?;
        Some((number, entry.path()))
    })
}

/// Reads a record as the list, as a trunk and as a page of every kind, and looks at all that is in it.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_anything(bytes: &[u8], place: Place, pack: &Arc<Pack>) {
    let _ = postcard::from_bytes::<List>(bytes);
    trunk::read_anything(place, pack);
}
