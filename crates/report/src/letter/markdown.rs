//! A letter in Markdown, for chats and wikis.

use std::fmt::Write as _;

use super::Letter;
use crate::text::{clean, one_line};

/// The letter in Markdown, as CommonMark understands it.
#[must_use]
pub fn markdown(letter: &Letter) -> String {
    let mut text = format!("# {}\n", inline(&letter.title));
    for lead in &letter.lead {
        let _ = write!(text, "\n{}\n", line(lead));
    }
    for section in &letter.sections {
        if !text.ends_with("\n\n") {
            text.push('\n');
        }
        let _ = write!(text, "## {}\n\n", inline(&section.title));
        for item in &section.items {
            let _ = write!(text, "- **{}**", inline(&item.title));
            if let Some(reference) = &item.reference {
                let _ = write!(text, " ({})", inline(reference));
            }
            if !item.told.is_empty() {
                let _ = write!(text, ": {}", inline(&item.told));
            }
            text.push('\n');
            for said in &item.said {
                let by = match said.by.as_str() {
                    "" => String::new(),
                    by => format!("*{}:* ", inline(by)),
                };
                // A quotation of its own each, so that two people's words don't run together.
                text.push('\n');
                for (at, part) in parts(&said.text).enumerate() {
                    // Two spaces at the end keep the line break.
                    let by = if at == 0 { by.as_str() } else { "" };
                    let part = if by.is_empty() {
                        line(part)
                    } else {
                        inline(part)
                    };
                    let _ = writeln!(text, "  > {by}{part}  ");
                }
            }
            if !item.said.is_empty() {
                text.push('\n');
            }
        }
    }
    text
}

pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|part| !part.trim().is_empty())
}

/// Text within a line: nothing of it is markup.
pub(super) fn inline(text: &str) -> String {
    let one = one_line(text);
    let mut safe = String::with_capacity(one.len() + 8);
    for c in clean(&one).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                safe.push('\\');
                safe.push(c);
            }
            _ => safe.push(c),
        }
    }
    safe
}

/// Text that begins a line: it does not begin a list or a heading either.
pub(super) fn line(text: &str) -> String {
    let safe = inline(text);
    let digits = safe.bytes().take_while(u8::is_ascii_digit).count();
    let behind = safe.get(digits..).unwrap_or_default();
    if digits > 0 && behind.starts_with(['.', ')']) {
        let number = safe.get(..digits).unwrap_or_default();
        return format!("{number}\\{behind}");
    }
    if safe.starts_with(['-', '+', '=']) {
        return format!("\\{safe}");
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::{Item, Said, Section};
    use super::*;

    #[test]
    fn what_people_wrote_is_no_markup() {
        assert_eq!(
            inline("[click](http://x) **now** <b>&amp; `rm` \u{202e}#1"),
            "\\[click\\](http://x) \\*\\*now\\*\\* &lt;b&gt;&amp;amp; \\`rm\\` \\\\u{202e}\\#1"
        );
        for (text, safe) in [
            ("- item", "\\- item"),
            ("1. first", "1\\. first"),
            ("12) twelfth", "12\\) twelfth"),
            ("=====", "\\====="),
            ("3 leads", "3 leads"),
            ("> quoted", "&gt; quoted"),
        ] {
            assert_eq!(line(text), safe);
        }
    }

    #[test]
    fn lines_of_one_person_stay_together_and_lines() {
        let letter = Letter {
            title: "acme".to_owned(),
            lead: vec!["2026-Q3: score 0.31".to_owned()],
            sections: vec![Section {
                title: "Problems".to_owned(),
                items: vec![Item {
                    reference: Some("kr-1".to_owned()),
                    title: "Leads".to_owned(),
                    told: "503 to 506".to_owned(),
                    said: vec![Said {
                        by: "Ana".to_owned(),
                        text: "The CRM is slow.\n\n- very".to_owned(),
                    }],
                    ..Item::default()
                }],
            }],
        };
        assert_eq!(
            markdown(&letter),
            "# acme\n\n2026-Q3: score 0.31\n\n## Problems\n\n- **Leads** (kr-1): 503 to 506\n\n  \
             > *Ana:* The CRM is slow.  \n  > \\- very  \n\n"
        );
    }
}
