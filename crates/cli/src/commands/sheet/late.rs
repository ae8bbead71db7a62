//! What came late, all at once, or was corrected, as a table, a line a finding.

use quarterdeck_core::calendar::Date;
use quarterdeck_exchange::tables::{Cell, Table};
use quarterdeck_report::json::{Late, OfKeyResult};

use super::{ACT, act, date, number, text, texts, whole, with, yes};

const COLUMNS: [&str; 23] = with(
    [
        "cycle",
        "finding",
        "ref",
        "title",
        "check_in",
        "effective",
        "field",
        "from",
        "to",
        "days",
        "after_closing",
        "grade",
        "computed_now",
    ],
    ACT,
);

/// What stands before who, where and when.
struct Finding<'a> {
    finding: &'static str,
    of: Option<&'a OfKeyResult>,
    check_in: Option<String>,
    effective: Option<Date>,
    field: Option<String>,
    from: Option<String>,
    to: Option<String>,
    days: Option<i32>,
    after_closing: bool,
    grades: [Cell; 2],
}

impl Finding<'_> {
    fn row(self, cycle: &str, rest: Vec<Cell>) -> Vec<Cell> {
        let [grade, computed] = self.grades;
        let mut row = vec![
            text(cycle),
            text(self.finding),
            texts(self.of.map(|of| &of.reference)),
            texts(self.of.map(|of| &of.title)),
            texts(self.check_in),
            date(self.effective),
            texts(self.field),
            texts(self.from),
            texts(self.to),
            whole(self.days),
            yes(self.after_closing),
            grade,
            computed,
        ];
        row.extend(rest);
        row.resize(COLUMNS.len(), Cell::Empty);
        row
    }
}

fn finding(word: &'static str) -> Finding<'static> {
    Finding {
        finding: word,
        of: None,
        check_in: None,
        effective: None,
        field: None,
        from: None,
        to: None,
        days: None,
        after_closing: false,
        grades: [Cell::Empty, Cell::Empty],
    }
}

/// What came late or was corrected, as `okr late` shows it.
pub(in crate::commands) fn late(told: &Late) -> Table {
    let cycle = told.cycle.as_str();
    let mut rows = Vec::new();
    for one in &told.check_ins {
        let found = Finding {
            of: Some(&one.of),
            check_in: Some(one.check_in.text.clone()),
            effective: Some(one.effective),
            to: Some(one.value.clone()),
            days: i32::try_from(one.days).ok(),
            after_closing: one.after_closing,
            ..finding("late")
        };
        rows.push(found.row(cycle, act(&one.act)));
    }
    for one in &told.bunches {
        let found = Finding {
            field: Some(format!("{} check-ins", one.check_ins)),
            from: one.from.map(|day| day.to_string()),
            to: one.to.map(|day| day.to_string()),
            ..finding("many dates on one day")
        };
        let who = one.author.as_ref().unwrap_or(&one.member);
        let rest = vec![Cell::Date(one.day), text(who)];
        rows.push(found.row(cycle, rest));
    }
    for one in told.surges.iter().filter(|one| one.end_surge) {
        let found = Finding {
            of: Some(&one.of),
            field: Some(format!("{} check-ins", one.check_ins)),
            from: Some(format!("{} in the last 7 days", one.last_days)),
            to: Some(format!("{} after the end", one.after_end)),
            ..finding("mostly at the end")
        };
        rows.push(found.row(cycle, Vec::new()));
    }
    for one in &told.corrections {
        let found = Finding {
            of: Some(&one.of),
            check_in: Some(one.check_in.text.clone()),
            effective: one.effective,
            field: Some(one.field.clone()),
            from: one.from.clone(),
            to: one.to.clone(),
            days: Some(one.days),
            ..finding("corrected")
        };
        rows.push(found.row(cycle, act(&one.act)));
    }
    for one in &told.retractions {
        let word = if one.reinstated {
            "counts again"
        } else {
            "taken back"
        };
        let found = Finding {
            of: Some(&one.of),
            check_in: Some(one.check_in.text.clone()),
            effective: one.effective,
            from: one.value.clone(),
            days: Some(one.days),
            ..finding(word)
        };
        rows.push(found.row(cycle, act(&one.act)));
    }
    for one in &told.after_grades {
        for after in &one.events {
            let event = &after.event;
            let found = Finding {
                of: Some(&one.of),
                effective: event.effective,
                to: Some(event.what.clone()),
                after_closing: after.after_closing,
                grades: [Cell::Number(one.grade), number(one.computed_now)],
                ..finding("after the grade")
            };
            let author = event.imported.as_ref().map(|from| &from.author);
            let rest = vec![
                Cell::Empty,
                text(author.unwrap_or(&event.member)),
                text(&event.device),
                text(event.authored),
                texts(event.recorded),
                texts(event.reason.as_ref()),
                texts(event.imported.as_ref().map(|from| &from.origin)),
                yes(event.undoes.is_some()),
                Cell::Empty,
                text(event.id),
            ];
            rows.push(found.row(cycle, rest));
        }
    }
    Table {
        name: "Late",
        columns: &COLUMNS,
        rows,
    }
}
