//! Beginning a workspace without a server: this device is its authority.

use std::fs;
use std::path::Path;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, WorkspaceCreated};
use quarterdeck_core::id::{DeviceId, IdSource, MemberId, WorkspaceId};
use quarterdeck_core::token::Role;

use super::{LEDGER, Options, Replica};
use crate::error::{CommitError, ReplicaError};
use crate::files;
use crate::identity::{Device, FILE, Identity};
use crate::random::{Ids, Random};

/// What a new workspace begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkspace {
    /// Its name.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_year_start: u8,
    /// Its first member, an owner.
    pub member_name: String,
    /// That member's e-mail address.
    pub member_email: Option<String>,
    /// What this device is called.
    pub device_name: String,
}

impl Replica {
    /// Makes a workspace in a folder that does not exist yet or is empty.
    ///
    /// # Errors
    /// When the folder holds a workspace, a name or setting is refused, or the disk fails. The folder
    /// then holds no workspace.
    pub fn create(
        dir: &Path,
        new: NewWorkspace,
        options: Options,
        now_ms: u64,
        random: &mut dyn Random,
    ) -> Result<Self, CommitError> {
        let mut seed = [0; 32];
        random.fill(&mut seed);
        let mut ids = Ids::new(random, now_ms);
        let workspace = WorkspaceId::new(ids.next());
        let member = MemberId::new(ids.next());
        let device = Device::new(DeviceId::new(ids.next()), new.device_name.clone(), seed);
        let key = device.key().public().0;
        let identity = Identity {
            workspace,
            workspace_name: new.name.clone(),
            member: Some(member),
            device,
            next_device: None,
            remote: None,
            trust: None,
            hosting: None,
        };
        let begin = vec![
            Command::Record(Body::WorkspaceCreated(WorkspaceCreated {
                name: new.name,
                time_zone: new.time_zone,
                fiscal_year_start: new.fiscal_year_start,
                key,
                device_name: new.device_name,
                server: false,
            })),
            Command::Record(Body::MemberAdded {
                member,
                name: new.member_name,
                email: new.member_email,
                role: Role::Owner,
            }),
        ];
        Self::clear_unbegun(dir, options)?;
        let mut replica = Self::found(dir, &identity, options)?;
        let begun = replica.commit(begin, None, now_ms, random);
        if let Err(error) = begun {
            drop(replica);
            Self::clear_unbegun(dir, options)?;
            return Err(error);
        }
        Ok(replica)
    }

    /// Clears away what an attempt left that was refused or interrupted: a device without a log and
    /// without a server to get one from has nothing to lose.
    fn clear_unbegun(dir: &Path, options: Options) -> Result<(), ReplicaError> {
        let replica = match Self::open(dir, options) {
            Ok(replica) => replica,
            Err(ReplicaError::Missing { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        if replica.head().size > 0 || replica.identity().remote.is_some() {
            return Ok(());
        }
        drop(replica);
        let ledger = dir.join(LEDGER);
        fs::remove_dir_all(&ledger).map_err(files::io_error("clear", &ledger))?;
        let device = dir.join(FILE);
        fs::remove_file(&device).map_err(files::io_error("clear", &device))
    }

    /// Makes a folder for a device whose log is still empty.
    pub(crate) fn found(
        dir: &Path,
        identity: &Identity,
        options: Options,
    ) -> Result<Self, ReplicaError> {
        files::make_dir(dir)?;
        if dir.join(FILE).exists() {
            return Err(ReplicaError::Exists {
                path: dir.to_path_buf(),
            });
        }
        identity.save(dir)?;
        Self::open(dir, options)
    }
}
