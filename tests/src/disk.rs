//! What lies on a disk: files to damage, and disks that are soon full.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// All files below a folder with their contents, ordered by path: to find the one to damage, and to show that
/// nothing was rewritten.
///
/// # Panics
///
/// If a file cannot be read.
#[must_use]
pub fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder to look into") {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.is_file() {
            let bytes = fs::read(&path).expect("a file to read");
            files.push((path, bytes));
        }
    }
    files.sort();
    files
}

/// A small disk of its own: a memory file system mounted on a folder, unmounted at the end.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// A disk of so many MiB at this folder; or why this machine has none.
    ///
    /// # Errors
    ///
    /// What `mount` said. Only the superuser may mount, and not in every container.
    ///
    /// # Panics
    ///
    /// If the folder cannot be made.
    pub fn mount(folder: &Path, mebibytes: u32) -> Result<Self, String> {
        fs::create_dir_all(folder).expect("a folder to mount on");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o"])
            .arg(format!("size={mebibytes}m"))
            .arg("quarterdeck-tests")
            .arg(folder)
            .output()
            .map_err(|error| format!("mount: {error}"))?;
        if mounted.status.success() {
            Ok(Self {
                folder: folder.to_path_buf(),
            })
        } else {
            Err(String::from_utf8_lossy(&mounted.stderr).trim().to_owned())
        }
    }

    /// Fills it, and leaves so many bytes free.
    ///
    /// # Panics
    ///
    /// If it cannot be written to at all.
    pub fn fill(&self, leave: usize) {
        let filler = self.filler();
        let mut bytes = vec![0; leave];
        fs::write(self.folder.join("reserved"), &bytes).expect("room for what is left free");
        bytes.resize(64 << 10, 0);
        let mut file = fs::File::create(filler).expect("a file that fills the disk");
        // Until it does not fit any more, down to the last byte.
        while !bytes.is_empty() {
            if std::io::Write::write_all(&mut file, &bytes).is_err() {
                bytes.truncate(bytes.len() / 2);
            }
        }
        drop(file);
        fs::remove_file(self.folder.join("reserved")).expect("what is left free is freed");
    }

    /// Makes room again.
    ///
    /// # Panics
    ///
    /// If it was not full.
    pub fn empty(&self) {
        fs::remove_file(self.filler()).expect("the file that filled the disk");
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, should a process still be in it. Nothing can be done about a failure here.
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}
