//! Dates, moments and spans: what "on the 21st", "recorded at" and "the third quarter" mean.
//!
//! Guarantees: nothing here asks what time it is or where the machine stands. Time zones come
//! from the tables built into the program, so a date is the same date on every machine.
//! Spans include both their ends.

mod cadence;
mod cycle_name;
mod date;
mod span;
mod time_zone;
mod timestamp;

pub use cadence::Periods;
pub use cycle_name::{CycleName, CycleNameError, FiscalStart, FiscalStartError};
pub use date::{Date, DateError};
pub use span::{Elapsed, Span};
pub use time_zone::{TimeZone, UnknownTimeZone};
pub use timestamp::{Timestamp, TimestampError};
