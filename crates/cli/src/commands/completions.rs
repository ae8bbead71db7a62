//! `okr completions`: the script that makes a shell complete commands, references, keys and names.

use clap::Args;
use clap_complete::env::Shells;

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Print the script that makes a shell complete what you type.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  echo 'source <(okr completions bash)' >> ~/.bashrc
  echo 'source <(okr completions zsh)' >> ~/.zshrc
  okr completions fish > ~/.config/fish/completions/okr.fish

It completes references, keys and titles of your workspace, cycles, teams and members too.")]
pub(crate) struct Completions {
    /// bash, zsh, fish, elvish or powershell.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(["bash", "elvish", "fish", "powershell", "zsh"]))]
    shell: String,
}

impl Completions {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let shells = Shells::builtins();
        let shell = shells.completer(&self.shell).ok_or_else(|| {
            Failure::usage(format!("There is no completion for '{}'.", self.shell))
        })?;
        let mut script = Vec::new();
        shell
            .write_registration("COMPLETE", "okr", "okr", "okr", &mut script)
            .map_err(|error| Failure::new(Exit::Trouble, format!("{error}.")))?;
        context.output.text(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Done)
    }
}
