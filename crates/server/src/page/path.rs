//! Paths of pages: how they are written, and how they are read.
//!
//! | path | is |
//! |---|---|
//! | `/WORKSPACE/` | the page of the cycle that is active |
//! | `/WORKSPACE/CYCLE` | the page of a cycle, by its name, reference or id |
//! | `/WORKSPACE/head` | the head of the log, as JSON |
//! | `/WORKSPACE/open/SECRET` | a link |

use std::fmt::Write as _;

use quarterdeck_core::id::CycleId;

const HEAD: &str = "head";
const OPEN: &str = "open";

/// A path that was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The page of a cycle; of the one that is active where none is named.
    Page {
        place: String,
        cycle: Option<String>,
    },
    /// The same without the slash at its end, from which no path leads on.
    Bare {
        place: String,
    },
    Head {
        place: String,
    },
    Link {
        place: String,
        secret: String,
    },
}

impl Asked {
    /// The workspace that the path begins with, as it is called there.
    pub(crate) fn place(&self) -> &str {
        match self {
            Self::Page { place, .. }
            | Self::Bare { place }
            | Self::Head { place }
            | Self::Link { place, .. } => place,
        }
    }

    /// Reads a path; none where it cannot be one of these.
    pub(crate) fn read(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let parts: Vec<String> = path.split('/').map(decoded).collect::<Option<_>>()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let place = parts.first().filter(|place| !place.is_empty());
        let place = (*place?).to_owned();
        match parts.as_slice() {
            [_] => Some(Self::Bare { place }),
            [_, ""] => Some(Self::Page { place, cycle: None }),
            [_, HEAD] => Some(Self::Head { place }),
            [_, cycle] => Some(Self::Page {
                place,
                cycle: Some((*cycle).to_owned()),
            }),
            [_, OPEN, secret] if !secret.is_empty() => Some(Self::Link {
                place,
                secret: (*secret).to_owned(),
            }),
            _ => None,
        }
    }
}

/// What stands for a cycle in a path: its name, unless something else is called so there.
pub(crate) fn cycle_path(id: CycleId, name: &str) -> String {
    match name {
        HEAD | "." | ".." => id.to_string(),
        name => encoded(name),
    }
}

/// The path of a link.
pub(crate) fn link_path(place: &str, secret: &str) -> String {
    format!("/{}/{OPEN}/{}", encoded(place), encoded(secret))
}

/// The path of something in a place.
pub(crate) fn path_to(place: &str, to: &str) -> String {
    format!("/{}/{to}", encoded(place))
}

/// A text as one part of a path.
fn encoded(text: &str) -> String {
    let mut part = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            part.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(part, "%{byte:02X}");
        }
    }
    part
}

/// One part of a path as a text; none where it is none.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use quarterdeck_core::id::Uuid;

    use super::*;

    fn page(place: &str, cycle: Option<&str>) -> Option<Asked> {
        Some(Asked::Page {
            place: place.to_owned(),
            cycle: cycle.map(str::to_owned),
        })
    }

    #[test]
    fn paths_are_read() {
        let place = || "acme".to_owned();
        assert_eq!(Asked::read("/acme"), Some(Asked::Bare { place: place() }));
        assert_eq!(Asked::read("/acme/"), page("acme", None));
        assert_eq!(Asked::read("/acme/2026-Q3"), page("acme", Some("2026-Q3")));
        assert_eq!(
            Asked::read("/acme/Q3%20%2F%20north%E2%98%85"),
            page("acme", Some("Q3 / north★"))
        );
        assert_eq!(
            Asked::read("/acme/head"),
            Some(Asked::Head { place: place() })
        );
        assert_eq!(
            Asked::read("/acme/open/qdl_x"),
            Some(Asked::Link {
                place: place(),
                secret: "qdl_x".to_owned()
            })
        );
        for bad in [
            "",
            "*",
            "/",
            "//",
            "//acme",
            "acme/",
            "/acme/a/b",
            "/acme/open/",
            "/acme/open/x/",
            "/acme/%",
            "/acme/%4",
            "/acme/%zz",
            "/acme/%ff",
            "/acme/%+1",
        ] {
            assert_eq!(Asked::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_written_reads_back_and_leads_nowhere_else() {
        let id = CycleId::new(Uuid::from_bytes([7; 16]));
        for name in [
            "2026-Q3",
            "Q3 / north",
            "//evil.example",
            "..",
            "head",
            "ü%2F?#\u{202e}",
            "open",
        ] {
            let path = path_to("acme", &cycle_path(id, name));
            assert!(path.starts_with("/acme/") && path.is_ascii(), "{path}");
            let Some(Asked::Page {
                place,
                cycle: Some(cycle),
            }) = Asked::read(&path)
            else {
                panic!("{path}");
            };
            assert_eq!(place, "acme");
            assert!(cycle == name || cycle == id.to_string(), "{cycle}");
        }
        assert_eq!(path_to("acme", ""), "/acme/");
    }
}
