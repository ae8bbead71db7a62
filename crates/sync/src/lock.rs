//! One process at a time in a folder: a lock file that names its holder, waited for within a limit.
//!
//! The system lets go of the lock when its holder ends, in whatever way: a killed process leaves
//! nothing to clean up. The process id in the file is for the message alone.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::ReplicaError;
use crate::files::{io_error, private};

const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// Held until dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock `name` of a folder, waiting up to `wait` for another process to let go of it.
    pub(crate) fn take(dir: &Path, name: &str, wait: Duration) -> Result<Self, ReplicaError> {
        let path = dir.join(name);
        let mut file = private()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(io_error("open", &path))?;
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(source)) => return Err(io_error("lock", &path)(source)),
                Err(TryLockError::WouldBlock) => {}
            }
            let Some(left) = wait
                .checked_sub(began.elapsed())
                .filter(|left| !left.is_zero())
            else {
                return Err(ReplicaError::Locked {
                    path: dir.to_path_buf(),
                    holder: holder(&mut file),
                    waited_ms: began.elapsed().as_millis(),
                });
            };
            thread::sleep(pause.min(left));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        // Only a courtesy to whoever waits: failing to write it is no reason to fail.
        let _ = file
            .set_len(0)
            .and_then(|()| write!(file, "{}", process::id()));
        Ok(Self { _file: file })
    }
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_waits_and_then_names_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::take(dir.path(), "lock", Duration::ZERO).unwrap();
        let refused = Lock::take(dir.path(), "lock", Duration::from_millis(5)).unwrap_err();
        assert!(
            matches!(refused, ReplicaError::Locked { holder: Some(pid), .. } if pid == process::id()),
            "{refused}"
        );
        drop(first);
        Lock::take(dir.path(), "lock", Duration::ZERO).unwrap();
    }

    #[test]
    fn whoever_waits_gets_it_when_the_other_has_finished() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::take(dir.path(), "lock", Duration::ZERO).unwrap();
        thread::scope(|scope| {
            let second = scope.spawn(|| Lock::take(dir.path(), "lock", Duration::from_secs(60)));
            drop(first);
            assert!(second.join().unwrap().is_ok());
        });
    }
}
