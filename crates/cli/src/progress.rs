//! A bar on standard error for work that takes more than a second, on a terminal alone.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that shows itself once work has taken long enough; gone when dropped.
#[derive(Debug)]
pub(crate) struct Bar {
    began: Instant,
    watched: bool,
    shown: Option<ProgressBar>,
}

impl Bar {
    /// A bar for work that begins now.
    pub(crate) fn new(output: &Output) -> Self {
        Self {
            began: Instant::now(),
            watched: output.watched(),
            shown: None,
        }
    }

    /// So much of the work `what` is done.
    pub(crate) fn set(&mut self, what: &'static str, done: u64, of: u64) {
        if !self.watched || self.began.elapsed() < PATIENCE {
            return;
        }
        let bar = self.shown.get_or_insert_with(|| {
            let bar = ProgressBar::new(of);
            // The template is a constant that reads; a bar without it would do as well.
            if let Ok(style) =
                ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}")
            {
                bar.set_style(style);
            }
            bar
        });
        bar.set_message(what);
        bar.set_length(of);
        bar.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = self.shown.take() {
            bar.finish_and_clear();
        }
    }
}
