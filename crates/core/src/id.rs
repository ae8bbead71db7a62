//! Identities. Each kind of thing has an id type of its own, so that a team's id
//! can never be taken for a member's; all are 16-byte UUIDs and cost no more than that.
//!
//! Nothing here makes randomness: callers hand in an [`IdSource`], or the random bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
pub use uuid::Uuid;

/// Where new ids come from: the operating system's randomness in the programs, a seed in tests.
pub trait IdSource {
    /// A UUID that this source has not given before.
    fn next(&mut self) -> Uuid;
}

/// The version 7 UUID of a moment, in milliseconds since the Unix epoch (the low 48 bits count).
///
/// Ids made later sort later, to the millisecond; the rest is `random`, of which 74 bits are used.
pub const fn uuid_v7(unix_ms: u64, random: [u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid()
}

/// What was given is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id: an id is a UUID such as 0198c5a2-7d1e-7c3b-9f00-5b1f0a7c2d4e")]
pub struct IdError {
    /// What was read.
    pub text: String,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with this UUID.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The id with these bytes, in network order.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The id of nothing: all zeros.
            pub const fn nil() -> Self {
                Self(Uuid::nil())
            }

            /// Whether this is the id of nothing.
            pub const fn is_nil(self) -> bool {
                self.0.is_nil()
            }

            /// The UUID itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The 16 bytes, in network order.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self.0.as_hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| IdError { text: text.to_owned() })
            }
        }
    )*};
}

ids! {
    /// A workspace: one organisation with a log of its own.
    WorkspaceId;
    /// A member. The nil id stands for the server itself.
    MemberId;
    /// A device: one folder with one key.
    DeviceId;
    /// A team.
    TeamId;
    /// A cycle.
    CycleId;
    /// An objective.
    ObjectiveId;
    /// A key result.
    KeyResultId;
    /// A note: the same UUID as the event that wrote it.
    NoteId;
    /// An event. A check-in goes by the id of the event that made it.
    EventId;
    /// An invitation.
    InvitationId;
    /// A standing measure.
    KpiId;
    /// Work that should move a key result or an objective.
    InitiativeId;
    /// A countable piece of work.
    TodoId;
    /// A weekly update: the same UUID as the event that wrote it.
    WeeklyId;
    /// A template.
    TemplateId;
    /// A funnel.
    FunnelId;
    /// A metric of an incentive plan.
    IncentiveId;
}

impl From<EventId> for WeeklyId {
    fn from(event: EventId) -> Self {
        Self(event.0)
    }
}

impl From<EventId> for NoteId {
    fn from(event: EventId) -> Self {
        Self(event.0)
    }
}

impl From<NoteId> for EventId {
    fn from(note: NoteId) -> Self {
        Self(note.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn version_seven_as_rfc_9562_gives_it() {
        let id = uuid_v7(0x0198_c5a2_7d1e, [0xff; 10]);
        assert_eq!(id.to_string(), "0198c5a2-7d1e-7fff-bfff-ffffffffffff");
        assert_eq!(id.get_version_num(), 7);
    }

    #[test]
    fn later_ids_sort_later_whatever_their_random_part() {
        let earlier = EventId::new(uuid_v7(1_000, [0xff; 10]));
        let later = EventId::new(uuid_v7(1_001, [0; 10]));
        assert!(earlier < later);
    }

    #[test]
    fn an_id_that_is_none_says_what_one_looks_like() {
        let refused = "kr-3mz9".parse::<KeyResultId>().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`kr-3mz9` is not an id: an id is a UUID such as 0198c5a2-7d1e-7c3b-9f00-5b1f0a7c2d4e"
        );
    }

    #[test]
    fn debug_names_the_type() {
        assert_eq!(
            format!("{:?}", TeamId::nil()),
            "TeamId(00000000-0000-0000-0000-000000000000)"
        );
    }

    proptest! {
        #[test]
        fn text_json_and_binary_round_trip(bytes: [u8; 16]) {
            let id = MemberId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse::<MemberId>().unwrap(), id);
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(&json, &format!("\"{id}\""));
            prop_assert_eq!(serde_json::from_str::<MemberId>(&json).unwrap(), id);
            let binary = postcard::to_stdvec(&id).unwrap();
            prop_assert_eq!(postcard::from_bytes::<MemberId>(&binary).unwrap(), id);
            let note = NoteId::from(EventId::from_bytes(bytes));
            prop_assert_eq!(note.as_bytes(), &bytes);
        }
    }
}
