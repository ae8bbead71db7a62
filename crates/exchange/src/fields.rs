//! What a column, an attribute or a labelled line says of an objective or a key result.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::{KeyResultState, MetricKind, ObjectiveState, Tier};
use quarterdeck_core::value::Milestone;

use crate::outline::{KeyResult, Now, Objective};
use crate::phrase::{bare, change, number_with_unit, one_line, share};

pub use crate::names::Name;
use crate::names::plain;

/// Parts of a metric, as they come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    kind: Option<MetricKind>,
    baseline: Option<Decimal>,
    target: Option<Decimal>,
    low: Option<Decimal>,
    high: Option<Decimal>,
    unit: Option<String>,
    steps: Vec<Milestone>,
}

impl Parts {
    /// The metric that they make; none where nothing was said. The sentence is an assumption made.
    pub(crate) fn metric(self) -> Result<(Option<Metric>, Option<&'static str>), String> {
        if self == Self::default() {
            return Ok((None, None));
        }
        let Self {
            kind,
            baseline,
            target,
            low,
            high,
            unit,
            steps,
        } = self;
        let kind = kind.or(match (target, low, high) {
            (Some(_), ..) => Some(MetricKind::Increase),
            (None, Some(_), Some(_)) => Some(MetricKind::Maintain),
            _ if !steps.is_empty() => Some(MetricKind::Milestones),
            _ => None,
        });
        let metric = match kind {
            None if baseline.is_some() => {
                return Err("a start without a target measures nothing".to_owned());
            }
            None if low.is_some() || high.is_some() => {
                return Err("one bound of a range without the other measures nothing".to_owned());
            }
            None => return Ok((None, None)),
            Some(MetricKind::Increase | MetricKind::Decrease) => {
                let target = target.ok_or("a target is missing")?;
                let mut metric = change(baseline.unwrap_or_default(), target, unit);
                if metric.baseline == metric.target {
                    metric.kind = kind.unwrap_or(metric.kind);
                }
                let assumed = baseline
                    .is_none()
                    .then_some("A baseline is missing; it is taken to be 0.");
                return Ok((Some(metric), assumed));
            }
            Some(MetricKind::Maintain) => Metric {
                low: Some(low.or(baseline).ok_or("the lower bound is missing")?),
                high: Some(high.or(target).ok_or("the upper bound is missing")?),
                ..bare(MetricKind::Maintain, unit)
            },
            Some(MetricKind::Milestones) => Metric {
                milestones: steps,
                ..bare(MetricKind::Milestones, unit)
            },
            Some(MetricKind::Binary) => bare(MetricKind::Binary, None),
        };
        Ok((Some(metric), None))
    }
}

fn number(text: &str, unit: &mut Option<String>) -> Result<Decimal, String> {
    let (number, own) =
        number_with_unit(text).ok_or_else(|| match text.trim().parse::<Decimal>() {
            Err(error) => format!("'{text}' is no number: {error}"),
            Ok(_) => format!("'{text}' is no number"),
        })?;
    if unit.is_none() {
        *unit = own;
    }
    Ok(number)
}

fn part_of_one(text: &str) -> Result<Decimal, String> {
    share(text)
        .filter(|share| (Decimal::ZERO..=Decimal::ONE).contains(share))
        .ok_or_else(|| format!("'{text}' is no share from 0 to 1 or 0 % to 100 %"))
}

fn word<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.trim()
        .to_lowercase()
        .parse()
        .map_err(|_| format!("'{text}' is no {what}"))
}

/// A date: `2026-07-05`, also with a time behind it.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    let day = text.trim().get(..10).unwrap_or(text).trim();
    day.parse()
        .map_err(|_| format!("'{text}' is no date such as 2026-07-05"))
}

/// Lets a name speak of an objective.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn set_objective(on: &mut Objective, name: Name, text: &str) -> Result<(), String> {
    let some = || Some(one_line(text));
    match name {
        Name::Cycle => on.cycle = some(),
        Name::Objective => on.title = one_line(text),
        Name::ObjectiveKey | Name::Key => on.key = some(),
        Name::Description => on.description = Some(text.trim().to_owned()),
        Name::ObjectiveOwner | Name::Owner => on.owner = some(),
        Name::Team => on.team = some(),
        Name::Kind => on.kind = Some(word(text, "kind of objective")?),
        Name::Supports => on.supports = some(),
        Name::ObjectiveState | Name::State => on.state = Some(objective_state(text)?),
        Name::Standing => on.standing = yes(text)?,
        _ => return Err(format!("an objective has no {}", name.word())),
    }
    Ok(())
}

/// Lets a name speak of a key result.
///
/// # Errors
/// What is wrong with the text.
pub(crate) fn set_key_result(
    on: &mut KeyResult,
    parts: &mut Parts,
    name: Name,
    text: &str,
) -> Result<(), String> {
    let some = || Some(one_line(text));
    match name {
        Name::KeyResult => on.title = one_line(text),
        Name::Key => on.key = some(),
        Name::Owner => on.owner = some(),
        Name::KeyResultTeam | Name::Team => on.team = some(),
        Name::Metric => parts.kind = Some(metric_kind(text)?),
        Name::Baseline => parts.baseline = Some(number(text, &mut parts.unit)?),
        Name::Target => parts.target = Some(number(text, &mut parts.unit)?),
        Name::Low => parts.low = Some(number(text, &mut parts.unit)?),
        Name::High => parts.high = Some(number(text, &mut parts.unit)?),
        Name::Steps => parts.steps = steps(text)?,
        Name::StepsDone => {
            on.steps_done = pieces(text, ';')
                .iter()
                .map(|step| unescaped(step))
                .collect();
        }
        Name::Unit => parts.unit = some(),
        Name::Value => on.now = Some(now(text)?),
        Name::Progress => {
            let share = share(text).ok_or_else(|| format!("'{text}' is no share"))?;
            on.now = on.now.or(Some(Now::Progress(share)));
        }
        Name::Done => on.now = Some(Now::Done(yes(text)?)),
        Name::Confidence => on.confidence = Some(part_of_one(text)?),
        Name::Comment => on.comment = Some(text.trim().to_owned()),
        Name::Weight => on.weight = Some(number(text, &mut None)?),
        Name::Rank => on.rank = Some(rank(text)?),
        Name::Certainty => {
            on.certainty = Some(match text.trim().to_lowercase().parse::<Tier>() {
                Ok(tier) => tier.certainty(),
                Err(_) => part_of_one(text)?,
            });
        }
        Name::Cadence => {
            let text = text.to_lowercase();
            let text = match text.trim() {
                "biweekly" | "bi-weekly" | "every two weeks" => "fortnightly",
                other => other,
            };
            on.cadence = Some(word(text, "cadence")?);
        }
        Name::Indicator => {
            let text = text.to_lowercase();
            on.indicator = Some(word(text.trim_end_matches(" indicator"), "indicator")?);
        }
        Name::State => match state(text)? {
            State::Life(life) => on.state = Some(life),
            State::Done(done) => on.now = on.now.or(Some(Now::Done(done))),
        },
        Name::MidScore => on.mid_score = Some(part_of_one(text)?),
        Name::ProjectedScore => on.projected_score = Some(part_of_one(text)?),
        Name::FinalScore => on.final_score = Some(part_of_one(text)?),
        Name::Date | Name::Projection | Name::Step => {
            return Err(format!("{} goes with a check-in", name.word()));
        }
        _ => return Err(format!("a key result has no {}", name.word())),
    }
    Ok(())
}

fn now(text: &str) -> Result<Now, String> {
    if let Ok(done) = yes(text)
        && text.trim().parse::<Decimal>().is_err()
    {
        return Ok(Now::Done(done));
    }
    number(text, &mut None).map(Now::Value)
}

fn metric_kind(text: &str) -> Result<MetricKind, String> {
    match plain(text).as_str() {
        "binary" | "boolean" | "yes no" | "done not done" => Ok(MetricKind::Binary),
        "milestone" | "steps" => Ok(MetricKind::Milestones),
        "number" | "numeric" | "percentage" | "percent" | "currency" => Ok(MetricKind::Increase),
        "range" => Ok(MetricKind::Maintain),
        other => word(other, "metric"),
    }
}

fn rank(text: &str) -> Result<u32, String> {
    let lower = text.trim().to_lowercase();
    let known = match lower.as_str() {
        "high" | "highest" | "critical" => Some(1),
        "medium" | "normal" => Some(2),
        "low" | "lowest" => Some(3),
        _ => lower
            .strip_prefix('p')
            .and_then(|digit| digit.parse::<u32>().ok())
            .map(|digit| digit.saturating_add(1)),
    };
    known
        .or_else(|| lower.parse().ok())
        .filter(|rank| *rank > 0)
        .ok_or_else(|| format!("'{text}' is no rank such as 1, and no priority such as P0"))
}

/// Whether something is so.
pub(crate) fn yes(text: &str) -> Result<bool, String> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "x" | "✓" | "✔" | "✅" | "1" | "on" | "done" | "complete"
        | "completed" | "achieved" | "[x]" => Ok(true),
        "no" | "n" | "false" | "" | "0" | "off" | "-" | "not done" | "open" | "[ ]" => Ok(false),
        _ => Err(format!("'{text}' is neither yes nor no")),
    }
}

enum State {
    Life(KeyResultState),
    Done(bool),
}

fn state(text: &str) -> Result<State, String> {
    Ok(match plain(text).as_str() {
        "done" | "complete" | "completed" | "achieved" | "finished" | "closed" => State::Done(true),
        "active" | "open" | "in progress" | "started" | "not started" | "todo" | "to do"
        | "wip" | "not done" => State::Life(KeyResultState::Active),
        "dropped" | "cancelled" | "canceled" | "abandoned" | "removed" => {
            State::Life(KeyResultState::Dropped)
        }
        "deferred" | "postponed" | "on hold" | "paused" | "moved" => {
            State::Life(KeyResultState::Deferred)
        }
        _ => {
            return Err(format!(
                "'{text}' is no state; how a key result is doing is computed from its check-ins"
            ));
        }
    })
}

fn objective_state(text: &str) -> Result<ObjectiveState, String> {
    if let Ok(known) = word(text, "state") {
        return Ok(known);
    }
    match state(text)? {
        State::Life(KeyResultState::Dropped) => Ok(ObjectiveState::Dropped),
        State::Life(KeyResultState::Deferred) => Ok(ObjectiveState::Deferred),
        _ => Ok(ObjectiveState::Active),
    }
}

/// `draft; pilot:2; live:3`. A backslash makes `;` and `:` a part of the name.
fn steps(text: &str) -> Result<Vec<Milestone>, String> {
    let separator = if text.contains(';') { ';' } else { ',' };
    let steps = pieces(text, separator).into_iter().map(|step| {
        let mut parts = pieces(step, ':');
        let weight = match parts.as_slice() {
            [_, .., weight] => weight.trim().parse().ok(),
            _ => None,
        };
        let name = match (weight.is_some(), parts.pop()) {
            (true, Some(last)) => step
                .get(..step.len() - last.len())
                .map_or(step, |name| name.trim_end().trim_end_matches(':')),
            _ => step,
        };
        Milestone {
            name: unescaped(name),
            weight: weight.unwrap_or(Decimal::ONE),
        }
    });
    Ok(steps.filter(|step| !step.name.is_empty()).collect())
}

/// The parts between separators without a backslash before them; empty ones left out.
fn pieces(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        if c == separator && !escaped {
            parts.extend(text.get(start..at));
            start = at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    parts.extend(text.get(start..));
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn unescaped(text: &str) -> String {
    let (mut out, mut escaped) = (String::new(), false);
    for c in text.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            out.push(c);
            escaped = false;
        }
    }
    one_line(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_words_are_read_or_refused_with_the_reason() {
        let mut on = KeyResult::default();
        let mut parts = Parts::default();
        for (name, text) in [
            (Name::Rank, "P0"),
            (Name::Certainty, "likely"),
            (Name::Cadence, "Bi-weekly"),
            (Name::State, "Cancelled"),
            (Name::FinalScore, "70%"),
            (Name::Target, "550"),
        ] {
            set_key_result(&mut on, &mut parts, name, text).unwrap();
        }
        assert_eq!(on.rank, Some(1));
        assert_eq!(on.certainty, Some(Tier::Likely.certainty()));
        assert_eq!(on.state, Some(KeyResultState::Dropped));
        assert_eq!(on.final_score, Some("0.7".parse().unwrap()));
        let (metric, assumed) = parts.clone().metric().unwrap();
        assert_eq!(metric.unwrap().baseline, Some(Decimal::ZERO));
        assert!(assumed.is_some());
        for (name, text, why) in [
            (
                Name::State,
                "amber",
                "'amber' is no state; how a key result is doing is computed from its check-ins",
            ),
            (
                Name::Confidence,
                "sure",
                "'sure' is no share from 0 to 1 or 0 % to 100 %",
            ),
            (
                Name::Baseline,
                "1,200",
                "'1,200' is no number: the comma at character 2 could mean thousands or decimals; write 1200.5 or 1 200.5",
            ),
        ] {
            assert_eq!(
                set_key_result(&mut on, &mut parts, name, text).unwrap_err(),
                why
            );
        }
    }
}
