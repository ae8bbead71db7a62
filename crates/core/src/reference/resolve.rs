//! What somebody means by what they typed.
//!
//! From the surest reading to the least sure, the first that fits anything decides:
//!
//! 1. the whole id,
//! 2. a key that somebody gave (`pipeline`), in full,
//! 3. a title or name, in full,
//! 4. the beginning of a reference, with its prefix (`kr-3m`) or without (`3m`),
//! 5. a piece of a title or name.
//!
//! Capitals make no difference. Where the reading that decides fits several things, nothing is
//! guessed. Nor is it where fewer than four digits without a prefix fit one thing and a piece of a
//! title fits another: `ben` may be the beginning of `m-ben7` or of "Benedita".

use uuid::Uuid;

use super::{Code, CodePrefix, Kind, SHOWN_DIGITS};

/// Something that could be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: Uuid,
    /// Its title or display name; empty if it has none.
    pub title: &'a str,
    /// The key that somebody gave it.
    pub key: Option<&'a str>,
}

/// What was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution<'a> {
    /// This, and nothing else.
    One(Candidate<'a>),
    /// Nothing there is.
    None,
    /// Any of these, in the order in which they were given.
    Many(Vec<Candidate<'a>>),
}

/// Finds what is meant by `query` among the candidates.
///
/// The same thing given twice counts once. An empty query means nothing.
pub fn resolve<'a>(
    query: &str,
    candidates: impl IntoIterator<Item = Candidate<'a>>,
) -> Resolution<'a> {
    let query = query.trim();
    if query.is_empty() {
        return Resolution::None;
    }
    let query = Query::new(query);
    let mut fitting: [Vec<Candidate<'a>>; 5] = Default::default();
    let [ids, keys, titles, references, pieces] = &mut fitting;
    for candidate in candidates {
        let title = candidate.title.to_lowercase();
        if query.id == Some(candidate.id) {
            add(ids, candidate);
        }
        if candidate
            .key
            .is_some_and(|key| key.to_lowercase() == query.folded)
        {
            add(keys, candidate);
        }
        if title == query.folded {
            add(titles, candidate);
        }
        if query.begins_reference_of(&candidate) {
            add(references, candidate);
        }
        if title.contains(&query.folded) {
            add(pieces, candidate);
        }
    }
    if query.may_be_letters() && !references.is_empty() {
        for piece in pieces.drain(..) {
            add(references, piece);
        }
    }

    let Some(found) = fitting.into_iter().find(|found| !found.is_empty()) else {
        return Resolution::None;
    };
    match found.as_slice() {
        [only] => Resolution::One(*only),
        _ => Resolution::Many(found),
    }
}

fn add<'a>(found: &mut Vec<Candidate<'a>>, candidate: Candidate<'a>) {
    let same = |other: &Candidate<'_>| (other.kind, other.id) == (candidate.kind, candidate.id);
    if !found.iter().any(same) {
        found.push(candidate);
    }
}

/// A query, taken apart once for all candidates.
struct Query {
    folded: String,
    id: Option<Uuid>,
    /// The kind, where a prefix names it, and the digits.
    reference: Option<(Option<Kind>, CodePrefix)>,
}

impl Query {
    fn new(query: &str) -> Self {
        let with_prefix = query
            .split_once('-')
            .and_then(|(prefix, digits)| Some((Kind::from_prefix(prefix)?, digits)));
        let reference = match with_prefix {
            Some((kind, digits)) => CodePrefix::read(digits).map(|code| (Some(kind), code)),
            None => CodePrefix::read(query).map(|code| (None, code)),
        };
        Self {
            folded: query.to_lowercase(),
            id: Uuid::try_parse(query).ok(),
            reference,
        }
    }

    fn begins_reference_of(&self, candidate: &Candidate<'_>) -> bool {
        self.reference.is_some_and(|(kind, prefix)| {
            kind.is_none_or(|kind| kind == candidate.kind) && prefix.begins(Code::of(candidate.id))
        })
    }

    /// Whether what reads as digits is so short that it may have been meant as letters.
    fn may_be_letters(&self) -> bool {
        self.reference
            .is_some_and(|(kind, prefix)| kind.is_none() && prefix.digits < SHOWN_DIGITS)
    }
}

#[cfg(test)]
mod tests {
    use super::super::encode;
    use super::*;

    fn candidate(kind: Kind, low: u64, title: &'static str) -> Candidate<'static> {
        Candidate {
            kind,
            id: Uuid::from_u64_pair(7, low),
            title,
            key: None,
        }
    }

    /// Digits: o-7777…, kr-abcd…, kr-abce…, kr-dea…
    fn all() -> Vec<Candidate<'static>> {
        let low = |digits: &str| {
            let prefix = CodePrefix::read(digits).unwrap();
            u64::try_from(prefix.bits << (62 - 5 * prefix.digits)).unwrap()
        };
        vec![
            candidate(Kind::Objective, low("7777"), "Fill the pipeline"),
            Candidate {
                key: Some("Pipeline"),
                ..candidate(Kind::KeyResult, low("abcd"), "Qualified leads")
            },
            candidate(Kind::KeyResult, low("abce"), "Qualified leads in Lagos"),
            candidate(Kind::KeyResult, low("dea"), "Close deals"),
        ]
    }

    fn titles(query: &str) -> Vec<&'static str> {
        match resolve(query, all()) {
            Resolution::One(found) => vec![found.title],
            Resolution::None => vec![],
            Resolution::Many(found) => found.iter().map(|found| found.title).collect(),
        }
    }

    #[test]
    fn the_surest_reading_decides() {
        for (query, meant) in [
            ("o-7777", "Fill the pipeline"),
            ("O-7", "Fill the pipeline"),
            ("7777", "Fill the pipeline"),
            ("kr-abcd", "Qualified leads"),
            ("kr-abce", "Qualified leads in Lagos"),
            // A key, though a title contains it.
            ("pipeline", "Qualified leads"),
            // A whole title, though another contains it.
            ("qualified LEADS", "Qualified leads"),
            ("lagos", "Qualified leads in Lagos"),
            (" fill ", "Fill the pipeline"),
        ] {
            assert_eq!(titles(query), [meant], "{query}");
        }
    }

    #[test]
    fn nothing_is_guessed() {
        assert_eq!(
            titles("kr-abc"),
            ["Qualified leads", "Qualified leads in Lagos"]
        );
        assert_eq!(
            titles("qualified"),
            ["Qualified leads", "Qualified leads in Lagos"]
        );
        assert_eq!(
            titles("l"),
            [
                "Fill the pipeline",
                "Qualified leads",
                "Qualified leads in Lagos",
                "Close deals"
            ]
        );
    }

    #[test]
    fn few_digits_that_may_be_letters_are_not_taken_for_digits() {
        let named = [
            candidate(Kind::Member, 0, "Benedita"),
            all()[1],
            candidate(Kind::Member, 1, "Abcde"),
        ];
        assert_eq!(
            resolve("abc", named),
            Resolution::Many(vec![named[1], named[2]])
        );
        assert_eq!(resolve("abcd", named), Resolution::One(named[1]));
        assert_eq!(resolve("abcde", named), Resolution::One(named[2]));
    }

    #[test]
    fn digits_and_letters_that_mean_the_same_thing_are_no_riddle() {
        assert_eq!(titles("dea"), ["Close deals"]);
    }

    #[test]
    fn what_is_not_there() {
        for query in ["", "  ", "kr-", "o-abcd", "churn", "kr-zzzz", "kr-7"] {
            assert_eq!(titles(query), [""; 0], "{query}");
        }
    }

    #[test]
    fn a_whole_id_in_any_spelling() {
        let all = all();
        let id = all[1].id;
        for query in [
            id.to_string(),
            id.to_string().to_uppercase(),
            id.simple().to_string(),
            encode(Kind::KeyResult, id),
        ] {
            assert_eq!(
                resolve(&query, all.clone()),
                Resolution::One(all[1]),
                "{query}"
            );
        }
    }

    #[test]
    fn the_same_thing_twice_counts_once() {
        let twice = [all()[0], all()[0]];
        assert_eq!(resolve("o-7777", twice), Resolution::One(twice[0]));
    }
}
