//! `okr kpi record`, `okr kpi amend` and `okr kpi retract`

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, KpiRecorded};
use quarterdeck_core::id::KpiId;
use quarterdeck_core::token::NoteState;
use quarterdeck_core::value::{Field, Subject, Value};

use super::answer;
use crate::context::Context;
use crate::edit::Fields;
use crate::error::{Exit, Failure};
use crate::parse::{day, reading};
use crate::session::Session;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi record crm-leads 520
  okr kpi record crm-leads 512 --on 2026-08-21 -m \"before the fair\"
  okr kpi record churn 2.5%

A reading is the value itself, not a change. The last one of a day holds.")]
pub(super) struct Record {
    /// The KPI.
    #[arg(value_name = "REF", add = crate::complete::kpis())]
    kpi: String,
    /// What it reads.
    #[arg(allow_negative_numbers = true)]
    value: String,
    /// The day that it speaks of [default: today].
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// A word on it.
    #[arg(short = 'm', long = "message", value_name = "NOTE")]
    note: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi amend r-4f2k --value 518 -m \"two were counted twice\"
  okr kpi amend r-4f2k --on 2026-08-20 --note none")]
pub(super) struct Amend {
    /// The reading: its reference stands in `okr kpi show`.
    #[arg(value_name = "READING")]
    reading: String,
    /// The right value.
    #[arg(long, allow_hyphen_values = true)]
    value: Option<String>,
    /// The right day.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// The right note, or `none`.
    #[arg(long)]
    note: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kpi retract r-4f2k -m \"the wrong KPI\"

`okr undo` lets it count again.")]
pub(super) struct Retract {
    /// The reading: its reference stands in `okr kpi show`.
    #[arg(value_name = "READING")]
    reading: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Record {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let kpi = session.resolver().kpi(&self.kpi)?;
        let effective = match &self.on {
            Some(on) => day(on, session.today())?,
            None => session.today(),
        };
        let body = Body::KpiRecorded(KpiRecorded {
            kpi,
            value: reading(&self.value, unit(&session, kpi))?,
            effective,
            note: self.note,
        });
        let done = session.record(vec![Command::Record(body)], None)?;
        answer(&session, kpi, &done)
    }
}

impl Amend {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let (kpi, amended) = session.resolver().reading(&self.reading)?;
        let mut fields = Fields::default();
        if let Some(value) = &self.value {
            let value = reading(value, unit(&session, kpi))?;
            fields.set(Field::Value, Value::Number(value));
        }
        if let Some(on) = &self.on {
            fields.set(Field::Effective, Value::Date(day(on, session.today())?));
        }
        fields.clearable_text(Field::Text, self.note);
        let command = fields.command(Subject::Reading(kpi, amended))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        answer(&session, kpi, &done)
    }
}

impl Retract {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let (kpi, retracted) = session.resolver().reading(&self.reading)?;
        let mut fields = Fields::default();
        fields.word(Field::State, Some(NoteState::Withdrawn.word()));
        let command = fields.command(Subject::Reading(kpi, retracted))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        answer(&session, kpi, &done)
    }
}

fn unit<'a>(session: &'a Session<'_>, kpi: KpiId) -> Option<&'a str> {
    session.state().kpis.get(&kpi)?.unit.as_deref()
}
