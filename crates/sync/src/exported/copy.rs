//! Making a copy of a workspace from its exported log.

use std::io::BufRead;
use std::path::Path;

use quarterdeck_core::id::{DeviceId, IdSource, WorkspaceId};
use quarterdeck_ledger::{Appended, Ledger};

use super::walk::Walk;
use super::{ImportError, LogFile};
use crate::error::ReplicaError;
use crate::evidence;
use crate::identity::{Device, Identity};
use crate::random::{Ids, Random};
use crate::replica::{Options, Replica};

/// Makes a copy in a folder that does not exist yet or is empty. Everything can be read in it and
/// nothing recorded; its log has the size and root that the file announces. Tells how far it has come
/// (entries taken in, entries in all).
///
/// # Errors
/// When anything in the file does not hold, or the folder holds something or fails. The folder is
/// then of no use and has to be removed by the caller.
pub fn import<R: BufRead>(
    file: &mut LogFile<R>,
    dir: &Path,
    options: Options,
    now_ms: u64,
    random: &mut dyn Random,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Replica, ImportError> {
    let header = file.header().clone();
    let mut seed = [0; 32];
    random.fill(&mut seed);
    // A device that no log will ever know: it has neither a member nor a server.
    let device = DeviceId::new(Ids::new(random, now_ms).next());
    let identity = Identity {
        workspace: WorkspaceId::from_bytes(header.workspace),
        workspace_name: header.name,
        member: None,
        device: Device::new(device, "read-only copy".to_owned(), seed),
        next_device: None,
        remote: None,
        trust: None,
        hosting: None,
    };
    let mut replica = Replica::found(dir, &identity, options)?;
    let mut walk = Walk::new(file);
    let mut stored = 0;
    while let Some(entries) = walk.next(file)? {
        if !entries.is_empty() {
            match replica.hold()?.ledger.append(stored, entries)? {
                Appended::Recorded(head) => stored = head.size,
                Appended::HeadMoved(_) => {
                    return Err(ReplicaError::Exists {
                        path: dir.to_path_buf(),
                    }
                    .into());
                }
            }
        }
        progress(stored, header.size);
    }
    let (folded, note) = walk.finish(file)?;
    if let Some(note) = note {
        evidence::keep_checkpoint(dir, &note)?;
    }
    replica.adopt(folded)?;
    Ok(replica)
}
