//! Members, their devices, and the invitations by which devices come in.

use serde::{Deserialize, Serialize};

use super::edit::{
    Editable, Misfit, no_such_field, optional_text, stamped_by_provenance, text, word,
};
use super::{Provenance, Stamp};
use crate::calendar::Timestamp;
use crate::event::{Hash, Key};
use crate::id::MemberId;
use crate::token::{MemberState, Role};
use crate::value::{Field, Value};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Display name.
    pub name: String,
    /// E-mail address, if given.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether they still belong.
    pub state: MemberState,
    /// Who set what.
    pub provenance: Provenance,
}

/// A machine that authors events. Its events form a chain of their own inside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Whose it is; nil for a server.
    pub member: MemberId,
    /// What it is called.
    pub name: String,
    /// The key that its events are signed with at present.
    pub key: Key,
    /// Number of its last event.
    pub number: u64,
    /// Hash of its last event.
    pub tip: Option<Hash>,
    /// Whether it is a server, which may author for any member.
    pub server: bool,
    /// When and by whom it was let in.
    pub joined: Stamp,
    /// When and by whom it was revoked, if it was.
    pub revoked: Option<Stamp>,
}

/// An invitation for one new device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// For whom.
    pub member: MemberId,
    /// Its public key.
    pub key: Key,
    /// When it lapses.
    pub expires: Timestamp,
    /// When and by whom it was issued.
    pub issued: Stamp,
    /// Whether a device came in by it.
    pub redeemed: bool,
}

impl Editable for Member {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Name => Value::Text(self.name.clone()),
            Field::Email => Value::text(self.email.as_deref()),
            Field::Role => Value::Text(self.role.word().to_owned()),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Name => self.name = text(field, value)?,
            Field::Email => self.email = optional_text(field, value)?,
            Field::Role => self.role = word(field, value)?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("member", field)),
        }
        Ok(())
    }
}
