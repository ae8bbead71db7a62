//! The commands, one file each: its arguments, what it does, what it says.

mod agreement;
mod amount;
mod blame;
mod calibration;
mod carry;
mod checkin;
mod checkin_csv;
mod closing;
mod completions;
mod config;
mod conflicts;
mod cycle;
mod demo;
mod device;
mod diff;
mod digest;
mod doctor;
mod due;
mod erase;
mod export;
mod filter;
mod forecast;
mod funnel;
mod goalposts;
mod goals;
mod grade;
mod history;
mod import;
mod import_git;
mod import_log;
mod incentive;
mod init;
mod initiative;
mod join;
mod kpi;
mod kr;
mod late;
mod lint;
mod log;
mod man;
mod member;
mod mission;
mod note;
mod objective;
mod open;
mod outbox;
mod plan;
mod prove;
mod query;
mod regrade;
mod remote;
mod repair;
mod replay;
mod replay_screen;
mod resolve;
mod retro;
mod sheet;
mod stages;
mod status;
mod sync;
mod team;
mod template;
mod todo;
mod tui;
mod undo;
mod verify;
mod watch;
mod weekly;

use std::path::Path;

use clap::Subcommand;

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Every command, in the order in which help lists them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    // To begin.
    Init(init::Init),
    Join(join::Join),
    Remote(remote::Remote),
    Demo(demo::Demo),
    // The week.
    Status(status::Status),
    #[command(name = "checkin")]
    CheckIn(Box<checkin::CheckIn>),
    Note(note::Note),
    Weekly(Box<weekly::Weekly>),
    Due(due::Due),
    Digest(digest::Digest),
    Forecast(forecast::Forecast),
    Open(open::Open),
    Watch(watch::Watch),
    Sync(sync::Sync),
    Tui(tui::Tui),
    // What is wanted.
    Mission(mission::Mission),
    Cycle(cycle::Cycle),
    Objective(objective::Objective),
    #[command(name = "kr", disable_help_subcommand = true)]
    KeyResult(kr::KeyResult),
    Kpi(kpi::Kpi),
    Initiative(initiative::Initiative),
    Todo(todo::Todo),
    Plan(plan::Plan),
    Funnel(Box<funnel::Funnel>),
    Template(template::Template),
    Lint(lint::Lint),
    // Who.
    Team(team::Team),
    Member(member::Member),
    Device(device::Device),
    // The end of a cycle.
    Grade(grade::Grade),
    Retro(retro::Retro),
    Carry(carry::Carry),
    #[command(hide = true)]
    Incentive(incentive::Incentive),
    Regrade(Box<regrade::Regrade>),
    Calibration(calibration::Calibration),
    // Time and truth.
    Log(log::Log),
    History(history::History),
    Blame(blame::Blame),
    Diff(diff::Diff),
    Goalposts(goalposts::Goalposts),
    Late(late::Late),
    Replay(replay::Replay),
    Conflicts(conflicts::Conflicts),
    Resolve(resolve::Resolve),
    Outbox(outbox::Outbox),
    Undo(undo::Undo),
    Erase(erase::Erase),
    Verify(verify::Verify),
    Prove(prove::Prove),
    Query(Box<query::Query>),
    // In and out.
    Import(import::Import),
    Export(export::Export),
    // This machine.
    Doctor(doctor::Doctor),
    Repair(repair::Repair),
    Config(config::Config),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// It could not do its work.
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Init(command) => command.run(context),
            Self::Join(command) => command.run(context),
            Self::Remote(command) => command.run(context),
            Self::Demo(command) => command.run(context),
            Self::Doctor(command) => command.run(context),
            Self::Repair(command) => command.run(context),
            Self::Config(command) => command.run(context),
            Self::Completions(command) => command.run(context),
            Self::Man(command) => command.run(context),
            Self::Status(command) => command.run(context),
            Self::CheckIn(command) => command.run(context),
            Self::Note(command) => command.run(context),
            Self::Weekly(command) => command.run(context),
            Self::Due(command) => command.run(context),
            Self::Digest(command) => command.run(context),
            Self::Open(command) => command.run(context),
            Self::Watch(command) => command.run(context),
            Self::Sync(command) => command.run(context),
            Self::Tui(command) => command.run(context),
            Self::Mission(command) => command.run(context),
            Self::Cycle(command) => command.run(context),
            Self::Objective(command) => command.run(context),
            Self::KeyResult(command) => command.run(context),
            Self::Kpi(command) => command.run(context),
            Self::Initiative(command) => command.run(context),
            Self::Todo(command) => command.run(context),
            Self::Grade(command) => command.run(context),
            Self::Calibration(command) => command.run(context),
            Self::Forecast(command) => command.run(context),
            Self::Retro(command) => command.run(context),
            Self::Carry(command) => command.run(context),
            Self::Incentive(command) => command.run(context),
            Self::Team(command) => command.run(context),
            Self::Member(command) => command.run(context),
            Self::Device(command) => command.run(context),
            Self::Plan(command) => command.run(context),
            Self::Funnel(command) => command.run(context),
            Self::Log(command) => command.run(context),
            Self::History(command) => command.run(context),
            Self::Blame(command) => command.run(context),
            Self::Diff(command) => command.run(context),
            Self::Goalposts(command) => command.run(context),
            Self::Late(command) => command.run(context),
            Self::Replay(command) => command.run(context),
            Self::Regrade(command) => command.run(context),
            Self::Query(command) => command.run(context),
            Self::Template(command) => command.run(context),
            Self::Lint(command) => command.run(context),
            Self::Conflicts(command) => command.run(context),
            Self::Resolve(command) => command.run(context),
            Self::Outbox(command) => command.run(context),
            Self::Undo(command) => command.run(context),
            Self::Erase(command) => command.run(context),
            Self::Verify(command) => command.run(context),
            Self::Prove(command) => command.run(context),
            Self::Import(command) => command.run(context),
            Self::Export(command) => command.run(context),
        }
    }
}

/// Whether a workspace's name can be a folder's.
fn folder_name(name: &str) -> Result<(), Failure> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.chars().all(fits) && name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(
        Failure::usage(format!("'{name}' cannot be a workspace's name."))
            .hint("use letters, digits, '-', '_' and '.', beginning with a letter or digit"),
    )
}

/// A file's name as a shell takes it.
fn quoted(file: &Path) -> String {
    argument(&file.display().to_string())
}

/// A word as a shell takes it.
pub(crate) fn argument(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '\\' | ':');
    if word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
