//! `QueryService.GetReport`: every report is what core and report say of the log itself, folded from its
//! first entry here, whatever the server keeps beside it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

#[allow(unreachable_pub, reason = "shared with the tests of core")]
#[path = "../../core/tests/support/past.rs"]
mod past;
mod support;

use past::{Listed, fold};
use quarterdeck_core::asked::Goals;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn, Entry, KeyResultGraded};
use quarterdeck_core::id::{CycleId, KeyResultId};
use quarterdeck_core::past::Past as _;
use quarterdeck_core::regrade::Rules;
use quarterdeck_core::state::State;
use quarterdeck_core::token::Role;
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_core::when::Moment;
use quarterdeck_core::whose::Whose;
use quarterdeck_core::{blame, calibration, closing, diff, forecast, goalposts, history, late};
use quarterdeck_core::{outcome, regrade};
use quarterdeck_proto::v1::get_report_request::Report;
use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use quarterdeck_proto::v1::{self, as_of};
use quarterdeck_report::json::{self, AsOf, DiffQuery, RegradeBy, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use serde::Serialize;
use support::quarter::{planned, root};
use support::{Device, Running, assert_status, with_token};
use tonic::Code;

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// A quarter with check-ins, a moved target, a slip, an open conflict, a grade, a closing, and something
/// that came after it.
struct Quarter {
    server: Running,
    ana: Device,
    log: Vec<Entry>,
    cycle: CycleId,
    leads: KeyResultId,
    /// A position in the middle.
    middle: u64,
}

impl Quarter {
    async fn played() -> Self {
        let (server, mut ana) = planned().await;
        let cycle = *ana.state.cycles.keys().next().unwrap();
        let leads = *ana.state.key_results.keys().next().unwrap();
        let mut ben = server.device("ben", Role::Editor).await;
        for (value, day, confidence) in [("510", "2026-09-14", "0.7"), ("525", "2026-09-10", "0.6")]
        {
            play(&server, &mut ana, check_in(leads, value, day, confidence)).await;
        }
        play(&server, &mut ana, target(leads, "600")).await;
        let middle = ana.state.head;
        ben.pull().await;
        let (anas, bens) = (
            ana.author(vec![target(leads, "570")]),
            ben.author(vec![target(leads, "580")]),
        );
        ana.push_one(anas).await;
        ben.push_one(bens).await;
        ana.pull().await;
        let last = check_in(leads, "534", "2026-09-22", "0.8");
        play(&server, &mut ana, last).await;
        let objective = *ana.state.objectives.keys().next().unwrap();
        let on = date("2026-09-30");
        let computed = quarterdeck_core::score::objective_score(&ana.state, objective, on);
        let graded = Body::KeyResultGraded(KeyResultGraded {
            key_result: leads,
            computed,
            from: None,
            to: computed,
        });
        play(&server, &mut ana, Command::Record(graded)).await;
        let log = ana.log().await;
        let closed = Body::CycleClosed {
            cycle,
            position: ana.state.head,
            root: root(&log),
        };
        play(&server, &mut ana, Command::Record(closed)).await;
        assert!(ana.state.cycles[&cycle].is_closed());
        // Ben has not heard of the closing.
        let late = ben.author(vec![check_in(leads, "549", "2026-09-22", "0.9")]);
        ben.push_one(late).await;
        ana.pull().await;
        let log = ana.log().await;
        assert_eq!(log.len() as u64, ana.state.head);
        Self {
            server,
            ana,
            log,
            cycle,
            leads,
            middle,
        }
    }

    async fn ask(&self, report: Report, as_of: Option<u64>) -> Result<Vec<String>, tonic::Status> {
        ask(&self.server, &self.ana.token, question(report, as_of)).await
    }

    /// Compares an answer with what is made of the log.
    async fn assert(&self, report: Report, as_of: Option<u64>, expected: &impl Serialize) {
        let what = format!("{report:?} as of {as_of:?}");
        let told = self.ask(report, as_of).await.unwrap();
        assert_eq!(told, [serde_json::to_string(expected).unwrap()], "{what}");
    }

    /// All of the log up to a position, and its day.
    fn seen(&self, as_of: Option<u64>) -> (Listed, Option<AsOf>, Date) {
        let position = as_of.map(Moment::Position);
        let past = position.map_or_else(
            || Listed::all(&self.log),
            |position| Listed::as_of(&self.log, position),
        );
        let day = match as_of {
            None => Timestamp::from_ms(self.server.clock.load(std::sync::atomic::Ordering::SeqCst)),
            Some(_) => past.state().recorded,
        };
        let on = past.state().workspace.as_ref().unwrap().date_of(day);
        (past, position.map(AsOf::from), on)
    }

    /// The same for what is of the closed quarter: at present, its log ends where it was closed.
    fn at_closing(&self, as_of: Option<u64>) -> (Listed, State, Option<AsOf>, Date) {
        let (present, told, on) = self.seen(as_of);
        let cycle = &present.state().cycles[&self.cycle];
        let Some(closing) = cycle.closing.as_ref().filter(|_| cycle.is_closed()) else {
            let state = present.state().clone();
            return (present, state, told, on);
        };
        let until = usize::try_from(closing.position).unwrap();
        let past = Listed::all(&self.log[..until]);
        let mut state = fold(&self.log[..until]);
        closing::mark(&mut state, self.cycle, closing);
        let on = closing::day(&state, cycle, closing);
        (past, state, told, on)
    }
}

fn question(report: Report, as_of: Option<u64>) -> v1::GetReportRequest {
    v1::GetReportRequest {
        as_of: as_of.map(|position| v1::AsOf {
            moment: Some(as_of::Moment::Position(position)),
        }),
        report: Some(report),
        ..Default::default()
    }
}

/// The objects of an answer.
async fn ask(
    server: &Running,
    token: &str,
    request: v1::GetReportRequest,
) -> Result<Vec<String>, tonic::Status> {
    let mut client = QueryServiceClient::new(server.channel().await);
    let mut parts = client
        .get_report(with_token(token, request))
        .await?
        .into_inner();
    let (mut objects, mut object) = (Vec::new(), String::new());
    while let Some(part) = parts.message().await? {
        object.push_str(&part.json);
        if !part.goes_on {
            objects.push(std::mem::take(&mut object));
        }
    }
    assert!(object.is_empty(), "it ends within an object");
    Ok(objects)
}

/// Authors a command and has it recorded, a day after the one before.
async fn play(server: &Running, device: &mut Device, command: Command) {
    server.step(DAY);
    let events = device.author(vec![command]);
    device.push_one(events).await;
    device.pull().await;
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn check_in(key_result: KeyResultId, value: &str, day: &str, confidence: &str) -> Command {
    Command::Record(Body::CheckedIn(CheckedIn {
        key_result,
        measure: Measure::Absolute(value.parse().unwrap()),
        effective: date(day),
        confidence: Some(confidence.parse().unwrap()),
        projection: Some("540".parse().unwrap()),
        note: Some("from the fair".to_owned()),
    }))
}

fn target(key_result: KeyResultId, to: &str) -> Command {
    Command::Edit {
        subject: Subject::KeyResult(key_result),
        set: vec![(Field::Target, Value::Number(to.parse().unwrap()))],
    }
}

/// The present, and a moment at which the quarter was open.
fn moments(quarter: &Quarter) -> [Option<u64>; 2] {
    [None, Some(quarter.middle)]
}

#[tokio::test]
async fn status_and_forecasts_are_those_of_the_log() {
    let quarter = Quarter::played().await;
    let none = Pending::default();
    for moment in moments(&quarter) {
        let (_, state, as_of, on) = quarter.at_closing(moment);
        let names = Names::new(&state);
        let query = StatusQuery {
            cycle: Some(quarter.cycle),
            team: None,
            member: None,
            on,
            as_of,
        };
        let status = json::status(&names, &none, &query);
        let asked = v1::StatusReport::default();
        quarter.assert(Report::Status(asked), moment, &status).await;
        let tree = json::tree(&names, &none, &query);
        let asked = v1::StatusReport {
            cycle: "2026-q3".into(),
            tree: true,
            ..Default::default()
        };
        quarter.assert(Report::Status(asked), moment, &tree).await;
        let mine = StatusQuery {
            member: Some(quarter.ana.member),
            ..query
        };
        let asked = v1::StatusReport {
            member: "me".into(),
            ..Default::default()
        };
        let status = json::status(&names, &none, &mine);
        quarter.assert(Report::Status(asked), moment, &status).await;
        let list = json::forecast_list(&names, &none, &query, |_, _| true);
        let asked = v1::ForecastReport {
            reference: "leads".into(),
            ..Default::default()
        };
        quarter.assert(Report::Forecast(asked), moment, &list).await;
    }
    // What came after the closing is in none of it.
    let status = quarter
        .ask(Report::Status(v1::StatusReport::default()), None)
        .await;
    assert!(status.unwrap()[0].contains(r#""current":"534""#));
}

#[tokio::test]
async fn the_log_and_histories_are_told_line_by_line() {
    let quarter = Quarter::played().await;
    for moment in moments(&quarter) {
        let (mut past, ..) = quarter.seen(moment);
        let state = past.state().clone();
        let names = Names::new(&state);
        let until = usize::try_from(state.head).unwrap();
        let line =
            |entry: &Entry| serde_json::to_string(&json::log_line(&names, entry, false)).unwrap();
        let all: Vec<String> = quarter.log[..until].iter().map(line).collect();
        let asked = Report::Log(v1::LogReport::default());
        assert_eq!(quarter.ask(asked, moment).await.unwrap(), all);
        let asked = Report::Log(v1::LogReport {
            limit: 2,
            ..Default::default()
        });
        assert_eq!(quarter.ask(asked, moment).await.unwrap(), all[until - 2..]);
        let check_ins = (quarter.log[..until].iter()).filter(|entry| {
            entry.event.body.kind() == "CheckedIn" && entry.event.member == quarter.ana.member
        });
        let asked = Report::Log(v1::LogReport {
            reference: "leads".into(),
            kind: "checkedin".into(),
            filter: Some(v1::EventFilter {
                member: "ana".into(),
                since: "#3".into(),
                ..Default::default()
            }),
            ..Default::default()
        });
        let expected: Vec<String> = check_ins.map(line).collect();
        assert_eq!(quarter.ask(asked, moment).await.unwrap(), expected);
        let lines = history::of(
            &mut past,
            history::Scope::KeyResult(quarter.leads),
            None,
            &|_| true,
        );
        let expected: Vec<String> = (lines.unwrap().iter())
            .map(|line| serde_json::to_string(&json::history_line(&names, line)).unwrap())
            .collect();
        assert!(expected.len() >= 4);
        let asked = Report::History(v1::HistoryReport {
            reference: "leads".into(),
            ..Default::default()
        });
        assert_eq!(quarter.ask(asked, moment).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn blame_diff_and_conflicts_are_those_of_the_log() {
    let quarter = Quarter::played().await;
    let subject = Subject::KeyResult(quarter.leads);
    for moment in moments(&quarter) {
        let (mut past, as_of, on) = quarter.seen(moment);
        let state = past.state().clone();
        let names = Names::new(&state);
        let found = blame::of(&mut past, subject, on).unwrap().unwrap();
        let told = json::blame(&names, subject, &found, (on, as_of));
        let asked = v1::BlameReport {
            reference: "leads".into(),
            field: String::new(),
        };
        quarter.assert(Report::Blame(asked), moment, &told).await;

        let from = Moment::Position(quarter.middle - 2);
        let from_entry = &quarter.log[usize::try_from(quarter.middle - 3).unwrap()];
        let workspace = state.workspace.as_ref().unwrap();
        let days = (workspace.date_of(from_entry.recorded), on);
        let scope = diff::Scope::Whose(Whose::All);
        let found = diff::of(&mut past, from, days, &scope).unwrap();
        let query = DiffQuery {
            from: from.into(),
            to: as_of,
            days,
            about: None,
        };
        let told = json::diff(&names, &found, &query, &|_| false);
        let asked = v1::DiffReport {
            from: format!("#{}", quarter.middle - 2),
            reference: String::new(),
        };
        quarter.assert(Report::Diff(asked), moment, &told).await;

        let told = json::conflicts(&names, &|event| {
            let of = |entry: &&Entry| entry.event.id == event;
            quarter.log.iter().find(of)?.event.reason.clone()
        });
        assert_eq!(told.conflicts.len(), usize::from(moment.is_none()));
        quarter
            .assert(Report::Conflicts(v1::ConflictsReport {}), moment, &told)
            .await;
    }
}

#[tokio::test]
async fn goalposts_late_and_regrade_read_as_at_the_closing() {
    let quarter = Quarter::played().await;
    let goals = Goals {
        goal: Some(Subject::KeyResult(quarter.leads)),
        ..Goals::default()
    };
    for moment in moments(&quarter) {
        let (mut past, state, as_of, on) = quarter.at_closing(moment);
        let (cycle, scope) = (quarter.cycle, goals.scope(&state));
        let names = Names::new(&state);
        let asked = goalposts::Asked {
            cycle,
            scope: scope.clone(),
            on,
        };
        let found = goalposts::of(&mut past, &asked).unwrap().unwrap();
        assert!(!found.moved.is_empty());
        let told = json::goalposts(&names, &found, &scope, None, as_of);
        let question = v1::GoalpostsReport {
            reference: "leads".into(),
            ..Default::default()
        };
        quarter
            .assert(Report::Goalposts(question), moment, &told)
            .await;

        let asked = late::Asked {
            cycle,
            scope: goalposts::Scope::Cycle,
            days: 2,
            on,
        };
        let found = late::of_cycle(&mut past, &asked).unwrap().unwrap();
        assert!(!found.check_ins.is_empty());
        let told = json::late(&names, &found, &asked, None, as_of);
        let question = v1::LateReport {
            days: Some(2),
            ..Default::default()
        };
        quarter.assert(Report::Late(question), moment, &told).await;

        let rules = Rules {
            equal_weights: true,
            weights: [(quarter.leads, "3".parse().unwrap())].into(),
            ..Rules::default()
        };
        let agreed = goalposts::Asked {
            cycle,
            scope: goalposts::Scope::Cycle,
            on,
        };
        let agreed = goalposts::of(&mut past, &agreed).unwrap().unwrap().agreed;
        let found = regrade::regrade(&state, Some(&agreed), cycle, on, &rules);
        let by = RegradeBy {
            rules: json::regrade_rules(&names, &rules, false, true),
            bands: rules.bands,
            as_of,
            on,
        };
        let told = json::regrade(&names, &found, by);
        let question = v1::RegradeReport {
            weights: vec![v1::RegradeWeight {
                reference: "leads".into(),
                weight: "3".into(),
            }],
            rules: vec!["plain-mean".into()],
            as_agreed: true,
            ..Default::default()
        };
        quarter
            .assert(Report::Regrade(question), moment, &told)
            .await;
    }
}

#[tokio::test]
async fn what_was_said_is_held_against_what_came_out() {
    let quarter = Quarter::played().await;
    let (mut past, as_of, today) = quarter.seen(None);
    let state = past.state().clone();
    let names = Names::new(&state);
    let on = outcome::looked_at_from(&state, today);
    let cycles = [quarter.cycle];
    let found = calibration::gather(&mut past, &cycles, on).unwrap();
    let told = json::calibration(&names, &cycles, &found, (on, as_of));
    let asked = v1::CalibrationReport {
        all: true,
        ..Default::default()
    };
    quarter
        .assert(Report::Calibration(asked), None, &told)
        .await;
    let cases = forecast::check::cases(&mut past, quarter.cycle, on).unwrap();
    let told = json::forecasts_past(&names, &cycles, &cases, (on, as_of));
    let asked = v1::PastForecastsReport::default();
    quarter
        .assert(Report::PastForecasts(asked), None, &told)
        .await;
    // When it was open, nothing had come out.
    let asked = Report::Calibration(v1::CalibrationReport::default());
    let open = quarter.ask(asked, Some(quarter.middle)).await;
    assert_status(open, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn on_a_named_day_a_closed_cycle_is_seen_as_it_stands() {
    let quarter = Quarter::played().await;
    let (past, ..) = quarter.seen(None);
    let query = StatusQuery {
        cycle: Some(quarter.cycle),
        team: None,
        member: None,
        on: date("2026-09-22"),
        as_of: None,
    };
    let told = json::status(&Names::new(past.state()), &Pending::default(), &query);
    let request = v1::GetReportRequest {
        on: "2026-09-22".into(),
        ..question(Report::Status(v1::StatusReport::default()), None)
    };
    let answer = ask(&quarter.server, &quarter.ana.token, request)
        .await
        .unwrap();
    assert_eq!(answer, [serde_json::to_string(&told).unwrap()]);
    assert!(answer[0].contains(r#""current":"549""#));
}

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
