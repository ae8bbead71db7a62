//! From what a person typed to the thing that is meant.
//!
//! The rules are core's ([`quarterdeck_core::reference`]); here what was not found, or could be several
//! things, becomes a message that lists them.

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId,
    ObjectiveId, TeamId, TodoId, Uuid,
};
use quarterdeck_core::reference::{Candidate, Kind, Namer, Resolution, Things, Unclear, resolve};
use quarterdeck_core::state::State;
use quarterdeck_core::value::Subject;

use crate::error::{Exit, Failure};

/// How many candidates a message lists.
const LISTED: usize = 10;

const A_CHECK_IN: &str = "its reference begins with ci-: see `okr kr show REF`";
const A_READING: &str = "its reference begins with r-: see `okr kpi show REF`";

/// Things of a state by the references, keys and titles that people type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resolver<'a> {
    things: Things<'a>,
}

impl<'a> Resolver<'a> {
    /// A resolver of what is in `state`.
    pub(crate) const fn new(state: &'a State) -> Self {
        Self {
            things: Things::new(state),
        }
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
            self.things.objectives(),
        )
        .map(|found| ObjectiveId::new(found.id))
    }

    /// The key result meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn key_result(&self, query: &str) -> Result<KeyResultId, Failure> {
        self.one(
            query,
            "key result",
            "see `okr kr list`",
            self.things.key_results(),
        )
        .map(|found| KeyResultId::new(found.id))
    }

    /// The objective or key result meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn goal(&self, query: &str) -> Result<Subject, Failure> {
        let hint = "see `okr objective list` and `okr kr list`";
        (self.things.goal(query)).map_err(|found| unclear(query, hint, &found))
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
            self.things.cycles(),
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
            self.things.teams(),
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
        self.one(
            query,
            "member",
            "see `okr member list`",
            self.things.members(),
        )
        .map(|found| MemberId::new(found.id))
    }

    /// The KPI meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn kpi(&self, query: &str) -> Result<KpiId, Failure> {
        self.one(query, "KPI", "see `okr kpi list`", self.things.kpis())
            .map(|found| KpiId::new(found.id))
    }

    /// The initiative meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn initiative(&self, query: &str) -> Result<InitiativeId, Failure> {
        let hint = "see `okr initiative list`";
        self.one(query, "initiative", hint, self.things.initiatives())
            .map(|found| InitiativeId::new(found.id))
    }

    /// The to-do meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn todo(&self, query: &str) -> Result<TodoId, Failure> {
        self.one(query, "to-do", "see `okr todo list`", self.things.todos())
            .map(|found| TodoId::new(found.id))
    }

    /// The funnel meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn funnel(&self, query: &str) -> Result<FunnelId, Failure> {
        self.one(
            query,
            "funnel",
            "see `okr funnel list`",
            self.things.funnels(),
        )
        .map(|found| FunnelId::new(found.id))
    }

    /// The metric of the incentive plan meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn incentive(&self, query: &str) -> Result<IncentiveId, Failure> {
        let hint = "see `okr incentive`";
        self.one(query, "incentive", hint, self.things.incentives())
            .map(|found| IncentiveId::new(found.id))
    }

    /// The reading of a KPI meant, with its KPI.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn reading(&self, query: &str) -> Result<(KpiId, EventId), Failure> {
        (self.things.reading(query)).map_err(|found| unclear(query, A_READING, &found))
    }

    /// What counts a stage of a funnel: the key result or KPI meant.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn counter(&self, query: &str) -> Result<Subject, Failure> {
        let all = self.things.key_results().chain(self.things.kpis());
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
        self.one(
            query,
            "device",
            "see `okr device list`",
            self.things.devices(),
        )
        .map(|found| DeviceId::new(found.id))
    }

    /// The check-in meant, with its key result.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn check_in(&self, query: &str) -> Result<(KeyResultId, EventId), Failure> {
        (self.things.check_in(query)).map_err(|found| unclear(query, A_CHECK_IN, &found))
    }

    /// Anything that has a history: objective, key result, cycle, team, member, note or check-in.
    ///
    /// # Errors
    /// As for [`Self::objective`].
    pub(crate) fn subject(&self, query: &str) -> Result<Subject, Failure> {
        self.things.subject(query).map_err(|found| {
            let where_to_look = match found.what {
                "check-in" => A_CHECK_IN,
                "reading" => A_READING,
                _ => "see `okr status` and `okr log`",
            };
            unclear(query, where_to_look, &found)
        })
    }

    /// Says what is unclear, and where to look.
    fn one(
        &self,
        query: &str,
        what: &'static str,
        where_to_look: &str,
        all: impl Iterator<Item = Candidate<'a>>,
    ) -> Result<Candidate<'a>, Failure> {
        (self.things.one(query, what, all)).map_err(|found| unclear(query, where_to_look, &found))
    }
}

/// The message for what is not clear.
fn unclear(query: &str, where_to_look: &str, found: &Unclear<'_>) -> Failure {
    let what = found.what;
    if found.found.is_empty() {
        return Failure::not_found(format!("There is no {what} '{query}' in this workspace."))
            .hint(where_to_look);
    }
    several(query, what, &found.found)
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
