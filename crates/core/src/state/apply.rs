//! The fold: one entry after another becomes the state. There is no other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{
    CheckIn, CheckIns, Cycle, Device, Invitation, KeyResult, Lazy, Member, Note, Objective,
    Provenance, Stamp, State, Team, Workspace,
};
use crate::erase::Erasure;
use crate::event::{
    Body, Certifier, DeviceJoined, Entry, KeyResultAdded, ObjectiveDrafted, WorkspaceCreated,
};
use crate::id::{EventId, KeyResultId, NoteId};
use crate::token::{CycleState, KeyResultState, MemberState, NoteState, ObjectiveState, Switch};
use crate::value::{Change, Subject};

impl State {
    /// Applies the next entry. Never fails: what this version cannot use is skipped and noted.
    pub fn apply(&mut self, entry: &Entry) {
        self.head = entry.seq;
        self.recorded = entry.recorded;
        if let Some(source) = &entry.event.source {
            self.sources.insert(entry.seq, Arc::new(source.clone()));
        }
        match &entry.event.body {
            Body::WorkspaceCreated(created) => self.workspace_created(entry, created),
            Body::ServerAdopted { device, key, name } => {
                self.devices
                    .insert(*device, Device::new_server(entry, name, *key));
                if let Some(workspace) = &mut self.workspace {
                    workspace.authority = *device;
                    workspace.served = true;
                    workspace.adopted_at = Some(entry.seq);
                }
            }
            Body::MemberAdded {
                member,
                name,
                email,
                role,
            } => {
                self.members.entry(*member).or_insert_with(|| Member {
                    name: name.clone(),
                    email: email.clone(),
                    role: *role,
                    state: MemberState::Active,
                    provenance: Provenance::new(entry),
                });
            }
            Body::InvitationIssued {
                invitation,
                member,
                key,
                expires,
            } => {
                self.invitations
                    .entry(*invitation)
                    .or_insert_with(|| Invitation {
                        member: *member,
                        key: *key,
                        expires: *expires,
                        issued: Stamp::of(entry),
                        redeemed: false,
                    });
            }
            Body::DeviceJoined(joined) => self.device_joined(entry, joined),
            Body::DeviceRevoked { device } => match self.devices.get_mut(device) {
                Some(device) => device.revoked = Some(Stamp::of(entry)),
                None => self.skip(entry, "the device is not known"),
            },
            Body::DeviceKeyRotated { key, .. } => {
                if let Some(device) = self.devices.get_mut(&entry.event.device) {
                    device.key = *key;
                }
            }
            Body::TeamCreated {
                team,
                name,
                level,
                parent,
            } => {
                self.teams.entry(*team).or_insert_with(|| Team {
                    name: name.clone(),
                    level: *level,
                    parent: *parent,
                    members: BTreeSet::new(),
                    provenance: Provenance::new(entry),
                });
            }
            Body::TeamMemberAdded { team, member } => match self.teams.get_mut(team) {
                Some(team) => {
                    team.members.insert(*member);
                }
                None => self.skip(entry, "the team is not known"),
            },
            Body::TeamMemberRemoved { team, member } => match self.teams.get_mut(team) {
                Some(team) => {
                    team.members.remove(member);
                }
                None => self.skip(entry, "the team is not known"),
            },
            Body::CycleCreated {
                cycle,
                name,
                kind,
                starts,
                ends,
                parent,
            } => {
                self.cycles.entry(*cycle).or_insert_with(|| Cycle {
                    name: name.clone(),
                    kind: *kind,
                    starts: *starts,
                    ends: *ends,
                    parent: *parent,
                    state: CycleState::Planned,
                    month_weights: Vec::new(),
                    closing: None,
                    provenance: Provenance::new(entry),
                });
            }
            Body::ObjectiveDrafted(drafted) => self.objective_drafted(entry, drafted),
            Body::KeyResultAdded(added) => self.key_result_added(entry, added),
            Body::HelpLinked { from, to } => {
                self.with_key_result(entry, *from, |helper| {
                    helper.helps.insert(*to);
                });
            }
            Body::HelpUnlinked { from, to } => {
                self.with_key_result(entry, *from, |helper| {
                    helper.helps.remove(to);
                });
            }
            Body::CheckedIn(made) => {
                let check_in = CheckIn::new(entry, made);
                self.with_key_result(entry, made.key_result, |key_result| {
                    key_result.check_ins.insert(check_in);
                });
            }
            Body::CheckInRetracted {
                key_result,
                check_in,
            } => {
                self.set_retracted(entry, *key_result, *check_in, true);
            }
            Body::CheckInReinstated {
                key_result,
                check_in,
            } => {
                self.set_retracted(entry, *key_result, *check_in, false);
            }
            Body::NoteAdded { about, kind, text } => {
                let note = Note {
                    about: *about,
                    kind: *kind,
                    text: text.clone(),
                    state: NoteState::Shown,
                    provenance: Provenance::new(entry),
                };
                self.notes
                    .entry(NoteId::from(entry.event.id))
                    .or_insert_with(|| Lazy::new(note));
            }
            Body::SignOffAsked { objective, members } => {
                match self.objectives.get_mut(objective).map(Arc::make_mut) {
                    Some(objective) => {
                        for member in members {
                            objective.sign_offs.entry(*member).or_insert(None);
                        }
                    }
                    None => self.skip(entry, "the objective is not known"),
                }
            }
            Body::ObjectiveSigned { objective } => {
                match self.objectives.get_mut(objective).map(Arc::make_mut) {
                    Some(objective) => {
                        let stamp = Stamp::of(entry);
                        objective.sign_offs.insert(entry.event.member, Some(stamp));
                        if objective.state == ObjectiveState::Draft && objective.all_signed() {
                            objective.state = ObjectiveState::Agreed;
                            objective
                                .provenance
                                .edited
                                .insert(crate::value::Field::State, stamp);
                        }
                    }
                    None => self.skip(entry, "the objective is not known"),
                }
            }
            Body::ObjectiveUnsigned { objective } => {
                match self.objectives.get_mut(objective).map(Arc::make_mut) {
                    Some(objective) => {
                        if let Some(signature) = objective.sign_offs.get_mut(&entry.event.member) {
                            *signature = None;
                        }
                    }
                    None => self.skip(entry, "the objective is not known"),
                }
            }
            Body::LintSilenced { objective, code } => {
                self.lint_silenced(entry, *objective, code, true);
            }
            Body::LintHeeded { objective, code } => {
                self.lint_silenced(entry, *objective, code, false);
            }
            Body::KpiDefined(defined) => self.kpi_defined(entry, defined),
            Body::KpiRecorded(recorded) => self.kpi_recorded(entry, recorded),
            Body::KpiLinked { kpi, key_result } => {
                self.kpi_linked(entry, *kpi, *key_result, true);
            }
            Body::KpiUnlinked { kpi, key_result } => {
                self.kpi_linked(entry, *kpi, *key_result, false);
            }
            Body::InitiativeAdded(added) => self.initiative_added(entry, added),
            Body::TodoAdded(added) => self.todo_added(entry, added),
            Body::TodoCounted {
                todo,
                quantity,
                effective,
            } => self.todo_counted(entry, *todo, *quantity, *effective),
            Body::WeeklyWritten(written) => self.weekly_written(entry, written),
            Body::KeyResultGraded(graded) => self.graded(entry, graded),
            Body::CycleClosed {
                cycle,
                position,
                root,
            } => self.cycle_closed(entry, *cycle, *position, *root),
            Body::CycleReopened { cycle } => self.cycle_reopened(entry, *cycle),
            Body::TemplateSaved(saved) => self.template_saved(entry, saved),
            Body::FunnelDefined(defined) => self.funnel_defined(entry, defined),
            Body::IncentiveAdded(added) => self.incentive_added(entry, added),
            Body::Edited { subject, changes } => self.apply_edit(entry, *subject, changes),
            Body::ConflictResolved {
                subject,
                field,
                from,
                to,
                settles,
            } => {
                let change = Change {
                    field: field.clone(),
                    from: from.clone(),
                    to: to.clone(),
                };
                self.apply_resolution(entry, *subject, &change, settles);
            }
            Body::TextErased(erased) => {
                let before = self.erasures.remove(&erased.event);
                self.erasures
                    .insert(erased.event, Erasure::new(entry, erased, before));
            }
            Body::Unknown { kind } => {
                self.skip(entry, format!("kind {kind} is of a newer version"));
            }
        }
        self.advance_device(entry);
    }

    /// The device's own chain moves on, whatever the event said.
    fn advance_device(&mut self, entry: &Entry) {
        if let Some(device) = self.devices.get_mut(&entry.event.device) {
            device.number = entry.event.number;
            device.tip = Some(entry.hash);
        }
    }

    fn workspace_created(&mut self, entry: &Entry, created: &WorkspaceCreated) {
        if self.workspace.is_some() {
            self.skip(entry, "the workspace exists already");
            return;
        }
        let event = &entry.event;
        self.workspace = Some(Workspace {
            id: event.workspace,
            name: created.name.clone(),
            time_zone: created.time_zone.clone(),
            fiscal_year_start: created.fiscal_year_start,
            mission: None,
            vision: None,
            incentives: Switch::Off,
            authority: event.device,
            served: created.server,
            adopted_at: None,
            provenance: Provenance::new(entry),
        });
        self.devices.insert(
            event.device,
            Device {
                member: event.member,
                name: created.device_name.clone(),
                key: created.key,
                number: 0,
                tip: None,
                server: created.server,
                joined: Stamp::of(entry),
                revoked: None,
            },
        );
    }

    fn device_joined(&mut self, entry: &Entry, joined: &DeviceJoined) {
        self.devices.entry(joined.device).or_insert_with(|| Device {
            member: joined.member,
            name: joined.name.clone(),
            key: joined.key,
            number: 0,
            tip: None,
            server: false,
            joined: Stamp::of(entry),
            revoked: None,
        });
        if let Certifier::Invitation(invitation) = joined.certifier
            && let Some(invitation) = self.invitations.get_mut(&invitation)
        {
            invitation.redeemed = true;
        }
    }

    fn objective_drafted(&mut self, entry: &Entry, drafted: &ObjectiveDrafted) {
        self.objectives.entry(drafted.objective).or_insert_with(|| {
            Arc::new(Objective {
                title: drafted.title.clone(),
                description: drafted.description.clone(),
                cycle: drafted.cycle,
                owner: drafted.owner,
                team: drafted.team,
                kind: drafted.kind,
                supports: drafted.supports,
                key: drafted.key.clone(),
                state: ObjectiveState::Draft,
                set_aside: None,
                carried_from: drafted.carried_from,
                standing: if drafted.standing {
                    Switch::On
                } else {
                    Switch::Off
                },
                silenced: BTreeSet::new(),
                sign_offs: BTreeMap::new(),
                provenance: Provenance::new(entry),
            })
        });
    }

    fn key_result_added(&mut self, entry: &Entry, added: &KeyResultAdded) {
        self.below.forget();
        self.key_results.entry(added.key_result).or_insert_with(|| {
            Lazy::new(KeyResult {
                objective: added.objective,
                title: added.title.clone(),
                owner: added.owner,
                metric: added.metric.clone(),
                indicator: added.indicator,
                certainty: added.certainty,
                cadence: added.cadence,
                weight: added.weight,
                rank: added.rank,
                key: added.key.clone(),
                state: KeyResultState::Active,
                set_aside: None,
                team: added.team,
                kpi: added.kpi,
                carried_from: added.carried_from,
                grade: None,
                helps: BTreeSet::new(),
                check_ins: CheckIns::default(),
                provenance: Provenance::new(entry),
            })
        });
    }

    fn with_key_result(
        &mut self,
        entry: &Entry,
        id: KeyResultId,
        change: impl FnOnce(&mut KeyResult),
    ) {
        match self.key_results.get_mut(&id) {
            Some(key_result) => change(key_result.make_mut()),
            None => self.skip(entry, "the key result is not known"),
        }
    }

    fn set_retracted(&mut self, entry: &Entry, id: KeyResultId, check_in: EventId, to: bool) {
        let found = self.key_results.get_mut(&id).and_then(|key_result| {
            let check_ins = &mut key_result.make_mut().check_ins;
            check_ins.touched(entry.seq);
            check_ins.edit_with(check_in, |check_in| check_in.retracted = to)
        });
        if found.is_none() {
            let subject = Subject::CheckIn(id, check_in);
            self.skip(entry, format!("the {} is not known", subject.noun()));
        }
    }
}

impl Device {
    fn new_server(entry: &Entry, name: &str, key: crate::event::Key) -> Self {
        Self {
            member: crate::id::MemberId::nil(),
            name: name.to_owned(),
            key,
            number: 0,
            tip: None,
            server: true,
            joined: Stamp::of(entry),
            revoked: None,
        }
    }
}
