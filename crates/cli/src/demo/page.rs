//! The page that stays when the demo is over: the retrospective of its quarter.

use std::path::{Path, PathBuf};

use super::play::Play;
use super::stage::LISBON;
use crate::error::Failure;

/// Its name.
const NAME: &str = "okr-demo.html";

/// What opens a page, where nobody has a browser at hand.
const OPENS: &str = if cfg!(target_os = "macos") {
    "open"
} else if cfg!(windows) {
    "start"
} else {
    "xdg-open"
};

/// Writes it into the folder that is kept, else into the one that the viewer is in; none where that
/// takes no file.
pub(super) fn leave(play: &Play<'_>, kept: bool) -> Result<Option<PathBuf>, Failure> {
    let path = if kept {
        play.stage.folder().join(NAME)
    } else if tempfile::tempfile_in(".").is_ok() {
        PathBuf::from(NAME)
    } else {
        play.say("There would be a page here as well, but no file can be made in this folder.")?;
        return Ok(None);
    };
    play.say(
        "The same as a page: one file, which needs no network and nothing but a browser. Its slider \
         moves the whole quarter, and each sentence leads to the events behind it.",
    )?;
    play.types(LISBON, &format!("retro 2026-Q3 -o {}", shown(&path)))?;
    play.say("To open it:")?;
    play.narrator
        .lines(&[format!("{OPENS} {}", shown(&path))])?;
    Ok(Some(path))
}

/// The path as the script and a shell take it.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains(char::is_whitespace) {
        format!("\"{text}\"")
    } else {
        text
    }
}
