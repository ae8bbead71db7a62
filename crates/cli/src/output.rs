//! The only place that prints. Results go to standard output, messages to standard error.
//!
//! Colour is used on a terminal alone, unless `--color` or the environment say otherwise; anstream
//! knows their rules. A reader that goes away (`okr log | head`) ends the command quietly.
//! The demo runs commands within its own process and has their words [`Captured`] instead.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use quarterdeck_core::visible;
use quarterdeck_report::text::{Ansi, Document, ascii};
use quarterdeck_sync::Health;
use serde::{Deserialize, Serialize};

use crate::error::{Exit, Failure};

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColorWhen {
    /// On a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorWhen {
    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }

    /// What the word stands for.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        [Self::Auto, Self::Always, Self::Never]
            .into_iter()
            .find(|when| when.word() == word)
    }

    const fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

/// How wide text is where no terminal says it.
const DEFAULT_WIDTH: usize = 80;

/// What a command says, in order, kept for whoever runs it in place of being printed.
#[derive(Debug, Clone)]
pub struct Captured {
    width: usize,
    said: Arc<Mutex<Vec<Said>>>,
}

/// A piece of what a command says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A part of its result, for standard output.
    Answer(String),
    /// A message, for standard error.
    Message(String),
}

impl Captured {
    /// Nothing yet, with so many columns for it to fill.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            said: Arc::default(),
        }
    }

    /// What has been said since the last call.
    pub fn take(&self) -> Vec<Said> {
        std::mem::take(&mut self.said.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn push(&self, said: Said) {
        let mut all = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(said);
    }
}

/// How results are shown.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// One JSON object, or JSON lines, in place of text.
    pub(crate) json: bool,
    color: ColorWhen,
    captured: Option<Captured>,
    /// Whether what answers are made of can be relied on.
    health: Arc<OnceLock<Health>>,
}

impl Output {
    /// Results as JSON or as text, coloured or not: printed, or captured.
    pub(crate) fn new(json: bool, color: ColorWhen, captured: Option<Captured>) -> Self {
        Self {
            json,
            color,
            captured,
            health: Arc::default(),
        }
    }

    /// Lets nothing out from here on that is made of what could not be read.
    pub(crate) fn rely_on(&self, health: Health) {
        let _ = self.health.set(health);
    }

    fn is_sound(&self) -> Result<(), Failure> {
        match self.health.get().and_then(Health::broken) {
            None => Ok(()),
            Some(what) => Err(unsound(what)),
        }
    }

    /// Columns that text may fill.
    pub(crate) fn width(&self) -> usize {
        if let Some(captured) = &self.captured {
            return captured.width;
        }
        let columns = std::env::var("COLUMNS")
            .ok()
            .and_then(|columns| columns.parse().ok());
        let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        columns
            .or_else(terminal)
            .unwrap_or(DEFAULT_WIDTH)
            .clamp(40, 240)
    }

    /// Whether a person watches: progress bars make sense.
    pub(crate) fn watched(&self) -> bool {
        !self.json && self.captured.is_none() && std::io::stderr().is_terminal()
    }

    /// Whether a person may be asked: standard output is a terminal, and nothing reads it in
    /// their place.
    pub(crate) fn asks(&self) -> bool {
        !self.json && self.captured.is_none() && std::io::stdout().is_terminal()
    }

    /// Whether somebody has what is said in place of a terminal.
    pub(crate) const fn is_captured(&self) -> bool {
        self.captured.is_some()
    }

    /// Prints a result.
    ///
    /// # Errors
    /// Standard output takes no more, for another reason than that its reader left.
    pub(crate) fn document(&self, document: &Document) -> Result<(), Failure> {
        let ansi = if self.coloured() { Ansi::On } else { Ansi::Off };
        let text = document.render(ansi);
        if self.shows_ascii_alone() {
            return self.exact(&ascii(&text));
        }
        self.exact(&text)
    }

    /// Whether results go to a terminal whose locale is of another encoding than UTF-8: what is drawn
    /// is drawn in ASCII there. A file or another program gets the same bytes everywhere.
    fn shows_ascii_alone(&self) -> bool {
        let said = |name: &str| std::env::var(name).ok().filter(|locale| !locale.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(said);
        self.captured.is_none()
            && std::io::stdout().is_terminal()
            && locale.is_some_and(|locale| {
                let locale = locale.to_ascii_lowercase();
                !locale.contains("utf-8") && !locale.contains("utf8")
            })
    }

    /// Whether results are coloured.
    pub(crate) fn coloured(&self) -> bool {
        match self.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => {
                self.captured.is_none()
                    && AutoStream::choice(&std::io::stdout()) != ColorChoice::Never
            }
        }
    }

    /// Prints a result: as JSON, or as the text that `draw` makes of it.
    ///
    /// # Errors
    /// As for [`Self::document`].
    pub(crate) fn answer(
        &self,
        value: &impl Serialize,
        draw: impl FnOnce() -> Document,
    ) -> Result<(), Failure> {
        if self.json {
            self.value(value)
        } else {
            self.document(&draw())
        }
    }

    /// Prints text that carries its own line breaks. At a terminal nothing in it acts; a file or another
    /// program gets it as it is.
    ///
    /// # Errors
    /// As for [`Self::document`].
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        if self.captured.is_some() || std::io::stdout().is_terminal() {
            return self.exact(&cleaned_lines(text));
        }
        self.exact(text)
    }

    /// Prints what documents were rendered to, styles included.
    ///
    /// # Errors
    /// As for [`Self::document`].
    pub(crate) fn rendered(&self, text: &str) -> Result<(), Failure> {
        self.exact(text)
    }

    fn exact(&self, text: &str) -> Result<(), Failure> {
        self.is_sound()?;
        if let Some(captured) = &self.captured {
            captured.push(Said::Answer(text.to_owned()));
            return Ok(());
        }
        let mut out = AutoStream::new(std::io::stdout(), self.color.choice()).lock();
        finish(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
    }

    /// A stream for a document that is the result itself, byte for byte but at a terminal.
    pub(crate) const fn stream(&self) -> Stream<'_> {
        Stream {
            output: self,
            is_json: false,
            begun: Vec::new(),
        }
    }

    /// The same for JSON.
    pub(crate) const fn json_stream(&self) -> Stream<'_> {
        Stream {
            output: self,
            is_json: true,
            begun: Vec::new(),
        }
    }

    /// Prints one line, or several of the program's own: nothing in them acts, wherever they go.
    ///
    /// # Errors
    /// As for [`Self::document`].
    pub(crate) fn line(&self, line: &str) -> Result<(), Failure> {
        self.exact(&format!("{}\n", cleaned_lines(line)))
    }

    /// Prints one JSON object on a line of its own.
    ///
    /// # Errors
    /// As for [`Self::document`].
    pub(crate) fn value(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(value)
            .map_err(|error| Failure::new(Exit::Trouble, format!("{error}.")))?;
        self.exact(&format!("{}\n", visible::json(&text)))
    }

    /// Says which command is useful next, below a result. Not under `--json`.
    ///
    /// # Errors
    /// As for [`Self::document`].
    pub(crate) fn hint(&self, why: &str, command: &str) -> Result<(), Failure> {
        if self.json {
            return Ok(());
        }
        let mut document = Document::new();
        document.hint(why, command);
        self.document(&document)
    }

    /// Says something beside the result that is no trouble.
    pub(crate) fn note(&self, text: &str) {
        self.aside("note: ", AnsiColor::Cyan.on_default(), &clean(text));
    }

    /// Says what a person should know although the command went well.
    pub(crate) fn warning(&self, text: &str) {
        self.aside(
            "warning: ",
            AnsiColor::Yellow.on_default().bold(),
            &clean(text),
        );
    }

    /// Says why a command could not do its work.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.aside(
            "error: ",
            AnsiColor::Red.on_default().bold(),
            &clean(&failure.message),
        );
        for detail in &failure.details {
            self.aside("  ", Style::new(), &clean(detail));
        }
        if let Some(hint) = &failure.hint {
            self.aside("hint: ", AnsiColor::Cyan.on_default(), &clean(hint));
        }
    }

    /// Says what is wrong with a command line that holds what no terminal should be sent.
    pub(crate) fn unusable(&self, text: &str) {
        let mut err = AutoStream::new(std::io::stderr(), self.color.choice()).lock();
        // Nobody can be told that standard error is closed.
        let _ = err.write_all(cleaned_lines(text).as_bytes());
    }

    fn aside(&self, label: &str, style: Style, text: &str) {
        if let Some(captured) = &self.captured {
            captured.push(Said::Message(if self.coloured() {
                format!("{style}{label}{style:#}{text}\n")
            } else {
                format!("{label}{text}\n")
            }));
            return;
        }
        let mut err = AutoStream::new(std::io::stderr(), self.color.choice()).lock();
        // Nobody can be told that standard error is closed.
        let _ = writeln!(err, "{style}{label}{style:#}{text}");
    }
}

/// That nothing is shown of what could not be read.
pub(crate) fn unsound(what: &str) -> Failure {
    Failure::new(
        Exit::Trouble,
        format!("What is kept beside the log could not be read: {what}."),
    )
    .hint("it was set aside and is made again from the log: give the command again")
}

fn clean(text: &str) -> String {
    quarterdeck_report::text::clean(text).into_owned()
}

/// The text with its line breaks, and with nothing in its lines that acts.
fn cleaned_lines(text: &str) -> String {
    text.split('\n').map(clean).collect::<Vec<_>>().join("\n")
}

/// Bytes for standard output. Text is as it is for a file or another program, and at a terminal nothing in it
/// acts; in JSON nothing does anywhere.
#[derive(Debug)]
pub(crate) struct Stream<'a> {
    output: &'a Output,
    is_json: bool,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl Write for Stream<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        (self.output.is_sound()).map_err(|failure| std::io::Error::other(failure.message))?;
        let is_neutral = self.is_json || std::io::stdout().is_terminal();
        match &self.output.captured {
            Some(captured) => {
                captured.push(Said::Answer(String::from_utf8_lossy(bytes).into_owned()));
            }
            None if is_neutral => {
                self.begun.extend(bytes);
                let end = match std::str::from_utf8(&self.begun) {
                    Err(error) if error.error_len().is_none() => error.valid_up_to(),
                    _ => self.begun.len(),
                };
                self.show(end)?;
            }
            None => return std::io::stdout().write(bytes),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.show(self.begun.len())?;
        std::io::stdout().flush()
    }
}

impl Stream<'_> {
    /// Shows so much of what was begun.
    fn show(&mut self, end: usize) -> std::io::Result<()> {
        let rest = self.begun.split_off(end.min(self.begun.len()));
        let shown = std::mem::replace(&mut self.begun, rest);
        let text = String::from_utf8_lossy(&shown);
        let text = if self.is_json {
            visible::json(&text)
        } else {
            cleaned_lines(&text).into()
        };
        std::io::stdout().write_all(text.as_bytes())
    }
}

/// A reader that left has seen enough.
///
/// # Errors
/// Standard output takes no more for another reason.
pub(crate) fn finish(written: std::io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(
            Exit::Trouble,
            format!("Cannot write to standard output: {error}."),
        )),
        Ok(()) => Ok(()),
    }
}
