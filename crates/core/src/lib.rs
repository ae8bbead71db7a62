//! The domain of Quarterdeck: what is kept, how it is decided, and what it amounts to.
//!
//! Everything is a pure function of the log. There is no I/O here, no clock, no randomness, no
//! environment and no protobuf: whatever a function needs to know is passed in, so the same
//! entries give the same state, byte for byte, on every machine.
//!
//! The way of an event through this crate:
//!
//! ```text
//! Command ──decide──▶ bodies ──(sealed and numbered by the caller)──▶ Event
//!                        │                                             │
//!                        └── every event passes State::admit, the one rule book
//!                                                                      ▼
//!                                              Entry ──State::apply──▶ State ──▶ scores, status
//! ```

pub mod act;
pub mod admit;
pub mod agreement;
pub mod aim;
pub mod alignment;
pub mod asked;
pub mod blame;
pub mod calendar;
pub mod calibration;
pub mod canonical;
pub mod carry;
pub mod clock;
pub mod closing;
pub mod decide;
pub mod decimal;
pub mod diff;
pub mod digest;
pub mod due;
pub mod erase;
pub mod event;
pub mod forecast;
pub mod goalposts;
pub mod grading;
pub mod history;
pub mod id;
pub mod incentive;
pub mod known;
pub mod kpi;
pub mod late;
pub mod lint;
pub mod outcome;
pub mod past;
pub mod plan;
pub mod rank;
pub mod reference;
pub mod refusal;
pub mod regrade;
pub mod replay;
pub mod retro;
pub mod score;
pub mod state;
pub mod status;
pub mod token;
pub mod value;
pub mod weekly;
pub mod when;
pub mod whose;
