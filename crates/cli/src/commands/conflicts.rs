//! `okr conflicts`: edits that did not know of each other.

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::Known;

/// Tell which edits did not know of each other, and how to settle them.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr conflicts
  okr conflicts --as-of yesterday
  okr resolve leads target --take 600 -m \"agreed by phone\"")]
pub(crate) struct Conflicts {
    #[command(flatten)]
    known: Known,
}

impl Conflicts {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        context.open()?.view(self.known)?.conflicts()?;
        Ok(Exit::Done)
    }
}
