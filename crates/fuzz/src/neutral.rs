//! What may reach a terminal, a spreadsheet or a browser, said independently of the code that sees to it.

/// Texts of a hostile teammate: escapes, overprinting, direction, invisible ink, formulas, markup.
pub const HOSTILE: &[&str] = &[
    "\u{1b}]52;c;ZXZpbA==\u{7}",
    "\u{1b}[2J\u{1b}[H",
    "a\u{8}\u{8}b\rc",
    "\u{9b}31m",
    "\u{202e}txt.exe\u{2066}",
    "in\u{200b}vis\u{e0041}ible",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\t=1",
    "<script>evil()</script>",
    "\"><img src=x onerror=evil()>",
    "[evil](javascript:evil())",
    "`|# *evil*\n# heading",
    "Z\u{335}\u{336}\u{337}\u{338}\u{339}\u{33a}\u{33b}",
    "\u{0}",
];

/// Whether a character acts on a terminal, or on its neighbours, in place of being seen.
fn acts(c: char) -> bool {
    match c {
        '\n' => false,
        _ if c.is_control() => true,
        '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

/// A text for a terminal without styles.
pub(crate) fn sound(text: &str) {
    if let Some(found) = text.chars().find(|c| acts(*c)) {
        panic!("{found:?} reaches the terminal in {text:?}");
    }
}

/// Whether a spreadsheet would compute.
pub(crate) fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '@', '\t', '\r'])
        || (cell.starts_with('-') && cell.parse::<f64>().is_err())
}

/// A document for a browser: no element, attribute or address of [`HOSTILE`] is one.
pub(crate) fn inert(html: &str) {
    for markup in [
        "<script>evil",
        "<img src=x",
        "href=\"javascript:",
        "href='javascript:",
    ] {
        assert!(!html.contains(markup), "{markup} is in {html}");
    }
}
