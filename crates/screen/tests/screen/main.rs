//! What the screens show, and what keys do, on a grid of characters in memory: no terminal, no thread.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test builds is there, or the test fails"
)]

mod canvas;
mod desk;
mod film;
mod live;
/// A log as questions about the past see it.
#[allow(dead_code, unreachable_pub, reason = "core's tests use the rest")]
#[path = "../../../core/tests/support/past.rs"]
mod past;
mod pictures;
mod played;
/// The quarter that the reports are tested with.
#[allow(dead_code, reason = "the reports' tests use the rest")]
#[path = "../../../report/tests/report/sample.rs"]
mod sample;
