//! What a log and its store are made of.

use std::cell::RefCell;
use std::path::PathBuf;

use bytes::Bytes;
use prost::Message;
use quarterdeck_core::canonical;
use quarterdeck_core::event::Body;
use quarterdeck_core::state::State;
use quarterdeck_ledger::envelope::{Envelope, LENGTH};
use quarterdeck_ledger::fuzzing as ledger;
use quarterdeck_proto::limits::MAX_EVENT_BYTES;
use quarterdeck_proto::{Sealed, decode_event, encode_event, v1};

/// An encoded event: what is read is written so that it reads as before, and has its place in the fold.
pub(crate) fn event(bytes: &[u8]) {
    let Ok(event) = decode_event(bytes) else {
        return;
    };
    assert!(bytes.len() <= MAX_EVENT_BYTES);
    // What a newer version wrote is kept as it came: nobody encodes it again.
    if !matches!(event.body, Body::Unknown { .. }) {
        let written = encode_event(&event);
        assert_eq!(decode_event(&written).as_ref(), Ok(&event));
        assert!(written.len() <= MAX_EVENT_BYTES);
    }
    assert!(!event.body.kind().is_empty());
    let _ = event.subjects();
}

/// Decodes, encodes and decodes again.
fn preserved<M: Message + Default + PartialEq>(bytes: &[u8]) -> Option<M> {
    let read = M::decode(bytes).ok()?;
    let again = M::decode(&*read.encode_to_vec());
    assert!(again.is_ok_and(|again| again == read));
    Some(read)
}

/// Messages of the protocol, among them a sealed event.
pub(crate) fn message(bytes: &[u8]) {
    if let Some(sealed) = preserved::<v1::SealedEvent>(bytes)
        && let Ok(taken) = Sealed::try_from(sealed.clone())
    {
        assert!((1..=MAX_EVENT_BYTES).contains(&taken.body.len()));
        assert_eq!(v1::SealedEvent::from(taken), sealed);
    }
    preserved::<v1::Event>(bytes);
    preserved::<v1::PushRequest>(bytes);
    preserved::<v1::PullResponse>(bytes);
    preserved::<v1::JoinRequest>(bytes);
    preserved::<v1::HostWorkspaceRequest>(bytes);
    preserved::<v1::EditRequest>(bytes);
    preserved::<v1::GetReportRequest>(bytes);
}

/// A leaf of the tree.
pub(crate) fn envelope(bytes: &[u8]) {
    let Some(leaf) = bytes.first_chunk::<LENGTH>() else {
        return;
    };
    if let Some(read) = Envelope::decode(leaf) {
        assert_eq!(read.encode(), *leaf);
    }
}

/// A value of the store.
pub(crate) fn frame(bytes: &[u8]) {
    ledger::frame(bytes);
}

/// The newest entries.
pub(crate) fn tail(bytes: &[u8]) {
    ledger::tail(bytes);
}

/// The high-water mark.
pub(crate) fn mark(bytes: &[u8]) {
    ledger::mark(bytes);
}

thread_local! {
    /// A file of this process alone, in memory where the system has files there.
    static PACK: RefCell<PathBuf> = RefCell::new({
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
        let thread = format!("{:?}", std::thread::current().id());
        let thread: String = thread.chars().filter(char::is_ascii_digit).collect();
        folder.join(format!("quarterdeck-fuzz-{}-{thread}", std::process::id()))
    });
}

/// What is kept beside a log: blobs, indexes, snapshots, postings.
pub(crate) fn derived(bytes: &[u8]) {
    ledger::derived(bytes);
    PACK.with_borrow(|path| {
        quarterdeck_projection::fuzzing::derived(bytes, path);
        let _ = std::fs::remove_file(path);
    });
    let _ = Bytes::copy_from_slice(bytes);
}

/// A state as a snapshot has it: whatever it holds, it can be told.
pub(crate) fn state(bytes: &[u8]) {
    let Ok(state) = postcard::from_bytes::<State>(bytes) else {
        return;
    };
    state.load_check_ins();
    let told = canonical::json(&state).expect("a state can be told");
    let again = postcard::to_stdvec(&state).expect("a state can be kept");
    let again: State = postcard::from_bytes(&again).expect("what is kept can be read");
    assert_eq!(canonical::json(&again).ok(), Some(told));
}
