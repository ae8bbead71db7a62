//! What must hold of every run, judged by what happened and what is there in the end.
//!
//! - [`order`]: the log, and every answer that anybody got, in real time: one order, each event once.
//! - [`kept`]: nothing that a person did is lost.
//! - [`converged`]: every device and the server show the same bytes.

pub mod converged;
pub mod kept;
pub mod order;

/// The log as the disk has it in the end.
pub type Log = [crate::history::Read];
