//! Where salts, seeds and ids come from. This crate makes no randomness of its own: the programs pass
//! in the operating system's, tests and the demonstration a seeded one.

use quarterdeck_core::id::{IdSource, Uuid, uuid_v7};

/// A source of random bytes. For keys it must be a cryptographically secure one.
pub trait Random {
    /// Fills `bytes` with fresh random ones.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Ids of version 7, made at one moment from a source of random bytes.
pub struct Ids<'a> {
    random: &'a mut dyn Random,
    now_ms: u64,
}

impl<'a> Ids<'a> {
    /// Ids made at `now_ms` (milliseconds since the Unix epoch).
    pub fn new(random: &'a mut dyn Random, now_ms: u64) -> Self {
        Self { random, now_ms }
    }
}

impl IdSource for Ids<'_> {
    fn next(&mut self) -> Uuid {
        let mut random = [0; 10];
        self.random.fill(&mut random);
        uuid_v7(self.now_ms, random)
    }
}

impl std::fmt::Debug for Ids<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ids")
            .field("now_ms", &self.now_ms)
            .finish_non_exhaustive()
    }
}
