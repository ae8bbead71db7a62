//! The command-line reference in Markdown, made from the commands themselves so that it cannot drift.

use std::fmt::Write;

use clap::Command;

/// The reference of a command and all below it.
#[must_use]
pub(crate) fn markdown(mut command: Command) -> String {
    // The width of a page, whatever the terminal: the text is the same everywhere.
    command = command.term_width(100);
    command.build();
    let mut text = String::from(
        "# `okr`: the command line\n\n\
         Made from the program by `okr man --markdown`; a test compares the two.\n\n\
         Exit codes: 0 done; 1 done, and there are findings; 2 usage; 3 not found or ambiguous; \
         4 server out of reach (local work is kept); 5 refused; 6 history does not verify; \
         7 this machine could not (disk, permissions, a locked file).\n",
    );
    section(&mut text, &command, "okr", 2);
    text
}

fn section(text: &mut String, command: &Command, path: &str, level: usize) {
    let heading = "#".repeat(level.min(4));
    let help = command
        .clone()
        .color(clap::ColorChoice::Never)
        .term_width(100)
        .render_long_help()
        .to_string();
    // Writing to a string cannot fail.
    let _ = write!(text, "\n{heading} `{path}`\n\n```text\n");
    for line in help.trim_end().lines() {
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push_str("```\n");
    for below in command.get_subcommands() {
        if !below.is_hide_set() && below.get_name() != "help" {
            section(
                text,
                below,
                &format!("{path} {}", below.get_name()),
                level + 1,
            );
        }
    }
}
