//! What a shell completes: references, keys and names of the workspace that is meant.
//!
//! A completer never prints and never fails: where nothing can be told, nothing is offered.

use std::ffi::OsStr;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{Life, MemberState};
use quarterdeck_report::names::Names;
use quarterdeck_sync::{Options, Replica};

use crate::config::Config;
use crate::context;

/// Objectives.
pub(crate) fn objectives() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| offered(typed, &[objectives_of]))
}

/// Key results.
pub(crate) fn key_results() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| offered(typed, &[key_results_of]))
}

/// Objectives and key results.
pub(crate) fn goals() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| offered(typed, &[objectives_of, key_results_of]))
}

/// KPIs.
pub(crate) fn kpis() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| offered(typed, &[kpis_of]))
}

/// Cycles.
pub(crate) fn cycles() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| offered(typed, &[cycles_of]))
}

/// Teams.
pub(crate) fn teams() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| offered(typed, &[teams_of]))
}

/// Members.
pub(crate) fn members() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| offered(typed, &[members_of]))
}

/// Funnels.
pub(crate) fn funnels() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| offered(typed, &[funnels_of]))
}

/// Templates: the workspace's own and the built-in ones.
pub(crate) fn templates() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| offered(typed, &[templates_of]))
}

/// Whatever has a history.
pub(crate) fn anything() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        offered(
            typed,
            &[
                objectives_of,
                key_results_of,
                kpis_of,
                cycles_of,
                teams_of,
                members_of,
            ],
        )
    })
}

/// The workspaces of this machine.
pub(crate) fn workspaces() -> ArgValueCompleter {
    ArgValueCompleter::new(|typed: &OsStr| {
        let names = context::home().map_or_else(|_| Vec::new(), |home| context::workspaces(&home));
        let names = names.into_iter().map(|name| (name, None)).collect();
        beginning_with(typed, names)
    })
}

/// A candidate with what it stands for.
type Offer = (String, Option<String>);
type Source = fn(&Names<'_>) -> Vec<Offer>;

fn offered(typed: &OsStr, sources: &[Source]) -> Vec<CompletionCandidate> {
    let Some(replica) = open() else {
        return Vec::new();
    };
    let names = Names::new(replica.state());
    let all = sources.iter().flat_map(|source| source(&names)).collect();
    beginning_with(typed, all)
}

fn beginning_with(typed: &OsStr, all: Vec<Offer>) -> Vec<CompletionCandidate> {
    let typed = typed.to_string_lossy().to_lowercase();
    all.into_iter()
        .filter(|(value, _)| value.to_lowercase().starts_with(&typed))
        .map(|(value, help)| CompletionCandidate::new(value).help(help.map(Into::into)))
        .collect()
}

/// The workspace that is meant where the command line names none; without waiting for it.
fn open() -> Option<Replica> {
    let home = context::home().ok()?;
    let wanted = std::env::var("OKR_WORKSPACE")
        .ok()
        .or_else(|| Config::load(&home).ok()?.workspace);
    let all = context::workspaces(&home);
    let name = match wanted {
        Some(wanted) => all
            .into_iter()
            .find(|name| name.eq_ignore_ascii_case(&wanted))?,
        None => all.into_iter().next()?,
    };
    let options = Options {
        lock_wait: std::time::Duration::from_millis(200),
        ..Options::default()
    };
    Replica::open(&home.join("workspaces").join(name), options).ok()
}

fn state<'a>(names: &Names<'a>) -> &'a State {
    names.state()
}

/// A key is what people type; a reference where there is none.
fn named(key: Option<&String>, reference: String, title: &str) -> Offer {
    (
        key.cloned().unwrap_or(reference),
        Some(quarterdeck_report::text::clean(title).into_owned()),
    )
}

fn objectives_of(names: &Names<'_>) -> Vec<Offer> {
    state(names)
        .objectives
        .iter()
        .filter(|(_, found)| found.is_live())
        .map(|(id, found)| named(found.key.as_ref(), names.objective(*id).text, &found.title))
        .collect()
}

fn key_results_of(names: &Names<'_>) -> Vec<Offer> {
    state(names)
        .key_results
        .iter()
        .filter(|(_, found)| found.is_live())
        .map(|(id, found)| named(found.key.as_ref(), names.key_result(*id).text, &found.title))
        .collect()
}

fn kpis_of(names: &Names<'_>) -> Vec<Offer> {
    state(names)
        .kpis
        .iter()
        .filter(|(_, found)| found.is_live())
        .map(|(id, found)| named(found.key.as_ref(), names.kpi(*id).text, &found.title))
        .collect()
}

fn cycles_of(names: &Names<'_>) -> Vec<Offer> {
    state(names)
        .cycles
        .values()
        .map(|found| {
            let dates = format!("{} to {}", found.starts, found.ends);
            (found.name.clone(), Some(dates))
        })
        .collect()
}

fn teams_of(names: &Names<'_>) -> Vec<Offer> {
    state(names)
        .teams
        .values()
        .map(|found| (found.name.clone(), None))
        .collect()
}

fn members_of(names: &Names<'_>) -> Vec<Offer> {
    state(names)
        .members
        .values()
        .filter(|found| found.state == MemberState::Active)
        .map(|found| (found.name.clone(), Some(found.role.word().to_owned())))
        .collect()
}

fn funnels_of(names: &Names<'_>) -> Vec<Offer> {
    state(names)
        .funnels
        .values()
        .filter(|found| found.state == Life::Active)
        .map(|found| (found.name.clone(), None))
        .collect()
}

fn templates_of(names: &Names<'_>) -> Vec<Offer> {
    quarterdeck_exchange::templates::all(state(names))
        .into_iter()
        .map(|found| (found.name.to_owned(), None))
        .collect()
}
