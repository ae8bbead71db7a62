//! What is wrong with a server and what to do about it, for `okrd doctor` and `okrd stats`.
//!
//! [`folder`] looks at the data folder alone, so that it can be asked while nothing runs and nothing
//! would start; [`running`] at a server that is open. What both can see is judged once, in [`judge`].
//! Nothing here changes anything, and nothing says what people wrote.

mod folder;
mod judge;
mod running;

use std::net::SocketAddr;
use std::path::Path;

use quarterdeck_report::json::Check;

pub(crate) use judge::{Tokens, standing};
pub(crate) use running::running;

use crate::world::World;

/// What was looked at in a data folder.
#[derive(Debug, Clone, Default)]
pub struct Examined {
    /// Each thing, and what to do about it.
    pub checks: Vec<Check>,
    /// Whether a history does not verify: entries are damaged or lost.
    pub is_damaged: bool,
    /// Whether an okrd has the folder: it can be asked for more.
    pub is_running: bool,
}

/// Looks at a data folder, and at the addresses that a server is to listen on. Where no okrd has the
/// folder, the end of every log is read and checked. Blocks for as long as that takes.
#[must_use]
pub fn examine(data: &Path, listen: &[SocketAddr], world: &World) -> Examined {
    folder::examine(data, listen, world.now())
}
