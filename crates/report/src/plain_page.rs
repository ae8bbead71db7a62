//! The page of a cycle until it has one that is drawn: its objectives and key results as a list.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::closing;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::past::Past;
use quarterdeck_core::value::Subject;

use crate::json::{self, StatusKeyResult, StatusQuery};
use crate::letter::{self, Item, Letter};
use crate::names::Names;
use crate::number::percent;
use crate::pending::Pending;

/// What a page is asked to show.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Which cycle.
    pub cycle: CycleId,
    /// Figures as of this day.
    pub on: Date,
}

/// Where a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In a file.
    File,
    /// Served, and asks whether there is anything new.
    Live,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The whole document.
    pub html: String,
    /// The Content-Security-Policy that fits it.
    pub policy: String,
}

/// The page of a cycle.
///
/// # Errors
/// The log cannot be read.
pub fn page<P: Past>(past: &mut P, asked: &Asked, _: Kind) -> Result<Page, P::Error> {
    let seen = closing::seen(past, Subject::Cycle(asked.cycle))?;
    let (state, on) = match &seen {
        Some(seen) => (&seen.state, seen.on.unwrap_or(asked.on)),
        None => (past.state(), asked.on),
    };
    let query = StatusQuery {
        cycle: Some(asked.cycle),
        team: None,
        member: None,
        on,
        as_of: None,
    };
    let told = json::status(&Names::new(state), &Pending::default(), &query);
    let mut letter = Letter {
        title: format!(
            "{}: {}",
            told.workspace,
            told.cycle.as_ref().map_or("", |cycle| cycle.name.as_str())
        ),
        lead: vec![format!("On {on}, as recorded up to #{}.", told.head)],
        sections: Vec::new(),
    };
    for objective in &told.objectives {
        letter.section(
            &objective.title,
            objective.key_results.iter().map(item).collect(),
        );
    }
    Ok(Page {
        html: letter::html(&letter),
        policy: "default-src 'none'; style-src 'unsafe-inline'".to_owned(),
    })
}

fn item(one: &StatusKeyResult) -> Item {
    Item {
        status: one.status,
        reference: Some(one.reference.to_string()),
        title: one.title.clone(),
        told: one.score.map(percent).unwrap_or_default(),
        ..Item::default()
    }
}
