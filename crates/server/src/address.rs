//! Where clients reach the server, and the invitations that say so.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::ServerError;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::{InvitationId, MemberId, WorkspaceId};

/// HOST:PORT as clients write it. Port 0 stands for the one that the server will listen on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    host: String,
    port: u16,
}

impl Address {
    /// The host, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Whether it is this machine's own, so that nothing said there leaves it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// The same host at another port.
    #[must_use]
    pub fn with_port(&self, port: u16) -> Self {
        Self {
            host: self.host.clone(),
            port,
        }
    }
}

impl FromStr for Address {
    type Err = ServerError;

    fn from_str(text: &str) -> Result<Self, ServerError> {
        let bad = || ServerError::BadAddress {
            text: text.to_owned(),
        };
        let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
        let port = port.parse().map_err(|_| bad())?;
        let bracketed = host.starts_with('[') && host.ends_with(']');
        let fits = if bracketed {
            host.trim_matches(['[', ']'])
                .parse::<std::net::Ipv6Addr>()
                .is_ok()
        } else {
            !host.is_empty()
                && host
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        if fits {
            Ok(Self {
                host: host.to_owned(),
                port,
            })
        } else {
            Err(bad())
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl TryFrom<String> for Address {
    type Error = ServerError;

    fn try_from(text: String) -> Result<Self, ServerError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

/// What stands in the place of a workspace in an invitation to host one.
const HOSTING: &str = "new";

/// An invitation as its maker gets to see it, once: the secret is in the URL and nowhere else.
#[derive(Clone)]
pub struct Invitation {
    /// The URL that `okr join`, or `okr remote set`, takes.
    pub url: String,
    /// The workspace; none for an invitation to host one.
    pub workspace: Option<WorkspaceId>,
    /// The invitation; none for one to host.
    pub id: Option<InvitationId>,
    /// For whom; none for one to host.
    pub member: Option<MemberId>,
    /// When it lapses.
    pub expires: Timestamp,
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation")
            .field("workspace", &self.workspace)
            .field("id", &self.id)
            .field("member", &self.member)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// `okr://HOST:PORT/WORKSPACE#SECRET`; behind the secret and a point stands the fingerprint of the
/// server's certificate, where no public authority vouches for it.
pub(crate) fn invitation_url(
    address: &Address,
    workspace: Option<WorkspaceId>,
    seed: &Zeroizing<[u8; 32]>,
    fingerprint: Option<[u8; 32]>,
) -> String {
    let workspace = workspace.map_or_else(|| HOSTING.to_owned(), |id| id.to_string());
    let mut url = format!(
        "okr://{address}/{workspace}#{}",
        URL_SAFE_NO_PAD.encode(**seed)
    );
    if let Some(fingerprint) = fingerprint {
        url.push('.');
        url.push_str(&URL_SAFE_NO_PAD.encode(fingerprint));
    }
    url
}

/// `okr://HOST:PORT/WORKSPACE`, as clients without a replica name the server of a workspace; behind `#`
/// stands the fingerprint of its certificate, where no public authority vouches for it.
pub(crate) fn server_url(
    address: &Address,
    workspace: WorkspaceId,
    fingerprint: Option<[u8; 32]>,
) -> String {
    let pin = fingerprint.map(|fingerprint| format!("#{}", URL_SAFE_NO_PAD.encode(fingerprint)));
    format!("okr://{address}/{workspace}{}", pin.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read_back() {
        for text in ["127.0.0.1:0", "okr.example.com:7443", "[::1]:80"] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "host",
            "host:",
            ":80",
            "host:99999",
            "a b:1",
            "[x]:1",
            "https://a:1",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn loopback_is_told_from_the_rest() {
        let loopback = |text: &str| text.parse::<Address>().unwrap().is_loopback();
        assert!(loopback("127.3.2.1:1") && loopback("localhost:1") && loopback("[::1]:1"));
        assert!(!loopback("10.0.0.1:1") && !loopback("localhost.example.com:1"));
    }

    #[test]
    fn debug_keeps_the_secret() {
        let seed = Zeroizing::new([7; 32]);
        let url = invitation_url(&"localhost:1".parse().unwrap(), None, &seed, None);
        let shown = Invitation {
            url: url.clone(),
            workspace: None,
            id: None,
            member: None,
            expires: Timestamp::EPOCH,
        };
        let secret = url.split_once('#').unwrap().1;
        assert!(!format!("{shown:?}").contains(secret));
    }
}
