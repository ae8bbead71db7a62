//! Who this device is: `device.json`, readable by its owner alone.
//!
//! Guarantee: the file is replaced as a whole, so a crash leaves the old one or the new one. Its
//! secrets (the key's seed, the token) are wiped from memory when dropped and appear in no `Debug`
//! output and no error.

use std::fmt;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quarterdeck_core::id::{DeviceId, MemberId, WorkspaceId};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_ledger::{DeviceKey, Hash, PublicKey};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::error::ReplicaError;
use crate::files;

pub(crate) const FILE: &str = "device.json";
const FORMAT: u32 = 1;

/// A text or key that shows itself to nobody by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Keeps a secret.
    pub fn new(secret: T) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The secret itself, for the place that needs it.
    pub fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// A device: its id, its name and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// What its owner calls it.
    pub name: String,
    /// Of the key that the log names.
    seed: Secret<[u8; 32]>,
    /// Of the key that a command of this device's names which the log does not hold yet.
    next: Option<Secret<[u8; 32]>>,
}

impl Device {
    /// A device with the key of a seed.
    #[must_use]
    pub fn new(id: DeviceId, name: String, seed: [u8; 32]) -> Self {
        Self {
            id,
            name,
            seed: Secret::new(seed),
            next: None,
        }
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> DeviceKey {
        DeviceKey::from_seed(*self.seed.reveal())
    }

    /// The key that it is changing to, if it is.
    pub(crate) fn next_key(&self) -> Option<DeviceKey> {
        (self.next.as_ref()).map(|seed| DeviceKey::from_seed(*seed.reveal()))
    }

    /// Is to change to the key of a seed.
    pub(crate) fn change_to(&mut self, seed: [u8; 32]) {
        self.next = Some(Secret::new(seed));
    }

    /// Has changed: the key that was to come is the key.
    pub(crate) fn changed(&mut self) {
        if let Some(next) = self.next.take() {
            self.seed = next;
        }
    }
}

/// Where the server is, and how to recognise it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteAddress {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// SHA-256 of the server's own certificate, where it is signed by no authority.
    pub fingerprint: Option<Hash>,
    /// Speak without TLS outside this machine too: somebody asked for it.
    pub plaintext: bool,
    /// The token that lets this device in; none until the server has given one.
    pub token: Option<Secret<String>>,
    /// From when on the token is to be renewed, in milliseconds since the Unix epoch; where it is not
    /// known, at the next sync.
    pub renew_after: Option<u64>,
}

/// What the log has to begin with and who has to sign it, as the server that let this device in said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trust {
    /// Hash of the log's first event.
    pub genesis: Hash,
    /// The key that signs checkpoints.
    pub authority: PublicKey,
}

/// A server that this workspace is being given to: it is in the log, and has not all of the log yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosting {
    /// The server's device.
    pub device: DeviceId,
    /// Its key.
    pub key: PublicKey,
    /// What it is called.
    pub name: String,
}

/// Everything that this device knows of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// What the workspace was called when this device came in.
    pub workspace_name: String,
    /// Whose device it is; none until the server has said so.
    pub member: Option<MemberId>,
    /// The device.
    pub device: Device,
    /// The device that this folder is becoming: asked for, and not confirmed by the server yet.
    pub next_device: Option<Device>,
    /// The server, if there is one.
    pub remote: Option<RemoteAddress>,
    /// What to hold the log against.
    pub trust: Option<Trust>,
    /// The server that the workspace is being given to.
    pub hosting: Option<Hosting>,
}

impl Identity {
    /// Whether the folder is a copy to read in, made of an exported log: nobody's device, without a
    /// server, and its key is in no log.
    #[must_use]
    pub const fn is_copy(&self) -> bool {
        self.member.is_none() && self.remote.is_none()
    }

    /// What is said where something would be recorded in a copy, or sent from it; none where the
    /// folder is no copy.
    #[must_use]
    pub fn copy_refusal(&self) -> Option<Refusal> {
        self.is_copy().then(|| {
            Refusal::new(
                Code::Forbidden,
                format!(
                    "This is a copy of workspace {} to read in, made of an exported log: nothing can be recorded in it.",
                    self.workspace_name
                ),
            )
            .hint(
                "work where the workspace is kept, or become a device of it with `okr join URL`; \
                 an owner makes the invitation",
            )
        })
    }

    pub(crate) fn load(dir: &Path) -> Result<Self, ReplicaError> {
        let path = dir.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(ReplicaError::Missing {
                    path: dir.to_path_buf(),
                });
            }
            Err(error) => return Err(files::io_error("read", &path)(error)),
        };
        // Before anything else: a newer form may look otherwise altogether.
        let form = serde_json::from_slice::<Form>(&bytes).map_or(FORMAT, |found| found.format);
        if form > FORMAT {
            return Err(ReplicaError::NewerFormat {
                path,
                format: form,
                known: FORMAT,
            });
        }
        Self::parse(&bytes).map_err(|what| ReplicaError::Identity { path, what })
    }

    /// Reads the bytes of the file; what is wrong with them is told without a word of them.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, String> {
        // The parser's own message could repeat a piece of the file: it is told by its place alone.
        let file: File = serde_json::from_slice(bytes).map_err(|error| {
            format!(
                "line {}, column {} is not as expected",
                error.line(),
                error.column()
            )
        })?;
        if file.format != FORMAT {
            return Err(format!(
                "it has format {}, and this version knows {FORMAT}",
                file.format
            ));
        }
        file.read()
            .map_err(|field| format!("its field `{field}` is not as expected"))
    }

    /// The bytes of the file.
    pub(crate) fn write(&self) -> serde_json::Result<Zeroizing<Vec<u8>>> {
        let mut file = File::write(self);
        let bytes = serde_json::to_vec_pretty(&file).map(Zeroizing::new);
        file.wipe();
        bytes
    }

    pub(crate) fn save(&self, dir: &Path) -> Result<(), ReplicaError> {
        let bytes = self.write().map_err(|error| ReplicaError::Identity {
            path: dir.join(FILE),
            what: error.to_string(),
        })?;
        files::replace(&dir.join(FILE), &bytes)
    }
}

/// What every form of the file begins with.
#[derive(Deserialize)]
struct Form {
    format: u32,
}

#[derive(Serialize, Deserialize)]
struct File {
    format: u32,
    workspace: WorkspaceId,
    workspace_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<MemberId>,
    device: DeviceFile,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_device: Option<DeviceFile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote: Option<RemoteFile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trust: Option<TrustFile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hosting: Option<HostingFile>,
}

#[derive(Serialize, Deserialize)]
struct DeviceFile {
    id: DeviceId,
    name: String,
    seed: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_seed: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct RemoteFile {
    host: String,
    port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    plaintext: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    renew_after: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct TrustFile {
    genesis: String,
    authority: String,
}

#[derive(Serialize, Deserialize)]
struct HostingFile {
    device: DeviceId,
    key: String,
    name: String,
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(field: &'static str, text: &str) -> Result<[u8; 32], &'static str> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| field)?);
    bytes.as_slice().try_into().map_err(|_| field)
}

impl File {
    fn write(identity: &Identity) -> Self {
        let device = |device: &Device| DeviceFile {
            id: device.id,
            name: device.name.clone(),
            seed: encode(device.seed.reveal()),
            next_seed: device.next.as_ref().map(|seed| encode(seed.reveal())),
        };
        Self {
            format: FORMAT,
            workspace: identity.workspace,
            workspace_name: identity.workspace_name.clone(),
            member: identity.member,
            device: device(&identity.device),
            next_device: identity.next_device.as_ref().map(device),
            remote: identity.remote.as_ref().map(|remote| RemoteFile {
                host: remote.host.clone(),
                port: remote.port,
                fingerprint: remote.fingerprint.as_ref().map(|hash| encode(hash)),
                plaintext: remote.plaintext,
                token: remote.token.as_ref().map(|token| token.reveal().clone()),
                renew_after: remote.renew_after,
            }),
            trust: identity.trust.as_ref().map(|trust| TrustFile {
                genesis: encode(&trust.genesis),
                authority: encode(&trust.authority.0),
            }),
            hosting: identity.hosting.as_ref().map(|hosting| HostingFile {
                device: hosting.device,
                key: encode(&hosting.key.0),
                name: hosting.name.clone(),
            }),
        }
    }

    fn wipe(&mut self) {
        for device in [Some(&mut self.device), self.next_device.as_mut()]
            .into_iter()
            .flatten()
        {
            device.seed.zeroize();
            device.next_seed.zeroize();
        }
        if let Some(remote) = &mut self.remote {
            remote.token.zeroize();
        }
    }

    fn read(self) -> Result<Identity, &'static str> {
        Ok(Identity {
            workspace: self.workspace,
            workspace_name: self.workspace_name,
            member: self.member,
            device: read_device(self.device)?,
            next_device: self.next_device.map(read_device).transpose()?,
            remote: self.remote.map(read_remote).transpose()?,
            trust: self.trust.map(read_trust).transpose()?,
            hosting: self.hosting.map(read_hosting).transpose()?,
        })
    }
}

fn read_device(file: DeviceFile) -> Result<Device, &'static str> {
    let seed = Zeroizing::new(file.seed);
    let mut device = Device::new(file.id, file.name, decode("device.seed", &seed)?);
    if let Some(next) = file.next_seed.map(Zeroizing::new) {
        device.change_to(decode("device.next_seed", &next)?);
    }
    Ok(device)
}

fn read_trust(file: TrustFile) -> Result<Trust, &'static str> {
    Ok(Trust {
        genesis: decode("trust.genesis", &file.genesis)?,
        authority: PublicKey(decode("trust.authority", &file.authority)?),
    })
}

fn read_hosting(file: HostingFile) -> Result<Hosting, &'static str> {
    Ok(Hosting {
        device: file.device,
        key: PublicKey(decode("hosting.key", &file.key)?),
        name: file.name,
    })
}

fn read_remote(mut file: RemoteFile) -> Result<RemoteAddress, &'static str> {
    Ok(RemoteAddress {
        host: file.host,
        port: file.port,
        fingerprint: file
            .fingerprint
            .map(|text| decode("remote.fingerprint", &text))
            .transpose()?,
        plaintext: file.plaintext,
        token: file.token.take().map(Secret::new),
        renew_after: file.renew_after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        Identity {
            workspace: WorkspaceId::from_bytes([1; 16]),
            workspace_name: "acme".to_owned(),
            member: Some(MemberId::from_bytes([2; 16])),
            device: Device::new(
                DeviceId::from_bytes([3; 16]),
                "laptop".to_owned(),
                [0xab; 32],
            ),
            next_device: None,
            remote: Some(RemoteAddress {
                host: "okr.example.com".to_owned(),
                port: 7443,
                fingerprint: Some([5; 32]),
                plaintext: false,
                token: Some(Secret::new("very-secret".to_owned())),
                renew_after: Some(9),
            }),
            trust: Some(Trust {
                genesis: [6; 32],
                authority: PublicKey([7; 32]),
            }),
            hosting: None,
        }
    }

    #[test]
    fn it_reads_back_and_only_its_owner_may() {
        let dir = tempfile::tempdir().unwrap();
        identity().save(dir.path()).unwrap();
        assert_eq!(Identity::load(dir.path()).unwrap(), identity());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(dir.path().join(FILE))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn secrets_show_in_no_debug_output_and_no_error() {
        let shown = format!("{:?}", identity());
        assert!(
            !shown.contains("very-secret") && !shown.contains("171, 171"),
            "{shown}"
        );
        let dir = tempfile::tempdir().unwrap();
        identity().save(dir.path()).unwrap();
        let path = dir.path().join(FILE);
        let text = fs::read_to_string(&path).unwrap();
        let seed = encode(&[0xab; 32]);
        fs::write(&path, text.replace(&seed, &seed[1..])).unwrap();
        let refused = Identity::load(dir.path()).unwrap_err().to_string();
        assert!(
            refused.contains("device.seed") && !refused.contains(&seed[1..]),
            "{refused}"
        );
    }

    #[test]
    fn a_folder_without_a_workspace_says_so() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(
            Identity::load(dir.path()),
            Err(ReplicaError::Missing { .. })
        ));
    }
}
