//! Writing a backup, while the server serves.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::state::State;
use quarterdeck_core::visible;
use quarterdeck_ledger::exported::{Header, write_entry};
use quarterdeck_ledger::{Frontier, Head, hex};
use quarterdeck_projection::erasures;
use serde::Serialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::form::{End, FileLine, First, MissingLine, SCHEMA, is_known};
use super::{BackedUp, Contents, SmallFile};
use crate::error::ServerError;
use crate::files;
use crate::shared::Shared;
use crate::workspace::Workspace;

/// Entries read at once, and the bytes of their events after which a block is full.
const BLOCK_ENTRIES: usize = 4_096;
const BLOCK_BYTES: usize = 4 << 20;

/// A workspace's log up to where it is backed up.
struct Cut {
    workspace: Arc<Workspace>,
    head: Head,
    state: Arc<State>,
    name: String,
}

/// Writes everything that a restore needs. `progress` gets how many entries were written, and of how many.
pub(crate) fn write<W: Write>(
    shared: &Shared,
    contents: &Contents,
    out: &mut W,
    progress: &mut dyn FnMut(&mut W, u64, u64),
) -> Result<Vec<BackedUp>, ServerError> {
    let wanted = |id: WorkspaceId| contents.which.is_none_or(|which| which == id);
    // Before the logs are cut: a token that is in it has its device in a log.
    let small = if contents.is_public {
        Vec::new()
    } else {
        small_files(shared, wanted)?
    };
    let cuts: Vec<Cut> = (shared.workspaces().into_iter())
        .filter(|workspace| wanted(workspace.id()))
        .map(cut)
        .collect();
    let missing: Vec<(WorkspaceId, String)> = (shared.broken().into_iter())
        .filter(|(id, _)| wanted(*id))
        .collect();
    let of = cuts.iter().map(|cut| cut.head.size).sum();
    let mut done = 0;
    progress(out, done, of);
    let mut lines = Lines {
        out,
        digest: Sha256::new(),
        written: 0,
    };
    lines.json(&First {
        schema: SCHEMA.to_owned(),
        made_ms: shared.world.now().ms(),
        okrd: env!("CARGO_PKG_VERSION").to_owned(),
        secret: !contents.is_public,
        workspaces: cuts.len() as u64,
        entries: of,
    })?;
    for (file, content) in small {
        let content = STANDARD.encode(&*content);
        lines.json(&FileLine { file, content })?;
    }
    let mut written = Vec::new();
    for (id, why) in missing {
        lines.json(&MissingLine {
            missing: id,
            why: why.clone(),
        })?;
        written.push(BackedUp {
            workspace: id,
            name: id.to_string(),
            size: 0,
            root: Frontier::default().root(),
            finding: format!(
                "Nothing of its log can be read: {}.",
                why.trim_end_matches('.')
            ),
        });
    }
    for cut in cuts {
        lines.log(&cut, &mut |out, entries| {
            done += entries;
            progress(out, done, of);
        })?;
        written.push(BackedUp {
            workspace: cut.workspace.id(),
            size: cut.head.size,
            root: cut.head.root,
            finding: match cut.workspace.standing() {
                standing @ crate::workspace::Standing::Salvaged(_) => standing.finding(&cut.name),
                _ => String::new(),
            },
            name: cut.name,
        });
    }
    lines.end()?;
    Ok(written)
}

/// Where a log is cut: at its head, with what is known there.
fn cut(workspace: Arc<Workspace>) -> Cut {
    let (head, state) = workspace.published();
    let known = state.workspace.as_ref();
    Cut {
        name: known.map(|known| known.name.clone()).unwrap_or_default(),
        workspace,
        head,
        state,
    }
}

/// The files beside the logs, by their paths in the data folder.
fn small_files(
    shared: &Shared,
    wanted: impl Fn(WorkspaceId) -> bool,
) -> Result<Vec<SmallFile>, ServerError> {
    let folder = &shared.folder;
    let mut found = vec![
        (
            "server.toml".to_owned(),
            Zeroizing::new(files::read(&folder.settings())?),
        ),
        (
            "access.json".to_owned(),
            Zeroizing::new(shared.access.copy(&wanted)?),
        ),
    ];
    collect(&folder.tls(), "tls", &mut found)?;
    for id in folder.workspaces()? {
        if wanted(id) {
            let path = format!("workspaces/{id}");
            collect(&folder.workspace(id), &path, &mut found)?;
        }
    }
    Ok(found)
}

/// The files of a folder, and of the folders in it, that a backup takes.
fn collect(folder: &Path, path: &str, found: &mut Vec<SmallFile>) -> Result<(), ServerError> {
    let unreadable = |source| ServerError::io("list", folder, source);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(unreadable)?.file_name().into_string());
    }
    names.sort_unstable();
    for name in names {
        let (at, path) = (folder.join(&name), format!("{path}/{name}"));
        if !is_known(&path) {
            continue;
        }
        if at.is_dir() {
            collect(&at, &path, found)?;
        } else {
            found.push((path, Zeroizing::new(files::read(&at)?)));
        }
    }
    Ok(())
}

/// Writes lines, counts them, and keeps the digest of all.
struct Lines<'a, W> {
    out: &'a mut W,
    digest: Sha256,
    written: u64,
}

impl<W: Write> Lines<'_, W> {
    fn json(&mut self, line: &impl Serialize) -> Result<(), ServerError> {
        let mut bytes = Zeroizing::new(serde_json::to_vec(line).map_err(not_written)?);
        bytes.push(b'\n');
        self.line(&bytes)
    }

    fn line(&mut self, bytes: &[u8]) -> Result<(), ServerError> {
        self.out.write_all(bytes).map_err(not_written)?;
        self.digest.update(bytes);
        self.written += 1;
        Ok(())
    }

    fn log(&mut self, cut: &Cut, progress: &mut dyn FnMut(&mut W, u64)) -> Result<(), ServerError> {
        let Cut {
            workspace,
            head,
            state,
            name,
        } = cut;
        let id = *workspace.id().as_bytes();
        let header = Header {
            workspace: id,
            name: name.clone(),
            size: head.size,
            root: head.root,
            checkpoint: Some(workspace.checkpoint(head)),
        };
        self.line(&visible::json_line(header.write().map_err(not_written)?))?;
        let mut frontier = Frontier::default();
        while frontier.size() < head.size {
            let at = frontier.size();
            let room = usize::try_from(head.size - at).unwrap_or(BLOCK_ENTRIES);
            let block = workspace.read(at + 1, room.min(BLOCK_ENTRIES), BLOCK_BYTES)?;
            if block.is_empty() {
                break;
            }
            for entry in &block {
                // A damaged log may have lost the event that tells: what is left of it is backed up all the same.
                if !erasures::is_told_by(&state.erasures, entry)
                    && workspace.head().size > head.size
                {
                    return Err(ServerError::ErasedMeanwhile {
                        workspace: workspace.id(),
                        seq: entry.seq,
                    });
                }
                frontier.push(entry.leaf_hash(id));
                self.line(&write_entry(entry, None::<&()>).map_err(not_written)?)?;
            }
            progress(self.out, block.len() as u64);
        }
        if frontier.root() == head.root {
            Ok(())
        } else {
            Err(ServerError::RootDiffers {
                workspace: workspace.id(),
            })
        }
    }

    fn end(&mut self) -> Result<(), ServerError> {
        let digest = self.digest.clone().finalize();
        let end = End {
            end: SCHEMA.to_owned(),
            lines: self.written,
            sha256: hex(&digest),
        };
        self.json(&end)?;
        self.out.flush().map_err(not_written)
    }
}

fn not_written(error: impl Into<io::Error>) -> ServerError {
    ServerError::io("write", "the backup".as_ref(), error.into())
}
