//! From what core finds to what is told.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::goalposts::Scope;
use quarterdeck_core::grading;
use quarterdeck_core::late;
use quarterdeck_core::past::Past;
use quarterdeck_core::retro::{self as rule, Asked, Written};
use quarterdeck_core::score::Means;
use quarterdeck_core::value::Subject;

use super::super::log::Imported;
use super::super::show::related;
use super::super::status::status_cycle;
use super::super::{AsOf, Schema, StatusQuery, calibration, goalposts, late as told_late};
use super::goals::{objective, scores, team};
use super::{Retro, RetroNote, RetroScore, Told};
use super::{ambition, compared, funnels, onward, story};
use crate::names::Names;
use crate::pending::Pending;

/// A cycle, looked back on; none where there is no such cycle.
///
/// # Errors
/// The log cannot be read.
pub fn retro<P: Past>(past: &mut P, asked: &Asked) -> Result<Option<Retro>, P::Error> {
    let Some(found) = rule::of(past, asked)? else {
        return Ok(None);
    };
    let pending = pending(past, found.state.head)?;
    Ok(retro_told(&found, &pending, asked.as_of.map(AsOf::from)))
}

/// What of a state with its last event at `head` is not recorded yet.
fn pending<P: Past>(past: &mut P, head: u64) -> Result<Pending, P::Error> {
    let mut confirmed = head;
    while confirmed > 0 && past.is_pending(confirmed) {
        confirmed -= 1;
    }
    let mut waiting = Vec::new();
    if confirmed < head {
        past.each(confirmed.saturating_add(1), &mut |entry| {
            waiting.push(entry.clone());
            true
        })?;
    }
    Ok(Pending::of(&waiting))
}

/// What was found, told with the names of the state that it was found in.
#[must_use]
pub fn retro_told(found: &rule::Retro, pending: &Pending, as_of: Option<AsOf>) -> Option<Retro> {
    let cycle = found.cycle()?;
    let names = Names::new(&found.state);
    let told = Told {
        found,
        names: &names,
        pending,
        as_of,
    };
    let query = StatusQuery {
        cycle: Some(found.cycle),
        team: None,
        member: None,
        on: found.on,
        as_of,
    };
    let late_asked = late::Asked {
        cycle: found.cycle,
        scope: Scope::Cycle,
        days: late::DAYS,
        on: found.on,
    };
    let [whole, committed, aspirational] = means(found);
    Some(Retro {
        schema: Schema,
        workspace: names.workspace(),
        head: pending.confirmed(found.state.head),
        as_of,
        on: found.on,
        cycle: status_cycle(&names, &query, found.cycle, cycle),
        so_far: !found.ended,
        middle: found.middle.as_ref().map(|middle| middle.day),
        story: (found.story.iter())
            .map(|one| story::sentence(&told, one))
            .collect(),
        whole,
        committed,
        aspirational,
        teams: (found.teams().into_iter())
            .filter_map(|one| team(&told, one))
            .collect(),
        objectives: (found.objectives().into_iter())
            .filter_map(|id| objective(&told, id))
            .collect(),
        ambition: ambition::ambition(&told, &found.ambition),
        goalposts: goalposts(&names, &found.goalposts, &Scope::Cycle, None, as_of),
        late: told_late(&names, &found.late, &late_asked, None, as_of),
        calibration: (found.ended)
            .then(|| calibration(&names, &[found.cycle], &found.gathered, (found.on, as_of))),
        funnels: (found.funnels.iter())
            .filter_map(|one| funnels::funnel(&told, one))
            .collect(),
        notes: (found.notes.iter())
            .filter_map(|one| note(&told, one))
            .collect(),
        compared: (found.beside.as_ref()).map(|other| compared::compared(&told, other)),
        onward: onward::onward(&told, &found.onward),
    })
}

/// The figures of the whole cycle, of the committed objectives and of the aspirational ones.
fn means(found: &rule::Retro) -> [RetroScore; 3] {
    let mid = found.mid_scores(|_, _| true);
    let now = found.scores(|_| true);
    let grades = grading::cycle_grades(&found.state, found.cycle, |_| true);
    let of = |pick: fn(&Means) -> Option<quarterdeck_core::decimal::Decimal>| {
        scores(pick(&mid), pick(&now), pick(&grades))
    };
    [
        of(|means| means.all),
        of(|means| means.committed),
        of(|means| means.aspirational),
    ]
}

fn note(told: &Told<'_>, written: &Written) -> Option<RetroNote> {
    let state = &told.found.state;
    let found = state.notes.get(&written.id)?;
    let made = &found.provenance.created;
    let source = state.source(made);
    let about = match found.about {
        Subject::Workspace => None,
        about => related(told.names, about),
    };
    Some(RetroNote {
        seq: told.seqs([written.seq]).pop(),
        reference: told.names.note(written.id),
        id: written.id,
        kind: found.kind,
        text: found.text.clone(),
        member: source.map_or_else(
            || told.names.person(made.member),
            |source| source.author.clone(),
        ),
        day: written.day,
        authored: Timestamp::from_ms(made.authored.wall),
        about,
        objective: written.objective,
        key_result: written.key_result,
        imported: source.map(Imported::from),
    })
}
