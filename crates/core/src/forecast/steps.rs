//! How far a course may stray from its slope by the end, if its steps stay as uneven as they were.
//!
//! A slope's own range is for points that scatter around a line. What people count mostly adds up from
//! check-in to check-in, and then unevenness adds up, too: with the square root of how much is left.
//! With d the distance of a step from what the slope expects of it, and x its length,
//!
//! ```text
//! astray = 1.9 × median(|d| ÷ √x) × √left
//! ```
//!
//! 1.9 is 1.2816, which 80 % of a normal distribution lie within, times 1.4826, which makes its deviation
//! of the median of distances (F. R. Hampel, "The influence curve and its role in robust estimation",
//! JASA 69, 1974). One step that is far off moves the median little. Of two in the middle the greater
//! counts.

use super::slope::Slope;
use crate::score::PLACES;

/// In tenths.
const FACTOR: u128 = 19;
/// Distances are taken to so many binary digits.
const BITS: u32 = 48;
/// A root is taken to so many parts of one.
const PARTS: u128 = 1_000_000_000;

/// How far, in units of the last of [`PLACES`] digits behind those of the points' second figures; none
/// where the numbers are too large.
pub(super) fn astray(
    points: &[(i64, i64)],
    (one, other): (Slope, Slope),
    left: i64,
) -> Option<i128> {
    let (rise, run) = mean(one, other)?;
    let steps = (points.iter().zip(points.iter().skip(1)))
        .map(|((x, y), (next, above))| {
            let (along, up) = (i128::from(next - x), i128::from(above - y));
            let off = up.checked_mul(run)?.checked_sub(rise.checked_mul(along)?)?;
            Some((off.unsigned_abs(), along.unsigned_abs()))
        })
        .collect::<Option<Vec<(u128, u128)>>>()?;
    let widest = steps.iter().map(|(off, _)| *off).max()?;
    if widest == 0 {
        return Some(0);
    }
    // Moved by so many binary digits, the widest has BITS of them: its square fits, and enough is left
    // of the others.
    let digits = u128::BITS - widest.leading_zeros();
    let (up, down) = (BITS.saturating_sub(digits), digits.saturating_sub(BITS));
    let mut squares = (steps.into_iter())
        .map(|(off, along)| {
            let off = (off << up) >> down;
            off.checked_mul(off)?.checked_div(along)
        })
        .collect::<Option<Vec<u128>>>()?;
    let middle_at = squares.len() / 2;
    let middle = squares.select_nth_unstable(middle_at).1.isqrt();
    let root = u128::try_from(left)
        .ok()?
        .checked_mul(PARTS * PARTS)?
        .isqrt();
    let above = (middle.checked_mul(root)?).checked_mul(FACTOR * 10u128.pow(PLACES))?;
    let below = (10 * PARTS)
        .checked_mul(run.unsigned_abs())?
        .checked_mul(1u128.checked_shl(up)?)?;
    let back = 1u128.checked_shl(down)?;
    let astray = (above.checked_mul(back))
        .and_then(|above| above.checked_div(below))
        .or_else(|| above.checked_div(below)?.checked_mul(back))?;
    i128::try_from(astray).ok()
}

/// The slope between two.
fn mean(one: Slope, other: Slope) -> Option<(i128, i128)> {
    let ours = i128::from(one.rise).checked_mul(other.run.into())?;
    let theirs = i128::from(other.rise).checked_mul(one.run.into())?;
    if ours == theirs {
        return Some((one.rise.into(), one.run.into()));
    }
    let run = i128::from(one.run).checked_mul(other.run.into())?;
    Some((ours.checked_add(theirs)?, run.checked_mul(2)?))
}
