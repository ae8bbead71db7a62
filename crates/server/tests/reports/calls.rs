//! Who may ask, what is refused, long answers; and the calls that were there before.

use quarterdeck_core::token::Role;
use quarterdeck_proto::v1::get_report_request::Report;
use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use quarterdeck_proto::v1::{self, as_of};
use tonic::Code;

use crate::played::{Quarter, ask, question};
use crate::support::quarter::planned;
use crate::support::{self, assert_status, with_token};

#[tokio::test]
async fn a_long_log_comes_in_order_and_whole_and_ends_where_it_is_asked_to() {
    let (server, mut ana) = planned().await;
    for part in 0..3 {
        let notes = (0..500).map(|one| support::note(&format!("{part}.{one}")));
        let events = ana.author(notes.collect());
        ana.push_one(events).await;
        ana.pull().await;
    }
    let seqs = |objects: Vec<String>| -> Vec<u64> {
        let seq = |object: &String| {
            let read: serde_json::Value = serde_json::from_str(object).unwrap();
            read["seq"].as_u64().unwrap()
        };
        objects.iter().map(seq).collect()
    };
    let all = || Report::Log(v1::LogReport::default());
    let told = ask(&server, &ana.token, question(all(), None))
        .await
        .unwrap();
    assert_eq!(seqs(told), (1..=ana.state.head).collect::<Vec<_>>());
    let told = ask(&server, &ana.token, question(all(), Some(1_100)))
        .await
        .unwrap();
    assert_eq!(seqs(told), (1..=1_100).collect::<Vec<_>>());
}

#[tokio::test]
async fn viewers_may_ask_and_nobody_else() {
    let (server, ana) = planned().await;
    let status = || question(Report::Status(v1::StatusReport::default()), None);
    let eve = server.device("eve", Role::Viewer).await;
    assert_eq!(ask(&server, &eve.token, status()).await.unwrap().len(), 1);
    let wrong = ask(&server, "qdt_wrong", status()).await;
    assert_status(wrong, Code::Unauthenticated, "UNKNOWN_CREDENTIALS");
    for (workspace, right) in [
        ("ACME", true),
        (&*ana.workspace.to_string(), true),
        ("other", false),
    ] {
        let request = v1::GetReportRequest {
            workspace: workspace.to_owned(),
            ..status()
        };
        let answer = ask(&server, &ana.token, request).await;
        match right {
            true => assert_eq!(answer.unwrap().len(), 1),
            false => assert_status(answer, Code::PermissionDenied, "WRONG_WORKSPACE"),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_meant_is_told_with_its_field() {
    let (server, ana) = planned().await;
    let words = |words: &str| v1::GetReportRequest {
        as_of: Some(v1::AsOf {
            moment: Some(as_of::Moment::Words(words.into())),
        }),
        ..question(Report::Status(v1::StatusReport::default()), None)
    };
    let known = ask(&server, &ana.token, words("now")).await.unwrap();
    assert_eq!(known.len(), 1);
    let before = ask(&server, &ana.token, words("2020-01-01")).await;
    assert_status(before, Code::NotFound, "NOT_FOUND");
    let blame = |reference: &str, field: &str| {
        let asked = v1::BlameReport {
            reference: reference.into(),
            field: field.into(),
        };
        question(Report::Blame(asked), None)
    };
    for (request, code) in [
        (words("soon"), Code::InvalidArgument),
        (words("#9999"), Code::InvalidArgument),
        (v1::GetReportRequest::default(), Code::InvalidArgument),
        (
            v1::GetReportRequest {
                on: "someday".into(),
                ..words("now")
            },
            Code::InvalidArgument,
        ),
        (blame("", ""), Code::InvalidArgument),
        (blame("leads", "colour"), Code::InvalidArgument),
        (blame("leads", "low"), Code::NotFound),
        (blame("churn", ""), Code::NotFound),
        (
            question(Report::Diff(v1::DiffReport::default()), None),
            Code::InvalidArgument,
        ),
        (
            question(Report::Regrade(v1::RegradeReport::default()), None),
            Code::InvalidArgument,
        ),
        (
            question(
                Report::Goalposts(v1::GoalpostsReport {
                    cycle: "2031".into(),
                    ..Default::default()
                }),
                None,
            ),
            Code::NotFound,
        ),
    ] {
        let what = format!("{request:?}");
        let refused = ask(&server, &ana.token, request).await.unwrap_err();
        assert_eq!(refused.code(), code, "{what}: {refused:?}");
        let reason = support::reason(&refused);
        assert!(
            ["INVALID", "NOT_FOUND"].contains(&reason.as_str()),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn the_calls_that_were_there_before_know_the_past_too() {
    let quarter = Quarter::played().await;
    let as_of = || {
        Some(v1::AsOf {
            moment: Some(as_of::Moment::Position(quarter.middle)),
        })
    };
    let token = &quarter.ana.token;
    let mut client = QueryServiceClient::new(quarter.server.channel().await);
    let request = v1::ListLogRequest {
        as_of: as_of(),
        ..Default::default()
    };
    let log = client
        .list_log(with_token(token, request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(log.events[0].seq, quarter.middle);
    let request = v1::ListConflictsRequest { as_of: as_of() };
    let open = client
        .list_conflicts(with_token(token, request))
        .await
        .unwrap();
    assert!(open.into_inner().conflicts.is_empty());
    let request = v1::GetHistoryRequest {
        reference: "leads".into(),
        as_of: as_of(),
        ..Default::default()
    };
    let past = client
        .get_history(with_token(token, request))
        .await
        .unwrap()
        .into_inner();
    let last = past.steps.last().unwrap();
    assert_eq!(
        (last.event.as_ref().unwrap().seq, last.target.as_str()),
        (quarter.middle, "600")
    );

    let request = v1::GetStatusRequest::default();
    let status = client
        .get_status(with_token(token, request))
        .await
        .unwrap()
        .into_inner();
    let (cycle, leads) = (status.cycle.unwrap(), &status.objectives[0].key_results[0]);
    let closing = cycle.closing.unwrap();
    assert_eq!(
        (cycle.state.as_str(), leads.current.as_str()),
        ("closed", "534")
    );
    assert_eq!(
        (closing.position, closing.member.as_str()),
        (status.head, "ana")
    );
    assert!(!leads.grade.is_empty() && leads.grade == leads.computed_grade);
    assert_eq!(cycle.grade, leads.grade);
    let request = v1::GetStatusRequest {
        on: "2026-09-22".into(),
        ..Default::default()
    };
    let status = client
        .get_status(with_token(token, request))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(status.objectives[0].key_results[0].current, "549");
}
