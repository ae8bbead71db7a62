//! `okr outbox`: what waits to be sent, and what the server refused.

use clap::{Args, Subcommand};
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::EventId;
use quarterdeck_core::reference::{Candidate, Kind, Resolution, resolve};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::field_value;
use crate::session::Session;

/// Show what waits to be sent and what was refused; put refused work right.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "EXAMPLES:
  okr outbox
  okr outbox retry e-7fk2                       after what stood in its way is gone
  okr outbox amend e-7fk2 effective=2026-08-21  the same, with a field put otherwise
  okr outbox drop e-7fk2                        for good"
)]
pub(crate) struct Outbox {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Drop a command that was refused, or one that was not sent yet.
    Drop(Which),
    /// Give a refused command again, against what holds now.
    Retry(Which),
    /// Give a refused command again with some of its fields put otherwise.
    Amend(Amend),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr outbox drop e-7fk2
  okr outbox retry e-7fk2")]
struct Which {
    /// The command, by the reference that `okr outbox` shows.
    #[arg(value_name = "REF")]
    command: String,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr outbox amend e-7fk2 value=531
  okr outbox amend e-7fk2 title=\"Qualified leads\" owner=ben")]
struct Amend {
    /// The command, by the reference that `okr outbox` shows.
    #[arg(value_name = "REF")]
    command: String,
    /// What to put otherwise.
    #[arg(required = true, value_name = "FIELD=VALUE")]
    set: Vec<String>,
}

impl Outbox {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        match self.verb {
            None => list(&mut session),
            Some(Verb::Drop(which)) => drop_one(&mut session, &which.command),
            Some(Verb::Retry(which)) => retry(&mut session, &which.command, &[]),
            Some(Verb::Amend(amend)) => retry(&mut session, &amend.command, &amend.set),
        }
    }
}

fn list(session: &mut Session<'_>) -> Result<Exit, Failure> {
    session.replica.release();
    let shelved: Vec<(Vec<Entry>, Refusal)> = session
        .replica
        .shelf()
        .iter()
        .map(|item| (Session::unrecorded(&item.command), item.refusal.clone()))
        .collect();
    let names = Names::new(session.state());
    let shown = json::outbox(&names, &session.replica.pending_entries(), &shelved);
    let output = &session.context.output;
    output.answer(&shown, || text::outbox(&shown, &session.shown_for()))?;
    Ok(Exit::Done)
}

/// The waiting or refused command that is meant.
fn find(session: &Session<'_>, query: &str) -> Result<EventId, Failure> {
    let shelf = session.replica.shelf().iter().map(|item| item.id());
    let outbox = session.replica.outbox().iter().map(|command| command.id());
    let all = shelf.chain(outbox).map(|id| Candidate {
        kind: Kind::Event,
        id: id.uuid(),
        title: "",
        key: None,
    });
    match resolve(query, all) {
        Resolution::One(found) => Ok(EventId::new(found.id)),
        Resolution::None => Err(Failure::not_found(format!(
            "No command '{query}' waits here, and none was refused."
        ))
        .hint("see `okr outbox`")),
        Resolution::Many(found) => Err(Failure::not_found(format!(
            "'{query}' could be {} commands.",
            found.len()
        ))
        .hint("type more of the reference that `okr outbox` shows")),
    }
}

fn drop_one(session: &mut Session<'_>, query: &str) -> Result<Exit, Failure> {
    let id = find(session, query)?;
    let refused = session.replica.shelf().iter().any(|item| item.id() == id);
    if refused {
        session.replica.shelf_drop(id)?;
    } else {
        session.replica.outbox_drop(id, session.context.now.ms())?;
    }
    session.replica.release();
    let output = &session.context.output;
    if output.json {
        output.value(&serde_json::json!({
            "schema": json::SCHEMA,
            "dropped": id,
            "refused": refused,
        }))?;
    } else {
        output.line(if refused {
            "Dropped a refused command."
        } else {
            "Dropped a command that had not been sent."
        })?;
        output.hint("what is left", "okr outbox")?;
    }
    Ok(Exit::Done)
}

fn retry(session: &mut Session<'_>, query: &str, set: &[String]) -> Result<Exit, Failure> {
    let id = find(session, query)?;
    let set = fields(session, id, set)?;
    let done = session.retry(id, &set)?;
    session.answer(&done, "what is left", "okr outbox")
}

/// What `FIELD=VALUE` pairs mean for a refused command.
fn fields(
    session: &Session<'_>,
    id: EventId,
    set: &[String],
) -> Result<Vec<(Field, Value)>, Failure> {
    let subject = session
        .replica
        .shelf()
        .iter()
        .find(|item| item.id() == id)
        .and_then(|item| item.command.first().event.body.subject())
        .unwrap_or(Subject::Workspace);
    set.iter()
        .map(|pair| {
            let (field, value) = pair.split_once('=').ok_or_else(|| {
                Failure::usage(format!("'{pair}' sets nothing."))
                    .hint("write FIELD=VALUE, such as value=531")
            })?;
            let field = Field::from_word(&field.trim().to_lowercase());
            let value = field_value::read(session, subject, &field, value.trim())?;
            Ok((field, value))
        })
        .collect()
}
