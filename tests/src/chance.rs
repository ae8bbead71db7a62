//! Random instants for tests that kill: as many rounds as asked for, and the same ones again from a seed.
//!
//! `QUARTERDECK_ROUNDS` sets how many rounds such a test plays (`just soak` asks for a hundred and more),
//! `QUARTERDECK_CHANCE` the seed; a failed test prints the seed that it had.

use std::time::Duration;

/// How many rounds to play: what the environment asks for, or so many.
///
/// # Panics
///
/// If the variable is no number.
#[must_use]
pub fn rounds(otherwise: usize) -> usize {
    from_environment("QUARTERDECK_ROUNDS").map_or(otherwise, |rounds| {
        usize::try_from(rounds).expect("as many rounds as fit into memory")
    })
}

/// A sequence of random numbers that follows from a seed (SplitMix64).
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    /// The sequence of the seed in the environment, or of this one. It says which, for the case that the
    /// test fails and its output is shown.
    #[must_use]
    pub fn new(otherwise: u64) -> Self {
        let seed = from_environment("QUARTERDECK_CHANCE").unwrap_or(otherwise);
        eprintln!("to play the same instants again: QUARTERDECK_CHANCE={seed}");
        Self(seed)
    }

    /// A sequence of its own that follows from this one, for another thread.
    #[must_use]
    pub fn branch(&mut self) -> Self {
        Self(self.below(u64::MAX))
    }

    /// A number below this one, which is not 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    /// An instant within this time, to the microsecond.
    pub fn within(&mut self, time: Duration) -> Duration {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.below(micros.max(1)))
    }
}

fn from_environment(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is {text:?}, and takes a whole number")),
    )
}
