//! Where the curve's field lies in a picture, for whoever draws into it.

use super::layout::{Layout, Size};
use super::scale::Scale;

/// The field of the curve, in units of the view box: the end of the day before the cycle's first is at
/// its left edge, the end of the cycle's last day at its right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// Its left edge.
    pub left: f64,
    /// Its right edge.
    pub right: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its lower edge.
    pub bottom: f64,
}

/// The field of a scale in a picture of a size, as [`super::pieces`] and [`super::frame`] have it.
#[must_use]
pub fn field(scale: &Scale, size: Size) -> Field {
    let layout = Layout::of(scale, size);
    Field {
        left: layout.left,
        right: layout.right,
        top: layout.top,
        bottom: layout.bottom,
    }
}
