//! Exact numbers: what baselines, targets, measurements and scores are made of.
//!
//! Guarantees: a number has one form only (no trailing zeros, no negative zero), so equal
//! numbers are equal bytes everywhere; reading, adding and subtracting never round; where
//! something must round, it rounds half to even, at a stated place. What doesn't fit is
//! `None`, never a wrapped or a shortened value.
//!
//! A number has at most 96 bits of digits (any 28 digits fit, some of 29) and at most
//! 28 of them after the point.

mod divide;
mod parse;
mod unit;

use std::fmt;

use rust_decimal::{Decimal as Raw, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

pub use parse::DecimalError;
pub use unit::{Unit, UnitError};

/// An exact decimal number, such as `531`, `-0.5` or `8.25`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(Raw);

impl Decimal {
    /// 0
    pub const ZERO: Self = Self(Raw::ZERO);
    /// 1
    pub const ONE: Self = Self(Raw::ONE);
    /// 100
    pub const HUNDRED: Self = Self(Raw::ONE_HUNDRED);
    /// Places after the point to which [`checked_div`](Self::checked_div) rounds.
    pub const DIVISION_PLACES: u32 = 12;
    /// The most places after the point that a number can have.
    pub const MAX_PLACES: u32 = Raw::MAX_SCALE;

    /// The only way in from the library's type: makes the form canonical.
    fn canonical(raw: Raw) -> Self {
        Self(raw.normalize())
    }

    /// `mantissa` × 10^−`scale`, or `None` if that doesn't fit. Zeros at its end don't count.
    pub fn from_parts(mut mantissa: i128, mut scale: u32) -> Option<Self> {
        loop {
            if let Ok(raw) = Raw::try_from_i128_with_scale(mantissa, scale) {
                return Some(Self::canonical(raw));
            }
            if scale == 0 || mantissa % 10 != 0 {
                return None;
            }
            mantissa /= 10;
            scale -= 1;
            if mantissa == 0 {
                return Some(Self::ZERO);
            }
        }
    }

    /// The digits without the point; see [`scale`](Self::scale).
    pub const fn mantissa(self) -> i128 {
        self.0.mantissa()
    }

    /// How many of the digits stand after the point: 0 to 28.
    pub const fn scale(self) -> u32 {
        self.0.scale()
    }

    /// Whether this is 0.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether this is below 0.
    pub fn is_negative(self) -> bool {
        self < Self::ZERO
    }

    /// Whether nothing stands after the point.
    pub const fn is_whole(self) -> bool {
        self.scale() == 0
    }

    /// The number without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// The sum, exact, or `None` if it doesn't fit.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale().max(other.scale());
        let sum = self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?;
        Self::from_parts(sum, scale)
    }

    /// The difference, exact, or `None` if it doesn't fit.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(-other)
    }

    /// The product, or `None` if it doesn't fit. Exact while its digits fit, beyond that
    /// rounded to as many places as do.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        self.0.checked_mul(other.0).map(Self::canonical)
    }

    /// The quotient, rounded half to even to [`DIVISION_PLACES`](Self::DIVISION_PLACES), or
    /// `None` if `other` is 0 or the quotient doesn't fit.
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        ratio(self, other, Self::DIVISION_PLACES)
    }

    /// The number rounded half to even to at most `places` after the point.
    #[must_use]
    pub fn round(self, places: u32) -> Self {
        Self::canonical(
            self.0
                .round_dp_with_strategy(places, RoundingStrategy::MidpointNearestEven),
        )
    }

    /// The next whole number at or below this one.
    #[must_use]
    pub fn floor(self) -> Self {
        Self::canonical(self.0.floor())
    }

    /// The number as a whole one, if it is whole and from 0 to 4,294,967,295.
    pub fn to_u32(self) -> Option<u32> {
        if !self.is_whole() {
            return None;
        }
        u32::try_from(self.mantissa()).ok()
    }

    /// The nearest floating-point number, for drawing: never for a figure that is kept or told.
    pub fn to_f64(self) -> f64 {
        rust_decimal::prelude::ToPrimitive::to_f64(&self.0).unwrap_or(0.0)
    }

    /// The mantissa that this number has with `scale` places, `None` where it overflows.
    ///
    /// An overflow here means that the exact result has more than 28 digits, too: the other
    /// operand, whose scale this is, ends in a digit that isn't 0.
    fn at_scale(self, scale: u32) -> Option<i128> {
        10i128
            .checked_pow(scale.checked_sub(self.scale())?)
            .and_then(|factor| self.mantissa().checked_mul(factor))
    }
}

/// `a` ÷ `b`, rounded half to even to `places` after the point (at most 28), or `None` if
/// `b` is 0 or the quotient, with that many places, doesn't fit. Rounded once, from the exact
/// quotient.
#[must_use]
pub fn ratio(a: Decimal, b: Decimal, places: u32) -> Option<Decimal> {
    divide::half_even(a, b, places)
}

impl std::ops::Neg for Decimal {
    type Output = Self;

    fn neg(self) -> Self {
        Self::canonical(-self.0)
    }
}

impl fmt::Display for Decimal {
    /// The canonical form: `-1234.5`. Width, fill, sign and precision are honoured.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

macro_rules! from_integers {
    ($($integer:ty)*) => {$(
        impl From<$integer> for Decimal {
            fn from(value: $integer) -> Self {
                // A whole number is canonical as it is.
                Self(Raw::from(value))
            }
        }
    )*};
}

from_integers! { u8 u16 u32 u64 usize i32 i64 }

impl Serialize for Decimal {
    /// A string where people read it, mantissa and scale where they don't.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            let scale = u8::try_from(self.scale()).map_err(ser::Error::custom)?;
            (self.mantissa(), scale).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            text.parse().map_err(de::Error::custom)
        } else {
            let (mantissa, scale) = <(i128, u8)>::deserialize(deserializer)?;
            Self::from_parts(mantissa, scale.into())
                .ok_or_else(|| de::Error::custom("a number with too many digits"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use proptest::prelude::*;

    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn any_decimal() -> impl Strategy<Value = Decimal> {
        let limit = (1i128 << 96) - 1;
        let wide = (-limit..=limit, 0..=28u32);
        let usual = (-1_000_000_000i128..=1_000_000_000, 0..=6u32);
        prop_oneof![wide, usual].prop_map(|(m, s)| Decimal::from_parts(m, s).unwrap())
    }

    fn small_decimal() -> impl Strategy<Value = Decimal> {
        (-1_000_000_000i64..=1_000_000_000, 0..=6u32)
            .prop_map(|(m, s)| Decimal::from_parts(m.into(), s).unwrap())
    }

    #[test]
    fn one_form_for_each_number() {
        assert_eq!(d("8.50").to_string(), "8.5");
        assert_eq!(d("-0.00").to_string(), "0");
        assert_eq!((-Decimal::ZERO).to_string(), "0");
        assert_eq!(d("0500").to_string(), "500");
        let state = RandomState::new();
        assert_eq!(state.hash_one(d("1.0")), state.hash_one(d("1")));
        assert_eq!(Decimal::from_parts(1_500, 3), Some(d("1.5")));
    }

    #[test]
    fn sums_are_exact_or_absent() {
        assert_eq!(d("0.1").checked_add(d("0.2")), Some(d("0.3")));
        let large = d("9999999999999999999999999999");
        assert_eq!(large.checked_add(d("0.1")), None);
        assert_eq!(large.checked_sub(large), Some(Decimal::ZERO));
        let tiny = Decimal::from_parts(1, 28).unwrap();
        assert_eq!(large.checked_add(tiny), None);
        // Fits, though it wouldn't with all the places of its parts.
        let (a, b) = (d("792281.626"), d("-52.06288033361503572935541"));
        assert_eq!(a.checked_add(b).unwrap().checked_sub(b), Some(a));
        assert_eq!(Decimal::from_parts(0, u32::MAX), Some(Decimal::ZERO));
        assert_eq!(Decimal::from_parts(1, u32::MAX), None);
    }

    #[test]
    fn quotients_round_half_to_even() {
        assert_eq!(ratio(d("1"), d("8"), 2), Some(d("0.12")));
        assert_eq!(ratio(d("3"), d("8"), 2), Some(d("0.38")));
        assert_eq!(ratio(d("-1"), d("8"), 2), Some(d("-0.12")));
        assert_eq!(ratio(d("2"), d("3"), 4), Some(d("0.6667")));
        assert_eq!(ratio(d("15"), d("10"), 0), Some(d("2")));
        assert_eq!(ratio(d("0.25"), d("1"), 1), Some(d("0.2")));
        assert_eq!(ratio(d("0.2500000000000000001"), d("1"), 1), Some(d("0.3")));
        assert_eq!(ratio(Decimal::ONE, Decimal::ZERO, 4), None);
        assert_eq!(
            d("10").checked_div(d("3")).unwrap().to_string(),
            "3.333333333333"
        );
        assert_eq!(d("0.125").round(2), d("0.12"));
        assert_eq!(d("-1.2").floor(), d("-2"));
    }

    #[test]
    fn whole_numbers_only_become_whole_numbers() {
        assert_eq!(d("3.0").to_u32(), Some(3));
        assert_eq!(d("3.5").to_u32(), None);
        assert_eq!(d("-3").to_u32(), None);
        assert_eq!(d("4294967296").to_u32(), None);
    }

    #[test]
    fn far_apart_operands_divide_without_overflow() {
        let largest = Decimal::from_parts((1 << 96) - 1, 0).unwrap();
        let tiny = Decimal::from_parts(1, 28).unwrap();
        assert_eq!(largest.checked_div(tiny), None);
        assert_eq!(tiny.checked_div(largest), Some(Decimal::ZERO));
        assert_eq!(ratio(largest, largest, 28), Some(Decimal::ONE));
        assert_eq!(ratio(tiny, tiny, 28), Some(Decimal::ONE));
    }

    #[test]
    fn json_is_a_string_and_a_number_is_refused() {
        assert_eq!(serde_json::to_string(&d("8.50")).unwrap(), "\"8.5\"");
        assert_eq!(
            serde_json::from_str::<Decimal>("\"8.50\"").unwrap(),
            d("8.5")
        );
        assert!(serde_json::from_str::<Decimal>("8.5").is_err());
    }

    #[test]
    fn binary_is_small_and_made_canonical_when_read() {
        assert_eq!(postcard::to_stdvec(&d("531")).unwrap().len(), 3);
        let padded = postcard::to_stdvec(&(1_500i128, 3u8)).unwrap();
        let read = postcard::from_bytes::<Decimal>(&padded).unwrap();
        assert_eq!((read.mantissa(), read.scale()), (15, 1));
        let too_long = postcard::to_stdvec(&(i128::MAX, 0u8)).unwrap();
        assert!(postcard::from_bytes::<Decimal>(&too_long).is_err());
    }

    proptest! {
        #[test]
        fn text_json_and_binary_round_trip(n in any_decimal()) {
            prop_assert_eq!(d(&n.to_string()), n);
            let json = serde_json::to_string(&n).unwrap();
            prop_assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), n);
            let binary = postcard::to_stdvec(&n).unwrap();
            prop_assert_eq!(postcard::from_bytes::<Decimal>(&binary).unwrap(), n);
            prop_assert!(n.mantissa() % 10 != 0 || n.scale() == 0);
        }

        #[test]
        fn deltas_add_up_in_any_order(a in small_decimal(), b in small_decimal(), c in small_decimal()) {
            let left = a.checked_add(b).and_then(|ab| ab.checked_add(c));
            let right = c.checked_add(a).and_then(|ca| ca.checked_add(b));
            prop_assert!(left.is_some());
            prop_assert_eq!(left, right);
        }

        #[test]
        fn adding_is_exact_or_absent(a in any_decimal(), b in any_decimal()) {
            if let Some(sum) = a.checked_add(b) {
                prop_assert_eq!(sum.checked_sub(b), Some(a));
            }
        }

        #[test]
        fn a_ratio_is_within_half_a_unit(a in small_decimal(), b in small_decimal(), places in 0..=8u32) {
            prop_assume!(!b.is_zero());
            let unit = Decimal::from_parts(1, places).unwrap();
            if let Some(q) = ratio(a, b, places) {
                prop_assert!(q.scale() <= places);
                let error = q.checked_mul(b).unwrap().checked_sub(a).unwrap().abs();
                let bound = unit.checked_mul(b.abs()).unwrap();
                prop_assert!(error.checked_add(error).unwrap() <= bound);
            }
        }

        #[test]
        fn rounding_is_dividing_by_one(a in any_decimal(), places in 0..=28u32) {
            prop_assert_eq!(ratio(a, Decimal::ONE, places), Some(a.round(places)));
        }
    }
}
