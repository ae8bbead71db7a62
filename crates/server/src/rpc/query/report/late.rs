//! What came late, all at once, or was corrected.

use quarterdeck_core::late as rule;
use quarterdeck_proto::v1;
use quarterdeck_report::json;
use tonic::Status;

use super::goals::{self, Named};
use super::object;
use crate::rpc::query::view::View;

pub(super) fn tell(mut view: View, asked: v1::LateReport) -> Result<String, Status> {
    let v1::LateReport {
        reference,
        cycle,
        team,
        days,
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
        days: days.unwrap_or(rule::DAYS),
        on: view.on(),
    };
    let found = rule::of_cycle(&mut view.past, &asked)?.ok_or_else(goals::not_yet)?;
    object(&json::late(
        &view.names(),
        &found,
        &asked,
        meant.team,
        view.as_of(),
    ))
}
