//! `okr digest`: what happened, for somebody who was away.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::digest::{self as rule, Between};
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::{Moment, When};
use quarterdeck_core::whose::Whose;
use quarterdeck_report::letter::{self, Letter};
use quarterdeck_report::text::Ansi;
use quarterdeck_report::{json, text};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::parse::day;
use crate::session::Session;
use crate::sink::Sink;
use crate::view::Time;

/// Tell what happened: what moved, stalled, is at risk, went wrong or well, and what is due.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr digest                       since Monday; on a Monday, since the last one
  okr digest --since 2026-08-03 --team sales
  okr digest --since \"2 weeks ago\" --format md
  okr digest -o digest.html        for mail: one document, nothing to load
  okr digest --since \"week 6\" --until \"week 6\" --json

It compares what was known then with what is known now: a check-in that came late is news.")]
pub(crate) struct Digest {
    /// From the beginning of this day or moment on [default: the last Monday before it ends].
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Up to the end of this day or moment [default: now].
    #[arg(long, value_name = "WHEN", conflicts_with = "as_of")]
    until: Option<When>,
    #[command(flatten)]
    time: Time,
    /// What this team, or a team below it, has.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// Written as [default: by the file's name, else text].
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Into this file [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How a digest is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal.
    Text,
    /// Markdown, for a chat.
    Md,
    /// One HTML document, for mail.
    Html,
}

impl Format {
    fn of_file(file: &Path) -> Self {
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("md" | "markdown") => Self::Md,
            Some("html" | "htm") => Self::Html,
            _ => Self::Text,
        }
    }
}

impl Digest {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if context.output.json && (self.output.is_some() || self.format.is_some()) {
            return Err(
                Failure::usage("JSON is a form of its own, and goes to standard output.")
                    .hint("leave out --json, or --format and --output"),
            );
        }
        let mut session = context.open()?;
        let since = self.beginning(&mut session)?;
        let then = session.state_at(since)?;
        let (from, then_on) = days(&session, since, then.recorded);
        let mut view = session.view(Time {
            as_of: self.until.or(self.time.as_of),
            on: self.time.on,
        })?;
        view.settle()?;
        let on = view.on();
        if on < from {
            return Err(Failure::usage(format!(
                "The digest would begin on {from} and end on {on}, before it began."
            ))
            .hint("give a --since that lies before --until, and before now"));
        }
        let team = (self.team.as_deref())
            .map(|team| view.resolver().team(team))
            .transpose()?;
        let whose = team.map_or(Whose::All, |team| Whose::team(view.state(), team));
        let between = Between {
            then: &then,
            then_on,
            now: view.state(),
            now_on: on,
        };
        let found = rule::digest(&between, &whose);
        let changed = found
            .goals
            .iter()
            .map(|one| (one.stamp.seq, one.stamp.event));
        let reasons = view.reasons_of(changed.collect())?;
        let names = view.names();
        let team = team.and_then(|team| names.title(Subject::Team(team)));
        let told = json::digest(&names, &found, (from, on), team, &|event| reasons.of(event));
        let letter = letter::digest(&told);
        let format = (self.format)
            .or_else(|| self.output.as_deref().map(Format::of_file))
            .unwrap_or(Format::Text);
        match (format, &self.output) {
            (_, None) if context.output.json => context.output.value(&told)?,
            (Format::Text, None) => view.answer(&told, |view| text::letter(&letter, view))?,
            (format, file) => {
                let shown = view.shown_for();
                let document = written(&letter, format, &shown);
                deliver(context, file.as_deref(), &document)?;
            }
        }
        Ok(Exit::Done)
    }

    /// Where it begins: as said, or with the week that the day before its last one was in.
    fn beginning(&self, session: &mut Session<'_>) -> Result<Moment, Failure> {
        if let Some(since) = &self.since {
            return session.moment(since, true);
        }
        let monday = self.last_day(session)?.plus_days(-1).monday();
        session.moment(&When::Day(monday), true)
    }

    /// The day whose figures are told.
    fn last_day(&self, session: &mut Session<'_>) -> Result<Date, Failure> {
        if let Some(on) = &self.time.on {
            return day(on, session.today());
        }
        let Some(until) = self.until.as_ref().or(self.time.as_of.as_ref()) else {
            return Ok(session.today());
        };
        let at = match session.moment(until, false)? {
            Moment::At(moment) => moment.min(session.context.now),
            position @ Moment::Position(_) => session.state_at(position)?.recorded,
        };
        Ok(session.zone().date_of(at))
    }
}

/// The first day that is told of, and the last one before.
fn days(session: &Session<'_>, since: Moment, recorded: Timestamp) -> (Date, Date) {
    let zone = session.zone();
    match since {
        Moment::At(moment) => {
            let before = Timestamp::from_ms(moment.ms().saturating_sub(1));
            (zone.date_of(moment), zone.date_of(before))
        }
        Moment::Position(_) => (zone.date_of(recorded), zone.date_of(recorded)),
    }
}

fn written(letter: &Letter, format: Format, shown: &text::View) -> String {
    match format {
        Format::Text => text::letter(letter, shown).render(Ansi::Off),
        Format::Md => letter::markdown(letter),
        Format::Html => letter::html(letter),
    }
}

fn deliver(context: &Context, file: Option<&Path>, document: &str) -> Result<(), Failure> {
    let mut sink = Sink::open(&context.output, file)?;
    if let Err(error) = sink.write_all(document.as_bytes()) {
        return sink.failed(error);
    }
    sink.finish()?;
    match file {
        None => Ok(()),
        Some(file) => context
            .output
            .line(&format!("Written to {}.", file.display())),
    }
}
