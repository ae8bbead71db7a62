//! Taking texts that are about to be erased out of what was authored here and is not recorded.
//!
//! An edit carries the value that its author saw. Left as it is, it would bring an erased text back into
//! the log, and would be taken for one that did not know the present value.

use std::collections::BTreeMap;

use quarterdeck_core::erase::each_text;
use quarterdeck_ledger::DeviceKey;

use crate::chain::Chain;
use crate::command::{Authored, PendingCommand};
use crate::error::ReplicaError;
use crate::identity::Identity;
use crate::outbox::Content;
use crate::planner::Shelved;
use crate::replica::Held;

type Markers = BTreeMap<String, String>;

/// What waits, chained and signed anew from the first command on that quotes one of the texts. What may
/// have reached the server stays as it is.
pub(super) fn outbox(
    held: &mut Held,
    markers: &Markers,
    identity: &Identity,
) -> Result<(), ReplicaError> {
    let Content {
        commands,
        sent,
        clock,
        ..
    } = held.outbox.content();
    let is_free = |command: &PendingCommand| command.first().event.number > *sent;
    let first = commands
        .iter()
        .position(|command| is_free(command) && quotes(command, markers));
    let Some(first) = first else { return Ok(()) };
    let (before, rest) = commands.split_at(first);
    let mut linked = before.to_vec();
    let Some(begins) = rest.first().map(|command| &command.first().event) else {
        return Ok(());
    };
    let mut chain = Chain {
        device: begins.device,
        number: begins.number.saturating_sub(1),
        tip: begins.previous,
    };
    for command in rest {
        let command = chain.link(&requoted(command, markers), &signed_by(command, identity));
        chain.advance(&command);
        linked.push(command);
    }
    let (sent, clock) = (*sent, *clock);
    held.outbox.replace(linked, sent, clock)
}

/// The same with what lies on the shelf.
pub(super) fn shelf(
    held: &mut Held,
    markers: &Markers,
    identity: &Identity,
) -> Result<(), ReplicaError> {
    let items = held.shelf.items();
    if !items.iter().any(|item| quotes(&item.command, markers)) {
        return Ok(());
    }
    let rewritten = items.iter().map(|item| {
        if !quotes(&item.command, markers) {
            return item.clone();
        }
        let begins = &item.command.first().event;
        let chain = Chain {
            device: begins.device,
            number: begins.number.saturating_sub(1),
            tip: begins.previous,
        };
        Shelved {
            command: chain.link(
                &requoted(&item.command, markers),
                &signed_by(&item.command, identity),
            ),
            ..item.clone()
        }
    });
    let rewritten = rewritten.collect();
    held.shelf.replace(rewritten)
}

/// The key that a command is signed by: what was authored before a change of keys waits under the old one.
fn signed_by(command: &PendingCommand, identity: &Identity) -> DeviceKey {
    let last = command.last();
    (identity.device.next_key())
        .filter(|next| Some(next.sign_command(&last.hash)) == last.sealed.signature)
        .unwrap_or_else(|| identity.device.key())
}

fn quotes(command: &PendingCommand, markers: &Markers) -> bool {
    command
        .events()
        .any(|event| requote(event, markers).event != event.event)
}

/// The command with markers in the place of the texts. Its bytes are those of before until it is linked.
fn requoted(command: &PendingCommand, markers: &Markers) -> PendingCommand {
    let events = command.events().map(|event| requote(event, markers));
    PendingCommand::new(events.collect()).unwrap_or_else(|| command.clone())
}

fn requote(authored: &Authored, markers: &Markers) -> Authored {
    let mut authored = authored.clone();
    each_text(&mut authored.event, &mut |place, text, _| {
        if place != "reason"
            && let Some(marker) = markers.get(text)
        {
            text.clone_from(marker);
        }
    });
    authored
}
