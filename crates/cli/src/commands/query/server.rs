//! Which server is asked, with which token, and what it means when it does not answer.

use quarterdeck_core::refusal::Code;
use quarterdeck_sync::{RemoteAddress, RemoteError, ServerUrl, SyncError};

use crate::context::{self, Context};
use crate::error::{Exit, Failure};

/// A server and a workspace there.
pub(in crate::commands) struct Asked {
    /// Where it is, with the token.
    pub(in crate::commands) address: RemoteAddress,
    /// The id or name of the workspace.
    pub(in crate::commands) workspace: String,
}

/// The server that was named, with the token of the environment; else that of the workspace that is
/// meant, with this device's token.
pub(in crate::commands) fn find(
    context: &Context,
    named: Option<ServerUrl>,
    plaintext: bool,
) -> Result<Asked, Failure> {
    if let Some(named) = named {
        let token = context::token()?.ok_or_else(|| {
            Failure::usage("There is no token to ask with.").hint(
                "put it into the variable OKR_TOKEN; whoever runs the server makes one with `okrd token new`",
            )
        })?;
        return Ok(Asked {
            address: named.remote(plaintext, token),
            workspace: named.workspace,
        });
    }
    let session = context.open().map_err(|failure| match failure.exit {
        Exit::NotFound if failure.details.is_empty() => {
            failure.hint("name a server with --server, or join a workspace with `okr join URL`")
        }
        _ => failure,
    })?;
    let identity = session.replica.identity();
    let address = (identity.remote.clone()).ok_or_else(|| Failure::from(SyncError::NoServer))?;
    Ok(Asked {
        address,
        workspace: identity.workspace.to_string(),
    })
}

/// What a question that got no answer ends with.
pub(in crate::commands) fn failure(error: RemoteError, of_token: bool) -> Failure {
    match error {
        RemoteError::Refused(refusal) => {
            let exit = match refusal.code {
                Code::NotFound => Exit::NotFound,
                Code::Invalid => Exit::Usage,
                _ => Exit::Refused,
            };
            let is_token = refusal.code == Code::WrongAuthor && of_token;
            let mut failure = Failure {
                exit,
                ..Failure::from(refusal)
            };
            if is_token {
                failure.hint = Some(
                    "check OKR_TOKEN; whoever runs the server makes a token with `okrd token new`"
                        .to_owned(),
                );
            }
            failure
        }
        RemoteError::Unreachable(_) => Failure {
            hint: (!of_token).then(|| "without it, `okr status` answers here".to_owned()),
            ..Failure::from(SyncError::from(error))
        },
        other => SyncError::from(other).into(),
    }
}
