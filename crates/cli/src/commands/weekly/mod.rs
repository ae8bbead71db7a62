//! `okr weekly`: the check-ins that are due, and plans, progress and problems of one week.

mod said;
mod walk;

use clap::{Args, Subcommand};
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::Command;
use quarterdeck_core::due;
use quarterdeck_core::event::{Body, CheckedIn};
use quarterdeck_core::id::TeamId;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::value::Subject;
use quarterdeck_core::weekly::{self as rule, Place};
use quarterdeck_core::whose::Whose;
use quarterdeck_report::names::Names;
use quarterdeck_report::number::count;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text::Ansi;
use quarterdeck_report::{json, text};

use self::walk::Asked;
use super::due::WhoseOptions;
use crate::ask::Asker;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::parse::day;
use crate::session::Session;
use crate::view::Time;

/// Write the week: the check-ins that are due, what was done, what is planned, what is in the way.
///
/// On a terminal it asks, one key result after the other; Enter skips, Ctrl-C keeps what was
/// entered so far. With options it asks nothing, and records all of them or none. Whoever writes
/// again in the same week changes that week's update.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = "EXAMPLES:
  okr weekly
  okr weekly --progress \"Two partners signed.\" --plans \"Visit Faro.\" --problems \"The CRM is slow.\"
  okr weekly --checkin \"leads=531@0.7;two signed\" --checkin \"partners=+1\"
  okr weekly --team sales --plans \"The fair.\"
  okr weekly --problems \"\"                        nothing is in the way any more
  okr weekly show --all

A check-in is KR=VALUE, with @CONFIDENCE and ;NOTE behind it if you like. It speaks of today, or of \
the last day of --week."
)]
pub(crate) struct Weekly {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    write: Write,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show what was written in a week.
    Show(Show),
}

#[derive(Debug, Args)]
struct Write {
    /// A day of the week that is meant [default: today].
    #[arg(long, value_name = "DATE")]
    week: Option<String>,
    /// Write for this team, and check in what it has.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// What is planned.
    #[arg(long, value_name = "TEXT")]
    plans: Option<String>,
    /// What was done.
    #[arg(long, value_name = "TEXT")]
    progress: Option<String>,
    /// What stands in the way.
    #[arg(long, value_name = "TEXT")]
    problems: Option<String>,
    /// How a key result stands. May be repeated.
    #[arg(long = "checkin", value_name = "KR=VALUE[@CONFIDENCE][;NOTE]")]
    check_ins: Vec<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr weekly show
  okr weekly show --team sales --week 2026-08-17
  okr weekly show --all --json")]
struct Show {
    /// A day of the week that is meant [default: today, or that of --on].
    #[arg(long, value_name = "DATE")]
    week: Option<String>,
    #[command(flatten)]
    whose: WhoseOptions,
    #[command(flatten)]
    time: Time,
}

impl Weekly {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Some(Verb::Show(show)) => show.run(context),
            None => self.write.run(context),
        }
    }
}

impl Show {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let view = context.open()?.view(self.time)?;
        let whose = self.whose.whose(&view)?;
        let week = (self.week.as_deref())
            .map_or(Ok(view.on()), |week| day(week, view.shown_for().today))?;
        let found = json::weekly_list(&view.names(), &whose, week, view.as_of());
        view.answer(&found, |view| text::weekly_list(&found, view))?;
        Ok(Exit::Done)
    }
}

impl Write {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let today = session.today();
        let week = (self.week.as_deref()).map_or(Ok(today), |week| day(week, today))?;
        let team = (self.team.as_deref())
            .map(|team| session.resolver().team(team))
            .transpose()?;
        let place = Place {
            member: session.me(),
            week,
            team,
        };
        let effective = today.min(week.monday().plus_days(6));
        let said_something = self.plans.is_some()
            || self.progress.is_some()
            || self.problems.is_some()
            || !self.check_ins.is_empty();
        if !said_something {
            return ask(session, place, effective);
        }
        let mut check_ins = Vec::new();
        for text in &self.check_ins {
            check_ins.push(said::check_in(&session, text, effective)?);
        }
        let said = rule::Said {
            plans: self.plans,
            progress: self.progress,
            problems: self.problems,
        };
        record(&mut session, place, check_ins, said)
    }
}

/// Goes through what is due with the person at the terminal.
fn ask(mut session: Session<'_>, place: Place, effective: Date) -> Result<Exit, Failure> {
    let context = session.context;
    let Some(asker) = Asker::at_terminal(&context.output) else {
        return Err(Failure::usage("Nobody can be asked here what to write.")
            .hint("say it with options: --progress, --plans, --problems, --checkin KR=VALUE"));
    };
    // Others may work in the folder while somebody thinks.
    session.replica.release();
    let asked = due_now(&session, place.team, effective);
    let ansi = if context.output.coloured() {
        Ansi::On
    } else {
        Ansi::Off
    };
    let briefs: Vec<(Asked<'_>, String)> = (asked.into_iter())
        .map(|(asked, document)| (asked, document.render(ansi)))
        .collect();
    let before = rule::find(session.state(), place).map(|(_, found)| rule::Said {
        plans: found.plans.clone(),
        progress: found.progress.clone(),
        problems: found.problems.clone(),
    });
    let walked = walk::walk(
        &mut |question, help| asker.text(question, help),
        &mut |text| context.output.rendered(text),
        &briefs,
        &before.unwrap_or_default(),
        effective,
    )?;
    drop(briefs);
    if walked.is_empty() {
        context.output.line("Nothing was recorded.")?;
        return Ok(Exit::Done);
    }
    if walked.stopped {
        let kept = count(walked.check_ins.len(), "check-in");
        (context.output).line(&format!(
            "Stopped. What was entered so far is kept: {kept}."
        ))?;
    }
    record(&mut session, place, walked.check_ins, walked.said)
}

/// The key results whose check-in is due in the week, with what is to be seen of them.
fn due_now<'s>(
    session: &'s Session<'_>,
    team: Option<TeamId>,
    effective: Date,
) -> Vec<(Asked<'s>, text::Document)> {
    let state = session.state();
    let names = Names::new(state);
    let view = session.shown_for();
    let whose = match team {
        Some(team) => Whose::team(state, team),
        None => Whose::Member(session.me()),
    };
    let sunday = effective.monday().plus_days(6);
    (due::check_ins(state, &whose, effective).into_iter())
        .filter(|one| one.due <= sunday)
        .filter_map(|one| {
            let Subject::KeyResult(key_result) = one.subject else {
                return None;
            };
            let shown = json::key_result_show(
                &names,
                &Pending::default(),
                key_result,
                effective,
                None,
                &|_| None,
            )?;
            let found = state.key_results.get(&key_result)?;
            let asked = Asked {
                key_result,
                metric: &found.metric,
                kpi: found.kpi.map(|kpi| names.kpi(kpi).text),
            };
            Some((asked, text::key_result_asked(&shown, &view)))
        })
        .collect()
}

/// Records check-ins and the update as one command.
fn record(
    session: &mut Session<'_>,
    place: Place,
    check_ins: Vec<CheckedIn>,
    said: rule::Said,
) -> Result<Exit, Failure> {
    let mut commands: Vec<Command> = (check_ins.into_iter())
        .map(|made| Command::Record(Body::CheckedIn(made)))
        .collect();
    commands.extend(rule::write(session.state(), place, said));
    if commands.is_empty() {
        return Err(Refusal::new(
            Code::NothingToChange,
            format!(
                "The update of the week of {} says that already; nothing was changed.",
                place.week.monday()
            ),
        )
        .hint("see it with `okr weekly show`")
        .into());
    }
    let done = session.record(commands, None)?;
    let week = place.week.monday();
    let this_week = week == session.today().monday();
    let mut next = "okr weekly show".to_owned();
    if !this_week {
        next.push_str(&format!(" --week {week}"));
    }
    if place.team.is_some() {
        next.push_str(" --all");
    }
    session.answer(&done, "read it again", &next)
}
