//! Checking many command signatures at once, on all cores.
//!
//! Whatever the one-by-one rule of [`PublicKey::verify_command`] accepts, this accepts: a batch whose
//! sum does not come out is gone through one by one. The reverse holds for honest keys only (a sum can
//! hide what the owner of a key mixed into its own signatures on purpose), which is why a server
//! checks one by one what it records, and a replica may check in batches what a server recorded.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::key::command_message;
use crate::{Hash, PublicKey, Signature};

/// Large enough for the sum to pay, small enough to share out among cores.
pub(crate) const CHUNK: usize = 256;

/// A signature to verify: by which key, over a command ending in which hash.
pub type Signed = (PublicKey, Hash, Signature);

/// Checks that each signature is its key's over a command ending in that hash.
///
/// # Errors
/// The index of the first signature that is not.
pub fn verify_batch(items: &[Signed]) -> Result<(), usize> {
    let chunks: Vec<&[Signed]> = items.chunks(CHUNK).collect();
    let cores = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(chunks.len());
    let next = AtomicUsize::new(0);
    let first_bad = AtomicUsize::new(usize::MAX);
    let work = || {
        loop {
            let turn = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = chunks.get(turn) else {
                return;
            };
            if let Some(at) = first_bad_of(chunk) {
                first_bad.fetch_min(turn * CHUNK + at, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..cores {
            scope.spawn(work);
        }
        work();
    });
    match first_bad.into_inner() {
        usize::MAX => Ok(()),
        index => Err(index),
    }
}

/// The first of a few that is not its key's, found on this thread alone.
pub(crate) fn first_bad_of(chunk: &[Signed]) -> Option<usize> {
    if chunk.len() > 1 && sum_verifies(chunk) {
        return None;
    }
    chunk
        .iter()
        .position(|(key, hash, signature)| !key.verify_command(hash, signature))
}

fn sum_verifies(chunk: &[Signed]) -> bool {
    // A push comes from few devices: decoding each key once saves a square root per signature.
    let mut decoded = HashMap::new();
    let mut keys = Vec::with_capacity(chunk.len());
    for (key, _, _) in chunk {
        let Some(point) = *decoded.entry(key.0).or_insert_with(|| key.decode()) else {
            return false;
        };
        keys.push(point);
    }
    let messages: Vec<_> = chunk
        .iter()
        .map(|(_, hash, _)| command_message(hash))
        .collect();
    let messages: Vec<&[u8]> = messages.iter().map(|message| message.as_slice()).collect();
    let signatures: Vec<_> = chunk
        .iter()
        .map(|(_, _, signature)| ed25519_dalek::Signature::from_bytes(signature))
        .collect();
    ed25519_dalek::verify_batch(&messages, &signatures, &keys).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DeviceKey;

    fn signed(count: usize) -> Vec<Signed> {
        let keys: Vec<_> = (0..3).map(|n| DeviceKey::from_seed([n; 32])).collect();
        (0..count)
            .map(|n| {
                let key = &keys[n % 3];
                let mut hash = [0; 32];
                hash[..8].copy_from_slice(&(n as u64).to_be_bytes());
                (key.public(), hash, key.sign_command(&hash))
            })
            .collect()
    }

    #[test]
    fn good_signatures_pass_in_any_number() {
        for count in [0, 1, 2, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            assert_eq!(verify_batch(&signed(count)), Ok(()), "{count}");
        }
    }

    #[test]
    fn the_first_bad_one_is_named() {
        let mut items = signed(2 * CHUNK + 10);
        items[2 * CHUNK + 3].2[0] ^= 1;
        assert_eq!(verify_batch(&items), Err(2 * CHUNK + 3));
        items[40].1[31] ^= 1;
        assert_eq!(verify_batch(&items), Err(40));
        items[5].0 = PublicKey([0xff; 32]);
        assert_eq!(verify_batch(&items), Err(5));
    }
}
