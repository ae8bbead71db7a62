//! A workspace on this machine: its files, its log, and what waits in it.

use std::path::{Path, PathBuf};

use quarterdeck_core::admit::MAX_AHEAD_MS;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_report::json::Check;
use quarterdeck_report::number::count;
use quarterdeck_sync::Replica;
use quarterdeck_sync::repair::WHAT_IS_DAMAGED;

use super::{DAY_MS, failed, server};
use crate::context::{Context, system_now};

/// Work that was not sent for this long is forgotten rather than offline.
const UNSENT_MS: u64 = 7 * DAY_MS;

pub(super) fn look(context: &Context, folder: &Path) -> Vec<Check> {
    let mut checks = secrets(folder);
    let mut replica = match Replica::open(folder, Context::options()) {
        Ok(replica) => replica,
        Err(error) => {
            checks.push(failed("store", error.into()));
            checks.extend(kept(folder));
            return checks;
        }
    };
    let owes_erasing = replica.owes_erasing().unwrap_or_default();
    replica.release();
    checks.push(Check::good(
        "store",
        format!("{} recorded.", count(replica.head().size, "event")),
    ));
    checks.push(clock(context, &replica));
    checks.extend(unsent(context, &replica));
    let skipped = replica.state().skipped.len();
    if skipped > 0 {
        checks.push(Check::bad(
            "version",
            format!(
                "{} of a newer version were passed over.",
                count(skipped as u64, "event")
            ),
            "update okr: they are kept, and count once it knows them",
        ));
    }
    if owes_erasing {
        checks.push(Check::bad(
            "erasure",
            "Texts that were erased are still on this machine: there is no room to write the log anew.",
            "make room for a second copy of it; the next command erases them",
        ));
    }
    let open = replica.state().conflicts.len();
    if open > 0 {
        checks.push(Check::bad(
            "conflicts",
            format!("{} to settle.", count(open as u64, "conflict")),
            "see `okr conflicts`",
        ));
    }
    if replica.is_forked() {
        checks.push(Check::bad(
            "device",
            "What waits does not follow on this device's chain: the folder is a copy, and both have gone on, or unsent work was damaged.",
            "make it a device of its own with `okr device new`",
        ));
    }
    checks.extend(kept(folder));
    checks.extend(server::look(context, &replica));
    checks
}

/// What is for its owner alone: the device's key and token, and words that were not sent yet.
fn secrets(folder: &Path) -> Vec<Check> {
    let all = [".", "device.json", "outbox", "shelf"].map(|name| folder.join(name));
    let open: Vec<&PathBuf> = all.iter().filter(|path| others_can(path)).collect();
    if open.is_empty() {
        let message = format!("{} is yours alone.", folder.display());
        return vec![Check::good("key", message)];
    }
    let finding = |path: &PathBuf| {
        let mode = if path.is_dir() { "700" } else { "600" };
        let path = if path.is_dir() { folder } else { path };
        Check::bad(
            "key",
            format!("Others can read {}.", path.display()),
            format!("take that away: chmod {mode} {}", path.display()),
        )
    };
    open.into_iter().map(finding).collect()
}

#[cfg(unix)]
fn others_can(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_can(_path: &Path) -> bool {
    false
}

/// The clock is not behind what was recorded, nor far ahead of it without reason.
fn clock(context: &Context, replica: &Replica) -> Check {
    let recorded = replica.confirmed().recorded;
    if recorded.ms() > context.now.ms().saturating_add(60_000) {
        return Check::bad(
            "clock",
            format!(
                "It is {} here, and the last event was recorded at {recorded}.",
                context.now
            ),
            "set this machine's clock right",
        );
    }
    let drift = context.now.ms().abs_diff(system_now().ms());
    if drift > MAX_AHEAD_MS {
        return Check::good("clock", format!("OKR_NOW holds it at {}.", context.now));
    }
    Check::good("clock", format!("It is {}.", context.now))
}

/// What waits to be sent, and what was refused.
fn unsent(context: &Context, replica: &Replica) -> Vec<Check> {
    let refused = replica.shelf().len();
    let mut checks = Vec::new();
    if refused > 0 {
        checks.push(Check::bad(
            "outbox",
            format!("{} refused.", count(refused as u64, "command")),
            "put them right or drop them: `okr outbox`",
        ));
    }
    let waiting = match replica.pending_events() {
        0 => {
            checks.push(Check::good("outbox", "Nothing waits to be sent."));
            return checks;
        }
        waiting => count(waiting as u64, "event"),
    };
    let authored = |at: u64| Timestamp::from_ms(at);
    let oldest = (replica.outbox().iter())
        .map(|command| command.first().event.authored.wall)
        .min()
        .map_or(context.now, authored);
    let days = context.now.ms().saturating_sub(oldest.ms()) / DAY_MS;
    checks.push(if oldest.plus_ms(UNSENT_MS) <= context.now {
        Check::bad(
            "outbox",
            format!(
                "{waiting} not sent yet, the oldest for {}.",
                count(days, "day")
            ),
            "send them with `okr sync`: nobody else sees them, and no other machine holds them",
        )
    } else {
        Check::good("outbox", format!("{waiting} not sent yet."))
    });
    checks
}

/// What was set aside here because it was not as it should be.
fn kept(folder: &Path) -> Vec<Check> {
    let mut checks = Vec::new();
    let evidence = folder.join("evidence");
    let all = std::fs::read_dir(&evidence).into_iter().flatten().flatten();
    let (repaired, cases): (Vec<_>, Vec<_>) =
        (all.map(|case| case.path())).partition(|case| case.join(WHAT_IS_DAMAGED).exists());
    if !cases.is_empty() {
        checks.push(Check::bad(
            "evidence",
            format!(
                "{} of a server's history that did not verify.",
                count(cases.len() as u64, "case")
            ),
            format!(
                "show an owner or the server's operator what is in {}, and remove it when it is settled",
                evidence.display()
            ),
        ));
    }
    if !repaired.is_empty() {
        checks.push(Check::good(
            "evidence",
            format!(
                "{} of an earlier repair: remove {} once nothing is missed.",
                count(repaired.len() as u64, "damaged file"),
                evidence.display()
            ),
        ));
    }
    let cut = folder.join("outbox.cut-short");
    if cut.exists() {
        checks.push(Check::bad(
            "outbox",
            "A command was cut short by a crash before it had returned.",
            format!(
                "give it again if `okr log` does not show it, then remove {}",
                cut.display()
            ),
        ));
    }
    checks
}
