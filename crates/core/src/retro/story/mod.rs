//! The story of a cycle: what happened, in sentences that are computed from its events.
//!
//! Each sentence names the entries behind it by their positions in the log; of a mean it names the positions
//! as of which it was computed. Sentences stand in the order of their weights, which say how much of the whole
//! outcome something moved, in thousandths of a score, by kinds of events that are told the sooner the more
//! they explain:
//!
//! | kind | weight |
//! |---|---|
//! | score, compared | 2000, 1900: they come first |
//! | course of an objective since mid-quarter | 500 + 500 × the difference |
//! | short: ended in the red | 400 + 500 × what it lacks to 0.4 |
//! | set aside | 450 |
//! | moved | 300 + 600 × the difference that the key result's moves made, + 100 in the last fortnight; a weight that was moved is 150 less; of a whole cycle's dates 600 |
//! | stall | 200 + 20 × weeks + 100 × the way that was left |
//! | surge | 250 + 300 × what was gained |
//! | grade that overrules | 320 + 300 × the difference |
//! | reached | 280 + 100 × the share of the cycle that was left |
//! | added late | 260 |
//! | late and corrected | 240 |
//!
//! At most [`MOST`] are told, and at most [`OF_ONE`] of one objective. Of a cycle that has not ended nothing is
//! said to have ended: no key result is called short before.

mod goals;
mod moved;
mod sentence;
mod whole;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Retro;
use crate::decimal::Decimal;
use crate::id::ObjectiveId;

pub(super) use goals::still;
pub(super) use moved::when;
pub(super) use sentence::Words;
pub use sentence::{Kind, Part, Sentence};

/// So many sentences are told at most.
pub const MOST: usize = 12;
/// So many of one objective.
pub const OF_ONE: usize = 3;

pub(super) fn of(retro: &Retro) -> Vec<Sentence> {
    let mut all = whole::sentences(retro);
    all.extend(moved::sentences(retro));
    all.extend(goals::sentences(retro));
    all.sort_by_key(|one| {
        let first = one.entries.first().copied();
        (Reverse(one.weight), one.kind, first, one.objective)
    });
    let mut told: BTreeMap<ObjectiveId, usize> = BTreeMap::new();
    all.retain(|one| {
        one.objective.is_none_or(|objective| {
            let many = told.entry(objective).or_default();
            *many += 1;
            *many <= OF_ONE
        })
    });
    all.truncate(MOST);
    all
}

/// A share in so many parts, rounded half to even: what a weight is made of.
fn parts_of(share: Decimal, parts: u32) -> i64 {
    let many = share.abs().checked_mul(parts.into());
    many.and_then(|many| many.round(0).to_u32())
        .map_or(0, i64::from)
}
