//! Where a picture's parts lie, in units of its view box.
//!
//! The layout follows from the scale and the size alone: a plot at another moment, or another plot on
//! the same scale, lies at the same place.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use unicode_width::UnicodeWidthStr;

use super::scale::Scale;

/// How large a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// From left to right.
    pub width: u16,
    /// From top to bottom.
    pub height: u16,
}

/// Above the curve of a picture of its own: its title, and what it aims at.
pub(super) const HEAD: u16 = 50;
/// Below it: what its lines mean.
pub(super) const FOOT: u16 = 24;
/// Columns of text that a figure is taken to be wide, at 11 units of height.
const CHARACTER: f64 = 6.4;
/// Between two figures of values, at least.
const FIGURES_APART: f64 = 34.0;
/// Between two figures of days, at least.
const DAYS_APART: f64 = 56.0;
/// Of the row of confidence.
const SURE: f64 = 20.0;
/// Of the row of marks.
const MARKS: f64 = 18.0;
/// Of the figures of days.
const DAYS: f64 = 20.0;

impl Size {
    /// The least in which a chart can be read.
    pub const LEAST: Self = Self {
        width: 200,
        height: 160,
    };

    /// What the curve, its axes and rows take of a picture of its own, between title and legend: the
    /// size with which [`super::pieces`] gives the pieces of that picture.
    #[must_use]
    pub const fn inside(self) -> Self {
        Self {
            width: self.width,
            height: self.height.saturating_sub(HEAD + FOOT),
        }
    }
}

/// Where what lies.
#[derive(Debug, Clone)]
pub(super) struct Layout<'a> {
    scale: &'a Scale,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// Upper and lower edge of the row of confidence.
    pub(super) sure: Option<(f64, f64)>,
    /// The middle of the row of marks.
    pub(super) marks: Option<f64>,
    /// The base line of the figures of days.
    pub(super) days: f64,
    /// Round figures: where they stand, and what they say.
    pub(super) figures: Vec<(f64, String)>,
    pub(super) dates: Vec<(f64, String)>,
}

impl<'a> Layout<'a> {
    pub(super) fn of(scale: &'a Scale, size: Size) -> Self {
        let (width, height) = (f64::from(size.width), f64::from(size.height));
        let row = |has: bool, height: f64| if has { height } else { 0.0 };
        let (sure, marks) = (row(scale.has_sure(), SURE), row(scale.has_marks(), MARKS));
        let top = 8.0;
        let bottom = (height - DAYS - sure - marks).max(top + 1.0);
        let many = ((bottom - top) / FIGURES_APART).floor().max(2.0) as usize;
        let figures = scale.figures(many);
        let widest = figures.iter().map(|tick| tick.label.width()).max();
        let widest = widest
            .unwrap_or(0)
            .max(if scale.has_sure() { 4 } else { 0 });
        let left = (widest as f64 * CHARACTER + 12.0).min(width / 2.0);
        let right = (width - 12.0).max(left + 1.0);
        let dates = scale.days(((right - left) / DAYS_APART).floor().max(1.0) as usize);
        let days = bottom + 15.0;
        let across = |share: f64| left + share * (right - left);
        Self {
            scale,
            left,
            right,
            top,
            bottom,
            sure: (sure > 0.0).then_some((bottom + DAYS, bottom + DAYS + SURE - 6.0)),
            marks: (marks > 0.0).then_some(bottom + DAYS + sure + MARKS / 2.0),
            days,
            figures: (figures.into_iter())
                .map(|tick| (bottom - tick.at * (bottom - top), tick.label))
                .collect(),
            dates: (dates.into_iter())
                .map(|tick| (across(tick.at), tick.label))
                .collect(),
        }
    }

    /// Where a day's end lies.
    pub(super) fn x(&self, day: Date) -> f64 {
        self.left + self.scale.across(day) * (self.right - self.left)
    }

    /// Where a value lies.
    pub(super) fn y(&self, value: Decimal) -> f64 {
        self.bottom - self.scale.up(value) * (self.bottom - self.top)
    }
}

/// A number of a path: to a tenth, as short as it can be written.
pub(super) fn tenth(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let (sign, size) = (if tenths < 0 { "-" } else { "" }, tenths.unsigned_abs());
    match size % 10 {
        0 => format!("{sign}{}", size / 10),
        part => format!("{sign}{}.{part}", size / 10),
    }
}
