//! The arithmetic of planning, by the worked examples of `docs/planning.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::BTreeSet;

use quarterdeck_core::calendar::Span;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, TodoAdded};
use quarterdeck_core::plan::todo::{Standing, standing};
use quarterdeck_core::plan::{diagnosis, funnel, season, split, workdays};
use quarterdeck_core::token::Period;
use support::*;

fn decs(text: &str) -> Vec<Decimal> {
    text.split(", ").map(dec).collect()
}

fn span(starts: &str, ends: &str) -> Span {
    Span::new(date(starts), date(ends)).unwrap()
}

mod split_examples {
    use super::*;

    fn parts(from: &str, to: &str, weights: &[Decimal], step: Option<&str>) -> Vec<Decimal> {
        split::levels(dec(from), dec(to), weights, step.map(dec))
            .unwrap()
            .iter()
            .map(|part| part.change)
            .collect()
    }

    #[test]
    fn a_year_into_quarters() {
        let even = split::even(4);
        let levels: Vec<Decimal> = split::levels(dec("500"), dec("550"), &even, None)
            .unwrap()
            .iter()
            .map(|part| part.to)
            .collect();
        assert_eq!(levels, decs("512.5, 525, 537.5, 550"));
        assert_eq!(
            parts("500", "550", &even, None),
            decs("12.5, 12.5, 12.5, 12.5")
        );
        assert_eq!(
            parts("500", "550", &even, Some("1")),
            decs("13, 13, 12, 12")
        );
        assert_eq!(
            parts("500", "550", &decs("3, 2, 2, 3"), None),
            decs("15, 10, 10, 15")
        );
        assert_eq!(parts("40", "30", &even, Some("1")), decs("-3, -3, -2, -2"));
        assert_eq!(
            parts("0", "1", &split::even(3), None),
            decs("0.3334, 0.3333, 0.3333")
        );
    }
}

#[test]
fn a_seasonal_quarter() {
    let quarter = span("2026-07-01", "2026-09-30");
    let weights = decs("1, 1, 2");
    for (day, by_season, by_days) in [
        ("2026-07-31", "0.25", "0.337"),
        ("2026-08-31", "0.5", "0.6739"),
        ("2026-09-15", "0.75", "0.837"),
        ("2026-09-30", "1", "1"),
    ] {
        assert_eq!(season::share(quarter, &weights, date(day)), dec(by_season));
        assert_eq!(season::share(quarter, &[], date(day)), dec(by_days));
    }
}

#[test]
fn from_13_qualified_leads_back_to_a_days_calls() {
    let needs = funnel::needs(dec("13"), &decs("0.2, 0.3")).unwrap();
    let exact: Vec<Decimal> = needs.iter().map(|need| need.exact).collect();
    let whole: Vec<Decimal> = needs.iter().map(|need| need.whole).collect();
    assert_eq!(exact, decs("216.6667, 43.3333, 13"));
    assert_eq!(whole, decs("217, 44, 13"));

    let august = span("2026-08-03", "2026-08-30");
    let per = |period, holidays: &[&str]| {
        let holidays: BTreeSet<_> = holidays.iter().map(|day| date(day)).collect();
        let periods = workdays::periods(august, period, &holidays);
        funnel::per_period(dec("44"), periods).unwrap()
    };
    assert_eq!(per(Period::Day, &[]), dec("2.2"));
    assert_eq!(per(Period::Week, &[]), dec("11"));
    assert_eq!(per(Period::Day, &["2026-08-12"]), dec("2.3158"));
}

#[test]
fn planned_30_percent_measured_24() {
    let said = funnel::feedback(dec("13"), dec("0.3"), dec("25"), dec("6"))
        .unwrap()
        .unwrap();
    assert_eq!(said.measured.rate, dec("0.24"));
    assert_eq!(said.measured.range, Some((dec("0.115"), dec("0.4343"))));
    assert!(said.measured.small);
    assert_eq!(said.planned_need, dec("44"));
    assert_eq!(said.need, Some(dec("55")));
    assert_eq!(said.left, Some(dec("30")));
}

#[test]
fn measured_rates_of_a_funnel_ask_for_more() {
    let planned = funnel::needs(dec("13"), &decs("0.3, 0.5")).unwrap();
    let measured = |through: &str, of: &str| funnel::Conversion {
        through: dec(through),
        of: dec(of),
    };
    let then = funnel::needs_at(dec("13"), &[measured("66", "240"), measured("30", "66")]).unwrap();
    assert_eq!((planned[0].whole, then[0].whole), (dec("87"), dec("104")));
}

#[test]
fn two_quarters_of_a_funnel() {
    let found = diagnosis::diagnose(&decs("200, 60, 30, 12"), &decs("240, 66, 30, 9")).unwrap();
    let explains: Vec<Decimal> = found.stages.iter().map(|stage| stage.explains).collect();
    assert_eq!(explains, decs("1.93, -0.92, -1, -3.01"));
    assert_eq!(found.change, dec("-3"));
    assert_eq!(found.look_at, Some(3));
    let conversions: Vec<_> = found.stages[1..]
        .iter()
        .map(|stage| {
            (
                stage.conversion_before.unwrap(),
                stage.conversion_after.unwrap(),
            )
        })
        .collect();
    assert_eq!(
        conversions,
        [
            (dec("0.3"), dec("0.275")),
            (dec("0.5"), dec("0.4545")),
            (dec("0.4"), dec("0.3"))
        ]
    );

    let by_hand = diagnosis::diagnose(&decs("100, 20"), &decs("120, 18")).unwrap();
    assert_eq!(by_hand.stages[0].explains, dec("3.5"));
    assert_eq!(by_hand.stages[1].explains, dec("-5.5"));
}

mod to_dos {
    use super::*;

    /// 44 calls from 3 to 30 August, for qualified leads, which begin at 500.
    fn calls() -> World {
        let mut world = World::with_quarter();
        world.now = noon("2026-08-31");
        let added = TodoAdded {
            todo: todo(),
            initiative: None,
            title: "call prospects".into(),
            owner: None,
            quantity: dec("2.2"),
            per: Period::Day,
            total: Some(dec("44")),
            unit: Some("calls".into()),
            starts: date("2026-08-03"),
            ends: date("2026-08-30"),
            key_result: Some(leads()),
            rate: Some(dec("0.3")),
        };
        world.online("ana", vec![Command::Record(Body::TodoAdded(added))]);
        world
    }

    fn counted(world: &mut World, quantity: &str, on: &str) {
        let counted = Body::TodoCounted {
            todo: todo(),
            quantity: dec(quantity),
            effective: date(on),
        };
        world.online("ana", vec![Command::Record(counted)]);
    }

    fn on(world: &World, day: &str) -> Standing {
        standing(&world.state, &world.state.todos[&todo()], date(day)).unwrap()
    }

    #[test]
    fn ten_calls_done_by_the_second_wednesday() {
        let mut world = calls();
        counted(&mut world, "10", "2026-08-11");
        let now = on(&world, "2026-08-12");
        assert_eq!(now.done, dec("10"));
        assert_eq!(now.planned, dec("17.6"));
        assert_eq!(now.behind, dec("5.4"));
        assert_eq!((now.left, now.days_left), (dec("34"), 12));
        assert_eq!(now.needed_per_day, Some(dec("2.8333")));
    }

    #[test]
    fn nobody_is_behind_on_the_first_morning_or_over_a_weekend() {
        let mut world = calls();
        assert_eq!(on(&world, "2026-08-01").planned, dec("0"));
        assert_eq!(on(&world, "2026-08-01").days_left, 20);
        assert_eq!(on(&world, "2026-08-03").behind, dec("0"));
        counted(&mut world, "11", "2026-08-07");
        assert_eq!(on(&world, "2026-08-09").behind, dec("0"));
        assert_eq!(on(&world, "2026-08-10").behind, dec("0"));
    }

    #[test]
    fn at_the_end_all_of_it_was_planned() {
        let mut world = calls();
        counted(&mut world, "50", "2026-08-20");
        let end = on(&world, "2026-08-30");
        assert_eq!((end.planned, end.left), (dec("44"), dec("0")));
        assert_eq!((end.days_left, end.needed_per_day), (0, None));
        assert_eq!(on(&world, "2026-09-15").planned, dec("44"));
    }

    #[test]
    fn the_rate_is_fed_back_once_something_was_measured() {
        let mut world = calls();
        counted(&mut world, "25", "2026-08-11");
        // Measured before the calls began: that says nothing about them.
        world.online(
            "ana",
            vec![check_in_on(leads(), absolute("503"), "2026-07-20")],
        );
        assert_eq!(on(&world, "2026-08-12").feedback, None);
        world.online(
            "ana",
            vec![check_in_on(leads(), absolute("509"), "2026-08-12")],
        );
        let said = on(&world, "2026-08-12").feedback.unwrap();
        assert_eq!(said.measured.rate, dec("0.24"));
        assert_eq!((said.planned_need, said.need), (dec("44"), Some(dec("55"))));
    }

    #[test]
    fn a_count_below_0_takes_back() {
        let mut world = calls();
        counted(&mut world, "10", "2026-08-04");
        counted(&mut world, "-4", "2026-08-05");
        assert_eq!(on(&world, "2026-08-04").done, dec("10"));
        assert_eq!(on(&world, "2026-08-05").done, dec("6"));
        assert_eq!(on(&world, "2026-08-05").done_that_day, dec("-4"));
    }

    #[test]
    fn weeks_and_months_count_their_periods() {
        let mut world = calls();
        let of = |per, quantity: &str| TodoAdded {
            todo: todo(),
            initiative: None,
            title: "meet partners".into(),
            owner: None,
            quantity: dec(quantity),
            per,
            total: None,
            unit: None,
            starts: date("2026-07-01"),
            ends: date("2026-09-30"),
            key_result: None,
            rate: None,
        };
        for (n, per, quantity, whole, by_august) in [
            // 23 of 66 working days have passed by the end of July.
            (70, Period::Week, "5", "66", "23"),
            (71, Period::Month, "4", "12", "4"),
        ] {
            let id = quarterdeck_core::id::TodoId::new(id(n));
            let added = TodoAdded {
                todo: id,
                ..of(per, quantity)
            };
            world.online("ana", vec![Command::Record(Body::TodoAdded(added))]);
            let found =
                standing(&world.state, &world.state.todos[&id], date("2026-07-31")).unwrap();
            assert_eq!((found.whole, found.planned), (dec(whole), dec(by_august)));
        }
    }
}
