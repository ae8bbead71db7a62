//! `QueryService.GetReport`: every report is what core and report say of the log itself, folded from its
//! first entry here, whatever the server keeps beside it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "tests and their helpers"
)]

mod answers;
mod calls;
#[path = "../../../core/tests/support/past.rs"]
mod past;
mod played;
#[path = "../support/mod.rs"]
mod support;
