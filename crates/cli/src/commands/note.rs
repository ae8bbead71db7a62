//! `okr note`: text on anything.

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::token::NoteKind;

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Write something down about an objective, a key result, or anything else.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr note leads \"the fair in Porto brought forty\" --win
  okr note growth \"we ask for the wrong thing on the form\" --learning
  okr note 2026-Q3 \"thanks to the Lagos team for the weekend\" --thanks
  okr note workspace \"all hands moved to Thursday\"")]
pub(crate) struct Note {
    /// What it is about.
    #[arg(value_name = "REF", add = crate::complete::anything())]
    about: String,
    /// The text.
    text: String,
    #[command(flatten)]
    kind: KindOptions,
}

/// What kind of note: a comment unless said otherwise.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct KindOptions {
    /// Something is in the way.
    #[arg(long)]
    problem: bool,
    /// Something was learned.
    #[arg(long)]
    learning: bool,
    /// Something went well.
    #[arg(long)]
    win: bool,
    /// Something was decided.
    #[arg(long)]
    decision: bool,
    /// Somebody deserves thanks.
    #[arg(long)]
    thanks: bool,
}

impl KindOptions {
    const fn kind(&self) -> NoteKind {
        if self.problem {
            NoteKind::Problem
        } else if self.learning {
            NoteKind::Learning
        } else if self.win {
            NoteKind::Win
        } else if self.decision {
            NoteKind::Decision
        } else if self.thanks {
            NoteKind::Thanks
        } else {
            NoteKind::Comment
        }
    }
}

impl Note {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let about = session.resolver().subject(&self.about)?;
        let kind = self.kind.kind();
        let body = Body::NoteAdded {
            about,
            kind,
            text: self.text,
        };
        let done = session.record(vec![Command::Record(body)], None)?;
        session.answer(&done, "read it again", &format!("okr log {}", self.about))
    }
}
