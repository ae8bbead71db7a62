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
    assert_eq!(
        drawn(&cascade(), 80),
        "\
acme  2026-Q3  1 Jul to 30 Sep

                                    score          status       supported by
o-1yea Be the first choice                                         1 at 0.44
└─ o-7fk2 Win the mid-market         0.44  ██▋···  ○ stale
   ├─ kr-3mz9 Qualified leads        0.62  ███▊··  ● on track
   ├─ kr-8nps Net promoter score     0.20  █▎····  ○ stale
   └─ kr-2prt Partner programme      0.50  ███···  ▲ at risk

o-2yea Be a good place to work

o-9hm4 Be easy to reach              0.62  ███▊··  ■ off track
├─ kr-5t0p Time to pick up a call    0.30  █▊····  ■ off track
├─ kr-6bak Backlog of tickets        0.57  ███▍··  ■ off track
└─ kr-4htn Weekend hotline staffed   1.00  ██████  ✓ done
"
    );
}

/// The cascade with the other objective below a key result of the first one.
fn deep() -> Log {
    let mut log = cascade();
    let seen = log.state.head;
    let to = Value::Ref(Subject::KeyResult(key_result("3mz9")));
    let change = (Field::Supports, Value::None, to);
    let subject = Subject::Objective(objective("9hm4"));
    log.edit("ana", TODAY, subject, change, (seen, "calls bring leads"));
    log
}

#[test]
fn an_objective_stands_below_the_key_result_that_it_supports() {
    let text = drawn(&deep(), 80);
    assert!(text.contains("   ├─ kr-3mz9 Qualified leads"), "{text}");
    assert!(text.contains("   │  └─ o-9hm4 Be easy to reach"), "{text}");
    assert!(text.contains("   │     ├─ kr-5t0p"), "{text}");
    assert!(text.contains("1 at 0.62"), "{text}");
}

#[test]
fn what_fits_the_width_is_shown_and_nothing_is_wider() {
    let mut log = deep();
    let seen = log.state.head;
    let from = Value::Ref(Subject::KeyResult(key_result("3mz9")));
    let to = Value::Ref(Subject::Objective(objective("1yea")));
    let subject = Subject::Objective(objective("9hm4"));
    log.edit(
        "ana",
        TODAY,
        subject,
        (Field::Supports, from, to),
        (seen, "both"),
    );
    for width in [20, 40, 60, 80, 100, 140, 200] {
        let text = drawn(&log, width);
        assert!(
            text.lines().all(|line| line.chars().count() <= width),
            "{width}:\n{text}"
        );
    }
    let wide = drawn(&log, 140);
    for told in [
        "cycle",
        "supported by",
        "2 at 0.53",
        "committed",
        "aspirational",
        "0.44",
    ] {
        assert!(wide.contains(told), "no {told} in\n{wide}");
    }
}
