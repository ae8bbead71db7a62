//! What all parts of a running server share.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use quarterdeck_core::id::{Uuid, WorkspaceId};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::access::Access;
use crate::address::Address;
use crate::connection::{Clock, Lines, OFFENCE, Origin, Waiting};
use crate::data::DataFolder;
use crate::error::ServerError;
use crate::incidents::Incidents;
use crate::limits::{Buckets, Limits};
use crate::metrics::Metrics;
use crate::page::Page;
use crate::rpc::Making;
use crate::settings::{Settings, Tls};
use crate::shares::Shares;
use crate::tls;
use crate::workspace::Workspace;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) folder: DataFolder,
    settings: RwLock<Settings>,
    pub(crate) access: Access,
    workspaces: RwLock<BTreeMap<WorkspaceId, Arc<Workspace>>>,
    pub(crate) world: World,
    pub(crate) limits: Limits,
    pub(crate) metrics: Arc<Metrics>,
    /// Calls by token.
    pub(crate) calls: Buckets<Uuid>,
    /// Wrong tokens and invitations by address.
    pub(crate) failures: Buckets<Origin>,
    /// Connections made, calls turned away and floods by address.
    pub(crate) patience: Arc<Buckets<Origin>>,
    /// What clients were turned away for.
    pub(crate) incidents: Arc<Incidents>,
    /// Connections, but browsers'.
    pub(crate) lines: Arc<Lines>,
    /// What is held for clients that are slow.
    pub(crate) waiting: Arc<Waiting>,
    /// How many bytes of events more may be read and judged.
    pub(crate) judging: Semaphore,
    /// Whose turn it is to have a part of the log made.
    pub(crate) making: Arc<Making>,
    /// Open calls without a token by address.
    pub(crate) strangers: Arc<Shares<Origin>>,
    /// What members' browsers are shown, and who may look.
    pub(crate) page: Page,
    /// Open streams by token.
    streams: Mutex<HashMap<Uuid, u32>>,
    /// Cancelled when the server is to stop: streams end, and no new ones begin.
    pub(crate) stopping: CancellationToken,
    pub(crate) started: Instant,
}

impl Shared {
    pub(crate) fn open(
        folder: DataFolder,
        settings: Settings,
        access: Access,
        limits: Limits,
        world: World,
    ) -> Result<Self, ServerError> {
        let metrics = Arc::new(Metrics::new());
        let incidents = Arc::new(Incidents::new(Arc::clone(&metrics)));
        let patience = Arc::new(Buckets::new(
            limits.arrivals_at_once,
            f64::from(limits.arrivals_per_second),
        ));
        let slow = {
            let (incidents, world) = (Arc::clone(&incidents), world.clone());
            let patience = Arc::clone(&patience);
            move |why: &'static str, origin: Origin| {
                incidents.turn_away(why, Some(origin));
                patience.spend(origin, world.now(), OFFENCE);
            }
        };
        let mut workspaces = BTreeMap::new();
        for id in folder.workspaces()? {
            let workspace = Workspace::open(&folder.workspace(id), &world, &metrics)?;
            workspaces.insert(id, Arc::new(workspace));
        }
        Ok(Self {
            folder,
            settings: RwLock::new(settings),
            access,
            workspaces: RwLock::new(workspaces),
            calls: Buckets::new(limits.calls_at_once, f64::from(limits.calls_per_second)),
            failures: Buckets::new(
                limits.failed_logins_per_minute,
                f64::from(limits.failed_logins_per_minute) / 60.0,
            ),
            patience: Arc::clone(&patience),
            lines: Arc::new(Lines::new(
                limits.connections,
                limits.connections_per_address,
                Clock::start(),
            )),
            waiting: Arc::new(Waiting::new(limits.waiting_bytes, Box::new(slow))),
            incidents,
            judging: Semaphore::new(
                usize::try_from(limits.judged_bytes).unwrap_or(usize::MAX >> 4),
            ),
            making: Arc::new(Making::new(limits.parts_at_once)),
            strangers: Arc::default(),
            page: Page::new(&limits),
            streams: Mutex::default(),
            world,
            limits,
            metrics,
            stopping: CancellationToken::new(),
            started: Instant::now(),
        })
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes the settings, on disk too if anything is different.
    pub(crate) fn change_settings(
        &self,
        change: impl FnOnce(&mut Settings),
    ) -> Result<(), ServerError> {
        let mut settings = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let mut changed = settings.clone();
        change(&mut changed);
        if changed != *settings {
            changed.save(&self.folder.settings())?;
            *settings = changed;
        }
        Ok(())
    }

    /// What an invitation has to say of the server: its address and, where no public authority
    /// vouches for its certificate, the fingerprint of that.
    pub(crate) fn contact(
        &self,
        address: Option<Address>,
    ) -> Result<(Address, Option<[u8; 32]>), ServerError> {
        let settings = self.settings();
        let fingerprint = match settings.tls {
            Tls::SelfSigned => Some(tls::fingerprint(&tls::own_files(&self.folder.tls()).cert)?),
            Tls::None | Tls::Files { .. } => None,
        };
        Ok((address.unwrap_or(settings.url), fingerprint))
    }

    pub(crate) fn workspaces(&self) -> Vec<Arc<Workspace>> {
        let workspaces = self
            .workspaces
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        workspaces.values().cloned().collect()
    }

    pub(crate) fn workspace(&self, id: WorkspaceId) -> Option<Arc<Workspace>> {
        self.workspaces
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    /// The workspace of that name or id.
    pub(crate) fn workspace_named(&self, name: &str) -> Result<Arc<Workspace>, ServerError> {
        let id = name.parse::<WorkspaceId>().ok();
        let wanted = |workspace: &Arc<Workspace>| {
            Some(workspace.id()) == id
                || workspace
                    .state()
                    .workspace
                    .as_ref()
                    .is_some_and(|known| known.name == name)
        };
        let mut found = self.workspaces().into_iter().filter(wanted);
        found.next().ok_or_else(|| ServerError::UnknownWorkspace {
            name: name.to_owned(),
        })
    }

    pub(crate) fn add(&self, workspace: Arc<Workspace>) {
        let mut workspaces = self
            .workspaces
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        workspaces.insert(workspace.id(), workspace);
    }

    /// Counts a stream of a token as open, if it may have one more.
    pub(crate) fn open_stream(self: &Arc<Self>, token: Uuid) -> Option<StreamOfToken> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let open = streams.entry(token).or_default();
        if *open >= self.limits.streams_per_token {
            return None;
        }
        *open += 1;
        Some(StreamOfToken {
            shared: Arc::clone(self),
            token,
        })
    }

    /// Finishes what waits, leaves snapshots behind, and lets go of the data folder.
    pub(crate) async fn close(&self) {
        let workspaces = {
            let mut open = self
                .workspaces
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *open)
        };
        let closed = self.world.aside(move || {
            for workspace in workspaces.into_values() {
                workspace.close();
            }
        });
        if closed.await.is_err() {
            tracing::error!("closing the workspaces ended in a panic");
        }
        if let Err(error) = self.access.close() {
            tracing::warn!(%error, "when tokens were last used was not written down");
        }
        self.folder.release();
    }
}

/// An open stream of a token.
#[derive(Debug)]
pub(crate) struct StreamOfToken {
    shared: Arc<Shared>,
    token: Uuid,
}

impl Drop for StreamOfToken {
    fn drop(&mut self) {
        let mut streams = self
            .shared
            .streams
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = streams.get_mut(&self.token) {
            *open = open.saturating_sub(1);
            if *open == 0 {
                streams.remove(&self.token);
            }
        }
    }
}
