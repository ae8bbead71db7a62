//! The built-in templates: each is read in full, and is what a template promises to be.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use quarterdeck_core::token::{Indicator, MetricKind, Tier};
use quarterdeck_exchange::outline::Outline;
use quarterdeck_exchange::templates::BUILT_IN;
use quarterdeck_exchange::{Options, markdown};

fn read(document: &str) -> Outline {
    markdown::read(document, &Options::default())
}

#[test]
fn every_line_is_understood() {
    for (name, document) in BUILT_IN {
        assert_eq!(read(document).unread, [], "{name}");
    }
}

#[test]
fn each_has_three_objectives_with_three_or_four_key_results_that_are_measured() {
    for (name, document) in BUILT_IN {
        let outline = read(document);
        assert_eq!(outline.objectives.len(), 3, "{name}");
        for objective in &outline.objectives {
            let title = &objective.title;
            assert!(
                objective.kind.is_some() && objective.description.is_some(),
                "{title}"
            );
            assert!(
                !title.contains(|c: char| c.is_ascii_digit() || c == '{'),
                "{title}"
            );
            assert!((3..=4).contains(&objective.key_results.len()), "{title}");
            let leads = |one: &_| -> bool {
                let one: &quarterdeck_exchange::outline::KeyResult = one;
                one.indicator == Some(Indicator::Leading)
            };
            assert!(objective.key_results.iter().any(leads), "{title}");
            for key_result in &objective.key_results {
                let title = &key_result.title;
                assert!(!title.contains('{'), "{title}");
                let metric = key_result.metric.as_ref().unwrap();
                let (from, to) = (metric.baseline.unwrap(), metric.target.unwrap());
                match metric.kind {
                    MetricKind::Increase => assert!(from < to, "{title}"),
                    MetricKind::Decrease => assert!(from > to, "{title}"),
                    other => panic!("{title} is measured by {other}"),
                }
                assert!(metric.unit.is_some(), "{title}");
                let certainty = key_result.certainty.unwrap();
                assert_eq!(Tier::of(certainty).certainty(), certainty, "{title}");
                assert!(
                    key_result.indicator.is_some() && key_result.cadence.is_some(),
                    "{title}"
                );
            }
        }
    }
}

#[test]
fn some_are_committed_and_some_aspirational() {
    for (name, document) in BUILT_IN {
        let outline = read(document);
        let mut kinds: Vec<_> = outline
            .objectives
            .iter()
            .filter_map(|one| one.kind)
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), 2, "{name}");
    }
}
