//! A browser as a server of pages sees one: plain HTTP by hand, a cookie that is kept, redirects that are followed
//! when it is said so.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No server takes this long over a page.
const HANGS: Duration = Duration::from_secs(60);

/// A browser without a cookie, until a page gives it one.
#[derive(Debug, Default, Clone)]
pub struct Browser {
    cookie: Option<String>,
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The HTTP status; 0 where the server hung up without one.
    pub status: u16,
    /// The headers by name in lower case, in the order in which they came, without the date.
    pub headers: Vec<(String, String)>,
    /// What is shown.
    pub body: String,
}

impl Page {
    /// The value of a header; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(named, _)| named == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

impl Browser {
    /// One that has opened nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The cookie that it has, `NAME=SECRET`.
    #[must_use]
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// Looks at a URL, follows where it leads, and answers that URL and what is shown there.
    #[track_caller]
    pub fn open(&mut self, url: &str) -> (String, Page) {
        let page = self.get(url);
        let to = page.header("location");
        if to.is_empty() {
            return (url.to_owned(), page);
        }
        let url = format!("{}{to}", origin(url));
        let page = self.get(&url);
        (url, page)
    }

    /// Asks for one URL.
    #[track_caller]
    pub fn get(&mut self, url: &str) -> Page {
        self.ask("GET", url, &[])
    }

    /// Asks for something with further headers.
    #[track_caller]
    pub fn ask(&mut self, method: &str, url: &str, headers: &[(&str, &str)]) -> Page {
        let origin = origin(url);
        let host = origin.strip_prefix("http://").expect("plain HTTP");
        let path = &url[origin.len()..];
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        let cookie = self
            .cookie
            .as_ref()
            .map(|cookie| ("Cookie", cookie.as_str()));
        for (name, value) in headers.iter().copied().chain(cookie) {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        let mut stream = TcpStream::connect(host).expect("a server of pages");
        stream.set_read_timeout(Some(HANGS)).expect("a time limit");
        // A server that turns something away need not read all of it.
        let _ = stream.write_all(request.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let page = read(&String::from_utf8_lossy(&answer));
        if let Some((cookie, _)) = page.header("set-cookie").split_once(';') {
            self.cookie = Some(cookie.to_owned());
        }
        page
    }
}

fn read(answer: &str) -> Page {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Page {
        status: status
            .and_then(|status| status.parse().ok())
            .unwrap_or_default(),
        headers: headers.filter(|(name, _)| name != "date").collect(),
        body: body.to_owned(),
    }
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> &str {
    let from = url.find("://").map_or(0, |at| at + 3);
    let end = url[from..].find('/').map_or(url.len(), |at| from + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_and_an_address_are_taken_apart() {
        let page = read("HTTP/1.1 303 See Other\r\nLocation: /acme/\r\nDate: now\r\n\r\nthere");
        assert_eq!((page.status, page.header("location")), (303, "/acme/"));
        assert_eq!((page.headers.len(), page.body.as_str()), (1, "there"));
        assert_eq!(read("").status, 0);
        assert_eq!(origin("http://127.0.0.1:80/acme/"), "http://127.0.0.1:80");
        assert_eq!(origin("http://127.0.0.1:80"), "http://127.0.0.1:80");
    }
}
