//! The state at a past moment: the nearest snapshot before it, and what was known beyond that.
//!
//! What was known at a moment ([`quarterdeck_core::known`]) is a beginning of the log, and beyond it
//! exceptions of which the present state says where they stand:
//!
//! ```text
//!          snapshot ▪──fold──▶┃ moment
//! log  ───────────────────────┃──────────────▶
//!                                ↑    ↑   ↑     imported, from a source that was older
//! ```

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::Entry;
use quarterdeck_core::state::State;
use quarterdeck_ledger::Ledger;

use crate::folded::{Folded, read_entry};
use crate::horizon::Horizon;
use crate::kept::Kept;
use crate::snapshots::Mark;
use crate::{ProjectionError, READ_BYTES, READ_ENTRIES};

/// Entries that are not asked for are read along where that saves a second read.
const GAP: u64 = 8;

impl Kept {
    /// The state as far as a horizon lets one see; `present` is the fold of the whole log.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn state_within(
        &mut self,
        ledger: &dyn Ledger,
        present: &State,
        horizon: &Horizon,
    ) -> Result<State, ProjectionError> {
        let mut state = self.state_then(ledger, present, horizon)?;
        // What was erased since is missing there as well: the one thing about the past that later
        // entries change, so it is told who erased it.
        state.erasures.clone_from(&present.erasures);
        Ok(state)
    }

    fn state_then(
        &mut self,
        ledger: &dyn Ledger,
        present: &State,
        horizon: &Horizon,
    ) -> Result<State, ProjectionError> {
        let Horizon { until, moment, .. } = *horizon;
        if until >= present.head && moment.is_none_or(|moment| present.recorded <= moment) {
            return Ok(present.clone());
        }
        let adopted = present.adopted_at();
        // What was authored alone counts from then; an import among it from its source, which may be later.
        let alone = adopted.unwrap_or(0);
        let late = moment.and_then(|moment| {
            let mut imported = present.sources.range(..=alone);
            let late = imported.find(|(_, source)| source.at > moment);
            late.map(|(seq, _)| *seq)
        });
        let is_seen = |mark: &Mark| {
            mark.size <= until
                && late.is_none_or(|late| mark.size < late)
                && moment.is_none_or(|moment| mark.known(adopted) <= moment)
        };
        let from = self.before(is_seen).unwrap_or_default();
        let (mut folded, stopped) =
            fold_while(ledger, from, alone, |entry| horizon.lets_in(entry))?;
        if let (Some(moment), Some(stopped)) = (moment, stopped) {
            let mut exceptions = self.exceptions(ledger, present, moment, stopped)?;
            exceptions.split_off(&until.saturating_add(1));
            read_each(ledger, &exceptions, &mut |entry| {
                if horizon.lets_in(&entry) {
                    folded.state.apply(&entry);
                }
            })?;
        }
        Ok(folded.state)
    }

    /// Which entries beyond `stopped` may have been known at a moment at which that one was not.
    fn exceptions(
        &mut self,
        ledger: &dyn Ledger,
        present: &State,
        moment: Timestamp,
        stopped: u64,
    ) -> Result<BTreeSet<u64>, ProjectionError> {
        if present.sources.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut found: BTreeSet<u64> = (present.sources.range(stopped..))
            .filter(|(_, source)| source.at <= moment)
            .map(|(seq, _)| *seq)
            .collect();
        // A cycle that imported objectives fill.
        found.extend(
            present
                .cycles
                .values()
                .map(|one| one.provenance.created.seq),
        );
        let began = (present.workspace.as_ref()).map(|found| found.provenance.created.recorded);
        if began.is_some_and(|began| moment < began) {
            // People and teams set the scene of what is older than the workspace.
            found.insert(1);
            found.extend(present.adopted_at());
            found.extend(
                present
                    .members
                    .values()
                    .map(|one| one.provenance.created.seq),
            );
            found.extend(present.devices.values().map(|one| one.joined.seq));
            found.extend(present.invitations.values().map(|one| one.issued.seq));
            let teams = present.teams.keys().map(|id| id.uuid()).collect();
            found.extend(self.about(ledger, &teams)?);
            // What was said of a team that is not there was passed over then as well.
            found.extend(present.skipped.iter().map(|one| one.seq));
        }
        Ok(found.split_off(&stopped))
    }
}

/// Folds on while entries are let in; where it stopped, if that was before the log's end. Imports up to
/// position `alone` that are not are passed over: what stands behind them may be older.
fn fold_while(
    ledger: &dyn Ledger,
    mut folded: Folded,
    alone: u64,
    mut lets_in: impl FnMut(&Entry) -> bool,
) -> Result<(Folded, Option<u64>), ProjectionError> {
    let mut next = folded.state.head.saturating_add(1);
    loop {
        let block = ledger.read(next, READ_ENTRIES, READ_BYTES)?;
        if block.is_empty() {
            return Ok((folded, None));
        }
        for entry in &block {
            let entry = read_entry(entry)?;
            next = entry.seq.saturating_add(1);
            if lets_in(&entry) {
                folded.state.apply(&entry);
            } else if entry.seq > alone || entry.event.source.is_none() {
                return Ok((folded, Some(entry.seq)));
            }
        }
    }
}

/// Reads these entries, in order.
///
/// # Errors
/// The log cannot be read.
pub fn read_each(
    ledger: &dyn Ledger,
    seqs: &BTreeSet<u64>,
    each: &mut dyn FnMut(Entry),
) -> Result<(), ProjectionError> {
    let mut stretches: BTreeMap<u64, u64> = BTreeMap::new();
    let mut last: Option<(u64, u64)> = None;
    for seq in seqs {
        let from = match last {
            Some((from, until)) if seq - until <= GAP => from,
            _ => *seq,
        };
        last = Some((from, *seq));
        stretches.insert(from, *seq);
    }
    for (from, until) in stretches {
        let mut next = from;
        while next <= until {
            let count = usize::try_from(until - next + 1).unwrap_or(READ_ENTRIES);
            let block = ledger.read(next, count.min(READ_ENTRIES), READ_BYTES)?;
            let Some(end) = block.last().map(|entry| entry.seq) else {
                return Ok(());
            };
            next = end.saturating_add(1);
            for entry in block.iter().filter(|entry| seqs.contains(&entry.seq)) {
                each(read_entry(entry)?);
            }
        }
    }
    Ok(())
}
