//! What a server says has been erased: believed for an owner's word alone.

use quarterdeck_core::decide::Command;
use quarterdeck_core::erase::{TextErased, Wanted};
use quarterdeck_core::event::Body;
use quarterdeck_core::id::EventId;
use quarterdeck_ledger::{Ledger, Sealed};

use super::{Liar, Scene};
use crate::command::Authored;
use crate::remote::Chunk;
use crate::sync;
use crate::tests::{NOW, Seeded};

impl Scene {
    /// What Ana has to record to erase her note "7", and where that note stands.
    fn erasing(&mut self) -> TextErased {
        let ana = &mut self.ana.1;
        let wanted = Wanted {
            words: Some("7".to_owned()),
            ..Wanted::default()
        };
        let found = ana.find_texts(&wanted).unwrap();
        let erasing = ana.erasing(&found, &mut Seeded::new(70)).unwrap();
        assert_eq!(erasing.len(), 1);
        erasing.into_iter().next().unwrap()
    }

    /// Ana erases it.
    async fn erase(&mut self) -> TextErased {
        let erased = self.erasing();
        let (_, ana, remote) = &mut self.ana;
        let body = Command::Record(Body::TextErased(erased.clone()));
        ana.commit(vec![body], Some("asked"), NOW + 31, &mut Seeded::new(71))
            .unwrap();
        sync(ana, remote, NOW + 32, &mut |_| {}).await.unwrap();
        erased
    }

    /// What is left of the note in Ana's log once it was erased there.
    fn left(&mut self, position: u64) -> Sealed {
        let ledger = &self.ana.1.hold().unwrap().ledger;
        let entry = ledger.read(position, 1, 1).unwrap().remove(0);
        assert!(entry.event.is_erased());
        entry.event
    }
}

/// Puts something in the place of what was recorded at a position.
fn sent_as(position: u64, sealed: Sealed) -> impl Fn(&mut Vec<Chunk>) + Sync {
    move |chunks| {
        let entries = chunks.iter_mut().flat_map(|chunk| &mut chunk.entries);
        let found = entries.into_iter().find(|entry| entry.seq == position);
        found.unwrap().sealed = sealed.clone();
    }
}

/// Other words under the hash of what was recorded.
fn other_words(sealed: &Sealed, words: &str) -> Sealed {
    let mut event = Authored::read(sealed.clone()).unwrap().event;
    if let Body::NoteAdded { text, .. } = &mut event.body {
        words.clone_into(text);
    }
    sealed.erased(quarterdeck_proto::encode_event(&event).into())
}

#[tokio::test]
async fn without_an_owner_s_word_nothing_counts_as_erased() {
    let mut scene = Scene::new().await;
    let position = scene.erasing().position;
    let recorded = scene.server.model().log[position as usize - 1]
        .sealed
        .clone();
    let lie = sent_as(position, other_words(&recorded, "[erased aaaaaa]"));
    let honest = scene.ben.2.moved_to(&scene.server);
    let liar = Liar {
        chunks: &lie,
        ..Liar::new(&honest)
    };
    scene.refused(&liar, "no owner's event says so").await;
}

#[tokio::test]
async fn what_remains_has_to_be_what_the_owner_signed_for() {
    let mut scene = Scene::new().await;
    let position = scene.erase().await.position;
    let left = scene.left(position);
    let honest = scene.ben.2.moved_to(&scene.server);
    let lie = sent_as(position, other_words(&left, "Ana takes bribes"));
    let liar = Liar {
        chunks: &lie,
        ..Liar::new(&honest)
    };
    scene
        .refused(&liar, "not what the owner signed for in entry")
        .await;
    // The truth is believed by one who never saw the note, and holds when all is verified again.
    let truth = sent_as(position, left);
    let server = Liar {
        chunks: &truth,
        ..Liar::new(&honest)
    };
    let ben = &mut scene.ben.1;
    sync(ben, &server, NOW + 61, &mut |_| {}).await.unwrap();
    ben.verify(&mut |_, _| {}).unwrap();
    assert_eq!(scene.left(position), {
        let ledger = &scene.ben.1.hold().unwrap().ledger;
        ledger.read(position, 1, 1).unwrap().remove(0).event
    });
}

#[tokio::test]
async fn a_server_does_not_erase() {
    let mut scene = Scene::new().await;
    let erased = scene.erasing();
    scene.server.model().forge(Body::TextErased(erased));
    let honest = scene.ben.2.moved_to(&scene.server);
    scene
        .refused(&Liar::new(&honest), "it erases texts, and may not")
        .await;
}

#[tokio::test]
async fn whoever_holds_an_entry_lets_nothing_but_its_texts_be_erased() {
    let mut scene = Scene::synced().await;
    let mut erased = scene.erasing();
    // An owner and a server who agree on something else than the rule makes of the entry.
    erased.remains = [3; 32];
    let honest = scene.ben.2.moved_to(&scene.server);
    {
        let (_, ana, _) = &scene.ana;
        let key = ana.identity().device.key();
        let (number, tip) =
            crate::replica::chain_end(&scene.server.model().state, ana.identity().device.id);
        let mut event = Authored::read(scene.server.model().log[3].sealed.clone())
            .unwrap()
            .event;
        event.id = EventId::from_bytes([0xf1; 16]);
        event.member = ana.identity().member.unwrap();
        event.device = ana.identity().device.id;
        (event.number, event.previous) = (number + 1, tip);
        event.seen = scene.server.model().log.len() as u64;
        event.remaining = 0;
        event.reason = Some("asked".to_owned());
        event.body = Body::TextErased(erased);
        let sealed = crate::chain::seal(event, [9; 16], Some(&key)).sealed;
        scene.server.model().push(vec![sealed]);
    }
    scene
        .refused(&Liar::new(&honest), "is not that entry without its texts")
        .await;
}
