//! From a backup to logs on the disk, each of them verified.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::exported::{Header, Line};
use quarterdeck_ledger::{Appended, Checkpoint, Ledger, NewEntry, Options, SledLedger};
use quarterdeck_proto::decode_event;

use super::read::{BackupFile, Item};
use super::{BackedUp, Found, SmallFile};
use crate::error::ServerError;
use crate::workspace::{Identity, verify};

/// What a backup held.
pub(super) struct Unpacked {
    pub(super) found: Found,
    /// Small files by their paths in the data folder.
    pub(super) files: Vec<SmallFile>,
}

impl Unpacked {
    /// The server's own key in a workspace, as the backup has it.
    pub(super) fn key(&self, workspace: WorkspaceId) -> Option<&[u8]> {
        key(&self.files, workspace)
    }
}

/// Where logs go, and who the server is in them.
pub(super) trait Place {
    /// The folder that a workspace's log goes to; none where it is passed over.
    fn ledger(&self, workspace: WorkspaceId) -> Option<PathBuf>;

    /// The server's own identity in a workspace, where it is known from elsewhere.
    fn identity(&self, _workspace: WorkspaceId) -> Option<Identity> {
        None
    }
}

/// Reads a whole backup, and writes and verifies the logs that `place` wants. `progress` gets how much of
/// the work is done, and of how much.
pub(super) fn unpack<R: BufRead>(
    input: R,
    name: &Path,
    place: &dyn Place,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Unpacked, ServerError> {
    let mut backup = BackupFile::open(input, name)?;
    let mut found = Found {
        made: Timestamp::from_ms(backup.first.made_ms),
        is_secret: backup.first.secret,
        workspaces: Vec::new(),
    };
    // Every entry is stored, then verified.
    let of = backup.first.entries.saturating_mul(2);
    let mut done: u64 = 0;
    let mut files = Vec::new();
    loop {
        match backup.next()? {
            Item::End => return Ok(Unpacked { found, files }),
            Item::File { path, content } => {
                if files.iter().any(|(other, _)| *other == path) {
                    return Err(backup.fault(backup.line(), "it names a file for the second time"));
                }
                files.push((path, content));
            }
            Item::Missing { workspace, why } => found.workspaces.push(BackedUp {
                workspace,
                name: workspace.to_string(),
                size: 0,
                root: quarterdeck_ledger::Frontier::default().root(),
                finding: why,
            }),
            Item::Log(line) => {
                let mut progress = |more: u64| {
                    done = done.saturating_add(more);
                    progress(done.min(of), of);
                };
                let log = unpack_log(&mut backup, &line, (&files, place), &mut progress)?;
                if found
                    .workspaces
                    .iter()
                    .any(|other| other.workspace == log.workspace)
                {
                    return Err(backup.fault(
                        backup.line().saturating_sub(log.size),
                        "it begins the log of a workspace for the second time",
                    ));
                }
                found.workspaces.push(log);
            }
        }
    }
}

fn key(files: &[SmallFile], workspace: WorkspaceId) -> Option<&[u8]> {
    let wanted = format!("workspaces/{workspace}/key");
    let mut found = files.iter();
    found
        .find(|(path, _)| *path == wanted)
        .map(|(_, content)| content.as_slice())
}

/// A log being written.
struct Storing {
    ledger: SledLedger,
    /// What the backup is called, and which of its lines the log begins with.
    name: PathBuf,
    first_line: u64,
}

fn unpack_log<R: BufRead>(
    backup: &mut BackupFile<R>,
    line: &str,
    (files, place): (&[SmallFile], &dyn Place),
    progress: &mut dyn FnMut(u64),
) -> Result<BackedUp, ServerError> {
    let first_line = backup.line();
    let mut storing: Option<Storing> = None;
    let name = backup.name().to_path_buf();
    let open = |header: &Header| -> Result<Option<Storing>, ServerError> {
        let id = WorkspaceId::from_bytes(header.workspace);
        let Some(dir) = place.ledger(id) else {
            return Ok(None);
        };
        let ledger = SledLedger::open(&dir, header.workspace, &Options::default())?;
        Ok(Some(Storing {
            ledger,
            name: name.clone(),
            first_line,
        }))
    };
    let mut begun = false;
    let header = backup.entries(line, &mut |header, block| {
        if !begun {
            begun = true;
            storing = open(header)?;
        }
        let count = block.len() as u64;
        if let Some(storing) = &storing {
            storing.append(block)?;
        }
        progress(if storing.is_some() { count } else { 2 * count });
        Ok(())
    })?;
    // A log without entries is one all the same.
    if !begun {
        storing = open(&header)?;
    }
    let workspace = WorkspaceId::from_bytes(header.workspace);
    if let Some(storing) = &storing {
        let identity = match (key(files, workspace), place.identity(workspace)) {
            (_, Some(identity)) => Some(identity),
            (Some(bytes), None) => Some(
                Identity::read(bytes)
                    .filter(|identity| identity.workspace == workspace)
                    .ok_or_else(|| {
                        let what = "the backup holds no key of this workspace that can be read";
                        backup.fault(first_line, what)
                    })?,
            ),
            (None, None) => None,
        };
        storing
            .verify(&header, identity.as_ref(), progress)
            .map_err(|(line, what)| backup.fault(line, what))?;
    }
    Ok(BackedUp {
        workspace,
        name: header.name,
        size: header.size,
        root: header.root,
        finding: String::new(),
    })
}

impl Storing {
    fn append(&self, block: Vec<Line>) -> Result<(), ServerError> {
        let at = |seq: u64, what: String| ServerError::Backup {
            path: self.name.clone(),
            line: self.first_line.saturating_add(seq),
            what,
        };
        let mut new = Vec::with_capacity(block.len());
        let mut recorded = self.ledger.head().recorded;
        for line in block {
            let event =
                decode_event(&line.event.body).map_err(|error| at(line.seq, error.to_string()))?;
            if line.recorded < recorded {
                let what = "it was recorded before the entry ahead of it";
                return Err(at(line.seq, what.to_owned()));
            }
            recorded = line.recorded;
            new.push(NewEntry::new(
                line.recorded,
                *event.id.as_bytes(),
                line.event,
            ));
        }
        let head = self.ledger.head();
        match self.ledger.append(head.size, new)? {
            Appended::Recorded(_) => Ok(()),
            Appended::HeadMoved(head) => Err(at(head.size, "the log grew by itself".to_owned())),
        }
    }

    /// Checks that the log is the one that its first line announces, and that every entry of it holds;
    /// answers the line that does not, and why.
    fn verify(
        &self,
        header: &Header,
        identity: Option<&Identity>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), (u64, String)> {
        let first = |what: &str| Err((self.first_line, what.to_owned()));
        let mut before = 0;
        let verified = verify(&self.ledger, &self.ledger.head(), identity, |done, _| {
            progress(done.saturating_sub(before));
            before = done;
            true
        });
        if let Some((seq, what)) = verified.finding {
            return Err((self.first_line.saturating_add(seq), what));
        }
        if verified.root != header.root || verified.size != header.size {
            return first("its `root` is not that of the entries that follow");
        }
        if verified.name != header.name {
            return first("its `name` is not what the log calls the workspace");
        }
        if !verified.whole {
            let last = self.first_line.saturating_add(verified.size);
            return Err((last, "the log ends in the middle of a command".to_owned()));
        }
        let named = verified.authority.filter(|_| verified.served);
        if let (Some(own), Some(named)) = (identity, named)
            && !own.has(named.0)
        {
            return first("the log names another server than the one whose key is in the backup");
        }
        let own = identity.map(Identity::public);
        let signs = named.or(own).or(verified.authority);
        let (Some(note), Some(key)) = (&header.checkpoint, signs) else {
            return first("nobody signed its head");
        };
        match Checkpoint::verify(note, &header.workspace, &key) {
            Ok(signed) if signed.size == header.size && signed.root == header.root => Ok(()),
            Ok(_) => first("its `checkpoint` is of another head than the log has"),
            Err(error) => first(&error.to_string()),
        }
    }
}
