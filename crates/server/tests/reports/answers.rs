//! Each report beside what is made of the log.

use quarterdeck_core::asked::Goals;
use quarterdeck_core::event::Entry;
use quarterdeck_core::past::Past as _;
use quarterdeck_core::regrade::Rules;
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::Moment;
use quarterdeck_core::whose::Whose;
use quarterdeck_core::{blame, calibration, diff, forecast, goalposts, history, late};
use quarterdeck_core::{outcome, regrade};
use quarterdeck_proto::v1;
use quarterdeck_proto::v1::get_report_request::Report;
use quarterdeck_report::json::{self, DiffQuery, RegradeBy, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use tonic::Code;

use crate::played::{Quarter, ask, date, question};
use crate::support::assert_status;

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
