//! The one place where text that people wrote is made safe to show.
//!
//! Guarantee: what [`clean`] answers contains no control character, no terminal escape and no
//! character that turns the direction of its neighbours. Such characters are shown, not dropped:
//! whoever reads a title with an escape in it should see that there is one.

use std::borrow::Cow;

/// The text with control characters shown as `␛`, and with direction changers, invisible
/// separators and further controls shown as `\u{202e}`.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if !is_unsafe(c) {
            shown.push(c);
            continue;
        }
        match picture(c) {
            Some(picture) => shown.push(picture),
            None => shown.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(shown)
}

/// The text on one line: line breaks, tabs and runs of spaces become single spaces.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Marks, embeddings, overrides and isolates that turn the direction of text.
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Line and paragraph separators, and spaces without a width.
            | '\u{2028}' | '\u{2029}' | '\u{200b}' | '\u{2060}' | '\u{feff}')
}

/// Unicode's picture of a C0 control character.
fn picture(c: char) -> Option<char> {
    match u32::from(c) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code),
        0x7f => Some('␡'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_of_any_language_stays_as_it_is() {
        for text in ["Grow", "Größe", "人事", "שלום", "👩‍💻", "a b"] {
            assert_eq!(clean(text), text);
        }
    }

    #[test]
    fn what_would_act_on_a_terminal_is_shown_instead() {
        assert_eq!(clean("a\u{1b}[2Jb"), "a␛[2Jb");
        assert_eq!(clean("bell\u{7}, delete\u{7f}"), "bell␇, delete␡");
        assert_eq!(clean("csi\u{9b}31m"), "csi\\u{9b}31m");
        assert_eq!(clean("a\nb\tc\r"), "a␊b␉c␍");
    }

    #[test]
    fn direction_cannot_be_turned() {
        assert_eq!(clean("pay \u{202e}001"), "pay \\u{202e}001");
        assert_eq!(clean("\u{2066}x\u{2069}"), "\\u{2066}x\\u{2069}");
        assert_eq!(clean("in\u{200b}visible"), "in\\u{200b}visible");
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line(" a\n  b\t c "), "a b c");
    }
}
