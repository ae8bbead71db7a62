//! The tree as static files: the tiles of C2SP `tlog-tiles`, of 256 hashes each.
//!
//! ```text
//! tile/0/000   hashes of leaves 0 to 255          tile/1/000   the roots of the first 256 tiles below it
//! tile/0/x001/x234/067   the tile 1,234,067       tile/0/004.p/17   the last tile, 17 wide so far
//! tile/entries/000   leaves 0 to 255, each behind its length (2 bytes, big endian)
//! ```
//!
//! This module says what the tiles are; where they go is its caller's affair. Memory is one tile a
//! level, whatever the size of the log.

use crate::Hash;
use crate::merkle::root_of;

/// Hashes of a full tile.
pub const WIDTH: usize = 256;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Hashes of this level: of leaves at 0, of full tiles one level below above it.
    Hashes(u8),
    /// The leaves themselves.
    Entries,
}

/// Which tile, and how much of it there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tile {
    pub kind: Kind,
    /// Its number, from 0.
    pub index: u64,
    /// How many hashes or leaves it holds, 1 to 256.
    pub width: usize,
}

impl Tile {
    /// Its place below the log's folder, as `tlog-tiles` names it.
    pub fn path(&self) -> String {
        let place = place(self.index, self.width);
        match self.kind {
            Kind::Hashes(level) => format!("tile/{level}/{place}"),
            Kind::Entries => format!("tile/entries/{place}"),
        }
    }

    /// Whether nothing can be added to it any more.
    pub fn is_full(&self) -> bool {
        self.width == WIDTH
    }
}

/// The number of a tile in groups of three digits, and its width where it is not full.
pub fn place(index: u64, width: usize) -> String {
    let mut place = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        place = format!("x{:03}/{place}", rest % 1000);
        rest /= 1000;
    }
    if width < WIDTH {
        place.push_str(&format!(".p/{width}"));
    }
    place
}

/// Takes a tile that is made, with its bytes.
pub type Done<'a, E> = dyn FnMut(Tile, &[u8]) -> Result<(), E> + 'a;

/// Makes the tiles of a log whose leaves are given in order.
#[derive(Debug, Default)]
pub struct Tiles {
    levels: Vec<Level>,
    leaves: Vec<u8>,
}

#[derive(Debug, Default)]
struct Level {
    full: u64,
    hashes: Vec<Hash>,
}

impl Tiles {
    /// Adds a leaf, and calls `done` for each tile that it fills.
    ///
    /// # Errors
    /// What `done` says; a leaf longer than 65,535 bytes is none of ours and is cut there.
    pub fn push<E>(&mut self, leaf: &[u8], hash: Hash, done: &mut Done<'_, E>) -> Result<(), E> {
        let length = u16::try_from(leaf.len()).unwrap_or(u16::MAX);
        self.leaves.extend(length.to_be_bytes());
        self.leaves
            .extend(leaf.iter().take(usize::from(length)).copied());
        let mut carry = hash;
        for number in 0.. {
            if self.levels.len() == usize::from(number) {
                self.levels.push(Level::default());
            }
            let Some(level) = self.levels.get_mut(usize::from(number)) else {
                return Ok(());
            };
            level.hashes.push(carry);
            if level.hashes.len() < WIDTH {
                return Ok(());
            }
            let tile = Tile {
                kind: Kind::Hashes(number),
                index: level.full,
                width: WIDTH,
            };
            done(tile, &level.hashes.concat())?;
            if number == 0 {
                let kind = Kind::Entries;
                done(Tile { kind, ..tile }, &self.leaves)?;
                self.leaves.clear();
            }
            carry = root_of(&level.hashes);
            level.hashes.clear();
            level.full += 1;
        }
        Ok(())
    }

    /// Calls `done` for each tile that is not full.
    ///
    /// # Errors
    /// What `done` says.
    pub fn finish<E>(self, done: &mut Done<'_, E>) -> Result<(), E> {
        for (number, level) in (0..).zip(&self.levels) {
            if level.hashes.is_empty() {
                continue;
            }
            let tile = Tile {
                kind: Kind::Hashes(number),
                index: level.full,
                width: level.hashes.len(),
            };
            done(tile, &level.hashes.concat())?;
            if number == 0 {
                let kind = Kind::Entries;
                done(Tile { kind, ..tile }, &self.leaves)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use super::*;
    use crate::merkle::leaf_hash;

    fn tiles_of(size: u64) -> BTreeMap<String, Vec<u8>> {
        let mut made = BTreeMap::new();
        let mut tiles = Tiles::default();
        let mut keep = |tile: Tile, bytes: &[u8]| -> Result<(), Infallible> {
            assert!(made.insert(tile.path(), bytes.to_vec()).is_none());
            Ok(())
        };
        for n in 0..size {
            let leaf = n.to_be_bytes();
            tiles.push(&leaf, leaf_hash(&leaf), &mut keep).unwrap();
        }
        tiles.finish(&mut keep).unwrap();
        made
    }

    /// The example of the specification: a tree of 70,000.
    #[test]
    fn a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() {
        let made = tiles_of(70_000);
        let count = |prefix: &str, partial: bool| {
            made.keys()
                .filter(|path| path.starts_with(prefix) && path.contains(".p/") == partial)
                .count()
        };
        assert_eq!((count("tile/0/", false), count("tile/0/", true)), (273, 1));
        assert_eq!((count("tile/1/", false), count("tile/1/", true)), (1, 1));
        assert_eq!((count("tile/2/", false), count("tile/2/", true)), (0, 1));
        assert_eq!(count("tile/entries/", false), 273);
        assert_eq!(made["tile/0/273.p/112"].len(), 112 * 32);
        assert_eq!(made["tile/1/001.p/17"].len(), 17 * 32);
        assert_eq!(made["tile/2/000.p/1"].len(), 32);
        assert_eq!(made["tile/entries/273.p/112"].len(), 112 * 10);
    }

    #[test]
    fn a_tree_of_one_full_tile_has_its_root_one_level_up() {
        let made = tiles_of(256);
        let paths: Vec<&str> = made.keys().map(String::as_str).collect();
        assert_eq!(paths, ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
        assert!(tiles_of(0).is_empty());
    }

    #[test]
    fn numbers_are_written_as_the_specification_says() {
        assert_eq!(place(1_234_067, 256), "x001/x234/067");
        assert_eq!(place(1_000, 17), "x001/000.p/17");
        assert_eq!(place(999, 256), "999");
    }
}
