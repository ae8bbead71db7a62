//! What a person prefers on this device: `config.toml` in `OKR_HOME`.
//!
//! Replaced as a whole (written beside, then renamed), so that a crash leaves the old or the new one.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Exit, Failure};
use crate::output::ColorWhen;

/// The preferences. Each may be left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The workspace that is meant where `-w` is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) workspace: Option<String>,
    /// When to colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) color: Option<ColorWhen>,
    /// Whose workspaces `okr init` makes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<String>,
    /// What this machine is called when it joins a workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<String>,
}

/// The names that `okr config` takes.
pub(crate) const KEYS: [&str; 4] = ["workspace", "color", "member", "device"];

impl Config {
    /// Reads the preferences of a home; none where there is no file.
    ///
    /// # Errors
    /// A file that cannot be read, or that says something unknown.
    pub(crate) fn load(home: &Path) -> Result<Self, Failure> {
        let path = path(home);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(Failure::file("read", &path, &error)),
        };
        Self::parse(&text).map_err(|error| {
            Failure::new(
                Exit::Trouble,
                format!(
                    "{} is not as it should be: {}.",
                    path.display(),
                    error.message()
                ),
            )
            .hint(format!("it may set {}; mend or delete it", KEYS.join(", ")))
        })
    }

    /// Reads the text of the file.
    pub(crate) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The text of the file.
    pub(crate) fn text(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    /// Writes the preferences of a home.
    ///
    /// # Errors
    /// A folder that cannot be written to.
    pub(crate) fn save(&self, home: &Path) -> Result<(), Failure> {
        let path = path(home);
        let text =
            (self.text()).map_err(|error| Failure::new(Exit::Trouble, format!("{error}.")))?;
        let beside = path.with_extension("toml.new");
        crate::context::private_folder(home)?;
        std::fs::write(&beside, text)
            .and_then(|()| std::fs::rename(&beside, &path))
            .map_err(|error| Failure::file("write", &path, &error))
    }

    /// The preference of that name; `None` for a name that is none.
    pub(crate) fn get(&self, key: &str) -> Option<Option<String>> {
        Some(match key {
            "workspace" => self.workspace.clone(),
            "color" => self.color.map(|when| when.word().to_owned()),
            "member" => self.member.clone(),
            "device" => self.device.clone(),
            _ => return None,
        })
    }

    /// Sets a preference, or takes it back.
    ///
    /// # Errors
    /// A name or a value that is none.
    pub(crate) fn set(&mut self, key: &str, value: Option<String>) -> Result<(), Failure> {
        match key {
            "workspace" => self.workspace = value,
            "color" => {
                self.color = match value {
                    None => None,
                    Some(word) => Some(ColorWhen::from_word(&word).ok_or_else(|| {
                        Failure::usage(format!(
                            "'{word}' is no way to colour: use auto, always or never."
                        ))
                    })?),
                };
            }
            "member" => self.member = value,
            "device" => self.device = value,
            _ => {
                return Err(Failure::usage(format!("There is no preference '{key}'."))
                    .hint(format!("there are {}", KEYS.join(", "))));
            }
        }
        Ok(())
    }
}

/// Where the preferences of a home are.
pub(crate) fn path(home: &Path) -> PathBuf {
    home.join("config.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_read_back_and_taken_back() {
        let home = tempfile::tempdir().unwrap();
        let mut config = Config::load(home.path()).unwrap();
        assert_eq!(config, Config::default());
        for key in KEYS {
            let value = if key == "color" { "never" } else { "acme" };
            config.set(key, Some(value.to_owned())).unwrap();
            config.save(home.path()).unwrap();
            assert_eq!(
                Config::load(home.path()).unwrap().get(key),
                Some(Some(value.to_owned()))
            );
        }
        config.set("workspace", None).unwrap();
        assert_eq!(config.get("workspace"), Some(None));
        assert_eq!(config.get("colour of the sea"), None);
    }

    #[test]
    fn a_file_that_says_something_unknown_is_named() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(path(home.path()), "colour = 'blue'").unwrap();
        let failure = Config::load(home.path()).unwrap_err();
        assert!(failure.message.contains("config.toml"), "{failure}");
        assert_eq!(failure.exit, Exit::Trouble);
    }
}
