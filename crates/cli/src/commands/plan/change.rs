//! What is to be split: the change of one key result, of all of an objective's, or two numbers.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::KeyResult;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::Subject;
use quarterdeck_report::text;

use crate::error::Failure;
use crate::session::Session;

/// A change to be split.
pub(super) struct Change {
    /// The key result whose change it is; none for numbers alone.
    pub(super) key_result: Option<KeyResultId>,
    /// What is counted.
    pub(super) unit: Option<String>,
    /// Where it begins.
    pub(super) from: Decimal,
    /// Where it is to arrive.
    pub(super) to: Decimal,
}

/// Changes to be split, and the key results that have none.
pub(super) struct Changes {
    pub(super) changes: Vec<Change>,
    pub(super) left_out: Vec<(KeyResultId, MetricKind)>,
}

impl Changes {
    /// The changes of what is meant; `from` and `to` stand in for baseline and target.
    ///
    /// # Errors
    /// There is no change to split.
    pub(super) fn of(
        session: &Session<'_>,
        goal: Option<Subject>,
        from: Option<Decimal>,
        to: Option<Decimal>,
    ) -> Result<Self, Failure> {
        let state = session.state();
        match goal {
            None => match (from, to) {
                (Some(from), Some(to)) => Ok(Self::one(Change {
                    key_result: None,
                    unit: None,
                    from,
                    to,
                })),
                _ => Err(Failure::usage("It was not said what shall be split.")
                    .hint("name a key result, or give --from and --to")),
            },
            Some(Subject::KeyResult(id)) => {
                let found = (state.key_results.get(&id))
                    .ok_or_else(|| Refusal::not_found("key result", id))?;
                change(id, found, from, to).map(Self::one).ok_or_else(|| {
                    Failure::usage(format!(
                        "'{}' {}; only an increase or a decrease can be split.",
                        found.title,
                        text::not_split(found.metric.kind)
                    ))
                })
            }
            Some(Subject::Objective(_)) if from.is_some() || to.is_some() => Err(Failure::usage(
                "An objective's key results each have a --from and a --to of their own.",
            )
            .hint("split one key result at a time")),
            Some(Subject::Objective(id)) => {
                let mut found = Self {
                    changes: Vec::new(),
                    left_out: Vec::new(),
                };
                for (id, key_result) in state.key_results_of(id) {
                    match change(id, key_result, None, None) {
                        _ if !key_result.is_live() => {}
                        Some(change) => found.changes.push(change),
                        None => found.left_out.push((id, key_result.metric.kind)),
                    }
                }
                if found.changes.is_empty() {
                    return Err(Failure::usage(
                        "The objective has no key result that goes from a baseline to a target.",
                    )
                    .hint("add one with `okr kr new TITLE --objective REF --increase A..B`"));
                }
                Ok(found)
            }
            Some(other) => Err(Failure::usage(format!("A {} has no change.", other.noun()))),
        }
    }

    fn one(change: Change) -> Self {
        Self {
            changes: vec![change],
            left_out: Vec::new(),
        }
    }
}

/// None where a key result does not go from one number to another.
fn change(
    id: KeyResultId,
    key_result: &KeyResult,
    from: Option<Decimal>,
    to: Option<Decimal>,
) -> Option<Change> {
    let metric = &key_result.metric;
    if !matches!(metric.kind, MetricKind::Increase | MetricKind::Decrease) {
        return None;
    }
    Some(Change {
        key_result: Some(id),
        unit: metric.unit.clone(),
        from: from.or(metric.baseline)?,
        to: to.or(metric.target)?,
    })
}
