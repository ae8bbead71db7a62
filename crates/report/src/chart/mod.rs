//! Charts: a key result's curve against its pace, drawn from one model.
//!
//! ```text
//! State ──Plot::of──▶ Plot ──┬─ lines ──▶ lines of a terminal
//! Past ──aim::of──┘  Scale ──┼─ svg ────▶ a picture of its own
//!                            └─ pieces ─▶ the same, in pieces for the page
//! ```
//!
//! A [`Plot`] says what is drawn, in values and days; a [`Scale`] where, so that many plots, or one
//! at many moments, can be drawn on one scale. Nothing is computed here that core does not say: the
//! arithmetic is that of pixels.
//!
//! A day's place is its **end**: what is measured on a day holds from its end on, and the left edge
//! is the end of the day before the cycle's first. `docs/charts.md` says how to read a chart.

mod axis;
mod field;
mod layout;
mod legend;
mod lines;
mod mark;
mod pieces;
mod plot;
mod raster;
mod scale;
mod svg;

pub use field::{Field, field};
pub use layout::Size;
pub use legend::legend;
pub use lines::lines;
pub use mark::{Mark, MarkKind};
pub use pieces::{Pieces, Stroke, pieces};
pub use plot::{AimPoint, Plot, StepPoint};
pub use scale::Scale;
pub use svg::{STYLE, frame, svg};
