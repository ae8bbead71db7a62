//! `okr man`: manual pages, and the command-line reference in Markdown, both made from the commands
//! themselves.

use std::path::PathBuf;

use clap::{Args, Command};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::reference;

/// Write manual pages into a folder, or print the first one.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr man | man -l -
  okr man ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// The folder.
    folder: Option<PathBuf>,
    /// Print the command-line reference in Markdown.
    #[arg(long, hide = true, conflicts_with = "folder")]
    markdown: bool,
}

impl Man {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let output = &context.output;
        let command = crate::command();
        if self.markdown {
            output.text(&reference::markdown(command))?;
            return Ok(Exit::Done);
        }
        let Some(folder) = self.folder else {
            output.text(&String::from_utf8_lossy(&page(&command)?))?;
            return Ok(Exit::Done);
        };
        std::fs::create_dir_all(&folder).map_err(|error| Failure::file("make", &folder, &error))?;
        let mut count = 0u32;
        for command in with_subcommands(command, "okr") {
            let file = folder.join(format!("{}.1", command.get_name()));
            std::fs::write(&file, page(&command)?)
                .map_err(|error| Failure::file("write", &file, &error))?;
            count = count.saturating_add(1);
        }
        if output.json {
            output.value(&serde_json::json!({
                "schema": quarterdeck_report::json::SCHEMA,
                "folder": folder.display().to_string(),
                "pages": count,
            }))?;
        } else {
            output.line(&format!("Wrote {count} pages into {}.", folder.display()))?;
        }
        Ok(Exit::Done)
    }
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(|error| Failure::new(Exit::Trouble, format!("{error}.")))?;
    Ok(page)
}

/// A command and those below it, each called by its whole path: `okr-kr-new`.
fn with_subcommands(command: Command, name: &str) -> Vec<Command> {
    let below: Vec<Command> = command
        .get_subcommands()
        .filter(|below| !below.is_hide_set() && below.get_name() != "help")
        .cloned()
        .collect();
    let mut all = vec![command.name(name.to_owned())];
    for command in below {
        let name = format!("{name}-{}", command.get_name());
        all.extend(with_subcommands(command, &name));
    }
    all
}
