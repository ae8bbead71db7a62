//! The log as a reading command sees it: up to the moment as of which it is asked, and no further.

use quarterdeck_core::when::Moment;

use super::View;
use crate::error::Failure;

impl View<'_> {
    /// Lets others have the folder, once all that is asked of the log was read.
    pub(crate) fn release(&mut self) {
        self.session.replica.release();
    }

    /// Whether the entry at a position is still to be recorded.
    pub(crate) fn is_pending(&self, seq: u64) -> bool {
        seq > self.session.replica.confirmed().head
    }

    /// Which moment of the log is meant, by the workspace as it is.
    ///
    /// # Errors
    /// The text names a moment that cannot be.
    pub(crate) fn moment(
        &self,
        when: &quarterdeck_core::when::When,
        start: bool,
    ) -> Result<Moment, Failure> {
        self.session.moment(when, start)
    }
}
