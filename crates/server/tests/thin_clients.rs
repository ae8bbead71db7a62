//! `CommandService` and `QueryService`: writing and reading without a replica.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

mod support;

use quarterdeck_core::canonical;
use quarterdeck_core::decide::Command;
use quarterdeck_core::id::Uuid;
use quarterdeck_core::token::Role;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_proto::v1::command_service_client::CommandServiceClient;
use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use quarterdeck_proto::v1::{self, as_of, measure};
use support::quarter::planned;
use support::{Running, assert_status, random, with_token};
use tonic::Code;
use tonic::transport::Channel;

struct Thin {
    token: String,
    command: CommandServiceClient<Channel>,
    query: QueryServiceClient<Channel>,
}

impl Thin {
    async fn new(server: &Running, token: &str) -> Self {
        let channel = server.channel().await;
        Self {
            token: token.to_owned(),
            command: CommandServiceClient::new(channel.clone()),
            query: QueryServiceClient::new(channel),
        }
    }

    async fn check_in(
        &mut self,
        key_result: &str,
        measure: measure::Measure,
        event_id: &str,
    ) -> Result<Vec<v1::RecordedEvent>, tonic::Status> {
        let options = v1::CommandOptions {
            reason: "told by CRM".into(),
            event_id: event_id.into(),
        };
        let request = v1::CheckInRequest {
            key_result: key_result.into(),
            measure: Some(v1::Measure {
                measure: Some(measure),
            }),
            effective: "2026-08-21".into(),
            confidence: "0.7".into(),
            options: Some(options),
            ..Default::default()
        };
        let answer = self
            .command
            .check_in(with_token(&self.token, request))
            .await?;
        Ok(answer.into_inner().events)
    }

    async fn status(&mut self, as_of: Option<as_of::Moment>) -> v1::GetStatusResponse {
        let as_of = as_of.map(|moment| v1::AsOf {
            moment: Some(moment),
        });
        let request = v1::GetStatusRequest {
            as_of,
            ..Default::default()
        };
        self.query
            .get_status(with_token(&self.token, request))
            .await
            .unwrap()
            .into_inner()
    }
}

fn absolute(text: &str) -> measure::Measure {
    measure::Measure::Absolute(text.into())
}

#[tokio::test]
async fn a_check_in_on_a_members_behalf_is_marked_so() {
    let (server, mut ana) = planned().await;
    let mut crm = Thin::new(&server, &ana.token).await;
    let events = crm.check_in("leads", absolute("531"), "").await.unwrap();
    assert_eq!(
        events
            .iter()
            .map(|event| event.kind.as_str())
            .collect::<Vec<_>>(),
        ["CheckedIn"]
    );

    let status = crm.status(None).await;
    assert_eq!(
        (status.workspace.as_str(), status.head),
        ("acme", events[0].seq)
    );
    let objective = &status.objectives[0];
    let key_result = &objective.key_results[0];
    assert_eq!(objective.owner, "ana");
    assert_eq!(key_result.current, "531");
    assert_eq!(key_result.score, "0.62");
    assert_eq!(key_result.confidence, "0.7");
    assert_eq!(key_result.last_check_in, "2026-08-21");

    let request = v1::ListLogRequest {
        kind: "CheckedIn".into(),
        ..Default::default()
    };
    let log = crm
        .query
        .list_log(with_token(&crm.token, request))
        .await
        .unwrap()
        .into_inner();
    let shown = &log.events[0];
    assert_eq!((shown.member.as_str(), shown.on_behalf), ("ana", true));
    assert_eq!(shown.reason, "told by CRM");
    assert_eq!(shown.effective, "2026-08-21");
    // A replica takes it in like any other event.
    ana.pull().await;
    assert_eq!(ana.state.head, events[0].seq);
}

#[tokio::test]
async fn a_command_sent_twice_is_carried_out_once() {
    let (server, ana) = planned().await;
    let mut crm = Thin::new(&server, &ana.token).await;
    let id = Uuid::from_bytes(random()).to_string();
    let first = crm
        .check_in("leads", measure::Measure::Delta("5".into()), &id)
        .await
        .unwrap();
    let again = crm
        .check_in("leads", measure::Measure::Delta("5".into()), &id)
        .await
        .unwrap();
    assert_eq!(first, again);
    assert_eq!(first[0].id, id);
    assert_eq!(
        crm.status(None).await.objectives[0].key_results[0].current,
        "505"
    );
}

#[tokio::test]
async fn refusals_are_errors_with_a_reason_and_a_hint() {
    let (server, ana) = planned().await;
    let mut crm = Thin::new(&server, &ana.token).await;
    let none = crm.check_in("churn", absolute("1"), "").await;
    assert_status(none, Code::NotFound, "NOT_FOUND");
    let words = crm.check_in("leads", absolute("many"), "").await;
    assert_status(words, Code::InvalidArgument, "INVALID");
    let bad_id = crm.check_in("leads", absolute("1"), "no-uuid").await;
    assert_status(bad_id, Code::InvalidArgument, "INVALID");
    let viewer = server.device("eve", Role::Viewer).await;
    let mut eve = Thin::new(&server, &viewer.token).await;
    let refused = eve.check_in("leads", absolute("1"), "").await;
    assert_status(refused, Code::PermissionDenied, "FORBIDDEN");
}

#[tokio::test]
async fn edits_notes_retractions_and_undo() {
    let (server, ana) = planned().await;
    let mut thin = Thin::new(&server, &ana.token).await;
    let edit = |value: &str, expected: Option<&str>| {
        let change = v1::FieldChange {
            field: "target".into(),
            value: Some(value.into()),
            expected: expected.map(str::to_owned),
        };
        let request = v1::EditRequest {
            subject: "leads".into(),
            changes: vec![change],
            options: None,
        };
        with_token(&ana.token, request)
    };
    let edited = thin
        .command
        .edit(edit("600", Some("550")))
        .await
        .unwrap()
        .into_inner()
        .events;
    assert_eq!(edited[0].kind, "KeyResultEdited");
    let stale = thin.command.edit(edit("700", Some("550"))).await;
    assert_status(stale, Code::InvalidArgument, "INVALID");
    let same = thin.command.edit(edit("600", None)).await;
    assert_status(same, Code::FailedPrecondition, "NOTHING_TO_CHANGE");

    let request = v1::UndoRequest {
        event: edited[0].id.clone(),
        options: None,
    };
    thin.command
        .undo(with_token(&ana.token, request))
        .await
        .unwrap();
    assert_eq!(
        thin.status(None).await.objectives[0].key_results[0].target,
        "550"
    );

    let made = thin.check_in("leads", absolute("540"), "").await.unwrap();
    let request = v1::RetractCheckInRequest {
        check_in: made[0].id.clone(),
        options: None,
    };
    thin.command
        .retract_check_in(with_token(&ana.token, request))
        .await
        .unwrap();
    assert_eq!(
        thin.status(None).await.objectives[0].key_results[0].last_check_in,
        ""
    );

    let request = v1::AddNoteRequest {
        about: "leads".into(),
        kind: "learning".into(),
        text: "Partners bring leads.".into(),
        options: None,
    };
    let noted = thin
        .command
        .add_note(with_token(&ana.token, request))
        .await
        .unwrap();
    assert_eq!(noted.into_inner().events[0].kind, "NoteAdded");

    let request = v1::GetHistoryRequest {
        reference: "leads".into(),
        page_size: 2,
        ..Default::default()
    };
    let mut page = request.clone();
    let mut kinds = Vec::new();
    loop {
        let answer = thin
            .query
            .get_history(with_token(&ana.token, page))
            .await
            .unwrap()
            .into_inner();
        kinds.extend(answer.steps.into_iter().map(|step| {
            let event = step.event.unwrap();
            (event.kind, step.target)
        }));
        if answer.next_page_token.is_empty() {
            break;
        }
        page = v1::GetHistoryRequest {
            page_token: answer.next_page_token,
            ..request.clone()
        };
    }
    let expected = [
        ("KeyResultAdded", "550"),
        ("KeyResultEdited", "600"),
        ("KeyResultEdited", "550"),
        ("CheckedIn", "550"),
        ("CheckInRetracted", "550"),
        ("NoteAdded", "550"),
    ];
    let expected = expected.map(|(kind, target)| (kind.to_owned(), target.to_owned()));
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn the_past_is_answered_as_it_was() {
    let (server, ana) = planned().await;
    let mut thin = Thin::new(&server, &ana.token).await;
    let first = thin.check_in("leads", absolute("510"), "").await.unwrap()[0].seq;
    server.step(60_000);
    thin.check_in("leads", absolute("540"), "").await.unwrap();
    let current =
        |status: v1::GetStatusResponse| status.objectives[0].key_results[0].current.clone();
    assert_eq!(current(thin.status(None).await), "540");
    assert_eq!(
        current(thin.status(Some(as_of::Moment::Position(first))).await),
        "510"
    );
    let then = as_of::Moment::TimeMs(support::START + 30_000);
    assert_eq!(current(thin.status(Some(then)).await), "510");
    let before = thin
        .status(Some(as_of::Moment::TimeMs(support::START - 1)))
        .await;
    assert!(before.cycle.is_none() && before.head == 0);
    let beyond = v1::GetStatusRequest {
        as_of: Some(v1::AsOf {
            moment: Some(as_of::Moment::Position(9_999)),
        }),
        ..Default::default()
    };
    let beyond = thin.query.get_status(with_token(&ana.token, beyond)).await;
    assert_status(beyond, Code::InvalidArgument, "INVALID");
}

#[tokio::test]
async fn the_whole_state_is_that_of_a_replica_byte_for_byte() {
    let (server, mut ana) = planned().await;
    let mut thin = Thin::new(&server, &ana.token).await;
    thin.check_in("leads", absolute("510"), "").await.unwrap();
    ana.pull().await;
    let request = with_token(&ana.token, v1::GetStateRequest::default());
    let mut parts = thin.query.get_state(request).await.unwrap().into_inner();
    let mut json = Vec::new();
    while let Some(part) = parts.message().await.unwrap() {
        assert_eq!(part.head, ana.state.head);
        json.extend(part.json);
    }
    assert_eq!(
        String::from_utf8(json).unwrap(),
        canonical::json(&ana.state).unwrap()
    );
}

#[tokio::test]
async fn conflicts_are_listed_with_both_sides() {
    let (server, mut ana) = planned().await;
    let mut ben = server.device("ben", Role::Editor).await;
    let leads = *ana.state.key_results.keys().next().unwrap();
    let target = |text: &str| Command::Edit {
        subject: Subject::KeyResult(leads),
        set: vec![(Field::Target, Value::Number(text.parse().unwrap()))],
    };
    let anas = ana.author(vec![target("575")]);
    server.step(1_000);
    let bens = ben.author(vec![target("600")]);
    ana.push_one(anas).await;
    ben.push_one(bens).await;
    let mut thin = Thin::new(&server, &ana.token).await;
    let request = with_token(&ana.token, v1::ListConflictsRequest::default());
    let found = thin
        .query
        .list_conflicts(request)
        .await
        .unwrap()
        .into_inner()
        .conflicts;
    assert_eq!(found.len(), 1);
    let (in_effect, other) = (
        found[0].in_effect.clone().unwrap(),
        found[0].other.clone().unwrap(),
    );
    assert_eq!(found[0].field, "target");
    assert_eq!(
        (in_effect.member.as_str(), in_effect.value.as_deref()),
        ("ben", Some("600"))
    );
    assert_eq!(
        (other.member.as_str(), other.value.as_deref()),
        ("ana", Some("575"))
    );
}

#[tokio::test]
async fn the_log_is_paged_and_filtered() {
    let (server, ana) = planned().await;
    let mut thin = Thin::new(&server, &ana.token).await;
    for n in 501..=505 {
        thin.check_in("leads", absolute(&n.to_string()), "")
            .await
            .unwrap();
    }
    let request = v1::ListLogRequest {
        reference: "leads".into(),
        page_size: 4,
        ..Default::default()
    };
    let mut seqs = Vec::new();
    let mut page = request.clone();
    loop {
        let answer = thin
            .query
            .list_log(with_token(&ana.token, page))
            .await
            .unwrap()
            .into_inner();
        assert!(answer.events.len() <= 4);
        seqs.extend(answer.events.iter().map(|event| event.seq));
        if answer.next_page_token.is_empty() {
            break;
        }
        page = v1::ListLogRequest {
            page_token: answer.next_page_token,
            ..request.clone()
        };
    }
    assert_eq!(
        seqs.len(),
        6,
        "five check-ins and the key result itself: {seqs:?}"
    );
    assert!(seqs.is_sorted_by(|a, b| a > b));
    let odd = v1::ListLogRequest {
        page_token: "x".into(),
        ..request
    };
    let odd = thin.query.list_log(with_token(&ana.token, odd)).await;
    assert_status(odd, Code::InvalidArgument, "INVALID");
}

#[tokio::test]
async fn a_token_without_a_device_asks_and_commands_but_does_not_push() {
    use quarterdeck_proto::v1::admin_service_client::AdminServiceClient;
    let (server, mut ana) = planned().await;
    let mut admin = AdminServiceClient::new(server.channel().await);
    let request = v1::CreateTokenRequest {
        member: "ana".into(),
        ..Default::default()
    };
    let made = admin
        .create_token(with_token(&ana.token, request))
        .await
        .unwrap()
        .into_inner();
    let mut crm = Thin::new(&server, &made.secret).await;
    crm.check_in("leads", absolute("531"), "").await.unwrap();
    let events = ana.note("pushed with the wrong token");
    ana.token = made.secret;
    assert_status(
        ana.push(vec![events]).await,
        Code::PermissionDenied,
        "NO_DEVICE",
    );
}
