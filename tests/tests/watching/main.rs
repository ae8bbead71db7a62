//! What operators are promised to see of a server, against what it really says: `docs/watching.md` lists
//! every line of the log with its fields and every figure, and lists nothing else. The alerts beside
//! okrd's unit file ask for figures that there are.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "helpers of tests, outside the functions marked as such"
)]

mod document;
mod figures;
mod http;
mod probes;
mod sources;
mod story;
