//! Stages of a funnel as people type them: `contacts:30%`, `deals=won-deals`.

use quarterdeck_core::decimal::Decimal;

use crate::error::Failure;

/// A stage as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Typed {
    /// What is counted.
    pub(crate) name: String,
    /// What counts it.
    pub(crate) source: Option<String>,
    /// The share that goes on.
    pub(crate) rate: Option<Decimal>,
}

/// Reads `NAME`, `NAME:RATE`, `NAME=REF` or `NAME=REF:RATE`.
pub(crate) fn stage(text: &str) -> Result<Typed, String> {
    let (rest, rate) = match text.rsplit_once(':') {
        None => (text, None),
        Some((rest, rate)) => (rest, Some(rate_of(rate, text)?)),
    };
    let (name, source) = match rest.split_once('=') {
        None => (rest, None),
        Some((name, source)) => (name, Some(source.trim().to_owned())),
    };
    let name = name.trim();
    if name.is_empty() || source.as_deref() == Some("") {
        return Err(format!(
            "`{text}` is no stage; write it like contacts:30%, or contacts=REF:30%"
        ));
    }
    Ok(Typed {
        name: name.to_owned(),
        source,
        rate,
    })
}

fn rate_of(rate: &str, text: &str) -> Result<Decimal, String> {
    conversion(rate).map_err(|why| format!("{why}, in `{text}`"))
}

/// Reads a conversion rate: `30%`, `30 %` or `0.3`, above 0 and at most 1.
pub(crate) fn conversion(text: &str) -> Result<Decimal, String> {
    let typed = text.trim();
    let (figure, hundredths) = match typed.strip_suffix('%') {
        Some(figure) => (figure.trim_end(), true),
        None => (typed, false),
    };
    let number: Decimal = figure.parse().map_err(|error| {
        format!("`{typed}` is no conversion rate: {error}; write it like 30% or 0.3")
    })?;
    let rate = if hundredths {
        Decimal::from_parts(1, 2).and_then(|hundredth| number.checked_mul(hundredth))
    } else {
        Some(number)
    };
    rate.filter(|rate| Decimal::ZERO < *rate && *rate <= Decimal::ONE)
        .ok_or_else(|| {
            if !hundredths && number > Decimal::ONE {
                format!(
                    "a conversion rate of `{typed}` is more than all; write {typed}% for per cent"
                )
            } else {
                format!("a conversion rate of `{typed}` is not above 0 and at most 100%")
            }
        })
}

/// A stage's volumes in two periods: `contacts:200,240`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Volumes {
    /// What is counted.
    pub(crate) name: String,
    /// How many in the first.
    pub(crate) before: Decimal,
    /// How many in the second.
    pub(crate) after: Decimal,
}

/// Reads `NAME:BEFORE,AFTER`.
pub(crate) fn volumes(text: &str) -> Result<Volumes, String> {
    let refused =
        || format!("`{text}` is no stage with two volumes; write it like contacts:200,240");
    let (name, figures) = text.rsplit_once(':').ok_or_else(refused)?;
    let (before, after) = figures.split_once(',').ok_or_else(refused)?;
    let number = |figure: &str| crate::parse::number(figure.trim());
    let name = name.trim();
    if name.is_empty() {
        return Err(refused());
    }
    Ok(Volumes {
        name: name.to_owned(),
        before: number(before)?,
        after: number(after)?,
    })
}

/// The names and rates of stages from the first to the outcome: all but the last have a rate.
///
/// # Errors
/// A rate is missing, or the outcome has one.
pub(crate) fn planned(stages: &[Typed]) -> Result<(Vec<String>, Vec<Decimal>), Failure> {
    let Some((outcome, before)) = stages.split_last() else {
        return Err(Failure::usage("There are no stages.").hint(
            "give them from the first to the outcome: \"contacts:30%\" \"qualified leads\"",
        ));
    };
    if before.is_empty() {
        return Err(Failure::usage(
            "One stage is no funnel: there is nothing to calculate back to.",
        )
        .hint(
            "give the stages from the first to the outcome: \"contacts:30%\" \"qualified leads\"",
        ));
    }
    let mut rates = Vec::new();
    for stage in before {
        rates.push(stage.rate.ok_or_else(|| {
            Failure::usage(format!(
                "It was not said what share of '{}' goes on to the next stage.",
                stage.name
            ))
            .hint(format!("write the share behind it: \"{}:30%\"", stage.name))
        })?);
    }
    if outcome.rate.is_some() {
        return Err(outcome_has_rate(&outcome.name));
    }
    Ok((
        stages.iter().map(|stage| stage.name.clone()).collect(),
        rates,
    ))
}

/// The last stage goes on to nothing.
pub(crate) fn outcome_has_rate(name: &str) -> Failure {
    Failure::usage(format!(
        "'{name}' is the last stage and goes on to nothing, so it has no conversion rate."
    ))
    .hint("name the outcome behind it, such as \"contacts:30%\" \"qualified leads\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn stages_have_names_sources_and_rates() {
        let typed = |name: &str, source: Option<&str>, rate: Option<&str>| {
            Ok(Typed {
                name: name.to_owned(),
                source: source.map(str::to_owned),
                rate: rate.map(d),
            })
        };
        assert_eq!(stage("contacts:30%"), typed("contacts", None, Some("0.3")));
        assert_eq!(
            stage("contacts : 0.3"),
            typed("contacts", None, Some("0.3"))
        );
        assert_eq!(
            stage("deals=won-deals"),
            typed("deals", Some("won-deals"), None)
        );
        assert_eq!(
            stage("demos=kpi-7:12.5 %"),
            typed("demos", Some("kpi-7"), Some("0.125"))
        );
        assert_eq!(
            stage("qualified leads"),
            typed("qualified leads", None, None)
        );
    }

    #[test]
    fn what_is_no_stage_says_what_would_be() {
        for (text, part) in [
            ("", "is no stage"),
            (":30%", "is no stage"),
            ("contacts=", "is no stage"),
            ("contacts:many", "`many` is no conversion rate"),
            ("contacts:30", "write 30% for per cent"),
            ("contacts:0%", "not above 0"),
            ("contacts:130%", "at most 100%"),
            ("contacts:-5%", "not above 0"),
        ] {
            let why = stage(text).unwrap_err();
            assert!(why.contains(part), "{text}: {why}");
        }
    }

    #[test]
    fn two_volumes() {
        let found = volumes("contacts: 200, 240").unwrap();
        assert_eq!((found.before, found.after), (d("200"), d("240")));
        for text in ["contacts", "contacts:200", ":1,2", "contacts:a,b"] {
            assert!(volumes(text).is_err(), "{text}");
        }
    }
}
