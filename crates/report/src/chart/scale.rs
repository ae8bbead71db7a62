//! Where values and days lie: one scale for many plots, or for one at many moments.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::MetricKind;

use super::axis::{self, Tick};
use super::plot::Plot;

/// Of the range of values, what is left free below and above.
const ROOM: f64 = 0.04;
/// A range is at least this part of its greatest value: floating-point numbers tell it apart still.
const LEAST: f64 = 1e-6;

/// A range of days and of values.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    starts: Date,
    ends: Date,
    /// The least and the greatest value; none while there is no value at all.
    range: Option<(f64, f64)>,
    /// Whether values are those of binary key results alone.
    binary: bool,
    sure: bool,
    marked: bool,
}

impl Scale {
    /// The scale on which a plot fits.
    #[must_use]
    pub fn of(plot: &Plot) -> Self {
        let mut scale = Self {
            starts: plot.starts,
            ends: plot.ends,
            range: None,
            binary: true,
            sure: false,
            marked: false,
        };
        scale.take(plot);
        scale
    }

    /// Widens it so that another plot fits, too: another key result's, or the same at another moment.
    pub fn take(&mut self, plot: &Plot) {
        self.starts = self.starts.min(plot.starts);
        self.ends = self.ends.max(plot.ends);
        let aims = plot.aims.iter();
        let aims = aims.flat_map(|aim| [aim.baseline, aim.target, aim.low, aim.high]);
        let values = (plot.course.iter().map(|point| Some(point.value)))
            .chain([plot.start])
            .chain(aims);
        for value in values.flatten() {
            let value = value.to_f64();
            let (least, greatest) = self.range.unwrap_or((value, value));
            self.range = Some((least.min(value), greatest.max(value)));
        }
        self.binary &= plot.metric == MetricKind::Binary;
        self.sure |= !plot.confidence.is_empty();
        self.marked |= !plot.marks.is_empty();
    }

    /// The same with room for confidence and for marks, whether any plot so far has them.
    #[must_use]
    pub const fn with_all_rows(mut self) -> Self {
        self.sure = true;
        self.marked = true;
        self
    }

    /// Whether there is room for confidence.
    pub(super) const fn has_sure(&self) -> bool {
        self.sure
    }

    /// Whether there is room for marks.
    pub(super) const fn has_marks(&self) -> bool {
        self.marked
    }

    /// The values at the lower and the upper edge.
    pub(super) fn bounds(&self) -> (f64, f64) {
        let (least, greatest) = self.range.unwrap_or((0.0, 1.0));
        let size = least.abs().max(greatest.abs());
        let missing = match greatest - least {
            range if range > size * LEAST => 0.0,
            _ if size > 0.0 => size * 0.1,
            _ => 1.0,
        };
        let (low, high) = (least - missing / 2.0, greatest + missing / 2.0);
        let room = (high - low) * ROOM;
        let below = if least >= 0.0 {
            (low - room).max(0.0)
        } else {
            low - room
        };
        (below, high + room)
    }

    /// How far a day's end lies from the left edge to the right, 0 to 1.
    #[must_use]
    pub fn across(&self, day: Date) -> f64 {
        let days = f64::from(self.ends.days_since(self.starts) + 1);
        (f64::from(day.days_since(self.starts) + 1) / days).clamp(0.0, 1.0)
    }

    /// How far a value lies from the lower edge to the upper, 0 to 1.
    #[must_use]
    pub fn up(&self, value: Decimal) -> f64 {
        self.up_to(value.to_f64())
    }

    pub(super) fn up_to(&self, value: f64) -> f64 {
        let (low, high) = self.bounds();
        ((value - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// Round figures along the values, at most `most`, each with how far up it lies.
    pub(super) fn figures(&self, most: usize) -> Vec<Tick<f64>> {
        if self.binary {
            return [(0.0, "not done"), (1.0, "done")]
                .into_iter()
                .map(|(value, label)| Tick {
                    at: self.up_to(value),
                    label: label.to_owned(),
                })
                .collect();
        }
        let (low, high) = self.bounds();
        let mut figures = axis::figures(low, high, most);
        for tick in &mut figures {
            tick.at = self.up_to(tick.at);
        }
        figures
    }

    /// Days along the cycle, at most `most`, each with how far across it begins.
    pub(super) fn days(&self, most: usize) -> Vec<Tick<f64>> {
        (axis::days(self.starts, self.ends, most).into_iter())
            .map(|tick| Tick {
                at: self.across(tick.at),
                label: tick.label,
            })
            .collect()
    }
}
