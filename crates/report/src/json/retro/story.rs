//! What happened, in sentences whose parts say what they name.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::ObjectiveId;
use quarterdeck_core::retro::{Part, Sentence};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::Told;
use crate::names::Ref;
use crate::number::with_unit;

/// A sentence of the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroSentence {
    /// What it tells, such as `stall`; for whoever marks kinds apart.
    pub kind: &'static str,
    /// Its parts, to be put behind one another as they are.
    pub parts: Vec<RetroPart>,
    /// The objective of which it tells; none for the whole cycle.
    pub objective: Option<ObjectiveId>,
    /// Positions of the entries behind it.
    pub entries: Vec<u64>,
}

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroPart {
    /// `text`, `said`, `person`, `goal`, `number`, `share` or `date`.
    pub part: &'static str,
    /// What it says. That of all but `text`, `share` and `date` is what people wrote.
    pub text: String,
    /// Reference of the person or goal.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// The number or share.
    pub number: Option<Decimal>,
    /// The date.
    pub date: Option<Date>,
}

impl RetroSentence {
    /// The sentence as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) fn sentence(told: &Told<'_>, found: &Sentence) -> RetroSentence {
    RetroSentence {
        kind: found.kind.word(),
        parts: parts(told, &found.parts),
        objective: found.objective,
        entries: told.recorded(&found.entries),
    }
}

pub(super) fn parts(told: &Told<'_>, found: &[Part]) -> Vec<RetroPart> {
    found.iter().map(|one| part(told, one)).collect()
}

fn part(told: &Told<'_>, found: &Part) -> RetroPart {
    let of = |part, text| RetroPart {
        part,
        text,
        reference: None,
        number: None,
        date: None,
    };
    let names = told.names;
    match found {
        Part::Text(text) => of("text", text.clone()),
        Part::Said(text) => of("said", text.clone()),
        Part::Person(member) => RetroPart {
            reference: names.subject(Subject::Member(*member)),
            ..of("person", names.person(*member))
        },
        Part::Goal(goal) => RetroPart {
            reference: names.subject(*goal),
            ..of("goal", names.title(*goal).unwrap_or_default())
        },
        Part::Number(number, unit) => RetroPart {
            number: Some(*number),
            ..of("number", with_unit(*number, unit.as_deref()))
        },
        Part::Share(share) => RetroPart {
            number: Some(share.round(2)),
            ..of("share", format!("{:.2}", share.round(2)))
        },
        Part::Date(date) => RetroPart {
            date: Some(*date),
            ..of("date", day(*date, told.year()))
        },
    }
}

/// A day as a sentence says it: `2 September`, with its year where that is not the cycle's.
fn day(day: Date, year: u16) -> String {
    let month = MONTHS.get(usize::from(day.month()).saturating_sub(1));
    let month = month.copied().unwrap_or_default();
    if day.year() == year {
        format!("{} {month}", day.day())
    } else {
        format!("{} {month} {}", day.day(), day.year())
    }
}
