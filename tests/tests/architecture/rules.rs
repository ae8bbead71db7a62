//! The rules, one crate after the other. ARCHITECTURE.md says the same in prose.

/// What one crate may use and what it must not know.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    /// From the root of the workspace.
    pub(crate) folder: &'static str,
    /// The workspace's crates that it may depend on.
    pub(crate) may_use: &'static [&'static str],
    /// Whether `may_use` binds its tests as well.
    pub(crate) tests_too: bool,
    /// What is deliberately absent, as a message says it.
    pub(crate) absent: &'static str,
    /// Crates that would bring it in. A name with `*` at its end stands for all that begin so.
    pub(crate) crates: &'static [&'static str],
    /// Features of allowed crates that would bring it in, as `crate/feature`.
    pub(crate) features: &'static [&'static str],
    /// Names that its sources, apart from their tests, may not mention: paths, or macros with their `!`.
    pub(crate) names: &'static [&'static str],
}

/// Crates that only the named ones may depend on, and why.
const RESERVED: &[(&str, &[&str], &str)] = &[
    (
        "prost*",
        &["quarterdeck-proto", "quarterdeck-fuzz"],
        "only quarterdeck-proto knows protobuf, and what throws bytes at it",
    ),
    (
        "protox*",
        &["quarterdeck-proto"],
        "only quarterdeck-proto knows protobuf",
    ),
    (
        "tonic-prost*",
        &["quarterdeck-proto"],
        "only quarterdeck-proto knows protobuf",
    ),
    (
        "sled",
        &["quarterdeck-ledger"],
        "only quarterdeck-ledger knows the store",
    ),
    (
        "calamine",
        &["quarterdeck-exchange"],
        "only quarterdeck-exchange knows other tools' files",
    ),
    (
        "rust_xlsxwriter",
        &["quarterdeck-exchange"],
        "only quarterdeck-exchange knows other tools' files",
    ),
    (
        "pulldown-cmark",
        &["quarterdeck-exchange"],
        "only quarterdeck-exchange knows other tools' files",
    ),
    (
        "ratatui*",
        &["quarterdeck-screen", "quarterdeck-cli"],
        "only the screens, and the program that has a terminal for them, draw on one",
    ),
    (
        "anyhow",
        &["quarterdeck-cli", "quarterdeck-server"],
        "a library's errors have types; only the two programs give up on telling them apart",
    ),
    (
        "clap*",
        &["quarterdeck-cli", "quarterdeck-server"],
        "only the two programs read a command line",
    ),
];

const CLI: &str = "quarterdeck-cli";
const CORE: &str = "quarterdeck-core";
const EXCHANGE: &str = "quarterdeck-exchange";
const LEDGER: &str = "quarterdeck-ledger";
const PROJECTION: &str = "quarterdeck-projection";
const PROTO: &str = "quarterdeck-proto";
const REPORT: &str = "quarterdeck-report";
const SCREEN: &str = "quarterdeck-screen";
const SERVER: &str = "quarterdeck-server";
const SYNC: &str = "quarterdeck-sync";

pub(crate) const CRATES: &[Rule] = &[
    Rule {
        name: CORE,
        folder: "crates/core",
        may_use: &[],
        tests_too: true,
        absent: "no I/O, no async, no clock, no randomness, no environment, no printing, no protobuf",
        crates: &[
            "tokio*",
            "tonic*",
            "futures*",
            "axum",
            "hyper*",
            "rustls",
            "rusqlite",
            "getrandom",
            "rand*",
            "fastrand",
            "tempfile",
            "rustix",
            "libc",
            "etcetera",
            "anstream",
            "indicatif",
            "tracing*",
            "chrono",
            "time",
        ],
        features: &[
            "uuid/v1",
            "uuid/v4",
            "uuid/v6",
            "uuid/v7",
            "uuid/rng",
            "uuid/fast-rng",
            "jiff/tz-system",
            "jiff/tzdb-zoneinfo",
            "jiff/tzdb-concatenated",
            "rust_decimal/rand",
        ],
        names: &[
            "std::fs",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
            "std::net",
            "std::os",
            "std::process",
            "std::thread",
            "std::env",
            "std::time::SystemTime",
            "std::time::Instant",
            "SystemTime::now",
            "Instant::now",
            "Timestamp::now",
            "Zoned::now",
            "TimeZone::system",
            "TimeZone::try_system",
            "Uuid::new_v4",
            "Uuid::now_v7",
            "RandomState",
            "async",
            "await",
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "dbg!",
        ],
    },
    Rule {
        name: PROTO,
        folder: "crates/proto",
        may_use: &[CORE],
        tests_too: true,
        absent: "no logic: nothing but what is generated and its conversions",
        crates: &["tokio*", "axum", "rustls", "getrandom", "rand*", "tempfile"],
        features: &[],
        names: &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread",
            "std::time",
            "async",
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
        ],
    },
    Rule {
        name: LEDGER,
        folder: "crates/ledger",
        may_use: &[],
        tests_too: true,
        absent: "no domain rule, no network, no protobuf, no environment, no printing",
        crates: &["tonic*", "axum", "hyper*", "rustls", "rcgen"],
        features: &["tokio/net", "tokio/full", "tokio/process"],
        names: &[
            "std::net",
            "tokio::net",
            "std::env",
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
        ],
    },
    Rule {
        name: PROJECTION,
        folder: "crates/projection",
        may_use: &[CORE, LEDGER, PROTO],
        tests_too: true,
        absent: "no rule about OKRs, no network, no clock: what it keeps can be deleted",
        crates: &["tonic*", "axum", "hyper*", "rustls", "getrandom", "rand*"],
        features: &[],
        names: &[
            "std::net",
            "std::env",
            "std::time::SystemTime",
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "dbg!",
        ],
    },
    Rule {
        name: SYNC,
        folder: "crates/sync",
        may_use: &[CORE, LEDGER, PROJECTION, PROTO],
        tests_too: false,
        absent: "no printing and no environment: the same code serves the program and its tests",
        crates: &[
            "axum",
            "anstream",
            "anstyle",
            "indicatif",
            "comfy-table",
            "etcetera",
            "terminal_size",
        ],
        features: &[],
        names: &[
            "std::env",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "dbg!",
        ],
    },
    Rule {
        name: SERVER,
        folder: "crates/server",
        may_use: &[CORE, LEDGER, PROJECTION, PROTO, REPORT],
        tests_too: false,
        absent: "no OKR rule of its own, and no terminal",
        crates: &["indicatif", "comfy-table", "terminal_size"],
        features: &[],
        names: &["dbg!"],
    },
    Rule {
        name: REPORT,
        folder: "crates/report",
        may_use: &[CORE],
        tests_too: true,
        absent: "no storage, no network, no environment: data in, document out",
        crates: &[
            "tokio*",
            "tonic*",
            "axum",
            "hyper*",
            "rustls",
            "rusqlite",
            "tempfile",
            "etcetera",
            "terminal_size",
            "indicatif",
            "getrandom",
            "rand*",
        ],
        features: &[],
        names: &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread",
            "std::time::SystemTime",
            "Timestamp::now",
            "Zoned::now",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "async",
        ],
    },
    Rule {
        name: SCREEN,
        folder: "crates/screen",
        may_use: &[CORE, REPORT],
        tests_too: true,
        absent: "no terminal, no thread, no storage, no network, no clock: events in, pictures out",
        crates: &[
            "tokio*",
            "tonic*",
            "axum",
            "hyper*",
            "rustls",
            "tempfile",
            "etcetera",
            "crossterm*",
            "terminal_size",
            "indicatif",
            "inquire",
            "signal-hook*",
            "getrandom",
            "rand*",
        ],
        features: &[
            "ratatui/crossterm",
            "ratatui/crossterm_0_28",
            "ratatui/crossterm_0_29",
            "ratatui/termion",
            "ratatui/termwiz",
        ],
        names: &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread",
            "std::time::SystemTime",
            "std::time::Instant",
            "Instant::now",
            "Timestamp::now",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
            "ratatui::init",
            "ratatui::run",
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "dbg!",
            "async",
        ],
    },
    Rule {
        name: EXCHANGE,
        folder: "crates/exchange",
        may_use: &[CORE],
        tests_too: true,
        absent: "no files, no processes, no network, no clock: bytes in, values out",
        crates: &[
            "tokio*",
            "tonic*",
            "axum",
            "hyper*",
            "rustls",
            "tempfile",
            "etcetera",
            "getrandom",
            "rand*",
            "chrono",
        ],
        features: &[
            "calamine/chrono",
            "calamine/dates",
            "rust_xlsxwriter/chrono",
        ],
        names: &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread",
            "std::time::SystemTime",
            "Timestamp::now",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
            "print!",
            "println!",
            "eprint!",
            "eprintln!",
            "dbg!",
            "async",
        ],
    },
    Rule {
        name: CLI,
        folder: "crates/cli",
        may_use: &[CORE, EXCHANGE, LEDGER, REPORT, SCREEN, SERVER, SYNC],
        tests_too: false,
        absent: "no OKR rule and no formula: it asks quarterdeck-core",
        crates: &[],
        features: &[],
        names: &["dbg!"],
    },
    Rule {
        name: "quarterdeck-fuzz",
        folder: "crates/fuzz",
        may_use: &[
            CLI, CORE, EXCHANGE, LEDGER, PROJECTION, PROTO, REPORT, SERVER, SYNC,
        ],
        tests_too: false,
        absent: "no code that a program runs: it only calls others' readers",
        crates: &[],
        features: &[],
        names: &["dbg!"],
    },
    Rule {
        name: "quarterdeck-tests",
        folder: "tests",
        may_use: &[],
        tests_too: true,
        absent: "no access to internals: it sees what a person sees",
        crates: &[],
        features: &[],
        names: &["dbg!"],
    },
];

/// The rule of a crate of the workspace.
pub(crate) fn of(name: &str) -> &'static Rule {
    CRATES
        .iter()
        .find(|rule| rule.name == name)
        .unwrap_or_else(|| panic!("{name} has no rule here: say what it must not know"))
}

/// Why a crate must not depend on another, if so.
pub(crate) fn why_not(rule: &Rule, dependency: &str) -> Option<&'static str> {
    if rule.crates.iter().any(|name| stands_for(name, dependency)) {
        return Some(rule.absent);
    }
    RESERVED
        .iter()
        .find(|(name, to, _)| stands_for(name, dependency) && !to.contains(&rule.name))
        .map(|(_, _, why)| *why)
}

fn stands_for(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[test]
fn a_forbidden_crate_is_told_from_an_allowed_one() {
    assert!(why_not(of(CORE), "tokio").is_some());
    assert!(why_not(of(CORE), "tokio-stream").is_some());
    assert!(why_not(of(SYNC), "prost-types").is_some());
    assert!(why_not(of(REPORT), "anyhow").is_some());
    assert!(why_not(of(SYNC), "sled").is_some());
    assert!(why_not(of(CORE), "serde").is_none());
    assert!(why_not(of(PROTO), "prost").is_none());
    assert!(why_not(of(LEDGER), "sled").is_none());
}
