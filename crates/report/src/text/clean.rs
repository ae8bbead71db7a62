//! The one place where text that people wrote is made safe to show.
//!
//! Guarantee: what [`clean`] answers contains no control character, no terminal escape, no
//! character that turns the direction of its neighbours, none that is not seen, and no heap of marks on
//! one letter that would run into other lines. Such characters are shown, not dropped: whoever reads a
//! title with an escape in it should see that there is one. Which they are is said in
//! [`quarterdeck_core::visible`].

use std::borrow::Cow;

use quarterdeck_core::visible::{is_unsafe, put_picture};
use unicode_width::UnicodeWidthChar;

/// Marks above and below one letter; no language piles up more.
const MARKS: usize = 6;

/// The text with control characters shown as `␛`, and with direction changers, invisible
/// characters, further controls and heaped marks shown as `\u{202e}`.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !is_suspect(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    let mut marks = 0;
    for c in text.chars() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if is_unsafe(c) {
            put_picture(&mut shown, c);
        } else if marks > MARKS {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

fn is_suspect(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().any(|byte| byte.is_ascii_control());
    }
    let mut marks = 0;
    text.chars().any(|c| {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        marks > MARKS || is_unsafe(c)
    })
}

/// Whether a character takes no room of its own.
fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.width() == Some(0)
}

/// The text on one line: line breaks, tabs and runs of spaces become single spaces.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
    fn marks_do_not_run_into_other_lines() {
        assert_eq!(clean("e\u{301}\u{323}"), "e\u{301}\u{323}");
        let heap = format!("Z{}", "\u{335}".repeat(9));
        let kept = format!("Z{}", "\u{335}".repeat(6));
        assert_eq!(clean(&heap), format!("{kept}{}", "\\u{335}".repeat(3)));
    }

    #[test]
    fn tags_are_letters_that_are_seen() {
        assert_eq!(clean("ok\u{e0041}"), "ok\\u{e0041}");
    }

    #[test]
    fn one_line_is_one_line() {
        assert_eq!(one_line(" a\n  b\t c "), "a b c");
    }
}
