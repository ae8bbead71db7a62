//! Bars and sparklines of one line.

use quarterdeck_core::decimal::Decimal;

/// A bar of `width` columns, filled to a share in eighths of a column: `████▌···`. Below 0 it is
/// empty, above 1 full.
#[must_use]
pub fn bar(share: Decimal, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = Decimal::from(width.saturating_mul(8));
    let filled = share
        .max(Decimal::ZERO)
        .min(Decimal::ONE)
        .checked_mul(eighths)
        .and_then(|filled| filled.round(0).to_u32())
        .and_then(|filled| usize::try_from(filled).ok())
        .unwrap_or(0);
    let (whole, part) = (filled / 8, filled % 8);
    let empty = width.saturating_sub(whole + usize::from(part > 0));
    let part = EIGHTHS.get(part).copied().unwrap_or_default();
    format!("{}{part}{}", "█".repeat(whole), "·".repeat(empty))
}

/// Values as a curve of blocks between the least and the greatest of them; all the same is a line
/// in the middle. Of more than `width` values, evenly chosen ones, the last always among them.
#[must_use]
pub fn sparkline(values: &[Decimal], width: usize) -> String {
    let all: Vec<Option<Decimal>> = values.iter().copied().map(Some).collect();
    curve(&all, width)
}

/// The same, with a space where there is no value: curves of one length stand below each other.
#[must_use]
pub(super) fn curve(values: &[Option<Decimal>], width: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let chosen = thinned(values, width);
    let drawn: Vec<Option<f64>> = (chosen.iter())
        .map(|value| value.map(Decimal::to_f64))
        .collect();
    let there = || drawn.iter().copied().flatten();
    let least = there().fold(f64::INFINITY, f64::min);
    let span = there().fold(f64::NEG_INFINITY, f64::max) - least;
    let block = |value: f64| {
        let height = if span > 0.0 {
            (value - least) / span * 7.0
        } else {
            3.0
        };
        let nearest = (0u8..8).min_by(|a, b| {
            let off = |step: u8| (f64::from(step) - height).abs();
            off(*a).total_cmp(&off(*b))
        });
        let at = usize::from(nearest.unwrap_or_default());
        BLOCKS.get(at).copied().unwrap_or('▄')
    };
    (drawn.iter())
        .map(|value| value.map_or(' ', block))
        .collect()
}

fn thinned<T: Copy>(values: &[T], width: usize) -> Vec<T> {
    if values.len() <= width || width < 2 {
        let skipped = values.len().saturating_sub(width);
        return values.iter().skip(skipped).copied().collect();
    }
    let last = values.len() - 1;
    (0..width)
        .filter_map(|at| values.get(at * last / (width - 1)).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn bars_fill_by_eighths_and_stay_within_their_width() {
        for (share, drawn) in [
            ("0", "········"),
            ("-1", "········"),
            ("0.5", "████····"),
            ("0.62", "█████···"),
            ("0.57", "████▌···"),
            ("0.01", "▏·······"),
            ("1", "████████"),
            ("1.3", "████████"),
        ] {
            assert_eq!(bar(d(share), 8), drawn, "{share}");
        }
    }

    #[test]
    fn sparklines_span_from_the_least_to_the_greatest() {
        let values: Vec<_> = ["500", "507", "514", "531"].map(d).into();
        assert_eq!(sparkline(&values, 10), "▁▃▄█");
        assert_eq!(sparkline(&[d("7"), d("7")], 10), "▄▄");
        assert_eq!(sparkline(&[], 10), "");
    }

    #[test]
    fn curves_leave_a_gap_where_there_is_no_value() {
        let values = [None, Some(d("1")), None, Some(d("8"))];
        assert_eq!(curve(&values, 10), " ▁ █");
        assert_eq!(curve(&[None, None], 10), "  ");
    }

    #[test]
    fn long_series_are_thinned_and_keep_their_ends() {
        let values: Vec<_> = (0..100u32).map(Decimal::from).collect();
        assert_eq!(sparkline(&values, 8), "▁▂▃▄▅▆▇█");
        assert_eq!(sparkline(&values, 1), "▄");
    }
}
