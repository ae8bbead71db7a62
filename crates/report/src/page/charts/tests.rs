use proptest::prelude::*;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::Uuid;
use quarterdeck_core::token::MetricKind;

use super::super::film::Stop;
use super::*;

/// A value, and how sure somebody was.
type Said = (u8, Option<u8>);

fn plot(start: bool, values: &BTreeMap<u8, Said>) -> Plot {
    let starts: Date = "2026-07-01".parse().unwrap();
    let points = |of: &dyn Fn(&Said) -> Option<Decimal>| {
        (values.iter())
            .filter_map(|(day, said)| {
                let date = starts.plus_days((*day).into());
                of(said).map(|value| CurvePoint { date, value })
            })
            .collect()
    };
    let tenth = |tenths: u8| format!("0.{}", tenths % 10).parse().unwrap();
    Plot {
        title: "Leads".to_owned(),
        metric: MetricKind::Increase,
        unit: None,
        starts,
        ends: starts.plus_days(40),
        on: starts.plus_days(40),
        start: start.then_some(Decimal::ZERO),
        course: points(&|(value, _)| Some(Decimal::from(u32::from(*value)))),
        pace: Vec::new(),
        aims: Vec::new(),
        confidence: points(&|(_, sure)| sure.map(tenth)),
        steps: Vec::new(),
        marks: Vec::new(),
    }
}

/// The charts of a key result as they follow on each other in a film, each held against the one that
/// is drawn of its moment alone.
fn grows_as_if_anew(plots: Vec<(u32, Plot)>) -> Result<(), TestCaseError> {
    let id = KeyResultId::new(Uuid::from_u128(7));
    let mut charts = Charts::default();
    let mut film = Film::new();
    for (now, _) in &plots {
        let at = u64::from(*now);
        film.stop(Stop {
            seq: at,
            at,
            day: 0,
        });
    }
    charts.plots.insert(id, plots.clone());
    charts.draw(&mut film);
    let scale = charts.scales.get(&id).unwrap();
    for (stop, plot) in &plots {
        let mut plain = Drawn::default();
        plain.next(None, plot, scale);
        for (at, class) in CLASSES.iter().enumerate() {
            let place = (Thing::KeyResult(id), Layer::Chart(at));
            let (_, mut told) = plain.layer(class);
            let mut there = film.there(place, *stop);
            told.sort();
            there.sort();
            prop_assert_eq!(there, told, "{} at {}", class, stop);
        }
        let mut told = rows(plot, 0);
        let mut there = film.there((Thing::KeyResult(id), Layer::Rows), *stop);
        told.sort();
        there.sort();
        prop_assert_eq!(there, told);
    }
    Ok(())
}

proptest! {
    /// However values come in, late and corrected ones among them.
    #[test]
    fn a_chart_that_grows_is_drawn_as_if_anew(
        start in any::<bool>(),
        changes in prop::collection::vec((0..38u8, 0..200u8, prop::option::of(0..10u8), 0..6u8), 1..25),
    ) {
        let mut values = BTreeMap::new();
        let mut plots = Vec::new();
        for (now, (day, value, sure, what)) in (0..).zip(changes) {
            if what == 0 {
                values.remove(&day);
            } else {
                values.insert(day, (value, sure));
            }
            plots.push((now, plot(start, &values)));
        }
        grows_as_if_anew(plots)?;
    }
}

/// What stands in a row may be less than before.
#[test]
fn a_confidence_that_was_taken_back_leaves_its_row() {
    let with = |sure: &[(u8, Option<u8>)]| {
        let values = sure.iter().map(|(day, sure)| (*day, (100 + day, *sure)));
        plot(false, &values.collect())
    };
    let days = [
        with(&[(1, Some(3)), (2, None)]),
        with(&[(1, None), (2, None), (3, None)]),
        with(&[(1, Some(3)), (2, None), (3, None)]),
        with(&[(1, None), (2, None), (3, Some(5))]),
    ];
    grows_as_if_anew((0..).zip(days).collect()).unwrap();
}

#[test]
fn a_curve_is_one_line() {
    let pieces = ["M1 2H3V4", "M3 4H6", "M6 4H9V1", "M10 1H11"];
    assert_eq!(joined(&pieces), "M1 2h2v2h3h3v-3M10 1h1");
    assert_eq!(whole("M40.5 7.25H508.9V12"), "M40 7H508V12");
}
