//! The fold of the practice around objectives: grades and closing, KPIs, work, weekly updates,
//! templates, funnels and incentives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{
    Closing, Count, Cycle, Funnel, Grade, Incentive, Initiative, Kpi, KpiReading, Provenance,
    Stamp, State, Template, Todo, Weekly,
};
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::event::{
    Entry, FunnelDefined, Hash, IncentiveAdded, InitiativeAdded, KeyResultGraded, KpiDefined,
    KpiRecorded, TemplateSaved, TodoAdded, WeeklyWritten,
};
use crate::id::{CycleId, EventId, KeyResultId, KpiId, ObjectiveId, TodoId, WeeklyId};
use crate::token::{CycleState, Life, NoteState, WorkState};
use crate::value::{Change, Field, Subject, Value};

impl State {
    /// A grade is a field like any other, so two people who grade without knowing of each other
    /// make a conflict; what was computed goes along with the grade that takes effect.
    pub(super) fn graded(&mut self, entry: &Entry, graded: &KeyResultGraded) {
        let subject = Subject::KeyResult(graded.key_result);
        let change = Change {
            field: Field::Grade,
            from: Value::number(graded.from),
            to: Value::number(graded.to),
        };
        self.apply_change(entry, subject, &change);
        let took_effect = self
            .stamp(subject, &Field::Grade)
            .is_some_and(|stamp| stamp.event == entry.event.id);
        if let Some(found) = self.key_results.get_mut(&graded.key_result)
            && took_effect
        {
            found.make_mut().grade = graded.to.map(|grade| Grade {
                grade,
                computed: graded.computed,
                reason: entry.event.reason.clone(),
            });
        }
    }

    pub(super) fn cycle_closed(
        &mut self,
        entry: &Entry,
        cycle: CycleId,
        position: u64,
        root: Hash,
    ) {
        self.with_cycle(entry, cycle, |cycle, stamp| {
            cycle.state = CycleState::Closed;
            // The first closing stands: one who closed it again did not know of that.
            cycle.closing.get_or_insert(Closing {
                position,
                root,
                stamp,
            });
        });
    }

    pub(super) fn cycle_reopened(&mut self, entry: &Entry, cycle: CycleId) {
        self.with_cycle(entry, cycle, |cycle, _| {
            cycle.state = CycleState::Active;
            cycle.closing = None;
        });
    }

    fn with_cycle(&mut self, entry: &Entry, id: CycleId, change: impl FnOnce(&mut Cycle, Stamp)) {
        let Some(cycle) = self.cycles.get_mut(&id) else {
            self.skip(entry, "the cycle is not known");
            return;
        };
        let stamp = Stamp::of(entry);
        change(cycle, stamp);
        cycle.provenance.edited.insert(Field::State, stamp);
    }

    pub(super) fn lint_silenced(
        &mut self,
        entry: &Entry,
        objective: ObjectiveId,
        code: &str,
        silent: bool,
    ) {
        match self.objectives.get_mut(&objective).map(Arc::make_mut) {
            Some(objective) if silent => {
                objective.silenced.insert(code.to_owned());
            }
            Some(objective) => {
                objective.silenced.remove(code);
            }
            None => self.skip(entry, "the objective is not known"),
        }
    }

    pub(super) fn kpi_defined(&mut self, entry: &Entry, defined: &KpiDefined) {
        self.kpis.entry(defined.kpi).or_insert_with(|| {
            Arc::new(Kpi {
                title: defined.title.clone(),
                description: defined.description.clone(),
                owner: defined.owner,
                team: defined.team,
                direction: defined.direction,
                target: defined.target,
                unit: defined.unit.clone(),
                key: defined.key.clone(),
                state: Life::Active,
                improved_by: BTreeSet::new(),
                readings: BTreeMap::new(),
                provenance: Provenance::new(entry),
            })
        });
    }

    pub(super) fn kpi_recorded(&mut self, entry: &Entry, recorded: &KpiRecorded) {
        let reading = KpiReading {
            value: recorded.value,
            effective: recorded.effective,
            note: recorded.note.clone(),
            state: NoteState::Shown,
            provenance: Provenance::new(entry),
        };
        self.with_kpi(entry, recorded.kpi, |kpi| {
            kpi.readings.entry(entry.event.id).or_insert(reading);
        });
    }

    pub(super) fn kpi_linked(
        &mut self,
        entry: &Entry,
        kpi: KpiId,
        key_result: KeyResultId,
        linked: bool,
    ) {
        self.with_kpi(entry, kpi, |kpi| {
            if linked {
                kpi.improved_by.insert(key_result);
            } else {
                kpi.improved_by.remove(&key_result);
            }
        });
    }

    fn with_kpi(&mut self, entry: &Entry, id: KpiId, change: impl FnOnce(&mut Kpi)) {
        match self.kpis.get_mut(&id) {
            Some(kpi) => change(Arc::make_mut(kpi)),
            None => self.skip(entry, "the KPI is not known"),
        }
    }

    pub(super) fn initiative_added(&mut self, entry: &Entry, added: &InitiativeAdded) {
        self.initiatives.entry(added.initiative).or_insert_with(|| {
            Arc::new(Initiative {
                title: added.title.clone(),
                description: added.description.clone(),
                owner: added.owner,
                due: added.due,
                supports: added.supports,
                state: WorkState::Planned,
                provenance: Provenance::new(entry),
            })
        });
    }

    pub(super) fn todo_added(&mut self, entry: &Entry, added: &TodoAdded) {
        self.todos.entry(added.todo).or_insert_with(|| {
            Arc::new(Todo {
                title: added.title.clone(),
                initiative: added.initiative,
                owner: added.owner,
                quantity: added.quantity,
                per: added.per,
                total: added.total,
                unit: added.unit.clone(),
                starts: added.starts,
                ends: added.ends,
                key_result: added.key_result,
                rate: added.rate,
                state: WorkState::Active,
                counts: Vec::new(),
                provenance: Provenance::new(entry),
            })
        });
    }

    pub(super) fn todo_counted(
        &mut self,
        entry: &Entry,
        todo: TodoId,
        quantity: Decimal,
        effective: Date,
    ) {
        let count = Count {
            event: entry.event.id,
            seq: entry.seq,
            member: entry.event.member,
            quantity,
            effective,
        };
        match self.todos.get_mut(&todo) {
            Some(todo) => Arc::make_mut(todo).counts.push(count),
            None => self.skip(entry, "the to-do is not known"),
        }
    }

    pub(super) fn weekly_written(&mut self, entry: &Entry, written: &WeeklyWritten) {
        self.weeklies
            .entry(WeeklyId::from(entry.event.id))
            .or_insert_with(|| {
                Arc::new(Weekly {
                    member: entry.event.member,
                    week: written.week.monday(),
                    team: written.team,
                    plans: written.plans.clone(),
                    progress: written.progress.clone(),
                    problems: written.problems.clone(),
                    state: NoteState::Shown,
                    provenance: Provenance::new(entry),
                })
            });
    }

    pub(super) fn template_saved(&mut self, entry: &Entry, saved: &TemplateSaved) {
        self.templates
            .entry(saved.template)
            .or_insert_with(|| Template {
                name: saved.name.clone(),
                document: saved.document.clone(),
                state: Life::Active,
                provenance: Provenance::new(entry),
            });
    }

    pub(super) fn funnel_defined(&mut self, entry: &Entry, defined: &FunnelDefined) {
        self.funnels
            .entry(defined.funnel)
            .or_insert_with(|| Funnel {
                name: defined.name.clone(),
                stages: defined.stages.clone(),
                key_result: defined.key_result,
                state: Life::Active,
                provenance: Provenance::new(entry),
            });
    }

    pub(super) fn incentive_added(&mut self, entry: &Entry, added: &IncentiveAdded) {
        self.incentives
            .entry(added.incentive)
            .or_insert_with(|| Incentive {
                title: added.title.clone(),
                key_result: added.key_result,
                member: added.member,
                state: Life::Active,
                provenance: Provenance::new(entry),
            });
    }

    /// The key results that read their values from a KPI.
    pub fn fed_by(&self, kpi: KpiId) -> impl Iterator<Item = KeyResultId> {
        self.key_results
            .iter()
            .filter(move |(_, key_result)| key_result.kpi == Some(kpi))
            .map(|(id, _)| *id)
    }

    /// The reading of a KPI that this event made.
    #[must_use]
    pub fn reading(&self, kpi: KpiId, id: EventId) -> Option<&KpiReading> {
        self.kpis.get(&kpi)?.readings.get(&id)
    }
}
