//! Payloads of the practice around objectives: KPIs, initiatives, to-dos, weekly updates, grades,
//! templates, funnels and incentives.

use serde::{Deserialize, Serialize};

use crate::calendar::{Date, Timestamp};
use crate::decimal::Decimal;
use crate::id::{
    FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId, TeamId, TemplateId, TodoId,
};
use crate::token::{Direction, Period};
use crate::value::Subject;

/// Where an imported event comes from. It is shown with the event wherever that is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Who wrote it there, in that place's words.
    pub author: String,
    /// When it was written there.
    pub at: Timestamp,
    /// Which document or commit, such as `git:3f2a…:okrs.md`. What has one origin is imported once.
    pub origin: String,
}

/// A new KPI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KpiDefined {
    /// The KPI.
    pub kpi: KpiId,
    /// What it measures.
    pub title: String,
    /// Longer description.
    pub description: Option<String>,
    /// Who looks after it.
    pub owner: Option<MemberId>,
    /// The team that it belongs to.
    pub team: Option<TeamId>,
    /// Which values are better.
    pub direction: Direction,
    /// Its 100 %.
    pub target: Option<Decimal>,
    /// Unit of its values.
    pub unit: Option<String>,
    /// A name of one's own.
    pub key: Option<String>,
}

/// A reading of a KPI. It goes by the id of its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KpiRecorded {
    /// The KPI.
    pub kpi: KpiId,
    /// The value.
    pub value: Decimal,
    /// The date that it speaks of.
    pub effective: Date,
    /// A word on it.
    pub note: Option<String>,
}

/// New work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitiativeAdded {
    /// The initiative.
    pub initiative: InitiativeId,
    /// Title in words.
    pub title: String,
    /// Longer description.
    pub description: Option<String>,
    /// Who does it.
    pub owner: Option<MemberId>,
    /// When it is due.
    pub due: Option<Date>,
    /// The objective or key result that it should move.
    pub supports: Option<Subject>,
}

/// A new countable piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TodoAdded {
    /// The to-do.
    pub todo: TodoId,
    /// The initiative that it belongs to.
    pub initiative: Option<InitiativeId>,
    /// What is to be done, such as `call prospects`.
    pub title: String,
    /// Who does it.
    pub owner: Option<MemberId>,
    /// How much in each period, above 0.
    pub quantity: Decimal,
    /// The period.
    pub per: Period,
    /// How much in all, above 0.
    pub total: Option<Decimal>,
    /// What is counted, such as `calls`.
    pub unit: Option<String>,
    /// First day.
    pub starts: Date,
    /// Last day, inclusive.
    pub ends: Date,
    /// The key result that it should move.
    pub key_result: Option<KeyResultId>,
    /// How much of what is done was planned to turn into the key result's unit, 0 to 1.
    pub rate: Option<Decimal>,
}

/// A weekly update. It goes by the id of its event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeeklyWritten {
    /// Any day of the week that it speaks of; kept as its Monday.
    pub week: Date,
    /// The team for which it was written; none where the author speaks for themself.
    pub team: Option<TeamId>,
    /// What is planned.
    pub plans: Option<String>,
    /// What was done.
    pub progress: Option<String>,
    /// What stands in the way.
    pub problems: Option<String>,
}

/// A grade for a key result at the end of its cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyResultGraded {
    /// The key result.
    pub key_result: KeyResultId,
    /// The score that its author's machine computed, 0 to 1. It stays visible beside the grade.
    pub computed: Option<Decimal>,
    /// The grade that the author saw.
    pub from: Option<Decimal>,
    /// The grade, 0 to 1; none takes it back.
    pub to: Option<Decimal>,
}

/// A template was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSaved {
    /// The template.
    pub template: TemplateId,
    /// What it is for, such as `sales director`.
    pub name: String,
    /// Objectives and key results, in the Markdown that import and export share.
    pub document: String,
}

/// A stage of a funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// What is counted at this stage, such as `contacts`.
    pub name: String,
    /// The key result or KPI that counts it.
    pub source: Option<Subject>,
    /// Planned share that goes on to the next stage, 0 to 1; none for the last.
    pub rate: Option<Decimal>,
}

/// A funnel was defined. Its stages stay as they are; another funnel takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunnelDefined {
    /// The funnel.
    pub funnel: FunnelId,
    /// Its name.
    pub name: String,
    /// Its stages, from the first contact to the outcome.
    pub stages: Vec<Stage>,
    /// The key result that its outcome is.
    pub key_result: Option<KeyResultId>,
}

/// A metric of an incentive plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncentiveAdded {
    /// The metric.
    pub incentive: IncentiveId,
    /// What the plan rewards.
    pub title: String,
    /// The key result that covers it.
    pub key_result: Option<KeyResultId>,
    /// Whom the plan rewards.
    pub member: Option<MemberId>,
}
