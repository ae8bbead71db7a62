//! `okr checkin`: measurements of key results.

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn};
use quarterdeck_core::value::{Field, Subject, Value};

use super::checkin_csv;
use crate::context::Context;
use crate::edit::Fields;
use crate::error::{Exit, Failure};
use crate::parse::{day, measure, number, share};

/// Record how a key result stands.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "EXAMPLES:
  okr checkin leads 531 -c 0.7 -m \"two partners signed\"
  okr checkin leads +3                   three more; adds up with what others add meanwhile
  okr checkin leads 520 --on 2026-08-21  what held on that day
  okr checkin nps =-3                    the value is -3; -3 would be three less
  okr checkin portal pilot               a step is done; \"not pilot\" takes it back
  okr checkin reference done
  okr checkin --csv weekly.csv           columns kr, value, date, confidence, note
  okr checkin amend ci-4f2k --value 513 -m \"two were counted twice\"
  okr checkin retract ci-4f2k -m \"wrong key result\""
)]
pub(crate) struct CheckIn {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// The key result.
    #[arg(value_name = "KR", required_unless_present = "csv", add = crate::complete::key_results())]
    key_result: Option<String>,
    /// A number, a change such as +3 or -3, `done`, or a step's name.
    #[arg(required_unless_present = "csv", allow_negative_numbers = true)]
    value: Option<String>,
    /// How sure you are to reach the target, 0 to 1.
    #[arg(short, long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    confidence: Option<Decimal>,
    /// A word on it.
    #[arg(short = 'm', long = "message", value_name = "NOTE")]
    note: Option<String>,
    /// The day that it speaks of [default: today].
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// The value that you expect at the end of the cycle.
    #[arg(long, value_name = "NUMBER", value_parser = number, allow_negative_numbers = true)]
    projection: Option<Decimal>,
    /// Read check-ins from a file: all of them are recorded, or none.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key_result", "value", "confidence", "note", "on", "projection"])]
    csv: Option<std::path::PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Correct a check-in; what it said before stays in the log.
    Amend(Box<Amend>),
    /// Take a check-in back; it stays in the log and does not count.
    Retract(Retract),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr checkin amend ci-4f2k --value 513 -m \"two were counted twice\"
  okr checkin amend ci-4f2k --on 2026-08-20")]
struct Amend {
    /// The check-in: its reference stands in `okr kr show`.
    #[arg(value_name = "REF")]
    check_in: String,
    /// The right value.
    #[arg(long, allow_hyphen_values = true)]
    value: Option<String>,
    /// The right day.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// The right confidence, 0 to 1.
    #[arg(short, long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    confidence: Option<Decimal>,
    /// The right projection.
    #[arg(long, value_name = "NUMBER", value_parser = number, allow_negative_numbers = true)]
    projection: Option<Decimal>,
    /// The right note, or `none`.
    #[arg(long)]
    note: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr checkin retract ci-4f2k -m \"wrong key result\"")]
struct Retract {
    /// The check-in: its reference stands in `okr kr show`.
    #[arg(value_name = "REF")]
    check_in: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl CheckIn {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Some(Verb::Amend(amend)) => return amend.run(context),
            Some(Verb::Retract(retract)) => return retract.run(context),
            None => {}
        }
        if let Some(file) = self.csv {
            return checkin_csv::run(context, &file);
        }
        let (Some(key_result), Some(value)) = (self.key_result, self.value) else {
            return Err(Failure::usage("Give a key result and its value."));
        };
        let mut session = context.open()?;
        let key_result = session.resolver().key_result(&key_result)?;
        let measure = measure(&value, session.metric(key_result)?)?;
        let effective = match &self.on {
            Some(on) => day(on, session.today())?,
            None => session.today(),
        };
        let body = Body::CheckedIn(CheckedIn {
            key_result,
            measure,
            effective,
            confidence: self.confidence,
            projection: self.projection,
            note: self.note,
        });
        let done = session.record(vec![Command::Record(body)], None)?;
        let name = session.name(Subject::KeyResult(key_result));
        session.answer_standing(
            key_result,
            &done,
            "how it got there",
            &format!("okr history {name}"),
        )
    }
}

impl Amend {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let (key_result, check_in) = session.resolver().check_in(&self.check_in)?;
        let mut fields = Fields::default();
        if let Some(value) = &self.value {
            let measure = measure(value, session.metric(key_result)?)?;
            fields.set(Field::Value, Value::Measure(measure));
        }
        if let Some(on) = &self.on {
            fields.set(Field::Effective, Value::Date(day(on, session.today())?));
        }
        fields.number(Field::Confidence, self.confidence);
        fields.number(Field::Projection, self.projection);
        fields.clearable_text(Field::Text, self.note);
        let command = fields.command(Subject::CheckIn(key_result, check_in))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        let name = session.name(Subject::KeyResult(key_result));
        session.answer_standing(
            key_result,
            &done,
            "both stand in",
            &format!("okr history {name}"),
        )
    }
}

impl Retract {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let (key_result, check_in) = session.resolver().check_in(&self.check_in)?;
        let body = Body::CheckInRetracted {
            key_result,
            check_in,
        };
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        session.answer_standing(key_result, &done, "it counts again after", "okr undo")
    }
}
