//! One order, in real time.
//!
//! A push is an append to one log. It takes effect at one moment between the call and its answer, so:
//!
//! - an answer's position holds that very event, for ever, and a repeated push gets the position of the first;
//! - what is asked for after an answer was there stands behind what that answer told of;
//! - a read that begins after an answer sees what that answer told of;
//! - the log holds each event once, and its recorded times never decrease.

use std::collections::{BTreeMap, BTreeSet};

use super::Log;
use crate::history::{Call, Fact, Key, Read, Told};

/// Says what does not hold; none where all of it does.
#[must_use]
pub fn fault(facts: &[Fact], log: &Log) -> Option<String> {
    log_fault(log).or_else(|| told_fault(facts, log))
}

fn log_fault(log: &Log) -> Option<String> {
    let mut ids = BTreeMap::new();
    let mut recorded = 0;
    for (at, entry) in (1..).zip(log) {
        if entry.seq != at {
            return Some(format!(
                "entry {} of the log says that it is entry {}",
                at, entry.seq
            ));
        }
        if entry.recorded < recorded {
            return Some(format!(
                "entry {at} was recorded at {}, before the one ahead of it at {recorded}",
                entry.recorded
            ));
        }
        recorded = entry.recorded;
        if let Some(before) = ids.insert(entry.key.id, at) {
            return Some(format!(
                "event {} stands at {before} and at {at}",
                entry.key.id
            ));
        }
    }
    None
}

/// What is known so far of a run, fact by fact.
#[derive(Default)]
struct Known {
    /// Positions that a call was answered to have recorded, and for which event.
    recorded: BTreeMap<u64, (Key, Call)>,
    /// The most that anybody has been told to be in the log.
    acknowledged: u64,
    /// The same when a call left.
    floors: BTreeMap<Call, u64>,
    new: BTreeSet<Key>,
}

fn told_fault(facts: &[Fact], log: &Log) -> Option<String> {
    let mut known = Known::default();
    for fact in facts {
        let fault = match fact {
            Fact::Asked { call } => {
                known.floors.insert(*call, known.acknowledged);
                None
            }
            Fact::Answered { call, told, head } => known.answered(*call, told, *head, log),
            Fact::Heard {
                call,
                entries,
                head,
            } => known.heard(*call, entries, *head, log),
            Fact::Committed { .. } | Fact::Dropped { .. } => None,
        };
        if fault.is_some() {
            return fault;
        }
    }
    None
}

impl Known {
    fn answered(
        &mut self,
        call: Call,
        told: &[(Key, Told)],
        head: u64,
        log: &Log,
    ) -> Option<String> {
        let floor = self.floors.get(&call).copied().unwrap_or(0);
        if head != 0 && head < floor {
            return Some(format!(
                "call {call} was told of a log of {head} entries, and {floor} had been acknowledged before it"
            ));
        }
        for (key, told) in told {
            let seq = told.seq();
            if let Some(fault) = holds(log, seq, key) {
                return Some(format!("call {call}: acknowledged at {seq}, {fault}"));
            }
            if head != 0 && seq > head {
                return Some(format!(
                    "call {call} was told of entry {seq} of a log of {head}"
                ));
            }
            if let Told::Recorded(_) = told {
                if seq <= floor {
                    return Some(format!(
                        "call {call} recorded at {seq}, and {floor} had been acknowledged before it began"
                    ));
                }
                if let Some((_, before)) = self.recorded.insert(seq, (*key, call)) {
                    return Some(format!(
                        "position {seq} was given to call {before} and to call {call}"
                    ));
                }
                if !self.new.insert(*key) {
                    return Some(format!(
                        "event {} was recorded twice, says call {call}",
                        key.id
                    ));
                }
            }
            self.acknowledged = self.acknowledged.max(seq);
        }
        self.acknowledged = self.acknowledged.max(head);
        None
    }

    fn heard(&mut self, call: Call, entries: &[Read], head: u64, log: &Log) -> Option<String> {
        let floor = self.floors.get(&call).copied().unwrap_or(0);
        if head < floor {
            return Some(format!(
                "call {call} read a log of {head} entries, and {floor} had been acknowledged before it"
            ));
        }
        for entry in entries {
            if let Some(fault) = holds(log, entry.seq, &entry.key) {
                return Some(format!("call {call}: read {}, {fault}", entry.seq));
            }
            let kept = at(log, entry.seq).map_or(0, |kept| kept.recorded);
            if kept != entry.recorded {
                return Some(format!(
                    "call {call} read that entry {} was recorded at {}, and the log says {kept}",
                    entry.seq, entry.recorded
                ));
            }
        }
        // Whoever has read it knows that it is in the log.
        self.acknowledged = self.acknowledged.max(head);
        None
    }
}

fn at(log: &Log, seq: u64) -> Option<&Read> {
    log.get(usize::try_from(seq.checked_sub(1)?).ok()?)
}

/// Says what is wrong where the log does not hold an event at a position.
fn holds(log: &Log, seq: u64, key: &Key) -> Option<String> {
    let Some(kept) = at(log, seq) else {
        return Some(format!("and the log ends at {}", log.len()));
    };
    let same = kept.key.id == key.id && (key.hash.is_none() || key.hash == kept.key.hash);
    (!same).then(|| {
        format!(
            "and the log holds event {} there, not {}",
            kept.key.id, key.id
        )
    })
}

#[cfg(test)]
mod tests {
    use quarterdeck_core::id::EventId;

    use super::*;

    fn key(n: u8) -> Key {
        Key {
            id: EventId::from_bytes([n; 16]),
            hash: Some([n; 32]),
        }
    }

    /// A log of these events, each recorded a second after the one before.
    fn log(events: &[u8]) -> Vec<Read> {
        let entries = (1..).zip(events).map(|(seq, n)| Read {
            seq,
            key: key(*n),
            recorded: seq * 1_000,
        });
        entries.collect()
    }

    fn answered(call: Call, told: &[(u8, Told)], head: u64) -> Fact {
        Fact::Answered {
            call,
            told: told.iter().map(|(n, told)| (key(*n), *told)).collect(),
            head,
        }
    }

    fn asked(call: Call) -> Fact {
        Fact::Asked { call }
    }

    #[test]
    fn two_calls_at_once_may_take_effect_in_either_order() {
        let facts = [
            asked(1),
            asked(2),
            answered(1, &[(8, Told::Recorded(2))], 2),
            answered(2, &[(7, Told::Recorded(1))], 1),
            asked(3),
            answered(3, &[(7, Told::Already(1))], 2),
        ];
        assert_eq!(fault(&facts, &log(&[7, 8])), None);
    }

    #[test]
    fn a_call_after_an_answer_stands_behind_it() {
        let facts = [
            asked(1),
            answered(1, &[(8, Told::Recorded(2))], 2),
            asked(2),
            answered(2, &[(7, Told::Recorded(1))], 2),
        ];
        let found = fault(&facts, &log(&[7, 8])).unwrap();
        assert!(
            found.contains("recorded at 1, and 2 had been acknowledged"),
            "{found}"
        );
    }

    #[test]
    fn an_acknowledged_event_that_is_gone_or_moved_is_found() {
        let facts = [asked(1), answered(1, &[(7, Told::Recorded(1))], 1)];
        assert!(
            fault(&facts, &log(&[]))
                .unwrap()
                .contains("the log ends at 0")
        );
        assert!(
            fault(&facts, &log(&[8, 7]))
                .unwrap()
                .contains("the log holds event")
        );
        // The same event with other bytes.
        let mut changed = log(&[7]);
        changed[0].key.hash = Some([9; 32]);
        assert!(fault(&facts, &changed).is_some());
    }

    #[test]
    fn a_repeat_that_is_told_another_position_is_found() {
        let facts = [
            asked(1),
            answered(1, &[(7, Told::Recorded(1))], 1),
            asked(2),
            answered(2, &[(7, Told::Already(2))], 2),
        ];
        assert!(
            fault(&facts, &log(&[7, 8]))
                .unwrap()
                .contains("the log holds event")
        );
    }

    #[test]
    fn a_repeat_that_is_told_to_be_new_is_found() {
        let facts = [
            asked(1),
            asked(2),
            answered(1, &[(7, Told::Recorded(1))], 1),
            answered(2, &[(7, Told::Recorded(1))], 1),
        ];
        assert!(
            fault(&facts, &log(&[7]))
                .unwrap()
                .contains("was given to call 1 and to call 2")
        );
    }

    #[test]
    fn an_event_that_is_in_the_log_twice_is_found() {
        let found = fault(&[], &log(&[7, 8, 7])).unwrap();
        assert!(found.contains("stands at 1 and at 3"), "{found}");
    }

    #[test]
    fn a_recorded_time_that_goes_back_is_found() {
        let mut log = log(&[7, 8]);
        log[1].recorded = 999;
        assert!(
            fault(&[], &log)
                .unwrap()
                .contains("before the one ahead of it")
        );
    }

    #[test]
    fn a_read_that_misses_what_was_acknowledged_before_it_is_found() {
        let heard = |head| Fact::Heard {
            call: 2,
            entries: Vec::new(),
            head,
        };
        let facts = |head| {
            [
                asked(1),
                answered(1, &[(7, Told::Recorded(1)), (8, Told::Recorded(2))], 2),
                asked(2),
                heard(head),
            ]
        };
        assert_eq!(fault(&facts(2), &log(&[7, 8])), None);
        assert!(
            fault(&facts(1), &log(&[7, 8]))
                .unwrap()
                .contains("read a log of 1 entries")
        );
    }

    #[test]
    fn a_read_of_what_the_log_does_not_hold_is_found() {
        let mut entries = log(&[7, 9]);
        let heard = |entries: &[Read]| {
            [
                asked(1),
                Fact::Heard {
                    call: 1,
                    entries: entries.to_vec(),
                    head: 2,
                },
            ]
        };
        assert!(
            fault(&heard(&entries), &log(&[7, 8]))
                .unwrap()
                .contains("read 2")
        );
        entries = log(&[7, 8]);
        entries[1].recorded += 1;
        assert!(
            fault(&heard(&entries), &log(&[7, 8]))
                .unwrap()
                .contains("recorded at 2001")
        );
    }
}
