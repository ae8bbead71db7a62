//! Audit paths: that a leaf is in a tree, and that a tree is the beginning of another.
//!
//! Generating takes the hashes of all leaves; verifying takes the proof and the roots alone and is
//! total: any bytes from anywhere get a verdict. Both follow RFC 9162, sections 2.1.3 and 2.1.4.

use crate::Hash;
use crate::merkle::{empty_root, node_hash};

/// The root of some leaves, by the recursive definition.
pub(crate) fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// The largest power of two below `len`, which is at least 2.
fn split(len: usize) -> usize {
    len.next_power_of_two() / 2
}

/// The path that proves the leaf at `index` (from 0) to be in the tree of `leaves`, from the leaf
/// upwards; `None` when there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    let (mut path, mut part, mut at) = (Vec::new(), leaves, index);
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        if at < left.len() {
            path.push(root_of(right));
            part = left;
        } else {
            path.push(root_of(left));
            at -= left.len();
            part = right;
        }
    }
    path.reverse();
    Some(path)
}

/// The path that proves the tree of the first `first` leaves to be the beginning of the tree of all
/// `leaves`; empty where `first` is all of them or none, `None` when there are not that many.
pub fn consistency_proof(leaves: &[Hash], first: usize) -> Option<Vec<Hash>> {
    if first > leaves.len() {
        return None;
    }
    let (mut path, mut part, mut old) = (Vec::new(), leaves, first);
    if old == 0 || old == part.len() {
        return Some(path);
    }
    let mut complete = true;
    while old != part.len() {
        let (left, right) = part.split_at(split(part.len()));
        if old <= left.len() {
            path.push(root_of(right));
            part = left;
        } else {
            path.push(root_of(left));
            old -= left.len();
            part = right;
            complete = false;
        }
    }
    if !complete {
        path.push(root_of(part));
    }
    path.reverse();
    Some(path)
}

/// Whether `proof` shows that `leaf` stands at `index` (from 0) in the tree of `size` leaves with `root`.
pub fn verify_inclusion(root: &Hash, size: u64, index: u64, leaf: &Hash, proof: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            climb_past_left_edges(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `first` leaves with `first_root` is the beginning of the tree
/// of `second` leaves with `second_root`.
pub fn verify_consistency(
    first: u64,
    first_root: &Hash,
    second: u64,
    second_root: &Hash,
    proof: &[Hash],
) -> bool {
    if first > second {
        return false;
    }
    if first == second {
        return proof.is_empty() && first_root == second_root;
    }
    if first == 0 {
        return proof.is_empty() && *first_root == empty_root();
    }
    let (mut node, mut last) = (first - 1, second - 1);
    let up = node.trailing_ones();
    node >>= up;
    last >>= up;
    // Where the old tree is one complete subtree, its root starts the path and is left out of the proof.
    let (seed, proof) = if first.is_power_of_two() {
        (first_root, proof)
    } else {
        let Some((seed, proof)) = proof.split_first() else {
            return false;
        };
        (seed, proof)
    };
    let (mut old, mut new) = (*seed, *seed);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old = node_hash(sibling, &old);
            new = node_hash(sibling, &new);
            climb_past_left_edges(&mut node, &mut last);
        } else {
            new = node_hash(&new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old == *first_root && new == *second_root
}

/// A node that closes the right edge without being a right child has no sibling on the levels where it
/// is a left child: those levels are skipped.
fn climb_past_left_edges(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        *node >>= 1;
        *last >>= 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::merkle::vectors::{ROOTS, hash, leaves};
    use crate::merkle::{Frontier, leaf_hash};

    fn many(count: usize) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    fn root(leaves: &[Hash]) -> Hash {
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        frontier.root()
    }

    /// Proofs that other implementations publish for the known leaves.
    #[test]
    fn the_known_inclusion_proofs_come_out() {
        let known: [(usize, usize, &[&str]); 3] = [
            (1, 1, &[]),
            (
                1,
                8,
                &[
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ],
            ),
            (
                6,
                8,
                &[
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ],
            ),
        ];
        for (place, size, path) in known {
            let path: Vec<Hash> = path.iter().map(|node| hash(node)).collect();
            let leaves = &leaves()[..size];
            assert_eq!(inclusion_proof(leaves, place - 1).unwrap(), path);
            assert!(verify_inclusion(
                &root(leaves),
                size as u64,
                place as u64 - 1,
                &leaves[place - 1],
                &path
            ));
        }
    }

    #[test]
    fn the_known_consistency_proofs_come_out() {
        let known: [(usize, usize, &[&str]); 3] = [
            (
                1,
                8,
                &[
                    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
                ],
            ),
            (
                6,
                8,
                &[
                    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                ],
            ),
            (
                2,
                5,
                &[
                    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                ],
            ),
        ];
        for (first, second, path) in known {
            let path: Vec<Hash> = path.iter().map(|node| hash(node)).collect();
            assert_eq!(consistency_proof(&leaves()[..second], first).unwrap(), path);
            let (old, new) = (hash(ROOTS[first - 1]), hash(ROOTS[second - 1]));
            assert!(verify_consistency(
                first as u64,
                &old,
                second as u64,
                &new,
                &path
            ));
        }
    }

    #[test]
    fn every_small_tree_proves_itself_and_nothing_else() {
        for size in 1..40 {
            let leaves = many(size);
            let whole = root(&leaves);
            assert_eq!(root_of(&leaves), whole);
            for index in 0..size {
                let path = inclusion_proof(&leaves, index).unwrap();
                assert!(verify_inclusion(
                    &whole,
                    size as u64,
                    index as u64,
                    &leaves[index],
                    &path
                ));
                assert!(!verify_inclusion(
                    &whole,
                    size as u64,
                    index as u64,
                    &[0; 32],
                    &path
                ));
                assert!(!verify_inclusion(
                    &whole,
                    size as u64,
                    index as u64 + 1,
                    &leaves[index],
                    &path
                ));
            }
            for first in 0..=size {
                let path = consistency_proof(&leaves, first).unwrap();
                let old = root(&leaves[..first]);
                assert!(verify_consistency(
                    first as u64,
                    &old,
                    size as u64,
                    &whole,
                    &path
                ));
                assert!(!verify_consistency(
                    first as u64,
                    &[0; 32],
                    size as u64,
                    &whole,
                    &path
                ));
                // Every tree begins with the empty one.
                assert_eq!(
                    verify_consistency(first as u64, &old, size as u64, &[0; 32], &path),
                    first == 0
                );
            }
            assert_eq!(inclusion_proof(&leaves, size), None);
            assert_eq!(consistency_proof(&leaves, size + 1), None);
        }
    }

    proptest! {
        #[test]
        fn a_proof_with_a_flipped_bit_is_refused(
            size in 2_usize..300, first in any::<prop::sample::Index>(), bit in any::<prop::sample::Index>(),
        ) {
            let leaves = many(size);
            let first = 1 + first.index(size - 1);
            let (old, new) = (root(&leaves[..first]), root(&leaves));
            let mut path = consistency_proof(&leaves, first).unwrap();
            prop_assert!(verify_consistency(first as u64, &old, size as u64, &new, &path));
            let bit = bit.index(path.len() * 256);
            path[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
            prop_assert!(!verify_consistency(first as u64, &old, size as u64, &new, &path));
        }

        #[test]
        fn any_claim_gets_a_verdict(
            size in any::<u64>(), at in any::<u64>(), path in prop::collection::vec(any::<[u8; 32]>(), 0..70),
        ) {
            prop_assert!(!verify_inclusion(&[1; 32], size, at, &[2; 32], &path));
            prop_assert!(!verify_consistency(at, &[1; 32], size, &[2; 32], &path));
        }
    }
}
