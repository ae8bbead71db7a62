//! OKRs as other tools keep them: Markdown, CSV, XLSX and JSON, in and out.
//!
//! ```text
//! bytes ──read──▶ Outline ──plan (with the State)──▶ Steps ──▶ Commands
//! State ──────────▶ Outline ──write──▶ bytes
//! ```
//!
//! Guarantees:
//! - **Nothing is dropped in silence.** Every line of a document that was read is either used or
//!   listed in [`Outline::unread`] with its number and the reason; beyond [`MAX_UNREAD`] they are counted.
//! - **Nothing takes for ever.** What a document may hold has limits, whoever wrote it.
//! - **No I/O.** Bytes and strings come in, values go out; whoever calls reads the files.
//! - **Any bytes.** Whatever is read, the answer is an outline or an error that says where.

pub mod csv;
mod draft;
pub mod error;
pub mod fields;
pub mod from_state;
pub mod json;
pub mod markdown;
mod names;
pub mod neutral;
pub mod outline;
pub mod phrase;
pub mod plan;
mod rows;
pub mod tables;
pub mod templates;
pub mod write;
pub mod xlsx;

pub use draft::Options;
pub use error::ReadError;
pub use outline::Outline;

/// The most bytes of a document that are read.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The most lines of a table that are read.
pub const MAX_ROWS: usize = 100_000;
/// The most columns of a table.
pub const MAX_COLUMNS: usize = 256;
/// The most objectives of a document, and key results of one of them.
pub const MAX_ITEMS: usize = 5_000;
/// So many lines that were not read are listed; of those beyond it is said how many they are.
pub const MAX_UNREAD: usize = 10_000;

/// What form a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Markdown.
    Markdown,
    /// Text with delimiters.
    Csv,
    /// A workbook.
    Xlsx,
    /// An outline as JSON.
    Json,
}

impl Format {
    /// Every format by its word.
    pub const WORDS: &'static [&'static str] = &["md", "csv", "xlsx", "json"];

    /// The format of that word, or of a file's extension.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "md" | "markdown" | "mdown" | "mkd" => Some(Self::Markdown),
            "csv" | "tsv" => Some(Self::Csv),
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// The format that a document begins like.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(b"PK") {
            Self::Xlsx
        } else if bytes.trim_ascii_start().starts_with(b"{") {
            Self::Json
        } else {
            Self::Markdown
        }
    }
}

/// Reads a document.
///
/// # Errors
/// It cannot be read at all, and why.
pub fn read(format: Format, bytes: &[u8], options: &Options) -> Result<Outline, ReadError> {
    if bytes.len() > MAX_BYTES {
        let most = MAX_BYTES / 1024 / 1024;
        return Err(ReadError::new(
            format!("The file has more than {most} MiB."),
            "split it, or leave out what is not about OKRs",
        ));
    }
    match format {
        Format::Markdown => text(bytes).map(|text| markdown::read(text, options)),
        Format::Csv => csv::read(bytes, options),
        Format::Xlsx => xlsx::read(bytes, options),
        Format::Json => json::read(bytes),
    }
}

/// A document's text, without a mark of byte order.
fn text(bytes: &[u8]) -> Result<&str, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        ReadError::new(
            format!("Line {line} is no text in UTF-8."),
            "save the file as UTF-8",
        )
    })?;
    Ok(text.trim_start_matches('\u{feff}'))
}
