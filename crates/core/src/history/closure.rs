//! The entries that the figures of one goal depend on.
//!
//! A key result's figures follow from itself, from its objective (which cycle it is in), from the
//! cycles that this was and is (their days, and the months of the year above), from the KPIs that
//! it read from, and from the workspace (its time zone); an objective's from those of its key
//! results. Folding these entries alone gives every such figure as folding the whole log does:
//! `crates/core/tests/history.rs` holds it against that.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::event::{Body, Entry};
use crate::past::Past;
use crate::reference::Kind;
use crate::state::State;
use crate::value::{Change, Field, Subject, Value};

/// The entries that the figures of an objective or a key result depend on, in the order of the log.
///
/// # Errors
/// The log cannot be read.
pub fn entries<P: Past>(past: &mut P, root: Subject) -> Result<Vec<Entry>, P::Error> {
    let mut wanted: BTreeSet<Uuid> = workspace(past.state()).into_iter().collect();
    wanted.extend(id(root));
    let mut known: BTreeSet<Uuid> = BTreeSet::new();
    let mut found: BTreeMap<u64, Entry> = BTreeMap::new();
    while !wanted.is_empty() {
        let new = past.about(&wanted)?;
        known.append(&mut wanted);
        for entry in new {
            wanted.extend(
                leads_to(&entry.event.body, root, &known)
                    .into_iter()
                    .filter(|id| !known.contains(id)),
            );
            found.insert(entry.seq, entry);
        }
    }
    Ok(found.into_values().collect())
}

fn workspace(state: &State) -> Option<Uuid> {
    state.workspace.as_ref().map(|found| found.id.uuid())
}

fn id(subject: Subject) -> Option<Uuid> {
    Kind::of(subject).map(|(_, id)| id)
}

/// What else the figures depend on, by an event about something that they depend on.
fn leads_to(body: &Body, root: Subject, known: &BTreeSet<Uuid>) -> Vec<Uuid> {
    match body {
        Body::KeyResultAdded(added) => {
            // A sibling matters to the objective's own mean alone.
            let own = known.contains(&added.key_result.uuid());
            let below = root == Subject::Objective(added.objective);
            if !own && !below {
                return Vec::new();
            }
            let kpi = added.kpi.map(|kpi| kpi.uuid());
            let ids = [added.key_result.uuid(), added.objective.uuid()];
            ids.into_iter().chain(kpi).collect()
        }
        Body::ObjectiveDrafted(drafted) => vec![drafted.cycle.uuid()],
        Body::CycleCreated { parent, .. } => parent.iter().map(|parent| parent.uuid()).collect(),
        Body::Edited { subject, changes } => (changes.iter())
            .flat_map(|change| named(*subject, change))
            .collect(),
        Body::ConflictResolved {
            subject,
            field,
            from,
            to,
            ..
        } => named(
            *subject,
            &Change {
                field: field.clone(),
                from: from.clone(),
                to: to.clone(),
            },
        ),
        _ => Vec::new(),
    }
}

/// What a change names that the figures may depend on.
fn named(subject: Subject, change: &Change) -> Vec<Uuid> {
    let matters = matches!(
        (subject, &change.field),
        (Subject::KeyResult(_), Field::Kpi)
            | (Subject::Objective(_), Field::Cycle)
            | (Subject::Cycle(_), Field::Parent)
    );
    [&change.from, &change.to]
        .into_iter()
        .filter(|_| matters)
        .filter_map(|value| match value {
            Value::Ref(subject) => id(*subject),
            _ => None,
        })
        .collect()
}
