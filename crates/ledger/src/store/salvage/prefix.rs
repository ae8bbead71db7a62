//! Which of the entries found are the log: the first, the second, and so on up to the first that is lost.
//!
//! The newest tail record says up to where frames count and which records follow them, as for an ordinary
//! opening. Where what it speaks of is gone, other copies are tried: a frame beyond its end may be part of
//! the log, or left by an append that never finished. Such entries are taken only if they lead to a root
//! in the high-water mark, which also names the subtrees at its base.

use std::fs::File;
use std::io;
use std::ops::Range;

use bytes::Bytes;

use super::Run;
use super::found::{self, Found, Place};
use crate::frame;
use crate::store::mark::Mark;
use crate::store::tail::End;
use crate::{Entry, Frontier, Hash, WorkspaceId};

#[derive(Debug)]
pub(super) struct Prefix {
    pub(super) runs: Vec<Run>,
    pub(super) frontier: Frontier,
    /// When the last of them was recorded.
    pub(super) recorded: u64,
    pub(super) acknowledged: Option<u64>,
    /// Why it ends there.
    pub(super) what: String,
}

/// How far the log is sound by one measure.
#[derive(Clone, Debug, Default)]
struct Reached {
    frontier: Frontier,
    recorded: u64,
}

impl Prefix {
    pub(super) fn of(
        found: &Found,
        store: Option<&File>,
        workspace: WorkspaceId,
        mark: Option<&Mark>,
    ) -> io::Result<Self> {
        let Some(store) = store else {
            let reached = Reached::default();
            let what = "its store is missing".to_owned();
            return Ok(Self::ending(
                reached,
                Vec::new(),
                mark.map(|mark| mark.size),
                what,
            ));
        };
        let end = found.end();
        let acknowledged = mark.map(|mark| mark.size).max(end.map(|end| end.size));
        let mut way = Way {
            found,
            store,
            end: end.unwrap_or_default(),
            limit: acknowledged.unwrap_or(u64::MAX),
            // With neither, nothing says where the log ended.
            unbounded: acknowledged.is_none(),
        };
        let (mut walked, mut settled, mut proved) =
            (Reached::default(), Reached::default(), Reached::default());
        let (mut runs, mut sure) = (Vec::new(), true);
        let mut differs = None;
        while walked.frontier.size() < way.limit && differs.is_none() {
            let next = walked.frontier.size() + 1;
            let Some(step) = way.step(next, walked.recorded)? else {
                break;
            };
            sure &= step.sure;
            runs.push(step.run);
            for entry in step.entries {
                walked.frontier.push(entry.leaf_hash(workspace));
                walked.recorded = entry.recorded;
                match mark.and_then(|mark| agrees(mark, &walked.frontier)) {
                    Some(false) => {
                        differs = Some(entry.seq);
                        break;
                    }
                    Some(true) => {
                        proved = walked.clone();
                        sure = true;
                    }
                    None => {}
                }
            }
            if sure && differs.is_none() {
                settled = walked.clone();
            }
        }
        let reached = if differs.is_some() { proved } else { settled };
        let next = reached.frontier.size() + 1;
        let what = match (differs, acknowledged) {
            (Some(seq), _) => format!(
                "entries {next} to {seq} are not those that were acknowledged: they don't lead to the root in the high-water mark"
            ),
            (None, Some(size)) if next > size => format!("all {size} entries are there"),
            (None, Some(size)) => {
                format!("entry {next} of {size} is damaged or missing in the file store/db")
            }
            (None, None) => format!(
                "{} can be read in the file store/db, and nothing there says how many there were",
                match next - 1 {
                    0 => "no entry".to_owned(),
                    1 => "1 entry".to_owned(),
                    count => format!("{count} entries"),
                }
            ),
        };
        Ok(Self::ending(reached, runs, acknowledged, what))
    }

    fn ending(
        reached: Reached,
        mut runs: Vec<Run>,
        acknowledged: Option<u64>,
        what: String,
    ) -> Self {
        let next = reached.frontier.size() + 1;
        runs.retain(|run: &Run| run.from < next);
        if let Some(last) = runs.last_mut() {
            last.until = last.until.min(next);
        }
        Self {
            runs,
            frontier: reached.frontier,
            recorded: reached.recorded,
            acknowledged,
            what,
        }
    }
}

/// Whether the mark agrees with the tree at its present size; `None` where it says nothing of it.
fn agrees(mark: &Mark, tree: &Frontier) -> Option<bool> {
    let base = mark.base.subtrees();
    let ends_subtree = tree.size() <= mark.base.size()
        && tree.size() != 0
        && mark.base.size() >> tree.size().trailing_zeros() << tree.size().trailing_zeros()
            == tree.size();
    if ends_subtree {
        let subtrees: &[Hash] = tree.subtrees();
        return Some(base.starts_with(subtrees));
    }
    (tree.size() == mark.size).then(|| tree.root() == mark.root)
}

struct Step {
    run: Run,
    entries: Vec<Entry>,
    /// Whether nothing but damage to more than one place could make it wrong.
    sure: bool,
}

struct Way<'a> {
    found: &'a Found,
    store: &'a File,
    end: End,
    limit: u64,
    unbounded: bool,
}

impl Way<'_> {
    /// The entries from `next` on that some frame or record holds, the best one.
    fn step(&mut self, next: u64, recorded: u64) -> io::Result<Option<Step>> {
        let framed = next <= self.end.framed || self.unbounded;
        let record = |sure: bool| {
            let records = self.found.records(next, self.end.framed);
            records
                .into_iter()
                .map(move |record| (sure, vec![record.place()]))
                .collect::<Vec<_>>()
        };
        let frames = |sure: bool| {
            let at = self.found.frames(next).into_iter();
            at.chain(self.found.frames_before(next))
                .map(move |places| (sure, places))
                .collect::<Vec<_>>()
        };
        // An append writes what it moves into frames, and only then the record that makes it count.
        let candidates = if framed {
            [frames(true), record(true)]
        } else {
            [record(next <= self.end.size), frames(false)]
        };
        for (sure, places) in candidates.into_iter().flatten() {
            if let Some(entries) = self.entries(&places, next, recorded)? {
                let run = Run {
                    from: next,
                    until: next + entries.len() as u64,
                    frame: places,
                };
                return Ok(Some(Step { run, entries, sure }));
            }
        }
        Ok(None)
    }

    /// The entries from `next` on in a frame, if it is whole and holds some.
    fn entries(
        &self,
        places: &[Place],
        next: u64,
        mut recorded: u64,
    ) -> io::Result<Option<Vec<Entry>>> {
        let wanted: Range<u64> = next..self.limit.saturating_add(1);
        let bytes = found::read(self.store, places)?;
        let Ok(decoded) = frame::decode(&Bytes::from(bytes), &wanted) else {
            return Ok(None);
        };
        let follows = decoded
            .entries
            .first()
            .is_some_and(|entry| entry.seq == next)
            && decoded.entries.iter().all(|entry| {
                let after = entry.recorded >= recorded;
                recorded = entry.recorded;
                after
            });
        Ok(follows.then_some(decoded.entries))
    }
}
