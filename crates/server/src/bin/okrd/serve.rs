//! `okrd serve`.

use std::net::TcpListener;

use quarterdeck_server::{Admin, Limits, PageListener, ServeOptions, Server, TlsFiles};
use serde_json::json;

use crate::args::Serve;
use crate::failure::Failure;
use crate::output::Output;
use crate::supervisor;

pub(crate) async fn serve(serve: Serve, output: &Output) -> Result<(), Failure> {
    let bound = |address, error| Failure::trouble(format!("cannot listen on {address}: {error}"));
    let listener = tokio::net::TcpListener::bind(serve.listen)
        .await
        .map_err(|error| bound(serve.listen, error))?;
    let address = listener
        .local_addr()
        .map_err(|error| bound(serve.listen, error))?;
    let metrics = serve
        .metrics
        .map(|address| TcpListener::bind(address).map_err(|error| bound(address, error)))
        .transpose()?;
    let metrics_at = metrics
        .as_ref()
        .and_then(|listener| listener.local_addr().ok());
    let page = serve
        .page_listen
        .map(|address| TcpListener::bind(address).map_err(|error| bound(address, error)))
        .transpose()?
        .map(|listener| PageListener {
            listener,
            url: serve.page_url,
        });
    let limits = Limits {
        connections: room_for(serve.connections),
        connections_per_address: serve.connections_per_address,
        waiting_bytes: usize::try_from(serve.slow_clients_memory)
            .unwrap_or(usize::MAX)
            .saturating_mul(1024 * 1024),
        ..Limits::default()
    };
    let options = ServeOptions {
        limits,
        tls: serve
            .tls_cert
            .zip(serve.tls_key)
            .map(|(cert, key)| TlsFiles { cert, key }),
        insecure_plaintext: serve.insecure_plaintext,
        metrics,
        page,
        ..ServeOptions::new(serve.data.data)
    };
    let opened = tokio::task::spawn_blocking(move || Server::open(options)).await;
    let server = opened.map_err(|error| Failure::trouble(error.to_string()))??;
    server.listen_on(address)?;
    let stop = told_to_stop()
        .map_err(|error| Failure::trouble(format!("cannot wait for signals: {error}")))?;
    renew_at_a_signal(server.admin())
        .map_err(|error| Failure::trouble(format!("cannot wait for signals: {error}")))?;
    // Whoever connects from here on is kept waiting by the system until the next line is through.
    let mut ready = json!({ "listening": address.to_string() });
    if let (Some(at), Some(fields)) = (metrics_at, ready.as_object_mut()) {
        fields.insert("metrics".to_owned(), json!(at.to_string()));
    }
    if let (Some(url), Some(fields)) = (server.page_url(), ready.as_object_mut()) {
        fields.insert("page".to_owned(), json!(url));
    }
    output.answer(ready, || {
        let figures = metrics_at.map(|at| format!("Figures are at http://{at}/metrics."));
        let page = (server.page_url())
            .map(|url| format!("Pages are at {url}, for members: `okr open` asks for a link."));
        std::iter::once(format!("Listening on {address}."))
            .chain(figures)
            .chain(page)
            .collect()
    });
    supervisor::ready();
    let watched = supervisor::watch(server.admin());
    let stop = async {
        stop.await;
        supervisor::stopping();
    };
    let served = server.serve(listener, stop).await;
    drop(watched);
    Ok(served?)
}

/// SIGHUP: the certificate's files were exchanged.
#[cfg(unix)]
fn renew_at_a_signal(admin: Admin) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut told = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while told.recv().await.is_some() {
            let admin = admin.clone();
            let reloaded = tokio::task::spawn_blocking(move || admin.reload_certificate()).await;
            match reloaded {
                Ok(Ok(())) => {
                    tracing::info!("new connections are made with the certificate as it is now")
                }
                Ok(Err(error)) => {
                    tracing::error!(%error, "the certificate cannot be used: the one before stays");
                }
                Err(error) => tracing::error!(%error, "reading the certificate ended in a panic"),
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn renew_at_a_signal(_admin: Admin) -> std::io::Result<()> {
    Ok(())
}

/// Descriptors that are left for files, browsers and administration.
#[cfg(unix)]
const DESCRIPTORS: u64 = 512;

/// So many connections, or as many as the system has descriptors for. The soft limit is raised to the hard one.
#[cfg(unix)]
fn room_for(connections: u32) -> u32 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Where it may not be raised, what there is has to do.
    let _ = setrlimit(Resource::Nofile, raised);
    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let room = descriptors.saturating_sub(DESCRIPTORS).max(descriptors / 2);
    let room = u32::try_from(room).unwrap_or(u32::MAX);
    if room < connections {
        tracing::warn!(
            connections = room,
            descriptors,
            "the system gives descriptors for fewer connections than asked for: raise its limit of open files"
        );
    }
    connections.min(room)
}

#[cfg(not(unix))]
fn room_for(connections: u32) -> u32 {
    connections
}

/// SIGTERM or SIGINT, from the moment of this call on: whoever has read that okrd listens may stop
/// it the next instant.
#[cfg(unix)]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
fn told_to_stop() -> std::io::Result<impl Future<Output = ()> + Send> {
    Ok(async {
        // Without a handler the system ends the process; nothing acknowledged is lost by that.
        let _ = tokio::signal::ctrl_c().await;
    })
}
