//! Proofs as files: a C2SP `tlog-proof` that an entry is in a log, and a form of our own, in its manner,
//! that one head of a log continues an earlier one.
//!
//! ```text
//! c2sp.org/tlog-proof@v1          quarterdeck/consistency@v1
//! extra base64                    old SIZE base64(root)
//! index 1206                      base64(hash) …
//! base64(hash) …                                                the path, one hash a line
//!                                 (the later checkpoint)
//! (the checkpoint)
//!                                 (the earlier checkpoint, where it was signed)
//! ```
//!
//! Reading is total and strict: there is one way to write a proof, and what differs from it is refused with
//! the line. What a file says is believed only after its checkpoint and its path were verified.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Hash;

/// A file longer than this, in bytes, is no proof.
pub const MAX_FILE: usize = 4 << 20;
/// The first line of a proof that an entry is in a log.
pub const INCLUSION: &str = "c2sp.org/tlog-proof@v1";
/// The first line of a proof that a head continues an earlier one.
pub const CONSISTENCY: &str = "quarterdeck/consistency@v1";
/// A path has no more hashes: trees of 2^63 leaves are high enough.
const MAX_PATH: usize = 64;

/// That an entry is in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionFile {
    /// What the application says beside it; not authenticated by itself.
    pub extra: Vec<u8>,
    /// The leaf's index, from 0.
    pub index: u64,
    /// From the leaf upwards.
    pub path: Vec<Hash>,
    /// A signed note.
    pub checkpoint: String,
}

/// That a head of a log continues an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyFile {
    /// The earlier size.
    pub size: u64,
    /// The root at it.
    pub root: Hash,
    /// In RFC 9162's order.
    pub path: Vec<Hash>,
    /// The later head, a signed note.
    pub later: String,
    /// The earlier head, where it was signed.
    pub earlier: Option<String>,
}

/// Why a text is no proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("it is {0} bytes long, longer than any proof")]
    TooLong(usize),
    #[error("line {line}: {what}")]
    Line { line: usize, what: &'static str },
}

impl InclusionFile {
    /// The file.
    pub fn write(&self) -> String {
        let mut text = format!("{INCLUSION}\n");
        if !self.extra.is_empty() {
            text.push_str(&format!("extra {}\n", STANDARD.encode(&self.extra)));
        }
        text.push_str(&format!("index {}\n", self.index));
        write_path(&mut text, &self.path);
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads a file. Nothing in it is verified.
    ///
    /// # Errors
    /// Names the line that is not of the form.
    pub fn read(text: &str) -> Result<Self, ProofError> {
        let mut lines = Lines::of(text)?;
        lines.first(INCLUSION)?;
        let extra = match lines.peek().strip_prefix("extra ") {
            None => Vec::new(),
            Some(encoded) => {
                let extra = STANDARD.decode(encoded).ok().filter(|it| !it.is_empty());
                let extra = extra.ok_or_else(|| lines.fault("its `extra` is not base64"))?;
                lines.next();
                extra
            }
        };
        let index = (lines.peek().strip_prefix("index "))
            .and_then(number)
            .ok_or_else(|| lines.fault("it should be `index` and a number"))?;
        lines.next();
        let path = lines.path()?;
        Ok(Self {
            extra,
            index,
            path,
            checkpoint: lines.rest.to_owned(),
        })
    }
}

impl ConsistencyFile {
    /// The file.
    pub fn write(&self) -> String {
        let root = STANDARD.encode(self.root);
        let mut text = format!("{CONSISTENCY}\nold {} {root}\n", self.size);
        write_path(&mut text, &self.path);
        text.push('\n');
        text.push_str(&self.later);
        if let Some(earlier) = &self.earlier {
            text.push('\n');
            text.push_str(earlier);
        }
        text
    }

    /// Reads a file. Nothing in it is verified.
    ///
    /// # Errors
    /// Names the line that is not of the form.
    pub fn read(text: &str) -> Result<Self, ProofError> {
        let mut lines = Lines::of(text)?;
        lines.first(CONSISTENCY)?;
        let (size, root) = (lines.peek().strip_prefix("old "))
            .and_then(|old| old.split_once(' '))
            .and_then(|(size, root)| Some((number(size)?, hash(root)?)))
            .ok_or_else(|| lines.fault("it should be `old`, a size and a root"))?;
        lines.next();
        let path = lines.path()?;
        // A checkpoint has exactly one empty line, before its signatures.
        let mut ends = lines.rest.match_indices("\n\n").skip(1);
        let (later, earlier) = match ends.next() {
            None => (lines.rest, None),
            Some((end, _)) => {
                let (later, earlier) = lines.rest.split_at(end + 1);
                (later, earlier.strip_prefix('\n'))
            }
        };
        Ok(Self {
            size,
            root,
            path,
            later: later.to_owned(),
            earlier: earlier.map(str::to_owned),
        })
    }
}

fn write_path(text: &mut String, path: &[Hash]) {
    for hash in path {
        text.push_str(&STANDARD.encode(hash));
        text.push('\n');
    }
}

/// A number in the one way to write it.
fn number(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn hash(text: &str) -> Option<Hash> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// The lines of a file, the present one being `line`, from 1.
struct Lines<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Lines<'a> {
    const fn of(text: &'a str) -> Result<Self, ProofError> {
        if text.len() > MAX_FILE {
            return Err(ProofError::TooLong(text.len()));
        }
        Ok(Self {
            rest: text,
            line: 1,
        })
    }

    fn fault(&self, what: &'static str) -> ProofError {
        let line = self.line;
        ProofError::Line { line, what }
    }

    fn first(&mut self, kind: &str) -> Result<(), ProofError> {
        if self.peek() != kind {
            return Err(self.fault("it should name the format"));
        }
        self.next();
        Ok(())
    }

    /// The present line without its end.
    fn peek(&self) -> &'a str {
        self.rest.split('\n').next().unwrap_or_default()
    }

    fn next(&mut self) {
        self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
        self.line += 1;
    }

    /// Hashes up to an empty line, which is passed over.
    fn path(&mut self) -> Result<Vec<Hash>, ProofError> {
        let mut path = Vec::new();
        while !self.peek().is_empty() {
            if path.len() == MAX_PATH {
                return Err(self.fault("the path is longer than any"));
            }
            let hash = hash(self.peek());
            path.push(hash.ok_or_else(|| self.fault("it should be a hash in base64"))?);
            self.next();
        }
        self.next();
        if self.rest.is_empty() {
            return Err(self.fault("the file ends where a checkpoint should follow"));
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::golden;
    use crate::{Checkpoint, DeviceKey};

    fn note(size: u64) -> String {
        Checkpoint {
            workspace: *b"workspace-000001",
            size,
            root: [0xcc; 32],
        }
        .sign(&DeviceKey::from_seed([7; 32]))
    }

    fn inclusion() -> InclusionFile {
        InclusionFile {
            extra: b"what the application says".to_vec(),
            index: 1_206,
            path: vec![[1; 32], [2; 32], [3; 32]],
            checkpoint: note(12_345),
        }
    }

    fn consistency(earlier: bool) -> ConsistencyFile {
        ConsistencyFile {
            size: 1_207,
            root: [4; 32],
            path: vec![[5; 32], [6; 32]],
            later: note(12_345),
            earlier: earlier.then(|| note(1_207)),
        }
    }

    #[test]
    fn the_files_are_frozen_and_read_back() {
        golden("inclusion.tlog-proof", inclusion().write().as_bytes());
        golden("consistency.proof", consistency(true).write().as_bytes());
        assert_eq!(InclusionFile::read(&inclusion().write()), Ok(inclusion()));
        for earlier in [false, true] {
            let file = consistency(earlier);
            assert_eq!(ConsistencyFile::read(&file.write()), Ok(file));
        }
        let bare = InclusionFile {
            extra: Vec::new(),
            path: Vec::new(),
            ..inclusion()
        };
        assert_eq!(InclusionFile::read(&bare.write()), Ok(bare));
    }

    #[test]
    fn what_is_not_of_the_form_is_refused_with_its_line() {
        let text = inclusion().write();
        let line = |text: &str| match InclusionFile::read(text) {
            Err(ProofError::Line { line, .. }) => line,
            other => panic!("{other:?}"),
        };
        assert_eq!(line(""), 1);
        assert_eq!(line(&text.replace("@v1", "@v2")), 1);
        assert_eq!(line(&text.replace("extra ", "extra !")), 2);
        assert_eq!(line(&text.replace("index 1206", "index 01206")), 3);
        assert_eq!(line(&text.replace("index 1206", "index +1206")), 3);
        assert_eq!(line(&text.replace("AQEB", "AQE")), 4);
        assert_eq!(line(&format!("{INCLUSION}\nindex 0\n")), 4);
        let long = InclusionFile {
            path: vec![[1; 32]; 65],
            ..inclusion()
        };
        assert_eq!(line(&long.write()), 68);
        assert_eq!(
            InclusionFile::read(&"x".repeat(MAX_FILE + 1)),
            Err(ProofError::TooLong(MAX_FILE + 1))
        );
        assert!(ConsistencyFile::read(&text).is_err());
        assert!(InclusionFile::read(&consistency(true).write()).is_err());
    }

    proptest! {
        /// Whatever still reads after a change reads as something else: no part of a file is passed over.
        #[test]
        fn a_changed_file_never_reads_as_the_same(at in any::<prop::sample::Index>(), to in any::<char>(), cut in any::<bool>()) {
            let text = inclusion().write();
            let place = text.char_indices().nth(at.index(text.chars().count())).unwrap();
            let mut changed = text[..place.0].to_owned();
            if !cut {
                changed.push(to);
                changed.push_str(&text[place.0 + place.1.len_utf8()..]);
            }
            prop_assume!(changed != text);
            prop_assert_ne!(InclusionFile::read(&changed), Ok(inclusion()));
        }

        #[test]
        fn any_text_gets_a_verdict(text in "(\\PC|\n){0,300}") {
            let _ = InclusionFile::read(&text);
            let _ = ConsistencyFile::read(&text);
            let _ = ConsistencyFile::read(&format!("{CONSISTENCY}\nold 1 {}\n{text}", STANDARD.encode([1; 32])));
        }
    }
}
