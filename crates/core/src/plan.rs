//! The arithmetic of planning: a year's change into quarters, an outcome back to a day's work,
//! what moved a funnel, and how much of a seasonal year is over.
//!
//! Everything is exact where decimals can be, and where something must round, its parts still
//! add up to the whole. Formulas, their sources and worked examples are in `docs/planning.md`.

pub mod diagnosis;
pub mod funnel;
pub mod parts;
pub mod season;
pub mod split;
pub mod todo;
pub mod volumes;
pub mod workdays;
