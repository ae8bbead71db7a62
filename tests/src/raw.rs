//! HTTP/2 made by hand: what no client library would send, and connections that are used as no client would.
//!
//! Only what tests need to attack a server: frames, headers in HPACK's plainest form, gRPC's prefix, and protobuf
//! fields of bytes.

use std::io::{Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};

/// How every connection begins.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Kinds of frames.
pub const DATA: u8 = 0;
/// Begins a call.
pub const HEADERS: u8 = 1;
/// Ends a call early.
pub const RST_STREAM: u8 = 3;
/// What the sender can take.
pub const SETTINGS: u8 = 4;
/// Asks whether the other side is there.
pub const PING: u8 = 6;
/// More headers.
pub const CONTINUATION: u8 = 9;
/// The sender has said all on this stream.
pub const END_STREAM: u8 = 1;
/// The headers are whole.
pub const END_HEADERS: u8 = 4;

/// A server that holds a connection open for longer hangs.
const HANGS: Duration = Duration::from_secs(60);

/// A frame.
///
/// # Panics
///
/// If the payload is longer than a frame's can be.
#[must_use]
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a small payload");
    assert!(length < 1 << 24, "a small payload");
    let mut bytes = length.to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// Headers in HPACK's plainest form: each literal, none indexed, none compressed.
#[must_use]
pub fn headers(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in fields {
        bytes.push(0);
        for text in [name, value] {
            length(&mut bytes, text.len());
            bytes.extend(text.as_bytes());
        }
    }
    bytes
}

/// HPACK's integer with a prefix of seven bits.
fn length(bytes: &mut Vec<u8>, mut length: usize) {
    if length < 127 {
        bytes.push(u8::try_from(length).expect("seven bits"));
        return;
    }
    bytes.push(127);
    length -= 127;
    varint(bytes, length);
}

fn varint(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).expect("seven bits") | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).expect("seven bits"));
}

/// The headers of a call to a method, such as `quarterdeck.v1.SyncService/Push`, on a stream.
#[must_use]
pub fn call(method: &str, token: &str, stream: u32) -> Vec<u8> {
    let path = format!("/{method}");
    let bearer = format!("Bearer {token}");
    let fields = headers(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":path", &path),
        (":authority", "okrd"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("authorization", &bearer),
    ]);
    frame(HEADERS, END_HEADERS, stream, &fields)
}

/// A gRPC message that claims a length, in as many frames as its bytes take, without an end.
#[must_use]
pub fn message(claimed: u32, bytes: &[u8], stream: u32) -> Vec<u8> {
    let mut message = vec![0];
    message.extend(claimed.to_be_bytes());
    message.extend(bytes);
    let mut frames = Vec::new();
    for part in message.chunks(16 << 10) {
        frames.extend(frame(DATA, 0, stream, part));
    }
    frames
}

/// A whole gRPC message, and the end of the stream.
///
/// # Panics
///
/// If it has more bytes than a message can have.
#[must_use]
pub fn request(bytes: &[u8], stream: u32) -> Vec<u8> {
    let claimed = u32::try_from(bytes.len()).expect("a message");
    let mut frames = message(claimed, bytes, stream);
    frames.extend(frame(DATA, END_STREAM, stream, &[]));
    frames
}

/// A protobuf field of bytes.
#[must_use]
pub fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut encoded = vec![number << 3 | 2];
    varint(&mut encoded, bytes.len());
    encoded.extend(bytes);
    encoded
}

/// The beginning of a connection, which says how much the client can take on each stream at first.
#[must_use]
pub fn opening(window: u32) -> Vec<u8> {
    let mut settings = vec![0, 4];
    settings.extend(window.to_be_bytes());
    [PREFACE, &frame(SETTINGS, 0, 0, &settings)].concat()
}

/// A connection to a server that comes from this address of the loopback network.
///
/// # Panics
///
/// If the system gives none.
#[must_use]
pub fn connect_from(from: IpAddr, server: SocketAddr) -> TcpStream {
    try_connect_from(from, server).expect("a connection")
}

/// The same, where the server may not take it.
///
/// # Errors
///
/// What the system says.
pub fn try_connect_from(from: IpAddr, server: SocketAddr) -> std::io::Result<TcpStream> {
    let family = if server.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    };
    let socket = socket(family, SocketType::STREAM, None)?;
    bind(&socket, &SocketAddr::new(from, 0))?;
    connect(&socket, &server)?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(HANGS))?;
    stream.set_write_timeout(Some(HANGS))?;
    Ok(stream)
}

/// Reads until the server closes the connection, and answers what it said.
///
/// # Panics
///
/// If it holds the connection open.
#[track_caller]
pub fn until_closed(stream: &mut TcpStream) -> Vec<u8> {
    use std::io::ErrorKind;
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        let hangs = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        assert!(!hangs, "the server keeps a connection open");
    }
    answer
}

/// Sends these bytes on a connection of their own, and reads until the server closes it.
///
/// # Panics
///
/// If nobody listens, or the server holds the connection open although its client has closed it.
#[track_caller]
#[must_use]
pub fn send(server: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server).expect("the server listens");
    stream.set_read_timeout(Some(HANGS)).expect("a time limit");
    // It may hang up before it has read all.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    until_closed(&mut stream)
}
