//! From a command to the events that carry it out.
//!
//! A command says what somebody wants; [`author`] turns it into events as their device would
//! write them, fills in what the author saw, and lets each one pass [`State::admit`]. Devices and
//! the server's `CommandService` both come through here.

use crate::calendar::Timestamp;
use crate::clock::Hlc;
use crate::decimal::Decimal;
use crate::event::{Body, Entry, Event, Hash, KeyResultGraded, Source};
use crate::id::{DeviceId, EventId, IdSource, MemberId, WorkspaceId};
use crate::refusal::{Code, Refusal};
use crate::state::State;
use crate::token::{KeyResultState, NoteState, ObjectiveState};
use crate::value::{Change, Field, Subject, Value};

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "commands come one at a time; a box at each place that makes one would only be noise"
)]
pub enum Command {
    /// Let this be recorded as it is.
    Record(Body),
    /// Set fields of an entity; the values seen are filled in. Fields that have the value
    /// already are left out.
    Edit {
        /// The entity.
        subject: Subject,
        /// Each field with its new value.
        set: Vec<(Field, Value)>,
    },
    /// Settle the conflict about a field.
    Resolve {
        /// The entity.
        subject: Subject,
        /// The field.
        field: Field,
        /// The value chosen.
        to: Value,
    },
    /// Compensate an earlier event.
    Undo(Box<Event>),
}

/// Who authors, where their device's chain stands, and what they have seen.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// On whose behalf.
    pub member: MemberId,
    /// The device.
    pub device: DeviceId,
    /// Number of the device's last event; 0 for none.
    pub number: u64,
    /// Hash of the device's last event.
    pub tip: Option<Hash>,
    /// The device's clock reading for the first event.
    pub authored: Hlc,
    /// The last confirmed log position that the author has seen.
    pub seen: u64,
    /// Where what is authored was imported from, if it was.
    pub source: Option<&'a Source>,
}

/// Authors the events of one command: all of them, or a refusal and none.
///
/// `seal` encodes and salts an event and answers its hash; it is called once per event, in order.
///
/// # Errors
/// Whatever [`State::admit`] refuses, [`Code::NothingToChange`] and [`Code::NotUndoable`].
pub fn author(
    state: &State,
    commands: Vec<Command>,
    reason: Option<&str>,
    author: &Author<'_>,
    ids: &mut dyn IdSource,
    seal: &mut dyn FnMut(&Event) -> Hash,
) -> Result<Vec<Entry>, Refusal> {
    // Later commands of the same batch see what earlier ones did.
    let mut trial: Option<State> = None;
    let mut entries: Vec<Entry> = Vec::new();
    let mut remaining = u32::try_from(commands.len())
        .map_err(|_| Refusal::new(Code::TooLarge, "The command has too many parts."))?;
    let now = Timestamp::from_ms(author.authored.wall);
    let mut authored = author.authored;
    for command in commands {
        let undoes = match &command {
            Command::Undo(event) => Some(event.id),
            _ => None,
        };
        let seen = trial.as_ref().unwrap_or(state);
        let body = body(seen, command)?;
        remaining = remaining.saturating_sub(1);
        let last = entries.last();
        let event = Event {
            id: EventId::new(ids.next()),
            workspace: author.workspace,
            member: author.member,
            device: author.device,
            number: last
                .map_or(author.number, |last| last.event.number)
                .saturating_add(1),
            previous: last.map(|last| last.hash).or(author.tip),
            authored,
            seen: author.seen,
            remaining,
            reason: reason.map(str::to_owned),
            undoes,
            source: author.source.cloned(),
            body,
        };
        seen.admit(&event, now)?;
        authored = Hlc::tick(authored, authored.wall);
        let entry = Entry {
            seq: seen.head.saturating_add(1),
            recorded: seen.recorded.max(now),
            hash: seal(&event),
            event,
        };
        if remaining > 0 {
            trial.get_or_insert_with(|| state.clone()).apply(&entry);
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn body(state: &State, command: Command) -> Result<Body, Refusal> {
    match command {
        Command::Record(body) => Ok(body),
        Command::Edit { subject, set } => edit(state, subject, set),
        Command::Resolve { subject, field, to } => {
            let open = state.conflict(subject, &field).ok_or_else(|| {
                Refusal::new(
                    Code::NotFound,
                    format!(
                        "There is no open conflict about the {field} of this {}.",
                        subject.noun()
                    ),
                )
                .hint("see `okr conflicts`")
            })?;
            let settles = open
                .contenders
                .iter()
                .map(|side| side.stamp.event)
                .collect();
            let from = present(state, subject, &field)?;
            Ok(Body::ConflictResolved {
                subject,
                field,
                from,
                to,
                settles,
            })
        }
        Command::Undo(event) => undo(state, &event),
    }
}

fn present(state: &State, subject: Subject, field: &Field) -> Result<Value, Refusal> {
    if state.editable(subject).is_none() {
        return Err(Refusal::new(
            Code::NotFound,
            format!("The {} does not exist in this workspace.", subject.noun()),
        ));
    }
    state
        .get(subject, field)
        .ok_or_else(|| Refusal::invalid(format!("A {} has no field '{field}'.", subject.noun())))
}

fn edit(state: &State, subject: Subject, set: Vec<(Field, Value)>) -> Result<Body, Refusal> {
    let mut changes = Vec::new();
    for (field, to) in set {
        let from = present(state, subject, &field)?;
        if from != to {
            changes.push(Change { field, from, to });
        }
    }
    if changes.is_empty() {
        return Err(Refusal::new(
            Code::NothingToChange,
            format!(
                "The {} says that already; nothing was changed.",
                subject.noun()
            ),
        ));
    }
    Ok(Body::Edited { subject, changes })
}

/// The event that takes back what `event` did, as far as it still stands.
fn undo(state: &State, event: &Event) -> Result<Body, Refusal> {
    match &event.body {
        Body::Edited { subject, changes } => reverse(state, event, *subject, changes),
        Body::ConflictResolved {
            subject,
            field,
            from,
            to,
            ..
        } => {
            let change = Change {
                field: field.clone(),
                from: from.clone(),
                to: to.clone(),
            };
            reverse(state, event, *subject, &[change])
        }
        Body::CheckedIn(made) => Ok(Body::CheckInRetracted {
            key_result: made.key_result,
            check_in: event.id,
        }),
        Body::CheckInRetracted {
            key_result,
            check_in,
        } => Ok(Body::CheckInReinstated {
            key_result: *key_result,
            check_in: *check_in,
        }),
        Body::CheckInReinstated {
            key_result,
            check_in,
        } => Ok(Body::CheckInRetracted {
            key_result: *key_result,
            check_in: *check_in,
        }),
        Body::ObjectiveDrafted(drafted) => withdraw(
            state,
            Subject::Objective(drafted.objective),
            ObjectiveState::Withdrawn.word(),
        ),
        Body::KeyResultAdded(added) => withdraw(
            state,
            Subject::KeyResult(added.key_result),
            KeyResultState::Withdrawn.word(),
        ),
        Body::NoteAdded { .. } => withdraw(
            state,
            Subject::Note(event.id.into()),
            NoteState::Withdrawn.word(),
        ),
        Body::TeamMemberAdded { team, member } => Ok(Body::TeamMemberRemoved {
            team: *team,
            member: *member,
        }),
        Body::TeamMemberRemoved { team, member } => Ok(Body::TeamMemberAdded {
            team: *team,
            member: *member,
        }),
        Body::ObjectiveSigned { objective } => Ok(Body::ObjectiveUnsigned {
            objective: *objective,
        }),
        Body::LintSilenced { objective, code } => Ok(Body::LintHeeded {
            objective: *objective,
            code: code.clone(),
        }),
        Body::LintHeeded { objective, code } => Ok(Body::LintSilenced {
            objective: *objective,
            code: code.clone(),
        }),
        Body::KpiLinked { kpi, key_result } => Ok(Body::KpiUnlinked {
            kpi: *kpi,
            key_result: *key_result,
        }),
        Body::KpiUnlinked { kpi, key_result } => Ok(Body::KpiLinked {
            kpi: *kpi,
            key_result: *key_result,
        }),
        Body::KpiDefined(new) => withdraw(state, Subject::Kpi(new.kpi), WITHDRAWN),
        Body::KpiRecorded(new) => withdraw(state, Subject::Reading(new.kpi, event.id), WITHDRAWN),
        Body::InitiativeAdded(new) => {
            withdraw(state, Subject::Initiative(new.initiative), WITHDRAWN)
        }
        Body::TodoAdded(new) => withdraw(state, Subject::Todo(new.todo), WITHDRAWN),
        Body::TodoCounted {
            todo,
            quantity,
            effective,
        } => Ok(Body::TodoCounted {
            todo: *todo,
            quantity: Decimal::ZERO.checked_sub(*quantity).unwrap_or_default(),
            effective: *effective,
        }),
        Body::WeeklyWritten(_) => withdraw(state, Subject::Weekly(event.id.into()), WITHDRAWN),
        Body::TemplateSaved(new) => withdraw(state, Subject::Template(new.template), WITHDRAWN),
        Body::FunnelDefined(new) => withdraw(state, Subject::Funnel(new.funnel), WITHDRAWN),
        Body::IncentiveAdded(new) => withdraw(state, Subject::Incentive(new.incentive), WITHDRAWN),
        Body::KeyResultGraded(graded) => ungrade(state, event, graded),
        Body::HelpLinked { from, to } => Ok(Body::HelpUnlinked {
            from: *from,
            to: *to,
        }),
        Body::HelpUnlinked { from, to } => Ok(Body::HelpLinked {
            from: *from,
            to: *to,
        }),
        other => Err(Refusal::new(
            Code::NotUndoable,
            format!("{} cannot be undone.", other.kind()),
        )
        .hint(match other {
            Body::MemberAdded { .. } => "remove the member: `okr member remove NAME`",
            Body::DeviceJoined(_) => "revoke the device: `okr device revoke NAME`",
            Body::CycleCreated { .. } => "change the cycle: `okr cycle edit NAME`",
            Body::TeamCreated { .. } => "rename the team: `okr team edit NAME`",
            Body::CycleClosed { .. } => "open the cycle again: `okr cycle reopen NAME -m WHY`",
            Body::CycleReopened { .. } => "close the cycle again: `okr cycle close NAME`",
            Body::TextErased(_) => "what was erased is gone for good",
            Body::ObjectiveUnsigned { .. } => "sign again: `okr objective sign REF`",
            _ => "it stays in the log; say what should hold instead",
        })),
    }
}

/// What all vocabularies of states call the undo of making something.
const WITHDRAWN: &str = "withdrawn";

/// Puts back the grade before, if the one to be undone still stands.
fn ungrade(state: &State, event: &Event, graded: &KeyResultGraded) -> Result<Body, Refusal> {
    let subject = Subject::KeyResult(graded.key_result);
    let set_by = state.stamp(subject, &Field::Grade);
    if set_by.is_none_or(|stamp| stamp.event != event.id) {
        let who = set_by.map_or("somebody", |stamp| state.member_name(stamp.member));
        return Err(Refusal::new(
            Code::NotUndoable,
            format!("That grade does not stand any more: {who} graded it since."),
        )
        .hint("grade it as it should be: `okr grade REF SCORE -m WHY`"));
    }
    Ok(Body::KeyResultGraded(KeyResultGraded {
        key_result: graded.key_result,
        computed: graded.computed,
        from: graded.to,
        to: graded.from,
    }))
}

fn withdraw(state: &State, subject: Subject, word: &str) -> Result<Body, Refusal> {
    edit(
        state,
        subject,
        vec![(Field::State, Value::Text(word.to_owned()))],
    )
}

/// Sets back those fields that still have the value which the edit gave them.
fn reverse(
    state: &State,
    event: &Event,
    subject: Subject,
    changes: &[Change],
) -> Result<Body, Refusal> {
    let mut back = Vec::new();
    for change in changes {
        let stamp = state.stamp(subject, &change.field);
        if stamp.is_some_and(|stamp| stamp.event == event.id) {
            back.push((change.field.clone(), change.from.clone()));
        }
    }
    if back.is_empty() {
        let who = changes
            .first()
            .and_then(|change| state.stamp(subject, &change.field))
            .map_or("somebody", |stamp| state.member_name(stamp.member));
        return Err(Refusal::new(
            Code::NotUndoable,
            format!("What this edit set does not stand any more: {who} set it since."),
        )
        .hint("edit it to what it should be, or settle the conflict: `okr conflicts`"));
    }
    edit(state, subject, back)
}
