//! Erasing texts from this device's copy.
//!
//! Guarantee: when an event that erases is in the confirmed log, then after the next opening of the folder
//! the texts are in neither log, snapshots nor postings here. The event is recorded first and is the
//! intent: what a crash interrupted is carried out when the folder is opened again. What waits in the
//! outbox or lies on the shelf and quotes such a text quotes the marker from then on, unless the server may
//! have it already.

mod requote;

use std::fs;
use std::path::{Path, PathBuf};

use quarterdeck_core::erase::{Found, Text, TextErased, Vouching, Wanted, find, tagged, texts_of};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_ledger::{Ledger, LedgerError, Remains, SledLedger};
use quarterdeck_projection::erasures::{self, Claim};

use super::{Held, READ_BYTES, READ_ENTRIES, Replica, open_ledger, read_entry};
use crate::command::PendingCommand;
use crate::error::{CommitError, ReplicaError};
use crate::files::io_error;
use crate::host::BEFORE;
use crate::random::Random;

/// The letters and digits of a tag: none that is taken for another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const TAG_CHARS: usize = 6;

impl Replica {
    /// The texts that are wanted, and all in the confirmed log that quote them.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn find_texts(&mut self, wanted: &Wanted) -> Result<Vec<Found>, ReplicaError> {
        let ledger = &self.hold()?.ledger;
        find(wanted, |each| {
            let mut at = 0;
            loop {
                let block = ledger.read(at + 1, READ_ENTRIES, READ_BYTES)?;
                if block.is_empty() {
                    return Ok(());
                }
                for entry in &block {
                    at = entry.seq;
                    let read = read_entry(entry)
                        .map_err(|source| ReplicaError::Entry { seq: at, source })?;
                    each(at, &read.event);
                }
            }
        })
    }

    /// The events that erase what was found: one for each entry, equal texts under equal markers.
    ///
    /// # Errors
    /// Why something cannot be erased, or that the log cannot be read.
    pub fn erasing(
        &mut self,
        found: &[Found],
        random: &mut dyn Random,
    ) -> Result<Vec<TextErased>, CommitError> {
        self.hold()?;
        // What waits in the outbox is erased first.
        let state = self.state().clone();
        let held = self.hold()?;
        let mut erasing = Vec::with_capacity(found.len());
        for (found, texts) in tagged(found, || tag(random)) {
            match erasures::author(&held.ledger, &state, found.position, texts)? {
                Ok(erased) => erasing.push(erased),
                Err(what) => return Err(refused(&what).into()),
            }
        }
        Ok(erasing)
    }

    /// Whether the confirmed log says that texts are erased which are still here: there was no room for it
    /// when the folder was opened.
    ///
    /// # Errors
    /// The folder cannot be opened.
    pub fn owes_erasing(&mut self) -> Result<bool, ReplicaError> {
        let (projection, held) = self.hold_parts()?;
        Ok(erasures::is_due(&held.ledger, &projection.folded.state))
    }

    /// Whether something in the outbox repeats a text that its author saw.
    pub(crate) fn quotes_others(&self) -> bool {
        let events = self.outbox().iter().flat_map(PendingCommand::events);
        let mut texts = events.flat_map(|event| texts_of(&event.event));
        texts.any(|(_, _, whose)| whose == Text::Seen)
    }

    /// Refuses an erasure that does not fit what the log here holds.
    pub(super) fn check_erasures(&mut self, command: &PendingCommand) -> Result<(), CommitError> {
        let state = self.state();
        let claims: Vec<Claim> = command
            .events()
            .filter_map(|event| erasures::claim(state, state.head + 1, &event.event))
            .collect();
        if claims.is_empty() {
            return Ok(());
        }
        match erasures::first_false(&claims, &self.hold()?.ledger, &[])? {
            None => Ok(()),
            Some((_, what)) => Err(refused(&what).into()),
        }
    }

    /// The same as [`carry_out`](Self::carry_out), while the folder is held.
    pub(super) fn carry_out_held(&mut self) -> Result<(), ReplicaError> {
        let Some(mut held) = self.held.take() else {
            return Ok(());
        };
        let done = self.carry_out(&mut held);
        self.held = Some(held);
        done
    }

    /// Erases what the folded log says shall be erased. Where there is no room for that, it is tried again
    /// at the next opening.
    pub(super) fn carry_out(&mut self, held: &mut Held) -> Result<(), ReplicaError> {
        let state = &self.projection.folded.state;
        if !erasures::is_due(&held.ledger, state) {
            return Ok(());
        }
        // While the log still tells which texts these are.
        let markers = erasures::markers(&held.ledger, state)?;
        requote::outbox(held, &markers, &self.identity)?;
        requote::shelf(held, &markers, &self.identity)?;
        let ledger = &held.ledger;
        let done = match erasures::carry_out(ledger, state) {
            Err(LedgerError::DiskFull { .. }) => return Ok(()),
            done => done?,
        };
        for dir in self.logs_before_server()? {
            self.erase_before_server(&dir, ledger, &done.erased)?;
        }
        let derived = self.dir.join(super::DERIVED);
        self.projection
            .forget()
            .map_err(io_error("clear", &derived))?;
        self.catch_up(ledger)
    }

    /// What this folder keeps of the time before the workspace was given to a server.
    fn logs_before_server(&self) -> Result<Vec<PathBuf>, ReplicaError> {
        let mut found = Vec::new();
        for file in fs::read_dir(&self.dir).map_err(io_error("list", &self.dir))? {
            let file = file.map_err(io_error("list", &self.dir))?;
            if file.file_name().to_string_lossy().starts_with(BEFORE) {
                found.push(file.path());
            }
        }
        Ok(found)
    }

    fn erase_before_server(
        &self,
        dir: &Path,
        ledger: &SledLedger,
        remains: &[Remains],
    ) -> Result<(), ReplicaError> {
        let before = open_ledger(dir, self.identity.workspace, self.options)?;
        let mut same = Vec::new();
        for Remains { seq, body } in remains {
            let there = before.read(*seq, 1, 1)?.into_iter().next();
            let here = ledger.read(*seq, 1, 1)?.into_iter().next();
            if let Some((there, here)) = there.zip(here)
                && there.hash == here.hash
            {
                same.push(Remains {
                    seq: *seq,
                    body: body.clone(),
                });
            }
        }
        if !same.is_empty() {
            before.erase(same, 0)?;
        }
        Ok(())
    }

    /// What was met of erasing among the entries that are stored and that no signed head covers yet.
    pub(crate) fn vouching_after(&mut self, proven: u64) -> Result<Vouching, ReplicaError> {
        let mut vouching = Vouching::default();
        let ledger = &self.hold()?.ledger;
        let mut at = proven;
        loop {
            let block = ledger.read(at + 1, READ_ENTRIES, READ_BYTES)?;
            if block.is_empty() {
                return Ok(vouching);
            }
            for entry in &block {
                at = entry.seq;
                let sealed = &entry.event;
                let read =
                    read_entry(entry).map_err(|source| ReplicaError::Entry { seq: at, source })?;
                let remains = sealed.is_erased().then(|| sealed.body_hash());
                vouching
                    .note(&read, remains)
                    .map_err(|what| ReplicaError::Unverified { seq: at, what })?;
            }
        }
    }
}

fn refused(what: &str) -> Refusal {
    Refusal::new(
        Code::Invalid,
        format!("The texts cannot be erased: {what}."),
    )
    .hint("sync, then look at the entry with `okr log`")
}

fn tag(random: &mut dyn Random) -> String {
    let mut bytes = [0; TAG_CHARS];
    random.fill(&mut bytes);
    bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(*byte) % ALPHABET.len()))
        .map(|letter| char::from(*letter))
        .collect()
}
