//! Cycles, teams, members, devices, and the mission.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::grading;
use quarterdeck_core::id::{CycleId, DeviceId, MemberId, TeamId};
use quarterdeck_core::known;
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::token::{CycleKind, CycleState, MemberState, Role, TeamLevel};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::closing::{self, Closing};
use super::{Schema, share};
use crate::names::{Names, Ref};

/// All cycles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CycleList {
    /// Version of this object.
    pub schema: Schema,
    /// The date that the figures are of.
    pub on: Date,
    /// The cycles, those that start first first.
    pub cycles: Vec<CycleLine>,
}

/// A cycle in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CycleLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: CycleId,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: CycleKind,
    /// Planned, active or closed.
    pub state: CycleState,
    /// First day.
    pub starts: Date,
    /// Last day, itself included.
    pub ends: Date,
    /// Name of the cycle above it.
    pub parent: Option<String>,
    /// How many live objectives it has.
    pub objectives: usize,
    /// Share of its days that is over, 0 to 1.
    pub elapsed: Decimal,
    /// Mean of its objectives, 0 to 1; none where it is closed.
    pub score: Option<Decimal>,
    /// Mean of its objectives' grades, 0 to 1.
    pub grade: Option<Decimal>,
    /// What the grades are bound to, where it is closed.
    pub closing: Option<Closing>,
    /// How many events that touch it came after the position that it is closed at.
    pub later: Option<u64>,
}

/// All teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeamList {
    /// Version of this object.
    pub schema: Schema,
    /// The teams, each after the one above it.
    pub teams: Vec<TeamLine>,
}

/// A team in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TeamLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: TeamId,
    /// Name.
    pub name: String,
    /// Company, department or team.
    pub level: TeamLevel,
    /// Name of the team above it.
    pub parent: Option<String>,
    /// How many teams are above it.
    pub depth: usize,
    /// Names of its members.
    pub members: Vec<String>,
}

/// All members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberList {
    /// Version of this object.
    pub schema: Schema,
    /// The members by name, removed ones last.
    pub members: Vec<MemberLine>,
}

/// A member in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MemberLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: MemberId,
    /// Display name.
    pub name: String,
    /// E-mail address.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether they still belong.
    pub state: MemberState,
    /// Names of their teams.
    pub teams: Vec<String>,
    /// Names of their devices that are not revoked.
    pub devices: Vec<String>,
}

/// All devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceList {
    /// Version of this object.
    pub schema: Schema,
    /// The devices, oldest first.
    pub devices: Vec<DeviceLine>,
}

/// A device in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: DeviceId,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub member: String,
    /// Whether it is a server.
    pub server: bool,
    /// Whether it is the one that asks.
    pub this: bool,
    /// How many events it has authored.
    pub events: u64,
    /// When it was let in.
    pub joined: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// What the organisation is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mission {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// Mission statement.
    pub mission: Option<String>,
    /// Vision statement.
    pub vision: Option<String>,
}

/// All cycles, with figures of a date.
#[must_use]
pub fn cycles(names: &Names<'_>, on: Date) -> CycleList {
    let state = names.state();
    let mut cycles: Vec<CycleLine> = (state.cycles.iter())
        .map(|(id, cycle)| CycleLine {
            reference: names.cycle(*id),
            id: *id,
            name: cycle.name.clone(),
            kind: cycle.kind,
            state: cycle.state,
            starts: cycle.starts,
            ends: cycle.ends,
            parent: (cycle.parent).and_then(|above| names.title(Subject::Cycle(above))),
            objectives: (state.objectives.values())
                .filter(|objective| objective.cycle == *id && objective.is_live())
                .count(),
            elapsed: score::elapsed(cycle, on).round(2),
            // A closed one stands by its grades, whatever was measured later.
            score: (!cycle.is_closed())
                .then(|| share(score::cycle_means(state, *id, on, |_| true).all))
                .flatten(),
            grade: share(grading::cycle_grades(state, *id, |_| true).all),
            closing: closing::closing(names, *id),
            later: None,
        })
        .collect();
    // A year before the quarter that it begins with.
    cycles.sort_by_key(|cycle| (cycle.starts, std::cmp::Reverse(cycle.ends)));
    CycleList {
        schema: Schema,
        on,
        cycles,
    }
}

/// All teams, as a tree.
#[must_use]
pub fn teams(names: &Names<'_>) -> TeamList {
    let mut teams = Vec::new();
    below(names, None, 0, &mut teams);
    TeamList {
        schema: Schema,
        teams,
    }
}

/// The teams right below one, each followed by those below itself. Admission keeps the tree free
/// of circles; `depth` bounds the walk should a log have one all the same.
fn below(names: &Names<'_>, above: Option<TeamId>, depth: usize, found: &mut Vec<TeamLine>) {
    let state = names.state();
    let known = |parent: Option<TeamId>| parent.filter(|id| state.teams.contains_key(id));
    let mut here: Vec<_> = (state.teams.iter())
        .filter(|(_, team)| known(team.parent) == above)
        .collect();
    here.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    for (id, team) in here {
        found.push(TeamLine {
            reference: names.team(*id),
            id: *id,
            name: team.name.clone(),
            level: team.level,
            parent: (team.parent).and_then(|parent| names.title(Subject::Team(parent))),
            depth,
            members: (team.members.iter())
                .map(|member| names.person(*member))
                .collect(),
        });
        if depth < state.teams.len() {
            below(names, Some(*id), depth + 1, found);
        }
    }
}

/// All members.
#[must_use]
pub fn members(names: &Names<'_>) -> MemberList {
    let state = names.state();
    let mut members: Vec<MemberLine> = (state.members.iter())
        .map(|(id, member)| MemberLine {
            reference: names.member(*id),
            id: *id,
            name: member.name.clone(),
            email: member.email.clone(),
            role: member.role,
            state: member.state,
            teams: (state.teams.values())
                .filter(|team| team.members.contains(id))
                .map(|team| team.name.clone())
                .collect(),
            devices: devices_of(state, *id),
        })
        .collect();
    members.sort_by(|a, b| (a.state, &a.name).cmp(&(b.state, &b.name)));
    MemberList {
        schema: Schema,
        members,
    }
}

fn devices_of(state: &State, member: MemberId) -> Vec<String> {
    (state.devices.values())
        .filter(|device| device.member == member && !device.server && device.revoked.is_none())
        .map(|device| device.name.clone())
        .collect()
}

/// All devices; `this` is the one that asks, if it is one of them.
#[must_use]
pub fn devices(names: &Names<'_>, this: Option<DeviceId>) -> DeviceList {
    let state = names.state();
    let mut found: Vec<_> = state.devices.iter().collect();
    found.sort_by_key(|(_, device)| device.joined.seq);
    DeviceList {
        schema: Schema,
        devices: (found.into_iter())
            .map(|(id, device)| DeviceLine {
                reference: names.device(*id),
                id: *id,
                name: device.name.clone(),
                member: names.person(device.member),
                server: device.server,
                this: this == Some(*id),
                events: device.number,
                joined: known::since(state, &device.joined),
                revoked: (device.revoked.as_ref()).map(|revoked| known::since(state, revoked)),
            })
            .collect(),
    }
}

/// What the organisation is for.
#[must_use]
pub fn mission(state: &State) -> Mission {
    let workspace = state.workspace.as_ref();
    Mission {
        schema: Schema,
        workspace: workspace.map_or_else(String::new, |found| found.name.clone()),
        mission: workspace.and_then(|found| found.mission.clone()),
        vision: workspace.and_then(|found| found.vision.clone()),
    }
}
