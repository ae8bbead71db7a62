//! `okr mission`: what the workspace is for.

use clap::Args;
use quarterdeck_core::value::{Field, Subject};
use quarterdeck_report::{json, text};

use crate::context::Context;
use crate::edit::Fields;
use crate::error::{Exit, Failure};
use crate::view::Known;

/// Show or set the mission and the vision.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr mission
  okr mission --as-of 2025-12-31
  okr mission \"Every small shop gets the software that big ones have\"
  okr mission --vision \"Ten thousand shops in five countries\" -m \"board meeting in May\"")]
pub(crate) struct Mission {
    /// The mission, or with --vision the vision; `none` clears it.
    #[arg(conflicts_with = "as_of")]
    text: Option<String>,
    /// Set the vision rather than the mission.
    #[arg(long, requires = "text")]
    vision: bool,
    /// Why. The history keeps it.
    #[arg(short = 'm', long = "message", value_name = "WHY", requires = "text")]
    reason: Option<String>,
    #[command(flatten)]
    known: Known,
}

impl Mission {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let Some(text) = self.text else {
            let view = session.view(self.known)?;
            let mission = json::mission(view.state());
            view.answer(&mission, |view| text::mission(&mission, view))?;
            return Ok(Exit::Done);
        };
        let field = if self.vision {
            Field::Vision
        } else {
            Field::Mission
        };
        let mut fields = Fields::default();
        fields.clearable_text(field, Some(text));
        let recorded = session.record(
            vec![fields.command(Subject::Workspace)?],
            self.reason.as_deref(),
        )?;
        session.answer(&recorded, "how it came to be", "okr log workspace")
    }
}
