//! One device: the real replica in a real folder, and a person who uses it. It is killed at any moment and
//! goes on from what is in its folder.

mod offline;
mod online;

use std::sync::Arc;
use std::time::Duration;

use quarterdeck_core::id::DeviceId;
use quarterdeck_sync::{Options, Replica, ReplicaError};

use crate::chance::Chance;
use crate::mix::{COPY, Mix};
use crate::stage::Stage;
use crate::work::Plan;

/// No two programs on one machine work at the very same moment here, so a lock that is held is a fault.
const LOCK_WAIT: Duration = Duration::from_millis(500);

/// How a replica's folder is worked in.
pub(crate) fn options() -> Options {
    Options {
        lock_wait: LOCK_WAIT,
        cache_bytes: 1 << 20,
        threads: false,
    }
}

pub(crate) struct Device {
    stage: Arc<Stage>,
    name: &'static str,
    member: &'static str,
    chance: Chance,
    shared: Plan,
    own: Plan,
    replica: Option<Replica>,
}

/// Runs a device until it is killed.
pub(crate) async fn run(
    stage: Arc<Stage>,
    name: &'static str,
    member: &'static str,
) -> turmoil::Result {
    let mut begins = 0;
    stage.change_desk(name, |desk| {
        desk.starts += 1;
        begins = desk.starts;
    });
    let mut device = Device {
        chance: stage.chance(&format!("{name} {begins}")),
        shared: Plan::shared(stage.seed),
        own: Plan::of_one(stage.seed, name),
        replica: None,
        stage,
        name,
        member,
    };
    device.wait_for_its_turn(begins).await;
    loop {
        device.act().await;
    }
}

impl Device {
    fn now(&self) -> u64 {
        self.stage.now_ms(self.name)
    }

    fn say(&self, what: &str) {
        self.stage.say(self.name, what);
    }

    async fn pause(&mut self) {
        let mean = match self.stage.is_healing() {
            true => 500,
            false => self.stage.mix.think_ms,
        };
        let pause = self.chance.between(mean / 4, mean * 2);
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }

    /// Some join later than others; a copy is used when it was made.
    async fn wait_for_its_turn(&mut self, begins: u64) {
        if self.name == COPY {
            while !self.stage.is_copied() {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        } else if begins == 1 && self.name != "ana" {
            let latest = self.stage.mix.chaos_ms / 2;
            let pause = self.chance.between(0, latest);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    }

    /// One thing that its person does.
    async fn act(&mut self) {
        self.pause().await;
        if self.stage.desk(self.name).ended {
            return;
        }
        if !self.open() {
            return self.join().await;
        }
        if self.stage.is_healing() {
            return self.settle().await;
        }
        if self.name == "ana" && self.mix().revocations > 0 && self.chance.per_mille(150) {
            return self.administrate().await;
        }
        match self.chance.below(100) {
            0..=49 => self.work(),
            50..=79 => self.sync_with_patience().await,
            80..=85 => self.watch().await,
            86..=88 => self.tidy(),
            89..=91 => self.take_back(),
            92..=95 => self.replica = None,
            _ => self.administrate().await,
        }
        if let Some(replica) = &mut self.replica {
            replica.release();
        }
    }

    /// Opens its folder. `false` where it has not joined yet.
    fn open(&mut self) -> bool {
        if self.replica.is_none() {
            let folder = self.stage.folder(self.name);
            match Replica::open(&folder, options()) {
                Ok(mut replica) => {
                    replica.release();
                    self.replica = Some(replica);
                }
                Err(ReplicaError::Missing { .. }) => return false,
                Err(error) => {
                    self.stage
                        .violate(self.name, format!("its folder cannot be opened: {error}"));
                    return false;
                }
            }
        }
        (self.replica.as_ref()).is_some_and(|replica| replica.identity().member.is_some())
    }

    fn id(&self) -> Option<DeviceId> {
        Some(self.replica.as_ref()?.identity().device.id)
    }

    /// Nobody lets it in any more: what it holds unsent stays in its folder, and it joins again as another
    /// device, as `okr join --again` does.
    fn set_aside(&mut self) {
        if let Some(id) = self.id()
            && !self.stage.is_revoked(id)
        {
            let what = "it was locked out, and nobody had ended its token or its device";
            return self.stage.violate(self.name, what.to_owned());
        }
        self.next_folder("locked out, joins again");
    }

    fn next_folder(&mut self, why: &'static str) {
        self.replica = None;
        let folder = self.stage.folder(self.name);
        self.stage.change_desk(self.name, |desk| {
            desk.aside.push(folder);
            desk.generation += 1;
        });
        self.stage.count(why);
        if self.stage.invitation(self.name, self.member).is_none() {
            self.stage.change_desk(self.name, |desk| desk.ended = true);
        }
        self.say(&format!("{why}; its folder is set aside"));
    }

    fn unlikely(&mut self, of_a_thousand: u64) -> bool {
        !self.stage.is_healing() && self.chance.per_mille(of_a_thousand)
    }

    /// How long its person waits for a call; they give up on some.
    fn patience(&mut self) -> Duration {
        let gives_up = self.unlikely(self.stage.mix.give_ups);
        match gives_up {
            true => Duration::from_millis(self.chance.between(20, 3_000)),
            false => Duration::from_secs(90),
        }
    }

    fn mix(&self) -> &Mix {
        &self.stage.mix
    }
}
