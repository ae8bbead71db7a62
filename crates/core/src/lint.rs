//! Advice about how objectives and key results are written. It never stands in anybody's way.
//!
//! Guarantees:
//! - **Advice only.** Nothing is refused because of a finding, and none of them changes a score.
//! - **Quiet on request.** Each finding belongs to one objective, and its code can be silenced for
//!   that objective by whoever knows better. A silenced finding is still found, and marked.
//! - **Cautious.** Where a rule has to guess from words (`title`), it would rather miss something
//!   than nag about what is fine.
//!
//! What each finding means, why it matters and what to do about it stands in one table,
//! `explain`.

mod explain;
mod shape;
mod title;
mod words;

use crate::alignment::LooseEnds;
use crate::calendar::Date;
use crate::id::ObjectiveId;
use crate::state::{Cycle, Objective, State};
use crate::token::LintCode;
use crate::value::Subject;

pub use explain::{Explanation, explain};

/// Fewest key results of an objective.
pub const FEWEST_KEY_RESULTS: usize = 2;
/// Most key results of an objective.
pub const MOST_KEY_RESULTS: usize = 5;
/// Most objectives of one owner in a cycle shorter than a year.
pub const MOST_IN_A_QUARTER: usize = 4;
/// Most objectives of one owner in a year.
pub const MOST_IN_A_YEAR: usize = 5;

/// Something worth a second look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was found; see [`explain`].
    pub code: LintCode,
    /// The objective that it belongs to, for which it can be silenced.
    pub objective: ObjectiveId,
    /// What it is about: the objective, or one of its key results.
    pub about: Subject,
    /// What was found here: one sentence.
    pub said: String,
    /// Whether it is silenced for the objective.
    pub silenced: bool,
}

/// Whether a cycle's objectives are still worth advice: it is neither closed nor over.
#[must_use]
pub fn is_current(cycle: &Cycle, today: Date) -> bool {
    !cycle.is_closed() && cycle.ends >= today
}

/// What is found about the live objectives that `select` chooses and their live key results:
/// objectives in the order in which they were drafted, each with its own findings first.
#[must_use]
pub fn findings(
    state: &State,
    mut select: impl FnMut(ObjectiveId, &Objective) -> bool,
) -> Vec<Finding> {
    let mut chosen: Vec<(ObjectiveId, &Objective)> = state
        .objectives
        .iter()
        .map(|(id, objective)| (*id, &**objective))
        .filter(|(id, objective)| objective.is_live() && select(*id, objective))
        .collect();
    chosen.sort_by_key(|(_, objective)| objective.provenance.created.seq);
    let loose = LooseEnds::of(state);
    let mut all = Vec::new();
    for (id, objective) in chosen {
        let found = shape::of_objective(state, &loose, id, objective)
            .into_iter()
            .map(|(code, said)| (code, Subject::Objective(id), said));
        let below = state
            .key_results_of(id)
            .filter(|(_, key_result)| key_result.is_live())
            .flat_map(|(about, key_result)| {
                shape::of_key_result(state, about, objective, key_result)
                    .into_iter()
                    .map(move |(code, said)| (code, Subject::KeyResult(about), said))
            });
        all.extend(found.chain(below).map(|(code, about, said)| Finding {
            code,
            objective: id,
            about,
            said,
            silenced: objective.silenced.contains(code.word()),
        }));
    }
    all
}
