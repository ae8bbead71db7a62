//! What people wrote down in a cycle.

use quarterdeck_core::event::Body;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::Subject;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;

use super::sample::{cycle, eventful};

#[test]
fn notes_of_a_cycle_are_those_on_it_and_what_is_in_it_and_on_what_belongs_to_none() {
    let mut log = eventful();
    for (about, text) in [
        (Subject::Cycle(cycle("26q3")), "on the quarter"),
        (Subject::Cycle(cycle("2026")), "on the year"),
        (Subject::Workspace, "on the workspace"),
    ] {
        let note = Body::NoteAdded {
            about,
            kind: NoteKind::Comment,
            text: text.to_owned(),
        };
        log.add("ana", "2026-08-21", note);
    }
    let names = Names::new(&log.state);
    let texts = |cycle| -> Vec<String> {
        let found = json::note_list(&names, cycle).notes;
        found.into_iter().map(|one| one.note.text).collect()
    };
    // The latest first.
    let porto = "The fair in Porto\nwas cancelled.";
    assert_eq!(
        texts(Some(cycle("26q3"))),
        ["on the workspace", "on the quarter", porto]
    );
    assert_eq!(
        texts(Some(cycle("2026"))),
        ["on the workspace", "on the year"]
    );
    assert_eq!(texts(None), ["on the workspace"]);
    let found = json::note_list(&names, Some(cycle("26q3")));
    assert_eq!(found.cycle.as_deref(), Some("2026-Q3"));
    let about = found.notes.last().unwrap();
    assert_eq!(about.title.as_deref(), Some("Qualified leads"));
    assert_eq!(about.noun, "key result");
}
