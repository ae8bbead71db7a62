//! What people do: plan, check in, edit the same things at the same time, write notes, take things back.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn, KeyResultAdded, Metric, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, IdSource, KeyResultId, ObjectiveId};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{
    Cadence, CycleKind, KeyResultState, MetricKind, NoteKind, ObjectiveKind,
};
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_sync::Ids;

use crate::chance::Chance;

/// A cycle with an objective and two key results, whose ids are known before anybody has made them.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    name: String,
    cycle: CycleId,
    objective: ObjectiveId,
    pub(crate) key_results: Vec<KeyResultId>,
}

impl Plan {
    /// The one that everybody works on.
    pub(crate) fn shared(seed: u64) -> Self {
        Self::new(seed, "2026-Q3")
    }

    /// One that a device makes for itself; two devices may make the same, and one is refused.
    pub(crate) fn of_one(seed: u64, device: &str) -> Self {
        let mut plan = Self::new(seed, device);
        plan.name = "2026-Q4".to_owned();
        plan
    }

    fn new(seed: u64, name: &str) -> Self {
        let mut random = Chance::new(seed, &format!("plan {name}"));
        let mut ids = Ids::new(&mut random, 1_786_000_000_000);
        Self {
            name: name.to_owned(),
            cycle: CycleId::new(ids.next()),
            objective: ObjectiveId::new(ids.next()),
            key_results: (0..2).map(|_| KeyResultId::new(ids.next())).collect(),
        }
    }

    /// Whether a state holds it.
    pub(crate) fn is_in(&self, state: &State) -> bool {
        state.cycles.contains_key(&self.cycle)
    }

    pub(crate) fn commands(&self) -> Vec<Command> {
        let day = |month, day| Date::new(2026, month, day).unwrap_or(Date::EPOCH);
        let (starts, ends) = match self.name.as_str() {
            "2026-Q4" => (day(10, 1), day(12, 31)),
            _ => (day(7, 1), day(9, 30)),
        };
        let mut bodies = vec![
            Body::CycleCreated {
                cycle: self.cycle,
                name: self.name.clone(),
                kind: CycleKind::Quarterly,
                starts,
                ends,
                parent: None,
            },
            Body::ObjectiveDrafted(ObjectiveDrafted {
                objective: self.objective,
                title: format!("Grow in {}", self.name),
                description: None,
                cycle: self.cycle,
                owner: None,
                team: None,
                kind: ObjectiveKind::Committed,
                supports: None,
                key: None,
                carried_from: None,
                standing: false,
            }),
        ];
        bodies.extend(self.key_results.iter().map(|id| self.key_result(*id)));
        bodies.into_iter().map(Command::Record).collect()
    }

    fn key_result(&self, key_result: KeyResultId) -> Body {
        let metric = Metric {
            kind: MetricKind::Increase,
            baseline: Some(Decimal::from(0)),
            target: Some(Decimal::from(100)),
            low: None,
            high: None,
            milestones: Vec::new(),
            unit: None,
        };
        Body::KeyResultAdded(KeyResultAdded {
            key_result,
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
        })
    }
}

/// What somebody does next, and what it is called in the table of what happened.
pub(crate) fn draw(
    chance: &mut Chance,
    state: &State,
    shared: &Plan,
    own: &Plan,
) -> (&'static str, Vec<Command>) {
    let plan = match chance.per_mille(700) {
        true => shared,
        false => own,
    };
    let key_result = chance.pick(&plan.key_results).copied();
    let key_result = key_result.unwrap_or_else(|| KeyResultId::from_bytes([0; 16]));
    let n = u32::try_from(chance.below(1_000)).unwrap_or(0);
    let edit = |field, value| {
        vec![Command::Edit {
            subject: Subject::KeyResult(key_result),
            set: vec![(field, value)],
        }]
    };
    let word = |state: KeyResultState| Value::Text(state.word().to_owned());
    match chance.below(20) {
        0..=3 => (
            "check-in of a change",
            check_in(key_result, Measure::Delta(Decimal::from(1 + n % 7)), n),
        ),
        4..=6 => (
            "check-in of a value",
            check_in(key_result, Measure::Absolute(Decimal::from(n)), n),
        ),
        7..=9 => (
            "edit of a target",
            edit(Field::Target, Value::Number(Decimal::from(100 + n))),
        ),
        10..=12 => (
            "edit of a title",
            edit(Field::Title, Value::Text(format!("Leads {n}"))),
        ),
        13..=15 => ("note", note(n, chance)),
        16 => (
            "key result dropped",
            edit(Field::State, word(KeyResultState::Dropped)),
        ),
        17 => (
            "key result taken up again",
            edit(Field::State, word(KeyResultState::Active)),
        ),
        18 => match state.conflicts.first() {
            Some(conflict) => (
                "conflict settled",
                vec![Command::Resolve {
                    subject: conflict.subject,
                    field: conflict.field.clone(),
                    to: conflict
                        .contenders
                        .first()
                        .map_or(Value::None, |side| side.value.clone()),
                }],
            ),
            None => ("note", note(n, chance)),
        },
        _ => ("plan of one's own", own.commands()),
    }
}

fn check_in(key_result: KeyResultId, measure: Measure, n: u32) -> Vec<Command> {
    let day = u8::try_from(1 + n % 28).unwrap_or(1);
    vec![Command::Record(Body::CheckedIn(CheckedIn {
        key_result,
        measure,
        effective: Date::new(2026, 7, day).unwrap_or(Date::EPOCH),
        confidence: None,
        projection: None,
        note: n.is_multiple_of(3).then(|| format!("said {n}")),
    }))]
}

/// Now and then a long one, so that a log is more than one piece on its way.
fn note(n: u32, chance: &mut Chance) -> Vec<Command> {
    let text = match chance.per_mille(40) {
        true => format!("{n} ").repeat(2_400),
        false => format!("note {n}"),
    };
    vec![Command::Record(Body::NoteAdded {
        about: Subject::Workspace,
        kind: NoteKind::Comment,
        text,
    })]
}
