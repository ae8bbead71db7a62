//! Setting a server up, opening it, and administrating it in-process.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quarterdeck_core::id::WorkspaceId;

use crate::access::Access;
use crate::address::{Address, Invitation};
use crate::admin::{self, InviteMember, NewWorkspace};
use crate::data::DataFolder;
use crate::error::ServerError;
use crate::format::{self, FORMAT};
use crate::limits::Limits;
use crate::page::PageListener;
use crate::readiness::Readiness;
use crate::settings::{Settings, Tls};
use crate::shared::Shared;
use crate::tls::{self, Certificate, TlsFiles};
use crate::world::World;

/// How to run a server.
#[derive(Debug)]
pub struct ServeOptions {
    /// Its data folder, as [`init`] made it.
    pub data: PathBuf,
    /// A certificate to serve with in place of the server's own.
    pub tls: Option<TlsFiles>,
    /// Whether plain text may be spoken beyond this machine, because something in front of okrd
    /// does TLS.
    pub insecure_plaintext: bool,
    /// Where figures are served to Prometheus, at `/metrics`; nowhere if there is none.
    pub metrics: Option<TcpListener>,
    /// Where members' browsers are shown pages; nowhere if there is none.
    pub page: Option<PageListener>,
    /// What clients may ask for.
    pub limits: Limits,
    /// The clock and the randomness.
    pub world: World,
}

impl ServeOptions {
    /// The defaults, for a data folder.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            tls: None,
            insecure_plaintext: false,
            metrics: None,
            page: None,
            limits: Limits::default(),
            world: World::system(),
        }
    }
}

/// What a new server begins with.
#[derive(Debug, Clone)]
pub enum First {
    /// A workspace; its owner is invited.
    Workspace(NewWorkspace),
    /// Nothing: someone is invited to bring a workspace that began without a server.
    Hosting,
}

/// Sets a server up in a data folder and answers the first invitation.
///
/// `url` is HOST:PORT as clients will reach the server; port 0 stands for the one that it will
/// listen on when it is first served.
///
/// # Errors
/// [`ServerError::AlreadyInitialised`], [`ServerError::Locked`], [`ServerError::Refused`] where the
/// names will not do, and whatever the file system has to say.
pub async fn init(
    data: &Path,
    url: &Address,
    first: &First,
    world: &World,
) -> Result<Invitation, ServerError> {
    let folder = DataFolder::take(data)?;
    if DataFolder::is_initialised(data) {
        return Err(ServerError::AlreadyInitialised {
            path: data.to_path_buf(),
        });
    }
    let tls = if url.is_loopback() {
        Tls::None
    } else {
        tls::make_own(&folder.tls(), url.host(), world.now())?;
        Tls::SelfSigned
    };
    let settings = Settings {
        format: FORMAT,
        url: url.clone(),
        tls,
    };
    let access = Access::create(&folder.access())?;
    let path = folder.settings();
    let shared = Shared::open(folder, settings, access, Limits::default(), world.clone())?;
    let invitation = match first {
        First::Workspace(new) => admin::create_workspace(&shared, new).await?.1,
        First::Hosting => admin::invite_to_host(&shared, (None, None))?,
    };
    shared.close().await;
    // Written last: a folder without it is none that was set up.
    shared.settings().save(&path)?;
    Ok(invitation)
}

/// A server that is open: its data folder is locked and its workspaces are loaded.
#[derive(Debug)]
pub struct Server {
    pub(crate) shared: Arc<Shared>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) insecure_plaintext: bool,
    pub(crate) metrics: Option<TcpListener>,
    pub(crate) page: Option<PageListener>,
}

impl Server {
    /// Opens the data folder and every workspace in it. Blocks for as long as that takes.
    ///
    /// # Errors
    /// [`ServerError::NotInitialised`], [`ServerError::Locked`], and whatever is wrong with a file
    /// or a log.
    pub fn open(options: ServeOptions) -> Result<Self, ServerError> {
        let ServeOptions {
            data,
            tls,
            insecure_plaintext,
            metrics,
            page,
            limits,
            world,
        } = options;
        if !DataFolder::is_initialised(&data) {
            return Err(ServerError::NotInitialised { path: data });
        }
        let folder = DataFolder::take(&data)?;
        let settings = Settings::load(&folder.settings())?;
        format::is_present(&data, &settings)?;
        let access = Access::load(&folder.access())?;
        let shared = Shared::open(folder, settings, access, limits, world)?;
        Ok(Self {
            shared: Arc::new(shared),
            tls,
            insecure_plaintext,
            metrics,
            page,
        })
    }

    /// Prepares for serving on this address: checks that it may, and notes what invitations have
    /// to say from now on. [`Server::serve`] does so too; whoever announces the address earlier,
    /// or invites before serving, calls this first.
    ///
    /// # Errors
    /// [`ServerError::Plaintext`], and what is wrong with the certificate.
    pub fn listen_on(&self, address: SocketAddr) -> Result<(), ServerError> {
        let (mode, files) = self.protection(address)?;
        let certificate = files.map(Certificate::load).transpose()?;
        self.shared.serve_with(certificate);
        self.shared.change_settings(|settings| {
            // A certificate given for one run is that run's business. That there is none is not:
            // invitations must not promise a fingerprint that clients will not find.
            if mode == Tls::None {
                settings.tls = Tls::None;
            }
            if settings.url.port() == 0 {
                settings.url = settings.url.with_port(address.port());
            }
        })?;
        if let Some(page) = &self.page {
            let is_tls = self.page_protection(page)?.is_some();
            let site = page.site(&self.shared.settings().url, is_tls)?;
            self.shared.page.show_at(site);
        }
        Ok(())
    }

    /// Where browsers reach the pages, such as `https://okr.example.com:8443`, once it was prepared for
    /// serving; none where no page is shown.
    #[must_use]
    pub fn page_url(&self) -> Option<&str> {
        self.shared.page.site().map(|site| site.origin.as_str())
    }

    /// A handle to administrate the server while it serves.
    #[must_use]
    pub fn admin(&self) -> Admin {
        Admin {
            shared: Arc::clone(&self.shared),
        }
    }
}

/// Administration of a server in the same process, with an operator's rights.
#[derive(Debug, Clone)]
pub struct Admin {
    shared: Arc<Shared>,
}

impl Admin {
    /// Whether the server lives: where it does not, only a restart helps.
    #[must_use]
    pub fn is_live(&self) -> bool {
        Readiness::of(&self.shared).is_live()
    }

    /// Begins a workspace and invites its owner.
    ///
    /// # Errors
    /// [`ServerError::Refused`] where a name will not do or is taken.
    pub async fn create_workspace(
        &self,
        new: &NewWorkspace,
    ) -> Result<(WorkspaceId, Invitation), ServerError> {
        admin::create_workspace(&self.shared, new).await
    }

    /// Invites a member, or one more device of a member. `workspace` is a name or an id.
    ///
    /// # Errors
    /// [`ServerError::UnknownWorkspace`] and [`ServerError::Refused`].
    pub async fn invite(
        &self,
        workspace: &str,
        whom: &InviteMember,
    ) -> Result<Invitation, ServerError> {
        let workspace = self.shared.workspace_named(workspace)?;
        admin::invite(&self.shared, &workspace, whom).await
    }

    /// Reads the certificate's files again and serves new connections with what they hold; those that
    /// are open go on. Without a certificate there is nothing to do.
    ///
    /// # Errors
    /// [`ServerError::Certificate`] and what is wrong with a file; the present one stays in use.
    pub fn reload_certificate(&self) -> Result<(), ServerError> {
        self.shared.reload_certificate()
    }

    /// Invites someone to bring a workspace that began without a server.
    ///
    /// # Errors
    /// Where the invitation cannot be written down.
    pub fn invite_to_host(&self) -> Result<Invitation, ServerError> {
        admin::invite_to_host(&self.shared, (None, None))
    }
}
