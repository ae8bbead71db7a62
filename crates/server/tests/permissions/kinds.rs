//! An event of each kind, about things that are there, and the least role that may record it.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::event::{
    Body, Certifier, CheckedIn, DeviceJoined, FunnelDefined, IncentiveAdded, InitiativeAdded,
    KeyResultAdded, KeyResultGraded, KpiDefined, KpiRecorded, Metric, ObjectiveDrafted, Stage,
    TemplateSaved, TodoAdded, WeeklyWritten, WorkspaceCreated,
};
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, FunnelId, IncentiveId, InitiativeId, InvitationId, KeyResultId,
    KpiId, MemberId, NoteId, ObjectiveId, TeamId, TemplateId, TodoId, Uuid, WeeklyId, WorkspaceId,
};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{
    Cadence, CycleKind, Direction, MetricKind, NoteKind, ObjectiveKind, Period, Role, TeamLevel,
};
use quarterdeck_core::value::{Change, Field, Measure, Subject, Value};
use quarterdeck_ledger::DeviceKey;

use crate::support::{START, random};

/// Every kind that this version does not know.
pub const NEWER: &str = "(of a newer version)";

/// Who may record an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Least {
    Of(Role),
    /// It is part of how a workspace comes to be, and no push's business.
    Nobody,
}

/// What there is to record something about, made anew for every cell.
pub struct Ground {
    pub state: State,
    pub workspace: WorkspaceId,
    pub me: MemberId,
    pub other: MemberId,
    pub device: DeviceId,
    pub seed: [u8; 32],
    /// Further devices, to be ended.
    pub my_device: DeviceId,
    pub their_device: DeviceId,
    /// An invitation made out to somebody else, and its secret.
    pub invitation: (InvitationId, MemberId, [u8; 32]),
    pub name: String,
    pub week: Date,
    pub team: TeamId,
    pub cycle: CycleId,
    pub closing: CycleId,
    pub closed: CycleId,
    pub objective: ObjectiveId,
    pub key_result: KeyResultId,
    pub my_key_result: KeyResultId,
    pub kpi: KpiId,
    pub linked_kpi: KpiId,
    pub my_initiative: InitiativeId,
    pub initiative: InitiativeId,
    pub my_todo: TodoId,
    pub todo: TodoId,
    pub template: TemplateId,
    pub funnel: FunnelId,
    pub incentive: IncentiveId,
    /// What was authored by me, where I may author, and by somebody else.
    pub mine: Written,
    pub theirs: Written,
    pub root: [u8; 32],
    pub conflict: Vec<EventId>,
}

/// What somebody wrote.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    pub check_in: EventId,
    pub retracted: EventId,
    pub note: EventId,
    pub weekly: EventId,
    pub reading: EventId,
}

pub fn id<T>(new: fn(Uuid) -> T) -> T {
    new(Uuid::from_bytes(random()))
}

impl Ground {
    fn edit(&self, subject: Subject, field: Field, to: &str) -> Body {
        let from = self.state.get(subject, &field).unwrap();
        let to = Value::Text(to.to_owned());
        Body::Edited {
            subject,
            changes: vec![Change { field, from, to }],
        }
    }

    fn renamed(&self, subject: Subject, field: Field) -> Body {
        self.edit(subject, field, &format!("{} renamed", self.name))
    }
}

pub struct Kind {
    pub payload: &'static str,
    /// About what of whose, where that makes a difference.
    pub about: &'static str,
    pub least: Least,
    pub body: fn(&Ground) -> Body,
}

const fn kind(
    payload: &'static str,
    about: &'static str,
    least: Role,
    body: fn(&Ground) -> Body,
) -> Kind {
    Kind {
        payload,
        about,
        least: Least::Of(least),
        body,
    }
}

const fn never(payload: &'static str, body: fn(&Ground) -> Body) -> Kind {
    Kind {
        payload,
        about: "",
        least: Least::Nobody,
        body,
    }
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn drafted(objective: ObjectiveId, cycle: CycleId, title: &str) -> Body {
    Body::ObjectiveDrafted(ObjectiveDrafted {
        objective,
        title: title.to_owned(),
        description: None,
        cycle,
        owner: None,
        team: None,
        kind: ObjectiveKind::Committed,
        supports: None,
        key: None,
        carried_from: None,
        standing: false,
    })
}

pub fn measured(key_result: KeyResultId, objective: ObjectiveId, owner: Option<MemberId>) -> Body {
    Body::KeyResultAdded(KeyResultAdded {
        key_result,
        objective,
        title: "Qualified leads".into(),
        owner,
        metric: Metric {
            kind: MetricKind::Increase,
            baseline: Some("0".parse().unwrap()),
            target: Some("10".parse().unwrap()),
            low: None,
            high: None,
            milestones: Vec::new(),
            unit: None,
        },
        indicator: None,
        certainty: None,
        cadence: Cadence::Weekly,
        weight: "1".parse().unwrap(),
        rank: None,
        key: None,
        team: None,
        kpi: None,
        carried_from: None,
    })
}

pub fn checked_in(key_result: KeyResultId) -> Body {
    Body::CheckedIn(CheckedIn {
        key_result,
        measure: Measure::Absolute("3".parse().unwrap()),
        effective: day("2026-08-21"),
        confidence: None,
        projection: None,
        note: None,
    })
}

pub fn noted(about: Subject) -> Body {
    Body::NoteAdded {
        about,
        kind: NoteKind::Win,
        text: "a word".into(),
    }
}

pub fn weekly(week: Date) -> Body {
    Body::WeeklyWritten(WeeklyWritten {
        week,
        team: None,
        plans: Some("to do".into()),
        progress: None,
        problems: None,
    })
}

pub fn kpi(kpi: KpiId) -> Body {
    Body::KpiDefined(KpiDefined {
        kpi,
        title: "Churn".into(),
        description: None,
        owner: None,
        team: None,
        direction: Direction::Lower,
        target: None,
        unit: None,
        key: None,
    })
}

pub fn read(kpi: KpiId) -> Body {
    Body::KpiRecorded(KpiRecorded {
        kpi,
        value: "4".parse().unwrap(),
        effective: day("2026-08-21"),
        note: None,
    })
}

pub fn initiative(initiative: InitiativeId, owner: MemberId) -> Body {
    Body::InitiativeAdded(InitiativeAdded {
        initiative,
        title: "A campaign".into(),
        description: None,
        owner: Some(owner),
        due: None,
        supports: None,
    })
}

pub fn todo(todo: TodoId, owner: MemberId) -> Body {
    Body::TodoAdded(TodoAdded {
        todo,
        initiative: None,
        title: "Call prospects".into(),
        owner: Some(owner),
        quantity: "2".parse().unwrap(),
        per: Period::Week,
        total: None,
        unit: None,
        starts: day("2026-07-01"),
        ends: day("2026-09-30"),
        key_result: None,
        rate: None,
    })
}

pub fn template(template: TemplateId, name: &str) -> Body {
    Body::TemplateSaved(TemplateSaved {
        template,
        name: name.to_owned(),
        document: "# An objective\n".into(),
    })
}

pub fn funnel(funnel: FunnelId, name: &str) -> Body {
    let stage = |name: &str| Stage {
        name: name.to_owned(),
        source: None,
        rate: None,
    };
    Body::FunnelDefined(FunnelDefined {
        funnel,
        name: name.to_owned(),
        stages: vec![stage("contacts"), stage("deals")],
        key_result: None,
    })
}

pub fn incentive(incentive: IncentiveId) -> Body {
    Body::IncentiveAdded(IncentiveAdded {
        incentive,
        title: "Bonus".into(),
        key_result: None,
        member: None,
    })
}

pub fn cycle(cycle: CycleId, name: &str) -> Body {
    Body::CycleCreated {
        cycle,
        name: name.to_owned(),
        kind: CycleKind::Quarterly,
        starts: day("2026-07-01"),
        ends: day("2026-09-30"),
        parent: None,
    }
}

fn joined(ground: &Ground, member: MemberId, certifier: Certifier, by: &DeviceKey) -> Body {
    let device = id(DeviceId::new);
    let key = DeviceKey::from_seed(random()).public();
    Body::DeviceJoined(DeviceJoined {
        device,
        member,
        key: key.0,
        name: "another".into(),
        certifier,
        certificate: by.sign_join(ground.workspace.as_bytes(), device.as_bytes(), &key),
    })
}

fn rotated(ground: &Ground) -> Body {
    let next = DeviceKey::from_seed(ground.seed);
    let key = next.public();
    Body::DeviceKeyRotated {
        key: key.0,
        proof: next.sign_rotation(ground.workspace.as_bytes(), ground.device.as_bytes(), &key),
    }
}

fn graded(key_result: KeyResultId) -> Body {
    Body::KeyResultGraded(KeyResultGraded {
        key_result,
        computed: Some("0.3".parse().unwrap()),
        from: None,
        to: Some("0.3".parse().unwrap()),
    })
}

fn corrected(ground: &Ground, check_in: EventId) -> Body {
    let subject = Subject::CheckIn(ground.key_result, check_in);
    let from = ground.state.get(subject, &Field::Text).unwrap();
    let to = Value::Text("mistyped".into());
    let changes = vec![Change {
        field: Field::Text,
        from,
        to,
    }];
    Body::Edited { subject, changes }
}

fn note_edited(ground: &Ground, note: EventId) -> Body {
    let note = Subject::Note(NoteId::new(note.uuid()));
    ground.edit(note, Field::Text, "another word")
}

fn weekly_edited(ground: &Ground, weekly: EventId) -> Body {
    let weekly = Subject::Weekly(WeeklyId::new(weekly.uuid()));
    ground.edit(weekly, Field::Plans, "something else")
}

fn reading_corrected(ground: &Ground, reading: EventId) -> Body {
    let subject = Subject::Reading(ground.kpi, reading);
    ground.edit(subject, Field::Text, "counted twice")
}

use Role::{Contributor, Editor, Owner, Viewer};

/// What is expected. It knows nothing of the rule book.
#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    never("workspace_created", |it| Body::WorkspaceCreated(WorkspaceCreated {
        name: it.name.clone(), time_zone: "UTC".into(), fiscal_year_start: 1,
        key: DeviceKey::from_seed(it.seed).public().0, device_name: "usurper".into(), server: false,
    })),
    never("server_adopted", |it| Body::ServerAdopted {
        device: id(DeviceId::new), key: DeviceKey::from_seed(it.seed).public().0, name: "another".into(),
    }),
    kind("workspace_edited", "mission and vision", Editor, |it| it.renamed(Subject::Workspace, Field::Mission)),
    kind("workspace_edited", "anything else", Owner,
        |it| it.edit(Subject::Workspace, Field::TimeZone, "Europe/Lisbon")),
    kind("member_added", "", Owner, |it| Body::MemberAdded {
        member: id(MemberId::new), name: it.name.clone(), email: None, role: Viewer,
    }),
    kind("member_edited", "one's own name and address", Viewer,
        |it| it.renamed(Subject::Member(it.me), Field::Name)),
    kind("member_edited", "one's own role", Owner,
        |it| it.edit(Subject::Member(it.me), Field::Role,
            if it.state.members[&it.me].role == Owner { "editor" } else { "owner" })),
    kind("member_edited", "another's", Owner, |it| it.renamed(Subject::Member(it.invitation.1), Field::Name)),
    kind("invitation_issued", "", Owner, |it| Body::InvitationIssued {
        invitation: id(InvitationId::new), member: it.me,
        key: DeviceKey::from_seed(it.seed).public().0, expires: Timestamp::from_ms(START * 2),
    }),
    kind("device_joined", "one's own", Viewer,
        |it| joined(it, it.me, Certifier::Device(it.device), &DeviceKey::from_seed(it.seed))),
    kind("device_joined", "another's", Owner, |it| joined(
        it, it.invitation.1, Certifier::Invitation(it.invitation.0), &DeviceKey::from_seed(it.invitation.2),
    )),
    kind("device_revoked", "one's own", Viewer, |it| Body::DeviceRevoked { device: it.my_device }),
    kind("device_revoked", "another's", Owner, |it| Body::DeviceRevoked { device: it.their_device }),
    kind("device_key_rotated", "", Viewer, rotated),

    kind("team_created", "", Editor, |it| Body::TeamCreated {
        team: id(TeamId::new), name: format!("{} another", it.name), level: TeamLevel::Team, parent: None,
    }),
    kind("team_edited", "", Editor, |it| it.renamed(Subject::Team(it.team), Field::Name)),
    kind("team_member_added", "", Editor, |it| Body::TeamMemberAdded { team: it.team, member: it.me }),
    kind("team_member_removed", "", Editor, |it| Body::TeamMemberRemoved { team: it.team, member: it.other }),

    kind("cycle_created", "", Editor, |it| cycle(id(CycleId::new), &it.name)),
    kind("cycle_edited", "", Editor, |it| it.renamed(Subject::Cycle(it.cycle), Field::Name)),
    kind("cycle_closed", "", Editor, |it| Body::CycleClosed {
        cycle: it.closing, position: it.state.head, root: it.root,
    }),
    kind("cycle_reopened", "", Editor, |it| Body::CycleReopened { cycle: it.closed }),

    kind("objective_drafted", "", Editor, |it| drafted(id(ObjectiveId::new), it.cycle, &it.name)),
    kind("objective_edited", "", Editor, |it| it.renamed(Subject::Objective(it.objective), Field::Title)),
    kind("sign_off_asked", "", Editor, |it| Body::SignOffAsked { objective: it.objective, members: vec![it.me] }),
    kind("objective_signed", "", Contributor, |it| Body::ObjectiveSigned { objective: it.objective }),
    kind("objective_unsigned", "", Contributor, |it| Body::ObjectiveUnsigned { objective: it.objective }),
    kind("lint_silenced", "", Editor, |it| Body::LintSilenced { objective: it.objective, code: "no-number".into() }),
    kind("lint_heeded", "", Editor, |it| Body::LintHeeded { objective: it.objective, code: "too-long".into() }),

    kind("key_result_added", "", Editor, |it| measured(id(KeyResultId::new), it.objective, Some(it.me))),
    kind("key_result_edited", "", Editor, |it| it.renamed(Subject::KeyResult(it.key_result), Field::Title)),
    kind("help_linked", "", Editor, |it| Body::HelpLinked { from: it.key_result, to: it.my_key_result }),
    kind("help_unlinked", "", Editor, |it| Body::HelpUnlinked { from: it.my_key_result, to: it.key_result }),
    kind("key_result_graded", "of one's own key result", Contributor, |it| graded(it.my_key_result)),
    kind("key_result_graded", "of another's", Editor, |it| graded(it.key_result)),

    kind("checked_in", "", Contributor, |it| checked_in(it.key_result)),
    kind("check_in_corrected", "one's own", Contributor, |it| corrected(it, it.mine.check_in)),
    kind("check_in_corrected", "another's", Editor, |it| corrected(it, it.theirs.check_in)),
    kind("check_in_retracted", "one's own", Contributor, |it| Body::CheckInRetracted {
        key_result: it.key_result, check_in: it.mine.check_in,
    }),
    kind("check_in_retracted", "another's", Editor, |it| Body::CheckInRetracted {
        key_result: it.key_result, check_in: it.theirs.check_in,
    }),
    kind("check_in_reinstated", "one's own", Contributor, |it| Body::CheckInReinstated {
        key_result: it.key_result, check_in: it.mine.retracted,
    }),
    kind("check_in_reinstated", "another's", Editor, |it| Body::CheckInReinstated {
        key_result: it.key_result, check_in: it.theirs.retracted,
    }),

    kind("note_added", "", Contributor, |it| noted(Subject::Objective(it.objective))),
    kind("note_edited", "one's own", Contributor, |it| note_edited(it, it.mine.note)),
    kind("note_edited", "another's", Editor, |it| note_edited(it, it.theirs.note)),
    kind("weekly_written", "", Contributor, |it| weekly(it.week.plus_days(7))),
    kind("weekly_edited", "one's own", Contributor, |it| weekly_edited(it, it.mine.weekly)),
    kind("weekly_edited", "another's", Editor, |it| weekly_edited(it, it.theirs.weekly)),

    kind("conflict_resolved", "", Editor, |it| Body::ConflictResolved {
        subject: Subject::Objective(it.objective), field: Field::Description,
        from: it.state.get(Subject::Objective(it.objective), &Field::Description).unwrap(),
        to: Value::Text("settled".into()), settles: it.conflict.clone(),
    }),

    kind("kpi_defined", "", Editor, |_| kpi(id(KpiId::new))),
    kind("kpi_edited", "", Editor, |it| it.renamed(Subject::Kpi(it.kpi), Field::Title)),
    kind("kpi_recorded", "", Contributor, |it| read(it.kpi)),
    kind("kpi_reading_corrected", "one's own", Contributor, |it| reading_corrected(it, it.mine.reading)),
    kind("kpi_reading_corrected", "another's", Editor, |it| reading_corrected(it, it.theirs.reading)),
    kind("kpi_linked", "", Editor, |it| Body::KpiLinked { kpi: it.kpi, key_result: it.key_result }),
    kind("kpi_unlinked", "", Editor, |it| Body::KpiUnlinked { kpi: it.linked_kpi, key_result: it.key_result }),

    kind("initiative_added", "one's own", Contributor, |it| initiative(id(InitiativeId::new), it.me)),
    kind("initiative_added", "another's", Editor, |it| initiative(id(InitiativeId::new), it.other)),
    kind("initiative_edited", "one's own", Contributor,
        |it| it.renamed(Subject::Initiative(it.my_initiative), Field::Title)),
    kind("initiative_edited", "another's", Editor,
        |it| it.renamed(Subject::Initiative(it.initiative), Field::Title)),
    kind("todo_added", "one's own", Contributor, |it| todo(id(TodoId::new), it.me)),
    kind("todo_added", "another's", Editor, |it| todo(id(TodoId::new), it.other)),
    kind("todo_edited", "one's own", Contributor, |it| it.renamed(Subject::Todo(it.my_todo), Field::Title)),
    kind("todo_edited", "another's", Editor, |it| it.renamed(Subject::Todo(it.todo), Field::Title)),
    kind("todo_counted", "", Contributor, |it| Body::TodoCounted {
        todo: it.todo, quantity: "1".parse().unwrap(), effective: day("2026-08-21"),
    }),

    kind("template_saved", "", Editor, |it| template(id(TemplateId::new), &it.name)),
    kind("template_edited", "", Editor, |it| it.renamed(Subject::Template(it.template), Field::Name)),
    kind("funnel_defined", "", Editor, |it| funnel(id(FunnelId::new), &it.name)),
    kind("funnel_edited", "", Editor, |it| it.renamed(Subject::Funnel(it.funnel), Field::Name)),
    kind("incentive_added", "", Owner, |_| incentive(id(IncentiveId::new))),
    kind("incentive_edited", "", Owner, |it| it.renamed(Subject::Incentive(it.incentive), Field::Title)),

    // What this version cannot judge, a newer one takes at its word: it takes the most.
    kind(NEWER, "", Owner, |_| Body::Unknown { kind: 9_990 }),
];
