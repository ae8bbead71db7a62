//! A server that lies, in every way that it could try: each is found out, stops the sync, leaves nothing
//! in the log, keeps both sides as evidence, and costs no local work.

mod erased;
mod history;
mod received;

use quarterdeck_core::value::Subject;
use quarterdeck_ledger::{Hash, Sealed};
use tempfile::TempDir;
use tokio_stream::StreamExt;

use super::join::{device, member};
use super::model::{Connection, Server};
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

impl Scene {
    /// A pull alone, without the push before it.
    async fn pulled(&mut self, liar: &impl Remote) {
        let before = self.before();
        let ended = crate::engine::pull(&mut self.ben.1, liar, NOW + 60, &mut |_| {}).await;
        self.found_out(ended.unwrap_err(), "", before);
    }
}
