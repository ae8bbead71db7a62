//! What all parts of a running server share.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use quarterdeck_core::id::{Uuid, WorkspaceId};
use quarterdeck_ledger::LedgerError;
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
use crate::tls::{self, Certificate};
use crate::workspace::Workspace;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) folder: DataFolder,
    settings: RwLock<Settings>,
    pub(crate) access: Access,
    workspaces: RwLock<BTreeMap<WorkspaceId, Arc<Workspace>>>,
    /// Workspaces that cannot be opened, not even to be read, and why.
    broken: RwLock<BTreeMap<WorkspaceId, String>>,
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
    /// What new connections are made with, where it serves with TLS.
    certificate: Mutex<Option<Arc<Certificate>>>,
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
        let (mut workspaces, mut broken) = (BTreeMap::new(), BTreeMap::new());
        for id in folder.workspaces()? {
            // One that is damaged keeps no other from being served.
            match Workspace::open_or_salvage(&folder.workspace(id), &world, &metrics) {
                Ok(workspace) => {
                    workspaces.insert(id, Arc::new(workspace));
                }
                Err(error) if is_of_one(&error) => {
                    tracing::error!(workspace = %id, %error, "a workspace cannot be served");
                    broken.insert(id, error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Self {
            folder,
            settings: RwLock::new(settings),
            access,
            workspaces: RwLock::new(workspaces),
            broken: RwLock::new(broken),
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
            certificate: Mutex::default(),
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

    /// Notes what new connections are made with.
    pub(crate) fn serve_with(&self, certificate: Option<Arc<Certificate>>) {
        *self.certificate() = certificate;
    }

    /// Reads the certificate's files again; what cannot be used leaves the present one in place.
    pub(crate) fn reload_certificate(&self) -> Result<(), ServerError> {
        let certificate = self.certificate().clone();
        certificate.map_or(Ok(()), |certificate| certificate.reload())
    }

    /// The file of the certificate that is served with; none in plain text, or before it is known.
    pub(crate) fn certificate_file(&self) -> Option<PathBuf> {
        let certificate = self.certificate().clone();
        certificate.map(|certificate| certificate.file().to_path_buf())
    }

    fn certificate(&self) -> MutexGuard<'_, Option<Arc<Certificate>>> {
        (self.certificate.lock()).unwrap_or_else(PoisonError::into_inner)
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

    /// The workspace of that name or id, also where it cannot be opened.
    pub(crate) fn any_workspace_named(
        &self,
        name: &str,
    ) -> Result<(WorkspaceId, String), ServerError> {
        let unknown = match self.workspace_named(name) {
            Ok(workspace) => return Ok((workspace.id(), workspace.name())),
            Err(error) => error,
        };
        let wanted = name.parse::<WorkspaceId>().ok();
        match self
            .broken()
            .into_iter()
            .find(|(id, _)| Some(*id) == wanted)
        {
            Some((id, _)) => Ok((id, id.to_string())),
            None => Err(unknown),
        }
    }

    /// Workspaces that cannot be opened, and why.
    pub(crate) fn broken(&self) -> Vec<(WorkspaceId, String)> {
        let broken = self.broken.read().unwrap_or_else(PoisonError::into_inner);
        broken.iter().map(|(id, why)| (*id, why.clone())).collect()
    }

    /// Whether a workspace is here and cannot be opened.
    pub(crate) fn is_broken(&self, id: WorkspaceId) -> bool {
        let broken = self.broken.read().unwrap_or_else(PoisonError::into_inner);
        broken.contains_key(&id)
    }

    /// Takes a workspace out, because of `why`, until one is added in its place.
    pub(crate) fn remove(&self, id: WorkspaceId, why: &str) {
        let mut broken = self.broken.write().unwrap_or_else(PoisonError::into_inner);
        broken.insert(id, why.to_owned());
        let mut workspaces = self
            .workspaces
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        workspaces.remove(&id);
    }

    pub(crate) fn add(&self, workspace: Arc<Workspace>) {
        let mut broken = self.broken.write().unwrap_or_else(PoisonError::into_inner);
        broken.remove(&workspace.id());
        drop(broken);
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

/// Whether an error is one workspace's own, and not that of a server whose folder is in use.
fn is_of_one(error: &ServerError) -> bool {
    !matches!(error, ServerError::Ledger(LedgerError::Locked { .. }))
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
