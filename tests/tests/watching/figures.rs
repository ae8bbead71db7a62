//! The figures that are served, against the document and against the alerts.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_tests::TestEnv;

use crate::document::{figures, repository};
use crate::http::get;

#[test]
fn the_figures_that_are_served_are_those_of_the_document() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    server.watch();
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    // What lagos says of a key result that was dropped meanwhile is refused.
    let lagos = env.machine("lagos");
    lagos.join(&server.invite("ben", "editor"));
    lagos.okr(&["checkin", "leads", "520"]).ok();
    lisbon
        .okr(&["kr", "drop", "leads", "-m", "no longer ours"])
        .ok();
    lisbon.sync();
    let refused = lagos.okr(&["sync"]);
    assert!(refused.stdout.contains("efused") || refused.stderr.contains("efused"));
    let refused = lisbon.okr_in(
        &[("OKR_TOKEN", "qdt_guessed")],
        &[
            "query",
            "--server",
            &format!("okr://{}/acme", server.address()),
            "status",
        ],
    );
    refused.code(5);

    let (status, text) = get(server.figures(), "/metrics");
    assert_eq!(status, 200);
    assert!(text.ends_with("# EOF\n"), "{text}");
    let served = read(&text);
    assert_eq!(served, figures(), "\n{text}");
    assert!(!text.contains("qdt_"), "{text}");

    let rules = repository("crates/server/packaging/okrd.rules.yml");
    let rules = std::fs::read_to_string(rules).unwrap();
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let asked: BTreeSet<&str> = rules
        .split(|c| !is_of_name(c))
        .filter(|word| word.starts_with("quarterdeck_"))
        .collect();
    assert!(asked.len() > 4, "{asked:?}");
    for name in asked {
        let base = name.strip_suffix("_bucket").unwrap_or(name);
        assert!(served.contains_key(base), "an alert asks for {name}");
    }
}

/// Figures by name, with their labels.
fn read(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut histograms = BTreeSet::new();
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            if let Some(name) = kind.strip_suffix(" histogram") {
                histograms.insert(name.to_owned());
            }
            continue;
        }
        if line.starts_with('#') {
            continue;
        }
        let end = line.find(['{', ' ']).unwrap();
        let (name, rest) = line.split_at(end);
        let base = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .filter(|base| histograms.contains(*base))
            .unwrap_or(name);
        let labels = found.entry(base.to_owned()).or_default();
        let inner = rest.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let pairs = inner.map_or("", |(inner, _)| inner).split("\",");
        labels.extend(
            pairs
                .filter_map(|pair| pair.split_once('='))
                .map(|(label, _)| label.to_owned())
                .filter(|label| label != "le"),
        );
    }
    found
}
