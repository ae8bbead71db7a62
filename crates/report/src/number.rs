//! Numbers as people read them: `12,500 EUR`, `8.5`, `12 %`, `130 %`.

use quarterdeck_core::decimal::Decimal;

/// A number with commas between thousands; nothing is rounded.
#[must_use]
pub fn number(value: Decimal) -> String {
    let written = value.to_string();
    let (sign, digits) = match written.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", written.as_str()),
    };
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut text = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A number with its unit behind it.
#[must_use]
pub fn with_unit(value: Decimal, unit: Option<&str>) -> String {
    match unit {
        Some(unit) => format!("{} {unit}", number(value)),
        None => number(value),
    }
}

/// A share as whole per cent, not held to 0 to 100: `130 %`, `-10 %`.
#[must_use]
pub fn percent(share: Decimal) -> String {
    share.checked_mul(Decimal::HUNDRED).map_or_else(
        || "?".to_owned(),
        |value| format!("{} %", number(value.round(0))),
    )
}

/// A conversion rate as per cent with up to two places: `30 %`, `2.5 %`.
#[must_use]
pub fn rate(share: Decimal) -> String {
    share.checked_mul(Decimal::HUNDRED).map_or_else(
        || "?".to_owned(),
        |value| format!("{} %", number(value.round(2))),
    )
}

/// A change with its sign, to at least two places: `+1.93`, `-3.00`; `0` is no change.
#[must_use]
pub fn change(value: Decimal) -> String {
    let sign = if value > Decimal::ZERO { "+" } else { "" };
    if value.is_whole() || value.scale() > 2 {
        format!("{sign}{}", number(value))
    } else {
        format!("{sign}{value:.2}")
    }
}

/// A count with its noun: `1 event`, `3 events`.
#[must_use]
pub fn count(many: impl TryInto<u64>, noun: &str) -> String {
    let many = many.try_into().unwrap_or(u64::MAX);
    let plural = if many == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", number(Decimal::from(many)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn thousands_are_set_apart() {
        for (value, shown) in [
            ("0", "0"),
            ("531", "531"),
            ("1204", "1,204"),
            ("-1204.5", "-1,204.5"),
            ("123456", "123,456"),
            ("1000000.0001", "1,000,000.0001"),
        ] {
            assert_eq!(number(d(value)), shown);
        }
    }

    #[test]
    fn units_and_shares() {
        assert_eq!(with_unit(d("12"), Some("%")), "12 %");
        assert_eq!(with_unit(d("8.5"), None), "8.5");
        assert_eq!(percent(d("1.3")), "130 %");
        assert_eq!(percent(d("-0.1")), "-10 %");
        assert_eq!(rate(d("0.4545")), "45.45 %");
        assert_eq!(rate(d("0.3")), "30 %");
        assert_eq!(change(d("1.5")), "+1.50");
        assert_eq!(change(d("-3")), "-3");
        assert_eq!(change(d("0")), "0");
        assert_eq!(count(1u64, "event"), "1 event");
        assert_eq!(count(1204usize, "event"), "1,204 events");
    }
}
