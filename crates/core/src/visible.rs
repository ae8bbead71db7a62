//! Which characters of a text can be shown, and what stands in the place of those that cannot.
//!
//! Guarantees, for any text that anybody wrote:
//! - Where it is **shown** ([`is_unsafe`]), no character acts on a terminal, turns the direction of its
//!   neighbours, or is there without being seen.
//! - Where it is **written** for other programs ([`written`]), none acts: line feeds and tabs stay, and so does
//!   what is invisible but harmless and means something in a language (a mark of direction).
//! - As **JSON** ([`json`]), none of either kind stands in it but escaped, and it means the same.
//!
//! Such characters are replaced by a picture or their number, not dropped: whoever reads a title with an
//! escape in it should see that there is one.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character acts on a terminal or on the order of its neighbours.
#[must_use]
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Line and paragraph separators; embeddings, overrides and isolates; the deprecated ones.
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
            // Annotations between lines, and tags: letters that nobody sees.
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a character has no place in what is shown: it [`acts`], or is not seen although it stands there. The
/// joiners and the selectors of variants are let through: scripts and emoji are written with them.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    acts(c)
        || matches!(c,
            // Marks of direction.
            '\u{061c}' | '\u{200e}' | '\u{200f}'
            // Spaces and fillers without a width, a joiner of nothing, invisible operators and notes.
            | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
            | '\u{2060}'..='\u{2065}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}')
}

/// Puts a picture of the character, such as `␛`, or its number, such as `\u{202e}`.
pub fn put_picture(out: &mut String, c: char) {
    let picture = match u32::from(c) {
        code @ 0..=0x1f => char::from_u32(0x2400 + code),
        0x7f => Some('␡'),
        _ => None,
    };
    match picture {
        Some(picture) => out.push(picture),
        None => out.extend(c.escape_unicode()),
    }
}

/// The text for a file that other programs read and people may look at.
#[must_use]
pub fn written(text: &str) -> Cow<'_, str> {
    let harms = |c: char| acts(c) && !matches!(c, '\n' | '\t');
    if !text.contains(harms) {
        return Cow::Borrowed(text);
    }
    // Line ends of another system's are line ends.
    let text = text.replace("\r\n", "\n");
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if harms(c) {
            put_picture(&mut out, c);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The same for a line of bytes, which is left alone where it is no text.
#[must_use]
pub fn json_line(line: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(line) {
        Ok(text) => json(&text).into_owned().into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// The same JSON with every unsafe character in it escaped. Outside of texts JSON has none but its blanks.
#[must_use]
pub fn json(text: &str) -> Cow<'_, str> {
    let harms = |c: char| is_unsafe(c) && !matches!(c, '\n' | '\t' | '\r');
    if !text.contains(harms) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if harms(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_scripts_and_emoji_are_written_with_is_let_through() {
        for text in ["Größe", "人事", "שלום", "👩‍💻", "می‌خواهم", "❤️"]
        {
            assert!(!text.contains(is_unsafe), "{text}");
        }
    }

    #[test]
    fn a_file_keeps_lines_tabs_and_marks_and_nothing_that_acts() {
        assert_eq!(written("a\tb\nc"), "a\tb\nc");
        assert_eq!(written("a\r\nb\rc"), "a\nb␍c");
        assert_eq!(written("\u{200f}שלום"), "\u{200f}שלום");
        assert_eq!(written("\u{1b}]8;;x\u{7}"), "␛]8;;x␇");
        assert_eq!(
            written("pay \u{202e}1\u{e0041}"),
            "pay \\u{202e}1\\u{e0041}"
        );
    }

    proptest! {
        #[test]
        fn json_means_the_same_and_holds_nothing_unsafe(text in "(\\PC|\\p{Cf}|\\p{Cc}){0,20}") {
            let plain = serde_json::to_string(&[&text]).unwrap();
            let safe = json(&plain);
            prop_assert!(!safe.contains(is_unsafe));
            prop_assert_eq!(serde_json::from_str::<Vec<String>>(&safe).unwrap(), vec![text]);
        }
    }
}
