//! What stands in the places of a page that the film drives: the figures of goals as texts.
//!
//! The figures are those of `okr status --json` of the same moment, made by the same functions; here
//! they get the form in which a page shows them. A place is named by the thing that it is of and by
//! its [`Field`]; a test compares the two, field by field.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::grading::Band;
use quarterdeck_core::id::{KeyResultId, ObjectiveId, TeamId};
use quarterdeck_core::score::{self, Means};
use quarterdeck_core::state::{Cycle, KeyResult, Objective};
use quarterdeck_core::token::{KeyResultState, ObjectiveKind, ObjectiveState, Status};

use super::film::{self, Kind};
use crate::json::{key_result_stands, objective_stands};
use crate::names::Names;
use crate::number::{count, percent};
use crate::pending::Pending;
use crate::text::figures;

/// The film of a page.
pub(super) type Film = film::Film<Thing, Field, Layer>;

/// What a place is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing {
    /// The whole cycle.
    Cycle,
    /// A team's objectives.
    Team(TeamId),
    /// An objective.
    Objective(ObjectiveId),
    /// A key result.
    KeyResult(KeyResultId),
    /// How many key results have a status.
    Count(u8),
}

/// What a place says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// That it is there at all.
    There,
    /// Its title.
    Title,
    /// Who owns it.
    Owner,
    /// Which team does.
    Team,
    /// Committed or aspirational.
    Kind,
    /// Draft, deferred, dropped; empty while it counts like any other.
    State,
    /// What it aims at.
    Aim,
    /// Where it stands and where it is to arrive.
    Standing,
    /// Progress, which may leave 0 to 100 %.
    Progress,
    /// Progress as the width of a bar.
    Bar,
    /// How it is doing.
    Status,
    /// The score, 0 to 1.
    Score,
    /// Progress against what was expected by then.
    Pace,
    /// The last confidence stated.
    Confidence,
    /// The day of the last check-in.
    LastCheckIn,
    /// The grade with the word for its band.
    Grade,
    /// Why it was deferred or dropped.
    Aside,
    /// Open conflicts.
    Conflicts,
    /// The mean of committed objectives.
    Committed,
    /// The mean of aspirational ones.
    Aspirational,
    /// Which week of the cycle it is.
    Week,
    /// What is over of the cycle.
    Elapsed,
    /// How many.
    Many,
}

impl Field {
    /// Its name, as in `okr status --json` where that has it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Title => "title",
            Self::Owner => "owner",
            Self::Team => "team",
            Self::Kind => "kind",
            Self::State => "state",
            Self::Aim => "aim",
            Self::Standing => "standing",
            Self::Progress => "progress",
            Self::Bar => "bar",
            Self::Status => "status",
            Self::Score => "score",
            Self::Pace => "pace",
            Self::Confidence => "confidence",
            Self::LastCheckIn => "last_check_in",
            Self::Grade => "grade",
            Self::Aside => "set_aside",
            Self::Conflicts => "conflicts",
            Self::Committed => "committed",
            Self::Aspirational => "aspirational",
            Self::Week => "week",
            Self::Elapsed => "elapsed",
            Self::Many => "many",
        }
    }
}

impl film::Field for Field {
    fn kind(self) -> Kind {
        match self {
            Self::There => Kind::Hidden,
            Self::Bar => Kind::Width,
            Self::Status | Self::State | Self::Grade | Self::Many => Kind::Word,
            _ => Kind::Text,
        }
    }
}

/// The layers of a chart, and the table of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    /// One of the chart's own.
    Chart(usize),
    /// The rows of the table.
    Rows,
}

/// Nothing to say, where silence would look like something forgotten.
const NONE: &str = "–";

/// A share with two places after the point.
pub(super) fn two(share: Option<Decimal>) -> String {
    share.map_or_else(|| NONE.to_owned(), |share| format!("{:.2}", share.round(2)))
}

/// A grade with the word for its band; empty where there is none.
pub(super) fn graded(grade: Option<(Decimal, Band)>) -> String {
    grade.map_or_else(String::new, |(grade, band)| {
        format!("{:.2} {}", grade.round(2), band.word())
    })
}

/// A share as the width of a bar of 100.
fn width(share: Option<Decimal>) -> String {
    (share.map(|share| share.max(Decimal::ZERO).min(Decimal::ONE)))
        .and_then(|share| share.checked_mul(Decimal::HUNDRED))
        .map_or_else(|| "0".to_owned(), |share| share.round(0).to_string())
}

/// How many there are of something amiss; empty for none.
fn open(conflicts: usize) -> String {
    match conflicts {
        0 => String::new(),
        many => count(many, "open conflict"),
    }
}

/// Puts a key result as it stands into the film. One that was withdrawn is not there.
pub(super) fn key_result(
    film: &mut Film,
    names: &Names<'_>,
    (id, found): (KeyResultId, &KeyResult),
    cycle: &Cycle,
    on: Date,
) -> Option<Status> {
    let thing = Thing::KeyResult(id);
    if found.state == KeyResultState::Withdrawn {
        film.tell(thing, Field::There, "");
        return None;
    }
    let told = key_result_stands(names, &Pending::default(), (id, found), cycle, on);
    let mut tell = |field, text: &str| film.tell(thing, field, text);
    tell(Field::There, "1");
    tell(Field::Title, &told.title);
    tell(Field::Owner, told.owner.as_deref().unwrap_or_default());
    tell(Field::Team, told.team.as_deref().unwrap_or_default());
    tell(Field::Aim, &figures::aim(&told));
    tell(Field::Standing, &figures::standing(&told));
    let progress = told.progress.map_or_else(|| NONE.to_owned(), percent);
    tell(Field::Progress, &progress);
    tell(Field::Bar, &width(told.progress));
    let state = match found.state {
        KeyResultState::Active => "",
        state => state.word(),
    };
    tell(Field::State, state);
    tell(Field::Status, told.status.map_or("", Status::word));
    tell(Field::Score, &two(told.score));
    tell(Field::Pace, &two(told.pace));
    let sure = told.confidence.map_or_else(|| NONE.to_owned(), percent);
    tell(Field::Confidence, &sure);
    let last = told.last_check_in.map(|day| day.to_string());
    tell(Field::LastCheckIn, last.as_deref().unwrap_or(NONE));
    tell(
        Field::Grade,
        &graded(told.grade.map(|grade| (grade.grade, grade.band))),
    );
    tell(Field::Aside, told.set_aside.as_deref().unwrap_or_default());
    tell(Field::Conflicts, &open(told.conflicts));
    told.status
}

/// An objective's figures that go into means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Figure {
    pub(super) kind: ObjectiveKind,
    pub(super) team: Option<TeamId>,
    /// The score while it counts.
    pub(super) score: Option<Decimal>,
}

/// Puts an objective as it stands into the film; answers what of it goes into means. One that was
/// withdrawn, or is another cycle's now, is not there.
pub(super) fn objective(
    film: &mut Film,
    names: &Names<'_>,
    (id, found): (ObjectiveId, &Objective),
    is_of_cycle: bool,
    on: Date,
) -> Option<Figure> {
    let thing = Thing::Objective(id);
    if found.state == ObjectiveState::Withdrawn || !is_of_cycle {
        film.tell(thing, Field::There, "");
        return None;
    }
    let score = score::objective_score(names.state(), id, on);
    let told = objective_stands(names, &Pending::default(), (id, found), score, on);
    let mut tell = |field, text: &str| film.tell(thing, field, text);
    tell(Field::There, "1");
    tell(Field::Title, &told.title);
    tell(Field::Owner, told.owner.as_deref().unwrap_or_default());
    tell(Field::Team, told.team.as_deref().unwrap_or_default());
    tell(Field::Kind, told.kind.word());
    let where_it_is = match found.state {
        state @ (ObjectiveState::Draft | ObjectiveState::Deferred | ObjectiveState::Dropped) => {
            state.word()
        }
        _ => "",
    };
    tell(Field::State, where_it_is);
    tell(Field::Status, told.status.map_or("", Status::word));
    tell(Field::Score, &two(told.score));
    tell(Field::Bar, &width(told.score));
    tell(Field::Grade, &graded(told.grade.zip(told.band)));
    tell(Field::Aside, told.set_aside.as_deref().unwrap_or_default());
    tell(Field::Conflicts, &open(told.conflicts));
    Some(Figure {
        kind: found.kind,
        team: found.team,
        score: score.filter(|_| found.is_live()),
    })
}

/// Puts means into the film.
pub(super) fn means(film: &mut Film, thing: Thing, means: Means) {
    film.tell(thing, Field::Score, &two(means.all));
    film.tell(thing, Field::Bar, &width(means.all));
    film.tell(thing, Field::Committed, &two(means.committed));
    film.tell(thing, Field::Aspirational, &two(means.aspirational));
}
