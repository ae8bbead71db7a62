//! Whole replicas against a model of a server, and the planner alone against thousands of histories.

mod closings;
mod erasure;
mod exported;
mod faults;
mod folder;
mod interleavings;
mod join;
mod liar;
mod model;
mod outbox;
mod planner;
mod proof;
mod silent;
mod sync;
mod tiles;
mod tls;

use std::path::Path;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::canonical;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn, KeyResultAdded, Metric, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, IdSource, KeyResultId, ObjectiveId};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{Cadence, CycleKind, MetricKind, NoteKind, ObjectiveKind};
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_ledger::{Seal, Sealed};
use sha2::{Digest, Sha256};

use crate::random::{Ids, Random};
use crate::{Options, Replica};

/// When tests begin: 2026-07-01T00:00:00Z.
pub(crate) const NOW: u64 = 1_782_864_000_000;

/// Reproducible "randomness".
#[derive(Debug, Clone)]
pub(crate) struct Seeded {
    seed: u64,
    count: u64,
}

impl Seeded {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, count: 0 }
    }
}

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            self.count += 1;
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(self.count.to_be_bytes());
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}

/// Puts another salt in the place of an event's own.
pub(crate) fn alter_salt(sealed: &mut Sealed) {
    if let Seal::Salted(salt) = &mut sealed.seal {
        salt[0] ^= 1;
    }
}

/// The things that most tests talk about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub cycle: CycleId,
    pub objective: ObjectiveId,
    pub key_result: KeyResultId,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Seeded::new(seed);
        let mut ids = Ids::new(&mut random, NOW);
        Self {
            cycle: CycleId::new(ids.next()),
            objective: ObjectiveId::new(ids.next()),
            key_result: KeyResultId::new(ids.next()),
        }
    }

    /// A cycle with one objective and one key result, as one command.
    pub(crate) fn commands(&self, name: &str) -> Vec<Command> {
        let metric = Metric {
            kind: MetricKind::Increase,
            baseline: Some(Decimal::from(0)),
            target: Some(Decimal::from(100)),
            low: None,
            high: None,
            milestones: Vec::new(),
            unit: None,
        };
        vec![
            Command::Record(Body::CycleCreated {
                cycle: self.cycle,
                name: name.to_owned(),
                kind: CycleKind::Quarterly,
                starts: Date::new(2026, 7, 1).unwrap(),
                ends: Date::new(2026, 9, 30).unwrap(),
                parent: None,
            }),
            Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
                objective: self.objective,
                title: format!("Grow in {name}"),
                description: None,
                cycle: self.cycle,
                owner: None,
                team: None,
                kind: ObjectiveKind::Committed,
                supports: None,
                key: None,
                carried_from: None,
                standing: false,
            })),
            Command::Record(Body::KeyResultAdded(KeyResultAdded {
                key_result: self.key_result,
                objective: self.objective,
                title: "Qualified leads".to_owned(),
                owner: None,
                metric,
                indicator: None,
                certainty: None,
                cadence: Cadence::Weekly,
                weight: Decimal::from(1),
                rank: None,
                key: None,
                team: None,
                kpi: None,
                carried_from: None,
            })),
        ]
    }

    pub(crate) fn delta(&self, by: u32) -> Vec<Command> {
        self.check_in(Measure::Delta(Decimal::from(by)), None)
    }

    pub(crate) fn check_in(&self, measure: Measure, confidence: Option<Decimal>) -> Vec<Command> {
        vec![Command::Record(Body::CheckedIn(CheckedIn {
            key_result: self.key_result,
            measure,
            effective: Date::new(2026, 7, 1).unwrap(),
            confidence,
            projection: None,
            note: None,
        }))]
    }

    pub(crate) fn target(&self, to: u32) -> Vec<Command> {
        self.edit(Field::Target, Value::Number(Decimal::from(to)))
    }

    pub(crate) fn edit(&self, field: Field, to: Value) -> Vec<Command> {
        vec![Command::Edit {
            subject: Subject::KeyResult(self.key_result),
            set: vec![(field, to)],
        }]
    }
}

pub(crate) fn note(about: Subject, text: &str) -> Vec<Command> {
    vec![Command::Record(Body::NoteAdded {
        about,
        kind: NoteKind::Comment,
        text: text.to_owned(),
    })]
}

pub(crate) fn json(state: &State) -> String {
    canonical::json(state).unwrap()
}

pub(crate) fn open(dir: &Path) -> Replica {
    Replica::open(dir, Options::default()).unwrap()
}
