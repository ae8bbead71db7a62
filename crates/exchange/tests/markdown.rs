//! Markdown as people write it, and the account of every line.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use quarterdeck_core::token::{KeyResultState, MetricKind, ObjectiveState};
use quarterdeck_exchange::outline::{KeyResult, Now, Objective, Outline};
use quarterdeck_exchange::{Options, markdown};

fn read(text: &str) -> Outline {
    markdown::read(text, &Options::default())
}

fn key_results(objective: &Objective) -> Vec<&str> {
    objective
        .key_results
        .iter()
        .map(|one| one.title.as_str())
        .collect()
}

fn kind(key_result: &KeyResult) -> MetricKind {
    key_result.metric.as_ref().unwrap().kind
}

const QUARTER: &str = "\
# OKRs 2019 Q1

## Bring the engine to market

Our first paying customers.

### Make it friendly to enterprises

- [x] Single sign-on for the web [P0]
- [ ] ~~Audit logs~~
- [ ] Qualified leads from 500 to 550 leads (20%)
- Languages supported:
  - [x] Go
  - [ ] Scala

## ~~Release the data set~~

- [ ] Automate it

## Hiring team

* Find the right people
  * Interviews a week 3 → 6
  * Offers accepted
";

#[test]
fn headings_lists_and_ticks_become_objectives_and_key_results() {
    let found = read(QUARTER);
    let titles: Vec<&str> = found
        .objectives
        .iter()
        .map(|one| one.title.as_str())
        .collect();
    assert_eq!(
        titles,
        [
            "Bring the engine to market",
            "Make it friendly to enterprises",
            "Release the data set",
            "Find the right people",
        ]
    );
    assert!(
        found
            .objectives
            .iter()
            .all(|one| one.cycle.as_deref() == Some("2019-Q1"))
    );
    let [market, friendly, data, people] = found.objectives.as_slice() else {
        panic!()
    };
    assert_eq!(
        market.description.as_deref(),
        Some("Our first paying customers.")
    );
    assert_eq!(
        friendly.supports.as_deref(),
        Some("Bring the engine to market")
    );
    assert_eq!(data.state, Some(ObjectiveState::Dropped));
    assert_eq!(people.team.as_deref(), Some("Hiring"));
    let [login, logs, leads, languages] = friendly.key_results.as_slice() else {
        panic!()
    };
    assert_eq!(
        (login.title.as_str(), login.rank),
        ("Single sign-on for the web", Some(1))
    );
    assert_eq!(
        (kind(login), login.now),
        (MetricKind::Binary, Some(Now::Done(true)))
    );
    assert_eq!(logs.state, Some(KeyResultState::Dropped));
    assert_eq!(kind(leads), MetricKind::Increase);
    assert_eq!(leads.now, Some(Now::Progress("0.2".parse().unwrap())));
    assert_eq!(
        leads.metric.as_ref().unwrap().unit.as_deref(),
        Some("leads")
    );
    assert_eq!(
        (kind(languages), languages.steps_done.as_slice()),
        (MetricKind::Milestones, &["Go".to_owned()][..])
    );
    assert_eq!(
        key_results(people),
        ["Interviews a week 3 → 6", "Offers accepted"]
    );
    assert_eq!(found.unread, []);
}

#[test]
fn tables_below_a_heading_are_key_results_with_their_columns() {
    let found = read(
        "# Data team OKRs, 2026-Q3\n\n## Answers people trust\n\n\
         | What | Assignee | Priority | Mid-quarter score | Projected | Final score | Mood |\n\
         |---|---|---|---|---|---|---|\n\
         | Reports without a complaint | Ana | P1 | 0.3 | | 0.7 | sunny |\n\
         | ~~Old reports switched off~~ | | | 12 | | | |\n",
    );
    let [answers] = found.objectives.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (answers.team.as_deref(), answers.cycle.as_deref()),
        (Some("Data"), Some("2026-Q3"))
    );
    let [reports, old] = answers.key_results.as_slice() else {
        panic!()
    };
    assert_eq!(
        (reports.owner.as_deref(), reports.rank),
        (Some("Ana"), Some(2))
    );
    assert_eq!(reports.final_score, Some("0.7".parse().unwrap()));
    assert_eq!(reports.metric.as_ref().unwrap().target, Some(100u32.into()));
    assert_eq!(old.state, Some(KeyResultState::Dropped));
    let told: Vec<(usize, &str)> = found
        .unread
        .iter()
        .map(|one| (one.line, one.text.as_str()))
        .collect();
    assert_eq!(told, [(5, "Mood")]);
}

#[test]
fn attributes_say_what_prose_does_not() {
    let found = read(
        "## Be the partner whom buyers call first {aspirational, key: partner, owner: \"Ana, Ben\"}\n\n\
         - Replies within a day {increase 60..90, unit: %, leading, weekly, likely, weight: 2}\n  \
           - 2026-07-05: 65 {confidence: 0.7, comment: \"two, at once\"}\n\
         - Error rate {maintain 0..2, unit: %}\n\
         - Rollout {milestones}\n  - [x] pilot {weight: 2}\n  - [ ] live\n",
    );
    let [objective] = found.objectives.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (objective.key.as_deref(), objective.owner.as_deref()),
        (Some("partner"), Some("Ana, Ben"))
    );
    let [replies, errors, rollout] = objective.key_results.as_slice() else {
        panic!()
    };
    assert_eq!(
        (replies.title.as_str(), kind(replies)),
        ("Replies within a day", MetricKind::Increase)
    );
    assert_eq!(replies.certainty, Some("0.8".parse().unwrap()));
    let [check_in] = replies.check_ins.as_slice() else {
        panic!()
    };
    assert_eq!(check_in.comment.as_deref(), Some("two, at once"));
    assert_eq!(
        (kind(errors), errors.metric.as_ref().unwrap().high),
        (MetricKind::Maintain, Some(2u32.into()))
    );
    assert_eq!(rollout.metric.as_ref().unwrap().milestones.len(), 2);
    assert_eq!(
        rollout.metric.as_ref().unwrap().milestones[0].weight,
        2u32.into()
    );
    assert_eq!(found.unread, []);
}

#[test]
fn lists_alone_are_read_by_their_levels_and_labels() {
    let found = read(
        "- Objective 1: Grow\n- KR 1: More leads\n- KR 2: Fewer losses\n- O2: Hire\n  - KR: Two people\n",
    );
    let [grow, hire] = found.objectives.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(
        (grow.title.as_str(), key_results(grow)),
        ("Grow", vec!["More leads", "Fewer losses"])
    );
    assert_eq!(
        (hire.title.as_str(), key_results(hire)),
        ("Hire", vec!["Two people"])
    );
    let deep = read(
        "## Vision: lead\n\n* Store it all\n  * Never out of date\n    * Faster by half\n    * Fewer timeouts\n",
    );
    let titles: Vec<&str> = deep
        .objectives
        .iter()
        .map(|one| one.title.as_str())
        .collect();
    assert_eq!(titles, ["Vision: lead", "Store it all"]);
    assert_eq!(deep.objectives[1].supports.as_deref(), Some("Vision: lead"));
    assert_eq!(
        kind(&deep.objectives[1].key_results[0]),
        MetricKind::Milestones
    );
}

#[test]
fn what_is_not_about_okrs_is_listed_by_line() {
    let found = read(
        "Hello.\n\n- [Grow](#grow)\n\n## Grow\n\n```\ncode\n```\n\n- [Leads](https://a.example)\n\n## Notes\n\n- buy milk\n\n<div>x</div>\n",
    );
    let told: Vec<usize> = found.unread.iter().map(|one| one.line).collect();
    assert_eq!(told, [1, 3, 7, 8, 9, 11, 13, 15, 17]);
    assert_eq!(found.objectives.len(), 1);
}

#[test]
fn a_title_without_end_is_cut_and_the_rest_is_listed() {
    let long = "word ".repeat(100);
    let found = read(&format!("## Grow\n\n- {long}\n"));
    assert!(found.objectives[0].key_results[0].title.chars().count() <= 300);
    assert_eq!(found.unread.len(), 1);
}

/// All the words that an outline keeps.
fn words(found: &Outline) -> String {
    serde_json::to_string(found).unwrap()
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,400}") {
        read(&text);
    }

    #[test]
    fn every_line_is_used_or_listed(lines in prop::collection::vec((0usize..14, 0usize..4), 0..40)) {
        let mut text = String::new();
        let mut tokens = Vec::new();
        for (at, (sort, deep)) in lines.into_iter().enumerate() {
            let token = format!("zq{at}zq");
            let pad = "  ".repeat(deep);
            text.push_str(&match sort {
                0 => format!("# {token}\n"),
                1 => format!("## {token}\n"),
                2 => format!("### Objective: {token}\n"),
                3 => format!("{pad}- {token}\n"),
                4 => format!("{pad}- [x] {token} (40%)\n"),
                5 => format!("{pad}* ~~{token}~~\n"),
                6 => format!("\n{token}\n"),
                7 => format!("\n| Key result | Owner |\n|---|---|\n| {token} | {token} |\n\n"),
                8 => format!("```\n{token}\n```\n"),
                9 => format!("> {token}\n"),
                10 => format!("\n\n**{token}**\n"),
                11 => format!("{pad}- KR: {token} {{increase 1..2, weekly}}\n"),
                12 => format!("\n<!-- {token} -->\n\n"),
                _ => format!("\n## Notes {token}\n\n---\n"),
            });
            tokens.push(token);
        }
        let found = read(&text);
        let kept = words(&found);
        for token in tokens {
            prop_assert!(kept.contains(&token), "{token} is lost of\n{text}\n{kept}");
        }
        let lines: BTreeSet<usize> = found.unread.iter().map(|one| one.line).collect();
        prop_assert!(lines.iter().all(|line| (1..=text.lines().count()).contains(line)));
    }
}
