//! The page that replays: at each stop of its film it says what is known at that stop, asked for plainly.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "what a test builds is there, or the test fails; the sample is shared"
)]

mod film;
#[path = "../../../core/tests/support/past.rs"]
#[allow(unreachable_pub, reason = "of another crate's tests")]
mod past;
#[path = "../report/sample.rs"]
mod sample;

use std::collections::BTreeMap;

use film::Film;
use past::Listed;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::past::Past as _;
use quarterdeck_core::replay::{self, Step};
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::json::{self, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::page::{self, Asked, Live, Page};
use quarterdeck_report::pending::Pending;
use sample::{Log, cycle, d, day, eventful, key_result};

const EVIL: &str = "</script><script>alert(1)</script><img src=x>\u{202e}\u{1b}[2J";

/// A quarter in which all that can change does.
fn moved() -> Log {
    let mut log = eventful();
    let leads = Subject::KeyResult(key_result("3mz9"));
    let seen = log.state.head;
    let set = |field, from, to| (field, from, to);
    let number = |text: &str| Value::Number(d(text));
    let text = |text: &str| Value::Text(text.to_owned());
    let change = set(Field::Target, number("550"), number("600"));
    log.edit("ana", "2026-08-22", leads, change, (seen, "two reps more"));
    let title = set(Field::Title, text("Qualified leads"), text(EVIL));
    log.edit("ben", "2026-08-23", leads, title, (seen + 1, EVIL));
    let weight = set(Field::Weight, number("1"), number("3"));
    log.edit(
        "ana",
        "2026-08-23",
        leads,
        weight,
        (seen + 2, "it matters most"),
    );
    let dropped = Subject::KeyResult(key_result("4htn"));
    let state = set(Field::State, text("active"), text("dropped"));
    log.edit("ben", "2026-08-25", dropped, state, (seen + 3, "no staff"));
    let note = Body::NoteAdded {
        about: leads,
        kind: NoteKind::Win,
        text: format!("{EVIL}\nsecond line"),
    };
    log.add("ben", "2026-08-26", note);
    log
}

fn asked(on: &str) -> Asked {
    Asked::of(cycle("26q3"), day(on), None)
}

fn page_of(log: &[Entry], on: &str) -> Page {
    page::page(&mut Listed::all(log), &asked(on))
        .unwrap()
        .unwrap()
}

fn two(share: Option<quarterdeck_core::decimal::Decimal>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{share:.2}"))
}

/// What a film has to say of each goal of a state on a day.
fn plain(log: &[Entry], stop: &replay::Stop) -> BTreeMap<String, BTreeMap<&'static str, String>> {
    let state = Listed::all(log).known_at(stop.moment).unwrap();
    let query = StatusQuery {
        cycle: Some(cycle("26q3")),
        team: None,
        member: None,
        on: stop.day,
        as_of: None,
    };
    let status = json::status(&Names::new(&state), &Pending::default(), &query);
    let mut told = BTreeMap::new();
    for objective in &status.objectives {
        let fields = BTreeMap::from([
            ("title", shown(&objective.title)),
            ("score", two(objective.score)),
            (
                "status",
                objective
                    .status
                    .map_or_else(String::new, |word| word.to_string()),
            ),
        ]);
        told.insert(objective.id.to_string(), fields);
        for one in &objective.key_results {
            let grade = one
                .grade
                .as_ref()
                .map_or_else(String::new, |grade| format!("{:.2}", grade.grade));
            let fields = BTreeMap::from([
                ("title", shown(&one.title)),
                ("score", two(one.score)),
                ("pace", two(one.pace)),
                (
                    "status",
                    one.status.map_or_else(String::new, |word| word.to_string()),
                ),
                ("set_aside", one.set_aside.clone().unwrap_or_default()),
                (
                    "last_check_in",
                    one.last_check_in
                        .map_or_else(|| "–".to_owned(), |day| day.to_string()),
                ),
                ("grade", grade),
            ]);
            told.insert(one.id.to_string(), fields);
        }
    }
    told
}

fn shown(text: &str) -> String {
    quarterdeck_report::text::clean(text).into_owned()
}

#[test]
fn at_each_stop_the_film_says_what_is_known_there() {
    let log = moved();
    let made = page_of(&log.entries, "2026-08-31");
    let film = Film::read(&made.html);
    let question = replay::Asked {
        cycle: cycle("26q3"),
        step: Step::Event,
        from: None,
        until: Some(quarterdeck_core::when::Moment::At(
            "2026-08-31T22:59:59.999Z".parse().unwrap(),
        )),
    };
    let stops = replay::stops(&mut Listed::all(&log.entries), &question).unwrap();
    assert_eq!(film.stops(), stops.len());
    for (at, stop) in stops.iter().enumerate() {
        let expected = plain(&log.entries, stop);
        for (id, fields) in &expected {
            for (field, text) in fields {
                assert_eq!(
                    &film.at(id, field, at),
                    text,
                    "{field} of {id} at #{} on {}",
                    stop.seq,
                    stop.day
                );
            }
            assert_eq!(film.at(id, "there", at), "1", "{id} at #{}", stop.seq);
        }
        let there = film
            .ids()
            .filter(|id| !film.at(id, "there", at).is_empty())
            .count();
        assert_eq!(
            there,
            expected.len(),
            "nothing else is there at #{}",
            stop.seq
        );
    }
}

#[test]
fn without_its_player_the_page_is_its_last_stop() {
    let log = moved();
    let film = Film::read(&page_of(&log.entries, "2026-08-31").html);
    let last = film.stops() - 1;
    for (id, field, text) in film.written() {
        assert_eq!(film.at(id, field, last), *text, "{field} of {id}");
    }
    assert!(film.written().count() > 60);
}

#[test]
fn nothing_that_people_wrote_acts() {
    let log = moved();
    let made = page_of(&log.entries, "2026-08-31");
    assert_eq!(
        made.html.matches("<script").count(),
        2,
        "the film and the player"
    );
    assert_eq!(made.html.matches("</script").count(), 2);
    assert!(!made.html.contains("<img"));
    let acts =
        |c: char| c.is_control() && !matches!(c, '\n') || matches!(c, '\u{202a}'..='\u{202e}');
    assert!(!made.html.chars().any(acts));
    assert!(made.html.contains("&lt;img src=x&gt;\\u{202e}␛[2J"));
    assert!(!made.html.contains(" style=") && !made.html.contains(" onclick="));
}

#[test]
fn a_page_loads_nothing_and_runs_only_what_it_names() {
    let log = moved();
    let made = page_of(&log.entries, "2026-08-31");
    assert!(
        !made.html.contains(" src=\""),
        "no picture, no script of elsewhere"
    );
    assert!(!made.html.contains("@import") && !made.html.contains("@font-face"));
    assert!(
        made.policy
            .starts_with("default-src 'none'; script-src 'sha256-")
    );
    assert!(!made.policy.contains("unsafe"));
    let inside = made
        .policy
        .replace("; frame-ancestors 'none'", "")
        .replace('\'', "&#39;");
    assert!(made.html.contains(&inside));
}

#[test]
fn a_served_page_hears_of_news_and_a_file_does_not() {
    let log = moved();
    let mut served = asked("2026-08-31");
    served.live = Some(Live {
        head_url: "head".to_owned(),
        every: 20,
    });
    let made = page::page(&mut Listed::all(&log.entries), &served)
        .unwrap()
        .unwrap();
    assert!(made.policy.contains("connect-src 'self'"));
    let film = Film::read(&made.html);
    let live = &film.json()["live"];
    assert_eq!(
        (&live["head"], &live["every"]),
        (&"head".into(), &20.into())
    );
    let file = page_of(&log.entries, "2026-08-31");
    assert!(
        !file.policy.contains("connect-src") && Film::read(&file.html).json()["live"].is_null()
    );
}

#[test]
fn the_same_question_gives_the_same_bytes() {
    let log = moved();
    assert_eq!(
        page_of(&log.entries, "2026-08-31"),
        page_of(&log.entries, "2026-08-31")
    );
    let nothing = Asked::of(cycle("n0ne"), day("2026-08-31"), None);
    assert_eq!(
        page::page(&mut Listed::all(&log.entries), &nothing).unwrap(),
        None
    );
}
