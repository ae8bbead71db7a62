//! Charts: what is to be seen of each kind of metric, and that nothing leaves its place.

mod any;
mod picture;

use quarterdeck_core::aim::{self, Aimed};
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::chart::{MarkKind, Plot, Scale, lines};
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text::{self, Ansi, Document};

use crate::sample::{Log, TODAY, d, day, disagreement, eventful, key_result, quarter, view};

fn plot(log: &Log, digits: &str) -> Plot {
    let id = key_result(digits);
    (Plot::of(&log.state, id, day(TODAY)).unwrap()).with_notes(&log.state, id)
}

fn drawn(plot: &Plot, columns: usize, rows: usize) -> String {
    let mut document = Document::new();
    document.extend(lines(plot, &Scale::of(plot), columns, rows));
    format!("\n{}", document.render(Ansi::Off))
}

/// The quarter in which the target of leads was moved twice.
fn moved() -> (Log, Vec<Aimed>) {
    let mut log = quarter();
    let subject = Subject::KeyResult(key_result("3mz9"));
    for (on, from, to) in [("2026-07-20", "550", "600"), ("2026-08-10", "600", "560")] {
        let seen = log.state.head;
        let number = |text: &str| Value::Number(d(text));
        let change = (Field::Target, number(from), number(to));
        log.edit("ana", on, subject, change, (seen, "so it is"));
    }
    let mut aims = aim::Aims::default();
    let mut state = quarterdeck_core::state::State::default();
    for entry in &log.entries {
        state.apply(entry);
        let on = state
            .workspace
            .as_ref()
            .unwrap()
            .zone()
            .date_of(entry.recorded);
        aims.take(&state, key_result("3mz9"), on);
    }
    let aims = aims.of(key_result("3mz9")).to_vec();
    (log, aims)
}

#[test]
fn what_was_measured_what_is_aimed_at_and_the_pace_between() {
    assert_eq!(
        drawn(&plot(&quarter(), "3mz9"), 60, 11),
        "
     │⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ 550
 540 ┤                                        ⡀ ⠂ ⠁
     │                                ⡀ ⠄ ⠂ ⠁
     │                          ⡀⡇⠁ ⠁                    531
 520 ┤                  ⡀⢀⣀⣀⣀⣀⣀⣀⣀⡇
     │            ⡀ ⠄ ⠂  ⢸
     │      ⠄ ⠂ ⠁ ⡏⠉⠉⠉⠉⠉⠉⠉
 500 ┤⠄⠄⠄⠄⠸⠉⠉⠉⠉⠉⠉⠉⠁
     └┬────────────────┬───────────────┬────────────────
      Jul              Aug             Sep
sure      ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆
"
    );
}

#[test]
fn a_decrease_falls() {
    assert_eq!(
        drawn(&plot(&quarter(), "5t0p"), 60, 10),
        "
  40 ┤⠂⠂⠂⠂⠐⠒⠒⠒⠒⠒⠒⠒⣆⣀⣀⣀⣀⣀⣀⣀⡀
     │      ⠁ ⠂ ⠄ ⡀       ⠧⠤⠤⠤⠤⠤⠤⢤
     │              ⠁ ⠂ ⠄ ⡀      ⠈⠁                       37
  35 ┤                      ⠁ ⠂ ⠄ ⡀
     │                              ⠁ ⠂ ⠄ ⡀
     │                                      ⠁ ⠂ ⠄ ⡀
  30 ┤⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄ ⠤⠄⠄ 30
     └┬────────────────┬────────────────┬────────────────
      Jul              Aug              Sep
sure      ▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃
"
    );
}

#[test]
fn a_range_has_two_bounds() {
    assert_eq!(
        drawn(&plot(&quarter(), "6bak"), 60, 10),
        "
   │                    ⢰⠒⠒⠒⠒⠒⠒⠒⢲
20 ┤⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀⢸⣀⡀ ⣀⡀ ⣀⢸ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ 20
   │            ⢠⠤⠤⠤⠤⠤⠤⠤⠼       ⢸
   │            ⢸               ⠸⠄                        14
10 ┤    ⠐⠒⠒⠒⠒⠒⠒⠒⠚
   │
   │
 0 ┤⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ ⣀⡀ 0
   └┬─────────────────┬────────────────┬─────────────────
    Jul               Aug              Sep
"
    );
}

#[test]
fn milestones_are_steps() {
    assert_eq!(
        drawn(&plot(&quarter(), "2prt"), 60, 10),
        "
     │⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂⠄⠒ 6
   5 ┤                                        ⡀ ⠄ ⠂ ⠁
     │                                ⡀ ⠄ ⠂ ⠁
     │                        ⡀ ⠄⢠⠄⠄⠁                      3
     │                ⡀ ⠄ ⠂ ⠁    ⢸
     │        ⢀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣸
   0 ┤⡀⡀⡀⡀⡀⡀⡀⡀⢸
     └┬────────────────┬────────────────┬─────────────────
      Jul              Aug              Sep
sure          ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆
"
    );
}

#[test]
fn a_binary_one_has_two_levels() {
    assert_eq!(
        drawn(&plot(&quarter(), "4htn"), 60, 6),
        "
    done ┤                          ⡆⠂⠂
         │                          ⡇
         │                          ⡇
not done ┤⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡀⡇
         └┬────────────────┬───────────────┬────────────────
          Jul              Aug             Sep
"
    );
}

#[test]
fn targets_are_drawn_as_they_moved_and_marked() {
    let (log, aims) = moved();
    let plot = plot(&log, "3mz9").with_aims(&aims);
    let told: Vec<_> = (plot.marks.iter())
        .map(|mark| (mark.date.to_string(), &*mark.told))
        .collect();
    assert_eq!(
        told,
        [
            ("2026-07-20".to_owned(), "target 550 → 600 leads"),
            ("2026-08-10".to_owned(), "target 600 → 560 leads"),
        ]
    );
    let targets: Vec<_> = (plot.aims.iter())
        .map(|aim| format!("{} {}", aim.since, aim.target.unwrap()))
        .collect();
    assert_eq!(
        targets,
        ["2026-06-30 550", "2026-07-20 600", "2026-08-10 560"]
    );
    assert_eq!(
        drawn(&plot, 60, 12),
        "
 600 ┤            ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂
     │
     │
     │                      ⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂ ⠒⠂⡀⠒⠂ ⠒⠂ 560
 550 ┤⠉⠁ ⠉⠁ ⠉⠁ ⠉⠁                     ⡀ ⠄ ⠄ ⠂ ⠁ ⠁
     │                    ⡀ ⠄ ⠄ ⠂⡆⠂ ⠁                    531
     │        ⡀ ⡀ ⣀⣀⣀⣀⣀⣀⣀⣸⠉⠉⠉⠉⠉⠉⠉⠁
 500 ┤⠄⠄⠄⠄⠰⠒⠒⠒⠒⠒⠒⠒⠃
     └┬────────────────┬───────────────┬────────────────
      Jul              Aug             Sep
sure      ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆
                 ◆          ◆
"
    );
}

#[test]
fn what_people_wrote_and_disagree_about_is_marked() {
    let kinds = |log: &Log| -> Vec<MarkKind> {
        let plot = plot(log, "3mz9");
        plot.marks.iter().map(|mark| mark.kind).collect()
    };
    assert_eq!(kinds(&eventful()), [MarkKind::Problem]);
    assert_eq!(kinds(&disagreement()), [MarkKind::Conflict]);
}

#[test]
fn a_chart_of_its_own_tells_what_its_marks_are() {
    let log = eventful();
    let names = Names::new(&log.state);
    let told = json::chart(
        &names,
        &Pending::default(),
        (key_result("3mz9"), plot(&log, "3mz9")),
        None,
    )
    .unwrap();
    let shown = text::chart(&told, (None, None), &view(80)).render(Ansi::Off);
    assert!(
        shown.starts_with(
            "kr-3mz9  Qualified leads  2026-Q3\nincrease from 500 to 550 leads, 1 Jul to 30 Sep 2026\n\n"
        ),
        "{shown}"
    );
    assert!(
        shown.ends_with(
            "⠒⠒⠒ measured   ⠂⠂⠂ holds   ⠂ ⠂ pace   ⠒ ⠒ target   ! problem\n\n\
             ! 20 Aug  problem: The fair in Porto was cancelled.\n"
        ),
        "{shown}"
    );
    let value = serde_json::to_value(&told).unwrap();
    let keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys.join(" "),
        "aims as_of confidence course cycle ends head id marks metric on pace ref schema start starts \
         steps title unit"
    );
    assert_eq!(
        value["course"][0],
        serde_json::json!({"date": "2026-07-08", "value": "504"})
    );
    assert_eq!(
        value["aims"][0],
        serde_json::json!({"since": "2026-06-30", "baseline": "500", "target": "550", "low": null, "high": null})
    );
    assert_eq!(value["marks"][0]["kind"], "problem");
    assert_eq!(
        value["pace"][1],
        serde_json::json!({"date": "2026-09-30", "value": "550"})
    );
}
