//! The guided walk through a cycle's ungraded key results: it takes minutes, and can be left and
//! taken up again at any point, since each grade is recorded as it is given.

use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Body;
use quarterdeck_core::grading;
use quarterdeck_core::id::{CycleId, KeyResultId};
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::Subject;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::number::count;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text;

use super::{graded, list, said};
use crate::ask::{Answer, Asker};
use crate::error::{Exit, Failure};
use crate::parse::share;
use crate::session::Session;

const HELP: &str = "Enter takes it, a number overrules; n learning, s skip, b back, q stop";

/// What somebody types at a key result.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Typed {
    Take,
    Overrule(Decimal),
    Note,
    Skip,
    Back,
    Quit,
}

/// Reads what was typed; the words are a person's, so it says what would do.
fn typed(text: &str) -> Result<Typed, String> {
    match text.trim().to_lowercase().as_str() {
        "" => Ok(Typed::Take),
        "n" => Ok(Typed::Note),
        "s" => Ok(Typed::Skip),
        "b" => Ok(Typed::Back),
        "q" => Ok(Typed::Quit),
        other => share(other)
            .map(Typed::Overrule)
            .map_err(|error| format!("{error}. {HELP}.")),
    }
}

/// Somebody who answers questions: a person at a terminal, or a test.
trait Answers {
    fn line(&mut self, question: &str, help: &str) -> Result<Answer<String>, Failure>;
}

impl Answers for &Asker {
    fn line(&mut self, question: &str, help: &str) -> Result<Answer<String>, Failure> {
        self.text(question, help)
    }
}

/// Walks with a person.
pub(super) fn walk(
    session: &mut Session<'_>,
    cycle: CycleId,
    mut asker: &Asker,
) -> Result<Exit, Failure> {
    go(session, cycle, &mut asker)
}

fn go(
    session: &mut Session<'_>,
    cycle: CycleId,
    person: &mut dyn Answers,
) -> Result<Exit, Failure> {
    let todo: Vec<KeyResultId> = (list(session, cycle).ungraded.iter())
        .map(|one| one.id)
        .collect();
    session.replica.release();
    let mut at = 0;
    let mut given = 0usize;
    while let Some(id) = todo.get(at).copied() {
        show(session, id, (at, todo.len()))?;
        let computed = grading::computed(session.state(), id, session.today());
        let question = match computed {
            Some(computed) => format!("Grade [{:.2}]", computed.round(2)),
            None => "Grade".to_owned(),
        };
        let Answer::Given(line) = person.line(&question, HELP)? else {
            break;
        };
        let answer = match typed(&line) {
            Ok(answer) => answer,
            Err(what) => {
                session.context.output.warning(&what);
                continue;
            }
        };
        let (to, why) = match answer {
            Typed::Quit => break,
            Typed::Skip => {
                at += 1;
                continue;
            }
            Typed::Back => {
                at = at.saturating_sub(1);
                continue;
            }
            Typed::Note => {
                note(session, id, person)?;
                continue;
            }
            Typed::Take => match computed {
                Some(computed) => (computed, None),
                None => {
                    let what = "Nothing can be computed here; type a grade, or s to skip.";
                    session.context.output.warning(what);
                    continue;
                }
            },
            Typed::Overrule(to) if Some(to) == computed => (to, None),
            Typed::Overrule(to) => match person.line("Why", "the computed one stays beside it")? {
                Answer::Given(why) if !why.trim().is_empty() => (to, Some(why)),
                _ => {
                    let what = "Another grade than the computed one needs a reason.";
                    session.context.output.warning(what);
                    continue;
                }
            },
        };
        let command = graded(session, id, computed, to);
        match session.record(vec![command], why.as_deref()) {
            Ok(_) => {
                given += 1;
                if let Some(said) = said(session, id) {
                    session.context.output.line(&said)?;
                }
            }
            Err(failure) => session.context.output.failure(&failure),
        }
        session.replica.release();
        at += 1;
    }
    finish(session, cycle, given)
}

fn note(
    session: &mut Session<'_>,
    id: KeyResultId,
    person: &mut dyn Answers,
) -> Result<(), Failure> {
    if let Answer::Given(text) = person.line("What was learned", "")?
        && !text.trim().is_empty()
    {
        let body = Body::NoteAdded {
            about: Subject::KeyResult(id),
            kind: NoteKind::Learning,
            text,
        };
        session.record(vec![Command::Record(body)], None)?;
        session.replica.release();
    }
    Ok(())
}

/// All that one needs to grade it: course, figures, notes.
fn show(session: &Session<'_>, id: KeyResultId, (at, of): (usize, usize)) -> Result<(), Failure> {
    let names = Names::new(session.state());
    let pending = Pending::default();
    let on = session.today();
    let output = &session.context.output;
    if let Some(shown) = json::key_result_show(&names, &pending, id, on, None, &|_| None) {
        output.line(&format!("\n{} of {of}", at + 1))?;
        output.document(&text::key_result_brief(&shown, &session.shown_for()))?;
    }
    Ok(())
}

fn finish(session: &Session<'_>, cycle: CycleId, given: usize) -> Result<Exit, Failure> {
    let rest = list(session, cycle);
    let output = &session.context.output;
    output.line(&format!("{} given.", count(given, "grade")))?;
    output.document(&text::grade_list(&rest, &session.shown_for()))?;
    Ok(if rest.ungraded.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a person would type, line by line; then they stop.
    struct Script(std::vec::IntoIter<&'static str>);

    impl Answers for Script {
        fn line(&mut self, _: &str, _: &str) -> Result<Answer<String>, Failure> {
            Ok(self
                .0
                .next()
                .map_or(Answer::Stopped, |line| Answer::Given(line.to_owned())))
        }
    }

    #[test]
    fn a_walk_takes_overrules_notes_and_goes_back() {
        let home = tempfile::tempdir().unwrap();
        let captured = crate::Captured::new(80);
        let around = |now: &str| crate::Surroundings {
            home: home.path().to_path_buf(),
            now: now.parse().unwrap(),
            seed: Some(now.len() as u64 + now.bytes().map(u64::from).sum::<u64>()),
            captured: Some(captured.clone()),
        };
        let in_july = |minute: u32| format!("2026-07-06T09:{minute:02}:00Z");
        for (minute, line) in (0..).zip([
            "init acme --as ana --time-zone UTC",
            "cycle new 2026-Q3",
            "objective new Grow --cycle 2026-Q3 --key grow",
            "kr new Leads --objective grow --increase 0..10 --key leads",
            "kr new Calls --objective grow --increase 0..10 --key calls",
            "kr new Visits --objective grow --increase 0..10 --key visits",
        ]) {
            let words = std::iter::once("okr").chain(line.split(' '));
            let said = crate::run(words.map(Into::into), around(&in_july(minute)));
            assert_eq!(said, Exit::Done, "{line}: {:?}", captured.take());
        }
        let global = crate::context::Global {
            workspace: None,
            json: false,
            color: None,
        };
        let context =
            crate::context::Context::new(&global, around("2026-10-01T09:00:00Z")).unwrap();
        let mut session = context.open().unwrap();
        let cycle = session.resolver().cycle("2026-Q3").unwrap();
        // Leads as computed; calls overruled, at the second go; back to it and on; visits left.
        let lines = vec![
            "",
            "0.5",
            "",
            "0.5",
            "rounded",
            "n",
            "start earlier",
            "b",
            "s",
            "q",
        ];
        let mut person = Script(lines.into_iter());
        let exit = go(&mut session, cycle, &mut person).unwrap();
        assert_eq!(exit, Exit::Findings, "one is left");
        let state = session.state();
        let grade = |title: &str| {
            (state.key_results.values())
                .find(|found| found.title == title)
                .and_then(|found| found.grade.clone())
        };
        assert_eq!(grade("Leads").unwrap().grade, Decimal::ZERO);
        let calls = grade("Calls").unwrap();
        assert_eq!(calls.grade, "0.5".parse().unwrap());
        assert_eq!(calls.reason.as_deref(), Some("rounded"));
        assert_eq!(grade("Visits"), None);
        assert_eq!(state.notes.len(), 1);
    }

    #[test]
    fn what_is_typed_is_read_or_explained() {
        assert_eq!(typed(""), Ok(Typed::Take));
        assert_eq!(typed(" S "), Ok(Typed::Skip));
        assert_eq!(typed("0.7"), Ok(Typed::Overrule("0.7".parse().unwrap())));
        assert_eq!(typed("70%"), Ok(Typed::Overrule("0.7".parse().unwrap())));
        for wrong in ["7", "x", "-1", "maybe"] {
            let told = typed(wrong).unwrap_err();
            assert!(told.ends_with("q stop."), "{told}");
        }
    }
}
