//! One test's world: a temporary folder, a clock that only its commands move, and seeds used once.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use crate::binaries;
use crate::machine::Machine;
use crate::server::Server;

/// The moment of an environment's first command: a Monday, in the past of every machine that can build
/// this, so that no server takes an event for one from the future.
pub const FIRST_MOMENT: &str = "2026-01-05T09:00:00Z";

/// How far the clock goes on with each command.
const STEP: SignedDuration = SignedDuration::from_mins(1);

/// Machines and servers of one test. Everything they keep lies in one folder, removed at the end;
/// set `QUARTERDECK_KEEP_TESTS` to keep it and be told where it is.
#[derive(Debug)]
pub struct TestEnv {
    folder: TempDir,
    commands: AtomicU64,
    moment: Mutex<Timestamp>,
}

impl TestEnv {
    /// An empty world.
    #[must_use]
    pub fn new() -> Self {
        let mut folder = tempfile::Builder::new()
            .prefix("quarterdeck-")
            .tempdir()
            .expect("a temporary folder");
        if std::env::var_os("QUARTERDECK_KEEP_TESTS").is_some() {
            folder.disable_cleanup(true);
            eprintln!("kept: {}", folder.path().display());
        }
        Self {
            folder,
            commands: AtomicU64::new(0),
            moment: Mutex::new(moment(FIRST_MOMENT)),
        }
    }

    /// The folder that everything of this test lies in.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A machine of this name, with an empty home the first time.
    #[must_use]
    pub fn machine(&self, name: &str) -> Machine<'_> {
        Machine::new(self, name)
    }

    /// A running server that keeps the workspace, with `owner` (a member's name) invited as its owner.
    #[must_use]
    pub fn server(&self, workspace: &str, owner: &str) -> Server<'_> {
        Server::start(self, workspace, owner)
    }

    /// The same, reached by TLS with a certificate of its own that invitations name.
    #[must_use]
    pub fn server_with_tls(&self, workspace: &str, owner: &str) -> Server<'_> {
        Server::start_with_tls(self, workspace, owner)
    }

    /// Moves the clock of all machines to `when`, an RFC 3339 time such as `2026-01-12T10:00:00Z`.
    /// Later commands go on from there, a minute each.
    pub fn set_time(&self, when: &str) {
        *self.moment.lock().expect("no test panics here") = moment(when);
    }

    /// The seed of the next command, and its moment.
    pub(crate) fn next(&self) -> (u64, String) {
        let seed = self.commands.fetch_add(1, Ordering::SeqCst) + 1;
        let mut moment = self.moment.lock().expect("no test panics here");
        let now = *moment;
        *moment += STEP;
        (seed, now.to_string())
    }

    /// A child that sees no variable of ours, with a home of its own.
    pub(crate) fn command(&self, program: &str, home: &Path) -> Command {
        let mut command = Command::new(binaries::program(program));
        command
            .env_clear()
            .current_dir(home)
            .stdin(Stdio::null())
            .env("HOME", home)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TMPDIR", self.path())
            .env("TZ", "UTC")
            .env("LANG", "C.UTF-8")
            .env("NO_COLOR", "1");
        command
    }

    /// A folder of this test, made when it is not there.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.path().join(name);
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        folder
    }
}

impl Default for TestEnv {
    fn default() -> Self {
        Self::new()
    }
}

fn moment(when: &str) -> Timestamp {
    when.parse()
        .unwrap_or_else(|error| panic!("{when} is no RFC 3339 time: {error}"))
}
