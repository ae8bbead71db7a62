//! What happens to a screen, and what it wants done.

use std::fmt::Debug;
use std::time::Duration;

use ratatui::Frame;

use crate::look::Look;

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Tab with shift.
    BackTab,
    /// The arrow up.
    Up,
    /// The arrow down.
    Down,
    /// The arrow to the left.
    Left,
    /// The arrow to the right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
}

/// A key that was pressed, and what was held down with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Press {
    /// The key.
    pub key: Key,
    /// Whether control was held down.
    pub ctrl: bool,
    /// Whether shift was held down; a character says so itself.
    pub shift: bool,
}

impl Press {
    /// A key alone.
    #[must_use]
    pub const fn of(key: Key) -> Self {
        Self {
            key,
            ctrl: false,
            shift: false,
        }
    }

    /// A key with control.
    #[must_use]
    pub const fn with_ctrl(key: Key) -> Self {
        Self {
            key,
            ctrl: true,
            shift: false,
        }
    }

    /// A key with shift.
    #[must_use]
    pub const fn with_shift(key: Key) -> Self {
        Self {
            key,
            ctrl: false,
            shift: true,
        }
    }

    /// Whether it ends every screen, whatever is open.
    #[must_use]
    pub const fn interrupts(self) -> bool {
        self.ctrl && matches!(self.key, Key::Char('c'))
    }
}

/// What happens to a screen.
#[derive(Debug, Clone)]
pub enum Event<Q, A, N> {
    /// A key was pressed.
    Press(Press),
    /// Text was pasted.
    Pasted(String),
    /// The mouse was clicked at a column and a row, from 0.
    Clicked(u16, u16),
    /// The wheel was turned: down by so many lines, or up.
    Wheeled(i16),
    /// The terminal has so many columns and rows.
    Resized(u16, u16),
    /// The time that the screen asked for has passed; see [`Screen::tick`].
    Tick,
    /// A question was answered.
    Answered(Q, Result<A, Trouble>),
    /// Something happened elsewhere.
    News(N),
}

/// What a screen wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect<Q> {
    /// Answer a question; the screen goes on meanwhile.
    Ask(Q),
    /// Put the terminal back and end.
    Quit,
}

/// Why a question has no answer, in the words of the commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong, in a sentence.
    pub message: String,
    /// Further lines, such as candidates.
    pub details: Vec<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A model that reacts to events and can be drawn.
pub trait Screen {
    /// What it asks.
    type Question: Clone + Debug + Send;
    /// What it is answered.
    type Answer: Send;
    /// What it is told without asking.
    type News: Send;

    /// What it wants to know first.
    fn begin(&mut self) -> Vec<Effect<Self::Question>>;

    /// Takes in what happened; answers what is to be done about it.
    fn update(
        &mut self,
        event: Event<Self::Question, Self::Answer, Self::News>,
    ) -> Vec<Effect<Self::Question>>;

    /// Draws what there is.
    fn draw(&self, frame: &mut Frame<'_>, look: &Look);

    /// After how much time it wants a [`Event::Tick`]; none while nothing moves.
    fn tick(&self) -> Option<Duration>;
}
