//! `okr status --tree`: the cascade, drawn.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::{KeyResultState, ObjectiveState, Status};

use super::document::{Document, Line, Style};
use super::figures::{PENDING, progress_bar, score, status};
use super::status::{as_of, hint_of_no_cycle};
use super::table::{Column, Table};
use super::{View, closing, time};
use crate::json::{RolledUp, Tree, TreeKeyResult, TreeObjective};
use crate::number::count;

/// The cascade of a cycle.
#[must_use]
pub fn tree(found: &Tree, view: &View) -> Document {
    let mut document = Document::new();
    let mut title = Line::new().said(Style::Strong, &found.workspace);
    if let Some(cycle) = &found.cycle {
        title = title
            .plain("  ")
            .said(Style::Strong, &cycle.name)
            .muted(format!(
                "  {} to {}",
                time::day(cycle.starts, view.today),
                time::day(cycle.ends, view.today)
            ));
    }
    document.push(title.cut(view.width));
    if let Some(mission) = &found.mission {
        document.paragraph(Style::Muted, mission, 0, view.width);
    }
    document.extend(as_of(found.as_of, view));
    if let Some(closed) = found
        .cycle
        .as_ref()
        .and_then(|cycle| cycle.closing.as_ref())
    {
        document.push(closing::closed(closed, found.head, found.on, view).cut(view.width));
    } else if found.on != view.today {
        document.push(Line::new().with(Style::Warn, format!("Figures of {}.", found.on)));
    }
    document.blank();
    if !found.tree.is_empty() {
        document.extend(table(&found.tree).lines(view.width));
        document.blank();
    }
    hints(&mut document, found);
    document.trimmed()
}

fn table(tops: &[TreeObjective]) -> Table {
    let mut table = Table::new([
        Column::new("").cut(34),
        Column::new("cycle").spare(4),
        Column::new("score").right(),
        Column::new("").spare(1),
        Column::new("status"),
        Column::new("supported by").right().spare(2),
        Column::new("committed").right().spare(3),
        Column::new("aspirational").right().spare(3),
        Column::new("of").cut(12).spare(5),
    ]);
    for (at, top) in tops.iter().enumerate() {
        if at > 0 {
            table.across(Line::new());
        }
        objective(&mut table, top, &Stem::default());
    }
    table
}

/// What is drawn before a line of the tree: the branches that go past it, and its own.
#[derive(Default, Clone)]
struct Stem {
    own: String,
    below: String,
}

impl Stem {
    fn branch(&self, last: bool) -> Self {
        let (own, below) = if last {
            ("└─ ", "   ")
        } else {
            ("├─ ", "│  ")
        };
        Self {
            own: format!("{}{own}", self.below),
            below: format!("{}{below}", self.below),
        }
    }
}

fn objective(table: &mut Table, found: &TreeObjective, stem: &Stem) {
    let live = !matches!(
        found.state,
        ObjectiveState::Deferred | ObjectiveState::Dropped | ObjectiveState::Withdrawn
    );
    let style = if live { Style::Strong } else { Style::Muted };
    let mut named = (Line::new()
        .muted(&stem.own)
        .reference(&found.reference)
        .plain(" "))
    .said(style, &found.title);
    if found.is_pending {
        named = named.with(Style::Warn, format!(" {PENDING}"));
    }
    let who = found.team.as_deref().or(found.owner.as_deref());
    let [below, committed, aspirational] = rolled_up(&found.below);
    table.row([
        named,
        Line::new().said(Style::Muted, found.cycle.as_deref().unwrap_or_default()),
        score(found.score),
        progress_bar(found.score, found.status),
        standing(
            found.status,
            set_aside(live, found.closed, found.state.word()),
        ),
        below,
        committed,
        aspirational,
        Line::new().said(Style::Muted, who.unwrap_or_default()),
    ]);
    let under = found.key_results.len() + found.supported_by.len();
    let leaf = |text: String| {
        let gap = if under == 0 { "   " } else { "│  " };
        let line = Line::new().muted(format!("{}{gap}", stem.below));
        line.with(Style::Warn, text)
    };
    if found.unaligned {
        table.across(leaf("supports nothing".to_owned()));
    }
    if found.unsupported {
        table.across(leaf("nothing supports it".to_owned()));
    }
    if let Some(broken) = &found.broken {
        let what = format!(
            "supports {}, which does not count any more",
            broken.reference
        );
        table.across(leaf(what));
    }
    for (at, one) in found.key_results.iter().enumerate() {
        key_result(table, one, &stem.branch(at + 1 == under));
    }
    for (at, one) in found.supported_by.iter().enumerate() {
        objective(
            table,
            one,
            &stem.branch(found.key_results.len() + at + 1 == under),
        );
    }
}

fn key_result(table: &mut Table, found: &TreeKeyResult, stem: &Stem) {
    let live = found.state == KeyResultState::Active;
    let style = if live { Style::Plain } else { Style::Muted };
    let [below, committed, aspirational] = rolled_up(&found.below);
    table.row([
        (Line::new()
            .muted(&stem.own)
            .reference(&found.reference)
            .plain(" "))
        .said(style, &found.title),
        Line::new(),
        found
            .score
            .map_or_else(Line::new, |score| Line::new().plain(format!("{score:.2}"))),
        progress_bar(found.score, found.status),
        standing(
            found.status,
            set_aside(live, found.closed, found.state.word()),
        ),
        below,
        committed,
        aspirational,
        Line::new().said(Style::Muted, found.team.as_deref().unwrap_or_default()),
    ]);
    for (at, one) in found.supported_by.iter().enumerate() {
        objective(table, one, &stem.branch(at + 1 == found.supported_by.len()));
    }
}

/// What stands in the place of a status: that it does not count, or that its grade stands.
fn set_aside(live: bool, closed: bool, state: &str) -> Option<&str> {
    match (live, closed) {
        (false, _) => Some(state),
        (true, true) => Some("closed"),
        (true, false) => None,
    }
}

fn standing(found: Option<Status>, set_aside: Option<&str>) -> Line {
    match (found, set_aside) {
        (Some(found), _) => status(found),
        (None, Some(state)) => Line::new().muted(format!("– {state}")),
        (None, None) => Line::new(),
    }
}

/// How many support it and their mean, and the means of the two kinds apart.
fn rolled_up(found: &RolledUp) -> [Line; 3] {
    let two = |score: Option<Decimal>| score.map(|score| format!("{score:.2}"));
    let many = match found.objectives {
        0 => Line::new(),
        many => Line::new().muted(many.to_string()),
    };
    let all = match two(found.score) {
        Some(all) => many.muted(" at ").plain(all),
        None => many,
    };
    let apart = |score| two(score).map_or_else(Line::new, |score| Line::new().plain(score));
    [all, apart(found.committed), apart(found.aspirational)]
}

fn hints(document: &mut Document, found: &Tree) {
    if found.as_of.is_some() {
        return;
    }
    let Some(cycle) = &found.cycle else {
        hint_of_no_cycle(document, found.on);
        return;
    };
    if cycle.closing.is_some() {
        return;
    }
    if found.tree.is_empty() {
        let why = format!("{} has no objectives to show", cycle.name);
        document.hint(&why, "okr objective new \"TITLE\"");
    }
    if let Some(first) = found.unaligned.first() {
        let many = count(found.unaligned.len(), "objective");
        let support = if found.unaligned.len() == 1 {
            "supports"
        } else {
            "support"
        };
        document.hint(
            &format!("{many} {support} nothing above"),
            &format!("okr objective align {first} REF"),
        );
    }
    if let Some(first) = found.unsupported.first() {
        document.hint(
            &format!("{first} waits for something that supports it"),
            &format!("okr objective new \"TITLE\" --supports {first}"),
        );
    }
    if let Some(first) = found.broken.first() {
        document.hint(
            &format!("{first} supports what does not count any more"),
            &format!("okr objective align {first} REF"),
        );
    }
}
