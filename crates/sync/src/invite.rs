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
        let (address, workspace) = place
            .split_once('/')
            .ok_or(wrong("the workspace is missing"))?;
        let (host, port) = address
            .rsplit_once(':')
            .ok_or(wrong("the port is missing"))?;
        let port = port
            .parse()
            .ok()
            .filter(|port| *port != 0)
            .ok_or(wrong("the port is no port"))?;
        let host = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host);
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(wrong("the host is no host"));
        }
        if workspace.is_empty() || workspace.contains(['/', '?']) {
            return Err(wrong("the workspace is missing"));
        }
        let (secret, fingerprint) = match secret.split_once('.') {
            Some((secret, fingerprint)) => (secret, Some(fingerprint)),
            None => (secret, None),
        };
        Ok(Self {
            host: host.to_owned(),
            port,
            workspace: workspace.to_owned(),
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

    proptest! {
        #[test]
        fn any_text_gets_an_answer(text in "(okr://)?\\PC{0,80}") {
            let _ = text.parse::<Invite>();
        }
    }
}
