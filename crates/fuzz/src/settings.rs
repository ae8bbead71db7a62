//! What operators, browsers, git and preferences files say.

use quarterdeck_cli::fuzzing as cli;
use quarterdeck_server::fuzzing as server;

use crate::typed::text;

/// `access.json`.
pub(crate) fn access(bytes: &[u8]) {
    server::access(bytes);
}

/// Path and cookies of a browser.
pub(crate) fn browser(bytes: &[u8]) {
    server::browser(&text(bytes));
}

/// `server.toml` with its addresses, and `config.toml`.
pub(crate) fn settings(bytes: &[u8]) {
    server::settings(&text(bytes));
    cli::config(&text(bytes));
}

/// What `git log` says.
pub(crate) fn git(bytes: &[u8]) {
    cli::git(&text(bytes));
}
