//! Worked examples, what is refused, and what holds for any funnel.

use proptest::prelude::*;

use super::*;

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn ds(text: &str) -> Vec<Decimal> {
    text.split(',').map(d).collect()
}

fn volumes(outcome: &str, rates: &str) -> Vec<(String, String)> {
    needs(d(outcome), &ds(rates))
        .unwrap()
        .iter()
        .map(|need| (need.exact.to_string(), need.whole.to_string()))
        .collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(exact, whole)| ((*exact).to_owned(), (*whole).to_owned()))
        .collect()
}

#[test]
fn each_stage_needs_what_the_next_one_needs_exactly() {
    assert_eq!(
        volumes("13", "0.3"),
        pairs(&[("43.3333", "44"), ("13", "13")])
    );
    // From the rounded-up 44 it would be 220.
    assert_eq!(
        volumes("13", "0.2,0.3"),
        pairs(&[("216.6667", "217"), ("43.3333", "44"), ("13", "13")])
    );
}

#[test]
fn a_need_just_above_a_whole_number_is_rounded_up_from_the_exact_one() {
    // 1 ÷ 0.49999999 = 2.00000004, which is 2 at four places.
    assert_eq!(volumes("1", "0.49999999"), pairs(&[("2", "3"), ("1", "1")]));
    assert_eq!(volumes("13", "1"), pairs(&[("13", "13"), ("13", "13")]));
    assert_eq!(volumes("2.5", "0.5"), pairs(&[("5", "5"), ("2.5", "3")]));
}

#[test]
fn what_makes_no_sense_is_refused() {
    assert_eq!(needs(d("0"), &[]), Err(FunnelError::Outcome(d("0"))));
    for rate in ["0", "-0.1", "1.01", "30"] {
        let refused = needs(d("13"), &[d("0.5"), d(rate)]);
        assert_eq!(
            refused,
            Err(FunnelError::Rate {
                stage: 2,
                rate: d(rate)
            })
        );
    }
    let tiny = d("0.0000000000000000000000000001");
    assert_eq!(
        needs(d("13"), &[tiny, tiny]),
        Err(FunnelError::TooManyDigits)
    );
}

#[test]
fn measured_conversions_are_exact_fractions() {
    // A third, measured: 13 needs 39, where 0.333333333333 would need 40.
    let third = Conversion {
        through: d("2"),
        of: d("6"),
    };
    let whole: Vec<Decimal> = needs_at(d("13"), &[Conversion::planned(d("0.5")), third])
        .unwrap()
        .iter()
        .map(|need| need.whole)
        .collect();
    assert_eq!(whole, ds("78,39,13"));
    let none_through = Conversion {
        through: d("0"),
        of: d("6"),
    };
    assert!(needs_at(d("13"), &[none_through]).is_err());
}

#[test]
fn a_stage_says_how_much_of_it_turns_into_the_outcome() {
    let shares: Vec<Decimal> = needs(d("13"), &ds("0.2,0.3"))
        .unwrap()
        .iter()
        .map(|need| need.to_outcome)
        .collect();
    assert_eq!(shares, ds("0.06,0.3,1"));
}

#[test]
fn volumes_of_stages_make_rates_where_both_are_known() {
    let found = conversions(&[Some(d("240")), Some(d("66")), None, Some(d("9"))]);
    let rates: Vec<Option<Decimal>> = found.iter().map(|one| one.map(|one| one.rate)).collect();
    assert_eq!(rates, [Some(d("0.275")), None, None, None]);
    let then = needs_as_measured(d("13"), &ds("0.3,0.5,0.4"), &found).unwrap();
    // 13 ÷ (27.5 % × 50 % × 40 %) = 236.36
    assert_eq!(then[0].whole, d("237"));
    assert_eq!(needs_as_measured(d("13"), &ds("0.3"), &[None, None]), None);
    let dry = conversions(&[Some(d("240")), Some(d("0"))]);
    assert_eq!(needs_as_measured(d("13"), &ds("0.3"), &dry), None);
}

#[test]
fn a_days_work() {
    assert_eq!(per_period(d("44"), d("20")), Some(d("2.2")));
    assert_eq!(per_period(d("44"), d("0")), None);
}

#[test]
fn planned_30_measured_24() {
    let said = feedback(d("13"), d("0.3"), d("25"), d("6"))
        .unwrap()
        .unwrap();
    assert_eq!(said.measured.rate, d("0.24"));
    assert_eq!((said.planned_need, said.need), (d("44"), Some(d("55"))));
    assert_eq!(said.left, Some(d("30")));
    assert!(said.measured.small);
}

#[test]
fn nothing_measured_says_nothing_and_nothing_through_needs_no_number() {
    assert_eq!(feedback(d("13"), d("0.3"), d("0"), d("0")), Ok(None));
    let none_yet = feedback(d("13"), d("0.3"), d("40"), d("-1"))
        .unwrap()
        .unwrap();
    assert_eq!(none_yet.measured.rate, d("0"));
    assert_eq!((none_yet.need, none_yet.left), (None, None));
    assert!(!none_yet.measured.small);
    let enough = feedback(d("13"), d("0.3"), d("40"), d("13"))
        .unwrap()
        .unwrap();
    assert_eq!(enough.left, Some(d("0")));
}

#[test]
fn the_range_of_a_rate_is_wilsons() {
    // Checked against the formula in floating point, computed apart from this program.
    let of = |n: &str, x: &str| measured(d(n), d(x)).unwrap().range;
    assert_eq!(of("50", "12"), Some((d("0.143"), d("0.3741"))));
    assert_eq!(of("10", "0"), Some((d("0"), d("0.2775"))));
    assert_eq!(of("10", "10"), Some((d("0.7225"), d("1"))));
    assert_eq!(of("10", "12"), None);
    assert_eq!(of("10.5", "2"), None);
}

proptest! {
    #[test]
    fn needs_are_enough_and_one_less_is_not(
        outcome in 1..=100_000u32,
        rates in prop::collection::vec(1..=100u32, 1..=4),
    ) {
        let outcome = Decimal::from(outcome);
        let rates: Vec<Decimal> =
            rates.into_iter().map(|rate| Decimal::from_parts(rate.into(), 2).unwrap()).collect();
        let share = rates.iter().fold(Decimal::ONE, |all, rate| all.checked_mul(*rate).unwrap());
        let first = needs(outcome, &rates).unwrap()[0];
        prop_assert!(first.whole.checked_mul(share).unwrap() >= outcome);
        let less = first.whole.checked_sub(Decimal::ONE).unwrap();
        prop_assert!(less.checked_mul(share).unwrap() < outcome);
    }

    #[test]
    fn a_better_rate_never_needs_more(outcome in 1..=10_000u32, rate in 1..=99u32) {
        let of = |hundredths: u32| {
            needs(outcome.into(), &[Decimal::from_parts(hundredths.into(), 2).unwrap()]).unwrap()[0]
        };
        let (worse, better) = (of(rate), of(rate + 1));
        prop_assert!(better.exact <= worse.exact && better.whole <= worse.whole);
    }

    #[test]
    fn a_rate_lies_within_its_range(n in 1..=5000u32, share in 0..=100u32) {
        let x = n * share / 100;
        let found = measured(n.into(), x.into()).unwrap();
        let (low, high) = found.range.unwrap();
        prop_assert!(low <= found.rate && found.rate <= high);
    }
}
