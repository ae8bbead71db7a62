//! `okr` as a person types it, run within this process: no server, a home of its own, a stepped clock.

mod bad_input;
mod journey;
mod machine;
mod reference;
