//! Teams, objectives and key results of a cycle, looked back on.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::grading::{self, Band};
use quarterdeck_core::id::{KeyResultId, ObjectiveId, TeamId};
use quarterdeck_core::retro::{Middle, Stall, Surge, beside};
use quarterdeck_core::score;
use quarterdeck_core::state::KeyResult;
use quarterdeck_core::status;
use quarterdeck_core::value::{Field, Subject};

use super::super::objective::{key_result_status, objective_status};
use super::super::share;
use super::{
    RetroKeyResult, RetroMid, RetroObjective, RetroScore, RetroStall, RetroSurge, RetroTeam, Told,
};

/// A score beside that of mid-quarter and the grade.
pub(super) fn scores(
    mid: Option<Decimal>,
    score: Option<Decimal>,
    grade: Option<Decimal>,
) -> RetroScore {
    RetroScore {
        mid: share(mid),
        score: share(score),
        grade: share(grade),
        band: grade.or(score).map(Band::of),
    }
}

pub(super) fn team(told: &Told<'_>, (id, objectives): (TeamId, usize)) -> Option<RetroTeam> {
    let found = told.found;
    let team = found.state.teams.get(&id)?;
    let counts = beside::is_of(&found.state, id);
    let mid = (found.middle.as_ref()).and_then(|middle| {
        let then = beside::is_of(&middle.state, id);
        found.mid_scores(|_, id| then(id)).all
    });
    let score = found.scores(&counts).all;
    let grade = grading::cycle_grades(&found.state, found.cycle, &counts).all;
    Some(RetroTeam {
        reference: told.names.team(id),
        id,
        name: team.name.clone(),
        level: team.level,
        objectives,
        scores: scores(mid, score, grade),
    })
}

pub(super) fn objective(told: &Told<'_>, id: ObjectiveId) -> Option<RetroObjective> {
    let found = told.found;
    let one = found.state.objectives.get(&id)?;
    // Its key results are told with more than their status.
    let shown = objective_status(told.names, told.pending, (id, one), found.on, |_| false);
    let score = score::objective_score(&found.state, id, found.on);
    let grade = grading::objective_grade(&found.state, id);
    let goalposts = &found.goalposts;
    Some(RetroObjective {
        reference: shown.reference,
        id,
        title: shown.title,
        owner: shown.owner,
        team: shown.team,
        level: shown.level,
        kind: shown.kind,
        state: shown.state,
        set_aside: shown.set_aside,
        supports: shown.supports,
        scores: scores(found.mid_objective(id), score, grade),
        score_as_agreed: share(goalposts.objective(&goalposts.agreed, id)),
        status: shown.status,
        because: shown.because,
        notes: told.seqs(
            (found.notes.iter())
                .filter(|note| note.objective == Some(id) && note.key_result.is_none())
                .map(|note| note.seq),
        ),
        key_results: (found.key_results(id).into_iter())
            .filter_map(|one| key_result(told, one))
            .collect(),
    })
}

fn key_result(told: &Told<'_>, (id, one): (KeyResultId, &KeyResult)) -> Option<RetroKeyResult> {
    let found = told.found;
    let cycle = found.cycle()?;
    let goalposts = &found.goalposts;
    let owner = (one.owner).or_else(|| {
        found
            .state
            .objectives
            .get(&one.objective)
            .and_then(|above| above.owner)
    });
    let graded = one.grade.is_some();
    let stalls = found.stalls.get(&id).map_or(&[][..], Vec::as_slice);
    Some(RetroKeyResult {
        figures: key_result_status(told.names, told.pending, (id, one), cycle, found.on),
        answers: owner.map(|owner| told.names.person(owner)),
        graded_at: told
            .seqs((one.provenance.edited.get(&Field::Grade).iter()).map(|stamp| stamp.seq))
            .pop()
            .filter(|_| graded),
        mid: (found.middle.as_ref()).and_then(|middle| mid(told, middle, id)),
        band: found.outcome(one).map(Band::of),
        score_as_agreed: share(goalposts.key_result(&goalposts.agreed, id)),
        stalls: stalls
            .iter()
            .map(|stall| self::stall(told, stall))
            .collect(),
        surge: found.surges.get(&id).map(|one| surge(told, one)),
        moved: told.seqs(
            (goalposts.moved.iter())
                .filter(|moved| moved.subject == Subject::KeyResult(id))
                .map(|moved| moved.act.seq),
        ),
        notes: told.seqs(
            (found.notes.iter())
                .filter(|note| note.key_result == Some(id))
                .map(|note| note.seq),
        ),
        late: told.seqs(
            (found.late.check_ins.iter())
                .filter(|late| late.key_result == id)
                .map(|late| late.act.seq),
        ),
    })
}

/// How a key result stood in mid-quarter; none where it was not in the cycle then.
fn mid(told: &Told<'_>, middle: &Middle, id: KeyResultId) -> Option<RetroMid> {
    let found = middle.state.key_results.get(&id)?;
    let above = middle.state.objectives.get(&found.objective)?;
    if above.cycle != told.found.cycle {
        return None;
    }
    let cycle = middle.state.cycles.get(&above.cycle)?;
    let progress = score::progress(&middle.state, found, cycle, middle.day);
    let status = status::of_key_result(&middle.state, found, cycle, middle.day).status;
    Some(RetroMid {
        current: progress.current,
        target: found.metric.target.or(found.metric.high),
        score: share(progress.score),
        confidence: progress.confidence,
        status: found.is_live().then_some(status),
    })
}

fn stall(told: &Told<'_>, found: &Stall) -> RetroStall {
    RetroStall {
        from: found.from,
        to: found.to,
        weeks: found.weeks(),
        moved_again: found.moved_again,
        progress: share(found.progress),
        entries: told.recorded(&found.entries),
    }
}

fn surge(told: &Told<'_>, found: &Surge) -> RetroSurge {
    RetroSurge {
        from: found.from,
        days: found.days,
        before: found.before.round(2),
        gained: found.gained.round(2),
        share: found.share.round(2),
        entries: told.recorded(&found.entries),
    }
}
