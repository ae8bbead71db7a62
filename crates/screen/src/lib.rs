//! The screens of `okr`: what they show, and what keys do.
//!
//! ```text
//!            ┌────────── update(event) ──▶ effects ──▶ whoever runs the screen: asks the desk, quits
//!  keys ─────┤                                              │
//!  answers ◀─┼──────────────────────────────────────────────┘
//!  news      └────────── draw(frame) ◀── the same model
//! ```
//!
//! - [`Screen`] is a model that reacts to [`Event`]s and can be drawn at any time: no thread, no terminal,
//!   no clock. Each state of it is tested on a grid of characters in memory.
//! - A screen never waits. What it wants to know it asks for as an effect, and shows what it has until the
//!   answer comes as an event.
//! - Figures are the structs of `quarterdeck-report`, and so are the lines that are drawn of them: what
//!   teammates wrote is neutral before it comes here. Colour never carries a meaning alone.

pub mod event;
pub mod look;
mod part;
pub mod replay;
pub mod tui;

pub use event::{Effect, Event, Key, Press, Screen, Trouble};
pub use look::Look;
