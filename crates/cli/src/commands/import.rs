//! `okr import FILE`.

use std::path::PathBuf;

use clap::Args;

use super::import_log;
use crate::context::Context;
use crate::error::{Exit, Failure};

/// Bring in what was kept elsewhere.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr import acme.jsonl                          a copy of a workspace, from its exported log")]
pub(crate) struct Import {
    /// The file.
    file: PathBuf,
    /// Say what would be made, and make nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if import_log::is_exported_log(&self.file)? {
            return import_log::run(context, &self.file, self.dry_run);
        }
        Err(Failure::usage(format!(
            "{} is no exported log.",
            self.file.display()
        )))
    }
}
