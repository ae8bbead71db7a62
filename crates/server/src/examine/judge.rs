//! The judgements, each of a thing that is passed in.

use std::path::Path;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_ledger::{Options, free_space};
use quarterdeck_report::json::Check;

use crate::access::TokenRecord;
use crate::certificate;
use crate::readiness::Obstacle;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// A certificate that lapses within this time is to be replaced now.
const CERTIFICATE_SOON_MS: u64 = 30 * DAY_MS;
/// A token that lapses within this time is to be replaced now.
const TOKEN_SOON_MS: u64 = 14 * DAY_MS;
/// A token that was not used for this time after it was made is one that nobody needs.
const TOKEN_UNUSED_MS: u64 = 30 * DAY_MS;
/// So many times the reserve is little room.
const LITTLE: u64 = 32;
/// What a clock may differ by.
const CLOCK_MS: u64 = 60_000;

/// What a workspace takes at present, in a word: `open`, or what keeps it from recording.
pub(crate) fn standing(obstacle: Option<Obstacle>) -> &'static str {
    obstacle.map_or("open", Obstacle::word)
}

/// Room on the disk of a folder, against the reserve below which nothing is recorded.
pub(super) fn disk(folder: &Path) -> Check {
    let reserve = Options::default().reserve_bytes;
    match free_space(folder) {
        Err(error) => Check::bad(
            "disk",
            format!("Its free space cannot be told: {error}."),
            "see that the folder is there and can be entered",
        ),
        Ok(free) if free < reserve => Check::bad(
            "disk",
            format!(
                "{} free, and below {} nothing is recorded.",
                bytes(free),
                bytes(reserve)
            ),
            "make room; recording goes on by itself",
        ),
        Ok(free) if free < reserve.saturating_mul(LITTLE) => Check::bad(
            "disk",
            format!("Only {} free.", bytes(free)),
            format!(
                "make room soon: below {} nothing is recorded",
                bytes(reserve)
            ),
        ),
        Ok(free) => Check::good("disk", format!("{} free.", bytes(free))),
    }
}

/// This machine's clock, by when the last entry of a log was recorded.
pub(super) fn clock(recorded: Timestamp, now: Timestamp) -> Option<Check> {
    (recorded > now.plus_ms(CLOCK_MS)).then(|| {
        Check::bad(
            "clock",
            format!("It is {now} here, and the last entry was recorded at {recorded}."),
            "set this machine's clock right: until it has caught up, all is recorded at that moment",
        )
    })
}

/// The certificate that a server is reached by.
pub(super) fn certificate(cert: &Path, host: &str, now: Timestamp) -> Vec<Check> {
    let der = match certificate::first_of(cert) {
        Ok(der) => der,
        Err(error) => {
            return vec![Check::bad(
                "certificate",
                sentence(&error.to_string()),
                "put it right, or start with --tls-cert and --tls-key",
            )];
        }
    };
    let mut found = vec![match certificate::holds_until(&der) {
        Err(what) => Check::bad(
            "certificate",
            format!("{} holds no certificate: {what}.", cert.display()),
            "replace it",
        ),
        Ok(until) if until <= now => Check::bad(
            "certificate",
            format!("It lapsed at {until}: clients refuse it."),
            "replace it now; see docs/operations.md, TLS",
        ),
        Ok(until) if until <= now.plus_ms(CERTIFICATE_SOON_MS) => Check::bad(
            "certificate",
            format!("It lapses at {until}."),
            "replace it before; see docs/operations.md, TLS",
        ),
        Ok(until) => Check::good("certificate", format!("It holds until {until}.")),
    }];
    if !certificate::is_for(&der, host) {
        found.push(Check::bad(
            "certificate",
            format!("It is not for {host}, under which invitations name this server."),
            "use one for that name; devices that trust a fingerprint do not mind",
        ));
    }
    found
}

/// The tokens of a workspace that hold, in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tokens {
    pub(crate) valid: usize,
    pub(crate) lapsing: usize,
    pub(crate) unused: usize,
}

impl Tokens {
    pub(crate) fn of<'a>(records: impl Iterator<Item = &'a TokenRecord>, now: Timestamp) -> Self {
        let mut found = Self::default();
        for token in records.filter(|token| token.revoked.is_none() && token.expires > now) {
            found.valid += 1;
            found.lapsing += usize::from(token.expires <= now.plus_ms(TOKEN_SOON_MS));
            let is_old = token.created.plus_ms(TOKEN_UNUSED_MS) <= now;
            found.unused += usize::from(is_old && token.last_used.is_none());
        }
        found
    }

    pub(super) fn checks(self, workspace: &str) -> Vec<Check> {
        let mut checks = Vec::new();
        if self.lapsing > 0 {
            checks.push(Check::bad(
                "tokens",
                format!("{} of {} lapse within two weeks.", self.lapsing, self.valid),
                format!(
                    "invite their holders again: `okrd token list --workspace {0}`, `okrd invite --workspace {0}`",
                    typed(workspace)
                ),
            ));
        }
        if self.unused > 0 {
            checks.push(Check::bad(
                "tokens",
                format!(
                    "{} of {} are a month old and were never used.",
                    self.unused, self.valid
                ),
                format!(
                    "end those that nobody needs: `okrd token list --workspace {0}`, `okrd token revoke --workspace {0}`",
                    typed(workspace)
                ),
            ));
        }
        if checks.is_empty() {
            checks.push(Check::good("tokens", format!("{} hold.", self.valid)));
        }
        checks
    }
}

/// How many entries a restart has to fold.
pub(super) fn snapshots(head: u64, at: Option<u64>) -> Check {
    match at {
        // Whoever asks about the past has them at this moment, so they are in use.
        None => Check::good("snapshots", "They are being asked."),
        Some(0) if head == 0 => Check::good("snapshots", "There is nothing to keep yet."),
        Some(0) if head > 4_096 => Check::bad(
            "snapshots",
            format!("None is kept of {head} entries: a restart reads them all."),
            "see okrd's log for why none can be written; they are in the workspace's folder `derived`",
        ),
        Some(at) => Check::good(
            "snapshots",
            format!("The newest is {} entries behind.", head.saturating_sub(at)),
        ),
    }
}

/// A name as it can be typed in a shell.
fn typed(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !name.is_empty() && name.chars().all(is_plain) {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}

/// Bytes for people.
#[allow(clippy::cast_precision_loss, reason = "a figure for people")]
pub(super) fn bytes(count: u64) -> String {
    let steps = ["KiB", "MiB", "GiB", "TiB"];
    let mut size = count as f64;
    let mut unit = "bytes";
    for step in steps {
        if size < 1_024.0 {
            break;
        }
        size /= 1_024.0;
        unit = step;
    }
    if unit == "bytes" {
        format!("{count} bytes")
    } else {
        format!("{size:.1} {unit}")
    }
}

/// An error as a sentence.
pub(super) fn sentence(error: &str) -> String {
    let mut rest = error.chars();
    let first = rest.next().map(|first| first.to_uppercase());
    let text: String = first.into_iter().flatten().chain(rest).collect();
    if text.starts_with('/') || error.starts_with('/') {
        return format!("{}.", error.trim_end_matches('.'));
    }
    format!("{}.", text.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quarterdeck_core::id::{MemberId, Uuid, WorkspaceId};

    fn token(created: u64, expires: u64, last_used: Option<u64>) -> TokenRecord {
        TokenRecord {
            id: Uuid::from_u128(1),
            hash: [0; 32],
            workspace: WorkspaceId::from_bytes([1; 16]),
            member: MemberId::from_bytes([2; 16]),
            device: None,
            created: Timestamp::from_ms(created * DAY_MS),
            expires: Timestamp::from_ms(expires * DAY_MS),
            revoked: None,
            last_used: last_used.map(|day| Timestamp::from_ms(day * DAY_MS)),
            replaces: None,
        }
    }

    #[test]
    fn tokens_that_lapse_and_tokens_that_nobody_used_are_counted() {
        let now = Timestamp::from_ms(100 * DAY_MS);
        let mut ended = token(0, 200, None);
        ended.revoked = Some(now);
        let all = [
            token(0, 110, Some(99)),
            token(0, 200, None),
            token(90, 200, None),
            token(0, 100, None),
            ended,
        ];
        let found = Tokens::of(all.iter(), now);
        let expected = Tokens {
            valid: 3,
            lapsing: 1,
            unused: 1,
        };
        assert_eq!(found, expected);
        let checks = found.checks("the best");
        assert_eq!(checks.len(), 2);
        assert!(checks.iter().all(|check| !check.ok));
        assert!(checks[0].hint.as_ref().unwrap().contains("'the best'"));
    }

    #[test]
    fn a_clock_that_runs_behind_the_log_is_named() {
        let at = Timestamp::from_ms;
        assert!(clock(at(CLOCK_MS), at(0)).is_none());
        assert!(!clock(at(CLOCK_MS + 1), at(0)).unwrap().ok);
    }

    #[test]
    fn sizes_read_as_people_say_them() {
        assert_eq!(bytes(1_023), "1023 bytes");
        assert_eq!(bytes(8 << 20), "8.0 MiB");
        assert_eq!(bytes(3 << 40), "3.0 TiB");
    }

    #[test]
    fn names_are_quoted_where_a_shell_would_split_them() {
        assert_eq!(typed("acme"), "acme");
        assert_eq!(typed("ana's"), "'ana'\\''s'");
    }
}
