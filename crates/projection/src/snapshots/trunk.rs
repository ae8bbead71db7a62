//! What a snapshot keeps of a fold: small things as they are, large maps by their pages.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::thread;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::Source;
use quarterdeck_core::id::{
    InitiativeId, KeyResultId, KpiId, NoteId, ObjectiveId, TodoId, WeeklyId,
};
use quarterdeck_core::state::{
    Below, Initiative, KeyResult, Kpi, Lazy, Note, Objective, Place, State, Todo, Weekly,
};
use quarterdeck_ledger::{Frontier, Hash};
use serde::{Deserialize, Serialize};

use super::page::Table;
use crate::folded::Folded;
use crate::pack::Pack;

#[derive(Serialize, Deserialize)]
struct Trunk {
    clock: Hlc,
    subtrees: Vec<Hash>,
    /// The state without the maps that lie in pages.
    rest: State,
    pages: Pages,
}

#[derive(Serialize, Deserialize)]
struct Pages {
    objectives: Vec<Place>,
    key_results: Vec<Place>,
    notes: Vec<Place>,
    kpis: Vec<Place>,
    initiatives: Vec<Place>,
    todos: Vec<Place>,
    weeklies: Vec<Place>,
    sources: Vec<Place>,
}

/// The pages that are in memory: those of the snapshot kept or opened last.
#[derive(Debug, Default)]
pub(super) struct Tables {
    objectives: Table<ObjectiveId, Arc<Objective>>,
    key_results: Table<KeyResultId, Lazy<KeyResult>>,
    notes: Table<NoteId, Lazy<Note>>,
    kpis: Table<KpiId, Arc<Kpi>>,
    initiatives: Table<InitiativeId, Arc<Initiative>>,
    todos: Table<TodoId, Arc<Todo>>,
    weeklies: Table<WeeklyId, Arc<Weekly>>,
    sources: Table<u64, Arc<Source>>,
}

impl Tables {
    /// Keeps a fold; the place of its trunk.
    pub(super) fn keep(&mut self, folded: &Folded, pack: &Pack) -> io::Result<Place> {
        let state = &folded.state;
        let pages = Pages {
            objectives: self.objectives.keep(&state.objectives, pack)?,
            key_results: self.key_results.keep(&state.key_results, pack)?,
            notes: self.notes.keep(&state.notes, pack)?,
            kpis: self.kpis.keep(&state.kpis, pack)?,
            initiatives: self.initiatives.keep(&state.initiatives, pack)?,
            todos: self.todos.keep(&state.todos, pack)?,
            weeklies: self.weeklies.keep(&state.weeklies, pack)?,
            sources: self.sources.keep(&state.sources, pack)?,
        };
        let trunk = Trunk {
            clock: folded.clock,
            subtrees: folded.frontier.subtrees().to_vec(),
            rest: rest(state),
            pages,
        };
        pack.append(&postcard::to_stdvec(&trunk).map_err(io::Error::other)?)
    }

    /// Opens the fold of `size` entries whose trunk lies there. `remember` where later ones will be
    /// kept beside it.
    pub(super) fn open(
        &mut self,
        size: u64,
        trunk: Place,
        pack: &Arc<Pack>,
        remember: bool,
    ) -> io::Result<Folded> {
        let trunk: Trunk = postcard::from_bytes(&pack.get(trunk)?).map_err(io::Error::other)?;
        let Pages {
            objectives,
            key_results,
            notes,
            kpis,
            initiatives,
            todos,
            weeklies,
            sources,
        } = &trunk.pages;
        let mut state = trunk.rest;
        // Notes are about half of the work.
        let found = thread::scope(|scope| {
            let found = scope.spawn(|| self.notes.load(notes, pack));
            state.objectives = self.objectives.load(objectives, pack)?;
            state.key_results = self.key_results.load(key_results, pack)?;
            state.kpis = self.kpis.load(kpis, pack)?;
            state.initiatives = self.initiatives.load(initiatives, pack)?;
            state.todos = self.todos.load(todos, pack)?;
            state.weeklies = self.weeklies.load(weeklies, pack)?;
            state.sources = self.sources.load(sources, pack)?;
            (found.join()).unwrap_or_else(|_| Err(io::Error::other("a snapshot could not be read")))
        });
        state.notes = found?;
        if remember {
            self.objectives.remember(&state.objectives, objectives);
            self.key_results.remember(&state.key_results, key_results);
            self.notes.remember(&state.notes, notes);
            self.kpis.remember(&state.kpis, kpis);
            self.initiatives.remember(&state.initiatives, initiatives);
            self.todos.remember(&state.todos, todos);
            self.weeklies.remember(&state.weeklies, weeklies);
            self.sources.remember(&state.sources, sources);
        }
        let frontier = Frontier::from_parts(size, trunk.subtrees).map_err(io::Error::other)?;
        if state.head != size {
            return Err(io::Error::other("the snapshot is of another position"));
        }
        Ok(Folded {
            state,
            frontier,
            clock: trunk.clock,
        })
    }
}

/// The state without the maps that lie in pages. Every field is named, so that a new one is thought
/// of here.
fn rest(state: &State) -> State {
    State {
        head: state.head,
        recorded: state.recorded,
        workspace: state.workspace.clone(),
        members: state.members.clone(),
        erasures: state.erasures.clone(),
        devices: state.devices.clone(),
        invitations: state.invitations.clone(),
        teams: state.teams.clone(),
        cycles: state.cycles.clone(),
        objectives: BTreeMap::new(),
        key_results: BTreeMap::new(),
        notes: BTreeMap::new(),
        kpis: BTreeMap::new(),
        initiatives: BTreeMap::new(),
        todos: BTreeMap::new(),
        weeklies: BTreeMap::new(),
        templates: state.templates.clone(),
        funnels: state.funnels.clone(),
        incentives: state.incentives.clone(),
        sources: BTreeMap::new(),
        conflicts: state.conflicts.clone(),
        skipped: state.skipped.clone(),
        below: Below::default(),
    }
}
