//! A browser, as far as pages need one: requests by hand, and a cookie that is kept.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::soon;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub status: u16,
    /// Names in lower case, in the order in which they came, without the date.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Page {
    pub fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().unwrap_or_default().split(' ').nth(1);
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Self {
            status: status.and_then(|it| it.parse().ok()).unwrap_or_default(),
            headers: headers.filter(|(name, _)| name != "date").collect(),
            body: body.to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(named, _)| named == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// `NAME=SECRET` of the cookie that it sets.
    pub fn cookie(&self) -> Option<String> {
        let cookie = self.header("set-cookie").split(';').next()?;
        (!cookie.is_empty()).then(|| cookie.to_owned())
    }
}

/// Sends bytes, and reads what comes until the other side hangs up.
pub async fn send(at: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(at).await.unwrap();
    // One that is refused in the middle hangs up.
    let _ = stream.write_all(bytes).await;
    let mut read = Vec::new();
    let _ = soon(stream.read_to_end(&mut read)).await;
    String::from_utf8_lossy(&read).into_owned()
}

/// Asks for something on a connection of its own.
pub async fn ask(at: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)]) -> Page {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    Page::read(&send(at, request.as_bytes()).await)
}

pub async fn get(at: SocketAddr, path: &str, cookie: &str) -> Page {
    ask(at, "GET", path, &[("cookie", cookie)]).await
}
