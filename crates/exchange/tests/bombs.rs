//! Small files that ask for much: each is refused with a sentence, and before it got what it asks for.
#![allow(clippy::unwrap_used, reason = "tests and their helpers")]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use quarterdeck_exchange::{Format, MAX_BYTES, Options, Outline, ReadError, read};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const KINDS: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
const ROOT: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A workbook of so many sheets, all of which are the same part, and a part of shared texts.
fn workbook(names: &[String], sheet: &str, shared: &str) -> Vec<u8> {
    let mut sheets = String::new();
    let mut related = String::new();
    for (at, name) in names.iter().enumerate() {
        let id = at + 1;
        write!(
            sheets,
            r#"<sheet name="{name}" sheetId="{id}" r:id="rId{id}"/>"#
        )
        .unwrap();
        write!(
            related,
            r#"<Relationship Id="rId{id}" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>"#
        )
        .unwrap();
    }
    let book = format!(
        r#"<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets></workbook>"#
    );
    let related = format!(
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{related}<Relationship Id="rIdS" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
    );
    packed(&[
        ("[Content_Types].xml", KINDS),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &related),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", shared),
    ])
}

fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn sheet(rows: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>"#
    )
}

fn shared(texts: &[&str]) -> String {
    let mut all = String::new();
    for text in texts {
        write!(all, "<si><t>{text}</t></si>").unwrap();
    }
    format!(r#"<?xml version="1.0"?><sst xmlns="{MAIN}">{all}</sst>"#)
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("Sheet {at}")).collect()
}

const HEADER: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>objective</t></is></c><c r="B1" t="inlineStr"><is><t>key result</t></is></c></row>"#;

fn read_as(format: Format, bytes: &[u8]) -> Result<Outline, ReadError> {
    read(format, bytes, &Options::default())
}

#[track_caller]
fn refused(bytes: &[u8], why: &str) {
    assert!(
        bytes.len() < 2 << 20,
        "{} bytes are no small file",
        bytes.len()
    );
    let error = read_as(Format::Xlsx, bytes).unwrap_err().to_string();
    assert!(error.contains(why), "{error}");
    assert!(error.len() < 1_000, "{} bytes of error", error.len());
}

#[test]
fn an_ordinary_workbook_made_by_hand_is_read() {
    let rows = format!(
        r#"{HEADER}<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>"#
    );
    let texts = shared(&["Grow", "Qualified leads from 10 to 20"]);
    let outline = read_as(Format::Xlsx, &workbook(&names(1), &sheet(&rows), &texts)).unwrap();
    assert_eq!(outline.objectives.len(), 1);
}

#[test]
fn a_part_that_unpacks_to_very_much_is_refused() {
    let zeros = "0".repeat(200 << 20);
    let bomb = packed(&[
        ("[Content_Types].xml", KINDS),
        ("xl/worksheets/sheet1.xml", &zeros),
    ]);
    refused(&bomb, "unpacks to more than 128 MiB");
    // Also where many parts do so together.
    let zeros = "0".repeat(20 << 20);
    let parts: Vec<String> = (0..10).map(|at| format!("part{at}")).collect();
    let parts: Vec<_> = parts
        .iter()
        .map(|name| (name.as_str(), zeros.as_str()))
        .collect();
    refused(&packed(&parts), "unpacks to more than 128 MiB");
}

#[test]
fn a_workbook_in_a_workbook_is_not_looked_into() {
    let zeros = "0".repeat(100 << 20);
    let inner = packed(&[("inner", &zeros)]);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..20 {
        zip.start_file(format!("xl/inner{at}.xlsx"), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&inner).unwrap();
    }
    refused(&zip.finish().unwrap().into_inner(), "cannot be read");
}

#[test]
fn one_sheet_that_is_named_thousands_of_times_is_refused() {
    let rows = HEADER.to_owned();
    refused(
        &workbook(&names(5_000), &sheet(&rows), &shared(&[])),
        "more than 256 sheets",
    );
    let long = vec!["x".repeat(1 << 20)];
    refused(
        &workbook(&long, &sheet(&rows), &shared(&[])),
        "very long name",
    );
}

#[test]
fn cells_without_number_are_refused_although_each_sheet_has_room_for_them() {
    let mut rows = HEADER.to_owned();
    for row in 2..=2_000 {
        write!(rows, r#"<row r="{row}">"#).unwrap();
        rows.push_str(&"<c><v>1</v></c>".repeat(200));
        rows.push_str("</row>");
    }
    refused(
        &workbook(&names(20), &sheet(&rows), &shared(&[])),
        "more than 2000000 cells",
    );
}

#[test]
fn one_text_that_is_named_thousands_of_times_is_refused() {
    let long = "x".repeat(1 << 20);
    let mut rows = HEADER.to_owned();
    for row in 2..=20_000 {
        write!(
            rows,
            r#"<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>"#
        )
        .unwrap();
    }
    refused(
        &workbook(&names(1), &sheet(&rows), &shared(&[&long])),
        "more than 64 MiB of text",
    );
}

#[test]
fn a_sheet_beyond_its_rows_and_columns_is_refused() {
    for cell in ["A100001", "XFD1048576", "IW1"] {
        let rows = format!(r#"<row><c r="{cell}"><v>1</v></c></row>"#);
        refused(
            &workbook(&names(1), &sheet(&rows), &shared(&[])),
            "it goes beyond",
        );
    }
    // What the sheet claims to be is not believed.
    let rows = sheet(HEADER).replace(
        "<sheetData>",
        r#"<dimension ref="A1:XFD1048576"/><sheetData>"#,
    );
    assert!(read_as(Format::Xlsx, &workbook(&names(1), &rows, &shared(&[]))).is_ok());
}

#[test]
fn entities_do_not_expand() {
    let mut entities = String::from(r#"<!ENTITY a0 "lol">"#);
    for level in 1..20 {
        let before = format!("&a{};", level - 1).repeat(10);
        write!(entities, r#"<!ENTITY a{level} "{before}">"#).unwrap();
    }
    let evil = r#"<!ENTITY file SYSTEM "file:///etc/passwd">"#;
    for (declared, used) in [(entities.as_str(), "&a19;"), (evil, "&file;")] {
        let texts = format!(
            r#"<?xml version="1.0"?><!DOCTYPE sst [{declared}]><sst xmlns="{MAIN}"><si><t>{used}</t></si></sst>"#
        );
        let rows = format!(r#"{HEADER}<row r="2"><c r="A2" t="s"><v>0</v></c></row>"#);
        let outcome = read_as(Format::Xlsx, &workbook(&names(1), &sheet(&rows), &texts));
        let shown = match outcome {
            Ok(outline) => format!("{outline:?}"),
            Err(error) => error.to_string(),
        };
        assert!(
            !shown.contains("lol") && !shown.contains("root:"),
            "{shown}"
        );
        assert!(shown.len() < 2_000, "{} bytes", shown.len());
    }
}

#[test]
fn names_of_parts_lead_nowhere() {
    let rows = sheet(HEADER);
    let odd = [
        ("[Content_Types].xml", KINDS),
        ("../../../../tmp/quarterdeck-escaped", "escaped"),
        ("/tmp/quarterdeck-escaped", "escaped"),
        ("C:\\quarterdeck-escaped", "escaped"),
        ("xl/worksheets/sheet1.xml", &rows),
    ];
    let _ = read_as(Format::Xlsx, &packed(&odd));
    assert!(!std::path::Path::new("/tmp/quarterdeck-escaped").exists());
}

#[test]
fn json_that_is_nested_deeply_is_refused() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let depth = 2_000_000 / open.len();
        for end in [String::new(), close.repeat(depth)] {
            let nested = format!(
                r#"{{"schema":"quarterdeck/outline/1","outline":{}1{end}"#,
                open.repeat(depth)
            );
            let error = read_as(Format::Json, nested.as_bytes())
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("recursion limit") || error.contains("invalid type"),
                "{error}"
            );
        }
    }
}

#[test]
fn csv_of_one_giant_cell_or_of_many_is_read_or_refused_in_a_few_words() {
    let giant = format!(
        "objective,key result\n\"{}\",x\n",
        "y".repeat(MAX_BYTES - 100)
    );
    let never_closed = format!("objective,key result\n\"{}", "y".repeat(MAX_BYTES - 100));
    let wide = format!("objective,key result\n{}\n", ",".repeat(MAX_BYTES - 100));
    let header = format!("objective{}\n", ",x".repeat(1_000_000));
    let many = format!("objective,cycle\n{}", "x,y\n".repeat(4_000_000));
    let short = format!(
        "objective,cycle\n{}",
        (0..90_000).fold(String::new(), |mut text, at| {
            let _ = writeln!(text, "o{at},c{at}");
            text
        })
    );
    let unread = format!("objective,wat\n{}", ",z\n".repeat(99_000));
    for document in [giant, never_closed, wide, header, many, short, unread] {
        match read_as(Format::Csv, document.as_bytes()) {
            Ok(outline) => {
                assert!(outline.objectives.len() <= 5_000 && outline.unread.len() <= 10_001);
            }
            Err(error) => assert!(error.to_string().len() < 10_000),
        }
    }
    let beyond = vec![b'x'; MAX_BYTES + 1];
    let error = read_as(Format::Csv, &beyond).unwrap_err().to_string();
    assert!(error.contains("more than 16 MiB"), "{error}");
}

#[test]
fn markdown_that_is_nested_deeply_is_read() {
    let quotes = format!("{}# Grow\n", "> ".repeat(50_000));
    let lists: String = (0..1_000).fold(String::new(), |mut text, depth| {
        let _ = writeln!(text, "{}- item", "  ".repeat(depth));
        text
    });
    let brackets = "[".repeat(200_000);
    let stars = "*a **".repeat(40_000);
    let anchors: String = (1..50).fold("---\na0: &a0 lol\n".to_owned(), |mut text, level| {
        let before = format!("*a{}, ", level - 1).repeat(10);
        let _ = writeln!(text, "a{level}: &a{level} [{before}]");
        text
    }) + "---\n# Grow\n";
    for document in [quotes, lists, brackets, stars, anchors] {
        let _ = read_as(Format::Markdown, document.as_bytes());
    }
}
