//! `okr kr edit`

use clap::Args;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::{Cadence, Indicator, KeyResultState};
use quarterdeck_core::value::{Field, Subject, Value};

use super::metric::MetricOptions;
use crate::context::Context;
use crate::edit::{Fields, cleared};
use crate::error::{Exit, Failure};
use crate::parse::{certainty, number};
use crate::vocabulary::words;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr edit leads --target 600 -m \"two reps more\"
  okr kr edit leads --weight 2 --owner ben
  okr kr edit leads --state active -m \"the form works again\"

The old value stays in the log: okr history REF")]
pub(super) struct Edit {
    /// The key result.
    #[arg(value_name = "REF", add = crate::complete::key_results())]
    key_result: String,
    /// What is measured, in words.
    #[arg(long)]
    title: Option<String>,
    /// Where it should arrive.
    #[arg(long, value_name = "NUMBER", value_parser = number, allow_negative_numbers = true, conflicts_with = "MetricOptions")]
    target: Option<Decimal>,
    /// Where it starts.
    #[arg(long, value_name = "NUMBER", value_parser = number, allow_negative_numbers = true, conflicts_with = "MetricOptions")]
    baseline: Option<Decimal>,
    #[command(flatten)]
    metric: MetricOptions,
    /// What the numbers count, or `none`.
    #[arg(long)]
    unit: Option<String>,
    /// Its weight in the objective's score.
    #[arg(long, value_name = "W", value_parser = number, allow_negative_numbers = true)]
    weight: Option<Decimal>,
    /// How certain you were at the start: 0 to 1, or likely (0.8), possible (0.5), moonshot (0.2).
    #[arg(long, value_name = "SHARE", value_parser = certainty, allow_negative_numbers = true)]
    certainty: Option<Decimal>,
    /// Leading or lagging.
    #[arg(long, value_parser = words::<Indicator>(Indicator::WORDS))]
    indicator: Option<Indicator>,
    /// How often it wants a check-in.
    #[arg(long, value_parser = words::<Cadence>(Cadence::WORDS))]
    cadence: Option<Cadence>,
    /// Who answers for it, or `none`.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// The team that answers for it, where that is another than the objective's, or `none`.
    #[arg(long, value_name = "TEAM", add = crate::complete::teams())]
    team: Option<String>,
    /// Its place among the objective's key results; `okr kr rank` moves the others along.
    #[arg(long)]
    rank: Option<u32>,
    /// A name of one's own, or `none`.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// The KPI that it reads its value from, or `none`.
    #[arg(long, value_name = "KPI", add = crate::complete::kpis())]
    kpi: Option<String>,
    /// Where it stands in its life.
    #[arg(long, value_parser = words::<KeyResultState>(&["active", "deferred", "dropped"]))]
    state: Option<KeyResultState>,
    /// Why. The history keeps it.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Edit {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let key_result = resolver.key_result(&self.key_result)?;
        let mut fields = Fields::default();
        fields.text(Field::Title, self.title);
        self.metric.fields(&mut fields, self.unit.is_some());
        fields.number(Field::Baseline, self.baseline);
        fields.number(Field::Target, self.target);
        fields.clearable_text(Field::Unit, self.unit);
        fields.number(Field::Weight, self.weight);
        fields.number(Field::Certainty, self.certainty);
        fields.word(Field::Indicator, self.indicator.map(Indicator::word));
        fields.word(Field::Cadence, self.cadence.map(Cadence::word));
        if let Some(owner) = self.owner {
            let owner = cleared(&owner, |owner| resolver.member(owner, session.me()))?;
            fields.reference(Field::Owner, owner.map(Subject::Member));
        }
        if let Some(team) = self.team {
            let team = cleared(&team, |team| resolver.team(team))?;
            fields.reference(Field::Team, team.map(Subject::Team));
        }
        if let Some(rank) = self.rank {
            fields.set(Field::Rank, Value::Number(Decimal::from(rank)));
        }
        fields.clearable_text(Field::Key, self.key);
        if let Some(kpi) = self.kpi {
            let kpi = cleared(&kpi, |kpi| resolver.kpi(kpi))?;
            fields.reference(Field::Kpi, kpi.map(Subject::Kpi));
        }
        fields.word(Field::State, self.state.map(KeyResultState::word));
        let unexplained =
            self.reason.is_none() && (self.target.is_some() || self.baseline.is_some());
        let exit = super::change(&mut session, key_result, fields, self.reason.as_deref())?;
        if unexplained {
            context.output.hint(
                "say why the next time, the history keeps it for everybody",
                "-m WHY",
            )?;
        }
        Ok(exit)
    }
}
