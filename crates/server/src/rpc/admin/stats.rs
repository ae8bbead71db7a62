//! The server's figures, and what is wrong with it.

use std::sync::Arc;
use std::time::Duration;

use quarterdeck_ledger::{Options, free_space};
use quarterdeck_proto::v1;
use quarterdeck_report::json::Check;

use super::{Who, workspaces};
use crate::certificate;
use crate::examine::{Tokens, running, standing};
use crate::metrics::bytes_below;
use crate::readiness::{self, Readiness};
use crate::shared::Shared;
use crate::workspace::Workspace;

/// Walks the folders of the workspaces. Blocks for as long as that takes.
pub(super) fn stats(shared: &Shared, who: &Who) -> v1::GetStatsResponse {
    let metrics = &shared.metrics;
    let is_operator = who.is_operator();
    let open = workspaces::open_to(shared, who);
    let readiness = Readiness::of(shared);
    let certificate = certificate::served_until(shared);
    let mut stats = v1::GetStatsResponse {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds: shared.started.elapsed().as_secs(),
        events_recorded: metrics
            .counted("recorded")
            .saturating_add(metrics.counted("authored")),
        flushes: metrics.appends.get(),
        events_refused: metrics.counted("refused"),
        watches: metrics.open("watch"),
        workspaces: (open.iter())
            .map(|workspace| described(shared, workspace, who))
            .chain(workspaces::broken_to(shared, who))
            .collect(),
        ready: readiness.is_ready(),
        certificate_ms: certificate.map_or(0, quarterdeck_core::calendar::Timestamp::ms),
        findings: (running(shared, &open, is_operator).into_iter())
            .map(finding)
            .collect(),
        ..v1::GetStatsResponse::default()
    };
    if is_operator {
        let took = metrics.latency.took();
        stats.reserve_bytes = Options::default().reserve_bytes;
        stats.append_times = Some(v1::AppendTimes {
            appends: u32::try_from(took.appends).unwrap_or(u32::MAX),
            median_us: micros(took.median),
            p99_us: micros(took.p99),
            longest_us: micros(took.longest),
        });
        stats.open_streams = figures(metrics.open_by_call());
        stats.refused = figures(metrics.refused_by_reason());
        stats.turned_away = figures(metrics.turned_away_by_reason());
    }
    stats
}

fn described(shared: &Shared, workspace: &Arc<Workspace>, who: &Who) -> v1::WorkspaceSummary {
    let now = shared.world.now();
    let tokens = shared.access.tokens(workspace.id());
    let tokens = Tokens::of(tokens.iter(), now);
    let obstacle = readiness::obstacle(shared, workspace);
    let mut summary = v1::WorkspaceSummary {
        standing: standing(obstacle).to_owned(),
        snapshot_seq: workspace.snapshot_at().unwrap_or_default(),
        tokens: workspaces::count(tokens.valid),
        tokens_lapsing: workspaces::count(tokens.lapsing),
        tokens_unused: workspaces::count(tokens.unused),
        ..workspaces::summary(workspace, who)
    };
    if who.is_operator() {
        let folder = shared.folder.workspace(workspace.id());
        summary.stored_bytes = bytes_below(&folder);
        summary.free_bytes = free_space(&folder).unwrap_or_default();
    }
    summary
}

fn finding(check: Check) -> v1::Finding {
    v1::Finding {
        check: check.check,
        workspace: check.workspace.unwrap_or_default(),
        ok: check.ok,
        message: check.message,
        hint: check.hint.unwrap_or_default(),
    }
}

fn figures(counted: Vec<(&'static str, u64)>) -> Vec<v1::Figure> {
    let figure = |(name, count): (&str, u64)| v1::Figure {
        name: name.to_owned(),
        count,
    };
    counted.into_iter().map(figure).collect()
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}
