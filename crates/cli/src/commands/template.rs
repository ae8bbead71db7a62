//! `okr template`: objectives and key results to begin from, by role.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, TemplateSaved};
use quarterdeck_core::id::{IdSource, ObjectiveId, TemplateId};
use quarterdeck_core::state::State;
use quarterdeck_core::token::Life;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_exchange::outline::{KeyResult, Objective, Outline};
use quarterdeck_exchange::templates::{self, Found};
use quarterdeck_exchange::{Options, from_state, markdown, write};
use quarterdeck_report::json::{self, Schema};
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use crate::bounded;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::view::Known;

mod apply;

/// Begin from objectives and key results that others have found good.
#[derive(Debug, Args)]
pub(crate) struct Template {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the templates: the workspace's own, and the built-in ones.
    List(List),
    /// Show what is in a template.
    Show(Show),
    /// Draft the objectives of a template, with their key results.
    Apply(apply::Apply),
    /// Keep a template of one's own, for everybody in the workspace.
    Save(Save),
    /// Offer a template of one's own no more.
    Remove(Remove),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr template list")]
struct List {
    #[command(flatten)]
    known: Known,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr template show sales-director
  okr template show sdr --markdown > ours.md")]
struct Show {
    /// The template, or a piece of its name.
    #[arg(value_name = "NAME", add = crate::complete::templates())]
    template: String,
    /// Print its text alone, to make one of your own from. Under --json it is `document`.
    #[arg(long)]
    markdown: bool,
    #[command(flatten)]
    known: Known,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr template show sdr --markdown > ours.md    begin from a built-in one
  okr template save \"our SDRs\" ours.md          keep what became of it
  okr template save \"our SDRs\" --from growth    or make it from objectives

Saving under a name that one of your own has already changes that one. \
How the text is written: docs/exchange.md.")]
struct Save {
    /// What it is for, such as `field sales`.
    #[arg(value_name = "NAME")]
    name: String,
    /// Its text in Markdown; `-` is standard input.
    #[arg(value_name = "FILE", required_unless_present = "from")]
    file: Option<PathBuf>,
    /// Make it from this objective: its words and key results, without people, dates and values. May
    /// be repeated.
    #[arg(long, value_name = "REF", conflicts_with = "file", add = crate::complete::objectives())]
    from: Vec<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr template remove \"our SDRs\" -m \"the role is gone\"")]
struct Remove {
    /// The template, or a piece of its name.
    #[arg(value_name = "NAME", add = crate::complete::templates())]
    template: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Template {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::List(list) => list.run(context),
            Verb::Show(show) => show.run(context),
            Verb::Apply(apply) => apply.run(context),
            Verb::Save(save) => save.run(context),
            Verb::Remove(remove) => remove.run(context),
        }
    }
}

impl List {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let view = context.open()?.view(self.known)?;
        let names = view.names();
        let templates = templates::all(view.state())
            .into_iter()
            .map(|template| {
                let outline = read(template.document);
                json::TemplateLine {
                    name: template.name.to_owned(),
                    reference: reference(&names, template.id),
                    key_results: (outline.objectives.iter())
                        .map(|objective| objective.key_results.len())
                        .sum(),
                    objectives: (outline.objectives.into_iter())
                        .map(|objective| objective.title)
                        .collect(),
                }
            })
            .collect();
        let list = json::TemplateList {
            schema: Schema,
            templates,
        };
        view.answer(&list, |shown_for| text::templates(&list, shown_for))?;
        Ok(Exit::Done)
    }
}

impl Show {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let view = context.open()?.view(self.known)?;
        let template = find(view.state(), &self.template)?;
        if self.markdown && !context.output.json {
            context.output.text(&ended(template.document))?;
            return Ok(Exit::Done);
        }
        let shown = shown(&view.names(), &template, None);
        view.answer(&shown, |shown_for| text::template(&shown, shown_for))?;
        Ok(Exit::Done)
    }
}

impl Save {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let document = match &self.file {
            Some(file) => text_of(file)?,
            None => from_objectives(&session, &self.from)?,
        };
        let outline = read(&document);
        if outline.objectives.is_empty() {
            return Err(
                Failure::usage("There is no objective in it, so nothing was kept.").hint(
                    "write them as `okr template show sdr --markdown` does: `## TITLE`, then `- KEY \
                     RESULT {increase 3..7}`",
                ),
            );
        }
        for line in &outline.unread {
            context.output.warning(&format!(
                "Line {} was not understood and will make nothing: {} {}",
                line.line, line.text, line.why
            ));
        }
        let own = own(session.state(), &self.name);
        let command = match own {
            Some(template) => Command::Edit {
                subject: Subject::Template(template),
                set: vec![(Field::Document, Value::Text(document))],
            },
            None => Command::Record(Body::TemplateSaved(TemplateSaved {
                template: TemplateId::new(session.random()?.next()),
                name: self.name.clone(),
                document,
            })),
        };
        let done = session.record(vec![command], self.reason.as_deref())?;
        session.answer(
            &done,
            "see how it reads",
            &format!("okr template show \"{}\"", self.name),
        )
    }
}

impl Remove {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let template = find(session.state(), &self.template)?;
        let Some(id) = template.id else {
            return Err(Failure::new(
                Exit::Refused,
                format!(
                    "'{}' comes with the program and cannot be removed.",
                    template.name
                ),
            )
            .hint("one of your own of that name takes its place: `okr template save NAME FILE`"));
        };
        let command = Command::Edit {
            subject: Subject::Template(id),
            set: vec![(Field::State, Value::Text(Life::Dropped.word().to_owned()))],
        };
        let done = session.record(vec![command], self.reason.as_deref())?;
        session.answer(&done, "see those that are left", "okr template list")
    }
}

/// The template that a person names.
fn find<'a>(state: &'a State, query: &str) -> Result<templates::Template<'a>, Failure> {
    match templates::find(state, query) {
        Found::One(found) => Ok(found),
        Found::None => Err(Failure::not_found(format!(
            "There is no template '{query}' in this workspace."
        ))
        .hint("see `okr template list`")),
        Found::Many(found) => Err(Failure::not_found(format!(
            "'{query}' could be {} templates; which one is meant?",
            found.len()
        ))
        .details(found.iter().map(|one| one.name.to_owned()).collect())
        .hint("use more of its name")),
    }
}

/// The workspace's own template of exactly this name.
fn own(state: &State, name: &str) -> Option<TemplateId> {
    match templates::find(state, name) {
        Found::One(found) if found.name == name => found.id,
        _ => None,
    }
}

fn read(document: &str) -> Outline {
    markdown::read(document, &Options::default())
}

fn reference(names: &Names<'_>, id: Option<TemplateId>) -> Option<quarterdeck_report::names::Ref> {
    names.subject(Subject::Template(id?))
}

/// A template as it is shown; `drafted` says where it would be drafted.
fn shown(
    names: &Names<'_>,
    template: &templates::Template<'_>,
    drafted: Option<json::TemplateDrafted>,
) -> json::TemplateShow {
    json::TemplateShow {
        schema: Schema,
        name: template.name.to_owned(),
        reference: reference(names, template.id),
        drafted,
        objectives: (read(template.document).objectives.into_iter())
            .map(|objective| json::TemplateObjective {
                title: objective.title,
                description: objective.description,
                kind: objective.kind,
                key_results: objective.key_results.into_iter().map(key_result).collect(),
            })
            .collect(),
        document: template.document.to_owned(),
    }
}

fn key_result(found: KeyResult) -> json::TemplateKeyResult {
    json::TemplateKeyResult {
        indicator: found.indicator,
        certainty: found.certainty,
        cadence: found.cadence,
        ..json::TemplateKeyResult::new(found.title, found.metric.as_ref())
    }
}

/// The text of a template made from objectives of the workspace: what they say and measure, without
/// whose they are and how they went.
fn from_objectives(session: &Session<'_>, references: &[String]) -> Result<String, Failure> {
    let (state, resolver) = (session.state(), session.resolver());
    let ids: Vec<ObjectiveId> = references
        .iter()
        .map(|reference| resolver.objective(reference))
        .collect::<Result<_, _>>()?;
    let objectives = ids.iter().filter_map(|id| {
        let found = state.objectives.get(id)?;
        let whole = from_state::objective(state, *id, found, session.today());
        Some(Objective {
            title: whole.title,
            description: whole.description,
            kind: whole.kind,
            key_results: (whole.key_results.into_iter())
                .filter(|one| one.state.is_none_or(|state| state.word() == "active"))
                .map(bare)
                .collect(),
            ..Objective::default()
        })
    });
    Ok(write::markdown(&Outline {
        objectives: objectives.collect(),
        ..Outline::default()
    }))
}

/// A key result without people, keys and measurements.
fn bare(found: KeyResult) -> KeyResult {
    KeyResult {
        title: found.title,
        metric: found.metric,
        weight: found.weight,
        rank: found.rank,
        certainty: found.certainty,
        cadence: found.cadence,
        indicator: found.indicator,
        ..KeyResult::default()
    }
}

/// What a text file says.
fn text_of(file: &Path) -> Result<String, Failure> {
    let bytes = bounded::read(file, quarterdeck_exchange::MAX_BYTES)?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::usage(format!("{} is no text.", file.display()))
            .hint("a template is a text in Markdown: see `okr template show sdr --markdown`")
    })
}

/// A text that ends with a line feed.
fn ended(text: &str) -> String {
    let mut text = text.trim_end().to_owned();
    text.push('\n');
    text
}
