//! Erasing texts from what was recorded.
//!
//! Guarantees:
//! - **Texts alone.** What remains of an event is the event with some of its free texts replaced by
//!   markers ([`remains`]). No number, date, id or word of the domain can be changed by erasing.
//! - **Nobody's words.** A marker is [`marker`] of a tag of letters and digits; nothing else can be put
//!   where a text was.
//! - **An owner's word.** Only an owner, on a device of their own, may erase ([`by_owner`]). Whoever never
//!   saw a text believes what remains of its event because an owner signed for it ([`Vouching`]).
//! - **The same stays the same.** Under one erasure equal texts get equal markers and different ones
//!   different markers, so that the fold comes to the same state but for the texts.

mod find;
mod texts;
mod vouch;

use std::collections::BTreeMap;

use crate::event::{Entry, Event, Hash};
use crate::id::EventId;
use crate::refusal::{Code, Refusal};
use crate::state::State;
use crate::token::Role;

pub use find::{Found, Quoted, Wanted, find, tagged, texts_of};
pub use texts::{Text, each_text};
pub use vouch::Vouching;

/// Texts were erased from an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextErased {
    /// The event.
    pub event: EventId,
    /// Where it stands in the log.
    pub position: u64,
    /// SHA-256 of the encoding of what remains of it.
    pub remains: Hash,
    /// What was replaced.
    pub texts: Vec<ErasedText>,
}

/// A text that was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasedText {
    /// Where it stood in its event, such as `reason` or `changes.0.before`.
    pub place: String,
    /// What its marker is made of. Equal texts have equal tags.
    pub tag: String,
}

/// The most letters that a tag has.
pub const MAX_TAG_CHARS: usize = 12;

/// What stands where a text was.
#[must_use]
pub fn marker(tag: &str) -> String {
    format!("[erased {tag}]")
}

/// Whether a text is the marker of an erased one.
#[must_use]
pub fn is_marker(text: &str) -> bool {
    text.strip_prefix("[erased ")
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(is_tag)
}

/// Whether a tag is one: a few small letters and digits.
#[must_use]
pub fn is_tag(tag: &str) -> bool {
    (1..=MAX_TAG_CHARS).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// What remains of an event: the same with these texts replaced.
///
/// # Errors
/// The place where there is no text to replace.
pub fn remains<'a>(event: &Event, texts: &'a [ErasedText]) -> Result<Event, &'a str> {
    let mut left: BTreeMap<&str, &str> = texts
        .iter()
        .map(|text| (text.place.as_str(), text.tag.as_str()))
        .collect();
    let mut remaining = event.clone();
    each_text(&mut remaining, &mut |place, text, _| {
        if let Some(tag) = left.remove(place) {
            *text = marker(tag);
        }
    });
    left.keys().next().map_or(Ok(remaining), |place| Err(place))
}

/// Whether an event's author may erase: an owner, on a device of their own. A server that writes on an
/// owner's behalf may not, for then whoever runs it could.
///
/// # Errors
/// Why not.
pub fn by_owner(state: &State, event: &Event) -> Result<(), Refusal> {
    let own_device = state
        .devices
        .get(&event.device)
        .is_some_and(|device| !device.server && device.member == event.member);
    if !own_device {
        return Err(Refusal::new(
            Code::Forbidden,
            "Texts are erased only from an owner's own device, whose signature vouches for what remains.",
        )
        .hint("erase on the machine of an owner: `okr erase`"));
    }
    may_erase(state, event.member)
}

/// Whether a member may erase texts.
///
/// # Errors
/// Why not, and who may.
pub fn may_erase(state: &State, member: crate::id::MemberId) -> Result<(), Refusal> {
    let role = state.members.get(&member).map(|member| member.role);
    if role != Some(Role::Owner) {
        return Err(Refusal::new(
            Code::Forbidden,
            format!(
                "{} is no owner of this workspace, and only an owner may erase texts.",
                state.member_name(member)
            ),
        )
        .hint(format!("ask {}", owners(state))));
    }
    Ok(())
}

/// Who may erase, for people.
fn owners(state: &State) -> String {
    let names: Vec<&str> = state
        .members
        .values()
        .filter(|member| {
            member.role == Role::Owner && member.state == crate::token::MemberState::Active
        })
        .map(|member| member.name.as_str())
        .collect();
    if names.is_empty() {
        "an owner".to_owned()
    } else {
        names.join(" or ")
    }
}

/// The rule for the event that erases, but for what only the log can tell: that the event stands at that
/// position, and that this is what remains of it.
pub(crate) fn admit(state: &State, event: &Event, erased: &TextErased) -> Result<(), Refusal> {
    by_owner(state, event)?;
    if event
        .reason
        .as_deref()
        .is_none_or(|why| why.trim().is_empty())
    {
        return Err(
            Refusal::invalid("Erasing needs a reason; it stays in the log.")
                .hint("say why with -m WHY, without repeating what is to be erased"),
        );
    }
    if erased.position == 0 || erased.position > state.head {
        return Err(Refusal::new(
            Code::NotFound,
            format!(
                "Entry {} is not in the log, which ends at {}.",
                erased.position, state.head
            ),
        ));
    }
    if erased.texts.is_empty() {
        return Err(Refusal::new(
            Code::NothingToChange,
            "No text of the entry is named.",
        ));
    }
    let mut places: Vec<&str> = erased
        .texts
        .iter()
        .map(|text| text.place.as_str())
        .collect();
    places.sort_unstable();
    if places.windows(2).any(|two| two.first() == two.last()) {
        return Err(Refusal::invalid("A text of the entry is named twice."));
    }
    if let Some(text) = erased.texts.iter().find(|text| !is_tag(&text.tag)) {
        return Err(
            Refusal::invalid(format!("'{}' cannot stand for an erased text.", text.tag)).hint(
                format!("a tag has up to {MAX_TAG_CHARS} small letters and digits"),
            ),
        );
    }
    Ok(())
}

/// What the state knows of an erasure.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Erasure {
    /// Where the event stands whose texts were erased.
    pub position: u64,
    /// SHA-256 of the encoding of what remains of it.
    pub remains: Hash,
    /// Which of its texts were erased, all times together: each place, and what its marker is made of.
    pub places: BTreeMap<String, String>,
    /// Who erased them, and when.
    pub by: crate::state::Stamp,
    /// Why.
    pub reason: Option<String>,
}

impl Erasure {
    /// What `erased` makes of what was known `before`.
    pub(crate) fn new(entry: &Entry, erased: &TextErased, before: Option<Self>) -> Self {
        let mut places = before.map(|before| before.places).unwrap_or_default();
        let texts = erased.texts.iter();
        places.extend(texts.map(|text| (text.place.clone(), text.tag.clone())));
        Self {
            position: erased.position,
            remains: erased.remains,
            places,
            by: crate::state::Stamp::of(entry),
            reason: entry.event.reason.clone(),
        }
    }
}
