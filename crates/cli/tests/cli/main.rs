//! `okr` as a person types it, run within this process: no server, a home of its own, a stepped clock.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod alignment;
mod audit;
mod bad_input;
mod chart;
mod closing;
mod export;
mod for_ever;
mod funnels;
mod goals;
mod import;
mod journey;
mod kpi;
mod lint;
mod machine;
mod odds;
mod planning;
mod prove;
mod reference;
mod replay;
mod retro;
mod screens;
mod template;
mod times;
mod week;
mod work;
