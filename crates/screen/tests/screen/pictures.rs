//! Each state of the live screen as a picture, in a small terminal and in a large one.

use quarterdeck_core::token::NoteKind;
use quarterdeck_report::json;
use quarterdeck_report::text::Line;
use quarterdeck_screen::tui::{Answer, News, Question};
use quarterdeck_screen::{Event, Key};

use crate::canvas::{assert_picture, drawn, is_coloured, text};
use crate::desk::{LARGE, Live, SMALL, noted, trouble};
use crate::sample::{Log, company, disagreement, eventful, quarter};

/// Holds a live screen to its picture.
#[track_caller]
fn assert_shown(name: &str, live: &Live) {
    assert_picture(name, &drawn(&live.screen, live.size, true));
}

#[test]
fn before_the_first_answer() {
    assert_shown("waiting-80", &Live::blank(quarter(), SMALL));
}

#[test]
fn a_workspace_without_anything() {
    assert_shown("no-cycle-80", &Live::open(Log::default(), SMALL));
    assert_shown("no-goals-80", &Live::open(company(), SMALL));
}

#[test]
fn the_first_screen() {
    assert_shown("first-80", &Live::open(eventful(), SMALL));
    assert_shown("first-200", &Live::open(eventful(), LARGE));
}

#[test]
fn a_key_result_in_detail() {
    let mut live = Live::open(eventful(), SMALL);
    live.press([Key::Down, Key::Enter]);
    assert_shown("detail-80", &live);
    live.press([Key::End]);
    assert_shown("detail-end-80", &live);
}

#[test]
fn a_form_with_an_error() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Down, Key::Char('c')]);
    assert_shown("check-in-80", &live);
    live.type_in("5x1");
    live.give(Event::Press(quarterdeck_screen::Press::of(Key::Enter)));
    let question = live.asked.first().cloned().unwrap();
    let refused = trouble(
        "`5x1` is no number: 'x' stands where a digit should.",
        "a number such as 531, or a change such as +3",
    );
    live.answer(&question, Err(refused));
    assert_shown("check-in-refused-80", &live);
}

#[test]
fn a_note_and_an_undo() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Down, Key::Char('n')]);
    live.type_in("the fair brought forty");
    live.press([Key::Tab, Key::Right, Key::Right, Key::Right]);
    assert_shown("note-80", &live);
    live.press([Key::Esc, Key::Char('u')]);
    assert_shown("undo-80", &live);
}

#[test]
fn help_stands_over_all() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Char('?')]);
    assert_shown("help-80", &live);
}

#[test]
fn what_is_due() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Char('2'), Key::Down]);
    assert_shown("due-80", &live);
    live.press([Key::Char('a')]);
    assert_shown("due-all-80", &live);
}

#[test]
fn conflicts_to_settle() {
    let mut live = Live::open(disagreement(), SMALL);
    live.press([Key::Char('3'), Key::Down]);
    assert_shown("conflicts-80", &live);
    live.press([Key::Enter]);
    assert_shown("settle-80", &live);
    let mut none = Live::open(quarter(), SMALL);
    none.press([Key::Char('3')]);
    assert!(
        none.text().contains("✓ No open conflicts."),
        "{}",
        none.text()
    );
}

#[test]
fn notes() {
    let mut log = eventful();
    log.add(
        "ana",
        "2026-08-21",
        noted("8nps", NoteKind::Win, "Nine of ten would tell a friend."),
    );
    let mut live = Live::open(log, SMALL);
    live.press([Key::Char('4'), Key::Down]);
    assert_shown("notes-80", &live);
    live.press([Key::Char('f'), Key::Char('f')]);
    assert!(
        live.text().contains("1 note  of 2026-Q3, problem"),
        "{}",
        live.text()
    );
}

#[test]
fn a_sync_under_way_done_and_failed() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Char('5')]);
    live.give(Event::Press(quarterdeck_screen::Press::of(Key::Char('s'))));
    live.give(Event::News(News::Syncing {
        what: "receiving",
        done: 1204,
        of: 20_000,
    }));
    assert_shown("syncing-80", &live);
    live.answer(
        &Question::Sync,
        Err(trouble(
            "The server cannot be reached: connection refused.",
            "local work is kept; try again later with `okr sync`",
        )),
    );
    live.give(Event::News(News::Lost("connection refused".to_owned())));
    assert_shown("sync-failed-80", &live);
    live.answer_all();
    live.give(Event::Press(quarterdeck_screen::Press::of(Key::Char('s'))));
    let report = json::Sync {
        schema: json::Schema,
        pushed: 2,
        already: 0,
        pulled: 12,
        refused: Vec::new(),
        conflicts: 0,
        head: 48,
        pending: 0,
        up_to_date: true,
        given_back: 0,
        closed: None,
        closed_message: None,
    };
    live.answer(&Question::Sync, Ok(Answer::Synced(Box::new(report))));
    live.give(Event::News(News::Following));
    live.answer_all();
    assert_shown("synced-80", &live);
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    let mut live = Live::open(quarter(), (40, 10));
    assert_shown("too-small-40", &live);
    live.size = SMALL;
    live.give(Event::Resized(80, 24));
    assert!(live.text().contains("Qualified leads"), "{}", live.text());
}

#[test]
fn without_colours_the_same_is_said() {
    let live = Live::open(disagreement(), SMALL);
    let plain = drawn(&live.screen, SMALL, false);
    assert!(!is_coloured(&plain));
    let coloured = drawn(&live.screen, SMALL, true);
    assert!(is_coloured(&coloured));
    assert_eq!(text(&plain), text(&coloured));
    assert!(text(&plain).contains("■ off track"), "{}", text(&plain));
    assert!(text(&plain).contains("› "), "{}", text(&plain));
}

#[test]
fn hostile_text_is_shown_neutral_everywhere() {
    let bad = "\u{1b}[2Jwiped \u{202e}gnp.exe\u{7}";
    let mut log = disagreement();
    log.add("ben", "2026-08-21", noted("3mz9", NoteKind::Problem, bad));
    for size in [SMALL, LARGE] {
        let mut live = Live::open(log_of(&log), size);
        live.give(Event::News(News::Lost(bad.to_owned())));
        for keys in [
            vec![Key::Down, Key::Enter, Key::End],
            vec![Key::Esc, Key::Char('3')],
            vec![Key::Char('4')],
            vec![Key::Char('5')],
        ] {
            live.press(keys);
            let shown = live.text();
            let is_bad =
                |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!shown.chars().any(is_bad), "{shown:?}");
        }
        live.press([Key::Char('4')]);
        assert!(
            live.text().contains("␛[2Jwiped \\u{202e}gnp.exe␇"),
            "{}",
            live.text()
        );
    }
}

fn log_of(log: &Log) -> Log {
    let mut copy = Log::default();
    for entry in &log.entries {
        copy.state.apply(entry);
        copy.entries.push(entry.clone());
    }
    copy
}

#[test]
fn what_was_recorded_is_said_and_how_it_stands() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Down, Key::Char('c')]);
    live.type_in("540");
    live.give(Event::Press(quarterdeck_screen::Press::of(Key::Enter)));
    let question = live.asked.first().cloned().unwrap();
    let told = vec![
        Line::new().plain("✓ kr-3mz9  Qualified leads  checked in 540"),
        Line::new().plain("  now 540 of 550 leads, 80 % done, on track"),
    ];
    live.answer(&question, Ok(Answer::Done(told)));
    live.answer_all();
    assert_shown("recorded-80", &live);
}
