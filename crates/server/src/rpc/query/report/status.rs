//! How a cycle is going.

use quarterdeck_proto::v1;
use quarterdeck_report::json::{self, StatusQuery};
use quarterdeck_report::pending::Pending;
use tonic::Status;

use super::object;
use crate::rpc::query::view::View;

pub(super) fn tell(mut view: View, asked: &v1::StatusReport) -> Result<String, Status> {
    let named = view.cycle(&asked.cycle)?;
    let team = view.named(&asked.team, |things, query| things.team(query))?;
    let member = view.member(&asked.member)?;
    let cycle = view.of_cycle(named)?;
    if asked.tree {
        view.settle()?;
    }
    let query = StatusQuery {
        cycle,
        team,
        member,
        on: view.on(),
        as_of: view.as_of(),
    };
    let (names, none) = (view.names(), Pending::default());
    if asked.tree {
        object(&json::tree(&names, &none, &query))
    } else {
        object(&json::status(&names, &none, &query))
    }
}
