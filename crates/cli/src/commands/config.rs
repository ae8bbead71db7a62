//! `okr config`: what you prefer on this machine.

use clap::Args;
use serde::Serialize;

use crate::config::{self, Config as Preferences};
use crate::context::{Context, workspaces};
use crate::error::{Exit, Failure};

/// Show or set what you prefer on this machine.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr config                        all of them
  okr config workspace acme         what is meant where -w is left out
  okr config color never
  okr config member ana             whose workspaces `okr init` makes
  okr config device lisbon-laptop   what this machine is called when it joins
  okr config workspace --unset")]
pub(crate) struct Config {
    /// workspace, color, member or device.
    #[arg(value_parser = clap::builder::PossibleValuesParser::new(config::KEYS))]
    key: Option<String>,
    /// What it shall be.
    #[arg(requires = "key")]
    value: Option<String>,
    /// Take the preference back.
    #[arg(long, requires = "key", conflicts_with = "value")]
    unset: bool,
}

/// The preferences, for programs.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    schema: &'static str,
    home: String,
    file: String,
    workspaces: Vec<String>,
    #[serde(flatten)]
    preferences: &'a Preferences,
}

impl Config {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut preferences = context.config.clone();
        match (self.key, self.value) {
            (Some(key), value) if self.unset || value.is_some() => {
                if let (true, Some(wanted)) = (key == "workspace", &value) {
                    known(context, wanted)?;
                }
                preferences.set(&key, value)?;
                preferences.save(&context.home)?;
                show(context, &preferences)
            }
            (Some(key), _) => {
                let value = preferences.get(&key).flatten();
                if context.output.json {
                    return show(context, &preferences);
                }
                context.output.line(value.as_deref().unwrap_or("-"))?;
                Ok(Exit::Done)
            }
            (None, _) => show(context, &preferences),
        }
    }
}

fn known(context: &Context, wanted: &str) -> Result<(), Failure> {
    let all = workspaces(&context.home);
    if all.iter().any(|name| name.eq_ignore_ascii_case(wanted)) {
        return Ok(());
    }
    Err(
        Failure::not_found(format!("There is no workspace '{wanted}' on this machine."))
            .details(all)
            .hint("begin it with `okr init NAME`, or join it with `okr join URL`"),
    )
}

fn show(context: &Context, preferences: &Preferences) -> Result<Exit, Failure> {
    let output = &context.output;
    let all = workspaces(&context.home);
    if output.json {
        output.value(&Shown {
            schema: quarterdeck_report::json::SCHEMA,
            home: context.home.display().to_string(),
            file: config::path(&context.home).display().to_string(),
            workspaces: all,
            preferences,
        })?;
        return Ok(Exit::Done);
    }
    output.line(&format!("home        {}", context.home.display()))?;
    output.line(&format!(
        "workspaces  {}",
        if all.is_empty() {
            "-".to_owned()
        } else {
            all.join(", ")
        }
    ))?;
    for key in config::KEYS {
        let value = preferences.get(key).flatten();
        output.line(&format!("{key:<11} {}", value.as_deref().unwrap_or("-")))?;
    }
    Ok(Exit::Done)
}
