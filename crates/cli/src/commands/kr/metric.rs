//! The options that say how a key result is measured, for `kr new` and `kr edit` alike.

use clap::Args;
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::{Field, Value};

use crate::edit::Fields;
use crate::parse::{Range, Steps, milestones, range};

/// How it is measured: one of five ways.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct MetricOptions {
    /// Raise a number from A to B.
    #[arg(long, value_name = "A..B", value_parser = range, allow_hyphen_values = true)]
    increase: Option<Range>,
    /// Bring a number down from A to B.
    #[arg(long, value_name = "A..B", value_parser = range, allow_hyphen_values = true)]
    decrease: Option<Range>,
    /// Keep a number within LOW to HIGH.
    #[arg(long, value_name = "LOW..HIGH", value_parser = range, allow_hyphen_values = true)]
    maintain: Option<Range>,
    /// Get steps done, each with its weight: "draft,pilot:2,live:3".
    #[arg(long, value_name = "STEPS", value_parser = milestones)]
    milestones: Option<Steps>,
    /// Get one thing done.
    #[arg(long)]
    binary: bool,
}

impl MetricOptions {
    /// The unit that the numbers say themselves.
    fn unit(&self) -> Option<String> {
        let said = [self.increase, self.decrease, self.maintain];
        let percent = said.into_iter().flatten().any(|range| range.percent);
        percent.then(|| "%".to_owned())
    }

    /// The metric that was described; none where no option was given.
    pub(super) fn metric(self, unit: Option<String>) -> Option<Metric> {
        let unit = unit.or_else(|| self.unit());
        let mut metric = Metric {
            kind: MetricKind::Binary,
            baseline: None,
            target: None,
            low: None,
            high: None,
            milestones: Vec::new(),
            unit,
        };
        if let Some(Range { from, to, .. }) = self.increase {
            metric.kind = MetricKind::Increase;
            (metric.baseline, metric.target) = (Some(from), Some(to));
        } else if let Some(Range { from, to, .. }) = self.decrease {
            metric.kind = MetricKind::Decrease;
            (metric.baseline, metric.target) = (Some(from), Some(to));
        } else if let Some(Range { from, to, .. }) = self.maintain {
            metric.kind = MetricKind::Maintain;
            (metric.low, metric.high) = (Some(from), Some(to));
        } else if let Some(Steps(steps)) = self.milestones {
            metric.kind = MetricKind::Milestones;
            metric.milestones = steps;
        } else if !self.binary {
            return None;
        }
        Some(metric)
    }

    /// Sets the fields of another metric, if one was given; its unit only if no other is set.
    pub(super) fn fields(self, fields: &mut Fields, unit_is_set: bool) {
        let Some(metric) = self.metric(None) else {
            return;
        };
        fields.word(Field::Metric, Some(metric.kind.word()));
        if metric.unit.is_some() && !unit_is_set {
            fields.text(Field::Unit, metric.unit);
        }
        fields.number(Field::Baseline, metric.baseline);
        fields.number(Field::Target, metric.target);
        fields.number(Field::Low, metric.low);
        fields.number(Field::High, metric.high);
        if !metric.milestones.is_empty() {
            fields.set(Field::Milestones, Value::Milestones(metric.milestones));
        }
    }
}
