//! Other tools' files: read, planned against a workspace, and written again.

use std::sync::OnceLock;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::Author;
use quarterdeck_core::id::{DeviceId, IdSource, Uuid};
use quarterdeck_core::state::State;
use quarterdeck_exchange::tables::{What, table};
use quarterdeck_exchange::{Format, Options, Outline, from_state, json, plan, read, write};

use crate::fold;
use crate::neutral::{is_formula, sound};

const FROM_HERE: &str = "import";

struct Counted(u128);

impl IdSource for Counted {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// A workspace with something in it.
fn workspace() -> &'static State {
    static STATE: OnceLock<State> = OnceLock::new();
    STATE.get_or_init(fold::sample)
}

fn options() -> Options {
    Options {
        teams: vec!["Sales".to_owned(), "Data".to_owned()],
        columns: Vec::new(),
    }
}

fn imported(format: Format, bytes: &[u8]) {
    let Ok(outline) = read(format, bytes, &options()) else {
        return;
    };
    let _ = Format::of(bytes);
    taken(&outline);
    written(&outline);
}

/// What the outline comes to in a workspace, and what is shown of that.
fn taken(outline: &Outline) {
    let on = Date::from_days_since_epoch(20_500);
    let state = workspace();
    let member = *(state.members.keys().next()).expect("a workspace has a member");
    let options = plan::Options {
        author: Author {
            workspace: state.workspace.as_ref().expect("it began").id,
            member,
            device: DeviceId::from_bytes([1; 16]),
            number: 0,
            tip: None,
            authored: Hlc::at(state.recorded.ms()),
            seen: state.head,
            source: None,
        },
        on,
        cycle: None,
        cycle_name: Some("2026-Q2".to_owned()),
        owner: None,
        team: None,
        all_new: false,
        base: None,
        from_here: Some(&|source| source.origin == FROM_HERE),
        drop_missing: false,
    };
    let made = plan::plan(outline, state, &options, &mut Counted(1 << 80));
    assert!(made.commands().len() == made.steps.len());
    let after = from_state::outline(&made.after, None, on);
    written(&after);
    for what in [What::Okrs, What::CheckIns, What::Notes] {
        let sheet = table(&made.after, what, None, on);
        assert!(
            sheet
                .rows
                .iter()
                .all(|row| row.len() == sheet.columns.len())
        );
        let text = write::csv(&sheet);
        let mut rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_bytes());
        for row in rows.records() {
            let row = row.expect("what is written can be read");
            assert_eq!(row.len(), sheet.columns.len());
            assert!(!row.iter().any(is_formula), "{row:?}");
        }
    }
}

/// An outline as JSON reads as it was, and as Markdown gives a document of as many objectives.
fn written(outline: &Outline) {
    assert_eq!(
        json::read(json::write(outline).as_bytes()).as_ref().ok(),
        Some(outline)
    );
    let text = write::markdown(outline);
    sound(&text.replace(['\t', '\r'], " "));
}

/// Markdown.
pub(crate) fn markdown(bytes: &[u8]) {
    imported(Format::Markdown, bytes);
}

/// Text with delimiters.
pub(crate) fn csv(bytes: &[u8]) {
    imported(Format::Csv, bytes);
}

/// A workbook.
pub(crate) fn xlsx(bytes: &[u8]) {
    imported(Format::Xlsx, bytes);
}

/// An outline as JSON.
pub(crate) fn outline(bytes: &[u8]) {
    imported(Format::Json, bytes);
}
