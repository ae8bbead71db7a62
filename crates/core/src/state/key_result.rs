//! Key results: how achievement is measured.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::edit::{
    Editable, Misfit, milestones, no_such_field, number, optional_number, optional_reference,
    optional_text, optional_word, stamped_by_provenance, text, whole, word,
};
use super::{CheckIns, Headed, Provenance};
use crate::decimal::Decimal;
use crate::event::Metric;
use crate::id::{KeyResultId, KpiId, MemberId, ObjectiveId, TeamId};
use crate::token::{Cadence, Indicator, KeyResultState, MetricKind};
use crate::value::{Field, Subject, Value};

/// How achievement is measured. It begins with what is its head, so that this can be read alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyResult {
    /// Its objective.
    pub objective: ObjectiveId,
    /// Title in words.
    pub title: String,
    /// A name of one's own.
    pub key: Option<String>,
    /// Where it stands in its life.
    pub state: KeyResultState,
    /// Owning member.
    pub owner: Option<MemberId>,
    /// How it is measured, as it stands.
    pub metric: Metric,
    /// Leading or lagging.
    pub indicator: Option<Indicator>,
    /// Certainty at the start, 0 to 1.
    pub certainty: Option<Decimal>,
    /// How often it is to be measured.
    pub cadence: Cadence,
    /// Weight in the objective's mean.
    pub weight: Decimal,
    /// Which matters most, 1 first.
    pub rank: Option<u32>,
    /// Why it was deferred or dropped; none while it counts.
    pub set_aside: Option<String>,
    /// The team that is answerable, where it is another than the objective's.
    pub team: Option<TeamId>,
    /// The KPI that it reads its value from.
    pub kpi: Option<KpiId>,
    /// The earlier key result that it was carried over from.
    pub carried_from: Option<KeyResultId>,
    /// Its grade at the end of the cycle.
    pub grade: Option<Grade>,
    /// Key results that it helps.
    pub helps: BTreeSet<KeyResultId>,
    /// Its measurements.
    pub check_ins: CheckIns,
    /// Who set what.
    pub provenance: Provenance,
}

/// What decides whether a key result is meant: the first fields of [`KeyResult`], in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyResultHead<'a> {
    /// Its objective.
    pub objective: ObjectiveId,
    /// Title in words.
    pub title: &'a str,
    /// A name of one's own.
    pub key: Option<&'a str>,
    /// Where it stands in its life.
    pub state: KeyResultState,
}

impl KeyResultHead<'_> {
    /// Whether it counts: neither deferred, dropped nor withdrawn.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.state, KeyResultState::Active)
    }
}

impl Headed for KeyResult {
    type Head<'a> = KeyResultHead<'a>;

    fn head(&self) -> KeyResultHead<'_> {
        KeyResultHead {
            objective: self.objective,
            title: &self.title,
            key: self.key.as_deref(),
            state: self.state,
        }
    }

    fn lost() -> Self {
        Self {
            objective: ObjectiveId::nil(),
            title: String::new(),
            key: None,
            state: KeyResultState::Withdrawn,
            owner: None,
            metric: Metric {
                kind: MetricKind::Binary,
                baseline: None,
                target: None,
                low: None,
                high: None,
                milestones: Vec::new(),
                unit: None,
            },
            indicator: None,
            certainty: None,
            cadence: Cadence::Weekly,
            weight: Decimal::ZERO,
            rank: None,
            set_aside: None,
            team: None,
            kpi: None,
            carried_from: None,
            grade: None,
            helps: BTreeSet::new(),
            check_ins: CheckIns::default(),
            provenance: Provenance::nobody(),
        }
    }
}

/// A grade at the end of a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// The grade, 0 to 1.
    pub grade: Decimal,
    /// What was computed when it was graded, 0 to 1; none where nothing could be.
    pub computed: Option<Decimal>,
    /// Why it differs from what was computed.
    pub reason: Option<String>,
}

impl KeyResult {
    /// Whether it counts: neither deferred, dropped nor withdrawn.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.state, KeyResultState::Active)
    }
}

impl Editable for KeyResult {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        let metric = &self.metric;
        Some(match field {
            Field::Title => Value::Text(self.title.clone()),
            Field::Owner => Value::reference(self.owner.map(Subject::Member)),
            Field::Metric => Value::Text(metric.kind.word().to_owned()),
            Field::Baseline => Value::number(metric.baseline),
            Field::Target => Value::number(metric.target),
            Field::Low => Value::number(metric.low),
            Field::High => Value::number(metric.high),
            Field::Milestones if metric.milestones.is_empty() => Value::None,
            Field::Milestones => Value::Milestones(metric.milestones.clone()),
            Field::Unit => Value::text(metric.unit.as_deref()),
            Field::Indicator => Value::text(self.indicator.map(Indicator::word)),
            Field::Certainty => Value::number(self.certainty),
            Field::Cadence => Value::Text(self.cadence.word().to_owned()),
            Field::Weight => Value::Number(self.weight),
            Field::Rank => Value::number(self.rank.map(Decimal::from)),
            Field::Key => Value::text(self.key.as_deref()),
            Field::State => Value::Text(self.state.word().to_owned()),
            Field::Team => Value::reference(self.team.map(Subject::Team)),
            Field::Kpi => Value::reference(self.kpi.map(Subject::Kpi)),
            Field::Grade => Value::number(self.grade.as_ref().map(|grade| grade.grade)),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        let metric = &mut self.metric;
        match field {
            Field::Title => self.title = text(field, value)?,
            Field::Owner => self.owner = optional_reference!(field, value, Member, "a member")?,
            Field::Metric => metric.kind = word(field, value)?,
            Field::Baseline => metric.baseline = optional_number(field, value)?,
            Field::Target => metric.target = optional_number(field, value)?,
            Field::Low => metric.low = optional_number(field, value)?,
            Field::High => metric.high = optional_number(field, value)?,
            Field::Milestones => metric.milestones = milestones(field, value)?,
            Field::Unit => metric.unit = optional_text(field, value)?,
            Field::Indicator => self.indicator = optional_word(field, value)?,
            Field::Certainty => self.certainty = optional_number(field, value)?,
            Field::Cadence => self.cadence = word(field, value)?,
            Field::Weight => self.weight = number(field, value)?,
            Field::Rank => {
                self.rank = match value {
                    Value::None => None,
                    set => Some(whole(field, set)?),
                };
            }
            Field::Key => self.key = optional_text(field, value)?,
            Field::State => self.state = word(field, value)?,
            Field::Team => self.team = optional_reference!(field, value, Team, "a team")?,
            Field::Kpi => self.kpi = optional_reference!(field, value, Kpi, "a KPI")?,
            Field::Grade => {
                // The computed score stays as it was computed for the grade before.
                let computed = self.grade.as_ref().and_then(|before| before.computed);
                self.grade = optional_number(field, value)?.map(|grade| Grade {
                    grade,
                    computed,
                    reason: None,
                });
            }
            _ => return Err(no_such_field("key result", field)),
        }
        Ok(())
    }
}
