//! `okr retro`: a cycle in one document, for those who look back on it.
//!
//! Every figure is core's: [`quarterdeck_core::retro`] says how each comes about, docs/retro.md for
//! people. Positions of the log stand with what they are the source of, so that whoever reads can
//! go and see.

mod ambition;
mod build;
mod compared;
mod funnels;
mod goals;
mod onward;
mod story;

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::grading::Band;
use quarterdeck_core::id::{KeyResultId, NoteId, ObjectiveId, TeamId};
use quarterdeck_core::token::{Level, NoteKind, ObjectiveKind, ObjectiveState, Status, TeamLevel};
use serde::Serialize;

use super::log::Imported;
use super::objective::StatusKeyResult;
use super::show::Related;
use super::{AsOf, Calibration, Goalposts, Late, Schema, StatusCycle};
use crate::names::Ref;

pub use ambition::{RetroAmbition, RetroShort, RetroWhy};
pub use build::{retro, retro_told};
pub use compared::{RetroCompared, RetroKpi, RetroKpiAt, RetroLineage, RetroPair};
pub use funnels::RetroFunnel;
pub use onward::{RetroGoesOn, RetroOnward, RetroOnwardKeyResult};
pub use story::{RetroPart, RetroSentence};

/// A cycle, looked back on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retro {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// Position of the last recorded event that is in these figures.
    pub head: u64,
    /// The moment as of which it was asked; none for the present.
    pub as_of: Option<AsOf>,
    /// The day that the figures are of.
    pub on: Date,
    /// The cycle, its score, its grades and its closing.
    pub cycle: StatusCycle,
    /// Whether the cycle has not ended: everything is said so far.
    pub so_far: bool,
    /// The day at whose end the mid-quarter picture is taken; none while it is not past.
    pub middle: Option<Date>,
    /// What happened, in sentences, the weightiest first.
    pub story: Vec<RetroSentence>,
    /// The whole cycle's figures beside those of its middle.
    pub whole: RetroScore,
    /// The committed objectives alone.
    pub committed: RetroScore,
    /// The aspirational ones.
    pub aspirational: RetroScore,
    /// Teams with an objective in the cycle, the highest level first, then by name.
    pub teams: Vec<RetroTeam>,
    /// Its objectives, oldest first, those deferred or dropped last.
    pub objectives: Vec<RetroObjective>,
    /// Whether it was ambitious enough.
    pub ambition: RetroAmbition,
    /// What was moved after it began, and both scores.
    pub goalposts: Goalposts,
    /// What came late or was corrected.
    pub late: Late,
    /// What was stated against what came out; none while the cycle has not ended.
    pub calibration: Option<Calibration>,
    /// The funnels with a stage in it.
    pub funnels: Vec<RetroFunnel>,
    /// What people wrote down, in the order of the log.
    pub notes: Vec<RetroNote>,
    /// Another cycle beside it; none where there is none to compare with.
    pub compared: Option<RetroCompared>,
    /// What goes on into another cycle.
    pub onward: RetroOnward,
}

/// A score with what it was in mid-quarter, and the grade.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RetroScore {
    /// The score in mid-quarter as it was known then, 0 to 1; none where there was none.
    pub mid: Option<Decimal>,
    /// The score, 0 to 1.
    pub score: Option<Decimal>,
    /// The grade, 0 to 1; none while nothing is graded.
    pub grade: Option<Decimal>,
    /// The band of the grade, of the score where there is no grade.
    pub band: Option<Band>,
}

/// A team's figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroTeam {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// Company, department or team.
    pub level: TeamLevel,
    /// How many live objectives it has in the cycle, with those of the teams below it.
    pub objectives: usize,
    /// The figures over these.
    #[serde(flatten)]
    pub scores: RetroScore,
}

/// An objective, looked back on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroObjective {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: ObjectiveId,
    /// Title.
    pub title: String,
    /// Name of the owning member.
    pub owner: Option<String>,
    /// Name of the owning team.
    pub team: Option<String>,
    /// Company, department, team or individual; none if nobody owns it.
    pub level: Option<Level>,
    /// Committed or aspirational.
    pub kind: ObjectiveKind,
    /// Where it stands in its life.
    pub state: ObjectiveState,
    /// Why it was deferred or dropped.
    pub set_aside: Option<String>,
    /// What it supports.
    pub supports: Option<Ref>,
    /// Its figures.
    #[serde(flatten)]
    pub scores: RetroScore,
    /// The score under the goals as first agreed, 0 to 1; none where it did not count.
    pub score_as_agreed: Option<Decimal>,
    /// That of its weakest live key result; none where it has none, or is not live itself.
    pub status: Option<Status>,
    /// Why it has that status, as sentences.
    pub because: Vec<String>,
    /// Positions of the notes about it, and not about one of its key results.
    pub notes: Vec<u64>,
    /// Its key results, those that matter most first, those deferred or dropped last.
    pub key_results: Vec<RetroKeyResult>,
}

/// A key result, looked back on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroKeyResult {
    /// Its figures, its grade among them.
    #[serde(flatten)]
    pub figures: StatusKeyResult,
    /// Whom it belonged to: its owner, else its objective's.
    pub answers: Option<String>,
    /// Position of the event that graded it; none where it has no grade.
    pub graded_at: Option<u64>,
    /// How it stood in mid-quarter, as it was known then; none where it was not there, or there is
    /// no such picture.
    pub mid: Option<RetroMid>,
    /// The band of its grade, of its score where it has no grade; none where it has neither.
    pub band: Option<Band>,
    /// The score under the goals as first agreed, 0 to 1; none where it did not count.
    pub score_as_agreed: Option<Decimal>,
    /// When its value did not move for weeks, the first such time first.
    pub stalls: Vec<RetroStall>,
    /// What it gained at the very end, where that was most of it.
    pub surge: Option<RetroSurge>,
    /// Positions of the events that moved its goals, of those in [`Retro::goalposts`].
    pub moved: Vec<u64>,
    /// Positions of the notes about it, of those in [`Retro::notes`].
    pub notes: Vec<u64>,
    /// Positions of its check-ins that came late, of those in [`Retro::late`].
    pub late: Vec<u64>,
}

/// How a key result stood in mid-quarter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroMid {
    /// The value that held.
    pub current: Option<Decimal>,
    /// The target that it had then; the upper bound of a range.
    pub target: Option<Decimal>,
    /// Its score, 0 to 1.
    pub score: Option<Decimal>,
    /// The last confidence stated by then, 0 to 1.
    pub confidence: Option<Decimal>,
    /// How it was doing; none where it was not live.
    pub status: Option<Status>,
}

/// A time in which a value did not move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroStall {
    /// The day on which it had moved last, or its cycle began.
    pub from: Date,
    /// The day on which it moved again, or the last that was looked at.
    pub to: Date,
    /// Whole weeks in between.
    pub weeks: u32,
    /// Whether it moved again.
    pub moved_again: bool,
    /// The share of its way that it had gone, which may leave 0 to 1.
    pub progress: Option<Decimal>,
    /// Positions of what moved it last and of what moved it again.
    pub entries: Vec<u64>,
}

/// What was gained at the very end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroSurge {
    /// The first of the last days.
    pub from: Date,
    /// How many last days there are.
    pub days: u32,
    /// The score on the day before them, 0 to 1.
    pub before: Decimal,
    /// What the score gained in them.
    pub gained: Decimal,
    /// The share of the whole score that this is, 0 to 1.
    pub share: Decimal,
    /// Positions of the measurements in them.
    pub entries: Vec<u64>,
}

/// Something that somebody wrote down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroNote {
    /// Position of the event, from 1; none while it is not recorded.
    pub seq: Option<u64>,
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: NoteId,
    /// What kind of note.
    pub kind: NoteKind,
    /// The text.
    pub text: String,
    /// Who wrote it; where it was imported from, whoever wrote it there.
    pub member: String,
    /// The day on which it became known.
    pub day: Date,
    /// When it was written, by that device's clock.
    pub authored: Timestamp,
    /// What it is about; none for the workspace itself.
    pub about: Option<Related>,
    /// The objective of the cycle that it belongs to.
    pub objective: Option<ObjectiveId>,
    /// The key result of the cycle that it is about.
    pub key_result: Option<KeyResultId>,
    /// Where it was imported from, if it was.
    pub imported: Option<Imported>,
}

/// That a retrospective was written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroWritten {
    /// Version of this object.
    pub schema: Schema,
    /// How it was written.
    pub format: &'static str,
    /// Where.
    pub file: String,
}

/// What is told, with what it is told by.
pub(super) struct Told<'a> {
    found: &'a quarterdeck_core::retro::Retro,
    names: &'a crate::names::Names<'a>,
    pending: &'a crate::pending::Pending,
    as_of: Option<AsOf>,
}

impl Told<'_> {
    /// Those of these positions that are recorded: what waits has no place in the log yet.
    fn seqs(&self, seqs: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let confirmed = self.pending.confirmed(self.found.state.head);
        let has_none = self.pending.events() == 0;
        (seqs.into_iter())
            .filter(|seq| has_none || *seq <= confirmed)
            .collect()
    }

    fn recorded(&self, seqs: &[u64]) -> Vec<u64> {
        self.seqs(seqs.iter().copied())
    }

    /// The year that goes without saying.
    fn year(&self) -> u16 {
        self.found.cycle().map_or(0, |cycle| cycle.ends.year())
    }
}
