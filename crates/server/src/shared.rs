//! What all parts of a running server share.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Instant;

use quarterdeck_core::id::{Uuid, WorkspaceId};
use quarterdeck_ledger::LedgerError;
use tokio_util::sync::CancellationToken;

use crate::access::Access;
use crate::address::Address;
use crate::data::DataFolder;
use crate::error::ServerError;
use crate::limits::{Buckets, Limits};
use crate::metrics::Metrics;
use crate::page::Page;
use crate::settings::{Settings, Tls};
use crate::tls;
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
    pub(crate) failures: Buckets<IpAddr>,
    /// What members' browsers are shown, and who may look.
    pub(crate) page: Page,
    /// Open streams by token.
    streams: Mutex<HashMap<Uuid, u32>>,
    /// Cancelled when the server is to stop: streams end, and no new ones begin.
    pub(crate) stopping: CancellationToken,
    pub(crate) started: Instant,
    /// The certificate that is served with; none in plain text, or before it is known.
    certificate: RwLock<Option<PathBuf>>,
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
            page: Page::new(&limits),
            streams: Mutex::default(),
            world,
            limits,
            metrics,
            stopping: CancellationToken::new(),
            started: Instant::now(),
            certificate: RwLock::default(),
        })
    }

    pub(crate) fn settings(&self) -> Settings {
        self.settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes which certificate is served with.
    pub(crate) fn note_certificate(&self, certificate: Option<PathBuf>) {
        *self
            .certificate
            .write()
            .unwrap_or_else(PoisonError::into_inner) = certificate;
    }

    /// The file of the certificate that is served with.
    pub(crate) fn certificate(&self) -> Option<PathBuf> {
        self.certificate
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
