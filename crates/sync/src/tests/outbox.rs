//! The bytes of outbox and shelf, frozen.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::{Body, Event};
use quarterdeck_core::id::{DeviceId, EventId, MemberId, WorkspaceId};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::Subject;
use quarterdeck_ledger::DeviceKey;

use super::NOW;
use crate::chain::seal;
use crate::command::PendingCommand;
use crate::outbox::Outbox;
use crate::planner::Shelved;
use crate::record::Record;
use crate::repair::unsent;
use crate::shelf::Shelf;
use crate::{Options, ReplicaError};

fn command() -> PendingCommand {
    numbered(1)
}

fn numbered(first: u64) -> PendingCommand {
    let key = DeviceKey::from_seed([7; 32]);
    let event = |number, remaining, text: &str| Event {
        id: EventId::from_bytes([number as u8; 16]),
        workspace: WorkspaceId::from_bytes([1; 16]),
        member: MemberId::from_bytes([2; 16]),
        device: DeviceId::from_bytes([3; 16]),
        number,
        previous: None,
        authored: Hlc {
            wall: NOW,
            counter: 0,
        },
        seen: 4,
        remaining,
        reason: None,
        undoes: None,
        body: Body::NoteAdded {
            about: Subject::Workspace,
            kind: NoteKind::Comment,
            text: text.to_owned(),
        },
        source: None,
    };
    let events = vec![
        seal(event(first, 1, "first"), [8; 16], None),
        seal(event(first + 1, 0, "second"), [9; 16], Some(&key)),
    ];
    PendingCommand::new(events).unwrap()
}

fn shelved() -> Shelved {
    refused(command())
}

fn refused(command: PendingCommand) -> Shelved {
    Shelved {
        at: Timestamp::from_ms(NOW),
        refusal: Refusal::new(Code::NotFound, "There is no such thing.").hint("look again"),
        depends_on: Some(EventId::from_bytes([5; 16])),
        command,
    }
}

/// Compares with a golden file; a missing one is written, to be looked at and kept.
fn golden(name: &str, bytes: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if !path.exists() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    assert_eq!(
        fs::read(&path).unwrap(),
        bytes,
        "{name} is frozen: what devices hold must go on to read"
    );
}

#[test]
fn the_files_are_frozen_and_read_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut outbox = Outbox::open(dir.path()).unwrap();
    outbox.push(command()).unwrap();
    outbox.mark_sent(2).unwrap();
    golden("outbox.bin", &fs::read(dir.path().join("outbox")).unwrap());
    let again = Outbox::open(dir.path()).unwrap();
    assert_eq!(again.content(), outbox.content());
    assert_eq!(
        (again.content().sent, again.content().clock),
        (
            2,
            Hlc {
                wall: NOW,
                counter: 0
            }
        )
    );

    let mut shelf = Shelf::open(dir.path(), &Default::default()).unwrap();
    shelf.push(vec![shelved()]).unwrap();
    golden("shelf.bin", &fs::read(dir.path().join("shelf")).unwrap());
    assert_eq!(
        Shelf::open(dir.path(), &Default::default())
            .unwrap()
            .items(),
        [shelved()]
    );
    // What is still pending is not on the shelf: a crash came between the two.
    let pending = [shelved().id()].into_iter().collect();
    assert!(
        Shelf::open(dir.path(), &pending)
            .unwrap()
            .items()
            .is_empty()
    );
}

#[test]
fn an_emptied_outbox_keeps_the_clock() {
    let dir = tempfile::tempdir().unwrap();
    let mut outbox = Outbox::open(dir.path()).unwrap();
    outbox.push(command()).unwrap();
    let clock = outbox.content().clock;
    outbox.replace(Vec::new(), 0, clock).unwrap();
    let again = Outbox::open(dir.path()).unwrap();
    assert!(again.content().commands.is_empty());
    assert_eq!(
        again.content().clock,
        Hlc {
            wall: NOW,
            counter: 0
        }
    );
}

/// Flips a bit here and there, one at a time; where the file does not open any more, it does once it is mended.
/// Answers, for each, how many of its commands are left.
fn mended(file: &str, open: &dyn Fn(&Path) -> Result<usize, ReplicaError>) -> Vec<usize> {
    let dir = tempfile::tempdir().unwrap();
    let (mut outbox, commands) = (Outbox::open(dir.path()).unwrap(), [1, 3, 5].map(numbered));
    for command in &commands {
        outbox.push(command.clone()).unwrap();
    }
    let mut shelf = Shelf::open(dir.path(), &Default::default()).unwrap();
    shelf.push(commands.map(refused).to_vec()).unwrap();
    let path = dir.path().join(file);
    let whole = fs::read(&path).unwrap();
    let left = (0..whole.len()).step_by(5).map(|at| {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        fs::write(&path, &damaged).unwrap();
        match open(dir.path()) {
            // The last one, which may have been cut short.
            Ok(commands) => assert_eq!(commands, 2),
            Err(ReplicaError::Damaged { .. }) => {
                let [mended] = &unsent(dir.path(), Options::default(), NOW).unwrap()[..] else {
                    panic!("nothing was mended for byte {at}");
                };
                assert!(mended.damaged.iter().any(|bytes| bytes.contains(&at)));
                let kept = fs::read(mended.evidence.join(file)).unwrap();
                assert_eq!(kept, damaged, "the damaged file is evidence");
                assert_eq!(open(dir.path()).unwrap(), mended.commands);
            }
            Err(other) => panic!("{other}"),
        }
        open(dir.path()).unwrap()
    });
    left.collect()
}

#[test]
fn damage_costs_the_command_that_it_hit_and_no_other() {
    let commands = |dir: &Path| Outbox::open(dir).map(|outbox| outbox.content().commands.len());
    let left = mended("outbox", &commands);
    // The name of the format costs none.
    assert!(left[0] == 3 && left.iter().all(|left| *left >= 2));

    let shelf = |dir: &Path| Shelf::open(dir, &Default::default()).map(|shelf| shelf.items().len());
    let left = mended("shelf", &shelf);
    assert!(left[0] == 3 && left.iter().all(|left| *left >= 2));
}

/// Where it stands how far it was sent may be what cannot be read: nothing of it is numbered anew then.
#[test]
fn what_is_read_of_a_damaged_outbox_may_have_been_sent() {
    let dir = tempfile::tempdir().unwrap();
    let mut outbox = Outbox::open(dir.path()).unwrap();
    for first in [1, 3, 5] {
        outbox.push(numbered(first)).unwrap();
    }
    assert_eq!(outbox.content().sent, 0);
    let path = dir.path().join("outbox");
    let mut damaged = fs::read(&path).unwrap();
    damaged[100] ^= 1;
    fs::write(&path, damaged).unwrap();
    unsent(dir.path(), Options::default(), NOW).unwrap();
    let mended = Outbox::open(dir.path()).unwrap();
    assert_eq!(mended.content().commands, [3, 5].map(numbered));
    assert_eq!(mended.content().sent, 6);
}

#[test]
fn what_a_newer_okr_wrote_is_left_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox");
    fs::write(&path, "quarterdeck-outbox/2\nwhatever it is").unwrap();
    assert!(matches!(
        Outbox::open(dir.path()),
        Err(ReplicaError::Newer { .. })
    ));
    let refused = unsent(dir.path(), Options::default(), NOW);
    assert!(
        matches!(refused, Err(ReplicaError::Newer { .. })),
        "{refused:?}"
    );
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(bytes: Vec<u8>, at: prop::sample::Index, bit in 0u8..8) {
        let _ = Record::read(&bytes);
        for record in [Record::Refused(shelved()), Record::Command(command()), Record::Sent(7)] {
            let mut written = record.write();
            prop_assert_eq!(Record::read(&written), Some(record));
            let index = at.index(written.len());
            written[index] ^= 1 << bit;
            let _ = Record::read(&written);
            let _ = Record::read(&written[..index]);
        }
    }
}
