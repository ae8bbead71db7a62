//! The fold of arbitrary events: it takes any, its figures keep to their ranges, its state can be told and kept,
//! and what is shown of it is neutral.

use arbitrary::Unstructured;
use quarterdeck_core::calendar::{Date, TimeZone, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::state::{KeyResult, State};
use quarterdeck_core::{canonical, forecast, lint, score, status};

use crate::past::Told;
use crate::{shaped, shown};

/// A story that is recorded whatever it says, or only what the rule book admits.
pub(crate) fn fold(bytes: &[u8]) {
    let mut choices = Unstructured::new(bytes);
    let is_strict = choices.arbitrary::<u8>().unwrap_or(0) & 1 == 1;
    let mut told = Told {
        log: Vec::new(),
        state: State::default(),
    };
    shaped::story(&mut choices, |entry| {
        let admitted = told.state.admit(&entry.event, entry.recorded);
        if let Err(refusal) = &admitted {
            assert!(refusal.message.ends_with(['.', '?']), "{}", refusal.message);
        }
        if is_strict && admitted.is_err() {
            return;
        }
        let seq = told.log.len() as u64 + 1;
        let entry = Entry { seq, ..entry };
        told.state.apply(&entry);
        assert_eq!(
            (told.state.head, told.state.recorded),
            (seq, entry.recorded)
        );
        told.log.push(entry);
    });
    let state = &told.state;
    let json = canonical::json(state).expect("a state can be told");
    let again: State = serde_json::from_str(&json).expect("what is told can be read");
    assert_eq!(canonical::json(&again).ok().as_deref(), Some(&*json));
    let kept = postcard::to_stdvec(state).expect("a state can be kept");
    let again: State = postcard::from_bytes(&kept).expect("what is kept can be read");
    assert_eq!(canonical::json(&again).ok().as_deref(), Some(&*json));
    let days = days(&told);
    for on in &days {
        figures(state, *on);
    }
    let _ = lint::findings(state, |_, _| true);
    shown::all(&mut told, &days);
}

/// The days on which the story is asked about: before it, in it, after it, and where days end.
fn days(told: &Told) -> Vec<Date> {
    let zone = TimeZone::utc();
    let day = |moment: Timestamp| zone.date_of(moment);
    let middle = told.log.get(told.log.len() / 2).map(|entry| entry.recorded);
    let last = told.log.last().map(|entry| entry.recorded);
    let mut days: Vec<Date> = [middle, last].into_iter().flatten().map(day).collect();
    days.push(Date::from_days_since_epoch(20_727));
    days
}

fn share(found: Option<Decimal>, what: &str) {
    if let Some(found) = found {
        assert!(
            (Decimal::ZERO..=Decimal::ONE).contains(&found),
            "{what} is {found}"
        );
    }
}

fn figures(state: &State, on: Date) {
    for (id, objective) in &state.objectives {
        share(
            score::objective_score(state, *id, on),
            "an objective's score",
        );
        share(
            forecast::of_objective(state, *id, on),
            "an objective's forecast",
        );
        let _ = status::of_objective(state, *id, on);
        let Some(cycle) = state.cycles.get(&objective.cycle) else {
            continue;
        };
        share(Some(score::elapsed(cycle, on)), "the time elapsed");
        share(
            Some(score::expected(state, cycle, on)),
            "the share expected",
        );
        for (_, key_result) in state.key_results_of(*id) {
            let key_result: &KeyResult = key_result;
            let found = score::progress(state, key_result, cycle, on);
            share(found.score, "a score");
            share(
                forecast::of(state, key_result, cycle, on).score(),
                "a forecast",
            );
            let why = status::of_key_result(state, key_result, cycle, on);
            assert!(!why.because.is_empty(), "a status has a reason");
            let _ = score::pace(state, key_result, cycle, on);
        }
    }
}

/// A workspace with something of everything in it: every sample, one after the other.
pub(crate) fn sample() -> State {
    let mut state = State::default();
    shaped::every(|entry| state.apply(&entry));
    state
}

/// A workspace with an objective and a key result of these titles.
pub(crate) fn titled(objective: &str, key_result: &str) -> State {
    let mut state = State::default();
    shaped::story(&mut Unstructured::new(&[]), |mut entry| {
        match &mut entry.event.body {
            Body::ObjectiveDrafted(drafted) => drafted.title = objective.to_owned(),
            Body::KeyResultAdded(added) => added.title = key_result.to_owned(),
            _ => {}
        }
        state.apply(&entry);
    });
    state
}
