//! A server that was set back to a backup takes back what it recorded itself, and nothing else, whoever
//! brings it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

mod support;

use std::path::Path;

use quarterdeck_core::token::Role;
use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::merkle::Tree;
use quarterdeck_ledger::{Checkpoint, DeviceKey};
use quarterdeck_proto::v1;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_server::{InviteMember, NewWorkspace, Source, World, connect, restore};
use support::{Device, Running, assert_status, note, read};
use tonic::{Code, Status};

/// Writes a backup of a running server to a file.
async fn back_up(server: &Running, file: &Path) -> v1::BackupResult {
    let mut connection = connect(&server.data()).await.unwrap();
    let mut parts = (connection.client.backup(v1::BackupRequest::default()))
        .await
        .unwrap()
        .into_inner();
    let (mut bytes, mut result) = (Vec::new(), None);
    while let Some(part) = parts.message().await.unwrap() {
        bytes.extend(part.content);
        result = part.result.or(result);
    }
    connection.close().await;
    std::fs::write(file, bytes).unwrap();
    result.unwrap()
}

/// Stops a server, puts what a backup holds in the place of its data, and starts it again.
async fn set_back(server: &mut Running, file: &Path) {
    server.stop().await;
    let lost = server.folder.path().join("lost");
    std::fs::rename(server.data(), lost).unwrap();
    let source = Source::file(file).unwrap();
    restore(
        source,
        &server.data(),
        false,
        &World::system(),
        &mut |_, _| {},
    )
    .unwrap();
    server.start_again().await;
}

/// What a device holds: every entry, and the server's word for it.
struct Held {
    entries: Vec<v1::Entry>,
    tree: Tree,
    note: String,
}

async fn held(device: &mut Device) -> Held {
    let parts = device.parts(1).await.unwrap();
    let note = parts.last().unwrap().checkpoint.clone().unwrap().note;
    let entries: Vec<v1::Entry> = parts.into_iter().flat_map(|part| part.entries).collect();
    let leaf = |entry: &v1::Entry| {
        let read = read(entry);
        let envelope = Envelope {
            workspace: *device.workspace.as_bytes(),
            seq: entry.seq,
            recorded: entry.recorded_ms,
            event_id: *read.event.id.as_bytes(),
            event_hash: read.hash,
        };
        envelope.leaf_hash()
    };
    let leaves = entries.iter().map(leaf).collect();
    Held {
        tree: Tree::of(leaves),
        entries,
        note,
    }
}

impl Held {
    /// Entries `from` to `to`, with their proof.
    fn piece(&self, from: u64, to: u64) -> v1::GiveBackRequest {
        let (from, to) = (usize::try_from(from).unwrap(), usize::try_from(to).unwrap());
        let proof = self.tree.consistency(to, self.tree.size()).unwrap();
        v1::GiveBackRequest {
            entries: self.entries[from - 1..to].to_vec(),
            checkpoint: Some(v1::Checkpoint {
                note: self.note.clone(),
            }),
            proof: proof.iter().map(|hash| hash.to_vec()).collect(),
        }
    }
}

async fn give(device: &mut Device, piece: v1::GiveBackRequest) -> Result<(u64, u64), Status> {
    let request = device.request(piece);
    let answer = device.client.give_back(request).await?.into_inner();
    Ok((answer.head, answer.taken))
}

async fn reconnect(device: &mut Device, server: &Running) {
    device.client = SyncServiceClient::new(server.channel().await);
}

/// Pushes a command of two events and one of one.
async fn work(device: &mut Device, text: &str) {
    let pair = vec![note(text), note("and another")];
    for commands in [pair, vec![note("alone")]] {
        let events = device.author(commands);
        device.push(vec![events]).await.unwrap();
    }
}

async fn resume(server: &Running) {
    let mut connection = connect(&server.data()).await.unwrap();
    let workspace = "acme".to_owned();
    let request = v1::ResumeWorkspaceRequest { workspace };
    connection.client.resume_workspace(request).await.unwrap();
    connection.close().await;
}

#[tokio::test]
async fn nothing_is_taken_back_but_what_the_server_recorded() {
    let mut server = Running::start().await;
    let mut ana = server.owner().await;
    work(&mut ana, "before").await;
    let file = server.folder.path().join("backup");
    let result = back_up(&server, &file).await;
    let n = result.workspaces[0].size;
    work(&mut ana, "after").await;
    let (other, _) = server
        .admin
        .create_workspace(&NewWorkspace::new("other", "eva"))
        .await
        .unwrap();
    let eva = server
        .admin
        .invite(&other.to_string(), &InviteMember::new("eva", None))
        .await
        .unwrap();
    let mut eva = Device::join(&server, &eva.url).await.unwrap();
    let theirs = held(&mut eva).await;
    let ours = held(&mut ana).await;
    let m = ours.entries.len() as u64;
    assert_eq!(m, n + 3);
    let all = ours.piece(n + 1, m);
    assert_status(
        give(&mut ana, all.clone()).await,
        Code::FailedPrecondition,
        "NOT_HELD",
    );

    set_back(&mut server, &file).await;
    reconnect(&mut ana, &server).await;
    let mut forged: Vec<(&str, v1::GiveBackRequest)> = Vec::new();
    let mut forge = |what, change: &dyn Fn(&mut v1::GiveBackRequest)| {
        let mut piece = all.clone();
        change(&mut piece);
        forged.push((what, piece));
    };
    let event =
        |piece: &mut v1::GiveBackRequest, at: usize| piece.entries[at].event.clone().unwrap();
    forge("another text", &|piece| {
        let mut changed = event(piece, 2);
        let mut body = changed.body.to_vec();
        let last = body.len() - 1;
        body[last] ^= 1;
        changed.body = body.into();
        piece.entries[2].event = Some(changed);
    });
    forge("another salt", &|piece| {
        let mut changed = event(piece, 2);
        changed.salt = vec![7; 16];
        piece.entries[2].event = Some(changed);
    });
    forge("another time", &|piece| piece.entries[2].recorded_ms += 1);
    forge("an entry left out", &|piece| drop(piece.entries.remove(1)));
    forge("two entries exchanged", &|piece| piece.entries.swap(1, 2));
    forge("half a command", &|piece| piece.entries.truncate(1));
    forge("no signature", &|piece| {
        let mut changed = event(piece, 2);
        changed.signature.clear();
        piece.entries[2].event = Some(changed);
    });
    forge("another signature", &|piece| {
        let mut changed = event(piece, 2);
        changed.signature = vec![3; 64];
        piece.entries[2].event = Some(changed);
    });
    forge("a proof too many", &|piece| piece.proof.push(vec![1; 32]));
    forge("no checkpoint", &|piece| piece.checkpoint = None);
    forge("a head that somebody else signed", &|piece| {
        let own = Checkpoint {
            workspace: *ana.workspace.as_bytes(),
            size: m,
            root: ours.tree.root(usize::try_from(m).unwrap()).unwrap(),
        };
        let note = own.sign(&DeviceKey::from_seed([9; 32]));
        piece.checkpoint = Some(v1::Checkpoint { note });
    });
    forge("another workspace's head", &|piece| {
        let note = theirs.note.clone();
        piece.checkpoint = Some(v1::Checkpoint { note });
    });
    forge("another workspace's entries", &|piece| {
        piece.entries = theirs.entries.clone();
        for (entry, seq) in piece.entries.iter_mut().zip(n + 1..) {
            entry.seq = seq;
        }
    });
    forge("the proof of another piece", &|piece| {
        piece.entries.truncate(2);
    });
    for (what, piece) in forged {
        let refused = give(&mut ana, piece).await;
        assert!(refused.is_err(), "{what} is taken: {refused:?}");
        let status = refused.unwrap_err();
        assert_eq!(
            status.code(),
            Code::FailedPrecondition,
            "{what}: {status:?}"
        );
        assert_eq!(support::reason(&status), "DIFFERS", "{what}: {status:?}");
    }
    let gap = ours.piece(n + 3, m);
    assert_status(give(&mut ana, gap).await, Code::FailedPrecondition, "GAP");
    assert_eq!(
        held(&mut ana).await.entries.len() as u64,
        n,
        "something was taken"
    );

    // Piece by piece, one of them twice, and from another member's device.
    let request = v1::GetCheckpointRequest {};
    let request = ana.request(request);
    assert!(ana.client.get_checkpoint(request).await.is_ok());
    assert_eq!(
        give(&mut ana, ours.piece(n + 1, n + 2)).await.unwrap(),
        (n + 2, 2)
    );
    assert_eq!(
        give(&mut ana, ours.piece(n + 1, n + 2)).await.unwrap(),
        (n + 2, 0)
    );
    assert_eq!(give(&mut ana, ours.piece(1, m)).await.unwrap(), (m, 1));
    let back = held(&mut ana).await;
    assert_eq!(back.entries, ours.entries);
    assert_eq!(
        back.note, ours.note,
        "the same head, signed by the same key"
    );
}

#[tokio::test]
async fn a_held_workspace_records_nothing_until_it_is_resumed_and_then_goes_on() {
    let mut server = Running::start().await;
    let mut ana = server.owner().await;
    work(&mut ana, "before").await;
    let file = server.folder.path().join("backup");
    back_up(&server, &file).await;
    let ben = server.invite("ben", Role::Editor).await;
    work(&mut ana, "after").await;
    let ours = held(&mut ana).await;
    let m = ours.entries.len() as u64;

    set_back(&mut server, &file).await;
    reconnect(&mut ana, &server).await;
    let events = ana.note("not yet");
    for _ in 0..2 {
        let refused = ana.push(vec![events.clone()]).await;
        assert_status(refused, Code::Unavailable, "HELD_AFTER_RESTORE");
        let refused = server
            .admin
            .invite("acme", &InviteMember::new("eva", None))
            .await;
        assert!(
            refused
                .unwrap_err()
                .to_string()
                .contains("restored from a backup")
        );
        // It stays so after a restart.
        server.stop().await;
        server.start_again().await;
        reconnect(&mut ana, &server).await;
    }
    give(&mut ana, ours.piece(1, m)).await.unwrap();
    let joining = Device::join(&server, &ben).await;
    assert_status(joining, Code::Unavailable, "HELD_AFTER_RESTORE");

    resume(&server).await;
    ana.push(vec![events]).await.unwrap();
    // The invitation that came back lets ben in, and the server's own chain goes on where it was.
    let mut ben = Device::join(&server, &ben).await.unwrap();
    let now = held(&mut ben).await;
    assert_eq!(now.entries[..usize::try_from(m).unwrap()], ours.entries);
    assert_eq!(now.entries.len() as u64, m + 2);
    let refused = give(&mut ana, ours.piece(1, m)).await;
    assert_status(refused, Code::FailedPrecondition, "NOT_HELD");
}

#[tokio::test]
async fn a_backup_under_load_is_whole_and_has_all_that_was_acknowledged_before() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let mut ben = server.device("ben", Role::Editor).await;
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let loading = {
        let stop = std::sync::Arc::clone(&stop);
        tokio::spawn(async move {
            while !stop.load(std::sync::atomic::Ordering::SeqCst) {
                work(&mut ben, "meanwhile").await;
            }
        })
    };
    for round in 0..5 {
        work(&mut ana, "acknowledged").await;
        let acknowledged = held(&mut ana).await.entries.len() as u64;
        let file = server.folder.path().join(format!("backup-{round}"));
        back_up(&server, &file).await;
        let found =
            quarterdeck_server::check(Source::file(&file).unwrap(), &mut |_, _| {}).unwrap();
        assert!(found.workspaces[0].size >= acknowledged, "round {round}");
    }
    stop.store(true, std::sync::atomic::Ordering::SeqCst);
    loading.await.unwrap();
}
