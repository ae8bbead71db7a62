//! How much of a long answer people are shown where they don't say: what `okr log` and `okr history`
//! share.

use clap::Args;
use quarterdeck_report::number::count;

use crate::error::Failure;
use crate::output::Output;

/// So many lines are shown where nobody says how many.
const SHOWN: usize = 30;

/// How many lines.
#[derive(Debug, Args)]
pub(super) struct Amount {
    /// Show so many, the latest ones [default: 30 where there are many; all with --json or --csv].
    #[arg(short = 'n', long, value_name = "COUNT", conflicts_with = "all")]
    limit: Option<usize>,
    /// Show all of them.
    #[arg(long)]
    all: bool,
}

impl Amount {
    /// How many of the earliest lines are left out. `whole`: none, unless a number was asked for.
    pub(super) fn left_out(&self, lines: usize, whole: bool) -> usize {
        let shown = match self.limit {
            Some(limit) => limit,
            None if whole || self.all => lines,
            None => SHOWN,
        };
        lines.saturating_sub(shown)
    }
}

/// Says how many were left out, and how they are seen.
///
/// # Errors
/// Standard output takes no more.
pub(super) fn hint(
    output: &Output,
    (left_out, noun): (usize, &str),
    (command, about): (&str, Option<&str>),
) -> Result<(), Failure> {
    if left_out == 0 {
        return Ok(());
    }
    let left_out = count(left_out as u64, &format!("earlier {noun}"));
    let about = about.map_or_else(String::new, |about| format!(" {}", super::argument(about)));
    output.hint(
        &format!("{left_out} left out"),
        &format!("okr {command}{about} --all"),
    )
}
