//! The cascade as it is drawn.

use quarterdeck_core::event::{Body, ObjectiveDrafted};
use quarterdeck_core::token::ObjectiveKind;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::json::{self, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text::{self, Ansi};

use crate::sample::{Log, TODAY, cycle, day, key_result, member, objective, quarter, view};

/// The quarter with an objective of the year above one of its two.
fn cascade() -> Log {
    let mut log = quarter();
    let drafted = |digits: &str, title: &str| {
        Body::ObjectiveDrafted(ObjectiveDrafted {
            objective: objective(digits),
            title: title.to_owned(),
            description: None,
            cycle: cycle("2026"),
            owner: Some(member("ana")),
            team: None,
            kind: ObjectiveKind::Committed,
            supports: None,
            key: None,
            carried_from: None,
            standing: false,
        })
    };
    log.add("ana", TODAY, drafted("1yea", "Be the first choice"));
    log.add("ana", TODAY, drafted("2yea", "Be a good place to work"));
    let supports = |to: &str| {
        (
            Field::Supports,
            Value::None,
            Value::Ref(Subject::Objective(objective(to))),
        )
    };
    let seen = log.state.head;
    let subject = Subject::Objective(objective("7fk2"));
    log.edit("ana", TODAY, subject, supports("1yea"), (seen, "the year"));
    log
}

fn drawn(log: &Log, width: usize) -> String {
    let query = StatusQuery {
        cycle: None,
        team: None,
        member: None,
        on: day(TODAY),
        as_of: None,
    };
    let tree = json::tree(&Names::new(&log.state), &Pending::default(), &query);
    text::tree(&tree, &view(width)).render(Ansi::Off)
}

#[test]
fn the_cascade_at_80_columns() {
    assert_eq!(drawn(&cascade(), 80), "");
}

#[test]
fn what_fits_the_width_is_shown_and_nothing_is_wider() {
    let log = cascade();
    for width in [20, 40, 60, 80, 100, 140, 200] {
        let text = drawn(&log, width);
        assert!(
            text.lines()
                .all(|line| line.starts_with("hint:") || line.chars().count() <= width),
            "{width}:\n{text}"
        );
    }
    let wide = drawn(&log, 140);
    for column in ["cycle", "supported by", "committed", "aspirational"] {
        assert!(wide.contains(column), "no {column} in\n{wide}");
    }
}

#[test]
fn the_key_result_is_where_it_is_supported() {
    let mut log = cascade();
    let seen = log.state.head;
    let to = Value::Ref(Subject::KeyResult(key_result("3mz9")));
    let change = (Field::Supports, Value::None, to);
    let subject = Subject::Objective(objective("9hm4"));
    log.edit("ana", TODAY, subject, change, (seen, "calls bring leads"));
    let text = drawn(&log, 120);
    let at = text.find("kr-3mz9").unwrap();
    let below = text.find("o-9hm4").unwrap();
    assert!(at < below, "{text}");
    assert!(
        text.contains("│  │  └─ o-9hm4")
            || text.contains("   │  └─ o-9hm4")
            || text.contains("│  └─ o-9hm4"),
        "{text}"
    );
}
