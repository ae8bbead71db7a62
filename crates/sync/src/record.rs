//! The records of outbox and shelf, byte for byte. Integers are big endian.
//!
//! ```text
//! command  01 │ events (u16) │ per event: length (u32), body, salt (16), 00 or 01 and signature (64)
//! clock    02 │ wall (u64, ms) │ counter (u32)
//! sent     03 │ number (u64)
//! refused  04 │ when (u64, ms) │ code │ message │ 00 or 01 and hint │ 00 or 01 and the id (16) of
//!             the refused command that it depends on │ the command's events as above
//! ```
//!
//! Texts are a length (u32) and UTF-8. Reading is total: bytes that are no record give none.

use bytes::Bytes;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::id::EventId;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_ledger::Sealed;

use crate::command::{Authored, PendingCommand};
use crate::planner::Shelved;

const COMMAND: u8 = 1;
const CLOCK: u8 = 2;
const SENT: u8 = 3;
const REFUSED: u8 = 4;

/// What a frame of outbox or shelf says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    /// A command that is not recorded yet.
    Command(PendingCommand),
    /// The device's last clock reading, kept when the event that had it has left the outbox.
    Clock(Hlc),
    /// Events up to this number may have reached the server: they must not be changed any more.
    Sent(u64),
    /// A command that was refused.
    Refused(Shelved),
}

impl Record {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Command(command) => {
                out.push(COMMAND);
                write_command(&mut out, command);
            }
            Self::Clock(clock) => {
                out.push(CLOCK);
                out.extend(clock.wall.to_be_bytes());
                out.extend(clock.counter.to_be_bytes());
            }
            Self::Sent(number) => {
                out.push(SENT);
                out.extend(number.to_be_bytes());
            }
            Self::Refused(shelved) => {
                out.push(REFUSED);
                out.extend(shelved.at.ms().to_be_bytes());
                write_text(&mut out, shelved.refusal.code.word());
                write_text(&mut out, &shelved.refusal.message);
                write_flag(&mut out, shelved.refusal.hint.is_some());
                if let Some(hint) = &shelved.refusal.hint {
                    write_text(&mut out, hint);
                }
                write_flag(&mut out, shelved.depends_on.is_some());
                if let Some(first) = shelved.depends_on {
                    out.extend(first.as_bytes());
                }
                write_command(&mut out, &shelved.command);
            }
        }
        out
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let record = match reader.byte()? {
            COMMAND => Self::Command(reader.command()?),
            CLOCK => Self::Clock(Hlc {
                wall: reader.long()?,
                counter: reader.int()?,
            }),
            SENT => Self::Sent(reader.long()?),
            REFUSED => {
                let at = Timestamp::from_ms(reader.long()?);
                let code = reader.text()?;
                // A newer version's code: the message still says what it means.
                let code = Code::from_word(&code).unwrap_or(Code::Invalid);
                let mut refusal = Refusal::new(code, reader.text()?);
                if reader.flag()? {
                    refusal = refusal.hint(reader.text()?);
                }
                let depends_on = if reader.flag()? {
                    Some(EventId::from_bytes(reader.array()?))
                } else {
                    None
                };
                Self::Refused(Shelved {
                    at,
                    refusal,
                    depends_on,
                    command: reader.command()?,
                })
            }
            _ => return None,
        };
        reader.0.is_empty().then_some(record)
    }
}

fn write_command(out: &mut Vec<u8>, command: &PendingCommand) {
    // A command has fewer events than fit into a batch of a push, by far.
    out.extend(
        u16::try_from(command.count())
            .unwrap_or(u16::MAX)
            .to_be_bytes(),
    );
    for event in command.events() {
        write_bytes(out, &event.sealed.body);
        // Nothing is erased before it is recorded: what waits has its salt.
        out.extend(event.sealed.salt().copied().unwrap_or_default());
        write_flag(out, event.sealed.signature.is_some());
        out.extend(event.sealed.signature.iter().flatten());
    }
}

fn write_flag(out: &mut Vec<u8>, flag: bool) {
    out.push(u8::from(flag));
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend(bytes);
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    write_bytes(out, text.as_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    fn int(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    fn long(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.int()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn command(&mut self) -> Option<PendingCommand> {
        let count = self.array().map(u16::from_be_bytes)?;
        let mut events = Vec::new();
        for _ in 0..count {
            let body = Bytes::copy_from_slice(self.bytes()?);
            let salt = self.array()?;
            let signature = if self.flag()? {
                Some(self.array()?)
            } else {
                None
            };
            events.push(Authored::read(Sealed::new(body, salt, signature)).ok()?);
        }
        PendingCommand::new(events)
    }
}
