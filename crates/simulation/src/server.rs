//! The server's machine: the real `okrd`, on the simulated network, disk and clock.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::token::Role;
use quarterdeck_server::{
    First, InviteMember, NewWorkspace, ServeOptions, Server, ServerError, World, init,
};
use quarterdeck_sync::Random;

use crate::disk::Log;
use crate::mix::{CAST, SERVER};
use crate::network::{self, ADDRESS};
use crate::stage::{INVITATIONS, Stage};

const WORKSPACE: &str = "acme";
/// Longer than any clock is set ahead: two years, in milliseconds.
const VALID_MS: u64 = 2 * 365 * 24 * 60 * 60 * 1_000;

/// What the server runs on in a run.
fn world(stage: &Arc<Stage>, start: u64) -> World {
    let (clock, disk, wait) = (Arc::clone(stage), Arc::clone(stage), Arc::clone(stage));
    let random = Mutex::new(stage.chance(&format!("server's keys {start}")));
    let pace = Mutex::new(stage.chance(&format!("server's disk {start}")));
    World::new(
        move || Timestamp::from_ms(clock.now_ms(SERVER)),
        move |bytes| {
            let mut random = random.lock().unwrap_or_else(PoisonError::into_inner);
            random.fill(bytes);
        },
    )
    .with_logs(move |path, workspace| Ok(Arc::new(Log::open(&disk, path, workspace)?)))
    .without_threads(move || {
        let mut pace = pace.lock().unwrap_or_else(PoisonError::into_inner);
        Duration::from_millis(pace.below(wait.mix.disk_ms + 1))
    })
}

/// Runs the server until it is killed. The first time it is set up, and invites everybody.
pub(crate) async fn run(stage: Arc<Stage>) -> turmoil::Result {
    stage.change_desk(SERVER, |desk| desk.starts += 1);
    let start = stage.desk(SERVER).starts;
    let world = world(&stage, start);
    let data = stage.server_folder();
    let is_new = start == 1;
    if is_new {
        let mut first = NewWorkspace::new(WORKSPACE, "ana");
        first.time_zone = "Europe/Lisbon".to_owned();
        let invitation = init(&data, &ADDRESS.parse()?, &First::Workspace(first), &world).await?;
        stage.put_invitation("ana", invitation.url.clone());
    }
    let mut options = ServeOptions::new(&data);
    options.world = world;
    let server = Server::open(options)?;
    if is_new {
        invite_all(&stage, &server).await?;
        stage.is_begun.store(true, Ordering::SeqCst);
    }
    let connections = network::listen().await?;
    stage.say(SERVER, &format!("serves from entry {}", stage.disk.size()));
    server
        .serve_connections(connections, std::future::pending())
        .await?;
    Ok(())
}

async fn invite_all(stage: &Stage, server: &Server) -> Result<(), ServerError> {
    let admin = server.admin();
    let mut members: Vec<&str> = CAST.iter().map(|(_, member)| *member).collect();
    members.dedup();
    for member in members {
        let role = match member {
            "ana" => Role::Owner,
            "dot" => Role::Contributor,
            _ => Role::Editor,
        };
        for _ in 0..INVITATIONS {
            let mut whom = InviteMember::new(member, None);
            whom.role = Some(role);
            whom.valid_ms = Some(VALID_MS);
            let invitation = admin.invite(WORKSPACE, &whom).await?;
            stage.put_invitation(member, invitation.url.clone());
        }
    }
    Ok(())
}
