//! Division, digit by digit, so that the quotient is rounded once and from its exact value.

use std::cmp::Ordering;

use super::Decimal;

/// See [`ratio`](super::ratio).
pub(super) fn half_even(a: Decimal, b: Decimal, places: u32) -> Option<Decimal> {
    let divisor = b.mantissa().unsigned_abs();
    if divisor == 0 {
        return None;
    }
    let negative = a.is_negative() != b.is_negative();
    let dividend = a.mantissa().unsigned_abs();
    let mut quotient = dividend / divisor;
    let mut rest = dividend % divisor;

    // a/b is quotient × 10^(b.scale − a.scale): so many digits are still to be had, or too many
    // there already.
    let wanted = i64::from(places) + i64::from(b.scale()) - i64::from(a.scale());
    let half = if let Ok(digits) = u32::try_from(wanted) {
        for done in 0..digits {
            if rest == 0 {
                // Exact already; the zeros to come might not fit, and don't count.
                let scale = i64::from(places) - i64::from(digits - done);
                return signed(quotient, scale, negative);
            }
            // rest < divisor < 2^96, so ten times that fits.
            rest *= 10;
            quotient = quotient.checked_mul(10)?.checked_add(rest / divisor)?;
            rest %= divisor;
        }
        (rest * 2).cmp(&divisor)
    } else {
        let unit = 10u128.checked_pow(u32::try_from(-wanted).ok()?)?;
        let cut = quotient % unit;
        quotient /= unit;
        // What the division left over breaks a tie upwards.
        (cut * 2).cmp(&unit).then(rest.cmp(&0))
    };

    let up = match half {
        Ordering::Less => false,
        Ordering::Equal => quotient % 2 == 1,
        Ordering::Greater => true,
    };
    signed(
        quotient.checked_add(u128::from(up))?,
        places.into(),
        negative,
    )
}

/// `magnitude` × 10^−`scale` with its sign; a scale below 0 adds zeros before the point.
fn signed(magnitude: u128, scale: i64, negative: bool) -> Option<Decimal> {
    let mut mantissa = i128::try_from(magnitude).ok()?;
    if negative {
        mantissa = -mantissa;
    }
    match u32::try_from(scale) {
        Ok(scale) => Decimal::from_parts(mantissa, scale),
        Err(_) => {
            let zeros = 10i128.checked_pow(u32::try_from(-scale).ok()?)?;
            Decimal::from_parts(mantissa.checked_mul(zeros)?, 0)
        }
    }
}
