//! Panics of the programs in a run. A runtime catches those of its tasks and goes on without a word; here
//! each is a fault.

use std::cell::RefCell;
use std::panic;
use std::sync::Once;

thread_local! {
    static SEEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Notes panics from here on, each for the thread that it happens on. A run is on one thread.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            SEEN.with_borrow_mut(|seen| {
                seen.get_or_insert_with(|| info.to_string());
            });
            before(info);
        }));
    });
    take();
}

/// The first panic since the last call.
pub(crate) fn take() -> Option<String> {
    SEEN.with_borrow_mut(Option::take)
}
