//! What was moved after its cycle began.

use quarterdeck_core::goalposts as rule;
use quarterdeck_proto::v1;
use quarterdeck_report::json;
use tonic::Status;

use super::goals::{self, Named};
use super::object;
use crate::rpc::query::view::View;

pub(super) fn tell(mut view: View, asked: v1::GoalpostsReport) -> Result<String, Status> {
    let v1::GoalpostsReport {
        reference,
        cycle,
        team,
    } = asked;
    let named = Named {
        reference,
        cycle,
        team,
    };
    let meant = goals::find(&mut view, &named)?;
    let asked = rule::Asked {
        cycle: meant.cycle,
        scope: meant.scope,
        on: view.on(),
    };
    let found = rule::of(&mut view.past, &asked)?.ok_or_else(goals::not_yet)?;
    object(&json::goalposts(
        &view.names(),
        &found,
        &asked.scope,
        meant.team,
        view.as_of(),
    ))
}
