//! From blocks to an outline.

use quarterdeck_core::token::ObjectiveState;

use super::attributes::{self, Attributes};
use super::heading::{Sort, sort};
use super::item::check_in_text;
use super::tree::{Block, Inline, Item};
use crate::draft::{Draft, Options};
use crate::fields::{Name, set_objective};
use crate::outline::Objective;
use crate::phrase::{Label, label, priority, trailing_share};
use crate::rows::{Cell, Columns, Place, Rows, capital};

/// A heading that stands over what follows.
#[derive(Debug)]
struct Open {
    level: usize,
    sort: Opened,
}

#[derive(Debug)]
enum Opened {
    Cycle(String, Option<String>),
    Team(String),
    Objective(usize),
    /// Of the document's structure alone.
    Structure,
    /// Not about OKRs; the sentence says so.
    Aside(&'static str),
}

/// Below all real headings stands a line in bold that serves as one.
const BOLD: usize = 7;

#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub(super) options: &'a Options,
    pub(crate) draft: Draft,
    open: Vec<Open>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self {
            options,
            draft: Draft::default(),
            open: Vec::new(),
        }
    }

    pub(crate) fn blocks(&mut self, blocks: &[Block]) {
        for (at, block) in blocks.iter().enumerate() {
            match block {
                Block::Heading(level, inline) => self.heading(*level, inline),
                Block::Paragraph(inline)
                    if inline.strong && headlike(inline, blocks.get(at + 1)) =>
                {
                    self.heading(BOLD, inline);
                }
                Block::Paragraph(inline) => self.paragraph(inline),
                Block::List(items) => self.list(items),
                Block::Table(header, rows, line) => self.table(header, rows, *line),
                Block::Rule(lines) => self.draft.used(lines.start, lines.end.saturating_sub(1)),
            }
        }
    }

    fn heading(&mut self, level: usize, inline: &Inline) {
        while self.open.last().is_some_and(|open| open.level >= level) {
            self.open.pop();
        }
        self.draft.used(inline.first, inline.last);
        let (text, attributes) = attributes::split(&inline.text);
        let explicit = attributes.is_some();
        let opened = match sort(text, level, self.options) {
            Sort::Cycle { name, team } if !explicit => {
                self.draft.cycle(&name);
                Opened::Cycle(name, team)
            }
            Sort::Team(team) if !explicit => Opened::Team(team),
            Sort::Structure if !explicit => Opened::Structure,
            Sort::Aside(why) if !explicit => {
                self.draft.unread(inline.first, &inline.text, why);
                Opened::Aside(why)
            }
            _ => {
                let above = self.above();
                // Braces settle what the title is.
                let title = if explicit { text } else { label(text).0 };
                let at = self.objective(inline, title, attributes, above);
                Opened::Objective(at)
            }
        };
        self.open.push(Open {
            level,
            sort: opened,
        });
    }

    /// The objective under whose heading things stand.
    fn above(&self) -> Option<usize> {
        self.open.iter().rev().find_map(|open| match open.sort {
            Opened::Objective(at) => Some(at),
            _ => None,
        })
    }

    fn aside(&self) -> Option<&'static str> {
        self.open.iter().rev().find_map(|open| match open.sort {
            Opened::Aside(why) => Some(why),
            _ => None,
        })
    }

    fn place(&self) -> Place {
        let mut place = Place {
            objective: self.above(),
            ..Place::default()
        };
        for open in &self.open {
            match &open.sort {
                Opened::Cycle(cycle, team) => {
                    place.cycle = Some(cycle.clone());
                    place.team = team.clone().or(place.team);
                }
                Opened::Team(team) => place.team = Some(team.clone()),
                _ => {}
            }
        }
        place
    }

    fn objective(
        &mut self,
        inline: &Inline,
        title: &str,
        attributes: Option<Attributes>,
        above: Option<usize>,
    ) -> usize {
        let place = self.place();
        let title = match &attributes {
            Some(_) => title.to_owned(),
            None => priority(title).0,
        };
        let title = self.draft.title(inline.first, &title);
        let supports = above
            .and_then(|at| self.draft.objective(at))
            .map(|above| above.title.clone());
        let mut objective = Objective {
            title,
            cycle: place.cycle,
            team: place.team,
            supports,
            state: inline.struck.then_some(ObjectiveState::Dropped),
            line: inline.first,
            ..Objective::default()
        };
        for (name, value) in attributes.into_iter().flatten() {
            if let Err(why) = set_objective(&mut objective, name, &value) {
                self.draft
                    .unread(inline.first, &value, format!("{}.", capital(&why)));
            }
        }
        self.links(inline);
        self.draft.add(objective)
    }

    /// Links lead elsewhere: their words are taken over, where they lead is not.
    pub(super) fn links(&mut self, inline: &Inline) {
        for link in &inline.links {
            if !inline.text.contains(link.as_str()) {
                self.draft
                    .unread(inline.first, link, "Where a link leads is not kept.");
            }
        }
    }

    fn paragraph(&mut self, inline: &Inline) {
        if let Some(why) = self.aside() {
            return self.leave(inline, why);
        }
        let Some(objective) = self.above().and_then(|at| self.draft.objective(at)) else {
            return self.leave(inline, "Text that belongs to no objective.");
        };
        let labelled: Option<Attributes> = inline.text.lines().map(labelled_line).collect();
        let mut wrong = Vec::new();
        match labelled {
            Some(attributes) => {
                for (name, value) in attributes {
                    if let Err(why) = set_objective(objective, name, &value) {
                        wrong.push((value, why));
                    }
                }
            }
            None => {
                let text = inline.text.trim();
                objective.description = Some(match objective.description.take() {
                    Some(before) => format!("{before}\n\n{text}"),
                    None => text.to_owned(),
                });
            }
        }
        for (text, why) in wrong {
            self.draft
                .unread(inline.first, &text, format!("{}.", capital(&why)));
        }
        self.draft.used(inline.first, inline.last);
        self.links(inline);
    }

    pub(super) fn leave(&mut self, inline: &Inline, why: &str) {
        for (line, text) in (inline.first..).zip(inline.text.lines()) {
            self.draft.unread(line, text, why);
        }
    }

    pub(super) fn leave_items(&mut self, items: &[Item], why: &str) {
        for item in items {
            self.leave(&item.text, why);
            item.more.iter().for_each(|more| self.leave(more, why));
            self.leave_items(&item.items, why);
        }
    }

    fn list(&mut self, items: &[Item]) {
        if let Some(why) = self.aside() {
            return self.leave_items(items, why);
        }
        if contents(items) {
            return self.leave_items(items, "A table of contents.");
        }
        let links = items
            .iter()
            .all(|item| item.text.linked && item.ticked.is_none());
        if links && self.above().is_none() {
            return self.leave_items(items, "A list of links.");
        }
        match self.above() {
            Some(at) => self.under(at, items),
            None => {
                let mut last = None;
                for item in items {
                    // Key results that say so belong to the objective before them.
                    match (label(&item.text.text).1, last) {
                        (Some(Label::KeyResult), Some(at)) => {
                            self.under(at, std::slice::from_ref(item))
                        }
                        _ => last = Some(self.objective_item(item, None)),
                    }
                }
            }
        }
    }

    /// Items below an objective: key results, and objectives that support it.
    fn under(&mut self, at: usize, items: &[Item]) {
        for item in items {
            let (_, said) = label(&item.text.text);
            let many = item.height() >= 2 || item.items.iter().any(is_key_result);
            match said {
                _ if is_measured(item) => self.key_result(at, item),
                Some(Label::Objective) => _ = self.objective_item(item, Some(at)),
                None if many => _ = self.objective_item(item, Some(at)),
                _ => self.key_result(at, item),
            }
        }
    }

    fn objective_item(&mut self, item: &Item, above: Option<usize>) -> usize {
        self.draft.used(item.text.first.max(1), item.text.last);
        let (text, attributes) = attributes::split(&item.text.text);
        let title = label(text).0.to_owned();
        let at = self.objective(&item.text, &title, attributes, above);
        if item.ticked == Some(true) {
            let why = "An objective is as done as its key results; the tick is not kept.";
            self.draft.unread(item.line, &item.text.text, why);
        }
        for more in &item.more {
            self.leave(more, "Text below an item is not kept.");
        }
        self.under(at, &item.items);
        at
    }

    fn table(&mut self, header: &[Inline], rows: &[Vec<Inline>], rule: usize) {
        let first = header.first().map_or(rule, |cell| cell.first.max(1));
        let names: Vec<String> = header.iter().map(|cell| cell.text.clone()).collect();
        let place = self.place();
        let aside = self.aside();
        let columns = Columns::read(&names, self.options, place.objective.is_some());
        let (Some(columns), None) = (columns, aside) else {
            let why =
                aside.unwrap_or("A table whose columns name neither objectives nor key results.");
            for cells in std::iter::once(header).chain(rows.iter().map(Vec::as_slice)) {
                let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
                let line = cells.iter().map(|cell| cell.first).find(|line| *line > 0);
                if let Some(line) = line {
                    self.draft.unread(line, &texts.join(" | "), why);
                }
            }
            self.draft.used(rule, rule);
            return;
        };
        self.draft.used(first, rule);
        for text in columns.unknown(&names) {
            self.draft.unread(
                first,
                text,
                "A column of no known name; its cells are left out.",
            );
        }
        let mut reader = Rows {
            columns: &columns,
            place,
        };
        for row in rows {
            let Some(line) = row.iter().map(|cell| cell.first).find(|line| *line > 0) else {
                continue;
            };
            let cells: Vec<Cell> = row
                .iter()
                .map(|cell| Cell {
                    text: cell.text.clone(),
                    struck: cell.struck,
                })
                .collect();
            reader.row(&mut self.draft, line, line, &cells);
            row.iter().for_each(|cell| self.links(cell));
        }
    }
}

/// Whether a line in bold serves as the heading of what follows.
fn headlike(inline: &Inline, next: Option<&Block>) -> bool {
    !inline.text.contains('\n') && matches!(next, Some(Block::List(_) | Block::Table(..)))
}

/// Whether all items lead to places within the document.
fn contents(items: &[Item]) -> bool {
    !items.is_empty()
        && items.iter().all(|item| {
            item.text.linked
                && item.text.links.iter().all(|link| link.starts_with('#'))
                && (item.items.is_empty() || contents(&item.items))
        })
}

/// Whether an item says in braces how it is measured.
fn is_measured(item: &Item) -> bool {
    let (_, attributes) = attributes::split(&item.text.text);
    attributes.is_some_and(|list| list.iter().any(|(name, _)| *name == Name::Metric))
}

/// Whether an item can only be a key result: it says so, or brings its own measure.
fn is_key_result(item: &Item) -> bool {
    let (text, _) = attributes::split(&item.text.text);
    let spoken = || {
        check_in_text(item).is_none()
            && (crate::phrase::spoken_change(text).is_some() || trailing_share(text).1.is_some())
    };
    is_measured(item) || label(text).1 == Some(Label::KeyResult) || spoken()
}

/// `Owner: Ana` on a line of its own.
fn labelled_line(line: &str) -> Option<(Name, String)> {
    let (name, value) = line.split_once(':')?;
    let name = Name::from_text(name)?;
    let fits = matches!(
        name,
        Name::Owner
            | Name::ObjectiveOwner
            | Name::Team
            | Name::Cycle
            | Name::Kind
            | Name::State
            | Name::ObjectiveState
            | Name::Key
            | Name::Supports
    );
    (fits && !value.trim().is_empty()).then(|| (name, value.trim().to_owned()))
}
