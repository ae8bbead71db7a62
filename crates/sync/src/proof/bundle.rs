//! What the `extra` line of a proof holds: `docs/format.md` specifies it byte for byte.
//!
//! Reading is strict: there is one way to write a bundle, and every byte of it is covered by a hash, a
//! path or a signature that [`check`](super::check) verifies.

use bytes::Bytes;
use quarterdeck_ledger::envelope::{self, Envelope};
use quarterdeck_ledger::{Hash, MAX_BODY, Seal, Sealed};

const MAGIC: &[u8] = b"quarterdeck/proof/1\n";
/// The form of a bundle in which texts were erased; any other has the first.
const MAGIC_ERASED: &[u8] = b"quarterdeck/proof/2\n";

/// A leaf with the event that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    pub envelope: Envelope,
    pub sealed: Sealed,
}

/// An entry and what it takes to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bundle {
    pub leaf: Leaf,
    /// The events of the same command after it, up to the signed one; none where it ends the command,
    /// or where they are too many.
    pub followers: Vec<Sealed>,
    /// Earlier entries that it rests on, each with its path.
    pub context: Vec<(Leaf, Vec<Hash>)>,
    /// Later entries that vouch for what remains of those that texts were erased from, each with its path.
    pub vouching: Vec<(Leaf, Vec<Hash>)>,
}

impl Bundle {
    /// At most so many events after it, and so many earlier entries.
    pub(super) const MOST: usize = 24;

    /// At most so many later entries that vouch: for all of them, and for one another.
    pub(super) const MOST_VOUCHING: usize = 100;

    fn is_erased(&self) -> bool {
        let beside = self.context.iter().map(|(leaf, _)| &leaf.sealed);
        let mut all = beside.chain(&self.followers).chain([&self.leaf.sealed]);
        all.any(Sealed::is_erased)
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let is_erased = self.is_erased();
        let mut out = if is_erased { MAGIC_ERASED } else { MAGIC }.to_vec();
        write_leaf(&mut out, &self.leaf);
        out.push(count(self.followers.len()));
        for sealed in &self.followers {
            write_event(&mut out, sealed);
        }
        write_leaves(&mut out, &self.context);
        if is_erased {
            write_leaves(&mut out, &self.vouching);
        }
        out
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (mut rest, is_erased) = match bytes.strip_prefix(MAGIC) {
            Some(rest) => (Rest(rest), false),
            None => (Rest(bytes.strip_prefix(MAGIC_ERASED)?), true),
        };
        let leaf = rest.leaf()?;
        let followers = (0..rest.count()?)
            .map(|_| rest.event())
            .collect::<Option<_>>()?;
        let context = rest.leaves(Self::MOST)?;
        let vouching = if is_erased {
            rest.leaves(Self::MOST_VOUCHING)?
        } else {
            Vec::new()
        };
        let bundle = Self {
            leaf,
            followers,
            context,
            vouching,
        };
        // There is one way to write each.
        (rest.0.is_empty() && bundle.is_erased() == is_erased).then_some(bundle)
    }
}

fn count(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn write_leaf(out: &mut Vec<u8>, leaf: &Leaf) {
    out.extend(leaf.envelope.encode());
    write_event(out, &leaf.sealed);
}

fn write_leaves(out: &mut Vec<u8>, leaves: &[(Leaf, Vec<Hash>)]) {
    out.push(count(leaves.len()));
    for (leaf, path) in leaves {
        write_leaf(out, leaf);
        out.push(count(path.len()));
        path.iter().for_each(|hash| out.extend(hash));
    }
}

fn write_event(out: &mut Vec<u8>, sealed: &Sealed) {
    let is_signed = u8::from(sealed.signature.is_some());
    match sealed.seal {
        Seal::Salted(salt) => {
            out.extend(salt);
            out.push(is_signed);
        }
        // The hash, with the flag where it stands behind a salt.
        Seal::Erased(hash) => {
            let (first, rest) = hash.split_at(SALT);
            out.extend(first);
            out.push(ERASED + is_signed);
            out.extend(rest);
        }
    }
    out.extend(sealed.signature.iter().flatten());
    // No log takes a body of more than 64 KiB.
    let length = u32::try_from(sealed.body.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(&sealed.body);
}

const SALT: usize = 16;
/// The flag of an erased event that is not signed; the next is that of a signed one.
const ERASED: u8 = 2;

struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn count(&mut self) -> Option<u8> {
        let [count] = self.take()?;
        (usize::from(count) <= Bundle::MOST).then_some(count)
    }

    fn leaves(&mut self, most: usize) -> Option<Vec<(Leaf, Vec<Hash>)>> {
        let [count] = self.take()?;
        if usize::from(count) > most {
            return None;
        }
        (0..count)
            .map(|_| {
                let leaf = self.leaf()?;
                let [hashes] = self.take()?;
                let path = (0..hashes).map(|_| self.take()).collect::<Option<_>>()?;
                Some((leaf, path))
            })
            .collect()
    }

    fn leaf(&mut self) -> Option<Leaf> {
        Some(Leaf {
            envelope: Envelope::decode(&self.take::<{ envelope::LENGTH }>()?)?,
            sealed: self.event()?,
        })
    }

    fn event(&mut self) -> Option<Sealed> {
        let salt = self.take::<SALT>()?;
        let [flag] = self.take()?;
        let seal = match flag {
            0 | 1 => Seal::Salted(salt),
            ERASED..=3 => {
                let rest = self.take::<SALT>()?;
                let mut hash = Hash::default();
                let bytes = salt.into_iter().chain(rest);
                hash.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
                Seal::Erased(hash)
            }
            _ => return None,
        };
        let signature = match flag % 2 {
            0 => None,
            _ => Some(self.take()?),
        };
        let length = usize::try_from(u32::from_be_bytes(self.take()?)).ok()?;
        if length > MAX_BODY {
            return None;
        }
        let (body, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Sealed {
            body: Bytes::copy_from_slice(body),
            seal,
            signature,
        })
    }
}
