//! How events and values are shown to clients that hold no replica.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::{MemberId, Uuid};
use quarterdeck_core::reference::Kind;
use quarterdeck_core::state::{Contender, State};
use quarterdeck_core::value::{Change, Milestone, Value};
use quarterdeck_proto::v1;

use crate::lookup::Lookup;

/// What is needed to name things.
pub(super) struct Shown<'a> {
    pub(super) state: &'a State,
    pub(super) lookup: Lookup<'a>,
}

impl<'a> Shown<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        Self {
            state,
            lookup: Lookup::new(state),
        }
    }

    /// An event as logs show it.
    pub(super) fn event(&self, entry: &Entry) -> v1::LogEvent {
        let event = &entry.event;
        let by_server = self
            .state
            .devices
            .get(&event.device)
            .is_some_and(|device| device.server);
        let subject = event.body.subject();
        v1::LogEvent {
            seq: entry.seq,
            id: event.id.to_string(),
            kind: event.body.kind().to_owned(),
            reference: subject
                .map(|it| self.lookup.reference_of(it))
                .unwrap_or_default(),
            member: self.member(event.member),
            device: self.state.device_name(event.device).to_owned(),
            on_behalf: by_server && !event.member.is_nil(),
            authored_ms: event.authored.wall,
            recorded_ms: entry.recorded.ms(),
            effective: event
                .body
                .effective()
                .map(|date| date.to_string())
                .unwrap_or_default(),
            changes: self.changes(&event.body),
            reason: event.reason.clone().unwrap_or_default(),
            undoes: event.undoes.map(|id| id.to_string()).unwrap_or_default(),
        }
    }

    fn changes(&self, body: &Body) -> Vec<v1::FieldHistory> {
        let shown = |change: &Change| v1::FieldHistory {
            field: change.field.word().to_owned(),
            before: self.value(&change.from),
            after: self.value(&change.to),
        };
        match body {
            Body::Edited { changes, .. } => changes.iter().map(shown).collect(),
            Body::ConflictResolved {
                field, from, to, ..
            } => {
                vec![shown(&Change {
                    field: field.clone(),
                    from: from.clone(),
                    to: to.clone(),
                })]
            }
            _ => Vec::new(),
        }
    }

    /// A value, written as it may be sent back; none where there is none.
    pub(super) fn value(&self, value: &Value) -> Option<String> {
        Some(match value {
            Value::None => return None,
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Ref(subject) => self.lookup.reference_of(*subject),
            Value::Milestones(steps) => milestones(steps),
            Value::Measure(measure) => measure.to_string(),
            Value::Numbers(numbers) => {
                let written: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                written.join(",")
            }
        })
    }

    pub(super) fn side(&self, side: &Contender) -> v1::ConflictSide {
        v1::ConflictSide {
            value: self.value(&side.value),
            member: self.member(side.stamp.member),
            event: side.stamp.event.to_string(),
            authored_ms: side.stamp.authored.wall,
            reason: side.reason.clone().unwrap_or_default(),
        }
    }

    /// A member's name; nothing where the server itself speaks.
    fn member(&self, member: MemberId) -> String {
        if member.is_nil() {
            String::new()
        } else {
            self.state.member_name(member).to_owned()
        }
    }

    pub(super) fn reference(&self, kind: Kind, id: Uuid) -> String {
        self.lookup.reference(kind, id)
    }
}

pub(super) fn number(number: Option<Decimal>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn milestones(steps: &[Milestone]) -> String {
    let shown = |step: &Milestone| {
        if step.weight == Decimal::ONE {
            step.name.clone()
        } else {
            format!("{}:{}", step.name, step.weight)
        }
    };
    steps.iter().map(shown).collect::<Vec<_>>().join(",")
}
