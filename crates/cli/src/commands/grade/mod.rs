//! `okr grade`: what the end of a cycle says about its key results.

mod walk;

use clap::Args;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::closing;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, KeyResultGraded};
use quarterdeck_core::grading::{self, Advice, Band};
use quarterdeck_core::id::{CycleId, KeyResultId};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::value::Subject;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::number::count;
use quarterdeck_report::text;

use crate::ask::Asker;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::parse::share;
use crate::session::{Recorded, Session};
use crate::view::{Time, View};

/// So many grades are recorded as one command at most.
const TOGETHER: usize = 400;

/// Grade key results at the end of their cycle.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr grade                                               one after the other, asked for
  okr grade leads                                         as computed
  okr grade leads 0.7 -m \"two of them signed a day late\"  overruled, with the reason
  okr grade --as-computed --cycle 2026-Q3                 all that have no grade yet
  okr grade --json                                        what is still to be graded
  okr grade --as-of 2026-10-01                            and what was then

The computed grade is the score at the end of the cycle; it stays beside the one that counts. \
Bands: red below 0.4, amber below 0.7, green from there on. A committed key result is expected \
at 1.0; an aspirational one aims at 0.6 to 0.7.

Exits with 1 when nobody can be asked and something has no grade yet.")]
pub(crate) struct Grade {
    /// The key result [default: all of the cycle that have no grade].
    #[arg(value_name = "KR", conflicts_with_all = ["as_of", "on"], add = crate::complete::key_results())]
    key_result: Option<String>,
    /// The grade, 0 to 1 [default: the computed one].
    #[arg(value_name = "SCORE", value_parser = share)]
    score: Option<Decimal>,
    /// Why, where it is another than the computed one.
    #[arg(
        short = 'm',
        long = "message",
        value_name = "WHY",
        requires = "key_result"
    )]
    reason: Option<String>,
    /// Of this cycle [default: the one that ended last, else the one that is active today].
    #[arg(long, conflicts_with = "key_result", add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Take the computed grade for all that have none.
    #[arg(long, conflicts_with_all = ["key_result", "as_of", "on"])]
    as_computed: bool,
    #[command(flatten)]
    time: Time,
}

impl Grade {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if self.time.is_named() {
            return self.look_back(context);
        }
        let mut session = context.open()?;
        if let Some(key_result) = &self.key_result {
            let id = to_grade(&session, key_result)?;
            return self.one(&mut session, id);
        }
        let cycle = self.cycle_meant(&session)?;
        if self.as_computed {
            return all(&mut session, cycle);
        }
        if let Some(asker) = Asker::at_terminal(&context.output) {
            return walk::walk(&mut session, cycle, &asker);
        }
        // A closed cycle's grades are those of its closing.
        let view = session
            .view(Time::default())?
            .or_closed(Subject::Cycle(cycle))?;
        told(&view, cycle)
    }

    /// Lists what was without a grade at another moment, or would be graded on another day.
    fn look_back(self, context: &Context) -> Result<Exit, Failure> {
        let view = context.open()?.view(self.time)?;
        let cycle = match &self.cycle {
            Some(cycle) => view.resolver().cycle(cycle)?,
            None => over(view.state(), view.on())
                .or_else(|| json::default_cycle(view.state(), view.on()))
                .ok_or_else(|| Failure::not_found("There was no cycle yet."))?,
        };
        told(&view, cycle)
    }

    fn one(&self, session: &mut Session<'_>, id: KeyResultId) -> Result<Exit, Failure> {
        let computed = grading::computed(session.state(), id, session.today());
        let to = self.score.or(computed).ok_or_else(|| {
            let title = session.title(Subject::KeyResult(id));
            Failure::from(Refusal::invalid(format!(
                "No grade can be computed for '{title}'."
            )))
            .hint("give one with the reason: `okr grade REF SCORE -m WHY`")
        })?;
        let command = graded(session, id, computed, to);
        let done = session.record(vec![command], self.reason.as_deref())?;
        answer_one(session, id, &done)
    }

    /// The cycle that is meant: the last one that is over and not closed, else the one of today.
    fn cycle_meant(&self, session: &Session<'_>) -> Result<CycleId, Failure> {
        let over = || over(session.state(), session.today());
        match self.cycle.is_none().then(over).flatten() {
            Some(id) => Ok(id),
            None => session.cycle_or_current(self.cycle.as_deref()),
        }
    }
}

/// Shows what has no grade yet.
fn told(view: &View<'_>, cycle: CycleId) -> Result<Exit, Failure> {
    let list = json::grade_list(&view.names(), cycle, view.on());
    view.answer(&list, |view| text::grade_list(&list, view))?;
    Ok(if list.ungraded.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// The last cycle that is over on a day, not closed, and not graded through.
fn over(state: &State, on: Date) -> Option<CycleId> {
    (state.cycles.iter())
        .filter(|(id, cycle)| {
            cycle.ends < on && !cycle.is_closed() && closing::ungraded(state, **id).next().is_some()
        })
        .max_by_key(|(_, cycle)| (cycle.ends, std::cmp::Reverse(cycle.kind)))
        .map(|(id, _)| *id)
}

/// The key result that a person wants to grade. One that was carried over already is still the one
/// that is meant while its own cycle is over and not closed.
fn to_grade(session: &Session<'_>, query: &str) -> Result<KeyResultId, Failure> {
    let id = session.resolver().key_result(query)?;
    let state = session.state();
    let today = session.today();
    let cycle = |id: KeyResultId| {
        let above = state.key_results.get(&id)?.objective;
        state.cycles.get(&state.objectives.get(&above)?.cycle)
    };
    if cycle(id).is_none_or(|cycle| cycle.ends <= today) {
        return Ok(id);
    }
    let named = session.name(Subject::KeyResult(id));
    // Its own reference means itself; a key or title means the quarter that is being graded.
    if query.trim().to_lowercase().starts_with("kr-") || named == query {
        return Ok(id);
    }
    let earlier = quarterdeck_core::carry::ancestors(state, Subject::KeyResult(id));
    let found = earlier.into_iter().find_map(|subject| match subject {
        Subject::KeyResult(before) => cycle(before)
            .is_some_and(|cycle| cycle.ends <= today && !cycle.is_closed())
            .then_some(before),
        _ => None,
    });
    Ok(found.unwrap_or(id))
}

/// The command that gives a grade.
fn graded(
    session: &Session<'_>,
    id: KeyResultId,
    computed: Option<Decimal>,
    to: Decimal,
) -> Command {
    let from = (session.state().key_results.get(&id))
        .and_then(|found| found.grade.as_ref())
        .map(|grade| grade.grade);
    Command::Record(Body::KeyResultGraded(KeyResultGraded {
        key_result: id,
        computed,
        from,
        to: Some(to),
    }))
}

/// The cycle's key results without a grade, with what is computed today.
fn list(session: &Session<'_>, cycle: CycleId) -> json::GradeList {
    json::grade_list(&Names::new(session.state()), cycle, session.today())
}

/// Takes the computed grade of every key result of a cycle that has none; answers how many
/// could be graded. Those for which nothing can be computed are left.
pub(super) fn take_computed(
    session: &mut Session<'_>,
    cycle: CycleId,
) -> Result<Vec<Recorded>, Failure> {
    let today = session.today();
    let commands: Vec<Command> = closing::ungraded(session.state(), cycle)
        .filter_map(|id| {
            let computed = grading::computed(session.state(), id, today)?;
            Some(graded(session, id, Some(computed), computed))
        })
        .collect();
    let mut done = Vec::new();
    for some in commands.chunks(TOGETHER) {
        done.push(session.record(some.to_vec(), None)?);
    }
    Ok(done)
}

fn all(session: &mut Session<'_>, cycle: CycleId) -> Result<Exit, Failure> {
    let done = take_computed(session, cycle)?;
    session.replica.release();
    let Some(last) = done.last() else {
        return Err(Refusal::new(
            quarterdeck_core::refusal::Code::NothingToChange,
            format!(
                "Every key result of {} that can be graded has its grade.",
                session.title(Subject::Cycle(cycle))
            ),
        )
        .into());
    };
    let name = session.title(Subject::Cycle(cycle));
    let said = list(session, cycle);
    let told = said.grades.all.map(|all| {
        let band = said.grades.band.map_or("", Band::word);
        let of = count(said.tally.graded, "grade");
        format!("{name}: {all:.2} {band} so far, from {of}")
    });
    session.answer_with(
        last,
        told,
        "close it when all is seen",
        &format!("okr cycle close {name}"),
    )
}

/// What the grade of a key result asks for.
fn advice(session: &Session<'_>, id: KeyResultId) -> Option<Advice> {
    let state = session.state();
    let found = state.key_results.get(&id)?;
    let above = state.objectives.get(&found.objective)?;
    grading::advice(above.kind, found.grade.as_ref()?.grade)
}

/// The grade of a key result with what it asks for: `0.62 amber. …`
fn said(session: &Session<'_>, id: KeyResultId) -> Option<String> {
    let found = session.state().key_results.get(&id)?;
    let grade = found.grade.as_ref()?.grade;
    let told = format!("{grade:.2} {}.", Band::of(grade).word());
    Some(match advice(session, id) {
        Some(advice) => format!("{told} {}", advice.sentence()),
        None => told,
    })
}

fn answer_one(session: &Session<'_>, id: KeyResultId, done: &Recorded) -> Result<Exit, Failure> {
    let state = session.state();
    let asks = advice(session, id).is_some_and(Advice::asks_for_learning);
    let (why, command) = if asks {
        let name = session.name(Subject::KeyResult(id));
        ("keep it", format!("okr note {name} \"WHAT\" --learning"))
    } else {
        let above =
            (state.key_results.get(&id)).and_then(|found| state.objectives.get(&found.objective));
        let cycle = above.map(|above| above.cycle);
        let rest = cycle.map_or(0, |cycle| closing::ungraded(state, cycle).count());
        let name = cycle.map_or_else(String::new, |id| session.title(Subject::Cycle(id)));
        if rest > 0 {
            ("more without a grade", format!("okr grade --cycle {name}"))
        } else {
            (
                "every key result has its grade",
                format!("okr cycle close {name}"),
            )
        }
    };
    session.answer_with(done, said(session, id), why, &command)
}
