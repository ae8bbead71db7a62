//! `okr kpi new`

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, KpiDefined};
use quarterdeck_core::id::{IdSource, KpiId};
use quarterdeck_core::token::Direction;
use quarterdeck_core::value::Subject;

use super::Better;
use crate::context::Context;
use crate::edit::cleared;
use crate::error::{Exit, Failure};
use crate::parse::number;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi new \"Leads in the CRM\" --target 600 --unit leads --key crm-leads
  okr kpi new \"Time to pick up a call\" --lower --target 30 --unit s --team service
  okr kpi new \"Monthly recurring revenue\" --target 120000 --unit EUR --owner ben

A KPI is read over time and never scored. What is to change belongs into a key result; say with \
`okr kpi link` which ones are to improve it.")]
pub(super) struct New {
    /// What it measures, in words.
    title: String,
    #[command(flatten)]
    better: Better,
    /// Its 100 %.
    #[arg(long, value_name = "NUMBER", value_parser = number, allow_negative_numbers = true)]
    target: Option<Decimal>,
    /// What the numbers count: %, EUR, leads.
    #[arg(long)]
    unit: Option<String>,
    /// Who looks after it, or `none` [default: you].
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// The team that it belongs to.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// A name of one's own, to type in place of the reference.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// A longer description.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl New {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let owner = match &self.owner {
            Some(owner) => cleared(owner, |owner| resolver.member(owner, session.me()))?,
            None => Some(session.me()),
        };
        let team = (self.team.as_deref())
            .map(|team| resolver.team(team))
            .transpose()?;
        let kpi = KpiId::new(session.random()?.next());
        let body = Body::KpiDefined(KpiDefined {
            kpi,
            title: self.title,
            description: self.description,
            owner,
            team,
            direction: self.better.direction().unwrap_or(Direction::Higher),
            target: self.target,
            unit: self.unit,
            key: self.key,
        });
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::Kpi(kpi));
        session.answer(
            &done,
            "record what it reads",
            &format!("okr kpi record {name} VALUE"),
        )
    }
}
