//! One run, from its seed to its end: setting up, faults, everything healed and settled, judged.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use quarterdeck_core::canonical;
use quarterdeck_ledger::Ledger;
use quarterdeck_sync::{Authored, Replica};
use sha2::{Digest, Sha256};
use turmoil::Sim;

use crate::check::converged::{self, Shown};
use crate::check::kept::{self, Left};
use crate::check::order;
use crate::device::{self, options};
use crate::faults::Faults;
use crate::history::{Fact, Line, Read};
use crate::mix::{CAST, COPIED, COPY, CRM, SERVER};
use crate::panics;
use crate::remote::key;
use crate::sabotage::Sabotage;
use crate::stage::Stage;
use crate::{server, thin};

/// Everything happens at multiples of this.
const TICK_MS: u64 = 20;
/// For so long without faults, devices may take to be up to date.
const SETTLE_MS: u64 = 300_000;

/// Something that must not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// When, in milliseconds since the run began.
    pub at_ms: u64,
    /// What.
    pub what: String,
}

/// A run that came to its end.
#[derive(Debug)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// SHA-256 over everything that happened, and over the log in the end.
    pub digest: [u8; 32],
    /// How long it lasted, in simulated milliseconds.
    pub lasted_ms: u64,
    /// How many entries the log has.
    pub entries: u64,
    /// How often each thing happened.
    pub counts: BTreeMap<&'static str, u64>,
    /// What happened, line by line.
    pub trace: Vec<Line>,
    /// What must not have happened.
    pub violation: Option<Violation>,
}

/// Plays the run of a seed.
///
/// # Errors
/// Where this machine has no room for it.
pub fn run(seed: u64, sabotage: Option<Sabotage>) -> io::Result<Outcome> {
    panics::watch();
    let stage = Stage::new(seed, sabotage)?;
    let mut sim = build(&stage);
    play(&stage, &mut sim);
    drop(sim);
    let log = read_log(&stage);
    let history = stage.take_history();
    if let Some(what) = order::fault(&history.facts, &log) {
        // Whatever else was noticed follows from this.
        stage.blame("judge", what);
    } else if stage.violation().is_none()
        && let Some(what) = end_fault(&stage, &history.facts, &log)
    {
        stage.violate("judge", what);
    }
    if let Some(panic) = panics::take() {
        stage.violate("judge", format!("a program panicked: {panic}"));
    }
    let mut trace = history.trace;
    trace.extend(stage.take_history().trace);
    Ok(Outcome {
        seed,
        digest: digest(&trace, &log),
        lasted_ms: stage.elapsed_ms(),
        entries: log.len() as u64,
        counts: stage.counts(),
        violation: stage
            .violation()
            .map(|(at_ms, what)| Violation { at_ms, what }),
        trace,
    })
}

/// Says what does not hold of what lies on the machines in the end.
fn end_fault(stage: &Stage, facts: &[Fact], log: &[Read]) -> Option<String> {
    let (devices, left) = match look(stage) {
        Ok(found) => found,
        Err(what) => return Some(what),
    };
    let Some(server) = server_shown(stage) else {
        return Some("the server has told no state".to_owned());
    };
    kept::fault(facts, log, &left).or_else(|| converged::fault(&server, &devices))
}

fn build(stage: &Arc<Stage>) -> Sim<'static> {
    let mut sim = turmoil::Builder::new()
        .epoch(SystemTime::UNIX_EPOCH)
        .rng_seed(stage.seed)
        .tick_duration(Duration::from_millis(TICK_MS))
        .simulation_duration(Duration::from_secs(86_400))
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(Duration::from_millis(stage.mix.latency_ms.max(2)))
        .tcp_capacity(1_024)
        .enable_random_order()
        .build();
    let shared = Arc::clone(stage);
    sim.host(SERVER, move || server::run(Arc::clone(&shared)));
    let mut members: BTreeMap<&str, &str> = CAST.iter().copied().collect();
    members.insert(COPY, COPIED);
    for name in stage.devices() {
        let shared = Arc::clone(stage);
        let member = members.get(name).copied().unwrap_or(name);
        sim.host(name, move || device::run(Arc::clone(&shared), name, member));
    }
    let shared = Arc::clone(stage);
    sim.host(CRM, move || thin::run(Arc::clone(&shared)));
    sim
}

/// Plays until everything is settled, or something happens that must not.
fn play(stage: &Arc<Stage>, sim: &mut Sim<'_>) {
    let mut faults = Faults::new(stage, TICK_MS);
    while stage.elapsed_ms() < stage.mix.chaos_ms {
        if !step(stage, sim) {
            return;
        }
        if stage.is_begun.load(Ordering::SeqCst) {
            faults.tick(sim);
        }
    }
    faults.heal(sim);
    let limit = stage.elapsed_ms() + SETTLE_MS;
    while !is_settled(stage) {
        if !step(stage, sim) {
            return;
        }
        faults.follow_disk(sim);
        if stage.elapsed_ms() > limit {
            let waiting: Vec<_> = unsettled(stage).collect();
            let what = format!(
                "not up to date {} s after the last fault: {waiting:?}",
                SETTLE_MS / 1_000
            );
            return stage.violate("judge", what);
        }
    }
    stage.say(
        "run",
        &format!("all is settled at entry {}", stage.disk.size()),
    );
}

fn step(stage: &Stage, sim: &mut Sim<'_>) -> bool {
    stage.tick(TICK_MS);
    if let Err(error) = sim.step() {
        stage.violate("judge", format!("a program ended: {error}"));
    }
    if let Some(panic) = panics::take() {
        stage.violate("judge", format!("a program panicked: {panic}"));
    }
    stage.violation().is_none()
}

/// Who takes part in the end: not a copy that was never made, nor a device that nobody lets in.
fn present(stage: &Stage) -> impl Iterator<Item = &'static str> {
    let devices = stage.devices().into_iter();
    devices.filter(|name| (*name != COPY || stage.is_copied()) && !stage.desk(name).ended)
}

fn unsettled(stage: &Stage) -> impl Iterator<Item = (&'static str, Option<u64>)> {
    let size = stage.disk.size();
    present(stage)
        .map(|name| (name, stage.desk(name).settled_at))
        .filter(move |(_, at)| *at != Some(size))
}

fn is_settled(stage: &Stage) -> bool {
    let told = stage
        .told_state()
        .is_some_and(|(head, _)| head == stage.disk.size());
    told && unsettled(stage).next().is_none()
}

/// The log as the disk has it.
fn read_log(stage: &Stage) -> Vec<Read> {
    let Some(log) = stage.disk.log() else {
        return Vec::new();
    };
    let entries = log.read(1, usize::MAX, usize::MAX).unwrap_or_default();
    let read = entries.into_iter().filter_map(|entry| {
        Some(Read {
            seq: entry.seq,
            key: key(&entry.event)?,
            recorded: entry.recorded,
        })
    });
    read.collect()
}

fn server_shown(stage: &Stage) -> Option<Shown> {
    let head = stage.disk.log()?.head();
    let (_, state) = stage.told_state()?;
    Some(Shown {
        device: SERVER.to_owned(),
        size: head.size,
        root: head.root,
        state,
        waiting: 0,
    })
}

/// Looks into every folder there is.
fn look(stage: &Stage) -> Result<(Vec<Shown>, Left), String> {
    let (mut shown, mut left) = (Vec::new(), Left::default());
    for name in stage.devices() {
        let desk = stage.desk(name);
        let current = (name != COPY || stage.is_copied()).then(|| stage.folder(name));
        let current = current.filter(|_| !desk.ended);
        for folder in desk.aside.iter().chain(&current) {
            let replica = Replica::open(folder, options());
            let mut replica = match replica {
                Ok(replica) => replica,
                Err(error) if Some(folder) == current.as_ref() => {
                    return Err(format!("the folder of {name} cannot be opened: {error}"));
                }
                // Locked out before it had joined.
                Err(_) => continue,
            };
            let waiting = replica.outbox().iter().flat_map(|command| command.events());
            left.outbox.extend(ids(waiting));
            let shelved = replica
                .shelf()
                .iter()
                .flat_map(|item| item.command.events());
            left.shelf.extend(ids(shelved));
            if Some(folder) != current.as_ref() {
                continue;
            }
            if let Err(error) = replica.verify(&mut |_, _| {}) {
                return Err(format!("the log of {name} does not verify: {error}"));
            }
            let mut state = canonical::json(replica.confirmed()).unwrap_or_default();
            if stage.broken() == Some(Sabotage::ShowsAnotherState) && name == "ben" {
                state.push(' ');
            }
            let head = replica.head();
            shown.push(Shown {
                device: name.to_owned(),
                size: head.size,
                root: head.root,
                state: state.into_bytes(),
                waiting: replica.outbox().len(),
            });
        }
    }
    Ok((shown, left))
}

fn ids<'a>(
    events: impl Iterator<Item = &'a Authored>,
) -> impl Iterator<Item = quarterdeck_core::id::EventId> {
    events.map(|event| event.event.id)
}

fn digest(trace: &[Line], log: &[Read]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for line in trace {
        hash.update(line.to_string());
        hash.update("\n");
    }
    for entry in log {
        hash.update(entry.recorded.to_be_bytes());
        hash.update(entry.key.hash.unwrap_or_default());
    }
    hash.finalize().into()
}
