//! What an event of the practice around objectives did, in a few words.

use quarterdeck_core::event::{Body, TodoAdded, WeeklyWritten};
use quarterdeck_core::id::{EventId, KpiId};
use quarterdeck_core::token::NoteState;
use quarterdeck_core::value::{Subject, Value};

use crate::names::Names;
use crate::number::{count, number, percent, with_unit};

pub(super) fn kpi_unit<'a>(names: &Names<'a>, kpi: KpiId) -> Option<&'a str> {
    names.state().kpis.get(&kpi)?.unit.as_deref()
}

/// A reading as it stands: `r-7fk2 of 2026-08-21 (531 leads)`.
pub(super) fn reading(names: &Names<'_>, kpi: KpiId, id: EventId) -> String {
    let reference = names.reading(kpi, id);
    names.state().reading(kpi, id).map_or_else(
        || reference.to_string(),
        |found| {
            let value = with_unit(found.value, kpi_unit(names, kpi));
            format!("{reference} of {} ({value})", found.effective)
        },
    )
}

/// That a reading was taken back, or counts again.
pub(super) fn taken_back(state: &Value, reading: &str) -> String {
    match state {
        Value::Text(word) if word == NoteState::Withdrawn.word() => {
            format!("took back the reading {reading}")
        }
        _ => format!("let count again the reading {reading}"),
    }
}

/// What the body of one of these kinds did; none for a kind that is told elsewhere.
pub(super) fn what(names: &Names<'_>, body: &Body) -> Option<String> {
    Some(match body {
        Body::TextErased(erased) => format!(
            "erased {} from #{}",
            count(erased.texts.len(), "text"),
            erased.position
        ),
        Body::ObjectiveUnsigned { .. } => "no longer agrees to it".to_owned(),
        Body::LintSilenced { code, .. } => format!("silenced {code}"),
        Body::LintHeeded { code, .. } => format!("no longer silences {code}"),
        Body::KpiDefined(defined) => match defined.target {
            Some(target) => format!(
                "defined, target {}",
                with_unit(target, defined.unit.as_deref())
            ),
            None => "defined".to_owned(),
        },
        Body::KpiRecorded(recorded) => {
            format!(
                "read {}",
                with_unit(recorded.value, kpi_unit(names, recorded.kpi))
            )
        }
        Body::KpiLinked { key_result, .. } => {
            format!("is to be improved by {}", names.key_result(*key_result))
        }
        Body::KpiUnlinked { key_result, .. } => {
            format!(
                "is no longer to be improved by {}",
                names.key_result(*key_result)
            )
        }
        Body::InitiativeAdded(added) => match added.due {
            Some(due) => format!("added, due {due}"),
            None => "added".to_owned(),
        },
        Body::TodoAdded(added) => todo(added),
        Body::TodoCounted { todo, quantity, .. } => {
            let unit = names
                .state()
                .todos
                .get(todo)
                .and_then(|found| found.unit.as_deref());
            format!("did {}", with_unit(*quantity, unit))
        }
        Body::WeeklyWritten(written) => weekly(names, written),
        Body::KeyResultGraded(graded) => match (graded.to, graded.computed) {
            (None, _) => "took the grade back".to_owned(),
            (Some(grade), Some(computed)) if grade != computed => {
                format!("graded {}, computed {}", number(grade), number(computed))
            }
            (Some(grade), _) => format!("graded {}", number(grade)),
        },
        Body::CycleClosed { position, .. } => format!("closed, bound to #{position}"),
        Body::CycleReopened { .. } => "opened again".to_owned(),
        Body::TemplateSaved(_) => "kept as a template".to_owned(),
        Body::FunnelDefined(defined) => {
            format!("defined with {}", count(defined.stages.len(), "stage"))
        }
        Body::IncentiveAdded(added) => match added.key_result {
            Some(key_result) => format!("named, covered by {}", names.key_result(key_result)),
            None => "named, covered by no key result".to_owned(),
        },
        _ => return None,
    })
}

fn todo(added: &TodoAdded) -> String {
    let mut text = format!(
        "added: {} a {}",
        with_unit(added.quantity, added.unit.as_deref()),
        added.per
    );
    if let Some(rate) = added.rate {
        text.push_str(&format!(", {} of it planned to turn out", percent(rate)));
    }
    text
}

fn weekly(names: &Names<'_>, written: &WeeklyWritten) -> String {
    let team = written
        .team
        .and_then(|team| names.title(Subject::Team(team)))
        .map_or_else(String::new, |team| format!(" for {team}"));
    format!("wrote the week of {}{team}", written.week.monday())
}
