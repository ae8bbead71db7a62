//! Backups: what they hold, what is refused, and how a server that was set back has everything back.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking, its helpers too"
)]

mod damaged;
mod drill;
mod given_back;
mod killed;
mod refused;

use std::path::{Path, PathBuf};

use quarterdeck_tests::{Machine, Server, TestEnv};

const AWAY: i32 = 4;
const REFUSED: i32 = 5;
const DOES_NOT_VERIFY: i32 = 6;

/// A path as it is typed.
fn typed(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// Backs a server up to a file of this name.
fn back_up(env: &TestEnv, server: &Server<'_>, name: &str) -> PathBuf {
    let file = env.path().join(name);
    server.okrd(&["backup", "-o", typed(&file)]).ok();
    file
}

/// Restores a backup into a folder of this name, and serves that.
fn set_back(env: &TestEnv, server: &mut Server<'_>, file: &Path, name: &str) {
    let data = env.path().join(name);
    let restore = ["restore", typed(file), "--data", typed(&data)];
    server.okrd_bare(&restore).ok();
    server.serve_from(&data);
}

/// Lisbon has planned a quarter, and Lagos has joined.
fn scene(env: &TestEnv) -> (Server<'_>, Machine<'_>, Machine<'_>) {
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let lagos = env.machine("lagos");
    lagos.join(&server.invite("ben", "editor"));
    (server, lisbon, lagos)
}

/// Asserts that all hold one history, and answers how long it is.
fn converged(server: &Server<'_>, machines: &[&Machine<'_>]) -> u64 {
    let found = server.okrd(&["verify", "--json"]).ok().json();
    let root = &found["workspaces"][0]["root"];
    for machine in machines {
        let verified = machine.okr(&["verify", "--json"]).ok().json();
        assert_eq!(&verified["root"], root);
    }
    found["workspaces"][0]["size"].as_u64().expect("a size")
}
