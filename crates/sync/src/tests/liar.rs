//! A server that lies, in every way that it could try: each is found out, stops the sync, leaves nothing
//! in the log, keeps both sides as evidence, and costs no local work.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::{Body, Certifier, DeviceJoined, Event};
use quarterdeck_core::id::{DeviceId, EventId, InvitationId, MemberId, WorkspaceId};
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::Subject;
use quarterdeck_ledger::{Checkpoint, DeviceKey, Hash, Sealed, fingerprint};
use tempfile::TempDir;
use tokio_stream::StreamExt;

use super::join::{device, member};
use super::model::{Connection, Model, Server};
use super::{NOW, Seeded, json, note, open};
use crate::identity::Secret;
use crate::remote::{
    Answer, Chunk, Chunks, DeviceRequest, HostRequest, Hosted, JoinRequest, Joined, Remote,
    RemoteError,
};
use crate::{Replica, SyncError, compare, sync};

/// A connection to a server whose answers are altered on their way.
struct Liar<'a> {
    honest: &'a Connection,
    chunks: &'a (dyn Fn(&mut Vec<Chunk>) + Sync),
    checkpoint: &'a (dyn Fn(String) -> String + Sync),
    proof: &'a (dyn Fn(Vec<Hash>) -> Vec<Hash> + Sync),
}

impl<'a> Liar<'a> {
    fn new(honest: &'a Connection) -> Self {
        Self {
            honest,
            chunks: &|_| {},
            checkpoint: &|note| note,
            proof: &|path| path,
        }
    }
}

impl Remote for Liar<'_> {
    fn set_token(&mut self, _: Secret<String>) {}

    async fn push(&self, batch: Vec<Sealed>) -> Result<Answer, RemoteError> {
        self.honest.push(batch).await
    }

    async fn pull(&self, from: u64) -> Result<Chunks, RemoteError> {
        let chunks = self.honest.pull(from).await?;
        let mut chunks: Vec<Chunk> = chunks.map(Result::unwrap).collect().await;
        (self.chunks)(&mut chunks);
        Ok(Box::pin(tokio_stream::iter(chunks.into_iter().map(Ok))))
    }

    async fn watch(&self, from: u64) -> Result<Chunks, RemoteError> {
        self.pull(from).await
    }

    async fn checkpoint(&self) -> Result<String, RemoteError> {
        Ok((self.checkpoint)(self.honest.checkpoint().await?))
    }

    async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, RemoteError> {
        Ok((self.proof)(self.honest.consistency(old, new).await?))
    }

    async fn join(&self, asked: JoinRequest) -> Result<Joined, RemoteError> {
        self.honest.join(asked).await
    }

    async fn add_device(&self, asked: DeviceRequest) -> Result<Secret<String>, RemoteError> {
        self.honest.add_device(asked).await
    }

    async fn host(&self, asked: HostRequest) -> Result<Hosted, RemoteError> {
        self.honest.host(asked).await
    }
}

/// Ana's device, which has recorded fifteen notes, and Ben's, which has seen what was there before
/// and has a note of its own to send.
struct Scene {
    server: Server,
    ana: (TempDir, Replica, Connection),
    ben: (TempDir, Replica, Connection),
}

impl Scene {
    async fn new() -> Self {
        let (server, ana) = Server::new(1);
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (mut first, first_remote) = device(one.path(), &server, ana, 1).await;
        let (second, second_remote) = device(two.path(), &server, member(2), 2).await;
        for n in 0..15 {
            let text = note(Subject::Workspace, &format!("{n}"));
            first
                .commit(text, None, NOW + n, &mut Seeded::new(3 + n))
                .unwrap();
        }
        sync(&mut first, &first_remote, NOW + 30, &mut |_| {})
            .await
            .unwrap();
        let mut scene = Self {
            server,
            ana: (one, first, first_remote),
            ben: (two, second, second_remote),
        };
        scene.write_as_ben("mine");
        scene
    }

    /// The same, when Ben has seen all of it.
    async fn synced() -> Self {
        let mut scene = Self::new().await;
        let (_, ben, remote) = &mut scene.ben;
        sync(ben, remote, NOW + 40, &mut |_| {}).await.unwrap();
        scene.write_as_ben("mine too");
        scene
    }

    fn write_as_ben(&mut self, text: &str) {
        let text = note(Subject::Workspace, text);
        let mut random = Seeded::new(99);
        self.ben
            .1
            .commit(text, None, NOW + 50, &mut random)
            .unwrap();
    }

    /// A sync of Ben's with this connection is refused with these words, and all is as it was.
    async fn refused(&mut self, liar: &impl Remote, words: &str) {
        let before = self.before();
        let ended = sync(&mut self.ben.1, liar, NOW + 60, &mut |_| {}).await;
        self.found_out(ended.unwrap_err(), words, before);
    }

    /// So is a comparison.
    async fn compared(&mut self, liar: &impl Remote, words: &str) {
        let before = self.before();
        let ended = compare(&mut self.ben.1, liar, NOW + 60).await;
        self.found_out(ended.unwrap_err(), words, before);
    }

    fn before(&mut self) -> (u64, String) {
        let ben = &self.ben.1;
        (ben.head().size, json(ben.confirmed()))
    }

    #[track_caller]
    fn found_out(&mut self, error: SyncError, words: &str, before: (u64, String)) {
        let SyncError::HistoryDiffers { what, evidence, .. } = error else {
            panic!("{words}: {error}")
        };
        assert!(what.contains(words), "{what}: not “{words}”");
        let kept = |name: &str| evidence.join(name).exists();
        assert!(
            kept("what-differs.txt") && kept("checkpoint-kept"),
            "{what}"
        );
        assert!(
            kept("checkpoint-of-the-server") || kept("received.jsonl"),
            "{what}"
        );
        // As the next process finds it.
        self.ben.1.release();
        self.ben.1 = open(self.ben.0.path());
        assert_eq!(self.before(), before, "{what}: nothing of it stays");
        assert_eq!(self.ben.1.pending_events(), 1, "{what}: work is kept");
        self.ben.1.verify(&mut |_, _| {}).unwrap();
    }
}

type Lie = Box<dyn Fn(&mut Vec<Chunk>) + Sync>;

/// Alters the head that comes last.
fn head(alter: impl Fn(&mut Checkpoint) + Sync + 'static, key: [u8; 32]) -> Lie {
    Box::new(move |chunks| {
        let chunk = chunks.last_mut().unwrap();
        let note = chunk.checkpoint.take().unwrap();
        let mut lines = note.lines();
        let name = lines.next().unwrap().strip_prefix("quarterdeck/").unwrap();
        let workspace = name.parse::<WorkspaceId>().unwrap();
        let size = lines.next().unwrap().parse().unwrap();
        let root = STANDARD.decode(lines.next().unwrap()).unwrap();
        let mut told = Checkpoint {
            workspace: *workspace.as_bytes(),
            size,
            root: root.try_into().unwrap(),
        };
        alter(&mut told);
        chunk.checkpoint = Some(told.sign(&DeviceKey::from_seed(key)));
    })
}

/// Alters the signed note that comes last.
fn note_as(alter: impl Fn(String) -> String + Sync + 'static) -> Lie {
    Box::new(move |chunks| {
        let note = &mut chunks.last_mut().unwrap().checkpoint;
        *note = note.take().map(&alter);
    })
}

#[tokio::test]
async fn a_head_that_does_not_belong_is_refused() {
    let mut scene = Scene::new().await;
    // What Ben has to say is recorded, so that every lie is told about the same log.
    let pending = scene.ben.1.outbox().iter();
    let pending = pending.flat_map(|command| command.events());
    let pending = pending.map(|event| event.sealed.clone()).collect();
    scene.server.model().push(pending);
    let honest = scene.ben.2.moved_to(&scene.server);
    let (own, size) = {
        let model = scene.server.model();
        (*model.key().seed(), model.log.len())
    };
    let lies: [(String, Lie); 8] = [
        (
            "of another log".to_owned(),
            head(|told| told.workspace[3] ^= 1, own),
        ),
        (
            format!("signed {} entries and sent {size}", size + 5),
            head(|told| told.size += 5, own),
        ),
        (
            "ends at entry 3".to_owned(),
            head(|told| told.size = 3, own),
        ),
        (
            "histories differ".to_owned(),
            head(|told| told.root[7] ^= 1, own),
        ),
        (
            "no signature by the log's key".to_owned(),
            head(|_| {}, [5; 32]),
        ),
        (
            "signature by the log's key is wrong".to_owned(),
            note_as(move |note| note.replacen(&format!("\n{size}\n"), "\n18\n", 1)),
        ),
        (
            "no blank line".to_owned(),
            note_as(|note| note.split("\n\n").next().unwrap().to_owned()),
        ),
        ("no signed note".to_owned(), note_as(|_| String::new())),
    ];
    for (words, lie) in lies {
        let liar = Liar {
            chunks: &*lie,
            ..Liar::new(&honest)
        };
        scene.refused(&liar, &words).await;
    }
    // An older head, signed and true, is no head of what came with it.
    let stale = fs::read_to_string(scene.ben.0.path().join("checkpoint")).unwrap();
    let liar = Liar {
        chunks: &|chunks| chunks.last_mut().unwrap().checkpoint = Some(stale.clone()),
        ..Liar::new(&honest)
    };
    scene.refused(&liar, "ends at entry").await;
    // Once the server is honest again, all is well.
    let (_, ben, _) = &mut scene.ben;
    assert!(
        sync(ben, &honest, NOW + 70, &mut |_| {})
            .await
            .unwrap()
            .up_to_date
    );
}

#[tokio::test]
async fn entries_that_were_tampered_with_are_refused() {
    let entries = |chunks: &mut Vec<Chunk>, change: &dyn Fn(&mut Vec<crate::remote::Received>)| {
        let mut all = chunks
            .iter_mut()
            .flat_map(|chunk| std::mem::take(&mut chunk.entries))
            .collect();
        change(&mut all);
        chunks.last_mut().unwrap().entries = all;
    };
    let lies: [(&str, Lie); 6] = [
        (
            "names the hash",
            Box::new(move |chunks| entries(chunks, &|all| all[3].sealed.salt[0] ^= 1)),
        ),
        (
            "signature is not its device's",
            Box::new(move |chunks| {
                entries(chunks, &|all| {
                    all[3].sealed.signature.as_mut().unwrap()[9] ^= 1;
                });
            }),
        ),
        (
            "is not signed",
            Box::new(move |chunks| entries(chunks, &|all| all[3].sealed.signature = None)),
        ),
        (
            "it comes where entry",
            Box::new(move |chunks| entries(chunks, &|all| all.swap(3, 4))),
        ),
        (
            "it comes where entry",
            Box::new(move |chunks| entries(chunks, &|all| drop(all.remove(3)))),
        ),
        (
            "histories differ",
            Box::new(move |chunks| entries(chunks, &|all| all.last_mut().unwrap().recorded += 1)),
        ),
    ];
    for (words, lie) in lies {
        let mut scene = Scene::new().await;
        let honest = scene.ben.2.moved_to(&scene.server);
        // The push of a liar's server records Ben's note, whose answer then never comes back.
        let liar = Liar {
            chunks: &*lie,
            ..Liar::new(&honest)
        };
        let words = if words == "names the hash" { "" } else { words };
        scene.refused(&liar, words).await;
    }
}

#[tokio::test]
async fn history_that_was_rewritten_reordered_cut_or_rolled_back_is_refused() {
    type Change = fn(&mut Model);
    let changes: [(&str, Change); 4] = [
        ("histories differ", |model| {
            // A check-in was never so late: the time of recording is the server's own word.
            model.log[9].recorded -= 1;
            model.log[8].recorded -= 1;
            model.rebuild();
        }),
        ("histories differ", |model| {
            model.log.swap(9, 12);
            model.log[9].seq = 10;
            model.log[12].seq = 13;
            model.rebuild();
        }),
        ("it recorded before", |model| {
            model.log.truncate(12);
            model.rebuild();
        }),
        ("histories differ", |model| {
            let earlier = model.log.len() - 3;
            model.log.truncate(earlier);
            for _ in 0..6 {
                let mut again = model.log[earlier - 1].clone();
                again.seq = model.log.len() as u64 + 1;
                model.log.push(again);
            }
            model.rebuild();
        }),
    ];
    for (words, change) in changes {
        let mut scene = Scene::synced().await;
        change(&mut scene.server.model());
        let honest = scene.ben.2.moved_to(&scene.server);
        let before = scene.before();
        let ended = compare(&mut scene.ben.1, &honest, NOW + 55).await;
        let said = match words {
            "it recorded before" => words,
            _ => "",
        };
        scene.found_out(ended.unwrap_err(), said, before);
        // Nothing is sent to such a server: what it took would be lost to Ben's outbox.
        let nothing_to_push = Liar::new(&honest);
        scene.pulled(&nothing_to_push).await;
    }
}

impl Scene {
    /// A pull alone, without the push before it.
    async fn pulled(&mut self, liar: &impl Remote) {
        let before = self.before();
        let ended = crate::engine::pull(&mut self.ben.1, liar, NOW + 60, &mut |_| {}).await;
        self.found_out(ended.unwrap_err(), "", before);
    }
}

fn event(server: &Server, device: DeviceId, as_member: MemberId, body: Body) -> Event {
    let model = server.model();
    let found = &model.state.devices[&device];
    Event {
        id: EventId::from_bytes([0xf1; 16]),
        workspace: model.state.workspace.as_ref().unwrap().id,
        member: as_member,
        device,
        number: found.number + 1,
        previous: found.tip,
        authored: Hlc::at(model.clock),
        seen: model.log.len() as u64,
        remaining: 0,
        reason: None,
        undoes: None,
        source: None,
        body,
    }
}

fn words(text: &str) -> Body {
    Body::NoteAdded {
        about: Subject::Workspace,
        kind: NoteKind::Comment,
        text: text.to_owned(),
    }
}

#[tokio::test]
async fn nobody_can_be_made_to_have_said_what_they_did_not() {
    // Ana's device, by the server's key and by none.
    for signs in [true, false] {
        let mut scene = Scene::new().await;
        let ana = scene.ana.1.identity().clone();
        let forged = event(
            &scene.server,
            ana.device.id,
            ana.member.unwrap(),
            words("I resign"),
        );
        let key = DeviceKey::from_seed(*scene.server.model().key().seed());
        scene.server.model().smuggle(forged, signs.then_some(&key));
        let honest = scene.ben.2.moved_to(&scene.server);
        let words = if signs {
            "signature is not its device's"
        } else {
            "is not signed"
        };
        scene.refused(&honest, words).await;
    }
    // A device that joins as Ana's, certified by nobody whom she invited.
    let mut scene = Scene::new().await;
    let ana = scene.ana.1.identity().clone();
    let server = scene
        .server
        .model()
        .state
        .workspace
        .as_ref()
        .unwrap()
        .authority;
    let key = DeviceKey::from_seed([6; 32]);
    let joined = Body::DeviceJoined(DeviceJoined {
        device: DeviceId::from_bytes([0xf2; 16]),
        member: ana.member.unwrap(),
        key: key.public().0,
        name: "laptop".to_owned(),
        certifier: Certifier::Invitation(InvitationId::from_bytes([0xf3; 16])),
        certificate: [1; 64],
    });
    let joined = event(&scene.server, server, MemberId::nil(), joined);
    let own = DeviceKey::from_seed(*scene.server.model().key().seed());
    scene.server.model().smuggle(joined, Some(&own));
    let honest = scene.ben.2.moved_to(&scene.server);
    scene.refused(&honest, "certificate does not hold").await;
}

#[tokio::test]
async fn two_groups_that_are_shown_two_histories_find_out_when_they_compare() {
    let mut scene = Scene::synced().await;
    let other = scene.server.forked();
    // One group's server hears of a decision, the other's of another.
    let (_, ana, ana_remote) = &mut scene.ana;
    let text = |text: &str| note(Subject::Workspace, text);
    sync(ana, ana_remote, NOW + 61, &mut |_| {}).await.unwrap();
    ana.commit(text("we go on"), None, NOW + 62, &mut Seeded::new(7))
        .unwrap();
    sync(ana, ana_remote, NOW + 63, &mut |_| {}).await.unwrap();
    let (_, ben, ben_remote) = &mut scene.ben;
    let ben_remote = ben_remote.moved_to(&other);
    sync(ben, &ben_remote, NOW + 63, &mut |_| {}).await.unwrap();

    // Neither group's device sees anything wrong by itself, and their digits tell.
    ana.verify(&mut |_, _| {}).unwrap();
    ben.verify(&mut |_, _| {}).unwrap();
    let size = ana.head().size.min(ben.head().size);
    let digits = |replica: &mut Replica, size| {
        let (size, root) = replica
            .verify_at(Some(size), &mut |_, _| {})
            .unwrap()
            .at
            .unwrap();
        fingerprint(size, &root)
    };
    assert_ne!(digits(ana, size), digits(ben, size));
    assert_eq!(digits(ana, size - 1), digits(ben, size - 1));

    // A device that is led to the other server notices at once.
    scene.write_as_ben("to whom");
    let led_astray = scene.ben.2.moved_to(&scene.server);
    scene.compared(&led_astray, "histories differ").await;
    let ended = sync(&mut scene.ben.1, &led_astray, NOW + 70, &mut |_| {}).await;
    assert!(ended.is_err(), "{ended:?}");
    assert_eq!(scene.ben.1.pending_events(), 1);
}

#[tokio::test]
async fn a_server_that_cannot_prove_its_growth_is_not_believed() {
    let mut scene = Scene::new().await;
    let honest = scene.ben.2.moved_to(&scene.server);
    let agreed = compare(&mut scene.ben.1, &honest, NOW + 55).await.unwrap();
    assert!(agreed.head.size > agreed.here);
    type Bent = fn(Vec<Hash>) -> Vec<Hash>;
    let proofs: [Bent; 5] = [
        |_| Vec::new(),
        |mut path| {
            path.pop();
            path
        },
        |path| path.into_iter().skip(1).collect(),
        |mut path| {
            path[0][0] ^= 1;
            path
        },
        |mut path| {
            path.push([0; 32]);
            path
        },
    ];
    for proof in proofs {
        let liar = Liar {
            proof: &proof,
            ..Liar::new(&honest)
        };
        scene.compared(&liar, "cannot prove").await;
    }
    let notes: [(&str, fn(String) -> String); 4] = [
        ("no signed note", |_| String::new()),
        ("is wrong", |note| {
            let mut lines: Vec<String> = note.split('\n').map(str::to_owned).collect();
            lines[1].push('0');
            lines.join("\n")
        }),
        ("of another log", |note| {
            note.replacen("quarterdeck/0", "quarterdeck/1", 1)
        }),
        ("no signature", |note| {
            let text = note.split_once("\n\n").unwrap().0;
            format!("{text}\n\n\u{2014} witness.example d2l0bmVzcwAAAAA=\n")
        }),
    ];
    for (words, checkpoint) in notes {
        let liar = Liar {
            checkpoint: &checkpoint,
            ..Liar::new(&honest)
        };
        scene.compared(&liar, words).await;
    }
}

#[tokio::test]
async fn a_kept_head_that_the_log_does_not_continue_is_named() {
    let scene = Scene::synced().await;
    let (dir, mut ben, _) = scene.ben;
    let kept = ben.verify(&mut |_, _| {}).unwrap();
    assert!(kept.checkpoints >= 2, "{kept:?}");
    // A head that the server once signed, of a history that it has denied since.
    let (size, root) = (5, [0xdd; 32]);
    let denied = Checkpoint {
        workspace: *ben.identity().workspace.as_bytes(),
        size,
        root,
    };
    let denied = denied.sign(scene.server.model().key());
    let chain = dir.path().join("checkpoints");
    let before = fs::read_to_string(&chain).unwrap();
    fs::write(&chain, format!("{before}{denied}\n")).unwrap();
    let found = ben.verify(&mut |_, _| {}).unwrap_err();
    let crate::ReplicaError::Unverified { seq, what } = found else {
        panic!("{found}")
    };
    assert_eq!((seq, what.contains("signed head")), (5, true), "{what}");
    // So is one that somebody else signed.
    let workspace = *ben.identity().workspace.as_bytes();
    let foreign = Checkpoint {
        workspace,
        size,
        root,
    }
    .sign(&DeviceKey::from_seed([4; 32]));
    fs::write(&chain, format!("{before}{foreign}\n")).unwrap();
    let found = ben.verify(&mut |_, _| {}).unwrap_err().to_string();
    assert!(
        found.contains("entry 5") && found.contains("signature"),
        "{found}"
    );
}
