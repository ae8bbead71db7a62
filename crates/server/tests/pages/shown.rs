//! What is shown, and what strangers get in its place.

use quarterdeck_core::decide::Command;
use quarterdeck_core::value::{Field, Subject, Value};

use super::support::Device;
use super::support::browser::{ask, get};
use super::support::quarter::planned;
use super::{nothing, session};

#[tokio::test]
async fn the_head_says_when_there_is_something_new() {
    let (server, mut ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    let head = get(server.page, "/acme/head", &cookie).await;
    assert_eq!(head.header("content-type"), "application/json");
    let told: serde_json::Value = serde_json::from_str(&head.body).unwrap();
    assert_eq!(told["schema"], "quarterdeck/1");
    assert_eq!(told["workspace"], "acme");
    assert_eq!(told["head"], ana.state.head);
    assert_eq!(told["day"], "2026-09-21");

    let known = [
        ("cookie", cookie.as_str()),
        ("if-none-match", head.header("etag")),
    ];
    let same = ask(server.page, "GET", "/acme/head", &known).await;
    assert_eq!((same.status, same.body.as_str()), (304, ""));
    assert_eq!(same.header("etag"), head.header("etag"));
    let events = ana.note("something new");
    ana.push_one(events).await;
    let changed = ask(server.page, "GET", "/acme/head", &known).await;
    assert_eq!(changed.status, 200);
    // Figures are of a day: midnight is news too.
    let known = [
        ("cookie", cookie.as_str()),
        ("if-none-match", changed.header("etag")),
    ];
    assert_eq!(
        ask(server.page, "GET", "/acme/head", &known).await.status,
        304
    );
    server.step(11 * super::HOUR);
    assert_eq!(
        ask(server.page, "GET", "/acme/head", &known).await.status,
        200
    );
}

#[tokio::test]
async fn a_page_that_is_known_is_not_sent_again_until_it_is_another() {
    let (server, mut ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    let page = get(server.page, "/acme/", &cookie).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), "private, no-cache");
    let named = get(server.page, "/acme/2026-Q3", &cookie).await;
    assert_eq!(named, page);
    let mine = [("cookie", cookie.as_str())];
    let head = ask(server.page, "HEAD", "/acme/", &mine).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.headers, page.headers);

    let several = format!("\"x\", W/{}", page.header("etag"));
    let known = [
        ("cookie", cookie.as_str()),
        ("if-none-match", several.as_str()),
    ];
    let same = ask(server.page, "GET", "/acme/", &known).await;
    assert_eq!((same.status, same.body.as_str()), (304, ""));
    let policy = "content-security-policy";
    assert_eq!(same.header(policy), page.header(policy));
    rename(&mut ana, "Fill the pipeline twice").await;
    let changed = ask(server.page, "GET", "/acme/", &known).await;
    assert_eq!(changed.status, 200);
    assert!(
        changed.body.contains("Fill the pipeline twice"),
        "{}",
        changed.body
    );
}

async fn rename(ana: &mut Device, title: &str) {
    let objective = *ana.state.objectives.keys().next().unwrap();
    let events = ana.author(vec![Command::Edit {
        subject: Subject::Objective(objective),
        set: vec![(Field::Title, Value::Text(title.to_owned()))],
    }]);
    ana.push_one(events).await;
    ana.pull().await;
}

#[tokio::test]
async fn a_cycle_is_found_by_what_it_is_called_and_no_other_path_is() {
    let (server, ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    let cycle = ana.state.cycles.keys().next().unwrap().to_string();
    for path in [
        "/acme/2026-Q3",
        "/acme/2026-q3",
        "/acme/2026%2DQ3?x=1",
        &format!("/acme/{cycle}"),
    ] {
        assert_eq!(get(server.page, path, &cookie).await.status, 200, "{path}");
    }
    let bare = get(server.page, "/acme", &cookie).await;
    assert_eq!((bare.status, bare.header("location")), (303, "/acme/"));
    for path in [
        "/acme/2031-Q1",
        "/acme/%ff",
        "/acme/a/b",
        "/acme//",
        "/Acme/",
        "/metrics",
        "/favicon.ico",
    ] {
        assert_eq!(get(server.page, path, &cookie).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_teammates_wrote_is_text() {
    let (server, mut ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    rename(
        &mut ana,
        "</title><script>alert('x')</script>\u{202e}<img src=//evil.example>",
    )
    .await;
    let page = get(server.page, "/acme/", &cookie).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("&lt;script&gt;alert("), "{}", page.body);
    for hostile in ["<script>alert", "<img src=//evil", "\u{202e}"] {
        assert!(!page.body.contains(hostile), "{hostile}");
    }
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_others_out() {
    let (server, ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    for path in [
        "/acme/",
        "/acme/head",
        "/acme",
        "/acme/none",
        "/",
        "/acme/open/x",
    ] {
        for method in ["GET", "HEAD", "POST"] {
            let page = ask(server.page, method, path, &[("cookie", &cookie)]).await;
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(page.header(name), value, "{method} {path}");
            }
            let policy = page.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            assert!(
                policy.contains("frame-ancestors 'none'"),
                "{path}: {policy}"
            );
        }
    }
}

#[tokio::test]
async fn outsiders_get_the_same_whatever_they_ask_for() {
    let (server, mut ana) = planned().await;
    let events = ana.note("a secret");
    ana.push_one(events).await;
    let nothing = nothing(&server).await;
    let wrong = "okr=qds_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let id = format!("/{}/", ana.workspace);
    for path in [
        "/acme/",
        "/acme",
        "/acme/head",
        "/acme/2026-Q3",
        "/globex/",
        "/globex/head",
        &id,
    ] {
        for cookie in ["", wrong, "okr=", "okr", &format!("okr={}", ana.token)] {
            assert_eq!(
                get(server.page, path, cookie).await,
                nothing,
                "{path} {cookie}"
            );
        }
        let token = format!("Bearer {}", ana.token);
        let with_token = ask(server.page, "GET", path, &[("authorization", &token)]).await;
        assert_eq!(with_token, nothing, "a token is for programs: {path}");
    }
}

#[tokio::test]
async fn nothing_is_written() {
    let (server, mut ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        let refused = ask(server.page, method, "/acme/", &[("cookie", &cookie)]).await;
        assert_eq!(
            (refused.status, refused.header("allow")),
            (405, "GET, HEAD"),
            "{method}"
        );
    }
    let head = ana.state.head;
    ana.pull().await;
    assert_eq!(ana.state.head, head);
}
