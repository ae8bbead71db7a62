//! `okr plan funnel`

use std::collections::BTreeSet;

use clap::Args;
use quarterdeck_core::calendar::{Date, Span};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{CycleId, FunnelId};
use quarterdeck_core::plan::funnel::{self, Measured, Need};
use quarterdeck_core::plan::volumes::{self, Readings};
use quarterdeck_core::plan::workdays;
use quarterdeck_core::state::State;
use quarterdeck_core::token::Period;
use quarterdeck_report::{json, text};

use super::work::Work;
use super::{Typed, sentence};
use crate::ask::confirmed;
use crate::commands::stages::{self, stage};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::parse::{day, number};
use crate::session::Session;
use crate::vocabulary::words;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr plan funnel 13 \"contacts:30%\" \"qualified leads\" --from 2026-08-03 --until 2026-08-30
  okr plan funnel 13 \"companies:20%\" \"contacts:30%\" \"qualified leads\" --per week
  okr plan funnel 13 \"contacts:30%\" \"qualified leads\" --make --kr leads
  okr plan funnel 13 --funnel sales

Stages come in order, from the first to the outcome. Behind each stands the share of it that goes on \
to the next, as 30% or 0.3; the outcome has none. Each stage's need is exact, and rounded up by \
itself. Days are working days: Monday to Friday without --holidays. \
With --make, an initiative with a to-do for each stage is made of it.")]
pub(super) struct Funnel {
    /// How much of the outcome is wanted.
    #[arg(value_name = "OUTCOME", value_parser = number, allow_negative_numbers = true)]
    outcome: Decimal,
    /// The stages from the first to the outcome.
    #[arg(value_name = "STAGE:RATE", value_parser = stage, conflicts_with = "funnel")]
    stages: Vec<stages::Typed>,
    /// The stages and rates of a funnel that was defined, and what was measured in it.
    #[arg(long, value_name = "NAME", add = crate::complete::funnels())]
    funnel: Option<String>,
    /// First day of the work [default: today, or the cycle's first day].
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day of it, itself included [default: the cycle's last day].
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// The cycle in which it is done [default: the one that is active today].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Days on which nobody works, besides the weekends.
    #[arg(long, value_name = "DATES", value_delimiter = ',')]
    holidays: Vec<String>,
    /// How much in each: day, week or month.
    #[arg(long, value_name = "PERIOD", default_value = "day", value_parser = words::<Period>(Period::WORDS))]
    per: Period,
    /// What the readings of a KPI come to: each counts what is new, or all so far.
    #[arg(long, value_enum, default_value = "sum")]
    readings: super::super::funnel::Reads,
    /// Make an initiative and to-dos of it.
    #[arg(long)]
    make: bool,
    /// The key result that they should move.
    #[arg(long = "kr", value_name = "REF", requires = "make", add = crate::complete::key_results())]
    key_result: Option<String>,
    /// The initiative's title [default: the outcome].
    #[arg(long, requires = "make")]
    title: Option<String>,
    /// Who does it [default: you].
    #[arg(long, value_name = "MEMBER", requires = "make", add = crate::complete::members())]
    owner: Option<String>,
    /// Make them without being asked again.
    #[arg(short = 'y', long, requires = "make")]
    yes: bool,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY", requires = "make")]
    reason: Option<String>,
}

/// Stages with what is planned and known about them.
struct Stages {
    funnel: Option<FunnelId>,
    names: Vec<String>,
    rates: Vec<Decimal>,
    measured: Vec<Option<Measured>>,
}

impl Funnel {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let today = session.today();
        let cycle = match &self.cycle {
            Some(cycle) => Some(session.resolver().cycle(cycle)?),
            None => json::default_cycle(session.state(), today),
        };
        let stages = self.stages(&session, cycle, today)?;
        let needs = funnel::needs(self.outcome, &stages.rates)
            .map_err(|error| Failure::usage(sentence(&error)))?;
        let span = self.span(&session, cycle, today)?;
        let holidays = self.holidays(today)?;
        let in_span = |per| span.map(|span| workdays::periods(span, per, &holidays));
        let per = needs
            .iter()
            .map(|need| {
                [Period::Day, Period::Week, Period::Month]
                    .map(|per| funnel::per_period(need.whole, in_span(per)?))
            })
            .collect();
        let shown = json::plan_funnel(json::FunnelPlanned {
            funnel: (stages.funnel)
                .and_then(|id| session.state().funnels.get(&id))
                .map(|found| found.name.clone()),
            names: stages.names.clone(),
            as_measured: funnel::needs_as_measured(self.outcome, &stages.rates, &stages.measured)
                .unwrap_or_default(),
            measured: stages.measured.clone(),
            needs: needs.clone(),
            span,
            working_days: span.map(|span| workdays::working_days(span, &holidays)),
            per,
        });
        let output = &context.output;
        let view = session.shown_for();
        if !self.make {
            output.answer(&shown, || text::plan_funnel(&shown, self.per, &view))?;
            let command = self.typed().word("--make").word("--kr").word("REF");
            output.hint("make an initiative and to-dos of it", &command.0)?;
            return Ok(Exit::Done);
        }
        let work = self.work(&session, &stages, &needs, span, in_span(self.per))?;
        let commands = work.commands(&mut session)?;
        if !output.json && !self.yes {
            output.document(&text::plan_funnel(&shown, self.per, &view))?;
        }
        let question = format!("Make {}?", work.summary());
        confirmed(output, self.yes, &question).map_err(|failure| match failure.exit {
            Exit::Usage => failure.hint("say so with --yes; without --make nothing is made"),
            _ => failure,
        })?;
        let done = session.record(commands, self.reason.as_deref())?;
        let first = work.first(&session);
        session.answer(
            &done,
            "count what is done",
            &format!("okr todo count {first} N"),
        )
    }

    /// The stages: as typed, or those of a funnel, with what was measured in it.
    fn stages(
        &self,
        session: &Session<'_>,
        cycle: Option<CycleId>,
        on: Date,
    ) -> Result<Stages, Failure> {
        let Some(name) = &self.funnel else {
            let (names, rates) = stages::planned(&self.stages)?;
            if let Some(stage) = self.stages.iter().find(|stage| stage.source.is_some()) {
                return Err(Failure::usage(format!(
                    "What counts '{}' is said where a funnel is defined.",
                    stage.name
                ))
                .hint("see `okr funnel define --help`, then plan with --funnel NAME"));
            }
            return Ok(Stages {
                funnel: None,
                names,
                rates,
                measured: Vec::new(),
            });
        };
        let id = session.resolver().funnel(name)?;
        let found = (session.state().funnels.get(&id))
            .ok_or_else(|| Failure::not_found("That funnel is gone."))?;
        let typed: Vec<stages::Typed> = (found.stages.iter())
            .map(|stage| stages::Typed {
                name: stage.name.clone(),
                source: None,
                rate: stage.rate,
            })
            .collect();
        let (names, rates) = stages::planned(&typed).map_err(|failure| {
            failure.hint("define it again with a rate for each stage: `okr funnel define --help`")
        })?;
        Ok(Stages {
            funnel: Some(id),
            names,
            rates,
            measured: measured(session.state(), id, cycle, on, self.readings.into()),
        })
    }

    /// When the work is done; none where nothing says so.
    fn span(
        &self,
        session: &Session<'_>,
        cycle: Option<CycleId>,
        today: Date,
    ) -> Result<Option<Span>, Failure> {
        let cycle = (cycle.and_then(|id| session.state().cycles.get(&id)))
            .and_then(|cycle| Span::new(cycle.starts, cycle.ends))
            // A cycle that is over says nothing about work to come, unless it was named.
            .filter(|cycle| cycle.ends >= today || self.cycle.is_some());
        let typed =
            |text: &Option<String>| (text.as_deref()).map(|text| day(text, today)).transpose();
        let running = |cycle: Span| {
            if cycle.contains(today) {
                today
            } else {
                cycle.starts
            }
        };
        let from = typed(&self.from)?.or_else(|| cycle.map(running));
        let until = typed(&self.until)?.or_else(|| cycle.map(|cycle| cycle.ends));
        match (from, until) {
            (None, None) => Ok(None),
            (None, Some(until)) => span_of(today, until).map(Some),
            (Some(from), Some(until)) => span_of(from, until).map(Some),
            (Some(_), None) => {
                Err(Failure::usage("It was not said until when.").hint("give --until DATE"))
            }
        }
    }

    fn holidays(&self, today: Date) -> Result<BTreeSet<Date>, Failure> {
        (self.holidays.iter())
            .map(|text| day(text.trim(), today))
            .collect()
    }

    fn work(
        &self,
        session: &Session<'_>,
        stages: &Stages,
        needs: &[Need],
        span: Option<Span>,
        periods: Option<Decimal>,
    ) -> Result<Work, Failure> {
        let resolver = session.resolver();
        let (Some(span), Some(periods)) = (span, periods) else {
            return Err(
                Failure::usage("It was not said when the work is to be done.")
                    .hint("give --from and --until, or --cycle"),
            );
        };
        let funnel = stages
            .funnel
            .and_then(|id| session.state().funnels.get(&id));
        let key_result = match &self.key_result {
            Some(key_result) => Some(resolver.key_result(key_result)?),
            None => funnel.and_then(|funnel| funnel.key_result),
        };
        let owner = match &self.owner {
            Some(owner) => resolver.member(owner, session.me())?,
            None => session.me(),
        };
        let outcome = stages.names.last().map_or("", String::as_str);
        let title = (self.title.clone()).unwrap_or_else(|| format!("{} {outcome}", self.outcome));
        Work::planned(
            title,
            owner,
            key_result,
            span,
            self.per,
            periods,
            &stages.names,
            needs,
        )
    }

    /// What was typed, without --make.
    fn typed(&self) -> Typed {
        let mut typed = Typed::new("okr plan funnel").word(&self.outcome.to_string());
        for stage in &self.stages {
            let hundredths = (stage.rate).and_then(|rate| rate.checked_mul(Decimal::HUNDRED));
            let rate = hundredths.map_or_else(String::new, |rate| format!(":{rate}%"));
            typed = typed.word(&format!("{}{rate}", stage.name));
        }
        let holidays = (!self.holidays.is_empty()).then(|| self.holidays.join(","));
        let per = (self.per != Period::Day).then(|| self.per.word());
        typed
            .option("--funnel", self.funnel.as_deref())
            .option("--from", self.from.as_deref())
            .option("--until", self.until.as_deref())
            .option("--cycle", self.cycle.as_deref())
            .option("--holidays", holidays.as_deref())
            .option("--per", per)
    }
}

fn span_of(from: Date, until: Date) -> Result<Span, Failure> {
    Span::new(from, until).ok_or_else(|| {
        Failure::usage(format!(
            "The work would end on {until}, before it begins on {from}."
        ))
        .hint("give other days with --from and --until")
    })
}

/// The conversion rates that a funnel has had in a cycle so far; one for each stage.
fn measured(
    state: &State,
    id: FunnelId,
    cycle: Option<CycleId>,
    on: Date,
    readings: Readings,
) -> Vec<Option<Measured>> {
    let (Some(found), Some(cycle)) = (state.funnels.get(&id), cycle) else {
        return Vec::new();
    };
    let counted: Vec<Option<Decimal>> = (found.stages.iter())
        .map(|stage| volumes::volume(state, stage, cycle, on, readings).ok())
        .collect();
    funnel::conversions(&counted)
}
