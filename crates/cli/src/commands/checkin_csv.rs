//! `okr checkin --csv FILE`: many check-ins at once, all of them or none.
//!
//! The first line names the columns: `kr` and `value`, and if wanted `date`, `confidence` and `note`,
//! in any order. Every line that is wrong is named before anything is recorded.

use std::path::Path;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn};

use crate::bounded;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::parse::{day, measure, share};
use crate::session::Session;

const COLUMNS: [&str; 5] = ["kr", "value", "date", "confidence", "note"];

/// Where each column stands in a line.
#[derive(Debug, Default)]
struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    fn read(header: &csv::StringRecord) -> Result<Self, String> {
        let mut columns = Self::default();
        for (at, name) in header.iter().enumerate() {
            let name = name.trim().trim_start_matches('\u{feff}').to_lowercase();
            let slot = COLUMNS
                .iter()
                .zip(&mut columns.0)
                .find(|(known, _)| **known == name);
            match slot {
                Some((_, slot @ None)) => *slot = Some(at),
                Some((_, Some(_))) => return Err(format!("there are two columns '{name}'")),
                None => return Err(format!("there is no column '{name}'")),
            }
        }
        match columns.0 {
            [Some(_), Some(_), ..] => Ok(columns),
            _ => Err("the columns kr and value are needed".to_owned()),
        }
    }

    /// The text in a column; none where it is empty or left out.
    fn get<'a>(&self, record: &'a csv::StringRecord, column: &str) -> Option<&'a str> {
        let at = COLUMNS
            .iter()
            .zip(&self.0)
            .find(|(known, _)| **known == column)
            .and_then(|(_, at)| *at)?;
        record
            .get(at)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }
}

/// Records the check-ins of a file; `-` is standard input.
///
/// # Errors
/// A file that cannot be read, and lines that cannot be meant or are refused; nothing was recorded
/// then.
pub(crate) fn run(context: &Context, file: &Path) -> Result<Exit, Failure> {
    let shown = file.display();
    let bytes = bounded::read(file, quarterdeck_exchange::MAX_BYTES)?;
    let mut session = context.open()?;
    let Lines { good, mut wrong } = read(&session, &bytes).map_err(|why| {
        Failure::usage(format!("{shown}: {why}."))
            .hint("its first line names the columns: kr,value,date,confidence,note")
    })?;
    let unreadable = !wrong.is_empty();
    for (line, command) in &good {
        if let Err(refusal) = session.would_accept(command.clone()) {
            wrong.push((*line, refusal.message));
        }
    }
    if !wrong.is_empty() {
        wrong.sort();
        let exit = if unreadable {
            Exit::Usage
        } else {
            Exit::Refused
        };
        let lines = quarterdeck_report::number::count(wrong.len() as u64, "line");
        return Err(Failure::new(
            exit,
            format!("{shown}: {lines} cannot be recorded, so nothing was."),
        )
        .details(
            wrong
                .into_iter()
                .map(|(line, why)| format!("line {line}: {why}"))
                .collect(),
        )
        .hint("put them right and run the same command again"));
    }
    if good.is_empty() {
        return Err(Failure::usage(format!("{shown} has no check-ins.")));
    }
    let commands = good.into_iter().map(|(_, command)| command).collect();
    let done = session.record(commands, None)?;
    session.answer(&done, "see what became of it", "okr status")
}

/// The lines of a file by their numbers, counted from 1.
#[derive(Debug, Default)]
struct Lines {
    /// The check-ins that they mean.
    good: Vec<(u64, Command)>,
    /// What is wrong with the others.
    wrong: Vec<(u64, String)>,
}

/// The check-ins of a file, and what is wrong with which lines.
fn read(session: &Session<'_>, bytes: &[u8]) -> Result<Lines, String> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(bytes);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let columns = Columns::read(&header)?;
    let mut lines = Lines::default();
    for record in reader.records() {
        let line = |position: Option<&csv::Position>| position.map_or(0, csv::Position::line);
        match record {
            Err(error) => lines
                .wrong
                .push((line(error.position()), error.to_string())),
            Ok(record) => {
                let line = line(record.position());
                match check_in(session, &columns, &record) {
                    Ok(command) => lines.good.push((line, command)),
                    Err(why) => lines.wrong.push((line, why)),
                }
            }
        }
    }
    Ok(lines)
}

fn check_in(
    session: &Session<'_>,
    columns: &Columns,
    record: &csv::StringRecord,
) -> Result<Command, String> {
    let get = |column| columns.get(record, column);
    let wanted = |column| get(column).ok_or_else(|| format!("{column} is missing"));
    let told = |failure: Failure| {
        let mut message = failure.message;
        if !failure.details.is_empty() {
            message = format!("{message} ({})", failure.details.join("; "));
        }
        message
    };
    let key_result = session.resolver().key_result(wanted("kr")?).map_err(told)?;
    let metric = session.metric(key_result).map_err(told)?;
    let measure = measure(wanted("value")?, metric).map_err(told)?;
    let effective = match get("date") {
        Some(date) => day(date, session.today()).map_err(told)?,
        None => session.today(),
    };
    Ok(Command::Record(Body::CheckedIn(CheckedIn {
        key_result,
        measure,
        effective,
        confidence: get("confidence").map(share).transpose()?,
        projection: None,
        note: get("note").map(str::to_owned),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str) -> Result<Columns, String> {
        Columns::read(&csv::StringRecord::from(
            header.split(',').collect::<Vec<_>>(),
        ))
    }

    #[test]
    fn columns_come_in_any_order_and_case() {
        let columns = columns("\u{feff}Value,note,KR").unwrap();
        let record = csv::StringRecord::from(vec!["531", "", "leads"]);
        assert_eq!(columns.get(&record, "kr"), Some("leads"));
        assert_eq!(columns.get(&record, "value"), Some("531"));
        assert_eq!(columns.get(&record, "note"), None);
        assert_eq!(columns.get(&record, "date"), None);
    }

    #[test]
    fn columns_that_cannot_be_meant_are_named() {
        assert_eq!(
            columns("kr,amount").unwrap_err(),
            "there is no column 'amount'"
        );
        assert_eq!(columns("kr,kr").unwrap_err(), "there are two columns 'kr'");
        assert!(columns("kr,date").is_err());
    }
}
