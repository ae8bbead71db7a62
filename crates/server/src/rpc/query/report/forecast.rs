//! Where key results end their cycle if they go on as they have.

use quarterdeck_core::closing;
use quarterdeck_core::value::Subject;
use quarterdeck_proto::v1;
use quarterdeck_report::json::{self, StatusQuery};
use quarterdeck_report::pending::Pending;
use tonic::Status;

use super::object;
use crate::rpc::query::view::View;
use crate::status::invalid;

pub(super) fn tell(mut view: View, asked: &v1::ForecastReport) -> Result<String, Status> {
    let goal = view.named(&asked.reference, |things, query| things.goal(query))?;
    let team = view.named(&asked.team, |things, query| things.team(query))?;
    let named = view.cycle(&asked.cycle)?;
    if goal.is_some() && (team.is_some() || named.is_some()) {
        let what = "cannot be asked for together with a cycle or team";
        return Err(invalid("forecast.reference", what));
    }
    let of_goal = goal.and_then(|goal| closing::cycle_of(view.state(), goal));
    let cycle = view.of_cycle(named.or(of_goal))?;
    let query = StatusQuery {
        cycle,
        team,
        member: None,
        on: view.on(),
        as_of: view.as_of(),
    };
    let keep = |objective, key_result| match goal {
        None => true,
        Some(Subject::Objective(id)) => id == objective,
        Some(other) => other == Subject::KeyResult(key_result),
    };
    object(&json::forecast_list(
        &view.names(),
        &Pending::default(),
        &query,
        keep,
    ))
}
