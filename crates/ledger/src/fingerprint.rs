//! A checkpoint in twenty digits, for two people to compare by voice.
//!
//! ```text
//! SHA-256("quarterdeck/fingerprint/1\n" || size (u64) || root), its first 16 bytes as a number,
//! modulo 10^20, in five groups of four digits: 4821 0937 5562 1180 7734
//! ```
//!
//! Sixty-six bits: nobody finds a second history with the digits of a given one, nor, at two to the
//! power of 33 attempts for each pair that happens to agree, cheaply two with the same. Digits, since
//! they are said alike in every language. The size is part of what is hashed: digits compare only at one size.

use sha2::{Digest, Sha256};

use crate::Hash;

const PREFIX: &[u8] = b"quarterdeck/fingerprint/1\n";
const DIGITS: u128 = 100_000_000_000_000_000_000;

/// The digits of the first `size` entries with this root.
pub fn fingerprint(size: u64, root: &Hash) -> String {
    let hash: Hash = Sha256::new()
        .chain_update(PREFIX)
        .chain_update(size.to_be_bytes())
        .chain_update(root)
        .finalize()
        .into();
    let number = hash
        .iter()
        .take(16)
        .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let digits = format!("{:020}", number % DIGITS);
    let mut said = String::with_capacity(24);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            said.push(' ');
        }
        said.push(digit);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::golden;

    #[test]
    fn the_digits_are_frozen() {
        let said = fingerprint(1_207, &[0x3f; 32]);
        golden("fingerprint.txt", said.as_bytes());
        assert_eq!(said.len(), 24);
        assert!(said.split(' ').all(|group| group.len() == 4));
    }

    #[test]
    fn another_size_or_root_has_others() {
        let said = fingerprint(1_207, &[0x3f; 32]);
        assert_ne!(fingerprint(1_208, &[0x3f; 32]), said);
        let mut root = [0x3f; 32];
        root[31] ^= 1;
        assert_ne!(fingerprint(1_207, &root), said);
    }
}
