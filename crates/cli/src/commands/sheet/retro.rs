//! A retrospective as a workbook: scores, changes and notes; check-ins are those of `okr export`.

use quarterdeck_exchange::tables::{Cell, Table};
use quarterdeck_report::json::{Retro, RetroKeyResult, RetroObjective, RetroScore};

use super::{ACT, act, date, number, text, texts, whole, with, yes};

/// The figures of the cycle, its teams, objectives and key results, one a row.
pub(in crate::commands) fn retro_scores(told: &Retro) -> Table {
    let mut rows = Vec::new();
    let mut means = |of: &str, name: &str, scores: &RetroScore| {
        if *scores != RetroScore::default() {
            rows.push(filled(text(of), text(name), scores));
        }
    };
    let cycle = &told.cycle.name;
    means("cycle", cycle, &told.whole);
    means("committed", cycle, &told.committed);
    means("aspirational", cycle, &told.aspirational);
    for team in &told.teams {
        means(team.level.word(), &team.name, &team.scores);
    }
    for one in &told.objectives {
        rows.push(objective(one));
        rows.extend(one.key_results.iter().map(key_result));
    }
    Table {
        name: "Scores",
        columns: &SCORES,
        rows,
    }
}

const SCORES: [&str; 28] = [
    "of",
    "title",
    "ref",
    "owner",
    "team",
    "kind",
    "state",
    "metric",
    "unit",
    "baseline",
    "target",
    "low",
    "high",
    "mid_current",
    "current",
    "mid_score",
    "score",
    "grade",
    "computed_grade",
    "grade_reason",
    "band",
    "score_as_agreed",
    "confidence",
    "weight",
    "status",
    "last_check_in",
    "stalled_weeks",
    "surge_gained",
];

/// A row with nothing but means.
fn filled(of: Cell, title: Cell, scores: &RetroScore) -> Vec<Cell> {
    let mut row = vec![of, title];
    row.extend(vec![Cell::Empty; 13]);
    row.extend([
        number(scores.mid),
        number(scores.score),
        number(scores.grade),
        Cell::Empty,
        Cell::Empty,
        texts(scores.band.map(quarterdeck_core::grading::Band::word)),
    ]);
    row.extend(vec![Cell::Empty; 7]);
    row
}

fn objective(one: &RetroObjective) -> Vec<Cell> {
    let mut row = vec![
        text("objective"),
        text(&one.title),
        text(&one.reference),
        texts(one.owner.as_ref()),
        texts(one.team.as_ref()),
        text(one.kind),
        text(one.state),
    ];
    row.extend(vec![Cell::Empty; 8]);
    row.extend([
        number(one.scores.mid),
        number(one.scores.score),
        number(one.scores.grade),
        Cell::Empty,
        Cell::Empty,
        texts(one.scores.band.map(quarterdeck_core::grading::Band::word)),
        number(one.score_as_agreed),
        Cell::Empty,
        Cell::Empty,
        texts(one.status),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
    ]);
    row
}

fn key_result(one: &RetroKeyResult) -> Vec<Cell> {
    let figures = &one.figures;
    let grade = figures.grade.as_ref();
    let mid = one.mid.as_ref();
    vec![
        text("key result"),
        text(&figures.title),
        text(&figures.reference),
        texts(one.answers.as_ref()),
        texts(figures.team.as_ref()),
        Cell::Empty,
        text(figures.state),
        text(figures.metric),
        texts(figures.unit.as_ref()),
        number(figures.baseline),
        number(figures.target),
        number(figures.low),
        number(figures.high),
        number(mid.and_then(|mid| mid.current)),
        number(figures.current),
        number(mid.and_then(|mid| mid.score)),
        number(figures.score),
        number(grade.map(|grade| grade.grade)),
        number(grade.and_then(|grade| grade.computed)),
        texts(grade.and_then(|grade| grade.reason.as_ref())),
        texts(one.band.map(quarterdeck_core::grading::Band::word)),
        number(one.score_as_agreed),
        number(figures.confidence),
        number(Some(figures.weight)),
        texts(figures.status),
        date(figures.last_check_in),
        whole(one.stalls.iter().map(|stall| stall.weeks).max()),
        number(one.surge.as_ref().map(|surge| surge.gained)),
    ]
}

/// Goals that were moved, and check-ins that were corrected, taken back or reinstated.
pub(in crate::commands) fn retro_changes(told: &Retro) -> Table {
    let cycle = &told.cycle;
    let left = |day: quarterdeck_core::calendar::Date| cycle.ends.days_since(day);
    let moved = told.goalposts.changes.iter().map(|one| {
        let mut row = vec![
            texts(one.reference.as_ref()),
            texts(one.title.as_ref()),
            text(one.change.words()),
            texts(one.field.as_ref()),
            texts(one.from.as_ref()),
            texts(one.to.as_ref()),
            Cell::Empty,
            whole(Some(one.days_before_end)),
            yes(one.conflict),
            whole(one.act.seq),
        ];
        row.extend(act(&one.act));
        row
    });
    let corrected = told.late.corrections.iter().map(|one| {
        let mut row = vec![
            text(&one.of.reference),
            text(&one.of.title),
            text("corrected"),
            text(&one.field),
            texts(one.from.as_ref()),
            texts(one.to.as_ref()),
            date(one.effective),
            whole(Some(left(one.act.day))),
            Cell::Empty,
            whole(one.act.seq),
        ];
        row.extend(act(&one.act));
        row
    });
    let taken = told.late.retractions.iter().map(|one| {
        let what = if one.reinstated {
            "reinstated"
        } else {
            "taken back"
        };
        let mut row = vec![
            text(&one.of.reference),
            text(&one.of.title),
            text(what),
            Cell::Empty,
            texts(one.value.as_ref()),
            Cell::Empty,
            date(one.effective),
            whole(Some(left(one.act.day))),
            Cell::Empty,
            whole(one.act.seq),
        ];
        row.extend(act(&one.act));
        row
    });
    Table {
        name: "Changes",
        columns: &CHANGES,
        rows: moved.chain(corrected).chain(taken).collect(),
    }
}

const CHANGES: [&str; 20] = with(
    [
        "ref",
        "title",
        "change",
        "field",
        "from",
        "to",
        "of_date",
        "days_before_end",
        "conflict",
        "entry",
    ],
    ACT,
);

/// What people wrote down.
pub(in crate::commands) fn retro_notes(told: &Retro) -> Table {
    let rows = told.notes.iter().map(|one| {
        vec![
            Cell::Date(one.day),
            text(one.kind),
            texts(one.about.as_ref().map(|about| &about.title)),
            texts(one.about.as_ref().map(|about| &about.reference)),
            text(&one.text),
            text(&one.member),
            text(one.authored),
            whole(one.seq),
            texts(one.imported.as_ref().map(|from| &from.origin)),
            text(&one.reference),
        ]
    });
    Table {
        name: "Notes",
        columns: &NOTES,
        rows: rows.collect(),
    }
}

const NOTES: [&str; 10] = [
    "day",
    "kind",
    "about",
    "about_ref",
    "text",
    "member",
    "authored",
    "entry",
    "source",
    "ref",
];
