//! What people and scripts are shown of one small company's quarter.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test builds is there, or the test fails"
)]

mod chart;
mod json;
mod kpi;
mod lint;
mod notes;
mod odds;
mod replay;
mod retro;
mod sample;
mod text;
mod tree;
mod xml;
