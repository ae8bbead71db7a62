//! All connections: how many there are, and of whom.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::line::{Clock, Line, ms};
use super::origin::Origin;
use crate::limits::Limits;

/// The connections of one listener.
#[derive(Debug)]
pub(crate) struct Lines {
    most: usize,
    most_per_origin: u32,
    pub(super) clock: Clock,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    lines: HashMap<u64, Arc<Line>>,
    of: HashMap<Origin, u32>,
}

/// Why there is no room for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoRoom {
    /// Its address has its share.
    OfAddress,
    /// All are taken, and each is in use.
    AtAll,
}

/// Why a connection was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nothing was ever asked.
    Unasked,
    /// Nothing was asked any more.
    Idle,
}

impl Open {
    /// Ends the connection of these that has been quiet for longest, if one is.
    fn end_quietest(&mut self, of: impl Fn(&Line) -> bool) -> bool {
        let quietest = (self.lines.iter())
            .filter(|(_, line)| of(line))
            .filter_map(|(number, line)| {
                // Of those that came in one millisecond, the first.
                Some((!line.is_trusted(), line.quiet()?, Reverse(*number)))
            })
            .max();
        let Some((_, _, Reverse(number))) = quietest else {
            return false;
        };
        // Its place is free from now on, although it may take a moment to go.
        if let Some(line) = self.let_go(number) {
            line.cut.cancel();
        }
        true
    }

    fn let_go(&mut self, number: u64) -> Option<Arc<Line>> {
        let line = self.lines.remove(&number)?;
        if let Some(count) = self.of.get_mut(&line.origin) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.of.remove(&line.origin);
            }
        }
        Some(line)
    }
}

impl Lines {
    pub(crate) fn new(most: u32, most_per_origin: u32, clock: Clock) -> Self {
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            most_per_origin,
            clock,
            open: Mutex::default(),
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.open().lines.len()
    }

    /// A place for one more connection. When all are taken, or all of its address, the one that has been quiet
    /// for longest ends; first of those that never showed a token.
    pub(super) fn admit(self: &Arc<Self>, origin: Origin) -> Result<Place, NoRoom> {
        let mut open = self.open();
        let is_full = open.of.get(&origin).copied().unwrap_or(0) >= self.most_per_origin;
        if is_full && !open.end_quietest(|line| line.origin == origin) {
            return Err(NoRoom::OfAddress);
        }
        if !is_full && open.lines.len() >= self.most && !open.end_quietest(|_| true) {
            return Err(NoRoom::AtAll);
        }
        let line = Arc::new(Line::new(origin, self.clock.clone()));
        let number = open.next;
        open.next += 1;
        open.lines.insert(number, Arc::clone(&line));
        *open.of.entry(origin).or_default() += 1;
        drop(open);
        Ok(Place {
            lines: Arc::clone(self),
            number,
            line,
        })
    }

    /// Ends connections on which nothing is asked, and says of whom and why.
    pub(super) fn end_quiet(&self, limits: &Limits) -> Vec<(Origin, Ended)> {
        let (first, idle) = (ms(limits.request_head), ms(limits.connection_idle));
        let open = self.open();
        (open.lines.values())
            .filter(|line| !line.cut.is_cancelled())
            .filter_map(|line| {
                let quiet = line.quiet()?;
                let why = match line.was_asked() {
                    false if quiet > first => Ended::Unasked,
                    true if quiet > idle => Ended::Idle,
                    _ => return None,
                };
                line.cut.cancel();
                Some((line.origin, why))
            })
            .collect()
    }
}

/// A connection's place among all.
#[derive(Debug)]
pub(super) struct Place {
    lines: Arc<Lines>,
    number: u64,
    pub(super) line: Arc<Line>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.lines.open().let_go(self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::connection::Peer;

    fn origin(address: &str) -> Origin {
        address.parse::<IpAddr>().unwrap().into()
    }

    fn call(place: &Place) -> impl Drop + use<> {
        Peer(Arc::clone(&place.line)).call(true)
    }

    fn is_cut(place: &Place) -> bool {
        place.line.cut.is_cancelled()
    }

    /// Connections with a clock that is stepped.
    fn stepped(most: u32, most_per_origin: u32) -> (Arc<Lines>, Arc<AtomicU64>) {
        let now = Arc::new(AtomicU64::new(0));
        let clock = Clock::Steps(Arc::clone(&now));
        (Arc::new(Lines::new(most, most_per_origin, clock)), now)
    }

    fn step(now: &AtomicU64, seconds: u64) {
        now.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    #[test]
    fn an_address_has_its_share_and_gets_it_back() {
        let (lines, _) = stepped(10, 2);
        let (here, there) = (origin("192.0.2.1"), origin("192.0.2.2"));
        let (one, two) = (lines.admit(here).unwrap(), lines.admit(here).unwrap());
        let (_first, _second) = (call(&one), call(&two));
        assert_eq!(lines.admit(here).unwrap_err(), NoRoom::OfAddress);
        let other = lines.admit(there).unwrap();
        drop(one);
        lines.admit(here).unwrap();
        assert!(!is_cut(&other) && !is_cut(&two));
        assert_eq!(lines.count(), 2);
    }

    #[test]
    fn who_comes_when_all_are_taken_gets_the_place_of_the_quietest() {
        let (lines, now) = stepped(3, 3);
        let (here, there) = (origin("192.0.2.1"), origin("192.0.2.2"));
        let busy = lines.admit(here).unwrap();
        let _call = call(&busy);
        step(&now, 1);
        let old = lines.admit(here).unwrap();
        step(&now, 1);
        let young = lines.admit(here).unwrap();
        let late = lines.admit(there).unwrap();
        assert!(is_cut(&old) && !is_cut(&busy) && !is_cut(&young));
        step(&now, 1);
        let _later = lines.admit(there).unwrap();
        assert!(is_cut(&young) && !is_cut(&late));
        assert_eq!(lines.count(), 3);
        drop((old, young));
        assert_eq!(lines.count(), 3, "their places were given away already");
    }

    #[test]
    fn an_address_that_is_full_makes_room_at_its_own_expense() {
        let (lines, now) = stepped(9, 2);
        let (here, there) = (origin("192.0.2.1"), origin("192.0.2.2"));
        let other = lines.admit(there).unwrap();
        step(&now, 1);
        let old = lines.admit(here).unwrap();
        step(&now, 1);
        let (young, late) = (lines.admit(here).unwrap(), lines.admit(here).unwrap());
        assert!(is_cut(&old));
        assert!(!is_cut(&young) && !is_cut(&late) && !is_cut(&other));
    }

    #[test]
    fn who_never_showed_a_token_goes_before_who_did() {
        let (lines, now) = stepped(2, 2);
        let here = origin("192.0.2.1");
        let known = lines.admit(here).unwrap();
        drop(call(&known));
        step(&now, 1);
        let stranger = lines.admit(here).unwrap();
        drop(Peer(Arc::clone(&stranger.line)).call(false));
        let _late = lines.admit(here).unwrap();
        assert!(is_cut(&stranger) && !is_cut(&known));
    }

    #[test]
    fn when_each_is_in_use_there_is_no_room() {
        let (lines, _) = stepped(1, 1);
        let place = lines.admit(origin("192.0.2.1")).unwrap();
        let call = call(&place);
        let refused = lines.admit(origin("192.0.2.2"));
        assert_eq!(refused.unwrap_err(), NoRoom::AtAll);
        drop(call);
        lines.admit(origin("192.0.2.2")).unwrap();
    }

    #[test]
    fn a_connection_on_which_nothing_is_asked_ends() {
        let (lines, now) = stepped(9, 9);
        let limits = Limits {
            request_head: Duration::from_secs(2),
            connection_idle: Duration::from_secs(10),
            ..Limits::default()
        };
        let here = origin("192.0.2.1");
        let all: [Place; 3] = std::array::from_fn(|_| lines.admit(here).unwrap());
        let [never, once, used] = &all;
        drop(call(once));
        let _open = call(used);
        step(&now, 3);
        assert_eq!(lines.end_quiet(&limits), [(here, Ended::Unasked)]);
        assert!(is_cut(never));
        step(&now, 8);
        assert_eq!(lines.end_quiet(&limits), [(here, Ended::Idle)]);
        assert!(is_cut(once) && !is_cut(used));
        assert_eq!(lines.end_quiet(&limits), []);
    }
}
