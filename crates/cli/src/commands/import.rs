//! `okr import FILE`: OKRs that were kept elsewhere become the workspace's own, with their past where
//! the file has one. What to make of a document is decided by `quarterdeck-exchange`.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::Author;
use quarterdeck_core::event::Source;
use quarterdeck_core::id::{CycleId, IdSource};
use quarterdeck_core::state::State;
use quarterdeck_core::value::Field;
use quarterdeck_exchange::fields::Name;
use quarterdeck_exchange::outline::{Outline, Unread};
use quarterdeck_exchange::plan::{Act, Options, Plan, plan};
use quarterdeck_exchange::{Format, MAX_BYTES, Options as Reading, phrase};
use quarterdeck_report::names::Names;
use quarterdeck_report::{json, text};

use super::{import_git, import_log};
use crate::ask::confirmed;
use crate::bounded;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::session::Session;

/// So many events go into one command at most: fewer than the limit of the log.
const BATCH: usize = 500;

/// Bring in what was kept elsewhere: Markdown, CSV, XLSX, JSON, a file's history in git, a log.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr import okrs.md --dry-run          what would be made, and each line left out
  okr import okrs.xlsx --cycle 2026-Q3  objectives that name no cycle are of this one
  okr import series.csv --map 'KR name=key result' --map 'When=date'
  okr import --git okrs.md              each commit of a file as the step that it was
  okr import acme.jsonl                 a copy of a workspace, from its exported log

The same file twice changes nothing; its next version makes the edits. docs/exchange.md says how files \
are read, and how items are recognised again.")]
pub(crate) struct Import {
    /// The file.
    pub(super) file: PathBuf,
    /// Bring in the history that git has of the file, commit by commit.
    #[arg(long, conflicts_with = "drop_missing")]
    pub(super) git: bool,
    /// What form the file has [default: what its name or beginning says].
    #[arg(long, value_parser = PossibleValuesParser::new(Format::WORDS))]
    format: Option<String>,
    /// A column, and what it is about, such as `KR name=key result`.
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    columns: Vec<String>,
    /// The cycle of objectives that name none [default: the file's name, else the one that is active].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Drop what came from an earlier version of the file and is not in it any more.
    #[arg(long)]
    drop_missing: bool,
    /// Say what would be made and which lines would be left out, and record nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Do not ask whether to go on.
    #[arg(long, short = 'y')]
    pub(super) yes: bool,
}

/// How a version of a document is planned.
pub(super) struct Version<'a> {
    pub(super) outline: &'a Outline,
    pub(super) base: Option<&'a Outline>,
    pub(super) source: &'a Source,
    pub(super) on: Date,
    pub(super) from_here: Option<&'a dyn Fn(&Source) -> bool>,
    pub(super) drop_missing: bool,
}

impl Import {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if self.git {
            return import_git::run(context, &self);
        }
        if import_log::is_exported_log(&self.file)? {
            return import_log::run(context, &self.file, self.dry_run);
        }
        let bytes = bounded::read(&self.file, MAX_BYTES)?;
        let mut session = context.open()?;
        let outline = self.outline(&session, &bytes, &self.file)?;
        let origin = format!("file:{}", name_of(&self.file));
        let source = Source {
            author: session.state().member_name(session.me()).to_owned(),
            at: context.now,
            origin,
        };
        let from_here = |one: &Source| one.origin == source.origin;
        let version = Version {
            outline: &outline,
            base: None,
            source: &source,
            on: session.today(),
            from_here: Some(&from_here),
            drop_missing: self.drop_missing,
        };
        let state = session.state().clone();
        let planned = self.plan(&mut session, &state, &version)?;
        let told = told(&state, &planned, &outline, &[], None);
        let mut shown = json::Import {
            schema: json::Schema,
            file: name_of(&self.file),
            dry_run: true,
            events: planned.steps.len(),
            versions: vec![told],
        };
        if !self.dry_run && !planned.steps.is_empty() {
            if !self.yes && context.output.asks() {
                self.show(&session, &shown)?;
                let question = format!("Record these {} events?", planned.steps.len());
                confirmed(&context.output, false, &question)?;
            }
            let reason = format!("imported from {}", name_of(&self.file));
            self.record(&mut session, &planned, &source, &reason)?;
        }
        shown.dry_run = self.dry_run;
        self.show(&session, &shown)?;
        hint(context, &self, shown.events)?;
        Ok(Exit::Done)
    }

    /// The same command, without its dry run.
    fn again(&self) -> String {
        let mut words = vec!["okr import".to_owned()];
        if self.git {
            words.push("--git".to_owned());
        }
        words.push(quoted(&self.file.display().to_string()));
        let format = self.format.iter().map(|format| ("--format", format));
        let cycle = self.cycle.iter().map(|cycle| ("--cycle", cycle));
        let columns = self.columns.iter().map(|column| ("--map", column));
        for (option, value) in format.chain(cycle).chain(columns) {
            words.push(format!("{option} {}", quoted(value)));
        }
        if self.drop_missing {
            words.push("--drop-missing".to_owned());
        }
        words.join(" ")
    }

    pub(super) fn show(&self, session: &Session<'_>, shown: &json::Import) -> Result<(), Failure> {
        let view = session.shown_for();
        session
            .context
            .output
            .answer(shown, || text::import(shown, &view))
    }

    /// Records a plan, in as few commands as the log takes.
    pub(super) fn record(
        &self,
        session: &mut Session<'_>,
        planned: &Plan,
        source: &Source,
        reason: &str,
    ) -> Result<(), Failure> {
        for commands in planned.commands().chunks(BATCH) {
            session.record_imported(commands.to_vec(), source, reason)?;
        }
        Ok(())
    }

    /// What a document says.
    pub(super) fn outline(
        &self,
        session: &Session<'_>,
        bytes: &[u8],
        path: &Path,
    ) -> Result<Outline, Failure> {
        let options = Reading {
            teams: session
                .state()
                .teams
                .values()
                .map(|team| team.name.clone())
                .collect(),
            columns: self.columns()?,
        };
        let by_name = path
            .extension()
            .and_then(|extension| extension.to_str())
            .and_then(Format::from_word);
        let format = self
            .format
            .as_deref()
            .and_then(Format::from_word)
            .or(by_name)
            .unwrap_or_else(|| Format::of(bytes));
        quarterdeck_exchange::read(format, bytes, &options).map_err(|error| {
            Failure::usage(format!("{}: {}", name_of(path), error.message)).hint(error.hint)
        })
    }

    fn columns(&self) -> Result<Vec<(String, Name)>, Failure> {
        let each = self.columns.iter().map(|text| {
            let (column, field) = text.rsplit_once('=').ok_or_else(|| {
                Failure::usage(format!("'{text}' maps no column."))
                    .hint("for example --map 'KR name=key result'")
            })?;
            let name = Name::from_text(field).ok_or_else(|| {
                let known: Vec<&str> = Name::ALL
                    .iter()
                    .filter_map(|(_, words)| words.first().copied())
                    .collect();
                Failure::usage(format!("There is no field '{field}' to map a column to."))
                    .hint(format!("the fields are {}", known.join(", ")))
            })?;
            Ok((column.to_owned(), name))
        });
        each.collect()
    }

    /// What to do for a version of a document in a workspace that is as `state`.
    pub(super) fn plan(
        &self,
        session: &mut Session<'_>,
        state: &State,
        version: &Version<'_>,
    ) -> Result<Plan, Failure> {
        let by_name = phrase::cycle(&name_of(&self.file)).map(|(name, _)| name);
        let cycle = self.cycle(session, by_name.is_some())?;
        let identity = session.replica.identity();
        let author = Author {
            workspace: identity.workspace,
            member: session.me(),
            device: identity.device.id,
            number: 0,
            tip: None,
            authored: Hlc::at(session.context.now.ms()),
            seen: state.head,
            source: Some(version.source),
        };
        let options = Options {
            author,
            on: version.on,
            cycle: cycle.as_ref().ok().copied(),
            cycle_name: cycle.err().flatten().or(by_name),
            owner: None,
            team: None,
            all_new: false,
            base: version.base,
            from_here: version.from_here,
            drop_missing: version.drop_missing,
        };
        let ids: &mut dyn IdSource = session.random()?;
        Ok(plan(version.outline, state, &options, ids))
    }

    /// The cycle for what names none; else its name, if it is to be made.
    fn cycle(
        &self,
        session: &Session<'_>,
        named_by_file: bool,
    ) -> Result<Result<CycleId, Option<String>>, Failure> {
        match &self.cycle {
            Some(name) => match session.resolver().cycle(name) {
                Ok(cycle) => Ok(Ok(cycle)),
                Err(_) if phrase::cycle(name).is_some() => Ok(Err(Some(name.clone()))),
                Err(failure) => Err(failure),
            },
            None if named_by_file || self.git => Ok(Err(None)),
            None => Ok(session.cycle_or_current(None).map_err(|_| None)),
        }
    }
}

/// A version's plan for people and scripts.
pub(super) fn told(
    state: &State,
    planned: &Plan,
    outline: &Outline,
    before: &[Unread],
    commit: Option<json::ImportCommit>,
) -> json::ImportVersion {
    let names = Names::new(state);
    // What is made in a trial has no reference yet.
    let there = |subject| {
        [Field::State, Field::Name, Field::Value]
            .iter()
            .any(|field| state.get(subject, field).is_some())
    };
    let reference = |subject| names.subject(subject).filter(|_| there(subject));
    let steps = planned.steps.iter().map(|step| json::ImportStep {
        act: match step.act {
            Act::Make => "make",
            Act::Edit => "edit",
            Act::CheckIn => "check_in",
            Act::Grade => "grade",
            Act::Drop => "drop",
        },
        kind: match step.act {
            Act::CheckIn | Act::Grade => "check-in",
            _ => step.subject.noun(),
        },
        reference: match step.act {
            Act::Make => None,
            _ => reference(step.subject),
        },
        title: step.title.clone(),
        what: step.what.clone(),
        matched: step.why.map(|why| why.to_string()),
        line: (step.line > 0).then_some(step.line),
    });
    let missing = planned.missing.iter().map(|one| json::ImportMissing {
        reference: reference(one.subject),
        kind: one.subject.noun(),
        title: one.title.clone(),
    });
    let mut unread: Vec<&Unread> = outline.unread.iter().chain(&planned.left).collect();
    unread.sort_by_key(|one| one.line);
    json::ImportVersion {
        commit,
        known: false,
        steps: steps.collect(),
        unchanged: planned.unchanged,
        missing: missing.collect(),
        unread: unread
            .into_iter()
            .map(|one| json::ImportUnread {
                line: one.line,
                text: one.text.clone(),
                why: one.why.clone(),
                before: before
                    .iter()
                    .any(|known| known.text == one.text && known.why == one.why),
            })
            .collect(),
    }
}

/// Which command is useful next.
pub(super) fn hint(context: &Context, import: &Import, events: usize) -> Result<(), Failure> {
    match (import.dry_run, events) {
        (_, 0) => Ok(()),
        (true, _) => context.output.hint("do it", &import.again()),
        (false, _) => context.output.hint("see what is there now", "okr status"),
    }
}

/// A word of a command line, in quotes if it needs them.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':');
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// The day of a moment where the workspace is.
pub(super) fn day_of(state: &State, at: Timestamp) -> Date {
    let workspace = state.workspace.as_ref();
    workspace.map_or(Date::MIN, |workspace| workspace.date_of(at))
}
