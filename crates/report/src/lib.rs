//! The figures of Quarterdeck for people and for programs.
//!
//! One way in, two ways out. The builders in [`json`] read a state and its log once and give
//! plain structs: the JSON that scripts rely on. [`text`] draws those same structs for a
//! terminal, so that a table never shows a figure that the JSON does not have.
//!
//! ```text
//! State, entries ──json::…──▶ structs ──serde──▶ JSON
//!                                └─────text::…──▶ Document ──render──▶ terminal
//! ```
//!
//! Data in, document out: no storage, no network, no environment, no clock. Formulas are
//! `quarterdeck-core`'s; what today is and how wide the terminal is are passed in.

pub mod chart;
pub mod json;
pub mod letter;
pub mod names;
pub mod number;
pub mod page;
pub mod pending;
pub mod text;
