//! What is wrong with a data folder, seen from outside.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::{Ledger, Options, SledLedger};
use quarterdeck_report::json::Check;

use super::Examined;
use super::judge::{self, Tokens, sentence};
use crate::access::Access;
use crate::data::DataFolder;
use crate::error::ServerError;
use crate::format::FORMAT;
use crate::settings::{Settings, Tls};
use crate::tls::{self, TlsFiles};
use crate::upgrade::BEFORE;
use crate::workspace::Identity;

/// A Unix socket's path may be no longer, on the shortest-spoken of systems.
const LONGEST_SOCKET: usize = 103;

pub(super) fn examine(data: &Path, listen: &[SocketAddr], now: Timestamp) -> Examined {
    let mut found = Examined::default();
    if !DataFolder::is_initialised(data) {
        found.checks.push(Check::bad(
            "folder",
            format!("{} holds no server's data.", data.display()),
            "set one up with `okrd init`, or name another folder with --data",
        ));
        return found;
    }
    // Held until the end, so that no server starts meanwhile.
    let taken = DataFolder::take(data);
    found.is_running = matches!(taken, Err(ServerError::Locked { .. }));
    found.checks.push(match &taken {
        Ok(_) => Check::good("lock", "No okrd runs on this folder."),
        Err(ServerError::Locked { .. }) => Check::good("lock", "An okrd runs on this folder."),
        Err(error) => Check::bad(
            "lock",
            sentence(&error.to_string()),
            "run this as the user that okrd runs as",
        ),
    });
    found.checks.extend(permissions(data));
    found.checks.push(judge::disk(data));
    found.checks.extend(leftovers(data));
    found.checks.extend(kept(data));
    found.checks.extend(socket(data));
    let settings = settings(data, &mut found.checks);
    let access = access(data, &mut found.checks);
    if let Some(settings) = &settings {
        found.checks.extend(certificate(data, settings, now));
    }
    if !found.is_running {
        found.checks.extend(listen.iter().map(port));
    }
    for (id, folder) in workspaces(data) {
        workspace(id, &folder, &mut found, now);
        if let Some(access) = &access
            && !found.is_running
        {
            let tokens = access.tokens(id);
            let name = id.to_string();
            let checks = Tokens::of(tokens.iter(), now).checks(&name);
            found
                .checks
                .extend(checks.into_iter().map(|check| check.of(name.clone())));
        }
    }
    found
}

/// What only the server's user may read.
fn permissions(data: &Path) -> Vec<Check> {
    let mut secret = vec![
        data.to_path_buf(),
        data.join("server.toml"),
        data.join("access.json"),
        data.join("tls").join("key.pem"),
    ];
    secret.extend(
        workspaces(data)
            .into_iter()
            .map(|(_, folder)| folder.join("key")),
    );
    let open: Vec<PathBuf> = secret.into_iter().filter(|path| others_can(path)).collect();
    if open.is_empty() {
        return vec![Check::good(
            "secrets",
            "They are for the server's user alone.",
        )];
    }
    let all = open.into_iter().map(|path| {
        let mode = if path.is_dir() { "700" } else { "600" };
        Check::bad(
            "secrets",
            format!("Others can read {}.", path.display()),
            format!("take that away: chmod {mode} {}", path.display()),
        )
    });
    all.collect()
}

#[cfg(unix)]
fn others_can(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn others_can(_path: &Path) -> bool {
    false
}

/// What a crash left behind in the middle of something.
fn leftovers(data: &Path) -> Vec<Check> {
    let folders = [
        data.to_path_buf(),
        data.join("tls"),
        data.join("workspaces"),
    ];
    let entries = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok())
        .flatten()
        .flatten();
    let mut left: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "new"))
        .collect();
    left.sort();
    left.into_iter()
        .map(|path| {
            Check::bad(
                "leftovers",
                format!("{} was being written when okrd ended.", path.display()),
                format!("it was never in use: rm -r {}", path.display()),
            )
        })
        .collect()
}

/// What an upgrade kept: nothing is wrong with it, but it is not to be forgotten.
fn kept(data: &Path) -> Vec<Check> {
    let entries = fs::read_dir(data).into_iter().flatten().flatten();
    let own = entries.filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(BEFORE) && !name.ends_with(".new")
    });
    own.map(|entry| {
        let path = entry.path();
        Check {
            hint: Some(format!(
                "it holds the same secrets, and texts that were erased since; when you are content: rm -r {}",
                path.display()
            )),
            ..Check::good("backup", format!("{} is from an upgrade.", path.display()))
        }
    })
    .collect()
}

/// The path of the administrative socket.
fn socket(data: &Path) -> Option<Check> {
    let path = DataFolder::socket(&fs::canonicalize(data).unwrap_or_else(|_| data.to_path_buf()));
    let length = path.as_os_str().len();
    (length > LONGEST_SOCKET).then(|| {
        Check::bad(
            "socket",
            format!(
                "{} has {length} bytes, and a socket may have {LONGEST_SOCKET}.",
                path.display()
            ),
            "move the folder to a shorter path: while okrd runs it cannot be administrated here",
        )
    })
}

fn settings(data: &Path, checks: &mut Vec<Check>) -> Option<Settings> {
    match Settings::load(&data.join("server.toml")) {
        Ok(settings) if settings.format == FORMAT => {
            checks.push(Check::good(
                "settings",
                format!("Format {FORMAT}, reached at {}.", settings.url),
            ));
            Some(settings)
        }
        Ok(settings) => {
            checks.push(Check::bad(
                "settings",
                format!(
                    "The folder has format {}, and this okrd serves {FORMAT}.",
                    settings.format
                ),
                "upgrade it, which makes a backup first: `okrd upgrade`",
            ));
            Some(settings)
        }
        Err(error) => {
            checks.push(Check::bad(
                "settings",
                sentence(&error.to_string()),
                "put server.toml right, or restore it",
            ));
            None
        }
    }
}

fn access(data: &Path, checks: &mut Vec<Check>) -> Option<Access> {
    match Access::load(&data.join("access.json")) {
        Ok(access) => Some(access),
        Err(error) => {
            checks.push(Check::bad(
                "access",
                sentence(&error.to_string()),
                "restore access.json from a backup; without it every device has to join again",
            ));
            None
        }
    }
}

fn certificate(data: &Path, settings: &Settings, now: Timestamp) -> Vec<Check> {
    let files = match &settings.tls {
        Tls::None => return Vec::new(),
        Tls::SelfSigned => tls::own_files(&data.join("tls")),
        Tls::Files { cert, key } => TlsFiles {
            cert: data.join(cert),
            key: data.join(key),
        },
    };
    let mut checks = judge::certificate(&files.cert, settings.url.host(), now);
    if let Err(error) = tls::Certificate::load(files) {
        checks.push(Check::bad(
            "certificate",
            sentence(&error.to_string()),
            "restore the certificate and its key together: they do not belong to each other, or one is unreadable",
        ));
    }
    checks
}

/// Whether a server could listen there.
fn port(address: &SocketAddr) -> Check {
    match TcpListener::bind(address) {
        Ok(_) => Check::good("port", format!("{address} is free.")),
        Err(error) => Check::bad(
            "port",
            format!("{address} cannot be listened on: {error}."),
            "stop what has it, or listen elsewhere",
        ),
    }
}

/// The workspaces that have a folder, in the order of their ids.
fn workspaces(data: &Path) -> Vec<(WorkspaceId, PathBuf)> {
    let entries = fs::read_dir(data.join("workspaces")).into_iter().flatten();
    let mut found: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            Some((id, entry.path()))
        })
        .collect();
    found.sort();
    found
}

fn workspace(id: WorkspaceId, folder: &Path, found: &mut Examined, now: Timestamp) {
    let name = id.to_string();
    let mut add = |check: Check| found.checks.push(check.of(name.clone()));
    match Identity::load(&folder.join("key")) {
        Ok(identity) if identity.workspace == id => {}
        Ok(_) => add(Check::bad(
            "key",
            "The key in its folder is another workspace's.",
            "restore the file `key` from a backup of this workspace",
        )),
        Err(error) => add(Check::bad(
            "key",
            sentence(&error.to_string()),
            "restore the file `key` from a backup: without it nothing more can be signed",
        )),
    }
    if found.is_running {
        return;
    }
    if folder.join("held").exists() {
        add(Check::bad(
            "writer",
            "It is held: it was restored from a backup, and records nothing new.",
            "let machines sync, which gives back what it lost; then `okrd workspace resume`",
        ));
    }
    let options = Options {
        create: false,
        ..Options::default()
    };
    match SledLedger::open(&folder.join("ledger"), *id.as_bytes(), &options) {
        Ok(ledger) => {
            let head = ledger.head();
            let mut add = |check: Check| found.checks.push(check.of(name.clone()));
            add(Check::good(
                "log",
                format!(
                    "{} entries; its end and its high-water mark agree.",
                    head.size
                ),
            ));
            if let Some(check) = judge::clock(Timestamp::from_ms(head.recorded), now) {
                add(check);
            }
        }
        Err(error) => {
            found.is_damaged |= error.is_damage();
            let hint = if error.is_damage() {
                "copy the folder before anything else, then restore it from a backup; see docs/operations.md, When something is wrong"
            } else {
                "see docs/operations.md, When something is wrong"
            };
            let check = Check::bad("log", sentence(&error.to_string()), hint);
            found.checks.push(check.of(name));
        }
    }
}
