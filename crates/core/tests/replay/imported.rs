//! History older than the workspace, and imports into the midst of what was recorded.

use quarterdeck_core::event::{Entry, Source};
use quarterdeck_core::replay::Step;
use quarterdeck_core::when::Moment;

use crate::support::{story, *};
use crate::{asked, days, held_to_the_log};

fn from(entry: &mut Entry, day: &str) {
    entry.event.source = Some(Source {
        author: "Dee".into(),
        at: noon(day),
        origin: format!("git:{}:okrs.md", entry.seq),
    });
}

/// A quarter that was kept in a file, imported in October of the year; people joined before the import
/// and after it.
fn older_than_the_workspace() -> Vec<Entry> {
    let mut world = World::with_quarter();
    world.now = noon("2026-10-05");
    for (value, day) in [
        ("510", "2026-07-14"),
        ("520", "2026-07-21"),
        ("531", "2026-08-04"),
    ] {
        world.online("ana", vec![check_in(absolute(value), day)]);
    }
    world.online("ana", vec![story::form(story::team(40), "sales")]);
    let mut log = world.log;
    let days = [
        "2026-06-12",
        "2026-06-12",
        "2026-07-14",
        "2026-07-21",
        "2026-08-04",
    ];
    let (first, last) = (log.len() - 6, log.len() - 1);
    let planned = log.len() - 4 - 2;
    assert_eq!(first, planned);
    for (entry, day) in log[first..last].iter_mut().zip(days) {
        from(entry, day);
    }
    log
}

#[test]
fn history_from_before_the_workspace_is_played_by_its_own_days() {
    let log = older_than_the_workspace();
    let stops = held_to_the_log(&log, &asked(Step::Event));
    let with_entries: Vec<_> = (stops.iter())
        .filter(|stop| !stop.entries.is_empty())
        .map(|stop| (stop.day.to_string(), stop.entries.len()))
        .collect();
    let told = |day: &str, entries| (day.to_owned(), entries);
    assert_eq!(
        with_entries,
        [
            told("2026-06-12", 2),
            told("2026-07-14", 1),
            told("2026-07-21", 1),
            told("2026-08-04", 1),
        ],
        "entries of one moment share a stop"
    );
    assert!(matches!(stops[0].moment, Moment::At(_)));
    let weeks = held_to_the_log(&log, &asked(Step::Week));
    assert_eq!(
        days(&weeks)[..3],
        ["2026-06-30", "2026-07-07", "2026-07-14"]
    );
    assert_eq!(weeks[2].entries.len(), 1);
}

#[test]
fn what_is_imported_into_a_quarter_stands_among_what_was_recorded_then() {
    let mut world = World::with_quarter();
    for (day, value) in [
        ("2026-07-14", "505"),
        ("2026-07-20", "511"),
        ("2026-07-28", "515"),
    ] {
        world.now = noon(day);
        world.online("ana", vec![check_in(absolute(value), day)]);
    }
    world.now = noon("2026-08-10");
    for day in ["2026-07-16", "2026-07-24"] {
        world.online("ana", vec![check_in(delta("2"), day)]);
    }
    let mut log = world.log;
    let size = log.len();
    from(&mut log[size - 2], "2026-07-16");
    from(&mut log[size - 1], "2026-07-24");
    let stops = held_to_the_log(&log, &asked(Step::Event));
    let told: Vec<(u64, bool)> = (stops.iter().filter(|stop| !stop.entries.is_empty()).skip(2))
        .map(|stop| {
            (
                stop.entries[0].seq,
                matches!(stop.moment, Moment::Position(_)),
            )
        })
        .collect();
    let last = size as u64;
    assert_eq!(
        told,
        [
            (last - 4, true),
            (last - 1, false),
            (last - 3, false),
            (last, false),
            // All is there again that stands before it.
            (last - 2, true),
        ]
    );
}
