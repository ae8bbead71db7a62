//! The whole server, or one workspace of it, as a file, in pieces.

use std::io::{self, Write};
use std::sync::Arc;

use quarterdeck_proto::limits::CHUNK_BYTES;
use quarterdeck_proto::v1;
use tokio::sync::mpsc::Sender;
use tonic::Status;

use super::Who;
use crate::auth::Grant;
use crate::backup::{self, Contents};
use crate::rpc::{Answers, stream};
use crate::shared::Shared;
use crate::status::failed;

pub(super) fn backup(
    shared: &Arc<Shared>,
    who: &Who,
    grant: Grant,
    request: &v1::BackupRequest,
) -> Result<Answers<v1::BackupResponse>, Status> {
    let which = match request.workspace.as_str() {
        "" => None,
        name => Some(
            shared
                .any_workspace_named(name)
                .map_err(|error| who.failed(&error))?
                .0,
        ),
    };
    let contents = Contents {
        which,
        is_public: request.public,
    };
    let shared = Arc::clone(shared);
    Ok(stream(grant, move |answers| async move {
        let work = tokio::task::spawn_blocking(move || {
            let mut pieces = Pieces {
                answers,
                piece: Vec::with_capacity(CHUNK_BYTES),
                entries: 0,
                of: 0,
            };
            let written = backup::write(&shared, &contents, &mut pieces, &mut |out, done, of| {
                (out.entries, out.of) = (done, of);
            });
            // Whoever has gone away asked for nothing more.
            let _ = match written {
                Ok(workspaces) => pieces.end(v1::BackupResult {
                    workspaces: workspaces.into_iter().map(Into::into).collect(),
                }),
                Err(error) => pieces.answers.blocking_send(Err(failed(&error, true))),
            };
        });
        if let Err(error) = work.await {
            tracing::error!(%error, "a backup ended in a panic");
        }
    }))
}

/// Gathers what is written into pieces, and sends each when it is full.
struct Pieces {
    answers: Sender<Result<v1::BackupResponse, Status>>,
    piece: Vec<u8>,
    entries: u64,
    of: u64,
}

impl Pieces {
    fn response(&mut self) -> v1::BackupResponse {
        v1::BackupResponse {
            content: std::mem::take(&mut self.piece),
            entries: self.entries,
            of: self.of,
            result: None,
        }
    }

    fn end(
        mut self,
        result: v1::BackupResult,
    ) -> Result<(), tokio::sync::mpsc::error::SendError<Result<v1::BackupResponse, Status>>> {
        let response = v1::BackupResponse {
            result: Some(result),
            ..self.response()
        };
        self.answers.blocking_send(Ok(response))
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= CHUNK_BYTES {
            let response = self.response();
            self.answers
                .blocking_send(Ok(response))
                .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
