//! `server.toml`: what an operator decided when setting the server up.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::error::ServerError;
use crate::{files, format};

/// What `server.toml` holds. Paths in it are relative to the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The form of the data folder; see [`crate::format`].
    #[serde(default = "format::first")]
    pub(crate) format: u32,
    /// Under which address clients reach the server; invitations carry it.
    pub(crate) url: Address,
    /// How connections are protected.
    pub(crate) tls: Tls,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "mode", deny_unknown_fields)]
pub(crate) enum Tls {
    /// Not by okrd: on loopback, or where something in front of it does TLS.
    None,
    /// By a certificate of its own, whose fingerprint invitations carry.
    SelfSigned,
    /// By a certificate that clients trust already.
    Files { cert: PathBuf, key: PathBuf },
}

const HEADER: &str = "# Settings of this okrd. `format` is the form of this folder, for okrd alone to change.\n\
                      # `url` stands in invitations; `tls.mode` is \"none\", \"self-signed\" or \"files\"\n\
                      # (with `cert` and `key`). Read when okrd starts.\n\n";

impl Settings {
    /// Reads them, in whatever form the folder is that this okrd knows.
    ///
    /// # Errors
    /// [`ServerError::NewerFormat`], and what is wrong with the file.
    pub(crate) fn load(path: &Path) -> Result<Self, ServerError> {
        let bytes = files::read(path)?;
        let text = String::from_utf8(bytes).map_err(|error| ServerError::bad_file(path, error))?;
        // Before anything else: a newer form may have settings that mean nothing here.
        format::check(path, &text)?;
        Self::parse(&text).map_err(|error| ServerError::bad_file(path, error.message()))
    }

    /// Reads the text of the file.
    pub(crate) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The text of the file, without its heading.
    pub(crate) fn text(&self) -> Result<String, toml::ser::Error> {
        toml::to_string(self)
    }

    pub(crate) fn save(&self, path: &Path) -> Result<(), ServerError> {
        let text = (self.text()).map_err(|error| ServerError::bad_file(path, error))?;
        files::replace(path, format!("{HEADER}{text}").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.toml");
        let files = Tls::Files {
            cert: "a.pem".into(),
            key: "b.pem".into(),
        };
        for tls in [Tls::None, Tls::SelfSigned, files] {
            let settings = Settings {
                format: format::FORMAT,
                url: "localhost:1".parse().unwrap(),
                tls,
            };
            settings.save(&path).unwrap();
            assert_eq!(Settings::load(&path).unwrap(), settings);
        }
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.toml");
        std::fs::write(&path, "url = \"nowhere\"\n[tls]\nmode = \"none\"\n").unwrap();
        let message = Settings::load(&path).unwrap_err().to_string();
        assert!(message.contains("'nowhere' is no address"), "{message}");
    }
}
