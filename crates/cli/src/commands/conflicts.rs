//! `okr conflicts`: edits that did not know of each other.

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Tell which edits did not know of each other, and how to settle them.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr conflicts
  okr resolve leads target --take 600 -m \"agreed by phone\"")]
pub(crate) struct Conflicts {}

impl Conflicts {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        context.open()?.view(None, None)?.conflicts()?;
        Ok(Exit::Done)
    }
}
