//! Text that a spreadsheet would take for a formula, made harmless, and read back as it was.
//!
//! Guarantee: no text written through [`neutralise`] begins, leading blanks aside, with a character at
//! which a spreadsheet begins to compute; and [`plain`] gives every text back unchanged.

use std::borrow::Cow;

/// What goes before such a text. A spreadsheet takes it for the mark of a text.
const MARK: char = '\'';

/// Whether a spreadsheet could take a text for a formula or a command: it begins with `=`, `+`, `-` or
/// `@`, also in their full width and behind blanks, or with a tab or line break.
#[must_use]
pub fn is_risky(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text
            .trim_start()
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// A text as a cell may hold it: with a `'` before it where it would be taken for a formula, or
/// looks like a text that was marked so.
#[must_use]
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if is_risky(text.trim_start_matches(MARK)) {
        Cow::Owned(format!("{MARK}{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text of a cell, without the mark that [`neutralise`] gave it.
#[must_use]
pub fn plain(cell: &str) -> &str {
    match cell.strip_prefix(MARK) {
        Some(text) if is_risky(cell.trim_start_matches(MARK)) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_like_a_formula_is_marked_and_nothing_else_is() {
        for risky in ["=1+1", "+3", "-3", "@SUM(A1)", "\tx", "\r=1", " =1", "＝1"] {
            assert_eq!(neutralise(risky), format!("'{risky}"));
        }
        for fine in ["", "growth", "'t is", "5 - 3", "a=b", "'", "—"] {
            assert_eq!(neutralise(fine), fine);
        }
        assert_eq!(plain("'=1"), "=1");
        assert_eq!(plain("''=1"), "'=1");
        assert_eq!(plain("'t is"), "'t is");
    }

    proptest! {
        #[test]
        fn no_text_is_left_risky_and_each_comes_back(text in "(['=+@\\-\t\r\n ＝]|\\PC){0,12}") {
            let cell = neutralise(&text);
            prop_assert!(!is_risky(&cell));
            prop_assert_eq!(plain(&cell), &text);
        }
    }
}
