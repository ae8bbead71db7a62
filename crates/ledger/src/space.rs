//! Room on the disk that a log lies on.

use std::path::Path;

use crate::LedgerError;

/// Bytes that may still be written where a file or folder lies, by whoever runs this.
///
/// # Errors
/// There is no such file or folder, or the system does not say.
pub fn free_space(path: &Path) -> Result<u64, LedgerError> {
    fs2::available_space(path).map_err(|source| LedgerError::Io {
        doing: "ask for free space at",
        path: path.to_path_buf(),
        source,
    })
}
