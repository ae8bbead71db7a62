//! Weekly updates: plans, progress and problems.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::id::WeeklyId;
use quarterdeck_core::state::Weekly;
use quarterdeck_core::token::MemberState;
use quarterdeck_core::value::Subject;
use quarterdeck_core::whose::Whose;
use serde::Serialize;

use super::{AsOf, Schema};
use crate::names::{Names, Ref};

/// The updates of one week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeeklyList {
    /// Version of this object.
    pub schema: Schema,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// Monday of the week.
    pub week: Date,
    /// The updates, oldest first.
    pub updates: Vec<WeeklyLine>,
    /// Names of those asked about who wrote none for themselves.
    pub silent: Vec<String>,
}

/// What somebody said of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WeeklyLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Id.
    pub id: WeeklyId,
    /// Monday of the week.
    pub week: Date,
    /// Who wrote it.
    pub member: String,
    /// The team for which it was written.
    pub team: Option<String>,
    /// What is planned.
    pub plans: Option<String>,
    /// What was done.
    pub progress: Option<String>,
    /// What stands in the way.
    pub problems: Option<String>,
    /// When it was written, by that device's clock.
    pub authored: Timestamp,
    /// Whether it was changed since.
    pub edited: bool,
}

/// The updates of the week that a day lies in.
#[must_use]
pub fn weekly_list(names: &Names<'_>, whose: &Whose, day: Date, as_of: Option<AsOf>) -> WeeklyList {
    let state = names.state();
    let week = day.monday();
    let mut found: Vec<(WeeklyId, &Weekly)> = (state.weeklies.iter())
        .filter(|(_, one)| one.is_shown() && one.week == week)
        .filter(|(_, one)| match (whose, one.team) {
            (Whose::Teams(teams), Some(team)) => teams.contains(&team),
            _ => whose.has_member(state, one.member),
        })
        .map(|(id, one)| (*id, &**one))
        .collect();
    found.sort_by_key(|(_, one)| one.provenance.created.seq);
    let silent = (state.members.iter())
        .filter(|(id, member)| member.state == MemberState::Active && whose.has_member(state, **id))
        .filter(|(id, _)| !(found.iter()).any(|(_, one)| one.member == **id && one.team.is_none()))
        .map(|(id, _)| names.person(*id))
        .collect();
    WeeklyList {
        schema: Schema,
        as_of,
        week,
        updates: (found.into_iter())
            .map(|(id, one)| weekly_line(names, id, one))
            .collect(),
        silent,
    }
}

pub(super) fn weekly_line(names: &Names<'_>, id: WeeklyId, one: &Weekly) -> WeeklyLine {
    WeeklyLine {
        reference: names.subject(Subject::Weekly(id)),
        id,
        week: one.week,
        member: names.person(one.member),
        team: one.team.and_then(|team| names.title(Subject::Team(team))),
        plans: one.plans.clone(),
        progress: one.progress.clone(),
        problems: one.problems.clone(),
        authored: Timestamp::from_ms(one.provenance.created.authored.wall),
        edited: !one.provenance.edited.is_empty(),
    }
}
