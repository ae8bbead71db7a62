//! The real client over the simulated network, with a note of every call and every answer.

use std::sync::Arc;

use quarterdeck_ledger::{Hash, Sealed};
use quarterdeck_sync::Authored;
use quarterdeck_sync::grpc::Grpc;
use quarterdeck_sync::identity::{RemoteAddress, Secret};
use quarterdeck_sync::remote::{
    Answer, Chunk, Chunks, DeviceRequest, HostRequest, Hosted, JoinRequest, Joined, Outcome,
    Remote, RemoteError,
};
use tokio_stream::StreamExt;

use crate::chance::Chance;
use crate::history::{Call, Key, Read, Told};
use crate::network::{Fate, dial};
use crate::sabotage::Sabotage;
use crate::stage::Stage;

/// A client whose calls are noted.
pub(crate) struct Noted {
    pub grpc: Grpc,
    stage: Arc<Stage>,
}

impl Noted {
    pub(crate) async fn connect(
        stage: &Arc<Stage>,
        who: &str,
        address: &RemoteAddress,
        chance: &mut Chance,
    ) -> Result<Self, RemoteError> {
        let fate = Fate::draw(stage, chance, who);
        let (dialling, name) = (Arc::clone(stage), who.to_owned());
        let grpc = Grpc::connect_by(address, move || {
            dial(Arc::clone(&dialling), name.clone(), fate)
        })
        .await?;
        Ok(Self {
            grpc,
            stage: Arc::clone(stage),
        })
    }

    fn noted(&self, call: Call, chunks: Chunks) -> Chunks {
        let stage = Arc::clone(&self.stage);
        Box::pin(chunks.map(move |chunk| {
            let mut chunk = chunk?;
            if stage.broken() == Some(Sabotage::TellsOldHeads) {
                chunk.head = chunk.head.saturating_sub(3);
            }
            note(&stage, call, &chunk);
            Ok(chunk)
        }))
    }
}

fn note(stage: &Stage, call: Call, chunk: &Chunk) {
    let entries = chunk.entries.iter().filter_map(|received| {
        Some(Read {
            seq: received.seq,
            key: key(&received.sealed)?,
            recorded: received.recorded,
        })
    });
    stage.heard(call, entries.collect(), chunk.head);
}

/// What an event goes by; none for what is no event.
pub(crate) fn key(sealed: &Sealed) -> Option<Key> {
    let authored = Authored::read(sealed.clone()).ok()?;
    Some(Key {
        id: authored.event.id,
        hash: Some(authored.hash),
    })
}

impl Remote for Noted {
    fn set_token(&mut self, token: Secret<String>) {
        self.grpc.set_token(token);
    }

    async fn push(&self, batch: Vec<Sealed>) -> Result<Answer, RemoteError> {
        let keys: Vec<Key> = batch.iter().filter_map(key).collect();
        let call = self.stage.ask();
        let mut answer = match self.stage.broken() {
            Some(Sabotage::AcknowledgesUnrecorded) => Answer {
                outcomes: (1_000_000..)
                    .take(batch.len())
                    .map(Outcome::Recorded)
                    .collect(),
                head: 1_000_000,
            },
            _ => self.grpc.push(batch).await?,
        };
        if self.stage.broken() == Some(Sabotage::AnswersRepeatsAnew) {
            for outcome in &mut answer.outcomes {
                if let Outcome::Already(seq) = outcome {
                    *outcome = Outcome::Recorded(*seq + 1);
                }
            }
        }
        let told = keys.into_iter().zip(&answer.outcomes);
        let told = told.filter_map(|(key, outcome)| match outcome {
            Outcome::Recorded(seq) => Some((key, Told::Recorded(*seq))),
            Outcome::Already(seq) => Some((key, Told::Already(*seq))),
            Outcome::Refused(_) => None,
        });
        self.stage.answered(call, told.collect(), answer.head);
        Ok(answer)
    }

    async fn pull(&self, from: u64) -> Result<Chunks, RemoteError> {
        let call = self.stage.ask();
        Ok(self.noted(call, self.grpc.pull(from).await?))
    }

    async fn watch(&self, from: u64) -> Result<Chunks, RemoteError> {
        let call = self.stage.ask();
        Ok(self.noted(call, self.grpc.watch(from).await?))
    }

    async fn checkpoint(&self) -> Result<String, RemoteError> {
        self.grpc.checkpoint().await
    }

    async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, RemoteError> {
        self.grpc.consistency(old, new).await
    }

    async fn join(&self, asked: JoinRequest) -> Result<Joined, RemoteError> {
        self.grpc.join(asked).await
    }

    async fn add_device(&self, asked: DeviceRequest) -> Result<Secret<String>, RemoteError> {
        self.grpc.add_device(asked).await
    }

    async fn host(&self, asked: HostRequest) -> Result<Hosted, RemoteError> {
        self.grpc.host(asked).await
    }
}
