//! A network that fails, and one that lies: a relay between machines and a server that cuts a connection after a
//! number of bytes, or alters what the server answers.
//!
//! The cut is by count, not by time, so a test can go through every place at which a push or a pull may end. What is
//! altered keeps its length: the messages on the wire stay whole, and only what they say is another.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// Nothing is cut before so many bytes; as a limit it means never.
const NEVER: u64 = u64::MAX;

/// Which direction is cut, and after how many bytes of each connection.
#[derive(Debug, Clone, Copy)]
pub enum Cut {
    /// The server does not get what the machine sends after this many bytes.
    Requests(u64),
    /// The machine does not get what the server answers after this many bytes.
    Answers(u64),
}

/// A relay. It listens until the test's process ends.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    limits: Arc<Limits>,
}

#[derive(Debug)]
struct Limits {
    requests: AtomicU64,
    answers: AtomicU64,
    /// What answers say, and what they are made to say, in bytes of one length.
    lie: Mutex<Option<(Vec<u8>, Vec<u8>)>>,
}

impl Proxy {
    /// A relay to the server at this address, which cuts nothing yet.
    #[must_use]
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port for the relay");
        let limits = Arc::new(Limits {
            requests: AtomicU64::new(NEVER),
            answers: AtomicU64::new(NEVER),
            lie: Mutex::new(None),
        });
        let proxy = Self {
            address: listener.local_addr().expect("the relay's address"),
            limits: Arc::clone(&limits),
        };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                relay(client, server, &limits);
            }
        });
        proxy
    }

    /// Where machines reach the server through it.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts every connection made from now on.
    pub fn cut(&self, cut: Cut) {
        self.mend();
        match cut {
            Cut::Requests(bytes) => self.limits.requests.store(bytes, Ordering::SeqCst),
            Cut::Answers(bytes) => self.limits.answers.store(bytes, Ordering::SeqCst),
        }
    }

    /// Lets the server seem to say something else on every connection made from now on.
    ///
    /// # Panics
    ///
    /// If the two are not of one length: the message would no longer be one.
    pub fn lie(&self, truth: impl Into<Vec<u8>>, lie: impl Into<Vec<u8>>) {
        let (truth, lie) = (truth.into(), lie.into());
        assert_eq!(truth.len(), lie.len(), "a lie keeps its length");
        *self.limits.lie.lock().expect("no test panics here") = Some((truth, lie));
    }

    /// Leaves connections made from now on alone.
    pub fn mend(&self) {
        *self.limits.lie.lock().expect("no test panics here") = None;
        self.limits.requests.store(NEVER, Ordering::SeqCst);
        self.limits.answers.store(NEVER, Ordering::SeqCst);
    }
}

fn relay(client: TcpStream, server: SocketAddr, limits: &Limits) {
    // A server that is down closes the connection to the machine, as its system would.
    let Ok(server) = TcpStream::connect(server) else {
        return;
    };
    let (Ok(client_again), Ok(server_again)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    let requests = limits.requests.load(Ordering::SeqCst);
    let answers = limits.answers.load(Ordering::SeqCst);
    let lie = limits.lie.lock().expect("no test panics here").clone();
    std::thread::spawn(move || pass(&client, &server, requests, None));
    std::thread::spawn(move || pass(&server_again, &client_again, answers, lie.as_ref()));
}

/// Passes on at most `limit` bytes; then, or when one side ends, both sides are closed.
///
/// A text that is cut in two by the reads of a connection passes unaltered: the tests' messages are small.
fn pass(
    mut from: &TcpStream,
    mut to: &TcpStream,
    mut limit: u64,
    lie: Option<&(Vec<u8>, Vec<u8>)>,
) {
    let mut buffer = [0; 16 * 1024];
    while limit > 0 {
        let most = usize::try_from(limit)
            .unwrap_or(buffer.len())
            .min(buffer.len());
        let Ok(read @ 1..) = from.read(&mut buffer[..most]) else {
            break;
        };
        if let Some((truth, lie)) = lie {
            alter(&mut buffer[..read], truth, lie);
        }
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
        limit -= read as u64;
    }
    // Either may be closed already.
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

fn alter(bytes: &mut [u8], truth: &[u8], lie: &[u8]) {
    for at in 0..(bytes.len() + 1).saturating_sub(truth.len()) {
        if bytes[at..].starts_with(truth) {
            bytes[at..at + lie.len()].copy_from_slice(lie);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers every byte with the same byte.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (mut from, mut to) = (&client, &client);
                // It ends in an error where the relay cuts, as it should.
                let _ = std::io::copy(&mut from, &mut to);
            }
        });
        address
    }

    /// How many of 100 bytes come back.
    fn answered(proxy: &Proxy) -> usize {
        let mut stream = TcpStream::connect(proxy.address()).unwrap();
        // A cut may come before all is sent.
        let _ = stream.write_all(&[7; 100]);
        let mut back = [0; 100];
        let mut count = 0;
        while count < back.len() {
            match stream.read(&mut back[count..]) {
                Ok(read @ 1..) => count += read,
                _ => break,
            }
        }
        count
    }

    #[test]
    fn a_relay_makes_a_server_say_something_else() {
        let proxy = Proxy::to(echo());
        let said = |proxy: &Proxy| {
            let mut stream = TcpStream::connect(proxy.address()).unwrap();
            stream.write_all(b"it is so, so it is").unwrap();
            let mut back = [0; 18];
            stream.read_exact(&mut back).unwrap();
            String::from_utf8(back.to_vec()).unwrap()
        };
        proxy.lie("so", "no");
        assert_eq!(said(&proxy), "it is no, no it is");
        proxy.mend();
        assert_eq!(said(&proxy), "it is so, so it is");
    }

    #[test]
    fn a_relay_cuts_after_exactly_so_many_bytes() {
        let proxy = Proxy::to(echo());
        assert_eq!(answered(&proxy), 100);
        proxy.cut(Cut::Answers(30));
        assert_eq!(answered(&proxy), 30);
        proxy.cut(Cut::Requests(0));
        assert_eq!(answered(&proxy), 0);
        proxy.mend();
        assert_eq!(answered(&proxy), 100);
    }
}
