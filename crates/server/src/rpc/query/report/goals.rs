//! Which goals of which cycle are asked about.

use quarterdeck_core::asked;
use quarterdeck_core::goalposts::Scope;
use quarterdeck_core::id::{CycleId, TeamId};
use quarterdeck_core::refusal::{Code as Why, Refusal};
use tonic::Status;

use crate::rpc::query::view::View;
use crate::status::{invalid, refused};

/// What was named, or left out.
#[derive(Debug, Clone)]
pub(super) struct Named {
    pub(super) reference: String,
    pub(super) cycle: String,
    pub(super) team: String,
}

/// What is meant by it.
#[derive(Debug, Clone)]
pub(super) struct Meant {
    pub(super) cycle: CycleId,
    pub(super) scope: Scope,
    pub(super) team: Option<TeamId>,
}

/// Finds them, seen as at the closing of their cycle where it is closed.
pub(super) fn find(view: &mut View, named: &Named) -> Result<Meant, Status> {
    let asked = asked::Goals {
        goal: view.named(&named.reference, |things, query| things.goal(query))?,
        cycle: view.cycle(&named.cycle)?,
        team: view.named(&named.team, |things, query| things.team(query))?,
    };
    if asked.goal.is_some() && asked.team.is_some() {
        return Err(invalid(
            "team",
            "cannot be asked for together with a reference",
        ));
    }
    let cycle = (asked.cycle(view.state(), view.on())).ok_or_else(no_cycle)?;
    let scope = asked.scope(view.state());
    view.or_closed(asked.seen_with(cycle))?;
    Ok(Meant {
        cycle,
        scope,
        team: asked.team,
    })
}

/// There was nothing yet that could be meant.
pub(super) fn no_cycle() -> Status {
    refused(&Refusal::new(Why::NotFound, "There is no cycle yet."))
}

/// The cycle was made later.
pub(super) fn not_yet() -> Status {
    let message = "There was no such cycle yet at that moment.";
    refused(&Refusal::new(Why::NotFound, message))
}
