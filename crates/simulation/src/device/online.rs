//! What a person does over the network: join, sync, watch, become a device of one's own.

use std::time::Duration;

use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_sync::fork::new_device;
use quarterdeck_sync::grpc::query::GetStateRequest;
use quarterdeck_sync::join::{Join, join};
use quarterdeck_sync::remote::Remote;
use quarterdeck_sync::{
    Invite, RemoteAddress, RemoteError, Replica, Report, SyncError, sync, watch,
};
use tokio::time::timeout;
use tokio_stream::StreamExt;

use super::{Device, options};
use crate::remote::Noted;
use crate::thin;

impl Device {
    /// Redeems the device's invitation; asked again, it goes on where it stopped.
    pub(super) async fn join(&mut self) {
        self.replica = None;
        let Some(url) = self.stage.invitation(self.name, self.member) else {
            return;
        };
        let Ok(invite) = url.parse::<Invite>() else {
            return self
                .stage
                .violate(self.name, "an invitation does not read".to_owned());
        };
        let patience = self.patience();
        let (stage, name) = (self.stage.clone(), self.name);
        let folder = stage.folder(name);
        let now_ms = self.now();
        let chance = &mut self.chance;
        let joined = timeout(patience, async {
            let address = invite.remote(false);
            let mut remote = Noted::connect(&stage, name, &address, chance).await?;
            let joining = Join {
                dir: &folder,
                invite: &invite,
                device_name: name.to_owned(),
                plaintext: false,
                options: options(),
                now_ms,
            };
            join(joining, &mut remote, chance, &mut |_| {}).await
        });
        match joined.await {
            Ok(Ok((mut replica, report))) => {
                replica.release();
                self.replica = Some(replica);
                self.stage.count("device joined");
                self.say(&format!("joined at {}", report.head));
            }
            Ok(Err(SyncError::Refused(refusal))) => self.not_let_in(refusal),
            Ok(Err(error)) => self.stopped("join", error),
            Err(_) => self.gave_up("join"),
        }
    }

    /// An answer that was lost may be asked for again within an hour: beyond that, or where the clock of the
    /// server says so, another invitation is needed.
    fn not_let_in(&mut self, refusal: Refusal) {
        if matches!(refusal.code, Code::WrongAuthor | Code::DeviceRevoked) {
            // Its token was ended before it had the log.
            self.open();
            return self.stopped("join", SyncError::Refused(refusal));
        }
        let why = format!("join: {:?}: {}", refusal.code, refusal.message);
        if self.mix().clock_jumps == 0 {
            return self.stage.violate(self.name, why);
        }
        self.say(&why);
        self.next_folder("invitation lapsed before its answer came");
    }

    fn address(&self) -> Option<RemoteAddress> {
        self.replica.as_ref()?.identity().remote.clone()
    }

    pub(super) async fn sync_with_patience(&mut self) {
        let patience = self.patience();
        let synced = timeout(patience, self.sync()).await;
        match synced {
            Ok(Ok(report)) => self.synced(&report),
            Ok(Err(SyncError::Forked(refusal))) => self.forked(&refusal).await,
            Ok(Err(error)) => self.stopped("sync", error),
            Err(_) => self.gave_up("sync"),
        }
    }

    async fn sync(&mut self) -> Result<Report, SyncError> {
        let Some(address) = self.address() else {
            return Err(SyncError::NoServer);
        };
        let now = self.now();
        let remote = Noted::connect(&self.stage, self.name, &address, &mut self.chance).await?;
        match &mut self.replica {
            Some(replica) => sync(replica, &remote, now, &mut |_| {}).await,
            None => Err(SyncError::NoServer),
        }
    }

    fn synced(&mut self, report: &Report) {
        self.say(&format!(
            "synced: {} sent, {} had been recorded, {} new, {} refused, head {}{}",
            report.pushed,
            report.already,
            report.pulled,
            report.refused.len(),
            report.head,
            if report.up_to_date {
                ""
            } else {
                ", not up to date"
            }
        ));
        for shelved in &report.refused {
            let code = shelved.refusal.code;
            self.say(&format!("shelved {}: {code:?}", shelved.id()));
            if code == Code::FarFuture {
                self.stage.count("shelved: clock far ahead");
            }
        }
        self.stage.count("sync");
        self.stage
            .count_many("events recorded by push", report.pushed);
        self.stage
            .count_many("events found recorded already", report.already);
        self.stage
            .count_many("commands shelved", report.refused.len() as u64);
        self.stage
            .count_many("conflicts met", report.new_conflicts.len() as u64);
        let settled = report.up_to_date.then_some(report.head);
        self.stage
            .change_desk(self.name, |desk| desk.settled_at = settled);
    }

    fn gave_up(&mut self, what: &str) {
        // Its program is gone in the middle of what it did; the folder is as it was left.
        self.replica = None;
        self.stage.count("call given up in the middle");
        self.say(&format!("gave up on {what}"));
    }

    /// What an error means. Those of a network that fails are expected.
    fn stopped(&mut self, what: &str, error: SyncError) {
        if let Some(replica) = &mut self.replica {
            replica.release();
        }
        match error {
            SyncError::Remote(RemoteError::Unreachable(why)) => {
                self.stage.count("server not reached");
                self.say(&format!("{what}: not reached: {why}"));
            }
            SyncError::Refused(refusal)
                if matches!(refusal.code, Code::WrongAuthor | Code::DeviceRevoked) =>
            {
                self.say(&format!("{what}: {}", refusal.message));
                self.set_aside();
            }
            other => {
                self.stage
                    .violate(self.name, format!("{what} ended with: {other}"));
            }
        }
    }

    /// Its folder was copied, and the other copy was faster.
    async fn forked(&mut self, refusal: &Refusal) {
        self.say(&format!("forked: {}", refusal.message));
        self.stage.count("copied folder found out");
        let Some(address) = self.address() else {
            return;
        };
        let (patience, now, name) = (self.patience(), self.now(), self.name);
        let device_name = format!("{name} anew");
        let Some(replica) = &mut self.replica else {
            return;
        };
        let (stage, chance) = (&self.stage, &mut self.chance);
        let made = timeout(patience, async {
            let mut remote = Noted::connect(stage, name, &address, chance).await?;
            new_device(replica, &mut remote, &device_name, now, chance, &mut |_| {}).await
        });
        match made.await {
            Ok(Ok(report)) => {
                self.stage.count("copy made a device of its own");
                self.synced(&report);
            }
            Ok(Err(SyncError::Forked(_))) => self.say("still forked"),
            Ok(Err(error)) => self.stopped("device new", error),
            Err(_) => self.gave_up("device new"),
        }
    }

    /// Watches for a while in one program, and goes on working in another.
    pub(super) async fn watch(&mut self) {
        let Some(address) = self.address() else {
            return;
        };
        let until = Duration::from_millis(self.chance.between(500, 8_000));
        let (stage, name) = (self.stage.clone(), self.name);
        let folder = stage.folder(name);
        let mut chance = self.chance.clone();
        let commands = self.chance.between(0, 3);
        let watched = timeout(until, async {
            let mut replica = Replica::open(&folder, options())?;
            replica.release();
            let remote = Noted::connect(&stage, name, &address, &mut chance).await?;
            let mut now = || stage.now_ms(name);
            watch(&mut replica, &remote, &mut now, &mut |_, arrived| {
                if arrived.to >= arrived.from {
                    stage.count("entries arrived by watch");
                    stage.say(name, &format!("saw {} to {}", arrived.from, arrived.to));
                }
            })
            .await
        });
        let works = async {
            for _ in 0..commands {
                self.pause().await;
                if !self.stage.is_healing() {
                    self.work();
                }
                if let Some(replica) = &mut self.replica {
                    replica.release();
                }
            }
        };
        let (watched, ()) = tokio::join!(watched, works);
        self.stage.count("watch");
        if let Ok(Err(error)) = watched {
            self.stopped("watch", error);
        }
    }

    /// An owner administrates; others ask the server for the log without taking anything in.
    pub(super) async fn administrate(&mut self) {
        let Some(address) = self.address() else {
            return;
        };
        if self.name == "ana" {
            if let Some(token) = &address.token {
                let (stage, token) = (self.stage.clone(), token.reveal().clone());
                thin::administrate(&stage, self.name, &token, &mut self.chance).await;
            }
            return;
        }
        let patience = self.patience();
        let (stage, name, chance) = (self.stage.clone(), self.name, &mut self.chance);
        let read = timeout(patience, async {
            let remote = Noted::connect(&stage, name, &address, chance).await?;
            let mut chunks = remote.pull(1).await?;
            while let Some(chunk) = chunks.next().await {
                chunk?;
            }
            Ok::<_, RemoteError>(())
        });
        match read.await {
            Ok(Ok(())) => self.stage.count("log read through"),
            Ok(Err(error)) => self.stopped("read", error.into()),
            Err(_) => self.gave_up("read"),
        }
    }

    /// After the faults: syncs until there is nothing more to send or take, and asks the server for its
    /// state.
    pub(super) async fn settle(&mut self) {
        self.sync_with_patience().await;
        let Some(head) = self.stage.desk(self.name).settled_at else {
            return;
        };
        let Some(address) = self.address().filter(|_| self.name == "ana") else {
            return;
        };
        let (stage, chance) = (self.stage.clone(), &mut self.chance);
        let mut json = Vec::new();
        let asked = timeout(Duration::from_secs(60), async {
            let remote = Noted::connect(&stage, "ana", &address, chance).await?;
            let take = &mut |part: &[u8]| {
                json.extend_from_slice(part);
                true
            };
            remote.grpc.state(GetStateRequest::default(), take).await
        });
        if let Ok(Ok(())) = asked.await {
            self.stage.set_told_state(head, json);
        }
    }
}
