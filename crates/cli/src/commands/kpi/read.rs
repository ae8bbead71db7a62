//! `okr kpi list` and `okr kpi show`

use clap::Args;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_report::json::{self, KpiQuery};
use quarterdeck_report::text;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::Time;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi list
  okr kpi list --team sales
  okr kpi list --owner me --on 2026-08-21")]
pub(super) struct List {
    /// Of this team, and of those below it.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// Of this member only.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// Also those that were dropped.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi show crm-leads
  okr kpi show crm-leads --all
  okr kpi show crm-leads --as-of \"week 6\"")]
pub(super) struct Show {
    /// The KPI.
    #[arg(value_name = "REF", add = crate::complete::kpis())]
    kpi: String,
    /// All readings and days, not only the last ones.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    time: Time,
}

impl List {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let view = context.open()?.view(self.time)?;
        let resolver = view.resolver();
        let team = (self.team.as_deref())
            .map(|team| resolver.team(team))
            .transpose()?;
        let owner = (self.owner.as_deref())
            .map(|owner| resolver.member(owner, view.me()))
            .transpose()?;
        let query = KpiQuery {
            team,
            owner,
            all: self.all,
            on: view.on(),
            as_of: view.as_of(),
        };
        let list = json::kpi_list(&view.names(), view.pending(), &query);
        view.answer(&list, |shown| text::kpi_list(&list, shown))?;
        Ok(Exit::Done)
    }
}

impl Show {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let view = context.open()?.view(self.time)?;
        let kpi = view.resolver().kpi(&self.kpi)?;
        let shown = json::kpi_show(&view.names(), view.pending(), kpi, view.on(), view.as_of())
            .ok_or_else(|| Refusal::not_found("KPI", kpi))?;
        view.answer(&shown, |how| text::kpi_show(&shown, how, self.all))?;
        Ok(Exit::Done)
    }
}
