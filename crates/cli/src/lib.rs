//! `okr`, the command line of Quarterdeck.
//!
//! ```text
//! arguments ──clap──▶ commands/… ──▶ Context (home, clock, randomness, terminal)
//!                        │               │
//!                        ▼               ▼
//!                     Session ──▶ Replica (sync), decisions and figures (core)
//!                        │
//!                        ▼
//!                  report: one struct, as JSON or as text ──▶ Output, the only place that prints
//! ```
//!
//! There is no OKR rule and no formula here: commands ask `quarterdeck-core`. Each command is one
//! file in `commands`; `error` alone knows exit codes, `context` alone reads the environment.

mod ask;
mod bounded;
mod browser;
mod commands;
mod complete;
mod config;
mod context;
mod demo;
mod edit;
mod error;
mod field_value;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod git;
mod online;
mod output;
mod parse;
mod progress;
mod random;
mod reference;
mod resolve;
mod screen;
mod session;
mod sink;
mod view;
mod vocabulary;

pub use context::Surroundings;
pub use error::{Exit, Failure};
pub use output::{Captured, ColorWhen, Said};

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use quarterdeck_core::visible::is_unsafe;

use crate::commands::Command;
use crate::context::{Context, Global};
use crate::output::Output;

/// Keep objectives and key results, alone or with others, online or not, and say how each came to
/// be what it is.
#[derive(Debug, Parser)]
#[command(
    name = "okr",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "EXAMPLES:
  okr init acme                              begin a workspace on this machine
  okr join URL                               or join one by an invitation
  okr cycle new 2026-Q3 && okr cycle activate 2026-Q3
  okr objective new \"Be the first choice in our market\" --key growth
  okr kr new \"Qualified leads\" --objective growth --increase 500..550 --key leads
  okr checkin leads 531 -c 0.7 -m \"two partners signed\"
  okr status

EXIT CODES:
  0  done                          4  server out of reach; local work is kept
  1  done, and there are findings  5  refused
  2  usage                         6  history does not verify
  3  not found or ambiguous        7  this machine could not: disk, permissions"
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// The program: reads its arguments and the environment, and answers its exit code.
#[must_use]
pub fn main() -> ExitCode {
    clap_complete::CompleteEnv::with_factory(command).complete();
    match Surroundings::of_process() {
        Ok(around) => run(std::env::args_os(), around).into(),
        Err(failure) => {
            Output::new(false, ColorWhen::Auto, None).failure(&failure);
            failure.exit.into()
        }
    }
}

/// Runs one command line, the program's name first, in the surroundings that it finds or is given.
pub fn run(arguments: impl IntoIterator<Item = OsString>, around: Surroundings) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return unusable(&error, around),
    };
    let color = cli.global.color.unwrap_or_default();
    let plain = Output::new(cli.global.json, color, around.captured.clone());
    let context = match Context::new(&cli.global, around) {
        Ok(context) => context,
        Err(failure) => {
            plain.failure(&failure);
            return failure.exit;
        }
    };
    match cli.command.run(&context) {
        Ok(exit) => exit,
        Err(failure) => {
            context.output.failure(&failure);
            failure.exit
        }
    }
}

/// Says what is wrong with a command line, or shows the help that it asks for.
fn unusable(error: &clap::Error, around: Surroundings) -> Exit {
    let exit = if error.use_stderr() {
        Exit::Usage
    } else {
        Exit::Done
    };
    if around.captured.is_some() {
        let failure = Failure::usage(error.render().to_string());
        Output::new(false, ColorWhen::Auto, around.captured).failure(&failure);
    } else {
        let said = error.render().to_string();
        if said.contains(|c| is_unsafe(c) && c != '\n') {
            Output::new(false, ColorWhen::Never, None).unusable(&said);
        } else {
            // Nobody can be told that the stream is closed.
            let _ = error.print();
        }
    }
    exit
}

/// The command line, for completions, manual pages and the reference.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}
