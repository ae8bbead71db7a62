//! The weekly update: one for each person and week, and one for each team that they write for.
//!
//! A week begins on a Monday, by the workspace's calendar. Whoever writes again about the same
//! week changes the update that is there.

use crate::calendar::Date;
use crate::decide::Command;
use crate::event::{Body, WeeklyWritten};
use crate::id::{MemberId, TeamId, WeeklyId};
use crate::state::{State, Weekly};
use crate::token::NoteState;
use crate::value::{Field, Subject, Value};

/// Whose update it is, and of which week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Who writes.
    pub member: MemberId,
    /// A day of the week.
    pub week: Date,
    /// The team for which they write; none where they speak for themself.
    pub team: Option<TeamId>,
}

/// What somebody says of a week: each part new, or none to leave it as it is. An empty text says
/// that there is nothing to say any more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// What is planned.
    pub plans: Option<String>,
    /// What was done.
    pub progress: Option<String>,
    /// What stands in the way.
    pub problems: Option<String>,
}

impl Said {
    fn parts(self) -> [(Field, Option<String>); 3] {
        [
            (Field::Plans, self.plans),
            (Field::Progress, self.progress),
            (Field::Problems, self.problems),
        ]
    }
}

/// The update that is there already.
#[must_use]
pub fn find(state: &State, place: Place) -> Option<(WeeklyId, &Weekly)> {
    let wanted = (place.member, place.week.monday(), place.team);
    (state.weeklies.iter())
        .find(|(_, found)| found.is_shown() && (found.member, found.week, found.team) == wanted)
        .map(|(id, found)| (*id, &**found))
}

/// What writes an update, or changes the one that is there; none where that would change nothing.
/// An update that would say nothing any more is withdrawn.
#[must_use]
pub fn write(state: &State, place: Place, said: Said) -> Option<Command> {
    let Some((id, found)) = find(state, place) else {
        let [plans, progress, problems] = said.parts().map(|(_, text)| text.and_then(meant));
        let says_something = plans.is_some() || progress.is_some() || problems.is_some();
        return says_something.then_some(Command::Record(Body::WeeklyWritten(WeeklyWritten {
            week: place.week.monday(),
            team: place.team,
            plans,
            progress,
            problems,
        })));
    };
    let subject = Subject::Weekly(id);
    let mut left = found.clone();
    let mut set = Vec::new();
    for (field, text) in said.parts() {
        let Some(text) = text else { continue };
        let text = meant(text);
        let part = match field {
            Field::Plans => &mut left.plans,
            Field::Progress => &mut left.progress,
            _ => &mut left.problems,
        };
        if *part != text {
            set.push((field, Value::text(text.as_deref())));
            *part = text;
        }
    }
    if set.is_empty() {
        return None;
    }
    if left.plans.is_none() && left.progress.is_none() && left.problems.is_none() {
        let withdrawn = Value::Text(NoteState::Withdrawn.word().to_owned());
        set = vec![(Field::State, withdrawn)];
    }
    Some(Command::Edit { subject, set })
}

fn meant(text: String) -> Option<String> {
    let said = text.trim();
    (!said.is_empty()).then(|| said.to_owned())
}
