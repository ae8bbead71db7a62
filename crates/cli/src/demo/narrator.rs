//! How the demo reads: headings, paragraphs, and commands with what they said, like a session in a
//! shell with somebody beside it who explains.

use std::cell::Cell;
use std::io::{BufRead, IsTerminal};

use anstyle::{AnsiColor, Style};

use super::typed;
use crate::error::Failure;
use crate::output::{Output, Said};

const HEADING: Style = AnsiColor::Cyan.on_default().bold();
const PROMPT: Style = AnsiColor::Green.on_default();
const COMMAND: Style = Style::new().bold();

/// Text is easiest to read in lines that are no longer than this.
const WIDEST: usize = 80;

/// What a command says stands so far in from what the narrator says.
const INDENT: &str = "  ";

/// Tells what happens, and shows it.
#[derive(Debug)]
pub(super) struct Narrator<'a> {
    output: &'a Output,
    /// Whether to wait for Enter before each chapter but the first.
    pauses: bool,
    last: Cell<Last>,
}

/// What was told last: it decides where an empty line belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Heading,
    Words,
    Command,
}

impl<'a> Narrator<'a> {
    pub(super) const fn new(output: &'a Output, pauses: bool) -> Self {
        Self {
            output,
            pauses,
            last: Cell::new(Last::Nothing),
        }
    }

    /// Columns that what a command says may fill.
    pub(super) fn width_of_commands(&self) -> usize {
        self.width().saturating_sub(INDENT.len())
    }

    /// Whether commands are to colour what they say.
    pub(super) fn coloured(&self) -> bool {
        self.output.coloured()
    }

    fn width(&self) -> usize {
        self.output.width().min(WIDEST)
    }

    /// Begins a chapter.
    pub(super) fn chapter(&self, when: &str, title: &str) -> Result<(), Failure> {
        let first = self.last.get() == Last::Nothing;
        if self.pauses && !first {
            self.wait()?;
        }
        let heading = format!("── {when} · {title} ");
        let rest = self.width().saturating_sub(heading.chars().count());
        let rule = "─".repeat(rest);
        let before = if first { "" } else { "\n" };
        self.last.set(Last::Heading);
        self.tell(&format!("{before}{HEADING}{heading}{rule}{HEADING:#}\n"))
    }

    /// Says something, in a paragraph of its own.
    pub(super) fn say(&self, text: &str) -> Result<(), Failure> {
        let before = match self.last.get() {
            Last::Nothing | Last::Heading => "",
            Last::Words | Last::Command => "\n",
        };
        self.last.set(Last::Words);
        self.tell(&format!("{before}{}\n", wrapped(text, self.width())))
    }

    /// Shows lines as they are, a little in from the margin.
    pub(super) fn lines(&self, lines: &[String]) -> Result<(), Failure> {
        self.last.set(Last::Words);
        self.tell(&indented(&lines.join("\n")))
    }

    /// Shows a command that was typed on a machine and what it said.
    pub(super) fn command(&self, machine: &str, line: &str, said: &[Said]) -> Result<(), Failure> {
        let line = typed::shown(line);
        let mut text = format!("{PROMPT}{machine}${PROMPT:#} {COMMAND}okr {line}{COMMAND:#}\n");
        for piece in said {
            match piece {
                Said::Answer(piece) => text.push_str(&indented(piece.trim_end())),
                Said::Message(piece) => {
                    text.push_str(&indented(&wrapped(piece, self.width_of_commands())));
                }
            }
        }
        self.last.set(Last::Command);
        self.tell(&text)
    }

    /// The only way out: nothing is told where a script waits for JSON.
    fn tell(&self, text: &str) -> Result<(), Failure> {
        if self.output.json {
            return Ok(());
        }
        self.output.rendered(text)
    }

    /// Waits until somebody presses Enter; whoever cannot is not waited for.
    fn wait(&self) -> Result<(), Failure> {
        let stdin = std::io::stdin();
        if !stdin.is_terminal() {
            return Ok(());
        }
        self.tell("\nPress Enter to go on. ")?;
        // At its end there is nobody to wait for either.
        let _ = stdin.lock().read_line(&mut String::new());
        Ok(())
    }
}

/// The text in lines of at most so many columns, broken between words. Colours count as columns:
/// what is coloured here are single words in front of long sentences.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let needed = line.chars().count() + 1 + word.chars().count();
        if !line.is_empty() && needed > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines.join("\n")
}

/// The text with each of its lines further in; empty lines stay empty.
fn indented(text: &str) -> String {
    text.lines()
        .map(|line| {
            if line.is_empty() {
                "\n".to_owned()
            } else {
                format!("{INDENT}{line}\n")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Captured, ColorWhen};

    fn told(tell: impl Fn(&Narrator<'_>) -> Result<(), Failure>) -> String {
        let captured = Captured::new(24);
        let output = Output::new(false, ColorWhen::Never, Some(captured.clone()));
        tell(&Narrator::new(&output, false)).unwrap();
        let text: String = captured
            .take()
            .into_iter()
            .map(|said| match said {
                Said::Answer(text) | Said::Message(text) => text,
            })
            .collect();
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn a_chapter_reads_like_a_session_with_words_between() {
        let text = told(|narrator| {
            narrator.chapter("Week 5", "offline")?;
            narrator.say("Nobody can reach the server today.")?;
            narrator.command("lagos", "sync", &[Said::Message("error: no.\n".to_owned())])?;
            narrator.command("lagos", "status", &[Said::Answer("a\n\nb\n\n".to_owned())])?;
            narrator.say("So it goes.")
        });
        assert_eq!(
            text,
            "── Week 5 · offline ────\n\
             Nobody can reach the\n\
             server today.\n\
             lagos$ okr sync\n  error: no.\n\
             lagos$ okr status\n  a\n\n  b\n\
             \n\
             So it goes.\n"
        );
    }
}
