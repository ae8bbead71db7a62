//! Rows of a table, whatever kind of file it stands in: one key result each, or one check-in each.
//!
//! An empty objective means the one of the row above. Rows that name the same key result speak of
//! one, so that a series of check-ins is several rows.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::KeyResultState;

use crate::draft::{Draft, Options, settle};
use crate::fields::{Name, Parts, date, set_key_result, set_objective, yes};
use crate::outline::{CheckIn, KeyResult, Objective};
use crate::phrase::{number_with_unit, one_line, priority, share};
use crate::{MAX_COLUMNS, MAX_ITEMS};

/// A cell of a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// Whether all of it is struck through.
    pub(crate) struck: bool,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            struck: false,
        }
    }
}

/// What a table's columns are about.
#[derive(Debug)]
pub(crate) struct Columns(Vec<Option<Name>>);

impl Columns {
    /// The columns that a header names; none where it names neither objectives nor key results.
    /// Below an objective, the first column that is known by no name is the key result's title.
    pub(crate) fn read(header: &[String], options: &Options, below: bool) -> Option<Self> {
        if header.len() > MAX_COLUMNS {
            return None;
        }
        let mut names: Vec<Option<Name>> = header.iter().map(|text| options.column(text)).collect();
        let has = |names: &[Option<Name>], name| names.contains(&Some(name));
        if !has(&names, Name::KeyResult) {
            let titled = header.iter().position(|text| {
                ["title", "name", "what"].contains(&text.trim().to_lowercase().as_str())
            });
            let first = names
                .iter()
                .position(Option::is_none)
                .filter(|_| below && names.iter().any(Option::is_some));
            // In a table of its own, a title is an objective's unless there is one already.
            let sort = if below || has(&names, Name::Objective) {
                Name::KeyResult
            } else {
                Name::Objective
            };
            if let Some(slot) = titled.or(first).and_then(|at| names.get_mut(at)) {
                *slot = Some(sort);
            }
        }
        // The second column of one name is nobody's. Beside an objective, a goal is a target.
        for at in 0..names.len() {
            let aimed = has(&names, Name::Target);
            let (before, rest) = names.split_at_mut(at);
            if let Some(slot) = rest.first_mut()
                && slot.is_some()
                && before.contains(slot)
            {
                *slot = (*slot == Some(Name::Objective) && !aimed).then_some(Name::Target);
            }
        }
        (has(&names, Name::KeyResult) || has(&names, Name::Objective)).then_some(Self(names))
    }

    fn has(&self, name: Name) -> bool {
        self.0.contains(&Some(name))
    }

    /// Columns that are about nothing known, by their headings.
    pub(crate) fn unknown<'a>(&self, header: &'a [String]) -> Vec<&'a str> {
        let pairs = header.iter().zip(&self.0);
        pairs
            .filter(|(text, name)| name.is_none() && !text.trim().is_empty() && !own_figure(text))
            .map(|(text, _)| text.as_str())
            .collect()
    }
}

/// Where rows stand: what holds for all of them unless they say otherwise.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) objective: Option<usize>,
    pub(crate) cycle: Option<String>,
    pub(crate) team: Option<String>,
}

/// Reads rows into the draft.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    pub(crate) columns: &'a Columns,
    pub(crate) place: Place,
}

impl Rows<'_> {
    /// Reads the row of a line.
    pub(crate) fn row(&mut self, draft: &mut Draft, line: usize, last: usize, cells: &[Cell]) {
        let said: Vec<(Name, &Cell)> = self
            .columns
            .0
            .iter()
            .zip(cells)
            .filter(|(_, cell)| !cell.text.trim().is_empty())
            .filter_map(|(name, cell)| Some(((*name)?, cell)))
            .collect();
        let spare = cells
            .iter()
            .skip(self.columns.0.len())
            .filter(|cell| !cell.text.trim().is_empty());
        for cell in spare.take(MAX_COLUMNS) {
            draft.unread(line, &cell.text, "The line has more cells than the header.");
        }
        if said.is_empty() {
            return;
        }
        let find = |wanted| said.iter().find(|(name, _)| *name == wanted);
        if let Some((_, cell)) = find(Name::Objective) {
            let cycle = find(Name::Cycle).map(|(_, cell)| one_line(&cell.text));
            self.place.objective = self.objective(draft, line, cell, cycle);
            if self.place.objective.is_none() {
                let why = format!("A document has at most {MAX_ITEMS} objectives.");
                draft.unread(line, &joined(&said), why);
                return;
            }
        }
        let Some(at) = self.place.objective else {
            draft.unread(
                line,
                &joined(&said),
                "No objective stands in this line or above it.",
            );
            return;
        };
        draft.used(line, last);
        let titled = find(Name::KeyResult).is_some();
        let mut wrong = Vec::new();
        if let Some(objective) = draft.objective(at) {
            for (name, cell) in &said {
                let own = *name != Name::Objective
                    && (name.of_objective() || (!titled && takes(*name)))
                    && !(*name == Name::Team && titled && objective.team.is_some());
                if own && let Err(why) = set_objective(objective, *name, &cell.text) {
                    wrong.push((cell.text.clone(), why));
                }
            }
        }
        if titled {
            self.key_result(draft, at, line, &said, &mut wrong);
        } else {
            let lost = said
                .iter()
                .filter(|(name, _)| !name.of_objective() && !takes(*name));
            wrong.extend(lost.map(|(name, cell)| {
                (
                    cell.text.clone(),
                    format!("{} belongs to a key result, and none is named", name.word()),
                )
            }));
        }
        for (text, why) in wrong {
            draft.unread(line, &text, format!("{}.", capital(&why)));
        }
    }

    /// The objective of that title in the same cycle; a new one if there is none and there is room for it.
    fn objective(
        &self,
        draft: &mut Draft,
        line: usize,
        cell: &Cell,
        cycle: Option<String>,
    ) -> Option<usize> {
        let title = draft.title(line, &cell.text);
        let cycle = cycle.or_else(|| self.place.cycle.clone());
        let objectives = &draft.outline.objectives;
        let known = (objectives.iter())
            .position(|one| one.cycle == cycle && same_title(&one.title, &title));
        if known.is_none() && objectives.len() >= MAX_ITEMS {
            return None;
        }
        Some(known.unwrap_or_else(|| {
            draft.add(Objective {
                title,
                cycle,
                team: self.place.team.clone(),
                state: cell
                    .struck
                    .then_some(quarterdeck_core::token::ObjectiveState::Dropped),
                line,
                ..Objective::default()
            })
        }))
    }

    fn key_result(
        &self,
        draft: &mut Draft,
        at: usize,
        line: usize,
        said: &[(Name, &Cell)],
        wrong: &mut Vec<(String, String)>,
    ) {
        let Some((_, cell)) = said.iter().find(|(name, _)| *name == Name::KeyResult) else {
            return;
        };
        let (title, rank) = priority(&cell.text);
        let title = draft.title(line, &title);
        let Some(objective) = draft.objective(at) else {
            return;
        };
        // A series speaks of one key result again and again; elsewhere each row is one.
        let series = said.iter().any(|(name, _)| *name == Name::Date);
        let known = objective
            .key_results
            .iter()
            .position(|one| series && same_title(&one.title, &title));
        if known.is_none() && objective.key_results.len() >= MAX_ITEMS {
            let why = format!("an objective has at most {MAX_ITEMS} key results");
            wrong.push((cell.text.clone(), why));
            return;
        }
        let at = known.unwrap_or_else(|| {
            objective.key_results.push(KeyResult {
                title,
                rank,
                state: cell.struck.then_some(KeyResultState::Dropped),
                line,
                ..KeyResult::default()
            });
            objective.key_results.len() - 1
        });
        let Some(key_result) = objective.key_results.get_mut(at) else {
            return;
        };
        let mut parts = Parts::default();
        for (name, cell) in said {
            let skip = matches!(name, Name::KeyResult)
                || (name.of_objective() && *name != Name::Team)
                || (*name == Name::Team && objective.team == Some(one_line(&cell.text)))
                || (series && in_check_in(*name));
            if !skip && let Err(why) = set_key_result(key_result, &mut parts, *name, &cell.text) {
                wrong.push((cell.text.clone(), why));
            }
        }
        if series {
            match check_in(line, said) {
                Ok(check_in) => key_result.check_ins.push(check_in),
                Err((text, why)) => wrong.push((text, why)),
            }
        }
        match settle(key_result, parts, self.columns.has(Name::Date)) {
            Ok(None) => {}
            Ok(Some(assumed)) => {
                wrong.push((cell.text.clone(), assumed.trim_end_matches('.').to_owned()))
            }
            Err(why) => wrong.push((cell.text.clone(), why)),
        }
    }
}

/// Whether two titles differ in nothing but their case. It ends at the first character that differs: a table may have
/// very many.
fn same_title(one: &str, other: &str) -> bool {
    (one.chars().flat_map(char::to_lowercase)).eq(other.chars().flat_map(char::to_lowercase))
}

/// Columns of our own tables that follow from the others.
fn own_figure(heading: &str) -> bool {
    let heading = heading.trim().to_lowercase().replace('_', " ");
    heading.starts_with("computed ")
        || matches!(
            heading.as_str(),
            "objective reference"
                | "key result reference"
                | "member"
                | "recorded"
                | "late days"
                | "source"
        )
}

/// Whether an objective takes what could also be a key result's.
const fn takes(name: Name) -> bool {
    matches!(name, Name::Owner | Name::Key | Name::State)
}

const fn in_check_in(name: Name) -> bool {
    matches!(
        name,
        Name::Date
            | Name::Value
            | Name::Progress
            | Name::Done
            | Name::Confidence
            | Name::Comment
            | Name::Projection
            | Name::Step
    )
}

fn check_in(line: usize, said: &[(Name, &Cell)]) -> Result<CheckIn, (String, String)> {
    let find = |wanted| {
        let found = said.iter().find(|(name, _)| *name == wanted);
        found.map(|(_, cell)| cell.text.trim())
    };
    let told = |text: &str, why: String| (text.to_owned(), why);
    let day = find(Name::Date).unwrap_or_default();
    let date = date(day).map_err(|why| told(day, why))?;
    let text = find(Name::Value)
        .or(find(Name::Done))
        .or(find(Name::Progress))
        .ok_or_else(|| told(day, "there is a date and no value".to_owned()))?;
    // Elsewhere `+5` may be a change or a value; only the one who typed it knows.
    if text.starts_with('+') {
        let why = format!(
            "'{text}' may be a change or a value; write the value that it came to, or take it as a \
             change with `okr checkin --csv`"
        );
        return Err(told(text, why));
    }
    let (value, step) = measured(text);
    let step = step.or_else(|| find(Name::Step).map(one_line));
    let number = |name| {
        find(name)
            .map(|text| {
                number_with_unit(text)
                    .map(|(number, _)| number)
                    .ok_or_else(|| told(text, format!("'{text}' is no number")))
            })
            .transpose()
    };
    let confidence = find(Name::Confidence)
        .map(|text| share(text).ok_or_else(|| told(text, format!("'{text}' is no share"))))
        .transpose()?;
    Ok(CheckIn {
        date,
        value,
        step,
        confidence,
        projection: number(Name::Projection)?,
        comment: find(Name::Comment).map(str::to_owned),
        line,
    })
}

/// A measured value: a number, done or not, or a step of milestones (`pilot`, `not pilot`).
pub(crate) fn measured(text: &str) -> (Decimal, Option<String>) {
    let text = text.trim();
    if let Some((number, _)) = number_with_unit(text) {
        return (number, None);
    }
    match yes(text) {
        Ok(true) => (Decimal::ONE, None),
        Ok(false) => (Decimal::ZERO, None),
        Err(_) => match text.strip_prefix("not ") {
            Some(step) => (Decimal::ZERO, Some(one_line(step))),
            None => (Decimal::ONE, Some(one_line(text))),
        },
    }
}

fn joined(said: &[(Name, &Cell)]) -> String {
    let texts: Vec<&str> = said.iter().map(|(_, cell)| cell.text.trim()).collect();
    texts.join(" | ")
}

/// A sentence begins with a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
