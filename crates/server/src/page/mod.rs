//! The page of a cycle in a browser, live and read-only, for members of its workspace.
//!
//! ```text
//! token ──CreateLink──▶ link ──opened once──▶ session cookie ──▶ page, head of the log
//!        (rpc/query)          (links.rs)                         (answer.rs, rendered.rs)
//! ```
//!
//! What it guarantees:
//! - **Members alone.** Everything needs a session, a session came of a link, and a link of a token. At every
//!   request it is asked whether the token holds and its member and device are still welcome.
//! - **Outsiders learn nothing.** Whatever path is asked for without a session, the answer is the same, and no
//!   workspace is looked at for it.
//! - **Nothing is written.** There is `GET` and `HEAD`, and no path that changes anything.
//! - **Nobody takes it from the others**: heads of requests, handshakes and connections have limits, a page
//!   is made once for all who look at the same, and off the threads that serve.
//! - **No secret in the log.** Paths of requests are not logged; a link leaves the address bar at once.
//!
//! What a page says is `quarterdeck-report`'s to say.

pub(crate) mod answer;
mod connection;
mod links;
pub(crate) mod path;
mod rendered;

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::str::FromStr;
use std::sync::OnceLock;

use axum::http::Uri;

pub(crate) use connection::serve;
pub(crate) use links::{Links, Pass};
pub(crate) use path::{cycle_path, link_path};

use crate::address::Address;
use crate::connection::Origin;
use crate::error::ServerError;
use crate::limits::{Buckets, Limits};
use rendered::Pages;

/// Where members' browsers are shown pages.
#[derive(Debug)]
pub struct PageListener {
    /// What they connect to.
    pub listener: TcpListener,
    /// What they reach it at, where that is not its own address: something in front of okrd passes
    /// them on.
    pub url: Option<PageUrl>,
}

impl PageListener {
    pub(crate) fn address(&self) -> Result<SocketAddr, ServerError> {
        let failed = |source| {
            ServerError::io(
                "ask for the address of",
                Path::new("the page's listener"),
                source,
            )
        };
        self.listener.local_addr().map_err(failed)
    }

    /// Where browsers reach it: what was said; else this machine's own address; else under the name that
    /// clients reach the server at.
    pub(crate) fn site(&self, server: &Address, is_tls: bool) -> Result<Site, ServerError> {
        if let Some(PageUrl { origin }) = &self.url {
            return Ok(Site {
                origin: origin.clone(),
                secure: origin.starts_with("https:"),
            });
        }
        let address = self.address()?;
        let at = if address.ip().is_loopback() {
            address.to_string()
        } else {
            server.with_port(address.port()).to_string()
        };
        let scheme = if is_tls { "https" } else { "http" };
        Ok(Site {
            origin: format!("{scheme}://{at}"),
            secure: is_tls,
        })
    }
}

/// What browsers reach pages at: `https://HOST` or `https://HOST:PORT`, or the same with `http`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageUrl {
    origin: String,
}

impl FromStr for PageUrl {
    type Err = ServerError;

    fn from_str(text: &str) -> Result<Self, ServerError> {
        let bad = || ServerError::BadPageUrl {
            text: text.to_owned(),
        };
        let uri: Uri = text.parse().map_err(|_| bad())?;
        let scheme = uri
            .scheme_str()
            .filter(|it| matches!(*it, "http" | "https"));
        let authority = uri.authority().filter(|it| {
            !it.host().is_empty() && !it.as_str().contains('@') && !it.as_str().ends_with(':')
        });
        let (Some(scheme), Some(authority)) = (scheme, authority) else {
            return Err(bad());
        };
        if uri
            .path_and_query()
            .is_some_and(|rest| rest.as_str() != "/")
            || text.contains('#')
        {
            return Err(bad());
        }
        Ok(Self {
            origin: format!("{scheme}://{authority}"),
        })
    }
}

/// Where browsers reach the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Site {
    /// Scheme, host and port.
    pub(crate) origin: String,
    /// Whether all of the way is encrypted, so that cookies may ask for it.
    pub(crate) secure: bool,
}

/// What pages need of a running server.
#[derive(Debug)]
pub(crate) struct Page {
    site: OnceLock<Site>,
    pub(crate) links: Links,
    pages: Pages,
    /// Wrong links by address. Apart from wrong tokens, so that whoever opens old links in a browser
    /// does not lock out the programs behind the same address.
    failures: Buckets<Origin>,
}

impl Page {
    pub(crate) fn new(limits: &Limits) -> Self {
        let a_minute = limits.wrong_links_per_minute;
        Self {
            site: OnceLock::new(),
            links: Links::default(),
            pages: Pages::default(),
            failures: Buckets::new(a_minute, f64::from(a_minute) / 60.0),
        }
    }

    /// Notes where pages are shown. Where they are does not change while the server runs.
    pub(crate) fn show_at(&self, site: Site) {
        let _ = self.site.set(site);
    }

    /// Where pages are shown; none where they are not.
    pub(crate) fn site(&self) -> Option<&Site> {
        self.site.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_for_browsers_is_a_scheme_and_a_host() {
        let read = |text: &str| text.parse::<PageUrl>().map(|url| url.origin);
        for (given, origin) in [
            ("https://okr.example.com", "https://okr.example.com"),
            ("https://okr.example.com/", "https://okr.example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
        ] {
            assert_eq!(read(given).unwrap(), origin);
        }
        for bad in [
            "",
            "okr.example.com",
            "okr.example.com:8443",
            "ftp://okr.example.com",
            "https://",
            "https://:80",
            "https://okr.example.com:",
            "https://okr.example.com/okr",
            "https://okr.example.com/?q",
            "https://okr.example.com/#x",
            "https://ana:secret@okr.example.com",
            "javascript:alert(1)",
        ] {
            let message = read(bad).unwrap_err().to_string();
            assert!(message.contains("is no address for browsers"), "{bad}");
        }
    }

    #[test]
    fn a_page_is_reached_at_its_own_address_or_under_the_servers_name() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = "okr.example.com:7443".parse().unwrap();
        let mut page = PageListener {
            listener,
            url: None,
        };
        let site = page.site(&server, false).unwrap();
        assert_eq!(site.origin, format!("http://127.0.0.1:{port}"));
        assert!(!site.secure);
        page.url = Some("https://okr.example.com".parse().unwrap());
        let site = page.site(&server, false).unwrap();
        assert_eq!(site.origin, "https://okr.example.com");
        assert!(site.secure, "what is in front of it does TLS");
        let listener = TcpListener::bind("0.0.0.0:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let page = PageListener {
            listener,
            url: None,
        };
        let site = page.site(&server, true).unwrap();
        assert_eq!(site.origin, format!("https://okr.example.com:{port}"));
        assert!(site.secure);
    }
}
