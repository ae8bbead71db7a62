//! The hybrid logical clock: when something was authored, in an order that respects cause.
//!
//! Guarantees: ticks of one device strictly increase, whatever its wall clock does; what a
//! device authors after having seen an event comes after that event. The wall clock is
//! passed in; this module never reads one.

use serde::{Deserialize, Serialize};

/// A reading: ordered by wall time, then by counter.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Hlc {
    /// Milliseconds since the Unix epoch, UTC.
    pub wall: u64,
    /// Tells apart what falls in one millisecond, or what was authored while the clock stood behind.
    pub counter: u32,
}

impl Hlc {
    /// The reading at the start of a millisecond.
    pub const fn at(wall: u64) -> Self {
        Self { wall, counter: 0 }
    }

    /// The next reading of a device whose last was `last`, when its wall clock shows `now_ms`.
    ///
    /// Follows the wall clock while that moves on; a clock that stands or was set back only
    /// raises the counter.
    #[must_use]
    pub const fn tick(last: Self, now_ms: u64) -> Self {
        if now_ms > last.wall {
            return Self::at(now_ms);
        }
        match last.counter.checked_add(1) {
            Some(counter) => Self {
                wall: last.wall,
                counter,
            },
            // Four billion readings in one millisecond: borrow the next one.
            None => Self::at(last.wall.saturating_add(1)),
        }
    }

    /// The later of the device's own last reading and one that it was shown, for the next
    /// [`tick`](Self::tick) to follow.
    ///
    /// Pass readings [`held_to`](Self::held_to) their recorded time: otherwise one device
    /// whose clock runs a year ahead would pull every other along with it.
    #[must_use]
    pub fn observe(self, seen: Self) -> Self {
        self.max(seen)
    }

    /// This reading, held to the time at which the log recorded the event: nothing was
    /// authored after it was recorded.
    ///
    /// Readings from ahead of the same recorded millisecond become equal, after all others
    /// of that millisecond; their order in the log then decides.
    #[must_use]
    pub const fn held_to(self, recorded_ms: u64) -> Self {
        if self.wall > recorded_ms {
            Self {
                wall: recorded_ms,
                counter: u32::MAX,
            }
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn follows_the_wall_clock_when_it_moves_on() {
        assert_eq!(
            Hlc::tick(
                Hlc {
                    wall: 10,
                    counter: 7
                },
                11
            ),
            Hlc::at(11)
        );
    }

    #[test]
    fn a_full_counter_borrows_the_next_millisecond() {
        let last = Hlc {
            wall: 10,
            counter: u32::MAX,
        };
        assert_eq!(Hlc::tick(last, 3), Hlc::at(11));
    }

    #[test]
    fn a_clock_ahead_is_held_and_loses_its_advantage_at_the_next_millisecond() {
        let ahead = Hlc {
            wall: 9_000,
            counter: 3,
        };
        let held = ahead.held_to(1_000);
        assert!(held > Hlc::at(1_000));
        assert!(held < Hlc::at(1_001));
        assert_eq!(held, Hlc::at(8_000).held_to(1_000));
    }

    proptest! {
        #[test]
        fn ticks_increase_whatever_the_wall_clock_does(
            walls in proptest::collection::vec(0u64..50, 1..60),
            start: (u64, u32),
        ) {
            // The far end of the range has no later reading to give.
            let mut last = Hlc { wall: start.0 / 2, counter: start.1 };
            for now in walls {
                let next = Hlc::tick(last, now);
                prop_assert!(next > last);
                last = next;
            }
        }

        #[test]
        fn what_follows_from_an_event_comes_after_it(
            own: (u32, u32), seen: (u32, u32), now: u32,
        ) {
            let own = Hlc { wall: own.0.into(), counter: own.1 };
            let seen = Hlc { wall: seen.0.into(), counter: seen.1 };
            let next = Hlc::tick(own.observe(seen), now.into());
            prop_assert!(next > own && next > seen);
        }

        #[test]
        fn holding_never_moves_a_reading_forward(wall: u64, counter: u32, recorded: u64) {
            let reading = Hlc { wall, counter };
            let held = reading.held_to(recorded);
            prop_assert!(held <= reading);
            prop_assert!(held.wall <= recorded);
            prop_assert_eq!(held.held_to(recorded), held);
        }
    }
}
