//! `okr late`: what came late, all at once, was corrected, or changed after its grade.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{KeyResultId, TeamId};
use quarterdeck_core::late as rule;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::act::{ActTold, act};
use super::closing::{Closing, closing};
use super::goalposts::about;
use super::log::{LogLine, log_line};
use super::show::Related;
use super::what;
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};

/// What came late or was corrected in a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Late {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// Position of the last event that was looked at.
    pub head: u64,
    /// The moment as of which it was asked; none for the present.
    pub as_of: Option<AsOf>,
    /// The day on which grades are computed.
    pub on: Date,
    /// Name of the cycle.
    pub cycle: String,
    /// Its last day.
    pub ends: Date,
    /// What its grades are bound to, where it is closed.
    pub closing: Option<Closing>,
    /// The objective, key result or team that is asked about; none for the whole cycle.
    pub about: Option<Related>,
    /// From how many days on a check-in is late.
    pub days: u32,
    /// Late check-ins, in the order of the log.
    pub check_ins: Vec<LateLine>,
    /// When the check-ins of each key result became known.
    pub surges: Vec<SurgeLine>,
    /// One person's check-ins of one day about many dates.
    pub bunches: Vec<BunchLine>,
    /// Fields of check-ins that were changed.
    pub corrections: Vec<CorrectionLine>,
    /// Check-ins that were taken back or reinstated.
    pub retractions: Vec<RetractionLine>,
    /// Key results whose figures changed after their grades.
    pub after_grades: Vec<AfterGradeLine>,
}

/// Of which key result something is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OfKeyResult {
    /// Short reference of the key result.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Its id.
    pub id: KeyResultId,
    /// Its title.
    pub title: String,
}

/// A late check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LateLine {
    /// Of which key result.
    #[serde(flatten)]
    pub of: OfKeyResult,
    /// Short reference of the check-in.
    pub check_in: Ref,
    /// The date that it speaks of.
    pub effective: Date,
    /// What it says.
    pub value: String,
    /// Days from that date to the day on which it became known.
    pub days: u32,
    /// Whether it was taken back.
    pub retracted: bool,
    /// Whether it came after the closing of the cycle.
    pub after_closing: bool,
    /// Who, where, when and why.
    #[serde(flatten)]
    pub act: ActTold,
}

/// When the check-ins of a key result that count became known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SurgeLine {
    /// Of which key result.
    #[serde(flatten)]
    pub of: OfKeyResult,
    /// How many it has.
    pub check_ins: usize,
    /// How many of them in the last seven days of the cycle.
    pub last_days: usize,
    /// How many after its end.
    pub after_end: usize,
    /// The share in the last days, 0 to 1.
    pub share: Option<Decimal>,
    /// Whether half of them, and three at least, came in the last days or later.
    pub end_surge: bool,
}

/// One person's check-ins of one day about many dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BunchLine {
    /// The day.
    pub day: Date,
    /// On whose behalf.
    pub member: String,
    /// Who wrote them where they were imported from.
    pub author: Option<String>,
    /// How many check-ins.
    pub check_ins: usize,
    /// Of how many dates they speak.
    pub dates: usize,
    /// The first of these.
    pub from: Option<Date>,
    /// The last of these.
    pub to: Option<Date>,
    /// Days from that day to the last of the cycle; below 0 after it.
    pub days_before_end: i32,
    /// Of which key results.
    pub key_results: Vec<Ref>,
}

/// A field of a check-in that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CorrectionLine {
    /// Of which key result.
    #[serde(flatten)]
    pub of: OfKeyResult,
    /// Short reference of the check-in.
    pub check_in: Ref,
    /// The date that it speaks of.
    pub effective: Option<Date>,
    /// Which field.
    pub field: String,
    /// What it said.
    pub from: Option<String>,
    /// What it says instead.
    pub to: Option<String>,
    /// The change in words.
    pub what: String,
    /// Days after the check-in had become known.
    pub days: i32,
    /// Who, where, when and why.
    #[serde(flatten)]
    pub act: ActTold,
}

/// A check-in that was taken back, or counts again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetractionLine {
    /// Of which key result.
    #[serde(flatten)]
    pub of: OfKeyResult,
    /// Short reference of the check-in.
    pub check_in: Ref,
    /// The date that it speaks of.
    pub effective: Option<Date>,
    /// What it says.
    pub value: Option<String>,
    /// Whether it counts again.
    pub reinstated: bool,
    /// Days after the check-in had become known.
    pub days: i32,
    /// Who, where, when and why.
    #[serde(flatten)]
    pub act: ActTold,
}

/// A key result whose figures changed after its grade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AfterGradeLine {
    /// Of which key result.
    #[serde(flatten)]
    pub of: OfKeyResult,
    /// The grade.
    pub grade: Decimal,
    /// What was computed for it then.
    pub computed: Option<Decimal>,
    /// What would be computed now.
    pub computed_now: Option<Decimal>,
    /// Who graded it.
    pub graded_by: String,
    /// When, by that device's clock.
    pub graded: Timestamp,
    /// What came after the grade.
    pub events: Vec<AfterLine>,
}

/// An event after a grade, as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AfterLine {
    /// The event.
    #[serde(flatten)]
    pub event: LogLine,
    /// Whether it came after the closing of the cycle.
    pub after_closing: bool,
}

/// What came late or was corrected, told with the names of the state that it is about.
#[must_use]
pub fn late(
    names: &Names<'_>,
    found: &rule::Late,
    asked: &rule::Asked,
    team: Option<TeamId>,
    as_of: Option<AsOf>,
) -> Late {
    let state = names.state();
    let ends = (state.cycles.get(&asked.cycle)).map_or(asked.on, |cycle| cycle.ends);
    Late {
        schema: Schema,
        workspace: names.workspace(),
        head: state.head,
        as_of,
        on: asked.on,
        cycle: names.title(Subject::Cycle(asked.cycle)).unwrap_or_default(),
        ends,
        closing: closing(names, asked.cycle),
        about: about(names, &asked.scope, team),
        days: asked.days,
        check_ins: found
            .check_ins
            .iter()
            .map(|one| check_in(names, one))
            .collect(),
        surges: found.surges.iter().map(|one| surge(names, one)).collect(),
        bunches: (found.bunches.iter())
            .map(|one| bunch(names, one, ends))
            .collect(),
        corrections: (found.corrections.iter())
            .map(|one| correction(names, one))
            .collect(),
        retractions: (found.retractions.iter())
            .map(|one| retraction(names, one))
            .collect(),
        after_grades: (found.after_grades.iter())
            .map(|one| after_grade(names, one))
            .collect(),
    }
}

fn of(names: &Names<'_>, id: KeyResultId) -> OfKeyResult {
    OfKeyResult {
        reference: names.key_result(id),
        id,
        title: names.title(Subject::KeyResult(id)).unwrap_or_default(),
    }
}

fn check_in(names: &Names<'_>, found: &rule::LateCheckIn) -> LateLine {
    LateLine {
        of: of(names, found.key_result),
        check_in: names.check_in(found.key_result, found.act.event),
        effective: found.effective,
        value: found.measure.to_string(),
        days: found.days,
        retracted: found.retracted,
        after_closing: found.after_closing,
        act: act(names, &found.act),
    }
}

fn surge(names: &Names<'_>, found: &rule::Surge) -> SurgeLine {
    SurgeLine {
        of: of(names, found.key_result),
        check_ins: found.of,
        last_days: found.last_days,
        after_end: found.after_end,
        share: share(found.share()),
        end_surge: found.is_end_surge(),
    }
}

fn bunch(names: &Names<'_>, found: &rule::Bunch, ends: Date) -> BunchLine {
    BunchLine {
        day: found.day,
        member: names.person(found.member),
        author: found.author.clone(),
        check_ins: found.check_ins,
        dates: found.dates.len(),
        from: found.dates.first().copied(),
        to: found.dates.last().copied(),
        days_before_end: ends.days_since(found.day),
        key_results: (found.key_results.iter())
            .map(|id| names.key_result(*id))
            .collect(),
    }
}

fn correction(names: &Names<'_>, found: &rule::Correction) -> CorrectionLine {
    let subject = Subject::CheckIn(found.key_result, found.check_in);
    CorrectionLine {
        of: of(names, found.key_result),
        check_in: names.check_in(found.key_result, found.check_in),
        effective: found.effective,
        field: found.field.word().to_owned(),
        from: names.value(&found.from),
        to: names.value(&found.to),
        what: what::change_told(names, subject, &found.field, (&found.from, &found.to)),
        days: found.days,
        act: act(names, &found.act),
    }
}

fn retraction(names: &Names<'_>, found: &rule::Retraction) -> RetractionLine {
    RetractionLine {
        of: of(names, found.key_result),
        check_in: names.check_in(found.key_result, found.check_in),
        effective: found.said.as_ref().map(|(effective, _)| *effective),
        value: (found.said.as_ref()).map(|(_, measure)| measure.to_string()),
        reinstated: found.reinstated,
        days: found.days,
        act: act(names, &found.act),
    }
}

fn after_grade(names: &Names<'_>, found: &rule::AfterGrade) -> AfterGradeLine {
    AfterGradeLine {
        of: of(names, found.key_result),
        grade: found.grade.round(2),
        computed: share(found.computed),
        computed_now: share(found.now),
        graded_by: names.person(found.graded.member),
        graded: Timestamp::from_ms(found.graded.authored.wall),
        events: (found.events.iter())
            .map(|after| AfterLine {
                event: log_line(names, &after.entry, after.pending),
                after_closing: after.after_closing,
            })
            .collect(),
    }
}
