//! What a title gives away: a number, a task, a plain measure.
//!
//! Heuristics, and advice only: they would rather miss something than nag about what is fine. They
//! know English and German.

use super::words::{
    EMPTY, FILLERS, JOINING, KPIS, MAGNITUDES, MEASURED, NAMING, TASKS, TASKS_GERMAN,
    TASKS_IRREGULAR,
};

/// Bare numbers of this span are taken for years.
const YEARS: std::ops::RangeInclusive<u32> = 2010..=2059;
/// Numbers that are sayings.
const SAYINGS: &[&str] = &["360", "24/7", "7/24", "50/50"];

/// The first number in a title that measures something, as it is written there.
///
/// `B2B`, `Q3`, `3D`, `24/7`, `#1`, `1st`, years, and numbers that belong to a name (`ISO 27001`,
/// `phase 2`, `scope 1 and 2`) measure nothing.
pub(super) fn number(title: &str) -> Option<&str> {
    let shouted = !title.chars().any(char::is_lowercase);
    let mut before = "";
    // Whether the number before was part of a name, and nothing but a joining word came since.
    let mut named = false;
    for token in title.split_whitespace() {
        let word = token.trim_matches(|c: char| ".,;:!?()[]{}\"'„“”‚‘’«»*_…".contains(c));
        let lower = word.to_lowercase();
        if !word.contains(|c: char| c.is_ascii_digit()) {
            named &= JOINING.contains(&lower.as_str());
            if !JOINING.contains(&lower.as_str()) {
                before = word;
            }
            continue;
        }
        let is_name = named || (names(before) && !(shouted && is_capitals(before)));
        if measures(&lower, is_name) {
            return Some(word);
        }
        named = is_name;
        before = "";
    }
    None
}

/// Whether a number behind this word is part of a name.
fn names(word: &str) -> bool {
    let lower = word.to_lowercase();
    NAMING.contains(&lower.as_str()) || (is_capitals(word) && !MEASURED.contains(&lower.as_str()))
}

/// An abbreviation, such as `ISO/IEC`.
fn is_capitals(word: &str) -> bool {
    let letters = || word.chars().filter(|c| c.is_alphabetic());
    letters().count() >= 2 && letters().all(char::is_uppercase)
}

/// Whether a word with digits in it, in lower case, measures something.
fn measures(word: &str, is_name: bool) -> bool {
    const CURRENCIES: [char; 4] = ['€', '$', '£', '¥'];
    let priced = word.contains(CURRENCIES) || word.contains('%');
    let bare = word.trim_matches(|c: char| CURRENCIES.contains(&c) || "+-–−<>≤≥~≈".contains(c));
    if priced {
        return true;
    }
    if is_name || SAYINGS.contains(&bare) {
        return false;
    }
    let digits = |c: char| c.is_ascii_digit() || ".,'’_".contains(c);
    let tail = bare.trim_start_matches(digits);
    let head = bare.strip_suffix(tail).unwrap_or_default();
    if head.is_empty() {
        // A letter first: a name such as b2b or gpt-4, unless the letters are a currency.
        let currency = bare.trim_end_matches(|c: char| !c.is_alphabetic());
        return ["eur", "usd", "gbp", "chf"].contains(&currency);
    }
    match tail.chars().next() {
        None => !head.parse().is_ok_and(|year: u32| YEARS.contains(&year)),
        // 90-day and 10-15 measure, 360-degree and 2026-27 do not.
        Some('-' | '–') => measures(head, false),
        // 100/day measures, 2026/27 does not.
        Some('/') => tail.chars().all(|c| !c.is_ascii_digit()),
        Some(_) => MAGNITUDES.contains(&tail),
    }
}

/// The words of a title that say it is something to do: an order at its beginning ("Launch the
/// site"), or what was done at its end ("Site launched", "Website einführen").
pub(super) fn task(title: &str) -> Option<String> {
    // A hyphen makes a noun of an order: a kick-off, the roll-out.
    let lower = title.to_lowercase();
    let said: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty())
        .skip_while(|word| FILLERS.contains(word))
        .collect();
    let (first, last) = (*said.first()?, *said.last()?);
    let order = TASKS.iter().find(|verb| begins(&said, verb));
    if let Some(order) = order {
        return Some((*order).to_owned());
    }
    if is_german(first) {
        return Some(first.to_owned());
    }
    // What stands in brackets is an aside.
    let ends = said.len() > 1 && !title.trim_end().ends_with([')', ']', '}']);
    (ends && (is_done(last) || TASKS_GERMAN.contains(&last))).then(|| last.to_owned())
}

fn begins(said: &[&str], phrase: &str) -> bool {
    let mut found = said.iter();
    phrase.split(' ').all(|word| found.next() == Some(&word))
}

/// Whether a word is the past participle of a task: `launched`, `planned`, `written`.
fn is_done(word: &str) -> bool {
    let Some(stem) = word.strip_suffix("ed") else {
        return TASKS_IRREGULAR.contains(&word);
    };
    TASKS.iter().any(|verb| {
        let doubled = || stem.strip_suffix(|last| verb.ends_with(last));
        stem == *verb
            || verb.strip_suffix('e') == Some(stem)
            || doubled() == Some(verb)
            || (verb.strip_suffix('y')).is_some_and(|short| stem.strip_suffix('i') == Some(short))
    })
}

/// A German infinitive, or the imperative that it makes: `schreiben`, `schreibe`.
fn is_german(word: &str) -> bool {
    TASKS_GERMAN.iter().any(|verb| {
        word == *verb
            || verb
                .strip_suffix("en")
                .is_some_and(|stem| word.strip_prefix(stem) == Some("e"))
    })
}

/// The measure that is all that a title names, if it names nothing else.
pub(super) fn plain_kpi(title: &str) -> Option<String> {
    let words = words(title);
    let said: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !EMPTY.contains(word))
        .collect();
    let said = said.join(" ");
    KPIS.contains(&said.as_str()).then_some(said)
}

/// The words of a title in lower case, without marks.
pub(super) fn words(title: &str) -> Vec<String> {
    title
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_measures_is_found() {
        for (title, found) in [
            ("Win 50 customers", "50"),
            ("Grow revenue by 20%", "20%"),
            ("Grow revenue by 20 %", "20"),
            ("Reach €2m", "€2m"),
            ("Reach 2,5 Mio. Umsatz", "2,5"),
            ("Reach EUR500", "EUR500"),
            ("Make onboarding 3x faster.", "3x"),
            ("Become a top 10 vendor", "10"),
            ("An NPS of 60", "60"),
            ("Reach NPS 60", "60"),
            ("A 90-day onboarding", "90-day"),
            ("From 10-15 to more", "10-15"),
            ("Win 2000 users in 2026", "2000"),
            ("WIN 50 CUSTOMERS", "50"),
            ("Ship within 24h", "24h"),
            ("Answer 100/day", "100/day"),
        ] {
            assert_eq!(number(title), Some(found), "{title}");
        }
    }

    #[test]
    fn a_number_that_is_a_name_is_left_alone() {
        for title in [
            "Be the first choice in B2B",
            "A Q3 to remember",
            "Earn ISO 27001",
            "Earn ISO/IEC 27001:2022 and SOC 2",
            "Meet WCAG 2.1",
            "Bring 3D to everybody",
            "Be ready for 5G",
            "Own 2026",
            "Win the season 2026/27",
            "Open up in FY26",
            "Support that never sleeps, 24/7",
            "A 360° view, a 360-degree view",
            "Be the #1 in Portugal",
            "Be number 1 in Portugal",
            "Die Nr. 1 in Wien",
            "Our 3rd market",
            "Finish phase 2",
            "Shrink scope 1 and 2 emissions",
            "Lead Industrie 4.0",
            "Delight Windows 11 users",
            "Put GPT-4 to use",
            "Web3, done right",
            "Qualified leads",
        ] {
            assert_eq!(number(title), None, "{title}");
        }
    }

    #[test]
    fn what_is_done_rather_than_reached_is_a_task() {
        for (title, found) in [
            ("Launch the new website", "launch"),
            ("Successfully launch the website", "launch"),
            ("To write a playbook", "write"),
            ("Train the whole team", "train"),
            ("Set up the CRM", "set up"),
            ("Roll out the price list", "roll out"),
            ("New website launched", "launched"),
            ("Playbook written", "written"),
            ("Kick-off planned", "planned"),
            ("Market studied.", "studied"),
            ("Add a search field", "add"),
            ("Neue Webseite einführen", "einführen"),
            ("Schreibe ein Handbuch", "schreibe"),
            ("Handbuch geschrieben", "geschrieben"),
            ("Vertrieb schulen", "schulen"),
            ("Wir schulen den Vertrieb", "schulen"),
        ] {
            assert_eq!(task(title).as_deref(), Some(found), "{title}");
        }
    }

    #[test]
    fn a_result_is_no_task() {
        for title in [
            "Qualified leads from partners",
            "Increase renewals",
            "Win back lost customers",
            "Customers who come back within a month",
            "Planet-friendly deliveries",
            "Runway",
            "Testimonials that mention speed",
            "Shipments that arrive on time",
            "Win rate of trained partners",
            "Automated tests for every release",
            "Kick-off with every partner",
            "Testing a plug-in is easy",
            "Visits that end with an order",
            "C# driver (work in progress: started)",
            "Umsatz mit Bestandskunden steigern",
            "Mehr Empfehlungen gewinnen",
            "",
        ] {
            assert_eq!(task(title), None, "{title}");
        }
    }

    #[test]
    fn a_measure_of_the_running_business_says_nothing_of_a_change() {
        for title in [
            "Revenue",
            "Increase our total revenue",
            "Meetings held",
            "Number of meetings held per week",
            "MRR growth",
            "Umsatz steigern",
            "Anzahl der Anrufe",
        ] {
            assert!(plain_kpi(title).is_some(), "{title}");
        }
        for title in [
            "Revenue from customers won this year",
            "Qualified leads",
            "Meetings held with buyers who have a budget",
            "Share of revenue from partners",
            "Umsatz mit Bestandskunden",
            "Calls that end in a next step",
        ] {
            assert_eq!(plain_kpi(title), None, "{title}");
        }
    }
}
