//! What the `extra` line of a proof holds: `docs/format.md` specifies it byte for byte.
//!
//! Reading is strict: there is one way to write a bundle, and every byte of it is covered by a hash, a
//! path or a signature that [`check`](super::check) verifies.

use bytes::Bytes;
use quarterdeck_ledger::envelope::{self, Envelope};
use quarterdeck_ledger::{Hash, MAX_BODY, Sealed};

const MAGIC: &[u8] = b"quarterdeck/proof/1\n";

/// A leaf with the event that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    pub envelope: Envelope,
    pub sealed: Sealed,
}

/// An entry and what it takes to read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bundle {
    pub leaf: Leaf,
    /// The events of the same command after it, up to the signed one; none where it ends the command,
    /// or where they are too many.
    pub followers: Vec<Sealed>,
    /// Earlier entries that it rests on, each with its path.
    pub context: Vec<(Leaf, Vec<Hash>)>,
}

impl Bundle {
    /// At most so many events after it, and so many earlier entries.
    pub(crate) const MOST: usize = 24;

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        write_leaf(&mut out, &self.leaf);
        out.push(count(self.followers.len()));
        for sealed in &self.followers {
            write_event(&mut out, sealed);
        }
        out.push(count(self.context.len()));
        for (leaf, path) in &self.context {
            write_leaf(&mut out, leaf);
            out.push(count(path.len()));
            path.iter().for_each(|hash| out.extend(hash));
        }
        out
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = Rest(bytes.strip_prefix(MAGIC)?);
        let leaf = rest.leaf()?;
        let followers = (0..rest.count()?)
            .map(|_| rest.event())
            .collect::<Option<_>>()?;
        let context = (0..rest.count()?)
            .map(|_| {
                let leaf = rest.leaf()?;
                let [hashes] = rest.take()?;
                let path = (0..hashes).map(|_| rest.take()).collect::<Option<_>>()?;
                Some((leaf, path))
            })
            .collect::<Option<_>>()?;
        rest.0.is_empty().then_some(Self {
            leaf,
            followers,
            context,
        })
    }
}

fn count(number: usize) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

fn write_leaf(out: &mut Vec<u8>, leaf: &Leaf) {
    out.extend(leaf.envelope.encode());
    write_event(out, &leaf.sealed);
}

fn write_event(out: &mut Vec<u8>, sealed: &Sealed) {
    out.extend(sealed.salt);
    out.push(u8::from(sealed.signature.is_some()));
    out.extend(sealed.signature.iter().flatten());
    // No log takes a body of more than 64 KiB.
    let length = u32::try_from(sealed.body.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(&sealed.body);
}

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

    fn leaf(&mut self) -> Option<Leaf> {
        Some(Leaf {
            envelope: Envelope::decode(&self.take::<{ envelope::LENGTH }>()?)?,
            sealed: self.event()?,
        })
    }

    fn event(&mut self) -> Option<Sealed> {
        let salt = self.take()?;
        let signature = match self.take()? {
            [0] => None,
            [1] => Some(self.take()?),
            _ => return None,
        };
        let length = usize::try_from(u32::from_be_bytes(self.take()?)).ok()?;
        if length > MAX_BODY {
            return None;
        }
        let (body, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Sealed {
            body: Bytes::copy_from_slice(body),
            salt,
            signature,
        })
    }
}
