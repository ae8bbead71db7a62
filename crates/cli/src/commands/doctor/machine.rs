//! The machine: the home folder, and the disk that it is on.

use std::path::Path;

use quarterdeck_ledger::{Options, free_space};
use quarterdeck_report::json::Check;

use super::failed;
use crate::context::private_folder;
use crate::error::Failure;

/// So many times the reserve is little room.
const LITTLE: u64 = 8;

pub(super) fn look(home: &Path) -> Vec<Check> {
    let mut checks = vec![folder(home)];
    checks.extend(disk(home));
    checks
}

/// The home folder can be written to.
fn folder(home: &Path) -> Check {
    let probe = home.join(".doctor");
    let write = || {
        std::fs::write(&probe, b"okr")
            .and_then(|()| std::fs::remove_file(&probe))
            .map_err(|error| Failure::file("write to", home, &error))
    };
    match private_folder(home).and_then(|()| write()) {
        Ok(()) => Check::good("folder", format!("{} can be written to.", home.display())),
        Err(failure) => failed("folder", failure),
    }
}

/// There is room on its disk. Where that cannot be told, the folder cannot be used, which is said.
fn disk(home: &Path) -> Option<Check> {
    let free = free_space(home).ok()?;
    let reserve = Options::default().reserve_bytes;
    let mebibytes = free >> 20;
    Some(if free < reserve {
        Check::bad(
            "disk",
            format!(
                "{mebibytes} MiB free, and below {} nothing is recorded.",
                reserve >> 20
            ),
            "free some space on that disk; what was recorded before is safe",
        )
    } else if free < reserve.saturating_mul(LITTLE) {
        Check::bad(
            "disk",
            format!("Only {mebibytes} MiB free."),
            format!(
                "free some space soon: below {} MiB nothing is recorded",
                reserve >> 20
            ),
        )
    } else {
        Check::good("disk", format!("{mebibytes} MiB free."))
    })
}
