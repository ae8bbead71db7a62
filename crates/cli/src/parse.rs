//! Reading what people type for figures: ranges, milestones, measurements.
//!
//! Nothing is guessed at: a figure that could mean two things is refused with the two spelt out.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::{MetricKind, Tier};
use quarterdeck_core::value::{Measure, Milestone, Value};
use quarterdeck_core::when;

use crate::error::Failure;

/// From one number to another: `500..550`, `-5..5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    /// The first number.
    pub(crate) from: Decimal,
    /// The second number.
    pub(crate) to: Decimal,
    /// Whether both are per cent.
    pub(crate) percent: bool,
}

/// Reads `A..B`, or `A%..B%`.
pub(crate) fn range(text: &str) -> Result<Range, String> {
    let Some((from, to)) = text.split_once("..") else {
        return Err(format!("`{text}` is no range; write it like 500..550"));
    };
    let number = |part: &str| {
        part.parse()
            .map_err(|error| format!("`{part}` in `{text}` is no number: {error}"))
    };
    let (per_cent_from, per_cent_to) = (from.strip_suffix('%'), to.strip_suffix('%'));
    if per_cent_from.is_some() != per_cent_to.is_some() {
        return Err(format!(
            "only one end of `{text}` is per cent; write 20%..60%, or 20..60"
        ));
    }
    Ok(Range {
        from: number(per_cent_from.unwrap_or(from).trim_end())?,
        to: number(per_cent_to.unwrap_or(to).trim_end())?,
        percent: per_cent_from.is_some(),
    })
}

/// Reads a number.
pub(crate) fn number(text: &str) -> Result<Decimal, String> {
    text.parse()
        .map_err(|error| format!("`{text}` is no number: {error}"))
}

/// Reads a share of one, such as a confidence: 0 to 1, or in per cent.
pub(crate) fn share(text: &str) -> Result<Decimal, String> {
    let share = match text.strip_suffix('%') {
        Some(percent) => number(percent.trim_end())?
            .checked_div(Decimal::HUNDRED)
            .ok_or_else(|| format!("`{text}` is no share"))?,
        None => number(text)?,
    };
    if share < Decimal::ZERO || share > Decimal::ONE {
        return Err(format!("{text} is not between 0 and 1; write 0.7 or 70%"));
    }
    Ok(share)
}

/// Reads how certain somebody is at the start: a share of one, or a tier's word for it.
pub(crate) fn certainty(text: &str) -> Result<Decimal, String> {
    if let Ok(tier) = text.to_lowercase().parse::<Tier>() {
        return Ok(tier.certainty());
    }
    share(text).map_err(|error| format!("{error}, or {}", Tier::WORDS.join(", ")))
}

/// How the months of a cycle weigh; none where they shall weigh the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MonthWeights(pub(crate) Vec<Decimal>);

impl MonthWeights {
    /// The value of the field that keeps them.
    pub(crate) fn value(&self) -> Value {
        if self.0.is_empty() {
            Value::None
        } else {
            Value::Numbers(self.0.clone())
        }
    }
}

/// Reads `3,2,2`, or `none`.
pub(crate) fn month_weights(text: &str) -> Result<MonthWeights, String> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(MonthWeights(Vec::new()));
    }
    text.split(',')
        .map(|part| number(part.trim()))
        .collect::<Result<_, _>>()
        .map(MonthWeights)
}

/// The steps of a milestone key result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Steps(pub(crate) Vec<Milestone>);

/// Reads `draft,pilot:2,live:3`: names with weights, 1 where none is given.
pub(crate) fn milestones(text: &str) -> Result<Steps, String> {
    text.split(',')
        .map(|step| {
            let (name, weight) = match step.rsplit_once(':') {
                None => (step, Decimal::ONE),
                Some((name, weight)) => (
                    name,
                    weight.parse().map_err(|error| {
                        format!("the weight `{weight}` of step `{name}` is no number: {error}")
                    })?,
                ),
            };
            let name = name.trim();
            if name.is_empty() {
                return Err(format!(
                    "a step in `{text}` has no name; write them like draft,pilot:2,live:3"
                ));
            }
            Ok(Milestone {
                name: name.to_owned(),
                weight,
            })
        })
        .collect::<Result<_, _>>()
        .map(Steps)
}

/// Reads a day as a person names it, where today is `today`.
///
/// # Errors
/// A usage failure that names the day.
pub(crate) fn day(text: &str, today: Date) -> Result<Date, Failure> {
    when::parse_day(text, today).map_err(|error| Failure::usage(format!("{error}.")))
}

/// Reads a measurement of a key result with this metric.
///
/// Numbers with a sign are changes (`+3`, `-3`); `=-3` is the value −3. The metric's own unit may
/// follow. Steps go by name or a unique beginning of it, `not NAME` takes one back.
///
/// # Errors
/// A usage failure that names the value and what would do.
pub(crate) fn measure(text: &str, metric: &Metric) -> Result<Measure, Failure> {
    let text = text.trim();
    match metric.kind {
        MetricKind::Increase | MetricKind::Decrease | MetricKind::Maintain => {
            counted(text, metric.unit.as_deref())
        }
        MetricKind::Binary => match text.to_lowercase().as_str() {
            "done" | "yes" => Ok(Measure::Done(true)),
            "not-done" | "not done" | "no" => Ok(Measure::Done(false)),
            _ => Err(Failure::usage(format!(
                "'{text}' does not fit a key result that is done or not."
            ))
            .hint("give `done`, or `not-done`")),
        },
        MetricKind::Milestones => step(text, metric),
    }
}

/// Reads what a KPI reads: the value itself, with its unit or without.
///
/// # Errors
/// A usage failure that names the value; `+3` would be a change.
pub(crate) fn reading(text: &str, unit: Option<&str>) -> Result<Decimal, Failure> {
    let text = text.trim();
    if text.starts_with('+') {
        return Err(Failure::usage(format!(
            "'{text}' is a change, and a reading is the value itself."
        ))
        .hint("give the value, such as 531"));
    }
    let figure = unit
        .and_then(|unit| text.strip_suffix(unit))
        .unwrap_or(text)
        .trim_end();
    let figure = figure.strip_prefix('=').unwrap_or(figure);
    figure.parse().map_err(|error| {
        Failure::usage(format!("'{text}' is no value: {error}.")).hint("give a number such as 531")
    })
}

fn counted(text: &str, unit: Option<&str>) -> Result<Measure, Failure> {
    let figure = unit
        .and_then(|unit| text.strip_suffix(unit))
        .unwrap_or(text)
        .trim_end();
    let (figure, absolute) = match figure.strip_prefix('=') {
        Some(rest) => (rest, true),
        None => (figure, !figure.starts_with(['+', '-', '\u{2212}'])),
    };
    let value = figure.parse::<Decimal>().map_err(|error| {
        Failure::usage(format!("'{text}' is no value: {error}."))
            .hint("give a number such as 531, or a change such as +3")
    })?;
    Ok(if absolute {
        Measure::Absolute(value)
    } else {
        Measure::Delta(value)
    })
}

fn step(text: &str, metric: &Metric) -> Result<Measure, Failure> {
    let lower = text.to_lowercase();
    let (wanted, done) = match lower
        .strip_prefix("not ")
        .or_else(|| lower.strip_prefix("not-"))
    {
        Some(rest) if !names(metric).any(|name| name.to_lowercase() == lower) => (rest, false),
        _ => (lower.as_str(), true),
    };
    let exact = names(metric).find(|name| name.to_lowercase() == wanted);
    let mut beginning = names(metric).filter(|name| name.to_lowercase().starts_with(wanted));
    let found = exact.or_else(|| match (beginning.next(), beginning.next()) {
        (Some(only), None) if !wanted.is_empty() => Some(only),
        _ => None,
    });
    match found {
        Some(name) => Ok(Measure::Step {
            name: name.to_owned(),
            done,
        }),
        None => Err(
            Failure::usage(format!("'{text}' is no step of this key result.")).hint(format!(
                "its steps are {}",
                names(metric).collect::<Vec<_>>().join(", ")
            )),
        ),
    }
}

fn names(metric: &Metric) -> impl Iterator<Item = &str> {
    metric.milestones.iter().map(|step| step.name.as_str())
}

/// Several numbers: `3,2,2,3`.
///
/// # Errors
/// The text is none such, with a sentence that says so.
pub(crate) fn numbers(text: &str) -> Result<Vec<Decimal>, String> {
    text.split(',')
        .map(|part| {
            part.trim()
                .parse()
                .map_err(|error| format!("'{part}' is no number: {error}."))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(kind: MetricKind) -> Metric {
        Metric {
            kind,
            baseline: None,
            target: None,
            low: None,
            high: None,
            milestones: milestones("draft,pilot:2,live:3").unwrap().0,
            unit: Some("leads".to_owned()),
        }
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn ranges() {
        assert_eq!(
            range("-5..0.5"),
            Ok(Range {
                from: decimal("-5"),
                to: decimal("0.5"),
                percent: false,
            })
        );
        assert_eq!(
            range("1-2").unwrap_err(),
            "`1-2` is no range; write it like 500..550"
        );
        assert!(range("1..x").unwrap_err().contains("`x`"));
    }

    #[test]
    fn ranges_of_per_cent_say_so_at_both_ends() {
        assert_eq!(
            range("20%..62.5 %"),
            Ok(Range {
                from: decimal("20"),
                to: decimal("62.5"),
                percent: true,
            })
        );
        assert!(range("20%..60").unwrap_err().contains("only one end"));
    }

    #[test]
    fn a_certainty_is_a_share_or_a_tier() {
        assert_eq!(certainty("likely"), Ok(decimal("0.8")));
        assert_eq!(certainty("Moonshot"), Ok(decimal("0.2")));
        assert_eq!(certainty("65%"), Ok(decimal("0.65")));
        assert!(certainty("sure").unwrap_err().contains("moonshot"));
        assert!(certainty("1.2").unwrap_err().contains("0 and 1"));
    }

    #[test]
    fn months_weigh_or_none_does() {
        let weights = vec![decimal("3"), decimal("2.5")];
        assert_eq!(month_weights("3, 2.5"), Ok(MonthWeights(weights)));
        assert_eq!(month_weights("none"), Ok(MonthWeights(Vec::new())));
        assert!(month_weights("3,,2").is_err());
    }

    #[test]
    fn shares_are_between_nothing_and_all() {
        assert_eq!(share("0.7"), Ok(decimal("0.7")));
        assert!(share("1.4").unwrap_err().contains("1.4"));
        assert!(share("-0.1").is_err());
    }

    #[test]
    fn steps_have_names_and_weights() {
        let Steps(steps) = milestones("draft, pilot:2").unwrap();
        assert_eq!(steps[0].name, "draft");
        assert_eq!(steps[0].weight, Decimal::ONE);
        assert_eq!(steps[1].weight, decimal("2"));
        assert!(milestones("draft,,live").is_err());
        assert!(milestones("draft:heavy").unwrap_err().contains("heavy"));
    }

    #[test]
    fn a_sign_makes_a_change() {
        let counted = metric(MetricKind::Increase);
        for (text, expected) in [
            ("531", Measure::Absolute(decimal("531"))),
            ("531 leads", Measure::Absolute(decimal("531"))),
            ("+3", Measure::Delta(decimal("3"))),
            ("-3", Measure::Delta(decimal("-3"))),
            ("\u{2212}3", Measure::Delta(decimal("-3"))),
            ("=-3", Measure::Absolute(decimal("-3"))),
        ] {
            assert_eq!(measure(text, &counted), Ok(expected), "{text}");
        }
        for text in ["many", "1.2.3", "", "531 deals"] {
            let failure = measure(text, &counted).unwrap_err();
            assert_eq!(failure.exit, crate::error::Exit::Usage);
            assert!(failure.message.contains(text), "{failure}");
        }
    }

    #[test]
    fn a_reading_is_a_value_and_no_change() {
        for (text, value) in [
            ("531", "531"),
            ("2.5 %", "2.5"),
            ("-3", "-3"),
            ("=-3", "-3"),
        ] {
            assert_eq!(reading(text, Some("%")), Ok(decimal(value)), "{text}");
        }
        assert!(reading("+3", None).unwrap_err().message.contains("change"));
        assert!(reading("2.5 %", Some("EUR")).is_err());
    }

    #[test]
    fn steps_go_by_their_names() {
        let steps = metric(MetricKind::Milestones);
        let step = |name: &str, done| {
            Ok(Measure::Step {
                name: name.to_owned(),
                done,
            })
        };
        assert_eq!(measure("Pilot", &steps), step("pilot", true));
        assert_eq!(measure("li", &steps), step("live", true));
        assert_eq!(measure("not draft", &steps), step("draft", false));
        let failure = measure("shipped", &steps).unwrap_err();
        assert_eq!(
            failure.hint.as_deref(),
            Some("its steps are draft, pilot, live")
        );
    }

    #[test]
    fn done_or_not() {
        let binary = metric(MetricKind::Binary);
        assert_eq!(measure("done", &binary), Ok(Measure::Done(true)));
        assert_eq!(measure("not-done", &binary), Ok(Measure::Done(false)));
        assert!(measure("5", &binary).is_err());
    }
}
