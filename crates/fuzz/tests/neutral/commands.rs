//! Every command that shows something, and a reason for each that is not run here.

use std::collections::BTreeSet;
use std::thread;

use quarterdeck_tests::{Machine, TestEnv};

use crate::looked;
use crate::{WORDS, attacked, heaped};

/// The id of everything in the log: each kind of thing has one of it.
pub(crate) const ID: &str = "01010101-0101-0101-0101-010101010101";
const DAY: &str = "2026-08-20";

/// How a command is asked.
pub(crate) enum Asked {
    /// It shows something: run with these arguments, each way it can be.
    Reads(&'static [&'static [&'static str]]),
    /// It draws a whole screen, or asks: `screens` sees to it.
    Draws,
    /// It asks a server: `served` sees to it.
    Served,
    /// It writes; what it says is its own arguments and what the reading commands show.
    Writes,
}

use Asked::{Draws, Reads, Served, Writes};

/// Every command of the program.
pub(crate) const COMMANDS: &[(&str, Asked)] = &[
    ("init", Writes),
    ("device rotate", Writes),
    (
        "erase",
        Reads(&[&["erase", ID, "-m", "by law", "--dry-run"]]),
    ),
    ("repair", Writes),
    ("join", Writes),
    ("remote", Reads(&[&["remote"]])),
    ("remote set", Writes),
    ("remote show", Reads(&[&["remote", "show"]])),
    ("demo", Writes),
    (
        "status",
        Reads(&[
            &["status"],
            &["status", "--tree"],
            &["status", "--as-of", "#30"],
            &["status", "--on", DAY, "--team", ID],
        ]),
    ),
    ("checkin", Reads(&[&["checkin", ID, "5"]])),
    ("checkin amend", Writes),
    ("checkin retract", Writes),
    ("note", Writes),
    ("weekly", Writes),
    (
        "weekly show",
        Reads(&[
            &["weekly", "show", "--all"],
            &["weekly", "show", "--all", "--week", "2026-08-17"],
        ]),
    ),
    (
        "due",
        Reads(&[&["due", "--all"], &["due", "--all", "--on", "2026-09-29"]]),
    ),
    (
        "digest",
        Reads(&[
            &["digest", "--since", "2026-06-01"],
            &["digest", "--since", "2026-06-01", "--format", "md"],
        ]),
    ),
    (
        "forecast",
        Reads(&[
            &["forecast"],
            &["forecast", "--past", "all"],
            &["forecast", ID],
        ]),
    ),
    ("open", Writes),
    ("watch", Served),
    ("sync", Reads(&[&["sync"]])),
    ("tui", Draws),
    ("mission", Reads(&[&["mission"]])),
    ("cycle", Reads(&[&["cycle"]])),
    ("cycle new", Writes),
    ("cycle list", Reads(&[&["cycle", "list"]])),
    (
        "cycle show",
        Reads(&[
            &["cycle", "show", ID],
            &["cycle", "show", ID, "--as-of", "#40"],
        ]),
    ),
    ("cycle activate", Writes),
    ("cycle edit", Writes),
    ("cycle close", Writes),
    ("cycle reopen", Writes),
    ("objective", Reads(&[&["objective"]])),
    ("objective new", Writes),
    ("objective edit", Writes),
    ("objective show", Reads(&[&["objective", "show", ID]])),
    ("objective list", Reads(&[&["objective", "list"]])),
    ("objective ask", Writes),
    ("objective sign", Writes),
    ("objective unsign", Writes),
    ("objective align", Writes),
    ("objective defer", Writes),
    (
        "objective drop",
        Reads(&[&["objective", "drop", ID, "-m", "so"]]),
    ),
    ("kr", Reads(&[&["kr"]])),
    ("kr new", Writes),
    ("kr edit", Writes),
    ("kr show", Reads(&[&["kr", "show", ID]])),
    (
        "kr chart",
        Reads(&[
            &["kr", "chart", ID],
            &["kr", "chart", "02020202-0202-0202-0202-020202020202"],
        ]),
    ),
    ("kr list", Reads(&[&["kr", "list"]])),
    ("kr rank", Writes),
    ("kr defer", Writes),
    ("kr drop", Writes),
    ("kpi", Reads(&[&["kpi"]])),
    ("kpi new", Writes),
    ("kpi edit", Writes),
    ("kpi record", Writes),
    ("kpi amend", Writes),
    ("kpi retract", Writes),
    ("kpi link", Writes),
    ("kpi unlink", Writes),
    ("kpi list", Reads(&[&["kpi", "list", "--all"]])),
    ("kpi show", Reads(&[&["kpi", "show", ID]])),
    ("kpi drop", Writes),
    ("initiative", Reads(&[&["initiative"]])),
    ("initiative new", Writes),
    ("initiative edit", Writes),
    ("initiative done", Writes),
    ("initiative drop", Writes),
    (
        "initiative list",
        Reads(&[&["initiative", "list", "--all"]]),
    ),
    ("initiative show", Reads(&[&["initiative", "show", ID]])),
    ("todo", Reads(&[&["todo"]])),
    ("todo new", Writes),
    ("todo count", Writes),
    ("todo edit", Writes),
    ("todo done", Writes),
    ("todo drop", Writes),
    ("todo list", Reads(&[&["todo", "list", "--all"]])),
    ("todo show", Reads(&[&["todo", "show", ID]])),
    ("plan", Reads(&[&["plan"]])),
    ("plan split", Reads(&[&["plan", "split", ID]])),
    (
        "plan funnel",
        Reads(&[&["plan", "funnel", "13", "--funnel", ID]]),
    ),
    ("funnel", Reads(&[&["funnel"]])),
    ("funnel define", Writes),
    ("funnel list", Reads(&[&["funnel", "list"]])),
    ("funnel show", Reads(&[&["funnel", "show", ID]])),
    ("funnel drop", Writes),
    ("template", Reads(&[&["template"]])),
    ("template list", Reads(&[&["template", "list"]])),
    (
        "template show",
        Reads(&[
            &["template", "show", "cmd"],
            &["template", "show", "endless"],
        ]),
    ),
    ("template apply", Writes),
    ("template save", Writes),
    ("template remove", Writes),
    ("lint", Reads(&[&["lint", "--cycle", ID, "--silenced"]])),
    ("lint silence", Writes),
    ("lint heed", Writes),
    ("team", Reads(&[&["team"]])),
    ("team new", Writes),
    ("team list", Reads(&[&["team", "list"]])),
    ("team add", Writes),
    ("team remove", Writes),
    ("team edit", Writes),
    ("member", Reads(&[&["member"]])),
    ("member list", Reads(&[&["member", "list"]])),
    ("member add", Writes),
    ("member role", Writes),
    ("member edit", Writes),
    ("member remove", Writes),
    ("device", Reads(&[&["device"]])),
    ("device list", Reads(&[&["device", "list"]])),
    ("device new", Writes),
    ("device revoke", Writes),
    ("grade", Reads(&[&["grade", "--cycle", ID, "--on", DAY]])),
    (
        "retro",
        Reads(&[&["retro", ID], &["retro", ID, "--format", "md"]]),
    ),
    ("carry", Reads(&[&["carry", ID, "--to", ID, "--dry-run"]])),
    ("incentive", Reads(&[&["incentive"]])),
    ("incentive list", Reads(&[&["incentive", "list"]])),
    ("incentive on", Writes),
    ("incentive off", Writes),
    ("incentive add", Writes),
    ("incentive drop", Writes),
    ("incentive edit", Writes),
    (
        "regrade",
        Reads(&[&["regrade", ID, "--rule", "plain-mean"]]),
    ),
    (
        "calibration",
        Reads(&[&["calibration", "--all", "--on", "2026-12-01"]]),
    ),
    (
        "log",
        Reads(&[&["log"], &["log", ID], &["log", "-n", "200"]]),
    ),
    ("history", Reads(&[&["history"], &["history", ID]])),
    ("blame", Reads(&[&["blame", ID], &["blame", "workspace"]])),
    (
        "diff",
        Reads(&[
            &["diff", "#3"],
            &["diff", "#3", "#20"],
            &["diff", "#9", "#60"],
        ]),
    ),
    (
        "goalposts",
        Reads(&[&["goalposts", "--cycle", ID], &["goalposts", ID]]),
    ),
    (
        "late",
        Reads(&[&["late", "--cycle", ID, "--days", "0"], &["late", ID]]),
    ),
    (
        "replay",
        Reads(&[
            &["replay", ID, "--plain"],
            &["replay", ID, "--plain", "--step", "event"],
        ]),
    ),
    ("conflicts", Reads(&[&["conflicts"]])),
    ("resolve", Reads(&[&["resolve", ID]])),
    ("outbox", Reads(&[&["outbox"]])),
    ("outbox drop", Writes),
    ("outbox retry", Writes),
    ("outbox amend", Writes),
    ("undo", Reads(&[&["undo", "#20"]])),
    ("verify", Reads(&[&["verify"]])),
    ("prove", Reads(&[&["prove", "#12"]])),
    ("query", Served),
    ("query status", Served),
    ("query log", Served),
    ("query history", Served),
    ("query blame", Served),
    ("query diff", Served),
    ("query goalposts", Served),
    ("query late", Served),
    ("query regrade", Served),
    ("query calibration", Served),
    ("query forecast", Served),
    ("query conflicts", Served),
    ("query state", Served),
    ("import", Writes),
    (
        "export",
        Reads(&[
            &["export"],
            &["export", "--format", "md"],
            &["export", "--format", "json"],
            &["export", "--format", "csv"],
            &["export", "--format", "csv", "--what", "checkins"],
            &["export", "--format", "csv", "--what", "notes"],
        ]),
    ),
    ("doctor", Reads(&[&["doctor"]])),
    ("config", Reads(&[&["config"]])),
    ("completions", Writes),
    ("man", Writes),
];

fn named(command: &clap::Command, before: &str, found: &mut BTreeSet<String>) {
    for below in command
        .get_subcommands()
        .filter(|below| below.get_name() != "help")
    {
        let name = format!("{before}{}", below.get_name());
        named(below, &format!("{name} "), found);
        found.insert(name);
    }
}

#[test]
fn every_command_is_looked_at_or_says_why_not() {
    let mut found = BTreeSet::new();
    named(&quarterdeck_cli::command(), "", &mut found);
    let known: BTreeSet<String> = COMMANDS
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let missing: Vec<_> = found.difference(&known).collect();
    assert!(
        missing.is_empty(),
        "not in the table of neutrality: {missing:?}"
    );
    let gone: Vec<_> = known.difference(&found).collect();
    assert!(gone.is_empty(), "no commands any more: {gone:?}");
}

fn all() -> Vec<&'static [&'static str]> {
    let reads = COMMANDS.iter().filter_map(|(_, asked)| match asked {
        Reads(ways) => Some(*ways),
        _ => None,
    });
    reads.flatten().copied().collect()
}

/// Runs each of these on a machine, on two threads.
fn each(commands: &[&'static [&'static str]], run: impl Fn(&[&str]) + Sync) {
    let (one, other) = commands.split_at(commands.len() / 2);
    thread::scope(|scope| {
        for part in [one, other] {
            scope.spawn(|| part.iter().for_each(|arguments| run(arguments)));
        }
    });
}

fn piped(machine: &Machine<'_>) {
    each(&all(), |arguments| {
        let what = format!("okr {}", arguments.join(" "));
        let run = machine.okr(arguments);
        assert!(!run.stderr.contains("panicked"), "{what}: {}", run.stderr);
        looked::plain(&what, &run.stderr);
        // A table or the log for another program is that program's; what it may be is for `files` to say.
        if arguments.first() == Some(&"export") {
            looked::file(&what, &run.stdout);
        } else {
            looked::plain(&what, &run.stdout);
        }
        let json = [arguments, &["--json"]].concat();
        let run = machine.okr(&json);
        looked::json(&format!("{what} --json"), &run.stdout);
        looked::plain(&format!("{what} --json"), &run.stderr);
    });
}

#[test]
fn no_command_lets_anything_act_where_it_is_piped() {
    let env = TestEnv::new();
    piped(&attacked(&env, "lisbon", WORDS));
    let shown = env.machine("lisbon").okr(&["mission"]).ok().stdout;
    let escape = shown.contains("␛]52;c;");
    assert!(escape, "an escape is shown, not dropped: {shown}");
}

#[test]
fn no_command_lets_heaps_and_endless_words_through() {
    let env = TestEnv::new();
    piped(&attacked(&env, "lisbon", &heaped()));
}

#[test]
fn no_command_lets_anything_act_on_a_terminal() {
    let env = TestEnv::new();
    let machine = attacked(&env, "lisbon", WORDS);
    each(&all(), |arguments| {
        // What asks at a terminal is a matter of `screens`.
        if ["grade", "resolve", "undo"].contains(&arguments[0]) {
            return;
        }
        let what = format!("okr {} (at a terminal)", arguments.join(" "));
        let coloured = [&["--color", "always"], arguments].concat();
        let mut terminal = machine.at_terminal(&coloured, (100, 40));
        let _ = terminal.ended();
        looked::styled(&what, terminal.written());
    });
}
