//! What may be in an output, said apart from the code that sees to it.

/// Whether a character acts on a terminal or on its neighbours, or is there without being seen.
pub(crate) fn acts(c: char) -> bool {
    match c {
        '\n' => false,
        _ if c.is_control() => true,
        '\u{ad}' => false,
        '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

/// A text that was written to no terminal: nothing in it acts.
#[track_caller]
pub(crate) fn plain(what: &str, text: &str) {
    if let Some(at) = text.find(acts) {
        let from = text[..at]
            .char_indices()
            .rev()
            .nth(60)
            .map_or(0, |(at, _)| at);
        let around: String = text[from..].chars().take(120).collect();
        panic!("{what} holds {:?}: {around:?}", text[at..].chars().next());
    }
    let mut marks = 0;
    for c in text.chars() {
        marks = if ('\u{300}'..='\u{36f}').contains(&c) {
            marks + 1
        } else {
            0
        };
        assert!(marks < 10, "{what} heaps marks on a letter");
    }
}

/// A file for other programs: what is invisible and harmless, and means something in a language, stays in it.
#[track_caller]
pub(crate) fn file(what: &str, text: &str) {
    let harmless = |c: char| {
        matches!(
            c,
            '\t' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
        ) || ('\u{2060}'..='\u{2065}').contains(&c)
            || ('\u{300}'..='\u{36f}').contains(&c)
    };
    plain(what, &text.replace(harmless, " "));
}

/// What was written to a terminal: styles and the lines of a progress bar are the program's own, and nothing else
/// acts. [`crate::WORDS`] holds a style that the program has not.
#[track_caller]
pub(crate) fn styled(what: &str, written: &str) {
    assert!(
        !written.contains("\u{1b}[7;35m"),
        "{what} wears the attacker's style"
    );
    let mut rest = String::with_capacity(written.len());
    let mut pieces = written.split("\u{1b}[");
    rest.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_ascii_digit() && !matches!(c, ';' | '?'));
        let (sequence, after) = piece.split_at(end.map_or(piece.len(), |end| end + 1));
        let own = sequence.ends_with(['m', 'K', 'A']) || matches!(sequence, "?25l" | "?25h");
        assert!(own, "{what} sends the terminal ESC [ {sequence}");
        rest.push_str(after);
    }
    // A progress bar begins its line anew, and the line discipline adds a return to each line feed.
    plain(what, &rest.replace('\r', ""));
}

/// What a terminal was sent by a program that draws whole screens: nothing but sequences that such a program sends
/// itself; a title, a clipboard or a link is none of them.
#[track_caller]
pub(crate) fn drawn(what: &str, written: &str) {
    let mut rest = written;
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        text.push_str(before);
        rest = match after.chars().next() {
            Some('[') => {
                let after = &after[1..];
                let end = after.find(|c: char| ('\u{40}'..='\u{7e}').contains(&c));
                let end = end.unwrap_or_else(|| panic!("{what}: a sequence without an end"));
                &after[end + 1..]
            }
            Some('(' | ')') => &after[2..],
            Some('7' | '8' | '=' | '>') => &after[1..],
            other => panic!("{what} sends the terminal ESC {other:?}"),
        };
    }
    text.push_str(rest);
    let text = text.replace(['\r', '\u{8}', '\t'], "");
    plain(what, &text);
}

/// JSON: texts come whole, and nothing in it acts but escaped.
#[track_caller]
pub(crate) fn json(what: &str, text: &str) {
    plain(
        what,
        &text.replace(|c| ('\u{300}'..='\u{36f}').contains(&c), ""),
    );
    for line in text.lines().filter(|line| line.starts_with('{')) {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(line);
        assert!(
            parsed.is_ok() || text.starts_with("{\n"),
            "{what} is no JSON: {line}"
        );
    }
}

/// The cells of a table: no spreadsheet computes any.
#[track_caller]
pub(crate) fn cells<'a>(what: &str, cells: impl Iterator<Item = &'a str>) {
    for cell in cells {
        let number = cell.parse::<f64>().is_ok();
        let begins = cell.trim_start().chars().next();
        let formula = matches!(
            begins,
            Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
        );
        assert!(!formula || number, "{what}: {cell:?} is a formula");
        assert!(!cell.starts_with(['\t', '\r', '\n']), "{what}: {cell:?}");
        file(what, cell);
    }
}

/// A document for a browser: what is in it is elements and attributes of the program's own, and no address leads
/// out of it.
#[track_caller]
pub(crate) fn markup(what: &str, html: &str) {
    plain(what, &html.replace('\t', " "));
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest
            .find(['>'])
            .unwrap_or_else(|| panic!("{what}: an element without an end"));
        let element = &rest[..end];
        let name: String = element
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let known =
            element.starts_with(['!', '?']) || KNOWN.contains(&name.to_lowercase().as_str());
        assert!(known, "{what} has an element <{element}>");
        // Without what stands in quotation marks, names of attributes are left.
        let names: String = element.split('"').step_by(2).collect();
        assert!(
            !names.to_lowercase().contains(" on"),
            "{what} has a handler in <{element}>"
        );
        let parts: Vec<&str> = element.split('"').collect();
        for pair in parts.chunks(2) {
            let leads = ["href=", "src=", "action="]
                .iter()
                .any(|name| pair[0].ends_with(name));
            let value = pair.get(1).copied().unwrap_or_default();
            let inside = value.starts_with(['#', '.']) || value.starts_with("data:image/svg+xml,");
            assert!(!leads || inside, "{what} leads out: <{element}>");
        }
        // What stands in a script or a style is no markup.
        for own in ["script", "style"] {
            if name == own && !element.starts_with('/') {
                let close = format!("</{own}>");
                let at = rest
                    .find(&close)
                    .unwrap_or_else(|| panic!("{what}: a {own} without an end"));
                assert!(
                    !rest[..at].contains("evil()"),
                    "{what}: a text is in a {own} as it came"
                );
                rest = &rest[at..];
            }
        }
    }
}

const KNOWN: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "circle",
    "clippath",
    "code",
    "dd",
    "defs",
    "desc",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "fieldset",
    "footer",
    "form",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "input",
    "kbd",
    "label",
    "legend",
    "li",
    "line",
    "link",
    "main",
    "mark",
    "meta",
    "nav",
    "noscript",
    "ol",
    "option",
    "output",
    "p",
    "path",
    "polygon",
    "polyline",
    "progress",
    "q",
    "rect",
    "script",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "template",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "tspan",
    "u",
    "ul",
    "use",
    "wbr",
];
