//! History that was changed, words put into mouths, two histories, and proofs that prove nothing.

use std::fs;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::{Body, Certifier, DeviceJoined, Event};
use quarterdeck_core::id::{DeviceId, EventId, InvitationId, MemberId};
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::Subject;
use quarterdeck_ledger::{Checkpoint, DeviceKey, Hash, fingerprint};

use super::{Liar, Scene};
use crate::tests::model::{Model, Server};
use crate::tests::{NOW, Seeded, note};
use crate::{Replica, compare, sync};

#[tokio::test]
async fn history_that_was_rewritten_reordered_cut_or_rolled_back_is_refused() {
    type Change = fn(&mut Model);
    let changes: [(&str, Change); 4] = [
        ("histories differ", |model| {
            // A check-in was never so late: the time of recording is the server's own word.
            model.log[9].recorded -= 1;
            model.log[8].recorded -= 1;
            model.rebuild();
        }),
        ("histories differ", |model| {
            model.log.swap(9, 12);
            model.log[9].seq = 10;
            model.log[12].seq = 13;
            model.rebuild();
        }),
        ("it recorded before", |model| {
            model.log.truncate(12);
            model.rebuild();
        }),
        ("histories differ", |model| {
            let earlier = model.log.len() - 3;
            model.log.truncate(earlier);
            for _ in 0..6 {
                let mut again = model.log[earlier - 1].clone();
                again.seq = model.log.len() as u64 + 1;
                model.log.push(again);
            }
            model.rebuild();
        }),
    ];
    for (words, change) in changes {
        let mut scene = Scene::synced().await;
        change(&mut scene.server.model());
        let honest = scene.ben.2.moved_to(&scene.server);
        let before = scene.before();
        let ended = compare(&mut scene.ben.1, &honest, NOW + 55).await;
        let said = match words {
            "it recorded before" => words,
            _ => "",
        };
        scene.found_out(ended.unwrap_err(), said, before);
        // Nothing is sent to such a server: what it took would be lost to Ben's outbox.
        let nothing_to_push = Liar::new(&honest);
        scene.pulled(&nothing_to_push).await;
    }
}

fn event(server: &Server, device: DeviceId, as_member: MemberId, body: Body) -> Event {
    let model = server.model();
    let found = &model.state.devices[&device];
    Event {
        id: EventId::from_bytes([0xf1; 16]),
        workspace: model.state.workspace.as_ref().unwrap().id,
        member: as_member,
        device,
        number: found.number + 1,
        previous: found.tip,
        authored: Hlc::at(model.clock),
        seen: model.log.len() as u64,
        remaining: 0,
        reason: None,
        undoes: None,
        source: None,
        body,
    }
}

fn words(text: &str) -> Body {
    Body::NoteAdded {
        about: Subject::Workspace,
        kind: NoteKind::Comment,
        text: text.to_owned(),
    }
}

#[tokio::test]
async fn nobody_can_be_made_to_have_said_what_they_did_not() {
    // Ana's device, by the server's key and by none.
    for signs in [true, false] {
        let mut scene = Scene::new().await;
        let ana = scene.ana.1.identity().clone();
        let forged = event(
            &scene.server,
            ana.device.id,
            ana.member.unwrap(),
            words("I resign"),
        );
        let key = DeviceKey::from_seed(*scene.server.model().key().seed());
        scene.server.model().smuggle(forged, signs.then_some(&key));
        let honest = scene.ben.2.moved_to(&scene.server);
        let words = if signs {
            "signature is not its device's"
        } else {
            "is not signed"
        };
        scene.refused(&honest, words).await;
    }
    // A device that joins as Ana's, certified by nobody whom she invited.
    let mut scene = Scene::new().await;
    let ana = scene.ana.1.identity().clone();
    let server = scene
        .server
        .model()
        .state
        .workspace
        .as_ref()
        .unwrap()
        .authority;
    let key = DeviceKey::from_seed([6; 32]);
    let joined = Body::DeviceJoined(DeviceJoined {
        device: DeviceId::from_bytes([0xf2; 16]),
        member: ana.member.unwrap(),
        key: key.public().0,
        name: "laptop".to_owned(),
        certifier: Certifier::Invitation(InvitationId::from_bytes([0xf3; 16])),
        certificate: [1; 64],
    });
    let joined = event(&scene.server, server, MemberId::nil(), joined);
    let own = DeviceKey::from_seed(*scene.server.model().key().seed());
    scene.server.model().smuggle(joined, Some(&own));
    let honest = scene.ben.2.moved_to(&scene.server);
    scene.refused(&honest, "certificate does not hold").await;
}

#[tokio::test]
async fn two_groups_that_are_shown_two_histories_find_out_when_they_compare() {
    let mut scene = Scene::synced().await;
    let other = scene.server.forked();
    // One group's server hears of a decision, the other's of another.
    let (_, ana, ana_remote) = &mut scene.ana;
    let text = |text: &str| note(Subject::Workspace, text);
    sync(ana, ana_remote, NOW + 61, &mut |_| {}).await.unwrap();
    ana.commit(text("we go on"), None, NOW + 62, &mut Seeded::new(7))
        .unwrap();
    sync(ana, ana_remote, NOW + 63, &mut |_| {}).await.unwrap();
    let (_, ben, ben_remote) = &mut scene.ben;
    let ben_remote = ben_remote.moved_to(&other);
    sync(ben, &ben_remote, NOW + 63, &mut |_| {}).await.unwrap();

    // Neither group's device sees anything wrong by itself, and their digits tell.
    ana.verify(&mut |_, _| {}).unwrap();
    ben.verify(&mut |_, _| {}).unwrap();
    let size = ana.head().size.min(ben.head().size);
    let digits = |replica: &mut Replica, size| {
        let (size, root) = replica
            .verify_at(Some(size), &mut |_, _| {})
            .unwrap()
            .at
            .unwrap();
        fingerprint(size, &root)
    };
    assert_ne!(digits(ana, size), digits(ben, size));
    assert_eq!(digits(ana, size - 1), digits(ben, size - 1));

    // A device that is led to the other server notices at once.
    scene.write_as_ben("to whom");
    let led_astray = scene.ben.2.moved_to(&scene.server);
    scene.compared(&led_astray, "histories differ").await;
    let ended = sync(&mut scene.ben.1, &led_astray, NOW + 70, &mut |_| {}).await;
    assert!(ended.is_err(), "{ended:?}");
    assert_eq!(scene.ben.1.pending_events(), 1);
}

#[tokio::test]
async fn a_server_that_cannot_prove_its_growth_is_not_believed() {
    let mut scene = Scene::new().await;
    let honest = scene.ben.2.moved_to(&scene.server);
    let agreed = compare(&mut scene.ben.1, &honest, NOW + 55).await.unwrap();
    assert!(agreed.head.size > agreed.here);
    type Bent = fn(Vec<Hash>) -> Vec<Hash>;
    let proofs: [Bent; 5] = [
        |_| Vec::new(),
        |mut path| {
            path.pop();
            path
        },
        |path| path.into_iter().skip(1).collect(),
        |mut path| {
            path[0][0] ^= 1;
            path
        },
        |mut path| {
            path.push([0; 32]);
            path
        },
    ];
    for proof in proofs {
        let liar = Liar {
            proof: &proof,
            ..Liar::new(&honest)
        };
        scene.compared(&liar, "cannot prove").await;
    }
    type Altered = fn(String) -> String;
    let notes: [(&str, Altered); 4] = [
        ("no signed note", |_| String::new()),
        ("is wrong", |note| {
            let mut lines: Vec<String> = note.split('\n').map(str::to_owned).collect();
            lines[1].push('0');
            lines.join("\n")
        }),
        ("of another log", |note| {
            note.replacen("quarterdeck/0", "quarterdeck/1", 1)
        }),
        ("no signature", |note| {
            let text = note.split_once("\n\n").unwrap().0;
            format!("{text}\n\n\u{2014} witness.example d2l0bmVzcwAAAAA=\n")
        }),
    ];
    for (words, checkpoint) in notes {
        let liar = Liar {
            checkpoint: &checkpoint,
            ..Liar::new(&honest)
        };
        scene.compared(&liar, words).await;
    }
}

#[tokio::test]
async fn a_kept_head_that_the_log_does_not_continue_is_named() {
    let scene = Scene::synced().await;
    let (dir, mut ben, _) = scene.ben;
    let kept = ben.verify(&mut |_, _| {}).unwrap();
    assert!(kept.checkpoints >= 2, "{kept:?}");
    // A head that the server once signed, of a history that it has denied since.
    let (size, root) = (5, [0xdd; 32]);
    let denied = Checkpoint {
        workspace: *ben.identity().workspace.as_bytes(),
        size,
        root,
    };
    let denied = denied.sign(scene.server.model().key());
    let chain = dir.path().join("checkpoints");
    let before = fs::read_to_string(&chain).unwrap();
    fs::write(&chain, format!("{before}{denied}\n")).unwrap();
    let found = ben.verify(&mut |_, _| {}).unwrap_err();
    let crate::ReplicaError::Unverified { seq, what } = found else {
        panic!("{found}")
    };
    assert_eq!((seq, what.contains("signed head")), (5, true), "{what}");
    // So is one that somebody else signed.
    let workspace = *ben.identity().workspace.as_bytes();
    let foreign = Checkpoint {
        workspace,
        size,
        root,
    }
    .sign(&DeviceKey::from_seed([4; 32]));
    fs::write(&chain, format!("{before}{foreign}\n")).unwrap();
    let found = ben.verify(&mut |_, _| {}).unwrap_err().to_string();
    assert!(
        found.contains("entry 5") && found.contains("signature"),
        "{found}"
    );
}
