//! Taking back what a log has lost, from whoever still holds it.
//!
//! Guarantee: nothing is taken in that this server did not record itself. A piece is whole commands that go
//! on where the log ends; every entry passes what a verification checks; and the root that it comes to
//! is shown, by a consistency proof, to be that of the beginning of a head that the server's own key
//! signed. So it matters not who brings it, and each piece stands by itself: one that was cut off, or
//! brought twice, costs nothing.

use std::sync::Arc;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::erase::Vouching;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::merkle::verify_consistency;
use quarterdeck_ledger::{Checkpoint, Hash, LedgerError, NewEntry, verify_batch};
use quarterdeck_projection::erasures;
use quarterdeck_proto::{Reason, decode_event};
use tokio::sync::oneshot;

use super::outcome::Unavailable;
use super::standing::Standing;
use super::writer::Job;
use super::{Workspace, closings, verify};

/// A piece of the log as somebody brings it.
#[derive(Debug)]
pub(crate) struct Piece {
    /// In order and without a gap.
    pub(crate) entries: Vec<quarterdeck_ledger::exported::Line>,
    pub(crate) checkpoint: String,
    pub(crate) proof: Vec<Hash>,
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TakenBack {
    /// The size of the log now.
    pub(crate) head: u64,
    /// How many of the entries were new to it.
    pub(crate) taken: u64,
}

/// Why a piece was not taken back. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTakenBack {
    /// The workspace records: what it lost, if anything, was given up.
    #[error("The workspace records new events, so it takes nothing back.")]
    NotHeld,
    /// It leaves a gap behind the log's end.
    #[error("The piece begins at entry {first}, and the log ends at {head}.")]
    Gap { first: u64, head: u64 },
    /// It is not what the server recorded.
    #[error("Entry {seq} is not what this server recorded: {what}.")]
    Differs { seq: u64, what: String },
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl NotTakenBack {
    pub(crate) const fn reason(&self) -> &'static str {
        match self {
            Self::NotHeld => Reason::NotHeld.word(),
            Self::Gap { .. } => "GAP",
            Self::Differs { .. } => "DIFFERS",
            Self::Unavailable(_) => "UNAVAILABLE",
        }
    }
}

/// A piece that holds, ready to be appended.
struct Sound {
    /// The size of the log that it goes on from.
    size: u64,
    new: Vec<NewEntry>,
    entries: Vec<Entry>,
}

impl Workspace {
    /// Takes a piece back. Comes back when the disk has it.
    pub(crate) async fn take_back(
        self: &Arc<Self>,
        piece: Piece,
    ) -> Result<TakenBack, NotTakenBack> {
        match self.standing() {
            Standing::Held(_) => {}
            Standing::Open => return Err(NotTakenBack::NotHeld),
            closed @ Standing::Salvaged(_) => {
                return Err(closed
                    .unavailable()
                    .map_or(NotTakenBack::NotHeld, Into::into));
            }
        }
        let workspace = Arc::clone(self);
        let checked = self.world.aside(move || workspace.check_piece(piece)).await;
        let Sound { size, new, entries } = match checked {
            Ok(checked) => checked?,
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        let count = new.len() as u64;
        if count == 0 {
            return Ok(TakenBack {
                head: size,
                taken: 0,
            });
        }
        let (answer, answered) = oneshot::channel();
        self.send(Job::TakeBack {
            size,
            new,
            entries,
            answer,
        })
        .await?;
        let head = answered
            .await
            .unwrap_or_else(|_| Err(Unavailable::stopping()))?;
        // Somebody else was faster where the log did not stand where it was looked at.
        let taken = if head == size.saturating_add(count) {
            count
        } else {
            0
        };
        Ok(TakenBack { head, taken })
    }

    fn check_piece(&self, piece: Piece) -> Result<Sound, NotTakenBack> {
        let differs = |seq: u64, what: String| NotTakenBack::Differs { seq, what };
        let workspace = *self.identity.workspace.as_bytes();
        let key = self.identity.key.public();
        let frontier = self.ledger.frontier();
        let head = frontier.size();
        let first = piece.entries.first().map_or(head, |entry| entry.seq);
        let signed = Checkpoint::verify(&piece.checkpoint, &workspace, &key)
            .map_err(|error| differs(first, error.to_string()))?;
        if first > head.saturating_add(1) {
            return Err(NotTakenBack::Gap { first, head });
        }
        let mut frontier = frontier;
        let mut state = (*self.state()).clone();
        if state.head != head {
            // An append has not been published yet: nothing is known of where the log ends.
            return Ok(nothing(state.head));
        }
        let (mut new, mut entries) = (Vec::new(), Vec::new());
        let (mut signatures, mut signed_at, mut claims) = (Vec::new(), Vec::new(), Vec::new());
        // What is left of an entry whose texts were erased is not in the tree: an owner's event has to vouch
        // for it, in the same piece.
        let (mut vouching, mut claimed) = (Vouching::default(), Vec::new());
        let lost = piece.entries.into_iter().filter(|entry| entry.seq > head);
        for line in lost {
            let seq = line.seq;
            if seq != frontier.size().saturating_add(1) {
                return Err(differs(seq, "it does not follow the one before".to_owned()));
            }
            let hash = line.event.hash();
            let event =
                decode_event(&line.event.body).map_err(|error| differs(seq, error.to_string()))?;
            if event.workspace != WorkspaceId::from_bytes(workspace) {
                return Err(differs(seq, "it belongs to another workspace".to_owned()));
            }
            let entry = Entry {
                seq,
                recorded: Timestamp::from_ms(line.recorded),
                hash,
                event,
            };
            let recorded = NewEntry {
                recorded: line.recorded,
                event_id: *entry.event.id.as_bytes(),
                event: line.event,
                hash,
            };
            let remains = recorded
                .event
                .is_erased()
                .then(|| recorded.event.body_hash());
            vouching
                .follow(&state, &entry, remains)
                .map_err(|what| differs(seq, what))?;
            claimed.extend(erasures::claim(&state, seq, &entry.event));
            let (signature, claim) = verify::check(
                Some(&self.identity),
                &mut state,
                recorded.event.signature,
                &entry,
            )
            .map_err(|what| differs(seq, what))?;
            if let Some(signature) = signature {
                signatures.push(signature);
                signed_at.push(seq);
            }
            claims.extend(claim);
            let envelope = Envelope {
                workspace,
                seq,
                recorded: recorded.recorded,
                event_id: recorded.event_id,
                event_hash: hash,
            };
            frontier.push(envelope.leaf_hash());
            new.push(recorded);
            entries.push(entry);
        }
        let Some(last) = entries.last() else {
            return Ok(nothing(head));
        };
        if last.event.remaining > 0 {
            return Err(differs(last.seq, "its command is not whole".to_owned()));
        }
        let continues = verify_consistency(
            frontier.size(),
            &frontier.root(),
            signed.size,
            &signed.root,
            &piece.proof,
        );
        if !continues {
            let what = "the log with it is not the beginning of the one that the server signed";
            return Err(differs(last.seq, what.to_owned()));
        }
        verify_batch(&signatures).map_err(|bad| {
            let seq = signed_at.get(bad).copied().unwrap_or(head);
            differs(
                seq,
                "its signature is not that of its device's key".to_owned(),
            )
        })?;
        if let Some((seq, what)) = vouching.first_unvouched() {
            return Err(differs(seq, what));
        }
        let unreadable = |error: LedgerError| {
            tracing::error!(workspace = %self.id(), %error, "the log could not be read");
            NotTakenBack::from(Unavailable::of(&error))
        };
        let closing = closings::first_false(&claims, &*self.ledger, &new).map_err(unreadable)?;
        if let Some(claim) = closing {
            let what = quarterdeck_core::closing::wrong_root(claim.size);
            return Err(differs(claim.seq, what));
        }
        let erasure = erasures::first_false(&claimed, &*self.ledger, &new).map_err(unreadable)?;
        if let Some((seq, what)) = erasure {
            return Err(differs(seq, what));
        }
        Ok(Sound {
            size: head,
            new,
            entries,
        })
    }
}

const fn nothing(size: u64) -> Sound {
    Sound {
        size,
        new: Vec::new(),
        entries: Vec::new(),
    }
}
