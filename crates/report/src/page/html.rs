//! HTML, written by what it means: tags and names of attributes are this program's own words, and
//! whatever else goes in is escaped.
//!
//! Guarantee: text and values of attributes that pass through [`Html`] hold no markup, no control
//! character and no character that turns the direction of its neighbours. There is no way to put a
//! piece of HTML in as it is, but for [`Html::own`], which takes only what was compiled in, and
//! [`Html::picture`], for charts.

use crate::text::{clean, one_line};

/// An attribute: its name, and its value before escaping. One without a name is left out.
pub(super) type Attribute<'a> = (&'static str, &'a str);

/// A piece of a document.
#[derive(Debug, Default)]
pub(super) struct Html {
    text: String,
}

impl Html {
    /// An element with what `within` puts into it.
    pub(super) fn put(
        &mut self,
        tag: &'static str,
        attributes: &[Attribute<'_>],
        within: impl FnOnce(&mut Self),
    ) {
        self.open(tag, attributes);
        within(self);
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push('>');
    }

    /// An element with text in it.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: &[Attribute<'_>], said: &str) {
        self.put(tag, attributes, |html| html.text(said));
    }

    /// An element that has no end, or one of SVG that holds nothing.
    pub(super) fn open(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes.iter().filter(|(name, _)| !name.is_empty()) {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            escape(value, &mut self.text);
            self.text.push('"');
        }
        self.text.push('>');
    }

    /// Text, on one line.
    pub(super) fn text(&mut self, said: &str) {
        // As it is where it begins or ends with a space: sentences are put together of pieces.
        let mut line = one_line(said);
        if said.starts_with(' ') {
            line.insert(0, ' ');
        }
        if !line.trim_start().is_empty() && said.ends_with(' ') {
            line.push(' ');
        }
        escape(&line, &mut self.text);
    }

    /// Text that somebody wrote, its line breaks kept.
    pub(super) fn lines(&mut self, said: &str) {
        let lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
        for (at, line) in lines.enumerate() {
            if at > 0 {
                self.open("br", &[]);
            }
            self.text(line);
        }
    }

    /// A line feed, for whoever reads the source.
    pub(super) fn line(&mut self) {
        self.text.push('\n');
    }

    /// What was compiled in: the style, the script, an ornament.
    pub(super) fn own(&mut self, own: &'static str) {
        self.text.push_str(own);
    }

    /// What [`crate::chart`] drew, which escapes what it writes itself.
    pub(super) fn picture(&mut self, drawn: &str) {
        self.text.push_str(drawn);
    }

    /// A piece that was written apart.
    pub(super) fn join(&mut self, piece: Self) {
        self.text.push_str(&piece.text);
    }

    /// What was written.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// An attribute that is there or not.
pub(super) const fn flag(name: &'static str, there: bool) -> Attribute<'static> {
    if there { (name, "") } else { ("", "") }
}

/// The text as it may stand between tags and in quotation marks.
fn escape(said: &str, into: &mut String) {
    for c in clean(said).chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            _ => into.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_goes_in_comes_out_as_markup() {
        let evil = "\"'></p><script>alert(1)</script>\u{1b}[2J\u{202e}";
        let mut html = Html::default();
        html.put("p", &[("title", evil), flag("hidden", false)], |html| {
            html.text(evil);
        });
        let text = html.finish();
        assert!(!text.contains("<script"), "{text}");
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}'),
            "{text}"
        );
        assert_eq!(text.matches("</p>").count(), 1, "{text}");
        assert_eq!(text.matches('"').count(), 2, "{text}");
    }

    #[test]
    fn pieces_of_a_sentence_keep_the_space_between_them() {
        let mut html = Html::default();
        html.text("It moved ");
        html.leaf("b", &[], "twice");
        html.text(" since.\n Then not.");
        html.lines("\none\n\n two \n");
        assert_eq!(
            html.finish(),
            "It moved <b>twice</b> since. Then not.one<br>two"
        );
    }
}
