//! What goes wrong in a run, and how it is put right in the end. Each kind is drawn tick by tick, with the
//! run's own rate.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use quarterdeck_sync::Replica;
use turmoil::Sim;

use crate::chance::Chance;
use crate::device::options;
use crate::disk::Mishap;
use crate::mix::{COPIED, COPY, Mix, SERVER};
use crate::stage::Stage;

/// How a client's way to the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Cut,
    /// What the client sends is lost.
    LosesThere,
    /// What the server sends is lost.
    LosesBack,
    Held,
}

pub(crate) struct Faults {
    stage: Arc<Stage>,
    chance: Chance,
    tick_ms: u64,
    ways: BTreeMap<&'static str, (Way, u64)>,
    down: BTreeMap<&'static str, u64>,
    disk_full_until: u64,
    /// When the server is started anew because its log has to be opened again.
    reopen_at: Option<u64>,
}

impl Faults {
    pub(crate) fn new(stage: &Arc<Stage>, tick_ms: u64) -> Self {
        Self {
            chance: stage.chance("faults"),
            stage: Arc::clone(stage),
            tick_ms,
            ways: BTreeMap::new(),
            down: BTreeMap::new(),
            disk_full_until: 0,
            reopen_at: None,
        }
    }

    fn now(&mut self, rate: u64) -> bool {
        Mix::now(&mut self.chance, rate, self.tick_ms)
    }

    /// What happens in this tick.
    pub(crate) fn tick(&mut self, sim: &mut Sim<'_>) {
        self.follow_disk(sim);
        self.put_right(sim);
        self.break_ways(sim);
        self.kill(sim);
        self.break_disk();
        self.set_clocks();
        self.copy_folder();
    }

    /// The disk has ended the server, or failed so that it must be started anew.
    pub(crate) fn follow_disk(&mut self, sim: &mut Sim<'_>) {
        if self.stage.server_dies.swap(false, Ordering::SeqCst) {
            self.stop_server(sim);
        }
        let failed = self.stage.log_failed.load(Ordering::SeqCst);
        if failed && self.reopen_at.is_none() && !self.down.contains_key(SERVER) {
            let pause = self.chance.between(500, 8_000);
            self.reopen_at = Some(self.stage.elapsed_ms() + pause);
        }
    }

    fn stop_server(&mut self, sim: &mut Sim<'_>) {
        sim.crash(SERVER);
        // The partition by which a server falls silent at once is over; those of the network are not.
        for client in self.stage.clients() {
            self.mend(sim, client);
            if let Some((way, _)) = self.ways.get(client).copied() {
                apply(sim, client, way);
            }
        }
        self.reopen_at = None;
        let pause = self.chance.between(100, 5_000);
        self.down.insert(SERVER, self.stage.elapsed_ms() + pause);
    }

    fn mend(&self, sim: &Sim<'_>, client: &str) {
        sim.repair(SERVER, client);
        sim.release(SERVER, client);
    }

    fn put_right(&mut self, sim: &mut Sim<'_>) {
        let now = self.stage.elapsed_ms();
        let over = |until: &u64| *until <= now;
        let mended: Vec<_> = self
            .ways
            .iter()
            .filter(|(_, (_, until))| over(until))
            .collect();
        for client in mended
            .into_iter()
            .map(|(client, _)| *client)
            .collect::<Vec<_>>()
        {
            self.ways.remove(client);
            self.mend(sim, client);
            self.stage
                .say("network", &format!("the way of {client} is whole again"));
        }
        let up: Vec<_> = self.down.iter().filter(|(_, until)| over(until)).collect();
        for machine in up
            .into_iter()
            .map(|(machine, _)| *machine)
            .collect::<Vec<_>>()
        {
            self.down.remove(machine);
            sim.bounce(machine);
            self.stage.say(machine, "starts again");
        }
        if self.disk_full_until != 0 && over(&self.disk_full_until) {
            self.disk_full_until = 0;
            self.stage.disk.set_full(false);
            self.stage.say(SERVER, "its disk has room again");
        }
        if self.reopen_at.as_ref().is_some_and(over) && !self.down.contains_key(SERVER) {
            self.reopen_at = None;
            self.stage.say(SERVER, "is started anew by its operator");
            sim.bounce(SERVER);
        }
    }

    fn break_ways(&mut self, sim: &mut Sim<'_>) {
        let mix = self.stage.mix.clone();
        let kinds = [
            (mix.partitions, Way::Cut, "partition"),
            (
                mix.one_way / 2,
                Way::LosesThere,
                "one-way loss to the server",
            ),
            (
                mix.one_way / 2,
                Way::LosesBack,
                "one-way loss from the server",
            ),
            (mix.holds, Way::Held, "messages held"),
        ];
        for (rate, way, kind) in kinds {
            if !self.now(rate) {
                continue;
            }
            let clients = self.stage.clients();
            let Some(client) = self.chance.pick(&clients).copied() else {
                continue;
            };
            if self.ways.contains_key(client) {
                continue;
            }
            let lasts = self.chance.between(200, 12_000);
            self.ways
                .insert(client, (way, self.stage.elapsed_ms() + lasts));
            apply(sim, client, way);
            self.stage.count(kind);
            self.stage
                .say("network", &format!("{kind}: {client}, for {lasts} ms"));
        }
    }

    fn kill(&mut self, sim: &mut Sim<'_>) {
        let mix = self.stage.mix.clone();
        if self.now(mix.server_kills) && !self.down.contains_key(SERVER) {
            let power = self.chance.per_mille(500);
            let kind = match power {
                true => "server lost its power",
                false => "server killed",
            };
            self.stage.count(kind);
            self.stage.say(SERVER, kind);
            if power {
                // Nobody is told: connections end by silence.
                for client in self.stage.clients() {
                    sim.partition(SERVER, client);
                }
            }
            self.stop_server(sim);
        }
        if self.now(mix.device_kills) {
            let clients = self.stage.clients();
            let Some(client) = self.chance.pick(&clients).copied() else {
                return;
            };
            if self.down.contains_key(client) {
                return;
            }
            self.stage.count("device killed");
            self.stage.say(client, "is killed");
            sim.crash(client);
            let pause = self.chance.between(50, 4_000);
            self.down.insert(client, self.stage.elapsed_ms() + pause);
        }
    }

    fn break_disk(&mut self) {
        let mix = self.stage.mix.clone();
        let now = self.stage.elapsed_ms();
        if self.now(mix.append_kills) {
            let after = self.chance.per_mille(700);
            self.stage.disk.set_next(Some(match after {
                true => Mishap::DiesAfter,
                false => Mishap::DiesInstead,
            }));
        }
        if self.now(mix.store_errors) {
            let after = self.chance.per_mille(500);
            self.stage.disk.set_next(Some(match after {
                true => Mishap::FailsAfter,
                false => Mishap::FailsInstead,
            }));
        }
        if self.now(mix.disk_full) && self.disk_full_until == 0 {
            self.disk_full_until = now + self.chance.between(500, 8_000);
            self.stage.disk.set_full(true);
            self.stage.count("disk full");
            self.stage.say(SERVER, "its disk is full");
        }
    }

    fn set_clocks(&mut self) {
        if !self.now(self.stage.mix.clock_jumps) {
            return;
        }
        let mut machines = self.stage.clients();
        machines.push(SERVER);
        let Some(machine) = self.chance.pick(&machines).copied() else {
            return;
        };
        // Seconds mostly, sometimes days: a day ahead is more than the server lets pass.
        let most = match self.chance.per_mille(250) {
            true => 3 * 86_400_000,
            false => 120_000,
        };
        let ahead = i64::try_from(self.chance.between(0, 2 * most)).unwrap_or(0)
            - i64::try_from(most).unwrap_or(0);
        let jump = self.stage.set_clock(machine, ahead);
        self.stage.count(match jump < 0 {
            true => "clock set back",
            false => "clock set forward",
        });
        self.stage
            .say(machine, &format!("its clock jumps by {jump} ms"));
    }

    /// Copies a device's folder as it lies there, once, and both are used from then on.
    fn copy_folder(&mut self) {
        if !self.stage.mix.copies || self.stage.is_copied() || !self.now(60) {
            return;
        }
        let (from, to) = (self.stage.folder(COPIED), self.stage.folder(COPY));
        if !has_joined(&from) {
            return;
        }
        match copy(&from, &to) {
            Ok(()) => {
                self.stage.set_copied();
                self.stage.count("folder copied");
                self.stage.say(COPIED, "its folder is copied");
            }
            Err(error) => self
                .stage
                .violate(COPIED, format!("its folder could not be copied: {error}")),
        }
    }

    /// Ends all faults, and starts what is down.
    pub(crate) fn heal(&mut self, sim: &mut Sim<'_>) {
        self.stage.say("run", "the faults end here");
        self.stage.heal();
        self.stage.disk.set_full(false);
        self.stage.disk.set_next(None);
        self.ways.clear();
        for client in self.stage.clients() {
            self.mend(sim, client);
        }
        // A store that failed needs its server started anew.
        let mut down: Vec<_> = std::mem::take(&mut self.down).into_keys().collect();
        self.reopen_at = None;
        if self.stage.log_failed.load(Ordering::SeqCst) && !down.contains(&SERVER) {
            down.push(SERVER);
        }
        for machine in down {
            sim.bounce(machine);
            self.stage.say(machine, "starts again");
        }
        sim.set_max_message_latency(Duration::from_millis(40));
    }
}

fn apply(sim: &mut Sim<'_>, client: &str, way: Way) {
    match way {
        Way::Cut => sim.partition(SERVER, client),
        Way::LosesThere => sim.partition_oneway(client, SERVER),
        Way::LosesBack => sim.partition_oneway(SERVER, client),
        Way::Held => sim.hold(SERVER, client),
    }
}

/// Whether a folder is that of a device with a log: what a person would copy.
fn has_joined(folder: &Path) -> bool {
    folder.join("device.json").exists()
        && Replica::open(folder, options())
            .is_ok_and(|replica| replica.identity().member.is_some() && replica.head().size > 0)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
