//! `okr template`: objectives and key results to begin from.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::{Cadence, Indicator, MetricKind, ObjectiveKind};
use serde::Serialize;

use super::Schema;
use crate::names::Ref;

/// The templates that there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateList {
    /// Version of this object.
    pub schema: Schema,
    /// The workspace's own first.
    pub templates: Vec<TemplateLine>,
}

/// A template in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateLine {
    /// Its name.
    pub name: String,
    /// Short reference of one of the workspace's own; none where it is built in.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Titles of its objectives.
    pub objectives: Vec<String>,
    /// How many key results they have.
    pub key_results: usize,
}

/// A template with all that is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateShow {
    /// Version of this object.
    pub schema: Schema,
    /// Its name.
    pub name: String,
    /// Short reference of one of the workspace's own; none where it is built in.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Where its objectives would be drafted; none where that was not asked.
    pub drafted: Option<TemplateDrafted>,
    /// Its objectives.
    pub objectives: Vec<TemplateObjective>,
    /// Its text, in Markdown.
    pub document: String,
}

/// Where the objectives of a template would be drafted, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateDrafted {
    /// Name of the cycle.
    pub cycle: Option<String>,
    /// Name of the owning member.
    pub owner: Option<String>,
    /// Name of the owning team.
    pub team: Option<String>,
}

/// An objective of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateObjective {
    /// Title in words.
    pub title: String,
    /// Longer description.
    pub description: Option<String>,
    /// Committed or aspirational.
    pub kind: Option<ObjectiveKind>,
    /// Its key results.
    pub key_results: Vec<TemplateKeyResult>,
}

/// A key result of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateKeyResult {
    /// Title in words.
    pub title: String,
    /// How it is measured.
    pub metric: Option<MetricKind>,
    /// Unit of its numbers.
    pub unit: Option<String>,
    /// Start of an increase or decrease.
    pub baseline: Option<Decimal>,
    /// Aim of an increase or decrease.
    pub target: Option<Decimal>,
    /// Lower bound of a range.
    pub low: Option<Decimal>,
    /// Upper bound of a range.
    pub high: Option<Decimal>,
    /// Steps by name.
    pub steps: Vec<String>,
    /// Leading or lagging.
    pub indicator: Option<Indicator>,
    /// Certainty at the start, 0 to 1.
    pub certainty: Option<Decimal>,
    /// How often it is to be measured.
    pub cadence: Option<Cadence>,
}

impl TemplateKeyResult {
    /// A key result with this title and metric, and nothing else said of it.
    #[must_use]
    pub fn new(title: String, metric: Option<&Metric>) -> Self {
        Self {
            title,
            metric: metric.map(|metric| metric.kind),
            unit: metric.and_then(|metric| metric.unit.clone()),
            baseline: metric.and_then(|metric| metric.baseline),
            target: metric.and_then(|metric| metric.target),
            low: metric.and_then(|metric| metric.low),
            high: metric.and_then(|metric| metric.high),
            steps: metric.map_or_else(Vec::new, |metric| {
                let steps = metric.milestones.iter();
                steps.map(|step| step.name.clone()).collect()
            }),
            indicator: None,
            certainty: None,
            cadence: None,
        }
    }
}
