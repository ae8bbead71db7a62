//! `okr tui`: the workspace in one screen.

mod background;
mod desk;
mod writing;

use std::sync::mpsc::channel;
use std::thread;

use clap::Args;
use quarterdeck_screen::tui::{Question, Tui as Screen};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::screen;
use background::Background;
use desk::Desk;

/// Work in one screen: goals, check-ins, notes, conflicts, sync.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr tui
  okr tui -w acme

? lists its keys; all of them stand in docs/screens.md. What others do is shown as they do it. Scripts and \
pipes have `okr status`, `okr checkin` and the other commands.")]
pub(crate) struct Tui {}

impl Tui {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if !screen::is_watched(context) {
            return Err(
                Failure::usage("`okr tui` is for a person at a terminal, and here is none.").hint(
                    "see `okr status`, `okr due` and `okr conflicts`; record with `okr checkin` and `okr note`",
                ),
            );
        }
        let replica = context.open()?.replica;
        let folder = replica.dir().to_path_buf();
        let has_server = replica.identity().remote.is_some();
        let (writer, inbox) = screen::inbox::<Screen>();
        let (questions, asked) = channel();
        let background = Background::new(context, folder, writer.clone());
        let starts = background.clone();
        let mut desk = Desk::new(context, replica);
        let answers = writer.clone();
        thread::spawn(move || {
            let mut has_begun = false;
            screen::serve(&asked, &answers, |question| {
                let answer = desk.answer(question);
                // What goes on beside it waits for the first picture.
                if !std::mem::replace(&mut has_begun, true) {
                    starts.watch(has_server);
                }
                answer
            });
        });
        let (columns, rows) = screen::size();
        screen::run(
            context,
            Screen::new(columns, rows),
            (writer, inbox),
            &mut |question| match question {
                Question::Sync => background.sync(),
                // Where nobody answers any more, the loop is told of it.
                other => drop(questions.send(other)),
            },
        )
    }
}
