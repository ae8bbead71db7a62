//! Who may look at pages: links that are opened once, and the sessions of browsers that opened one.
//!
//! Guarantees: no secret is kept, only its SHA-256, and it is compared in a time that does not depend on
//! how much of it is right. A link is good once, before it lapses, in the place that it was made for.
//! Nothing is on disk: when okrd stops, all links and sessions end. Whether a session's token and member
//! are still welcome is asked at every request, and is not kept here.

use std::sync::{Mutex, MutexGuard, PoisonError};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::Uuid;
use subtle::ConstantTimeEq;

use crate::access::{Holder, Secret, hash};
use crate::world::World;

/// What links and sessions begin with, so that scanners for leaked secrets can know them.
const LINK_PREFIX: &str = "qdl_";
const SESSION_PREFIX: &str = "qds_";
/// How long a session lasts without being used, in milliseconds: 12 hours. A display on a wall asks
/// every few seconds.
pub(super) const SESSION_MS: u64 = 12 * 60 * 60 * 1_000;
/// A session is made longer when so much of it is used up, in milliseconds: an hour.
const RENEW_AFTER_MS: u64 = 60 * 60 * 1_000;
/// Links that one token may have waiting; the oldest goes when there would be one more.
const LINKS: usize = 16;
/// Sessions that one token may have open, likewise.
const SESSIONS: usize = 64;
/// Links, and sessions, that there may be in all.
const IN_ALL: usize = 8_192;

/// Who looks, and at which workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pass {
    /// The token that asked for the link: what ends it ends the session.
    pub(crate) token: Uuid,
    pub(crate) holder: Holder,
    /// What the workspace is called in paths; one that is renamed meanwhile keeps it.
    pub(crate) place: String,
}

#[derive(Debug)]
struct Link {
    hash: [u8; 32],
    pass: Pass,
    /// What comes behind the place in the path that it leads to.
    to: String,
    expires: Timestamp,
}

#[derive(Debug)]
struct Session {
    hash: [u8; 32],
    pass: Pass,
    expires: Timestamp,
}

#[derive(Debug, Default)]
struct Book {
    links: Vec<Link>,
    sessions: Vec<Session>,
}

#[derive(Debug, Default)]
pub(crate) struct Links {
    book: Mutex<Book>,
}

/// A link that was opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) session: Secret,
    pub(super) pass: Pass,
    pub(super) to: String,
}

/// A session that a browser showed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) pass: Pass,
    /// Whether it was made longer, of which the browser has to hear.
    pub(super) renewed: bool,
}

impl Links {
    /// Makes a link.
    pub(crate) fn make(
        &self,
        pass: Pass,
        to: String,
        valid_ms: u64,
        world: &World,
    ) -> (Secret, Timestamp) {
        let (now, secret) = (world.now(), Secret::made(LINK_PREFIX, world));
        let expires = now.plus_ms(valid_ms);
        let mut book = self.book();
        book.links.retain(|link| link.expires > now);
        let token = pass.token;
        make_room(&mut book.links, LINKS, |link| link.pass.token == token);
        book.links.push(Link {
            hash: hash(secret.reveal()),
            pass,
            to,
            expires,
        });
        (secret, expires)
    }

    /// Opens a link in its place, which uses it up, and begins a session.
    pub(super) fn open(&self, place: &str, secret: &str, world: &World) -> Option<Opened> {
        let (now, presented) = (world.now(), hash(secret));
        let mut book = self.book();
        let found = position(&book.links, |link| &link.hash, &presented);
        let found = found.filter(|at| {
            (book.links.get(*at)).is_some_and(|link| link.expires > now && link.pass.place == place)
        })?;
        let Link { pass, to, .. } = book.links.remove(found);
        let session = Secret::made(SESSION_PREFIX, world);
        book.sessions.retain(|session| session.expires > now);
        make_room(&mut book.sessions, SESSIONS, |one| {
            one.pass.token == pass.token
        });
        book.sessions.push(Session {
            hash: hash(session.reveal()),
            pass: pass.clone(),
            expires: now.plus_ms(SESSION_MS),
        });
        Some(Opened { session, pass, to })
    }

    /// The session of this secret in a place, made longer if it is time.
    pub(super) fn session(&self, place: &str, secret: &str, now: Timestamp) -> Option<Shown> {
        let presented = hash(secret);
        let mut book = self.book();
        let found = position(&book.sessions, |session| &session.hash, &presented)?;
        let session = book.sessions.get_mut(found)?;
        if session.expires <= now || session.pass.place != place {
            return None;
        }
        let left = session.expires.ms().saturating_sub(now.ms());
        let renewed = left.saturating_add(RENEW_AFTER_MS) <= SESSION_MS;
        if renewed {
            session.expires = now.plus_ms(SESSION_MS);
        }
        Some(Shown {
            pass: session.pass.clone(),
            renewed,
        })
    }

    /// Ends all that came of a token.
    pub(super) fn end(&self, token: Uuid) {
        let mut book = self.book();
        book.links.retain(|link| link.pass.token != token);
        book.sessions.retain(|session| session.pass.token != token);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the one with this hash is. Looks at all of them, whichever it is.
fn position<T>(
    all: &[T],
    hash_of: impl Fn(&T) -> &[u8; 32],
    presented: &[u8; 32],
) -> Option<usize> {
    let mut found = None;
    for (at, one) in all.iter().enumerate() {
        if bool::from(hash_of(one).ct_eq(presented)) {
            found = Some(at);
        }
    }
    found
}

/// Drops the oldest of somebody's who has as many as they may have, and the oldest of all when there
/// are as many as there may be.
fn make_room<T>(all: &mut Vec<T>, own: usize, is_own: impl Fn(&T) -> bool) {
    if all.iter().filter(|one| is_own(one)).count() >= own
        && let Some(oldest) = all.iter().position(is_own)
    {
        all.remove(oldest);
    }
    if all.len() >= IN_ALL {
        all.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use quarterdeck_core::id::{DeviceId, MemberId, WorkspaceId};

    use super::*;

    const TEN_MINUTES: u64 = 600_000;

    struct Given {
        links: Links,
        clock: Arc<AtomicU64>,
        world: World,
    }

    fn given() -> Given {
        let clock = Arc::new(AtomicU64::new(1_790_000_000_000));
        let told = Arc::clone(&clock);
        let now = move || Timestamp::from_ms(told.load(Ordering::SeqCst));
        let counter = AtomicU64::new(0);
        let random = move |bytes: &mut [u8]| {
            let next = counter.fetch_add(1, Ordering::SeqCst).to_be_bytes();
            for (at, byte) in bytes.iter_mut().enumerate() {
                *byte = next[at % 8];
            }
        };
        Given {
            links: Links::default(),
            clock,
            world: World::new(now, random),
        }
    }

    fn pass(token: u8) -> Pass {
        Pass {
            token: Uuid::from_bytes([token; 16]),
            holder: Holder {
                workspace: WorkspaceId::from_bytes([1; 16]),
                member: MemberId::from_bytes([2; 16]),
                device: Some(DeviceId::from_bytes([3; 16])),
            },
            place: "acme".to_owned(),
        }
    }

    impl Given {
        fn link(&self, token: u8) -> String {
            let made =
                (self.links).make(pass(token), "2026-Q3".to_owned(), TEN_MINUTES, &self.world);
            made.0.reveal().to_owned()
        }

        fn open(&self, secret: &str) -> Option<Opened> {
            self.links.open("acme", secret, &self.world)
        }

        fn session(&self, secret: &Secret) -> Option<Shown> {
            let now = self.world.now();
            self.links.session("acme", secret.reveal(), now)
        }

        fn step(&self, ms: u64) {
            self.clock.fetch_add(ms, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_link_is_opened_once_and_leads_to_what_it_was_made_for() {
        let given = given();
        let link = given.link(7);
        let opened = given.open(&link).unwrap();
        assert_eq!((&opened.pass, opened.to.as_str()), (&pass(7), "2026-Q3"));
        assert!(given.open(&link).is_none(), "it was opened already");
        let shown = given.session(&opened.session).unwrap();
        assert_eq!(shown.pass, pass(7));
    }

    #[test]
    fn a_link_lapses() {
        let given = given();
        let (early, late) = (given.link(7), given.link(7));
        given.step(TEN_MINUTES - 1);
        assert!(given.open(&early).is_some());
        given.step(1);
        assert!(given.open(&late).is_none());
    }

    #[test]
    fn a_link_of_another_place_and_one_that_was_tampered_with_open_nothing() {
        let given = given();
        let link = given.link(7);
        assert!(given.links.open("globex", &link, &given.world).is_none());
        for at in 0..link.len() {
            let mut other = link.clone().into_bytes();
            other[at] ^= 1;
            let other = String::from_utf8(other).unwrap();
            assert!(given.open(&other).is_none(), "{other}");
        }
        for other in ["", "qdl_", &link[..link.len() - 1], &format!("{link}A")] {
            assert!(given.open(other).is_none(), "{other}");
        }
        assert!(given.open(&link).is_some(), "none of these used it up");
    }

    #[test]
    fn a_session_is_no_link_and_a_link_no_session() {
        let given = given();
        let link = given.link(7);
        let now = given.world.now();
        assert!(given.links.session("acme", &link, now).is_none());
        let opened = given.open(&link).unwrap();
        assert!(given.open(opened.session.reveal()).is_none());
        let elsewhere = given.links.session("globex", opened.session.reveal(), now);
        assert!(elsewhere.is_none());
    }

    #[test]
    fn a_session_that_is_used_goes_on_and_one_that_is_not_ends() {
        let given = given();
        let opened = given.open(&given.link(7)).unwrap();
        given.step(RENEW_AFTER_MS - 1);
        assert!(!given.session(&opened.session).unwrap().renewed);
        for _ in 0..30 {
            given.step(RENEW_AFTER_MS);
            assert!(given.session(&opened.session).unwrap().renewed);
            assert!(!given.session(&opened.session).unwrap().renewed);
        }
        given.step(SESSION_MS - 1);
        assert!(given.session(&opened.session).is_some());
        given.step(SESSION_MS);
        assert!(given.session(&opened.session).is_none());
    }

    #[test]
    fn what_came_of_a_token_ends_with_it_and_other_tokens_sessions_stay() {
        let given = given();
        let (ours, theirs) = (given.link(7), given.link(8));
        let waiting = given.link(7);
        let (ours, theirs) = (given.open(&ours).unwrap(), given.open(&theirs).unwrap());
        given.links.end(pass(7).token);
        assert!(given.session(&ours.session).is_none());
        assert!(given.open(&waiting).is_none());
        assert!(given.session(&theirs.session).is_some());
    }

    #[test]
    fn one_token_takes_no_room_from_others() {
        let given = given();
        let theirs = given.link(8);
        let all: Vec<String> = (0..=LINKS).map(|_| given.link(7)).collect();
        assert!(given.open(&all[0]).is_none(), "the oldest went");
        assert!(given.open(&all[1]).is_some());
        assert!(given.open(&theirs).is_some());
    }

    #[test]
    fn no_secret_is_kept() {
        let given = given();
        let (waiting, link) = (given.link(7), given.link(7));
        let opened = given.open(&link).unwrap();
        let kept = format!("{:?} {opened:?}", given.links);
        assert!(!kept.contains(&waiting[4..]) && !kept.contains(&opened.session.reveal()[4..]));
    }
}
