//! Following a file from its first entry to its last with every check that a log from a server passes.

use std::io::BufRead;

use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::NewEntry;
use quarterdeck_ledger::exported::Line;

use super::{ImportError, LogFile};
use crate::check::{Checker, Fault};
use crate::head::SignedHeads;
use crate::remote::Received;
use quarterdeck_projection::Folded;

/// How far a file has been followed.
#[derive(Debug)]
pub(super) struct Walk {
    checker: Checker,
    head: SignedHeads,
}

impl Walk {
    pub(super) fn new<R: BufRead>(file: &LogFile<R>) -> Self {
        let header = file.header();
        let head = SignedHeads::new(header.checkpoint.clone());
        let checker = Checker::new(
            WorkspaceId::from_bytes(header.workspace),
            None,
            Folded::default(),
        );
        Self {
            checker: checker.look_at(head.sizes()),
            head,
        }
    }

    /// The next entries whose commands are whole: checked, their signatures verified. None at the
    /// file's end.
    pub(super) fn next<R: BufRead>(
        &mut self,
        file: &mut LogFile<R>,
    ) -> Result<Option<Vec<NewEntry>>, ImportError> {
        let block = file.block(file.header().size)?;
        if block.is_empty() {
            return Ok(None);
        }
        let block = block.into_iter().map(received).collect();
        let checked = self.checker.check(block)?;
        checked.verify()?;
        Ok(Some(checked.entries))
    }

    /// The fold of everything, and the signed head, once the whole has been found to be what the first
    /// line announced.
    pub(super) fn finish<R: BufRead>(
        self,
        file: &mut LogFile<R>,
    ) -> Result<(Folded, Option<String>), ImportError> {
        let header = file.header().clone();
        let read = file.read();
        let ended = |what: String| {
            ImportError::from(Fault {
                seq: read.saturating_add(1),
                what,
            })
        };
        if read < header.size {
            return Err(ended(format!(
                "the file ends before it, {} entries short of what its first line announces",
                header.size - read
            )));
        }
        file.finish()?;
        let first = |what: &str| ImportError::Line {
            line: 1,
            what: what.to_owned(),
        };
        if !self.checker.is_whole() {
            return Err(Fault {
                seq: read,
                what: "the log ends in the middle of a command".to_owned(),
            }
            .into());
        }
        let workspace = self.checker.state.workspace.as_ref();
        let name = workspace
            .map(|workspace| &workspace.name)
            .ok_or_else(|| first("it announces a log without a workspace"))?;
        if *name != header.name {
            return Err(first("its `name` is not what the log calls the workspace"));
        }
        if let Some((seq, what)) = self.checker.vouching.first_unvouched() {
            return Err(Fault { seq, what }.into());
        }
        if self.checker.frontier.root() != header.root {
            return Err(first("its `root` is not that of the entries that follow"));
        }
        let signed = self
            .head
            .hold(WorkspaceId::from_bytes(header.workspace), &self.checker)
            .map_err(|fault| first(&fault.what))?;
        Ok((self.checker.into_folded(), signed.map(|(note, _)| note)))
    }
}

fn received(line: Line) -> Received {
    Received {
        seq: line.seq,
        recorded: line.recorded,
        sealed: line.event,
    }
}
