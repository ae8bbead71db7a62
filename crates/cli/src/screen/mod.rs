//! What whole-screen commands share: the terminal, and the loop between it, a screen and whoever answers it.
//!
//! ```text
//! keys ──▶ ┌───────┐ ──draw──▶ terminal
//!          │ inbox │──▶ Screen::update ──▶ questions ──▶ a thread that has the replica
//! news ──▶ └───────┘ ◀──────────────────── answers ◀────┘
//! ```
//!
//! One thread draws and never waits for anything but its inbox. The terminal is put back when the command
//! ends in whatever way: by a key, an error, a panic in any thread, or a signal.

mod keys;
mod terminal;

use std::io::IsTerminal;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Instant;

use quarterdeck_screen::{Effect, Event, Look, Screen, Trouble};

use crate::context::Context;
use crate::error::{Exit, Failure};
use terminal::Terminal;

/// What reaches a screen's loop.
#[derive(Debug)]
pub(crate) enum Happened<Q, A, N> {
    /// Something for the screen.
    Event(Event<Q, A, N>),
    /// Somebody wants the program to end.
    Signal(i32),
    /// A thread of it ended as none should; it has said why.
    Died,
}

/// A screen's inbox: the loop reads it, everybody else writes to it.
pub(crate) type Inbox<S> = (Writer<S>, Receiver<HappenedOf<S>>);
/// What writes to a screen's inbox.
pub(crate) type Writer<S> = Sender<HappenedOf<S>>;
/// What reaches the loop of this screen.
pub(crate) type HappenedOf<S> =
    Happened<<S as Screen>::Question, <S as Screen>::Answer, <S as Screen>::News>;

/// An empty inbox.
pub(crate) fn inbox<S: Screen>() -> Inbox<S> {
    channel()
}

/// Whether there is a person at a terminal.
pub(crate) fn is_watched(context: &Context) -> bool {
    context.output.asks() && std::io::stdin().is_terminal()
}

/// Columns and rows of the terminal.
pub(crate) fn size() -> (u16, u16) {
    ratatui::crossterm::terminal::size().unwrap_or((80, 24))
}

/// Shows a screen until it ends.
///
/// # Errors
/// The terminal fails, or a thread that the screen needs has ended.
pub(crate) fn run<S>(
    context: &Context,
    mut screen: S,
    (writer, inbox): Inbox<S>,
    ask: &mut dyn FnMut(S::Question),
) -> Result<Exit, Failure>
where
    S: Screen,
    S::Question: 'static,
    S::Answer: 'static,
    S::News: 'static,
{
    let look = Look {
        colour: context.output.coloured(),
    };
    // Whether there is colour was decided; what draws would look at the environment once more.
    ratatui::crossterm::style::force_color_output(look.colour);
    let effects = screen.begin();
    for effect in effects {
        if let Effect::Ask(question) = effect {
            ask(question);
        }
    }
    let mut terminal = Terminal::open().map_err(no_terminal)?;
    listen(&writer);
    terminal::heed_signals(writer);
    let ended = show(&mut terminal, &mut screen, &look, &inbox, ask);
    drop(terminal);
    match ended {
        Ok(Ended::Quit) => Ok(Exit::Done),
        Ok(Ended::Signal(signal)) => {
            terminal::end_by(signal);
            Ok(Exit::Trouble)
        }
        Ok(Ended::Died) => Err(Failure::new(
            Exit::Trouble,
            "The screen ended: a part of it failed.",
        )
        .hint("everything that was recorded is kept; the plain commands do the same")),
        Err(error) => Err(no_terminal(error)),
    }
}

/// How a screen's loop ended.
enum Ended {
    Quit,
    Signal(i32),
    Died,
}

fn show<S: Screen>(
    terminal: &mut Terminal,
    screen: &mut S,
    look: &Look,
    inbox: &Receiver<HappenedOf<S>>,
    ask: &mut dyn FnMut(S::Question),
) -> std::io::Result<Ended> {
    let mut since = Instant::now();
    loop {
        terminal.draw(|frame| screen.draw(frame, look))?;
        let first = match screen.tick() {
            None => {
                since = Instant::now();
                inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
            }
            Some(pause) => inbox.recv_timeout(pause.saturating_sub(since.elapsed())),
        };
        let mut happened = match first {
            Ok(happened) => Some(happened),
            Err(RecvTimeoutError::Timeout) => {
                since = Instant::now();
                Some(Happened::Event(Event::Tick))
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(Ended::Died),
        };
        // All that came meanwhile, before it is drawn.
        while let Some(one) = happened {
            let event = match one {
                Happened::Event(event) => event,
                Happened::Signal(signal) => return Ok(Ended::Signal(signal)),
                Happened::Died => return Ok(Ended::Died),
            };
            for effect in screen.update(event) {
                match effect {
                    Effect::Ask(question) => ask(question),
                    Effect::Quit => return Ok(Ended::Quit),
                }
            }
            happened = inbox.try_recv().ok();
        }
    }
}

/// Hands keys to the inbox, for as long as somebody reads it.
fn listen<Q, A, N>(writer: &Sender<Happened<Q, A, N>>)
where
    Q: Send + 'static,
    A: Send + 'static,
    N: Send + 'static,
{
    let writer = writer.clone();
    thread::spawn(move || {
        loop {
            let Ok(event) = ratatui::crossterm::event::read() else {
                // The terminal went away.
                let _ = writer.send(Happened::Died);
                return;
            };
            if let Some(event) = keys::event(event)
                && writer.send(Happened::Event(event)).is_err()
            {
                return;
            }
        }
    });
}

/// Answers questions one after the other, until nobody asks any more.
pub(crate) fn serve<Q: Clone, A, N>(
    questions: &Receiver<Q>,
    writer: &Sender<Happened<Q, A, N>>,
    mut answer: impl FnMut(&Q) -> Result<A, Failure>,
) {
    let _tells = TellsOfDeath(writer);
    while let Ok(question) = questions.recv() {
        let answered = answer(&question).map_err(Trouble::from);
        let event = Event::Answered(question, answered);
        if writer.send(Happened::Event(event)).is_err() {
            return;
        }
    }
}

/// Tells the loop when its thread panics.
struct TellsOfDeath<'w, Q, A, N>(&'w Sender<Happened<Q, A, N>>);

impl<Q, A, N> Drop for TellsOfDeath<'_, Q, A, N> {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send(Happened::Died);
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self {
            message: failure.message,
            details: failure.details,
            hint: failure.hint,
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
fn no_terminal(error: std::io::Error) -> Failure {
    Failure::new(
        Exit::Trouble,
        format!("The terminal cannot be used: {error}."),
    )
}
