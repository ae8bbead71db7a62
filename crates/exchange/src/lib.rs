//! OKRs as other tools keep them: Markdown, CSV, XLSX and JSON, in and out.
//!
//! ```text
//! bytes ──read──▶ Outline ──plan (with the State)──▶ Steps ──▶ Commands
//! State ──────────▶ Outline ──write──▶ bytes
//! ```
//!
//! Guarantees:
//! - **Nothing is dropped in silence.** Every line of a document that was read is either used or
//!   listed in [`Outline::unread`] with its number and the reason.
//! - **No I/O.** Bytes and strings come in, values go out; whoever calls reads the files.
//! - **Any bytes.** Whatever is read, the answer is an outline or an error that says where.

pub mod error;
pub mod outline;
pub mod phrase;

pub use error::ReadError;
pub use outline::Outline;
