//! `okr replay`: a cycle played again, step by step.

use std::io::Write as _;
use std::time::Duration;

use clap::{Args, ValueEnum};
use quarterdeck_core::asked;
use quarterdeck_core::calendar::{Span, Timestamp};
use quarterdeck_core::id::CycleId;
use quarterdeck_core::replay as rule;
use quarterdeck_core::when::{Moment, When, WhenError};
use quarterdeck_report::json::{self, AsOf, Frame};
use quarterdeck_report::number::count;
use quarterdeck_report::text::{self, Ansi};
use quarterdeck_sync::ReplicaPast;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::sink::Sink;
use crate::view::{Known, View};

/// So many frames a second on a terminal, where nobody says how many.
const SPEED: f64 = 2.0;

/// Play a cycle again: what became known, and how its goals moved, step by step.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr replay                            the cycle that is active today, week by week
  okr replay 2026-Q2 --step day         a closed one, until its closing
  okr replay --from \"week 3\" --until \"week 6\" --step event
  okr replay --speed 4                  four frames a second; space plays, ? lists the keys
  okr replay --plain | less             all frames at once
  okr replay --step event --json        one JSON object a frame
  okr replay --as-of 2026-08-21         as it could be played on that day

Each frame is what `okr status --as-of` its moment says. docs/replay.md has the steps, the marks and the \
JSON keys.")]
pub(crate) struct Replay {
    /// Which cycle [default: the one that is active today].
    #[arg(value_name = "CYCLE", add = crate::complete::cycles())]
    cycle: Option<String>,
    /// How far apart frames are.
    #[arg(long, value_enum, default_value = "week")]
    step: StepOption,
    /// Begin with this moment; `week 3` is one of the cycle that is played.
    #[arg(long, value_name = "WHEN")]
    from: Option<When>,
    /// End with this moment [default: the closing, or the present].
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// So many frames a second [default: 2 on a terminal, else all at once].
    #[arg(long, value_name = "FRAMES", value_parser = speed)]
    speed: Option<f64>,
    /// Lines and nothing else, all at once, on a terminal too.
    #[arg(long)]
    plain: bool,
    #[command(flatten)]
    known: Known,
}

/// How far apart frames are.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum StepOption {
    /// One for each event, and one for each day without any.
    Event,
    /// One for each day.
    Day,
    /// One for each week of the cycle.
    Week,
}

impl From<StepOption> for rule::Step {
    fn from(step: StepOption) -> Self {
        match step {
            StepOption::Event => Self::Event,
            StepOption::Day => Self::Day,
            StepOption::Week => Self::Week,
        }
    }
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(speed) if (0.01..=1000.0).contains(&speed) => Ok(speed),
        _ => Err("frames a second are a number from 0.01 to 1000".to_owned()),
    }
}

impl Replay {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut view = context.open()?.view(self.known)?;
        let cycle = match &self.cycle {
            Some(cycle) => view.resolver().cycle(cycle)?,
            None => json::default_cycle(view.state(), view.on()).ok_or_else(|| view.no_cycle())?,
        };
        let stretch = Stretch::of(&view, cycle, self.from.as_ref(), self.until.as_ref())?;
        let asked = rule::Asked {
            cycle,
            step: self.step.into(),
            from: stretch.from,
            until: stretch.until,
        };
        let watched = context.output.asks() && !self.plain;
        if watched && crate::screen::is_watched(context) {
            return super::replay_screen::run(&mut view, &asked, self.speed.unwrap_or(SPEED));
        }
        let pace = self.speed.or_else(|| watched.then_some(SPEED));
        let shown = play(&mut view, &asked, pace.map(|speed| 1.0 / speed))?;
        if shown == 0 {
            return Err(nothing(
                &view,
                cycle,
                self.from.is_some() || self.until.is_some(),
            ));
        }
        view.tell_what_came_after(cycle)?;
        Ok(Exit::Done)
    }
}

/// Shows all frames, each so many seconds after the one before, and answers how many there were.
fn play(view: &mut View<'_>, asked: &rule::Asked, pause: Option<f64>) -> Result<u64, Failure> {
    let output = &view.context().output;
    let ansi = if output.coloured() {
        Ansi::On
    } else {
        Ansi::Off
    };
    let mut shown_for = view.shown_for();
    // A year is named where it is not the cycle's: that reads the same on every day.
    if let Some(own) = view.state().cycles.get(&asked.cycle) {
        shown_for.today = own.ends;
    }
    let mut sink = Sink::open(output, None)?;
    let (mut shown, mut was_idle, mut waiting) = (0u64, true, 0u64);
    let mut written = Ok(());
    let now = view.context().now;
    let is_past = match asked.until {
        Some(Moment::At(until)) => until < now,
        Some(Moment::Position(_)) => true,
        None => false,
    };
    let question = |past: &mut ReplicaPast<'_>| {
        json::replay(past, asked, &mut |frame| {
            if let Some(seconds) = pause.filter(|_| shown > 0) {
                std::thread::sleep(Duration::from_secs_f64(seconds));
            }
            shown += 1;
            waiting += frame
                .events
                .iter()
                .map(|event| u64::from(event.pending))
                .sum::<u64>();
            let text = if output.json {
                serde_json::to_string(&frame).map(|line| format!("{line}\n"))
            } else {
                let idle = is_idle(&frame);
                let gap = if shown == 1 || (idle && was_idle) {
                    ""
                } else {
                    "\n"
                };
                was_idle = idle;
                let drawn = text::replay(&frame, asked.step, &shown_for);
                Ok(format!("{gap}{}", drawn.render(ansi)))
            };
            let line = text.map_err(std::io::Error::other);
            written = line.and_then(|line| {
                sink.write_all(line.as_bytes())?;
                // Whoever watches waits for it.
                pause.map_or(Ok(()), |_| sink.flush())
            });
            written.is_ok()
        })
    };
    if is_past {
        view.ask_recorded(question)?;
    } else {
        view.ask(question)?;
    }
    match written {
        Ok(()) => sink.finish()?,
        Err(error) => sink.failed(error)?,
    }
    if waiting > 0 {
        let why = format!("{} not sent yet (⇡)", count(waiting, "event"));
        output.hint(&why, "okr sync")?;
    }
    Ok(shown)
}

/// Whether nothing happened in a frame, and nothing moved.
fn is_idle(frame: &Frame) -> bool {
    frame.events.is_empty() && frame.objectives.is_empty() && frame.gone.is_empty()
}

/// Why nothing was shown.
fn nothing(view: &View<'_>, cycle: CycleId, of_part: bool) -> Failure {
    let state = view.state();
    let name = state
        .cycles
        .get(&cycle)
        .map_or("the cycle", |own| &own.name);
    let named = crate::commands::argument(name);
    if of_part {
        return Failure::not_found(format!("Nothing of {name} lies between those moments."))
            .hint(format!("see all of it: `okr replay {named}`"));
    }
    Failure::not_found(format!(
        "{name} has no objectives: there is nothing to play."
    ))
    .hint(format!(
        "draft one with `okr objective new \"TITLE\" --cycle {named}`"
    ))
}

/// Which part of a cycle is played.
struct Stretch {
    from: Option<Moment>,
    until: Option<Moment>,
}

impl Stretch {
    /// The part between two moments, up to the one that is seen.
    fn of(
        view: &View<'_>,
        cycle: CycleId,
        from: Option<&When>,
        until: Option<&When>,
    ) -> Result<Self, Failure> {
        let from = moment(view, cycle, from, true)?;
        let until = moment(view, cycle, until, false)?;
        let now = view.context().now;
        if from.is_some_and(|from| asked::is_backwards(view.state(), from, until, now)) {
            return Err(Failure::usage("It would begin after it ends.")
                .hint("name an earlier moment with --from, or a later one with --until"));
        }
        let seen = match view.as_of() {
            // A server's clock may be ahead of this machine's.
            None => Some(now.max(view.state().recorded)),
            Some(AsOf::Moment(moment)) => Some(moment.min(now)),
            // The last entry up to there is where it ends.
            Some(AsOf::Position(_)) => None,
        };
        let until = match (until, seen) {
            (Some(Moment::At(until)), _) => Some(Moment::At(until.min(seen.unwrap_or(now)))),
            (Some(position), _) => Some(position),
            (None, seen) => seen.map(Moment::At),
        };
        Ok(Self { from, until })
    }
}

/// The moment that is meant; a week is one of the cycle that is played.
fn moment(
    view: &View<'_>,
    cycle: CycleId,
    when: Option<&When>,
    start: bool,
) -> Result<Option<Moment>, Failure> {
    let Some(when) = when else {
        return Ok(None);
    };
    let own = view.state().cycles.get(&cycle);
    let span = own.and_then(|own| Span::new(own.starts, own.ends));
    let found = match (when, span) {
        (When::Week(week), Some(span)) => {
            let weeks = span.weeks();
            let found = span.week(*week).ok_or_else(|| {
                let error = WhenError::Week { week: *week, weeks };
                Failure::usage(format!("{error}."))
            })?;
            Moment::At(edge(view, found, start))
        }
        _ => view.moment(when, start)?,
    };
    view.is_in_the_past(found)?;
    Ok(Some(found))
}

fn edge(view: &View<'_>, days: Span, start: bool) -> Timestamp {
    let zone = view.zone();
    if start {
        zone.start_of(days.starts)
    } else {
        zone.end_of(days.ends)
    }
}
