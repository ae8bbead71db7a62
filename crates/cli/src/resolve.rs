//! From what a person typed to the thing that is meant.
//!
//! The rules are core's ([`quarterdeck_core::reference`]); here the things of a workspace become its
//! candidates, and what was not found or could be several things becomes a message that lists them.

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId,
    NoteId, ObjectiveId, TeamId, TemplateId, TodoId, Uuid, WeeklyId,
};
use quarterdeck_core::reference::{Candidate, Kind, Namer, Resolution, resolve};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{KeyResultState, Life, MemberState, ObjectiveState, WorkState};
use quarterdeck_core::value::Subject;
use quarterdeck_core::{carry, incentive};

use crate::error::{Exit, Failure};

/// How many candidates a message lists.
const LISTED: usize = 10;

/// Things of a state by the references, keys and titles that people type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolver<'a> {
    state: &'a State,
}

impl<'a> Resolver<'a> {
    /// A resolver of what is in `state`.
    pub(crate) const fn new(state: &'a State) -> Self {
        Self { state }
    }

    /// The objective meant.
    ///
    /// # Errors
    /// [`Exit::NotFound`]: none is, or several could be.
    pub(crate) fn objective(&self, query: &str) -> Result<ObjectiveId, Failure> {
        self.one(
            query,
            "objective",
            "see `okr objective list`",
            self.objectives(),
        )
        .map(|found| ObjectiveId::new(found.id))
    }

    /// The key result meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn key_result(&self, query: &str) -> Result<KeyResultId, Failure> {
        self.one(query, "key result", "see `okr kr list`", self.key_results())
            .map(|found| KeyResultId::new(found.id))
    }

    /// The objective or key result meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn goal(&self, query: &str) -> Result<Subject, Failure> {
        let all = self.objectives().chain(self.key_results());
        let found = self.one(
            query,
            "objective or key result",
            "see `okr objective list` and `okr kr list`",
            all,
        )?;
        Ok(match found.kind {
            Kind::Objective => Subject::Objective(ObjectiveId::new(found.id)),
            _ => Subject::KeyResult(KeyResultId::new(found.id)),
        })
    }

    /// The cycle meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn cycle(&self, query: &str) -> Result<CycleId, Failure> {
        self.one(
            query,
            "cycle",
            "see `okr cycle list`, or make it with `okr cycle new`",
            self.cycles(),
        )
        .map(|found| CycleId::new(found.id))
    }

    /// The team meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn team(&self, query: &str) -> Result<TeamId, Failure> {
        self.one(
            query,
            "team",
            "see `okr team list`, or make it with `okr team new`",
            self.teams(),
        )
        .map(|found| TeamId::new(found.id))
    }

    /// The member meant; `me` is `me`.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn member(&self, query: &str, me: MemberId) -> Result<MemberId, Failure> {
        if query.eq_ignore_ascii_case("me") {
            return Ok(me);
        }
        self.one(query, "member", "see `okr member list`", self.members())
            .map(|found| MemberId::new(found.id))
    }

    /// The KPI meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn kpi(&self, query: &str) -> Result<KpiId, Failure> {
        self.one(query, "KPI", "see `okr kpi list`", self.kpis())
            .map(|found| KpiId::new(found.id))
    }

    /// The initiative meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn initiative(&self, query: &str) -> Result<InitiativeId, Failure> {
        let hint = "see `okr initiative list`";
        self.one(query, "initiative", hint, self.initiatives())
            .map(|found| InitiativeId::new(found.id))
    }

    /// The to-do meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn todo(&self, query: &str) -> Result<TodoId, Failure> {
        self.one(query, "to-do", "see `okr todo list`", self.todos())
            .map(|found| TodoId::new(found.id))
    }

    /// The funnel meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn funnel(&self, query: &str) -> Result<FunnelId, Failure> {
        self.one(query, "funnel", "see `okr funnel list`", self.funnels())
            .map(|found| FunnelId::new(found.id))
    }

    /// The metric of the incentive plan meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn incentive(&self, query: &str) -> Result<IncentiveId, Failure> {
        let hint = "see `okr incentive`";
        self.one(query, "incentive", hint, self.incentives())
            .map(|found| IncentiveId::new(found.id))
    }

    /// The reading of a KPI meant, with its KPI.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn reading(&self, query: &str) -> Result<(KpiId, EventId), Failure> {
        let all =
            self.state.kpis.values().flat_map(|kpi| {
                (kpi.readings.keys()).map(|id| plain(Kind::Reading, id.uuid(), ""))
            });
        let hint = "its reference begins with r-: see `okr kpi show REF`";
        let found = self.one(query, "reading", hint, all)?;
        let id = EventId::new(found.id);
        self.state
            .kpis
            .iter()
            .find(|(_, kpi)| kpi.readings.contains_key(&id))
            .map(|(kpi, _)| (*kpi, id))
            .ok_or_else(|| Failure::not_found(format!("There is no reading '{query}'.")))
    }

    /// What counts a stage of a funnel: the key result or KPI meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn counter(&self, query: &str) -> Result<Subject, Failure> {
        let all = self.key_results().chain(self.kpis());
        let hint = "see `okr kr list` and `okr kpi list`";
        let found = self.one(query, "key result or KPI", hint, all)?;
        Ok(match found.kind {
            Kind::Kpi => Subject::Kpi(KpiId::new(found.id)),
            _ => Subject::KeyResult(KeyResultId::new(found.id)),
        })
    }

    /// The device meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn device(&self, query: &str) -> Result<DeviceId, Failure> {
        self.one(query, "device", "see `okr device list`", self.devices())
            .map(|found| DeviceId::new(found.id))
    }

    /// The check-in meant, with its key result.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn check_in(&self, query: &str) -> Result<(KeyResultId, EventId), Failure> {
        let found = self.one(
            query,
            "check-in",
            "its reference begins with ci-: see `okr kr show REF`",
            self.check_ins(),
        )?;
        let id = EventId::new(found.id);
        self.state
            .key_results
            .iter()
            .find(|(_, key_result)| key_result.check_ins.get(id).is_some())
            .map(|(key_result, _)| (*key_result, id))
            .ok_or_else(|| Failure::not_found(format!("There is no check-in '{query}'.")))
    }

    /// Anything that has a history: objective, key result, cycle, team, member, note or check-in.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn subject(&self, query: &str) -> Result<Subject, Failure> {
        if query.eq_ignore_ascii_case("workspace") {
            return Ok(Subject::Workspace);
        }
        let all = self
            .objectives()
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
        let mentions_check_in = query.to_lowercase().starts_with("ci-");
        if mentions_check_in {
            let (key_result, check_in) = self.check_in(query)?;
            return Ok(Subject::CheckIn(key_result, check_in));
        }
        if query.to_lowercase().starts_with("r-") {
            let (kpi, reading) = self.reading(query)?;
            return Ok(Subject::Reading(kpi, reading));
        }
        let found = self.one(query, "thing", "see `okr status` and `okr log`", all)?;
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

    /// Finds the one candidate that is meant.
    fn one(
        &self,
        query: &str,
        what: &str,
        where_to_look: &str,
        all: impl Iterator<Item = Candidate<'a>>,
    ) -> Result<Candidate<'a>, Failure> {
        match resolve(query, all) {
            Resolution::One(found) => Ok(found),
            Resolution::None => Err(Failure::not_found(format!(
                "There is no {what} '{query}' in this workspace."
            ))
            .hint(where_to_look)),
            Resolution::Many(found) => match self.going_on(&found) {
                Some(only) => Ok(only),
                None => Err(several(query, what, &found)),
            },
        }
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

    fn objectives(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
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

    fn key_results(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .key_results
            .iter()
            .filter(|(_, found)| found.state != KeyResultState::Withdrawn)
            .map(|(id, found)| Candidate {
                kind: Kind::KeyResult,
                id: id.uuid(),
                title: &found.title,
                key: found.key.as_deref(),
            })
    }

    fn cycles(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .cycles
            .iter()
            .map(|(id, found)| plain(Kind::Cycle, id.uuid(), &found.name))
    }

    fn teams(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .teams
            .iter()
            .map(|(id, found)| plain(Kind::Team, id.uuid(), &found.name))
    }

    /// Members, the present ones before those who left, so that a name taken anew means the new one.
    fn members(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        let members = &self.state.members;
        let one = |(id, found): (&MemberId, &'a quarterdeck_core::state::Member)| {
            plain(Kind::Member, id.uuid(), &found.name)
        };
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

    fn devices(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .devices
            .iter()
            .map(|(id, found)| plain(Kind::Device, id.uuid(), &found.name))
    }

    fn notes(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state
            .notes
            .iter()
            .filter(|(_, found)| found.is_shown())
            .map(|(id, _)| plain(Kind::Note, id.uuid(), ""))
    }

    fn kpis(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
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

    fn initiatives(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.initiatives.iter())
            .filter(|(_, found)| found.state != WorkState::Withdrawn)
            .map(|(id, found)| plain(Kind::Initiative, id.uuid(), &found.title))
    }

    fn todos(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.todos.iter())
            .filter(|(_, found)| found.state != WorkState::Withdrawn)
            .map(|(id, found)| plain(Kind::Todo, id.uuid(), &found.title))
    }

    fn funnels(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.funnels.iter())
            .filter(|(_, found)| found.state == Life::Active)
            .map(|(id, found)| plain(Kind::Funnel, id.uuid(), &found.name))
    }

    fn incentives(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        let on = incentive::is_on(self.state);
        (self.state.incentives.iter())
            .filter(move |(_, found)| on && found.state == Life::Active)
            .map(|(id, found)| plain(Kind::Incentive, id.uuid(), &found.title))
    }

    fn templates(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.templates.iter())
            .filter(|(_, found)| found.state == Life::Active)
            .map(|(id, found)| plain(Kind::Template, id.uuid(), &found.name))
    }

    fn weeklies(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        (self.state.weeklies.iter())
            .filter(|(_, found)| found.is_shown())
            .map(|(id, _)| plain(Kind::Weekly, id.uuid(), ""))
    }

    fn check_ins(&self) -> impl Iterator<Item = Candidate<'a>> + use<'a> {
        self.state.key_results.values().flat_map(|key_result| {
            key_result
                .check_ins
                .all()
                .map(|check_in| plain(Kind::CheckIn, check_in.id.uuid(), ""))
        })
    }
}

/// The message that lists what could be meant, each with enough of its reference to mean it alone.
fn several(query: &str, what: &str, found: &[Candidate<'_>]) -> Failure {
    let namer = Namer::new(found.iter().map(|one| (one.kind, one.id)));
    let mut lines: Vec<String> = found
        .iter()
        .take(LISTED)
        .map(|one| format!("{}  {}", namer.name(one.kind, one.id), one.title))
        .collect();
    if found.len() > LISTED {
        lines.push(format!("and {} more", found.len() - LISTED));
    }
    Failure::new(
        Exit::NotFound,
        format!(
            "'{query}' could be {} things; which {what} is meant?",
            found.len()
        ),
    )
    .details(lines)
    .hint("use its reference, or more of its title")
}

const fn plain<'a>(kind: Kind, id: Uuid, title: &'a str) -> Candidate<'a> {
    Candidate {
        kind,
        id,
        title,
        key: None,
    }
}

/// The event meant, by its reference, its id or its position (`#1234`).
///
/// # Errors
/// [`Exit::NotFound`]: none is, or several could be.
pub(crate) fn event(query: &str, entries: &[Entry]) -> Result<Entry, Failure> {
    let missing = || {
        Failure::not_found(format!("There is no event '{query}' in this log."))
            .hint("see `okr log`")
    };
    if let Some(position) = query.strip_prefix('#') {
        return entries
            .iter()
            .find(|entry| entry.seq.to_string() == position)
            .cloned()
            .ok_or_else(missing);
    }
    // A check-in, reading or note goes by the id of the event that made it.
    let digits = ["ci-", "r-", "n-"]
        .iter()
        .find_map(|prefix| query.strip_prefix(prefix));
    let wanted = digits.map_or_else(|| query.to_owned(), |digits| format!("e-{digits}"));
    let all = entries
        .iter()
        .map(|entry| plain(Kind::Event, entry.event.id.uuid(), ""));
    match resolve(&wanted, all) {
        Resolution::One(found) => entries
            .iter()
            .find(|entry| entry.event.id.uuid() == found.id)
            .cloned()
            .ok_or_else(missing),
        Resolution::None => Err(missing()),
        Resolution::Many(found) => Err(Failure::new(
            Exit::NotFound,
            format!("'{query}' could be {} events.", found.len()),
        )
        .hint("type more of the reference, or the position such as #12")),
    }
}
