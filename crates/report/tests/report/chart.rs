//! Charts: what is to be seen of each kind of metric, and that nothing leaves its place.

use proptest::prelude::*;
use quarterdeck_core::aim::{self, Aimed};
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::chart::{
    AimPoint, Mark, MarkKind, Plot, Scale, Size, StepPoint, legend, lines, pieces, svg,
};
use quarterdeck_report::json::{self, CurvePoint};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text::{self, Ansi, Document};

use super::sample::{Log, TODAY, d, day, disagreement, eventful, key_result, quarter, view};
use super::xml;

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

#[test]
fn a_picture_is_well_formed_and_what_people_wrote_is_text_in_it() {
    let evil = "</title><script>alert('x')</script>\u{1b}[2J\u{202e}&\"\n";
    let (log, aims) = moved();
    for digits in ["3mz9", "5t0p", "6bak", "2prt", "4htn", "8nps"] {
        let mut plot = plot(&log, digits);
        if digits == "3mz9" {
            plot = plot.with_aims(&aims);
        }
        plot.title = evil.to_owned();
        plot.unit = Some(evil.to_owned());
        plot.marks.push(Mark {
            date: day("2026-08-01"),
            kind: MarkKind::Comment,
            told: evil.to_owned(),
        });
        plot.steps.push(StepPoint {
            date: day("2026-09-01"),
            name: evil.to_owned(),
            value: Decimal::ONE,
        });
        for (width, height) in [(760, 380), (340, 240), (0, 0), (4000, 200)] {
            let picture = svg(&plot, &Scale::of(&plot), Size { width, height });
            xml::well_formed(&picture);
            assert!(!picture.contains("<script"), "{picture}");
            assert!(!picture.contains(['\u{1b}', '\u{202e}']), "{picture}");
            assert_eq!(picture.matches("<title>").count(), 1 + plot.marks.len());
            // It loads nothing and runs nothing.
            let own = picture.replace("http://www.w3.org/2000/svg", "");
            for foreign in ["http", "url(", "href", "@import", " on"] {
                let outside = own.replace(&text::one_line(&text::clean(evil)), "");
                assert!(
                    !outside.split("<desc>").next().unwrap().contains(foreign),
                    "{foreign}"
                );
            }
        }
    }
}

/// The path of a layer in a picture.
fn layer<'a>(picture: &'a str, class: &str) -> Option<&'a str> {
    let within = picture
        .split("<g transform")
        .nth(1)
        .unwrap()
        .split("</g>")
        .next()
        .unwrap();
    let begin = format!("<path class=\"{class}\" d=\"");
    let rest = within.split(&begin).nth(1)?;
    rest.split('"').next()
}

#[test]
fn joined_pieces_are_the_layers_of_the_picture() {
    let (log, aims) = moved();
    let size = Size {
        width: 760,
        height: 380,
    };
    for digits in ["3mz9", "5t0p", "6bak", "2prt", "4htn", "8nps"] {
        let plot = match digits {
            "3mz9" => plot(&log, digits).with_aims(&aims),
            _ => plot(&log, digits),
        };
        let scale = Scale::of(&plot);
        let picture = svg(&plot, &scale, size);
        let found = pieces(&plot, &scale, size.inside());
        for (class, pieces) in [
            ("range", &found.range),
            ("pace", &found.pace),
            ("target", &found.target),
            ("held", &found.held),
            ("curve", &found.curve),
            ("points", &found.points),
            ("today", &found.today),
        ] {
            let joined = pieces.concat();
            let joined = (!joined.is_empty()).then_some(joined);
            assert_eq!(
                layer(&picture, class),
                joined.as_deref(),
                "{digits} {class}"
            );
        }
        for stroke in found.sure.iter().chain(&found.marks) {
            assert!(picture.contains(&stroke.path), "{digits} {stroke:?}");
        }
        assert_eq!(found.points.len(), plot.course.len());
        assert_eq!(found.marks.len(), plot.marks.len());
    }
    let found = pieces(
        &plot(&log, "3mz9"),
        &Scale::of(&plot(&log, "3mz9")),
        size.inside(),
    );
    assert!(
        found.curve[0].starts_with('M') && found.curve[0].contains('H'),
        "{:?}",
        found.curve
    );
}

fn date() -> impl Strategy<Value = Date> {
    (-3i32..=94).prop_map(|days| day("2026-07-01").plus_days(days))
}

fn value() -> impl Strategy<Value = Decimal> {
    let limit = (1i128 << 96) - 1;
    prop_oneof![
        4 => (-1000i128..1000, 0u32..3),
        1 => (-limit..limit, 0..=28u32),
        1 => Just((0, 0)),
    ]
    .prop_map(|(digits, scale)| Decimal::from_parts(digits, scale).unwrap())
}

fn points(at: impl Strategy<Value = Decimal>) -> impl Strategy<Value = Vec<CurvePoint>> {
    prop::collection::btree_map(0i32..92, at, 0..12).prop_map(|found| {
        (found.into_iter())
            .map(|(days, value)| CurvePoint {
                date: day("2026-07-01").plus_days(days),
                value,
            })
            .collect()
    })
}

fn some<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(of)
}

prop_compose! {
    fn any_plot()(
        metric in prop::sample::select(MetricKind::ALL.to_vec()),
        on in date(),
        start in some(value()),
        course in points(value()),
        confidence in points((0i128..=10).prop_map(|n| Decimal::from_parts(n, 1).unwrap())),
        aims in prop::collection::vec((date(), some(value()), some(value()), some(value()), some(value())), 1..4),
        marks in prop::collection::vec((date(), 0usize..9, "\\PC{0,30}"), 0..9),
        steps in prop::collection::vec((date(), "\\PC{0,30}", value()), 0..3),
        title in "\\PC{0,60}",
        unit in some("\\PC{0,9}"),
    ) -> Plot {
        const KINDS: [MarkKind; 9] = [
            MarkKind::Conflict, MarkKind::Aim, MarkKind::Grade, MarkKind::Problem, MarkKind::Learning,
            MarkKind::Decision, MarkKind::Win, MarkKind::Thanks, MarkKind::Comment,
        ];
        let mut aims: Vec<AimPoint> = (aims.into_iter())
            .map(|(since, baseline, target, low, high)| AimPoint { since, baseline, target, low, high })
            .collect();
        aims.sort_by_key(|aim| aim.since);
        let pace = [("2026-06-30", aims[0].baseline), ("2026-09-30", aims[0].target)];
        let pace = pace.map(|(date, value)| Some(CurvePoint { date: day(date), value: value? }));
        Plot {
            title, metric, unit,
            starts: day("2026-07-01"),
            ends: day("2026-09-30"),
            on: on.min(day("2026-09-30")),
            start, course, confidence, aims,
            pace: pace.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default(),
            steps: steps.into_iter().map(|(date, name, value)| StepPoint { date, name, value }).collect(),
            marks: marks.into_iter().map(|(date, kind, told)| Mark { date, kind: KINDS[kind], told }).collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_chart_is_wider_or_higher_than_asked(plot in any_plot(), columns in 0usize..130, rows in 0usize..30) {
        let scale = Scale::of(&plot);
        for drawn in [lines(&plot, &scale, columns, rows), lines(&plot, &scale.clone().with_all_rows(), columns, rows)] {
            prop_assert!(drawn.len() <= rows);
            for line in &drawn {
                prop_assert!(line.width() <= columns, "{} > {columns}", line.width());
            }
        }
        for line in legend(&plot, columns) {
            prop_assert!(line.width() <= columns);
        }
    }

    #[test]
    fn every_value_of_the_scale_lies_within_it(plot in any_plot(), other in any_plot()) {
        let mut scale = Scale::of(&plot);
        scale.take(&other);
        for plot in [&plot, &other] {
            for point in &plot.course {
                let (x, y) = (scale.across(point.date), scale.up(point.value));
                prop_assert!((0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y), "{x} {y}");
            }
        }
        // What is more lies higher.
        for pair in plot.course.windows(2) {
            if pair[0].value < pair[1].value {
                prop_assert!(scale.up(pair[0].value) <= scale.up(pair[1].value));
            }
        }
    }

    #[test]
    fn pictures_are_well_formed_and_stay_in_their_frame(plot in any_plot(), width in 0u16..2000, height in 0u16..900) {
        let scale = Scale::of(&plot);
        xml::well_formed(&svg(&plot, &scale, Size { width, height }));
        let size = Size { width: width.max(200), height: height.max(160) };
        let found = pieces(&plot, &scale, size);
        let layers = [&found.range, &found.pace, &found.target, &found.held, &found.curve, &found.points];
        for path in layers.into_iter().flatten() {
            let (mut x, mut y) = (f64::from(size.width) / 2.0, 0.0);
            for (command, numbers) in xml::commands(path) {
                match (command, numbers.as_slice()) {
                    ('M' | 'L', [to_x, to_y]) => (x, y) = (*to_x, *to_y),
                    ('H', [to]) => x = *to,
                    ('V', [to]) => y = *to,
                    ('h', [0.0]) | ('Z', []) => {}
                    other => prop_assert!(false, "{other:?} in {path}"),
                }
                prop_assert!((0.0..=f64::from(size.width)).contains(&x), "{path}");
                prop_assert!((0.0..=f64::from(size.height)).contains(&y), "{path}");
            }
        }
    }
}
