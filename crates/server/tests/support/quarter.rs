//! A quarter to ask about.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Entry, KeyResultAdded, Metric, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, KeyResultId, ObjectiveId, Uuid};
use quarterdeck_core::token::{
    Cadence, CycleKind, CycleState, MetricKind, ObjectiveKind, ObjectiveState,
};
use quarterdeck_core::value::{Field, Subject, Value};

use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::{Frontier, Hash};

use super::{Device, Running, random, read};

/// A server with a cycle, an objective and a key result `leads` from 500 to 550.
pub async fn planned() -> (Running, Device) {
    planned_on(Running::start().await).await
}

/// The same on a server that runs already.
pub async fn planned_on(server: Running) -> (Running, Device) {
    let mut ana = server.owner().await;
    let (cycle, objective, key_result) = (
        CycleId::new(Uuid::from_bytes(random())),
        ObjectiveId::new(Uuid::from_bytes(random())),
        KeyResultId::new(Uuid::from_bytes(random())),
    );
    let day = |text: &str| text.parse::<Date>().unwrap();
    let state = |subject, word: &str| Command::Edit {
        subject,
        set: vec![(Field::State, Value::Text(word.to_owned()))],
    };
    let events = ana.author(vec![
        Command::Record(Body::CycleCreated {
            cycle,
            name: "2026-Q3".into(),
            kind: CycleKind::Quarterly,
            starts: day("2026-07-01"),
            ends: day("2026-09-30"),
            parent: None,
        }),
        Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
            objective,
            title: "Fill the pipeline".into(),
            description: None,
            cycle,
            owner: Some(ana.member),
            team: None,
            kind: ObjectiveKind::Aspirational,
            supports: None,
            key: None,
            carried_from: None,
            standing: false,
        })),
        Command::Record(Body::KeyResultAdded(KeyResultAdded {
            key_result,
            objective,
            title: "Qualified leads".into(),
            owner: None,
            metric: Metric {
                kind: MetricKind::Increase,
                baseline: Some("500".parse().unwrap()),
                target: Some("550".parse().unwrap()),
                low: None,
                high: None,
                milestones: Vec::new(),
                unit: Some("leads".into()),
            },
            indicator: None,
            certainty: None,
            cadence: Cadence::Weekly,
            weight: "1".parse().unwrap(),
            rank: None,
            key: Some("leads".into()),
            team: None,
            kpi: None,
            carried_from: None,
        })),
    ]);
    ana.push_one(events).await;
    ana.pull().await;
    let events = ana.author(vec![
        state(Subject::Objective(objective), ObjectiveState::Active.word()),
        state(Subject::Cycle(cycle), CycleState::Active.word()),
    ]);
    ana.push_one(events).await;
    ana.pull().await;
    (server, ana)
}

impl Device {
    /// The whole log.
    pub async fn log(&mut self) -> Vec<Entry> {
        let parts = self.parts(1).await.unwrap();
        (parts.iter())
            .flat_map(|part| part.entries.iter().map(read))
            .collect()
    }
}

/// The root hash of a log.
pub fn root(log: &[Entry]) -> Hash {
    let mut frontier = Frontier::default();
    for entry in log {
        let envelope = Envelope {
            workspace: *entry.event.workspace.as_bytes(),
            seq: entry.seq,
            recorded: entry.recorded.ms(),
            event_id: *entry.event.id.as_bytes(),
            event_hash: entry.hash,
        };
        frontier.push(envelope.leaf_hash());
    }
    frontier.root()
}
