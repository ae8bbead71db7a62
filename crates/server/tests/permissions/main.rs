//! Who may do what, as a matrix: every call of the compiled service descriptors by everybody who might
//! make it, and every kind of event of the protocol by every role. What is expected stands in tables of
//! their own here, so a call or a kind that nobody thought about fails; `docs/permissions.md` is made of
//! them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "tests and their helpers"
)]

mod calls;
mod descriptors;
mod document;
mod events;
mod existence;
mod given;
mod kinds;
mod scene;
mod streams;
#[path = "../support/mod.rs"]
mod support;
