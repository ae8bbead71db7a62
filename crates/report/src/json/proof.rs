//! Proofs: what was written, and what a proof proves and what it does not.

use quarterdeck_core::id::WorkspaceId;
use serde::Serialize;

use super::{LogLine, Problem, Schema};
use crate::number::count;

/// A log at one of its sizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TreeHead {
    /// The number of entries.
    pub size: u64,
    /// The root of their tree, in hexadecimal.
    pub root: String,
    /// Both in twenty digits, to be compared by voice.
    pub fingerprint: String,
}

/// The key that signs a workspace's checkpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifierKey {
    /// Version of this object.
    pub schema: Schema,
    /// A C2SP verifier key.
    pub key: String,
}

/// A proof was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProofWritten {
    /// Version of this object.
    pub schema: Schema,
    /// `inclusion` or `consistency`.
    pub kind: &'static str,
    /// The event that it is of, or the size of the earlier head.
    pub seq: u64,
    /// The file; none where it is in `proof`.
    pub file: Option<String>,
    /// The proof itself, where it did not go to a file.
    pub proof: Option<String>,
    /// The key that its reader needs.
    pub key: String,
}

/// How a device stands for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "events_later")]
pub enum DeviceSigned {
    /// By a signature of its own.
    Event,
    /// By that of the command's last event, so many events later.
    Command(u32),
    /// Not by anything in the file: so many events of the command follow.
    NotShown(u32),
}

/// What a proof was found to prove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proven {
    /// Version of this object.
    pub schema: Schema,
    /// Whether it holds.
    pub ok: bool,
    /// `inclusion` or `consistency`; none where it does not hold.
    pub kind: Option<&'static str>,
    /// The workspace that the key belongs to.
    pub workspace: WorkspaceId,
    /// What that workspace was called when it began, where the proof says so.
    pub name: Option<String>,
    /// The signed head.
    pub head: Option<TreeHead>,
    /// The event that is in the log.
    pub event: Option<LogLine>,
    /// How its device stands for it.
    pub device_signed: Option<DeviceSigned>,
    /// The head that is the beginning of the signed one.
    pub earlier: Option<TreeHead>,
    /// Whether the earlier head was signed as well.
    pub earlier_signed: Option<bool>,
    /// What is proven, in words.
    pub proven: Vec<String>,
    /// What is not, in words.
    pub not_proven: Vec<String>,
    /// Why it does not hold.
    pub problem: Option<Problem>,
}

impl Proven {
    /// A proof that does not hold.
    #[must_use]
    pub fn refused(workspace: WorkspaceId, message: String) -> Self {
        Self {
            schema: Schema,
            ok: false,
            kind: None,
            workspace,
            name: None,
            head: None,
            event: None,
            device_signed: None,
            earlier: None,
            earlier_signed: None,
            proven: Vec::new(),
            not_proven: Vec::new(),
            problem: Some(Problem {
                seq: None,
                message,
                hint: Some(
                    "ask whoever gave it to you for another; if that fails too, or the key came with \
                     the file, compare keys by another way"
                        .to_owned(),
                ),
            }),
        }
    }

    /// An event that is in the log.
    #[must_use]
    pub fn event(
        workspace: WorkspaceId,
        name: Option<String>,
        head: TreeHead,
        event: LogLine,
        signed: DeviceSigned,
        erased: Option<&LogLine>,
    ) -> Self {
        let at = event.seq.unwrap_or_default();
        let mut proven = vec![format!(
            "The log of {} that the key signed holds exactly this event at #{at}.",
            count(head.size, "event")
        )];
        let mut not_proven = vec![
            "That what was typed is true.".to_owned(),
            "When it was authored and recorded: these are the words of the device and of whoever \
             keeps the log."
                .to_owned(),
            "That nothing later corrected it, took it back, or renamed what it is about: names are \
             those of the beginning."
                .to_owned(),
            "That others are shown the same log: compare fingerprints.".to_owned(),
        ];
        if let Some(by) = erased {
            let position = by.seq.unwrap_or_default();
            let why = (by.reason.as_ref()).map_or_else(String::new, |why| format!(" ({why})"));
            proven.insert(0, format!(
                "Texts were erased from this event: the log that the key signed says so in #{position}{why}, \
                 and that this is what remains of it."
            ));
            not_proven.insert(
                0,
                "What the erased texts said: where '[erased …]' stands, nobody can prove any text."
                    .to_owned(),
            );
        }
        match signed {
            DeviceSigned::Event => proven.push(format!(
                "The key that the log gives to device {} signed it.",
                event.device
            )),
            DeviceSigned::Command(later) => proven.push(format!(
                "The key that the log gives to device {} signed it, with the {} of its command.",
                event.device,
                count(u64::from(later), "later event")
            )),
            DeviceSigned::NotShown(later) => not_proven.insert(
                0,
                format!(
                    "That its device signed it: the signature is {} later, and not in the file.",
                    count(u64::from(later), "event")
                ),
            ),
        }
        Self {
            schema: Schema,
            ok: true,
            kind: Some("inclusion"),
            workspace,
            name,
            head: Some(head),
            event: Some(event),
            device_signed: Some(signed),
            earlier: None,
            earlier_signed: None,
            proven,
            not_proven,
            problem: None,
        }
    }

    /// A head that continues an earlier one.
    #[must_use]
    pub fn continued(
        workspace: WorkspaceId,
        earlier: TreeHead,
        earlier_signed: bool,
        head: TreeHead,
    ) -> Self {
        let mut proven = vec![format!(
            "The log of {} that the key signed begins with the {} of the earlier root, unaltered \
             and in their order.",
            count(head.size, "event"),
            count(earlier.size, "event")
        )];
        if earlier_signed {
            proven.push("The key signed the earlier root as well.".to_owned());
        }
        Self {
            schema: Schema,
            ok: true,
            kind: Some("consistency"),
            workspace,
            name: None,
            head: Some(head),
            event: None,
            device_signed: None,
            earlier: Some(earlier),
            earlier_signed: Some(earlier_signed),
            proven,
            not_proven: vec![
                "What the events say: it speaks of roots alone.".to_owned(),
                "That others are shown the same log: compare fingerprints.".to_owned(),
            ],
            problem: None,
        }
    }
}

/// A log was written as static files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedTiles {
    /// Version of this object.
    pub schema: Schema,
    /// `tlog`.
    pub format: &'static str,
    /// The folder.
    pub folder: String,
    /// The log in it.
    pub head: TreeHead,
    /// How many entries are new in the folder.
    pub added: u64,
    /// Events of the workspace that no signed checkpoint covers yet.
    pub left_out: u64,
    /// The key that signed it.
    pub key: String,
}
