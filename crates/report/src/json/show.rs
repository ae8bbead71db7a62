//! `okr objective show` and `okr kr show`: one thing with all that is known about it.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{EventId, KeyResultId, NoteId, ObjectiveId};
use quarterdeck_core::score;
use quarterdeck_core::state::{CheckIn, Cycle, KeyResult, Note, Stamp};
use quarterdeck_core::token::{KeyResultState, MetricKind, NoteKind, ObjectiveState, Switch};
use quarterdeck_core::value::Subject;
use quarterdeck_core::{carry, closing};
use serde::Serialize;

use super::agreement::{SignOff, sign_offs};
use super::closing::{Closing, closing as told_closing};
use super::conflicts::{Conflict, conflicts_where};
use super::log::Imported;
use super::objective::{StatusKeyResult, StatusObjective, key_result_status, objective_status};
use super::{AsOf, CurvePoint, Schema};
use crate::chart::Plot;
use crate::names::{Names, Ref};
use crate::pending::Pending;

/// An objective with all that is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectiveShow {
    /// Version of this object.
    pub schema: Schema,
    /// Position of the last recorded event.
    pub head: u64,
    /// The moment that the state is of; none for the present.
    pub as_of: Option<AsOf>,
    /// The date that the figures are of.
    pub on: Date,
    /// The objective, its figures and its key results.
    #[serde(flatten)]
    pub objective: StatusObjective,
    /// Longer description.
    pub description: Option<String>,
    /// Name of its cycle.
    pub cycle: Option<String>,
    /// Who drafted it.
    pub created_by: String,
    /// When it was drafted, by that device's clock.
    pub created: Timestamp,
    /// What it supports, with title.
    pub supports_what: Option<Related>,
    /// Objectives that support it or one of its key results.
    pub supported_by: Vec<Related>,
    /// The earlier objective that it was carried over from.
    pub carried_from: Option<Ref>,
    /// The later one that it was carried over into.
    pub carried_into: Option<Ref>,
    /// Whether it stands from cycle to cycle.
    pub standing: bool,
    /// Who was asked to agree, and whether they have.
    pub sign_offs: Vec<SignOff>,
    /// What people wrote on it, oldest first.
    pub notes: Vec<NoteLine>,
    /// Open conflicts about it and its key results.
    pub open_conflicts: Vec<Conflict>,
    /// How many findings `okr lint` has about it; 0 once its cycle is over.
    pub advice: usize,
    /// What the grades of its cycle are bound to, where that is closed.
    pub closing: Option<Closing>,
}

/// A key result with all that is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyResultShow {
    /// Version of this object.
    pub schema: Schema,
    /// Position of the last recorded event.
    pub head: u64,
    /// The moment that the state is of; none for the present.
    pub as_of: Option<AsOf>,
    /// The date that the figures are of.
    pub on: Date,
    /// The key result and its figures.
    #[serde(flatten)]
    pub key_result: StatusKeyResult,
    /// Its objective.
    pub objective: Related,
    /// Name of its cycle.
    pub cycle: String,
    /// Share of the cycle that is over, 0 to 1.
    pub elapsed: Decimal,
    /// Share of its way that it should have gone by then.
    pub expected: Decimal,
    /// Where it ends its cycle, in sentences, or why that cannot be said; empty where its cycle is over
    /// or has not begun, and for what was set aside.
    pub outlook: Vec<String>,
    /// Day on which the next check-in is due; none before the first one.
    pub due: Option<Date>,
    /// Who added it.
    pub created_by: String,
    /// When it was added, by that device's clock.
    pub created: Timestamp,
    /// The KPI that it reads its value from.
    pub kpi: Option<Related>,
    /// The KPIs that it is meant to improve.
    pub improves: Vec<Related>,
    /// The earlier key result that it was carried over from.
    pub carried_from: Option<Ref>,
    /// Key results that help it.
    pub helped_by: Vec<Related>,
    /// Objectives that support it.
    pub supported_by: Vec<Related>,
    /// What it aimed at as first agreed, where that was moved after its cycle began.
    pub agreed: Option<AgreedGoal>,
    /// The value at the end of each day on which it was measured, by a check-in or by a reading
    /// of the KPI that it reads from, earliest first.
    pub course: Vec<CurvePoint>,
    /// What its chart shows, for text alone: `okr kr chart` gives it as JSON.
    #[serde(skip)]
    pub plot: Option<Plot>,
    /// Its measurements by effective date, also those taken back.
    pub check_ins: Vec<CheckInLine>,
    /// Those that came after its cycle was closed, where the rest is as it was then.
    pub late: Vec<CheckInLine>,
    /// What the grades of its cycle are bound to, where that is closed.
    pub closing: Option<Closing>,
    /// What people wrote on it, oldest first.
    pub notes: Vec<NoteLine>,
    /// Open conflicts about it and its check-ins.
    pub open_conflicts: Vec<Conflict>,
}

/// What a key result aimed at as first agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgreedGoal {
    /// The aim, in words.
    pub aim: String,
    /// Its weight.
    pub weight: Decimal,
    /// The score under it, 0 to 1.
    pub score: Option<Decimal>,
    /// How often it was moved since.
    pub moved: usize,
}

/// Another objective or key result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Title.
    pub title: String,
}

/// Something that somebody wrote down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: NoteId,
    /// What kind of note.
    pub kind: NoteKind,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub member: String,
    /// When, by that device's clock.
    pub authored: Timestamp,
    /// Where it was imported from, if it was.
    pub imported: Option<Imported>,
}

/// A measurement as it stands, corrections applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckInLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id of the event that made it.
    pub id: EventId,
    /// The date that it speaks of.
    pub effective: Date,
    /// The measurement as it was written: `531`, `+3`, `done`, a step's name.
    pub value: String,
    /// The value that holds at the end of that date.
    pub current: Option<Decimal>,
    /// Confidence, 0 to 1.
    pub confidence: Option<Decimal>,
    /// Projected value at the cycle's end.
    pub projection: Option<Decimal>,
    /// A word on it.
    pub note: Option<String>,
    /// Who made it.
    pub member: String,
    /// On which device.
    pub device: String,
    /// When, by that device's clock.
    pub authored: Timestamp,
    /// When it was recorded; for a pending one, when authored.
    pub recorded: Timestamp,
    /// Whether it was corrected since.
    pub corrected: bool,
    /// Whether it was taken back.
    pub retracted: bool,
    /// Where it was imported from, if it was.
    pub imported: Option<Imported>,
    /// Whether it is not recorded yet.
    pub pending: bool,
    /// Whether it came after its cycle was closed: it changes no closed figure.
    pub late: bool,
}

/// An objective with all that is known about it on a date; none if there is no such.
#[must_use]
pub fn objective_show(
    names: &Names<'_>,
    pending: &Pending,
    id: ObjectiveId,
    on: Date,
    as_of: Option<AsOf>,
    reason_of: &dyn Fn(EventId) -> Option<String>,
) -> Option<ObjectiveShow> {
    let state = names.state();
    let found = state.objectives.get(&id)?;
    let created = &found.provenance.created;
    let objective = objective_status(names, pending, (id, found), on, |_| true);
    let supports = |above: Option<Subject>| match above {
        Some(Subject::Objective(above)) => above == id,
        Some(Subject::KeyResult(above)) => {
            (state.key_results.get(&above)).is_some_and(|above| above.objective == id)
        }
        _ => false,
    };
    Some(ObjectiveShow {
        schema: Schema,
        head: pending.confirmed(state.head),
        as_of,
        on,
        objective,
        description: found.description.clone(),
        cycle: names.title(Subject::Cycle(found.cycle)),
        created_by: names.person(created.member),
        created: authored(created),
        supports_what: found.supports.and_then(|above| related(names, above)),
        supported_by: (state.objectives.iter())
            .filter(|(_, other)| {
                supports(other.supports) && other.state != ObjectiveState::Withdrawn
            })
            .filter_map(|(other, _)| related(names, Subject::Objective(*other)))
            .collect(),
        carried_from: found.carried_from.map(|earlier| names.objective(earlier)),
        carried_into: carry::successor(state, id, None).map(|later| names.objective(later)),
        standing: found.standing == Switch::On,
        sign_offs: sign_offs(names, id),
        notes: notes(names, Subject::Objective(id)),
        open_conflicts: conflicts_where(names, reason_of, |subject| match subject {
            Subject::KeyResult(one) | Subject::CheckIn(one, _) => {
                (state.key_results.get(&one)).is_some_and(|one| one.objective == id)
            }
            other => other == Subject::Objective(id),
        }),
        advice: super::lint::advice(state, id, on),
        closing: told_closing(names, found.cycle),
    })
}

/// A key result with all that is known about it on a date; none if there is no such.
#[must_use]
pub fn key_result_show(
    names: &Names<'_>,
    pending: &Pending,
    id: KeyResultId,
    on: Date,
    as_of: Option<AsOf>,
    reason_of: &dyn Fn(EventId) -> Option<String>,
) -> Option<KeyResultShow> {
    let state = names.state();
    let found = state.key_results.get(&id)?;
    let objective = state.objectives.get(&found.objective)?;
    let cycle = state.cycles.get(&objective.cycle)?;
    let created = &found.provenance.created;
    let key_result = key_result_status(names, pending, (id, found), cycle, on);
    let due = (key_result.last_check_in).map(|last| found.cadence.due_on(last));
    Some(KeyResultShow {
        schema: Schema,
        head: pending.confirmed(state.head),
        as_of,
        on,
        objective: related(names, Subject::Objective(found.objective))?,
        cycle: cycle.name.clone(),
        elapsed: score::elapsed(cycle, on).round(2),
        expected: score::expected(state, cycle, on).round(2),
        outlook: super::forecast::outlook(names, found, cycle, on),
        due: due.filter(|due| found.is_live() && *due <= cycle.ends),
        created_by: names.person(created.member),
        created: authored(created),
        kpi: super::kpi::read_from(names, found.kpi),
        improves: super::kpi::improved_by(names, id),
        carried_from: found.carried_from.map(|earlier| names.key_result(earlier)),
        helped_by: (state.key_results.iter())
            .filter(|(_, other)| {
                other.helps.contains(&id) && other.state != KeyResultState::Withdrawn
            })
            .filter_map(|(other, _)| related(names, Subject::KeyResult(*other)))
            .collect(),
        supported_by: (state.objectives.iter())
            .filter(|(_, below)| {
                below.supports == Some(Subject::KeyResult(id))
                    && below.state != ObjectiveState::Withdrawn
            })
            .filter_map(|(below, _)| related(names, Subject::Objective(*below)))
            .collect(),
        agreed: None,
        course: (score::course(state, found, cycle, on).into_iter())
            .map(|(date, value)| CurvePoint { date, value })
            .collect(),
        plot: Plot::of(state, id, on).map(|plot| plot.with_notes(state, id)),
        check_ins: check_ins(names, pending, (id, found), cycle),
        late: Vec::new(),
        closing: told_closing(names, objective.cycle),
        notes: notes(names, Subject::KeyResult(id)),
        open_conflicts: conflicts_where(names, reason_of, |subject| match subject {
            Subject::CheckIn(one, _) => one == id,
            other => other == Subject::KeyResult(id),
        }),
        key_result,
    })
}

/// The check-ins of a key result that came after its cycle was closed.
#[must_use]
pub fn late_check_ins(names: &Names<'_>, pending: &Pending, id: KeyResultId) -> Vec<CheckInLine> {
    let state = names.state();
    let of = || {
        let found = state.key_results.get(&id)?;
        let above = state.objectives.get(&found.objective)?;
        Some((found, state.cycles.get(&above.cycle)?))
    };
    let mut lines = of().map_or_else(Vec::new, |(found, cycle)| {
        check_ins(names, pending, (id, found), cycle)
    });
    lines.retain(|line| line.late);
    lines
}

fn check_ins(
    names: &Names<'_>,
    pending: &Pending,
    (id, found): (KeyResultId, &KeyResult),
    cycle: &Cycle,
) -> Vec<CheckInLine> {
    let confirmed = pending.confirmed(names.state().head);
    let current = |said: &CheckIn| match found.metric.kind {
        MetricKind::Increase | MetricKind::Decrease | MetricKind::Maintain => {
            score::value_on(names.state(), found, said.effective)
        }
        MetricKind::Milestones | MetricKind::Binary => {
            score::progress(names.state(), found, cycle, said.effective).current
        }
    };
    (found.check_ins.all())
        .map(|said| CheckInLine {
            reference: names.check_in(id, said.id),
            id: said.id,
            effective: said.effective,
            value: said.measure.to_string(),
            current: (!said.retracted).then(|| current(said)).flatten(),
            confidence: said.confidence,
            projection: said.projection,
            note: said.note.clone(),
            member: names.person(said.member),
            device: names.machine(said.device),
            authored: Timestamp::from_ms(said.authored.wall),
            recorded: said.recorded,
            corrected: !said.corrected.is_empty(),
            retracted: said.retracted,
            imported: (names.state().sources.get(&said.seq))
                .map(|source| Imported::from(&**source)),
            pending: said.seq > confirmed,
            late: closing::is_late(names.state(), id, said.seq),
        })
        .collect()
}

fn authored(stamp: &Stamp) -> Timestamp {
    Timestamp::from_ms(stamp.authored.wall)
}

pub(super) fn related(names: &Names<'_>, subject: Subject) -> Option<Related> {
    Some(Related {
        reference: names.subject(subject)?,
        title: names.title(subject)?,
    })
}

pub(super) fn notes(names: &Names<'_>, about: Subject) -> Vec<NoteLine> {
    (names.state().notes_about(about))
        .map(|(id, note)| note_line(names, id, note))
        .collect()
}

pub(super) fn note_line(names: &Names<'_>, id: NoteId, note: &Note) -> NoteLine {
    let created = &note.provenance.created;
    NoteLine {
        reference: names.note(id),
        id,
        kind: note.kind,
        text: note.text.clone(),
        member: names.person(created.member),
        authored: authored(created),
        imported: names.state().source(created).map(Imported::from),
    }
}
