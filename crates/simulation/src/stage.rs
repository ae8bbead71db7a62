//! What all parts of one run share: the clock, the disk, the history, and what there is to find on the
//! machines. Everything in a run happens on one thread, so a lock is never waited for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quarterdeck_core::id::{DeviceId, EventId};
use tempfile::TempDir;

use crate::chance::Chance;
use crate::disk::Disk;
use crate::history::{Call, Fact, History, Key, Read, Told};
use crate::mix::{CAST, COPY, Mix, SERVER};
use crate::sabotage::Sabotage;

/// When every run begins: 2026-08-15T12:00:00Z, in the middle of a quarter.
const BEGIN_MS: u64 = 1_786_795_200_000;

/// What is on the disk of one device, beside its folders: where it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Desk {
    /// Which folder it uses: one that was locked out is set aside, and another is begun.
    pub generation: usize,
    /// Folders that were set aside because the device was locked out.
    pub aside: Vec<PathBuf>,
    /// The head of the last sync that came to its end with nothing left to send.
    pub settled_at: Option<u64>,
    /// No invitation is left for it: it takes part no more.
    pub ended: bool,
    /// How often its program was started.
    pub starts: u64,
}

pub(crate) struct Stage {
    pub seed: u64,
    pub mix: Mix,
    sabotage: Option<Sabotage>,
    pub disk: Disk,
    root: TempDir,
    elapsed_ms: AtomicU64,
    /// The server has been set up and everybody invited: from here on there is something to break.
    pub is_begun: AtomicBool,
    healing: AtomicBool,
    /// Set by the disk where the server is to die at once.
    pub server_dies: AtomicBool,
    /// Set by the disk where the log takes nothing more until it is opened anew.
    pub log_failed: AtomicBool,
    parts: Mutex<Parts>,
}

#[derive(Default)]
struct Parts {
    history: History,
    counts: BTreeMap<&'static str, u64>,
    clocks: BTreeMap<String, i64>,
    desks: BTreeMap<String, Desk>,
    /// Invitations that nobody has used yet, by member.
    invitations: BTreeMap<String, Vec<String>>,
    /// Devices and tokens that somebody has ended, or tried to.
    revoked: BTreeSet<DeviceId>,
    crm_token: Option<String>,
    copied: bool,
    /// The server's state as it tells it, and of how many entries.
    told_state: Option<(u64, Vec<u8>)>,
    violation: Option<(u64, String)>,
}

impl Stage {
    pub(crate) fn new(seed: u64, sabotage: Option<Sabotage>) -> std::io::Result<Arc<Self>> {
        // In memory where there is such a place: what a run tests is not how long a flush takes.
        let memory = Path::new("/dev/shm");
        let root = match memory.is_dir() {
            true => tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir())?,
            false => tempfile::tempdir()?,
        };
        Ok(Arc::new(Self {
            seed,
            mix: Mix::draw(seed),
            sabotage,
            disk: Disk::default(),
            root,
            elapsed_ms: AtomicU64::new(0),
            is_begun: AtomicBool::new(false),
            healing: AtomicBool::new(false),
            server_dies: AtomicBool::new(false),
            log_failed: AtomicBool::new(false),
            parts: Mutex::default(),
        }))
    }

    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn chance(&self, name: &str) -> Chance {
        Chance::new(self.seed, name)
    }

    /// What is broken on purpose, once the server has been set up.
    pub(crate) fn broken(&self) -> Option<Sabotage> {
        let is_begun = self.is_begun.load(Ordering::SeqCst);
        self.sabotage.filter(|_| is_begun)
    }

    /// The names of all machines but the server.
    pub(crate) fn clients(&self) -> Vec<&'static str> {
        let mut names = self.devices();
        names.push(crate::mix::CRM);
        names
    }

    /// The names of all devices.
    pub(crate) fn devices(&self) -> Vec<&'static str> {
        let cast = CAST.iter().take(self.mix.devices).map(|(name, _)| *name);
        cast.chain(self.mix.copies.then_some(COPY)).collect()
    }

    // Time.

    pub(crate) fn elapsed_ms(&self) -> u64 {
        self.elapsed_ms.load(Ordering::SeqCst)
    }

    pub(crate) fn tick(&self, ms: u64) {
        self.elapsed_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// What the clock of a machine shows, in milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self, machine: &str) -> u64 {
        let ahead = self.parts().clocks.get(machine).copied().unwrap_or(0);
        (BEGIN_MS + self.elapsed_ms()).saturating_add_signed(ahead)
    }

    pub(crate) fn set_clock(&self, machine: &str, ahead_ms: i64) -> i64 {
        let before = self.parts().clocks.insert(machine.to_owned(), ahead_ms);
        ahead_ms - before.unwrap_or(0)
    }

    pub(crate) fn is_healing(&self) -> bool {
        self.healing.load(Ordering::SeqCst)
    }

    pub(crate) fn heal(&self) {
        self.healing.store(true, Ordering::SeqCst);
        self.parts().clocks.clear();
        for desk in self.parts().desks.values_mut() {
            desk.settled_at = None;
        }
    }

    // Places.

    pub(crate) fn server_folder(&self) -> PathBuf {
        self.root.path().join(SERVER)
    }

    pub(crate) fn folder(&self, device: &str) -> PathBuf {
        let generation = self.desk(device).generation;
        self.root.path().join(format!("{device}-{generation}"))
    }

    pub(crate) fn desk(&self, device: &str) -> Desk {
        self.parts().desks.get(device).cloned().unwrap_or_default()
    }

    pub(crate) fn change_desk(&self, device: &str, change: impl FnOnce(&mut Desk)) {
        change(self.parts().desks.entry(device.to_owned()).or_default());
    }

    pub(crate) fn put_invitation(&self, member: &str, url: String) {
        let mut parts = self.parts();
        parts
            .invitations
            .entry(member.to_owned())
            .or_default()
            .push(url);
    }

    /// The invitation of one of a member's devices; each has its own, and one for each time that it has to
    /// join again.
    pub(crate) fn invitation(&self, device: &str, member: &str) -> Option<String> {
        let generation = self.desk(device).generation;
        let first = match device {
            _ if device == member => 0,
            COPY => 2 * SPARE,
            _ => SPARE,
        };
        let own = (generation < SPARE).then_some(first + generation)?;
        self.parts().invitations.get(member)?.get(own).cloned()
    }

    pub(crate) fn revoke(&self, device: DeviceId) {
        self.parts().revoked.insert(device);
    }

    pub(crate) fn is_revoked(&self, device: DeviceId) -> bool {
        self.parts().revoked.contains(&device)
    }

    pub(crate) fn crm_token(&self) -> Option<String> {
        self.parts().crm_token.clone()
    }

    pub(crate) fn set_crm_token(&self, token: String) {
        self.parts().crm_token = Some(token);
    }

    pub(crate) fn is_copied(&self) -> bool {
        self.parts().copied
    }

    pub(crate) fn set_copied(&self) {
        self.parts().copied = true;
    }

    pub(crate) fn told_state(&self) -> Option<(u64, Vec<u8>)> {
        self.parts().told_state.clone()
    }

    pub(crate) fn set_told_state(&self, head: u64, json: Vec<u8>) {
        self.parts().told_state = Some((head, json));
    }

    // What happened.

    /// A line of the trace. Places on this machine's disk are not part of it: they differ from run to run.
    pub(crate) fn say(&self, who: &str, what: &str) {
        let root = self.root.path().to_string_lossy().into_owned();
        let line = crate::history::Line {
            at_ms: self.elapsed_ms(),
            who: who.to_owned(),
            what: what.replace(&root, "~"),
        };
        self.parts().history.trace.push(line);
    }

    /// Something of this kind happened.
    pub(crate) fn count(&self, kind: &'static str) {
        self.count_many(kind, 1);
    }

    pub(crate) fn count_many(&self, kind: &'static str, times: u64) {
        if times > 0 {
            *self.parts().counts.entry(kind).or_default() += times;
        }
    }

    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.parts().counts.clone()
    }

    /// Something that must not happen did. The first is what the run ends with.
    pub(crate) fn violate(&self, who: &str, what: String) {
        self.say(who, &format!("VIOLATION: {what}"));
        let at = self.elapsed_ms();
        self.parts().violation.get_or_insert((at, what));
    }

    /// The same, and it is the reason for what was noticed before.
    pub(crate) fn blame(&self, who: &str, what: String) {
        let before = self.parts().violation.take();
        self.violate(who, what);
        if let (Some((at, _)), Some(violation)) = (before, &mut self.parts().violation) {
            violation.0 = at;
        }
    }

    pub(crate) fn violation(&self) -> Option<(u64, String)> {
        self.parts().violation.clone()
    }

    pub(crate) fn ask(&self) -> Call {
        self.parts().history.ask()
    }

    pub(crate) fn answered(&self, call: Call, told: Vec<(Key, Told)>, head: u64) {
        self.fact(Fact::Answered { call, told, head });
    }

    pub(crate) fn heard(&self, call: Call, entries: Vec<Read>, head: u64) {
        self.fact(Fact::Heard {
            call,
            entries,
            head,
        });
    }

    pub(crate) fn committed(&self, device: &str, ids: Vec<EventId>) {
        let device = device.to_owned();
        self.fact(Fact::Committed { device, ids });
    }

    pub(crate) fn dropped(&self, ids: Vec<EventId>) {
        self.fact(Fact::Dropped { ids });
    }

    fn fact(&self, fact: Fact) {
        self.parts().history.facts.push(fact);
    }

    pub(crate) fn take_history(&self) -> History {
        std::mem::take(&mut self.parts().history)
    }
}

/// How many invitations each device has.
const SPARE: usize = 4;
/// How many invitations each member has: the most that one of them has devices, a copy included.
pub(crate) const INVITATIONS: usize = 3 * SPARE;
