//! Markdown that people read and that reads back: a heading for each cycle and objective, a list of key
//! results, and behind each in braces what the words do not say.
//!
//! ```text
//! # OKRs 2026-Q3
//!
//! ## Be the first choice {committed, key: growth, owner: Ana}
//!
//! - Qualified leads {increase 500..550, unit: leads, now: 531, confidence: 0.7, weekly}
//! - [x] Pilot signed {binary}
//! ```

use std::fmt::Write;

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::{KeyResultState, MetricKind, ObjectiveState, Tier};
use quarterdeck_core::visible;

use crate::outline::{KeyResult, Now, Objective, Outline};

/// The objectives of an outline with their key results. Check-ins are left out: they have a table.
#[must_use]
pub fn markdown(outline: &Outline) -> String {
    let mut out = String::new();
    let mut cycle = None;
    for objective in &outline.objectives {
        if objective.cycle.is_some() && objective.cycle != cycle {
            cycle.clone_from(&objective.cycle);
            apart(&mut out);
            push(
                &mut out,
                &format!("# OKRs {}", escaped(cycle.as_deref().unwrap_or_default())),
            );
        }
        apart(&mut out);
        write_objective(&mut out, objective);
    }
    out
}

fn apart(out: &mut String) {
    if !out.is_empty() {
        out.push('\n');
    }
}

fn push(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn write_objective(out: &mut String, objective: &Objective) {
    let mut braces = Braces::default();
    braces.words(
        objective
            .kind
            .map(quarterdeck_core::token::ObjectiveKind::word),
    );
    braces.words(objective.state.map(ObjectiveState::word));
    braces.words(objective.standing.then_some("standing"));
    braces.value("key", objective.key.as_deref());
    braces.value("owner", objective.owner.as_deref());
    braces.value("team", objective.team.as_deref());
    braces.value("supports", objective.supports.as_deref());
    push(out, &format!("## {}{braces}", escaped(&objective.title)));
    if let Some(description) = &objective.description {
        out.push('\n');
        for line in description.lines() {
            push(out, &escaped(line));
        }
    }
    if !objective.key_results.is_empty() {
        out.push('\n');
    }
    for key_result in &objective.key_results {
        write_key_result(out, key_result);
    }
}

fn write_key_result(out: &mut String, said: &KeyResult) {
    let mut braces = Braces::default();
    if let Some(metric) = &said.metric {
        braces.metric(metric);
        braces.value("unit", metric.unit.as_deref());
    }
    match said.now {
        Some(Now::Value(value)) => braces.number("now", Some(value)),
        Some(Now::Progress(share)) => braces.percent("progress", share),
        Some(Now::Done(_)) | None => {}
    }
    braces.number("confidence", said.confidence);
    braces.number("grade", said.final_score);
    braces.words(said.indicator.map(quarterdeck_core::token::Indicator::word));
    braces.words(said.cadence.map(quarterdeck_core::token::Cadence::word));
    braces.certainty(said.certainty);
    braces.number(
        "weight",
        said.weight.filter(|weight| *weight != Decimal::ONE),
    );
    braces.number("rank", said.rank.map(Decimal::from));
    // An active key result with a weight of 1 is what a document takes for granted.
    let state = said.state.filter(|state| *state != KeyResultState::Active);
    braces.words(state.map(KeyResultState::word));
    braces.value("key", said.key.as_deref());
    braces.value("owner", said.owner.as_deref());
    braces.value("team", said.team.as_deref());
    let tick = match said.now {
        Some(Now::Done(true)) => "[x] ",
        Some(Now::Done(false)) => "[ ] ",
        _ => "",
    };
    push(out, &format!("- {tick}{}{braces}", escaped(&said.title)));
    let steps = said.metric.iter().flat_map(|metric| &metric.milestones);
    for step in steps {
        let tick = if said.steps_done.contains(&step.name) {
            "x"
        } else {
            " "
        };
        let mut braces = Braces::default();
        braces.number(
            "weight",
            Some(step.weight).filter(|weight| *weight != Decimal::ONE),
        );
        push(
            out,
            &format!("  - [{tick}] {}{braces}", escaped(&step.name)),
        );
    }
}

/// What stands in braces behind a title.
#[derive(Debug, Default)]
struct Braces(Vec<String>);

impl Braces {
    fn words(&mut self, word: Option<&str>) {
        self.0.extend(word.map(str::to_owned));
    }

    fn value(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        let simple = !value.contains([',', '{', '}', '"']) && value.trim() == value;
        let value = if simple {
            escaped(value)
        } else {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            escaped(&format!("\"{quoted}\""))
        };
        self.0.push(format!("{name}: {value}"));
    }

    fn number(&mut self, name: &str, number: Option<Decimal>) {
        self.0
            .extend(number.map(|number| format!("{name}: {number}")));
    }

    fn percent(&mut self, name: &str, share: Decimal) {
        let percent = share.checked_mul(Decimal::HUNDRED);
        self.0
            .extend(percent.map(|percent| format!("{name}: {percent}%")));
    }

    fn certainty(&mut self, certainty: Option<Decimal>) {
        let tier = |certainty| (Tier::ALL.iter()).find(|tier| tier.certainty() == certainty);
        match certainty.map(|certainty| (certainty, tier(certainty))) {
            Some((_, Some(tier))) => self.words(Some(tier.word())),
            Some((certainty, None)) => self.number("certainty", Some(certainty)),
            None => {}
        }
    }

    fn metric(&mut self, metric: &Metric) {
        let bounds = match metric.kind {
            MetricKind::Increase | MetricKind::Decrease => (metric.baseline, metric.target),
            MetricKind::Maintain => (metric.low, metric.high),
            MetricKind::Milestones | MetricKind::Binary => (None, None),
        };
        let mut text = metric.kind.word().to_owned();
        match bounds {
            (Some(from), Some(to)) => {
                // Writing to a string cannot fail.
                let _ = write!(text, " {from}..{to}");
            }
            // Without a baseline, say.
            _ if bounds != (None, None) => text = format!("metric: {text}"),
            _ => {}
        }
        self.0.push(text);
        if bounds.0.is_some() != bounds.1.is_some() {
            self.number("baseline", metric.baseline);
            self.number("target", metric.target);
            self.number("low", metric.low);
            self.number("high", metric.high);
        }
    }
}

impl std::fmt::Display for Braces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, " {{{}}}", self.0.join(", "))
    }
}

/// A text that Markdown takes for nothing but text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let begins_number = text.find(|c: char| !c.is_ascii_digit()).filter(|at| {
        *at > 0
            && text
                .get(*at..)
                .is_some_and(|rest| rest.starts_with(['.', ')']))
    });
    for (at, c) in text.char_indices() {
        if visible::acts(c) && c != '\t' {
            visible::put_picture(&mut out, c);
            continue;
        }
        let special = matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '{' | '}'
        );
        // These mean something at the beginning of a line alone.
        let leading = at == 0 && matches!(c, '#' | '-' | '+' | '=') || begins_number == Some(at);
        // A closing row of them would be taken for the heading's.
        let closing = c == '#'
            && text
                .get(at..)
                .is_some_and(|rest| rest.trim_end_matches('#').is_empty());
        if special || leading || closing {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests;
