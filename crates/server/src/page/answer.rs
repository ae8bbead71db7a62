//! From a browser's request to what it gets.
//!
//! What an answer to an outsider depends on is the method, the form of the path and whether it comes from
//! another site, and nothing that the server knows.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, ETAG,
    HeaderName, IF_NONE_MATCH, LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use quarterdeck_core::asked;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::reference::Things;
use quarterdeck_report::json::Schema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Site;
use super::links::{Pass, SESSION_MS};
use super::path::{self, Asked};
use crate::access::Secret;
use crate::auth::{self, Client};
use crate::connection::Origin;
use crate::shared::Shared;
use crate::workspace::Workspace;

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const FETCH_SITE: &str = "sec-fetch-site";
const PURPOSES: [&str; 2] = ["sec-purpose", "purpose"];

/// Of pages that say no more than a sentence.
const NOTHING: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// May be kept by the browser of the one it was for, who asks each time whether it still holds.
const ASK_AGAIN: &str = "private, no-cache";
const NOT_KEPT: &str = "no-store";
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

/// The query of a path that is asked for a second time.
const AGAIN: &str = "again";

/// Of how many cookies of the right name each is tried.
const COOKIES: usize = 8;

/// The head of a log, as pages ask for it to see whether there is anything new.
#[derive(Debug, Serialize)]
struct Head<'a> {
    schema: Schema,
    workspace: &'a str,
    /// Position of the last recorded event.
    head: u64,
    /// Today, in the workspace's zone: figures depend on it.
    day: Date,
}

/// Answers a request.
pub(super) async fn answer(shared: &Arc<Shared>, peer: Origin, head: &Parts) -> Response<Body> {
    let Some(site) = shared.page.site() else {
        return not_here(head);
    };
    if !matches!(head.method, Method::GET | Method::HEAD) {
        return not_allowed();
    }
    if shared.stopping.is_cancelled() {
        return trouble(StatusCode::SERVICE_UNAVAILABLE, "okrd is stopping.\n");
    }
    let Some(asked) = Asked::read(head.uri.path()) else {
        return not_here(head);
    };
    if let Asked::Link { place, secret } = &asked {
        return open(shared, site, peer, head, (place, secret));
    }
    let now = shared.world.now();
    let Some(seen) = look(shared, site, head, asked.place(), now) else {
        return not_here(head);
    };
    if !shared.calls.take(seen.pass.token, now) {
        shared.incidents.turn_away("rate", None);
        return trouble(
            StatusCode::TOO_MANY_REQUESTS,
            "Too much is asked; slow down.\n",
        );
    }
    let mut response = match &asked {
        // It has come by its cookie now, and whoever copies the address copies one that leads here again.
        _ if head.uri.query() == Some(AGAIN) => led_to(head.uri.path()),
        Asked::Head { .. } => head_of(&seen, head, now),
        Asked::Page { cycle, .. } => page(shared, &seen, head, cycle.as_deref(), now).await,
        Asked::Bare { place } | Asked::Link { place, .. } => led_to(&path::path_to(place, "")),
    };
    if let Some(cookie) = seen.renewed {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Somebody who may look.
struct Seen {
    pass: Pass,
    workspace: Arc<Workspace>,
    /// The cookie anew, where its session was made longer.
    renewed: Option<HeaderValue>,
}

/// What cookies of this name hold: the first few of those in the headers.
pub(crate) fn secrets<'a>(
    headers: impl Iterator<Item = &'a str>,
    name: &str,
) -> impl Iterator<Item = &'a str> {
    headers
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(move |(named, _)| *named == name)
        .map(|(_, secret)| secret)
        .take(COOKIES)
}

/// Who looks, by their cookie.
fn look(shared: &Shared, site: &Site, head: &Parts, place: &str, now: Timestamp) -> Option<Seen> {
    let cookies = head.headers.get_all(COOKIE).iter();
    let cookies = cookies.filter_map(|value| value.to_str().ok());
    let shown = secrets(cookies, cookie_name(site))
        .find_map(|secret| Some((secret, shared.page.links.session(place, secret, now)?)));
    let (secret, shown) = shown?;
    let workspace = welcome(shared, &shown.pass, now)?;
    Some(Seen {
        renewed: (shown.renewed)
            .then(|| cookie(site, &shown.pass, secret))
            .flatten(),
        pass: shown.pass,
        workspace,
    })
}

/// The workspace that somebody may look at, if they still may. What came of their token ends if not.
fn welcome(shared: &Shared, pass: &Pass, now: Timestamp) -> Option<Arc<Workspace>> {
    let workspace = shared.workspace(pass.holder.workspace)?;
    let client = Client {
        token: pass.token,
        workspace,
        member: pass.holder.member,
        device: pass.holder.device,
    };
    if shared.access.holds(pass.token, now) && auth::still_welcome(&client).is_ok() {
        return Some(client.workspace);
    }
    shared.page.links.end(pass.token);
    shared.incidents.turn_away("page_session", None);
    None
}

/// Opens a link: the browser gets a session in its place, and is led to what the link is for.
fn open(
    shared: &Shared,
    site: &Site,
    peer: Origin,
    head: &Parts,
    (place, secret): (&str, &str),
) -> Response<Body> {
    let now = shared.world.now();
    // What only looks ahead for somebody does not use a link up.
    let looks_ahead = PURPOSES.iter().any(|name| {
        let said = head
            .headers
            .get(*name)
            .and_then(|value| value.to_str().ok());
        said.is_some_and(|said| said.contains("prefetch") || said.contains("preview"))
    });
    if looks_ahead || head.method == Method::HEAD {
        return not_here(head);
    }
    if !shared.page.failures.has(peer, now) {
        shared.incidents.turn_away("wrong_links", Some(peer));
        let message = "Too many wrong links came from this address; wait a minute.\n";
        return trouble(StatusCode::TOO_MANY_REQUESTS, message);
    }
    let opened = shared.page.links.open(place, secret, &shared.world);
    let opened = opened.filter(|opened| welcome(shared, &opened.pass, now).is_some());
    let Some(opened) = opened else {
        shared.incidents.turn_away("wrong_link", Some(peer));
        shared.page.failures.take(peer, now);
        return plain(StatusCode::NOT_FOUND, NOT_HERE);
    };
    tracing::info!(
        workspace = %opened.pass.holder.workspace, token = %opened.pass.token,
        "a browser opened a link"
    );
    let to = path::path_to(&opened.pass.place, &opened.to);
    let mut response = if is_from_elsewhere(head) {
        led_within(&to)
    } else {
        led_to(&to)
    };
    if let Some(cookie) = cookie(site, &opened.pass, Secret::reveal(&opened.session)) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// A cookie that belongs to a browser and no script, goes to this place alone, and comes along only from
/// pages of this site.
fn cookie(site: &Site, pass: &Pass, secret: &str) -> Option<HeaderValue> {
    let name = cookie_name(site);
    let place = path::path_to(&pass.place, "");
    let place = place.trim_end_matches('/');
    let seconds = SESSION_MS / 1_000;
    let secure = if site.secure { "; Secure" } else { "" };
    let text = format!(
        "{name}={secret}; Path={place}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    // A secret that came in a cookie can stand in one.
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// A name that says, where it can be said, that the cookie came by an encrypted way.
const fn cookie_name(site: &Site) -> &'static str {
    if site.secure { "__Secure-okr" } else { "okr" }
}

/// Whether another site's page led here. A browser keeps the cookie back then, also on the way on.
fn is_from_elsewhere(head: &Parts) -> bool {
    let said = head.headers.get(FETCH_SITE).map(HeaderValue::as_bytes);
    matches!(said, Some(b"cross-site" | b"same-site"))
}

/// The head of the log.
fn head_of(seen: &Seen, asked: &Parts, now: Timestamp) -> Response<Body> {
    let state = seen.workspace.state();
    let day = asked::zone(&state).date_of(now);
    let told = Head {
        schema: Schema,
        workspace: state.workspace.as_ref().map_or("", |it| it.name.as_str()),
        head: state.head,
        day,
    };
    let (Ok(json), Ok(tag)) = (
        serde_json::to_vec(&told),
        HeaderValue::try_from(format!("\"{}-{day}\"", state.head)),
    ) else {
        return trouble(StatusCode::INTERNAL_SERVER_ERROR, BROKEN);
    };
    let policy = HeaderValue::from_static(NOTHING);
    tagged(asked, "application/json", json.into(), policy, tag)
}

/// The page of a cycle, or of the one that is active.
async fn page(
    shared: &Shared,
    seen: &Seen,
    head: &Parts,
    cycle: Option<&str>,
    now: Timestamp,
) -> Response<Body> {
    let cycle = {
        let state = seen.workspace.state();
        match cycle {
            Some(name) => match Things::new(&state).cycle(name) {
                Ok(cycle) => cycle,
                Err(_) => return plain(StatusCode::NOT_FOUND, "There is no such cycle here.\n"),
            },
            None => match asked::default_cycle(&state, asked::zone(&state).date_of(now)) {
                Some(cycle) => cycle,
                None => return plain(StatusCode::OK, "There is no cycle here yet.\n"),
            },
        }
    };
    match shared.page.pages.page(&seen.workspace, cycle, now).await {
        Ok(made) => tagged(
            head,
            HTML,
            made.html.clone(),
            made.policy.clone(),
            made.tag.clone(),
        ),
        Err(error) => {
            tracing::error!(%error, workspace = %seen.workspace.id(), "a page could not be made");
            trouble(StatusCode::INTERNAL_SERVER_ERROR, BROKEN)
        }
    }
}

const BROKEN: &str = "The page could not be made; the server's log has the reason.\n";
const NOT_HERE: &str = "Nothing is shown here.\n\n\
    A page of Quarterdeck is opened by a link that is good once: `okr open` makes one.\n\
    A page that was open before ends when its member, token or server does.\n";

/// What everybody gets who is shown nothing, whatever they asked for.
fn not_here(head: &Parts) -> Response<Body> {
    if !is_from_elsewhere(head) || head.uri.query() == Some(AGAIN) {
        return plain(StatusCode::NOT_FOUND, NOT_HERE);
    }
    // Whoever followed a link on another site may have a cookie that their browser keeps back. Asked
    // again by a page of this site, it does not; a reload would still count as the other site's.
    let script = format!("location.replace(location.pathname+\"?{AGAIN}\"+location.hash)");
    let digest = STANDARD.encode(Sha256::digest(&script));
    let page = format!("<!doctype html><pre>{NOT_HERE}</pre><script>{script}</script>\n");
    let mut response = bare(StatusCode::NOT_FOUND, HTML, page.into());
    put(&mut response, CACHE_CONTROL, NOT_KEPT);
    if let Ok(policy) = HeaderValue::try_from(format!("{NOTHING}; script-src 'sha256-{digest}'")) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// Leads on by a redirect.
fn led_to(path: &str) -> Response<Body> {
    let mut response = plain(StatusCode::SEE_OTHER, "");
    match HeaderValue::try_from(path) {
        Ok(path) => {
            response.headers_mut().insert(LOCATION, path);
            response
        }
        Err(_) => trouble(StatusCode::INTERNAL_SERVER_ERROR, BROKEN),
    }
}

/// Leads on by a page of this site, so that the cookie comes along; the link leaves the history with it.
fn led_within(path: &str) -> Response<Body> {
    // A path has no character that means anything here.
    let page = format!("<!doctype html><meta http-equiv=\"refresh\" content=\"0;url={path}\">\n");
    let mut response = bare(StatusCode::OK, HTML, page.into());
    put(&mut response, CACHE_CONTROL, NOT_KEPT);
    response
}

/// Something that may be known already.
fn tagged(
    asked: &Parts,
    kind: &'static str,
    body: Bytes,
    policy: HeaderValue,
    tag: HeaderValue,
) -> Response<Body> {
    let known = asked.headers.get_all(IF_NONE_MATCH).iter().any(|value| {
        let value = value.to_str().unwrap_or_default();
        value
            .split(',')
            .map(str::trim)
            .any(|one| one == "*" || one.trim_start_matches("W/").as_bytes() == tag.as_bytes())
    });
    let mut response = if known {
        let mut response = bare(StatusCode::NOT_MODIFIED, kind, Bytes::new());
        response.headers_mut().remove(CONTENT_TYPE);
        response
    } else {
        bare(StatusCode::OK, kind, body)
    };
    response
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, policy);
    response.headers_mut().insert(ETAG, tag);
    put(&mut response, CACHE_CONTROL, ASK_AGAIN);
    response
}

fn not_allowed() -> Response<Body> {
    let mut response = plain(
        StatusCode::METHOD_NOT_ALLOWED,
        "Pages are looked at; nothing is changed here.\n",
    );
    put(&mut response, ALLOW, "GET, HEAD");
    // What was sent along is not read.
    put(&mut response, CONNECTION, "close");
    response
}

/// Something that passes.
fn trouble(status: StatusCode, message: &'static str) -> Response<Body> {
    let mut response = plain(status, message);
    put(&mut response, RETRY_AFTER, "5");
    response
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = bare(status, TEXT, Bytes::from_static(text.as_bytes()));
    put(&mut response, CACHE_CONTROL, NOT_KEPT);
    response
}

/// An answer with what all of them have.
fn bare(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, NOTHING),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (OPENER, "same-origin"),
        (RESOURCE, "same-origin"),
    ] {
        put(&mut response, name, value);
    }
    response
}

fn put(response: &mut Response<Body>, name: HeaderName, value: &'static str) {
    let headers = response.headers_mut();
    headers.insert(name, HeaderValue::from_static(value));
}
