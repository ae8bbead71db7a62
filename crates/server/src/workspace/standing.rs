//! What a workspace takes at present, and why.
//!
//! Guarantee: a workspace that was restored from a backup records nothing new until its operator says
//! so, also after a restart: whatever was recorded after the backup is still on people's machines, and a log
//! that went on without it could never take it back. A log that is damaged is served as far as it is
//! sound, and written to no more.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_ledger::{Ledger, Options, Salvaged, salvage};
use quarterdeck_proto::{Reason, decode_event};
use serde::{Deserialize, Serialize};

use super::outcome::Unavailable;
use super::{CLOSING, Folder, Identity, Workspace};
use crate::error::ServerError;
use crate::files;
use crate::metrics::Metrics;
use crate::world::World;

/// What a workspace takes at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Everything.
    Open,
    /// Reads, and what its log has lost; nothing new.
    Held(Held),
    /// Reads alone, of what comes before the damage.
    Salvaged(Damage),
}

/// Since when a workspace is held, and how long its log was then. Kept in the file `held`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Held {
    pub(crate) since: Timestamp,
    pub(crate) size: u64,
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage {
    /// Where the log is.
    pub(crate) path: PathBuf,
    /// The first entry that is lost or not served.
    pub(crate) first: u64,
    /// How many entries had been acknowledged, where that is known.
    pub(crate) acknowledged: Option<u64>,
    pub(crate) what: String,
}

impl Standing {
    /// The word for it in answers.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Held(_) => "held",
            Self::Salvaged(_) => "damaged",
        }
    }

    /// What an operator is told, in sentences; nothing where it is open.
    pub(crate) fn finding(&self, name: &str) -> String {
        match self {
            Self::Open => String::new(),
            Self::Held(held) => format!(
                "It was restored from a backup of {} entries at {} and records nothing new. It takes back \
                 what machines hold beyond that when they sync; when they have, let it go on with \
                 `okrd workspace resume --data DIR {name}`.",
                held.size, held.since
            ),
            Self::Salvaged(damage) => format!(
                "{damage} It is served as far as entry {}, to be read alone. Back up what is left with \
                 `okrd backup --data DIR --workspace {name}`, then put its log back with \
                 `okrd workspace restore --data DIR {name} FILE`; machines give back the rest.",
                damage.first.saturating_sub(1)
            ),
        }
    }

    /// Why nothing new is recorded, as clients hear of it; none where it is.
    pub(super) fn unavailable(&self) -> Option<Unavailable> {
        match self {
            Self::Open => None,
            Self::Held(_) => Some(Unavailable::closed(
                Reason::HeldAfterRestore,
                "The server was restored from a backup and records nothing until its operator lets it. \
                 Nothing is lost: unsent work is kept.",
            )),
            Self::Salvaged(_) => Some(Unavailable::closed(
                Reason::Damaged,
                "The server's store of this workspace is damaged: what comes before the damage can be \
                 read, and nothing is recorded until its operator has restored it. Unsent work is kept.",
            )),
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        write!(
            f,
            "Its log at {path} cannot be read from entry {} on",
            self.first
        )?;
        if let Some(size) = self.acknowledged {
            write!(f, ", of {size} that were acknowledged")?;
        }
        write!(f, ": {}.", self.what.trim_end_matches('.'))
    }
}

impl Held {
    /// What the folder of a workspace says.
    pub(super) fn load(path: &Path) -> Result<Option<Self>, ServerError> {
        if !path.exists() {
            return Ok(None);
        }
        let bytes = files::read(path)?;
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| ServerError::bad_file(path, error))
    }

    pub(crate) fn save(&self, path: &Path) -> Result<(), ServerError> {
        let bytes = serde_json::to_vec(self).map_err(|error| ServerError::bad_file(path, error))?;
        files::replace(path, &bytes)
    }
}

/// Whether an error says that a log is not what was written, so that what is left of it may be read.
pub(super) const fn is_damage(error: &ServerError) -> bool {
    match error {
        ServerError::RootDiffers { .. } => true,
        ServerError::Ledger(error) => error.is_damage(),
        _ => false,
    }
}

/// What is sound of a damaged log, as far as its commands are whole.
fn whole_commands(ledger: Salvaged) -> Result<Salvaged, ServerError> {
    let mut size = ledger.head().size;
    while size > 0 {
        let last = ledger.read(size, 1, 1)?;
        let event = last
            .first()
            .and_then(|last| decode_event(&last.event.body).ok());
        match event {
            Some(event) if event.remaining == 0 => break,
            _ => size -= 1,
        }
    }
    Ok(ledger.ending_at(
        size,
        "what comes right before is a command whose end is lost",
    )?)
}

impl Workspace {
    /// Opens what can be read of a damaged log.
    pub(super) fn salvage(
        folder: &Path,
        error: &ServerError,
        world: &World,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, ServerError> {
        let files = Folder(folder.to_path_buf());
        let identity = Identity::load(&files.key())?;
        let options = Options {
            create: false,
            wait: CLOSING,
            ..Options::default()
        };
        let id = *identity.workspace.as_bytes();
        let ledger = whole_commands(salvage(&files.ledger(), id, &options)?)?;
        let loss = ledger.loss().clone();
        let what = match loss.what.as_str() {
            "" => error.to_string(),
            what => what.to_owned(),
        };
        let damage = Damage {
            path: files.ledger(),
            first: loss.first,
            acknowledged: loss.acknowledged,
            what,
        };
        let mut open = Self::start(identity, Arc::new(ledger), None, world, metrics)?;
        tracing::error!(
            workspace = %open.id(), %error, first = damage.first,
            "a workspace is damaged: it is served up to the damage, to be read alone"
        );
        open.standing = RwLock::new(Standing::Salvaged(damage));
        open.files = Some(files);
        Ok(open)
    }

    pub(crate) fn standing(&self) -> Standing {
        self.standing
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What an operator is told of its standing.
    pub(crate) fn finding(&self) -> String {
        self.standing().finding(&self.name())
    }

    /// The same for its owner, who hears of no paths.
    pub(crate) fn finding_for_owner(&self) -> String {
        self.takes_work()
            .map_or_else(|closed| closed.message, |()| String::new())
    }

    /// Whether something new may be recorded.
    pub(crate) fn takes_work(&self) -> Result<(), Unavailable> {
        self.standing().unavailable().map_or(Ok(()), Err)
    }

    /// Records nothing new from now on, and takes back what the log has lost.
    pub(crate) fn hold(&self, since: Timestamp) -> Result<(), ServerError> {
        let mut standing = self
            .standing
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if *standing == Standing::Open {
            let held = Held {
                since,
                size: self.ledger.head().size,
            };
            if let Some(files) = &self.files {
                held.save(&files.held())?;
            }
            *standing = Standing::Held(held);
            tracing::warn!(workspace = %self.id(), size = held.size, "held: nothing new is recorded");
        }
        Ok(())
    }

    /// Records again, if it was held. Whether it was is answered.
    pub(crate) fn resume(&self) -> Result<bool, ServerError> {
        let mut standing = self
            .standing
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if !matches!(*standing, Standing::Held(_)) {
            return Ok(false);
        }
        if let Some(files) = &self.files {
            let path = files.held();
            fs::remove_file(&path).map_err(|source| ServerError::io("remove", &path, source))?;
        }
        *standing = Standing::Open;
        tracing::info!(workspace = %self.id(), "resumed: new events are recorded again");
        Ok(true)
    }
}
