//! What closings of cycles are bound to, over a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::token::CycleKind;
use support::quarter::root;
use support::{Running, Seen};

#[tokio::test]
async fn a_closing_is_bound_to_the_log_that_the_server_has() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let cycle = CycleId::from_bytes([3; 16]);
    let planned = Body::CycleCreated {
        cycle,
        name: "2026-Q3".into(),
        kind: CycleKind::Quarterly,
        starts: "2026-07-01".parse().unwrap(),
        ends: "2026-09-30".parse().unwrap(),
        parent: None,
    };
    let events = ana.author(vec![Command::Record(planned)]);
    ana.push_one(events).await;
    ana.pull().await;
    let position = ana.state.head;
    let root = root(&ana.log().await);
    let closed = |root| {
        vec![Command::Record(Body::CycleClosed {
            cycle,
            position,
            root,
        })]
    };
    let (number, tip) = (ana.number, ana.tip);
    let forged = ana.author(closed([6; 32]));
    let outcomes = ana.push_one(forged).await;
    assert!(
        matches!(outcomes.as_slice(), [Seen::Refused(Code::Invalid, _)]),
        "{outcomes:?}"
    );
    (ana.number, ana.tip) = (number, tip);
    let true_one = ana.author(closed(root));
    let outcomes = ana.push_one(true_one).await;
    assert_eq!(outcomes, [Seen::Recorded(position + 1)]);
}
