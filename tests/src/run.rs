//! What a command left behind: its exit code and what it said, with assertions that show all of it
//! when they fail.

use std::process::Output;

use serde_json::Value;

/// The schema that every answer of `--json` names.
const SCHEMA: &str = "quarterdeck/1";

/// A command that has ended.
#[derive(Debug, Clone)]
pub struct Run {
    /// The command as it was typed, for messages.
    pub command: String,
    /// What it printed as its answer.
    pub stdout: String,
    /// What it said went wrong, and hints.
    pub stderr: String,
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
}

impl Run {
    pub(crate) fn new(command: String, output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            command,
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code(),
        }
    }

    /// Asserts that the command succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.code(0)
    }

    /// Asserts that the command ended with this exit code, not in a panic, and that a failure was explained.
    #[track_caller]
    pub fn code(self, expected: i32) -> Self {
        self.check(
            self.code == Some(expected),
            &format!("expected exit code {expected}"),
        );
        self.check(!self.stderr.contains("panicked at"), "it panicked");
        self.check(
            expected < 2 || !self.stderr.trim().is_empty(),
            "it failed without a word of explanation",
        );
        self
    }

    /// Asserts that standard error contains every one of these texts, whatever their case.
    #[track_caller]
    pub fn explains(self, texts: &[&str]) -> Self {
        let said = self.stderr.to_lowercase();
        for text in texts {
            self.check(
                said.contains(&text.to_lowercase()),
                &format!("standard error does not speak of “{text}”"),
            );
        }
        self
    }

    /// The one JSON object that a command answers, with the schema that scripts rely on.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        let parsed: Option<Value> = serde_json::from_str(&self.stdout).ok();
        self.check(parsed.is_some(), "standard output is not one JSON value");
        let answer = parsed.unwrap_or_default();
        self.check(
            answer["schema"] == SCHEMA,
            "the answer does not name its schema",
        );
        answer
    }

    /// The JSON lines that a command of unbounded length answers.
    #[track_caller]
    #[must_use]
    pub fn json_lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| {
                let parsed: Option<Value> = serde_json::from_str(line).ok();
                self.check(parsed.is_some(), &format!("not JSON: {line}"));
                parsed.unwrap_or_default()
            })
            .collect()
    }

    /// The arguments of the first `okr` command that standard error offers between backticks as what to do.
    #[track_caller]
    #[must_use]
    pub fn offered_command(&self) -> Vec<String> {
        let offered = self
            .stderr
            .split('`')
            .skip(1)
            .step_by(2)
            .find_map(|quoted| quoted.strip_prefix("okr "));
        self.check(
            offered.is_some(),
            "no command is offered between backticks as what to do",
        );
        offered
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect()
    }

    #[track_caller]
    fn check(&self, holds: bool, otherwise: &str) {
        assert!(
            holds,
            "{otherwise}\n$ {}\n-- exit code: {:?}\n-- standard output:\n{}\n-- standard error:\n{}",
            self.command, self.code, self.stdout, self.stderr
        );
    }
}

/// The item of a JSON array whose `title` is this one.
///
/// # Panics
///
/// If the value is no array or nothing in it has this title.
#[track_caller]
#[must_use]
pub fn titled<'a>(list: &'a Value, title: &str) -> &'a Value {
    list.as_array()
        .into_iter()
        .flatten()
        .find(|item| item["title"] == title)
        .unwrap_or_else(|| panic!("nothing is titled “{title}” in {list:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(stderr: &str) -> Run {
        Run {
            command: "okr sync".to_owned(),
            stdout: String::new(),
            stderr: stderr.to_owned(),
            code: Some(5),
        }
    }

    #[test]
    fn the_offered_command_is_the_first_of_ours_between_backticks() {
        let run = failed("Error: `x` was copied.\nHint: Run `okr device new --keep` here.\n");
        assert_eq!(run.offered_command(), ["device", "new", "--keep"]);
    }

    #[test]
    #[should_panic(expected = "without a word of explanation")]
    fn a_failure_must_be_explained() {
        failed("").code(5);
    }

    #[test]
    #[should_panic(expected = "expected exit code 0")]
    fn another_exit_code_shows_what_was_said() {
        failed("no").ok();
    }
}
