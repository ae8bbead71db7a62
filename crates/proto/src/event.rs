//! Events between their bytes and the domain's type.
//!
//! ```text
//!            header, walked without copying       payload, by its number
//! bytes ───▶ ids, chain, clock, reason ─────────▶ generated message ───▶ Body
//!                                                 number or word not known ───▶ Body::Unknown
//! ```
//!
//! An event's bytes are kept as they were authored, whoever reads them: so nothing is lost
//! where reading ends in [`Body::Unknown`].

mod okr;
mod practice;
mod workspace;
mod write;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::{Body, Entry, Event, Hash};
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId,
    NoteId, ObjectiveId, TeamId, TemplateId, TodoId, WeeklyId, WorkspaceId,
};
use quarterdeck_core::value::Subject;

use crate::error::{DecodeError, Problem, Unread};
use crate::field::{fixed, optional, out_of_range};
use crate::reader::Fields;
use crate::sealed::check_size;

pub use write::encode_event;

/// Payloads have numbers from here on; below are the fields of the header.
const FIRST_PAYLOAD: u32 = 100;

/// Reads an encoded event.
///
/// Where its kind, or a word or form of value within it, is one of a newer version, its body is
/// [`Body::Unknown`] with the payload's field number. Fields that are not known are passed over.
///
/// # Errors
///
/// Where the bytes are no event: more than
/// [`MAX_EVENT_BYTES`](crate::limits::MAX_EVENT_BYTES), not protobuf, an id missing or of
/// another length than 16 bytes, a number that is none, no payload at all, or two.
pub fn decode_event(body: &[u8]) -> Result<Event, DecodeError> {
    check_size("Event", body)?;
    let mut header = Header::default();
    let mut payload = None;
    for field in Fields::of(body) {
        let (number, content) = field.map_err(|problem| DecodeError::new("Event", problem))?;
        let read = |field: &'static str| {
            let bytes = content.bytes();
            bytes.map_err(|problem| DecodeError::new(field, problem))
        };
        let count = |field: &'static str| {
            let number = content.number();
            number.map_err(|problem| DecodeError::new(field, problem))
        };
        match number {
            1 => header.id = read("Event.id")?,
            2 => header.workspace = read("Event.workspace")?,
            3 => header.member = read("Event.member")?,
            4 => header.device = read("Event.device")?,
            5 => header.number = count("Event.number")?,
            6 => header.previous = read("Event.previous")?,
            7 => header.authored.wall = count("Event.authored_ms")?,
            8 => header.authored.counter = small("Event.authored_counter", content.number())?,
            9 => header.seen = count("Event.seen")?,
            10 => header.remaining = small("Event.remaining", content.number())?,
            11 => header.reason = Some(read("Event.reason")?),
            12 => header.undoes = read("Event.undoes")?,
            13 => header.source = Some(read("Event.source")?),
            FIRST_PAYLOAD.. if payload.is_none() => {
                payload = Some((number, read("Event.payload")?));
            }
            // Readers of other versions could each take another one of the two.
            FIRST_PAYLOAD.. => return Err(DecodeError::new("Event.payload", Problem::Twice)),
            _ => {}
        }
    }
    let (kind, payload) = payload.ok_or_else(|| DecodeError::missing("Event.payload"))?;
    header.into_event(read_body(kind, payload)?)
}

/// Reads an encoded event that stands in a log.
///
/// # Errors
///
/// As [`decode_event`].
pub fn decode_entry(
    seq: u64,
    recorded_ms: u64,
    hash: Hash,
    body: &[u8],
) -> Result<Entry, DecodeError> {
    Ok(Entry {
        seq,
        recorded: Timestamp::from_ms(recorded_ms),
        hash,
        event: decode_event(body)?,
    })
}

/// The header's fields as they stand in the message.
#[derive(Default)]
struct Header<'a> {
    id: &'a [u8],
    workspace: &'a [u8],
    member: &'a [u8],
    device: &'a [u8],
    number: u64,
    previous: &'a [u8],
    authored: Hlc,
    seen: u64,
    remaining: u32,
    reason: Option<&'a [u8]>,
    undoes: &'a [u8],
    source: Option<&'a [u8]>,
}

impl Header<'_> {
    fn into_event(self, body: Body) -> Result<Event, DecodeError> {
        if self.number == 0 {
            return Err(DecodeError::missing("Event.number"));
        }
        Ok(Event {
            id: EventId::from_bytes(fixed("Event.id", self.id)?),
            workspace: WorkspaceId::from_bytes(fixed("Event.workspace", self.workspace)?),
            member: optional("Event.member", self.member)?
                .map_or_else(MemberId::nil, MemberId::from_bytes),
            device: DeviceId::from_bytes(fixed("Event.device", self.device)?),
            number: self.number,
            previous: optional("Event.previous", self.previous)?,
            authored: self.authored,
            seen: self.seen,
            remaining: self.remaining,
            reason: self.reason.map(text).transpose()?,
            undoes: optional("Event.undoes", self.undoes)?.map(EventId::from_bytes),
            source: self.source.map(practice::source).transpose()?,
            body,
        })
    }
}

fn text(bytes: &[u8]) -> Result<String, DecodeError> {
    let text = str::from_utf8(bytes);
    text.map(str::to_owned)
        .map_err(|_| DecodeError::new("Event.reason", Problem::Utf8))
}

fn small(field: &'static str, number: Result<u64, Problem>) -> Result<u32, DecodeError> {
    let number = number.map_err(|problem| DecodeError::new(field, problem))?;
    u32::try_from(number).map_err(|_| out_of_range(field, number))
}

fn read_body(kind: u32, payload: &[u8]) -> Result<Body, DecodeError> {
    match read_known(kind, payload) {
        Ok(body) => Ok(body),
        Err(Unread::Newer) => Ok(Body::Unknown { kind }),
        Err(Unread::Broken(error)) => Err(error),
    }
}

/// The payload's numbers are those of the oneof in `event.proto`.
fn read_known(kind: u32, payload: &[u8]) -> Result<Body, Unread> {
    match kind {
        100 => workspace::workspace_created(message("WorkspaceCreated", payload)?),
        101 => workspace::server_adopted(message("ServerAdopted", payload)?),
        102 => okr::workspace_edited(message("WorkspaceEdited", payload)?),
        110 => workspace::member_added(message("MemberAdded", payload)?),
        111 => okr::edited(message("MemberEdited", payload)?, |id| {
            Subject::Member(MemberId::from_bytes(id))
        }),
        112 => workspace::invitation_issued(message("InvitationIssued", payload)?),
        113 => workspace::device_joined(message("DeviceJoined", payload)?),
        114 => workspace::device_revoked(message("DeviceRevoked", payload)?),
        115 => workspace::device_key_rotated(message("DeviceKeyRotated", payload)?),
        120 => workspace::team_created(message("TeamCreated", payload)?),
        121 => okr::edited(message("TeamEdited", payload)?, |id| {
            Subject::Team(TeamId::from_bytes(id))
        }),
        122 => workspace::team_member_added(message("TeamMemberAdded", payload)?),
        123 => workspace::team_member_removed(message("TeamMemberRemoved", payload)?),
        130 => okr::cycle_created(message("CycleCreated", payload)?),
        131 => okr::edited(message("CycleEdited", payload)?, |id| {
            Subject::Cycle(CycleId::from_bytes(id))
        }),
        132 => practice::cycle_closed(message("CycleClosed", payload)?),
        133 => practice::cycle_reopened(message("CycleReopened", payload)?),
        140 => okr::objective_drafted(message("ObjectiveDrafted", payload)?),
        141 => okr::edited(message("ObjectiveEdited", payload)?, |id| {
            Subject::Objective(ObjectiveId::from_bytes(id))
        }),
        142 => okr::sign_off_asked(message("SignOffAsked", payload)?),
        143 => okr::objective_signed(message("ObjectiveSigned", payload)?),
        144 => okr::objective_unsigned(message("ObjectiveUnsigned", payload)?),
        145 => okr::lint_silenced(message("LintSilenced", payload)?),
        146 => okr::lint_heeded(message("LintHeeded", payload)?),
        150 => okr::key_result_added(message("KeyResultAdded", payload)?),
        151 => okr::edited(message("KeyResultEdited", payload)?, |id| {
            Subject::KeyResult(KeyResultId::from_bytes(id))
        }),
        152 => okr::help_linked(message("HelpLinked", payload)?),
        153 => okr::help_unlinked(message("HelpUnlinked", payload)?),
        154 => practice::key_result_graded(message("KeyResultGraded", payload)?),
        160 => okr::checked_in(message("CheckedIn", payload)?),
        161 => okr::check_in_corrected(message("CheckInCorrected", payload)?),
        162 => okr::check_in_retracted(message("CheckInRetracted", payload)?),
        163 => okr::check_in_reinstated(message("CheckInReinstated", payload)?),
        170 => okr::note_added(message("NoteAdded", payload)?),
        171 => okr::edited(message("NoteEdited", payload)?, |id| {
            Subject::Note(NoteId::from_bytes(id))
        }),
        172 => practice::weekly_written(message("WeeklyWritten", payload)?),
        173 => okr::edited(message("WeeklyEdited", payload)?, |id| {
            Subject::Weekly(WeeklyId::from_bytes(id))
        }),
        180 => okr::conflict_resolved(message("ConflictResolved", payload)?),
        190 => practice::kpi_defined(message("KpiDefined", payload)?),
        191 => okr::edited(message("KpiEdited", payload)?, |id| {
            Subject::Kpi(KpiId::from_bytes(id))
        }),
        192 => practice::kpi_recorded(message("KpiRecorded", payload)?),
        193 => practice::kpi_reading_corrected(message("KpiReadingCorrected", payload)?),
        194 => practice::kpi_linked(message("KpiLinked", payload)?),
        195 => practice::kpi_unlinked(message("KpiUnlinked", payload)?),
        200 => practice::initiative_added(message("InitiativeAdded", payload)?),
        201 => okr::edited(message("InitiativeEdited", payload)?, |id| {
            Subject::Initiative(InitiativeId::from_bytes(id))
        }),
        205 => practice::todo_added(message("TodoAdded", payload)?),
        206 => okr::edited(message("TodoEdited", payload)?, |id| {
            Subject::Todo(TodoId::from_bytes(id))
        }),
        207 => practice::todo_counted(message("TodoCounted", payload)?),
        210 => practice::template_saved(message("TemplateSaved", payload)?),
        211 => okr::edited(message("TemplateEdited", payload)?, |id| {
            Subject::Template(TemplateId::from_bytes(id))
        }),
        215 => practice::funnel_defined(message("FunnelDefined", payload)?),
        216 => okr::edited(message("FunnelEdited", payload)?, |id| {
            Subject::Funnel(FunnelId::from_bytes(id))
        }),
        220 => practice::incentive_added(message("IncentiveAdded", payload)?),
        221 => okr::edited(message("IncentiveEdited", payload)?, |id| {
            Subject::Incentive(IncentiveId::from_bytes(id))
        }),
        230 => workspace::text_erased(message("TextErased", payload)?),
        _ => Err(Unread::Newer),
    }
}

fn message<M: prost::Message + Default>(
    name: &'static str,
    payload: &[u8],
) -> Result<M, DecodeError> {
    M::decode(payload).map_err(|error| DecodeError::new(name, Problem::Protobuf(error)))
}
