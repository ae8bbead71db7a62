//! Heads and entries that do not belong.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::{Checkpoint, DeviceKey};

use super::{Liar, Scene};
use crate::remote::Chunk;
use crate::sync;
use crate::tests::{NOW, alter_salt};

type Lie = Box<dyn Fn(&mut Vec<Chunk>) + Sync>;

/// Alters the head that comes last.
fn head(alter: impl Fn(&mut Checkpoint) + Sync + 'static, key: [u8; 32]) -> Lie {
    Box::new(move |chunks| {
        let chunk = chunks.last_mut().unwrap();
        let note = chunk.checkpoint.take().unwrap();
        let mut lines = note.lines();
        let name = lines.next().unwrap().strip_prefix("quarterdeck/").unwrap();
        let workspace = name.parse::<WorkspaceId>().unwrap();
        let size = lines.next().unwrap().parse().unwrap();
        let root = STANDARD.decode(lines.next().unwrap()).unwrap();
        let mut told = Checkpoint {
            workspace: *workspace.as_bytes(),
            size,
            root: root.try_into().unwrap(),
        };
        alter(&mut told);
        chunk.checkpoint = Some(told.sign(&DeviceKey::from_seed(key)));
    })
}

/// Alters the signed note that comes last.
fn note_as(alter: impl Fn(String) -> String + Sync + 'static) -> Lie {
    Box::new(move |chunks| {
        let note = &mut chunks.last_mut().unwrap().checkpoint;
        *note = note.take().map(&alter);
    })
}

#[tokio::test]
async fn a_head_that_does_not_belong_is_refused() {
    let mut scene = Scene::new().await;
    // What Ben has to say is recorded, so that every lie is told about the same log.
    let pending = scene.ben.1.outbox().iter();
    let pending = pending.flat_map(|command| command.events());
    let pending = pending.map(|event| event.sealed.clone()).collect();
    scene.server.model().push(pending);
    let honest = scene.ben.2.moved_to(&scene.server);
    let (own, size) = {
        let model = scene.server.model();
        (*model.key().seed(), model.log.len())
    };
    let lies: [(String, Lie); 8] = [
        (
            "of another log".to_owned(),
            head(|told| told.workspace[3] ^= 1, own),
        ),
        (
            format!("signed {} entries and sent {size}", size + 5),
            head(|told| told.size += 5, own),
        ),
        (
            "ends at entry 3".to_owned(),
            head(|told| told.size = 3, own),
        ),
        (
            "histories differ".to_owned(),
            head(|told| told.root[7] ^= 1, own),
        ),
        (
            "no signature by the log's key".to_owned(),
            head(|_| {}, [5; 32]),
        ),
        (
            "signature by the log's key is wrong".to_owned(),
            note_as(move |note| note.replacen(&format!("\n{size}\n"), "\n18\n", 1)),
        ),
        (
            "no blank line".to_owned(),
            note_as(|note| note.split("\n\n").next().unwrap().to_owned()),
        ),
        ("no signed note".to_owned(), note_as(|_| String::new())),
    ];
    for (words, lie) in lies {
        let liar = Liar {
            chunks: &*lie,
            ..Liar::new(&honest)
        };
        scene.refused(&liar, &words).await;
    }
    // An older head, signed and true, is no head of what came with it.
    let stale = fs::read_to_string(scene.ben.0.path().join("checkpoint")).unwrap();
    let liar = Liar {
        chunks: &|chunks| chunks.last_mut().unwrap().checkpoint = Some(stale.clone()),
        ..Liar::new(&honest)
    };
    scene.refused(&liar, "ends at entry").await;
    // Once the server is honest again, all is well.
    let (_, ben, _) = &mut scene.ben;
    assert!(
        sync(ben, &honest, NOW + 70, &mut |_| {})
            .await
            .unwrap()
            .up_to_date
    );
}

#[tokio::test]
async fn entries_that_were_tampered_with_are_refused() {
    let entries = |chunks: &mut Vec<Chunk>, change: &dyn Fn(&mut Vec<crate::remote::Received>)| {
        let mut all = chunks
            .iter_mut()
            .flat_map(|chunk| std::mem::take(&mut chunk.entries))
            .collect();
        change(&mut all);
        // All of them in one part: one with nothing in it is found out by itself.
        chunks.drain(..chunks.len() - 1);
        chunks[0].entries = all;
    };
    let lies: [(&str, Lie); 6] = [
        (
            "names the hash",
            Box::new(move |chunks| entries(chunks, &|all| alter_salt(&mut all[3].sealed))),
        ),
        (
            "signature is not its device's",
            Box::new(move |chunks| {
                entries(chunks, &|all| {
                    all[3].sealed.signature.as_mut().unwrap()[9] ^= 1;
                });
            }),
        ),
        (
            "is not signed",
            Box::new(move |chunks| entries(chunks, &|all| all[3].sealed.signature = None)),
        ),
        (
            "it comes where entry",
            Box::new(move |chunks| entries(chunks, &|all| all.swap(3, 4))),
        ),
        (
            "it comes where entry",
            Box::new(move |chunks| entries(chunks, &|all| drop(all.remove(3)))),
        ),
        (
            "histories differ",
            Box::new(move |chunks| entries(chunks, &|all| all.last_mut().unwrap().recorded += 1)),
        ),
    ];
    for (words, lie) in lies {
        let mut scene = Scene::new().await;
        let honest = scene.ben.2.moved_to(&scene.server);
        // The push of a liar's server records Ben's note, whose answer then never comes back.
        let liar = Liar {
            chunks: &*lie,
            ..Liar::new(&honest)
        };
        let words = if words == "names the hash" { "" } else { words };
        scene.refused(&liar, words).await;
    }
}
