//! Objectives of an outline: found in the workspace, changed, or made.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, ObjectiveId};
use quarterdeck_core::token::{ObjectiveKind, ObjectiveState, Switch};
use quarterdeck_core::value::{Field, Subject, Value};

use super::compare::{Versions, face};
use super::matching::{Face, Match, pair};
use super::{Act, Planner, Step};
use crate::outline::{Objective, Outline};

impl Planner<'_> {
    pub(super) fn outline(&mut self, outline: &Outline) {
        let versions = Versions::new(outline, self.options.base);
        let mut cycles: Vec<Option<CycleId>> = Vec::new();
        for objective in &outline.objectives {
            let cycle = self.cycle_of(objective);
            cycles.push(cycle);
        }
        let found = self.find(outline, &cycles);
        for (at, objective) in outline.objectives.iter().enumerate() {
            let Some(cycle) = cycles.get(at).copied().flatten() else {
                let why = "It belongs to no cycle: name one with --cycle.";
                self.left(objective.line, &objective.title, why);
                for one in &objective.key_results {
                    self.left(one.line, &one.title, why);
                }
                continue;
            };
            let found = found.get(at).copied().flatten();
            let before = versions.before(at);
            let id = match found {
                Some((id, why)) => {
                    self.edit_objective(id, why, objective, before);
                    Some(id)
                }
                None => self.make_objective(cycle, objective),
            };
            if let Some(id) = id {
                self.present.insert(Subject::Objective(id));
                for name in [Some(&objective.title), objective.key.as_ref()]
                    .into_iter()
                    .flatten()
                {
                    let name = super::similar::normal(name);
                    self.named.insert((cycle, name), Subject::Objective(id));
                }
                self.key_results(id, objective, before);
                self.set_aside(id, objective, before);
            }
        }
        self.supports();
        self.missing(&versions, &cycles);
    }

    fn cycle_of(&mut self, objective: &Objective) -> Option<CycleId> {
        match (&objective.cycle, self.options.cycle) {
            (Some(name), _) => self.cycle(objective.line, name),
            (None, Some(cycle)) => Some(cycle),
            (None, None) => {
                let name = self.options.cycle_name.clone()?;
                self.cycle(objective.line, &name)
            }
        }
    }

    /// For each objective of the outline the workspace's, cycle by cycle.
    fn find(
        &self,
        outline: &Outline,
        cycles: &[Option<CycleId>],
    ) -> Vec<Option<(ObjectiveId, Match)>> {
        let mut found = vec![None; outline.objectives.len()];
        if self.options.all_new {
            return found;
        }
        let mut each: Vec<CycleId> = cycles.iter().copied().flatten().collect();
        each.sort_unstable();
        each.dedup();
        for cycle in each {
            let mut known: Vec<(ObjectiveId, u64, Face)> = self
                .state()
                .objectives
                .iter()
                .filter(|(_, one)| one.cycle == cycle && one.state != ObjectiveState::Withdrawn)
                .map(|(id, one)| {
                    let below = self.state().key_results_of(*id);
                    let titles: Vec<&str> = below.map(|(_, one)| one.title.as_str()).collect();
                    let face = Face {
                        live: one.is_live(),
                        ..Face::new(one.key.as_deref(), &one.title, titles.into_iter())
                    };
                    (*id, one.provenance.created.seq, face)
                })
                .collect();
            known.sort_by_key(|(_, seq, _)| *seq);
            let faces: Vec<Face> = known.iter().map(|(_, _, face)| face.clone()).collect();
            let mine: Vec<(usize, &Objective)> = (0..)
                .zip(&outline.objectives)
                .filter(|(at, _)| cycles.get(*at).copied().flatten() == Some(cycle))
                .collect();
            let wanted: Vec<Face> = mine.iter().map(|(_, one)| face(one)).collect();
            for ((at, _), pair) in mine.iter().zip(pair(&wanted, &faces)) {
                if let (Some(slot), Some((other, why))) = (found.get_mut(*at), pair) {
                    *slot = known.get(other).map(|(id, ..)| (*id, why));
                }
            }
        }
        found
    }

    fn make_objective(&mut self, cycle: CycleId, objective: &Objective) -> Option<ObjectiveId> {
        let id = ObjectiveId::new(self.ids.next());
        let owner = match &objective.owner {
            Some(name) => self.member(objective.line, name),
            None => self.options.owner,
        };
        let team = match &objective.team {
            Some(name) => self.team(objective.line, name),
            None => self.options.team,
        };
        let supports = objective
            .supports
            .as_ref()
            .and_then(|name| self.supported(cycle, name));
        let subject = Subject::Objective(id);
        let made = self.step(Step {
            act: Act::Make,
            subject,
            title: objective.title.clone(),
            what: String::new(),
            why: None,
            line: objective.line,
            command: Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
                objective: id,
                title: objective.title.clone(),
                description: objective.description.clone(),
                cycle,
                owner,
                team,
                kind: objective.kind.unwrap_or(ObjectiveKind::Committed),
                supports,
                key: objective.key.clone(),
                carried_from: None,
                standing: objective.standing,
            })),
        });
        if let (true, Some(name), None) = (made, &objective.supports, supports) {
            self.later.push((subject, objective.line, name.clone()));
        }
        made.then_some(id)
    }

    fn edit_objective(
        &mut self,
        id: ObjectiveId,
        why: Match,
        new: &Objective,
        before: Option<&Objective>,
    ) {
        let said = |field: fn(&Objective) -> &Option<String>| -> Option<String> {
            let value = field(new).clone()?;
            (before.is_none_or(|before| field(before).as_ref() != Some(&value))).then_some(value)
        };
        let mut set = Vec::new();
        if before.is_none_or(|before| before.title != new.title) {
            set.push((Field::Title, Value::Text(new.title.clone())));
        }
        if let Some(text) = said(|one| &one.description) {
            set.push((Field::Description, Value::Text(text)));
        }
        if let Some(owner) = said(|one| &one.owner).and_then(|name| self.member(new.line, &name)) {
            set.push((Field::Owner, Value::Ref(Subject::Member(owner))));
        }
        if let Some(team) = said(|one| &one.team).and_then(|name| self.team(new.line, &name)) {
            set.push((Field::Team, Value::Ref(Subject::Team(team))));
        }
        if let Some(key) = said(|one| &one.key) {
            set.push((Field::Key, Value::Text(key)));
        }
        if let Some(kind) = new
            .kind
            .filter(|kind| before.is_none_or(|one| one.kind != Some(*kind)))
        {
            set.push((Field::Kind, Value::Text(kind.word().to_owned())));
        }
        if new.standing && before.is_none_or(|one| !one.standing) {
            set.push((Field::Standing, Value::Text(Switch::On.word().to_owned())));
        }
        if let Some(name) = said(|one| &one.supports) {
            let cycle = self.state().objectives.get(&id).map(|one| one.cycle);
            match cycle.and_then(|cycle| self.supported(cycle, &name)) {
                Some(above) if above != Subject::Objective(id) => {
                    set.push((Field::Supports, Value::Ref(above)));
                }
                _ => self.later.push((Subject::Objective(id), new.line, name)),
            }
        }
        // Taken up again in the document after it had been set aside there.
        let revived = new.state.is_none() && before.is_some_and(|one| one.state.is_some());
        let returned = before.is_none() && self.options.base.is_some();
        if (revived || returned)
            && self
                .state()
                .objectives
                .get(&id)
                .is_some_and(|one| !one.is_live())
        {
            set.push((
                Field::State,
                Value::Text(ObjectiveState::Active.word().to_owned()),
            ));
        }
        self.edit(
            Subject::Objective(id),
            new.title.clone(),
            new.line,
            why,
            set,
        );
    }

    /// An objective's state comes last: what is dropped takes no key results any more.
    fn set_aside(&mut self, id: ObjectiveId, new: &Objective, before: Option<&Objective>) {
        let Some(state) = new
            .state
            .filter(|state| before.is_none_or(|one| one.state != Some(*state)))
        else {
            return;
        };
        let set = vec![(Field::State, Value::Text(state.word().to_owned()))];
        let subject = Subject::Objective(id);
        self.edit(subject, new.title.clone(), new.line, Match::Title, set);
    }

    fn supports(&mut self) {
        for (subject, line, name) in std::mem::take(&mut self.later) {
            let Subject::Objective(id) = subject else {
                continue;
            };
            let Some((cycle, title)) = self
                .state()
                .objectives
                .get(&id)
                .map(|one| (one.cycle, one.title.clone()))
            else {
                continue;
            };
            match self
                .supported(cycle, &name)
                .filter(|above| *above != subject)
            {
                Some(above) => {
                    let set = vec![(Field::Supports, Value::Ref(above))];
                    self.edit(subject, title, line, Match::Title, set);
                }
                None => self.left(
                    line,
                    &name,
                    "It supports something that is neither in the document nor in the workspace.",
                ),
            }
        }
    }

    /// Changes fields that are otherwise now; counts what is as it should be.
    pub(super) fn edit(
        &mut self,
        subject: Subject,
        title: String,
        line: usize,
        why: Match,
        set: Vec<(Field, Value)>,
    ) {
        let mut what = Vec::new();
        let mut changed = Vec::new();
        for (field, to) in set {
            let from = self.state().get(subject, &field).unwrap_or(Value::None);
            if from != to {
                what.push(self.said(&field, &from, &to));
                changed.push((field, to));
            }
        }
        if changed.is_empty() {
            self.plan.unchanged += 1;
            return;
        }
        let dropped = changed
            .iter()
            .any(|(field, to)| *field == Field::State && *to == Value::Text("dropped".to_owned()));
        let step = |what: &[String], set: &[(Field, Value)]| Step {
            act: if dropped { Act::Drop } else { Act::Edit },
            subject,
            title: title.clone(),
            what: what.join("; "),
            why: Some(why).filter(|why| *why != Match::Title),
            line,
            command: Command::Edit {
                subject,
                set: set.to_vec(),
            },
        };
        let whole = step(&what, &changed);
        if changed.len() == 1 || self.would(&whole) {
            self.step(whole);
            return;
        }
        // What one field may not be does not keep the others from what they should be.
        for (what, field) in what.iter().zip(&changed) {
            let part = step(std::slice::from_ref(what), std::slice::from_ref(field));
            self.step(part);
        }
    }

    fn said(&self, field: &Field, from: &Value, to: &Value) -> String {
        match (from, to) {
            (Value::None, to) => format!("{field}: {}", self.value(to)),
            (from, to) => format!("{field}: {} → {}", self.value(from), self.value(to)),
        }
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::None => "none".to_owned(),
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Ref(Subject::Member(id)) => self.state().member_name(*id).to_owned(),
            Value::Ref(Subject::Team(id)) => {
                let team = self.state().teams.get(id);
                team.map_or_else(String::new, |team| team.name.clone())
            }
            Value::Ref(Subject::Objective(id)) => {
                let found = self.state().objectives.get(id);
                found.map_or_else(String::new, |found| found.title.clone())
            }
            Value::Ref(Subject::KeyResult(id)) => {
                let found = self.state().key_results.get(id);
                found.map_or_else(String::new, |found| found.title.clone())
            }
            Value::Ref(other) => other.noun().to_owned(),
            Value::Milestones(steps) => {
                let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
                names.join(", ")
            }
            Value::Measure(measure) => measure.to_string(),
            Value::Numbers(numbers) => {
                let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                texts.join(", ")
            }
        }
    }
}
