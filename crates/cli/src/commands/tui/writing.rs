//! What the live screen records, read as the plain commands read it and refused in the same words.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn};
use quarterdeck_core::id::EventId;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::{Subject, Value};
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text::{self, Line, Style};
use quarterdeck_screen::tui::{Answer, LastCommand};

use crate::commands::undo;
use crate::error::Failure;
use crate::parse::{measure, share};
use crate::session::{Recorded, Session};

/// Records a check-in of today.
pub(super) fn check_in(
    session: &mut Session<'_>,
    key_result: &str,
    value: &str,
    (confidence, note): (&str, &str),
) -> Result<Answer, Failure> {
    let key_result = session.resolver().key_result(key_result)?;
    if value.is_empty() {
        return Err(Failure::usage("There is no value yet.")
            .hint("a number, a change such as +3, `done`, or a step's name"));
    }
    let measure = measure(value, session.metric(key_result)?)?;
    let confidence = match confidence {
        "" => None,
        text => Some(share(text).map_err(|error| Failure::usage(format!("{error}.")))?),
    };
    let body = Body::CheckedIn(CheckedIn {
        key_result,
        measure,
        effective: session.today(),
        confidence,
        projection: None,
        note: (!note.is_empty()).then(|| note.to_owned()),
    });
    let done = session.record(vec![Command::Record(body)], None)?;
    Ok(told(session, &done, session.standing(key_result)))
}

/// Writes a note.
pub(super) fn note(
    session: &mut Session<'_>,
    about: &str,
    kind: NoteKind,
    text: &str,
) -> Result<Answer, Failure> {
    let about = session.resolver().subject(about)?;
    let body = Body::NoteAdded {
        about,
        kind,
        text: text.to_owned(),
    };
    let done = session.record(vec![Command::Record(body)], None)?;
    Ok(told(session, &done, None))
}

/// Settles a conflict for the side that an edit set.
pub(super) fn settle(
    session: &mut Session<'_>,
    (about, field): (Option<&str>, &str),
    side: EventId,
    why: &str,
) -> Result<Answer, Failure> {
    let subject = match about {
        Some(about) => session.resolver().subject(about)?,
        None => Subject::Workspace,
    };
    let (field, to) = chosen(session, subject, field, side).ok_or_else(|| {
        Failure::not_found("That conflict is settled already, or its sides have changed.")
            .hint("see what is open now")
    })?;
    let command = Command::Resolve { subject, field, to };
    let why = (!why.is_empty()).then_some(why);
    let done = session.record(vec![command], why)?;
    Ok(told(session, &done, None))
}

fn chosen(
    session: &Session<'_>,
    subject: Subject,
    field: &str,
    side: EventId,
) -> Option<(quarterdeck_core::value::Field, Value)> {
    let state = session.state();
    let open = (state.conflicts.iter())
        .find(|open| open.subject == subject && open.field.word() == field)?;
    let contender = open.contenders.iter().find(|one| one.stamp.event == side);
    let value = match contender {
        Some(contender) => contender.value.clone(),
        // What is in effect may be no side of its own.
        None if state.stamp(subject, &open.field)?.event == side => {
            state.get(subject, &open.field)?
        }
        None => return None,
    };
    Some((open.field.clone(), value))
}

/// What an undo would take back.
pub(super) fn last_command(session: &mut Session<'_>) -> Result<LastCommand, Failure> {
    let events = undo::last_command(session)?;
    session.replica.release();
    let names = Names::new(session.state());
    let view = session.shown_for();
    let confirmed = session.replica.confirmed().head;
    let told = (events.iter())
        .map(|entry| {
            let line = json::log_line(&names, entry, entry.seq > confirmed);
            let when = text::moment(line.authored, &view.zone, view.today);
            let mut told = Line::new().muted(when).plain("  ");
            if let Some(title) = &line.title {
                told = told.said(Style::Strong, title).plain("  ");
            }
            told.said(Style::Plain, &line.what)
        })
        .collect();
    let events = events.iter().map(|entry| entry.event.id).collect();
    Ok(LastCommand { events, told })
}

/// Takes back what was shown to be the last command.
pub(super) fn undo(session: &mut Session<'_>, shown: &[EventId]) -> Result<Answer, Failure> {
    let events = undo::last_command(session)?;
    if !events.iter().map(|entry| &entry.event.id).eq(shown) {
        return Err(
            Failure::usage("Something else was recorded on this machine meanwhile.")
                .hint("look at it again: u"),
        );
    }
    let done = session.record(undo::commands(events), None)?;
    Ok(told(session, &done, None))
}

/// What was recorded, and how it stands now.
fn told(session: &Session<'_>, done: &Recorded, standing: Option<String>) -> Answer {
    let names = Names::new(session.state());
    let written = text::written(&done.told(&names), &session.shown_for());
    let mark = || Line::new().with(Style::Good, "✓ ");
    let mut lines: Vec<Line> = (written.lines().iter().take(3))
        .map(|line| mark().join(line.clone()))
        .collect();
    if let Some(standing) = standing {
        lines.push(Line::new().plain("  ").said(Style::Muted, &standing));
    }
    Answer::Done(lines)
}
