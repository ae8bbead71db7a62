//! `okr demo`: a sales quarter on three machines, with a real server between them.
//!
//! Guarantee: what is shown happens. Each command that a viewer sees is run by the same function that
//! runs what people type, on a machine with a folder of its own, and what is shown below it is what it
//! answered. Clock and randomness are made up ([`clock`], seeds in [`stage`]), so that the demo prints
//! the same bytes each time; nothing that varies (ports, folders, secrets) is printed.
//!
//! ```text
//! chapters ──▶ play ──▶ stage ──▶ okr (three homes) ──TCP──▶ okrd
//!                 └────▶ narrator
//! ```

mod chapters;
mod clock;
mod narrator;
mod okrd;
mod page;
mod play;
mod souvenir;
mod stage;
mod typed;

use std::path::PathBuf;

use crate::context::Context;
use crate::error::{Exit, Failure};
use narrator::Narrator;
use play::Play;
use stage::Stage;

/// How the demo is to be played.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Where to leave everything; a temporary folder that goes away otherwise.
    pub(crate) keep: Option<PathBuf>,
    /// Whether to wait for Enter between chapters.
    pub(crate) pause: bool,
}

/// Plays the demo.
///
/// # Errors
/// The folder is not empty, this machine has no loopback or no space, or a command of the script did
/// not end as it should.
pub(crate) fn run(options: &Options, context: &Context) -> Result<Exit, Failure> {
    let mut play = Play {
        stage: Stage::set(options.keep.as_deref())?,
        narrator: Narrator::new(&context.output, options.pause),
    };
    chapters::play(&mut play)?;
    play.stage.okrd.switch_off()?;
    let kept = options.keep.is_some();
    let page = page::leave(&play, kept)?;
    souvenir::leave(&play, kept, page.as_deref(), &context.output)?;
    Ok(Exit::Done)
}
