//! The replay: what it shows, and what keys and time do.

use std::time::Duration;

use quarterdeck_core::token::NoteKind;
use quarterdeck_screen::replay::{Pace, Question};
use quarterdeck_screen::{Event, Key, Press, Screen};

use crate::canvas::{assert_picture, drawn, is_coloured, text};
use crate::desk::{LARGE, SMALL, noted, trouble};
use crate::film::Played;
use crate::sample::{Log, company, disagreement};

/// A quarter with goalposts, a conflict and notes.
fn quarter() -> Log {
    let mut log = disagreement();
    log.add(
        "ben",
        "2026-08-21",
        noted("3mz9", NoteKind::Problem, "Porto was \u{1b}[2Jcancelled."),
    );
    log
}

#[track_caller]
fn assert_shown(name: &str, played: &Played) {
    assert_picture(name, &drawn(&played.screen, played.size, true));
}

#[test]
fn a_quarter_at_its_end_and_before_its_first_goal() {
    let mut played = Played::open(quarter(), SMALL, Pace::Day);
    assert_shown("replay-begin-80", &played);
    played.press([Key::End]);
    assert_shown("replay-end-80", &played);
    let mut large = Played::open(quarter(), LARGE, Pace::Event);
    large.press([Key::End]);
    assert_shown("replay-end-200", &large);
}

#[test]
fn help_waiting_trouble_and_nothing() {
    let mut played = Played::open(quarter(), SMALL, Pace::Day);
    played.press([Key::Char('?')]);
    assert_shown("replay-help-80", &played);
    let mut waiting = Played::blank(quarter(), SMALL, Pace::Day);
    assert!(
        waiting.text().contains("Reading the log"),
        "{}",
        waiting.text()
    );
    waiting.fail_one(trouble("The log cannot be read.", "see `okr doctor`"));
    assert!(
        waiting.text().contains("hint: see `okr doctor`"),
        "{}",
        waiting.text()
    );
    let nothing = Played::open(company(), SMALL, Pace::Day);
    assert!(
        nothing.text().contains("Nothing happened in 2026-Q3"),
        "{}",
        nothing.text()
    );
}

#[test]
fn without_colours_the_same_is_said() {
    let mut played = Played::open(quarter(), SMALL, Pace::Day);
    played.press([Key::End]);
    let plain = drawn(&played.screen, SMALL, false);
    assert!(!is_coloured(&plain));
    assert_eq!(text(&plain), played.text());
    for sign in ["◆", "≠", "•"] {
        assert!(played.text().contains(sign), "{sign}: {}", played.text());
    }
    assert!(!played.text().contains('\u{1b}'));
}

#[test]
fn it_plays_to_the_end_at_its_speed_and_stops_there() {
    let mut played = Played::open(quarter(), SMALL, Pace::Week);
    assert_eq!(played.screen.tick(), None);
    played.press([Key::Char(' ')]);
    assert_eq!(played.screen.tick(), Some(Duration::from_millis(250)));
    assert!(
        played.text().contains("▶ playing, 4 a second"),
        "{}",
        played.text()
    );
    played.press([Key::Char('+')]);
    assert_eq!(played.screen.tick(), Some(Duration::from_millis(125)));
    for _ in 0..100 {
        played.give(Event::Tick);
        played.answer_all();
    }
    assert_eq!(played.screen.tick(), None);
    let text = played.text();
    assert!(text.contains("paused"), "{text}");
    assert!(text.contains("21 Aug"), "{text}");
    // From there it begins anew.
    played.press([Key::Char(' ')]);
    assert!(played.text().contains("stop 1 of"), "{}", played.text());
}

#[test]
fn a_stop_that_is_not_there_yet_is_waited_for() {
    let mut played = Played::open(quarter(), SMALL, Pace::Day);
    played.give(Event::Press(Press::of(Key::Char(' '))));
    played.give(Event::Tick);
    let before = played.text();
    assert!(before.contains("stop 2 of"), "{before}");
    // Nobody answers: time passes, and it stays.
    for _ in 0..5 {
        played.give(Event::Tick);
    }
    assert!(played.text().contains("stop 2 of"), "{}", played.text());
    let frames = |one: &&Question| matches!(one, Question::Frame(..));
    assert_eq!(played.asked.iter().filter(frames).count(), 1);
}

#[test]
fn whoever_holds_a_key_down_asks_for_one_stop_at_a_time() {
    let mut played = Played::open(quarter(), SMALL, Pace::Day);
    for _ in 0..20 {
        played.give(Event::Press(Press::of(Key::Right)));
    }
    assert_eq!(played.asked, [Question::Frame(Pace::Day, 1)]);
    played.answer_one();
    assert!(
        played.asked.contains(&Question::Frame(Pace::Day, 20)),
        "{:?}",
        played.asked
    );
    played.answer_all();
    assert!(played.text().contains("stop 21 of"), "{}", played.text());
}

#[test]
fn goalposts_days_and_weeks_are_jumped_to() {
    let mut played = Played::open(quarter(), SMALL, Pace::Event);
    // What was drafted on the first day counts as moved; the target was in August.
    played.press([Key::End, Key::Char('G')]);
    let at_goalpost = played.text();
    assert!(at_goalpost.contains("◆ goalpost"), "{at_goalpost}");
    assert!(at_goalpost.contains("2026-Q3  20 Aug"), "{at_goalpost}");
    // There is none after it, and it stays.
    played.press([Key::Char('g')]);
    assert_eq!(played.text(), at_goalpost);
    played.press([Key::Home]);
    let first = played.text();
    played.press([Key::Char('G')]);
    assert_eq!(played.text(), first);
    played.press([Key::End, Key::Char('G')]);
    assert!(played.text().contains("◆ goalpost"), "{}", played.text());
    played.press([Key::Home, Key::Char('}'), Key::Char('}')]);
    assert!(played.text().contains("week 3 of"), "{}", played.text());
    played.press([Key::Char('{')]);
    assert!(played.text().contains("week 2 of"), "{}", played.text());
    let day = |played: &Played| played.text().split("2026-Q3  ").nth(1).unwrap()[..6].to_owned();
    let here = day(&played);
    played.press([Key::Char(']')]);
    assert_ne!(day(&played), here);
    played.press([Key::Char('[')]);
    assert_eq!(day(&played), here);
}

#[test]
fn other_steps_come_back_to_the_moment() {
    let mut played = Played::open(quarter(), SMALL, Pace::Event);
    played.press([Key::End, Key::Char('G')]);
    let day = |played: &Played| played.text().split("2026-Q3  ").nth(1).unwrap()[..6].to_owned();
    assert_eq!(day(&played), "20 Aug");
    played.press([Key::Char('s')]);
    assert!(played.text().contains("by day"), "{}", played.text());
    assert_eq!(day(&played), "20 Aug");
    // An answer about the steps before is none about these.
    played.give(Event::Press(Press::of(Key::Char('s'))));
    played.give(Event::Answered(
        Question::Frame(Pace::Day, 3),
        Err(trouble("too late", "")),
    ));
    played.answer_all();
    assert!(played.text().contains("by week"), "{}", played.text());
    assert!(!played.text().contains("too late"));
}

#[test]
fn another_key_result_has_another_curve() {
    let mut played = Played::open(quarter(), SMALL, Pace::Day);
    played.press([Key::End]);
    assert!(played.text().contains("kr-3mz9"), "{}", played.text());
    played.press([Key::Down]);
    assert!(played.text().contains("kr-8nps"), "{}", played.text());
    // It stays chosen while time goes on.
    played.press([Key::Left, Key::Left]);
    assert!(played.text().contains("kr-8nps"), "{}", played.text());
    played.press([Key::Enter]);
    assert!(
        !played.text().contains("Net promoter score  "),
        "{}",
        played.text()
    );
    assert!(played.text().contains("▸ Win"), "{}", played.text());
}

#[test]
fn a_click_on_the_scrubber_goes_there() {
    let mut played = Played::open(quarter(), SMALL, Pace::Day);
    played.give(Event::Clicked(0, 21));
    played.answer_all();
    assert!(
        played.text().contains("2026-Q3  1 Jul"),
        "{}",
        played.text()
    );
    played.give(Event::Clicked(79, 21));
    played.answer_all();
    assert!(
        played.text().contains("2026-Q3  21 Aug"),
        "{}",
        played.text()
    );
    played.give(Event::Clicked(10, 4));
    played.answer_all();
    assert!(played.text().contains("kr-8nps"), "{}", played.text());
}

#[test]
fn every_key_can_be_drawn_at_every_size() {
    let keys = "?hl[]{}gGnN+-skj ".chars().map(Key::Char);
    let keys = keys.chain([
        Key::Home,
        Key::End,
        Key::PageUp,
        Key::PageDown,
        Key::Enter,
        Key::Esc,
    ]);
    let mut played = Played::open(quarter(), SMALL, Pace::Day);
    for key in keys {
        played.press([key]);
        for size in [(1, 1), (60, 16), SMALL, (99, 20), LARGE] {
            played.size = size;
            played.give(Event::Resized(size.0, size.1));
            let _ = played.text();
        }
    }
    played.press([Key::Char('q')]);
    assert!(played.has_quit);
}
