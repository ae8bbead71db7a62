//! `okr retro`: a cycle looked back on, for people who sit down together.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use quarterdeck_core::retro::Asked;
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::Moment;
use quarterdeck_exchange::{tables, write};
use quarterdeck_report::json::{self, AsOf, Retro as Told};
use quarterdeck_report::{letter, page, text};

use super::sheet;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::sink::Sink;
use crate::view::{Time, View};

/// Look back on a cycle: scores, what happened and why, what was learned, what goes on.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr retro                                 of the cycle that is active today
  okr retro 2026-Q3 -o retro.html           a page that replays the quarter, in one file
  okr retro 2026-Q3 -o retro.md             the whole document, in Markdown
  okr retro 2026-Q3 --compare 2026-Q1
  okr retro 2026-Q3 --format xlsx -o q3.xlsx
  okr retro --as-of \"week 6\"                as it would have been told then
  okr retro 2026-Q3 --json

A closed cycle is told as at its closing; with --on, with all that was learned since. \
Every sentence names the entries behind it: see them with `okr log`. docs/retro.md has the rules.")]
pub(crate) struct Retro {
    /// The cycle [default: the one that is active today].
    #[arg(value_name = "CYCLE", add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Beside this cycle [default: the one of its kind right before it].
    #[arg(long, value_name = "CYCLE", add = crate::complete::cycles())]
    compare: Option<String>,
    /// Written as [default: by the file's name, else text].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Into this file [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    time: Time,
}

/// How a retrospective is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A page that replays the cycle: one file, for any browser.
    Html,
    /// Markdown, for a wiki or a repository.
    Md,
    /// One JSON object; the same as --json.
    Json,
    /// A workbook: scores, check-ins, changes and notes, a sheet each.
    Xlsx,
}

impl Format {
    const fn word(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Md => "md",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
        }
    }

    fn of_file(file: &Path) -> Result<Self, Failure> {
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("html" | "htm") => Ok(Self::Html),
            Some("md" | "markdown") => Ok(Self::Md),
            Some("json") => Ok(Self::Json),
            Some("xlsx") => Ok(Self::Xlsx),
            _ => Err(Failure::usage(format!(
                "The name {} does not say how it shall be written.",
                file.display()
            ))
            .hint("end it in .html, .md, .json or .xlsx, or add --format")),
        }
    }
}

impl Retro {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let format = self.format(context)?;
        let file = self.output.as_deref();
        let mut view = context.open()?.view(self.time)?;
        let resolver = view.resolver();
        let named = (self.cycle.as_deref())
            .map(|cycle| resolver.cycle(cycle))
            .transpose()?;
        let compare = (self.compare.as_deref())
            .map(|cycle| resolver.cycle(cycle))
            .transpose()?;
        let cycle = (named.or_else(|| json::default_cycle(view.state(), view.on())))
            .ok_or_else(|| view.no_cycle())?;
        if compare == Some(cycle) {
            return Err(Failure::usage("A cycle is not compared with itself.")
                .hint("name another one with --compare, or leave it out"));
        }
        let asked = Asked {
            cycle,
            compare,
            on: view.on(),
            day_was_named: view.day_was_named(),
            as_of: view.as_of().map(|as_of| match as_of {
                AsOf::Moment(moment) => Moment::At(moment),
                AsOf::Position(position) => Moment::Position(position),
            }),
        };
        let told = view
            .ask(|past| json::retro(past, &asked))?
            .ok_or_else(|| Failure::not_found("There was no such cycle yet at that moment."))?;
        let page = (format == Some(Format::Html))
            .then(|| {
                let asked = page::Asked {
                    retro: asked,
                    live: None,
                };
                view.ask(|past| page::page_of(past, &told, &asked))
            })
            .transpose()?;
        // What is shown around it is as at its closing, too.
        let view = view.or_closed(Subject::Cycle(cycle))?;
        match (format, file) {
            (None | Some(Format::Json), None) => {
                let is_json = format.is_some();
                show(&view, &told, is_json)?;
            }
            (format, file) => {
                let format = format.unwrap_or(Format::Md);
                let document = match page {
                    Some(page) => page.html.into_bytes(),
                    None => document(&view, &told, &asked, format)?,
                };
                put(context, &document, format, file)?;
                view.tell_later();
            }
        }
        Ok(Exit::Done)
    }

    /// How it shall be written; none for the text of a terminal.
    fn format(&self, context: &Context) -> Result<Option<Format>, Failure> {
        let json = context.output.json.then_some(Format::Json);
        let format = match (json, self.format) {
            (Some(_), Some(other)) if other != Format::Json => {
                return Err(Failure::usage(format!(
                    "It is written as JSON or as {}, not both.",
                    other.word()
                ))
                .hint("leave out --json, or --format"));
            }
            (json, format) => json.or(format),
        };
        let format = match (format, &self.output) {
            (None, Some(file)) => Some(Format::of_file(file)?),
            (format, _) => format,
        };
        if format == Some(Format::Xlsx) && self.output.is_none() {
            return Err(Failure::usage("A workbook needs a file to go to.")
                .hint("name one: `okr retro -o retro.xlsx`"));
        }
        Ok(format)
    }
}

/// Shows it on standard output: as JSON, or as text with where there is more.
fn show(view: &View<'_>, told: &Told, is_json: bool) -> Result<(), Failure> {
    if is_json {
        view.context().output.value(told)?;
        view.tell_later();
        return Ok(());
    }
    view.answer(told, |shown| text::retro(told, shown))?;
    let name = super::argument(&told.cycle.name);
    let command = format!("okr retro {name} -o retro.html");
    view.context()
        .output
        .hint("all of it, as a page that replays it", &command)
}

/// The document as bytes.
fn document(
    view: &View<'_>,
    told: &Told,
    asked: &Asked,
    format: Format,
) -> Result<Vec<u8>, Failure> {
    let trouble = |error: &dyn std::fmt::Display| Failure::new(Exit::Trouble, format!("{error}."));
    match format {
        // A page was made already, of the log and not of the figures alone.
        Format::Html | Format::Md => Ok(letter::retro_markdown(told).into_bytes()),
        Format::Json => {
            let mut document = serde_json::to_vec(told).map_err(|error| trouble(&error))?;
            document.push(b'\n');
            Ok(document)
        }
        Format::Xlsx => {
            let what = tables::What::CheckIns;
            let sheets = [
                sheet::retro_scores(told),
                tables::table(view.state(), what, Some(asked.cycle), view.on()),
                sheet::retro_changes(told),
                sheet::retro_notes(told),
            ];
            write::xlsx(&sheets).map_err(|error| trouble(&error))
        }
    }
}

/// Puts a document in its place, and says what went there.
fn put(
    context: &Context,
    document: &[u8],
    format: Format,
    file: Option<&Path>,
) -> Result<(), Failure> {
    let mut sink = Sink::open(&context.output, file)?;
    if let Err(error) = sink.write_all(document) {
        return sink.failed(error);
    }
    sink.finish()?;
    let Some(file) = file else {
        return Ok(());
    };
    let answer = json::RetroWritten {
        schema: json::Schema,
        format: format.word(),
        file: file.display().to_string(),
    };
    (context.output).answer(&answer, || text::retro_written(&answer))
}
