//! `okr import --git FILE`: the history of a file in git becomes the history of the OKRs in it.
//!
//! Guarantees:
//! - **A commit is a batch.** What a commit changed in the file against its parent is recorded as one
//!   command, with the commit's author and time as its source.
//! - **Once.** A commit that was imported is not imported again; later ones follow where it ended.
//! - **It ends as the file stands.** Where lines of work were joined outside of the commits, a last
//!   batch brings the workspace to the newest version.

use std::path::Path;

use quarterdeck_core::calendar::CycleName;
use quarterdeck_core::event::Source;
use quarterdeck_core::state::State;
use quarterdeck_exchange::outline::{Outline, Unread};
use quarterdeck_exchange::plan::Plan;
use quarterdeck_report::json;

use super::import::{Import, Version, day_of, hint, name_of, told};
use crate::ask::confirmed;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::git::{Commit, Repository};
use crate::progress::Bar;
use crate::session::Session;

/// A commit with the file before and after it.
struct Step {
    commit: Commit,
    source: Source,
    before: Outline,
    after: Outline,
    known: bool,
}

/// Imports the history of a file.
///
/// # Errors
/// git fails, a version cannot be read, or the workspace takes nothing.
pub(super) fn run(context: &Context, import: &Import) -> Result<Exit, Failure> {
    let repository = Repository::of(&import.file)?;
    let mut session = context.open()?;
    let steps = read(context, import, &session, &repository)?;
    let head = head(import, &session, &repository, &steps)?;
    let mut shown = json::Import {
        schema: json::Schema,
        file: name_of(&import.file),
        dry_run: true,
        events: 0,
        versions: Vec::new(),
    };
    let asks = !import.yes && context.output.asks();
    if import.dry_run || asks {
        follow(
            import,
            &mut session,
            &steps,
            head.as_ref(),
            &mut shown,
            false,
        )?;
    }
    if !import.dry_run {
        if asks && shown.events > 0 {
            import.show(&session, &shown)?;
            let question = format!("Record these {} events?", shown.events);
            confirmed(&context.output, false, &question)?;
        }
        (shown.events, shown.versions) = (0, Vec::new());
        follow(
            import,
            &mut session,
            &steps,
            head.as_ref(),
            &mut shown,
            true,
        )?;
        shown.dry_run = false;
    }
    import.show(&session, &shown)?;
    hint(context, import, shown.events)?;
    Ok(Exit::Done)
}

/// All commits with the file's versions. What is older than the last commit that was imported
/// counts as known: its outcome is in what was imported.
fn read(
    context: &Context,
    import: &Import,
    session: &Session<'_>,
    repository: &Repository,
) -> Result<Vec<Step>, Failure> {
    let commits = repository.commits()?;
    let last = commits
        .iter()
        .rposition(|commit| session.state().imported(&commit.origin()));
    let of = commits.len() as u64;
    let mut bar = Bar::new(&context.output);
    let mut steps = Vec::new();
    for (at, commit) in commits.into_iter().enumerate() {
        bar.set("reading", at as u64, of);
        let known = last.is_some_and(|last| at <= last);
        let outline = |bytes: Option<Vec<u8>>| match bytes {
            Some(bytes) => import
                .outline(session, &bytes, Path::new(commit.path()))
                .map_err(|failure| Failure {
                    message: format!("Commit {}: {}", commit.id, failure.message),
                    ..failure
                }),
            None => Ok(Outline::default()),
        };
        let after = outline(repository.version(&commit)?)?;
        let before = if known {
            Outline::default()
        } else {
            outline(repository.version_before(&commit)?)?
        };
        let source = Source {
            author: commit.author.clone(),
            at: commit.at,
            origin: commit.origin(),
        };
        steps.push(Step {
            commit,
            source,
            before,
            after,
            known,
        });
    }
    name_cycles(session, &mut steps);
    Ok(steps)
}

/// A plan for the next quarter is written so many days before it begins, at most.
const AHEAD: i32 = 14;

/// Objectives of a version that names no cycle are of the quarter of its commit, in the last two weeks
/// of a quarter of the next one; unless the next version that names one names the present one.
fn name_cycles(session: &Session<'_>, steps: &mut [Step]) {
    let mut next: Option<String> = None;
    for step in steps.iter_mut().rev() {
        next = step.after.cycles.first().cloned().or(next);
        let day = day_of(session.state(), step.commit.at);
        let quarter = |day| CycleName::quarter_of(day, session.fiscal()).to_string();
        let ahead = quarter(day.plus_days(AHEAD));
        let name = match &next {
            Some(next) if *next == quarter(day) => next.clone(),
            _ => ahead,
        };
        let objectives = step.before.objectives.iter_mut();
        for objective in objectives.chain(&mut step.after.objectives) {
            objective.cycle.get_or_insert_with(|| name.clone());
        }
    }
}

/// Follows the commits in order, in a trial of the workspace or for good.
fn follow(
    import: &Import,
    session: &mut Session<'_>,
    steps: &[Step],
    head: Option<&Step>,
    shown: &mut json::Import,
    record: bool,
) -> Result<(), Failure> {
    let mut state = session.state().clone();
    let mut before: Vec<Unread> = Vec::new();
    for step in steps {
        let commit = json::ImportCommit {
            id: step.commit.id.clone(),
            author: step.commit.author.clone(),
            at: step.commit.at,
            subject: step.commit.subject.clone(),
        };
        let version = Version {
            outline: &step.after,
            base: Some(&step.before),
            source: &step.source,
            on: day_of(&state, step.commit.at),
            from_here: None,
            drop_missing: false,
        };
        let planned = if step.known {
            Plan::default()
        } else {
            import.plan(session, &state, &version)?
        };
        let mut told = told(
            session.state(),
            &planned,
            &step.after,
            &before,
            Some(commit),
        );
        told.known = step.known;
        before = step
            .after
            .unread
            .iter()
            .chain(&planned.left)
            .cloned()
            .collect();
        state = take(import, session, state, step, &planned, shown, record)?;
        shown.versions.push(told);
    }
    match head {
        Some(head) => reconcile(import, session, state, (steps, head), shown, record),
        None => Ok(()),
    }
}

/// The version that is checked out, unless it was imported.
fn head(
    import: &Import,
    session: &Session<'_>,
    repository: &Repository,
    steps: &[Step],
) -> Result<Option<Step>, Failure> {
    let (commit, bytes) = repository.head()?;
    let source = Source {
        author: commit.author.clone(),
        at: commit.at,
        origin: commit.origin(),
    };
    if session.state().imported(&source.origin) {
        return Ok(None);
    }
    let Some(bytes) = bytes else { return Ok(None) };
    let mut after = import.outline(session, &bytes, &import.file)?;
    for objective in &mut after.objectives {
        let named = steps.last().and_then(|last| last.after.objectives.first());
        objective.cycle = objective
            .cycle
            .take()
            .or_else(|| named.and_then(|named| named.cycle.clone()));
    }
    // What was imported last is what it goes on from.
    let known = steps.iter().rposition(|step| step.known);
    let before = known
        .and_then(|at| steps.get(at))
        .map(|step| step.after.clone());
    if before.as_ref() == Some(&after) {
        return Ok(None);
    }
    Ok(Some(Step {
        commit,
        source,
        known: before.is_some(),
        before: before.unwrap_or_default(),
        after,
    }))
}

/// Brings the workspace to the version that is checked out, where the commits alone did not.
fn reconcile(
    import: &Import,
    session: &mut Session<'_>,
    state: State,
    (steps, head): (&[Step], &Step),
    shown: &mut json::Import,
    record: bool,
) -> Result<(), Failure> {
    let from_here = |source: &Source| steps.iter().any(|step| step.source.origin == source.origin);
    let version = Version {
        outline: &head.after,
        base: head.known.then_some(&head.before),
        source: &head.source,
        on: day_of(&state, head.commit.at),
        from_here: Some(&from_here),
        drop_missing: true,
    };
    let planned = import.plan(session, &state, &version)?;
    if planned.steps.is_empty() {
        return Ok(());
    }
    let commit = json::ImportCommit {
        id: head.commit.id.clone(),
        author: head.commit.author.clone(),
        at: head.commit.at,
        subject: format!("{} (what all commits came to)", head.commit.subject),
    };
    let told = told(
        session.state(),
        &planned,
        &Outline::default(),
        &head.after.unread,
        Some(commit),
    );
    take(import, session, state, head, &planned, shown, record)?;
    shown.versions.push(told);
    Ok(())
}

/// Carries a plan out, and answers the workspace after it.
fn take(
    import: &Import,
    session: &mut Session<'_>,
    state: State,
    step: &Step,
    planned: &Plan,
    shown: &mut json::Import,
    record: bool,
) -> Result<State, Failure> {
    if planned.steps.is_empty() {
        return Ok(state);
    }
    shown.events += planned.steps.len();
    if !record {
        return Ok(planned.after.clone());
    }
    let reason = Some(step.commit.subject.trim())
        .filter(|subject| !subject.is_empty())
        .map_or_else(|| format!("commit {}", step.commit.id), str::to_owned);
    import.record(session, planned, &step.source, &reason)?;
    Ok(session.state().clone())
}
