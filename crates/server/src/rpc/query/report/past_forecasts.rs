//! How good the forecasts of cycles that have ended were.

use quarterdeck_core::closing;
use quarterdeck_core::forecast::check;
use quarterdeck_proto::v1;
use quarterdeck_report::json;
use tonic::Status;

use super::{ended, object};
use crate::rpc::query::view::View;
use crate::status::invalid;

pub(super) fn tell(mut view: View, asked: &v1::PastForecastsReport) -> Result<String, Status> {
    let goal = view.named(&asked.reference, |things, query| things.goal(query))?;
    let team = view.named(&asked.team, |things, query| things.team(query))?;
    let named = view.cycle(&asked.cycle)?;
    let of_goal = goal.and_then(|goal| closing::cycle_of(view.state(), goal));
    let cycles = match (asked.all, named.or(of_goal)) {
        (true, _) if named.is_some() => {
            return Err(invalid(
                "past_forecasts.all",
                "means more than the cycle named",
            ));
        }
        (true, _) => ended::all(&view)?,
        (false, Some(cycle)) => vec![ended::has_ended(&view, cycle)?],
        (false, None) => ended::last(&view)?,
    };
    let on = view.looked_at_from();
    let mut cases = Vec::new();
    for cycle in &cycles {
        cases.extend(check::cases(&mut view.past, *cycle, on)?);
    }
    cases.retain(|case| case.concerns(view.state(), goal, team));
    let told = json::forecasts_past(&view.names(), &cycles, &cases, (on, view.as_of()));
    object(&told)
}
