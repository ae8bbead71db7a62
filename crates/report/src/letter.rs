//! Documents that people send each other: made once, and written for a terminal, for a chat in
//! Markdown, or for mail in HTML.
//!
//! Guarantee: whatever teammates wrote arrives as text. In Markdown and HTML their characters are
//! escaped, in all three control characters and direction changers are shown instead of obeyed
//! ([`crate::text::clean`]). The HTML is one whole document that loads nothing and runs nothing.
//!
//! All three writers are given the same [`Letter`], so none of them can tell another figure.

mod digest;
mod html;
mod markdown;
mod retro;

use quarterdeck_core::token::Status;

pub use digest::digest;
pub(crate) use html::escaped;
pub use html::html;
pub use markdown::markdown;
pub use retro::retro as retro_markdown;

/// A document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    /// What it is.
    pub title: String,
    /// What comes first, a sentence or figure each.
    pub lead: Vec<String>,
    /// Its parts; none of them is empty.
    pub sections: Vec<Section>,
}

/// A part with a title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// The title.
    pub title: String,
    /// What it lists.
    pub items: Vec<Item>,
}

/// Something that is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Item {
    /// How it is doing.
    pub status: Option<Status>,
    /// Its short reference.
    pub reference: Option<String>,
    /// What it is called.
    pub title: String,
    /// What is told of it.
    pub told: String,
    /// What people said about it.
    pub said: Vec<Said>,
}

/// What somebody said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Who, and when if that matters.
    pub by: String,
    /// The text, in lines.
    pub text: String,
}

impl Letter {
    /// Adds a part, unless there is nothing in it.
    pub fn section(&mut self, title: &str, items: Vec<Item>) {
        if !items.is_empty() {
            self.sections.push(Section {
                title: title.to_owned(),
                items,
            });
        }
    }
}
