//! The cycle that a text names.

/// The cycle that a heading or a file's name speaks of, and the words around it:
/// `OKRs 2019 Q1`, `Q1 2018`, `2018-Q4.md`, `1Q2018`, `FY2026`.
pub fn cycle(text: &str) -> Option<(String, Vec<String>)> {
    let words: Vec<&str> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let (mut year, mut quarter, mut rest) = (None, None, Vec::new());
    for word in words {
        let lower = word.to_lowercase();
        match parts(&lower) {
            (None, None) => rest.push(word.to_owned()),
            (y, q) if (y.is_some() && year.is_some()) || (q.is_some() && quarter.is_some()) => {
                return None;
            }
            (y, q) => (year, quarter) = (year.or(y), quarter.or(q)),
        }
    }
    let year = year?;
    let name = quarter.map_or_else(|| year.clone(), |quarter| format!("{year}-Q{quarter}"));
    Some((name, rest))
}

/// The year and the quarter in one word, lower case.
fn parts(word: &str) -> (Option<String>, Option<u8>) {
    let year = |text: &str| {
        let digits = text.strip_prefix("fy").unwrap_or(text);
        let full = digits.len() == 4 && (digits.starts_with("20") || digits.starts_with("19"));
        (full && digits.chars().all(|c| c.is_ascii_digit())).then(|| digits.to_owned())
    };
    let quarter = |text: &str| match text.as_bytes() {
        [b'q', n @ b'1'..=b'4'] | [n @ b'1'..=b'4', b'q'] => Some(n - b'0'),
        _ => None,
    };
    if year(word).is_some() || quarter(word).is_some() {
        return (year(word), quarter(word));
    }
    for at in [2, 4, 6] {
        if let (Some(left), Some(right)) = (word.get(..at), word.get(at..)) {
            match (quarter(left), year(right), year(left), quarter(right)) {
                (Some(q), Some(y), _, _) | (_, _, Some(y), Some(q)) => return (Some(y), Some(q)),
                _ => {}
            }
        }
    }
    (None, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_known_by_their_usual_names() {
        for (text, name) in [
            ("OKRs 2019 Q1", "2019-Q1"),
            ("Q1 2018", "2018-Q1"),
            ("1Q2018", "2018-Q1"),
            ("2018-Q4.md", "2018-Q4"),
            ("FY2026 goals", "2026"),
            ("2026Q3", "2026-Q3"),
        ] {
            assert_eq!(cycle(text).unwrap().0, name, "{text}");
        }
        for text in ["Vision", "Q3", "2019 and 2020", "12345"] {
            assert_eq!(cycle(text), None, "{text}");
        }
    }
}
