//! Every command that reads takes the two axes of time, and is among the [`QUESTIONS`] whose answers
//! about the past are held to their bytes in `for_ever.rs`.

use std::collections::BTreeSet;

use clap::Command;

/// What a command takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
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
    ("kr chart", Both),
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
    ("replay", AsOf),
    ("regrade", Both),
    ("retro", Both),
    ("calibration", Both),
    ("forecast", Both),
    ("query status", Both),
    ("query log", AsOf),
    ("query history", Both),
    ("query blame", Both),
    ("query diff", Both),
    ("query goalposts", Both),
    ("query late", Both),
    ("query regrade", Both),
    ("query calibration", Both),
    ("query forecast", Both),
    ("query conflicts", AsOf),
    ("query state", AsOf),
    ("template list", AsOf),
    ("template show", AsOf),
    ("lint", Both),
    ("conflicts", AsOf),
    ("export", Both),
];

/// What is asked about a quarter, each command that reads at least once, as it is typed.
pub(crate) const QUESTIONS: &[&str] = &[
    "status",
    "status --tree",
    "status --cycle 2026-Q2",
    "status --team sales",
    "due --all",
    "digest --since 2026-07-01",
    "weekly show --all",
    "mission",
    "cycle list",
    "cycle show 2026-Q3",
    "cycle show 2026-Q2 --later",
    "objective list",
    "objective show growth",
    "kr list",
    "kr show leads",
    "kr show deals",
    "kr chart leads",
    "kr chart deals --svg",
    "kpi list",
    "kpi show crm",
    "initiative list",
    "initiative show 'Call the fair'",
    "todo list",
    "todo show calls",
    "grade --cycle 2026-Q3",
    "incentive",
    "incentive list",
    "team list",
    "member list",
    "device list",
    "funnel 2026-Q2 2026-Q3",
    "funnel list",
    "funnel show web",
    "log --all",
    "log leads",
    "log --csv",
    "history leads",
    "history growth",
    "history sales --all",
    "history --csv",
    "blame leads",
    "blame growth",
    "blame crm --csv",
    "diff #9",
    "diff #9 --csv",
    "goalposts",
    "goalposts --cycle 2026-Q2",
    "goalposts --csv",
    "late --days 1",
    "late --cycle 2026-Q2 --csv",
    "replay 2026-Q2",
    "replay 2026-Q3 --step day",
    "replay 2026-Q3 --step event --until 2026-08-04",
    "forecast",
    "forecast --past 2026-Q2",
    "forecast --csv",
    "calibration 2026-Q2",
    "calibration --csv",
    "regrade 2026-Q3 --as-agreed",
    "regrade 2026-Q2 --equal-weights",
    "regrade 2026-Q3 --drop leads --csv",
    "retro",
    "retro 2026-Q2",
    "retro 2026-Q3 --format md",
    "template list",
    "template show own",
    "lint",
    "conflicts",
    "export --format csv",
    "export --format md",
];

/// The command of a question.
pub(crate) fn reads(question: &str) -> &'static (&'static str, Takes) {
    (READ.iter())
        .filter(|(path, _)| question == *path || question.starts_with(&format!("{path} ")))
        .max_by_key(|(path, _)| path.len())
        .unwrap()
}

#[test]
fn every_reading_command_is_asked_about_the_past() {
    let asked: BTreeSet<&str> = QUESTIONS.iter().map(|line| reads(line).0).collect();
    // A server's answers are held to these in tests/tests/queries.rs.
    let here = READ.iter().filter(|(path, _)| !path.starts_with("query "));
    for (path, _) in here {
        assert!(asked.contains(path), "no question asks `okr {path}`");
    }
}

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
    "device rotate",
    "erase",
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
    "repair",
    "config",
    "completions",
    "man",
    "watch",
    "open",
    "outbox",
    "prove",
    "verify",
    "prove",
    // A screen of its own, of now: what it shows is `status --tree`, `kr show` and others.
    "tui",
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
