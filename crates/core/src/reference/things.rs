//! The things of a state by what people call them, and what somebody means among them.
//!
//! Which things can be meant at all is said here, once: what was withdrawn cannot, the name of a
//! member who left means whoever took it since, and of several things of one key the one that the
//! others were carried over into is meant.

use uuid::Uuid;

use super::{Candidate, Kind, Resolution, resolve};
use crate::id::{
    CycleId, DeviceId, EventId, FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId,
    NoteId, ObjectiveId, TeamId, TemplateId, TodoId, WeeklyId,
};
use crate::state::{Member, State};
use crate::token::{KeyResultState, Life, MemberState, ObjectiveState, WorkState};
use crate::value::Subject;
use crate::{carry, incentive};

/// The things of a state.
#[derive(Debug, Clone, Copy)]
pub struct Things<'a> {
    state: &'a State,
}

/// It is not clear what is meant: nothing is, or several things could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear<'a> {
    /// What was looked for, in a word or two: `key result`.
    pub what: &'static str,
    /// What it could be; empty where nothing fits.
    pub found: Vec<Candidate<'a>>,
}

impl<'a> Things<'a> {
    /// What is in `state`.
    #[must_use]
    pub const fn new(state: &'a State) -> Self {
        Self { state }
    }

    /// The one of these candidates that is meant.
    ///
    /// # Errors
    /// None is, or several could be.
    pub fn one(
        &self,
        query: &str,
        what: &'static str,
        all: impl IntoIterator<Item = Candidate<'a>>,
    ) -> Result<Candidate<'a>, Unclear<'a>> {
        let found = match resolve(query, all) {
            Resolution::One(found) => return Ok(found),
            Resolution::None => Vec::new(),
            Resolution::Many(found) => match self.going_on(&found) {
                Some(only) => return Ok(only),
                None => found,
            },
        };
        Err(Unclear { what, found })
    }

    /// The cycle meant.
    ///
    /// # Errors
    /// None is, or several could be; so for all that follow.
    pub fn cycle(&self, query: &str) -> Result<CycleId, Unclear<'a>> {
        let found = self.one(query, "cycle", self.cycles())?;
        Ok(CycleId::new(found.id))
    }

    /// The key result meant.
    ///
    /// # Errors
    /// As for [`Self::cycle`].
    pub fn key_result(&self, query: &str) -> Result<KeyResultId, Unclear<'a>> {
        let found = self.one(query, "key result", self.key_results())?;
        Ok(KeyResultId::new(found.id))
    }

    /// The objective or key result meant.
    ///
    /// # Errors
    /// As for [`Self::cycle`].
    pub fn goal(&self, query: &str) -> Result<Subject, Unclear<'a>> {
        let all = self.objectives().chain(self.key_results());
        let found = self.one(query, "objective or key result", all)?;
        Ok(match found.kind {
            Kind::Objective => Subject::Objective(ObjectiveId::new(found.id)),
            _ => Subject::KeyResult(KeyResultId::new(found.id)),
        })
    }

    /// The team meant.
    ///
    /// # Errors
    /// As for [`Self::cycle`].
    pub fn team(&self, query: &str) -> Result<TeamId, Unclear<'a>> {
        let found = self.one(query, "team", self.teams())?;
        Ok(TeamId::new(found.id))
    }

    /// The member meant; `me` is whoever asks.
    ///
    /// # Errors
    /// As for [`Self::cycle`].
    pub fn member(&self, query: &str, me: MemberId) -> Result<MemberId, Unclear<'a>> {
        if query.eq_ignore_ascii_case("me") {
            return Ok(me);
        }
        let found = self.one(query, "member", self.members())?;
        Ok(MemberId::new(found.id))
    }

    /// The device meant.
    ///
    /// # Errors
    /// As for [`Self::cycle`].
    pub fn device(&self, query: &str) -> Result<DeviceId, Unclear<'a>> {
        let found = self.one(query, "device", self.devices())?;
        Ok(DeviceId::new(found.id))
    }

    /// The check-in meant, with its key result.
    ///
    /// # Errors
    /// As for [`Self::cycle`].
    pub fn check_in(&self, query: &str) -> Result<(KeyResultId, EventId), Unclear<'a>> {
        let what = "check-in";
        let id = EventId::new(self.one(query, what, self.check_ins())?.id);
        (self.state.key_results.iter())
            .find(|(_, key_result)| key_result.check_ins.get(id).is_some())
            .map(|(key_result, _)| (*key_result, id))
            .ok_or(Unclear {
                what,
                found: Vec::new(),
            })
    }

    /// The reading of a KPI meant, with its KPI.
    ///
    /// # Errors
    /// As for [`Self::cycle`].
    pub fn reading(&self, query: &str) -> Result<(KpiId, EventId), Unclear<'a>> {
        let what = "reading";
        let id = EventId::new(self.one(query, what, self.readings())?.id);
        (self.state.kpis.iter())
            .find(|(_, kpi)| kpi.readings.contains_key(&id))
            .map(|(kpi, _)| (*kpi, id))
            .ok_or(Unclear {
                what,
                found: Vec::new(),
            })
    }

    /// Anything that has a history: whatever fields can be set of, and the workspace itself.
    ///
    /// # Errors
    /// As for [`Self::cycle`].
    pub fn subject(&self, query: &str) -> Result<Subject, Unclear<'a>> {
        if query.eq_ignore_ascii_case("workspace") {
            return Ok(Subject::Workspace);
        }
        if query.to_lowercase().starts_with("ci-") {
            let (key_result, check_in) = self.check_in(query)?;
            return Ok(Subject::CheckIn(key_result, check_in));
        }
        if query.to_lowercase().starts_with("r-") {
            let (kpi, reading) = self.reading(query)?;
            return Ok(Subject::Reading(kpi, reading));
        }
        let all = (self.objectives())
            .chain(self.key_results())
            .chain(self.cycles())
            .chain(self.teams())
            .chain(self.members())
            .chain(self.notes())
            .chain(self.kpis())
            .chain(self.initiatives())
            .chain(self.todos())
            .chain(self.weeklies())
            .chain(self.templates())
            .chain(self.funnels())
            .chain(self.incentives());
        let found = self.one(query, "thing", all)?;
        Ok(match found.kind {
            Kind::Objective => Subject::Objective(ObjectiveId::new(found.id)),
            Kind::KeyResult => Subject::KeyResult(KeyResultId::new(found.id)),
            Kind::Cycle => Subject::Cycle(CycleId::new(found.id)),
            Kind::Team => Subject::Team(TeamId::new(found.id)),
            Kind::Member => Subject::Member(MemberId::new(found.id)),
            Kind::Kpi => Subject::Kpi(KpiId::new(found.id)),
            Kind::Initiative => Subject::Initiative(InitiativeId::new(found.id)),
            Kind::Todo => Subject::Todo(TodoId::new(found.id)),
            Kind::Weekly => Subject::Weekly(WeeklyId::new(found.id)),
            Kind::Template => Subject::Template(TemplateId::new(found.id)),
            Kind::Funnel => Subject::Funnel(FunnelId::new(found.id)),
            Kind::Incentive => Subject::Incentive(IncentiveId::new(found.id)),
            Kind::Note | Kind::Device | Kind::CheckIn | Kind::Reading | Kind::Event => {
                Subject::Note(NoteId::new(found.id))
            }
        })
    }

    /// The one of several things into which all the others were carried over.
    fn going_on(&self, found: &[Candidate<'a>]) -> Option<Candidate<'a>> {
        let subject = |one: &Candidate<'_>| match one.kind {
            Kind::Objective => Some(Subject::Objective(ObjectiveId::new(one.id))),
            Kind::KeyResult => Some(Subject::KeyResult(KeyResultId::new(one.id))),
            _ => None,
        };
        let subjects: Vec<Subject> = found.iter().map(subject).collect::<Option<_>>()?;
        let [only] = carry::newest(self.state, &subjects)[..] else {
            return None;
        };
        found.iter().find(|one| subject(one) == Some(only)).copied()
    }

    /// Objectives that were not withdrawn.
    pub fn objectives(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .objectives
            .iter()
            .filter(|(_, found)| found.state != ObjectiveState::Withdrawn)
            .map(|(id, found)| Candidate {
                kind: Kind::Objective,
                id: id.uuid(),
                title: &found.title,
                key: found.key.as_deref(),
            })
    }

    /// Key results that were not withdrawn.
    pub fn key_results(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .key_results
            .iter()
            .map(|(id, found)| (id, found.head()))
            .filter(|(_, head)| head.state != KeyResultState::Withdrawn)
            .map(|(id, head)| Candidate {
                kind: Kind::KeyResult,
                id: id.uuid(),
                title: head.title,
                key: head.key,
            })
    }

    /// All cycles.
    pub fn cycles(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .cycles
            .iter()
            .map(|(id, found)| plain(Kind::Cycle, id.uuid(), &found.name))
    }

    /// All teams.
    pub fn teams(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .teams
            .iter()
            .map(|(id, found)| plain(Kind::Team, id.uuid(), &found.name))
    }

    /// Members, the present ones before those who left, so that a name taken anew means the new one.
    pub fn members(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        let members = &self.state.members;
        let one =
            |(id, found): (&MemberId, &'a Member)| plain(Kind::Member, id.uuid(), &found.name);
        let taken = move |name: &str| {
            members
                .values()
                .any(|other| other.state == MemberState::Active && other.name == name)
        };
        members
            .iter()
            .filter(move |(_, found)| found.state == MemberState::Active || !taken(&found.name))
            .map(one)
    }

    /// All devices.
    pub fn devices(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .devices
            .iter()
            .map(|(id, found)| plain(Kind::Device, id.uuid(), &found.name))
    }

    /// Notes that are shown.
    pub fn notes(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .notes
            .iter()
            .filter(|(_, found)| found.head().is_shown())
            .map(|(id, _)| plain(Kind::Note, id.uuid(), ""))
    }

    /// KPIs that were not withdrawn.
    pub fn kpis(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        let kept = |state| state != Life::Withdrawn;
        (self.state.kpis.iter())
            .filter(move |(_, found)| kept(found.state))
            .map(|(id, found)| Candidate {
                kind: Kind::Kpi,
                id: id.uuid(),
                title: &found.title,
                key: found.key.as_deref(),
            })
    }

    /// Initiatives that were not withdrawn.
    pub fn initiatives(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.initiatives.iter())
            .filter(|(_, found)| found.state != WorkState::Withdrawn)
            .map(|(id, found)| plain(Kind::Initiative, id.uuid(), &found.title))
    }

    /// To-dos that were not withdrawn.
    pub fn todos(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.todos.iter())
            .filter(|(_, found)| found.state != WorkState::Withdrawn)
            .map(|(id, found)| plain(Kind::Todo, id.uuid(), &found.title))
    }

    /// Funnels in use.
    pub fn funnels(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.funnels.iter())
            .filter(|(_, found)| found.state == Life::Active)
            .map(|(id, found)| plain(Kind::Funnel, id.uuid(), &found.name))
    }

    /// Metrics of an incentive plan, where there is one.
    pub fn incentives(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        let on = incentive::is_on(self.state);
        (self.state.incentives.iter())
            .filter(move |(_, found)| on && found.state == Life::Active)
            .map(|(id, found)| plain(Kind::Incentive, id.uuid(), &found.title))
    }

    /// Templates in use.
    pub fn templates(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.templates.iter())
            .filter(|(_, found)| found.state == Life::Active)
            .map(|(id, found)| plain(Kind::Template, id.uuid(), &found.name))
    }

    /// Weekly letters that are shown.
    pub fn weeklies(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.weeklies.iter())
            .filter(|(_, found)| found.is_shown())
            .map(|(id, _)| plain(Kind::Weekly, id.uuid(), ""))
    }

    /// All check-ins, those taken back too.
    pub fn check_ins(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state.key_results.values().flat_map(|key_result| {
            key_result
                .check_ins
                .all()
                .map(|check_in| plain(Kind::CheckIn, check_in.id.uuid(), ""))
        })
    }

    /// All readings of KPIs.
    pub fn readings(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.kpis.values())
            .flat_map(|kpi| (kpi.readings.keys()).map(|id| plain(Kind::Reading, id.uuid(), "")))
    }
}

const fn plain<'a>(kind: Kind, id: Uuid, title: &'a str) -> Candidate<'a> {
    Candidate {
        kind,
        id,
        title,
        key: None,
    }
}
