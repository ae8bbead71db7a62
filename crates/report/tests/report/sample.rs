//! A quarter of a small company, built from events: acme in Lisbon, week 8 of 2026-Q3.

use quarterdeck_core::calendar::{Date, TimeZone, Timestamp};
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{
    Body, Certifier, CheckedIn, DeviceJoined, Entry, Event, KeyResultAdded, Metric,
    ObjectiveDrafted, WorkspaceCreated,
};
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, InvitationId, KeyResultId, MemberId, ObjectiveId, TeamId, Uuid,
    WorkspaceId,
};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{
    Cadence, CycleKind, Indicator, MetricKind, NoteKind, ObjectiveKind, Role, TeamLevel,
};
use quarterdeck_core::value::{Change, Field, Measure, Milestone, Subject, Value};
use quarterdeck_report::text::View;

pub(crate) const TODAY: &str = "2026-08-21";

/// An id whose reference has these four digits.
pub(crate) fn id(digits: &str) -> Uuid {
    let value = digits.bytes().fold(0u128, |value, digit| {
        let alphabet = b"0123456789abcdefghjkmnpqrstvwxyz";
        let at = alphabet.iter().position(|known| *known == digit).unwrap();
        (value << 5) | at as u128
    });
    Uuid::from_u128(value << 42)
}

pub(crate) fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub(crate) fn member(name: &str) -> MemberId {
    MemberId::new(id(&format!("{name}0")))
}

pub(crate) fn objective(digits: &str) -> ObjectiveId {
    ObjectiveId::new(id(digits))
}

pub(crate) fn key_result(digits: &str) -> KeyResultId {
    KeyResultId::new(id(digits))
}

pub(crate) fn cycle(digits: &str) -> CycleId {
    CycleId::new(id(digits))
}

pub(crate) fn team_id(digits: &str) -> TeamId {
    TeamId::new(id(digits))
}

pub(crate) fn view(width: usize) -> View {
    View {
        width,
        zone: TimeZone::get("Europe/Lisbon").unwrap(),
        today: day(TODAY),
        reader: None,
    }
}

/// A log and what it amounts to.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) state: State,
    pub(crate) entries: Vec<Entry>,
}

impl Log {
    /// Records what `who` did on a device called after a city, on a day at noon UTC.
    pub(crate) fn add(&mut self, who: &str, on: &str, body: Body) -> EventId {
        self.add_as(who, on, body, |_| {})
    }

    pub(crate) fn add_as(
        &mut self,
        who: &str,
        on: &str,
        body: Body,
        change: impl FnOnce(&mut Event),
    ) -> EventId {
        let seq = self.entries.len() as u64 + 1;
        let recorded: Timestamp = format!("{on}T12:00:00Z").parse().unwrap();
        let recorded = recorded.plus_ms(seq * 60_000);
        let mut event = Event {
            id: EventId::new(Uuid::from_u128(u128::from(seq) << 52)),
            workspace: WorkspaceId::new(id("acme")),
            member: member(who),
            device: DeviceId::new(id(if who == "ana" { "1sbn" } else { "1ag0" })),
            number: seq,
            previous: None,
            authored: Hlc::at(recorded.ms()),
            seen: seq - 1,
            remaining: 0,
            reason: None,
            undoes: None,
            body,
            source: None,
        };
        change(&mut event);
        let made = event.id;
        let entry = Entry {
            seq,
            recorded,
            hash: [0; 32],
            event,
        };
        self.state.apply(&entry);
        self.entries.push(entry);
        made
    }

    pub(crate) fn check_in(&mut self, kr: &str, on: &str, measure: Measure, sure: &str) -> EventId {
        self.add("ana", on, checked_in(kr, on, measure, sure, None))
    }

    pub(crate) fn edit(
        &mut self,
        who: &str,
        on: &str,
        subject: Subject,
        (field, from, to): (Field, Value, Value),
        (seen, why): (u64, &str),
    ) -> EventId {
        let changes = vec![Change { field, from, to }];
        self.add_as(who, on, Body::Edited { subject, changes }, |event| {
            event.seen = seen;
            event.reason = Some(why.to_owned());
        })
    }
}

pub(crate) fn checked_in(
    kr: &str,
    on: &str,
    measure: Measure,
    sure: &str,
    note: Option<&str>,
) -> Body {
    Body::CheckedIn(CheckedIn {
        key_result: key_result(kr),
        measure,
        effective: day(on),
        confidence: (!sure.is_empty()).then(|| d(sure)),
        projection: None,
        note: note.map(str::to_owned),
    })
}

fn drafted(digits: &str, title: &str, kind: ObjectiveKind) -> Body {
    Body::ObjectiveDrafted(ObjectiveDrafted {
        objective: objective(digits),
        title: title.to_owned(),
        description: None,
        cycle: cycle("26q3"),
        owner: Some(member("ana")),
        team: Some(team_id("sa1e")),
        kind,
        supports: None,
        key: None,
        carried_from: None,
        standing: false,
    })
}

fn metric(kind: MetricKind, from: &str, to: &str, unit: &str) -> Metric {
    let number = |text: &str| (!text.is_empty()).then(|| d(text));
    let bounds = kind == MetricKind::Maintain;
    Metric {
        kind,
        baseline: number(from).filter(|_| !bounds),
        target: number(to).filter(|_| !bounds),
        low: number(from).filter(|_| bounds),
        high: number(to).filter(|_| bounds),
        milestones: Vec::new(),
        unit: (!unit.is_empty()).then(|| unit.to_owned()),
    }
}

fn added(digits: &str, of: &str, title: &str, metric: Metric) -> Body {
    Body::KeyResultAdded(KeyResultAdded {
        key_result: key_result(digits),
        objective: objective(of),
        title: title.to_owned(),
        owner: Some(member("ben")),
        metric,
        indicator: Some(Indicator::Leading),
        certainty: Some(d("0.5")),
        cadence: Cadence::Weekly,
        weight: Decimal::ONE,
        rank: None,
        key: None,
        team: None,
        kpi: None,
        carried_from: None,
    })
}

/// The people, the cycles and the team.
pub(crate) fn company() -> Log {
    let mut log = Log::default();
    let began = Body::WorkspaceCreated(WorkspaceCreated {
        name: "acme".to_owned(),
        time_zone: "Europe/Lisbon".to_owned(),
        fiscal_year_start: 1,
        key: [0; 32],
        device_name: "lisbon".to_owned(),
        server: false,
    });
    log.add("ana", "2026-06-29", began);
    for (name, role) in [("ana", Role::Owner), ("ben", Role::Editor)] {
        let added = Body::MemberAdded {
            member: member(name),
            name: name.to_owned(),
            email: None,
            role,
        };
        log.add("ana", "2026-06-29", added);
    }
    let formed = Body::TeamCreated {
        team: team_id("sa1e"),
        name: "Sales".to_owned(),
        level: TeamLevel::Team,
        parent: None,
    };
    log.add("ana", "2026-06-29", formed);
    let joined = Body::DeviceJoined(DeviceJoined {
        device: DeviceId::new(id("1ag0")),
        member: member("ben"),
        key: [1; 32],
        name: "lagos".to_owned(),
        certifier: Certifier::Invitation(InvitationId::nil()),
        certificate: [0; 64],
    });
    log.add("ana", "2026-06-29", joined);
    for (digits, name, kind, starts, ends) in [
        (
            "2026",
            "2026",
            CycleKind::Annual,
            "2026-01-01",
            "2026-12-31",
        ),
        (
            "26q3",
            "2026-Q3",
            CycleKind::Quarterly,
            "2026-07-01",
            "2026-09-30",
        ),
    ] {
        let planned = Body::CycleCreated {
            cycle: cycle(digits),
            name: name.to_owned(),
            kind,
            starts: day(starts),
            ends: day(ends),
            parent: (digits == "26q3").then(|| cycle("2026")),
        };
        log.add("ana", "2026-06-29", planned);
        let word = |text: &str| Value::Text(text.to_owned());
        let activated = (Field::State, word("planned"), word("active"));
        let seen = log.state.head;
        let subject = Subject::Cycle(cycle(digits));
        log.edit(
            "ana",
            "2026-06-30",
            subject,
            activated,
            (seen, "the quarter begins"),
        );
    }
    log
}

/// The company with two objectives, a key result of each kind, and seven weeks of check-ins.
pub(crate) fn quarter() -> Log {
    let mut log = company();
    let on = "2026-07-01";
    log.add(
        "ana",
        on,
        drafted("7fk2", "Win the mid-market", ObjectiveKind::Aspirational),
    );
    log.add(
        "ana",
        on,
        drafted("9hm4", "Be easy to reach", ObjectiveKind::Committed),
    );
    let leads = metric(MetricKind::Increase, "500", "550", "leads");
    log.add("ana", on, added("3mz9", "7fk2", "Qualified leads", leads));
    let score = metric(MetricKind::Increase, "6.5", "8.5", "");
    log.add(
        "ana",
        on,
        added("8nps", "7fk2", "Net promoter score", score),
    );
    let mut partners = metric(MetricKind::Milestones, "", "", "");
    partners.milestones = [("draft", "1"), ("pilot", "2"), ("live", "3")]
        .map(|(name, weight)| Milestone {
            name: name.to_owned(),
            weight: d(weight),
        })
        .into();
    log.add(
        "ana",
        on,
        added("2prt", "7fk2", "Partner programme", partners),
    );
    let calls = metric(MetricKind::Decrease, "40", "30", "s");
    log.add(
        "ana",
        on,
        added("5t0p", "9hm4", "Time to pick up a call", calls),
    );
    let backlog = metric(MetricKind::Maintain, "0", "20", "tickets");
    log.add(
        "ana",
        on,
        added("6bak", "9hm4", "Backlog of tickets", backlog),
    );
    let hotline = metric(MetricKind::Binary, "", "", "");
    log.add(
        "ana",
        on,
        added("4htn", "9hm4", "Weekend hotline staffed", hotline),
    );

    for (week, leads, calls, backlog) in [
        ("2026-07-08", "504", "40", "12"),
        ("2026-07-22", "511", "39", "18"),
        ("2026-08-05", "519", "38", "25"),
        ("2026-08-19", "531", "37", "14"),
    ] {
        log.check_in("3mz9", week, Measure::Absolute(d(leads)), "0.7");
        log.check_in("5t0p", week, Measure::Absolute(d(calls)), "0.3");
        log.check_in("6bak", week, Measure::Absolute(d(backlog)), "");
    }
    for (name, on) in [("draft", "2026-07-15"), ("pilot", "2026-08-18")] {
        let step = Measure::Step {
            name: name.to_owned(),
            done: true,
        };
        log.check_in("2prt", on, step, "0.7");
    }
    log.check_in("8nps", "2026-07-10", Measure::Absolute(d("6.9")), "0.6");
    log.check_in("4htn", "2026-08-17", Measure::Done(true), "");
    log
}

/// The quarter after two people changed one target without knowing of each other.
pub(crate) fn disagreement() -> Log {
    let mut log = quarter();
    let seen = log.state.head;
    let leads = Subject::KeyResult(key_result("3mz9"));
    for (who, to, why) in [
        ("ana", "600", "two reps more"),
        ("ben", "575", "a slow \u{1b}[31mJanuary"),
    ] {
        let change = (Field::Target, Value::Number(d("550")), Value::Number(d(to)));
        log.edit(who, "2026-08-20", leads, change, (seen, why));
    }
    log
}

/// The quarter with notes, a late check-in, a retracted one, and one that is not recorded yet.
pub(crate) fn eventful() -> Log {
    let mut log = quarter();
    let wrong = log.check_in("3mz9", "2026-08-20", Measure::Absolute(d("5310")), "");
    let retracted = Body::CheckInRetracted {
        key_result: key_result("3mz9"),
        check_in: wrong,
    };
    log.add_as("ana", "2026-08-20", retracted, |event| {
        event.undoes = Some(wrong);
        event.reason = Some("a digit too many".to_owned());
    });
    let late = checked_in(
        "3mz9",
        "2026-07-15",
        Measure::Absolute(d("508")),
        "",
        Some("found it"),
    );
    log.add("ben", "2026-08-20", late);
    let note = Body::NoteAdded {
        about: Subject::KeyResult(key_result("3mz9")),
        kind: NoteKind::Problem,
        text: "The fair in Porto\nwas cancelled.".to_owned(),
    };
    log.add("ben", "2026-08-20", note);
    log.add("ana", "2026-08-21", Body::Unknown { kind: 321 });
    log.add(
        "ana",
        "2026-08-21",
        checked_in("3mz9", TODAY, Measure::Delta(d("3")), "", None),
    );
    log
}
