//! Going through a whole log: every entry against its hash, every device's chain, every signature
//! and certificate, the root, and the roots that closings are bound to.

use quarterdeck_core::admit::Link;
use quarterdeck_core::closing;
use quarterdeck_core::erase::Vouching;
use quarterdeck_core::event::Entry;
use quarterdeck_core::state::State;
use quarterdeck_ledger::claims::Claim;
use quarterdeck_ledger::{
    Broken, Frontier, Hash, Head, Ledger, LedgerError, PublicKey, Signature, Signed, walk,
};

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
    /// Who has to sign its head, and what it is called: what the log itself says.
    pub(crate) authority: Option<PublicKey>,
    pub(crate) name: String,
    /// Whether a server is its authority.
    pub(crate) served: bool,
    /// Whether its last command is all there.
    pub(crate) whole: bool,
    /// Whether what is wrong is that nobody vouches, up to its end, for what remains of an entry.
    pub(crate) is_unvouched: bool,
    /// What is wrong, and at which position; none where all is well.
    pub(crate) finding: Option<(u64, String)>,
}

/// Verifies the log up to a head of it, on all cores. `identity` is the server's own in it, where that is
/// known. `progress` gets how many entries were checked; saying `false` stops it.
pub(crate) fn verify(
    ledger: &dyn Ledger,
    head: &Head,
    identity: Option<&Identity>,
    mut progress: impl FnMut(u64, u64) -> bool,
) -> Verified {
    let mut frontier = Frontier::default();
    let mut state = State::default();
    let mut claims = Vec::new();
    let mut whole = true;
    let mut vouching = Vouching::default();
    let walked = walk(
        ledger,
        head.size,
        &|entry| read_entry(ledger, entry).map_err(|error| error.to_string()),
        &mut |walked| {
            let entry = walked.prepared?;
            if *entry.event.id.as_bytes() != walked.entry.event_id {
                return Err("its leaf names another event".to_owned());
            }
            let sealed = &walked.entry.event;
            let remains = sealed.is_erased().then(|| sealed.body_hash());
            vouching.follow(&state, &entry, remains)?;
            let (signed, claim) = check(identity, &mut state, sealed.signature, &entry)?;
            claims.extend(claim);
            whole = entry.event.remaining == 0;
            frontier.push(walked.leaf);
            Ok(signed)
        },
        &mut |done| progress(done, head.size),
    );
    let mut finding = walked.err().map(|broken| match broken {
        Broken::Ledger(error) => place_of(&error, frontier.size() + 1),
        Broken::Entry { seq, what } => (seq, what),
        Broken::Signature { seq } => (
            seq,
            "its signature is not that of its device's key".to_owned(),
        ),
    });
    let root = frontier.root();
    if finding.is_none() && frontier.size() == head.size && root != head.root {
        let what = "the entries do not come to the root that was signed; keep a copy of the data \
                    folder, then restore the workspace from a backup";
        finding = Some((head.size, what.to_owned()));
    }
    let mut is_unvouched = false;
    if finding.is_none() && frontier.size() == head.size {
        finding = vouching.first_unvouched();
        is_unvouched = finding.is_some();
        finding = finding.or_else(|| vouching.first_kept());
    }
    if finding.is_none() {
        finding = match closings::first_false(&claims, ledger, &[]) {
            Ok(found) => found.map(|claim| (claim.seq, closing::wrong_root(claim.size))),
            Err(error) => Some(place_of(&error, head.size)),
        };
    }
    let own = identity.zip(identity.and_then(|own| state.devices.get(&own.device)));
    if finding.is_none() && own.is_some_and(|(own, named)| !own.has(named.key)) {
        let what = "the log names another key of the server than the file `key` beside it holds: restore \
                    that file from the newest backup";
        finding = Some((head.size, what.to_owned()));
    }
    let known = state.workspace.as_ref();
    Verified {
        size: frontier.size(),
        root,
        authority: known
            .and_then(|known| state.devices.get(&known.authority))
            .map(|device| PublicKey(device.key)),
        name: known.map(|known| known.name.clone()).unwrap_or_default(),
        whole,
        is_unvouched,
        served: known.is_some_and(|known| known.served),
        finding,
    }
}

/// Checks the next entry but for its signature, which is answered where it has to have one.
pub(super) fn check(
    identity: Option<&Identity>,
    state: &mut State,
    signature: Option<Signature>,
    entry: &Entry,
) -> Result<(Option<Signed>, Option<Claim>), String> {
    if entry.recorded < state.recorded {
        return Err("it was recorded before the entry ahead of it".to_owned());
    }
    match state.link(&entry.event) {
        Ok(Link::Next) => {}
        Ok(Link::Taken(_)) => return Err("its device's number was taken before".to_owned()),
        Err(refusal) => return Err(refusal.message),
    }
    let signed = if entry.event.remaining == 0 {
        let signed = state
            .signing_key(&entry.event)
            .zip(signature)
            .map(|(key, signature)| (PublicKey(key), entry.hash, signature));
        Some(signed.ok_or("its signature is not that of its device's key")?)
    } else {
        None
    };
    credentials::check(state, identity, false, &entry.event).map_err(|refusal| refusal.message)?;
    let claim = closings::claim(state, entry.seq, &entry.event);
    state.apply(entry);
    Ok((signed, claim))
}

fn place_of(error: &LedgerError, next: u64) -> (u64, String) {
    let seq = match error {
        LedgerError::Damaged { seq, .. } => *seq,
        _ => next,
    };
    (seq, error.to_string())
}
