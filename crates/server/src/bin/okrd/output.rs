//! The one place where okrd speaks: answers on standard output, failures and the log on standard
//! error.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks"
)]

use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::visible;
use quarterdeck_report::json::Check;
use quarterdeck_report::text::{Ansi, checks, clean};
use serde_json::{Map, Value, json};
use tracing_subscriber::EnvFilter;

use crate::args::LogForm;
use crate::failure::Failure;

const SCHEMA: &str = "quarterdeck/1";
/// Work shorter than this shows no progress, and it is renewed this often.
const PATIENCE: Duration = Duration::from_secs(1);
const RENEWED: Duration = Duration::from_millis(200);

#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// Answers: an object for programs, lines for people.
    pub(crate) fn answer(&self, object: Value, lines: impl FnOnce() -> Vec<String>) {
        if self.json {
            println!("{}", visible::json(&with_schema(object).to_string()));
        } else {
            for line in lines() {
                println!("{}", shown(&line));
            }
        }
    }

    /// Says the same on standard error, where standard output holds something else.
    pub(crate) fn remark(&self, object: Value, lines: impl FnOnce() -> Vec<String>) {
        if self.json {
            eprintln!("{}", with_schema(object));
        } else {
            for line in lines() {
                eprintln!("{line}");
            }
        }
    }

    /// Says what went wrong, and what to do.
    pub(crate) fn fail(&self, failure: &Failure) {
        if failure.message.is_empty() {
            return;
        }
        if self.json {
            let error = json!({
                "schema": SCHEMA,
                "error": { "message": failure.message, "hint": failure.hint },
            });
            eprintln!("{}", visible::json(&error.to_string()));
            return;
        }
        eprintln!("okrd: {}", shown(&failure.message));
        if let Some(hint) = &failure.hint {
            eprintln!("Hint: {}.", shown(hint).trim_end_matches('.'));
        }
    }
}

/// What was looked at, line by line.
pub(crate) fn lines_of(found: &[Check]) -> Vec<String> {
    let text = checks(found).render(Ansi::Off);
    text.lines().map(str::to_owned).collect()
}

fn with_schema(object: Value) -> Value {
    let mut all = Map::new();
    all.insert("schema".to_owned(), json!(SCHEMA));
    if let Value::Object(fields) = object {
        all.extend(fields);
    }
    Value::Object(all)
}

/// How far long work has come: one line on a terminal's standard error, renewed in place.
#[derive(Debug)]
pub(crate) struct Progress {
    /// When to show it next; never where nobody looks.
    next: Option<Instant>,
    shown: bool,
}

impl Progress {
    /// Work that begins now. What takes less than a moment shows nothing.
    pub(crate) fn new() -> Self {
        let watched = std::io::stderr().is_terminal();
        Self {
            next: watched.then(|| Instant::now() + PATIENCE),
            shown: false,
        }
    }

    pub(crate) fn set(&mut self, what: &str, done: u64, of: u64) {
        let now = Instant::now();
        if self.next.is_none_or(|next| now < next) {
            return;
        }
        self.next = Some(now + RENEWED);
        self.shown = true;
        let percent = done.saturating_mul(100).checked_div(of).unwrap_or(100);
        eprint!("\r{what}: {done} of {of} ({percent} %)\x1b[K");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}

/// Text that somebody else may have written, with control characters made harmless.
pub(crate) fn shown(text: &str) -> String {
    clean(text).into_owned()
}

/// Says what is wrong with a command line, or shows the help that it asks for; nothing in it acts.
pub(crate) fn unusable(error: &clap::Error) -> ExitCode {
    let said = error.render().to_string();
    if said.contains(|c| visible::is_unsafe(c) && c != '\n') {
        said.lines().for_each(|line| eprintln!("{}", shown(line)));
    } else {
        // Nobody can be told that the stream is closed.
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// A moment, or null where it never came.
pub(crate) fn moment(ms: u64) -> Value {
    if ms == 0 {
        Value::Null
    } else {
        json!(Timestamp::from_ms(ms).to_string())
    }
}

/// Rows with their columns aligned.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let head: Vec<String> = head.iter().map(|&text| text.to_owned()).collect();
    let all = || std::iter::once(&head).chain(rows);
    let width = |column: usize| {
        let cells = all().filter_map(|row| row.get(column));
        cells
            .map(|cell| shown(cell).chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    all()
        .map(|row| {
            let cells = row.iter().zip(&widths);
            let padded = cells.map(|(cell, &width)| format!("{:width$}", shown(cell)));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        })
        .collect()
}

/// Structured logs. A server tells what it does; an administrative command only what is wrong.
pub(crate) fn log_to_standard_error(form: LogForm, is_server: bool) {
    // HTTP/2 warns of each connection that misbehaves: whoever makes many could fill a disk with it. What they do is
    // counted and told in sum.
    let usual = if is_server {
        "info,h2=error,hyper=error"
    } else {
        "error"
    };
    let filter = EnvFilter::try_from_env("OKRD_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match form {
        LogForm::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        LogForm::Json => log.json().init(),
    }
}
