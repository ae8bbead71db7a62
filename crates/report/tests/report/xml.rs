//! A plain reader of markup, to see that it is well-formed: slow and obvious.

/// Panics unless the text is one element, each tag closed by its like, attributes quoted, and no
/// character in it that XML 1.0 does not know.
pub(crate) fn well_formed(text: &str) {
    let known = |c: char| matches!(c, '\n' | '\t' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(
        text.chars().all(known),
        "a character that XML does not know: {text:?}"
    );
    let mut open: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        told(&rest[..at]);
        let end = at + tag_length(&rest[at..]);
        let tag = &rest[at + 1..end - 1];
        rest = &rest[end..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(name),
                "closed by another: {text}"
            );
            continue;
        }
        let (tag, closed) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        read_attributes(attributes);
        if !closed {
            open.push(name.to_owned());
        }
        assert!(!open.is_empty() || rest.trim().is_empty(), "two roots");
    }
    assert_eq!(rest.trim(), "");
    assert_eq!(open, [] as [String; 0], "left open: {text}");
}

/// How long a tag is: to the first `>` outside of quotation marks.
fn tag_length(text: &str) -> usize {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    panic!("a tag without end: {text}");
}

fn read_attributes(mut text: &str) {
    let mut names = Vec::new();
    while !text.trim().is_empty() {
        let (name, after) = text.split_once("=\"").expect("an attribute");
        let (value, after) = after.split_once('"').expect("its end");
        let name = name.trim();
        assert!(
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || c == '-'),
            "{name}"
        );
        assert!(!names.contains(&name), "twice: {name}");
        names.push(name);
        told(value);
        assert!(!value.contains('<'), "{value}");
        text = after;
    }
}

/// Text, in which an ampersand begins a reference.
fn told(text: &str) {
    for after in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
        assert!(
            known.iter().any(|known| after.starts_with(known)),
            "&{after}"
        );
    }
}

/// The commands of a path with their numbers.
pub(crate) fn commands(path: &str) -> Vec<(char, Vec<f64>)> {
    let mut found: Vec<(char, Vec<f64>)> = Vec::new();
    let mut number = String::new();
    let take = |found: &mut Vec<(char, Vec<f64>)>, number: &mut String| {
        if !number.is_empty() {
            let value = number.parse().expect("a number");
            found.last_mut().expect("a command before it").1.push(value);
            number.clear();
        }
    };
    for c in path.chars() {
        match c {
            'A'..='Z' | 'a'..='z' => {
                take(&mut found, &mut number);
                found.push((c, Vec::new()));
            }
            ' ' => take(&mut found, &mut number),
            _ => number.push(c),
        }
    }
    take(&mut found, &mut number);
    found
}
