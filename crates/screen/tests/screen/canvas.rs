//! A screen on a grid of characters, and the pictures that it is held to.

use std::fmt::Write as _;
use std::path::PathBuf;

use quarterdeck_screen::{Look, Screen};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

/// A screen drawn on so many columns and rows.
pub(crate) fn drawn<S: Screen>(screen: &S, size: (u16, u16), colour: bool) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    let look = Look { colour };
    terminal.draw(|frame| screen.draw(frame, &look)).unwrap();
    terminal.backend().buffer().clone()
}

/// Its characters, without spaces at line ends.
pub(crate) fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                line.push_str(symbol);
                skip = unicode_width::UnicodeWidthStr::width(symbol).saturating_sub(1);
            } else {
                skip -= 1;
            }
        }
        writeln!(text, "{}", line.trim_end()).unwrap();
    }
    text
}

/// Whether any cell has a colour.
pub(crate) fn is_coloured(buffer: &Buffer) -> bool {
    (buffer.content.iter()).any(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset)
}

/// The rows that are marked as chosen.
pub(crate) fn chosen_rows(buffer: &Buffer) -> Vec<u16> {
    let is_reversed = |x, y| buffer[(x, y)].modifier.contains(Modifier::REVERSED);
    let body = 3..buffer.area.height;
    body.filter(|y| is_reversed(0, *y)).collect()
}

/// Holds what is drawn to the picture of that name. `UPDATE_PICTURES=1` draws it anew: look at it.
#[track_caller]
pub(crate) fn assert_picture(name: &str, drawn: &Buffer) {
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/screen/pictures", name]
        .iter()
        .collect();
    let file = file.with_extension("txt");
    let made = text(drawn);
    if std::env::var_os("UPDATE_PICTURES").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == made,
        "{name} is drawn otherwise (UPDATE_PICTURES=1 keeps that):\n{made}\nwas\n{kept}"
    );
}
