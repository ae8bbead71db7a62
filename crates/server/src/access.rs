//! Who may come in: `access.json`, with the tokens of devices and clients and the invitations to
//! host a workspace.
//!
//! Guarantees: no secret is kept, only its SHA-256; what was given out or revoked is on disk
//! before anyone hears of it; the file is the old one or the new one after a crash.

pub(crate) mod book;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::{DeviceId, MemberId, Uuid, WorkspaceId};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::watch;
use zeroize::Zeroizing;

pub(crate) use book::{Hosted, Hosting, TokenRecord};

use crate::error::ServerError;
use crate::files;
use crate::world::World;
use book::Book;

/// How long a token holds unless it says otherwise, in milliseconds: 180 days. Joining again gives a new one.
const TOKEN_LIFE_MS: u64 = 180 * 24 * 60 * 60 * 1000;
/// How long a token goes on to hold after its successor was first used, in milliseconds: a day, for what
/// was begun with it.
const SUCCEEDED_MS: u64 = 24 * 60 * 60 * 1000;
/// What tokens begin with, so that scanners for leaked secrets can know them.
const TOKEN_PREFIX: &str = "qdt_";

/// A secret, on its way to the one who gets it: 256 random bits as text.
pub(crate) struct Secret(Zeroizing<String>);

impl Secret {
    /// A new one, which begins with what tells its kind.
    pub(crate) fn made(prefix: &str, world: &World) -> Self {
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(world.bytes());
        let text = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(*bytes));
        Self(Zeroizing::new(text))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whom a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) workspace: WorkspaceId,
    pub(crate) member: MemberId,
    /// The device; none for a client without keys, which may only ask and command.
    pub(crate) device: Option<DeviceId>,
}

/// What a presented token comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    Valid { token: Uuid, holder: Holder },
    Expired,
    Revoked,
    Unknown,
}

#[derive(Debug)]
pub(crate) struct Access {
    path: PathBuf,
    book: Mutex<Book>,
    /// How often the book was changed.
    changes: watch::Sender<u64>,
}

impl Access {
    /// The access book of a new server.
    pub(crate) fn create(path: &Path) -> Result<Self, ServerError> {
        let access = Self {
            path: path.to_path_buf(),
            book: Mutex::default(),
            changes: watch::Sender::default(),
        };
        access.save(&access.book())?;
        Ok(access)
    }

    pub(crate) fn load(path: &Path) -> Result<Self, ServerError> {
        let bytes = files::read(path)?;
        let book = Book::read(&bytes).map_err(|what| ServerError::bad_file(path, what))?;
        Ok(Self {
            path: path.to_path_buf(),
            book: Mutex::new(book),
            changes: watch::Sender::default(),
        })
    }

    /// Gives a token out. A device has one: those that it had are revoked.
    pub(crate) fn issue(
        &self,
        holder: Holder,
        valid_ms: Option<u64>,
        world: &World,
    ) -> Result<(Secret, TokenRecord), ServerError> {
        let (secret, record) = made(holder, valid_ms, None, world);
        self.change(|book| {
            if let Some(device) = holder.device {
                book.revoke(record.created, |token| token.device == Some(device));
            }
            book.tokens.push(record.clone());
        })?;
        Ok((secret, record))
    }

    /// Gives out the token that is to come after a present one, which holds on until the new one is
    /// used: should the answer be lost, the next one asked for takes the place of what nobody heard of.
    pub(crate) fn renew(
        &self,
        present: Uuid,
        holder: Holder,
        world: &World,
    ) -> Result<(Secret, TokenRecord), ServerError> {
        let (secret, record) = made(holder, None, Some(present), world);
        self.change(|book| {
            book.revoke(record.created, |token| token.replaces == Some(present));
            book.tokens.push(record.clone());
        })?;
        Ok((secret, record))
    }

    /// Looks a presented token up, in a time that does not depend on how much of it is right.
    pub(crate) fn present(&self, token: &str, now: Timestamp) -> Presented {
        let presented = hash(token);
        let mut book = self.book();
        let mut found = None;
        for (at, record) in book.tokens.iter().enumerate() {
            if bool::from(record.hash.ct_eq(&presented)) {
                found = Some(at);
            }
        }
        let Some(record) = found.and_then(|at| book.tokens.get_mut(at)) else {
            return Presented::Unknown;
        };
        if record.revoked.is_some() {
            return Presented::Revoked;
        }
        if record.expires <= now {
            return Presented::Expired;
        }
        record.last_used = Some(now);
        let (token, holder) = (record.id, record.holder());
        let replaces = record.replaces;
        drop(book);
        if let Some(before) = replaces {
            self.succeeds(token, before, now);
        }
        Presented::Valid { token, holder }
    }

    /// A token was used that takes the place of another, which ends soon.
    fn succeeds(&self, token: Uuid, before: Uuid, now: Timestamp) {
        let changed = self.change(|book| {
            for record in &mut book.tokens {
                if record.id == token {
                    record.replaces = None;
                } else if record.id == before {
                    record.expires = record.expires.min(now.plus_ms(SUCCEEDED_MS));
                }
            }
        });
        if let Err(error) = changed {
            // The one before holds as long as it did; the next use tries again.
            tracing::warn!(%error, "that a token was replaced could not be written down");
        }
    }

    /// Whether a token still holds.
    pub(crate) fn holds(&self, token: Uuid, now: Timestamp) -> bool {
        self.held(token).is_some_and(|until| until > now)
    }

    /// Until when a token holds, if it was not revoked.
    pub(crate) fn held(&self, token: Uuid) -> Option<Timestamp> {
        let book = self.book();
        let mut found = book.tokens.iter();
        found
            .find(|record| record.id == token && record.revoked.is_none())
            .map(|record| record.expires)
    }

    /// Tells whenever a token was given out or ended.
    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Until when a token holds; none where there is no such token.
    pub(crate) fn expires(&self, token: Uuid) -> Option<Timestamp> {
        let book = self.book();
        let mut found = book.tokens.iter();
        Some(found.find(|record| record.id == token)?.expires)
    }

    /// The tokens of a workspace, oldest first.
    pub(crate) fn tokens(&self, workspace: WorkspaceId) -> Vec<TokenRecord> {
        let book = self.book();
        book.tokens
            .iter()
            .filter(|token| token.workspace == workspace)
            .cloned()
            .collect()
    }

    /// Ends a token of a workspace; none where there is no such token.
    pub(crate) fn revoke(
        &self,
        workspace: WorkspaceId,
        token: Uuid,
        now: Timestamp,
    ) -> Result<Option<TokenRecord>, ServerError> {
        self.change(|book| {
            // What was to take its place, and was not used yet, ends with it.
            book.revoke(now, |record| {
                (record.id == token || record.replaces == Some(token))
                    && record.workspace == workspace
            });
            let mut found = book.tokens.iter();
            found
                .find(|record| record.id == token && record.workspace == workspace)
                .cloned()
        })
    }

    /// Ends all tokens of a device.
    pub(crate) fn revoke_device(
        &self,
        workspace: WorkspaceId,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<(), ServerError> {
        self.change(|book| {
            book.revoke(now, |record| {
                record.workspace == workspace && record.device == Some(device)
            });
        })
    }

    /// Notes an invitation to host a workspace.
    pub(crate) fn invite_to_host(
        &self,
        key: [u8; 32],
        expires: Timestamp,
    ) -> Result<(), ServerError> {
        self.change(|book| {
            book.hosting.push(Hosting {
                key,
                expires,
                used: None,
            })
        })
    }

    /// The invitation to host with this key.
    pub(crate) fn hosting(&self, key: &[u8; 32]) -> Option<Hosting> {
        self.book()
            .hosting
            .iter()
            .find(|hosting| hosting.key == *key)
            .cloned()
    }

    /// Notes what an invitation to host was used for.
    pub(crate) fn use_hosting(&self, key: &[u8; 32], hosted: Hosted) -> Result<(), ServerError> {
        self.change(|book| {
            for hosting in book
                .hosting
                .iter_mut()
                .filter(|hosting| hosting.key == *key)
            {
                hosting.used = Some(hosted);
            }
        })
    }

    /// The access book of some workspaces, as its file would be.
    pub(crate) fn copy(
        &self,
        wanted: impl Fn(WorkspaceId) -> bool,
    ) -> Result<Vec<u8>, ServerError> {
        let mut book = self.book().clone();
        book.tokens.retain(|token| wanted(token.workspace));
        book.write()
            .map_err(|error| ServerError::bad_file(&self.path, error))
    }

    /// Writes down when tokens were last used; on its own that is worth no flush.
    pub(crate) fn close(&self) -> Result<(), ServerError> {
        self.save(&self.book())
    }

    /// Changes the book on disk first and then in memory: what could not be saved did not happen.
    fn change<R>(&self, change: impl FnOnce(&mut Book) -> R) -> Result<R, ServerError> {
        let mut book = self.book();
        let mut changed = book.clone();
        let result = change(&mut changed);
        self.save(&changed)?;
        *book = changed;
        drop(book);
        self.changes
            .send_modify(|changes| *changes = changes.wrapping_add(1));
        Ok(result)
    }

    fn save(&self, book: &Book) -> Result<(), ServerError> {
        let bytes = book
            .write()
            .map_err(|error| ServerError::bad_file(&self.path, error))?;
        files::replace(&self.path, &bytes)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A new token, and what is kept of it.
fn made(
    holder: Holder,
    valid_ms: Option<u64>,
    replaces: Option<Uuid>,
    world: &World,
) -> (Secret, TokenRecord) {
    let now = world.now();
    let secret = Secret::made(TOKEN_PREFIX, world);
    let record = TokenRecord {
        id: world.uuid(),
        hash: hash(secret.reveal()),
        workspace: holder.workspace,
        member: holder.member,
        device: holder.device,
        created: now,
        expires: now.plus_ms(valid_ms.unwrap_or(TOKEN_LIFE_MS)),
        revoked: None,
        last_used: None,
        replaces,
    };
    (secret, record)
}

/// What is kept of a secret.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(device: u8) -> Holder {
        Holder {
            workspace: WorkspaceId::from_bytes([1; 16]),
            member: MemberId::from_bytes([2; 16]),
            device: Some(DeviceId::from_bytes([device; 16])),
        }
    }

    #[test]
    fn a_token_is_known_until_it_ends_and_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.json");
        let world = World::system();
        let access = Access::create(&path).unwrap();
        let (secret, record) = access.issue(holder(3), None, &world).unwrap();
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(!kept.contains(secret.reveal()), "the secret is on disk");

        let access = Access::load(&path).unwrap();
        let now = world.now();
        let valid = Presented::Valid {
            token: record.id,
            holder: holder(3),
        };
        assert_eq!(access.present(secret.reveal(), now), valid);
        assert_eq!(access.present("qdt_other", now), Presented::Unknown);
        assert_eq!(
            access.present(secret.reveal(), record.expires),
            Presented::Expired
        );
        access
            .revoke(holder(3).workspace, record.id, now)
            .unwrap()
            .unwrap();
        assert_eq!(access.present(secret.reveal(), now), Presented::Revoked);
    }

    #[test]
    fn a_device_has_one_token_and_others_keep_theirs() {
        let folder = tempfile::tempdir().unwrap();
        let access = Access::create(&folder.path().join("access.json")).unwrap();
        let world = World::system();
        let (first, _) = access.issue(holder(3), None, &world).unwrap();
        let (other, _) = access.issue(holder(4), None, &world).unwrap();
        let (second, _) = access.issue(holder(3), None, &world).unwrap();
        let now = world.now();
        assert_eq!(access.present(first.reveal(), now), Presented::Revoked);
        assert!(matches!(
            access.present(other.reveal(), now),
            Presented::Valid { .. }
        ));
        assert!(matches!(
            access.present(second.reveal(), now),
            Presented::Valid { .. }
        ));
    }

    #[test]
    fn a_token_holds_until_a_day_after_its_successor_was_used_and_answers_may_be_lost() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("access.json");
        let access = Access::create(&path).unwrap();
        let world = World::system();
        let now = world.now();
        let is_valid = |access: &Access, secret: &Secret, at| {
            matches!(access.present(secret.reveal(), at), Presented::Valid { .. })
        };
        let (present, record) = access.issue(holder(3), None, &world).unwrap();
        let (lost, _) = access.renew(record.id, holder(3), &world).unwrap();
        let (next, _) = access.renew(record.id, holder(3), &world).unwrap();
        assert_eq!(access.present(lost.reveal(), now), Presented::Revoked);
        let later = now.plus_ms(2 * SUCCEEDED_MS);
        assert!(is_valid(&access, &present, later), "the next was not used");

        assert!(is_valid(&access, &next, now));
        let access = Access::load(&path).unwrap();
        assert!(is_valid(&access, &present, now), "what was begun with it");
        assert_eq!(access.present(present.reveal(), later), Presented::Expired);
        assert!(is_valid(&access, &next, later));
    }

    #[test]
    fn what_was_to_take_a_revoked_tokens_place_ends_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let access = Access::create(&folder.path().join("access.json")).unwrap();
        let world = World::system();
        let (_, record) = access.issue(holder(3), None, &world).unwrap();
        let (next, _) = access.renew(record.id, holder(3), &world).unwrap();
        access
            .revoke(holder(3).workspace, record.id, world.now())
            .unwrap();
        let presented = access.present(next.reveal(), world.now());
        assert_eq!(presented, Presented::Revoked);
    }

    #[test]
    fn another_workspaces_token_cannot_be_revoked() {
        let folder = tempfile::tempdir().unwrap();
        let access = Access::create(&folder.path().join("access.json")).unwrap();
        let world = World::system();
        let (secret, record) = access.issue(holder(3), None, &world).unwrap();
        let elsewhere = WorkspaceId::from_bytes([9; 16]);
        assert!(
            access
                .revoke(elsewhere, record.id, world.now())
                .unwrap()
                .is_none()
        );
        assert!(matches!(
            access.present(secret.reveal(), world.now()),
            Presented::Valid { .. }
        ));
    }
}
