//! What is wrong with a server that is open.

use std::sync::Arc;

use quarterdeck_report::json::Check;

use super::judge::{self, Tokens};
use crate::readiness::{self, Obstacle};
use crate::shared::Shared;
use crate::workspace::Workspace;

/// Looks at the server and these workspaces of it; whoever owns one alone hears nothing of the
/// machine.
pub(crate) fn running(
    shared: &Shared,
    workspaces: &[Arc<Workspace>],
    is_operator: bool,
) -> Vec<Check> {
    let now = shared.world.now();
    let mut checks = Vec::new();
    if is_operator {
        checks.push(judge::disk(shared.folder.path()));
        let host = shared.settings().url.host().to_owned();
        if let Some(cert) = shared.certificate() {
            checks.extend(judge::certificate(&cert, &host, now));
        }
    }
    for workspace in workspaces {
        let state = workspace.state();
        let name = state.workspace.as_ref().map(|known| known.name.as_str());
        let name = judge::name_of(name, workspace.id());
        let mut of = vec![writing(readiness::obstacle(shared, workspace))];
        of.extend(judge::clock(state.recorded, now));
        let tokens = shared.access.tokens(workspace.id());
        of.extend(Tokens::of(tokens.iter(), now).checks(&name));
        of.push(judge::snapshots(
            workspace.head().size,
            workspace.snapshot_at(),
        ));
        checks.extend(of.into_iter().map(|check| check.of(name.clone())));
    }
    checks
}

/// Whether it can record.
fn writing(obstacle: Option<Obstacle>) -> Check {
    match obstacle {
        None => Check::good("writer", "It can record."),
        Some(obstacle) => Check::bad(
            "writer",
            format!(
                "It can record nothing: {}.",
                judge::standing(Some(obstacle))
            ),
            obstacle.to_string().trim_end_matches('.').to_owned(),
        ),
    }
}
