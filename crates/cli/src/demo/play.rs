//! One performance: what the script says is done on the stage, and told by the narrator.

use serde_json::Value;

use super::narrator::Narrator;
use super::stage::{MACHINES, Machine, Outcome, Stage};
use crate::error::{Exit, Failure};
use crate::output::Said;

/// How wide answers are that nobody sees.
const UNSEEN_COLUMNS: usize = 80;

/// The stage and its narrator.
#[derive(Debug)]
pub(super) struct Play<'a> {
    pub(super) stage: Stage,
    pub(super) narrator: Narrator<'a>,
}

impl Play<'_> {
    /// Begins a chapter at a moment of the story.
    pub(super) fn chapter(&self, when: &str, title: &str) -> Result<(), Failure> {
        self.narrator.chapter(when, title)
    }

    /// Says something to whoever watches.
    pub(super) fn say(&self, text: &str) -> Result<(), Failure> {
        self.narrator.say(text)
    }

    /// Types a command on a machine and shows its answer. Hints are left out: they are for whoever sits
    /// at the keyboard, and here the narrator goes on.
    pub(super) fn types(&self, machine: &Machine, line: &str) -> Result<(), Failure> {
        let mut outcome = self.run(machine, line, Exit::Done)?;
        for said in &mut outcome.said {
            if let Said::Answer(text) = said {
                *text = without_hints(text);
            }
        }
        self.narrator.command(machine.name, line, &outcome.said)
    }

    /// Types a command that is to end with `exit`, and shows all that it says.
    pub(super) fn types_ending(
        &self,
        machine: &Machine,
        line: &str,
        exit: Exit,
    ) -> Result<(), Failure> {
        let outcome = self.run(machine, line, exit)?;
        self.narrator.command(machine.name, line, &outcome.said)
    }

    /// Joins with an invitation, which is a secret: `shown` stands in its place.
    pub(super) fn joins(&self, machine: &Machine, shown: &str, line: &str) -> Result<(), Failure> {
        let invitation = self.stage.invitation(machine)?;
        let outcome = self.run(machine, &line.replace(shown, &invitation), Exit::Done)?;
        self.narrator.command(machine.name, line, &outcome.said)
    }

    /// Types a command that nobody sees.
    pub(super) fn quietly(&self, machine: &Machine, line: &str) -> Result<(), Failure> {
        self.run_within(machine, line, Exit::Done, UNSEEN_COLUMNS, false)?;
        Ok(())
    }

    /// Every machine exchanges what it has with the server, unseen. The last one then has everything,
    /// the others lack what came after them.
    pub(super) fn all_sync_quietly(&self) -> Result<(), Failure> {
        for machine in MACHINES {
            self.quietly(machine, "sync")?;
        }
        Ok(())
    }

    /// Asks a machine something, unseen.
    pub(super) fn ask(&self, machine: &Machine, line: &str) -> Result<Value, Failure> {
        let line = format!("{line} --json");
        let outcome = self.run_within(machine, &line, Exit::Done, UNSEEN_COLUMNS, false)?;
        let answer: String = outcome
            .said
            .iter()
            .filter_map(|said| match said {
                Said::Answer(text) => Some(text.as_str()),
                Said::Message(_) => None,
            })
            .collect();
        serde_json::from_str(&answer).map_err(|error| {
            Failure::new(
                Exit::Trouble,
                format!("`okr {line}` did not answer with JSON: {error}."),
            )
        })
    }

    /// A field of a key result as a machine shows it, as text.
    pub(super) fn figure(
        &self,
        machine: &Machine,
        key_result: &str,
        field: &str,
    ) -> Result<String, Failure> {
        let shown = self.ask(machine, &format!("kr show {key_result}"))?;
        text(shown.get("key_result").unwrap_or(&shown), field)
    }

    fn run(&self, machine: &Machine, line: &str, exit: Exit) -> Result<Outcome, Failure> {
        let columns = self.narrator.width_of_commands();
        self.run_within(machine, line, exit, columns, self.narrator.coloured())
    }

    fn run_within(
        &self,
        machine: &Machine,
        line: &str,
        exit: Exit,
        columns: usize,
        colour: bool,
    ) -> Result<Outcome, Failure> {
        let mut outcome = self.stage.okr(machine, line, columns, colour)?;
        if outcome.exit == exit {
            // The system chose the port, another one each time.
            let address = self.stage.okrd.address();
            let anonymous = format!("{}:PORT", address.ip());
            for said in &mut outcome.said {
                let (Said::Answer(text) | Said::Message(text)) = said;
                *text = text.replace(&address.to_string(), &anonymous);
            }
            return Ok(outcome);
        }
        let said = outcome.said.into_iter().map(|said| match said {
            Said::Answer(text) | Said::Message(text) => text.trim_end().to_owned(),
        });
        Err(Failure::new(
            Exit::Trouble,
            format!(
                "The demo stops: `okr {line}` on {} ended with {}, and {} was expected.",
                machine.name, outcome.exit as u8, exit as u8
            ),
        )
        .details(said.collect())
        .hint("this is a fault of the demo or of this machine: please report it"))
    }
}

/// The text without the lines that say which command is useful next.
fn without_hints(text: &str) -> String {
    let is_hint = |line: &&str| {
        let plain = anstream::adapter::strip_str(line).to_string();
        plain.starts_with("hint: ")
    };
    text.split_inclusive('\n')
        .filter(|line| !is_hint(line))
        .collect()
}

/// The text of a field of a JSON object.
pub(super) fn text(object: &Value, field: &str) -> Result<String, Failure> {
    match object.get(field) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        _ => Err(Failure::new(
            Exit::Trouble,
            format!("The demo finds no `{field}` in an answer of okr."),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_left_out_coloured_or_not() {
        let text = "now 12\n\u{1b}[36mhint:\u{1b}[0m try again\nhint: or not\nand\n";
        assert_eq!(without_hints(text), "now 12\nand\n");
    }
}
