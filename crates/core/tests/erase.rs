//! Texts are erased: only an owner may, only texts go, and everything else stays as it was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use proptest::prelude::*;
use quarterdeck_core::decide::Command;
use quarterdeck_core::erase::{
    self, ErasedText, Found, TextErased, Vouching, Wanted, find, is_marker, marker, tagged,
    texts_of,
};
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::{Field, Subject, Value};
use support::*;

fn note(text: &str) -> Command {
    Command::Record(Body::NoteAdded {
        about: leads_subject(),
        kind: NoteKind::Comment,
        text: text.into(),
    })
}

fn title(text: &str) -> Command {
    Command::Edit {
        subject: leads_subject(),
        set: vec![(Field::Title, Value::Text(text.into()))],
    }
}

fn erasing(entry: &Entry, texts: &[(&str, &str)]) -> Command {
    Command::Record(Body::TextErased(TextErased {
        event: entry.event.id,
        position: entry.seq,
        remains: [7; 32],
        texts: texts
            .iter()
            .map(|(place, tag)| ErasedText {
                place: (*place).into(),
                tag: (*tag).into(),
            })
            .collect(),
    }))
}

/// A world with a note of Ben's, and its entry.
fn noted() -> (World, Entry) {
    let mut world = World::with_quarter();
    world.online("ben", vec![note("Caro is ill")]);
    let entry = world.log.last().unwrap().clone();
    (world, entry)
}

fn refused(
    world: &mut World,
    who: &'static str,
    command: Command,
    reason: Option<&str>,
) -> Refusal {
    world.sync(who);
    let machine = &world.machines[who];
    let author = quarterdeck_core::decide::Author {
        workspace: world.state.workspace.as_ref().unwrap().id,
        member: machine.member,
        device: machine.device,
        number: 0,
        tip: None,
        authored: quarterdeck_core::clock::Hlc::at(world.now.ms()),
        seen: world.state.head,
        source: None,
    };
    let mut ids = Ids(9_000);
    quarterdeck_core::decide::author(
        &world.state,
        vec![command],
        reason,
        &author,
        &mut ids,
        &mut |_| [0; 32],
    )
    .expect_err("it is refused")
}

#[test]
fn nobody_but_an_owner_may_erase_and_they_say_why() {
    let (mut world, entry) = noted();
    for who in ["ben", "caro", "dee"] {
        let refusal = refused(
            &mut world,
            who,
            erasing(&entry, &[("text", "a")]),
            Some("asked"),
        );
        assert_eq!(refusal.code, Code::Forbidden, "{who}");
        assert!(refusal.hint.is_some());
    }
    let unexplained = refused(&mut world, "ana", erasing(&entry, &[("text", "a")]), None);
    assert_eq!(unexplained.code, Code::Invalid);
}

#[test]
fn what_is_named_must_be_in_the_log_and_a_marker_is_nobody_s_words() {
    let (mut world, entry) = noted();
    let beyond = Entry {
        seq: world.state.head + 1,
        ..entry.clone()
    };
    let refused = |world: &mut World, command| refused(world, "ana", command, Some("asked")).code;
    assert_eq!(
        refused(&mut world, erasing(&beyond, &[("text", "a")])),
        Code::NotFound
    );
    assert_eq!(
        refused(&mut world, erasing(&entry, &[])),
        Code::NothingToChange
    );
    for tag in ["", "Ben lies", "A", "thirteenchars", "a]"] {
        let command = erasing(&entry, &[("text", tag)]);
        assert_eq!(refused(&mut world, command), Code::Invalid, "{tag}");
    }
    let twice = erasing(&entry, &[("text", "a"), ("text", "b")]);
    assert_eq!(refused(&mut world, twice), Code::Invalid);
}

#[test]
fn a_server_that_writes_for_an_owner_may_not_erase() {
    let (world, entry) = noted();
    let mut by_server = entry.event.clone();
    by_server.member = world.machines["ana"].member;
    let (server, _) = world
        .state
        .devices
        .iter()
        .find(|(_, device)| device.server)
        .unwrap();
    by_server.device = *server;
    assert_eq!(
        erase::by_owner(&world.state, &by_server).unwrap_err().code,
        Code::Forbidden
    );
    by_server.device = world.machines["ana"].device;
    assert!(erase::by_owner(&world.state, &by_server).is_ok());
}

#[test]
fn the_state_tells_who_erased_what_and_it_cannot_be_undone() {
    let (mut world, entry) = noted();
    world.online_because("ana", vec![erasing(&entry, &[("text", "a")])], "asked for");
    let erasure = &world.state.erasures[&entry.event.id];
    assert_eq!(erasure.position, entry.seq);
    assert_eq!(erasure.by.member, world.machines["ana"].member);
    assert_eq!(erasure.reason.as_deref(), Some("asked for"));
    let erased = world.log.last().unwrap().event.clone();
    let refusal = refused(
        &mut world,
        "ana",
        Command::Undo(Box::new(erased)),
        Some("no"),
    );
    assert_eq!(refusal.code, Code::NotUndoable);
}

#[test]
fn an_erased_entry_needs_an_owner_s_word_and_the_last_one_counts() {
    let (mut world, entry) = noted();
    let start = world.log.len();
    for tag in ["a", "b"] {
        world.online_because("ana", vec![erasing(&entry, &[("text", tag)])], "asked");
    }
    let followed = |remains, until: usize| {
        let (mut vouching, mut state) = (Vouching::default(), State::default());
        for one in &world.log[..until] {
            let left = (one.seq == entry.seq).then_some(remains);
            vouching.follow(&state, one, left).unwrap();
            state.apply(one);
        }
        vouching.first_unvouched().map(|(seq, _)| seq)
    };
    assert_eq!(followed([7; 32], start), Some(entry.seq), "nobody said so");
    assert_eq!(
        followed([8; 32], start + 1),
        Some(entry.seq),
        "something else"
    );
    assert_eq!(followed([7; 32], start + 1), None);
    assert_eq!(followed([7; 32], start + 2), None);
    // The same log with the text still there holds, and says in which entry it is.
    let (mut vouching, mut state) = (Vouching::default(), State::default());
    for one in &world.log {
        vouching.follow(&state, one, None).unwrap();
        state.apply(one);
    }
    assert_eq!(vouching.first_unvouched(), None);
    assert_eq!(vouching.first_kept().map(|(seq, _)| seq), Some(entry.seq));
}

#[test]
fn a_text_goes_wherever_it_is_quoted_and_reasons_only_with_their_command() {
    let mut world = World::with_quarter();
    world.online("ben", vec![title("Leads of Mrs Silva")]);
    let named = world.log.last().unwrap().event.id;
    world.online("ana", vec![title("Leads")]);
    world.online("ben", vec![note("Leads of Mrs Silva")]);
    world.online_because("ben", vec![note("x"), note("y")], "typo");
    world.online_because("ana", vec![note("z")], "typo");
    let found = found(
        &world.log,
        &Wanted {
            events: BTreeSet::from([named]),
            ..Wanted::default()
        },
    );
    let places: Vec<(&str, bool)> = found
        .iter()
        .flat_map(|one| &one.texts)
        .map(|text| (text.place.as_str(), text.meant))
        .collect();
    assert_eq!(
        places,
        [
            ("changes.0.after", true),
            ("changes.0.before", false),
            ("text", false)
        ]
    );
    // Ben's reason stands in both events of his command, and Ana's is another's.
    let x = world.log[world.log.len() - 3].event.id;
    let found = self::found(
        &world.log,
        &Wanted {
            events: BTreeSet::from([x]),
            words: Some("typo".into()),
            ..Wanted::default()
        },
    );
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|one| one.texts[0].place == "reason"));
}

#[test]
fn a_member_s_words_and_names_go_and_nobody_else_s() {
    let mut world = World::with_quarter();
    world.online("ben", vec![title("Ben's title"), note("Ben's note")]);
    world.online("ana", vec![title("Ana's title"), note("Ana's note")]);
    let ben = world.machines["ben"].member;
    let found = found(
        &world.log,
        &Wanted {
            member: Some(ben),
            ..Wanted::default()
        },
    );
    let texts: BTreeSet<&str> = found
        .iter()
        .flat_map(|one| &one.texts)
        .map(|text| text.text.as_str())
        .collect();
    for his in ["Ben's title", "Ben's note", "ben", "ben's laptop"] {
        assert!(texts.contains(his), "{his}: {texts:?}");
    }
    assert!(
        texts.iter().all(|text| !text.starts_with("Ana")),
        "{texts:?}"
    );
    let remaining = erased(&world.log, &found);
    let left = fold(&remaining);
    assert!(is_marker(left.member_name(ben)));
    assert_eq!(left.members.len(), world.state.members.len());
}

fn found(log: &[Entry], wanted: &Wanted) -> Vec<Found> {
    find(wanted, |each| {
        log.iter().for_each(|entry| each(entry.seq, &entry.event));
        Ok::<_, Infallible>(())
    })
    .unwrap()
}

/// The log with these texts erased, under the tags `t1`, `t2` …
fn erased(log: &[Entry], found: &[Found]) -> Vec<Entry> {
    let mut log = log.to_vec();
    let mut number = 0;
    let tags = tagged(found, || {
        number += 1;
        format!("t{number}")
    });
    for (found, texts) in tags {
        let entry = &mut log[usize::try_from(found.position).unwrap() - 1];
        entry.event = erase::remains(&entry.event, &texts).unwrap();
    }
    log
}

fn fold(log: &[Entry]) -> State {
    let mut state = State::default();
    log.iter().for_each(|entry| state.apply(entry));
    state
}

/// The state's JSON with every string that is one of these texts replaced.
fn replaced(value: &mut serde_json::Value, by: &BTreeMap<String, String>) {
    match value {
        serde_json::Value::String(text) => {
            if let Some(marker) = by.get(text) {
                text.clone_from(marker);
            }
        }
        serde_json::Value::Array(all) => all.iter_mut().for_each(|one| replaced(one, by)),
        serde_json::Value::Object(all) => all.values_mut().for_each(|one| replaced(one, by)),
        _ => {}
    }
}

/// What somebody does: who, what, which of four texts, and whether they are offline.
type Act = (u8, u8, u8, bool);

const TEXTS: [&str; 4] = ["the first", "the second one", "a third", "Ana Lima"];

fn play(acts: &[Act]) -> World {
    let mut world = World::with_quarter();
    for (who, what, which, offline) in acts {
        let who = ["ana", "ben"][usize::from(who % 2)];
        let text = TEXTS[usize::from(which % 4)];
        let command = match what % 6 {
            0 | 1 => title(text),
            2 => note(text),
            3 => Command::Edit {
                subject: Subject::Objective(objective()),
                set: vec![
                    (Field::Title, Value::Text(text.into())),
                    (Field::Description, Value::Text(TEXTS[0].into())),
                ],
            },
            4 => Command::Edit {
                subject: Subject::Member(world.machines[who].member),
                set: vec![(Field::Name, Value::Text(format!("{who} or {text}")))],
            },
            _ => {
                let settled = world.state.conflicts.first().map(|open| Command::Resolve {
                    subject: open.subject,
                    field: open.field.clone(),
                    to: open.contenders[0].value.clone(),
                });
                match settled {
                    Some(command) => command,
                    None => set_target("600"),
                }
            }
        };
        world.now = quarterdeck_core::calendar::Timestamp::from_ms(world.now.ms() + 60_000);
        // What changes nothing is refused, which is as good.
        let _ = world.offline_because(who, vec![command], Some(text));
        if !offline {
            let _ = world.try_sync(who);
        }
    }
    for who in ["ana", "ben"] {
        let _ = world.try_sync(who);
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn the_state_is_the_same_but_for_the_texts(
        acts in prop::collection::vec(any::<Act>(), 1..40),
        which in prop::collection::vec(0usize..4, 1..4),
    ) {
        let world = play(&acts);
        let words: BTreeSet<&str> = which.iter().map(|at| TEXTS[*at]).collect();
        // All texts, reasons among them, that hold any of these words.
        let mut texts: BTreeMap<u64, Found> = BTreeMap::new();
        for word in words {
            let wanted = Wanted { words: Some(word.into()), ..Wanted::default() };
            for one in found(&world.log, &wanted) {
                match texts.get_mut(&one.position) {
                    Some(known) => known.texts.extend(one.texts),
                    None => drop(texts.insert(one.position, one)),
                }
            }
        }
        let texts: Vec<Found> = texts.into_values().collect();
        let mut number = 0;
        let by: BTreeMap<String, String> = tagged(&texts, || { number += 1; format!("t{number}") })
            .iter()
            .flat_map(|(found, tags)| found.texts.iter().zip(tags))
            .map(|(text, tag)| (text.text.clone(), marker(&tag.tag)))
            .collect();
        let mut expected = serde_json::to_value(fold(&world.log)).unwrap();
        replaced(&mut expected, &by);
        let log = erased(&world.log, &texts);
        prop_assert_eq!(serde_json::to_value(fold(&log)).unwrap(), expected);
        for (entry, before) in log.iter().zip(&world.log) {
            // Nothing but texts differs, and none of those that were meant is left.
            prop_assert_eq!(entry.hash, before.hash);
            prop_assert!(texts_of(&entry.event).iter().all(|(_, text, _)| !by.contains_key(text)));
            let (mut one, mut other) = (entry.event.clone(), before.event.clone());
            for event in [&mut one, &mut other] {
                erase::each_text(event, &mut |_, text, _| text.clear());
            }
            prop_assert_eq!(one, other);
        }
    }
}
