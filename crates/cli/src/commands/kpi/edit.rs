//! `okr kpi edit` and `okr kpi drop`

use clap::Args;
use quarterdeck_core::id::KpiId;
use quarterdeck_core::token::Life;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::json;
use quarterdeck_report::names::Names;

use super::{Better, answer};
use crate::context::Context;
use crate::edit::{Fields, cleared};
use crate::error::{Exit, Failure};
use crate::parse::number;
use crate::session::Session;
use crate::vocabulary::words;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi edit crm-leads --target 650 -m \"two reps more\"
  okr kpi edit crm-leads --owner ben --team sales
  okr kpi edit crm-leads --target none
  okr kpi edit crm-leads --state active -m \"we read it again\"

The old value stays in the log: okr log REF")]
pub(super) struct Edit {
    /// The KPI.
    #[arg(value_name = "REF", add = crate::complete::kpis())]
    kpi: String,
    /// What it measures, in words.
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    better: Better,
    /// Its 100 %, or `none`.
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    target: Option<String>,
    /// What the numbers count, or `none`.
    #[arg(long)]
    unit: Option<String>,
    /// Who looks after it, or `none`.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// The team that it belongs to, or `none`.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// A name of one's own, or `none`.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// A longer description, or `none`.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Where it stands in its life.
    #[arg(long, value_parser = words::<Life>(&["active", "dropped"]))]
    state: Option<Life>,
    /// Why. The log keeps it.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi drop crm-leads -m \"the CRM is gone\"

To take it up again: okr kpi edit REF --state active -m WHY")]
pub(super) struct Drop {
    /// The KPI.
    #[arg(value_name = "REF", add = crate::complete::kpis())]
    kpi: String,
    /// Why. Everybody will read it.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: String,
}

impl Edit {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let kpi = resolver.kpi(&self.kpi)?;
        let mut fields = Fields::default();
        fields.text(Field::Title, self.title);
        fields.clearable_text(Field::Description, self.description);
        let direction = self.better.direction();
        fields.word(
            Field::Direction,
            direction.map(|direction| direction.word()),
        );
        if let Some(target) = &self.target {
            let target = cleared(target, |target| number(target).map_err(Failure::usage))?;
            fields.set(Field::Target, Value::number(target));
        }
        fields.clearable_text(Field::Unit, self.unit);
        if let Some(owner) = self.owner {
            let owner = cleared(&owner, |owner| resolver.member(owner, session.me()))?;
            fields.reference(Field::Owner, owner.map(Subject::Member));
        }
        if let Some(team) = self.team {
            let team = cleared(&team, |team| resolver.team(team))?;
            fields.reference(Field::Team, team.map(Subject::Team));
        }
        fields.clearable_text(Field::Key, self.key);
        fields.word(Field::State, self.state.map(Life::word));
        let command = fields.command(Subject::Kpi(kpi))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        let exit = answer(&session, kpi, &done)?;
        warn_of_units(&session, kpi);
        Ok(exit)
    }
}

impl Drop {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let kpi = session.resolver().kpi(&self.kpi)?;
        let mut fields = Fields::default();
        fields.word(Field::State, Some(Life::Dropped.word()));
        let command = fields.command(Subject::Kpi(kpi))?;
        let done = session.record(vec![command], Some(&self.reason))?;
        session.answer(&done, "it is still listed by", "okr kpi list --all")
    }
}

/// A unit changes nothing but how numbers are told: key results that read them go on counting.
fn warn_of_units(session: &Session<'_>, kpi: KpiId) {
    let names = Names::new(session.state());
    let (pending, today) = (session.pending(), session.today());
    let shown = json::kpi_show(&names, &pending, kpi, today, None);
    let linked = shown.into_iter().flat_map(|shown| shown.key_results);
    for one in linked.filter(|one| one.unit_differs) {
        let unit = one.unit.unwrap_or_default();
        session.context.output.warning(&format!(
            "Key result {} reads it and counts {unit}; give both one unit.",
            one.reference
        ));
    }
}
