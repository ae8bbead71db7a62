//! A letter in HTML, for mail: one document without scripts, links, images or anything to load.

use std::fmt::Write as _;

use super::Letter;
use super::markdown::parts;
use crate::text::{clean, one_line};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;color:#1c1c1c;background:#fff;\
max-width:44em;margin:2em auto;padding:0 1em}h1{font-size:1.35em}\
h2{font-size:1.05em;margin:1.6em 0 .4em;border-bottom:1px solid #ddd}\
ul{padding-left:1.2em}li{margin:.35em 0}code{color:#666}\
blockquote{margin:.2em 0;padding-left:.8em;border-left:3px solid #ddd;color:#444}";

/// The letter as a whole HTML document.
#[must_use]
pub fn html(letter: &Letter) -> String {
    let title = escaped(&letter.title);
    let mut text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    // Writing to a String does not fail.
    for lead in &letter.lead {
        let _ = writeln!(text, "<p>{}</p>", escaped(lead));
    }
    for section in &letter.sections {
        let _ = writeln!(text, "<h2>{}</h2>\n<ul>", escaped(&section.title));
        for item in &section.items {
            let _ = write!(text, "<li><strong>{}</strong>", escaped(&item.title));
            if let Some(reference) = &item.reference {
                let _ = write!(text, " <code>{}</code>", escaped(reference));
            }
            if !item.told.is_empty() {
                let _ = write!(text, ": {}", escaped(&item.told));
            }
            for said in &item.said {
                let lines: Vec<String> = parts(&said.text).map(escaped).collect();
                let by = match said.by.as_str() {
                    "" => String::new(),
                    by => format!("<em>{}:</em> ", escaped(by)),
                };
                let _ = write!(
                    text,
                    "\n<blockquote>{by}{}</blockquote>",
                    lines.join("<br>\n")
                );
            }
            text.push_str("</li>\n");
        }
        text.push_str("</ul>\n");
    }
    text.push_str("</body>\n</html>\n");
    text
}

/// What people wrote, on one line, as text between tags or within quotes of an attribute.
pub(crate) fn escaped(text: &str) -> String {
    let one = one_line(text);
    let mut safe = String::with_capacity(one.len() + 8);
    for c in clean(&one).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::super::{Item, Section};
    use super::*;

    #[test]
    fn what_people_wrote_is_no_markup_and_nothing_is_loaded() {
        let evil = "</title><script>alert('x')</script>\u{1b}[2J";
        let letter = Letter {
            title: evil.to_owned(),
            lead: vec![evil.to_owned()],
            sections: vec![Section {
                title: evil.to_owned(),
                items: vec![Item {
                    title: evil.to_owned(),
                    told: evil.to_owned(),
                    reference: Some(evil.to_owned()),
                    ..Item::default()
                }],
            }],
        };
        let text = html(&letter);
        assert!(!text.contains("<script"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(text.matches("</title>").count(), 1);
        assert!(text.contains("&lt;script&gt;alert(&#39;x&#39;)"), "{text}");
        assert!(
            !text.contains("http:") && !text.contains("https:"),
            "{text}"
        );
    }
}
