//! `okr export`: the workspace as a file. Its whole log, or tables of what it holds.

mod log;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::Known;

/// Write the workspace to a file: its whole log, or tables of what it holds.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr export -o acme.jsonl                       the whole log, with its signatures
  OKR_HOME=/tmp/audit okr import acme.jsonl      a copy of it to read in, verified
  okr export | gzip > acme.jsonl.gz

The log holds everything that was ever recorded, by everybody: whoever has the file can read it all.")]
pub(crate) struct Export {
    /// The whole log, or tables.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Into this file [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The whole log, one JSON object a line; nothing is lost.
    Json,
}

impl Export {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.format {
            Format::Json => log::run(context, self.output.as_deref()),
        }
    }
}
