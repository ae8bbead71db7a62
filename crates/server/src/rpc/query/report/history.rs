//! Each change, with the figures after it.

use quarterdeck_core::event::Entry;
use quarterdeck_core::history::{self, Scope};
use quarterdeck_core::past::Past as _;
use quarterdeck_proto::v1;
use quarterdeck_report::json;
use tonic::Status;

use super::{Told, filter, object};
use crate::rpc::query::view::View;
use crate::status::invalid;

pub(super) fn tell(mut view: View, asked: &v1::HistoryReport) -> Result<Told, Status> {
    let about = view.named(&asked.reference, |things, query| things.subject(query))?;
    let scope = match about {
        None => Scope::All,
        Some(subject) => Scope::of(subject).ok_or_else(|| {
            let noun = subject.noun();
            invalid(
                "history.reference",
                format!("a {noun} has no figures to follow; key results, objectives, teams and cycles have"),
            )
        })?,
    };
    let events = filter::events(&view, asked.filter.as_ref())?;
    let on = view.named_day();
    let alone_until = view.past.state().alone_until();
    let keep = |entry: &Entry| events.lets_in(entry, alone_until);
    let lines = history::of(&mut view.past, scope, on, &keep)?;
    let left_out = match asked.limit {
        0 => 0,
        limit => (lines.len()).saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX)),
    };
    let names = view.names();
    (lines.iter().skip(left_out))
        .map(|line| object(&json::history_line(&names, line)))
        .collect::<Result<_, _>>()
        .map(Told::All)
}
