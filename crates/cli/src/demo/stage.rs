//! Where the demo plays: a folder with three machines and a server in it, one clock for all.
//!
//! Guarantee: a command runs exactly as if it had been typed with `OKR_HOME`, `OKR_NOW` and `OKR_SEED`
//! set, through the same function as in the program; nothing outside the folder is read or written.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use quarterdeck_core::token::Role;
use quarterdeck_server::NewWorkspace;
use tempfile::TempDir;

use super::clock::Clock;
use super::okrd::Okrd;
use super::typed;
use crate::context::Surroundings;
use crate::error::{Exit, Failure};
use crate::output::{Captured, ColorWhen, Said};

/// The workspace of the story.
pub(super) const WORKSPACE: &str = "northwind";

/// When the story begins: the Monday before the quarter.
const FIRST_MOMENT: &str = "2026-06-29T09:00:00Z";

/// A person's machine.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Machine {
    /// What it is called, and where it stands.
    pub(super) name: &'static str,
    /// Whose it is.
    pub(super) person: &'static str,
    /// What that person may do.
    role: Role,
    /// What its ids, salts and keys follow from.
    seed: u64,
}

pub(super) const LISBON: &Machine = &Machine {
    name: "lisbon",
    person: "ana",
    role: Role::Owner,
    seed: 1,
};
pub(super) const LAGOS: &Machine = &Machine {
    name: "lagos",
    person: "ben",
    role: Role::Editor,
    seed: 2,
};
pub(super) const MANILA: &Machine = &Machine {
    name: "manila",
    person: "mei",
    role: Role::Editor,
    seed: 3,
};

/// Everybody, the owner first.
pub(super) const MACHINES: [&Machine; 3] = [LISBON, LAGOS, MANILA];

/// How a command ended, and what it said.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) exit: Exit,
    pub(super) said: Vec<Said>,
}

/// The folder, the clock, the server.
#[derive(Debug)]
pub(super) struct Stage {
    /// Before the folder, so that it is closed before that is removed.
    pub(super) okrd: Okrd,
    pub(super) clock: Clock,
    folder: Folder,
    owners_invitation: String,
}

#[derive(Debug)]
enum Folder {
    /// Goes away with the demo.
    Temporary(TempDir),
    /// Stays to be explored.
    Kept(PathBuf),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(path) => path,
        }
    }
}

impl Stage {
    /// Sets everything up in an empty folder, a temporary one if none is given.
    pub(super) fn set(keep: Option<&Path>) -> Result<Self, Failure> {
        let folder = match keep {
            Some(path) => Folder::Kept(empty(path)?),
            None => Folder::Temporary(
                tempfile::Builder::new()
                    .prefix("okr-demo-")
                    .tempdir()
                    .map_err(|error| Failure::file("make", &std::env::temp_dir(), &error))?,
            ),
        };
        let clock = Clock::starting(FIRST_MOMENT)?;
        let workspace = NewWorkspace {
            time_zone: "Europe/Lisbon".to_owned(),
            ..NewWorkspace::new(WORKSPACE, LISBON.person)
        };
        let (okrd, owners_invitation) =
            Okrd::begin(&folder.path().join("okrd"), workspace, &clock)?;
        Ok(Self {
            okrd,
            clock,
            folder,
            owners_invitation,
        })
    }

    /// The folder, as it was named.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What `OKR_HOME` is on a machine.
    pub(super) fn home(&self, machine: &Machine) -> PathBuf {
        self.folder().join(machine.name)
    }

    /// An invitation for this machine: the first one of all, or a new one.
    pub(super) fn invitation(&self, machine: &Machine) -> Result<String, Failure> {
        if machine == LISBON {
            Ok(self.owners_invitation.clone())
        } else {
            self.okrd.invite(machine.person, machine.role)
        }
    }

    /// Runs `okr` on a machine, with so many columns to fill.
    pub(super) fn okr(
        &self,
        machine: &Machine,
        line: &str,
        columns: usize,
        colour: bool,
    ) -> Result<Outcome, Failure> {
        let captured = Captured::new(columns);
        let around = Surroundings {
            home: self.home(machine),
            now: self.clock.step(),
            seed: Some(machine.seed),
            captured: Some(captured.clone()),
        };
        let colour = if colour {
            ColorWhen::Always
        } else {
            ColorWhen::Never
        };
        // Named here, so that OKR_WORKSPACE of whoever watches does not get in between.
        let given = ["okr", "--workspace", WORKSPACE, "--color", colour.word()];
        let arguments = given
            .into_iter()
            .map(OsString::from)
            .chain(typed::words(line).into_iter().map(OsString::from));
        let exit = crate::run(arguments, around);
        Ok(Outcome {
            exit,
            said: captured.take(),
        })
    }
}

/// A folder to keep everything in: made if it is not there, refused if anything is in it.
fn empty(path: &Path) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(path).map_err(|error| Failure::file("make", path, &error))?;
    let mut inside =
        std::fs::read_dir(path).map_err(|error| Failure::file("read", path, &error))?;
    if inside.next().is_some() {
        return Err(Failure::usage(format!(
            "{} is not empty, and the demo writes into an empty folder alone.",
            path.display()
        ))
        .hint("name a folder that does not exist yet: `okr demo --keep DIR`"));
    }
    std::path::absolute(path).map_err(|error| Failure::file("find", path, &error))
}
