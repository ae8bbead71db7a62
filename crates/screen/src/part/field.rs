//! One line of text to type in.

use quarterdeck_report::text::clean;
use unicode_width::UnicodeWidthStr;

use crate::event::{Key, Press};

/// Text, and where in it one types.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Field {
    before: String,
    after: String,
}

impl Field {
    /// The text.
    pub(crate) fn text(&self) -> String {
        format!("{}{}", self.before, self.after)
    }

    /// Takes in a key; answers whether it was one for the text.
    pub(crate) fn press(&mut self, press: Press) -> bool {
        match (press.key, press.ctrl) {
            (Key::Char(c), false) => self.before.push(c),
            (Key::Char('a'), true) | (Key::Home, _) => {
                self.after = self.text();
                self.before.clear();
            }
            (Key::Char('e'), true) | (Key::End, _) => {
                self.before = self.text();
                self.after.clear();
            }
            (Key::Char('u'), true) => self.before.clear(),
            (Key::Char('k'), true) => self.after.clear(),
            (Key::Char('w'), true) => {
                let kept = self.before.trim_end();
                let at = kept.rfind(char::is_whitespace).map_or(0, |at| at + 1);
                // A space may be longer than a byte.
                let at = (at..=kept.len()).find(|at| kept.is_char_boundary(*at));
                self.before.truncate(at.unwrap_or(0));
            }
            (Key::Backspace, _) => {
                self.before.pop();
            }
            (Key::Delete, _) => {
                self.after = self.after.chars().skip(1).collect();
            }
            (Key::Left, _) => {
                if let Some(c) = self.before.pop() {
                    self.after.insert(0, c);
                }
            }
            (Key::Right, _) => {
                let mut rest = self.after.chars();
                if let Some(c) = rest.next() {
                    self.before.push(c);
                    self.after = rest.collect();
                }
            }
            _ => return false,
        }
        true
    }

    /// Takes in pasted text: on one line.
    pub(crate) fn paste(&mut self, text: &str) {
        let text: String = (text.chars())
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        self.before.push_str(&text);
    }

    /// As much of the text as fits into a width, and the column of what is typed next.
    pub(crate) fn shown(&self, width: usize) -> (String, usize) {
        let (before, after) = (clean(&self.before), clean(&self.after));
        // The place where one types stays in sight.
        let mut from = 0;
        while before
            .get(from..)
            .is_some_and(|seen| seen.width() >= width.max(1))
        {
            let next = before.get(from..).and_then(|seen| seen.chars().next());
            from += next.map_or(1, char::len_utf8);
        }
        let seen = before.get(from..).unwrap_or_default();
        let column = seen.width();
        let mut text = seen.to_owned();
        for c in after.chars() {
            if text.width() + 1 > width {
                break;
            }
            text.push(c);
        }
        (text, column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[Press]) -> Field {
        let mut field = Field::default();
        for press in keys {
            assert!(field.press(*press), "{press:?}");
        }
        field
    }

    fn word(text: &str) -> Vec<Press> {
        text.chars().map(|c| Press::of(Key::Char(c))).collect()
    }

    #[test]
    fn text_is_typed_where_one_stands() {
        let mut keys = word("531");
        keys.extend([Press::of(Key::Left), Press::of(Key::Left)]);
        keys.extend(word("ü"));
        let mut field = typed(&keys);
        assert_eq!(field.text(), "5ü31");
        field.press(Press::of(Key::Backspace));
        field.press(Press::of(Key::Delete));
        assert_eq!(field.text(), "51");
        field.press(Press::of(Key::End));
        field.press(Press::of(Key::Char('0')));
        field.press(Press::of(Key::Home));
        field.press(Press::of(Key::Char('+')));
        assert_eq!(field.text(), "+510");
    }

    #[test]
    fn words_and_all_before_can_be_taken_away() {
        let mut field = typed(&word("two new\u{3000}partners  "));
        field.press(Press::with_ctrl(Key::Char('w')));
        assert_eq!(field.text(), "two new\u{3000}");
        field.press(Press::with_ctrl(Key::Char('w')));
        assert_eq!(field.text(), "two ");
        field.press(Press::with_ctrl(Key::Char('u')));
        assert_eq!(field.text(), "");
    }

    #[test]
    fn what_is_pasted_stays_on_one_line_and_is_shown_neutral() {
        let mut field = Field::default();
        field.paste("a\nb\u{1b}[2J\u{202e}");
        assert_eq!(field.text(), "a b [2J\u{202e}");
        assert_eq!(field.shown(40).0, "a b [2J\\u{202e}");
    }

    #[test]
    fn the_place_where_one_types_stays_in_sight() {
        let mut field = typed(&word("abcdefgh"));
        assert_eq!(field.shown(5), ("efgh".to_owned(), 4));
        field.press(Press::of(Key::Home));
        assert_eq!(field.shown(5), ("abcde".to_owned(), 0));
    }
}
