//! The harness for tests of whole programs: `okr` and `okrd` run as a person runs them, each machine
//! with a home and an environment of its own, nothing shared with the machine that runs the tests.
//!
//! What it guarantees to a test:
//!
//! - **Hermetic.** A child sees only the variables set here. Everything it writes lies in one temporary
//!   folder that goes away with the [`TestEnv`].
//! - **Repeatable.** `okr` is given its clock in `OKR_NOW` (RFC 3339) and its source of randomness in
//!   `OKR_SEED` (a `u64`); it honours both for tests and demonstrations only. Each command of an environment
//!   is one minute after the one before it, on whatever machine, and has a seed that no other has.
//!   `okrd` keeps real time: a test that asks about a past moment on a server uses log positions,
//!   or history that was recorded before the server had it.
//! - **No waiting by the clock.** Readiness is the server's own line, the end of a process is its end.
//!   The only time limit is the one after which a hanging child is killed and the test fails.
//! - **Current binaries.** If `okr` or `okrd` is missing or older than its sources, it is built first.
//!
//! The tests themselves are in `tests/tests`, one topic a file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a harness reports by panicking in the test that uses it"
)]

pub mod attacks;
mod binaries;
mod browser;
mod chance;
mod disk;
mod env;
mod machine;
mod proxy;
pub mod raw;
mod run;
mod server;
mod terminal;

pub use binaries::okrd_program;
pub use browser::{Browser, Page};
pub use chance::{Chance, rounds};
pub use disk::{Disk, files_below};
pub use env::{FIRST_MOMENT, TestEnv};
pub use machine::{Machine, Running};
pub use proxy::{Cut, Proxy};
pub use run::{Run, titled};
pub use server::Server;
pub use terminal::{Left, Terminal};
