//! Documents made of what a workspace holds.
//!
//! Guarantees: the same input gives the same bytes, and no cell of a spreadsheet begins like a formula.

mod csv;
mod markdown;
mod xlsx;

pub use csv::csv;
pub use markdown::markdown;
pub use xlsx::{XlsxError, xlsx};
