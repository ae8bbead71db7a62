//! What keys do on the live screen, and what it asks.

use quarterdeck_core::value::Measure;
use quarterdeck_report::text::Line;
use quarterdeck_screen::tui::{Answer, News, Question};
use quarterdeck_screen::{Event, Key, Press};

use crate::canvas::{chosen_rows, drawn};
use crate::desk::{LARGE, Live, SMALL, trouble};
use crate::sample::{company, d, disagreement, quarter};

fn detail(reference: &str) -> Question {
    Question::Detail(reference.to_owned())
}

#[test]
fn the_first_screen_asks_for_nothing_that_it_does_not_show() {
    let live = Live::blank(quarter(), SMALL);
    let first = Question::Goals {
        cycle: None,
        mine: false,
    };
    assert_eq!(live.asked, [first]);
}

#[test]
fn of_rows_run_through_only_the_last_is_asked_for_in_detail() {
    let mut live = Live::open(quarter(), LARGE);
    for _ in 0..4 {
        live.give(Event::Press(Press::of(Key::Down)));
    }
    // The first of them is under way; those in between are passed over.
    assert_eq!(live.asked, [detail("kr-3mz9")]);
    let answer = crate::desk::answer(&quarter(), &detail("kr-3mz9"));
    live.answer(&detail("kr-3mz9"), answer);
    assert_eq!(live.asked, [detail("o-9hm4")]);
}

#[test]
fn folding_hides_what_is_below_and_the_way_up_leads_to_the_goal_above() {
    let mut live = Live::open(quarter(), SMALL);
    assert!(live.text().contains("Qualified leads"));
    live.press([Key::Left]);
    assert!(!live.text().contains("Qualified leads"), "{}", live.text());
    assert!(
        live.text().contains("▸ Win the mid-market"),
        "{}",
        live.text()
    );
    live.press([Key::Right]);
    live.press([Key::Down, Key::Down]);
    assert_eq!(chosen_rows(&drawn(&live.screen, SMALL, true)), [5]);
    live.press([Key::Left]);
    assert_eq!(chosen_rows(&drawn(&live.screen, SMALL, true)), [3]);
}

#[test]
fn a_check_in_goes_out_as_it_was_typed_and_the_form_waits() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Down, Key::Char('c')]);
    live.type_in("+3q");
    live.press([Key::Backspace, Key::Tab]);
    live.type_in("70%");
    live.press([Key::Tab]);
    live.give(Event::Pasted("two partners\nsigned".to_owned()));
    live.give(Event::Press(Press::of(Key::Enter)));
    let question = Question::CheckIn {
        key_result: "kr-3mz9".to_owned(),
        value: "+3".to_owned(),
        confidence: "70%".to_owned(),
        note: "two partners signed".to_owned(),
    };
    assert_eq!(live.asked, std::slice::from_ref(&question));
    // Nothing is recorded twice by an impatient key.
    live.give(Event::Press(Press::of(Key::Enter)));
    assert_eq!(live.asked, std::slice::from_ref(&question));
    // A refusal leaves what was typed.
    live.answer(
        &question,
        Err(trouble("It was dropped.", "take it up again")),
    );
    let shown = live.text();
    for part in [
        "✗ It was dropped.",
        "hint: take it up again",
        "+3",
        "two partners signed",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    live.give(Event::Press(Press::of(Key::Enter)));
    let done = vec![Line::new().plain("✓ checked in")];
    live.answer(&question, Ok(Answer::Done(done)));
    // What is in sight is asked for anew.
    assert!(
        live.asked
            .iter()
            .any(|one| matches!(one, Question::Goals { .. }))
    );
    assert!(!live.text().contains("confidence"), "{}", live.text());
}

#[test]
fn an_objective_is_not_checked_in() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Char('c')]);
    assert!(
        live.text().contains("Choose a key result to check in."),
        "{}",
        live.text()
    );
}

#[test]
fn an_undo_is_shown_before_it_is_done() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Char('u'), Key::Char('x')]);
    assert!(live.text().contains("take it back"), "{}", live.text());
    live.press([Key::Char('n')]);
    assert!(!live.text().contains("take it back"), "{}", live.text());
    live.press([Key::Char('u')]);
    live.give(Event::Press(Press::of(Key::Char('y'))));
    let last = quarter().entries.last().unwrap().event.id;
    assert_eq!(live.asked, [Question::Undo(vec![last])]);
}

#[test]
fn a_conflict_is_settled_for_the_side_that_was_chosen() {
    let mut live = Live::open(disagreement(), SMALL);
    live.press([Key::Char('3'), Key::Down, Key::Enter]);
    live.type_in("met in the middle");
    live.give(Event::Press(Press::of(Key::Enter)));
    let found = quarterdeck_report::json::conflicts(
        &quarterdeck_report::names::Names::new(&disagreement().state),
        &|_| None,
    );
    let expected = Question::Settle {
        about: Some("kr-3mz9".to_owned()),
        field: "target".to_owned(),
        side: found.conflicts.first().unwrap().other.event,
        why: "met in the middle".to_owned(),
    };
    assert_eq!(live.asked, [expected]);
}

#[test]
fn what_another_program_records_appears_and_the_choice_stays() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Down]);
    assert!(live.text().contains("0.62"), "{}", live.text());
    live.log()
        .check_in("3mz9", "2026-08-20", Measure::Absolute(d("550")), "");
    live.give(Event::News(News::Changed));
    // A second change while the first is asked about is asked about once more, not twice.
    live.give(Event::News(News::Changed));
    live.give(Event::News(News::Changed));
    let goals = |one: &&Question| matches!(one, Question::Goals { .. });
    assert_eq!(live.asked.iter().filter(goals).count(), 1);
    live.answer_all();
    assert!(live.text().contains("1.00"), "{}", live.text());
    assert_eq!(chosen_rows(&drawn(&live.screen, SMALL, true)), [4]);
}

#[test]
fn a_sync_is_begun_once_and_the_screen_goes_on() {
    let mut live = Live::open(quarter(), SMALL);
    live.give(Event::Press(Press::of(Key::Char('s'))));
    live.give(Event::Press(Press::of(Key::Char('s'))));
    assert_eq!(live.asked, [Question::Sync]);
    live.give(Event::Press(Press::of(Key::Down)));
    assert_eq!(chosen_rows(&drawn(&live.screen, SMALL, true)), [4]);
    live.give(Event::News(News::Syncing {
        what: "sending",
        done: 1,
        of: 3,
    }));
    assert!(
        live.text().contains("Syncing: sending 1 of 3"),
        "{}",
        live.text()
    );
}

#[test]
fn what_is_due_is_looked_at_closer_and_one_comes_back() {
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Char('2'), Key::Enter]);
    assert!(live.text().contains("[1 Goals]"), "{}", live.text());
    assert!(
        live.text().contains("Net promoter score"),
        "{}",
        live.text()
    );
    live.press([Key::Esc]);
    assert!(live.text().contains("[2 Due"), "{}", live.text());
}

#[test]
fn cycles_are_gone_through() {
    let mut live = Live::open(quarter(), SMALL);
    assert!(live.text().contains("2026-Q3"), "{}", live.text());
    live.press([Key::Char('[')]);
    assert!(
        live.text().contains("2026, active") || live.text().contains("  2026, week"),
        "{}",
        live.text()
    );
    live.press([Key::Char('['), Key::Char(']')]);
    assert!(live.text().contains("2026-Q3"), "{}", live.text());
}

#[test]
fn clicks_choose_rows_and_tabs() {
    let mut live = Live::open(quarter(), SMALL);
    live.give(Event::Clicked(20, 5));
    assert_eq!(chosen_rows(&drawn(&live.screen, SMALL, true)), [5]);
    live.give(Event::Clicked(11, 1));
    live.answer_all();
    assert!(live.text().contains("[2 Due"), "{}", live.text());
    // Beyond the rows, and on nothing, a click does nothing.
    live.give(Event::Clicked(500, 500));
}

#[test]
fn keys_end_it_whatever_is_open() {
    let mut live = Live::open(company(), SMALL);
    live.press([Key::Char('q')]);
    assert!(live.has_quit);
    let mut live = Live::open(quarter(), SMALL);
    live.press([Key::Down, Key::Char('c'), Key::Char('q')]);
    assert!(!live.has_quit);
    live.give(Event::Press(Press::with_ctrl(Key::Char('c'))));
    assert!(live.has_quit);
}

#[test]
fn every_key_in_every_pane_can_be_drawn_at_every_size() {
    let keys = [
        Key::Up,
        Key::Down,
        Key::Left,
        Key::Right,
        Key::Home,
        Key::End,
        Key::PageUp,
        Key::PageDown,
        Key::Enter,
        Key::Esc,
        Key::Tab,
        Key::BackTab,
        Key::Backspace,
        Key::Delete,
        Key::Char('['),
        Key::Char(']'),
        Key::Char('m'),
        Key::Char('a'),
        Key::Char('f'),
        Key::Char('?'),
        Key::Char('x'),
    ];
    for log in [company(), disagreement()] {
        let mut live = Live::open(log, SMALL);
        for tab in ['1', '2', '3', '4', '5'] {
            for key in keys {
                live.press([Key::Esc, Key::Esc, Key::Char(tab), key]);
                for size in [(1, 1), (60, 16), SMALL, (121, 20), LARGE] {
                    live.size = size;
                    live.give(Event::Resized(size.0, size.1));
                    live.answer_all();
                    let _ = live.text();
                }
            }
        }
    }
}

#[test]
fn nothing_is_recorded_twice_and_an_answer_closes_no_other_form() {
    let mut live = Live::open(quarter(), SMALL);
    for _ in 0..2 {
        for key in [Key::Home, Key::Down, Key::Char('n')] {
            live.give(Event::Press(Press::of(key)));
        }
        live.type_in("once");
        live.give(Event::Press(Press::of(Key::Enter)));
        live.give(Event::Press(Press::of(Key::Esc)));
    }
    let notes = |one: &&Question| matches!(one, Question::Note { .. });
    assert_eq!(live.asked.iter().filter(notes).count(), 1);
    let question = live.asked.first().cloned().unwrap();
    live.give(Event::Press(Press::of(Key::Char('c'))));
    live.answer(&question, Ok(Answer::Done(Vec::new())));
    live.answer_all();
    assert!(live.text().contains("confidence"), "{}", live.text());
    // What was asked for before a form was opened does not take its place.
    live.press([Key::Esc]);
    live.give(Event::Press(Press::of(Key::Char('u'))));
    live.give(Event::Press(Press::of(Key::Char('c'))));
    live.answer_all();
    assert!(live.text().contains("confidence"), "{}", live.text());
}
