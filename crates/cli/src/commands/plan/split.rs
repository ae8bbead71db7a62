//! `okr plan split`

use clap::{Args, ValueEnum};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::plan::parts::{self, Part};
use quarterdeck_core::plan::split::{self, even};
use quarterdeck_core::state::Cycle;
use quarterdeck_core::value::Subject;
use quarterdeck_report::json::{self, SplitBy};
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use super::change::Changes;
use super::quarters::Quarters;
use super::{Typed, sentence};
use crate::ask::confirmed;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::parse::{number, numbers};
use crate::session::Session;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr plan split year-leads --whole
  okr plan split year-leads --by season --make
  okr plan split --from 500 --to 550 --weights 3,2,2,3
  okr plan split year-leads --from 531 --into 2026-Q3,2026-Q4

A year is split into its quarters, another cycle into its months, and numbers alone into four. \
The parts always add up: what cannot be divided evenly goes to the largest remainders. \
With --make, each quarter gets an objective that supports what was split, with key results from \
level to level; quarters that are missing are planned.")]
pub(super) struct Split {
    /// A key result, or an objective with all its key results.
    #[arg(value_name = "REF", add = crate::complete::goals())]
    goal: Option<String>,
    /// Where it begins [default: the key result's baseline].
    #[arg(long, value_name = "A", value_parser = number, allow_negative_numbers = true)]
    from: Option<Decimal>,
    /// Where it is to arrive [default: the key result's target].
    #[arg(long, value_name = "B", value_parser = number, allow_negative_numbers = true)]
    to: Option<Decimal>,
    /// The cycle whose parts they are [default: that of the key result].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Into these quarters alone.
    #[arg(
        long,
        value_name = "QUARTERS",
        value_delimiter = ',',
        conflicts_with = "parts"
    )]
    into: Vec<String>,
    /// Into so many parts.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=366))]
    parts: Option<u16>,
    /// Evenly, or by the weights of the cycle's months.
    #[arg(long, value_enum, default_value = "even", conflicts_with = "weights")]
    by: By,
    /// How the parts weigh against each other.
    #[arg(long, value_name = "3,2,2,3", value_parser = weights, allow_hyphen_values = true)]
    weights: Option<Weights>,
    /// In whole units.
    #[arg(long, conflicts_with = "step")]
    whole: bool,
    /// In multiples of this, such as 0.01.
    #[arg(long, value_name = "STEP", value_parser = number, allow_negative_numbers = true)]
    step: Option<Decimal>,
    /// Make objectives and key results of it.
    #[arg(long, requires = "goal")]
    make: bool,
    /// Make them without being asked again.
    #[arg(short = 'y', long, requires = "make")]
    yes: bool,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY", requires = "make")]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// All parts weigh the same.
    Even,
    /// A part weighs what its months weigh.
    Season,
}

/// Several weights; one argument.
#[derive(Debug, Clone)]
struct Weights(Vec<Decimal>);

fn weights(text: &str) -> Result<Weights, String> {
    numbers(text).map(Weights)
}

impl Split {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let goal = (self.goal.as_deref())
            .map(|goal| session.resolver().goal(goal))
            .transpose()?;
        let cycle = self.cycle(&session, goal)?;
        let Changes { changes, left_out } = Changes::of(&session, goal, self.from, self.to)?;
        let parts = self.parts(&session, cycle)?;
        let (by, weights) = self.weighed(&session, cycle, &parts)?;
        let step = if self.whole {
            Some(Decimal::ONE)
        } else {
            self.step
        };

        let mut splits = Vec::new();
        for change in &changes {
            let levels = split::levels(change.from, change.to, &weights, step)
                .map_err(|error| self.refused(&error))?;
            splits.push(levels);
        }
        let names = Names::new(session.state());
        let shown = json::PlanSplit {
            schema: json::Schema,
            cycle: cycle.and_then(|id| names.title(Subject::Cycle(id))),
            by,
            step,
            splits: (changes.iter().zip(&splits))
                .filter_map(|(change, levels)| {
                    let unit = change.unit.clone();
                    json::split(&names, change.key_result, unit, levels, &parts)
                })
                .collect(),
            not_split: (left_out.into_iter())
                .map(|(id, metric)| json::not_split(&names, id, metric))
                .collect(),
        };
        let output = &context.output;
        let Some(goal) = goal.filter(|_| self.make) else {
            let view = session.shown_for();
            output.answer(&shown, || text::plan_split(&shown, &view))?;
            if goal.is_some() && parts.iter().any(|part| part.quarter.is_some()) {
                let why = "make quarterly objectives and key results of it";
                output.hint(why, &self.typed().word("--make").0)?;
            }
            return Ok(Exit::Done);
        };
        let quarters = Quarters {
            goal,
            cycle,
            parts: &parts,
            changes: &changes,
            splits: &splits,
        };
        let (cycles, goals) = quarters.commands(&mut session)?;
        if !output.json && !self.yes {
            output.document(&text::plan_split(&shown, &session.shown_for()))?;
        }
        let question = format!("Make {}?", quarters.summary());
        confirmed(output, self.yes, &question).map_err(|failure| match failure.exit {
            Exit::Usage => failure.hint("say so with --yes; without --make nothing is made"),
            _ => failure,
        })?;
        let reason = self.reason.as_deref();
        let done = if cycles.is_empty() {
            session.record(goals, reason)?
        } else {
            let planned = session.record(cycles, reason)?;
            planned.then(session.record(goals, reason)?)
        };
        let first = parts
            .first()
            .map_or_else(String::new, |part| part.name.clone());
        session.answer(&done, "see the first", &format!("okr cycle show {first}"))
    }

    /// The cycle whose parts are meant.
    fn cycle(
        &self,
        session: &Session<'_>,
        goal: Option<Subject>,
    ) -> Result<Option<CycleId>, Failure> {
        if let Some(cycle) = &self.cycle {
            return session.resolver().cycle(cycle).map(Some);
        }
        let state = session.state();
        let objective = match goal {
            Some(Subject::Objective(id)) => Some(id),
            Some(Subject::KeyResult(id)) => state.key_results.get(&id).map(|one| one.objective),
            _ => None,
        };
        Ok(objective
            .and_then(|id| state.objectives.get(&id))
            .map(|objective| objective.cycle))
    }

    /// The parts by name; none where they have no names.
    fn parts(&self, session: &Session<'_>, cycle: Option<CycleId>) -> Result<Vec<Part>, Failure> {
        if !self.into.is_empty() {
            let mut parts = Vec::new();
            for name in &self.into {
                let name = name
                    .trim()
                    .parse()
                    .map_err(|_| Failure::usage(format!("'{name}' is no quarter.")))
                    .map_err(|failure| failure.hint("name quarters such as 2026-Q3,2026-Q4"))?;
                parts.push(parts::quarter(session.state(), name));
            }
            return Ok(parts);
        }
        let unnamed = self.parts.is_some() || self.goal.is_none() && self.cycle.is_none();
        Ok(match found(session, cycle) {
            Some(cycle) if !unnamed => parts::of_cycle(session.state(), cycle),
            _ => Vec::new(),
        })
    }

    /// What the parts weigh, and who says so.
    fn weighed(
        &self,
        session: &Session<'_>,
        cycle: Option<CycleId>,
        parts: &[Part],
    ) -> Result<(SplitBy, Vec<Decimal>), Failure> {
        let asked = self.parts.map(usize::from);
        let named = (!parts.is_empty()).then_some(parts.len());
        let wanted = asked.or(named);
        if let Some(Weights(weights)) = &self.weights {
            if let Some(wanted) = wanted.filter(|wanted| *wanted != weights.len()) {
                return Err(Failure::usage(format!(
                    "There are {} weights for {wanted} parts.",
                    weights.len()
                ))
                .hint("give one weight for each part, such as 3,2,2,3"));
            }
            return Ok((SplitBy::Weights, weights.clone()));
        }
        if self.by == By::Even {
            return Ok((SplitBy::Even, even(wanted.unwrap_or(4))));
        }
        let Some(cycle) = found(session, cycle) else {
            return Err(
                Failure::usage("There is no cycle whose season could be taken.")
                    .hint("name it with --cycle, or give --weights"),
            );
        };
        if parts.is_empty() {
            return Err(Failure::usage("Only quarters and months have a season.")
                .hint("leave --parts out, or give --weights"));
        }
        let weights = parts::seasonal(cycle, parts).ok_or_else(|| {
            Failure::usage(format!(
                "{} has no weights for its months, so it has no season.",
                cycle.name
            ))
            .hint(format!(
                "give them with `okr cycle edit {} --month-weights 3,3,2,2,2,2,2,2,3,3,4,4`, or weigh \
                 the parts here with --weights",
                cycle.name
            ))
        })?;
        Ok((SplitBy::Season, weights))
    }

    fn refused(&self, error: &split::SplitError) -> Failure {
        let failure = Failure::usage(sentence(error));
        match error {
            split::SplitError::NotInSteps { .. } if self.whole => {
                failure.hint("leave --whole out, or give a --step that fits, such as 0.5")
            }
            split::SplitError::NotInSteps { .. } => failure.hint("give a --step that fits"),
            split::SplitError::AllZero if self.by == By::Season => {
                failure.hint("the months of these parts all weigh 0; give --weights")
            }
            _ => failure,
        }
    }

    /// What was typed, without --make.
    fn typed(&self) -> Typed {
        let list = |items: &[String]| (!items.is_empty()).then(|| items.join(","));
        let told = |number: Option<Decimal>| number.map(|number| number.to_string());
        let weights = (self.weights.as_ref()).map(|Weights(weights)| {
            let written: Vec<String> = weights.iter().map(ToString::to_string).collect();
            written.join(",")
        });
        Typed::new("okr plan split")
            .word(self.goal.as_deref().unwrap_or_default())
            .option("--from", told(self.from).as_deref())
            .option("--to", told(self.to).as_deref())
            .option("--cycle", self.cycle.as_deref())
            .option("--into", list(&self.into).as_deref())
            .option("--weights", weights.as_deref())
            .option("--by", (self.by == By::Season).then_some("season"))
            .flag("--whole", self.whole)
            .option("--step", told(self.step).as_deref())
    }
}

fn found<'s>(session: &'s Session<'_>, cycle: Option<CycleId>) -> Option<&'s Cycle> {
    session.state().cycles.get(&cycle?)
}
