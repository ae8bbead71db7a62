//! `okr kr new`

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, KeyResultAdded};
use quarterdeck_core::id::{IdSource, KeyResultId};
use quarterdeck_core::token::{Cadence, Indicator, MetricKind};
use quarterdeck_core::value::Subject;

use super::metric::MetricOptions;
use crate::context::Context;
use crate::edit::cleared;
use crate::error::{Exit, Failure};
use crate::parse::{certainty, number};
use crate::vocabulary::words;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr new \"Qualified leads\" --objective growth --increase 500..550 --unit leads --key leads
  okr kr new \"Time to pick up a call\" --objective growth --decrease 40..30 --unit s
  okr kr new \"Uptime of the portal\" --objective growth --maintain 99.5..100 --unit %
  okr kr new \"Partner portal\" --objective growth --milestones \"draft,pilot:2,live:3\"
  okr kr new \"Reference customer signed\" --objective growth --binary --certainty moonshot
  okr kr new \"Campaigns in Spain\" --objective growth --increase 0..6 --team marketing
  okr kr new \"Leads in the CRM\" --objective growth --increase 500..550 --kpi crm-leads")]
pub(super) struct New {
    /// What is measured, in words.
    title: String,
    /// The objective that it belongs to.
    #[arg(long, value_name = "REF", add = crate::complete::objectives())]
    objective: String,
    #[command(flatten)]
    metric: MetricOptions,
    /// What the numbers count: %, EUR, leads.
    #[arg(long)]
    unit: Option<String>,
    /// Its weight in the objective's score.
    #[arg(long, value_name = "W", default_value = "1", value_parser = number, allow_negative_numbers = true)]
    weight: Decimal,
    /// How certain you are at the start: 0 to 1, or likely (0.8), possible (0.5), moonshot (0.2).
    #[arg(long, value_name = "SHARE", value_parser = certainty, allow_negative_numbers = true)]
    certainty: Option<Decimal>,
    /// Leading foretells the outcome, lagging is the outcome.
    #[arg(long, value_parser = words::<Indicator>(Indicator::WORDS))]
    indicator: Option<Indicator>,
    /// How often it wants a check-in.
    #[arg(long, default_value = "weekly", value_parser = words::<Cadence>(Cadence::WORDS))]
    cadence: Cadence,
    /// Who answers for it [default: the objective's owner, else you].
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// The team that answers for it, where that is another than the objective's: both see it.
    #[arg(long, value_name = "TEAM", add = crate::complete::teams())]
    team: Option<String>,
    /// Its place among the objective's key results, 1 for what matters most.
    #[arg(long)]
    rank: Option<u32>,
    /// A name of one's own, to type in place of the reference.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// The KPI that it reads its value from; its readings count like check-ins.
    #[arg(long, value_name = "KPI", add = crate::complete::kpis())]
    kpi: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl New {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut metric = self.metric.metric(self.unit).ok_or_else(|| {
            Failure::usage("It was not said how the key result is measured.").hint(
                "give one of --increase A..B, --decrease A..B, --maintain LOW..HIGH, \
                 --milestones STEPS, --binary",
            )
        })?;
        let mut session = context.open()?;
        let resolver = session.resolver();
        let objective = resolver.objective(&self.objective)?;
        let owner = match &self.owner {
            Some(owner) => cleared(owner, |owner| resolver.member(owner, session.me()))?,
            None => session
                .state()
                .objectives
                .get(&objective)
                .and_then(|objective| objective.owner)
                .or(Some(session.me())),
        };
        let team = (self.team.as_deref())
            .map(|team| resolver.team(team))
            .transpose()?;
        let kpi = (self.kpi.as_deref())
            .map(|kpi| resolver.kpi(kpi))
            .transpose()?;
        if metric.unit.is_none() {
            let read = kpi.and_then(|kpi| session.state().kpis.get(&kpi));
            metric.unit = read.and_then(|kpi| kpi.unit.clone());
        }
        let value = match metric.kind {
            MetricKind::Milestones => metric
                .milestones
                .first()
                .map_or_else(|| "STEP".to_owned(), |step| step.name.clone()),
            MetricKind::Binary => "done".to_owned(),
            _ => "VALUE".to_owned(),
        };
        let key_result = KeyResultId::new(session.random()?.next());
        let body = Body::KeyResultAdded(KeyResultAdded {
            key_result,
            objective,
            title: self.title,
            owner,
            metric,
            indicator: self.indicator,
            certainty: self.certainty,
            cadence: self.cadence,
            weight: self.weight,
            rank: self.rank,
            key: self.key,
            team,
            kpi,
            carried_from: None,
        });
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::KeyResult(key_result));
        match kpi {
            Some(kpi) => {
                let kpi = session.name(Subject::Kpi(kpi));
                let command = format!("okr kpi record {kpi} {value}");
                session.answer(&done, "measure it", &command)
            }
            None => {
                let command = format!("okr checkin {name} {value} -c 0.7 -m NOTE");
                session.answer(&done, "measure it", &command)
            }
        }
    }
}
