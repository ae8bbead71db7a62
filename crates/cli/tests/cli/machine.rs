//! A machine for one test.

use std::cell::Cell;
use std::ffi::OsString;
use std::path::Path;

use quarterdeck_cli::{Captured, Exit, Said, Surroundings};
use serde_json::Value;
use tempfile::TempDir;

/// A home, a clock that goes on a minute with each command, and a seed for each.
pub(crate) struct Machine {
    home: TempDir,
    now: Cell<u64>,
    commands: Cell<u64>,
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) exit: Exit,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Machine {
    /// A machine on a Monday morning, without a workspace.
    pub(crate) fn new() -> Self {
        let machine = Self {
            home: tempfile::tempdir().unwrap(),
            now: Cell::new(0),
            commands: Cell::new(0),
        };
        machine.set_time("2026-07-06T09:00:00Z");
        machine
    }

    /// A machine with a workspace and a quarter with one key result, `leads`, from 500 to 550.
    pub(crate) fn planned() -> Self {
        let machine = Self::new();
        for line in [
            &["init", "acme", "--as", "ana", "--time-zone", "UTC"][..],
            &["cycle", "new", "2026-Q3"],
            &["cycle", "activate", "2026-Q3"],
            &["objective", "new", "Be the first choice", "--key", "growth"],
            &[
                "kr",
                "new",
                "Qualified leads",
                "--objective",
                "growth",
                "--increase",
                "500..550",
                "--unit",
                "leads",
                "--key",
                "leads",
            ],
        ] {
            machine.okr(line).ok();
        }
        machine
    }

    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    pub(crate) fn set_time(&self, moment: &str) {
        let moment: quarterdeck_core::calendar::Timestamp = moment.parse().unwrap();
        self.now.set(moment.ms());
    }

    pub(crate) fn okr(&self, arguments: &[&str]) -> Answer {
        let captured = Captured::new(80);
        self.commands.set(self.commands.get() + 1);
        self.now.set(self.now.get() + 60_000);
        let around = Surroundings {
            home: self.home.path().to_path_buf(),
            now: quarterdeck_core::calendar::Timestamp::from_ms(self.now.get()),
            seed: Some(self.commands.get()),
            captured: Some(captured.clone()),
        };
        let line = std::iter::once("okr")
            .chain(arguments.iter().copied())
            .map(OsString::from);
        let exit = quarterdeck_cli::run(line, around);
        let (mut stdout, mut stderr) = (String::new(), String::new());
        for said in captured.take() {
            match said {
                Said::Answer(text) => stdout.push_str(&text),
                Said::Message(text) => stderr.push_str(&text),
            }
        }
        Answer {
            exit,
            stdout,
            stderr,
        }
    }

    /// The one key result of the cycle, as `okr status --json` shows it.
    pub(crate) fn leads(&self, arguments: &[&str]) -> Value {
        let mut line = vec!["status", "--json"];
        line.extend(arguments);
        self.okr(&line).ok().json()["objectives"][0]["key_results"][0].clone()
    }

    pub(crate) fn log(&self) -> Vec<Value> {
        self.okr(&["log", "--json"]).ok().lines()
    }
}

/// Runs a line as it is typed, words in quotation marks kept together.
pub(crate) fn typed(machine: &Machine, line: &str) -> Answer {
    let mut words = vec![String::new()];
    let mut within = None;
    for c in line.chars() {
        match within {
            Some(mark) if c == mark => within = None,
            None if c == '\'' || c == '"' => within = Some(c),
            None if c == ' ' => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    machine.okr(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

impl Answer {
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        self.exits(Exit::Done)
    }

    #[track_caller]
    pub(crate) fn exits(self, exit: Exit) -> Self {
        assert_eq!(self.exit, exit, "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn explains(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stderr.contains(text), "no “{text}” in {self:#?}");
        }
        self
    }

    pub(crate) fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout).unwrap();
        assert_eq!(value["schema"], "quarterdeck/1");
        value
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}
