//! The listener for whoever watches over the server: `/metrics` for Prometheus, `/livez` and `/readyz`
//! for orchestrators. It speaks to everybody, so nothing that people wrote and no secret is on it.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::task::AbortHandle;

use super::Metrics;
use crate::error::ServerError;
use crate::readiness::Readiness;
use crate::shared::Shared;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A listener that goes on until this is dropped: also while the server stops, when it says so.
#[derive(Debug)]
pub(crate) struct Listening(AbortHandle);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Serves figures, liveness and readiness.
pub(crate) fn serve(shared: &Arc<Shared>, listener: TcpListener) -> Result<Listening, ServerError> {
    let failed =
        |source| ServerError::io("listen for Prometheus on", Path::new("--metrics"), source);
    listener.set_nonblocking(true).map_err(failed)?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
    let of = || Arc::clone(shared);
    let (figures, live, ready) = (of(), of(), of());
    let router = Router::new()
        .route(
            "/metrics",
            get(async move || ([(CONTENT_TYPE, OPENMETRICS)], Metrics::text(&figures))),
        )
        .route(
            "/livez",
            get(async move || {
                let now = Readiness::of(&live);
                answer(now.is_live(), "live", &now)
            }),
        )
        .route(
            "/readyz",
            get(async move || {
                let now = Readiness::of(&ready);
                answer(now.is_ready(), "ready", &now)
            }),
        );
    let serving = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "figures are no longer served");
        }
    });
    Ok(Listening(serving.abort_handle()))
}

/// `200` and a word, or `503` and what is in the way, a line each.
fn answer(well: bool, word: &str, now: &Readiness) -> (StatusCode, String) {
    if well {
        return (StatusCode::OK, format!("{word}\n"));
    }
    let reasons = now.0.iter().map(|obstacle| format!("{obstacle}\n"));
    (StatusCode::SERVICE_UNAVAILABLE, reasons.collect())
}
