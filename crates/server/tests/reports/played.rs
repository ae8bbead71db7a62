//! A quarter that was played and closed, and how it is asked about.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::closing;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn, Entry, KeyResultGraded};
use quarterdeck_core::id::{CycleId, KeyResultId};
use quarterdeck_core::past::Past as _;
use quarterdeck_core::state::State;
use quarterdeck_core::token::Role;
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_core::when::Moment;
use quarterdeck_proto::v1::get_report_request::Report;
use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use quarterdeck_proto::v1::{self, as_of};
use quarterdeck_report::json::AsOf;
use serde::Serialize;

use crate::past::{Listed, fold};
use crate::support::quarter::{planned, root};
use crate::support::{Device, Running, with_token};

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// A quarter with check-ins, a moved target, a slip, an open conflict, a grade, a closing, and something
/// that came after it.
pub struct Quarter {
    pub server: Running,
    pub ana: Device,
    pub log: Vec<Entry>,
    pub cycle: CycleId,
    pub leads: KeyResultId,
    /// A position in the middle.
    pub middle: u64,
}

impl Quarter {
    pub async fn played() -> Self {
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

    pub async fn ask(
        &self,
        report: Report,
        as_of: Option<u64>,
    ) -> Result<Vec<String>, tonic::Status> {
        ask(&self.server, &self.ana.token, question(report, as_of)).await
    }

    /// Compares an answer with what is made of the log.
    pub async fn assert(&self, report: Report, as_of: Option<u64>, expected: &impl Serialize) {
        let what = format!("{report:?} as of {as_of:?}");
        let told = self.ask(report, as_of).await.unwrap();
        assert_eq!(told, [serde_json::to_string(expected).unwrap()], "{what}");
    }

    /// All of the log up to a position, and its day.
    pub fn seen(&self, as_of: Option<u64>) -> (Listed, Option<AsOf>, Date) {
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
    pub fn at_closing(&self, as_of: Option<u64>) -> (Listed, State, Option<AsOf>, Date) {
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

pub fn question(report: Report, as_of: Option<u64>) -> v1::GetReportRequest {
    v1::GetReportRequest {
        as_of: as_of.map(|position| v1::AsOf {
            moment: Some(as_of::Moment::Position(position)),
        }),
        report: Some(report),
        ..Default::default()
    }
}

/// The objects of an answer.
pub async fn ask(
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
pub async fn play(server: &Running, device: &mut Device, command: Command) {
    server.step(DAY);
    let events = device.author(vec![command]);
    device.push_one(events).await;
    device.pull().await;
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn check_in(key_result: KeyResultId, value: &str, day: &str, confidence: &str) -> Command {
    Command::Record(Body::CheckedIn(CheckedIn {
        key_result,
        measure: Measure::Absolute(value.parse().unwrap()),
        effective: date(day),
        confidence: Some(confidence.parse().unwrap()),
        projection: Some("540".parse().unwrap()),
        note: Some("from the fair".to_owned()),
    }))
}

pub fn target(key_result: KeyResultId, to: &str) -> Command {
    Command::Edit {
        subject: Subject::KeyResult(key_result),
        set: vec![(Field::Target, Value::Number(to.parse().unwrap()))],
    }
}
