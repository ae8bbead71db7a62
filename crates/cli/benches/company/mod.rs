//! A company in a folder of its own, with the same log in every run: what the benchmarks have in common.

use std::fs;
use std::path::Path;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{KeyResultAdded, Metric};
use quarterdeck_core::id::{KeyResultId, MemberId, ObjectiveId};
use quarterdeck_core::token::{Cadence, MetricKind};
use quarterdeck_sync::{NewWorkspace, Options, Random, Replica};

/// SplitMix64: the same log in every run.
pub(crate) struct Seeded(u64);

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A company whose people plan and measure.
pub(crate) struct Company {
    pub(crate) replica: Replica,
    pub(crate) random: Seeded,
    pub(crate) now_ms: u64,
    /// What is recorded with the next commit.
    pub(crate) waiting: Vec<Command>,
    pub(crate) member: MemberId,
}

impl Company {
    /// Begins one in a folder that is not there yet.
    pub(crate) fn begin(folder: &Path, now_ms: u64) -> Self {
        fs::create_dir_all(folder).expect("a folder");
        let mut random = Seeded(7);
        let new = NewWorkspace {
            name: "acme".to_owned(),
            time_zone: "Europe/Lisbon".to_owned(),
            fiscal_year_start: 1,
            member_name: "ana".to_owned(),
            member_email: None,
            device_name: "laptop".to_owned(),
        };
        let replica = Replica::create(folder, new, Options::default(), now_ms, &mut random)
            .expect("a workspace");
        let member = replica.identity().member.expect("an owner");
        Self {
            replica,
            random,
            now_ms,
            waiting: Vec::new(),
            member,
        }
    }

    /// Records what waits, a minute after what came before.
    pub(crate) fn commit(&mut self) {
        let commands = std::mem::take(&mut self.waiting);
        if !commands.is_empty() {
            self.now_ms += 60_000;
            (self.replica)
                .commit(commands, None, self.now_ms, &mut self.random)
                .expect("a commit");
        }
    }

    /// How many entries there are, those that wait included.
    pub(crate) fn size(&self) -> u64 {
        self.replica.head().size + self.waiting.len() as u64
    }
}

/// A key result that grows from 0 to 1,000 leads.
pub(crate) fn added(
    key_result: KeyResultId,
    objective: ObjectiveId,
    title: String,
    owner: MemberId,
) -> KeyResultAdded {
    KeyResultAdded {
        key_result,
        objective,
        title,
        owner: Some(owner),
        metric: Metric {
            kind: MetricKind::Increase,
            baseline: Some(0.into()),
            target: Some(1_000.into()),
            low: None,
            high: None,
            milestones: Vec::new(),
            unit: Some("leads".to_owned()),
        },
        indicator: None,
        certainty: None,
        cadence: Cadence::Weekly,
        weight: 1.into(),
        rank: None,
        key: None,
        team: None,
        kpi: None,
        carried_from: None,
    }
}
