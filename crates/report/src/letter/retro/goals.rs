//! Scores and grades: the whole, teams, objectives and their key results.

use std::fmt::Write as _;

use quarterdeck_core::token::{KeyResultState, ObjectiveState};

use super::super::markdown::inline;
use super::table::Table;
use super::{cell, heading, plain, positions, share};
use crate::json::{GradeTold, Retro, RetroKeyResult, RetroObjective, RetroScore};
use crate::text::standing;

pub(super) fn scores(text: &mut String, found: &Retro) {
    heading(text, "Scores");
    if let Some(day) = found.middle {
        let _ = write!(
            text,
            "Mid-quarter is as it was known at the end of {day}.\n\n"
        );
    }
    let mut table = Table::new(&["", ">mid-quarter", ">score", ">grade", "band"]);
    let mut row = |label: String, scores: &RetroScore| {
        if *scores != RetroScore::default() {
            let band = scores
                .band
                .map_or("", quarterdeck_core::grading::Band::word);
            table.row([
                label,
                share(scores.mid),
                share(scores.score),
                share(scores.grade),
                band.to_owned(),
            ]);
        }
    };
    row("all objectives".to_owned(), &found.whole);
    row("committed".to_owned(), &found.committed);
    row("aspirational".to_owned(), &found.aspirational);
    for team in &found.teams {
        row(
            format!("{} {}", team.level, inline(&team.name)),
            &team.scores,
        );
    }
    table.write(text);
    for one in &found.objectives {
        objective(text, one, found.so_far);
    }
}

fn objective(text: &mut String, found: &RetroObjective, so_far: bool) {
    let _ = write!(text, "### {}\n\n", inline(&found.title));
    let mut told = vec![format!("{} ({})", found.reference, found.kind)];
    told.extend(found.owner.as_deref().map(inline));
    told.extend(found.team.as_deref().map(inline));
    if let Some(mid) = found.scores.mid {
        told.push(format!("mid-quarter {mid:.2}"));
    }
    if let Some(score) = found.scores.score {
        told.push(format!("score {score:.2}"));
    }
    if let Some(grade) = found.scores.grade {
        told.push(format!("grade {grade:.2}"));
    }
    match (found.state, found.status) {
        (ObjectiveState::Deferred | ObjectiveState::Dropped, _) => {
            told.push(found.state.to_string());
        }
        (_, Some(status)) if so_far => told.push(status.to_string()),
        _ => {}
    }
    let _ = write!(text, "{}\n\n", told.join(" · "));
    if let Some(why) = &found.set_aside {
        super::quoted(text, why, "");
        text.push('\n');
    }
    let mut table = Table::new(&[
        "key result",
        "ref",
        "now / aim",
        ">mid-quarter",
        ">score",
        ">grade",
        ">confidence",
        "status",
        "owner",
    ]);
    for one in &found.key_results {
        table.row(cells(one));
    }
    table.write(text);
    let mut points = String::new();
    for one in &found.key_results {
        asides(&mut points, one);
    }
    if !points.is_empty() {
        text.push_str(&points);
        text.push('\n');
    }
}

fn cells(found: &RetroKeyResult) -> [String; 9] {
    let one = &found.figures;
    let state = match (one.state, one.status) {
        (KeyResultState::Active, Some(status)) => status.to_string(),
        (state, _) => state.to_string(),
    };
    [
        inline(&one.title),
        one.reference.to_string(),
        inline(&standing(one)),
        share(found.mid.as_ref().and_then(|mid| mid.score)),
        share(one.score),
        share(one.grade.as_ref().map(|grade| grade.grade)),
        plain(one.confidence),
        state,
        cell(found.answers.as_deref()),
    ]
}

/// What is to be known of a key result beside its figures, a line each.
fn asides(text: &mut String, found: &RetroKeyResult) {
    let title = inline(&found.figures.title);
    let mut point = |told: String, entries: &[u64]| {
        let _ = writeln!(text, "- **{title}**: {told}{}", positions(entries));
    };
    if let Some(grade) = found.figures.grade.as_ref().filter(|grade| grade.overruled) {
        let at: Vec<u64> = found.graded_at.into_iter().collect();
        point(overruled(grade), &at);
    }
    if let Some(why) = &found.figures.set_aside {
        point(format!("{}: {}", found.figures.state, inline(why)), &[]);
    }
    let agreed = found.score_as_agreed;
    if !found.moved.is_empty() && agreed != found.figures.score {
        let told = format!(
            "as first agreed its score would be {}",
            agreed.map_or_else(|| "none".to_owned(), |score| format!("{score:.2}"))
        );
        point(told, &found.moved);
    }
    for stall in &found.stalls {
        let weeks = crate::number::count(stall.weeks, "week");
        let until = if stall.moved_again { "until" } else { "to" };
        let told = format!(
            "no movement for {weeks}, from {} {until} {}",
            stall.from, stall.to
        );
        point(told, &stall.entries);
    }
    if let Some(surge) = &found.surge {
        let told = format!(
            "gained {:.2} of {:.2} in the last {}",
            surge.gained,
            surge.gained.checked_add(surge.before).unwrap_or_default(),
            crate::number::count(surge.days, "day")
        );
        point(told, &surge.entries);
    }
}

/// By whom another grade was set than the computed one, and why.
fn overruled(grade: &GradeTold) -> String {
    let computed = grade.computed.map_or_else(
        || "nothing could be computed".to_owned(),
        |computed| format!("{computed:.2} was computed"),
    );
    let why =
        (grade.reason.as_deref()).map_or_else(String::new, |why| format!(": {}", inline(why)));
    format!(
        "graded {:.2} by {}, {computed}{why}",
        grade.grade,
        inline(&grade.by)
    )
}
