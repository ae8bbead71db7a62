//! Moved goals as a table, a line a change.

use quarterdeck_exchange::tables::Table;
use quarterdeck_report::json::Goalposts;

use super::{ACT, act, text, texts, whole, with, yes};

/// What was moved, as `okr goalposts` shows it.
pub(in crate::commands) fn goalposts(told: &Goalposts) -> Table {
    let rows = (told.changes.iter()).map(|one| {
        let mut row = vec![
            text(&told.cycle),
            texts(one.reference.as_ref()),
            texts(one.title.as_ref()),
            text(one.change.words()),
            texts(one.field.as_ref()),
            texts(one.from.as_ref()),
            texts(one.to.as_ref()),
            whole(Some(one.days_before_end)),
            yes(one.after_end),
            yes(one.conflict),
        ];
        row.extend(act(&one.act));
        row
    });
    Table {
        name: "Goalposts",
        columns: &COLUMNS,
        rows: rows.collect(),
    }
}

const COLUMNS: [&str; 20] = with(
    [
        "cycle",
        "ref",
        "title",
        "change",
        "field",
        "from",
        "to",
        "days_before_end",
        "after_end",
        "conflict",
    ],
    ACT,
);
