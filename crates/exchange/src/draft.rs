//! An outline while it is being read, and the account of its lines.

use std::collections::BTreeSet;

use quarterdeck_core::admit::MAX_TITLE_CHARS;
use quarterdeck_core::token::MetricKind;

use crate::fields::{Name, Parts};
use crate::outline::{KeyResult, Now, Objective, Outline, Unread};
use crate::phrase::{bare, one_line, share_done, spoken_change};
use crate::{MAX_ITEMS, MAX_UNREAD};

/// What whoever reads a document tells the reader about the workspace.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Names of its teams: a heading or a mark that is one stands for it.
    pub teams: Vec<String>,
    /// Columns by the name that the document gives them.
    pub columns: Vec<(String, Name)>,
}

impl Options {
    /// The team that a text names.
    pub(crate) fn team(&self, text: &str) -> Option<&str> {
        let wanted = text.trim().to_lowercase();
        self.teams
            .iter()
            .find(|team| team.to_lowercase() == wanted)
            .map(String::as_str)
    }

    /// What a column is about.
    pub(crate) fn column(&self, heading: &str) -> Option<Name> {
        let wanted = one_line(heading).to_lowercase();
        let mapped = self
            .columns
            .iter()
            .find(|(column, _)| one_line(column).to_lowercase() == wanted);
        mapped
            .map(|(_, name)| *name)
            .or_else(|| Name::from_text(heading))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) outline: Outline,
    used: BTreeSet<usize>,
    /// What was not listed for want of room.
    beyond: usize,
}

impl Draft {
    /// Lines that became part of the outline, or carry structure alone.
    pub(crate) fn used(&mut self, first: usize, last: usize) {
        self.used.extend(first..=last);
    }

    /// A line, or a part of it, that says something which is not taken over.
    pub(crate) fn unread(&mut self, line: usize, text: &str, why: impl Into<String>) {
        if self.outline.unread.len() >= MAX_UNREAD {
            self.beyond += 1;
            return;
        }
        self.outline.unread.push(Unread {
            line,
            text: one_line(text),
            why: why.into(),
        });
    }

    /// A title that can be kept: on one line, and not too long.
    pub(crate) fn title(&mut self, line: usize, text: &str) -> String {
        let title = one_line(text);
        let Some((cut, _)) = title.char_indices().nth(MAX_TITLE_CHARS) else {
            return title;
        };
        let (kept, rest) = title.split_at(cut);
        self.unread(
            line,
            rest,
            format!("A title has at most {MAX_TITLE_CHARS} characters."),
        );
        kept.trim_end().to_owned()
    }

    /// The objective at this place of the outline.
    pub(crate) fn objective(&mut self, at: usize) -> Option<&mut Objective> {
        self.outline.objectives.get_mut(at)
    }

    /// Puts an objective into the outline; answers its place.
    pub(crate) fn add(&mut self, objective: Objective) -> usize {
        self.outline.objectives.push(objective);
        self.outline.objectives.len() - 1
    }

    /// A cycle that the document speaks of.
    pub(crate) fn cycle(&mut self, name: &str) {
        let is_full = self.outline.cycles.len() >= MAX_ITEMS;
        if !is_full && !self.outline.cycles.iter().any(|known| known == name) {
            self.outline.cycles.push(name.to_owned());
        }
    }

    /// The outline, with each line accounted for: those neither used nor listed are listed now.
    pub(crate) fn finish(mut self, text: &str, why: &str) -> Outline {
        let mut last = 0;
        let listed: BTreeSet<usize> = self.outline.unread.iter().map(|one| one.line).collect();
        for (line, content) in (1..).zip(text.lines()) {
            let told = self.used.contains(&line) || listed.contains(&line);
            if !told && !content.trim().is_empty() {
                self.unread(line, content, why);
            }
            last = line;
        }
        self.outline.unread.sort_by_key(|one| one.line);
        if self.beyond > 0 {
            self.outline.unread.push(Unread {
                line: last,
                text: String::new(),
                why: format!(
                    "{} lines more, or parts of lines, were not read.",
                    self.beyond
                ),
            });
        }
        self.outline
    }
}

/// Gives a key result its metric: the one that was spelled out, else what its title, its scores
/// or its steps say, else done or not.
///
/// # Errors
/// What is wrong with the parts; the key result is done or not then.
pub(crate) fn settle(
    key_result: &mut KeyResult,
    parts: Parts,
    only_measured: bool,
) -> Result<Option<&'static str>, String> {
    let (metric, told) = match parts.metric() {
        Ok((metric, assumed)) => (metric, Ok(assumed)),
        Err(why) => (None, Err(why)),
    };
    if metric.is_some() || key_result.metric.is_none() {
        key_result.metric = metric;
    }
    if key_result.metric.is_none() && !only_measured {
        let scored = matches!(key_result.now, Some(Now::Progress(_)))
            || key_result.mid_score.is_some()
            || key_result.projected_score.is_some();
        key_result.metric = Some(match spoken_change(&key_result.title) {
            Some(metric) => metric,
            None if scored => share_done(),
            None => bare(MetricKind::Binary, None),
        });
    }
    told
}
