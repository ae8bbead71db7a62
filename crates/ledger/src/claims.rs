//! Claims about the root of a log's beginning, such as the one that the closing of a cycle makes.
//!
//! All are checked in one pass over the log, up to the longest beginning that any of them is about.

use std::collections::{BTreeMap, BTreeSet};

use crate::envelope::Envelope;
use crate::{Frontier, Hash, Ledger, LedgerError, NewEntry, Sealed};

/// That the first `size` entries have this root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The entry that says so.
    pub seq: u64,
    /// Of how many entries.
    pub size: u64,
    /// Their root.
    pub root: Hash,
    /// Whether it is about the tree that a device alone kept, before the log came to a server: the
    /// same entries, with the times at which that device recorded them.
    pub alone: bool,
}

/// When a device alone recorded an event, in milliseconds since the Unix epoch: from the time of the
/// entry before it (0 for none) and the event. None where the event cannot be read.
pub type RecordedAlone<'a> = &'a mut dyn FnMut(u64, &Sealed) -> Option<u64>;

/// The first claim that does not hold for the log and the entries that are about to be appended to
/// it; none where all hold.
///
/// # Errors
/// When an entry cannot be read.
pub fn first_false(
    claims: &[Claim],
    ledger: &dyn Ledger,
    coming: &[NewEntry],
    alone: RecordedAlone<'_>,
) -> Result<Option<Claim>, LedgerError> {
    const AT_ONCE: usize = 4096;
    const BYTES: usize = 4 << 20;
    // What is closed is nearly always bound to the end of the log as it is.
    let head = ledger.head();
    let at_head =
        |claim: &&Claim| !claim.alone && claim.size == head.size && claim.root == head.root;
    let open: Vec<&Claim> = claims.iter().filter(|claim| !at_head(claim)).collect();
    let Some(longest) = open.iter().map(|claim| claim.size).max() else {
        return Ok(None);
    };
    let mut roots = Roots::new(&open);
    while roots.size() < longest.min(head.size) {
        let entries = ledger.read(roots.size() + 1, AT_ONCE, BYTES)?;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            let envelope = Envelope::of(ledger.workspace(), entry);
            roots.push(envelope, &entry.event, alone);
        }
    }
    for new in coming {
        if roots.size() >= longest {
            break;
        }
        let envelope = Envelope {
            workspace: ledger.workspace(),
            seq: roots.size() + 1,
            recorded: new.recorded,
            event_id: new.event_id,
            event_hash: new.hash,
        };
        roots.push(envelope, &new.event, alone);
    }
    let wrong = open.into_iter().filter(|claim| !roots.bear_out(claim));
    Ok(wrong.min_by_key(|claim| claim.seq).copied())
}

/// The roots at the sizes that claims are about.
struct Roots {
    any_alone: bool,
    wanted: BTreeSet<u64>,
    as_recorded: Frontier,
    alone: Option<Frontier>,
    last_alone: u64,
    found: BTreeMap<(u64, bool), Hash>,
}

impl Roots {
    fn new(claims: &[&Claim]) -> Self {
        let any_alone = claims.iter().any(|claim| claim.alone);
        Self {
            any_alone,
            wanted: claims.iter().map(|claim| claim.size).collect(),
            as_recorded: Frontier::default(),
            alone: any_alone.then(Frontier::default),
            last_alone: 0,
            found: BTreeMap::new(),
        }
    }

    fn size(&self) -> u64 {
        self.as_recorded.size()
    }

    fn push(&mut self, envelope: Envelope, event: &Sealed, recorded_alone: RecordedAlone<'_>) {
        self.as_recorded.push(envelope.leaf_hash());
        let size = self.size();
        if self.any_alone {
            match recorded_alone(self.last_alone, event) {
                Some(recorded) => {
                    self.last_alone = recorded;
                    let envelope = Envelope {
                        recorded,
                        ..envelope
                    };
                    if let Some(alone) = &mut self.alone {
                        alone.push(envelope.leaf_hash());
                    }
                }
                // Nothing can be said about that tree from here on.
                None => self.alone = None,
            }
        }
        if self.wanted.contains(&size) {
            self.found.insert((size, false), self.as_recorded.root());
            if let Some(alone) = &self.alone {
                self.found.insert((size, true), alone.root());
            }
        }
    }

    fn bear_out(&self, claim: &Claim) -> bool {
        self.found.get(&(claim.size, claim.alone)) == Some(&claim.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryLedger;
    use crate::testing::new_entry;

    fn log(size: u64) -> MemoryLedger {
        let ledger = MemoryLedger::new([1; 16]);
        ledger
            .append(0, (1..=size).map(new_entry).collect())
            .unwrap();
        ledger
    }

    fn claim(seq: u64, size: u64, root: Hash) -> Claim {
        Claim {
            seq,
            size,
            root,
            alone: false,
        }
    }

    #[test]
    fn the_first_false_claim_is_named() {
        let whole = log(9);
        let (five, six) = (log(5).head().root, log(6).head().root);
        let first = |claims: &[Claim]| first_false(claims, &whole, &[], &mut |_, _| None).unwrap();
        assert_eq!(
            first(&[claim(6, 5, five), claim(10, 9, whole.head().root)]),
            None
        );
        let (late, early) = (claim(9, 6, five), claim(8, 5, six));
        assert_eq!(first(&[late, claim(7, 5, five), early]), Some(early));
        assert!(first(&[claim(9, 12, five)]).is_some(), "beyond the end");
        assert!(first(&[claim(9, 0, [0; 32])]).is_some(), "about nothing");
    }

    #[test]
    fn what_is_about_to_be_appended_counts() {
        let stored = log(3);
        let coming: Vec<_> = (4..=6).map(new_entry).collect();
        let claims = [claim(6, 5, log(5).head().root)];
        let found = first_false(&claims, &stored, &coming, &mut |_, _| None).unwrap();
        assert_eq!(found, None);
    }

    #[test]
    fn a_tree_kept_alone_has_its_own_times() {
        let alone = log(4);
        let moved = MemoryLedger::new([1; 16]);
        let at_once = (1..=4).map(|n| NewEntry {
            recorded: 1_000_000,
            ..new_entry(n)
        });
        moved.append(0, at_once.collect()).unwrap();
        let claims = [Claim {
            alone: true,
            ..claim(4, 3, log(3).head().root)
        }];
        let times: Vec<u64> = alone
            .read(1, 4, usize::MAX)
            .unwrap()
            .iter()
            .map(|one| one.recorded)
            .collect();
        let mut next = times.into_iter();
        let found = first_false(&claims, &moved, &[], &mut |_, _| next.next()).unwrap();
        assert_eq!(found, None);
        let unread = first_false(&claims, &moved, &[], &mut |_, _| None).unwrap();
        assert_eq!(
            unread,
            Some(claims[0]),
            "what cannot be read bears nothing out"
        );
    }
}
