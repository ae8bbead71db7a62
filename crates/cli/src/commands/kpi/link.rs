//! `okr kpi link` and `okr kpi unlink`

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::{KeyResultId, KpiId};

use super::answer;
use crate::context::Context;
use crate::error::{Exit, Failure};

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi link crm-leads leads
  okr kpi link crm-leads leads partners -m \"both bring leads\"

A key result that is to read its value from the KPI: okr kr edit REF --kpi KPI")]
pub(super) struct Link {
    #[command(flatten)]
    both: Both,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi unlink crm-leads partners -m \"they bring orders, not leads\"")]
pub(super) struct Unlink {
    #[command(flatten)]
    both: Both,
}

#[derive(Debug, Args)]
struct Both {
    /// The KPI.
    #[arg(value_name = "REF", add = crate::complete::kpis())]
    kpi: String,
    /// The key results.
    #[arg(required = true, value_name = "KR", add = crate::complete::key_results())]
    key_results: Vec<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Link {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.both.run(context, |kpi, key_result| Body::KpiLinked {
            kpi,
            key_result,
        })
    }
}

impl Unlink {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.both.run(context, |kpi, key_result| Body::KpiUnlinked {
            kpi,
            key_result,
        })
    }
}

impl Both {
    fn run(
        self,
        context: &Context,
        body: impl Fn(KpiId, KeyResultId) -> Body,
    ) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let kpi = resolver.kpi(&self.kpi)?;
        let commands = (self.key_results.iter())
            .map(|key_result| {
                let key_result = resolver.key_result(key_result)?;
                Ok(Command::Record(body(kpi, key_result)))
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let done = session.record(commands, self.reason.as_deref())?;
        answer(&session, kpi, &done)
    }
}
