//! Another cycle beside this one, told.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{KpiId, TeamId};
use quarterdeck_core::kpi::{Standing, course};
use quarterdeck_core::retro::beside::{self, Beside, BothEnds, Kin};
use quarterdeck_core::token::{Course, Direction};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::super::share;
use super::super::show::{Related, related};
use super::Told;
use crate::names::Ref;

/// Another cycle beside this one: `before` is of the other, `after` of this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroCompared {
    /// Name of the other cycle.
    pub cycle: String,
    /// The day that its figures are of.
    pub on: Date,
    /// Whether it has ended by then.
    pub ended: bool,
    /// The means over all objectives.
    pub whole: RetroPair,
    /// Over committed ones.
    pub committed: RetroPair,
    /// Over aspirational ones.
    pub aspirational: RetroPair,
    /// Teams with a figure in one of the two.
    pub teams: Vec<RetroLineage>,
    /// Objectives that were carried over from one into the other.
    pub objectives: Vec<RetroLineage>,
    /// KPIs that were read by both ends.
    pub kpis: Vec<RetroKpi>,
}

/// What came of something in two cycles: the grade, else the score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RetroPair {
    /// In the other cycle, 0 to 1.
    pub before: Option<Decimal>,
    /// In this one.
    pub after: Option<Decimal>,
    /// What it changed by.
    pub change: Option<Decimal>,
}

/// Something that is in both cycles, or a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroLineage {
    /// It, as it is in this cycle.
    #[serde(flatten)]
    pub goal: Related,
    /// Id of a team; none for a goal.
    pub team: Option<TeamId>,
    /// What it was carried over from; none for a team.
    pub from: Option<Related>,
    /// What came of it in both.
    #[serde(flatten)]
    pub pair: RetroPair,
    /// Its key results that were carried over with it.
    pub key_results: Vec<RetroLineage>,
}

/// A KPI at both ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroKpi {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KpiId,
    /// Title.
    pub title: String,
    /// Unit of its values.
    pub unit: Option<String>,
    /// Which values are better.
    pub direction: Direction,
    /// Its 100 %.
    pub target: Option<Decimal>,
    /// At the end of the other cycle.
    pub before: RetroKpiAt,
    /// At the end of this one.
    pub after: RetroKpiAt,
    /// What the value changed by.
    pub change: Option<Decimal>,
    /// Whether that is for the better.
    pub course: Course,
}

/// A KPI on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RetroKpiAt {
    /// The day on which it was read.
    pub date: Date,
    /// The value.
    pub value: Decimal,
    /// Share of the target that it attains; none where there is no share to tell.
    pub attainment: Option<Decimal>,
}

pub(super) fn compared(told: &Told<'_>, found: &Beside) -> RetroCompared {
    let (retro, names) = (told.found, told.names);
    let here = beside::outcomes(&retro.state, retro.cycle, retro.on, |_| true);
    let there = found.outcomes(|_| true);
    RetroCompared {
        cycle: names.title(Subject::Cycle(found.cycle)).unwrap_or_default(),
        on: found.on,
        ended: found.ended,
        whole: pair(there.all, here.all),
        committed: pair(there.committed, here.committed),
        aspirational: pair(there.aspirational, here.aspirational),
        teams: teams(told, found),
        objectives: (found.kin(retro).iter())
            .filter_map(|kin| lineage(told, found, kin))
            .collect(),
        kpis: (found.kpis(retro).iter())
            .filter_map(|both| kpi(told, both))
            .collect(),
    }
}

/// Both figures, and what one changed by, of what is shown.
fn pair(before: Option<Decimal>, after: Option<Decimal>) -> RetroPair {
    let (before, after) = (share(before), share(after));
    RetroPair {
        before,
        after,
        change: before.and_then(|before| after?.checked_sub(before)),
    }
}

/// The teams with objectives in one of the two, in the order of those of the cycle looked back on, then of
/// those of the other alone.
fn teams(told: &Told<'_>, found: &Beside) -> Vec<RetroLineage> {
    let retro = told.found;
    let mut all: Vec<TeamId> = retro.teams().into_iter().map(|(id, _)| id).collect();
    for (id, _) in beside::teams(&found.state, found.cycle) {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    (all.into_iter())
        .filter_map(|id| {
            let there = found.outcomes(beside::is_of(&found.state, id)).all;
            let here = beside::is_of(&retro.state, id);
            let here = beside::outcomes(&retro.state, retro.cycle, retro.on, here).all;
            Some(RetroLineage {
                goal: related(told.names, Subject::Team(id))?,
                team: Some(id),
                from: None,
                pair: pair(there, here),
                key_results: Vec::new(),
            })
        })
        .collect()
}

fn lineage(told: &Told<'_>, found: &Beside, kin: &Kin) -> Option<RetroLineage> {
    let (retro, names) = (told.found, told.names);
    let key_results = (kin.key_results.iter()).filter_map(|(here, there)| {
        let before = beside::key_result_outcome(&found.state, *there, found.on);
        let after = beside::key_result_outcome(&retro.state, *here, retro.on);
        Some(RetroLineage {
            goal: related(names, Subject::KeyResult(*here))?,
            team: None,
            from: related(names, Subject::KeyResult(*there)),
            pair: pair(before, after),
            key_results: Vec::new(),
        })
    });
    let before = beside::objective_outcome(&found.state, kin.other, found.on);
    let after = beside::objective_outcome(&retro.state, kin.objective, retro.on);
    Some(RetroLineage {
        goal: related(names, Subject::Objective(kin.objective))?,
        team: None,
        from: related(names, Subject::Objective(kin.other)),
        pair: pair(before, after),
        key_results: key_results.collect(),
    })
}

fn kpi(told: &Told<'_>, both: &BothEnds) -> Option<RetroKpi> {
    let found = told.found.state.kpis.get(&both.kpi)?;
    let at = |standing: &Standing| RetroKpiAt {
        date: standing.latest.date,
        value: standing.latest.value,
        attainment: share(standing.attainment),
    };
    let (before, after) = (both.before.latest.value, both.after.latest.value);
    let change = after.checked_sub(before);
    Some(RetroKpi {
        reference: told.names.kpi(both.kpi),
        id: both.kpi,
        title: found.title.clone(),
        unit: found.unit.clone(),
        direction: found.direction,
        target: found.target,
        before: at(&both.before),
        after: at(&both.after),
        change,
        course: course(found.direction, change.unwrap_or_default()),
    })
}
