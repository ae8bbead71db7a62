//! The structs behind `--json`: their keys are a contract, added to and never renamed.
//!
//! Decimals are strings; shares (scores, paces, what has elapsed) are rounded to two places;
//! moments are RFC 3339 in UTC, dates ISO 8601. Builders are pure: the same state and question
//! give the same struct.

mod act;
mod agreement;
mod blame;
mod calibration;
mod carry;
mod chart;
mod check;
mod closing;
mod conflicts;
mod diff;
mod digest;
mod due;
mod erase;
mod exported;
mod forecast;
mod forecast_past;
mod funnel;
mod goalposts;
mod history;
mod import;
mod incentive;
mod kpi;
mod late;
mod later;
mod lint;
mod lists;
mod log;
mod notes;
mod objective;
mod opened;
mod plan;
mod proof;
mod regrade;
mod replay;
mod retro;
mod run;
mod scope;
mod show;
mod status;
mod template;
mod tree;
mod weekly;
mod what;
mod what_practice;
mod work;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::when::Moment;
use serde::{Serialize, Serializer};

pub use act::ActTold;
pub use agreement::{AmendmentLine, SignOff};
pub use blame::{Blame, BlameField, BlameSet, BlameSide, blame};
pub use calibration::{
    Calibration, CalibrationBand, CalibrationErrors, CalibrationFigures, CalibrationGroup,
    CalibrationOdds, CalibrationShare, CalibrationTier, CalibrationWeek, calibration,
};
pub use carry::{CarriedKeyResult, CarriedObjective, Carry, LeftBehind, carry};
pub use chart::{Chart, chart};
pub use check::{Check, Checked};
pub use closing::{
    Closing, CycleClosed, GradeList, GradeTold, Grades, OpenItem, Ungraded, closing, grade,
    grade_list, grades, open_items,
};
pub use conflicts::{Conflict, Conflicts, Side, conflicts};
pub use diff::{Diff, DiffChange, DiffCycle, DiffKeyResult, DiffObjective, DiffQuery, diff};
pub use digest::{
    Digest, DigestCycle, DigestDraft, DigestGoal, DigestKeyResult, DigestNote, DigestSaid, digest,
};
pub use due::{DueLine, DueList, due_list};
pub use erase::{ErasedEntry, ErasedText, Erasing, erasing};
pub use exported::{ExportedLog, ExportedTables, ImportedLog, LogOutcome, Readable, readable};
pub use forecast::{
    ForecastCycle, ForecastLine, ForecastList, ForecastObjective, ForecastTold, forecast_list,
    told as forecast_told,
};
pub use forecast_past::{ForecastCase, ForecastsPast, ForecastsRow, ForecastsWeek, forecasts_past};
pub use funnel::{
    ComparedOf, FunnelCompared, FunnelLine, FunnelList, FunnelShow, StageCompared, StageLine,
    funnel_compared, funnel_show, funnels,
};
pub use goalposts::{
    Beside, GoalMoved, Goalposts, KeyResultBeside, ObjectiveBeside, TeamBeside, agreed_goal,
    goalposts,
};
pub use history::{HistoryLine, history_line};
pub use import::{Import, ImportCommit, ImportMissing, ImportStep, ImportUnread, ImportVersion};
pub use incentive::{IncentiveLine, IncentiveList, incentives};
pub use kpi::{
    BesideLine, CurvePoint, HeldValue, KpiLine, KpiList, KpiQuery, KpiShow, LinkedLine,
    ReadingLine, kpi_line, kpi_list, kpi_show,
};
pub use late::{
    AfterGradeLine, AfterLine, BunchLine, CorrectionLine, Late, LateLine, OfKeyResult,
    RetractionLine, SurgeLine, late,
};
pub use later::{Later, LaterKeyResult, later};
pub use lint::{
    Lint, LintAbout, LintExplained, LintFinding, LintRule, LintRules, lint, lint_explained,
    lint_rules,
};
pub use lists::{
    CycleLine, CycleList, DeviceLine, DeviceList, MemberLine, MemberList, Mission, TeamLine,
    TeamList, cycles, devices, members, mission, teams,
};
pub(crate) use log::said;
pub use log::{CheckInSaid, Erased, FieldChange, Imported, LogLine, log_line};
pub use notes::{NoteAbout, NoteList, note_list};
pub use objective::{StatusKeyResult, StatusObjective, Step, key_result_status, objective_status};
pub(crate) use objective::{key_result_stands, objective_stands};
pub use opened::Opened;
pub use plan::{
    FunnelPlanned, NotSplit, PlanFunnel, PlanSplit, PlanStage, Split, SplitBy, SplitPart,
    StageRate, not_split, plan_funnel, split,
};
pub use proof::{DeviceSigned, ExportedTiles, ProofWritten, Proven, TreeHead, VerifierKey};
pub use regrade::{
    BothGrades, KeyResultRegraded, ObjectiveRegraded, Regrade, RegradeBy, TeamRegraded, regrade,
    regrade_rules,
};
pub use replay::{
    Frame, FrameBefore, FrameCycle, FrameGone, FrameKeyResult, FrameKeyResultSaid, FrameMark,
    FrameObjective, FrameObjectiveSaid, Frames, replay,
};
pub use retro::{
    Retro, RetroAmbition, RetroCompared, RetroFunnel, RetroGoesOn, RetroKeyResult, RetroKpi,
    RetroKpiAt, RetroLineage, RetroMid, RetroNote, RetroObjective, RetroOnward,
    RetroOnwardKeyResult, RetroPair, RetroPart, RetroScore, RetroSentence, RetroShort, RetroStall,
    RetroSurge, RetroTeam, RetroWhy, RetroWritten, retro, retro_told,
};
pub use run::{
    Outbox, Problem, Refused, Shelved, Sync, Verify, Written, WrittenEvent, outbox, written,
};
pub use show::{
    AgreedGoal, CheckInLine, KeyResultShow, NoteLine, ObjectiveShow, Related, key_result_show,
    late_check_ins, objective_show,
};
pub use status::{
    KeyResultList, ObjectiveList, Status, StatusCycle, StatusQuery, default_cycle, key_result_list,
    objective_list, status,
};
pub use template::{
    TemplateDrafted, TemplateKeyResult, TemplateLine, TemplateList, TemplateObjective, TemplateShow,
};
pub use tree::{RolledUp, Tree, TreeKeyResult, TreeObjective, tree};

pub use weekly::{WeeklyLine, WeeklyList, weekly_list};
pub use work::{
    CountLine, InitiativeLine, InitiativeList, InitiativeShow, MeasuredRate, TodoLine, TodoList,
    TodoShow, WorkQuery, initiative_show, initiatives, todo_show, todos,
};

/// The version of these structs.
pub const SCHEMA: &str = "quarterdeck/1";

/// Names the version, in every object: `"schema":"quarterdeck/1"`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Schema;

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(SCHEMA)
    }
}

/// The moment as of which a question was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// As it was known then.
    Moment(Timestamp),
    /// As the log stood at this position.
    Position(u64),
}

impl From<Moment> for AsOf {
    fn from(moment: Moment) -> Self {
        match moment {
            Moment::At(moment) => Self::Moment(moment),
            Moment::Position(position) => Self::Position(position),
        }
    }
}

impl std::fmt::Display for AsOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Moment(moment) => write!(f, "{moment}"),
            Self::Position(position) => write!(f, "#{position}"),
        }
    }
}

impl Serialize for AsOf {
    /// RFC 3339, or `#1234` for a position.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A share as it is told: two places after the point.
pub(crate) fn share(value: Option<Decimal>) -> Option<Decimal> {
    value.map(|value| value.round(2))
}
