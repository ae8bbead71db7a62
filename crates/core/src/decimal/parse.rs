//! Reading numbers as people type them: strictly, so that no figure is ever guessed at.
//!
//! Accepted: an optional sign, digits, and one dot with digits on both sides. Spaces (also
//! the narrow and no-break ones that spreadsheets write) or underscores may set off the
//! thousands, in groups of three. A comma is refused: it means thousands to one reader and
//! decimals to the next.

use std::str::FromStr;

use super::Decimal;

/// Why a text is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// There was nothing, or a sign alone.
    #[error("a number is missing")]
    Empty,
    /// A comma.
    #[error(
        "the comma at character {at} could mean thousands or decimals; write 1200.5 or 1 200.5"
    )]
    Comma {
        /// Counted in characters from 1.
        at: usize,
    },
    /// A character that has no place in a number.
    #[error("{found:?} at character {at} doesn't belong in a number")]
    Unexpected {
        /// The character.
        found: char,
        /// Counted in characters from 1.
        at: usize,
    },
    /// More than one dot.
    #[error("there is a second dot at character {at}; a number has one at most")]
    SecondDot {
        /// Counted in characters from 1.
        at: usize,
    },
    /// A dot without a digit before or after it.
    #[error("a dot needs digits on both sides, as in 0.5")]
    BareDot,
    /// Separators that don't set off groups of three digits.
    #[error("spaces and underscores may only set off thousands, as in 1 200 000")]
    Grouping,
    /// More digits than can be kept exactly.
    #[error("the number has more digits than can be kept exactly; at most 28, all told")]
    TooLong,
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let trimmed = text.trim();
        // Columns are those of the text as given, leading spaces included.
        let lead = text.chars().take_while(|c| c.is_whitespace()).count();
        let mut reader = Reader::default();
        for (index, c) in trimmed.chars().enumerate() {
            reader.take(c, index == 0, lead + index + 1)?;
        }
        reader.finish()
    }
}

#[derive(Default)]
struct Reader {
    negative: bool,
    mantissa: i128,
    /// Digits seen before the dot, or after it once there was one.
    digits: u32,
    /// Digits since the last separator; meaningful once there was one.
    group: u32,
    grouped: bool,
    dot: bool,
    /// Zeros after the dot that only count if another digit follows.
    held_zeros: u32,
    scale: u32,
}

impl Reader {
    fn take(&mut self, c: char, first: bool, at: usize) -> Result<(), DecimalError> {
        match c {
            '+' if first => Ok(()),
            '-' | '\u{2212}' if first => {
                self.negative = true;
                Ok(())
            }
            '0'..='9' => self.digit(i128::from(u32::from(c) - u32::from('0'))),
            '.' if self.dot => Err(DecimalError::SecondDot { at }),
            '.' => {
                self.end_of_group()?;
                if self.digits == 0 {
                    return Err(DecimalError::BareDot);
                }
                self.dot = true;
                self.digits = 0;
                Ok(())
            }
            '_' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => {
                self.end_of_group()?;
                // The first group has one to three digits; after a dot there are no groups.
                if self.dot || (!self.grouped && !(1..=3).contains(&self.digits)) {
                    return Err(DecimalError::Grouping);
                }
                self.grouped = true;
                self.group = 0;
                Ok(())
            }
            ',' => Err(DecimalError::Comma { at }),
            found => Err(DecimalError::Unexpected { found, at }),
        }
    }

    fn digit(&mut self, digit: i128) -> Result<(), DecimalError> {
        self.digits = self.digits.saturating_add(1);
        self.group = self.group.saturating_add(1);
        if self.dot && digit == 0 {
            self.held_zeros = self.held_zeros.saturating_add(1);
            return Ok(());
        }
        let shift = if self.dot { self.held_zeros + 1 } else { 1 };
        if self.dot {
            self.scale += shift;
            self.held_zeros = 0;
        }
        self.mantissa = 10i128
            .checked_pow(shift)
            .and_then(|factor| self.mantissa.checked_mul(factor))
            .and_then(|shifted| shifted.checked_add(digit))
            .ok_or(DecimalError::TooLong)?;
        if self.scale > Decimal::MAX_PLACES {
            return Err(DecimalError::TooLong);
        }
        Ok(())
    }

    fn end_of_group(&self) -> Result<(), DecimalError> {
        if self.grouped && !self.dot && self.group != 3 {
            return Err(DecimalError::Grouping);
        }
        Ok(())
    }

    fn finish(self) -> Result<Decimal, DecimalError> {
        self.end_of_group()?;
        match (self.digits, self.dot) {
            (0, true) => return Err(DecimalError::BareDot),
            (0, false) => return Err(DecimalError::Empty),
            _ => {}
        }
        let mantissa = if self.negative {
            -self.mantissa
        } else {
            self.mantissa
        };
        Decimal::from_parts(mantissa, self.scale).ok_or(DecimalError::TooLong)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<String, DecimalError> {
        text.parse::<Decimal>().map(|n| n.to_string())
    }

    #[test]
    fn what_people_type() {
        for (text, canonical) in [
            ("531", "531"),
            (" 531 ", "531"),
            ("+3", "3"),
            ("-3.50", "-3.5"),
            ("\u{2212}3", "-3"),
            ("1 200", "1200"),
            ("1_200_000.25", "1200000.25"),
            ("12\u{202f}000", "12000"),
            ("007", "7"),
            ("0.000000", "0"),
            (
                "0.0000000000000000000000000001",
                "0.0000000000000000000000000001",
            ),
            ("1.00000000000000000000000000000000000", "1"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(canonical), "{text}");
        }
    }

    #[test]
    fn what_is_refused_and_why() {
        use DecimalError::*;
        for (text, why) in [
            ("", Empty),
            ("  ", Empty),
            ("+", Empty),
            ("-", Empty),
            ("1,200", Comma { at: 2 }),
            ("1,5", Comma { at: 2 }),
            ("50%", Unexpected { found: '%', at: 3 }),
            (" 1e5", Unexpected { found: 'e', at: 3 }),
            ("5-3", Unexpected { found: '-', at: 2 }),
            ("+-3", Unexpected { found: '-', at: 2 }),
            ("٣", Unexpected { found: '٣', at: 1 }),
            ("1.2.3", SecondDot { at: 4 }),
            (".5", BareDot),
            ("5.", BareDot),
            (".", BareDot),
            ("1 20", Grouping),
            ("1200 000", Grouping),
            ("1  200", Grouping),
            ("1_", Grouping),
            ("_1", Grouping),
            ("1 20.5", Grouping),
            ("1.200 000", Grouping),
            ("99999999999999999999999999999", TooLong),
            ("0.00000000000000000000000000001", TooLong),
        ] {
            assert_eq!(read(text), Err(why), "{text}");
        }
    }

    #[test]
    fn errors_say_where_and_what_to_write() {
        assert_eq!(
            read("1,200").unwrap_err().to_string(),
            "the comma at character 2 could mean thousands or decimals; write 1200.5 or 1 200.5"
        );
        assert_eq!(
            read("12x").unwrap_err().to_string(),
            "'x' at character 3 doesn't belong in a number"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn grouping_does_not_change_the_number(n: i64) {
            let plain = n.to_string();
            let digits: Vec<char> = plain.trim_start_matches('-').chars().collect();
            let grouped = digits
                .rchunks(3)
                .rev()
                .map(|group| group.iter().collect::<String>())
                .collect::<Vec<_>>()
                .join("_");
            let sign = if n < 0 { "-" } else { "" };
            prop_assert_eq!(read(&format!("{sign}{grouped}")), Ok(plain));
        }
    }
}
