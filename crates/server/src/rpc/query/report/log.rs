//! What happened, oldest first.
//!
//! All of a long log is read and told in parts, so that no answer stands in memory as a whole.

use std::collections::VecDeque;

use quarterdeck_core::asked::Events;
use quarterdeck_core::event::Entry;
use quarterdeck_proto::v1;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use tonic::Status;

use super::{Told, filter, object};
use crate::rpc::query::view::View;

/// So many events are told at a time.
const PAGE: usize = 1_024;

/// A log that is being told.
pub(super) struct Pages {
    view: View,
    events: Events,
    /// The position to go on from.
    next: u64,
}

pub(super) fn tell(mut view: View, asked: v1::LogReport) -> Result<Told, Status> {
    let about = view.named(&asked.reference, |things, query| things.subject(query))?;
    let events = Events {
        about,
        kind: asked.kind.to_lowercase(),
        ..filter::events(&view, asked.filter.as_ref())?
    };
    // What is about one thing is found without the rest of the log.
    if about.is_none() && asked.limit == 0 {
        return Ok(Told::Log(Box::new(Pages {
            view,
            events,
            next: 1,
        })));
    }
    let limit = match asked.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let mut latest: VecDeque<Entry> = VecDeque::new();
    events.each(&mut view.past, &mut |entry| {
        if latest.len() == limit {
            latest.pop_front();
        }
        latest.push_back(entry.clone());
        true
    })?;
    lines(&view.names(), latest.iter()).map(Told::All)
}

impl Pages {
    /// The next of it, and the rest if there is any. Blocks.
    pub(super) fn read(mut self: Box<Self>) -> Result<(Vec<String>, Option<Box<Self>>), Status> {
        let mut page: Vec<Entry> = Vec::new();
        (self.events).each_from(&mut self.view.past, self.next, &mut |entry| {
            page.push(entry.clone());
            page.len() < PAGE
        })?;
        let lines = lines(&self.view.names(), page.iter())?;
        let last = page.last().filter(|_| page.len() == PAGE);
        let rest = last.map(|entry| entry.seq.saturating_add(1)).map(|next| {
            self.next = next;
            self
        });
        Ok((lines, rest))
    }
}

fn lines<'e>(
    names: &Names<'_>,
    entries: impl Iterator<Item = &'e Entry>,
) -> Result<Vec<String>, Status> {
    entries
        .map(|entry| object(&json::log_line(names, entry, false)))
        .collect()
}
