//! Push, pull, watch and proofs, over a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

mod support;

use quarterdeck_core::refusal::Code;
use quarterdeck_core::token::Role;
use quarterdeck_ledger::{Checkpoint, DeviceKey, Frontier, Sealed, merkle};
use quarterdeck_proto::v1;
use support::{Running, Seen, note, random, seen, soon, unwire, wire};
use tonic::Code as Grpc;

#[tokio::test]
async fn what_is_pushed_is_pulled_with_a_root_that_holds() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let head = ana.state.head;
    let first = ana.note("one");
    let pair = ana.author(vec![note("two"), note("three")]);
    let answers = ana.push(vec![first, pair]).await.unwrap();
    let outcomes: Vec<Vec<Seen>> = answers
        .into_iter()
        .map(|answer| answer.outcomes.into_iter().map(seen).collect())
        .collect();
    assert_eq!(
        outcomes,
        [
            vec![Seen::Recorded(head + 1)],
            vec![Seen::Recorded(head + 2), Seen::Recorded(head + 3)]
        ]
    );

    let parts = ana.parts(1).await.unwrap();
    let mut frontier = Frontier::default();
    for entry in parts.iter().flat_map(|part| &part.entries) {
        let sealed = unwire(entry.event.as_ref().unwrap());
        let id = *support::read(entry).event.id.as_bytes();
        let hash = sealed.hash();
        let entry = quarterdeck_ledger::Entry {
            seq: entry.seq,
            recorded: entry.recorded_ms,
            event_id: id,
            event: sealed,
            hash,
        };
        frontier.push(entry.leaf_hash(*ana.workspace.as_bytes()));
    }
    let last = parts.last().unwrap();
    assert_eq!(last.head, head + 3);
    let note = &last.checkpoint.as_ref().unwrap().note;
    let signed = Checkpoint::verify(note, ana.workspace.as_bytes(), &ana.server_key).unwrap();
    assert_eq!((signed.size, signed.root), (head + 3, frontier.root()));
}

#[tokio::test]
async fn a_pull_resumes_anywhere_and_a_client_ahead_of_the_log_hears_of_it() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let head = ana.state.head;
    let none = ana.parts(head + 1).await.unwrap();
    assert_eq!(none.len(), 1);
    assert!(none[0].entries.is_empty() && none[0].checkpoint.is_some());
    let request = ana.request(v1::PullRequest {
        first_seq: 2,
        limit: 1,
    });
    let mut cut = ana.client.pull(request).await.unwrap().into_inner();
    let part = cut.message().await.unwrap().unwrap();
    assert_eq!(
        part.entries
            .iter()
            .map(|entry| entry.seq)
            .collect::<Vec<_>>(),
        [2]
    );
    assert!(
        part.checkpoint.is_none(),
        "a signed head for a part that does not reach it"
    );
    assert!(cut.message().await.unwrap().is_none());
    let ahead = ana.parts(head + 2).await;
    support::assert_status(ahead, Grpc::OutOfRange, "LOG_IS_SHORTER");
}

#[tokio::test]
async fn nobody_has_seen_what_is_not_in_the_log() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    ana.state.head += 10;
    let events = ana.note("knows the future");
    let refused = ana.push(vec![events]).await;
    support::assert_status(refused, Grpc::OutOfRange, "LOG_IS_SHORTER");
}

#[tokio::test]
async fn a_repeated_push_gets_its_first_answer() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let seq = ana.state.head + 1;
    let events = ana.author(vec![note("one"), note("two")]);
    assert_eq!(
        ana.push_one(events.clone()).await,
        [Seen::Recorded(seq), Seen::Recorded(seq + 1)]
    );
    assert_eq!(
        ana.push_one(events.clone()).await,
        [Seen::Already(seq), Seen::Already(seq + 1)]
    );
    // Also within one push, and followed by something new.
    let third = ana.note("three");
    let twice = ana.push(vec![third.clone(), third, events]).await.unwrap();
    let outcomes: Vec<_> = twice
        .into_iter()
        .flat_map(|answer| answer.outcomes)
        .map(seen)
        .collect();
    let expected = [
        Seen::Recorded(seq + 2),
        Seen::Already(seq + 2),
        Seen::Already(seq),
        Seen::Already(seq + 1),
    ];
    assert_eq!(outcomes, expected);
}

#[tokio::test]
async fn a_gap_names_the_number_wanted_and_a_copied_folder_is_told_apart() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let (number, tip) = (ana.number, ana.tip);
    let first = ana.note("one");
    let second = ana.note("two");
    assert_eq!(
        ana.push_one(second).await,
        [Seen::Refused(Code::Gap, Some(1))]
    );
    ana.push_one(first).await;
    // The same number with another content.
    (ana.number, ana.tip) = (number, tip);
    let other = ana.note("another one");
    assert_eq!(
        ana.push_one(other).await,
        [Seen::Refused(Code::Forked, None)]
    );
    // The next number, but on top of another history.
    let on_top = ana.note("on top of it");
    assert_eq!(
        ana.push_one(on_top).await,
        [Seen::Refused(Code::Forked, None)]
    );
}

#[tokio::test]
async fn a_refusal_ends_its_batch_and_keeps_what_came_before() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let head = ana.state.head;
    let good = ana.note("good");
    let mut pair = ana.author(vec![note("half"), note("other half")]);
    let after = ana.note("after");
    // The signature is another one's.
    pair[1].signature = DeviceKey::from_seed(random())
        .sign_command(&[0; 32])
        .to_vec();
    let batch = [good, pair, after].concat();
    assert_eq!(
        ana.push_one(batch).await,
        [
            Seen::Recorded(head + 1),
            Seen::Refused(Code::BadSignature, None)
        ]
    );
    ana.pull().await;
    assert_eq!(ana.state.head, head + 1);
}

#[tokio::test]
async fn a_command_comes_whole_and_signed_once() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let pair = ana.author(vec![note("half"), note("other half")]);
    let broken = [Seen::Refused(Code::BrokenCommand, None)];
    assert_eq!(ana.push_one(vec![pair[0].clone()]).await, broken);
    let mut unsigned = pair.clone();
    unsigned[1].signature.clear();
    assert_eq!(ana.push_one(unsigned).await, broken);
    let mut both = pair.clone();
    both[0].signature.clone_from(&pair[1].signature);
    assert_eq!(ana.push_one(both).await, broken);
    let mut swapped = pair.clone();
    swapped.swap(0, 1);
    assert!(matches!(
        ana.push_one(swapped).await[..],
        [Seen::Refused(..)]
    ));
    assert!(matches!(
        ana.push_one(pair).await[..],
        [Seen::Recorded(_), Seen::Recorded(_)]
    ));
}

#[tokio::test]
async fn an_event_of_the_far_future_is_refused() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    server.step(2 * 24 * 60 * 60 * 1000);
    let ahead = ana.note("from tomorrow's tomorrow");
    server
        .clock
        .store(support::START, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(
        ana.push_one(ahead).await,
        [Seen::Refused(Code::FarFuture, None)]
    );
}

#[tokio::test]
async fn anothers_events_and_another_workspaces_are_refused() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let mut ben = server.device("ben", Role::Editor).await;
    let anas = ana.note("ana's");
    assert_eq!(
        ben.push_one(anas).await,
        [Seen::Refused(Code::WrongAuthor, None)]
    );
    let elsewhere = Running::start().await;
    let mut stranger = elsewhere.owner().await;
    let strange = stranger.note("elsewhere");
    assert_eq!(
        ana.push_one(strange).await,
        [Seen::Refused(Code::WrongWorkspace, None)]
    );
}

#[tokio::test]
async fn roles_hold_for_every_event() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let mut eve = server.device("eve", Role::Viewer).await;
    // A device that does not ask its own rule book: what it sends is refused all the same.
    let owner = ana.member;
    ana.pull().await;
    let viewer = eve.member;
    eve.member = owner;
    let forged = eve.note("in ana's name");
    assert_eq!(
        eve.push_one(forged).await,
        [Seen::Refused(Code::WrongAuthor, None)]
    );
    eve.member = viewer;
    (eve.number, eve.tip) = (0, None);
    let mut state = eve.state.clone();
    state.members.get_mut(&viewer).unwrap().role = Role::Owner;
    std::mem::swap(&mut eve.state, &mut state);
    let bold = eve.note("a viewer's note");
    assert_eq!(
        eve.push_one(bold).await,
        [Seen::Refused(Code::Forbidden, None)]
    );
}

#[tokio::test]
async fn arbitrary_bytes_are_refused_and_do_no_harm() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    for length in [1, 2, 7, 16, 64, 300, 4_000] {
        for _ in 0..20 {
            let mut body = vec![0; length];
            getrandom::fill(&mut body).unwrap();
            let sealed = Sealed::new(body.into(), random(), Some([0; 64]));
            let outcomes = ana.push_one(vec![wire(sealed)]).await;
            assert!(matches!(outcomes[..], [Seen::Refused(..)]), "{outcomes:?}");
        }
    }
    // A real event with bytes turned over.
    let good = ana.note("good");
    for at in 0..good[0].body.len() {
        let mut body = good[0].body.to_vec();
        body[at] ^= 0x15;
        let bad = v1::SealedEvent {
            body: body.into(),
            ..good[0].clone()
        };
        match ana.push(vec![vec![bad]]).await {
            Ok(mut answers) => {
                let outcomes: Vec<_> = answers.remove(0).outcomes.into_iter().map(seen).collect();
                assert!(
                    matches!(outcomes[..], [Seen::Refused(..)]),
                    "byte {at}: {outcomes:?}"
                );
            }
            // It now says that it has seen what is not in the log.
            Err(status) => assert_eq!(support::reason(&status), "LOG_IS_SHORTER", "byte {at}"),
        }
    }
    assert!(matches!(ana.push_one(good).await[..], [Seen::Recorded(_)]));
}

#[tokio::test]
async fn too_much_at_once_is_refused_by_name() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let event = ana.note("one")[0].clone();
    let many = ana.push(vec![vec![event.clone(); 1_001]]).await;
    support::assert_status(many, Grpc::InvalidArgument, "INVALID");
    let large = v1::SealedEvent {
        body: vec![0; 60_000].into(),
        ..event.clone()
    };
    let heavy = ana.push(vec![vec![large; 20]]).await;
    support::assert_status(heavy, Grpc::InvalidArgument, "INVALID");
    let beyond = v1::SealedEvent {
        body: vec![0; 70_000].into(),
        ..event.clone()
    };
    assert_eq!(
        ana.push_one(vec![beyond]).await,
        [Seen::Refused(Code::TooLarge, None)]
    );
    let message = v1::SealedEvent {
        body: vec![0; 5_000_000].into(),
        ..event
    };
    assert_eq!(
        ana.push(vec![vec![message]]).await.unwrap_err().code(),
        Grpc::OutOfRange
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_pushes_lose_nothing() {
    const DEVICES: usize = 8;
    const NOTES: u64 = 25;
    let server = Running::start().await;
    let mut devices = Vec::new();
    for n in 0..DEVICES {
        devices.push(
            server
                .device(&format!("member {n}"), Role::Contributor)
                .await,
        );
    }
    let work: Vec<_> = devices
        .into_iter()
        .map(|mut device| {
            tokio::spawn(async move {
                let mut seqs = Vec::new();
                for n in 0..NOTES {
                    let events = device.note(&format!("note {n}"));
                    match device.push_one(events).await[..] {
                        [Seen::Recorded(seq)] => seqs.push(seq),
                        ref other => panic!("{other:?}"),
                    }
                }
                seqs
            })
        })
        .collect();
    let mut all = Vec::new();
    for done in work {
        let seqs = done.await.unwrap();
        assert!(seqs.is_sorted(), "one device's events out of order");
        all.extend(seqs);
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len() as u64, DEVICES as u64 * NOTES);
    let mut ana = server.owner().await;
    ana.pull().await;
    assert_eq!(ana.state.notes.len(), all.len());
}

#[tokio::test]
async fn a_push_that_is_cut_short_can_be_sent_again() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let head = ana.state.head;
    let batches: Vec<_> = (0..20).map(|n| ana.note(&format!("note {n}"))).collect();
    // The client hangs up after the first answer, with the other batches under way.
    let requests: Vec<_> = batches
        .iter()
        .cloned()
        .map(|events| v1::PushRequest { events })
        .collect();
    let request = ana.request(tokio_stream::iter(requests));
    let mut answers = ana.client.push(request).await.unwrap().into_inner();
    answers.message().await.unwrap().unwrap();
    drop(answers);

    let answers = ana.push(batches).await.unwrap();
    let places: Vec<u64> = answers
        .into_iter()
        .flat_map(|answer| answer.outcomes)
        .map(|outcome| match seen(outcome) {
            Seen::Recorded(seq) | Seen::Already(seq) => seq,
            Seen::Refused(code, _) => panic!("{code:?}"),
        })
        .collect();
    assert_eq!(places, (head + 1..head + 21).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_watch_goes_live_and_ends_with_the_server() {
    let mut server = Running::start().await;
    let mut ana = server.owner().await;
    let mut ben = server.device("ben", Role::Editor).await;
    ana.pull().await;
    let head = ana.state.head;
    let request = ana.request(v1::WatchRequest {
        first_seq: head + 1,
    });
    let mut watch = ana.client.watch(request).await.unwrap().into_inner();
    let begun = soon(watch.message()).await.unwrap().unwrap();
    assert!(begun.entries.is_empty() && begun.head == head);
    for n in 1..=3 {
        let events = ben.note(&format!("note {n}"));
        ben.push_one(events).await;
        let live = soon(watch.message()).await.unwrap().unwrap();
        assert_eq!(live.entries[0].seq, head + n);
        let note = live.checkpoint.unwrap().note;
        Checkpoint::verify(&note, ana.workspace.as_bytes(), &ana.server_key).unwrap();
    }
    let (ended, ()) = soon(async { tokio::join!(watch.message(), server.stop()) }).await;
    support::assert_status(ended, Grpc::Unavailable, "STOPPING");
}

#[tokio::test]
async fn proofs_hold() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    for n in 0..9 {
        let events = ana.note(&format!("note {n}"));
        ana.push_one(events).await;
    }
    let verify =
        |note: &str| Checkpoint::verify(note, ana.workspace.as_bytes(), &ana.server_key).unwrap();
    let request = ana.request(v1::GetCheckpointRequest {});
    let answer = ana
        .client
        .clone()
        .get_checkpoint(request)
        .await
        .unwrap()
        .into_inner();
    let head = verify(&answer.checkpoint.unwrap().note);
    let entries: Vec<_> = {
        let mut client = ana.client.clone();
        let parts = client.pull(ana.request(v1::PullRequest::default())).await;
        let mut parts = parts.unwrap().into_inner();
        let mut all = Vec::new();
        while let Some(part) = parts.message().await.unwrap() {
            all.extend(part.entries);
        }
        all
    };
    let hashes = |hashes: Vec<Vec<u8>>| -> Vec<[u8; 32]> {
        hashes
            .into_iter()
            .map(|hash| hash.try_into().unwrap())
            .collect()
    };
    for entry in &entries {
        let request = ana.request(v1::GetInclusionProofRequest {
            seq: entry.seq,
            size: 0,
        });
        let proof = ana
            .client
            .clone()
            .get_inclusion_proof(request)
            .await
            .unwrap()
            .into_inner();
        let event = unwire(entry.event.as_ref().unwrap());
        let leaf = quarterdeck_ledger::Entry {
            seq: entry.seq,
            recorded: entry.recorded_ms,
            event_id: *support::read(entry).event.id.as_bytes(),
            hash: event.hash(),
            event,
        }
        .leaf_hash(*ana.workspace.as_bytes());
        let hashes = hashes(proof.hashes);
        let holds =
            merkle::verify_inclusion(&head.root, proof.size, proof.leaf_index, &leaf, &hashes);
        assert!(holds, "entry {}", entry.seq);
    }
    let request = ana.request(v1::GetConsistencyProofRequest {
        old_size: 5,
        new_size: 0,
    });
    let proof = ana
        .client
        .clone()
        .get_consistency_proof(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!((proof.old_size, proof.new_size), (5, head.size));
    let mut early = Frontier::default();
    for entry in entries.iter().take(5) {
        let event = unwire(entry.event.as_ref().unwrap());
        let entry = quarterdeck_ledger::Entry {
            seq: entry.seq,
            recorded: entry.recorded_ms,
            event_id: *support::read(entry).event.id.as_bytes(),
            hash: event.hash(),
            event,
        };
        early.push(entry.leaf_hash(*ana.workspace.as_bytes()));
    }
    let holds = merkle::verify_consistency(
        5,
        &early.root(),
        head.size,
        &head.root,
        &hashes(proof.hashes),
    );
    assert!(holds);
    let request = ana.request(v1::GetInclusionProofRequest {
        seq: head.size + 1,
        size: 0,
    });
    let none = ana.client.clone().get_inclusion_proof(request).await;
    support::assert_status(none, Grpc::InvalidArgument, "INVALID");
}
