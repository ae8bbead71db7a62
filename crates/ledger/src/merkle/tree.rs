//! A tree kept whole, for many proofs of one log.
//!
//! [`inclusion_proof`](super::inclusion_proof) hashes the whole tree for each proof. This hashes it once,
//! keeps every complete subtree (64 bytes a leaf in all), and takes the logarithm of the size for each.

use crate::Hash;
use crate::merkle::{empty_root, node_hash};

/// The complete subtrees of a tree, by height and place.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// The tree of these leaves, by their hashes.
    pub fn of(leaves: Vec<Hash>) -> Self {
        let mut levels = vec![leaves];
        while let Some(below) = levels.last().filter(|level| level.len() > 1) {
            let level = below
                .as_chunks::<2>()
                .0
                .iter()
                .map(|[left, right]| node_hash(left, right))
                .collect();
            levels.push(level);
        }
        Self { levels }
    }

    /// The number of leaves.
    pub fn size(&self) -> usize {
        self.levels.first().map_or(0, Vec::len)
    }

    /// The root of the first `size` leaves; none where there are not that many.
    pub fn root(&self, size: usize) -> Option<Hash> {
        match size {
            0 => Some(empty_root()),
            _ => self.part(0, size),
        }
    }

    /// The path of the leaf at `index` in the tree of the first `size` leaves, from the leaf upwards.
    pub fn inclusion(&self, index: usize, size: usize) -> Option<Vec<Hash>> {
        if index >= size {
            return None;
        }
        let (mut path, mut start, mut end) = (Vec::new(), 0, size);
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.part(middle, end)?);
                end = middle;
            } else {
                path.push(self.part(start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// The path that proves the first `old` leaves to be the beginning of the first `size`.
    pub fn consistency(&self, old: usize, size: usize) -> Option<Vec<Hash>> {
        if old > size || size > self.size() {
            return None;
        }
        let (mut path, mut start, mut end) = (Vec::new(), 0, size);
        if old == 0 || old == size {
            return Some(path);
        }
        while old != end {
            let middle = start + split(end - start);
            if old <= middle {
                path.push(self.part(middle, end)?);
                end = middle;
            } else {
                path.push(self.part(start, middle)?);
                start = middle;
            }
        }
        if start > 0 {
            path.push(self.part(start, end)?);
        }
        path.reverse();
        Some(path)
    }

    /// The root of the leaves from `start` to before `end`, a part that the tree divides into.
    fn part(&self, start: usize, end: usize) -> Option<Hash> {
        let length = end.checked_sub(start).filter(|length| *length > 0)?;
        if length.is_power_of_two() {
            let height = length.trailing_zeros();
            return self
                .levels
                .get(height as usize)?
                .get(start >> height)
                .copied();
        }
        let middle = start + split(length);
        Some(node_hash(
            &self.part(start, middle)?,
            &self.part(middle, end)?,
        ))
    }
}

/// The largest power of two below `length`, which is at least 2.
const fn split(length: usize) -> usize {
    length.next_power_of_two() / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merkle::{consistency_proof, inclusion_proof, leaf_hash, root_of};

    #[test]
    fn it_gives_the_roots_and_proofs_of_the_definition() {
        let leaves: Vec<Hash> = (0_u8..70).map(|n| leaf_hash(&[n])).collect();
        let tree = Tree::of(leaves.clone());
        assert_eq!(tree.size(), 70);
        for size in 0..=70 {
            let part = &leaves[..size];
            assert_eq!(tree.root(size), Some(root_of(part)));
            for at in 0..=size {
                assert_eq!(tree.inclusion(at, size), inclusion_proof(part, at));
                assert_eq!(tree.consistency(at, size), consistency_proof(part, at));
            }
        }
        assert_eq!(tree.root(71), None);
        assert_eq!(tree.inclusion(0, 71), None);
        assert_eq!(tree.consistency(3, 71), None);
        assert_eq!(Tree::of(Vec::new()).root(0), Some(empty_root()));
    }
}
