//! From what a client wrote to the thing that is meant. The rules are the core's; here the things
//! of a workspace become its candidates.

use quarterdeck_core::id::{
    CycleId, DeviceId, InitiativeId, KeyResultId, KpiId, MemberId, NoteId, ObjectiveId, TeamId,
    Uuid,
};
use quarterdeck_core::reference::{Candidate, Kind, Namer, Resolution, Unclear, resolve};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_core::value::Subject;

/// How many candidates a refusal lists.
const LISTED: usize = 8;

/// The things of a state by what people call them.
#[derive(Debug)]
pub(crate) struct Lookup<'a> {
    candidates: Vec<Candidate<'a>>,
    namer: Namer,
}

impl<'a> Lookup<'a> {
    pub(crate) fn new(state: &'a State) -> Self {
        let candidates = candidates(state);
        let namer = Namer::new(candidates.iter().map(|found| (found.kind, found.id)));
        Self { candidates, namer }
    }

    /// The short reference of a thing.
    pub(crate) fn reference(&self, kind: Kind, id: Uuid) -> String {
        self.namer.name(kind, id).text
    }

    /// The short reference of what an event is about; empty for the workspace itself.
    pub(crate) fn reference_of(&self, subject: Subject) -> String {
        Kind::of(subject).map_or_else(String::new, |(kind, id)| self.reference(kind, id))
    }

    pub(crate) fn key_result(&self, query: &str) -> Result<KeyResultId, Refusal> {
        self.one(&[Kind::KeyResult], "key result", query)
            .map(|found| KeyResultId::new(found.id))
    }

    pub(crate) fn member(&self, query: &str) -> Result<MemberId, Refusal> {
        self.one(&[Kind::Member], "member", query)
            .map(|found| MemberId::new(found.id))
    }

    pub(crate) fn device(&self, query: &str) -> Result<DeviceId, Refusal> {
        self.one(&[Kind::Device], "device", query)
            .map(|found| DeviceId::new(found.id))
    }

    pub(crate) fn team(&self, query: &str) -> Result<TeamId, Refusal> {
        self.one(&[Kind::Team], "team", query)
            .map(|found| TeamId::new(found.id))
    }

    pub(crate) fn kpi(&self, query: &str) -> Result<KpiId, Refusal> {
        self.one(&[Kind::Kpi], "KPI", query)
            .map(|found| KpiId::new(found.id))
    }

    pub(crate) fn initiative(&self, query: &str) -> Result<InitiativeId, Refusal> {
        self.one(&[Kind::Initiative], "initiative", query)
            .map(|found| InitiativeId::new(found.id))
    }

    pub(crate) fn cycle(&self, query: &str) -> Result<CycleId, Refusal> {
        self.one(&[Kind::Cycle], "cycle", query)
            .map(|found| CycleId::new(found.id))
    }

    /// An objective or a key result: what an objective can support.
    pub(crate) fn objective_or_key_result(&self, query: &str) -> Result<Subject, Refusal> {
        let kinds = [Kind::Objective, Kind::KeyResult];
        let found = self.one(&kinds, "objective or key result", query)?;
        Ok(match found.kind {
            Kind::Objective => Subject::Objective(ObjectiveId::new(found.id)),
            _ => Subject::KeyResult(KeyResultId::new(found.id)),
        })
    }

    /// Anything that fields can be changed of or notes written about, and devices.
    pub(crate) fn anything(&self, query: &str) -> Result<(Kind, Uuid), Refusal> {
        self.one(Kind::ALL, "thing", query)
            .map(|found| (found.kind, found.id))
    }

    /// What is meant by exactly this name, reference or id; none where nothing is.
    pub(crate) fn exact(&self, kind: Kind, query: &str) -> Result<Option<Uuid>, Refusal> {
        let of_kind = self.candidates.iter().filter(|found| found.kind == kind);
        // A piece of a name is not enough to know somebody by: it may be a new person's name.
        let named = of_kind.filter(|found| {
            found.title.to_lowercase() == query.to_lowercase()
                || Uuid::try_parse(query).is_ok_and(|id| id == found.id)
                || self.reference(kind, found.id) == query.to_lowercase()
        });
        match named.copied().collect::<Vec<_>>().as_slice() {
            [] => Ok(None),
            [only] => Ok(Some(only.id)),
            several => Err(self.ambiguous(query, several)),
        }
    }

    fn one(&self, kinds: &[Kind], what: &str, query: &str) -> Result<Candidate<'a>, Refusal> {
        let of_kind = self
            .candidates
            .iter()
            .filter(|found| kinds.contains(&found.kind));
        match resolve(query, of_kind.copied()) {
            Resolution::One(found) => Ok(found),
            Resolution::None => Err(missing(what, query)),
            Resolution::Many(found) => Err(self.ambiguous(query, &found)),
        }
    }

    fn ambiguous(&self, query: &str, found: &[Candidate<'_>]) -> Refusal {
        let listed: Vec<String> = found
            .iter()
            .take(LISTED)
            .map(|found| {
                let reference = self.reference(found.kind, found.id);
                if found.title.is_empty() {
                    reference
                } else {
                    format!("{reference} ({})", found.title)
                }
            })
            .collect();
        let message = format!("'{query}' could be {}.", listed.join(", "));
        Refusal::new(Code::NotFound, message).hint("give the reference of the one that is meant")
    }
}

/// What a client is told that named nothing clearly.
pub(crate) fn unclear(query: &str, found: &Unclear<'_>) -> Refusal {
    if found.found.is_empty() {
        return missing(found.what, query);
    }
    let lookup = Lookup {
        candidates: Vec::new(),
        namer: Namer::new(found.found.iter().map(|one| (one.kind, one.id))),
    };
    lookup.ambiguous(query, &found.found)
}

fn missing(what: &str, query: &str) -> Refusal {
    let message = format!("There is no {what} '{query}' in this workspace.");
    Refusal::new(Code::NotFound, message)
        .hint("give its id, its reference, or a piece of its title")
}

fn candidates(state: &State) -> Vec<Candidate<'_>> {
    let named = |kind, id, title| Candidate {
        kind,
        id,
        title,
        key: None,
    };
    let mut all = Vec::new();
    for (id, objective) in &state.objectives {
        let key = objective.key.as_deref();
        all.push(Candidate {
            key,
            ..named(Kind::Objective, id.uuid(), objective.title.as_str())
        });
    }
    for (id, key_result) in &state.key_results {
        let key = key_result.key.as_deref();
        all.push(Candidate {
            key,
            ..named(Kind::KeyResult, id.uuid(), key_result.title.as_str())
        });
        for check_in in key_result.check_ins.all() {
            all.push(named(Kind::CheckIn, check_in.id.uuid(), ""));
        }
    }
    all.extend(
        state
            .cycles
            .iter()
            .map(|(id, it)| named(Kind::Cycle, id.uuid(), it.name.as_str())),
    );
    all.extend(
        state
            .teams
            .iter()
            .map(|(id, it)| named(Kind::Team, id.uuid(), it.name.as_str())),
    );
    all.extend(
        state
            .members
            .iter()
            .map(|(id, it)| named(Kind::Member, id.uuid(), it.name.as_str())),
    );
    all.extend(
        state
            .devices
            .iter()
            .map(|(id, it)| named(Kind::Device, id.uuid(), it.name.as_str())),
    );
    all.extend(state.kpis.iter().map(|(id, it)| Candidate {
        key: it.key.as_deref(),
        ..named(Kind::Kpi, id.uuid(), it.title.as_str())
    }));
    all.extend(
        (state.initiatives.iter())
            .map(|(id, it)| named(Kind::Initiative, id.uuid(), it.title.as_str())),
    );
    all.extend(
        (state.todos.iter()).map(|(id, it)| named(Kind::Todo, id.uuid(), it.title.as_str())),
    );
    all.extend(
        (state.templates.iter()).map(|(id, it)| named(Kind::Template, id.uuid(), it.name.as_str())),
    );
    all.extend(
        (state.funnels.iter()).map(|(id, it)| named(Kind::Funnel, id.uuid(), it.name.as_str())),
    );
    all.extend((state.weeklies.keys()).map(|id| named(Kind::Weekly, id.uuid(), "")));
    all.extend(
        state
            .notes
            .keys()
            .map(|id: &NoteId| named(Kind::Note, id.uuid(), "")),
    );
    all
}
