//! Objectives and key results with their figures.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::reference::{Kind, Namer};
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::status;

use super::{Cell, Table};
use crate::from_state;
use crate::outline::{KeyResult, Now};

const COLUMNS: &[&str] = &[
    "cycle",
    "objective",
    "objective_key",
    "objective_owner",
    "objective_team",
    "objective_kind",
    "objective_state",
    "standing",
    "supports",
    "description",
    "key_result",
    "key",
    "owner",
    "key_result_team",
    "metric",
    "unit",
    "baseline",
    "target",
    "low",
    "high",
    "steps",
    "steps_done",
    "weight",
    "rank",
    "certainty",
    "indicator",
    "cadence",
    "state",
    "current",
    "confidence",
    "grade",
    "computed_progress",
    "computed_score",
    "computed_status",
    "computed_last_check_in",
    "computed_objective_score",
    "computed_objective_status",
    "objective_reference",
    "key_result_reference",
];

/// One row a key result, and one for an objective without any.
pub(super) fn table(state: &State, cycle: Option<CycleId>, on: Date) -> Table {
    let objectives = state.objectives.keys();
    let key_results = state.key_results.keys();
    let namer = Namer::new(
        (objectives.map(|id| (Kind::Objective, id.uuid())))
            .chain(key_results.map(|id| (Kind::KeyResult, id.uuid()))),
    );
    let mut rows = Vec::new();
    for (id, found) in from_state::objectives(state, cycle) {
        let said = from_state::objective(state, id, found, on);
        let status = found.is_live().then(|| status::of_objective(state, id, on));
        let above = [
            Cell::texts(said.cycle),
            Cell::text(said.title),
            Cell::texts(said.key),
            Cell::texts(said.owner),
            Cell::texts(said.team),
            Cell::texts(said.kind.map(quarterdeck_core::token::ObjectiveKind::word)),
            Cell::texts(
                said.state
                    .map(quarterdeck_core::token::ObjectiveState::word),
            ),
            Cell::text(if said.standing { "yes" } else { "" }),
            Cell::texts(said.supports),
            Cell::texts(said.description),
        ];
        let below = [
            Cell::share(score::objective_score(state, id, on)),
            Cell::texts(status.flatten().map(|explained| explained.status.word())),
            Cell::text(namer.name(Kind::Objective, id.uuid()).text),
        ];
        let row = |own: Vec<Cell>| [&above[..], &own, &below].concat();
        let mut own_rows: Vec<Vec<Cell>> = from_state::key_results(state, id)
            .zip(said.key_results)
            .map(|((kr, one), said)| {
                let cycle = state.cycles.get(&found.cycle);
                let progress = cycle.map(|cycle| score::progress(state, one, cycle, on));
                let status = cycle
                    .filter(|_| one.is_live())
                    .map(|cycle| status::of_key_result(state, one, cycle, on));
                let mut own = key_result(said);
                own.extend([
                    Cell::share(progress.as_ref().and_then(|figures| figures.progress)),
                    Cell::share(progress.as_ref().and_then(|figures| figures.score)),
                    Cell::texts(status.map(|explained| explained.status.word())),
                    (progress.and_then(|figures| figures.last_check_in))
                        .map_or(Cell::Empty, Cell::Date),
                ]);
                let mut row = row(own);
                row.push(Cell::text(namer.name(Kind::KeyResult, kr.uuid()).text));
                row
            })
            .collect();
        if own_rows.is_empty() {
            let own = COLUMNS.len() - above.len() - below.len() - 1;
            let mut alone = row(vec![Cell::Empty; own]);
            alone.push(Cell::Empty);
            own_rows.push(alone);
        }
        rows.extend(own_rows);
    }
    Table {
        name: "OKRs",
        columns: COLUMNS,
        rows,
    }
}

/// The cells from `key_result` to `grade`.
fn key_result(said: KeyResult) -> Vec<Cell> {
    let current = match said.now {
        Some(Now::Value(value)) => Cell::Number(value),
        Some(Now::Done(true)) => Cell::text("yes"),
        Some(Now::Done(false)) => Cell::text("no"),
        Some(Now::Progress(_)) | None => Cell::Empty,
    };
    let metric = said.metric.as_ref();
    let steps = list(
        metric
            .iter()
            .flat_map(|metric| &metric.milestones)
            .map(|step| format!("{}:{}", in_list(&step.name), step.weight)),
    );
    let done = list(said.steps_done.iter().map(|name| in_list(name)));
    let mut cells = vec![
        Cell::text(said.title),
        Cell::texts(said.key),
        Cell::texts(said.owner),
        Cell::texts(said.team),
    ];
    match said.metric {
        Some(metric) => cells.extend([
            Cell::text(metric.kind.word()),
            Cell::texts(metric.unit),
            Cell::number(metric.baseline),
            Cell::number(metric.target),
            Cell::number(metric.low),
            Cell::number(metric.high),
        ]),
        None => cells.extend(vec![Cell::Empty; 6]),
    }
    cells.extend([
        Cell::text(steps),
        Cell::text(done),
        Cell::number(said.weight),
        Cell::number(said.rank.map(Decimal::from)),
        Cell::number(said.certainty),
        Cell::texts(said.indicator.map(quarterdeck_core::token::Indicator::word)),
        Cell::texts(said.cadence.map(quarterdeck_core::token::Cadence::word)),
        Cell::texts(
            said.state
                .map(quarterdeck_core::token::KeyResultState::word),
        ),
        current,
        Cell::number(said.confidence),
        Cell::number(said.final_score),
    ]);
    cells
}

/// Several in one cell: `draft:1; pilot:2; live:3`.
fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join("; ")
}

/// A name with a `\` before what would end it in a list.
fn in_list(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if matches!(c, ';' | ':' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
