//! The lines of a backup that are not those of an exported log.

use quarterdeck_core::id::WorkspaceId;
use serde::{Deserialize, Serialize};

/// What the file says it is.
pub(super) const SCHEMA: &str = "quarterdeck/backup/1";
/// What every version of it begins with.
pub(super) const FAMILY: &str = "quarterdeck/backup/";

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct First {
    pub(super) schema: String,
    /// When it was made, in milliseconds since the Unix epoch.
    pub(super) made_ms: u64,
    /// The version of okrd that made it.
    pub(super) okrd: String,
    /// Whether there are keys and tokens in it.
    pub(super) secret: bool,
    /// How many logs follow.
    pub(super) workspaces: u64,
    /// How many entries they have together.
    pub(super) entries: u64,
}

/// A small file of the data folder.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FileLine {
    /// Its path in the data folder, divided by `/`.
    pub(super) file: String,
    /// Its bytes, base64.
    pub(super) content: String,
}

/// A workspace whose log cannot be read at all.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MissingLine {
    pub(super) missing: WorkspaceId,
    pub(super) why: String,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) end: String,
    /// How many lines come before this one.
    pub(super) lines: u64,
    /// SHA-256 of all bytes before this line, 64 hexadecimal digits.
    pub(super) sha256: String,
}

/// A file that a workspace's folder may hold beside its log, by its path in the data folder; none for a
/// path that no backup has. Whatever is not named here is never written.
pub(super) fn is_known(path: &str) -> bool {
    let plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["server.toml" | "access.json"] => true,
        ["tls", rest @ ..] => !rest.is_empty() && rest.iter().all(|name| plain(name)),
        ["workspaces", id, name] => {
            id.parse::<WorkspaceId>()
                .is_ok_and(|found| found.to_string() == *id)
                && plain(name)
                && !is_of_the_log(name)
        }
        _ => false,
    }
}

/// Whether something in a workspace's folder is, or was, its log or what can be derived of it, or says how it
/// stands: none of it is copied as a file.
pub(super) fn is_of_the_log(name: &str) -> bool {
    name.starts_with("ledger")
        || name.starts_with("derived")
        || name == "held"
        || name.ends_with(".new")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_a_data_folder_are_known() {
        let id = WorkspaceId::from_bytes([7; 16]);
        for known in [
            "server.toml".to_owned(),
            "access.json".to_owned(),
            "tls/ca.pem".to_owned(),
            format!("workspaces/{id}/key"),
        ] {
            assert!(is_known(&known), "{known}");
        }
        for other in [
            "".to_owned(),
            "lock".to_owned(),
            "../server.toml".to_owned(),
            "/etc/passwd".to_owned(),
            "tls".to_owned(),
            "tls/".to_owned(),
            "tls/..".to_owned(),
            "tls/../access.json".to_owned(),
            "tls/a\\b".to_owned(),
            "workspaces/other/key".to_owned(),
            format!("workspaces/{id}/ledger"),
            format!("workspaces/{id}/held"),
            format!("workspaces/{id}/../key"),
            format!("workspaces/{id}"),
        ] {
            assert!(!is_known(&other), "{other}");
        }
    }
}
