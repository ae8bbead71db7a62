//! Texts that are erased while the log is verified.

use quarterdeck_core::erase::{self, ErasedText, TextErased};
use quarterdeck_core::event::{Certifier, DeviceJoined, Event};
use quarterdeck_core::id::InvitationId;

use super::super::incoming::Prepared;
use super::*;

const DEVICE: DeviceId = DeviceId::from_bytes([0xd1; 16]);

/// Lets a device of the owner's in, and answers what it would push to erase the text of a note.
async fn on_the_owners_device(
    workspace: &Workspace,
    note: &quarterdeck_core::event::Entry,
) -> Incoming {
    let invitation = InvitationId::from_bytes([0x17; 16]);
    let (inviting, key) = (DeviceKey::from_seed([5; 32]), DeviceKey::from_seed([6; 32]));
    let issued = Body::InvitationIssued {
        invitation,
        member: ANA,
        key: inviting.public().0,
        expires: Timestamp::from_ms(1_800_000_000_000),
    };
    let id = workspace.id();
    let joined = Body::DeviceJoined(DeviceJoined {
        device: DEVICE,
        member: ANA,
        key: key.public().0,
        name: "lisbon".into(),
        certifier: Certifier::Invitation(invitation),
        certificate: inviting.sign_join(id.as_bytes(), DEVICE.as_bytes(), &key.public()),
    });
    let let_in = order(MemberId::nil(), vec![issued, joined]);
    workspace.author(let_in).await.unwrap();

    let texts = vec![ErasedText {
        place: "text".into(),
        tag: "k3f9q2".into(),
    }];
    let remains = quarterdeck_proto::encode_event(&erase::remains(&note.event, &texts).unwrap());
    let event = Event {
        id: EventId::from_bytes([0xf1; 16]),
        workspace: id,
        member: ANA,
        device: DEVICE,
        number: 1,
        previous: None,
        authored: Hlc::at(1_790_000_000_009),
        seen: workspace.head().size,
        remaining: 0,
        reason: Some("asked for".into()),
        undoes: None,
        source: None,
        body: Body::TextErased(TextErased {
            event: note.event.id,
            position: note.seq,
            remains: Sealed::new(remains.into(), [0; 16], None).body_hash(),
            texts,
        }),
    };
    let mut sealed = Sealed::new(
        quarterdeck_proto::encode_event(&event).into(),
        [7; 16],
        None,
    );
    let hash = sealed.hash();
    sealed.signature = Some(key.sign_command(&hash));
    Incoming {
        events: vec![Prepared {
            sealed,
            event,
            hash,
            signed_by: Some(key.public().0),
        }],
        unread: None,
    }
}

/// What remains of the note is vouched for by an event behind the head that was looked at first.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_whose_texts_are_erased_while_it_is_verified_is_gone_through_again() {
    let (workspace, ledger) = begun().await;
    workspace
        .author(order(ANA, vec![note("Ben is ill")]))
        .await
        .unwrap();
    let noted = workspace.entry(workspace.head().size).unwrap().unwrap();
    let erasing = on_the_owners_device(&workspace, &noted).await;
    let head = workspace.head();

    let workspace = Arc::new(workspace);
    let (pushing, runtime) = (Arc::clone(&workspace), tokio::runtime::Handle::current());
    *ledger.before_read.lock().unwrap() = Some(Box::new(move || {
        let who = Pusher {
            member: ANA,
            device: DEVICE,
        };
        let pushed = runtime.block_on(pushing.push(who, erasing)).unwrap();
        assert!(
            matches!(pushed.outcomes[..], [Outcome::Recorded(_)]),
            "{pushed:?}"
        );
    }));
    let verifying = Arc::clone(&workspace);
    let verified = tokio::task::spawn_blocking(move || verifying.verify(|_, _| true));
    let verified = verified.await.unwrap();
    assert_eq!(verified.finding, None);
    assert_eq!(verified.size, head.size + 1);
    // At the head that it began with, nobody vouches.
    let before = verify(&*ledger, &head, None, |_, _| true);
    assert!(before.is_unvouched, "{before:?}");
    // Whoever follows what is seen was told of the event as of any other.
    assert_eq!(*workspace.follow_published().borrow(), head.size + 1);
}
