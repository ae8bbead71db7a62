//! `okr doctor`: whether everything is in order on this machine.

use std::path::Path;

use clap::Args;
use quarterdeck_core::admit::MAX_AHEAD_MS;
use quarterdeck_report::json;
use quarterdeck_report::number::count;
use quarterdeck_report::text::{Document, Line, Style};
use quarterdeck_sync::Replica;
use serde::Serialize;

use crate::context::{Context, system_now, workspaces};
use crate::error::{Exit, Failure};
use crate::online;

/// Check folder, store, clock, server and outbox, and say what to do about what is found.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr doctor
  okr doctor --json

Exits with 1 when something is found.")]
pub(crate) struct Doctor {}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    workspace: Option<String>,
    ok: bool,
    message: String,
    hint: Option<String>,
}

/// All that was looked at, for programs.
#[derive(Debug, Serialize)]
struct Checked<'a> {
    schema: json::Schema,
    findings: usize,
    checks: &'a [Check],
}

impl Check {
    fn good(check: &'static str, message: impl Into<String>) -> Self {
        Self {
            check,
            workspace: None,
            ok: true,
            message: message.into(),
            hint: None,
        }
    }

    fn bad(check: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            check,
            workspace: None,
            ok: false,
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    fn failed(check: &'static str, failure: Failure) -> Self {
        Self {
            check,
            workspace: None,
            ok: false,
            message: failure.message,
            hint: failure.hint,
        }
    }
}

impl Doctor {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut checks = vec![home(&context.home)];
        let all = workspaces(&context.home);
        if all.is_empty() {
            checks.push(Check::bad(
                "workspace",
                "There is no workspace on this machine yet.",
                "begin one with `okr init NAME`, or join one with `okr join URL`",
            ));
        }
        for name in all {
            let folder = context.workspaces_folder().join(&name);
            for mut check in workspace(context, &folder) {
                check.workspace = Some(name.clone());
                checks.push(check);
            }
        }
        let findings = checks.iter().filter(|check| !check.ok).count();
        let answer = Checked {
            schema: json::Schema,
            findings,
            checks: &checks,
        };
        context.output.answer(&answer, || draw(&checks))?;
        Ok(if findings == 0 {
            Exit::Done
        } else {
            Exit::Findings
        })
    }
}

fn draw(checks: &[Check]) -> Document {
    let mut document = Document::new();
    let mut of: Option<&str> = None;
    for check in checks {
        if check.workspace.as_deref() != of {
            of = check.workspace.as_deref();
            document.heading(of.unwrap_or_default());
        }
        let mark = if check.ok {
            Line::new().with(Style::Good, "✓")
        } else {
            Line::new().with(Style::Bad, "■")
        };
        document.push(
            mark.plain(" ")
                .plain(format!("{:<10}", check.check))
                .plain(&check.message),
        );
        if let Some(hint) = &check.hint {
            document.push(Line::new().muted(format!("  {:<10}{hint}", "")));
        }
    }
    document
}

/// The home folder can be written to.
fn home(home: &Path) -> Check {
    let probe = home.join(".doctor");
    let written = std::fs::create_dir_all(home)
        .and_then(|()| std::fs::write(&probe, b"okr"))
        .and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Check::good("folder", format!("{} can be written to.", home.display())),
        Err(error) => Check::failed("folder", Failure::file("write to", home, &error)),
    }
}

fn workspace(context: &Context, folder: &Path) -> Vec<Check> {
    let mut replica = match Replica::open(folder, Context::options()) {
        Ok(replica) => replica,
        Err(error) => return vec![Check::failed("store", error.into())],
    };
    replica.release();
    let mut checks = vec![
        permissions(folder),
        Check::good(
            "store",
            format!("{} recorded.", count(replica.head().size, "event")),
        ),
        clock(context, &replica),
        outbox(&replica),
    ];
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
            "This folder is a copy of another device's, and both have gone on.",
            "make it a device of its own with `okr device new`",
        ));
    }
    checks.push(server(&replica));
    checks
}

/// The device's key is its owner's alone.
fn permissions(folder: &Path) -> Check {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = folder.join("device.json");
        let open = std::fs::metadata(&file)
            .is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0);
        if open {
            return Check::bad(
                "key",
                format!("Others can read {}.", file.display()),
                format!("take that away: chmod 600 {}", file.display()),
            );
        }
    }
    Check::good("key", format!("{} is yours alone.", folder.display()))
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

fn outbox(replica: &Replica) -> Check {
    let refused = replica.shelf().len();
    if refused > 0 {
        return Check::bad(
            "outbox",
            format!("{} refused.", count(refused as u64, "command")),
            "put them right or drop them: `okr outbox`",
        );
    }
    match replica.pending_events() {
        0 => Check::good("outbox", "Nothing waits to be sent."),
        waiting => Check::good(
            "outbox",
            format!("{} not sent yet.", count(waiting as u64, "event")),
        ),
    }
}

fn server(replica: &Replica) -> Check {
    if replica.identity().is_copy() {
        return Check::good(
            "server",
            "None: this is a copy to read in, made of an exported log.",
        );
    }
    let Some(remote) = replica.identity().remote.clone() else {
        return Check::good("server", "There is none; everything is on this machine.");
    };
    match online::run(online::connect_to(&remote)) {
        Ok(Ok(_)) => Check::good(
            "server",
            format!("{}:{} answers.", remote.host, remote.port),
        ),
        Ok(Err(failure)) | Err(failure) => Check::failed("server", failure),
    }
}
