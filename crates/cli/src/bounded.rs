//! Files that a person names, read up to a limit.
//!
//! A name may stand for something without an end: a device, a pipe, standard input. What is read is counted
//! as it comes, whatever the system says of its size.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::error::Failure;

/// The bytes of a file, or of standard input where its name is `-`.
///
/// # Errors
/// It cannot be read, or has more bytes than this.
pub(crate) fn read(file: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let limit = (most as u64).saturating_add(1);
    let mut bytes = Vec::new();
    let done = if file == Path::new("-") {
        std::io::stdin().take(limit).read_to_end(&mut bytes)
    } else {
        File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes))
    };
    done.map_err(|error| Failure::file("read", file, &error))?;
    if bytes.len() <= most {
        return Ok(bytes);
    }
    let most = most / 1024 / 1024;
    Err(
        Failure::usage(format!("{} has more than {most} MiB.", file.display()))
            .hint("split it, or leave out what does not belong here"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit_and_no_further() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, vec![7; 1 << 20]).unwrap();
        assert_eq!(read(&file, 1 << 20).unwrap().len(), 1 << 20);
        let refused = read(&file, (1 << 20) - 1).unwrap_err();
        assert!(refused.message.contains("has more than"), "{refused:?}");
        assert!(read(&folder.path().join("none"), 10).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_has_no_end_is_refused() {
        let refused = read(Path::new("/dev/zero"), 2 << 20).unwrap_err();
        assert!(refused.message.contains("more than 2 MiB"), "{refused:?}");
    }
}
