//! CSV and XLSX as other programs write them, and as nobody should.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use quarterdeck_core::token::MetricKind;
use quarterdeck_exchange::fields::Name;
use quarterdeck_exchange::{Format, Options, csv, read, xlsx};
use rust_xlsxwriter::{ExcelDateTime, Format as Look, Formula, Workbook};

#[test]
fn rows_share_the_objective_above_them_and_every_line_is_told() {
    let text = "\
Quarter,Objective,Key Result,Owner,From,To,Unit,Status\n\
\n\
2026-Q3,Grow,\"Leads,\nqualified\",Ana,500,550,leads,amber\n\
,,Churn,,4%,2.5%,,Cancelled\n\
,,Staff happy,,,8,,\n\
,Hire,,Ben,,,,\n\
,,,,,,,\n\
,,Too many cells,,1,2,x,,spare\n";
    let found = csv::read(text.as_bytes(), &Options::default()).unwrap();
    let [grow, hire] = found.objectives.as_slice() else {
        panic!("{found:?}")
    };
    let [leads, churn, staff] = grow.key_results.as_slice() else {
        panic!("{grow:?}")
    };
    assert_eq!(leads.title, "Leads, qualified");
    assert_eq!(churn.metric.as_ref().unwrap().kind, MetricKind::Decrease);
    assert_eq!(staff.metric.as_ref().unwrap().baseline, Some(0u32.into()));
    assert_eq!(hire.owner.as_deref(), Some("Ben"));
    let told: Vec<(usize, &str)> = found
        .unread
        .iter()
        .map(|one| (one.line, one.why.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                3,
                "'amber' is no state; how a key result is doing is computed from its check-ins."
            ),
            (6, "A baseline is missing; it is taken to be 0."),
            (8, "A line without an objective or a key result."),
            (9, "The line has more cells than the header."),
        ]
    );
}

#[test]
fn columns_can_be_mapped_and_delimiters_are_found() {
    let options = Options {
        columns: vec![
            ("Was".to_owned(), Name::KeyResult),
            ("Ziel".to_owned(), Name::Target),
        ],
        ..Options::default()
    };
    for delimiter in [";", "\t", ","] {
        let text = ["Objective", "Was", "Start", "Ziel"].join(delimiter)
            + "\n"
            + &["Grow", "Leads", "1", "2"].join(delimiter);
        let found = csv::read(text.as_bytes(), &options).unwrap();
        assert_eq!(
            found.objectives[0].key_results[0].title, "Leads",
            "{delimiter}"
        );
        assert_eq!(found.unread, []);
    }
}

#[test]
fn a_workbook_is_read_sheet_by_sheet_with_dates_and_remembered_values() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("OKRs").unwrap();
    sheet.write_row(0, 0, ["Our goals"]).unwrap();
    sheet
        .write_row(2, 0, ["Objective", "Key Result", "Start", "Target"])
        .unwrap();
    sheet.write_row(3, 0, ["Grow", "Leads"]).unwrap();
    sheet.write_number(3, 2, 0.1 + 0.2).unwrap();
    sheet
        .write_formula(3, 3, Formula::new("=1+1").set_result("2"))
        .unwrap();
    let sheet = book.add_worksheet().set_name("Series").unwrap();
    sheet
        .write_row(0, 0, ["Objective", "Key Result", "Value", "Date"])
        .unwrap();
    sheet.write_row(1, 0, ["Grow", "Leads"]).unwrap();
    sheet.write_number(1, 2, 1.5).unwrap();
    let day = ExcelDateTime::from_ymd(2026, 7, 5).unwrap();
    let look = Look::new().set_num_format("yyyy-mm-dd");
    sheet.write_datetime_with_format(1, 3, &day, &look).unwrap();
    let bytes = book.save_to_buffer().unwrap();

    let found = xlsx::read(&bytes, &Options::default()).unwrap();
    let leads = &found.objectives[0].key_results[0];
    let metric = leads.metric.as_ref().unwrap();
    assert_eq!(metric.baseline, Some("0.3".parse().unwrap()));
    assert_eq!(metric.target, Some(2u32.into()));
    assert_eq!(leads.check_ins[0].date.to_string(), "2026-07-05");
    assert_eq!(leads.check_ins[0].value, "1.5".parse().unwrap());
    let told: Vec<(usize, &str)> = found
        .unread
        .iter()
        .map(|one| (one.line, one.text.as_str()))
        .collect();
    assert_eq!(told, [(1, "Our goals")]);
}

#[test]
fn a_workbook_that_unpacks_without_end_is_refused() {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("xl/workbook.xml", options).unwrap();
    let block = vec![0u8; 1024 * 1024];
    for _ in 0..130 {
        archive.write_all(&block).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 1024 * 1024);
    let refused = xlsx::read(&bytes, &Options::default()).unwrap_err();
    assert_eq!(
        refused.message,
        "The workbook unpacks to more than 128 MiB."
    );
}

#[test]
fn a_sheet_with_a_cell_at_the_far_end_is_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["Objective", "Key Result"]).unwrap();
    sheet.write_string(1_048_575, 16_383, "far").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let refused = xlsx::read(&bytes, &Options::default()).unwrap_err();
    assert!(refused.message.contains("beyond 100000 rows"), "{refused}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), zipped: bool) {
        let bytes = if zipped { [b"PK\x03\x04".as_slice(), &bytes].concat() } else { bytes };
        for format in [Format::Markdown, Format::Csv, Format::Xlsx, Format::Json] {
            let _ = read(format, &bytes, &Options::default());
        }
    }

    #[test]
    fn any_table_is_read_with_every_line_told(
        rows in prop::collection::vec(prop::collection::vec("[a-z0-9%;:. -]{0,8}", 0..7), 0..12),
    ) {
        let mut text = "objective,key result,from,to,value,date\n".to_owned();
        for (at, row) in rows.iter().enumerate() {
            text.push_str(&format!("{},zq{at}zq\n", row.join(",")));
        }
        let found = csv::read(text.as_bytes(), &Options::default()).unwrap();
        let kept = serde_json::to_string(&found).unwrap();
        for at in 0..rows.len() {
            let line = at + 2;
            let token = format!("zq{at}zq");
            let listed = found.unread.iter().any(|one| one.line == line);
            prop_assert!(listed || kept.contains(&token), "line {line} of\n{text}\n{kept}");
        }
    }
}
