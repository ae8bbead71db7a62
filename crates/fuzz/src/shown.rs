//! What is shown of a state, by every document that takes no more than a state and its log.

use quarterdeck_core::calendar::{Date, TimeZone};
use quarterdeck_core::digest::{Between, digest};
use quarterdeck_core::past::Past;
use quarterdeck_core::retro;
use quarterdeck_core::state::State;
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::Moment;
use quarterdeck_core::whose::Whose;
use quarterdeck_exchange::tables::{Cell, What, table};
use quarterdeck_exchange::write;
use quarterdeck_report::chart::{Plot, Scale, Size, svg};
use quarterdeck_report::json::{self, KpiQuery, LintAbout, StatusQuery};
use quarterdeck_report::letter;
use quarterdeck_report::names::Names;
use quarterdeck_report::page;
use quarterdeck_report::pending::Pending;
use quarterdeck_report::text::{self, Ansi, Document, View};

use crate::neutral::{inert, is_formula, sound};
use crate::past::Told;

fn drawn(document: &Document) {
    sound(&document.render(Ansi::Off));
}

/// Everything, on each of these days.
pub(crate) fn all(told: &mut Told, days: &[Date]) {
    let state = told.state.clone();
    let names = Names::new(&state);
    let pending = Pending::default();
    for on in days {
        let view = View {
            width: 80,
            zone: TimeZone::utc(),
            today: *on,
            reader: None,
        };
        lists(&names, &pending, &view);
        one_by_one(&names, &pending, &view);
        sheets(&state, *on);
    }
    log(told, &names, days);
    letters(told, &state, days);
    pages(told, days);
}

fn lists(names: &Names<'_>, pending: &Pending, view: &View) {
    let on = view.today;
    let query = StatusQuery {
        cycle: None,
        team: None,
        member: None,
        on,
        as_of: None,
    };
    drawn(&text::status(&json::status(names, pending, &query), view));
    drawn(&text::tree(&json::tree(names, pending, &query), view));
    drawn(&text::lint(
        &json::lint(names, &query, LintAbout::All),
        true,
        view,
    ));
    drawn(&text::cycles(&json::cycles(names, on), view));
    drawn(&text::teams(&json::teams(names), view));
    drawn(&text::members(&json::members(names), view));
    drawn(&text::devices(&json::devices(names, None), view));
    drawn(&text::mission(&json::mission(names.state()), view));
    drawn(&text::funnels(&json::funnels(names, None), view));
    drawn(&text::due_list(
        &json::due_list(names, &Whose::All, on, None),
        view,
    ));
    drawn(&text::conflicts(&json::conflicts(names, &|_| None), view));
    if let Some(found) = json::incentives(names) {
        drawn(&text::incentives(&found, view));
    }
    let query = KpiQuery {
        team: None,
        owner: None,
        all: true,
        on,
        as_of: None,
    };
    drawn(&text::kpi_list(
        &json::kpi_list(names, pending, &query),
        view,
    ));
}

fn one_by_one(names: &Names<'_>, pending: &Pending, view: &View) {
    let state = names.state();
    let on = view.today;
    for id in state.objectives.keys() {
        let found = json::objective_show(names, pending, *id, on, None, &|_| None);
        drawn(&text::objective_show(&found.expect("it is there"), view));
    }
    for id in state.key_results.keys() {
        if let Some(found) = json::key_result_show(names, pending, *id, on, None, &|_| None) {
            drawn(&text::key_result_show(&found, view));
        }
        if let Some(plot) = Plot::of(state, *id, on) {
            let plot = plot.with_notes(state, *id);
            let scale = Scale::of(&plot);
            let size = Size {
                width: 720,
                height: 320,
            };
            inert(&svg(&plot, &scale, size));
        }
    }
    for id in state.cycles.keys() {
        drawn(&text::grade_list(&json::grade_list(names, *id, on), view));
    }
}

fn sheets(state: &State, on: Date) {
    for what in [What::Okrs, What::CheckIns, What::Notes] {
        let sheet = table(state, what, None, on);
        let written = write::csv(&sheet);
        let mut rows = csv::Reader::from_reader(written.as_bytes());
        for row in rows.records() {
            let row = row.expect("what is written can be read");
            assert!(!row.iter().any(is_formula), "{row:?}");
        }
        assert!(
            sheet
                .rows
                .iter()
                .flatten()
                .all(|cell| *cell != Cell::Text(String::new()))
        );
    }
}

fn log(told: &Told, names: &Names<'_>, days: &[Date]) {
    let view = View {
        width: 80,
        zone: TimeZone::utc(),
        today: days[0],
        reader: None,
    };
    let lines: Vec<_> = (told.log.iter())
        .map(|entry| json::log_line(names, entry, false))
        .collect();
    drawn(&text::log(&lines, &view));
}

fn letters(told: &mut Told, state: &State, days: &[Date]) {
    let half = told.log.len() as u64 / 2;
    let Ok(then) = told.known_at(Moment::Position(half));
    let (from, on) = (days[0], days[days.len() - 1]);
    let between = Between {
        then: &then,
        then_on: from,
        now: state,
        now_on: on,
    };
    let found = digest(&between, &Whose::All);
    let names = Names::new(state);
    let digest = json::digest(&names, &found, (from, on), None, &|_| None);
    let letter = letter::digest(&digest);
    inert(&letter::html(&letter));
    sound(&letter::markdown(&letter));
    let view = View {
        width: 80,
        zone: TimeZone::utc(),
        today: on,
        reader: None,
    };
    drawn(&text::letter(&letter, &view));
}

fn pages(told: &mut Told, days: &[Date]) {
    let on = days[days.len() - 1];
    let first = told.state.cycles.keys().next().copied();
    let Some(cycle) = first else { return };
    let asked = page::Asked::of(cycle, on, None);
    let Ok(page) = page::page(told, &asked);
    inert(&page.expect("a cycle that is there").html);
    let Ok(found) = json::retro(
        told,
        &retro::Asked {
            compare: None,
            ..asked.retro
        },
    );
    let found = found.expect("a cycle that is there");
    sound(&letter::retro_markdown(&found));
    let _ = Subject::Cycle(cycle);
}
