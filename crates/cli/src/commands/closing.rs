//! `okr cycle close` and `okr cycle reopen`.
//!
//! Guarantee: a closing is bound to a position that covers every grade of its cycle, and to the root
//! of the log of that size. With a server, both are the server's: it is asked before and after.

use clap::Args;
use quarterdeck_core::closing::{self, Open};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::grading;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::value::Subject;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::number::count;
use quarterdeck_report::text;

use super::{grade, sync};
use crate::ask;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::session::Session;

/// Close a cycle: bind its grades to the log as it stands.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr cycle close 2026-Q3                      shows what is open, and asks
  okr cycle close 2026-Q3 --as-computed        grades what has no grade yet as computed
  okr cycle close 2026-Q3 --as-computed --yes  in a script

The grades are recorded first, then the closing, which names the position of the log and its root \
hash. From then on the cycle reads as it stood there; what comes later is listed apart. \
With a server, closing needs it: exits with 4 when it is out of reach, and nothing is closed.")]
pub(super) struct Close {
    /// The cycle.
    #[arg(value_name = "NAME", add = crate::complete::cycles())]
    cycle: String,
    /// Take the computed grade for key results that have none.
    #[arg(long)]
    as_computed: bool,
    /// Close it although something is open that does not stand in the way.
    #[arg(short, long)]
    yes: bool,
}

/// Open a closed cycle again; the closing stays in the log.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr cycle reopen 2026-Q3 -m \"one partner was counted twice\"")]
pub(super) struct Reopen {
    /// The cycle.
    #[arg(value_name = "NAME", add = crate::complete::cycles())]
    cycle: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY", required = true)]
    reason: String,
}

impl Close {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let cycle = session.resolver().cycle(&self.cycle)?;
        self.may(&session, cycle)?;
        let served = is_served(&session);
        if served {
            exchange(&mut session)?;
            // Somebody else may have closed it meanwhile.
            self.may(&session, cycle)?;
        }
        let open = closing::open(session.state(), cycle, session.today());
        let told = json::open_items(&Names::new(session.state()), &open);
        self.look(&session, cycle, &open, &told)?;
        if self.as_computed {
            let graded = grade::take_computed(&mut session, cycle)?;
            if served && !graded.is_empty() {
                exchange(&mut session)?;
            }
        }
        let name = session.title(Subject::Cycle(cycle));
        session.replica.refresh()?;
        let head = session.replica.head();
        let body = Body::CycleClosed {
            cycle,
            position: head.size,
            root: head.root,
        };
        let done = session.record(vec![Command::Record(body)], None)?;
        if served {
            exchange(&mut session)?;
        }
        session.replica.release();

        let names = Names::new(session.state());
        let Some(bound) = json::closing(&names, cycle) else {
            return Err(Failure::from(Refusal::new(
                Code::Closed,
                format!("{name} was opened again by somebody else."),
            )));
        };
        let seen = told
            .into_iter()
            .filter(|item| item.open != "ungraded")
            .collect();
        let state = session.state();
        let answer = json::CycleClosed {
            written: json::Written {
                pending: false,
                ..done.told(&names)
            },
            closing: bound,
            grades: json::grades(grading::cycle_grades(state, cycle, |_| true)),
            tally: closing::tally(state, cycle),
            open: seen,
        };
        let output = &context.output;
        output.answer(&answer, || {
            let mut document = text::cycle_closed(&answer, &session.shown_for());
            document.hint(
                "take what is not finished along",
                "okr carry REF --to CYCLE",
            );
            document
        })?;
        Ok(Exit::Done)
    }

    /// What can be refused before anything is asked or sent.
    fn may(&self, session: &Session<'_>, cycle: CycleId) -> Result<(), Failure> {
        let head = session.replica.head();
        let trial = Command::Record(Body::CycleClosed {
            cycle,
            position: head.size,
            root: [1; 32],
        });
        match session.would_accept(trial) {
            Err(refusal) if matches!(refusal.code, Code::Forbidden | Code::NothingToChange) => {
                Err(refusal.into())
            }
            _ => Ok(()),
        }
    }

    /// Shows what is open; what stands in the way ends the command.
    fn look(
        &self,
        session: &Session<'_>,
        cycle: CycleId,
        open: &[Open],
        told: &[json::OpenItem],
    ) -> Result<(), Failure> {
        let name = session.title(Subject::Cycle(cycle));
        let state = session.state();
        let today = session.today();
        let needs_grade = |open: &Open| match open {
            Open::Ungraded(id) => {
                !self.as_computed || grading::computed(state, *id, today).is_none()
            }
            _ => false,
        };
        let in_the_way = open.iter().filter(|open| needs_grade(open)).count();
        let lines = |keep: &dyn Fn(&Open) -> bool| -> Vec<String> {
            let items = open.iter().zip(told).filter(|(open, _)| keep(open));
            items.map(|(_, item)| item.what.clone()).collect()
        };
        if in_the_way > 0 {
            let what = count(in_the_way, "key result");
            let without = if in_the_way == 1 { "has" } else { "have" };
            let refusal = Refusal::invalid(format!("{what} of {name} {without} no grade."));
            return Err(Failure::from(refusal)
                .details(lines(&|open| {
                    needs_grade(open) || !matches!(open, Open::Ungraded(_))
                }))
                .hint(if self.as_computed {
                    "grade them with the reason: `okr grade REF SCORE -m WHY`".to_owned()
                } else {
                    format!(
                        "go through them with `okr grade --cycle {name}`, or take all as computed: \
                         `okr cycle close {name} --as-computed`"
                    )
                }));
        }
        let seen = lines(&|open| !matches!(open, Open::Ungraded(_)));
        if seen.is_empty() || self.yes {
            return Ok(());
        }
        let output = &session.context.output;
        if ask::Asker::at_terminal(output).is_some() {
            for line in &seen {
                output.warning(line);
            }
            return ask::confirmed(output, false, &format!("Close {name} all the same?"));
        }
        let refusal = Refusal::invalid(format!(
            "{} of {name} {} open; nothing was closed.",
            count(seen.len(), "matter"),
            if seen.len() == 1 { "is" } else { "are" }
        ));
        Err(Failure::from(refusal).details(seen).hint(format!(
            "once that is seen: `okr cycle close {name}{} --yes`",
            if self.as_computed {
                " --as-computed"
            } else {
                ""
            }
        )))
    }
}

impl Reopen {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let cycle = session.resolver().cycle(&self.cycle)?;
        let body = Body::CycleReopened { cycle };
        let done = session.record(vec![Command::Record(body)], Some(&self.reason))?;
        let name = session.title(Subject::Cycle(cycle));
        session.answer(
            &done,
            "set right what was wrong, and close it again",
            &format!("okr cycle close {name}"),
        )
    }
}

fn is_served(session: &Session<'_>) -> bool {
    let workspace = session.state().workspace.as_ref();
    workspace.is_some_and(|workspace| workspace.served)
}

/// Sends what waits and fetches what is new: all of it, or the cycle is not closed.
fn exchange(session: &mut Session<'_>) -> Result<(), Failure> {
    let report = sync::exchange(session).map_err(|failure| match failure.exit {
        Exit::Unreachable => failure.hint(
            "a cycle is closed with its server, so that all see the same; your work is kept, try \
             again when it is in reach",
        ),
        _ => failure,
    })?;
    if let Some(refused) = report.refused.first() {
        let failure = Failure::from(refused.refusal.clone());
        return Err(failure.hint("see what was refused with `okr outbox`, then close it again"));
    }
    let waiting = session.replica.pending_events();
    if waiting > 0 {
        let what = count(waiting, "event");
        return Err(Failure::from(Refusal::invalid(format!(
            "{what} could not be sent; nothing was closed."
        )))
        .hint("send them with `okr sync`, then close it again"));
    }
    Ok(())
}
