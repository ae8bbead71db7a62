//! Lists: cycles, objectives, key results, teams, members, devices; and the mission.

use quarterdeck_core::token::{CycleState, MemberState};

use super::document::{Document, Line, Style};
use super::figures::{
    first, key_result_status, marks, progress_bar, recent, score, share, standing,
};
use super::status::{asides, checked_in, objectives_table};
use super::table::{Column, Table};
use super::{View, closing, time};
use crate::json::{
    CycleList, DeviceList, KeyResultList, MemberList, Mission, ObjectiveList, TeamList,
};
use crate::number::number;

/// All cycles.
#[must_use]
pub fn cycles(found: &CycleList, view: &View) -> Document {
    let mut table = Table::new([
        Column::new("ref").spare(3),
        Column::new("cycle").cut(16),
        Column::new("kind").spare(2),
        Column::new("state"),
        Column::new("from"),
        Column::new("to"),
        Column::new("over").right().spare(1),
        Column::new("objectives").right(),
        Column::new("score").right(),
        Column::new("grade").right(),
        Column::new("").spare(4),
        Column::new("").spare(5),
    ]);
    for cycle in &found.cycles {
        let (style, state) = match cycle.state {
            CycleState::Active => (Style::Strong, Style::Good),
            CycleState::Planned | CycleState::Closed => (Style::Plain, Style::Muted),
        };
        table.row([
            Line::new().reference(&cycle.reference),
            Line::new().said(style, &cycle.name),
            Line::new().plain(cycle.kind.word()),
            Line::new().with(state, cycle.state.word()),
            Line::new().plain(cycle.starts.to_string()),
            Line::new().plain(cycle.ends.to_string()),
            share(Some(cycle.elapsed)),
            Line::new().plain(cycle.objectives.to_string()),
            score(cycle.score),
            score(cycle.grade),
            progress_bar(cycle.score.or(cycle.grade), None),
            cycle.closing.as_ref().map_or_else(Line::new, |closing| {
                let later = cycle.later.filter(|later| *later > 0);
                let later = later.map_or_else(String::new, |n| format!(", {n} later"));
                Line::new().muted(format!("by {} at #{}{later}", closing.by, closing.position))
            }),
        ]);
    }
    let none = (
        "there are no cycles yet",
        "okr cycle new 2026-Q3 (its dates follow from its name)",
    );
    listed(table, found.cycles.is_empty(), none, view)
}

/// The objectives of a cycle with their key results.
#[must_use]
pub fn objective_list(found: &ObjectiveList, view: &View) -> Document {
    let table = objectives_table(&found.objectives, view);
    let none = ("there are no objectives yet", "okr objective new \"TITLE\"");
    listed(table, found.objectives.is_empty(), none, view)
}

/// The key results of a cycle.
#[must_use]
pub fn key_result_list(found: &KeyResultList, view: &View) -> Document {
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("key result").cut(12),
        Column::new(""),
        Column::new("rank").right().spare(3),
        Column::new("now / aim").cut(13),
        Column::new("").spare(5),
        Column::new("done").right(),
        Column::new("weeks").spare(6),
        Column::new("status"),
        Column::new("grade"),
        Column::new("weight").right().spare(1),
        Column::new("tier").spare(2),
        Column::new("owner").cut(12).spare(4),
        Column::new("checked in").spare(7),
    ]);
    for key_result in &found.key_results {
        let words =
            |text: Option<&str>| text.map_or_else(Line::new, |text| Line::new().muted(text));
        let style = if key_result.status.is_some() {
            Style::Plain
        } else {
            Style::Muted
        };
        table.row([
            Line::new().reference(&key_result.reference),
            Line::new().said(style, &key_result.title),
            first(key_result).join(marks(key_result.pending, key_result.conflicts)),
            words((key_result.rank).map(|rank| rank.to_string()).as_deref()),
            Line::new().with(style, standing(key_result)),
            progress_bar(key_result.progress, key_result.status),
            share(key_result.progress),
            recent(key_result),
            key_result_status(key_result),
            (key_result.grade.as_ref()).map_or_else(Line::new, closing::graded),
            Line::new().plain(number(key_result.weight)),
            words(key_result.tier.map(|tier| tier.word())),
            Line::new().said(
                Style::Muted,
                key_result.owner.as_deref().unwrap_or_default(),
            ),
            words(
                (key_result
                    .last_check_in
                    .map(|day| checked_in(key_result, day, view)))
                .as_deref(),
            ),
        ]);
        for aside in asides(key_result, true) {
            table.across(aside);
        }
    }
    let none = (
        "there are no key results yet",
        "okr kr new \"TITLE\" --objective REF --increase A..B",
    );
    listed(table, found.key_results.is_empty(), none, view)
}

/// All teams, as a tree.
#[must_use]
pub fn teams(found: &TeamList, view: &View) -> Document {
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("team").cut(20),
        Column::new("level"),
        Column::new("members").cut(20),
    ]);
    for team in &found.teams {
        table.row([
            Line::new().reference(&team.reference),
            Line::new()
                .plain("  ".repeat(team.depth))
                .said(Style::Strong, &team.name),
            Line::new().muted(team.level.word()),
            Line::new().said(Style::Plain, &team.members.join(", ")),
        ]);
    }
    let none = ("there are no teams yet", "okr team new NAME");
    listed(table, found.teams.is_empty(), none, view)
}

/// All members.
#[must_use]
pub fn members(found: &MemberList, view: &View) -> Document {
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("member").cut(16),
        Column::new("role"),
        Column::new("teams").cut(12).spare(1),
        Column::new("devices").cut(12).spare(2),
        Column::new("e-mail").cut(16).spare(3),
        Column::new(""),
    ]);
    for member in &found.members {
        let (style, state) = match member.state {
            MemberState::Active => (Style::Strong, ""),
            MemberState::Removed => (Style::Muted, MemberState::Removed.word()),
        };
        table.row([
            Line::new().reference(&member.reference),
            Line::new().said(style, &member.name),
            Line::new().plain(member.role.word()),
            Line::new().said(Style::Plain, &member.teams.join(", ")),
            Line::new().said(Style::Muted, &member.devices.join(", ")),
            Line::new().said(Style::Muted, member.email.as_deref().unwrap_or_default()),
            Line::new().muted(state),
        ]);
    }
    let none = ("there are no members yet", "okr member add NAME");
    listed(table, found.members.is_empty(), none, view)
}

/// All devices.
#[must_use]
pub fn devices(found: &DeviceList, view: &View) -> Document {
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("device").cut(16),
        Column::new("of").cut(12),
        Column::new("events").right().spare(2),
        Column::new("since").spare(1),
        Column::new(""),
    ]);
    for device in &found.devices {
        let mark = match (device.revoked, device.this, device.server) {
            (Some(at), ..) => {
                let at = time::moment(at, &view.zone, view.today);
                Line::new().with(Style::Bad, format!("revoked {at}"))
            }
            (None, true, _) => Line::new().with(Style::Good, "this one"),
            (None, false, true) => Line::new().muted("server"),
            (None, false, false) => Line::new(),
        };
        table.row([
            Line::new().reference(&device.reference),
            Line::new().said(Style::Strong, &device.name),
            Line::new().said(Style::Plain, &device.member),
            Line::new().plain(device.events.to_string()),
            Line::new().muted(time::moment(device.joined, &view.zone, view.today)),
            mark,
        ]);
    }
    let none = ("there are no devices yet", "okr join URL");
    listed(table, found.devices.is_empty(), none, view)
}

/// What the organisation is for.
#[must_use]
pub fn mission(found: &Mission, view: &View) -> Document {
    let mut document = Document::new();
    document.push(Line::new().said(Style::Strong, &found.workspace));
    for (title, text, command) in [
        ("Mission", &found.mission, "okr mission \"TEXT\""),
        ("Vision", &found.vision, "okr mission --vision \"TEXT\""),
    ] {
        document.heading(title);
        match text {
            Some(text) => document.paragraph(Style::Plain, text, 2, view.width),
            None => document.hint("not written down yet", command),
        }
    }
    document
}

/// A table, or what to do where there is nothing in it.
fn listed(table: Table, empty: bool, none: (&str, &str), view: &View) -> Document {
    let mut document = Document::new();
    if empty {
        document.hint(none.0, none.1);
    } else {
        document.extend(table.lines(view.width));
    }
    document
}
