//! Which events of the log are asked for.

use quarterdeck_core::asked::Events;
use quarterdeck_proto::v1;
use tonic::Status;

use crate::rpc::query::view::View;

pub(super) fn events(view: &View, asked: Option<&v1::EventFilter>) -> Result<Events, Status> {
    let Some(asked) = asked else {
        return Ok(Events::default());
    };
    Ok(Events {
        since: view.moment_of("filter.since", &asked.since, true)?,
        until: view.moment_of("filter.until", &asked.until, false)?,
        member: view.member(&asked.member)?,
        device: view.named(&asked.device, |things, query| things.device(query))?,
        ..Events::default()
    })
}
