//! What this program draws, for a terminal that shows ASCII alone.
//!
//! Each sign becomes one of the same width, so that everything stays in its column. What people wrote
//! stays as it is: it is for their terminal to show.

use std::borrow::Cow;

/// The text with lines, bars, braille and symbols replaced by ASCII.
#[must_use]
pub fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| plain(c).unwrap_or(c)).collect())
}

fn plain(c: char) -> Option<char> {
    Some(match c {
        '\u{2801}'..='\u{28ff}' => dots(u32::from(c) & 0xff),
        '\u{2800}' => ' ',
        '─' | '–' | '—' | '━' | '┄' => '-',
        '│' | '┤' => '|',
        '└' | '┬' | '├' | '┌' | '┴' => '+',
        '▁' | '▂' => '_',
        '▃' | '▄' => '-',
        '▅' | '▆' => '=',
        '█' | '▇' | '▉' | '▊' | '▋' | '▌' | '■' => '#',
        '▍' | '▎' | '▏' => '|',
        '·' | '…' | '•' => '.',
        '●' | '◆' => 'o',
        '○' => '.',
        '▲' | '⇡' | '↑' => '^',
        '↓' => 'v',
        '✓' => 'v',
        '✗' | '≠' | '×' => 'x',
        '★' => '*',
        '♥' => '%',
        '→' => '>',
        '←' => '<',
        '÷' => '/',
        '−' => '-',
        '“' | '”' => '"',
        _ => return None,
    })
}

/// A sign that is dark where a braille cell is.
fn dots(bits: u32) -> char {
    let row = |mask: u32| bits & mask != 0;
    let rows = [row(0x09), row(0x12), row(0x24), row(0xc0)];
    // In both columns: part of a line.
    let line = bits & 0x47 != 0 && bits & 0xb8 != 0;
    match (rows, line) {
        ([true, false, false, false], true) => '"',
        ([true, false, false, false], false) => '\'',
        ([false, true, false, false], true) | ([false, false, true, false], true) => '-',
        ([false, false, false, true], true) => '_',
        ([false, ..], false) => '.',
        ([true, false, _, _] | [true, true, false, _], _) => '+',
        ([true, true, true, _], _) => '|',
        _ => '+',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_becomes_ascii_of_the_same_width() {
        assert_eq!(ascii(" 550 ┤⠒⠒⠤⠤⣀⣀⠉⠉⡇⠂"), " 550 |----__\"\"|.");
        assert_eq!(ascii("● on track  ███▌··  ▁▄█"), "o on track  ####..  _-#");
    }

    #[test]
    fn what_people_wrote_stays() {
        assert_eq!(ascii("Größe 人事"), "Größe 人事");
        assert_eq!(ascii("plain"), "plain");
    }
}
