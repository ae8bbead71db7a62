//! Which events of the log are asked for: what `okr log` and `okr history` share.

use clap::Args;
use quarterdeck_core::asked::Events;
use quarterdeck_core::when::When;

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
    pub(super) fn filter(&self, view: &View<'_>) -> Result<Events, Failure> {
        let resolver = view.resolver();
        let moment = |when: &Option<When>, start| {
            (when.as_ref())
                .map(|when| view.moment(when, start))
                .transpose()
        };
        Ok(Events {
            since: moment(&self.since, true)?,
            until: moment(&self.until, false)?,
            member: (self.by.as_ref())
                .map(|by| resolver.member(by, view.me()))
                .transpose()?,
            device: (self.device.as_ref())
                .map(|device| resolver.device(device))
                .transpose()?,
            ..Events::default()
        })
    }
}
