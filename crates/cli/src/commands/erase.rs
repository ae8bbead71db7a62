//! `okr erase`: take texts out of the log for good, where the law or decency asks for it.

use std::collections::BTreeSet;
use std::io::Read;

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::erase::{Found, Wanted, may_erase};
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use super::undo;
use crate::ask::confirmed;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::resolve;
use crate::session::Session;

/// So many events of one command: a batch of a push takes no more.
const TOGETHER: usize = 500;
/// A reason may repeat what is shorter: a name is said in many.
const TELLING: usize = 12;

/// Erase texts from the log for good. What was measured, who wrote it and when stays, and so does every
/// proof. Only an owner may.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr erase n-7fk2 -m \"named a customer\" --dry-run   what would be erased
  okr erase \"#1204\" ci-3mq8 -m \"asked for by Ben\"
  okr erase \"#1204\" --text \"Mrs Silva\" -m \"privacy\"  of its texts, those with these words
  okr erase --text - -m \"privacy\"                     all texts with the words on standard input
  okr erase --member ben -m \"art. 17 GDPR, 2026-08-21\"

A text is erased wherever it is quoted: an edit holds the value before it, a carried objective
repeats its title. Where it stood, '[erased …]' stands, also for questions about the past.
Backups, exports and printouts made before keep it: see docs/erasure.md.")]
pub(crate) struct Erase {
    /// The events: references, ids, or positions such as #1204.
    #[arg(value_name = "EVENT")]
    events: Vec<String>,
    /// All that a member wrote, and what they, their address and their devices are called.
    #[arg(long, value_name = "MEMBER", conflicts_with = "events", add = crate::complete::members())]
    member: Option<String>,
    /// Only texts that hold these words; `-` reads them from standard input, where no shell keeps them.
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// Why. It stays in the log, so it does not repeat what is erased.
    #[arg(short = 'm', long = "message", value_name = "WHY", required = true)]
    reason: String,
    /// Show what would be erased, and erase nothing.
    #[arg(long)]
    dry_run: bool,
    /// Erase without asking.
    #[arg(long)]
    yes: bool,
}

impl Erase {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if self.events.is_empty() && self.member.is_none() && self.text.is_none() {
            return Err(Failure::usage("It was not said what to erase.")
                .hint("name events, --member or --text: see `okr erase --help`"));
        }
        let mut session = context.open()?;
        may_erase(session.state(), session.me())?;
        let entries = undo::read(&mut session, 1)?;
        let wanted = self.wanted(&session, &entries)?;
        let found = session.replica.find_texts(&wanted)?;
        if found.is_empty() {
            return Err(Failure::not_found("There is no text like that to erase.")
                .hint("see the events with `okr log`"));
        }
        self.check_reason(&found)?;
        let output = &context.output;
        let shown = told(&session, &found, &entries, None);
        if self.dry_run {
            return show(&session, &shown);
        }
        if !self.yes && !output.json {
            output.document(&text::erasing(&shown, &session.shown_for()))?;
        }
        // Nobody is kept out while a person thinks.
        session.replica.release();
        let question = format!("Erase {} for good?", shown.texts);
        confirmed(output, self.yes, &question.replace(" for", " texts for"))?;
        let recorded = record(&mut session, &found, &self.reason)?;
        let pending = session.replica.pending_events() > 0;
        let done = told(&session, &found, &entries, Some(recorded));
        if output.json {
            output.value(&done)?;
        } else {
            output.document(&text::erased(&done, pending, &session.shown_for()))?;
        }
        warn_of_evidence(&session);
        Ok(Exit::Done)
    }

    fn wanted(&self, session: &Session<'_>, entries: &[Entry]) -> Result<Wanted, Failure> {
        let head = session.replica.confirmed().head;
        let mut events = BTreeSet::new();
        for named in &self.events {
            let entry = resolve::event(named, entries)?;
            if entry.seq > head {
                return Err(Failure::new(
                    Exit::Refused,
                    format!("Event {named} has not been sent yet, so it is in nobody else's log."),
                )
                .hint("take it back with `okr outbox drop`, or send it first with `okr sync`"));
            }
            events.insert(entry.event.id);
        }
        let member = (self.member.as_ref())
            .map(|member| session.resolver().member(member, session.me()))
            .transpose()?;
        Ok(Wanted {
            events,
            member,
            words: self.words()?,
        })
    }

    fn words(&self) -> Result<Option<String>, Failure> {
        let words = match self.text.as_deref() {
            Some("-") => {
                let mut read = String::new();
                std::io::stdin()
                    .read_to_string(&mut read)
                    .map_err(|error| {
                        Failure::new(
                            Exit::Trouble,
                            format!("Cannot read standard input: {error}."),
                        )
                    })?;
                Some(read.trim_end_matches(['\r', '\n']).to_owned())
            }
            words => words.map(str::to_owned),
        };
        match words {
            Some(words) if words.trim().is_empty() => {
                Err(Failure::usage("There are no words in --text."))
            }
            words => Ok(words),
        }
    }

    /// The reason stays: what it repeats would not be erased.
    fn check_reason(&self, found: &[Found]) -> Result<(), Failure> {
        let mut texts = found.iter().flat_map(|one| &one.texts);
        let repeats = texts
            .any(|text| text.text.chars().count() >= TELLING && self.reason.contains(&text.text));
        if repeats {
            return Err(Failure::usage(
                "The reason repeats a text that is to be erased, and stays.",
            )
            .hint("say why without repeating it"));
        }
        Ok(())
    }
}

fn told(
    session: &Session<'_>,
    found: &[Found],
    entries: &[Entry],
    recorded: Option<json::Written>,
) -> json::Erasing {
    let names = Names::new(session.state());
    let entry = |seq: u64| {
        let at = usize::try_from(seq.checked_sub(1)?).ok()?;
        entries.get(at)
    };
    json::erasing(&names, found, entry, recorded)
}

fn show(session: &Session<'_>, shown: &json::Erasing) -> Result<Exit, Failure> {
    let output = &session.context.output;
    if output.json {
        output.value(shown)?;
    } else {
        output.document(&text::erasing(shown, &session.shown_for()))?;
    }
    Ok(Exit::Done)
}

/// Records what erases them: together as long as that fits into one command.
fn record(
    session: &mut Session<'_>,
    found: &[Found],
    reason: &str,
) -> Result<json::Written, Failure> {
    let (replica, random) = session.parts()?;
    let erasing = replica.erasing(found, random)?;
    let mut recorded: Option<crate::session::Recorded> = None;
    for together in erasing.chunks(TOGETHER) {
        let commands = together
            .iter()
            .map(|erased| Command::Record(Body::TextErased(erased.clone())))
            .collect();
        let more = session.record(commands, Some(reason))?;
        recorded = Some(match recorded {
            Some(before) => before.then(more),
            None => more,
        });
    }
    let names = Names::new(session.state());
    recorded
        .map(|recorded| recorded.told(&names))
        .ok_or_else(|| Failure::not_found("There is no text like that to erase."))
}

/// What did not verify is kept as it came, texts and all.
fn warn_of_evidence(session: &Session<'_>) {
    let evidence = session.replica.dir().join("evidence");
    let is_there = std::fs::read_dir(&evidence).is_ok_and(|mut files| files.next().is_some());
    if is_there {
        session.context.output.warning(&format!(
            "{} may hold such texts: remove it when what did not verify has been settled",
            evidence.display()
        ));
    }
}
