//! `okr tui`: the workspace in one screen, as it is now and as it becomes.
//!
//! [`Tui`] keeps what it was last told of each pane, and shows it until it is told anew. It asks again after
//! whatever was recorded here or elsewhere; of several same questions only one is under way.

mod desk;
mod detail;
mod draw;
mod form;
mod goals;
mod keys;
mod panes;
mod update;

use std::collections::BTreeSet;
use std::time::Duration;

use quarterdeck_core::id::{CycleId, Uuid};
use quarterdeck_core::token::NoteKind;
use quarterdeck_report::chart::Plot;
use quarterdeck_report::json;
use quarterdeck_report::text::{Document, Line};
use ratatui::Frame;

pub use desk::{Answer, Detail, Exchange, Goals, LastCommand, News, Question};

use crate::event::{Effect, Event, Screen, Trouble};
use crate::look::Look;
use form::Form;
use goals::GoalRow;

/// From so many columns on, the detail stands beside the cascade.
const WIDE: u16 = 120;

/// A pane of the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tab {
    /// The cascade, and one of its rows in detail.
    #[default]
    Goals,
    /// What is due.
    Due,
    /// Conflicts to settle.
    Conflicts,
    /// What people wrote down.
    Notes,
    /// What waits, and how the last sync went.
    Sync,
}

impl Tab {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::Goals,
        Self::Due,
        Self::Conflicts,
        Self::Notes,
        Self::Sync,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Goals => "Goals",
            Self::Due => "Due",
            Self::Conflicts => "Conflicts",
            Self::Notes => "Notes",
            Self::Sync => "Sync",
        }
    }
}

/// How syncing goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Syncing {
    /// Nobody asked for it since the screen was opened.
    #[default]
    Idle,
    /// It is under way.
    Running(Option<(&'static str, u64, u64)>),
    /// It did so much.
    Done(Box<json::Sync>),
    /// It did not.
    Failed(Trouble),
}

/// Whether what others do arrives by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Following {
    /// Not yet, or there is no server.
    #[default]
    No,
    /// It does.
    Yes,
    /// The server is out of reach.
    Lost(String),
    /// It was given up.
    Stopped(Trouble),
}

/// What stands over the rest.
#[derive(Debug, Clone)]
enum Popup {
    Help,
    Form(Box<Form>),
}

impl Popup {
    /// Whether it was handed in, and is not answered yet.
    const fn waits(&self) -> bool {
        matches!(self, Self::Form(form) if form.is_waiting)
    }
}

/// The live screen.
#[derive(Debug, Default)]
pub struct Tui {
    size: (u16, u16),
    tab: Tab,
    popup: Option<Popup>,
    /// What was just done, or did not work.
    message: Vec<Line>,

    goals: Option<Goals>,
    rows: Vec<GoalRow>,
    folded: BTreeSet<Uuid>,
    at: usize,
    cycle: Option<CycleId>,
    mine: bool,
    goals_trouble: Option<Trouble>,

    detail: Option<(String, Detail)>,
    /// The curve of that, drawn before its figures.
    plot: Option<Plot>,
    /// The reference whose detail is shown, or will be.
    detail_of: Option<String>,
    detail_open: bool,
    detail_scroll: usize,
    /// Where one was before the detail was opened from another pane.
    came_from: Option<Tab>,

    due: Option<json::DueList>,
    due_of_all: bool,
    due_at: usize,
    conflicts: Option<json::Conflicts>,
    side_at: usize,
    notes: Option<json::NoteList>,
    note_kind: Option<NoteKind>,
    note_at: usize,
    exchange: Option<Exchange>,
    exchange_scroll: usize,
    syncing: Syncing,
    following: Following,

    under_way: Vec<Question>,
    /// Asked for while the same was under way: to be asked again.
    once_more: Vec<Question>,
}

impl Tui {
    /// A screen in a terminal of so many columns and rows.
    #[must_use]
    pub fn new(columns: u16, rows: u16) -> Self {
        Self {
            size: (columns, rows),
            ..Self::default()
        }
    }

    /// Whether the detail stands beside the cascade.
    const fn is_wide(&self) -> bool {
        self.size.0 >= WIDE
    }

    /// The row that is chosen.
    fn chosen(&self) -> Option<&GoalRow> {
        self.rows.get(self.at)
    }

    /// For whom text is drawn in so many columns; none before anything was told.
    fn view(&self, width: usize) -> Option<quarterdeck_report::text::View> {
        let view = &self.goals.as_ref()?.view;
        Some(quarterdeck_report::text::View {
            width,
            ..view.clone()
        })
    }

    /// How long the present document is, for scrolling to stay within it.
    fn document(&self, draw: impl FnOnce(&quarterdeck_report::text::View) -> Document) -> Document {
        let width = usize::from(self.size.0).saturating_sub(2);
        self.view(width)
            .map_or_else(Document::new, |view| draw(&view))
    }
}

impl Screen for Tui {
    type Question = Question;
    type Answer = Answer;
    type News = News;

    fn begin(&mut self) -> Vec<Effect<Question>> {
        self.ask(Question::Goals {
            cycle: None,
            mine: false,
        })
    }

    fn update(&mut self, event: Event<Question, Answer, News>) -> Vec<Effect<Question>> {
        self.on(event)
    }

    fn draw(&self, frame: &mut Frame<'_>, look: &Look) {
        draw::screen(self, frame, look);
    }

    fn tick(&self) -> Option<Duration> {
        None
    }
}
