//! Ids, salts and keys: from the operating system's randomness, or from a seed.
//!
//! Guarantee: a seeded source never gives the same bytes twice for different purposes, because each
//! command's stream also depends on the device and on how many events it has authored. The seed
//! (`OKR_SEED`) is for tests and the demo; whoever knows it knows the keys that were made with it.

use quarterdeck_core::id::{DeviceId, IdSource, Uuid, uuid_v7};
use quarterdeck_sync::Random;
use sha2::{Digest, Sha256};

use crate::error::{Exit, Failure};

/// A source of randomness for one command.
#[derive(Debug)]
pub(crate) struct Randomness {
    stream: Stream,
    now_ms: u64,
}

enum Stream {
    System,
    Seeded { key: [u8; 32], block: u64 },
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Seeded { .. } => "Seeded",
        })
    }
}

impl Randomness {
    /// A source for one command of a device that has authored `number` events so far. Ids carry
    /// the moment `now_ms`.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub(crate) fn new(
        seed: Option<u64>,
        device: DeviceId,
        number: u64,
        now_ms: u64,
    ) -> Result<Self, Failure> {
        let stream = match seed {
            Some(seed) => {
                let mut hash = Sha256::new();
                hash.update(b"quarterdeck/seed/1\n");
                hash.update(seed.to_be_bytes());
                hash.update(device.as_bytes());
                hash.update(number.to_be_bytes());
                Stream::Seeded {
                    key: hash.finalize().into(),
                    block: 0,
                }
            }
            None => {
                // Once here, so that it cannot fail in the middle of a command.
                getrandom::fill(&mut [0; 16]).map_err(|error| {
                    Failure::new(
                        Exit::Trouble,
                        format!("The operating system gives no randomness: {error}."),
                    )
                })?;
                Stream::System
            }
        };
        Ok(Self { stream, now_ms })
    }

    /// So many random bytes.
    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

impl Random for Randomness {
    fn fill(&mut self, buffer: &mut [u8]) {
        match &mut self.stream {
            Stream::System => {
                // It was there a moment ago; waiting is all that is left where it is not now.
                while getrandom::fill(buffer).is_err() {
                    std::thread::yield_now();
                }
            }
            Stream::Seeded { key, block } => {
                for part in buffer.chunks_mut(32) {
                    let mut hash = Sha256::new();
                    hash.update(*key);
                    hash.update(block.to_be_bytes());
                    *block = block.wrapping_add(1);
                    for (to, from) in part.iter_mut().zip(hash.finalize()) {
                        *to = from;
                    }
                }
            }
        }
    }
}

impl IdSource for Randomness {
    fn next(&mut self) -> Uuid {
        let now_ms = self.now_ms;
        uuid_v7(now_ms, self.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(seed: Option<u64>, device: u8, number: u64) -> Vec<Uuid> {
        let device = DeviceId::from_bytes([device; 16]);
        let mut source = Randomness::new(seed, device, number, 1_000).unwrap();
        (0..3).map(|_| source.next()).collect()
    }

    #[test]
    fn a_seed_repeats_itself_for_the_same_device_and_number_alone() {
        let first = ids(Some(7), 1, 0);
        assert_eq!(ids(Some(7), 1, 0), first);
        for other in [ids(Some(8), 1, 0), ids(Some(7), 2, 0), ids(Some(7), 1, 3)] {
            assert!(other.iter().all(|id| !first.contains(id)));
        }
        assert_ne!(first[0], first[1]);
    }

    #[test]
    fn the_system_never_repeats_itself() {
        assert_ne!(ids(None, 1, 0), ids(None, 1, 0));
    }

    #[test]
    fn long_buffers_are_filled_to_their_end() {
        let mut source = Randomness::new(Some(1), DeviceId::nil(), 0, 0).unwrap();
        let bytes: [u8; 80] = source.bytes();
        assert!(
            bytes
                .chunks(8)
                .all(|part| part.iter().any(|byte| *byte != 0))
        );
    }
}
