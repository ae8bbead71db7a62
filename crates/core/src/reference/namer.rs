//! The shortest reference of each thing that no other thing of its kind shares.

use std::collections::BTreeMap;
use std::fmt;

use uuid::Uuid;

use super::{ALL_DIGITS, Code, Kind, SHOWN_DIGITS};

/// Gives references, knowing all the ids there are: build it once, ask it often.
///
/// Each reference resolves to its id alone among the ids it was built from. Ids that aren't among
/// them get the reference that they would have beside them.
#[derive(Clone, Default)]
pub struct Namer {
    /// Sorted and without repeats, so that an id need only be told apart from its two neighbours.
    codes: BTreeMap<Kind, Vec<Code>>,
}

/// A reference as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The reference, such as `kr-3mz9`. ASCII.
    pub text: String,
    /// How many bytes of it are enough to tell it apart, the prefix and the dash included: the
    /// part to highlight.
    pub unique: usize,
}

impl Namer {
    /// A namer of these things.
    pub fn new(things: impl IntoIterator<Item = (Kind, Uuid)>) -> Self {
        let mut codes: BTreeMap<Kind, Vec<Code>> = BTreeMap::new();
        for (kind, id) in things {
            codes.entry(kind).or_default().push(Code::of(id));
        }
        for of_kind in codes.values_mut() {
            of_kind.sort_unstable();
            of_kind.dedup();
        }
        Self { codes }
    }

    /// The reference of an id: four digits, more where the first four are shared.
    #[must_use]
    pub fn name(&self, kind: Kind, id: Uuid) -> Name {
        let code = Code::of(id);
        let others = self.codes.get(&kind).map_or(&[][..], Vec::as_slice);
        let below = others.partition_point(|other| *other < code);
        let not_above = others.partition_point(|other| *other <= code);
        let neighbours = [below.checked_sub(1), Some(not_above)];
        let shared = neighbours
            .into_iter()
            .flatten()
            .filter_map(|index| others.get(index))
            .map(|other| code.common_digits(*other))
            .max();
        let digits = shared.map_or(1, |shared| (shared + 1).min(ALL_DIGITS));
        Name {
            text: code.text(kind, digits.max(SHOWN_DIGITS)),
            unique: kind.prefix().len() + 1 + digits,
        }
    }
}

impl fmt::Debug for Namer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.codes.iter().map(|(kind, codes)| (kind, codes.len()));
        f.debug_map().entries(counts).finish()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::super::{Candidate, Resolution, resolve};
    use super::*;

    /// An id whose digits begin so.
    fn id(digits: &str) -> Uuid {
        let prefix = super::super::CodePrefix::read(digits).unwrap();
        let filled = prefix.bits << ((ALL_DIGITS - prefix.digits) * 5);
        Uuid::from_u128(filled >> 3)
    }

    fn names(digits: &[&str]) -> Vec<(String, usize)> {
        let ids: Vec<Uuid> = digits.iter().map(|digits| id(digits)).collect();
        let namer = Namer::new(ids.iter().map(|id| (Kind::KeyResult, *id)));
        ids.iter()
            .map(|id| {
                let name = namer.name(Kind::KeyResult, *id);
                (name.text, name.unique)
            })
            .collect()
    }

    #[test]
    fn four_digits_and_more_only_where_needed() {
        assert_eq!(names(&["3mz9"]), [("kr-3mz9".to_owned(), 4)]);
        assert_eq!(
            names(&["3mz9a1", "3mz9b2", "7fk2"]),
            [
                ("kr-3mz9a".to_owned(), 8),
                ("kr-3mz9b".to_owned(), 8),
                ("kr-7fk2".to_owned(), 4),
            ]
        );
    }

    #[test]
    fn other_kinds_do_not_lengthen_a_reference() {
        let namer = Namer::new([
            (Kind::Objective, id("3mz9a")),
            (Kind::KeyResult, id("3mz9b")),
        ]);
        assert_eq!(namer.name(Kind::KeyResult, id("3mz9b")).text, "kr-3mz9");
    }

    #[test]
    fn an_id_not_seen_yet_gets_the_name_it_would_have() {
        let namer = Namer::new([(Kind::KeyResult, id("3mz9a"))]);
        assert_eq!(namer.name(Kind::KeyResult, id("3mz9b")).text, "kr-3mz9b");
        assert_eq!(
            Namer::default().name(Kind::Team, id("3mz9b")).text,
            "t-3mz9"
        );
    }

    proptest! {
        #[test]
        fn names_and_their_unique_parts_resolve_to_their_ids(
            // Few bits, far apart: collisions in the leading digits are common.
            seeds in proptest::collection::btree_set(0..4096u128, 1..200),
        ) {
            let ids: BTreeSet<Uuid> = seeds
                .iter()
                .map(|seed| Uuid::from_u128((seed << 40 | seed) & ((1 << 62) - 1)))
                .collect();
            let namer = Namer::new(ids.iter().map(|id| (Kind::Team, *id)));
            for id in &ids {
                let name = namer.name(Kind::Team, *id);
                prop_assert!(name.text.len() >= "t-".len() + SHOWN_DIGITS);
                prop_assert!(name.unique <= name.text.len());
                for query in [&name.text[..], &name.text[..name.unique]] {
                    let all = ids.iter().map(|id| Candidate {
                        kind: Kind::Team,
                        id: *id,
                        title: "",
                        key: None,
                    });
                    match resolve(query, all) {
                        Resolution::One(found) => prop_assert_eq!(found.id, *id),
                        other => prop_assert!(false, "{query}: {other:?}"),
                    }
                }
            }
        }
    }
}
