//! From the names of a document to what they stand for in the workspace. Cycles and teams that are
//! not there are made; people are not.

use quarterdeck_core::calendar::{CycleName, FiscalStart};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::{CycleId, MemberId, TeamId};
use quarterdeck_core::token::{CycleState, MemberState, TeamLevel};
use quarterdeck_core::value::{Field, Subject, Value};

use super::{Act, Match, Planner, Step};

impl Planner<'_> {
    /// The cycle of that name; a new one where there is none.
    pub(super) fn cycle(&mut self, line: usize, name: &str) -> Option<CycleId> {
        if let Some(known) = self.known_cycle(name) {
            self.begin(line, known);
            return Some(known);
        }
        let named: CycleName = match self.cycle_name(name) {
            Some(named) => named,
            None => {
                let why = format!(
                    "No dates follow from the cycle's name; make it first: `okr cycle new \"{name}\" --starts DATE --ends DATE`."
                );
                self.left(line, name, why);
                return None;
            }
        };
        if let Some(known) = self.known_cycle(&named.to_string()) {
            return Some(known);
        }
        let parent = named
            .parent()
            .and_then(|year| self.cycle(line, &year.to_string()));
        let cycle = CycleId::new(self.ids.next());
        let span = named.span(self.fiscal());
        let subject = Subject::Cycle(cycle);
        let made = self.step(Step {
            act: Act::Make,
            subject,
            title: named.to_string(),
            what: format!("{} to {}", span.starts, span.ends),
            why: None,
            line,
            command: Command::Record(Body::CycleCreated {
                cycle,
                name: named.to_string(),
                kind: named.kind(),
                starts: span.starts,
                ends: span.ends,
                parent,
            }),
        });
        if made {
            self.begin(line, cycle);
        }
        made.then_some(cycle)
    }

    /// A cycle that an import made is active once it has begun.
    fn begin(&mut self, line: usize, cycle: CycleId) {
        let Some(found) = self.state().cycles.get(&cycle) else {
            return;
        };
        let imported = self.state().source(&found.provenance.created).is_some();
        let begun = found.starts <= self.options.on;
        if imported && begun && found.state == CycleState::Planned {
            let subject = Subject::Cycle(cycle);
            let active = Value::Text(CycleState::Active.word().to_owned());
            let title = found.name.clone();
            self.edit(
                subject,
                title,
                line,
                Match::Title,
                vec![(Field::State, active)],
            );
        }
    }

    fn cycle_name(&self, name: &str) -> Option<CycleName> {
        let spelled = crate::phrase::cycle(name).map(|(name, _)| name);
        name.parse().ok().or_else(|| spelled?.parse().ok())
    }

    fn known_cycle(&self, name: &str) -> Option<CycleId> {
        let wanted = name.to_lowercase();
        let mut cycles = self.state().cycles.iter();
        cycles
            .find(|(_, cycle)| cycle.name.to_lowercase() == wanted)
            .map(|(id, _)| *id)
    }

    fn fiscal(&self) -> FiscalStart {
        let workspace = self.state().workspace.as_ref();
        workspace
            .and_then(|workspace| FiscalStart::new(workspace.fiscal_year_start).ok())
            .unwrap_or_default()
    }

    /// The team of that name; a new one where there is none.
    pub(super) fn team(&mut self, line: usize, name: &str) -> Option<TeamId> {
        let wanted = name.to_lowercase();
        let known = self
            .state()
            .teams
            .iter()
            .find(|(_, team)| team.name.to_lowercase() == wanted)
            .map(|(id, _)| *id);
        if known.is_some() {
            return known;
        }
        let team = TeamId::new(self.ids.next());
        self.step(Step {
            act: Act::Make,
            subject: Subject::Team(team),
            title: name.to_owned(),
            what: String::new(),
            why: None,
            line,
            command: Command::Record(Body::TeamCreated {
                team,
                name: name.to_owned(),
                level: TeamLevel::Team,
                parent: None,
            }),
        })
        .then_some(team)
    }

    /// The member of that name or e-mail address, or of that first name if there is but one.
    pub(super) fn member(&mut self, line: usize, name: &str) -> Option<MemberId> {
        let wanted = name.trim().trim_start_matches('@').to_lowercase();
        let active: Vec<_> = self
            .state()
            .members
            .iter()
            .filter(|(_, member)| member.state == MemberState::Active)
            .map(|(id, member)| (*id, member))
            .collect();
        let exact = active.iter().find(|(_, member)| {
            member.name.to_lowercase() == wanted
                || member.email.as_deref().map(str::to_lowercase) == Some(wanted.clone())
        });
        let first: Vec<_> = active
            .iter()
            .filter(|(_, member)| member.name.to_lowercase().split(' ').next() == Some(&wanted))
            .collect();
        let found = match (exact, first.as_slice()) {
            (Some((id, _)), _) | (None, [(id, _)]) => Some(*id),
            _ => None,
        };
        if found.is_none() {
            let why = format!(
                "Nobody in the workspace goes by that name; it is left without this owner: `okr member add \"{name}\"`."
            );
            let told = self
                .plan
                .left
                .iter()
                .any(|one| one.text == name && one.why == why);
            if !told {
                self.left(line, name, why);
            }
        }
        found
    }

    /// The objective or key result of that key or title, the same cycle's first.
    pub(super) fn supported(&self, cycle: CycleId, name: &str) -> Option<Subject> {
        let wanted = super::similar::normal(name);
        // What the document itself calls so comes before what the workspace does.
        if let Some(found) = self.named.get(&(cycle, wanted.clone())) {
            return Some(*found);
        }
        let fits = |key: Option<&str>, title: &str| {
            key.is_some_and(|key| key.eq_ignore_ascii_case(name))
                || super::similar::normal(title) == wanted
        };
        let objectives = self.state().objectives.iter();
        let mut found: Vec<(bool, Subject)> = objectives
            .filter(|(_, one)| fits(one.key.as_deref(), &one.title))
            .map(|(id, one)| (one.cycle != cycle, Subject::Objective(*id)))
            .collect();
        let key_results = self.state().key_results.iter();
        found.extend(
            key_results
                .filter(|(_, one)| fits(one.key.as_deref(), &one.title))
                .map(|(id, one)| {
                    let above = self.state().objectives.get(&one.objective);
                    (
                        above.is_none_or(|above| above.cycle != cycle),
                        Subject::KeyResult(*id),
                    )
                }),
        );
        found.sort_by_key(|(elsewhere, _)| *elsewhere);
        found.first().map(|(_, subject)| *subject)
    }
}
