//! Invitations: one URL that lets one device in, or offers a server to a workspace.
//!
//! `okr://HOST:PORT/WORKSPACE#SECRET`, and behind the secret, where the server's certificate is signed
//! by no authority, a point and its fingerprint. Both are base64url without padding: the secret is the
//! seed of the invitation's Ed25519 key, the fingerprint SHA-256 of the certificate (DER). What stands
//! behind `#` never leaves this machine: only the key made from it and its signature do.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::{DeviceKey, Hash};

use crate::identity::{RemoteAddress, Secret};

/// An invitation, read from its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// Host name or address, without the brackets of an IPv6 address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// What stands in the place of the workspace: its id, or another word in an invitation to host.
    pub workspace: String,
    secret: Secret<[u8; 32]>,
    /// SHA-256 of the server's own certificate, where it is signed by no authority.
    pub fingerprint: Option<Hash>,
}

/// A text that is no invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no invitation: {what}; it looks like okr://HOST:PORT/WORKSPACE#SECRET, in quotes on a command line"
)]
pub struct InviteError {
    what: &'static str,
}

impl Invite {
    /// The workspace that it lets a device into.
    #[must_use]
    pub fn workspace_id(&self) -> Option<WorkspaceId> {
        self.workspace.parse().ok()
    }

    /// The invitation's key.
    #[must_use]
    pub fn key(&self) -> DeviceKey {
        DeviceKey::from_seed(*self.secret.reveal())
    }

    /// Where its server is; `plaintext` speaks without TLS outside this machine too.
    #[must_use]
    pub fn remote(&self, plaintext: bool) -> RemoteAddress {
        RemoteAddress {
            host: self.host.clone(),
            port: self.port,
            fingerprint: self.fingerprint,
            plaintext,
            token: None,
            renew_after: None,
        }
    }
}

impl FromStr for Invite {
    type Err = InviteError;

    fn from_str(text: &str) -> Result<Self, InviteError> {
        let wrong = |what| InviteError { what };
        let rest = text
            .trim()
            .strip_prefix("okr://")
            .ok_or(wrong("it does not begin with okr://"))?;
        let (place, secret) = rest
            .split_once('#')
            .ok_or(wrong("the part behind # is missing, which is the secret"))?;
        let Place {
            host,
            port,
            workspace,
        } = Place::read(place).map_err(wrong)?;
        let (secret, fingerprint) = match secret.split_once('.') {
            Some((secret, fingerprint)) => (secret, Some(fingerprint)),
            None => (secret, None),
        };
        Ok(Self {
            host,
            port,
            workspace,
            secret: Secret::new(decode(secret).ok_or(wrong("the secret is cut short or altered"))?),
            fingerprint: fingerprint
                .map(|text| decode(text).ok_or(wrong("the fingerprint is cut short or altered")))
                .transpose()?,
        })
    }
}

/// Without the secret, for messages: where it leads.
impl fmt::Display for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "okr://{}:{}/{}", self.host, self.port, self.workspace)
    }
}

/// What stands before `#`: which host, which port, which workspace there.
struct Place {
    host: String,
    port: u16,
    workspace: String,
}

impl Place {
    /// Reads `HOST:PORT/WORKSPACE`.
    fn read(place: &str) -> Result<Self, &'static str> {
        let (address, workspace) = place.split_once('/').ok_or("the workspace is missing")?;
        let (host, port) = address.rsplit_once(':').ok_or("the port is missing")?;
        let port = (port.parse().ok())
            .filter(|port| *port != 0)
            .ok_or("the port is no port")?;
        let host = (host.strip_prefix('['))
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err("the host is no host");
        }
        if workspace.is_empty() || workspace.contains(['/', '?']) {
            return Err("the workspace is missing");
        }
        Ok(Self {
            host: host.to_owned(),
            port,
            workspace: workspace.to_owned(),
        })
    }
}

/// A server and a workspace there, as whoever asks without a replica names them:
/// `okr://HOST:PORT/WORKSPACE`, and behind `#` the fingerprint of the server's certificate, where it
/// is signed by no authority. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerUrl {
    host: String,
    port: u16,
    /// The workspace's id or name.
    pub workspace: String,
    fingerprint: Option<Hash>,
}

/// A text that names no server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this names no server: {what}; it looks like okr://HOST:PORT/WORKSPACE, with #FINGERPRINT where invitations have one"
)]
pub struct ServerUrlError {
    what: &'static str,
}

impl ServerUrl {
    /// Where it is, for the holder of a token; `plaintext` speaks without TLS outside this machine too.
    #[must_use]
    pub fn remote(&self, plaintext: bool, token: Secret<String>) -> RemoteAddress {
        RemoteAddress {
            host: self.host.clone(),
            port: self.port,
            fingerprint: self.fingerprint,
            plaintext,
            token: Some(token),
            renew_after: None,
        }
    }
}

impl FromStr for ServerUrl {
    type Err = ServerUrlError;

    fn from_str(text: &str) -> Result<Self, ServerUrlError> {
        let wrong = |what| ServerUrlError { what };
        let rest =
            (text.trim().strip_prefix("okr://")).ok_or(wrong("it does not begin with okr://"))?;
        let (place, pin) = match rest.split_once('#') {
            Some((place, pin)) => (place, Some(pin)),
            None => (rest, None),
        };
        if pin.is_some_and(|pin| pin.contains('.')) {
            return Err(wrong(
                "it is an invitation, which is a secret; behind # stands only what follows the point there",
            ));
        }
        let place = Place::read(place).map_err(wrong)?;
        Ok(Self {
            host: place.host,
            port: place.port,
            workspace: place.workspace,
            fingerprint: pin
                .map(|pin| decode(pin).ok_or(wrong("the fingerprint is cut short or altered")))
                .transpose()?,
        })
    }
}

fn decode(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    #[test]
    fn an_invitation_reads() {
        let id = "0198c5a2-7d1e-7c3b-9f00-5b1f0a7c2d4e";
        let plain: Invite = format!("okr://127.0.0.1:7443/{id}#{SECRET}")
            .parse()
            .unwrap();
        assert_eq!(
            (plain.host.as_str(), plain.port, plain.fingerprint),
            ("127.0.0.1", 7443, None)
        );
        assert_eq!(plain.workspace_id().unwrap().to_string(), id);
        assert_eq!(*plain.key().seed(), [1; 32]);
        let pinned: Invite = format!("okr://[::1]:1/new#{SECRET}.{SECRET}\n")
            .parse()
            .unwrap();
        assert_eq!(
            (pinned.host.as_str(), pinned.fingerprint),
            ("::1", Some([1; 32]))
        );
        assert_eq!(pinned.workspace_id(), None);
    }

    #[test]
    fn what_is_wrong_is_said_and_the_secret_is_not() {
        for (text, what) in [
            ("https://a:1/w#s", "begin with okr://"),
            ("okr://a:1/w", "behind #"),
            ("okr://a:1#s", "workspace is missing"),
            ("okr://a/w#s", "port is missing"),
            ("okr://a:0/w#s", "no port"),
            ("okr://a:1/w#abc", "secret is cut short"),
        ] {
            let refused = text.parse::<Invite>().unwrap_err().to_string();
            assert!(refused.contains(what), "{text}: {refused}");
        }
        let invite: Invite = format!("okr://a:1/w#{SECRET}").parse().unwrap();
        assert!(!format!("{invite} {invite:?}").contains(SECRET));
    }

    #[test]
    fn a_server_is_named_without_a_secret() {
        let token = || Secret::new("qdt_x".to_owned());
        let plain: ServerUrl = "okr://127.0.0.1:7443/acme".parse().unwrap();
        assert_eq!(plain.workspace, "acme");
        assert_eq!(plain.remote(false, token()).fingerprint, None);
        let pinned: ServerUrl = format!("okr://[::1]:1/acme#{SECRET}").parse().unwrap();
        let remote = pinned.remote(false, token());
        assert_eq!((remote.host.as_str(), remote.port), ("::1", 1));
        assert_eq!(remote.fingerprint, Some([1; 32]));
        for (text, what) in [
            ("acme", "begin with okr://"),
            ("okr://a:1", "workspace is missing"),
            ("okr://a/w", "port is missing"),
            ("okr://a:1/w#abc", "fingerprint is cut short"),
        ] {
            let refused = text.parse::<ServerUrl>().unwrap_err().to_string();
            assert!(refused.contains(what), "{text}: {refused}");
        }
        // A whole invitation is turned away and not repeated: its secret would let a device in.
        let whole = format!("okr://a:1/w#{SECRET}.{SECRET}");
        let refused = whole.parse::<ServerUrl>().unwrap_err().to_string();
        assert!(
            refused.contains("is an invitation") && !refused.contains(SECRET),
            "{refused}"
        );
    }

    proptest! {
        #[test]
        fn any_text_gets_an_answer(text in "(okr://)?\\PC{0,80}") {
            let _ = text.parse::<Invite>();
        }
    }
}
