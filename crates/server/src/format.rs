//! The form of a data folder, as a number in `server.toml`; a folder without one is of the first form.
//!
//! | form | what it may hold |
//! |---|---|
//! | 1 | logs whose every entry has its body, each recorded in |
//! | 2 | also entries whose body was erased, and workspaces that are held after a restore |
//!
//! Guarantees: an okrd never opens a folder of a form that it does not know, so that an old one cannot
//! take what a new one left for damage, or record in what is held; a folder of an older form is served
//! only after [`crate::upgrade`](mod@crate::upgrade) has made a backup of it.

use std::path::Path;

use serde::Deserialize;

use crate::error::ServerError;
use crate::settings::Settings;

/// The form of data folders that this okrd makes and serves.
pub const FORMAT: u32 = 2;

/// The form of a folder whose settings name none.
pub(crate) const fn first() -> u32 {
    1
}

/// Refuses settings of a form that came after this okrd.
pub(crate) fn check(settings: &Path, text: &str) -> Result<(), ServerError> {
    #[derive(Deserialize)]
    struct Only {
        #[serde(default = "first")]
        format: u32,
    }
    // What is wrong with the file otherwise is said by whoever reads all of it.
    match toml::from_str::<Only>(text) {
        Ok(Only { format }) if format > FORMAT => Err(ServerError::NewerFormat {
            path: settings.parent().unwrap_or(settings).to_path_buf(),
            format,
        }),
        _ => Ok(()),
    }
}

/// Refuses a folder of an older form.
pub(crate) fn is_present(data: &Path, settings: &Settings) -> Result<(), ServerError> {
    if settings.format == FORMAT {
        return Ok(());
    }
    Err(ServerError::OlderFormat {
        path: data.to_path_buf(),
        format: settings.format,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_form_is_refused_by_name_whatever_else_its_settings_say() {
        let path = Path::new("/data/server.toml");
        let newer = format!("format = {}\nunheard_of = true\n", FORMAT + 1);
        let refused = check(path, &newer).unwrap_err().to_string();
        assert!(refused.contains("made by a newer okrd"), "{refused}");
        assert!(refused.starts_with("/data has format"), "{refused}");
        check(path, &format!("format = {FORMAT}\n")).unwrap();
        check(path, "url = \"127.0.0.1:1\"\n").unwrap();
    }
}
