//! Readers of what operators and browsers write, for the fuzzers of `crates/fuzz`.
//!
//! Each function takes anything and returns, or an `assert` in it names a promise that does not hold.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a fuzzer is told by a panic"
)]

use crate::PageUrl;
use crate::access::book::Book;
use crate::address::Address;
use crate::page::answer::secrets;
use crate::page::path::{Asked, link_path, path_to};
use crate::settings::Settings;

/// `access.json`: what is read is written so that it reads as before.
pub fn access(bytes: &[u8]) {
    if let Ok(book) = Book::read(bytes) {
        let written = book.write().expect("texts and numbers alone");
        let again =
            Book::read(&written).and_then(|book| book.write().map_err(|error| error.to_string()));
        assert_eq!(again, Ok(written));
    }
}

/// `server.toml`, and the addresses that stand in it and in arguments.
pub fn settings(text: &str) {
    if let Ok(found) = Settings::parse(text) {
        let written = found.text().expect("texts alone");
        assert_eq!(Settings::parse(&written), Ok(found));
    }
    if let Ok(address) = text.parse::<Address>() {
        assert_eq!(
            address.to_string().parse::<Address>().ok(),
            Some(address.clone())
        );
        assert!(!address.host().is_empty());
        assert!(!address.to_string().contains(char::is_control));
        let _ = address.is_loopback();
    }
    if let Ok(url) = text.parse::<PageUrl>() {
        assert!(!format!("{url:?}").contains('@'), "nobody's name is in it");
    }
}

/// The path and the cookies that a browser sends.
pub fn browser(text: &str) {
    let (path, cookies) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(asked) = Asked::read(path) {
        assert!(!asked.place().is_empty());
        let again = match &asked {
            Asked::Page { place, cycle } => path_to(place, cycle.as_deref().unwrap_or_default()),
            Asked::Bare { place } => path_to(place, "").trim_end_matches('/').to_owned(),
            Asked::Head { place } => path_to(place, "head"),
            Asked::Link { place, secret } => link_path(place, secret),
        };
        // A cycle is written into a path by what it is called, which is not known here.
        if !matches!(&asked, Asked::Page { cycle: Some(_), .. }) {
            assert!(again.starts_with('/') && !again.contains(char::is_control));
            assert_eq!(Asked::read(&again), Some(asked));
        }
    }
    let found: Vec<&str> = secrets(cookies.lines(), "quarterdeck").collect();
    assert!(found.len() <= 8 && found.iter().all(|secret| !secret.contains(';')));
}
