//! `okr late`: what came late, all at once, or was corrected.

use clap::Args;
use quarterdeck_core::late as rule;
use quarterdeck_exchange::tables::{Cell, Table};
use quarterdeck_report::{json, text};

use super::goals::{Found, Goals};
use crate::context::Context;
use crate::csv;
use crate::error::{Exit, Failure};

/// Show check-ins that came late or all at once, corrections, and what changed after a grade.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr late                                   in the cycle that is active today
  okr late leads --days 7                    a week late or later
  okr late --cycle 2026-Q3 --team sales
  okr late --cycle 2026-Q3 --csv > late.csv
  okr late --cycle 2026-Q3 --on today        of a closed cycle, with what came after its closing

A check-in is late by the days from the date that it speaks of to the day on which it became known.
docs/goalposts.md says what counts as many dates at once, and as mostly at the end.")]
pub(crate) struct Late {
    #[command(flatten)]
    goals: Goals,
    /// From so many days on.
    #[arg(long, value_name = "N", default_value_t = rule::DAYS)]
    days: u32,
    /// One line a finding, as CSV.
    #[arg(long)]
    csv: bool,
}

impl Late {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        csv::not_both(&context.output, self.csv)?;
        let Found {
            mut view,
            cycle,
            scope,
            team,
        } = self.goals.find(context)?;
        let asked = rule::Asked {
            cycle,
            scope,
            days: self.days,
            on: view.on(),
        };
        let found = rule::of_cycle(&mut view.past()?, &asked)?
            .ok_or_else(|| Failure::not_found("There was no such cycle yet at that moment."))?;
        let told = json::late(&view.names(), &found, &asked, team, view.as_of());
        if self.csv {
            csv::print(&context.output, &table(&told))?;
            return Ok(Exit::Done);
        }
        view.answer(&told, |view| text::late(&told, view))?;
        Ok(Exit::Done)
    }
}

const COLUMNS: &[&str] = &[
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
    "day",
    "member",
    "device",
    "authored",
    "recorded",
    "reason",
    "source",
    "undo",
    "undone",
    "event",
];

/// What stands before who, where and when.
struct Finding<'a> {
    finding: &'static str,
    of: Option<&'a json::OfKeyResult>,
    check_in: Option<String>,
    effective: Option<quarterdeck_core::calendar::Date>,
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
            csv::text(Some(cycle)),
            csv::text(Some(self.finding)),
            csv::text(self.of.map(|of| &of.reference.text)),
            csv::text(self.of.map(|of| &of.title)),
            csv::text(self.check_in),
            self.effective.map_or(Cell::Empty, Cell::Date),
            csv::text(self.field),
            csv::text(self.from),
            csv::text(self.to),
            self.days.map_or(Cell::Empty, csv::days),
            csv::yes(self.after_closing),
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

fn table(told: &json::Late) -> Table {
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
        rows.push(found.row(cycle, csv::act(&one.act)));
    }
    for one in &told.bunches {
        let found = Finding {
            field: Some(format!("{} check-ins", one.check_ins)),
            from: one.from.map(|day| day.to_string()),
            to: one.to.map(|day| day.to_string()),
            ..finding("many dates on one day")
        };
        let who = one.author.as_ref().unwrap_or(&one.member);
        let rest = vec![Cell::Date(one.day), csv::text(Some(who))];
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
        rows.push(found.row(cycle, csv::act(&one.act)));
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
        rows.push(found.row(cycle, csv::act(&one.act)));
    }
    for one in &told.after_grades {
        for after in &one.events {
            let event = &after.event;
            let found = Finding {
                of: Some(&one.of),
                effective: event.effective,
                to: Some(event.what.clone()),
                after_closing: after.after_closing,
                grades: [Cell::Number(one.grade), csv::number(one.computed_now)],
                ..finding("after the grade")
            };
            let author = event.imported.as_ref().map(|from| &from.author);
            let rest = vec![
                Cell::Empty,
                csv::text(Some(author.unwrap_or(&event.member))),
                csv::text(Some(&event.device)),
                csv::text(Some(event.authored.to_string())),
                csv::text(event.recorded.map(|moment| moment.to_string())),
                csv::text(event.reason.as_ref()),
                csv::text(event.imported.as_ref().map(|from| &from.origin)),
                csv::yes(event.undoes.is_some()),
                Cell::Empty,
                csv::text(Some(event.id.to_string())),
            ];
            rows.push(found.row(cycle, rest));
        }
    }
    Table {
        name: "Late",
        columns: COLUMNS,
        rows,
    }
}
