//! The edits that did not know of each other and are not settled.

use quarterdeck_core::asked;
use quarterdeck_report::json;
use tonic::Status;

use super::object;
use crate::rpc::query::view::View;

pub(super) fn tell(mut view: View) -> Result<String, Status> {
    let reasons = asked::reasons(&mut view.past)?;
    object(&json::conflicts(&view.names(), &|event| {
        reasons.get(&event).cloned()
    }))
}
