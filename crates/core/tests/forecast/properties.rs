//! Properties, and a plain recomputation in floating point.

use proptest::prelude::*;

use crate::support::*;
use crate::*;

/// Theil and Sen over all pairs, in floating point: low, middle and high slope.
fn brute_force(points: &[(f64, f64)]) -> [f64; 3] {
    let mut slopes = Vec::new();
    for (at, a) in points.iter().enumerate() {
        for b in &points[at + 1..] {
            slopes.push((b.1 - a.1) / (b.0 - a.0));
        }
    }
    slopes.sort_by(f64::total_cmp);
    let (many, n) = (slopes.len(), points.len() as f64);
    let mut spread = n * (n - 1.0) * (2.0 * n + 5.0);
    let mut left: Vec<f64> = points.iter().map(|point| point.1).collect();
    while let Some(value) = left.pop() {
        let t = 1.0 + left.iter().filter(|other| **other == value).count() as f64;
        left.retain(|other| *other != value);
        spread -= t * (t - 1.0) * (2.0 * t + 5.0);
    }
    let c = (1.642_374 * spread / 18.0).sqrt();
    // Rounded outwards, as whole ranks from 1.
    let rank = ((many as f64 - c.ceil()) / 2.0).floor().max(1.0) as usize;
    let middle = (slopes[(many - 1) / 2] + slopes[many / 2]) / 2.0;
    [slopes[rank - 1], middle, slopes[many - rank]]
}

/// How far it strays for each root of what is left.
fn unevenness(points: &[(f64, f64)], slope: f64) -> f64 {
    let mut steps: Vec<f64> = (points.windows(2))
        .map(|step| {
            let along = step[1].0 - step[0].0;
            (step[1].1 - step[0].1 - slope * along).abs() / along.sqrt()
        })
        .collect();
    steps.sort_by(f64::total_cmp);
    1.9 * steps[steps.len() / 2]
}

fn a_course() -> impl Strategy<Value = Vec<(i32, Decimal)>> {
    let values = prop::collection::btree_map(1..=85i32, -5_000..5_000i32, 3..14);
    (values, 0..3u32).prop_map(|(values, places)| {
        (values.into_iter())
            .map(|(at, value)| (at, Decimal::from_parts(value.into(), places).unwrap()))
            .collect()
    })
}

fn on(values: &[(i32, Decimal)]) -> String {
    day(values.last().unwrap().0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn it_is_what_brute_force_finds(values in a_course()) {
        let world = measured(increase("10", "90"), &values);
        let found = ends(&world, &on(&values));
        let mut points = vec![(0.0, 10.0)];
        points.extend(values.iter().map(|(at, value)| (f64::from(*at), value.to_f64())));
        let (last, left) = (points.last().unwrap().1, f64::from(92 - values.last().unwrap().0));
        let slopes = brute_force(&points);
        let astray = unevenness(&points, slopes[1]) * left.sqrt();
        let mut expected = slopes.map(|slope| last + slope * left);
        expected[0] -= astray;
        expected[2] += astray;
        for (found, expected) in [found.low, found.value, found.high].into_iter().zip(expected) {
            prop_assert!((found.to_f64() - expected).abs() < 0.001, "{found} {expected}");
        }
        let score = ((found.value.to_f64() - 10.0) / 80.0).clamp(0.0, 1.0);
        prop_assert!((found.score.unwrap().to_f64() - score).abs() < 0.0001);
    }

    #[test]
    fn a_straight_course_is_continued_exactly_and_one_more_point_on_it_changes_nothing(
        days in prop::collection::btree_set(1..=85i32, 3..10),
        from in -1_000..1_000i64,
        slope in -300..300i64,
        places in 0..3u32,
        weights in prop::option::of(prop::collection::vec(1..9u32, 3)),
    ) {
        let step = Decimal::from_parts(slope.into(), places).unwrap();
        let axis = |day: i32| match &weights {
            None => i64::from(day),
            // 930 is what 31, 31 and 30 days have in common.
            Some(weights) => {
                let mut left = i64::from(day);
                [31, 31, 30].iter().zip(weights).map(|(length, weight)| {
                    let days = left.min(*length);
                    left -= days;
                    days * (930 / length) * i64::from(*weight)
                }).sum()
            }
        };
        let at = |day: i32| {
            let way = step.checked_mul(Decimal::from(axis(day))).unwrap();
            Decimal::from(from).checked_add(way).unwrap()
        };
        let all: Vec<(i32, Decimal)> = days.iter().map(|day| (*day, at(*day))).collect();
        let target = Decimal::from(from + 500).to_string();
        let build = |values: &[(i32, Decimal)]| {
            let mut world = measured(increase(&from.to_string(), &target), values);
            if let Some(weights) = &weights {
                let weights = weights.iter().map(|weight| Decimal::from(*weight)).collect();
                world.online("ana", vec![Command::Edit {
                    subject: Subject::Cycle(cycle()),
                    set: vec![(Field::MonthWeights, Value::Numbers(weights))],
                }]);
            }
            let found = ends(&world, &on(&all));
            [found.low, found.value, found.high]
        };
        prop_assert_eq!(build(&all), [at(92); 3]);
        if all.len() > 3 {
            let mut fewer = all.clone();
            fewer.remove(1);
            prop_assert_eq!(build(&fewer), [at(92); 3]);
        }
    }

    #[test]
    fn ten_times_the_values_end_at_ten_times_the_value(values in a_course()) {
        let ten = Decimal::from(10u32);
        let tenfold: Vec<_> = values.iter()
            .map(|(at, value)| (*at, value.checked_mul(ten).unwrap()))
            .collect();
        let one = ends(&measured(increase("10", "90"), &values), &on(&values));
        let other = ends(&measured(increase("100", "900"), &tenfold), &on(&values));
        let off = one.value.checked_mul(ten).unwrap().checked_sub(other.value).unwrap();
        prop_assert!(off.abs() <= dec("0.01"), "{off}");
        let score = one.score.unwrap().checked_sub(other.score.unwrap()).unwrap();
        prop_assert!(score.abs() <= dec("0.0002"));
        prop_assert!(one.low <= one.value && one.value <= one.high);
    }

    #[test]
    fn no_number_is_too_much_for_it(
        values in prop::collection::vec((1..=85i32, any::<i128>(), 0..=28u32, 0..=126u32), 3..9),
    ) {
        let values: Vec<(i32, Decimal)> = values.into_iter()
            .filter_map(|(at, mantissa, scale, shift)| {
                Some((at, Decimal::from_parts(mantissa >> shift, scale)?))
            })
            .collect();
        prop_assume!(!values.is_empty());
        let world = measured(increase("10", "90"), &values);
        match outlook(&world.state, "2026-09-29") {
            Outlook::Ends(found) => prop_assert!(found.low <= found.value && found.value <= found.high),
            Outlook::Unknown(why) => prop_assert!(!why.sentence().is_empty()),
            Outlook::Likely(_) => prop_assert!(false),
        }
    }

    #[test]
    fn the_course_is_the_value_at_the_end_of_each_measured_day(
        said in prop::collection::vec((1..=85i32, -50..50i64, any::<bool>()), 1..12),
        read in prop::collection::vec((-20..=85i32, -50..50i64), 0..6),
    ) {
        let mut world = World::with_quarter();
        if !read.is_empty() {
            world.with_practice();
        }
        world.now = noon("2026-09-30");
        for (at, value, change) in &said {
            let value = Decimal::from(*value);
            let said = if *change { Measure::Delta(value) } else { Measure::Absolute(value) };
            world.online("ana", vec![check_in(said, &day(*at))]);
        }
        for (at, value) in &read {
            world.online("ana", vec![Command::Record(Body::KpiRecorded(KpiRecorded {
                kpi: kpi(),
                value: Decimal::from(*value),
                effective: date(&day(*at)),
                note: None,
            }))]);
        }
        let state = &world.state;
        let found = score::course(state, &state.key_results[&leads()], &state.cycles[&cycle()], date("2026-09-01"));
        let mut days: Vec<i32> = said.iter().map(|one| one.0).chain(read.iter().map(|one| one.0)).collect();
        days.retain(|at| (1..=63).contains(at));
        days.sort_unstable();
        days.dedup();
        let slow: Vec<_> = days.iter()
            .map(|at| (date(&day(*at)), world.value(&day(*at)).unwrap()))
            .collect();
        prop_assert_eq!(found, slow);
    }
}
