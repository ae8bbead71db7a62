//! What a command runs in: the home folder, the workspace that is meant, clock, randomness, terminal.
//!
//! This is the one place that reads the environment:
//!
//! | variable | what it sets |
//! |---|---|
//! | `OKR_HOME` | the folder that holds everything of one device; the platform's data folder otherwise |
//! | `OKR_WORKSPACE` | the workspace that is meant where `-w` is left out |
//! | `OKR_NOW` | the clock, fixed to a moment such as `2026-08-21T14:30:00Z`: for tests and the demo |
//! | `OKR_SEED` | a number that ids, salts **and keys** follow from: for tests and the demo, never for real work |
//! | `OKR_TOKEN` | the token with which `okr query --server` asks |
//! | `BROWSER` | the program that `okr open` gives a page to; the system's usual one otherwise |
//! | `TZ` | the time zone of a new workspace, where it names one |
//! | `LC_ALL`, `LC_CTYPE`, `LANG` | where the first that is set names no UTF-8, a terminal is drawn on in ASCII |
//! | `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`, `COLUMNS` | as usual |

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::Args;
use etcetera::BaseStrategy;
use quarterdeck_core::calendar::{TimeZone, Timestamp};
use quarterdeck_core::id::DeviceId;
use quarterdeck_sync::identity::Secret;
use quarterdeck_sync::{Options, Replica};

use crate::config::Config;
use crate::error::{Exit, Failure};
use crate::output::{Captured, ColorWhen, Output};
use crate::random::Randomness;
use crate::session::Session;

/// How long a command waits for another `okr` in the same folder.
const LOCK_WAIT: Duration = Duration::from_secs(30);

/// Options that every command has.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The workspace that is meant, where this device has several.
    #[arg(short, long, global = true, help_heading = "Options of every command", value_name = "NAME", env = "OKR_WORKSPACE", hide_env = true, add = crate::complete::workspaces())]
    pub(crate) workspace: Option<String>,
    /// Answer in JSON: one object, or one on each line.
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub(crate) json: bool,
    /// When to colour: auto (on a terminal), always or never.
    #[arg(
        long,
        global = true,
        help_heading = "Options of every command",
        value_name = "WHEN",
        hide_possible_values = true
    )]
    pub(crate) color: Option<ColorWhen>,
}

/// What a command finds around it: the process's environment, or what the demo makes up for one of
/// its machines.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Everything of this device.
    pub home: PathBuf,
    /// The present moment.
    pub now: Timestamp,
    /// What ids, salts and keys follow from, if not from the system's randomness.
    pub seed: Option<u64>,
    /// Where results and messages go, if not to the terminal.
    pub captured: Option<Captured>,
}

impl Surroundings {
    /// What the environment says.
    ///
    /// # Errors
    /// No home folder can be told, or the environment says something unreadable.
    pub fn of_process() -> Result<Self, Failure> {
        let home = home()?;
        let now = match variable("OKR_NOW")? {
            None => system_now(),
            Some(text) => text
                .parse()
                .map_err(|error| Failure::usage(format!("OKR_NOW: {error}.")))?,
        };
        let seed = match variable("OKR_SEED")? {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| {
                Failure::usage(format!("OKR_SEED is '{text}', and takes a whole number."))
            })?),
        };
        Ok(Self {
            home,
            now,
            seed,
            captured: None,
        })
    }
}

/// What a command runs in.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    /// Everything of this device.
    pub(crate) home: PathBuf,
    /// The present moment.
    pub(crate) now: Timestamp,
    /// How results are shown.
    pub(crate) output: Output,
    /// What the person prefers.
    pub(crate) config: Config,
    seed: Option<u64>,
    workspace: Option<String>,
}

impl Context {
    /// The context that options and surroundings describe.
    ///
    /// # Errors
    /// The preferences cannot be read.
    pub(crate) fn new(global: &Global, around: Surroundings) -> Result<Self, Failure> {
        let Surroundings {
            home,
            now,
            seed,
            captured,
        } = around;
        let config = Config::load(&home)?;
        let color = global.color.or(config.color).unwrap_or_default();
        Ok(Self {
            home,
            now,
            output: Output::new(global.json, color, captured),
            config,
            seed,
            workspace: global.workspace.clone(),
        })
    }

    /// The same, saying nothing: what is in its way comes as failures.
    pub(crate) fn silent(&self) -> Self {
        let captured = Captured::new(self.output.width());
        Self {
            output: Output::new(false, ColorWhen::Never, Some(captured)),
            ..self.clone()
        }
    }

    /// The same so much later, for what lasts longer than a command.
    pub(crate) fn after(&self, passed: Duration) -> Self {
        let ms = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
        Self {
            now: self.now.plus_ms(ms),
            ..self.clone()
        }
    }

    /// Opens the workspace that is meant.
    ///
    /// # Errors
    /// There is none, several could be meant, or it cannot be opened.
    pub(crate) fn open(&self) -> Result<Session<'_>, Failure> {
        let folder = self.workspace_folder()?;
        let replica = Replica::open(&folder, Self::options())?;
        Ok(Session::new(self, replica))
    }

    /// How replicas are worked in.
    pub(crate) fn options() -> Options {
        Options {
            lock_wait: LOCK_WAIT,
            ..Options::default()
        }
    }

    /// A source of randomness for a command of a device that has authored so many events.
    ///
    /// # Errors
    /// The operating system gives none.
    pub(crate) fn randomness(&self, device: DeviceId, number: u64) -> Result<Randomness, Failure> {
        Randomness::new(self.seed, device, number, self.now.ms())
    }

    /// Where the workspaces of this device are.
    pub(crate) fn workspaces_folder(&self) -> PathBuf {
        workspaces_folder(&self.home)
    }

    /// The folder of the workspace that is meant.
    ///
    /// # Errors
    /// There is none, or several could be meant.
    pub(crate) fn workspace_folder(&self) -> Result<PathBuf, Failure> {
        let all = workspaces(&self.home);
        let wanted = self.workspace.as_ref().or(self.config.workspace.as_ref());
        let name = match (wanted, all.as_slice()) {
            (_, []) => {
                return Err(
                    Failure::not_found("There is no workspace on this machine yet.").hint(
                        "begin one with `okr init NAME`, join one with `okr join URL`, \
                     or watch `okr demo`",
                    ),
                );
            }
            (Some(wanted), all) => all
                .iter()
                .find(|name| name.eq_ignore_ascii_case(wanted))
                .ok_or_else(|| {
                    Failure::not_found(format!("There is no workspace '{wanted}' on this machine."))
                        .hint(format!("there is {}", all.join(", ")))
                })?,
            (None, [only]) => only,
            (None, several) => {
                return Err(Failure::not_found(format!(
                    "There are {} workspaces on this machine; which one is meant?",
                    several.len()
                ))
                .details(several.to_vec())
                .hint("name it with `-w NAME`, or once with `okr config workspace NAME`"));
            }
        };
        Ok(self.workspaces_folder().join(name))
    }

    /// What this machine is called, unless somebody says otherwise.
    pub(crate) fn device_name(&self) -> String {
        self.config
            .device
            .clone()
            .or_else(host_name)
            .unwrap_or_else(|| "this machine".to_owned())
    }
}

/// The folder of this device's workspaces.
fn workspaces_folder(home: &Path) -> PathBuf {
    home.join("workspaces")
}

/// The workspaces of a home by name, in order.
pub(crate) fn workspaces(home: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(workspaces_folder(home)) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join("device.json").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        // Workspaces that are still joining are out of sight.
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

/// Makes a folder of this device, and those above it, that others cannot look into.
///
/// # Errors
/// It cannot be made.
pub(crate) fn private_folder(path: &Path) -> Result<(), Failure> {
    Ok(quarterdeck_sync::make_private_folder(path)?)
}

/// The folder that holds everything of this device.
///
/// # Errors
/// Neither `OKR_HOME` is set, nor can the platform's data folder be told.
pub(crate) fn home() -> Result<PathBuf, Failure> {
    if let Some(home) = std::env::var_os("OKR_HOME").filter(|home| !home.is_empty()) {
        return Ok(PathBuf::from(home));
    }
    etcetera::choose_base_strategy()
        .map(|base| base.data_dir().join("quarterdeck"))
        .map_err(|error| {
            Failure::new(
                Exit::Trouble,
                format!("There is no home folder to keep things in: {error}."),
            )
            .hint("choose a folder with OKR_HOME")
        })
}

/// The token that a server is asked with where no workspace was joined. From the environment alone: what
/// stands on a command line can be read by everybody on the machine.
///
/// # Errors
/// It is no readable text.
pub(crate) fn token() -> Result<Option<Secret<String>>, Failure> {
    Ok(variable("OKR_TOKEN")?.map(|token| Secret::new(token.trim().to_owned())))
}

/// The program that shows pages, where somebody chose one.
///
/// # Errors
/// It is no readable text.
pub(crate) fn browser() -> Result<Option<String>, Failure> {
    variable("BROWSER")
}

/// Whether there is a screen that a browser could open on for whoever sits here.
pub(crate) fn has_screen() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(any(windows, target_os = "macos")) {
        // From elsewhere it would open on a screen that nobody sits at.
        return !is_set("SSH_CONNECTION");
    }
    ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"]
        .into_iter()
        .any(is_set)
}

fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Failure::usage(format!("{name} is no readable text.")))
        }
    }
}

/// The present moment by the system's clock.
pub(crate) fn system_now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn host_name() -> Option<String> {
    let told = |path: &str| std::fs::read_to_string(path).ok();
    std::env::var("HOSTNAME")
        .ok()
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| told("/proc/sys/kernel/hostname"))
        .or_else(|| told("/etc/hostname"))
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
}

/// The IANA name of this machine's time zone; UTC where it cannot be told.
pub(crate) fn system_time_zone() -> String {
    let by_variable = std::env::var("TZ")
        .ok()
        .map(|name| name.trim_start_matches(':').to_owned());
    let by_link = || {
        let target = std::fs::read_link("/etc/localtime").ok()?;
        let target = target.to_str()?;
        target
            .split_once("zoneinfo/")
            .map(|(_, name)| name.to_owned())
    };
    let by_file = || {
        std::fs::read_to_string("/etc/timezone")
            .ok()
            .map(|name| name.trim().to_owned())
    };
    [by_variable, by_link(), by_file()]
        .into_iter()
        .flatten()
        .find(|name| TimeZone::get(name).is_ok())
        .unwrap_or_else(|| "UTC".to_owned())
}

/// Who sits here, by the system's word for them: their log-in name, else that of their folder.
pub(crate) fn user_name() -> Option<String> {
    let told = |name: &str| std::env::var(name).ok().filter(|name| !name.is_empty());
    let folder = || {
        let home = PathBuf::from(std::env::var_os("HOME")?);
        Some(home.file_name()?.to_str()?.to_owned())
    };
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(told)
        .or_else(folder)
}
