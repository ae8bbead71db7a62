//! Pages for members' browsers: who sees them, for how long, and what strangers get.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

mod connections;
mod links;
mod shown;
#[path = "../support/mod.rs"]
mod support;

use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use quarterdeck_proto::v1::{CreateLinkRequest, CreateLinkResponse};
use support::browser::{Page, get};
use support::{Device, Running, with_token};
use tonic::Status;

const MINUTE: u64 = 60 * 1_000;
const HOUR: u64 = 60 * MINUTE;

async fn link_with(
    server: &Running,
    token: &str,
    request: CreateLinkRequest,
) -> Result<CreateLinkResponse, Status> {
    let mut client = QueryServiceClient::new(server.channel().await);
    let made = client.create_link(with_token(token, request)).await?;
    Ok(made.into_inner())
}

/// The path of a new link.
async fn link(server: &Running, token: &str) -> String {
    let request = CreateLinkRequest::default();
    let made = link_with(server, token, request).await.unwrap();
    path(server, &made.url)
}

fn path(server: &Running, url: &str) -> String {
    let origin = format!("http://{}", server.page);
    url.strip_prefix(&origin).unwrap().to_owned()
}

/// The cookie of a browser that opened a new link.
async fn session(server: &Running, token: &str) -> String {
    let opened = get(server.page, &link(server, token).await, "").await;
    assert_eq!(opened.status, 303, "{opened:?}");
    opened.cookie().unwrap()
}

/// What everybody gets who is shown nothing.
async fn nothing(server: &Running) -> Page {
    let page = get(server.page, "/", "").await;
    assert_eq!(page.status, 404);
    page
}

/// Another device of somebody, with a token of its own.
async fn another(server: &Running, name: &str) -> Device {
    server
        .device(name, quarterdeck_core::token::Role::Viewer)
        .await
}
