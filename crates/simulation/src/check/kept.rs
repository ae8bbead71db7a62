//! Nothing that a person did is lost: every event of a command that returned is in the log, in an outbox or
//! on a shelf, unless its person dropped it.

use std::collections::BTreeSet;

use quarterdeck_core::id::EventId;

use super::Log;
use crate::history::Fact;

/// What lies on the machines in the end, beside the logs.
#[derive(Debug, Default)]
pub struct Left {
    /// Events in outboxes.
    pub outbox: BTreeSet<EventId>,
    /// Events on shelves.
    pub shelf: BTreeSet<EventId>,
}

/// Says what is lost; none where nothing is.
#[must_use]
pub fn fault(facts: &[Fact], log: &Log, left: &Left) -> Option<String> {
    let recorded: BTreeSet<EventId> = log.iter().map(|entry| entry.key.id).collect();
    let mut dropped = BTreeSet::new();
    let mut authored = Vec::new();
    for fact in facts {
        match fact {
            Fact::Committed { device, ids } => {
                authored.extend(ids.iter().map(|id| (device, *id)));
                // Given again from the shelf.
                dropped.retain(|id| !ids.contains(id));
            }
            Fact::Dropped { ids } => dropped.extend(ids.iter().copied()),
            _ => {}
        }
    }
    let is_kept = |id: &EventId| {
        recorded.contains(id)
            || left.outbox.contains(id)
            || left.shelf.contains(id)
            || dropped.contains(id)
    };
    let lost = authored.iter().find(|(_, id)| !is_kept(id));
    lost.map(|(device, id)| {
        format!(
            "event {id} of {device} is in no log, no outbox and on no shelf, and nobody dropped it"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> EventId {
        EventId::from_bytes([n; 16])
    }

    fn committed(n: u8) -> Fact {
        Fact::Committed {
            device: "ana".to_owned(),
            ids: vec![id(n)],
        }
    }

    #[test]
    fn what_is_nowhere_and_was_not_dropped_is_lost() {
        let facts = [committed(1), committed(2), committed(3)];
        let mut left = Left::default();
        left.outbox.insert(id(1));
        left.shelf.insert(id(2));
        assert!(fault(&facts, &[], &left).is_some());
        let mut facts = facts.to_vec();
        facts.push(Fact::Dropped { ids: vec![id(3)] });
        assert_eq!(fault(&facts, &[], &left), None);
        facts.push(committed(3));
        assert!(fault(&facts, &[], &left).is_some());
    }
}
