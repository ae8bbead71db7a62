//! Connections over the simulated network, and what clients' connections suffer: some break in the
//! middle, some are read slowly.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio::time::Sleep;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::{Connected, TcpConnectInfo};
use turmoil::net::{TcpListener, TcpStream};

use crate::chance::Chance;
use crate::mix::SERVER;
use crate::stage::Stage;

const PORT: u16 = 7443;
/// Where the server is, as invitations say it. Plain text is for loopback alone; which machine is meant
/// is for the network here to say.
pub(crate) const ADDRESS: &str = "127.0.0.1:7443";

/// A connection that the server accepted.
pub(crate) struct Accepted(TcpStream);

impl Connected for Accepted {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        TcpConnectInfo {
            local_addr: self.0.local_addr().ok(),
            remote_addr: self.0.peer_addr().ok(),
        }
    }
}

/// Accepts connections for as long as they are taken.
pub(crate) async fn listen() -> io::Result<ReceiverStream<io::Result<Accepted>>> {
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    let (sender, receiver) = mpsc::channel(16);
    tokio::spawn(async move {
        loop {
            let accepted = listener.accept().await.map(|(stream, _)| Accepted(stream));
            if sender.send(accepted).await.is_err() {
                return;
            }
        }
    });
    Ok(ReceiverStream::new(receiver))
}

/// A client's connection.
pub(crate) struct Wire {
    stream: TcpStream,
    /// Reads and writes until it breaks, where it does.
    left: Option<u64>,
    /// How long the client takes after each read.
    lag: Option<Duration>,
    reading: Option<Pin<Box<Sleep>>>,
}

/// How one connection fares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fate {
    left: Option<u64>,
    lag: Option<Duration>,
}

impl Fate {
    pub(crate) fn draw(stage: &Stage, chance: &mut Chance, who: &str) -> Self {
        if stage.is_healing() {
            return Self {
                left: None,
                lag: None,
            };
        }
        let left = (chance.per_mille(stage.mix.cuts)).then(|| chance.between(1, 24));
        let lag = (chance.per_mille(stage.mix.slow))
            .then(|| Duration::from_millis(chance.between(100, 3_000)));
        if lag.is_some() {
            stage.count("slow reader");
            stage.say(who, &format!("reads slowly: {lag:?}"));
        }
        Self { left, lag }
    }
}

/// Connects to the server.
pub(crate) async fn dial(stage: Arc<Stage>, who: String, fate: Fate) -> io::Result<Wire> {
    let stream = TcpStream::connect((SERVER, PORT)).await?;
    if fate.left.is_some() {
        stage.count("connection broken");
        stage.say(
            &who,
            &format!("its connection breaks after {:?}", fate.left),
        );
    }
    Ok(Wire {
        stream,
        left: fate.left,
        lag: fate.lag,
        reading: None,
    })
}

impl Wire {
    /// Takes one read or write off what is left of the connection.
    fn use_up(&mut self) -> io::Result<()> {
        match &mut self.left {
            Some(0) => Err(io::ErrorKind::ConnectionReset.into()),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(reading) = &mut self.reading {
            ready!(reading.as_mut().poll(cx));
            self.reading = None;
        }
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.use_up()?;
        self.reading = (self.lag).map(|lag| Box::pin(tokio::time::sleep(lag)));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
        self.use_up()?;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl AsyncRead for Accepted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Accepted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
