//! The one place where okrd speaks: answers on standard output, failures and the log on standard
//! error.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks"
)]

use std::io::IsTerminal;

use quarterdeck_core::calendar::Timestamp;
use serde_json::{Map, Value, json};
use tracing_subscriber::EnvFilter;

use crate::args::LogForm;
use crate::failure::Failure;

const SCHEMA: &str = "quarterdeck/1";

#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// Answers: an object for programs, lines for people.
    pub(crate) fn answer(&self, object: Value, lines: impl FnOnce() -> Vec<String>) {
        if self.json {
            let mut all = Map::new();
            all.insert("schema".to_owned(), json!(SCHEMA));
            if let Value::Object(fields) = object {
                all.extend(fields);
            }
            println!("{}", Value::Object(all));
        } else {
            for line in lines() {
                println!("{line}");
            }
        }
    }

    /// Says what went wrong, and what to do.
    pub(crate) fn fail(&self, failure: &Failure) {
        if self.json {
            let error = json!({
                "schema": SCHEMA,
                "error": { "message": failure.message, "hint": failure.hint },
            });
            eprintln!("{error}");
            return;
        }
        eprintln!("okrd: {}", shown(&failure.message));
        if let Some(hint) = &failure.hint {
            eprintln!("Hint: {}.", shown(hint).trim_end_matches('.'));
        }
    }
}

/// Text that somebody else may have written, with control characters made harmless.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// A moment, or null where it never came.
pub(crate) fn moment(ms: u64) -> Value {
    if ms == 0 {
        Value::Null
    } else {
        json!(Timestamp::from_ms(ms).to_string())
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
