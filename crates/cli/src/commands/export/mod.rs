//! `okr export`: the workspace as a file. Its whole log, or tables of what it holds.

mod log;
mod tables;
mod tlog;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::Time;

/// Write the workspace to a file: its whole log, or what it holds as tables or text.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr export -o acme.jsonl                    the whole log, with its signatures
  OKR_HOME=audit okr import acme.jsonl        a copy of it to read in, verified
  okr export --format xlsx -o q3.xlsx --cycle 2026-Q3
  okr export --format csv --what checkins > checkins.csv
  okr export --format md --as-of \"#1234\"
  okr export --tlog public/log                   static C2SP tlog-tiles, for other tools to verify

The log holds everything that was ever recorded, by everybody: whoever has the file can read it all. \
The columns are described in docs/exchange.md; `okr import` reads tables and text back.")]
pub(crate) struct Export {
    /// The whole log, or what it comes to.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Of CSV, which table [default: okrs].
    #[arg(long, value_enum)]
    what: Option<What>,
    /// Of this cycle alone [default: all].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Into this file [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The whole log as static C2SP tlog-tiles in this folder; one that is there is added to.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["format", "what", "cycle", "output", "as_of", "on"])]
    tlog: Option<PathBuf>,
    #[command(flatten)]
    time: Time,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The whole log, one JSON object a line; nothing is lost.
    Json,
    /// One table.
    Csv,
    /// Objectives and key results as text.
    Md,
    /// All tables, a sheet each.
    Xlsx,
}

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Objectives and key results with their figures.
    Okrs,
    /// Check-ins.
    #[value(name = "checkins")]
    CheckIns,
    /// Notes.
    Notes,
}

impl Export {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if let Some(dir) = &self.tlog {
            return tlog::run(context, dir);
        }
        if self.format != Format::Csv && self.what.is_some() {
            return Err(Failure::usage("--what chooses a table of CSV.")
                .hint("add --format csv, or leave --what out"));
        }
        match self.format {
            Format::Json => {
                if self.cycle.is_some() || self.time.as_of.is_some() || self.time.on.is_some() {
                    return Err(Failure::usage(
                        "The log is written as a whole: --cycle, --as-of and --on go with tables and text.",
                    )
                    .hint("add --format csv, md or xlsx"));
                }
                log::run(context, self.output.as_deref())
            }
            Format::Csv | Format::Md | Format::Xlsx => tables::run(context, self),
        }
    }
}
