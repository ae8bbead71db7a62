//! Worked examples, the definition word by word, and what holds for any volumes.

use proptest::prelude::*;

use super::*;

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn ds(text: &str) -> Vec<Decimal> {
    text.split(',').map(d).collect()
}

fn explained(before: &str, after: &str) -> Vec<String> {
    diagnose(&ds(before), &ds(after))
        .unwrap()
        .stages
        .iter()
        .map(|stage| stage.explains.to_string())
        .collect()
}

/// The definition, word by word: the mean over all orders of what changing a factor adds.
fn over_all_orders(factors: &[(f64, f64)]) -> Vec<f64> {
    fn walk(factors: &[(f64, f64)], changed: &mut Vec<usize>, sums: &mut [f64], orders: &mut f64) {
        if changed.len() == factors.len() {
            *orders += 1.0;
            let product = |changed: &[usize]| -> f64 {
                let value =
                    |(i, (a, b)): (usize, &(f64, f64))| if changed.contains(&i) { *b } else { *a };
                factors.iter().enumerate().map(value).product()
            };
            for step in 0..changed.len() {
                sums[changed[step]] += product(&changed[..=step]) - product(&changed[..step]);
            }
            return;
        }
        for next in 0..factors.len() {
            if !changed.contains(&next) {
                changed.push(next);
                walk(factors, changed, sums, orders);
                changed.pop();
            }
        }
    }
    let (mut sums, mut orders) = (vec![0.0; factors.len()], 0.0);
    walk(factors, &mut Vec::new(), &mut sums, &mut orders);
    sums.into_iter().map(|sum| sum / orders).collect()
}

#[test]
fn two_factors_share_what_they_did_together() {
    // 100 × 20 % = 20, 120 × 15 % = 18: +20 × 17.5 % = +3.5, −5 points × 110 = −5.5.
    let found = diagnose(&ds("100,20"), &ds("120,18")).unwrap();
    assert_eq!(found.change, d("-2"));
    assert_eq!(explained("100,20", "120,18"), ["3.5", "-5.5"]);
    assert_eq!(found.look_at, Some(1));
    assert_eq!(found.stages[0].conversion_before, None);
    assert_eq!(found.stages[1].conversion_before, Some(d("0.2")));
    assert_eq!(found.stages[1].conversion_after, Some(d("0.15")));
}

#[test]
fn what_did_not_change_explains_nothing() {
    assert_eq!(explained("100,50,10", "80,40,8"), ["-2", "0", "0"]);
    let same = diagnose(&ds("100,50,10"), &ds("100,50,10")).unwrap();
    assert_eq!((same.change, same.look_at), (d("0"), None));
}

#[test]
fn where_the_outcome_grew_it_names_what_held_it_back() {
    let grew = diagnose(&ds("100,50,10"), &ds("200,80,20")).unwrap();
    assert!(grew.change > Decimal::ZERO);
    assert_eq!(grew.look_at, Some(1));
    let all_better = diagnose(&ds("100,20"), &ds("110,25")).unwrap();
    assert_eq!(all_better.look_at, None);
}

#[test]
fn zeros_divide_nothing() {
    let dried_up = diagnose(&ds("100,40,10"), &ds("0,0,0")).unwrap();
    assert_eq!(dried_up.stages[1].conversion_after, None);
    assert_eq!(explained("100,40,10", "0,0,0"), ["-10", "0", "0"]);
    assert_eq!(dried_up.look_at, Some(0));
    // Contacts as before, nobody qualified: the conversion to it did it all.
    assert_eq!(explained("100,40,10", "100,0,0"), ["0", "-10", "0"]);
    assert_eq!(explained("0,0", "0,0"), ["0", "0"]);
    assert_eq!(explained("0,0", "50,5"), ["5", "0"]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let refused = |before: &str, after: &str| diagnose(&ds(before), &ds(after)).unwrap_err();
    assert_eq!(refused("1", "2"), DiagnosisError::Stages(1));
    let many = vec![Decimal::ONE; 13];
    assert_eq!(diagnose(&many, &many), Err(DiagnosisError::Stages(13)));
    assert_eq!(
        refused("10,5", "10,-1"),
        DiagnosisError::Negative {
            stage: 2,
            volume: d("-1")
        }
    );
    assert_eq!(
        refused("10,0,5", "10,5,5"),
        DiagnosisError::FromNothing { stage: 2 }
    );
}

#[test]
fn money_at_the_end_of_a_funnel_is_as_good_as_a_count() {
    let found = diagnose(&ds("1200,300,45,1350000"), &ds("1500,330,40,1600000.5")).unwrap();
    let sum = found.stages.iter().fold(Decimal::ZERO, |sum, stage| {
        sum.checked_add(stage.explains).unwrap()
    });
    assert_eq!(sum, d("250000.5"));
    assert_eq!(found.look_at, Some(2));
}

fn volumes() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((1..=1_000_000u32, 1..=1_000_000u32), 2..=MAX_STAGES)
}

proptest! {
    #[test]
    fn parts_add_up(volumes in volumes()) {
        let (before, after): (Vec<Decimal>, Vec<Decimal>) =
            volumes.iter().map(|(a, b)| (Decimal::from(*a), Decimal::from(*b))).unzip();
        let found = diagnose(&before, &after).unwrap();
        let sum = found.stages.iter().fold(Decimal::ZERO, |sum, stage| {
            sum.checked_add(stage.explains).unwrap()
        });
        prop_assert_eq!(sum, found.change);
    }

    #[test]
    fn a_part_is_the_mean_over_all_orders(volumes in prop::collection::vec((1..=1000u32, 1..=1000u32), 2..=5)) {
        let (before, after): (Vec<Decimal>, Vec<Decimal>) =
            volumes.iter().map(|(a, b)| (Decimal::from(*a), Decimal::from(*b))).unzip();
        let ratio = |pair: &[(u32, u32)]| {
            (f64::from(pair[1].0) / f64::from(pair[0].0), f64::from(pair[1].1) / f64::from(pair[0].1))
        };
        let mut factors = vec![(f64::from(volumes[0].0), f64::from(volumes[0].1))];
        factors.extend(volumes.windows(2).map(ratio));
        let expected = over_all_orders(&factors);
        let found = diagnose(&before, &after).unwrap();
        for (stage, expected) in found.stages.iter().zip(expected) {
            prop_assert!((stage.explains.to_f64() - expected).abs() < 0.011, "{} {}", stage.explains, expected);
        }
    }

    #[test]
    fn the_way_back_costs_what_the_way_there_gave(volumes in volumes()) {
        let (before, after): (Vec<Decimal>, Vec<Decimal>) =
            volumes.iter().map(|(a, b)| (Decimal::from(*a), Decimal::from(*b))).unzip();
        let there = diagnose(&before, &after).unwrap();
        let back = diagnose(&after, &before).unwrap();
        for (there, back) in there.stages.iter().zip(&back.stages) {
            // Equal but for which way the last hundredth was rounded.
            let off = there.explains.checked_add(back.explains).unwrap().abs();
            prop_assert!(off <= Decimal::from_parts(1, 2).unwrap());
        }
    }
}
