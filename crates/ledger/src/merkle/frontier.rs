//! The right edge of the tree.

use crate::Hash;
use crate::merkle::{empty_root, node_hash};

/// The roots of the complete subtrees that make up a tree of some size, largest first: one for each
/// bit set in the size. It grows by a leaf in constant amortised time and yields the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

/// Stored subtrees that do not belong to a tree of the size named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has {expected} subtrees along its edge, not {found}")]
pub struct FrontierError {
    pub size: u64,
    pub expected: usize,
    pub found: usize,
}

impl Frontier {
    /// The edge of a tree of `size` leaves, from subtrees kept earlier.
    ///
    /// # Errors
    /// When there is not exactly one subtree for each bit set in `size`.
    pub fn from_parts(size: u64, subtrees: Vec<Hash>) -> Result<Self, FrontierError> {
        let expected = size.count_ones() as usize;
        if subtrees.len() == expected {
            Ok(Self { size, subtrees })
        } else {
            Err(FrontierError {
                size,
                expected,
                found: subtrees.len(),
            })
        }
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The subtrees, largest first.
    pub fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// Adds a leaf, by its hash.
    pub fn push(&mut self, leaf: Hash) {
        // As in a binary counter: each trailing one of the size is a subtree that the carry completes.
        let mut carry = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                carry = node_hash(&left, &carry);
            }
        }
        self.subtrees.push(carry);
        self.size += 1;
    }

    /// The root of the whole tree; that of no leaves is the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut edge = self.subtrees.iter().rev();
        let Some(smallest) = edge.next() else {
            return empty_root();
        };
        edge.fold(*smallest, |right, left| node_hash(left, &right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::vectors::{ROOTS, hash, leaves};

    #[test]
    fn the_known_roots_come_out() {
        let mut frontier = Frontier::default();
        assert_eq!(
            frontier.root(),
            hash("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        );
        for (leaf, root) in leaves().into_iter().zip(ROOTS) {
            frontier.push(leaf);
            assert_eq!(frontier.root(), hash(root), "{} leaves", frontier.size());
        }
    }

    #[test]
    fn it_goes_on_from_its_parts() {
        let mut whole = Frontier::default();
        for leaf in leaves() {
            let mut resumed =
                Frontier::from_parts(whole.size(), whole.subtrees().to_vec()).unwrap();
            whole.push(leaf);
            resumed.push(leaf);
            assert_eq!(resumed, whole);
        }
        assert!(Frontier::from_parts(3, vec![[0; 32]]).is_err());
    }
}
