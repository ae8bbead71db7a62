//! Figures and names as people write them into titles and headings: `from 500 to 550 leads`, `(60%)`,
//! `[P0]`, `Q1 2018`.

mod cycle;

use quarterdeck_core::decimal::{Decimal, Unit};
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::MetricKind;

pub use cycle::cycle;

/// Words that stand behind a number without being its unit.
const NO_UNITS: &[&str] = &[
    "a", "an", "and", "as", "at", "before", "by", "each", "every", "for", "from", "in", "of", "on",
    "or", "over", "per", "the", "this", "through", "to", "until", "while", "with", "within",
];

/// A metric of this kind without numbers.
pub(crate) const fn bare(kind: MetricKind, unit: Option<String>) -> Metric {
    Metric {
        kind,
        baseline: None,
        target: None,
        low: None,
        high: None,
        milestones: Vec::new(),
        unit,
    }
}

/// The metric of a change from one number to another; its direction follows from the numbers.
pub(crate) fn change(baseline: Decimal, target: Decimal, unit: Option<String>) -> Metric {
    let kind = if target < baseline {
        MetricKind::Decrease
    } else {
        MetricKind::Increase
    };
    Metric {
        baseline: Some(baseline),
        target: Some(target),
        ..bare(kind, unit)
    }
}

/// The metric of something of which only the share done is known: 0 to 100 %.
pub(crate) fn share_done() -> Metric {
    change(Decimal::ZERO, Decimal::from(100u32), Some("%".to_owned()))
}

/// A number with what is written onto it: `25%`, `€5`, `3.5`.
pub(crate) fn number_with_unit(text: &str) -> Option<(Decimal, Option<String>)> {
    let text = text.trim().trim_end_matches([',', ';', ':', '.', '!']);
    for symbol in ["€", "$", "£"] {
        if let Some(rest) = text
            .strip_prefix(symbol)
            .or_else(|| text.strip_suffix(symbol))
        {
            return Some((rest.trim().parse().ok()?, Some(symbol.to_owned())));
        }
    }
    if let Some(rest) = text.strip_suffix('%') {
        return Some((rest.trim().parse().ok()?, Some("%".to_owned())));
    }
    Some((text.parse().ok()?, None))
}

/// A share of one: `60%`, `60 %`, `0.6`; a bare number above 1 and up to 100 counts as per cent.
pub(crate) fn share(text: &str) -> Option<Decimal> {
    let hundred = Decimal::from(100u32);
    let (number, unit) = number_with_unit(text)?;
    match unit.as_deref() {
        Some("%") => number.checked_div(hundred),
        Some(_) => None,
        None if number > Decimal::ONE && number <= hundred => number.checked_div(hundred),
        None => Some(number),
    }
}

/// The change that a title speaks of: `from 500 to 550 leads`, `500 → 550`, `500..550`.
pub(crate) fn spoken_change(title: &str) -> Option<Metric> {
    let spaced = title
        .replace("->", " → ")
        .replace('→', " → ")
        .replace("..", " → ")
        .replace(" %", "%");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    for at in 0..words.len() {
        let rest = words.get(at..)?;
        let found = match rest {
            [from, rest @ ..] if is(from, &["from", "von"]) => from_to(rest),
            [a, "→", b, after @ ..] => pair(a, b, after),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// `500 [leads] to 550 [leads]`.
fn from_to(words: &[&str]) -> Option<Metric> {
    let first = words.first()?;
    number_with_unit(first)?;
    let to = words
        .iter()
        .take(4)
        .position(|word| is(word, &["to", "bis", "auf", "→"]))?;
    let between = if to == 2 { words.get(1) } else { None };
    if to == 0 || to > 2 {
        return None;
    }
    let metric = pair(first, words.get(to + 1)?, words.get(to + 2..)?)?;
    Some(match (metric.unit.is_none(), between) {
        (true, Some(word)) => Metric {
            unit: unit(word),
            ..metric
        },
        _ => metric,
    })
}

fn pair(a: &str, b: &str, after: &[&str]) -> Option<Metric> {
    let (baseline, first) = number_with_unit(a)?;
    let (target, second) = number_with_unit(b)?;
    let closed = b.ends_with([',', ';', '.', ')']);
    let named = || {
        after
            .first()
            .filter(|_| !closed)
            .and_then(|word| unit(word))
    };
    Some(change(baseline, target, second.or(first).or_else(named)))
}

fn unit(word: &str) -> Option<String> {
    let word = word.trim_end_matches([',', ';', ':', '.', ')', '!']);
    let fits = word.chars().all(|c| c.is_alphabetic() || c == '-')
        && !is(word, NO_UNITS)
        && Unit::new(word).is_ok();
    fits.then(|| word.to_owned())
}

fn is(word: &str, of: &[&str]) -> bool {
    of.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Takes a share off the end of a title: `(60%)`, `[60 %]`, `- 60%`, `: 60%`, `60% done`.
pub(crate) fn trailing_share(title: &str) -> (&str, Option<Decimal>) {
    let whole = title.trim_end();
    let mut text = whole;
    for (open, close) in [('(', ')'), ('[', ']')] {
        let inner = text
            .strip_suffix(close)
            .and_then(|inner| inner.rsplit_once(open));
        if let Some((before, inner)) = inner {
            let inner = without_done(inner).0;
            return match (before.trim().is_empty(), inner.ends_with('%'), share(inner)) {
                (false, true, Some(share)) => (before.trim_end(), Some(share)),
                _ => (whole, None),
            };
        }
    }
    let (rest, done) = without_done(text);
    text = rest;
    if !text.ends_with('%') {
        return (whole, None);
    }
    let digits = text.trim_end_matches('%').trim_end();
    let start = digits
        .rfind(|c: char| !c.is_ascii_digit() && c != '.')
        .map_or(0, |at| {
            at + digits
                .get(at..)
                .and_then(|rest| rest.chars().next())
                .map_or(1, char::len_utf8)
        });
    let (Some(before), Some(number)) = (text.get(..start), text.get(start..)) else {
        return (whole, None);
    };
    let cut = before.trim_end();
    let set_off = cut.trim_end_matches(['-', '–', '—', ':', ',', '=']);
    let apart = set_off.len() < cut.len() && (cut.len() < before.len() || cut.ends_with(':'));
    match share(number) {
        Some(share) if (apart || done) && !set_off.trim().is_empty() => {
            (set_off.trim_end(), Some(share))
        }
        _ => (whole, None),
    }
}

/// Takes a share off the front of a title: `(50%) Migrate`, `[~] (50%) Migrate`.
pub(crate) fn leading_share(title: &str) -> (&str, Option<Decimal>) {
    let text = title.trim_start();
    let text = text.strip_prefix("[~]").map_or(text, str::trim_start);
    let found = text
        .strip_prefix(['(', '['])
        .and_then(|rest| rest.split_once([')', ']']))
        .filter(|(inner, rest)| inner.trim_end().ends_with('%') && !rest.trim().is_empty())
        .and_then(|(inner, rest)| Some((rest.trim_start(), share(inner)?)));
    found.map_or((title, None), |(rest, share)| (rest, Some(share)))
}

fn without_done(text: &str) -> (&str, bool) {
    for word in ["done", "complete", "completed", "achieved"] {
        if let Some(rest) = text.trim_end().strip_suffix(word)
            && rest.ends_with([' ', '%'])
        {
            return (rest.trim_end(), true);
        }
    }
    (text, false)
}

/// Takes the marks of priority out of a title: `[P0] Create a forum` is of rank 1.
pub(crate) fn priority(title: &str) -> (String, Option<u32>) {
    let mut rank = None;
    let mut rest = title.to_owned();
    for digit in 0..=9u32 {
        for mark in [
            format!("[P{digit}]"),
            format!("[p{digit}]"),
            format!("(P{digit})"),
        ] {
            if let Some(at) = rest.find(&mark) {
                rest.replace_range(at..at + mark.len(), " ");
                rank = rank.or(Some(digit + 1));
            }
        }
    }
    (one_line(&rest), rank)
}

/// Takes a label off the front: `KR 2: …`, `Objective: …`, `O1 - …`. Answers what it labels.
pub(crate) fn label(text: &str) -> (&str, Option<Label>) {
    let lower = text.to_lowercase();
    for (word, label) in [
        ("key result", Label::KeyResult),
        ("objective", Label::Objective),
        ("goal", Label::Objective),
        ("kr", Label::KeyResult),
        ("o", Label::Objective),
    ] {
        if !lower.starts_with(word) || !text.is_char_boundary(word.len()) {
            continue;
        }
        let rest = text.get(word.len()..).unwrap_or_default();
        let number = rest.trim_start().trim_start_matches('#');
        let after = number.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let numbered = after.len() < number.len();
        let after = after.trim_start();
        let stripped = after
            .strip_prefix([':', '–', '—', ')'])
            .or_else(|| after.strip_prefix("- "));
        // A lone letter is a label only with a number or a colon behind it.
        match stripped {
            Some(title) if !title.trim().is_empty() && (numbered || word.len() > 1) => {
                return (title.trim(), Some(label));
            }
            _ => {}
        }
    }
    (text, None)
}

/// What a label says that a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Objective,
    KeyResult,
}

/// Text on one line, each run of spaces and control characters as one space.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoken(title: &str) -> Option<String> {
        spoken_change(title).map(|metric| {
            format!(
                "{} {}..{} {}",
                metric.kind,
                metric.baseline.unwrap(),
                metric.target.unwrap(),
                metric.unit.unwrap_or_default()
            )
            .trim()
            .to_owned()
        })
    }

    #[test]
    fn changes_are_heard_as_people_write_them() {
        for (title, heard) in [
            ("Grow from 500 to 550 leads", "increase 500..550 leads"),
            ("Qualified leads 500 → 550", "increase 500..550"),
            ("Qualified leads: 500 -> 550 a month", "increase 500..550"),
            ("Churn from 4% to 2.5% by May", "decrease 4..2.5 %"),
            ("Churn from 4 % to 2.5 %", "decrease 4..2.5 %"),
            ("Answer within from 3 days to 1 day", "decrease 3..1 day"),
            ("Deals of €5000..€8000", "increase 5000..8000 €"),
        ] {
            assert_eq!(spoken(title).as_deref(), Some(heard), "{title}");
        }
    }

    #[test]
    fn other_numbers_are_no_change() {
        for title in [
            "Publish 8 blog posts during Q1",
            "Move from Berlin to Madrid",
            "improve downloading by 50%",
            "2/3 of users",
            "from 1,200 to 1,300",
        ] {
            assert_eq!(spoken(title), None, "{title}");
        }
    }

    #[test]
    fn a_share_at_the_end_is_progress() {
        for (title, rest, share) in [
            ("Ship it (60%)", "Ship it", "0.6"),
            ("Ship it [60 %]", "Ship it", "0.6"),
            ("Ship it - 60%", "Ship it", "0.6"),
            ("Ship it: 7.5%", "Ship it", "0.075"),
            ("Ship it 100% done", "Ship it", "1"),
        ] {
            let (left, found) = trailing_share(title);
            assert_eq!((left, found.unwrap().to_string().as_str()), (rest, share));
        }
        for title in [
            "Improve by 50%",
            "Reach 90%",
            "(60%)",
            "Ship it (WIP)",
            "é%",
            "%",
        ] {
            assert_eq!(trailing_share(title), (title, None));
        }
    }

    #[test]
    fn a_share_at_the_front_is_progress_too() {
        let half = Some("0.5".parse().unwrap());
        assert_eq!(leading_share("(50%) Migrate"), ("Migrate", half));
        assert_eq!(leading_share("[~] (50 %) Migrate"), ("Migrate", half));
        for title in ["(WIP) Migrate", "[~] Migrate", "(50%)", "50% of it"] {
            assert_eq!(leading_share(title), (title, None));
        }
    }

    #[test]
    fn labels_and_priorities_come_off() {
        assert_eq!(
            label("KR 2: More leads"),
            ("More leads", Some(Label::KeyResult))
        );
        assert_eq!(label("O1 - Grow"), ("Grow", Some(Label::Objective)));
        assert_eq!(label("Objective: Grow"), ("Grow", Some(Label::Objective)));
        assert_eq!(label("Only the best: us"), ("Only the best: us", None));
        assert_eq!(label("Kraken: wake it"), ("Kraken: wake it", None));
        assert_eq!(
            priority("[P1] Organize 2 meetups [DP]"),
            ("Organize 2 meetups [DP]".to_owned(), Some(2))
        );
    }
}
