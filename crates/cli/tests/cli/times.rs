//! Every command that reads takes the two axes of time; and a question about the past is answered
//! with the same bytes for ever.

use std::collections::BTreeSet;

use clap::Command;

use crate::machine::Machine;

/// What a command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// It reads, and its figures depend on a day: `--as-of` and `--on`.
    Both,
    /// It reads what no day changes: `--as-of`.
    AsOf,
}
use Takes::{AsOf, Both};

/// What reads a workspace.
const READ: &[(&str, Takes)] = &[
    ("status", Both),
    ("due", Both),
    ("digest", Both),
    ("weekly show", Both),
    ("mission", AsOf),
    ("cycle list", Both),
    ("cycle show", Both),
    ("objective list", Both),
    ("objective show", Both),
    ("kr list", Both),
    ("kr show", Both),
    ("kpi list", Both),
    ("kpi show", Both),
    ("initiative list", Both),
    ("initiative show", Both),
    ("todo list", Both),
    ("todo show", Both),
    ("grade", Both),
    ("incentive", AsOf),
    ("incentive list", AsOf),
    ("team list", AsOf),
    ("member list", AsOf),
    ("device list", AsOf),
    ("funnel", Both),
    ("funnel list", Both),
    ("funnel show", Both),
    ("log", AsOf),
    ("history", Both),
    ("blame", Both),
    ("diff", Both),
    ("goalposts", Both),
    ("late", Both),
    ("forecast", Both),
    ("calibration", Both),
    ("regrade", Both),
    ("template list", AsOf),
    ("template show", AsOf),
    ("lint", Both),
    ("conflicts", AsOf),
    ("export", Both),
];

/// What writes, or plans something that is to be written.
const WRITE: &[&str] = &[
    "init",
    "join",
    "remote set",
    "checkin",
    "checkin amend",
    "checkin retract",
    "note",
    "weekly",
    "sync",
    "cycle new",
    "cycle activate",
    "cycle edit",
    "cycle close",
    "cycle reopen",
    "objective new",
    "objective edit",
    "objective ask",
    "objective sign",
    "objective unsign",
    "objective align",
    "objective defer",
    "objective drop",
    "kr new",
    "kr edit",
    "kr help",
    "kr rank",
    "kr defer",
    "kr drop",
    "kpi new",
    "kpi edit",
    "kpi record",
    "kpi amend",
    "kpi retract",
    "kpi link",
    "kpi unlink",
    "kpi drop",
    "initiative new",
    "initiative edit",
    "initiative done",
    "initiative drop",
    "todo new",
    "todo count",
    "todo edit",
    "todo done",
    "todo drop",
    "carry",
    "incentive on",
    "incentive off",
    "incentive add",
    "incentive edit",
    "incentive drop",
    "team new",
    "team add",
    "team remove",
    "team edit",
    "member add",
    "member role",
    "member edit",
    "member remove",
    "device new",
    "device revoke",
    "plan split",
    "plan funnel",
    "funnel define",
    "funnel drop",
    "template apply",
    "template save",
    "template remove",
    "lint silence",
    "lint heed",
    "resolve",
    "outbox drop",
    "outbox retry",
    "outbox amend",
    "undo",
    "import",
];

/// What is about this machine or its server now, and not about the history of a workspace.
const HERE: &[&str] = &[
    "remote show",
    "demo",
    "doctor",
    "config",
    "completions",
    "man",
    "watch",
    "outbox",
    "verify",
];

/// Everything that does something, by its path: what has no command below, or can go without one.
fn runnable(command: &Command, path: &str, found: &mut Vec<(String, BTreeSet<String>)>) {
    let below: Vec<&Command> = command
        .get_subcommands()
        .filter(|one| one.get_name() != "help" || path == "kr")
        .collect();
    if !path.is_empty() && (below.is_empty() || !command.is_subcommand_required_set()) {
        let options = command.get_arguments().filter_map(|one| one.get_long());
        found.push((path.to_owned(), options.map(str::to_owned).collect()));
    }
    for one in below {
        runnable(one, format!("{path} {}", one.get_name()).trim(), found);
    }
}

#[test]
fn every_reading_command_takes_both_axes_of_time() {
    let mut all = Vec::new();
    runnable(&quarterdeck_cli::command(), "", &mut all);
    for (path, options) in &all {
        let path = path.as_str();
        if let Some((_, takes)) = READ.iter().find(|(read, _)| *read == path) {
            assert!(options.contains("as-of"), "`okr {path}` has no --as-of");
            assert!(
                *takes == AsOf || options.contains("on"),
                "`okr {path}` has no --on"
            );
        } else {
            assert!(
                WRITE.contains(&path) || HERE.contains(&path),
                "`okr {path}` is new: does it read? Then it takes --as-of, and --on where a figure \
                 depends on a day; say here what it does"
            );
            assert!(!options.contains("as-of"), "`okr {path}` reads after all");
        }
    }
    let known: BTreeSet<&str> = all.iter().map(|(path, _)| path.as_str()).collect();
    let named = READ.iter().map(|(path, _)| path);
    for path in named.chain(WRITE).chain(HERE) {
        assert!(known.contains(path), "there is no `okr {path}`");
    }
}

/// A quarter with a bit of everything.
fn eventful() -> Machine {
    let machine = Machine::planned();
    for line in [
        &["team", "new", "Sales"][..],
        &["objective", "edit", "growth", "--team", "Sales"],
        &[
            "kpi",
            "new",
            "Leads in the CRM",
            "--target",
            "600",
            "--unit",
            "leads",
            "--key",
            "crm",
        ],
        &["kpi", "record", "crm", "505"],
        &["checkin", "leads", "510", "-c", "0.7", "-m", "a good start"],
        &[
            "kr",
            "edit",
            "leads",
            "--target",
            "600",
            "-m",
            "two reps more",
        ],
        &[
            "initiative",
            "new",
            "Call the fair's guests",
            "--for",
            "leads",
        ],
        &["note", "leads", "the fair was full", "--win"],
        &["mission", "Every small shop gets good software"],
        &["weekly", "--plans", "call them"],
    ] {
        machine.okr(line).ok();
    }
    machine
}

#[test]
fn the_same_question_about_the_past_gives_the_same_bytes() {
    let machine = eventful();
    let head = machine.log().len().to_string();
    let position = format!("#{head}");
    let questions: Vec<Vec<&str>> = [
        &["status"][..],
        &["status", "--tree"],
        &["status", "--on", "2026-07-20"],
        &["due", "--all"],
        &["digest", "--since", "2026-07-01"],
        &["weekly", "show", "--all"],
        &["mission"],
        &["cycle", "list"],
        &["cycle", "show", "2026-Q3"],
        &["objective", "list"],
        &["objective", "show", "growth"],
        &["kr", "list"],
        &["kr", "show", "leads"],
        &["kpi", "list"],
        &["kpi", "show", "crm"],
        &["initiative", "list"],
        &["todo", "list"],
        &["grade", "--cycle", "2026-Q3"],
        &["team", "list"],
        &["member", "list"],
        &["device", "list"],
        &["log", "--all"],
        &["log", "leads"],
        &["history", "leads"],
        &["history", "growth"],
        &["history", "Sales", "--all"],
        &["history", "--all"],
        &["history", "leads", "--on", "2026-07-20"],
        &["blame", "leads"],
        &["blame", "growth"],
        &["blame", "crm"],
        &["diff", "#5"],
        &["diff", "#5", "--on", "2026-07-20"],
        &["lint"],
        &["conflicts"],
        &["template", "list"],
        &["export", "--format", "csv"],
        &["export", "--format", "md"],
    ]
    .iter()
    .flat_map(|line| {
        let mut text = line.to_vec();
        text.extend(["--as-of", position.as_str()]);
        let mut json = text.clone();
        json.push("--json");
        [text, json]
    })
    .chain([
        vec!["history", "--csv", "--as-of", position.as_str()],
        vec!["log", "--csv", "--as-of", position.as_str()],
        vec!["blame", "leads", "--csv", "--as-of", position.as_str()],
        vec!["diff", "#5", position.as_str(), "--csv"],
    ])
    .collect();
    let ask = || -> Vec<_> {
        (questions.iter())
            .map(|line| {
                let answer = machine.okr(line);
                assert!(
                    matches!(
                        answer.exit,
                        quarterdeck_cli::Exit::Done | quarterdeck_cli::Exit::Findings
                    ),
                    "{line:?} {answer:?}"
                );
                (line.join(" "), answer.stdout)
            })
            .collect()
    };
    let before = ask();
    // A year later, after all of it was renamed, corrected, moved and dropped.
    machine.set_time("2027-07-20T09:00:00Z");
    for line in [
        &["checkin", "leads", "520", "--on", "2026-07-05"][..],
        &[
            "kr",
            "edit",
            "leads",
            "--title",
            "Leads that fit",
            "--weight",
            "3",
            "-m",
            "why not",
        ],
        &["kr", "new", "More", "--objective", "growth", "--binary"],
        &[
            "objective",
            "edit",
            "growth",
            "--title",
            "Grow",
            "-m",
            "shorter",
        ],
        &["team", "edit", "Sales", "--name", "Growth team"],
        &["member", "edit", "ana", "--name", "Ana Almeida"],
        &["kpi", "edit", "crm", "--title", "CRM", "-m", "shorter"],
        &["mission", "none"],
        &[
            "cycle",
            "edit",
            "2026-Q3",
            "--ends",
            "2026-10-15",
            "-m",
            "the fair is late",
        ],
        &["kr", "drop", "leads", "-m", "nobody asks"],
    ] {
        machine.okr(line).ok();
    }
    for ((line, was), (_, is)) in before.iter().zip(ask()) {
        assert_eq!(*was, is, "okr {line}");
    }
}
