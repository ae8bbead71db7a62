//! Shoots the film: the cycle is played again, and at each stop what changed is put into it.
//!
//! One fold, forward. At a stop only those goals are looked at that can read otherwise than at the
//! stop before ([`Changed`]); means are taken over what the film has last said of each objective.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_core::alignment::teams_below;
use quarterdeck_core::calendar::{Date, Span, Timestamp};
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::{CycleId, KeyResultId, NoteId, ObjectiveId, TeamId, Uuid};
use quarterdeck_core::past::Past;
use quarterdeck_core::replay::{self, Changed, Mark, Step, Stop};
use quarterdeck_core::score;
use quarterdeck_core::state::{Cycle, State};
use quarterdeck_core::token::{ObjectiveKind, Status};
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::Moment;

use super::bar::AFTER;
use super::charts::Charts;
use super::film::{self, Day};
use super::goals::{self, Field, Figure, Film, Thing};
use crate::json;
use crate::names::{Kept, Names};
use crate::number::percent;

/// The statuses, in the order in which they are counted on the page.
pub(super) const STATUSES: [Status; 5] = [
    Status::Done,
    Status::OnTrack,
    Status::AtRisk,
    Status::OffTrack,
    Status::Stale,
];

/// So much of a note is in the words of a moment.
const TOLD: usize = 140;

/// A film, and which goals appear in it, in the order in which they did.
pub(super) struct Shot {
    pub(super) film: Film,
    pub(super) objectives: Vec<ObjectiveId>,
    /// Each with the objective that it is of.
    pub(super) key_results: Vec<(KeyResultId, ObjectiveId)>,
    pub(super) charts: Charts,
    /// Whether the tables of values are few enough to stand on the page without a script.
    pub(super) few_rows: bool,
    /// The team of each objective.
    team_of: BTreeMap<ObjectiveId, TeamId>,
    /// Each team with those below it.
    teams: BTreeMap<TeamId, BTreeSet<TeamId>>,
    /// The day of the last stop.
    on: Option<Date>,
}

impl Shot {
    /// Whether an objective is a team's, or one's below it.
    pub(super) fn is_of_team(&self, objective: ObjectiveId, team: TeamId) -> bool {
        let theirs = self.team_of.get(&objective);
        let below = self.teams.get(&team);
        theirs
            .zip(below)
            .is_some_and(|(team, below)| below.contains(team))
    }
}

/// So many rows of values stand on a page without a script.
const FEW: usize = 3_000;

/// Shoots a cycle up to a moment. The last stop is of the day `on`, by what the closing's state knows
/// where there is one, else by all that is known.
///
/// # Errors
/// The log cannot be read.
pub(super) fn shoot<P: Past>(
    past: &mut P,
    cycle: CycleId,
    until: Option<Moment>,
    on: Date,
    closed: Option<&State>,
) -> Result<Shot, P::Error> {
    let mut camera = Camera {
        cycle,
        kept: Kept::default(),
        figures: BTreeMap::new(),
        statuses: BTreeMap::new(),
        seen: BTreeSet::new(),
        known_teams: 0,
        moved: true,
        last_at: None,
        shot: Shot {
            film: Film::new(),
            objectives: Vec::new(),
            key_results: Vec::new(),
            charts: Charts::default(),
            few_rows: false,
            team_of: BTreeMap::new(),
            teams: BTreeMap::new(),
            on: None,
        },
    };
    let asked = replay::Asked {
        cycle,
        step: Step::Event,
        from: None,
        until,
    };
    replay::play(past, &asked, &mut |state, stop, changed| {
        camera.take(state, stop, changed);
        true
    })?;
    if camera.shot.on != Some(on) {
        let state = closed.unwrap_or_else(|| past.state());
        camera.end(state, on);
    }
    let mut shot = camera.shot;
    shot.few_rows = shot.charts.draw(&mut shot.film) <= FEW;
    Ok(shot)
}

struct Camera {
    cycle: CycleId,
    kept: Kept,
    /// What of each objective goes into means.
    figures: BTreeMap<ObjectiveId, Figure>,
    /// How each key result that counts is doing.
    statuses: BTreeMap<KeyResultId, Status>,
    seen: BTreeSet<KeyResultId>,
    known_teams: usize,
    /// Whether a figure or a status is another than at the stop before.
    moved: bool,
    last_at: Option<Timestamp>,
    shot: Shot,
}

impl Camera {
    /// Another day of what is known at the end.
    fn end(&mut self, state: &State, on: Date) {
        let span =
            (state.cycles.get(&self.cycle)).and_then(|cycle| Span::new(cycle.starts, cycle.ends));
        let moment = Moment::Position(state.head);
        let stop = Stop {
            moment,
            seq: state.head,
            at: self.last_at.unwrap_or(state.recorded),
            day: on,
            week: span.and_then(|span| span.week_of(on)),
            entries: Vec::new(),
            marks: Vec::new(),
        };
        self.take(state, &stop, &Changed::all());
    }

    fn take(&mut self, state: &State, stop: &Stop, changed: &Changed) {
        let Some(cycle) = state.cycles.get(&self.cycle) else {
            return;
        };
        self.begin(cycle, stop);
        let names = Names::after(state, &self.kept);
        self.goals(&names, cycle, stop, changed);
        self.means(state);
        self.whole(cycle, stop);
        for entry in &stop.entries {
            self.say(&names, entry);
        }
        for mark in &stop.marks {
            self.shot.film.mark(name_of(mark));
            if matches!(mark, Mark::Goalpost { .. }) && stop.day > cycle.ends {
                self.shot.film.mark(AFTER);
            }
        }
        self.kept = names.keep();
        self.last_at = Some(stop.at);
    }

    fn begin(&mut self, cycle: &Cycle, stop: &Stop) {
        let film = &mut self.shot.film;
        let iso = stop.day.to_string();
        let last = film.last_day().filter(|day| day.iso == iso).is_some();
        let day = if last {
            film.days() - 1
        } else {
            film.day(day(cycle, stop, iso))
        };
        film.stop(film::Stop {
            seq: stop.seq,
            at: stop.at.ms() / 1_000,
            day,
        });
        self.shot.on = Some(stop.day);
    }

    fn goals(&mut self, names: &Names<'_>, cycle: &Cycle, stop: &Stop, changed: &Changed) {
        let state = names.state();
        let objectives: Vec<ObjectiveId> = if changed.all {
            (state.objectives.iter())
                .filter(|(id, found)| found.cycle == self.cycle || self.figures.contains_key(*id))
                .map(|(id, _)| *id)
                .collect()
        } else {
            changed.objectives.iter().copied().collect()
        };
        let mut key_results: BTreeSet<KeyResultId> = changed.key_results.clone();
        let drawn = Drawn::of(state, stop, changed);
        for (note, about) in &drawn.written {
            self.shot.charts.noted(*about, *note);
        }
        for id in objectives {
            let Some(found) = state.objectives.get(&id) else {
                continue;
            };
            let is_of_cycle = found.cycle == self.cycle;
            if is_of_cycle && !self.shot.objectives.contains(&id) {
                self.shot.objectives.push(id);
            }
            let film = &mut self.shot.film;
            let figure = goals::objective(film, names, (id, found), is_of_cycle, stop.day);
            match figure {
                Some(figure) => {
                    if let Some(team) = figure.team {
                        self.shot.team_of.insert(id, team);
                    }
                    self.moved |= self.figures.insert(id, figure) != Some(figure);
                }
                None => self.moved |= self.figures.remove(&id).is_some(),
            }
            if changed.all {
                key_results.extend(state.key_results_of(id).map(|(below, _)| below));
            }
        }
        for id in key_results {
            let Some(found) = state.key_results.get(&id) else {
                continue;
            };
            if !self.figures.contains_key(&found.objective) {
                self.moved |= self.statuses.remove(&id).is_some();
                continue;
            }
            if self.seen.insert(id) {
                self.shot.key_results.push((id, found.objective));
            }
            let film = &mut self.shot.film;
            let status = goals::key_result(film, names, (id, found), cycle, stop.day);
            let before = match status {
                Some(status) => self.statuses.insert(id, status),
                None => self.statuses.remove(&id),
            };
            self.moved |= before != status;
            if drawn.again(
                self.shot
                    .film
                    .last(Thing::KeyResult(id), Field::LastCheckIn),
                id,
            ) {
                let now = self.shot.film.now();
                self.shot.charts.take(now, state, id, stop.day);
            }
        }
        // Notes change no figure, and are marked below the curve.
        for id in drawn.noted {
            if self.seen.contains(&id) {
                let now = self.shot.film.now();
                self.shot.charts.take(now, state, id, stop.day);
            }
        }
    }

    /// The scores of the cycle and of teams, and how many key results are doing how.
    fn means(&mut self, state: &State) {
        if self.known_teams != state.teams.len() {
            self.known_teams = state.teams.len();
            self.moved = true;
            self.shot.teams = (state.teams.keys())
                .map(|id| (*id, teams_below(state, *id)))
                .collect();
        }
        if !std::mem::take(&mut self.moved) {
            return;
        }
        let film = &mut self.shot.film;
        let scored = |figure: &Figure| Some((figure.kind, figure.score?));
        let all: Vec<(ObjectiveKind, _)> = self.figures.values().filter_map(scored).collect();
        goals::means(film, Thing::Cycle, score::means_of(&all));
        for (team, below) in &self.shot.teams {
            let theirs: Vec<(ObjectiveKind, _)> = (self.figures.values())
                .filter(|figure| figure.team.is_some_and(|team| below.contains(&team)))
                .filter_map(scored)
                .collect();
            if !theirs.is_empty() || !film.last(Thing::Team(*team), Field::Score).is_empty() {
                goals::means(film, Thing::Team(*team), score::means_of(&theirs));
            }
        }
        for (at, status) in (0u8..).zip(STATUSES) {
            let many = self.statuses.values().filter(|one| **one == status).count();
            film.tell(Thing::Count(at), Field::Many, &many.to_string());
        }
    }

    fn whole(&mut self, cycle: &Cycle, stop: &Stop) {
        let film = &mut self.shot.film;
        let week = match stop.week {
            Some(week) => {
                let weeks = Span::new(cycle.starts, cycle.ends).map_or(0, Span::weeks);
                format!("week {week} of {weeks}")
            }
            None if stop.day < cycle.starts => "before it began".to_owned(),
            None => "after its end".to_owned(),
        };
        film.tell(Thing::Cycle, Field::Week, &week);
        let elapsed = percent(score::elapsed(cycle, stop.day));
        film.tell(Thing::Cycle, Field::Elapsed, &elapsed);
        film.tell(Thing::Cycle, Field::State, cycle.state.word());
    }

    fn say(&mut self, names: &Names<'_>, entry: &Entry) {
        let (mut what, text) = json::said(names, entry);
        if let Some(text) = text {
            what.push_str(": ");
            what.extend(text.chars().take(TOLD));
            if text.chars().nth(TOLD).is_some() {
                what.push('…');
            }
        }
        let who = match &entry.event.source {
            Some(source) => source.author.clone(),
            None => names.person(entry.event.member),
        };
        let about = match &entry.event.body {
            Body::NoteAdded { about, .. } => Some(*about),
            body => body.subject(),
        };
        let about = match about {
            Some(Subject::KeyResult(id) | Subject::CheckIn(id, _)) => Some(Thing::KeyResult(id)),
            Some(Subject::Objective(id)) => Some(Thing::Objective(id)),
            _ => None,
        };
        let film = &mut self.shot.film;
        film.say(&who, &what, about.map(|thing| (thing, Field::Title)));
    }
}

/// Whose charts are drawn again at a stop. That a day has turned changes none of them, but for what was
/// measured ahead of its day.
struct Drawn {
    all: bool,
    day: String,
    touched: BTreeSet<Uuid>,
    noted: BTreeSet<KeyResultId>,
    /// What was written on key results.
    written: Vec<(NoteId, KeyResultId)>,
}

impl Drawn {
    fn of(state: &State, stop: &Stop, changed: &Changed) -> Self {
        let mut drawn = Self {
            all: false,
            day: stop.day.to_string(),
            touched: changed.key_results.iter().map(|id| id.uuid()).collect(),
            noted: BTreeSet::new(),
            written: Vec::new(),
        };
        for entry in &stop.entries {
            drawn.touched.extend(entry.event.subjects());
            match &entry.event.body {
                Body::NoteAdded {
                    about: Subject::KeyResult(id),
                    ..
                } => {
                    drawn.noted.insert(*id);
                    drawn.written.push((NoteId::from(entry.event.id), *id));
                }
                Body::Edited {
                    subject: Subject::Note(id),
                    ..
                } => {
                    let about = state.notes.get(id).map(|note| note.about);
                    if let Some(Subject::KeyResult(id)) = about {
                        drawn.noted.insert(id);
                    }
                }
                body => {
                    let subject = body.subject();
                    drawn.all |= matches!(
                        subject,
                        Some(
                            Subject::Workspace
                                | Subject::Cycle(_)
                                | Subject::Kpi(_)
                                | Subject::Reading(..)
                        )
                    );
                }
            }
        }
        drawn
    }

    fn again(&self, last: &str, id: KeyResultId) -> bool {
        self.all || self.touched.contains(&id.uuid()) || last == self.day
    }
}

/// What the page jumps to.
const fn name_of(mark: &Mark) -> &'static str {
    match mark {
        Mark::Note { .. } => "note",
        other => other.word(),
    }
}

fn day(cycle: &Cycle, stop: &Stop, iso: String) -> Day {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let weekday = usize::from(stop.day.weekday().saturating_sub(1));
    let short = crate::text::day(stop.day, cycle.ends);
    let named = format!("{} {short}", DAYS.get(weekday).copied().unwrap_or_default());
    let before = cycle.starts.plus_days(-1);
    let long = f64::from(cycle.ends.days_since(before).max(1));
    let gone = f64::from(stop.day.days_since(before));
    Day {
        iso,
        name: match stop.week {
            Some(week) => format!("{named}, week {week}"),
            None => named,
        },
        short,
        week: stop.week.unwrap_or_default(),
        share: ((gone / long).clamp(0.0, 1.0) * 1e4).round() / 1e4,
    }
}
