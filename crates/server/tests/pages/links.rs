//! Links and the sessions that come of them.

use quarterdeck_core::decide::Command;
use quarterdeck_core::token::MemberState;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_proto::v1::admin_service_client::AdminServiceClient;
use quarterdeck_proto::v1::{self, CreateLinkRequest};
use quarterdeck_server::{First, InviteMember, Limits, NewWorkspace};
use tonic::Code;

use super::support::browser::{ask, get};
use super::support::quarter::planned;
use super::support::{Device, Running, START, assert_status, with_token};
use super::{HOUR, MINUTE, another, link, link_with, nothing, path, session};

#[tokio::test]
async fn a_link_is_exchanged_for_a_cookie_and_leads_to_its_cycle() {
    let (server, ana) = planned().await;
    let request = CreateLinkRequest {
        cycle: "q3".into(),
        ..CreateLinkRequest::default()
    };
    let made = link_with(&server, &ana.token, request).await.unwrap();
    assert_eq!(made.cycle, "2026-Q3");
    assert_eq!(made.expires_ms, START + 10 * MINUTE);
    let link = path(&server, &made.url);
    let secret = link.rsplit('/').next().unwrap();
    assert!(
        link.starts_with("/acme/open/qdl_") && secret.len() == 47,
        "{link}"
    );

    let opened = get(server.page, &link, "").await;
    assert_eq!(opened.status, 303);
    assert_eq!(opened.header("location"), "/acme/2026-Q3");
    assert_eq!(opened.header("referrer-policy"), "no-referrer");
    assert_eq!(opened.header("cache-control"), "no-store");
    let cookie = opened.header("set-cookie");
    let (value, kept) = cookie.split_once("; ").unwrap();
    assert_eq!(kept, "Path=/acme; Max-Age=43200; HttpOnly; SameSite=Strict");
    assert!(!value.contains(secret), "{cookie}");

    let page = get(server.page, "/acme/2026-Q3", value).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Qualified leads"), "{}", page.body);
    let among_others = format!("okr=qds_old; theme=dark; {value}; x=y");
    assert_eq!(get(server.page, "/acme/", &among_others).await.status, 200);
}

#[tokio::test]
async fn a_link_opens_once_and_not_after_it_has_lapsed() {
    let (server, ana) = planned().await;
    let nothing = nothing(&server).await;
    let once = link(&server, &ana.token).await;
    assert_eq!(get(server.page, &once, "").await.status, 303);
    assert_eq!(get(server.page, &once, "").await, nothing);
    let late = link(&server, &ana.token).await;
    server.step(10 * MINUTE);
    assert_eq!(get(server.page, &late, "").await, nothing);

    let request = |valid_seconds| CreateLinkRequest {
        valid_seconds,
        ..CreateLinkRequest::default()
    };
    let long = link_with(&server, &ana.token, request(86_400))
        .await
        .unwrap();
    let short = link_with(&server, &ana.token, request(1)).await.unwrap();
    server.step(1_000);
    assert_eq!(
        get(server.page, &path(&server, &short.url), "").await,
        nothing
    );
    server.step(23 * HOUR);
    assert_eq!(
        get(server.page, &path(&server, &long.url), "").await.status,
        303
    );
    let longer = link_with(&server, &ana.token, request(86_401)).await;
    assert_status(longer, Code::InvalidArgument, "INVALID");
}

#[tokio::test]
async fn what_only_looks_ahead_uses_no_link_up() {
    let (server, ana) = planned().await;
    let link = link(&server, &ana.token).await;
    let ahead = [("sec-purpose", "prefetch;prerender")];
    assert_eq!(ask(server.page, "GET", &link, &ahead).await.status, 404);
    assert_eq!(ask(server.page, "HEAD", &link, &[]).await.status, 404);
    assert_eq!(ask(server.page, "POST", &link, &[]).await.status, 405);
    assert_eq!(get(server.page, &link, "").await.status, 303);
}

#[tokio::test]
async fn whoever_comes_from_another_site_gets_in_with_a_cookie_that_only_this_one_sees() {
    let (server, ana) = planned().await;
    let from_chat = [("sec-fetch-site", "cross-site")];
    let link = link(&server, &ana.token).await;
    let opened = ask(server.page, "GET", &link, &from_chat).await;
    assert_eq!(opened.status, 200);
    assert!(
        opened.body.contains("content=\"0;url=/acme/\""),
        "{}",
        opened.body
    );
    let cookie = opened.cookie().unwrap();
    assert_eq!(get(server.page, "/acme/", &cookie).await.status, 200);

    // A page that a colleague sent the address of: asked for again from here, once.
    let sent = ask(server.page, "GET", "/acme/2026-Q3", &from_chat).await;
    let nowhere = ask(server.page, "GET", "/globex/2026-Q3", &from_chat).await;
    assert_eq!(sent, nowhere);
    assert_eq!(sent.status, 404);
    assert!(sent.body.contains("location.replace"), "{}", sent.body);
    assert!(sent.header("content-security-policy").contains("'sha256-"));
    let again = ask(server.page, "GET", "/acme/2026-Q3?again", &from_chat).await;
    assert!(!again.body.contains("location.replace"), "no second time");
    let here = [
        ("sec-fetch-site", "same-origin"),
        ("cookie", cookie.as_str()),
    ];
    let again = ask(server.page, "GET", "/acme/2026-Q3?again", &here).await;
    assert_eq!(
        (again.status, again.header("location")),
        (303, "/acme/2026-Q3")
    );
}

#[tokio::test]
async fn wrong_links_all_look_the_same_and_are_counted() {
    let limits = Limits {
        wrong_links_per_minute: 5,
        ..Limits::default()
    };
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    let server = Running::with(limits, first).await;
    let ana = server.owner().await;
    let good = link(&server, &ana.token).await;
    let nothing = nothing(&server).await;
    let elsewhere = good.replace("/acme/", "/globex/");
    let mut tampered = good.clone();
    tampered.replace_range(tampered.len() - 3..tampered.len() - 2, "_");
    let cut = good[..good.len() - 1].to_owned();
    for wrong in [
        elsewhere,
        tampered,
        cut,
        "/acme/open/x".into(),
        "/x/open/x".into(),
    ] {
        assert_eq!(get(server.page, &wrong, "").await, nothing, "{wrong}");
    }
    assert_eq!(get(server.page, "/acme/open/x", "").await.status, 429);
    assert_eq!(
        get(server.page, &good, "").await.status,
        429,
        "not even looked at"
    );
    // Programs behind the same address go on.
    let mut ana = ana;
    ana.pull().await;
    server.step(MINUTE);
    assert_eq!(
        get(server.page, &good, "").await.status,
        303,
        "none of them used it up"
    );
}

#[tokio::test]
async fn a_session_lasts_while_it_is_used() {
    let (server, ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    for hour in 0..40 {
        let head = get(server.page, "/acme/head", &cookie).await;
        assert_eq!(head.status, 200);
        assert_eq!(head.cookie(), (hour > 0).then(|| cookie.clone()));
        server.step(HOUR);
    }
    assert_eq!(get(server.page, "/acme/", &cookie).await.status, 200);
    server.step(12 * HOUR);
    assert_eq!(
        get(server.page, "/acme/", &cookie).await,
        nothing(&server).await
    );
}

#[tokio::test]
async fn a_restart_ends_sessions_and_links() {
    let (mut server, ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    let link = link(&server, &ana.token).await;
    server.stop().await;
    server.start_again().await;
    let nothing = nothing(&server).await;
    assert_eq!(get(server.page, "/acme/", &cookie).await, nothing);
    assert_eq!(get(server.page, &link, "").await, nothing);
}

#[tokio::test]
async fn a_removed_members_session_ends_at_the_next_request() {
    let (server, mut ana) = planned().await;
    let ben = another(&server, "ben").await;
    let (cookie, waiting) = (
        session(&server, &ben.token).await,
        link(&server, &ben.token).await,
    );
    assert_eq!(get(server.page, "/acme/", &cookie).await.status, 200);
    ana.pull().await;
    let removed = Value::Text(MemberState::Removed.word().to_owned());
    let events = ana.author(vec![Command::Edit {
        subject: Subject::Member(ben.member),
        set: vec![(Field::State, removed)],
    }]);
    ana.push_one(events).await;
    let nothing = nothing(&server).await;
    for path in ["/acme/", "/acme/head", "/acme/2026-Q3", "/acme", &waiting] {
        assert_eq!(get(server.page, path, &cookie).await, nothing, "{path}");
    }
}

#[tokio::test]
async fn a_session_ends_with_its_token_and_its_device_and_no_other() {
    let (server, ana) = planned().await;
    let (ben, cleo) = (
        another(&server, "ben").await,
        another(&server, "cleo").await,
    );
    let (ours, theirs, last) = (
        session(&server, &ana.token).await,
        session(&server, &ben.token).await,
        session(&server, &cleo.token).await,
    );
    let mut admin = AdminServiceClient::new(server.channel().await);
    let listed = v1::ListTokensRequest::default();
    let listed = admin
        .list_tokens(with_token(&ana.token, listed))
        .await
        .unwrap();
    let tokens = listed.into_inner().tokens;
    let token = tokens.iter().find(|token| token.member == "ben").unwrap();
    let revoke = v1::RevokeTokenRequest {
        token: token.id.clone(),
        ..Default::default()
    };
    admin
        .revoke_token(with_token(&ana.token, revoke))
        .await
        .unwrap();
    let revoke = v1::RevokeDeviceRequest {
        device: cleo.id.to_string(),
        ..Default::default()
    };
    admin
        .revoke_device(with_token(&ana.token, revoke))
        .await
        .unwrap();
    let nothing = nothing(&server).await;
    assert_eq!(get(server.page, "/acme/", &theirs).await, nothing);
    assert_eq!(get(server.page, "/acme/", &last).await, nothing);
    assert_eq!(get(server.page, "/acme/", &ours).await.status, 200);
}

#[tokio::test]
async fn a_token_that_lapses_takes_its_session_along() {
    let (server, ana) = planned().await;
    let cookie = session(&server, &ana.token).await;
    for _ in 0..180 * 2 {
        assert_eq!(get(server.page, "/acme/head", &cookie).await.status, 200);
        server.step(12 * HOUR - 1);
    }
    server.step(HOUR);
    assert_eq!(get(server.page, "/acme/head", &cookie).await.status, 404);
}

#[tokio::test]
async fn a_session_of_one_workspace_sees_nothing_of_another() {
    let (server, ana) = planned().await;
    (server.admin)
        .create_workspace(&NewWorkspace::new("globex", "zoe"))
        .await
        .unwrap();
    let invited = (server.admin)
        .invite("globex", &InviteMember::new("zoe", None))
        .await;
    let zoe = Device::join(&server, &invited.unwrap().url).await.unwrap();
    let (ours, theirs) = (
        session(&server, &ana.token).await,
        link(&server, &zoe.token).await,
    );
    let theirs = get(server.page, &theirs, "").await.cookie().unwrap();
    let nothing = nothing(&server).await;
    for path in [
        "/globex/",
        "/globex",
        "/globex/head",
        "/globex/2026-Q3",
        "/initech/",
    ] {
        assert_eq!(get(server.page, path, &ours).await, nothing, "{path}");
    }
    let id = format!("/{}/", zoe.workspace);
    assert_eq!(get(server.page, &id, &ours).await, nothing);
    assert_eq!(get(server.page, "/acme/", &theirs).await, nothing);
    let empty = get(server.page, "/globex/", &theirs).await;
    assert_eq!(
        (empty.status, empty.body.as_str()),
        (200, "There is no cycle here yet.\n")
    );
    let mistaken = CreateLinkRequest {
        workspace: "globex".into(),
        ..CreateLinkRequest::default()
    };
    let refused = link_with(&server, &ana.token, mistaken).await;
    assert_status(refused, Code::PermissionDenied, "WRONG_WORKSPACE");
}

#[tokio::test]
async fn links_are_asked_for_with_a_token_and_by_a_cycle_that_is_there() {
    let (server, ana) = planned().await;
    let request = || CreateLinkRequest {
        cycle: "2031-Q1".into(),
        ..CreateLinkRequest::default()
    };
    let unknown = link_with(&server, &ana.token, request()).await;
    assert_status(unknown, Code::NotFound, "NOT_FOUND");
    let stranger = link_with(&server, "qdt_x", request()).await;
    assert_status(stranger, Code::Unauthenticated, "UNKNOWN_CREDENTIALS");
}
