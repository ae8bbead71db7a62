//! The lint's document and its keys.

use quarterdeck_report::json::{self, LintAbout, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::text::{self, Ansi};

use crate::sample::{self, Log, TODAY, day};

fn found(log: &Log) -> json::Lint {
    let query = StatusQuery {
        cycle: None,
        team: None,
        member: None,
        on: day(TODAY),
        as_of: None,
    };
    json::lint(&Names::new(&log.state), &query, LintAbout::All)
}

#[test]
fn a_finding_names_what_it_is_about_and_the_objective_that_can_silence_it() {
    let found = serde_json::to_value(found(&sample::quarter())).unwrap();
    let first = &found["findings"][0];
    for key in ["code", "ref", "title", "objective", "cycle", "message"] {
        assert!(first.get(key).is_some(), "{key}: {first}");
    }
    assert_eq!(
        first["objective"]["ref"].as_str().map(|of| &of[..2]),
        Some("o-")
    );
}

#[test]
fn advice_fits_any_width() {
    let found = found(&sample::quarter());
    for width in [40, 60, 80, 120] {
        let shown = text::lint(&found, true, &sample::view(width)).render(Ansi::Off);
        for line in shown.lines().filter(|line| !line.starts_with("hint:")) {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
}
