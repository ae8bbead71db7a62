//! `okr funnel`: stages from the first contact to the outcome, and what moved it.

use clap::{Args, Subcommand, ValueEnum};
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, FunnelDefined, Stage};
use quarterdeck_core::id::{CycleId, FunnelId, IdSource};
use quarterdeck_core::plan::diagnosis::{self, DiagnosisError};
use quarterdeck_core::plan::volumes::{self, Missing, Readings};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::token::Life;
use quarterdeck_core::value::{Field, Subject};
use quarterdeck_report::{json, text};

use super::plan::sentence;
use super::stages::{self, Volumes, stage, volumes as two_volumes};
use crate::context::Context;
use crate::edit::Fields;
use crate::error::{Exit, Failure};
use crate::view::{Time, View};

/// Compare two cycles of a funnel: what moved its outcome.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "EXAMPLES:
  okr funnel 2026-Q2 2026-Q3
  okr funnel 2026-Q2 2026-Q3 --funnel sales --readings last
  okr funnel --stage contacts:200,240 --stage qualified:60,66 --stage deals:12,9

Each stage explains a part of the outcome's change: the first by its volume, the others by their \
conversion. The parts add up, and the stage that cost most is named.")]
pub(crate) struct Funnel {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    compare: Compare,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Define a funnel.
    Define(Define),
    /// List funnels.
    #[command(after_help = "EXAMPLES:\n  okr funnel list")]
    List(Time),
    /// Show a funnel: what went through it, and its conversion rates.
    Show(Show),
    /// Give a funnel up; it stays in the log.
    Drop(Leave),
}

#[derive(Debug, Args)]
struct Compare {
    /// The earlier cycle.
    #[arg(value_name = "BEFORE", add = crate::complete::cycles())]
    before: Option<String>,
    /// The later cycle.
    #[arg(value_name = "AFTER", add = crate::complete::cycles())]
    after: Option<String>,
    /// The funnel [default: the only one].
    #[arg(long, value_name = "NAME", conflicts_with = "stage", add = crate::complete::funnels())]
    funnel: Option<String>,
    /// A stage with its volumes before and after, in place of a funnel. May be repeated.
    #[arg(long, value_name = "NAME:BEFORE,AFTER", value_parser = two_volumes)]
    stage: Vec<Volumes>,
    /// What the readings of a KPI come to: each counts what is new, or all so far.
    #[arg(long, value_enum, default_value = "sum")]
    readings: Reads,
    #[command(flatten)]
    time: Time,
}

/// What the readings of a KPI come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reads {
    /// Each counts what is new: they are added up.
    Sum,
    /// Each counts all so far: the last one holds.
    Last,
}

impl From<Reads> for Readings {
    fn from(reads: Reads) -> Self {
        match reads {
            Reads::Sum => Self::Sum,
            Reads::Last => Self::Last,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr funnel define sales \"contacts=contacts:30%\" \"qualified leads=leads\" --kr leads
  okr funnel define web \"visits=kpi-7fk2:4%\" \"trials=kpi-3mz9:20%\" \"customers=won\"

Stages come in order, from the first to the outcome. `=REF` names the key result or KPI that counts \
a stage, `:RATE` the planned share of it that goes on to the next. In another cycle the key result \
that was carried over counts, or the one of the same title.")]
struct Define {
    /// Its name.
    name: String,
    /// The stages from the first to the outcome.
    #[arg(value_name = "STAGE=REF:RATE", value_parser = stage, required = true, num_args = 1..)]
    stages: Vec<stages::Typed>,
    /// The key result that its outcome is.
    #[arg(long = "kr", value_name = "REF", add = crate::complete::key_results())]
    key_result: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr funnel show sales
  okr funnel show sales --cycle 2026-Q2")]
struct Show {
    /// The funnel.
    #[arg(add = crate::complete::funnels())]
    funnel: String,
    /// The cycle that the volumes are of [default: the one that is active today].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// What the readings of a KPI come to: each counts what is new, or all so far.
    #[arg(long, value_enum, default_value = "sum")]
    readings: Reads,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:\n  okr funnel drop sales -m \"we sell through partners now\"")]
struct Leave {
    /// The funnel.
    #[arg(add = crate::complete::funnels())]
    funnel: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Funnel {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            None => self.compare.run(context),
            Some(Verb::Define(define)) => define.run(context),
            Some(Verb::List(time)) => {
                list(&context.open()?.view(time)?)?;
                Ok(Exit::Done)
            }
            Some(Verb::Show(show)) => show.run(context),
            Some(Verb::Drop(leave)) => leave.run(context),
        }
    }
}

fn list(view: &View<'_>) -> Result<(), Failure> {
    let found = json::funnels(&view.names(), view.as_of());
    view.answer(&found, |view| text::funnels(&found, view))
}

impl Define {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let last = self.stages.len().saturating_sub(1);
        let mut stages = Vec::new();
        for (at, stage) in self.stages.into_iter().enumerate() {
            if at == last && stage.rate.is_some() {
                return Err(stages::outcome_has_rate(&stage.name));
            }
            stages.push(Stage {
                source: (stage.source.as_deref())
                    .map(|source| resolver.counter(source))
                    .transpose()?,
                name: stage.name,
                rate: stage.rate,
            });
        }
        let key_result = match self.key_result {
            Some(key_result) => Some(resolver.key_result(&key_result)?),
            // Where a key result counts the outcome, it is the outcome's.
            None => stages.last().and_then(|stage| match stage.source {
                Some(Subject::KeyResult(id)) => Some(id),
                _ => None,
            }),
        };
        let funnel = FunnelId::new(session.random()?.next());
        let body = Body::FunnelDefined(FunnelDefined {
            funnel,
            name: self.name,
            stages,
            key_result,
        });
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::Funnel(funnel));
        session.answer(
            &done,
            "see what went through it",
            &format!("okr funnel show {name}"),
        )
    }
}

impl Show {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let view = context.open()?.view(self.time)?;
        let id = view.resolver().funnel(&self.funnel)?;
        let cycle = match &self.cycle {
            Some(cycle) => Some(view.resolver().cycle(cycle)?),
            None => json::default_cycle(view.state(), view.on()),
        };
        let readings = self.readings.into();
        let found = json::funnel_show(&view.names(), id, cycle, view.on(), view.as_of(), readings)
            .ok_or_else(|| Refusal::not_found("funnel", id))?;
        view.answer(&found, |view| text::funnel_show(&found, view))?;
        Ok(Exit::Done)
    }
}

impl Leave {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let id = session.resolver().funnel(&self.funnel)?;
        let mut fields = Fields::default();
        fields.word(Field::State, Some(Life::Dropped.word()));
        let command = fields.command(Subject::Funnel(id))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        session.answer(&done, "see those that are left", "okr funnel list")
    }
}

impl Compare {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        if !self.stage.is_empty() {
            return self.given(context);
        }
        let (before, after) = match (&self.before, &self.after) {
            (Some(before), Some(after)) => (before.clone(), after.clone()),
            (None, _) => {
                list(&context.open()?.view(self.time)?)?;
                return Ok(Exit::Done);
            }
            (Some(one), None) => {
                return Err(Failure::usage(format!(
                    "Two cycles are compared, and {one} is one."
                ))
                .hint("name both, as in `okr funnel 2026-Q2 2026-Q3`; one funnel is shown by `okr funnel show NAME`"));
            }
        };
        let view = context.open()?.view(self.time.clone())?;
        let resolver = view.resolver();
        let id = match &self.funnel {
            Some(name) => resolver.funnel(name)?,
            None => only(&view)?,
        };
        let cycles = [resolver.cycle(&before)?, resolver.cycle(&after)?];
        let found =
            (view.state().funnels.get(&id)).ok_or_else(|| Refusal::not_found("funnel", id))?;
        let readings = self.readings.into();
        let counted = |cycle: CycleId| -> Result<Vec<Decimal>, Failure> {
            (found.stages.iter())
                .map(|stage| {
                    volumes::volume(view.state(), stage, cycle, view.on(), readings)
                        .map_err(|why| unknown(&view, stage, cycle, why))
                })
                .collect()
        };
        let volumes = [counted(cycles[0])?, counted(cycles[1])?];
        let titles = cycles
            .map(|id| (view.names().title(Subject::Cycle(id))).unwrap_or_else(|| "?".to_owned()));
        let not_over = (cycles.iter().zip(&titles))
            .filter(|(id, _)| {
                (view.state().cycles.get(id)).is_some_and(|cycle| cycle.ends > view.on())
            })
            .map(|(_, title)| title.clone())
            .collect();
        let of = json::ComparedOf {
            funnel: Some(found.name.clone()),
            titles,
            not_over,
            on: Some(view.on()),
            stages: (found.stages.iter())
                .map(|stage| stage.name.clone())
                .collect(),
        };
        let compared = compared(of, &volumes)?;
        view.answer(&compared, |view| text::funnel_compared(&compared, view))?;
        Ok(Exit::Done)
    }

    /// Volumes that were typed; no workspace is needed for them.
    fn given(self, context: &Context) -> Result<Exit, Failure> {
        let volumes = [
            self.stage.iter().map(|stage| stage.before).collect(),
            self.stage.iter().map(|stage| stage.after).collect(),
        ];
        let of = json::ComparedOf {
            funnel: None,
            titles: [
                self.before.unwrap_or_else(|| "before".to_owned()),
                self.after.unwrap_or_else(|| "after".to_owned()),
            ],
            not_over: Vec::new(),
            on: None,
            stages: self.stage.into_iter().map(|stage| stage.name).collect(),
        };
        let compared = compared(of, &volumes)?;
        let output = &context.output;
        let view = text::View {
            width: output.width(),
            zone: quarterdeck_core::calendar::TimeZone::utc(),
            today: quarterdeck_core::calendar::TimeZone::utc().date_of(context.now),
            reader: None,
        };
        output.answer(&compared, || text::funnel_compared(&compared, &view))?;
        Ok(Exit::Done)
    }
}

/// The funnel that is meant where none is named.
fn only(view: &View<'_>) -> Result<FunnelId, Failure> {
    let found = json::funnels(&view.names(), None).funnels;
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => Err(Failure::not_found("There is no funnel yet.")
            .hint("define one, see `okr funnel define --help`; or give volumes with --stage")),
        several => Err(Failure::usage("There are several funnels.")
            .details(several.iter().map(|one| one.name.clone()).collect())
            .hint("say which with --funnel NAME")),
    }
}

/// Why a stage has no volume in a cycle, and what to do about it.
fn unknown(view: &View<'_>, stage: &Stage, cycle: CycleId, why: Missing) -> Failure {
    let cycle = (view.names().title(Subject::Cycle(cycle))).unwrap_or_else(|| "?".to_owned());
    let name = &stage.name;
    match why {
        Missing::Source => Failure::not_found(format!("Nothing is said to count '{name}'."))
            .hint("define the funnel again with `STAGE=REF`, or give volumes with --stage"),
        Missing::Counterpart => Failure::not_found(format!(
            "{cycle} has no key result that counts '{name}'."
        ))
        .hint(
            "carry it over with `okr carry`, give it the same title, or count the stage by a KPI",
        ),
        Missing::Measurement => {
            Failure::not_found(format!("Nothing was measured of '{name}' in {cycle}."))
                .hint("check in with `okr checkin REF VALUE`, or `okr kpi record REF VALUE`")
        }
    }
}

fn compared(
    of: json::ComparedOf,
    [before, after]: &[Vec<Decimal>; 2],
) -> Result<json::FunnelCompared, Failure> {
    let found = diagnosis::diagnose(before, after).map_err(|error| {
        let failure = Failure::usage(sentence(&error));
        match error {
            DiagnosisError::Negative { stage, .. } | DiagnosisError::FromNothing { stage } => {
                match of.stages.get(stage.saturating_sub(1)) {
                    Some(name) => failure.hint(format!("stage {stage} is '{name}'")),
                    None => failure,
                }
            }
            DiagnosisError::Stages(_) | DiagnosisError::TooManyDigits => failure,
        }
    })?;
    Ok(json::funnel_compared(of, &found))
}
