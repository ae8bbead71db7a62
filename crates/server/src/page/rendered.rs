//! Pages as they were made: once for all who look at the same cycle at the same head on the same day.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderValue;
use bytes::Bytes;
use quarterdeck_core::asked;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::id::{CycleId, WorkspaceId};
use quarterdeck_core::past::Past as _;
use quarterdeck_core::retro;
use quarterdeck_ledger::hex;
use quarterdeck_report::page::{self, Live};
use sha2::{Digest, Sha256};
use tokio::sync::{OnceCell, Semaphore};

use crate::error::ServerError;
use crate::workspace::{Workspace, WorkspacePast};

/// How many pages are kept. The largest have a few megabytes.
const KEPT: usize = 16;
/// How many are made at once, so that those who write do not wait for those who look.
const AT_ONCE: usize = 2;

/// How often a page asks for the head of the log, in seconds.
const ASK_EVERY: u32 = 5;

/// A page as it goes to browsers.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) html: Bytes,
    pub(super) policy: HeaderValue,
    pub(super) tag: HeaderValue,
}

/// What a page depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    workspace: WorkspaceId,
    cycle: CycleId,
    head: u64,
    day: Date,
}

type Cell = Arc<OnceCell<Arc<Rendered>>>;

#[derive(Debug)]
pub(super) struct Pages {
    /// Latest last.
    kept: Mutex<VecDeque<(Key, Cell)>>,
    making: Semaphore,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            making: Semaphore::new(AT_ONCE),
        }
    }
}

impl Pages {
    /// The page of a cycle as it is now.
    pub(super) async fn page(
        &self,
        workspace: &Arc<Workspace>,
        cycle: CycleId,
        now: Timestamp,
    ) -> Result<Arc<Rendered>, ServerError> {
        // The head that the page is made of, whatever is recorded meanwhile.
        let past = workspace.past(None)?;
        let key = Key {
            workspace: workspace.id(),
            cycle,
            head: past.state().head,
            day: asked::zone(past.state()).date_of(now),
        };
        let day = key.day;
        let cell = self.cell(key);
        let made = cell.get_or_try_init(|| async {
            let _turn = self.making.acquire().await;
            make(past, cycle, day).await.map(Arc::new)
        });
        made.await.map(Arc::clone)
    }

    /// The place of a page. Those of earlier heads and days of the same cycle go.
    fn cell(&self, key: Key) -> Cell {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cell)) = kept.iter().find(|(known, _)| *known == key) {
            return Arc::clone(cell);
        }
        kept.retain(|(known, _)| known.workspace != key.workspace || known.cycle != key.cycle);
        if kept.len() >= KEPT {
            kept.pop_front();
        }
        let cell = Cell::default();
        kept.push_back((key, Arc::clone(&cell)));
        cell
    }
}

async fn make(mut past: WorkspacePast, cycle: CycleId, day: Date) -> Result<Rendered, ServerError> {
    let work = tokio::task::spawn_blocking(move || {
        let retro = retro::Asked {
            cycle,
            compare: None,
            on: day,
            day_was_named: false,
            as_of: None,
        };
        let live = Some(Live {
            head_url: "head".to_owned(),
            every: ASK_EVERY,
        });
        page::page(&mut past, &page::Asked { retro, live })
    });
    let page::Page { html, policy } = match work.await {
        Ok(page) => page?.ok_or_else(|| ServerError::Page("its cycle is gone".to_owned()))?,
        Err(error) => {
            tracing::error!(%error, "a page ended in a panic");
            return Err(ServerError::Page("it ended in a panic".to_owned()));
        }
    };
    let digest = Sha256::digest(&html);
    let mut tag = hex(&digest);
    tag.truncate(32);
    let header = |text: String| {
        HeaderValue::try_from(text).map_err(|error| ServerError::Page(error.to_string()))
    };
    Ok(Rendered {
        html: html.into(),
        policy: header(framed_by_nobody(policy))?,
        tag: header(format!("\"{tag}\""))?,
    })
}

/// A policy that also says who may show the page within theirs, which a page cannot say of itself.
fn framed_by_nobody(policy: String) -> String {
    if policy.contains("frame-ancestors") {
        policy
    } else {
        format!(
            "{}; frame-ancestors 'none'",
            policy.trim_end_matches([' ', ';'])
        )
    }
}

#[cfg(test)]
mod tests {
    use quarterdeck_core::id::Uuid;

    use super::*;

    fn key(cycle: u8, head: u64) -> Key {
        Key {
            workspace: WorkspaceId::from_bytes([1; 16]),
            cycle: CycleId::new(Uuid::from_bytes([cycle; 16])),
            head,
            day: Date::new(2026, 8, 21).unwrap(),
        }
    }

    #[test]
    fn a_page_is_made_once_and_those_of_earlier_heads_go() {
        let pages = Pages::default();
        let first = pages.cell(key(1, 9));
        assert!(Arc::ptr_eq(&first, &pages.cell(key(1, 9))));
        let other = pages.cell(key(2, 9));
        let later = pages.cell(key(1, 10));
        assert!(!Arc::ptr_eq(&first, &later));
        assert!(Arc::ptr_eq(&other, &pages.cell(key(2, 9))));
        assert_eq!(pages.kept.lock().unwrap().len(), 2);
        for cycle in 3..60 {
            pages.cell(key(cycle, 9));
        }
        assert_eq!(pages.kept.lock().unwrap().len(), KEPT);
    }

    #[test]
    fn a_policy_says_who_may_frame() {
        let said = framed_by_nobody("default-src 'none';".to_owned());
        assert_eq!(said, "default-src 'none'; frame-ancestors 'none'");
        assert_eq!(framed_by_nobody(said.clone()), said);
    }
}
