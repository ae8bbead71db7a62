//! A file's versions in git, read by the `git` program itself.
//!
//! Nothing goes through a shell, no hook, pager, external diff or question of git's runs, nothing is fetched, and
//! file names are never taken for options or revisions. The repository may be a stranger's.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use quarterdeck_core::calendar::Timestamp;

use crate::error::{Exit, Failure};

/// A commit that changed the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Commit {
    pub(crate) id: String,
    /// Its first parent, unless it is the first commit.
    parent: Option<String>,
    pub(crate) author: String,
    pub(crate) at: Timestamp,
    pub(crate) subject: String,
    /// The file's path in it, unless the commit removed the file.
    path: Option<String>,
    /// The file's path in its parent, unless the commit added the file.
    path_before: Option<String>,
}

/// A file in a repository.
#[derive(Debug)]
pub(crate) struct Repository {
    folder: PathBuf,
    file: OsString,
}

/// A version of a file beyond this many bytes is not read.
const MAX_BYTES: u64 = quarterdeck_exchange::MAX_BYTES as u64;

impl Repository {
    /// The repository that a file belongs to.
    ///
    /// # Errors
    /// git is not there, or the file is in no repository.
    pub(crate) fn of(path: &Path) -> Result<Self, Failure> {
        let file = path.file_name().ok_or_else(|| {
            Failure::usage(format!("{} is no file.", path.display()))
                .hint("name the file whose history is meant: `okr import --git okrs.md`")
        })?;
        let folder = match path.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        if !folder.is_dir() {
            return Err(Failure::not_found(format!(
                "There is no folder {}.",
                folder.display()
            )));
        }
        if path.is_dir() {
            return Err(Failure::usage(format!("{} is a folder.", path.display()))
                .hint("name the file whose history is meant: `okr import --git okrs.md`"));
        }
        let found = Self {
            folder,
            file: file.to_owned(),
        };
        found.git(&["rev-parse", "--git-dir"], "find the repository of")?;
        Ok(found)
    }

    /// The commits that changed the file, also under earlier names, oldest first.
    ///
    /// # Errors
    /// git fails, or knows no such file.
    pub(crate) fn commits(&self) -> Result<Vec<Commit>, Failure> {
        let mut beside = OsString::from("./");
        beside.push(&self.file);
        let format = "--format=%x01%H%x00%P%x00%at%x00%an%x00%s%x00";
        let arguments: [&OsStr; 7] = [
            "log".as_ref(),
            "--follow".as_ref(),
            "--name-status".as_ref(),
            "-z".as_ref(),
            format.as_ref(),
            "--".as_ref(),
            &beside,
        ];
        let told = self.git(&arguments, "read the history of")?;
        let text = String::from_utf8_lossy(&told);
        let mut commits: Vec<Commit> = commits_in(&text).collect();
        commits.reverse();
        if commits.is_empty() {
            let file = self.folder.join(&self.file);
            return Err(
                Failure::not_found(format!("No commit here changed {}.", file.display()))
                    .hint("commit it first, or check the name with `git log --oneline -- FILE`"),
            );
        }
        Ok(commits)
    }

    /// The file as a commit has it; none where the commit removed it.
    ///
    /// # Errors
    /// git fails, or the file is too large.
    pub(crate) fn version(&self, commit: &Commit) -> Result<Option<Vec<u8>>, Failure> {
        match &commit.path {
            Some(path) => self.blob(&commit.id, path).map(Some),
            None => Ok(None),
        }
    }

    /// The file as it was before a commit; none where the commit added it.
    ///
    /// # Errors
    /// As for [`Self::version`].
    pub(crate) fn version_before(&self, commit: &Commit) -> Result<Option<Vec<u8>>, Failure> {
        match (&commit.parent, &commit.path_before) {
            (Some(parent), Some(path)) => self.blob(parent, path).map(Some),
            _ => Ok(None),
        }
    }

    /// The commit that is checked out, with the file as it is in it: what all lines of work came to.
    ///
    /// # Errors
    /// As for [`Self::version`].
    pub(crate) fn head(&self) -> Result<(Commit, Option<Vec<u8>>), Failure> {
        let format = "--format=%H%x00%P%x00%at%x00%an%x00%s%x00M%x00";
        let told = self.git(&["log", "-1", "-z", format], "read the last commit of")?;
        let mut path = OsString::from("./");
        path.push(&self.file);
        let text = String::from_utf8_lossy(&told).into_owned() + &self.file.to_string_lossy();
        let head = commit(&text).ok_or_else(|| {
            Failure::new(
                Exit::Trouble,
                "git tells of its last commit in an unknown form.",
            )
        })?;
        let mut name = OsString::from("HEAD:");
        name.push(&path);
        // A file that is not there any more is no failure.
        let there = self.git(
            &["cat-file".as_ref(), "-e".as_ref(), name.as_os_str()],
            "find",
        );
        let bytes = match (there, name.to_str()) {
            (Ok(_), Some(name)) => Some(self.object(name, &path.to_string_lossy())?),
            _ => None,
        };
        Ok((head, bytes))
    }

    fn blob(&self, commit: &str, path: &str) -> Result<Vec<u8>, Failure> {
        self.object(&format!("{commit}:{path}"), path)
    }

    fn object(&self, name: &str, path: &str) -> Result<Vec<u8>, Failure> {
        let size = self.git(&["cat-file", "-s", name], "read")?;
        let size: u64 = String::from_utf8_lossy(&size)
            .trim()
            .parse()
            .unwrap_or(u64::MAX);
        if size > MAX_BYTES {
            let most = MAX_BYTES / 1024 / 1024;
            return Err(Failure::usage(format!(
                "{path} has more than {most} MiB in a commit."
            )));
        }
        self.git(&["cat-file", "blob", name], "read")
    }

    fn git<A: AsRef<OsStr>>(&self, arguments: &[A], doing: &str) -> Result<Vec<u8>, Failure> {
        let output: Output = Command::new("git")
            .arg("-C")
            .arg(&self.folder)
            .args([
                "--no-pager",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "log.showSignature=false",
            ])
            .args(arguments)
            .env("GIT_OPTIONAL_LOCKS", "0")
            // A repository's own settings may say that objects are to be fetched, and by which program.
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .stdin(std::process::Stdio::null())
            .output()
            .map_err(|error| {
                Failure::new(Exit::Trouble, format!("git cannot be run: {error}."))
                    .hint("install git, or import one version of the file: `okr import FILE`")
            })?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let file = self.folder.join(&self.file);
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim().trim_start_matches("fatal: ");
        let first = said.lines().next().unwrap_or("it says nothing");
        Err(Failure::new(
            Exit::Trouble,
            format!("git cannot {doing} {}: {first}.", file.display()),
        )
        .details(said.lines().skip(1).map(str::to_owned).collect())
        .hint("give a file inside a git repository, such as `okr import --git okrs.md`"))
    }
}

impl Commit {
    /// Where what it brings comes from.
    pub(crate) fn origin(&self) -> String {
        let path = self.path.as_ref().or(self.path_before.as_ref());
        format!("git:{}:{}", self.id, path.map_or("", |path| path))
    }

    /// The path that it knows the file by.
    pub(crate) fn path(&self) -> &str {
        let path = self.path.as_ref().or(self.path_before.as_ref());
        path.map_or("", |path| path)
    }
}

/// Reads commits as the format above writes them.
pub(crate) fn commits_in(text: &str) -> impl Iterator<Item = Commit> {
    text.split('\u{1}').filter_map(commit)
}

/// Reads one commit as the format above writes it.
fn commit(record: &str) -> Option<Commit> {
    let mut parts = record.split('\0');
    let id = parts.next()?.to_owned();
    let parents = parts.next()?;
    let seconds: i64 = parts.next()?.parse().ok()?;
    let (author, subject) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    let mut changes = parts
        .map(|part| part.trim_start_matches('\n'))
        .filter(|part| !part.is_empty());
    let (status, first) = (changes.next()?, changes.next()?.to_owned());
    let (path, path_before) = match status.as_bytes().first()? {
        b'A' => (Some(first), None),
        b'D' => (None, Some(first)),
        b'R' | b'C' => (changes.next().map(str::to_owned), Some(first)),
        _ => (Some(first.clone()), Some(first)),
    };
    let seconds = u64::try_from(seconds).unwrap_or(0);
    Some(Commit {
        id,
        parent: parents
            .split(' ')
            .find(|id| !id.is_empty())
            .map(str::to_owned),
        author: if author.trim().is_empty() {
            "(unknown)".to_owned()
        } else {
            author
        },
        at: Timestamp::from_ms(seconds.saturating_mul(1000)),
        subject,
        path,
        path_before,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_read_with_its_change() {
        let found =
            commit("ab\0cd ef\x001555411493\0Fernanda\0Fix link\0\0\nM\0READ ME.md\0").unwrap();
        assert_eq!(found.parent.as_deref(), Some("cd"));
        assert_eq!(found.path.as_deref(), Some("READ ME.md"));
        assert_eq!(found.path_before.as_deref(), Some("READ ME.md"));
        assert_eq!(found.origin(), "git:ab:READ ME.md");
        let renamed = commit("ab\0cd\x001\0A\0s\0\0\nR090\0old.md\0new.md\0").unwrap();
        assert_eq!(
            (renamed.path_before.as_deref(), renamed.path.as_deref()),
            (Some("old.md"), Some("new.md"))
        );
        let added = commit("ab\0\x001\0A\0\0\0\nA\0new.md\0").unwrap();
        assert_eq!((added.parent, added.path_before), (None, None));
        assert_eq!(commit("nonsense"), None);
    }
}
