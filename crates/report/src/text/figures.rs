//! How single figures look, the same in every document.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::{KeyResultState, MetricKind, ObjectiveState, Status};

use super::chart::{bar, curve};
use super::document::{Line, Style};
use crate::json::{StatusKeyResult, StatusObjective, Step};
use crate::number::{number, percent, with_unit};

/// Behind what is not recorded yet.
pub const PENDING: &str = "⇡";
/// Behind what is in conflict.
pub const CONFLICT: &str = "≠";
/// Columns of a progress bar.
const BAR: usize = 6;

/// A status with its symbol, which tells it apart without colour.
#[must_use]
pub fn status(status: Status) -> Line {
    let (style, symbol) = symbol(status);
    Line::new().with(style, format!("{symbol} {status}"))
}

/// What stands for a status where there is no room for its word.
pub(super) const fn symbol(status: Status) -> (Style, &'static str) {
    match status {
        Status::Done => (Style::Good, "✓"),
        Status::OnTrack => (Style::Good, "●"),
        Status::AtRisk => (Style::Warn, "▲"),
        Status::OffTrack => (Style::Bad, "■"),
        Status::Stale => (Style::Warn, "○"),
    }
}

/// How a stated confidence looks.
pub(crate) fn confidence_style(confidence: Decimal) -> Style {
    symbol(quarterdeck_core::status::of_confidence(confidence)).0
}

/// How a key result is doing, or that it does not count.
#[must_use]
pub fn key_result_status(found: &StatusKeyResult) -> Line {
    match (found.status, found.state) {
        (Some(found), _) => status(found),
        (None, KeyResultState::Active) => Line::new(),
        (None, state) => Line::new().muted(format!("– {state}")),
    }
}

/// How an objective is doing, or where it stands.
#[must_use]
pub fn objective_status(found: &StatusObjective) -> Line {
    match (found.status, found.state) {
        (Some(found), _) => status(found),
        (None, state @ (ObjectiveState::Deferred | ObjectiveState::Dropped)) => {
            Line::new().muted(format!("– {state}"))
        }
        (None, _) => Line::new(),
    }
}

/// A score with two places.
#[must_use]
pub fn score(score: Option<Decimal>) -> Line {
    score.map_or_else(Line::new, |score| Line::new().strong(format!("{score:.2}")))
}

/// A share as per cent, or nothing.
pub(super) fn share(share: Option<Decimal>) -> Line {
    share.map_or_else(Line::new, |share| Line::new().plain(percent(share)))
}

/// A bar in the colour of the status.
#[must_use]
pub fn progress_bar(share: Option<Decimal>, of: Option<Status>) -> Line {
    let style = match of {
        Some(Status::Done | Status::OnTrack) => Style::Good,
        Some(Status::AtRisk | Status::Stale) => Style::Warn,
        Some(Status::OffTrack) => Style::Bad,
        None => Style::Muted,
    };
    share.map_or_else(Line::new, |share| Line::new().with(style, bar(share, BAR)))
}

/// Columns of the curve of the last weeks.
const RECENT: usize = 10;

/// The curve of the last weeks, ending with the present value; nothing where there is but one value.
pub(super) fn recent(found: &StatusKeyResult) -> Line {
    if found.recent.iter().flatten().count() < 2 {
        return Line::new();
    }
    let drawn = curve(&found.recent, RECENT);
    // Weeks that are not over yet have no place before it: curves end below each other.
    let missing = RECENT.saturating_sub(found.recent.len());
    Line::new().with(Style::Muted, " ".repeat(missing) + &drawn)
}

/// Where a key result stands and where it is to arrive: `531 / 550 leads`, `2 of 3 steps`.
#[must_use]
pub fn standing(found: &StatusKeyResult) -> String {
    stands(&Stands {
        metric: found.metric,
        current: found.current,
        target: found.target,
        range: (found.low, found.high),
        unit: found.unit.as_deref(),
        milestones: &found.milestones,
    })
}

/// What there is to say of where a key result stands.
pub(super) struct Stands<'a> {
    pub(super) metric: MetricKind,
    pub(super) current: Option<Decimal>,
    pub(super) target: Option<Decimal>,
    pub(super) range: (Option<Decimal>, Option<Decimal>),
    pub(super) unit: Option<&'a str>,
    pub(super) milestones: &'a [Step],
}

/// The words for it.
pub(super) fn stands(found: &Stands<'_>) -> String {
    let told = |value: Option<Decimal>| value.map_or_else(|| "?".to_owned(), number);
    let unit = (found.unit).map_or_else(String::new, |unit| format!(" {unit}"));
    match found.metric {
        MetricKind::Increase | MetricKind::Decrease => {
            format!("{} / {}{unit}", told(found.current), told(found.target))
        }
        MetricKind::Maintain => {
            let (low, high) = found.range;
            let range = format!("{}..{}{unit}", told(low), told(high));
            match found.current {
                Some(current) => format!("{} in {range}", number(current)),
                None => format!("none in {range}"),
            }
        }
        MetricKind::Milestones => {
            let done = found.milestones.iter().filter(|step| step.done).count();
            let all = crate::number::count(found.milestones.len(), "step");
            format!("{done} of {all}")
        }
        MetricKind::Binary if found.current == Some(Decimal::ONE) => "done".to_owned(),
        MetricKind::Binary => "not done".to_owned(),
    }
}

/// What a key result aims at: `from 500 to 550 leads`.
pub(crate) fn aim(found: &StatusKeyResult) -> String {
    let unit = found.unit.as_deref();
    let told = |value: Option<Decimal>| value.map_or_else(|| "?".to_owned(), number);
    let last = |value: Option<Decimal>| {
        value.map_or_else(|| "?".to_owned(), |value| with_unit(value, unit))
    };
    match found.metric {
        MetricKind::Increase => {
            format!(
                "increase from {} to {}",
                told(found.baseline),
                last(found.target)
            )
        }
        MetricKind::Decrease => {
            format!(
                "decrease from {} to {}",
                told(found.baseline),
                last(found.target)
            )
        }
        MetricKind::Maintain => {
            format!("stay within {} to {}", told(found.low), last(found.high))
        }
        MetricKind::Milestones => "all steps done".to_owned(),
        MetricKind::Binary => "done".to_owned(),
    }
}

/// Before what matters most among its siblings.
const FIRST: &str = "★";

/// That a key result matters most.
pub(super) fn first(found: &StatusKeyResult) -> Line {
    if found.rank == Some(1) && found.status.is_some() {
        Line::new().with(Style::Strong, FIRST)
    } else {
        Line::new()
    }
}

/// What to look at: pending, in conflict.
#[must_use]
pub fn marks(pending: bool, conflicts: usize) -> Line {
    let line = Line::new();
    let line = if pending {
        line.with(Style::Warn, PENDING)
    } else {
        line
    };
    if conflicts > 0 {
        line.with(Style::Bad, CONFLICT)
    } else {
        line
    }
}
