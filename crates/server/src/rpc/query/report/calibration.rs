//! What was stated against what came out.

use quarterdeck_core::calibration as rule;
use quarterdeck_core::outcome;
use quarterdeck_proto::v1;
use quarterdeck_report::json;
use tonic::Status;

use super::{ended, object};
use crate::rpc::query::view::View;
use crate::status::invalid;

pub(super) fn tell(mut view: View, asked: &v1::CalibrationReport) -> Result<String, Status> {
    let team = view.named(&asked.team, |things, query| things.team(query))?;
    let owner = view.member(&asked.owner)?;
    let cycles = match (asked.all, asked.cycles.as_slice()) {
        (true, []) => ended::all(&view)?,
        (true, _) => {
            return Err(invalid(
                "calibration.all",
                "means more than the cycles named",
            ));
        }
        (false, []) => ended::last(&view)?,
        (false, named) => {
            let mut cycles = Vec::new();
            for name in named {
                let found = view.cycle(name)?;
                let cycle =
                    found.ok_or_else(|| invalid("calibration.cycles", "has an empty name"))?;
                cycles.push(ended::has_ended(&view, cycle)?);
            }
            outcome::in_order(view.state(), cycles)
        }
    };
    let on = view.looked_at_from();
    let mut found = rule::gather(&mut view.past, &cycles, on)?;
    found.keep_of(view.state(), team, owner);
    let told = json::calibration(&view.names(), &cycles, &found, (on, view.as_of()));
    object(&told)
}
