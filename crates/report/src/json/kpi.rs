//! KPIs: where they stand, and how they went beside the key results linked to them.

use std::collections::BTreeSet;

use quarterdeck_core::alignment;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{EventId, KeyResultId, KpiId, MemberId, TeamId};
use quarterdeck_core::kpi::{self as rule, Day, Held, Linked};
use quarterdeck_core::state::{Kpi, KpiReading};
use quarterdeck_core::token::{Course, Direction, KeyResultState, Life, MetricKind, NoteState};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::show::notes;
use super::{AsOf, NoteLine, Related, Schema, share};
use crate::names::{Names, Ref};
use crate::pending::Pending;

/// Which KPIs are asked for.
#[derive(Debug, Clone, Copy)]
pub struct KpiQuery {
    /// Only those of this team, or of a team below it.
    pub team: Option<TeamId>,
    /// Only those that this member looks after.
    pub owner: Option<MemberId>,
    /// Also those that were dropped.
    pub all: bool,
    /// As things were on this date.
    pub on: Date,
    /// The moment that the state is of, where it is not the present; only told, not applied.
    pub as_of: Option<AsOf>,
}

/// The KPIs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KpiList {
    /// Version of this object.
    pub schema: Schema,
    /// The moment that the state is of; none for the present.
    pub as_of: Option<AsOf>,
    /// The date that the figures are of.
    pub on: Date,
    /// The KPIs, oldest first, dropped ones last.
    pub kpis: Vec<KpiLine>,
}

/// A KPI and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KpiLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KpiId,
    /// What it measures.
    pub title: String,
    /// Name of whoever looks after it.
    pub owner: Option<String>,
    /// Name of its team.
    pub team: Option<String>,
    /// Which values are better.
    pub direction: Direction,
    /// Its 100 %.
    pub target: Option<Decimal>,
    /// Unit of its values.
    pub unit: Option<String>,
    /// The name that somebody gave it.
    pub key: Option<String>,
    /// Whether it still counts.
    pub state: Life,
    /// The value that holds; none before the first reading.
    pub current: Option<Decimal>,
    /// The day on which it was read.
    pub last_reading: Option<Date>,
    /// Share of the target that is attained, which may leave 0 to 1; none where there is no share
    /// to tell.
    pub attainment: Option<Decimal>,
    /// Whether the target is reached; none without a target or a reading.
    pub reached: Option<bool>,
    /// Whether the last change was for the better; none before the second day that was read.
    pub trend: Option<Course>,
    /// That change.
    pub change: Option<Decimal>,
    /// The day from which it is counted.
    pub since: Option<Date>,
    /// Its values by the days on which it was read.
    pub curve: Vec<CurvePoint>,
    /// Open conflicts about it.
    pub conflicts: usize,
    /// Whether something about it is not recorded yet.
    pub pending: bool,
}

/// A value on a day on which it was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CurvePoint {
    /// The day.
    pub date: Date,
    /// The value at its end.
    pub value: Decimal,
}

/// A KPI with all that is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KpiShow {
    /// Version of this object.
    pub schema: Schema,
    /// Position of the last recorded event.
    pub head: u64,
    /// The moment that the state is of; none for the present.
    pub as_of: Option<AsOf>,
    /// The date that the figures are of.
    pub on: Date,
    /// The KPI and its figures.
    #[serde(flatten)]
    pub kpi: KpiLine,
    /// Longer description.
    pub description: Option<String>,
    /// Who defined it.
    pub created_by: String,
    /// When it was defined, by that device's clock.
    pub created: Timestamp,
    /// Its readings by the date that they speak of, also those taken back.
    pub readings: Vec<ReadingLine>,
    /// The key results that are meant to improve it, or read their value from it.
    pub key_results: Vec<LinkedLine>,
    /// Its curve beside theirs: each day on which one of them was measured, earliest first.
    pub beside: Vec<BesideLine>,
    /// What people wrote on it, oldest first.
    pub notes: Vec<NoteLine>,
}

/// A reading as it stands, corrections applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReadingLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id of the event that made it.
    pub id: EventId,
    /// The date that it speaks of.
    pub effective: Date,
    /// The value.
    pub value: Decimal,
    /// Share of the target that it attains; none where there is no share to tell.
    pub attainment: Option<Decimal>,
    /// A word on it.
    pub note: Option<String>,
    /// Who made it.
    pub member: String,
    /// When, by that device's clock.
    pub authored: Timestamp,
    /// Whether it was corrected since.
    pub corrected: bool,
    /// Whether it was taken back.
    pub retracted: bool,
    /// Whether it is not recorded yet.
    pub pending: bool,
}

/// A key result that has to do with a KPI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkedLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Name of its cycle.
    pub cycle: String,
    /// Kind of metric.
    pub metric: MetricKind,
    /// Unit of the numbers.
    pub unit: Option<String>,
    /// Where it stands in its life.
    pub state: KeyResultState,
    /// Whether it is meant to improve the KPI.
    pub improves: bool,
    /// Whether it reads its value from the KPI.
    pub reads: bool,
    /// Whether it reads the KPI's numbers, and counts in another unit.
    pub unit_differs: bool,
}

/// A day on which the KPI was read, or a key result linked to it was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BesideLine {
    /// The day.
    pub date: Date,
    /// The KPI's value at its end; none before the first reading.
    pub kpi: Option<HeldValue>,
    /// The key results' in the order of `key_results`; none outside of their cycles.
    pub key_results: Vec<Option<HeldValue>>,
}

/// What held at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HeldValue {
    /// The value; for milestones the weight done, for a binary key result 0 or 1.
    pub value: Decimal,
    /// Share of the KPI's target, or the key result's progress.
    pub share: Option<Decimal>,
    /// Whether it was measured on that very day.
    pub measured: bool,
}

/// The KPIs, and where each stands on a date.
#[must_use]
pub fn kpi_list(names: &Names<'_>, pending: &Pending, query: &KpiQuery) -> KpiList {
    let state = names.state();
    let teams: Option<BTreeSet<TeamId>> =
        query.team.map(|team| alignment::teams_below(state, team));
    let mut found: Vec<(KpiId, &Kpi)> = (state.kpis.iter())
        .map(|(id, kpi)| (*id, &**kpi))
        .filter(|(_, kpi)| match kpi.state {
            Life::Active => true,
            Life::Dropped => query.all,
            Life::Withdrawn => false,
        })
        .filter(|(_, kpi)| {
            (teams.as_ref()).is_none_or(|teams| kpi.team.is_some_and(|team| teams.contains(&team)))
                && (query.owner).is_none_or(|owner| kpi.owner == Some(owner))
        })
        .collect();
    found.sort_by_key(|(_, kpi)| (!kpi.is_live(), kpi.provenance.created.seq));
    KpiList {
        schema: Schema,
        as_of: query.as_of,
        on: query.on,
        kpis: (found.into_iter())
            .map(|one| line(names, pending, one, query.on))
            .collect(),
    }
}

/// A KPI with all that is known about it on a date; none if there is no such.
#[must_use]
pub fn kpi_show(
    names: &Names<'_>,
    pending: &Pending,
    id: KpiId,
    on: Date,
    as_of: Option<AsOf>,
) -> Option<KpiShow> {
    let state = names.state();
    let found = &**state.kpis.get(&id)?;
    let created = &found.provenance.created;
    let confirmed = pending.confirmed(state.head);
    let mut readings: Vec<(EventId, &KpiReading)> = (found.readings.iter())
        .filter(|(_, reading)| reading.effective <= on)
        .map(|(id, reading)| (*id, reading))
        .collect();
    readings.sort_by_key(|(_, reading)| reading.place());
    Some(KpiShow {
        schema: Schema,
        head: confirmed,
        as_of,
        on,
        kpi: line(names, pending, (id, found), on),
        description: found.description.clone(),
        created_by: names.person(created.member),
        created: Timestamp::from_ms(created.authored.wall),
        readings: (readings.into_iter())
            .map(|(reading, said)| ReadingLine {
                reference: names.reading(id, reading),
                id: reading,
                effective: said.effective,
                value: said.value,
                attainment: share(rule::attainment(found, said.value)),
                note: said.note.clone(),
                member: names.person(said.provenance.created.member),
                authored: Timestamp::from_ms(said.provenance.created.authored.wall),
                corrected: is_corrected(said),
                retracted: said.state == NoteState::Withdrawn,
                pending: said.provenance.created.seq > confirmed,
            })
            .collect(),
        key_results: (rule::linked(state, id).iter())
            .map(|one| linked_line(names, found, one))
            .collect(),
        beside: rule::beside(state, id, on)
            .into_iter()
            .map(beside_line)
            .collect(),
        notes: notes(names, Subject::Kpi(id)),
    })
}

/// Corrected is who says something else than before; taken back is told apart.
fn is_corrected(reading: &KpiReading) -> bool {
    (reading.provenance.edited.keys()).any(|field| *field != quarterdeck_core::value::Field::State)
}

/// Where one KPI stands on a date; none if there is no such.
#[must_use]
pub fn kpi_line(names: &Names<'_>, pending: &Pending, id: KpiId, on: Date) -> Option<KpiLine> {
    let found = names.state().kpis.get(&id)?;
    Some(line(names, pending, (id, found), on))
}

fn line(names: &Names<'_>, pending: &Pending, (id, found): (KpiId, &Kpi), on: Date) -> KpiLine {
    let standing = rule::standing(found, on);
    let trend = standing.and_then(|standing| standing.trend);
    KpiLine {
        reference: names.kpi(id),
        id,
        title: found.title.clone(),
        owner: found.owner.map(|owner| names.person(owner)),
        team: (found.team).and_then(|team| names.title(Subject::Team(team))),
        direction: found.direction,
        target: found.target,
        unit: found.unit.clone(),
        key: found.key.clone(),
        state: found.state,
        current: standing.map(|standing| standing.latest.value),
        last_reading: standing.map(|standing| standing.latest.date),
        attainment: share(standing.and_then(|standing| standing.attainment)),
        reached: standing.and_then(|standing| standing.reached),
        trend: trend.map(|trend| trend.course),
        change: trend.map(|trend| trend.change),
        since: trend.map(|trend| trend.since),
        curve: (rule::points(found, on).into_iter())
            .map(|point| CurvePoint {
                date: point.date,
                value: point.value,
            })
            .collect(),
        conflicts: (names.state().conflicts.iter())
            .filter(|open| match open.subject {
                Subject::Kpi(about) | Subject::Reading(about, _) => about == id,
                _ => false,
            })
            .count(),
        pending: pending.touches(id.uuid()),
    }
}

fn linked_line(names: &Names<'_>, kpi: &Kpi, one: &Linked<'_>) -> LinkedLine {
    let unit = one.key_result.metric.unit.as_deref();
    LinkedLine {
        reference: names.key_result(one.id),
        id: one.id,
        title: one.key_result.title.clone(),
        cycle: one.cycle.name.clone(),
        metric: one.key_result.metric.kind,
        unit: one.key_result.metric.unit.clone(),
        state: one.key_result.state,
        improves: one.improves,
        reads: one.reads,
        unit_differs: one.reads && !rule::units_agree(kpi.unit.as_deref(), unit),
    }
}

fn beside_line(day: Day) -> BesideLine {
    let told = |held: Held| HeldValue {
        value: held.value,
        share: share(held.share),
        measured: held.measured,
    };
    BesideLine {
        date: day.date,
        kpi: day.kpi.map(told),
        key_results: (day.key_results.into_iter())
            .map(|held| held.map(told))
            .collect(),
    }
}

/// The KPI from which a key result reads its value.
pub(super) fn read_from(names: &Names<'_>, kpi: Option<KpiId>) -> Option<Related> {
    let id = kpi?;
    Some(Related {
        reference: names.kpi(id),
        title: names.title(Subject::Kpi(id))?,
    })
}

/// The KPIs that a key result is meant to improve, oldest first.
pub(super) fn improved_by(names: &Names<'_>, key_result: KeyResultId) -> Vec<Related> {
    let mut found: Vec<(KpiId, &Kpi)> = (names.state().kpis.iter())
        .filter(|(_, kpi)| kpi.state != Life::Withdrawn && kpi.improved_by.contains(&key_result))
        .map(|(id, kpi)| (*id, &**kpi))
        .collect();
    found.sort_by_key(|(_, kpi)| kpi.provenance.created.seq);
    (found.into_iter())
        .map(|(id, kpi)| Related {
            reference: names.kpi(id),
            title: kpi.title.clone(),
        })
        .collect()
}
