//! Grades, what is open before a cycle is closed, and the closing itself.

use std::fmt::Write as _;

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::closing::{self as rule, Open, Tally};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::grading::{self, Band};
use quarterdeck_core::id::{CycleId, KeyResultId, ObjectiveId};
use quarterdeck_core::score::Means;
use quarterdeck_core::state::{self, KeyResult};
use quarterdeck_core::token::ObjectiveKind;
use quarterdeck_core::value::{Field, Subject};
use serde::Serialize;

use super::run::Written;
use super::{Schema, share};
use crate::names::{Names, Ref};

/// By what a closed cycle's grades are bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closing {
    /// The position of the log that they are those of.
    pub position: u64,
    /// The root hash of the log of that size, as hexadecimal digits.
    pub root: String,
    /// Who closed it.
    pub by: String,
    /// When, by that device's clock.
    pub at: Timestamp,
    /// The day whose figures a closed cycle shows.
    pub day: Date,
}

/// A grade, with the computed one beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GradeTold {
    /// The grade, 0 to 1.
    pub grade: Decimal,
    /// What was computed; none where nothing could be.
    pub computed: Option<Decimal>,
    /// Whether a person set another grade than the computed one.
    pub overruled: bool,
    /// Red, amber or green.
    pub band: Band,
    /// Why it differs from the computed one.
    pub reason: Option<String>,
    /// Who graded it.
    pub by: String,
    /// When, by that device's clock.
    pub at: Timestamp,
    /// What the grade asks for, as a sentence.
    pub advice: Option<&'static str>,
}

/// The grades of a cycle: means over its objectives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Grades {
    /// Over all, 0 to 1.
    pub all: Option<Decimal>,
    /// Over committed ones.
    pub committed: Option<Decimal>,
    /// Over aspirational ones.
    pub aspirational: Option<Decimal>,
    /// The band of the whole.
    pub band: Option<Band>,
    /// What it says about the cycle, as a sentence.
    pub advice: Option<&'static str>,
}

/// What is to be graded in a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GradeList {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the cycle.
    pub cycle: String,
    /// How many live key results have a grade, and how many there are.
    #[serde(flatten)]
    pub tally: Tally,
    /// The grades so far.
    pub grades: Grades,
    /// Those without a grade, with what is computed.
    pub ungraded: Vec<Ungraded>,
}

/// A key result without a grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ungraded {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Title of its objective.
    pub objective: String,
    /// Kind of that objective.
    pub kind: ObjectiveKind,
    /// The grade that is computed, 0 to 1; none where nothing can be.
    pub computed: Option<Decimal>,
    /// Its band.
    pub band: Option<Band>,
    /// What that grade would ask for, as a sentence.
    pub advice: Option<&'static str>,
}

/// Something that is open in a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenItem {
    /// What kind of thing: `ungraded`, `overdue`, `conflict`, `draft`, `running`.
    pub open: &'static str,
    /// What it is about, if about one thing.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Its title.
    pub title: Option<String>,
    /// It in a sentence.
    pub what: String,
}

/// A cycle was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CycleClosed {
    /// What was written.
    #[serde(flatten)]
    pub written: Written,
    /// What the grades are bound to.
    pub closing: Closing,
    /// The cycle's grades.
    pub grades: Grades,
    /// How many key results were graded, and how.
    pub tally: Tally,
    /// What was open, and was seen.
    pub open: Vec<OpenItem>,
}

/// The closing of a cycle, told; none while it is open.
#[must_use]
pub fn closing(names: &Names<'_>, id: CycleId) -> Option<Closing> {
    let state = names.state();
    let cycle = state.cycles.get(&id).filter(|cycle| cycle.is_closed())?;
    let found = cycle.closing.as_ref()?;
    Some(Closing {
        position: found.position,
        root: hex(&found.root),
        by: names.person(found.stamp.member),
        at: Timestamp::from_ms(found.stamp.authored.wall),
        day: rule::day(state, cycle, found),
    })
}

fn hex(root: &[u8]) -> String {
    root.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The grade of a key result, told; none while it has none.
#[must_use]
pub fn grade(names: &Names<'_>, found: &KeyResult) -> Option<GradeTold> {
    let graded: &state::Grade = found.grade.as_ref()?;
    let stamp = found.provenance.of(&Field::Grade);
    Some(GradeTold {
        grade: graded.grade.round(2),
        computed: share(graded.computed),
        overruled: graded.computed != Some(graded.grade),
        band: Band::of(graded.grade),
        reason: graded.reason.clone(),
        by: names.person(stamp.member),
        at: Timestamp::from_ms(stamp.authored.wall),
        advice: kind(names, found.objective)
            .and_then(|kind| grading::advice(kind, graded.grade))
            .map(grading::Advice::sentence),
    })
}

fn kind(names: &Names<'_>, objective: ObjectiveId) -> Option<ObjectiveKind> {
    (names.state().objectives.get(&objective)).map(|above| above.kind)
}

/// Means of grades, told.
#[must_use]
pub fn grades(means: Means) -> Grades {
    Grades {
        all: share(means.all),
        committed: share(means.committed),
        aspirational: share(means.aspirational),
        band: means.all.map(Band::of),
        advice: (means.all.and_then(grading::cycle_advice)).map(grading::Advice::sentence),
    }
}

/// What is to be graded in a cycle, with the grades that are computed on a day.
#[must_use]
pub fn grade_list(names: &Names<'_>, cycle: CycleId, on: Date) -> GradeList {
    let state = names.state();
    let mut ungraded: Vec<(u64, Ungraded)> = rule::ungraded(state, cycle)
        .filter_map(|id| {
            let found = state.key_results.get(&id)?;
            let above = state.objectives.get(&found.objective)?;
            let computed = grading::computed(state, id, on);
            let told = Ungraded {
                reference: names.key_result(id),
                id,
                title: found.title.clone(),
                objective: above.title.clone(),
                kind: above.kind,
                computed: share(computed),
                band: computed.map(Band::of),
                advice: (computed.and_then(|grade| grading::advice(above.kind, grade)))
                    .map(grading::Advice::sentence),
            };
            Some((found.provenance.created.seq, told))
        })
        .collect();
    ungraded.sort_by_key(|(seq, _)| *seq);
    GradeList {
        schema: Schema,
        cycle: names.title(Subject::Cycle(cycle)).unwrap_or_default(),
        tally: rule::tally(state, cycle),
        grades: grades(grading::cycle_grades(state, cycle, |_| true)),
        ungraded: ungraded.into_iter().map(|(_, told)| told).collect(),
    }
}

/// What is open, told.
#[must_use]
pub fn open_items(names: &Names<'_>, open: &[Open]) -> Vec<OpenItem> {
    let told = |open: &Open| {
        let subject = open.subject();
        let reference = subject.and_then(|subject| names.subject(subject));
        let title = subject.and_then(|subject| names.title(subject));
        let named = match (&reference, &title) {
            (Some(reference), Some(title)) => format!("{} '{title}'", reference.text),
            _ => String::new(),
        };
        let what = match open {
            Open::Ungraded(_) => format!("{named} has no grade."),
            Open::Overdue(_, due) => format!("{named}: a check-in was due on {due}."),
            Open::Conflict(_, field) => format!("{named} is in conflict about its {field}."),
            Open::Draft(_) => format!("{named} is still a draft."),
            Open::Running(ends) => format!("The cycle ends on {ends}."),
        };
        OpenItem {
            open: open.word(),
            reference,
            title,
            what,
        }
    };
    open.iter().map(told).collect()
}
