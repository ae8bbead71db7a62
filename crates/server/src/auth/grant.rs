//! Whether somebody who was let in still would be, for as long as their stream is open.
//!
//! Guarantee: a stream ends as soon as a call by the same caller would be turned away: when the
//! token or the device is revoked, the member removed or, on a call that takes it, no longer an owner,
//! and when the token lapses. Nobody asks in turns for that: whoever changes the tokens or the log
//! wakes the streams.

use std::sync::Arc;
use std::time::Duration;

use quarterdeck_core::calendar::Timestamp;
use tokio::sync::watch;
use tonic::Status;

use super::rules::Rule;
use super::{Caller, lapsed, revoked, still_welcome, stopping};
use crate::shared::Shared;

/// Between two looks at the clock, which a system may set or stop: a token that lapses is noticed
/// so soon at the latest.
const LOOK: Duration = Duration::from_secs(2);

/// A caller whose stream is open.
#[derive(Clone)]
pub(crate) struct Grant {
    shared: Arc<Shared>,
    caller: Caller,
    rule: Rule,
    tokens: watch::Receiver<u64>,
    /// The log, as far as it is seen; none for the operator.
    log: Option<watch::Receiver<u64>>,
}

impl Grant {
    pub(super) fn of(shared: &Arc<Shared>, caller: &Caller, rule: Rule) -> Self {
        let log = match caller {
            Caller::Client(client) => Some(client.workspace.follow_published()),
            Caller::Operator | Caller::Nobody(_) => None,
        };
        Self {
            shared: Arc::clone(shared),
            caller: caller.clone(),
            rule,
            tokens: shared.access.follow(),
            log,
        }
    }

    /// Whether the caller would be let in now.
    pub(crate) fn check(&self) -> Result<(), Status> {
        self.in_the_log()?;
        self.by_token().map(|_| ())
    }

    /// Whether the log lets the caller in: device, member and role.
    fn in_the_log(&self) -> Result<(), Status> {
        self.rule.allows(&self.caller)?;
        match &self.caller {
            Caller::Client(client) => still_welcome(client),
            Caller::Operator | Caller::Nobody(_) => Ok(()),
        }
    }

    /// Whether the caller's token holds, and until when; none for who has none.
    fn by_token(&self) -> Result<Option<Timestamp>, Status> {
        let Caller::Client(client) = &self.caller else {
            return Ok(None);
        };
        match self.shared.access.held(client.token) {
            Some(until) => self.not_lapsed(Some(until)).map(|()| Some(until)),
            None => Err(revoked()),
        }
    }

    fn not_lapsed(&self, until: Option<Timestamp>) -> Result<(), Status> {
        match until {
            Some(until) if until <= self.shared.world.now() => Err(lapsed()),
            _ => Ok(()),
        }
    }

    /// Comes back when the caller would be let in no longer, with what they are told.
    pub(crate) async fn ended(mut self) -> Status {
        let status = match self.wait().await {
            Ok(()) => {
                // Nobody is left to tell of a change: server or workspace are closing.
                self.shared.stopping.cancelled().await;
                return stopping();
            }
            Err(status) => status,
        };
        self.shared.metrics.turn_away("stream_ended");
        tracing::info!(caller = ?self.caller, code = ?status.code(), "ended a stream");
        status
    }

    async fn wait(&mut self) -> Result<(), Status> {
        // Noted before looking: what changes meanwhile wakes this again.
        self.tokens.mark_unchanged();
        if let Some(log) = &mut self.log {
            log.mark_unchanged();
        }
        self.in_the_log()?;
        let mut until = self.by_token()?;
        loop {
            let grown = async {
                match &mut self.log {
                    Some(log) => log.changed().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                changed = self.tokens.changed() => match changed {
                    Ok(()) => until = self.by_token()?,
                    Err(_) => return Ok(()),
                },
                changed = grown => match changed {
                    Ok(()) => self.in_the_log()?,
                    Err(_) => return Ok(()),
                },
                () = tokio::time::sleep(LOOK), if until.is_some() => {}
            }
            self.not_lapsed(until)?;
        }
    }
}
