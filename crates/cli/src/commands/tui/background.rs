//! What goes on beside the live screen: syncing, following the server, and looking whether another `okr`
//! changed the folder. Each has a replica of its own for as long as it works, and holds the folder's lock for
//! moments only.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use quarterdeck_report::json;
use quarterdeck_screen::tui::{Answer, News, Question, Tui};
use quarterdeck_screen::{Event, Trouble};
use quarterdeck_sync::grpc::Grpc;
use quarterdeck_sync::{Progress, RemoteError, Replica, SyncError};

use crate::commands::sync;
use crate::context::Context;
use crate::error::Failure;
use crate::online;
use crate::screen::{Happened, Writer};

/// Between two looks at the folder.
const LOOK: Duration = Duration::from_millis(400);
/// Between two attempts to find the server again.
const PAUSE: Duration = Duration::from_secs(3);

/// What of a folder changes with what is recorded, sent, received or refused.
const FILES: [&str; 4] = ["checkpoint", "device.json", "outbox", "shelf"];

/// What works beside the screen.
#[derive(Debug, Clone)]
pub(super) struct Background {
    folder: PathBuf,
    began: Instant,
    now_ms: u64,
    writer: Writer<Tui>,
}

impl Background {
    pub(super) fn new(context: &Context, folder: PathBuf, writer: Writer<Tui>) -> Self {
        Self {
            folder,
            began: Instant::now(),
            now_ms: context.now.ms(),
            writer,
        }
    }

    /// The wall clock, as the command was given it.
    fn now_ms(&self) -> u64 {
        let passed = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.now_ms.saturating_add(passed)
    }

    fn tell(&self, news: News) -> bool {
        let event = Event::News(news);
        self.writer.send(Happened::Event(event)).is_ok()
    }

    /// Syncs in a thread of its own; the screen is told how far it has come, and then what it did.
    pub(super) fn sync(&self) {
        let this = self.clone();
        thread::spawn(move || {
            let told = this.synced().map_err(Trouble::from);
            let answer = told.map(|told| Answer::Synced(Box::new(told)));
            let event = Event::Answered(Question::Sync, answer);
            // A screen that has ended wants to know nothing.
            let _ = this.writer.send(Happened::Event(event));
        });
    }

    fn synced(&self) -> Result<json::Sync, Failure> {
        let mut replica = Replica::open(&self.folder, Context::options())?;
        replica.release();
        let report = online::run(async {
            let remote = online::connect(&replica).await?;
            let now_ms = self.now_ms();
            quarterdeck_sync::sync(&mut replica, &remote, now_ms, &mut |progress| {
                let (what, done, of) = match progress {
                    Progress::Pushed { done, of } => ("sending", done, of),
                    Progress::Pulled { to, of } => ("receiving", to, of),
                    Progress::GivenBack { done, of } => ("giving back", done, of),
                };
                self.tell(News::Syncing { what, done, of });
            })
            .await
            .map_err(Failure::from)
        })??;
        replica.release();
        Ok(sync::told(&replica, &report))
    }

    /// Begins to look at the folder, and to follow the server where there is one.
    pub(super) fn watch(&self, has_server: bool) {
        let this = self.clone();
        thread::spawn(move || this.look());
        if has_server {
            let this = self.clone();
            thread::spawn(move || this.follow());
        }
    }

    /// Looks whether the folder has changed, without opening anything in it.
    fn look(&self) {
        let mut before = seen(&self.folder);
        loop {
            thread::sleep(LOOK);
            let now = seen(&self.folder);
            if now != before {
                before = now;
                if !self.tell(News::Changed) {
                    return;
                }
            }
        }
    }

    /// Follows the server, and looks for it again when it goes away.
    fn follow(&self) {
        let ended = online::run(async {
            let mut replica = Replica::open(&self.folder, Context::options())?;
            replica.release();
            loop {
                let lost = match self.follow_once(&mut replica).await {
                    SyncError::Remote(RemoteError::Unreachable(what)) => what,
                    other => return Err(Failure::from(other)),
                };
                if !self.tell(News::Lost(lost)) {
                    return Ok(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        if let Err(failure) | Ok(Err(failure)) = ended {
            self.tell(News::Stopped(failure.into()));
        }
    }

    async fn follow_once(&self, replica: &mut Replica) -> SyncError {
        let Some(address) = replica.identity().remote.clone() else {
            return SyncError::NoServer;
        };
        let remote = match Grpc::connect(&address).await {
            Ok(remote) => remote,
            Err(error) => return error.into(),
        };
        let mut now = || self.now_ms();
        let mut arrived = |_: &mut Replica, arrived: quarterdeck_sync::engine::Arrived| {
            self.tell(News::Following);
            if arrived.to >= arrived.from {
                self.tell(News::Changed);
            }
        };
        match quarterdeck_sync::watch(replica, &remote, &mut now, &mut arrived).await {
            Ok(never) => match never {},
            Err(error) => error,
        }
    }
}

/// How the files of a folder look from outside.
fn seen(folder: &Path) -> [Option<(u64, Option<SystemTime>)>; FILES.len()] {
    FILES.map(|name| {
        let found = fs::metadata(folder.join(name)).ok()?;
        Some((found.len(), found.modified().ok()))
    })
}
