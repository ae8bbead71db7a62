//! What things are called: short references and people's names, and values put into words.
//!
//! Built once from a state and asked often.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use quarterdeck_core::alignment::LooseEnds;
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, FunnelId, InitiativeId, KeyResultId, KpiId, MemberId, NoteId,
    ObjectiveId, TeamId, TodoId, Uuid,
};
use quarterdeck_core::reference::{Kind, Name, Namer};
use quarterdeck_core::state::State;
use quarterdeck_core::value::{Milestone, Subject, Value};
use serde::{Serialize, Serializer};

/// A short reference, such as `kr-3mz9`. In JSON it is its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    /// The reference. ASCII.
    pub text: String,
    /// How many bytes of it tell it apart: the part that is highlighted.
    pub unique: usize,
}

impl From<Name> for Ref {
    fn from(name: Name) -> Self {
        Self {
            text: name.text,
            unique: name.unique,
        }
    }
}

impl std::fmt::Display for Ref {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for Ref {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// What names the things of states that follow each other: a fold only ever adds things, so what
/// named them still does while there are as many.
#[derive(Debug, Default)]
pub(crate) struct Kept(BTreeMap<Kind, (usize, Arc<Namer>)>);

/// The names of everything in a state.
#[derive(Debug)]
pub struct Names<'a> {
    state: &'a State,
    /// What names the things of a kind, made when first asked for: of a long log's thousands of
    /// notes most questions name none.
    namers: Mutex<BTreeMap<Kind, Arc<Namer>>>,
    /// Members of one name, told apart by their references.
    shared: BTreeMap<MemberId, String>,
    /// What names the check-ins of a key result, or the readings of a KPI, made when first asked
    /// for: a long log asks for the same few again and again.
    measured: Mutex<BTreeMap<Uuid, Arc<Namer>>>,
    /// What hangs in the air, found when first asked for.
    loose: OnceLock<LooseEnds>,
}

impl<'a> Names<'a> {
    /// The names of this state's things. Check-ins are named among those of their key result alone,
    /// readings among those of their KPI: there are too many to sort for every command.
    #[must_use]
    pub fn new(state: &'a State) -> Self {
        let mut names = Self {
            state,
            namers: Mutex::default(),
            shared: BTreeMap::new(),
            measured: Mutex::default(),
            loose: OnceLock::new(),
        };
        names.shared = names.shared_names();
        names
    }

    /// The same, by what named the things of an earlier state of the same fold.
    pub(crate) fn after(state: &'a State, kept: &Kept) -> Self {
        let mut names = Self {
            state,
            namers: Mutex::default(),
            shared: BTreeMap::new(),
            measured: Mutex::default(),
            loose: OnceLock::new(),
        };
        for (kind, (many, namer)) in &kept.0 {
            if *many == many_of(state, *kind) {
                (names.namers.get_mut())
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(*kind, Arc::clone(namer));
            }
        }
        names.shared = names.shared_names();
        names
    }

    /// What named things here, for the states after this one.
    pub(crate) fn keep(self) -> Kept {
        let namers = (self.namers.into_inner()).unwrap_or_else(PoisonError::into_inner);
        let kept = |(kind, namer)| (kind, (many_of(self.state, kind), namer));
        Kept(namers.into_iter().map(kept).collect())
    }

    /// The state that is named.
    #[must_use]
    pub const fn state(&self) -> &'a State {
        self.state
    }

    /// The name of the workspace; empty where there is none yet.
    pub(crate) fn workspace(&self) -> String {
        (self.state.workspace.as_ref()).map_or_else(String::new, |found| found.name.clone())
    }

    /// The loose ends of the state.
    pub(crate) fn loose_ends(&self) -> &LooseEnds {
        self.loose.get_or_init(|| LooseEnds::of(self.state))
    }

    /// The reference of an objective.
    #[must_use]
    pub fn objective(&self, id: ObjectiveId) -> Ref {
        self.of(Kind::Objective, id.uuid())
    }

    /// The reference of a key result.
    #[must_use]
    pub fn key_result(&self, id: KeyResultId) -> Ref {
        self.of(Kind::KeyResult, id.uuid())
    }

    /// The reference of a cycle.
    #[must_use]
    pub fn cycle(&self, id: CycleId) -> Ref {
        self.of(Kind::Cycle, id.uuid())
    }

    /// The reference of a team.
    #[must_use]
    pub fn team(&self, id: TeamId) -> Ref {
        self.of(Kind::Team, id.uuid())
    }

    /// The reference of a member.
    #[must_use]
    pub fn member(&self, id: MemberId) -> Ref {
        self.of(Kind::Member, id.uuid())
    }

    /// The reference of a device.
    #[must_use]
    pub fn device(&self, id: DeviceId) -> Ref {
        self.of(Kind::Device, id.uuid())
    }

    /// The reference of a note.
    #[must_use]
    pub fn note(&self, id: NoteId) -> Ref {
        self.of(Kind::Note, id.uuid())
    }

    /// The reference of an initiative.
    #[must_use]
    pub fn initiative(&self, id: InitiativeId) -> Ref {
        self.of(Kind::Initiative, id.uuid())
    }

    /// The reference of a to-do.
    #[must_use]
    pub fn todo(&self, id: TodoId) -> Ref {
        self.of(Kind::Todo, id.uuid())
    }

    /// The reference of a KPI.
    #[must_use]
    pub fn kpi(&self, id: KpiId) -> Ref {
        self.of(Kind::Kpi, id.uuid())
    }

    /// The reference of a funnel.
    #[must_use]
    pub fn funnel(&self, id: FunnelId) -> Ref {
        self.of(Kind::Funnel, id.uuid())
    }

    /// The reference of a check-in, unique among those of its key result.
    #[must_use]
    pub fn check_in(&self, key_result: KeyResultId, id: EventId) -> Ref {
        let all = || {
            let found = self.state.key_results.get(&key_result).into_iter();
            found.flat_map(|found| found.check_ins.all().map(|one| one.id.uuid()))
        };
        self.among(key_result.uuid(), Kind::CheckIn, id, all)
    }

    /// The reference of a reading, unique among those of its KPI.
    #[must_use]
    pub fn reading(&self, kpi: KpiId, id: EventId) -> Ref {
        let all = || {
            let found = self.state.kpis.get(&kpi).into_iter();
            found.flat_map(|found| found.readings.keys().map(|one| one.uuid()))
        };
        self.among(kpi.uuid(), Kind::Reading, id, all)
    }

    /// The reference of a measurement of `of`, unique among `all` that it has.
    fn among<I: Iterator<Item = Uuid>>(
        &self,
        of: Uuid,
        kind: Kind,
        id: EventId,
        all: impl FnOnce() -> I,
    ) -> Ref {
        let mut made = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        let namer = made
            .entry(of)
            .or_insert_with(|| Arc::new(Namer::new(all().map(|id| (kind, id)))));
        namer.name(kind, id.uuid()).into()
    }

    /// The reference of an event: enough for one that is not recorded yet and has no position.
    #[must_use]
    pub fn event(&self, id: EventId) -> Ref {
        self.of(Kind::Event, id.uuid())
    }

    /// The reference of what an event is about; none for the workspace itself.
    #[must_use]
    pub fn subject(&self, subject: Subject) -> Option<Ref> {
        match subject {
            Subject::CheckIn(key_result, id) => Some(self.check_in(key_result, id)),
            Subject::Reading(kpi, id) => Some(self.reading(kpi, id)),
            other => Kind::of(other).map(|(kind, id)| self.of(kind, id)),
        }
    }

    fn of(&self, kind: Kind, id: Uuid) -> Ref {
        self.namer(kind).name(kind, id).into()
    }

    /// Members who share a name, each with the reference behind it.
    fn shared_names(&self) -> BTreeMap<MemberId, String> {
        let mut holders: BTreeMap<&str, Vec<MemberId>> = BTreeMap::new();
        for (id, member) in &self.state.members {
            holders.entry(&member.name).or_default().push(*id);
        }
        (holders.into_iter())
            .filter(|(_, ids)| ids.len() > 1)
            .flat_map(|(name, ids)| {
                ids.into_iter().map(move |id| {
                    let reference = self.of(Kind::Member, id.uuid());
                    (id, format!("{name} ({reference})"))
                })
            })
            .collect()
    }

    fn namer(&self, kind: Kind) -> Arc<Namer> {
        let mut made = self.namers.lock().unwrap_or_else(PoisonError::into_inner);
        let namer = made.entry(kind).or_insert_with(|| {
            let mut ids = Vec::new();
            ids_of(self.state, kind, &mut |id| ids.push((kind, id)));
            Arc::new(Namer::new(ids))
        });
        Arc::clone(namer)
    }

    /// A member's name; with the reference behind it where two members share one.
    #[must_use]
    pub fn person(&self, id: MemberId) -> String {
        (self.shared.get(&id)).map_or_else(|| self.state.member_name(id).to_owned(), Clone::clone)
    }

    /// A device's name.
    #[must_use]
    pub fn machine(&self, id: DeviceId) -> String {
        self.state.device_name(id).to_owned()
    }

    /// The title or name of a thing; none where it has none or is not known.
    #[must_use]
    pub fn title(&self, subject: Subject) -> Option<String> {
        let state = self.state;
        match subject {
            Subject::Workspace => state.workspace.as_ref().map(|found| found.name.clone()),
            Subject::Member(id) => state.members.contains_key(&id).then(|| self.person(id)),
            Subject::Team(id) => state.teams.get(&id).map(|found| found.name.clone()),
            Subject::Cycle(id) => state.cycles.get(&id).map(|found| found.name.clone()),
            Subject::Objective(id) => state.objectives.get(&id).map(|found| found.title.clone()),
            Subject::KeyResult(id) | Subject::CheckIn(id, _) => {
                state.key_results.get(&id).map(|found| found.title.clone())
            }
            Subject::Note(id) => self.title(state.notes.get(&id)?.about),
            Subject::Kpi(id) | Subject::Reading(id, _) => {
                state.kpis.get(&id).map(|found| found.title.clone())
            }
            Subject::Initiative(id) => state.initiatives.get(&id).map(|found| found.title.clone()),
            Subject::Todo(id) => state.todos.get(&id).map(|found| found.title.clone()),
            Subject::Weekly(id) => {
                let found = state.weeklies.get(&id)?;
                Some(format!(
                    "{}, week of {}",
                    self.person(found.member),
                    found.week
                ))
            }
            Subject::Template(id) => state.templates.get(&id).map(|found| found.name.clone()),
            Subject::Funnel(id) => state.funnels.get(&id).map(|found| found.name.clone()),
            Subject::Incentive(id) => state.incentives.get(&id).map(|found| found.title.clone()),
        }
    }

    /// A value as text: people, teams and cycles by name, other things by reference. None where
    /// nothing is set.
    #[must_use]
    pub fn value(&self, value: &Value) -> Option<String> {
        Some(match value {
            Value::None => return None,
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
            Value::Milestones(steps) => milestones(steps),
            Value::Measure(measure) => measure.to_string(),
            Value::Numbers(numbers) => {
                let written: Vec<String> = numbers.iter().map(ToString::to_string).collect();
                written.join(", ")
            }
            Value::Ref(subject) => self.mention(*subject),
        })
    }

    fn mention(&self, subject: Subject) -> String {
        let by_name = matches!(
            subject,
            Subject::Workspace | Subject::Member(_) | Subject::Team(_) | Subject::Cycle(_)
        );
        let name = if by_name { self.title(subject) } else { None };
        name.or_else(|| self.subject(subject).map(|found| found.text))
            .unwrap_or_else(|| subject.noun().to_owned())
    }
}

/// Steps as the command line takes them: `draft, pilot:2`. A weight of 1 goes without saying.
fn milestones(steps: &[Milestone]) -> String {
    let one = quarterdeck_core::decimal::Decimal::ONE;
    let written: Vec<String> = (steps.iter())
        .map(|step| match step.weight {
            weight if weight == one => step.name.clone(),
            weight => format!("{}:{weight}", step.name),
        })
        .collect();
    written.join(", ")
}

fn many_of(state: &State, kind: Kind) -> usize {
    let mut many = 0;
    ids_of(state, kind, &mut |_| many += 1);
    many
}

/// The ids of the things of a kind that have names of their own.
fn ids_of(state: &State, kind: Kind, each: &mut dyn FnMut(Uuid)) {
    match kind {
        Kind::Objective => state.objectives.keys().for_each(|id| each(id.uuid())),
        Kind::KeyResult => state.key_results.keys().for_each(|id| each(id.uuid())),
        Kind::Cycle => state.cycles.keys().for_each(|id| each(id.uuid())),
        Kind::Team => state.teams.keys().for_each(|id| each(id.uuid())),
        Kind::Member => state.members.keys().for_each(|id| each(id.uuid())),
        Kind::Device => state.devices.keys().for_each(|id| each(id.uuid())),
        Kind::Note => state.notes.keys().for_each(|id| each(id.uuid())),
        Kind::Kpi => state.kpis.keys().for_each(|id| each(id.uuid())),
        Kind::Initiative => state.initiatives.keys().for_each(|id| each(id.uuid())),
        Kind::Todo => state.todos.keys().for_each(|id| each(id.uuid())),
        Kind::Weekly => state.weeklies.keys().for_each(|id| each(id.uuid())),
        Kind::Template => state.templates.keys().for_each(|id| each(id.uuid())),
        Kind::Funnel => state.funnels.keys().for_each(|id| each(id.uuid())),
        Kind::Incentive => state.incentives.keys().for_each(|id| each(id.uuid())),
        // Named among those of their key result or KPI; events by what they did.
        Kind::CheckIn | Kind::Reading | Kind::Event => {}
    }
}
