//! The terminal's events as a screen's.

use quarterdeck_screen::{Event, Key, Press};
use ratatui::crossterm::event::{
    Event as Raw, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind,
};

/// Lines that a turn of the wheel goes.
const WHEEL: i16 = 3;

/// What an event of the terminal is to a screen, if anything.
pub(super) fn event<Q, A, N>(raw: Raw) -> Option<Event<Q, A, N>> {
    match raw {
        Raw::Key(key) if key.kind != KeyEventKind::Release => press(key).map(Event::Press),
        Raw::Paste(text) => Some(Event::Pasted(text)),
        Raw::Resize(columns, rows) => Some(Event::Resized(columns, rows)),
        Raw::Mouse(mouse) => match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                Some(Event::Clicked(mouse.column, mouse.row))
            }
            MouseEventKind::ScrollDown => Some(Event::Wheeled(WHEEL)),
            MouseEventKind::ScrollUp => Some(Event::Wheeled(-WHEEL)),
            _ => None,
        },
        _ => None,
    }
}

fn press(raw: KeyEvent) -> Option<Press> {
    let key = match raw.code {
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        _ => return None,
    };
    // What is typed with AltGr comes as control and alt on some systems.
    let alt = raw.modifiers.contains(KeyModifiers::ALT);
    let ctrl = raw.modifiers.contains(KeyModifiers::CONTROL) && !alt;
    Some(Press {
        key,
        ctrl,
        shift: raw.modifiers.contains(KeyModifiers::SHIFT),
    })
}
