//! `okr resolve`: settle a conflict.

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::id::MemberId;
use quarterdeck_core::state::{Conflict, Contender};
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::names::Names;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::field_value;
use crate::session::Session;

/// Settle which of two values shall stand.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr resolve leads target --take mine
  okr resolve leads target --take theirs -m \"agreed by phone\"
  okr resolve leads target --take 580 -m \"met in the middle\"

mine and theirs go by who wrote them; in-effect keeps what stands, other takes what was set aside.")]
pub(crate) struct Resolve {
    /// What the conflict is about.
    #[arg(value_name = "REF", add = crate::complete::anything())]
    about: String,
    /// The field; may be left out where only one is in conflict.
    #[arg(conflicts_with = "field_option")]
    field: Option<String>,
    /// The field, as an option.
    #[arg(long = "field", value_name = "FIELD", id = "field_option", hide = true)]
    field_option: Option<String>,
    /// mine, theirs, in-effect, other, or the value itself.
    #[arg(long, value_name = "SIDE", allow_hyphen_values = true)]
    take: Option<String>,
    /// Why. The history keeps it.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Resolve {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let subject = session.resolver().subject(&self.about)?;
        let wanted = self.field.as_deref().or(self.field_option.as_deref());
        let (field, to) = {
            let open = find(&session, subject, &self.about, wanted)?;
            let Some(take) = &self.take else {
                let field = open.field.word();
                return Err(
                    Failure::usage(format!("It was not said which {field} shall stand."))
                        .details(sides(&session, open))
                        .hint(format!(
                            "say it: `okr resolve {} {field} --take mine`, or theirs, or a value",
                            self.about
                        )),
                );
            };
            (open.field.clone(), chosen(&session, open, take)?)
        };
        let command = Command::Resolve { subject, field, to };
        let done = session.record(vec![command], self.reason.as_deref())?;
        session.answer(&done, "what else is open", "okr conflicts")
    }
}

/// The open conflict that is meant.
fn find<'s>(
    session: &'s Session<'_>,
    subject: Subject,
    about: &str,
    field: Option<&str>,
) -> Result<&'s Conflict, Failure> {
    let open: Vec<&Conflict> = session
        .state()
        .conflicts
        .iter()
        .filter(|open| open.subject == subject)
        .collect();
    match (field, open.as_slice()) {
        (_, []) => Err(
            Failure::not_found(format!("There is no open conflict about '{about}'."))
                .hint("see `okr conflicts`"),
        ),
        (None, [only]) => Ok(only),
        (None, several) => Err(Failure::not_found(format!(
            "Several fields of '{about}' are in conflict; which one is meant?"
        ))
        .details(
            several
                .iter()
                .map(|open| open.field.word().to_owned())
                .collect(),
        )
        .hint(format!("name the field: `okr resolve {about} FIELD`"))),
        (Some(field), all) => {
            let field = Field::from_word(&field.to_lowercase());
            all.iter()
                .find(|open| open.field == field)
                .copied()
                .ok_or_else(|| {
                    Failure::not_found(format!(
                        "There is no open conflict about the {field} of '{about}'."
                    ))
                    .hint("see `okr conflicts`")
                })
        }
    }
}

fn sides(session: &Session<'_>, open: &Conflict) -> Vec<String> {
    let names = Names::new(session.state());
    open.contenders
        .iter()
        .map(|side| {
            let value = names
                .value(&side.value)
                .unwrap_or_else(|| "none".to_owned());
            format!("{value}  by {}", names.person(side.stamp.member))
        })
        .collect()
}

/// The value of the side that was named, or the value that was given.
fn chosen(session: &Session<'_>, open: &Conflict, take: &str) -> Result<Value, Failure> {
    let state = session.state();
    let in_effect = state
        .stamp(open.subject, &open.field)
        .map(|stamp| stamp.event);
    let me: MemberId = session.me();
    let only = |what: &str, counts: &dyn Fn(&Contender) -> bool| {
        let mut found = open.contenders.iter().filter(|side| counts(side));
        match (found.next(), found.next()) {
            (Some(side), None) => Ok(side.value.clone()),
            (None, _) => Err(Failure::not_found(format!("None of the sides is {what}."))
                .details(sides(session, open))
                .hint("give the value itself after --take")),
            (Some(_), Some(_)) => Err(Failure::not_found(format!(
                "Several of the sides are {what}."
            ))
            .details(sides(session, open))
            .hint("give the value itself after --take")),
        }
    };
    match take.to_lowercase().as_str() {
        "mine" => only("yours", &|side| side.stamp.member == me),
        "theirs" => only("somebody else's", &|side| side.stamp.member != me),
        "in-effect" | "current" => only("in effect", &|side| Some(side.stamp.event) == in_effect),
        "other" => only("set aside", &|side| Some(side.stamp.event) != in_effect),
        _ => {
            let names = Names::new(state);
            let side = open
                .contenders
                .iter()
                .find(|side| names.value(&side.value).as_deref() == Some(take));
            match side {
                Some(side) => Ok(side.value.clone()),
                None => field_value::read(session, open.subject, &open.field, take),
            }
        }
    }
}
