//! Readers of what people type and of what other programs say, for the fuzzers of `crates/fuzz`.
//!
//! Each function takes anything and returns, or an `assert` in it names a promise that does not hold.
#![allow(clippy::missing_panics_doc, reason = "a fuzzer is told by a panic")]

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::Milestone;

use crate::config::{Config, KEYS};
use crate::{git, parse};

/// A figure, a range, a share, steps, a day, a measurement, a reading.
pub fn typed(text: &str) {
    if let Ok(range) = parse::range(text) {
        let again = parse::range(&format!("{}..{}", range.from, range.to));
        assert_eq!(
            again.map(|again| (again.from, again.to)),
            Ok((range.from, range.to))
        );
    }
    for share in [parse::share(text), parse::certainty(text)]
        .into_iter()
        .flatten()
    {
        assert!((Decimal::ZERO..=Decimal::ONE).contains(&share));
    }
    if let Ok(steps) = parse::milestones(text) {
        assert!(
            steps
                .0
                .iter()
                .all(|step| step.name == step.name.trim() && !step.name.is_empty())
        );
    }
    let _ = (parse::month_weights(text), parse::numbers(text));
    let _ = parse::day(text, Date::from_days_since_epoch(20_000));
    let _ = parse::reading(text, Some("leads"));
    for kind in MetricKind::ALL {
        let metric = Metric {
            kind: *kind,
            baseline: None,
            target: None,
            low: None,
            high: None,
            milestones: ["draft", "not draft", "pilot", ""]
                .map(|name| Milestone {
                    name: name.to_owned(),
                    weight: Decimal::ONE,
                })
                .to_vec(),
            unit: Some("%".to_owned()),
        };
        let _ = parse::measure(text, &metric);
    }
}

/// `config.toml`: what is read is written so that it reads as before.
pub fn config(text: &str) {
    if let Ok(found) = Config::parse(text) {
        let again = found.text().map(|text| Config::parse(&text).ok());
        assert_eq!(again.ok().flatten().as_ref(), Some(&found));
        assert!(KEYS.iter().all(|key| found.get(key).is_some()));
    }
}

/// What `git log` says of commits whose authors, subjects and paths are anybody's.
pub fn git(text: &str) {
    for commit in git::commits_in(text) {
        assert!(commit.origin().starts_with("git:"));
        assert!(!commit.author.trim().is_empty());
        let _ = (commit.path(), commit.at.to_string());
    }
}
