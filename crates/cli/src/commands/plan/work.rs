//! An initiative and its to-dos, made of a funnel.

use quarterdeck_core::calendar::Span;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, InitiativeAdded, TodoAdded};
use quarterdeck_core::id::{IdSource, InitiativeId, KeyResultId, MemberId, TodoId};
use quarterdeck_core::plan::funnel::{Need, per_period};
use quarterdeck_core::token::Period;
use quarterdeck_core::value::Subject;
use quarterdeck_report::number::count;

use crate::error::Failure;
use crate::session::Session;

/// What is made: an initiative with a to-do for each stage but the outcome.
pub(super) struct Work {
    title: String,
    owner: MemberId,
    key_result: Option<KeyResultId>,
    span: Span,
    per: Period,
    todos: Vec<Todo>,
}

struct Todo {
    title: String,
    total: Decimal,
    quantity: Decimal,
    /// How much of it turns into the outcome.
    rate: Decimal,
}

impl Work {
    /// The work that stages need, spread over so many periods of a span.
    ///
    /// # Errors
    /// There is no time for it.
    #[allow(
        clippy::too_many_arguments,
        reason = "the parts of one plan, used once"
    )]
    pub(super) fn planned(
        title: String,
        owner: MemberId,
        key_result: Option<KeyResultId>,
        span: Span,
        per: Period,
        periods: Decimal,
        names: &[String],
        needs: &[Need],
    ) -> Result<Self, Failure> {
        let mut todos = Vec::new();
        for (name, need) in names.iter().zip(needs) {
            // The outcome itself is no work.
            if need.rate.is_none() {
                continue;
            }
            let quantity = per_period(need.whole, periods)
                .filter(|one| *one > Decimal::ZERO)
                .ok_or_else(|| {
                    Failure::usage(format!(
                        "From {} to {} there is no working day to do it.",
                        span.starts, span.ends
                    ))
                    .hint("give other days with --from and --until")
                })?;
            todos.push(Todo {
                title: name.clone(),
                total: need.whole,
                quantity,
                rate: need.to_outcome,
            });
        }
        Ok(Self {
            title,
            owner,
            key_result,
            span,
            per,
            todos,
        })
    }

    /// `initiative '13 qualified leads' with 1 to-do`
    pub(super) fn summary(&self) -> String {
        let todos = count(self.todos.len(), "to-do");
        format!("initiative '{}' with {todos}", self.title)
    }

    /// The commands that make them.
    ///
    /// # Errors
    /// There is no randomness for their ids.
    pub(super) fn commands(&self, session: &mut Session<'_>) -> Result<Vec<Command>, Failure> {
        let initiative = InitiativeId::new(session.random()?.next());
        let mut commands = vec![Command::Record(Body::InitiativeAdded(InitiativeAdded {
            initiative,
            title: self.title.clone(),
            description: None,
            owner: Some(self.owner),
            due: Some(self.span.ends),
            supports: self.key_result.map(Subject::KeyResult),
        }))];
        for todo in &self.todos {
            let id = TodoId::new(session.random()?.next());
            commands.push(Command::Record(Body::TodoAdded(TodoAdded {
                todo: id,
                initiative: Some(initiative),
                title: todo.title.clone(),
                owner: Some(self.owner),
                quantity: todo.quantity,
                per: self.per,
                total: Some(todo.total),
                unit: None,
                starts: self.span.starts,
                ends: self.span.ends,
                key_result: self.key_result,
                rate: Some(todo.rate),
            })));
        }
        Ok(commands)
    }

    /// The reference of the first to-do, once they are made.
    pub(super) fn first(&self, session: &Session<'_>) -> String {
        let newest = (session.state().todos.iter())
            .filter(|(_, found)| {
                self.todos
                    .first()
                    .is_some_and(|first| first.title == found.title)
            })
            .max_by_key(|(_, found)| found.provenance.created.seq);
        newest.map_or_else(
            || "REF".to_owned(),
            |(id, _)| session.name(Subject::Todo(*id)),
        )
    }
}
