//! What a reading command shows: one state, one day, one set of names, as JSON or as text.

mod closed;
mod past;

use clap::Args;
use quarterdeck_core::asked;
use quarterdeck_core::calendar::{Date, TimeZone};
use quarterdeck_core::id::{CycleId, KeyResultId, MemberId, ObjectiveId, TeamId};
use quarterdeck_core::outcome;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::when::When;
use quarterdeck_report::json::{self, AsOf, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text;
use quarterdeck_sync::Replica;
use serde::Serialize;

use crate::context::Context;
use crate::error::Failure;
use crate::resolve::Resolver;
use crate::session::Session;

/// Which time a reading command is about.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Time {
    /// As it was known then: a date, a moment, `week 6`, `3 weeks ago`, a cycle (its end), `#1204`.
    #[arg(long, value_name = "WHEN")]
    pub(crate) as_of: Option<When>,
    /// What was true on that day, given what is known.
    #[arg(long, value_name = "DATE")]
    pub(crate) on: Option<String>,
}

impl Time {
    /// Whether another time than now is meant.
    pub(crate) const fn is_named(&self) -> bool {
        self.as_of.is_some() || self.on.is_some()
    }
}

/// Up to which moment a reading command is told what is known.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Known {
    /// As it was known then: a date, a moment, `week 6`, `3 weeks ago`, a cycle (its end), `#1204`.
    #[arg(long, value_name = "WHEN")]
    as_of: Option<When>,
}

impl From<Known> for Time {
    fn from(known: Known) -> Self {
        Self {
            as_of: known.as_of,
            on: None,
        }
    }
}

/// Which objectives are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scope {
    /// Of this cycle; the one that is meant where none is named otherwise.
    pub(crate) cycle: Option<CycleId>,
    /// Of this team and those below it.
    pub(crate) team: Option<TeamId>,
    /// Of this member.
    pub(crate) member: Option<MemberId>,
}

/// A workspace as it is, or as it was known.
#[derive(Debug)]
pub(crate) struct View<'c> {
    session: Session<'c>,
    past: Option<State>,
    as_of: Option<AsOf>,
    on: Date,
    /// Whether that day was asked for.
    day_was_named: bool,
    pending: Pending,
    /// The closed cycle as at whose closing things are seen, and how much came after that.
    later: Option<(CycleId, u64)>,
}

impl<'c> View<'c> {
    pub(crate) fn new(
        session: Session<'c>,
        past: Option<State>,
        as_of: Option<AsOf>,
        (on, day_was_named): (Date, bool),
    ) -> Self {
        let pending = match past {
            Some(_) => Pending::default(),
            None => session.pending(),
        };
        Self {
            session,
            past,
            as_of,
            on,
            day_was_named,
            pending,
            later: None,
        }
    }

    /// Lets other processes at the folder.
    pub(crate) fn release(&mut self) {
        self.session.replica.release();
    }

    /// What is seen.
    pub(crate) fn state(&self) -> &State {
        self.past.as_ref().unwrap_or_else(|| self.session.state())
    }

    /// Gives the replica back.
    pub(crate) fn into_replica(self) -> Replica {
        self.session.replica
    }

    /// Finds what a person names in it.
    pub(crate) fn resolver(&self) -> Resolver<'_> {
        Resolver::new(self.state())
    }

    /// The day that figures are of.
    pub(crate) const fn on(&self) -> Date {
        self.on
    }

    /// The day from which one looks back on what is over: the one that was asked for, else today.
    pub(crate) fn looked_at_from(&self) -> Date {
        if self.day_was_named {
            self.on
        } else {
            outcome::looked_at_from(self.state(), self.on)
        }
    }

    /// What the command runs in.
    pub(crate) const fn context(&self) -> &'c Context {
        self.session.context
    }

    /// As of which moment it is seen; none for the present.
    pub(crate) const fn as_of(&self) -> Option<AsOf> {
        self.as_of
    }

    /// What of it is not recorded yet.
    pub(crate) const fn pending(&self) -> &Pending {
        &self.pending
    }

    /// That there is no cycle to be meant, and how to begin one.
    pub(crate) fn no_cycle(&self) -> Failure {
        self.session.no_cycle()
    }

    /// Whose device this is.
    pub(crate) fn me(&self) -> MemberId {
        self.session.me()
    }

    /// The cycle of an objective.
    pub(crate) fn cycle_of(&self, objective: ObjectiveId) -> Option<CycleId> {
        self.state()
            .objectives
            .get(&objective)
            .map(|objective| objective.cycle)
    }

    /// Shows a value as JSON or as text.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn answer<T: Serialize>(
        &self,
        value: &T,
        draw: impl FnOnce(&text::View) -> text::Document,
    ) -> Result<(), Failure> {
        let shown_for = self.shown_for();
        self.session
            .context
            .output
            .answer(value, || draw(&shown_for))?;
        self.tell_later();
        Ok(())
    }

    /// For whom text is drawn.
    pub(crate) fn shown_for(&self) -> text::View {
        let mut shown_for = self.session.shown_for();
        if self.later.is_some() || self.as_of.is_some() {
            // A closed cycle, and whatever is asked of the past, reads the same on every day.
            shown_for.today = self.on;
        }
        if self.as_of.is_some() {
            shown_for.zone = self.zone();
            shown_for.reader = Some(self.names().person(self.me()));
        }
        shown_for
    }

    /// The time zone of what is seen.
    pub(crate) fn zone(&self) -> TimeZone {
        asked::zone(self.state())
    }

    /// What is asked of the report for a scope.
    pub(crate) fn query(&self, scope: Scope) -> StatusQuery {
        StatusQuery {
            cycle: scope.cycle,
            team: scope.team,
            member: scope.member,
            on: self.on,
            as_of: self.as_of,
        }
    }

    /// Shows how a cycle is going, and answers what was shown.
    ///
    /// # Errors
    /// Standard output takes no more; so for all that follow.
    pub(crate) fn status(&self, scope: Scope) -> Result<json::Status, Failure> {
        let status = json::status(&self.names(), &self.pending, &self.query(scope));
        self.answer(&status, |view| text::status(&status, view))?;
        Ok(status)
    }

    /// Shows what supports what.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn tree(&self, scope: Scope) -> Result<(), Failure> {
        let tree = json::tree(&self.names(), &self.pending, &self.query(scope));
        self.answer(&tree, |view| text::tree(&tree, view))
    }

    /// Shows an objective.
    ///
    /// # Errors
    /// It does not exist there.
    pub(crate) fn objective(&mut self, id: ObjectiveId) -> Result<(), Failure> {
        let shown = self.objective_shown(id)?;
        self.answer(&shown, |view| text::objective_show(&shown, view))
    }

    /// An objective with all that is known about it.
    ///
    /// # Errors
    /// It does not exist there.
    pub(crate) fn objective_shown(
        &mut self,
        id: ObjectiveId,
    ) -> Result<json::ObjectiveShow, Failure> {
        let reasons = self.reasons()?;
        json::objective_show(
            &self.names(),
            &self.pending,
            id,
            self.on,
            self.as_of,
            &|event| reasons.of(event),
        )
        .ok_or_else(|| Refusal::not_found("objective", id).into())
    }

    /// Shows a key result.
    ///
    /// # Errors
    /// It does not exist there.
    pub(crate) fn key_result(&mut self, id: KeyResultId) -> Result<(), Failure> {
        let shown = self.key_result_shown(id)?;
        self.answer(&shown, |view| text::key_result_show(&shown, view))
    }

    /// A key result with all that is known about it.
    ///
    /// # Errors
    /// It does not exist there.
    pub(crate) fn key_result_shown(
        &mut self,
        id: KeyResultId,
    ) -> Result<json::KeyResultShow, Failure> {
        let reasons = self.reasons()?;
        let mut shown = json::key_result_show(
            &self.names(),
            &self.pending,
            id,
            self.on,
            self.as_of,
            &|event| reasons.of(event),
        )
        .ok_or_else(|| Refusal::not_found("key result", id))?;
        shown.agreed = self.agreed(id)?;
        let aims = self.aims(id)?;
        shown.plot = shown.plot.map(|plot| plot.with_aims(&aims));
        if self.later.is_some() {
            let (now, pending) = (Names::new(self.session.state()), self.session.pending());
            shown.late = json::late_check_ins(&now, &pending, id);
        }
        Ok(shown)
    }

    /// Lists objectives, and answers how many there were.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn objective_list(&self, scope: Scope) -> Result<usize, Failure> {
        let list = json::objective_list(&self.names(), &self.pending, &self.query(scope));
        self.answer(&list, |view| text::objective_list(&list, view))?;
        Ok(list.objectives.len())
    }

    /// Lists those objectives of several scopes that `keep` lets in.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn objectives_where(
        &self,
        scopes: &[Scope],
        keep: impl Fn(ObjectiveId) -> bool,
    ) -> Result<(), Failure> {
        let lists = (scopes.iter())
            .map(|scope| json::objective_list(&self.names(), &self.pending, &self.query(*scope)));
        let mut all = json::ObjectiveList {
            schema: json::Schema,
            cycle: None,
            on: self.on,
            objectives: Vec::new(),
        };
        for list in lists {
            all.cycle = list.cycle.filter(|_| scopes.len() == 1);
            (all.objectives).extend(list.objectives.into_iter().filter(|one| keep(one.id)));
        }
        self.answer(&all, |view| text::objective_list(&all, view))
    }

    /// Lists key results, of one objective if it is given, and answers how many there were.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn key_result_list(
        &self,
        scope: Scope,
        objective: Option<ObjectiveId>,
    ) -> Result<usize, Failure> {
        let mut list = json::key_result_list(&self.names(), &self.pending, &self.query(scope));
        if objective.is_some() {
            let of = |id: &KeyResultId| self.state().key_results.get(id).map(|one| one.objective);
            list.key_results.retain(|one| of(&one.id) == objective);
        }
        self.answer(&list, |view| text::key_result_list(&list, view))?;
        Ok(list.key_results.len())
    }

    /// Lists cycles.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn cycle_list(&mut self) -> Result<(), Failure> {
        self.settle()?;
        let mut list = json::cycles(&self.names(), self.on);
        for line in &mut list.cycles {
            if line.closing.is_some() {
                line.later = Some(self.later_of(line.id)?.len() as u64);
            }
        }
        self.answer(&list, |view| text::cycles(&list, view))
    }

    /// Lists teams.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn team_list(&self) -> Result<(), Failure> {
        let list = json::teams(&self.names());
        self.answer(&list, |view| text::teams(&list, view))
    }

    /// Lists members.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn member_list(&self) -> Result<(), Failure> {
        let list = json::members(&self.names());
        self.answer(&list, |view| text::members(&list, view))
    }

    /// Lists devices.
    ///
    /// # Errors
    /// Standard output takes no more.
    pub(crate) fn device_list(&self) -> Result<(), Failure> {
        let this = self.session.replica.identity().device.id;
        let list = json::devices(&self.names(), Some(this));
        self.answer(&list, |view| text::devices(&list, view))
    }

    /// Tells the open conflicts, and answers how many there are.
    ///
    /// # Errors
    /// The log cannot be read, or standard output takes no more.
    pub(crate) fn conflicts(&mut self) -> Result<usize, Failure> {
        let found = self.open_conflicts()?;
        self.answer(&found, |view| text::conflicts(&found, view))?;
        Ok(found.conflicts.len())
    }

    /// The open conflicts.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn open_conflicts(&mut self) -> Result<json::Conflicts, Failure> {
        let reasons = self.reasons()?;
        let names = self.names();
        Ok(json::conflicts(&names, &|event| reasons.of(event)))
    }

    /// The names of what is seen.
    pub(crate) fn names(&self) -> Names<'_> {
        Names::new(self.state())
    }
}
