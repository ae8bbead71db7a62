//! Items of a list as key results, with their steps and check-ins below them.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::{KeyResultState, MetricKind};
use quarterdeck_core::value::Milestone;

use super::attributes;
use super::read::Reader;
use super::tree::Item;
use crate::draft::settle;
use crate::fields::{Name, Parts, date, set_key_result};
use crate::outline::{CheckIn, KeyResult, Now};
use crate::phrase::{bare, label, leading_share, one_line, priority, trailing_share};
use crate::rows::{capital, measured};

impl Reader<'_> {
    pub(super) fn key_result(&mut self, at: usize, item: &Item) {
        let line = item.text.first.max(item.line);
        self.draft.used(item.line, item.text.last.max(item.line));
        let (text, attributes) = attributes::split(&item.text.text);
        let explicit = attributes.is_some();
        // Braces settle what is a figure and what is a title.
        let text = if explicit { text } else { label(text).0 };
        let (text, done) = match &attributes {
            Some(_) => (text, None),
            None => match leading_share(text) {
                (text, None) => trailing_share(text),
                found => found,
            },
        };
        let (text, rank) = match &attributes {
            Some(_) => (text.to_owned(), None),
            None => priority(text),
        };
        let (text, team) = if explicit {
            (text, None)
        } else {
            self.team_mark(&text)
        };
        let title = self.draft.title(line, &text);
        if title.is_empty() {
            return self
                .draft
                .unread(line, &item.text.text, "An item without words.");
        }
        let mut key_result = KeyResult {
            title,
            rank,
            team,
            state: item.text.struck.then_some(KeyResultState::Dropped),
            now: done.map(Now::Progress).or(item.ticked.map(Now::Done)),
            line,
            ..KeyResult::default()
        };
        let mut parts = Parts::default();
        for (name, value) in attributes.into_iter().flatten() {
            if let Err(why) = set_key_result(&mut key_result, &mut parts, name, &value) {
                self.draft
                    .unread(line, &value, format!("{}.", capital(&why)));
            }
        }
        let (dated, steps): (Vec<&Item>, Vec<&Item>) = item
            .items
            .iter()
            .partition(|item| item.ticked.is_none() && check_in_text(item).is_some());
        for item in dated {
            self.check_in(&mut key_result, item);
        }
        match settle(&mut key_result, parts, false) {
            Ok(None) => {}
            Ok(Some(assumed)) => self.draft.unread(line, &item.text.text, assumed),
            Err(why) => self
                .draft
                .unread(line, &item.text.text, format!("{}.", capital(&why))),
        }
        self.steps(&mut key_result, &steps, explicit);
        for more in &item.more {
            self.leave(more, "Text below an item is not kept.");
        }
        self.links(&item.text);
        if let Some(objective) = self.draft.objective(at) {
            objective.key_results.push(key_result);
        }
    }

    /// A mark in brackets at the end that names a team of the workspace: `Fix positions [LA]`.
    fn team_mark(&self, text: &str) -> (String, Option<String>) {
        let found = text
            .trim_end()
            .strip_suffix(']')
            .and_then(|text| text.rsplit_once('['))
            .and_then(|(title, mark)| Some((title, self.options.team(mark)?)));
        match found {
            Some((title, team)) if !title.trim().is_empty() => {
                (title.trim_end().to_owned(), Some(team.to_owned()))
            }
            _ => (text.to_owned(), None),
        }
    }

    /// Items below a key result are its steps, unless it is measured otherwise.
    fn steps(&mut self, key_result: &mut KeyResult, items: &[&Item], explicit: bool) {
        let takes = key_result.metric.as_ref().is_none_or(|metric| {
            matches!(metric.kind, MetricKind::Binary | MetricKind::Milestones)
        });
        let mut steps: Vec<Milestone> = Vec::new();
        for item in items {
            let (text, attributes) = attributes::split(&item.text.text);
            let text = if explicit {
                text.to_owned()
            } else {
                priority(text).0
            };
            let name = self.draft.title(item.line, &text);
            let known = steps
                .iter()
                .any(|step| step.name.to_lowercase() == name.to_lowercase());
            let why = if !takes {
                Some("A key result with a number has no steps.")
            } else if known {
                Some("The key result has a step of that name already.")
            } else if item.text.struck {
                Some("A step that is struck through is left out.")
            } else if name.is_empty() {
                Some("An item without words.")
            } else {
                None
            };
            if let Some(why) = why {
                self.leave_items(std::slice::from_ref(*item), why);
                continue;
            }
            self.draft.used(item.line, item.text.last);
            self.links(&item.text);
            for more in &item.more {
                self.leave(more, "Text below an item is not kept.");
            }
            self.leave_items(&item.items, "Steps have no steps of their own.");
            let weight = attributes
                .into_iter()
                .flatten()
                .find(|(name, _)| *name == Name::Weight)
                .and_then(|(_, weight)| weight.parse().ok())
                .unwrap_or(Decimal::ONE);
            if item.ticked == Some(true) || key_result.now == Some(Now::Done(true)) {
                key_result.steps_done.push(name.clone());
            }
            steps.push(Milestone { name, weight });
        }
        if !steps.is_empty() && takes {
            key_result.metric = Some(Metric {
                milestones: steps,
                ..bare(MetricKind::Milestones, None)
            });
            key_result.now = None;
        }
    }

    /// `2026-07-05: 510 {confidence: 0.7}` below a key result.
    fn check_in(&mut self, key_result: &mut KeyResult, item: &Item) {
        let Some((day, text)) = check_in_text(item) else {
            return;
        };
        self.draft.used(item.line, item.text.last);
        let (text, attributes) = attributes::split(&text);
        let (value, step) = measured(text);
        let mut made = CheckIn {
            date: day,
            value,
            step,
            confidence: None,
            projection: None,
            comment: None,
            line: item.line,
        };
        for (name, text) in attributes.into_iter().flatten() {
            match name {
                Name::Confidence => made.confidence = text.parse().ok(),
                Name::Projection => made.projection = text.parse().ok(),
                Name::Comment => made.comment = Some(text),
                _ => self
                    .draft
                    .unread(item.line, &text, "A check-in has no such attribute."),
            }
        }
        self.leave_items(&item.items, "A check-in has nothing below it.");
        key_result.check_ins.push(made);
    }
}

/// The date and the rest of an item that is a check-in.
pub(super) fn check_in_text(item: &Item) -> Option<(Date, String)> {
    let (day, rest) = item.text.text.split_once(':')?;
    (day.trim().len() == 10)
        .then(|| date(day).ok())
        .flatten()
        .map(|day| (day, one_line(rest)))
}
