//! The terminal while a screen has it, and how it gets it back.

use std::io::{self, Stdout};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;

use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::Show;
use ratatui::crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

use super::Happened;

/// Whether a screen has the terminal.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal as a canvas; it is put back when this goes.
#[derive(Debug)]
pub(super) struct Terminal(ratatui::Terminal<CrosstermBackend<Stdout>>);

impl Terminal {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// There is none, or it does not do as it is told.
    pub(super) fn open() -> io::Result<Self> {
        restore_on_panic();
        enable_raw_mode()?;
        IS_TAKEN.store(true, Ordering::SeqCst);
        let opened = execute!(
            io::stdout(),
            EnterAlternateScreen,
            EnableMouseCapture,
            EnableBracketedPaste
        )
        .and_then(|()| ratatui::Terminal::new(CrosstermBackend::new(io::stdout())));
        match opened {
            Ok(terminal) => Ok(Self(terminal)),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// Draws a frame: what differs from the one before.
    ///
    /// # Errors
    /// The terminal takes no more.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        // Another thread may have panicked, and said so on a terminal that was put back.
        if !IS_TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.0.draw(draw).map(|_| ())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Puts the terminal back as it was, once: what is said after that stays. Nobody can be told where that
/// fails.
fn restore() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        io::stdout(),
        DisableBracketedPaste,
        DisableMouseCapture,
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
}

/// Whatever panics, in whichever thread, is said on a terminal that is put back.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let said = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |what| {
            restore();
            said(what);
        }));
    });
}

/// Has signals that end a program reach the loop, which puts the terminal back first.
#[cfg(unix)]
pub(super) fn heed_signals<Q, A, N>(writer: Sender<Happened<Q, A, N>>)
where
    Q: Send + 'static,
    A: Send + 'static,
    N: Send + 'static,
{
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    // Where they cannot be heeded, they end the program as they always did.
    if let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])
    {
        std::thread::spawn(move || {
            for signal in &mut signals {
                if writer.send(Happened::Signal(signal)).is_err() {
                    return;
                }
            }
        });
    }
}

/// Other systems end programs in other ways.
#[cfg(not(unix))]
pub(super) fn heed_signals<Q, A, N>(_: Sender<Happened<Q, A, N>>) {}

/// Ends as the signal would have: whoever sent it is told so.
#[cfg(unix)]
pub(super) fn end_by(signal: i32) {
    let _ = signal_hook::low_level::emulate_default_handler(signal);
}

/// Other systems know no such end.
#[cfg(not(unix))]
pub(super) const fn end_by(_: i32) {}
