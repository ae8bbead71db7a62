//! Shares of what there is only so much of: so many in all, and so many of each.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is taken, by whom.
#[derive(Debug)]
pub(crate) struct Shares<K: Copy + Eq + Hash> {
    taken: Mutex<Taken<K>>,
}

#[derive(Debug)]
struct Taken<K> {
    all: u32,
    by: HashMap<K, u32>,
}

impl<K: Copy + Eq + Hash> Default for Shares<K> {
    fn default() -> Self {
        let by = HashMap::new();
        Self {
            taken: Mutex::new(Taken { all: 0, by }),
        }
    }
}

impl<K: Copy + Eq + Hash> Shares<K> {
    fn taken(&self) -> MutexGuard<'_, Taken<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one, if no more than so many in all, and of this one, are taken then.
    pub(crate) fn take(
        self: &Arc<Self>,
        whose: K,
        (in_all, of_each): (u32, u32),
    ) -> Option<Share<K>> {
        let mut taken = self.taken();
        let of_this = taken.by.get(&whose).copied().unwrap_or(0);
        if taken.all >= in_all || of_this >= of_each {
            return None;
        }
        taken.all += 1;
        taken.by.insert(whose, of_this + 1);
        Some(Share {
            shares: Arc::clone(self),
            whose,
        })
    }
}

/// One that is taken, until this is dropped.
#[derive(Debug)]
pub(crate) struct Share<K: Copy + Eq + Hash> {
    shares: Arc<Shares<K>>,
    whose: K,
}

impl<K: Copy + Eq + Hash> Drop for Share<K> {
    fn drop(&mut self) {
        let mut taken = self.shares.taken();
        taken.all = taken.all.saturating_sub(1);
        if let Some(count) = taken.by.get_mut(&self.whose) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.by.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_limited_in_all_and_of_each_and_come_back() {
        let shares = Arc::new(Shares::default());
        let one = shares.take("ana", (3, 2)).unwrap();
        let _two = shares.take("ana", (3, 2)).unwrap();
        assert!(shares.take("ana", (3, 2)).is_none());
        let _three = shares.take("ben", (3, 2)).unwrap();
        assert!(shares.take("ben", (3, 2)).is_none());
        drop(one);
        shares.take("ana", (3, 2)).unwrap();
    }
}
