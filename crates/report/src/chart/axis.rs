//! Round figures along a chart's two sides.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::plan::season::month_of;

use crate::number::number;
use crate::text::month_name;

/// A figure beside its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick<T> {
    /// Where.
    pub(super) at: T,
    /// What stands there.
    pub(super) label: String,
}

/// How figures are written short, where they lie so many of a power of ten apart.
const SHORT: [(i32, &str); 4] = [(12, "tn"), (9, "bn"), (6, "M"), (3, "k")];
/// Figures below this are written out.
const WRITTEN_OUT: f64 = 100_000.0;
/// Figures from this on are written with an exponent.
const ENORMOUS: f64 = 1e15;

/// Round figures from `low` to `high`, at most `most` of them: multiples of 1, 2 or 5 times a power of
/// ten.
pub(super) fn figures(low: f64, high: f64, most: usize) -> Vec<Tick<f64>> {
    let most = most.max(1) as f64;
    let least = (high - low) / most;
    if !least.is_finite() || least <= 0.0 {
        return Vec::new();
    }
    let mut power = least.log10().floor() as i32;
    let mut found = None;
    // The first step that is large enough lies in this power of ten or in the next.
    'search: for _ in 0..3 {
        for factor in [1i128, 2, 5] {
            let step = factor as f64 * 10f64.powi(power);
            let (first, last) = ((low / step).ceil(), (high / step).floor());
            if last - first < most {
                found = Some((factor, step, first, last));
                break 'search;
            }
        }
        power += 1;
    }
    let Some((factor, step, first, last)) = found else {
        return Vec::new();
    };
    let greatest = (low.abs()).max(high.abs());
    (first as i128..=last as i128)
        .map(|count| Tick {
            at: count as f64 * step,
            label: written(count * factor, power, (step, greatest)),
        })
        .collect()
}

/// `digits` × 10^`power`, among figures that lie a step apart and of which one is the greatest.
fn written(digits: i128, power: i32, (step, greatest): (f64, f64)) -> String {
    let (off, unit) = if greatest >= ENORMOUS {
        let off = greatest.log10().floor() as i32;
        (off, format!("e{off}"))
    } else {
        (SHORT.into_iter())
            .find(|(off, _)| greatest >= WRITTEN_OUT && step >= 10f64.powi(*off))
            .map_or((0, String::new()), |(off, unit)| (off, unit.to_owned()))
    };
    let power = power - off;
    let value = if power >= 0 {
        10i128
            .checked_pow(power.unsigned_abs())
            .and_then(|factor| factor.checked_mul(digits))
            .and_then(|whole| Decimal::from_parts(whole, 0))
    } else {
        Decimal::from_parts(digits, power.unsigned_abs())
    };
    match value {
        Some(value) if value.is_zero() => "0".to_owned(),
        Some(value) => format!("{}{unit}", number(value)),
        None => String::new(),
    }
}

/// Days from `starts` to `ends`, at most `most` of them: the weeks of a short cycle, else months, or
/// years. A tick is at the end of the day before, where the named day, month or year begins.
pub(super) fn days(starts: Date, ends: Date, most: usize) -> Vec<Tick<Date>> {
    let length = ends.days_since(starts) + 1;
    let all: Vec<(Date, String)> = if length <= 45 {
        (0..=length / 7)
            .map(|week| starts.plus_days(week * 7))
            .filter(|day| *day <= ends)
            .map(|day| (day, format!("{} {}", day.day(), month_name(day))))
            .collect()
    } else {
        months(starts, ends)
    };
    // Every other one, every third, and so on, until they fit.
    let apart = all.len().div_ceil(most.max(1)).max(1);
    (all.into_iter().step_by(apart))
        .map(|(day, label)| Tick {
            at: day.plus_days(-1),
            label,
        })
        .collect()
}

fn months(starts: Date, ends: Date) -> Vec<(Date, String)> {
    let many = ends.days_since(starts) > 3 * 366;
    let mut found = Vec::new();
    // A first month that is nearly over has no room for its name.
    let first = month_of(starts).starts;
    if starts == first || month_of(starts).ends.days_since(starts) > 14 {
        let label = match starts.day() {
            1 => name(starts, many),
            day => format!("{day} {}", month_name(starts)),
        };
        found.push((starts, label));
    }
    let mut month = first.plus_months(1);
    while month <= ends && month > starts {
        if !many || month.month() == 1 {
            found.push((month, name(month, many)));
        }
        let next = month.plus_months(1);
        // After the calendar's last month there is no next one.
        if next.day() != 1 {
            break;
        }
        month = next;
    }
    found
}

fn name(month: Date, with_year: bool) -> String {
    if with_year {
        month.year().to_string()
    } else {
        month_name(month).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(low: f64, high: f64, most: usize) -> Vec<String> {
        (figures(low, high, most).into_iter())
            .map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn figures_are_round() {
        assert_eq!(
            labels(498.0, 552.0, 6),
            ["500", "510", "520", "530", "540", "550"]
        );
        assert_eq!(labels(-0.02, 1.02, 3), ["0", "0.5", "1"]);
        assert_eq!(labels(-7.0, 7.0, 4), ["-5", "0", "5"]);
        assert_eq!(labels(0.0, 2_400_000.0, 3), ["0", "1M", "2M"]);
        assert_eq!(labels(0.0, 240_000.0, 3), ["0", "100k", "200k"]);
        assert_eq!(labels(9_000.0, 21_000.0, 3), ["10,000", "15,000", "20,000"]);
        assert_eq!(labels(0.0, 3e18, 4), ["0", "1e18", "2e18", "3e18"]);
        assert_eq!(labels(0.0, 0.0, 4), [] as [&str; 0]);
    }

    #[test]
    fn days_are_weeks_months_or_years() {
        let told = |starts: &str, ends: &str, most| -> Vec<String> {
            (days(starts.parse().unwrap(), ends.parse().unwrap(), most).into_iter())
                .map(|tick| tick.label)
                .collect()
        };
        assert_eq!(told("2026-07-01", "2026-09-30", 8), ["Jul", "Aug", "Sep"]);
        assert_eq!(told("2026-07-01", "2026-09-30", 2), ["Jul", "Sep"]);
        assert_eq!(
            told("2026-07-10", "2026-09-30", 8),
            ["10 Jul", "Aug", "Sep"]
        );
        assert_eq!(told("2026-07-25", "2026-09-30", 8), ["Aug", "Sep"]);
        assert_eq!(
            told("2026-07-01", "2026-07-20", 8),
            ["1 Jul", "8 Jul", "15 Jul"]
        );
        assert_eq!(
            told("2026-01-01", "2026-12-31", 4),
            ["Jan", "Apr", "Jul", "Oct"]
        );
        assert_eq!(told("2999-07-01", "2999-12-31", 9).len(), 6);
        assert_eq!(told("1900-01-01", "2999-12-31", 4).len(), 4);
    }

    proptest! {
        #[test]
        fn few_enough_figures_lie_within(low in -1e12..1e12f64, length in 1e-6..1e12f64, most in 1..12usize) {
            let high = low + length.max(low.abs() * 1e-9);
            let ticks = figures(low, high, most);
            prop_assert!(ticks.len() <= most);
            for tick in ticks {
                prop_assert!(low <= tick.at + length * 1e-6 && tick.at <= high + length * 1e-6);
            }
        }
    }
}
