//! Short references, such as `kr-3mz9`, and what people type in their place.
//!
//! A reference is a prefix of its kind (`o`, `kr`, …), a dash, and digits made from the low 62
//! bits of the id, which are random: lower-case Crockford base 32, most significant bits first,
//! so that any longer form begins with the shorter one. Four digits are shown, or as many as tell
//! it apart from the others of its kind; thirteen hold all 62 bits.
//!
//! Reading is lenient, writing is not: capitals, and `o` for 0 or `i` and `l` for 1, are read.

mod namer;
mod resolve;
mod things;

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::value::Subject;

pub use namer::{Name, Namer};
pub use resolve::{Candidate, Resolution, resolve};
pub use things::{Things, Unclear};

/// How many digits a reference shows at least.
pub const SHOWN_DIGITS: usize = 4;
/// How many digits hold the whole random part.
const ALL_DIGITS: usize = 13;
const BITS: u32 = 62;

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What a reference is to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `o-`
    Objective,
    /// `kr-`
    KeyResult,
    /// `c-`
    Cycle,
    /// `t-`
    Team,
    /// `m-`
    Member,
    /// `d-`
    Device,
    /// `n-`
    Note,
    /// `ci-`
    CheckIn,
    /// `e-`
    Event,
    /// `kpi-`
    Kpi,
    /// `r-`
    Reading,
    /// `i-`
    Initiative,
    /// `td-`
    Todo,
    /// `w-`
    Weekly,
    /// `tp-`
    Template,
    /// `f-`
    Funnel,
    /// `in-`
    Incentive,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Objective,
        Self::KeyResult,
        Self::Cycle,
        Self::Team,
        Self::Member,
        Self::Device,
        Self::Note,
        Self::CheckIn,
        Self::Event,
        Self::Kpi,
        Self::Reading,
        Self::Initiative,
        Self::Todo,
        Self::Weekly,
        Self::Template,
        Self::Funnel,
        Self::Incentive,
    ];

    /// What its references begin with, without the dash.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Objective => "o",
            Self::KeyResult => "kr",
            Self::Cycle => "c",
            Self::Team => "t",
            Self::Member => "m",
            Self::Device => "d",
            Self::Note => "n",
            Self::CheckIn => "ci",
            Self::Event => "e",
            Self::Kpi => "kpi",
            Self::Reading => "r",
            Self::Initiative => "i",
            Self::Todo => "td",
            Self::Weekly => "w",
            Self::Template => "tp",
            Self::Funnel => "f",
            Self::Incentive => "in",
        }
    }

    /// Under which kind and id a thing is named; none for the workspace itself.
    #[must_use]
    pub const fn of(subject: Subject) -> Option<(Self, Uuid)> {
        Some(match subject {
            Subject::Workspace => return None,
            Subject::Member(id) => (Self::Member, id.uuid()),
            Subject::Team(id) => (Self::Team, id.uuid()),
            Subject::Cycle(id) => (Self::Cycle, id.uuid()),
            Subject::Objective(id) => (Self::Objective, id.uuid()),
            Subject::KeyResult(id) => (Self::KeyResult, id.uuid()),
            Subject::CheckIn(_, id) => (Self::CheckIn, id.uuid()),
            Subject::Note(id) => (Self::Note, id.uuid()),
            Subject::Kpi(id) => (Self::Kpi, id.uuid()),
            Subject::Reading(_, id) => (Self::Reading, id.uuid()),
            Subject::Initiative(id) => (Self::Initiative, id.uuid()),
            Subject::Todo(id) => (Self::Todo, id.uuid()),
            Subject::Weekly(id) => (Self::Weekly, id.uuid()),
            Subject::Template(id) => (Self::Template, id.uuid()),
            Subject::Funnel(id) => (Self::Funnel, id.uuid()),
            Subject::Incentive(id) => (Self::Incentive, id.uuid()),
        })
    }

    /// The kind whose references begin so.
    fn from_prefix(prefix: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.prefix().eq_ignore_ascii_case(prefix))
    }
}

impl fmt::Display for Kind {
    /// What it is called in sentences.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Objective => "objective",
            Self::KeyResult => "key result",
            Self::Cycle => "cycle",
            Self::Team => "team",
            Self::Member => "member",
            Self::Device => "device",
            Self::Note => "note",
            Self::CheckIn => "check-in",
            Self::Event => "event",
            Self::Kpi => "KPI",
            Self::Reading => "reading",
            Self::Initiative => "initiative",
            Self::Todo => "to-do",
            Self::Weekly => "weekly update",
            Self::Template => "template",
            Self::Funnel => "funnel",
            Self::Incentive => "incentive",
        })
    }
}

/// The whole reference of an id, with all thirteen digits.
#[must_use]
pub fn encode(kind: Kind, id: Uuid) -> String {
    Code::of(id).text(kind, ALL_DIGITS)
}

/// The random part of an id: its low 62 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Code(u64);

impl Code {
    fn of(id: Uuid) -> Self {
        let (_, low) = id.as_u64_pair();
        Self(low & ((1 << BITS) - 1))
    }

    /// Digit `index`, from 0 for the most significant. The last digit has two bits; zeros fill it up.
    fn digit(self, index: usize) -> u8 {
        let filled = u128::from(self.0) << (ALL_DIGITS * 5 - BITS as usize);
        let shift = (ALL_DIGITS - 1).saturating_sub(index) * 5;
        let value = usize::try_from((filled >> shift) & 31).unwrap_or_default();
        DIGITS.get(value).copied().unwrap_or(b'0')
    }

    /// The reference with so many digits.
    fn text(self, kind: Kind, digits: usize) -> String {
        let mut text = String::with_capacity(kind.prefix().len() + 1 + digits);
        text.push_str(kind.prefix());
        text.push('-');
        text.extend((0..digits).map(|index| char::from(self.digit(index))));
        text
    }

    /// How many digits the two begin with in common.
    fn common_digits(self, other: Self) -> usize {
        let differing = (self.0 ^ other.0).leading_zeros() - (u64::BITS - BITS);
        if differing >= BITS {
            ALL_DIGITS
        } else {
            // At most 61 / 5.
            (differing / 5) as usize
        }
    }
}

/// The first digits of a code, as somebody typed them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CodePrefix {
    /// The digits' bits, the last digit lowest.
    bits: u128,
    digits: usize,
}

impl CodePrefix {
    /// Reads 1 to 13 digits, leniently.
    fn read(text: &str) -> Option<Self> {
        let mut read = Self { bits: 0, digits: 0 };
        for byte in text.bytes() {
            let digit = match byte.to_ascii_lowercase() {
                b'o' => b'0',
                b'i' | b'l' => b'1',
                other => other,
            };
            let value = DIGITS.iter().position(|known| *known == digit)?;
            read.digits += 1;
            if read.digits > ALL_DIGITS {
                return None;
            }
            read.bits = read.bits << 5 | u128::try_from(value).ok()?;
        }
        (read.digits > 0).then_some(read)
    }

    fn begins(self, code: Code) -> bool {
        let filled = u128::from(code.0) << (ALL_DIGITS * 5 - BITS as usize);
        filled >> ((ALL_DIGITS - self.digits) * 5) == self.bits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_come_from_the_random_bits_alone() {
        let low = 0b00001_00010_00011 << (BITS - 15);
        let id = Uuid::from_u64_pair(u64::MAX, low | 0b10 << 62);
        assert_eq!(encode(Kind::KeyResult, id), "kr-1230000000000");
        assert_eq!(
            encode(Kind::Objective, Uuid::from_u128(u128::MAX)),
            "o-zzzzzzzzzzzzr"
        );
    }

    #[test]
    fn look_alikes_are_read_as_digits() {
        assert_eq!(CodePrefix::read("O1Il"), CodePrefix::read("0111"));
        assert_eq!(CodePrefix::read("u"), None);
        assert_eq!(CodePrefix::read(""), None);
        assert_eq!(CodePrefix::read("00000000000000"), None);
        assert_eq!(CodePrefix::read("é"), None);
    }

    #[test]
    fn prefixes_tell_the_kinds_apart() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_prefix(kind.prefix()), Some(*kind));
        }
        assert_eq!(Kind::from_prefix("KR"), Some(Kind::KeyResult));
        assert_eq!(Kind::from_prefix("x"), None);
    }

    proptest! {
        #[test]
        fn every_prefix_of_a_reference_is_of_that_id(bits: u128, other: u128, digits in 1..=13usize) {
            let code = Code::of(Uuid::from_u128(bits));
            let other = Code::of(Uuid::from_u128(other));
            let text = code.text(Kind::Event, digits);
            let prefix = CodePrefix::read(text.strip_prefix("e-").unwrap()).unwrap();
            prop_assert!(prefix.begins(code));
            prop_assert_eq!(prefix.begins(other), code.common_digits(other) >= digits);
            prop_assert!(encode(Kind::Event, Uuid::from_u128(bits)).starts_with(&text));
        }
    }
}
