//! Which events of the log are asked for: what `okr log` and `okr history` share.

use clap::Args;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::{DeviceId, MemberId};
use quarterdeck_core::when::{Moment, When};

use crate::error::Failure;
use crate::view::View;

/// Which events.
#[derive(Debug, Args)]
pub(super) struct FilterOptions {
    /// Recorded from this moment on.
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Recorded up to this moment.
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// On behalf of this member.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    by: Option<String>,
    /// Authored on this device.
    #[arg(long)]
    device: Option<String>,
}

impl FilterOptions {
    /// Whether nothing is left out.
    pub(super) const fn is_open(&self) -> bool {
        self.since.is_none() && self.until.is_none() && self.by.is_none() && self.device.is_none()
    }

    /// What is meant in what is seen.
    ///
    /// # Errors
    /// A moment, member or device that cannot be meant.
    pub(super) fn filter(&self, view: &View<'_>) -> Result<Filter, Failure> {
        let resolver = view.resolver();
        let moment = |when: &Option<When>, start| {
            (when.as_ref())
                .map(|when| view.moment(when, start))
                .transpose()
        };
        Ok(Filter {
            since: moment(&self.since, true)?,
            until: moment(&self.until, false)?,
            by: (self.by.as_ref())
                .map(|by| resolver.member(by, view.me()))
                .transpose()?,
            device: (self.device.as_ref())
                .map(|device| resolver.device(device))
                .transpose()?,
        })
    }
}

/// Which events, found out.
#[derive(Debug)]
pub(super) struct Filter {
    since: Option<Moment>,
    until: Option<Moment>,
    by: Option<MemberId>,
    device: Option<DeviceId>,
}

impl Filter {
    pub(super) fn lets_in(&self, entry: &Entry) -> bool {
        self.since.is_none_or(|since| match since {
            Moment::At(moment) => entry.recorded >= moment,
            Moment::Position(position) => entry.seq >= position,
        }) && self.until.is_none_or(|until| match until {
            Moment::At(moment) => entry.recorded <= moment,
            Moment::Position(position) => entry.seq <= position,
        }) && self.by.is_none_or(|member| entry.event.member == member)
            && self
                .device
                .is_none_or(|device| entry.event.device == device)
    }
}
