//! Giving a page to a browser: by the system's own way of opening one, or by the program in `BROWSER`.
//!
//! Nothing goes through a shell. The link is an argument of the program, which others on the machine may see
//! for a moment; it is good once, and the browser has it by then.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::context;
use crate::error::Failure;

/// For how long to see whether a program fails. One that shows the page itself goes on running.
const FAILS_WITHIN: Duration = Duration::from_secs(3);

/// Opens a URL, and answers whether a browser took it.
///
/// # Errors
/// `BROWSER` is no readable text.
pub(crate) fn open(url: &str) -> Result<bool, Failure> {
    if let Some(chosen) = context::browser()? {
        return Ok(takes(&chosen, &[], url));
    }
    Ok(context::has_screen()
        && usual()
            .iter()
            .any(|(name, before)| takes(name, before, url)))
}

/// The system's programs for it, the first that is there and takes it.
const fn usual() -> &'static [(&'static str, &'static [&'static str])] {
    if cfg!(target_os = "macos") {
        &[("open", &[])]
    } else if cfg!(windows) {
        // Takes the rest as one address; `start` would have the shell read it.
        &[("rundll32", &["url.dll,FileProtocolHandler"])]
    } else {
        &[("xdg-open", &[]), ("wslview", &[])]
    }
}

fn takes(program: &str, before: &[&str], url: &str) -> bool {
    let mut command = Command::new(program);
    let started = command
        .args(before)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    started.is_ok_and(went_well)
}

fn went_well(mut child: Child) -> bool {
    let (report, ended) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more to one that shows the page itself.
        let _ = report.send(child.wait());
    });
    match ended.recv_timeout(FAILS_WITHIN) {
        Ok(Ok(status)) => status.success(),
        Ok(Err(_)) => false,
        Err(_) => true,
    }
}
