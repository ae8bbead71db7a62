//! Going through a whole log: every entry against its hash, every device's chain, every signature
//! and certificate, the root, and the roots that closings are bound to.

use quarterdeck_core::admit::Link;
use quarterdeck_core::closing;
use quarterdeck_core::state::State;
use quarterdeck_ledger::claims::Claim;
use quarterdeck_ledger::{Frontier, Hash, Ledger, LedgerError, PublicKey};

use super::identity::Identity;
use super::projection::read_entry;
use super::{closings, credentials};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    /// The size of the log that was gone through.
    pub(crate) size: u64,
    /// The root that its entries come to.
    pub(crate) root: Hash,
    /// What is wrong, and at which position; none where all is well.
    pub(crate) finding: Option<(u64, String)>,
}

const READ_ENTRIES: usize = 2_048;
const READ_BYTES: usize = 4 << 20;

/// Verifies the log as far as it goes now. `progress` gets how many entries were checked; saying
/// `false` stops it.
pub(super) fn verify(
    ledger: &dyn Ledger,
    identity: &Identity,
    mut progress: impl FnMut(u64, u64) -> bool,
) -> Verified {
    let head = ledger.head();
    let mut frontier = Frontier::default();
    let mut state = State::default();
    let mut finding = None;
    let mut claims = Vec::new();
    'log: while frontier.size() < head.size {
        let entries = match ledger.read(frontier.size() + 1, READ_ENTRIES, READ_BYTES) {
            Ok(entries) => entries,
            Err(error) => {
                finding = Some(place_of(&error, frontier.size() + 1));
                break;
            }
        };
        for entry in entries
            .into_iter()
            .take_while(|entry| entry.seq <= head.size)
        {
            match check(ledger, identity, &mut state, &entry) {
                Ok(claim) => claims.extend(claim),
                Err(what) => {
                    finding = Some((entry.seq, what));
                    break 'log;
                }
            }
            frontier.push(entry.leaf_hash(ledger.workspace()));
        }
        if !progress(frontier.size(), head.size) {
            break;
        }
    }
    let root = frontier.root();
    if finding.is_none() && frontier.size() == head.size && root != head.root {
        let what = "the entries do not come to the root that was signed; keep a copy of the data \
                    folder, then restore the workspace from a backup";
        finding = Some((head.size, what.to_owned()));
    }
    if finding.is_none() {
        finding = match closings::first_false(&claims, ledger, &[]) {
            Ok(found) => found.map(|claim| (claim.seq, closing::wrong_root(claim.size))),
            Err(error) => Some(place_of(&error, head.size)),
        };
    }
    Verified {
        size: frontier.size(),
        root,
        finding,
    }
}

fn check(
    ledger: &dyn Ledger,
    identity: &Identity,
    state: &mut State,
    recorded: &quarterdeck_ledger::Entry,
) -> Result<Option<Claim>, String> {
    let entry = read_entry(ledger, recorded).map_err(|error| error.to_string())?;
    if entry.recorded < state.recorded {
        return Err("it was recorded before the entry ahead of it".to_owned());
    }
    match state.link(&entry.event) {
        Ok(Link::Next) => {}
        Ok(Link::Taken(_)) => return Err("its device's number was taken before".to_owned()),
        Err(refusal) => return Err(refusal.message),
    }
    if entry.event.remaining == 0 {
        let signed = state
            .signing_key(&entry.event)
            .zip(recorded.event.signature);
        if !signed
            .is_some_and(|(key, signature)| PublicKey(key).verify_command(&entry.hash, &signature))
        {
            return Err("its signature is not that of its device's key".to_owned());
        }
    }
    credentials::check(state, identity, &entry.event).map_err(|refusal| refusal.message)?;
    let claim = closings::claim(state, entry.seq, &entry.event);
    state.apply(&entry);
    Ok(claim)
}

fn place_of(error: &LedgerError, next: u64) -> (u64, String) {
    let seq = match error {
        LedgerError::Damaged { seq, .. } => *seq,
        _ => next,
    };
    (seq, error.to_string())
}
