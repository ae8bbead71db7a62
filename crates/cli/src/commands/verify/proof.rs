//! Checking a proof with a key, and nothing of a workspace.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use quarterdeck_core::calendar::TimeZone;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::VerifierKey;
use quarterdeck_ledger::tlog_proof::MAX_FILE;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;
use quarterdeck_sync::proof::{Continued, DeviceSigned, Proof, ProvenEntry, check};

use super::{anybody, head};
use crate::context::Context;
use crate::error::{Exit, Failure};

pub(super) fn run(context: &Context, file: &Path, key: &str) -> Result<Exit, Failure> {
    let key: VerifierKey = key.parse().map_err(|error| {
        Failure::usage(format!("The key cannot be used: {error}."))
            .hint("it is what `okr verify --show-key` prints; quote it, and copy all of it")
    })?;
    let workspace = WorkspaceId::from_bytes(key.workspace);
    let bytes = read(file).map_err(|error| Failure::file("read", file, &error))?;
    let checked = if bytes.len() > MAX_FILE {
        Err("it is longer than any proof".to_owned())
    } else {
        String::from_utf8(bytes)
            .map_err(|_| "it is no text in UTF-8".to_owned())
            .and_then(|text| check(&text, &key).map_err(|fault| fault.to_string()))
    };
    let (found, zone) = match checked {
        Ok(Proof::Entry(proven)) => entry(workspace, &proven),
        Ok(Proof::Continued(continued)) => (heads(workspace, &continued), TimeZone::utc()),
        Err(fault) => (json::Proven::refused(workspace, fault), TimeZone::utc()),
    };
    let view = anybody(context, zone);
    context
        .output
        .answer(&found, || text::proven(&found, &view))?;
    Ok(if found.ok {
        Exit::Done
    } else {
        Exit::Unverified
    })
}

/// The file, or a little more than any proof has.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = MAX_FILE as u64 + 1;
    File::open(file)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn entry(workspace: WorkspaceId, proven: &ProvenEntry) -> (json::Proven, TimeZone) {
    let names = Names::new(&proven.state);
    let line = json::log_line(&names, &proven.entry, false);
    let begun = proven.state.workspace.as_ref();
    let signed = match proven.signed {
        DeviceSigned::Itself => json::DeviceSigned::Event,
        DeviceSigned::Later(later) => json::DeviceSigned::Command(later),
        DeviceSigned::NotShown(later) => json::DeviceSigned::NotShown(later),
    };
    let told = json::Proven::event(
        workspace,
        begun.map(|workspace| workspace.name.clone()),
        head(proven.size, &proven.root),
        line,
        signed,
        proven
            .erased
            .as_ref()
            .map(|by| json::log_line(&names, by, false))
            .as_ref(),
    );
    (told, begun.map_or_else(TimeZone::utc, |it| it.zone()))
}

fn heads(workspace: WorkspaceId, continued: &Continued) -> json::Proven {
    let Continued {
        earlier,
        earlier_signed,
        later,
    } = continued;
    json::Proven::continued(
        workspace,
        head(earlier.0, &earlier.1),
        *earlier_signed,
        head(later.0, &later.1),
    )
}
