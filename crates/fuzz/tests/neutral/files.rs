//! Files of every kind: a spreadsheet computes nothing of them, a browser runs nothing, a reader of Markdown sees
//! text.

use std::fs;

use calamine::{Data, Reader, Xlsx, open_workbook};
use quarterdeck_tests::TestEnv;

use crate::commands::ID;
use crate::looked;
use crate::{WORDS, attacked, heaped, shown};

#[test]
fn tables_hold_no_formula_and_nothing_that_acts() {
    let env = TestEnv::new();
    for (name, text) in [("lisbon", WORDS.to_owned()), ("porto", heaped())] {
        let machine = attacked(&env, name, &text);
        for what in ["okrs", "checkins", "notes"] {
            let run = machine
                .okr(&["export", "--format", "csv", "--what", what])
                .ok();
            let mut rows = csv::Reader::from_reader(run.stdout.as_bytes());
            let mut cells = 0;
            for row in rows.records() {
                let row = row.expect("a row");
                cells += row.len();
                looked::cells(&format!("CSV of {what}"), row.iter());
            }
            assert!(cells > 0 || what != "okrs", "no rows: {}", run.stdout);
        }
        for (file, arguments) in [
            ("okrs.xlsx", &["export", "--format", "xlsx", "-o"][..]),
            ("retro.xlsx", &["retro", ID, "--format", "xlsx", "-o"]),
        ] {
            let file = env.path().join(format!("{name}-{file}"));
            machine.okr(&[arguments, &[shown(&file)]].concat()).ok();
            let mut book: Xlsx<_> = open_workbook(&file).expect("a workbook");
            for sheet in book.sheet_names() {
                let range = book.worksheet_range(&sheet).expect("a sheet");
                let formulas = book.worksheet_formula(&sheet).expect("its formulas");
                assert!(
                    formulas.cells().all(|(_, _, formula)| formula.is_empty()),
                    "{sheet} computes"
                );
                for (_, _, cell) in range.cells() {
                    // A text in a cell of a workbook is no formula by its type; it does not act either.
                    if let Data::String(text) = cell {
                        looked::file(&sheet, text);
                    }
                }
            }
        }
    }
}

#[test]
fn pages_letters_and_charts_run_nothing_and_lead_nowhere() {
    let env = TestEnv::new();
    for (name, text) in [("lisbon", WORDS.to_owned()), ("porto", heaped())] {
        let machine = attacked(&env, name, &text);
        for (file, arguments) in [
            ("retro.html", &["retro", ID, "-o"][..]),
            ("digest.html", &["digest", "--since", "2026-06-01", "-o"]),
            ("chart.svg", &["kr", "chart", ID, "--as-of", "#40", "-o"]),
        ] {
            let path = env.path().join(format!("{name}-{file}"));
            machine.okr(&[arguments, &[shown(&path)]].concat()).ok();
            let text = fs::read_to_string(&path).expect("text");
            looked::markup(file, &text);
        }
    }
}

#[test]
fn markdown_stays_text() {
    let env = TestEnv::new();
    let machine = attacked(&env, "lisbon", WORDS);
    for arguments in [
        &["export", "--format", "md"][..],
        &["retro", ID, "--format", "md"],
        &["digest", "--since", "2026-06-01", "--format", "md"],
    ] {
        let what = format!("okr {}", arguments.join(" "));
        let text = machine.okr(arguments).ok().stdout;
        looked::file(&what, &text);
        let mut headings = 0;
        for event in pulldown_cmark::Parser::new(&text) {
            use pulldown_cmark::{Event, Tag};
            match event {
                Event::Html(html) | Event::InlineHtml(html) => {
                    panic!("{what} has an element {html}")
                }
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    panic!("{what} leads to {dest_url}");
                }
                Event::Code(code) => assert!(!code.contains("evil"), "{what} has code {code}"),
                Event::Start(Tag::Heading { .. }) => headings += 1,
                Event::Text(text) if headings > 0 => {
                    assert!(
                        !text.starts_with("second"),
                        "{what}: a text became a heading"
                    );
                }
                _ => {}
            }
        }
        assert!(headings > 0, "{what} says nothing: {text}");
    }
}

#[test]
fn what_was_exported_reads_back_without_a_formula_or_an_escape() {
    let env = TestEnv::new();
    let machine = attacked(&env, "lisbon", WORDS);
    let file = env.path().join("log.jsonl");
    machine.okr(&["export", "-o", shown(&file)]).ok();
    let log = fs::read_to_string(&file).expect("the log");
    looked::json("an exported log", &log);
    // Escaped, it means the same: the copy of the copy is the same log.
    let porto = env.machine("porto");
    porto.okr(&["import", shown(&file)]).ok();
    assert_eq!(porto.log().len(), machine.log().len());
}
