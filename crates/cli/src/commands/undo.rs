//! `okr undo`: take back what was done. The log keeps both.

use std::collections::HashSet;

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Entry;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::resolve;
use crate::session::Session;

/// How far back the first look goes.
const WINDOW: u64 = 256;

/// Take back your last command, or an event by its reference.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr undo                        your last command; again for the one before
  okr undo \"#1204\"                the event at a position of the log
  okr undo e-7fk2 -m \"the wrong team\"")]
pub(crate) struct Undo {
    /// The event: its reference, its id, or its position such as #1204.
    event: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Undo {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let undone = match &self.event {
            Some(event) => {
                let entries = read(&mut session, 1)?;
                vec![resolve::event(event, &entries)?]
            }
            None => last_command(&mut session)?,
        };
        let done = session.record(commands(undone), self.reason.as_deref())?;
        session.answer(&done, "see both in the log", "okr log")
    }
}

/// What takes these events back. The last one first: what was built on others goes before them.
pub(super) fn commands(undone: Vec<Entry>) -> Vec<Command> {
    (undone.into_iter().rev())
        .map(|entry| Command::Undo(Box::new(entry.event)))
        .collect()
}

pub(super) fn read(session: &mut Session<'_>, from: u64) -> Result<Vec<Entry>, Failure> {
    let entries = session.replica.entries(from);
    Ok(entries
        .map(|logged| logged.map(|logged| logged.entry))
        .collect::<Result<_, _>>()?)
}

/// The events of this device's last command that neither is an undo nor was undone.
pub(super) fn last_command(session: &mut Session<'_>) -> Result<Vec<Entry>, Failure> {
    let device = session.replica.identity().device.id;
    let head = session.state().head;
    let mut window = WINDOW;
    loop {
        let from = head.saturating_sub(window).saturating_add(1);
        let mine: Vec<Entry> = read(session, from)?
            .into_iter()
            .filter(|entry| entry.event.device == device)
            .collect();
        let undone: HashSet<_> = mine.iter().filter_map(|entry| entry.event.undoes).collect();
        let stands =
            |entry: &Entry| entry.event.undoes.is_none() && !undone.contains(&entry.event.id);
        let last = mine.iter().rposition(stands);
        if let Some(last) = last {
            let command = command_ending_at(&mine, last);
            // A command may begin before the window.
            let whole = command.len() < last.saturating_add(1) || from == 1;
            if whole {
                return Ok(command);
            }
        }
        if from == 1 {
            return Err(
                Failure::not_found("There is nothing of this device left to undo.")
                    .hint("name the event: `okr undo \"#12\"`, see `okr log`"),
            );
        }
        window = window.saturating_mul(8);
    }
}

/// The events of the command whose last event stands at `last` among a device's events.
fn command_ending_at(mine: &[Entry], last: usize) -> Vec<Entry> {
    let until: Vec<&Entry> = mine.iter().take(last.saturating_add(1)).collect();
    let mut command: Vec<Entry> = Vec::new();
    for entry in until.into_iter().rev() {
        let expected = command
            .last()
            .map(|after: &Entry| after.event.remaining.saturating_add(1));
        if expected.is_some_and(|expected| entry.event.remaining != expected) {
            break;
        }
        command.push(entry.clone());
    }
    command.reverse();
    command
}
