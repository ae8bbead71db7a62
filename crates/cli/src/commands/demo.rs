//! `okr demo`: watch a quarter go by.

use std::path::PathBuf;

use clap::Args;

use crate::context::Context;
use crate::demo::{self, Options};
use crate::error::{Exit, Failure};

/// Watch three machines and a server go through a sales quarter.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr demo                      in a temporary folder that goes away
  okr demo --pause              waits for Enter between chapters
  okr demo --keep northwind     leaves everything in that folder, to explore

Takes a few seconds, and shows the same each time. It touches nothing of yours, and leaves a
page to look at: okr-demo.html in the folder that you are in, or in the one that is kept.")]
pub(crate) struct Demo {
    /// Leave the three machines and the server in this new or empty folder.
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Wait for Enter between chapters, on a terminal.
    #[arg(long)]
    pause: bool,
}

impl Demo {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let options = Options {
            keep: self.keep,
            pause: self.pause,
        };
        demo::run(&options, context)
    }
}
