//! Forecasts and calibration as tables.

use quarterdeck_exchange::tables::{Cell, Table};
use quarterdeck_report::json::{
    Calibration, CalibrationErrors, CalibrationFigures, CalibrationOdds, CalibrationShare,
    ForecastLine, ForecastList, ForecastObjective, ForecastsPast,
};

use super::{number, text, texts, whole};

const FORECAST: &[&str] = &[
    "cycle",
    "objective_ref",
    "objective",
    "key_result_ref",
    "key_result",
    "owner",
    "metric",
    "unit",
    "baseline",
    "target",
    "current",
    "score",
    "ends_at",
    "low",
    "high",
    "expected_score",
    "measured",
    "projection",
    "projection_lies",
    "why_none",
];

/// Where key results end, as `okr forecast` shows it.
pub(in crate::commands) fn forecast(found: &ForecastList) -> Table {
    let cycle = found.cycle.as_ref().map(|cycle| cycle.name.as_str());
    let row = |objective: &ForecastObjective, one: &ForecastLine| {
        let forecast = one.forecast.as_ref();
        vec![
            texts(cycle),
            text(&objective.reference.text),
            text(&objective.title),
            text(&one.reference.text),
            text(&one.title),
            texts(one.owner.as_ref()),
            texts(Some(one.metric.word())),
            texts(one.unit.as_ref()),
            number(one.baseline),
            number(one.target),
            number(one.current),
            number(one.score),
            number(forecast.map(|forecast| forecast.value)),
            number(forecast.map(|forecast| forecast.low)),
            number(forecast.map(|forecast| forecast.high)),
            number(one.expected_score),
            whole(forecast.map(|forecast| forecast.measured)),
            number(one.projection),
            texts(forecast.and_then(|forecast| forecast.projection_lies)),
            texts(one.why.as_ref()),
        ]
    };
    Table {
        name: "Forecast",
        columns: FORECAST,
        rows: (found.objectives.iter())
            .flat_map(|objective| {
                (objective.key_results.iter()).map(move |one| row(objective, one))
            })
            .collect(),
    }
}

const PAST: &[&str] = &[
    "cycle",
    "key_result_ref",
    "key_result",
    "on",
    "weeks_left",
    "value",
    "came_out",
    "within",
    "error",
    "stays",
    "stated",
];

/// Forecasts beside their outcomes, as `okr forecast --past` shows them.
pub(in crate::commands) fn forecasts_past(found: &ForecastsPast) -> Table {
    Table {
        name: "Forecasts",
        columns: PAST,
        rows: (found.cases.iter())
            .map(|case| {
                vec![
                    text(&case.cycle),
                    text(&case.reference.text),
                    text(&case.title),
                    Cell::Date(case.on),
                    whole(Some(case.weeks_left)),
                    Cell::Number(case.value),
                    Cell::Number(case.came_out),
                    text(if case.within { "yes" } else { "no" }),
                    Cell::Number(case.error),
                    Cell::Number(case.stays),
                    number(case.stated),
                ]
            })
            .collect(),
    }
}

const CALIBRATION: &[&str] = &[
    "group",
    "name",
    "said",
    "key_results",
    "statements",
    "stated",
    "reached",
    "brier",
    "reference",
    "skill",
    "verdict",
    "error",
];

/// What was stated against what came out, as `okr calibration` shows it.
pub(in crate::commands) fn calibration(found: &Calibration) -> Table {
    let mut rows = Vec::new();
    figures(&mut rows, ("all", None), &found.overall);
    for (group, of) in [("owner", &found.owners), ("team", &found.teams)] {
        for one in of {
            figures(&mut rows, (group, one.name.as_deref()), &one.figures);
        }
    }
    for tier in &found.tiers {
        rows.push(share("tier", tier.tier.word(), "certainty", &tier.share));
    }
    for band in &found.bands {
        let name = format!("{} to {}", band.from, band.to);
        rows.push(share("band", &name, "confidence", &band.share));
    }
    for week in &found.weeks {
        let name = format!("{} weeks before the end", week.weeks_left);
        rows.push(errors(("week", Some(&name)), &week.errors));
    }
    Table {
        name: "Calibration",
        columns: CALIBRATION,
        rows,
    }
}

fn figures(rows: &mut Vec<Vec<Cell>>, of: (&str, Option<&str>), found: &CalibrationFigures) {
    rows.push(odds(of, "certainty", &found.certainty));
    rows.push(odds(of, "confidence", &found.confidence));
    rows.push(errors(of, &found.projection));
}

fn odds((group, name): (&str, Option<&str>), said: &str, found: &CalibrationOdds) -> Vec<Cell> {
    vec![
        text(group),
        texts(name),
        text(said),
        whole(Some(found.cases)),
        whole(Some(found.statements)),
        number(found.stated),
        number(found.reached),
        number(found.brier),
        number(found.reference),
        number(found.skill),
        text(&found.told),
        Cell::Empty,
    ]
}

fn errors((group, name): (&str, Option<&str>), found: &CalibrationErrors) -> Vec<Cell> {
    let mut row = vec![
        text(group),
        texts(name),
        texts(Some("projection")),
        whole(Some(found.cases)),
        whole(Some(found.statements)),
    ];
    row.resize(CALIBRATION.len() - 1, Cell::Empty);
    row.push(number(found.error));
    row
}

fn share(group: &str, name: &str, said: &str, found: &CalibrationShare) -> Vec<Cell> {
    let mut row = vec![
        text(group),
        text(name),
        text(said),
        whole(Some(found.cases)),
        whole(Some(found.statements)),
        number(found.stated),
        number(found.reached),
    ];
    row.resize(CALIBRATION.len(), Cell::Empty);
    row
}
