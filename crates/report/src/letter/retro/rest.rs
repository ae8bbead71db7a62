//! What else there is to say: ambition, what can be relied on, funnels, notes, another cycle, what goes on.

use std::fmt::Write as _;

use super::super::markdown::inline;
use super::table::Table;
use super::{cell, day, heading, plain, position, positions, quoted, share, told};
use crate::json::{
    ActTold, CalibrationErrors, CalibrationOdds, FunnelCompared, Retro, RetroLineage, RetroPair,
};
use crate::number::{change, count, number, percent, rate, with_unit};
use crate::text::{NOTE_KINDS, funnel_sentence};

pub(super) fn ambition(text: &mut String, found: &Retro) {
    let ambition = &found.ambition;
    if ambition.key_results == 0 {
        return;
    }
    heading(text, "Was it ambitious enough?");
    let _ = write!(text, "{}\n\n", inline(&ambition.told));
    let mut table = Table::new(&["outcome", ">key results"]);
    for (label, many) in [
        ("0.95 and above", ambition.near_one),
        ("0.7 to 0.95", ambition.green),
        ("0.4 to 0.7", ambition.amber),
        ("below 0.4", ambition.red),
    ] {
        table.row([label.to_owned(), many.to_string()]);
    }
    table.write(text);
    if ambition.aspirational > 0 {
        let aspirational = count(ambition.aspirational, "aspirational key result");
        let at_aim = ambition.at_aim;
        let _ = write!(
            text,
            "{at_aim} of {aspirational} at the 0.6 to 0.7 that they aim at.\n\n"
        );
    }
    if ambition.short.is_empty() || found.so_far {
        return;
    }
    text.push_str("Below 0.4, and what the events tell of it:\n\n");
    for short in &ambition.short {
        let _ = writeln!(
            text,
            "- **{}** ({}): {:.2}",
            inline(&short.title),
            short.reference,
            short.outcome
        );
        for why in &short.why {
            let _ = writeln!(text, "  - {}{}", told(&why.parts), positions(&why.entries));
        }
    }
    text.push('\n');
}

/// Who did something; where it was imported from, whoever wrote it there.
fn who(act: &ActTold) -> String {
    let author = act.imported.as_ref().map(|from| &from.author);
    inline(author.unwrap_or(&act.member))
}

/// Where something stands in the log; nothing while it is not recorded.
fn at(seq: Option<u64>) -> String {
    seq.map_or_else(String::new, position)
}

pub(super) fn goalposts(text: &mut String, found: &Retro) {
    let goalposts = &found.goalposts;
    if goalposts.changes.is_empty() {
        return;
    }
    heading(text, "Goals that were moved");
    if let (Some(agreed), Some(amended)) = (goalposts.score_as_agreed, goalposts.score_as_amended) {
        let _ = write!(
            text,
            "{} after it began on {}: the score as first agreed is {agreed:.2}, as amended \
             {amended:.2}.\n\n",
            count(goalposts.changes.len(), "change"),
            goalposts.begins
        );
    }
    let mut table = Table::new(&["day", ">days left", "who", "about", "what", "why", "entry"]);
    for moved in &goalposts.changes {
        let undone = if moved.act.undone { " (undone)" } else { "" };
        table.row([
            moved.act.day.to_string(),
            moved.days_before_end.to_string(),
            who(&moved.act),
            cell(moved.title.as_deref()),
            format!("{}{undone}", inline(&moved.what)),
            cell(moved.act.reason.as_deref()),
            at(moved.act.seq),
        ]);
    }
    table.write(text);
}

pub(super) fn late(text: &mut String, found: &Retro) {
    let late = &found.late;
    let surges: Vec<_> = late.surges.iter().filter(|one| one.end_surge).collect();
    let nothing = late.check_ins.is_empty()
        && late.corrections.is_empty()
        && late.retractions.is_empty()
        && late.bunches.is_empty()
        && late.after_grades.is_empty()
        && surges.is_empty();
    if nothing {
        return;
    }
    heading(text, "Late and corrected");
    let mut table = Table::new(&[
        "day",
        "who",
        "key result",
        "speaks of",
        ">days late",
        "value",
        "entry",
    ]);
    for one in &late.check_ins {
        let back = if one.retracted { " (taken back)" } else { "" };
        table.row([
            one.act.day.to_string(),
            who(&one.act),
            inline(&one.of.title),
            one.effective.to_string(),
            one.days.to_string(),
            format!("{}{back}", inline(&one.value)),
            at(one.act.seq),
        ]);
    }
    table.write(text);
    let mut points = String::new();
    for one in &late.corrections {
        let _ = writeln!(
            points,
            "- {} corrected a check-in of **{}** {} later: {}{}",
            who(&one.act),
            inline(&one.of.title),
            count(one.days.unsigned_abs(), "day"),
            inline(&one.what),
            positions(&one.act.seq.into_iter().collect::<Vec<_>>())
        );
    }
    for one in &late.retractions {
        let verb = if one.reinstated {
            "let count again"
        } else {
            "took back"
        };
        let _ = writeln!(
            points,
            "- {} {verb} a check-in of **{}** of {}{}",
            who(&one.act),
            inline(&one.of.title),
            day(one.effective),
            positions(&one.act.seq.into_iter().collect::<Vec<_>>())
        );
    }
    for one in &late.bunches {
        let _ = writeln!(
            points,
            "- {} entered {} of {} on {}, all at once",
            inline(one.author.as_ref().unwrap_or(&one.member)),
            count(one.check_ins, "check-in"),
            count(one.dates, "day"),
            one.day
        );
    }
    for one in surges {
        let _ = writeln!(
            points,
            "- **{}** has {} of {} in the last days or later",
            inline(&one.of.title),
            one.last_days + one.after_end,
            count(one.check_ins, "check-in")
        );
    }
    for one in &late.after_grades {
        let _ = writeln!(
            points,
            "- **{}** changed after its grade of {:.2}: {} would be computed now",
            inline(&one.of.title),
            one.grade,
            one.computed_now
                .map_or_else(|| "nothing".to_owned(), |now| format!("{now:.2}"))
        );
    }
    if !points.is_empty() {
        let _ = writeln!(text, "{points}");
    }
}

pub(super) fn calibration(text: &mut String, found: &Retro) {
    let Some(known) = &found.calibration else {
        return;
    };
    let all = &known.overall;
    if all.key_results == 0 {
        return;
    }
    heading(text, "Did people know?");
    let _ = write!(
        text,
        "{} of {} reached the target{}.\n\n",
        all.reached,
        count(all.key_results, "key result"),
        all.reached_share()
            .map_or_else(String::new, |share| format!(" ({})", percent(share)))
    );
    let mut table = Table::new(&["said", ">stated", ">reached", ">Brier", ">cases", ""]);
    let mut odds = |label: &str, found: &CalibrationOdds| {
        if found.cases > 0 {
            let told = |share: Option<_>| share.map_or_else(String::new, percent);
            table.row([
                label.to_owned(),
                told(found.stated),
                told(found.reached),
                share(found.brier),
                found.cases.to_string(),
                inline(&found.told),
            ]);
        }
    };
    odds("certainty at the start", &all.certainty);
    odds("confidence of the week", &all.confidence);
    let CalibrationErrors { cases, error, .. } = all.projection;
    if let Some(error) = error {
        table.row([
            "projection".to_owned(),
            String::new(),
            String::new(),
            String::new(),
            cases.to_string(),
            format!("off by {} of the way", percent(error)),
        ]);
    }
    table.write(text);
}

pub(super) fn funnels(text: &mut String, found: &Retro) {
    for one in &found.funnels {
        let _ = write!(text, "## Funnel: {}\n\n", inline(&one.funnel.funnel.name));
        let mut table = Table::new(&["stage", ">volume", ">planned rate", ">measured rate"]);
        for stage in &one.funnel.stages {
            table.row([
                inline(&stage.name),
                stage.volume.map_or_else(|| "–".to_owned(), number),
                stage.rate.map_or_else(String::new, rate),
                (stage.measured.as_ref()).map_or_else(String::new, |found| rate(found.rate)),
            ]);
        }
        table.write(text);
        for compared in [&one.against_plan, &one.against_before]
            .into_iter()
            .flatten()
        {
            explained(text, compared);
        }
    }
}

fn explained(text: &mut String, found: &FunnelCompared) {
    let _ = write!(text, "{}\n\n", inline(&funnel_sentence(found)));
}

pub(super) fn notes(text: &mut String, found: &Retro) {
    for (kind, title) in NOTE_KINDS {
        let mut all = found
            .notes
            .iter()
            .filter(|note| note.kind == kind)
            .peekable();
        if all.peek().is_none() {
            continue;
        }
        heading(text, title);
        for note in all {
            let about = (note.about.as_ref()).map_or_else(String::new, |about| {
                format!(" on **{}**", inline(&about.title))
            });
            let _ = writeln!(
                text,
                "- {}{about}, {}{}",
                inline(&note.member),
                note.day,
                positions(&note.seq.into_iter().collect::<Vec<_>>())
            );
            quoted(text, &note.text, "  ");
        }
        text.push('\n');
    }
}

pub(super) fn compared(text: &mut String, found: &Retro) {
    let Some(other) = &found.compared else {
        return;
    };
    let _ = write!(
        text,
        "## {} beside {}\n\n",
        inline(&found.cycle.name),
        inline(&other.cycle)
    );
    if !other.ended {
        let _ = write!(
            text,
            "{} has not ended: figures of {}.\n\n",
            inline(&other.cycle),
            other.on
        );
    }
    let mut table = Table::new(&["", ">before", ">after", ">change"]);
    let mut row = |label: String, pair: &RetroPair| {
        if *pair != RetroPair::default() {
            table.row([
                label,
                share(pair.before),
                share(pair.after),
                pair.change.map_or_else(String::new, change),
            ]);
        }
    };
    row("all objectives".to_owned(), &other.whole);
    row("committed".to_owned(), &other.committed);
    row("aspirational".to_owned(), &other.aspirational);
    let lines = other.teams.iter().chain(&other.objectives);
    for one in lines {
        row(inline(&one.goal.title), &one.pair);
        for below in &one.key_results {
            row(carried(below), &below.pair);
        }
    }
    table.write(text);
    let mut table = Table::new(&["KPI", ">before", ">after", ">change", "", ">of its target"]);
    for kpi in &other.kpis {
        let unit = kpi.unit.as_deref();
        table.row([
            inline(&kpi.title),
            number(kpi.before.value),
            inline(&with_unit(kpi.after.value, unit)),
            kpi.change.map_or_else(String::new, change),
            kpi.course.to_string(),
            kpi.after.attainment.map_or_else(String::new, percent),
        ]);
    }
    table.write(text);
}

fn carried(found: &RetroLineage) -> String {
    format!("↳ {}", inline(&found.goal.title))
}

pub(super) fn onward(text: &mut String, found: &Retro) {
    let onward = &found.onward;
    if onward.objectives.is_empty() || found.so_far {
        return;
    }
    heading(text, "What goes on");
    for one in &onward.objectives {
        let state = match (&one.carried, &one.into) {
            (Some(later), Some(into)) => {
                format!("carried into {} as {}", inline(into), later.reference)
            }
            _ => "not carried over yet".to_owned(),
        };
        let _ = writeln!(text, "- **{}**: {state}", inline(&one.objective.title));
        for below in &one.key_results {
            let _ = writeln!(
                text,
                "  - {}: {} (outcome {})",
                inline(&below.key_result.title),
                inline(&below.aim),
                plain(below.outcome)
            );
        }
    }
    if onward.finished > 0 {
        let _ = write!(
            text,
            "\n{} finished.\n",
            count(onward.finished, "objective")
        );
    }
    text.push('\n');
}
