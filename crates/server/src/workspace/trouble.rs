//! Why nothing was recorded the last time: what the writer knows, and whoever watches over the server
//! wants to.

use std::sync::{Mutex, PoisonError};

use super::outcome::Unavailable;

#[derive(Debug, Default)]
pub(super) struct Trouble(Mutex<Option<Unavailable>>);

impl Trouble {
    /// What came of an append.
    pub(super) fn note<T>(&self, appended: &Result<T, Unavailable>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = appended.as_ref().err().cloned();
    }

    pub(super) fn get(&self) -> Option<Unavailable> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
