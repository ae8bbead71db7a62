//! A quarter played again, as people and scripts see it.

use std::collections::BTreeSet;
use std::convert::Infallible;

use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::Uuid;
use quarterdeck_core::known::Known;
use quarterdeck_core::past::Past;
use quarterdeck_core::replay::{Asked, Step};
use quarterdeck_core::state::State;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::{Measure, Subject, Value};
use quarterdeck_core::when::Moment;
use quarterdeck_report::json::{self, Frame};
use quarterdeck_report::text::{self, Ansi};
use serde_json::json;

use super::sample::{Log, cycle, d, disagreement, eventful, key_result, quarter, view};

/// A log in memory, all of it known.
struct Listed<'a>(&'a Log);

impl Past for Listed<'_> {
    type Error = Infallible;

    fn state(&self) -> &State {
        &self.0.state
    }

    fn known_at(&mut self, moment: Moment) -> Result<State, Infallible> {
        let known = Known::of(&self.0.state);
        let mut state = State::default();
        for entry in &self.0.entries {
            let is_known = match moment {
                Moment::At(moment) => known.by(entry, moment),
                Moment::Position(position) => entry.seq <= position,
            };
            if is_known {
                state.apply(entry);
            }
        }
        Ok(state)
    }

    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, Infallible> {
        let touches = |entry: &&Entry| entry.event.subjects().iter().any(|id| things.contains(id));
        Ok(self.0.entries.iter().filter(touches).cloned().collect())
    }

    fn each(&mut self, from: u64, more: &mut dyn FnMut(&Entry) -> bool) -> Result<(), Infallible> {
        for entry in self.0.entries.iter().filter(|entry| entry.seq >= from) {
            if !more(entry) {
                break;
            }
        }
        Ok(())
    }

    fn is_pending(&self, _: u64) -> bool {
        false
    }
}

fn frames(log: &Log, step: Step) -> Vec<Frame> {
    let asked = Asked {
        cycle: cycle("26q3"),
        step,
        from: None,
        until: None,
    };
    let mut frames = Vec::new();
    let Ok(()) = json::replay(&mut Listed(log), &asked, &mut |frame| {
        frames.push(frame);
        true
    });
    frames
}

fn drawn(frame: &Frame, step: Step, width: usize) -> String {
    text::replay(frame, step, &view(width)).render(Ansi::Off)
}

#[test]
fn a_frame_lists_what_reads_otherwise_and_what_it_read_like_before() {
    let mut log = quarter();
    log.edit(
        "ana",
        "2026-08-24",
        Subject::KeyResult(key_result("3mz9")),
        (
            quarterdeck_core::value::Field::Target,
            Value::Number(d("550")),
            Value::Number(d("600")),
        ),
        (log.state.head, "two reps more"),
    );
    let frames = frames(&log, Step::Event);
    let last = serde_json::to_value(frames.last().unwrap()).unwrap();
    assert_eq!(last["schema"], "quarterdeck/1");
    assert_eq!(last["as_of"], format!("#{}", log.state.head));
    assert_eq!(last["events"][0]["changes"][0]["to"], "600");
    assert_eq!(
        last["marks"],
        json!([{
            "mark": "goalpost",
            "ref": "kr-3mz9",
            "title": "Qualified leads",
            "what": "changed",
            "days": null,
        }])
    );
    let objectives = last["objectives"].as_array().unwrap();
    assert_eq!(objectives.len(), 1);
    let found = &objectives[0]["key_results"];
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["target"], "600");
    assert_eq!(found[0]["before"]["target"], "550");
    assert!(last["cycle"]["score_before"].is_string());
}

#[test]
fn no_frame_is_wider_than_the_terminal_and_none_acts_on_it() {
    let mut log = disagreement();
    log.add(
        "ben",
        "2026-08-25",
        Body::NoteAdded {
            about: Subject::KeyResult(key_result("3mz9")),
            kind: NoteKind::Problem,
            text: "a \u{1b}[31mred\u{1b}[0m note\u{202e}, on\ntwo lines".to_owned(),
        },
    );
    log.add(
        "ben",
        "2026-08-25",
        Body::Edited {
            subject: Subject::KeyResult(key_result("3mz9")),
            changes: vec![quarterdeck_core::value::Change {
                field: quarterdeck_core::value::Field::Title,
                from: Value::Text("Qualified leads".to_owned()),
                to: Value::Text("Leads\u{1b}]0;mine\u{7}\u{202e} that fit".to_owned()),
            }],
        },
    );
    for step in [Step::Event, Step::Day, Step::Week] {
        let all = frames(&log, step);
        assert!(!all.is_empty());
        for frame in &all {
            for width in [40, 80, 120] {
                let told = drawn(frame, step, width);
                for line in told.lines() {
                    assert!(line.chars().count() <= width, "{width}: {line}");
                    let acts = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
                    assert!(!line.chars().any(acts), "{line:?}");
                }
            }
        }
    }
    let weeks = frames(&log, Step::Week);
    let last = drawn(weeks.last().unwrap(), Step::Week, 120);
    assert!(last.contains("≠ 1 conflict"), "{last}");
    assert!(last.contains("! 1 problem"), "{last}");
}

#[test]
fn a_busy_frame_says_how_much_it_left_out() {
    let mut log = eventful();
    for n in 0..30 {
        log.check_in(
            "3mz9",
            "2026-08-26",
            Measure::Absolute((500u32 + n).into()),
            "",
        );
    }
    let days = frames(&log, Step::Day);
    let last = days.last().unwrap();
    assert_eq!(last.events.len(), 30);
    let told = drawn(last, Step::Day, 80);
    assert!(told.contains("and 10 events more"), "{told}");
    // Idle days are one line.
    let idle = days
        .iter()
        .find(|frame| frame.events.is_empty() && frame.objectives.is_empty());
    assert_eq!(drawn(idle.unwrap(), Step::Day, 80).lines().count(), 1);
}
