//! The slope of a course: the median of the slopes between all pairs of its points.
//!
//! One point that lies far off moves the median little, where it would turn a line of least squares.
//! The estimate is Theil's (H. Theil, "A rank-invariant method of linear and polynomial regression
//! analysis", Proc. Kon. Ned. Akad. v. Wetensch. 53, 1950); the range around it is Sen's
//! (P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63, 1968),
//! at 80 %. With N slopes between n points
//!
//! ```text
//! C = 1.2816 × √Var(S),   Var(S) = (n(n−1)(2n+5) − Σ t(t−1)(2t+5)) ÷ 18
//! ```
//!
//! where each t counts points of one value; the range goes from the slope at rank (N − C) ÷ 2 to the
//! one at rank (N + C) ÷ 2 + 1, ranks rounded outwards. Slopes are fractions of whole numbers and
//! compared as such: nothing is rounded before the end.

use std::cmp::Ordering;

/// The square of the normal deviate that 80 % lie within, 1.2815516, in millionths.
pub(super) const SQUARE_OF_DEVIATE: u64 = 1_642_374;

/// So much up for so much along, which is above 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slope {
    pub(super) rise: i64,
    pub(super) run: i64,
}

impl Slope {
    fn cmp(&self, other: &Self) -> Ordering {
        // 63 bits each: the products fit.
        let ours = i128::from(self.rise) * i128::from(other.run);
        ours.cmp(&(i128::from(other.rise) * i128::from(self.run)))
    }
}

/// The slope of a course with its range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slopes {
    pub(super) low: Slope,
    /// The two in the middle, which are one where their number is odd: the slope is their mean.
    pub(super) middle: (Slope, Slope),
    pub(super) high: Slope,
}

/// The slope of points whose first figures rise strictly; none for fewer than two. Any difference of
/// two figures has to fit.
pub(super) fn slopes(points: &[(i64, i64)]) -> Option<Slopes> {
    let mut all = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (at, (x, y)) in points.iter().enumerate() {
        for (before, earlier) in points.iter().take(at) {
            all.push(Slope {
                rise: y - earlier,
                run: x - before,
            });
        }
    }
    let many = all.len();
    let low_at = lowest_rank(points, many);
    let high_at = many.checked_sub(1)?.checked_sub(low_at)?;
    let middle_at = many / 2;
    let (below, middle, above) = all.select_nth_unstable_by(middle_at, Slope::cmp);
    let middle = *middle;
    let under = match many % 2 {
        0 => below.iter().copied().max_by(Slope::cmp)?,
        _ => middle,
    };
    let low = pick(below, low_at).unwrap_or(middle);
    let high = high_at
        .checked_sub(middle_at + 1)
        .and_then(|at| pick(above, at))
        .unwrap_or(middle);
    Some(Slopes {
        low,
        middle: (under, middle),
        high,
    })
}

fn pick(among: &mut [Slope], at: usize) -> Option<Slope> {
    (at < among.len()).then(|| *among.select_nth_unstable_by(at, Slope::cmp).1)
}

/// At which place, from 0, of the slopes in order the range begins.
fn lowest_rank(points: &[(i64, i64)], many: usize) -> usize {
    let term = |n: u64| n * n.saturating_sub(1) * (2 * n + 5);
    let mut values: Vec<i64> = points.iter().map(|(_, y)| *y).collect();
    values.sort_unstable();
    let ties: u64 = (values.chunk_by(|a, b| a == b))
        .map(|tied| term(tied.len() as u64))
        .sum();
    let spread = term(points.len() as u64).saturating_sub(ties);
    // The least whole number that is not below C.
    let square = (SQUARE_OF_DEVIATE * spread).div_ceil(18 * 1_000_000);
    let root = square.isqrt();
    let c = root + u64::from(root * root < square);
    let rank = (many as u64).saturating_sub(c) / 2;
    usize::try_from(rank.saturating_sub(1)).unwrap_or(0)
}
