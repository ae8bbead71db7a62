//! Answers what the live screen asks, as the plain commands would.

use std::time::Instant;

use quarterdeck_core::asked::default_cycle;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::value::Subject;
use quarterdeck_core::whose::Whose;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_screen::tui::{Answer, Detail, Exchange, Goals, Question};
use quarterdeck_sync::Replica;

use super::writing;
use crate::context::Context;
use crate::error::Failure;
use crate::session::Session;
use crate::view::{Scope, Time, View};

/// Has the replica, and lets go of the folder between two questions.
#[derive(Debug)]
pub(super) struct Desk {
    context: Context,
    began: Instant,
    /// None after a question that did not come to its end: it is opened anew.
    replica: Option<Replica>,
    /// Whether it was opened just now: the first picture reads the folder once.
    is_fresh: bool,
}

impl Desk {
    /// A desk with a replica that was opened just now, its folder still held.
    pub(super) fn new(context: &Context, replica: Replica) -> Self {
        Self {
            context: context.silent(),
            began: Instant::now(),
            replica: Some(replica),
            is_fresh: true,
        }
    }

    /// Answers a question.
    ///
    /// # Errors
    /// As the plain command for it.
    pub(super) fn answer(&mut self, question: &Question) -> Result<Answer, Failure> {
        match question {
            Question::Goals { cycle, mine } => {
                let (cycle, mine) = (*cycle, *mine);
                self.seen(true, |view| goals(view, cycle, mine))
                    .map(|goals| Answer::Goals(Box::new(goals)))
            }
            Question::Detail(reference) => self
                .seen(false, |view| detail(view, reference))
                .map(|detail| Answer::Detail(Box::new(detail))),
            Question::Due { all } => self.seen(false, |view| {
                let whose = if *all {
                    Whose::All
                } else {
                    Whose::Member(view.me())
                };
                let found = json::due_list(&view.names(), &whose, view.on(), None);
                Ok((Answer::Due(found), view))
            }),
            Question::Conflicts => self.seen(false, |mut view| {
                let found = view.open_conflicts()?;
                Ok((Answer::Conflicts(found), view))
            }),
            Question::Notes(cycle) => self.seen(false, |view| {
                let found = json::note_list(&view.names(), *cycle);
                Ok((Answer::Notes(found), view))
            }),
            Question::Exchange => self
                .at_work(|session| Ok(exchange(session)))
                .map(|found| Answer::Exchange(Box::new(found))),
            Question::LastCommand => self.at_work(writing::last_command).map(Answer::LastCommand),
            Question::CheckIn {
                key_result,
                value,
                confidence,
                note,
            } => self.at_work(|session| {
                writing::check_in(session, key_result, value, (confidence, note))
            }),
            Question::Note { about, kind, text } => {
                self.at_work(|session| writing::note(session, about, *kind, text))
            }
            Question::Settle {
                about,
                field,
                side,
                why,
            } => self
                .at_work(|session| writing::settle(session, (about.as_deref(), field), *side, why)),
            Question::Undo(events) => self.at_work(|session| writing::undo(session, events)),
            Question::Sync => Err(Failure::usage("Syncing goes on beside the desk.")),
        }
    }

    /// Looks at the workspace, refreshed first where `anew` says so.
    fn seen<T>(
        &mut self,
        anew: bool,
        look: impl for<'c> FnOnce(View<'c>) -> Result<(T, View<'c>), Failure>,
    ) -> Result<T, Failure> {
        let context = self.context.after(self.began.elapsed());
        let mut session = self.session(&context)?;
        let is_fresh = std::mem::replace(&mut self.is_fresh, false);
        if anew && !is_fresh {
            session.replica.refresh()?;
        }
        let (answer, view) = look(session.view(Time::default())?)?;
        let mut replica = view.into_replica();
        replica.release();
        is_sound(&replica)?;
        self.replica = Some(replica);
        Ok(answer)
    }

    /// Does something in the workspace.
    fn at_work<T>(
        &mut self,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let context = self.context.after(self.began.elapsed());
        let mut session = self.session(&context)?;
        session.replica.refresh()?;
        let answer = work(&mut session);
        session.replica.release();
        is_sound(&session.replica)?;
        self.replica = Some(session.replica);
        answer
    }

    fn session<'c>(&mut self, context: &'c Context) -> Result<Session<'c>, Failure> {
        match self.replica.take() {
            Some(replica) => Ok(Session::new(context, replica)),
            None => context.open(),
        }
    }
}

/// Lets nothing be shown that is made of what could not be read.
fn is_sound(replica: &Replica) -> Result<(), Failure> {
    match replica.health().broken() {
        None => Ok(()),
        Some(what) => Err(crate::output::unsound(what)),
    }
}

/// The cascade, as `okr status --tree` has it.
fn goals<'c>(
    view: View<'c>,
    cycle: Option<CycleId>,
    mine: bool,
) -> Result<(Goals, View<'c>), Failure> {
    let conflicts = view.state().conflicts.len();
    let scope = Scope {
        cycle: cycle.or_else(|| default_cycle(view.state(), view.on())),
        team: None,
        member: mine.then(|| view.me()),
    };
    let (mut view, scope) = view.of_scope(scope)?;
    view.settle()?;
    let mut cycles: Vec<_> = (view.state().cycles.iter())
        .map(|(id, cycle)| (cycle.starts, cycle.ends, *id))
        .collect();
    cycles.sort_unstable();
    let goals = Goals {
        tree: json::tree(&view.names(), view.pending(), &view.query(scope)),
        conflicts,
        cycles: cycles.into_iter().map(|(_, _, id)| id).collect(),
        view: view.shown_for(),
    };
    Ok((goals, view))
}

fn detail<'c>(view: View<'c>, reference: &str) -> Result<(Detail, View<'c>), Failure> {
    let subject = view.resolver().subject(reference)?;
    let mut view = view.or_closed(subject)?;
    let detail = match subject {
        Subject::KeyResult(id) => Detail::KeyResult(Box::new(view.key_result_shown(id)?)),
        Subject::Objective(id) => Detail::Objective(Box::new(view.objective_shown(id)?)),
        other => {
            return Err(Failure::from(Refusal::not_found("goal", other.noun()))
                .hint(format!("see it with `okr log {reference}`")));
        }
    };
    Ok((detail, view))
}

fn exchange(session: &mut Session<'_>) -> Exchange {
    session.replica.release();
    let shelved: Vec<(Vec<Entry>, Refusal)> = (session.replica.shelf().iter())
        .map(|item| (Session::unrecorded(&item.command), item.refusal.clone()))
        .collect();
    let names = Names::new(session.state());
    let remote = session.replica.identity().remote.as_ref();
    let confirmed = session.replica.confirmed();
    Exchange {
        outbox: json::outbox(&names, &session.replica.pending_entries(), &shelved),
        server: remote.map(|remote| format!("{}:{}", remote.host, remote.port)),
        head: confirmed.head,
        recorded: confirmed.recorded,
    }
}
