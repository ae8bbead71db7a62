//! Bytes of fixed length in requests.

use tonic::Status;

use crate::status::invalid;

/// Exactly `N` bytes.
pub(super) fn bytes<const N: usize>(field: &str, bytes: &[u8]) -> Result<[u8; N], Status> {
    bytes.try_into().map_err(|_| {
        invalid(
            field,
            format!("has {} bytes where {N} are needed", bytes.len()),
        )
    })
}

/// A page of a list: where it begins, and how many it holds at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// The last position that the page before showed; none for the first page.
    pub(super) after: Option<u64>,
    pub(super) size: usize,
}

const DEFAULT_PAGE: u32 = 100;
const LARGEST_PAGE: u32 = 1_000;

/// Reads `page_size` and `page_token`.
pub(super) fn page(size: u32, token: &str) -> Result<Page, Status> {
    let size = if size == 0 { DEFAULT_PAGE } else { size };
    if size > LARGEST_PAGE {
        return Err(invalid(
            "page_size",
            format!("is {size}; at most {LARGEST_PAGE} are sent"),
        ));
    }
    let after = match token {
        "" => None,
        token => {
            let wrong = || invalid("page_token", "is not one that this call gave");
            Some(token.parse().map_err(|_| wrong())?)
        }
    };
    Ok(Page {
        after,
        size: usize::try_from(size).unwrap_or(usize::MAX),
    })
}
