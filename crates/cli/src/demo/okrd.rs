//! The demo's server: okrd as a library, with its own threads, on a loopback address of this machine.
//!
//! Its clock and its randomness are the demo's, so that it gives the same ids, tokens and signatures
//! each time. Everything else is what `okrd serve` does: TCP, tokens, the log on the disk.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::DeviceId;
use quarterdeck_core::token::Role;
use quarterdeck_server::{
    Admin, First, InviteMember, NewWorkspace, ServeOptions, Server, ServerError, World,
};
use quarterdeck_sync::Random;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::clock::Clock;
use crate::error::{Exit, Failure};
use crate::random::Randomness;

/// What its randomness follows from. The machines have seeds of their own.
const SEED: u64 = 0;

/// A server that can be switched off and on again.
#[derive(Debug)]
pub(super) struct Okrd {
    data: PathBuf,
    workspace: String,
    address: SocketAddr,
    world: World,
    runtime: Runtime,
    serving: Option<Serving>,
}

#[derive(Debug)]
struct Serving {
    admin: Admin,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ServerError>>,
}

impl Okrd {
    /// Sets a server up, switches it on, and answers the invitation of its workspace's owner.
    pub(super) fn begin(
        data: &Path,
        workspace: NewWorkspace,
        clock: &Clock,
    ) -> Result<(Self, String), Failure> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("okrd")
            .enable_all()
            .build()
            .map_err(|error| cannot("start threads for the server", &error))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .map_err(|error| cannot("listen on 127.0.0.1", &error))?;
        let address = listener
            .local_addr()
            .map_err(|error| cannot("listen on 127.0.0.1", &error))?;
        let world = world(clock)?;
        let name = workspace.name.clone();
        let url = address.to_string().parse().map_err(failed)?;
        let first = First::Workspace(workspace);
        let invitation = runtime
            .block_on(quarterdeck_server::init(data, &url, &first, &world))
            .map_err(failed)?;
        let mut okrd = Self {
            data: data.to_path_buf(),
            workspace: name,
            address,
            world,
            runtime,
            serving: None,
        };
        okrd.serve(listener)?;
        Ok((okrd, invitation.url))
    }

    /// Where it listens.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Invites a member, and answers the URL that `okr join` takes.
    pub(super) fn invite(&self, member: &str, role: Role) -> Result<String, Failure> {
        let Some(serving) = &self.serving else {
            return Err(Failure::new(Exit::Trouble, "The demo's server is off."));
        };
        let whom = InviteMember::new(member, Some(role));
        let invited = serving.admin.invite(&self.workspace, &whom);
        Ok(self.runtime.block_on(invited).map_err(failed)?.url)
    }

    /// Switches it on again, at the address that the machines know.
    pub(super) fn switch_on(&mut self) -> Result<(), Failure> {
        let listener = TcpListener::bind(self.address)
            .map_err(|error| cannot(&format!("listen on {} again", self.address), &error))?;
        self.serve(listener)
    }

    /// Switches it off; what it acknowledged is on the disk.
    pub(super) fn switch_off(&mut self) -> Result<(), Failure> {
        let Some(serving) = self.serving.take() else {
            return Ok(());
        };
        // Where nobody listens any more it has ended by itself, and says so right below.
        let _ = serving.stop.send(());
        match self.runtime.block_on(serving.task) {
            Ok(ended) => ended.map_err(failed),
            Err(error) => Err(Failure::new(
                Exit::Trouble,
                format!("The demo's server broke down: {error}."),
            )),
        }
    }

    fn serve(&mut self, listener: TcpListener) -> Result<(), Failure> {
        let options = ServeOptions {
            world: self.world.clone(),
            ..ServeOptions::new(&self.data)
        };
        let server = Server::open(options).map_err(failed)?;
        let admin = server.admin();
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = {
            let _within = self.runtime.enter();
            listener
                .set_nonblocking(true)
                .and_then(|()| tokio::net::TcpListener::from_std(listener))
                .map_err(|error| cannot("serve on 127.0.0.1", &error))?
        };
        let task = self.runtime.spawn(server.serve(listener, async {
            // A sender that is gone wants the same.
            let _ = stopped.await;
        }));
        self.serving = Some(Serving { admin, stop, task });
        Ok(())
    }
}

/// The demo's clock, and randomness that repeats itself.
fn world(clock: &Clock) -> Result<World, Failure> {
    let random = Randomness::new(Some(SEED), DeviceId::nil(), 0, 0)?;
    let random = Mutex::new(random);
    let clock = clock.clone();
    Ok(World::new(
        move || Timestamp::from_ms(clock.now_ms()),
        move |bytes| {
            let mut random = random.lock().unwrap_or_else(PoisonError::into_inner);
            random.fill(bytes);
        },
    ))
}

fn cannot(what: &str, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Trouble, format!("The demo cannot {what}: {error}."))
}

fn failed(error: ServerError) -> Failure {
    Failure::new(
        Exit::Trouble,
        format!("The demo's server does not do it: {error}."),
    )
}
