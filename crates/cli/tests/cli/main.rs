//! `okr` as a person types it, run within this process: no server, a home of its own, a stepped clock.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod journey;
mod machine;
mod reference;
mod work;
