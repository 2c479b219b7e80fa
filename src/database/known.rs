//! What was worked out before: sizes are asked for again and again, by query, by point of a sweep, by
//! day of a forecast.

use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

/// Answers that are kept; beyond it all are forgotten.
const KEPT: usize = 4_096;

/// Answers of a function by all that decides them.
pub struct Known<T>(Mutex<Option<FxHashMap<Vec<u64>, Arc<T>>>>);

impl<T> Known<T> {
    /// None yet.
    pub const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The answer known, else the one that `work` finds, which must follow from `key` alone.
    pub fn or(&self, key: Vec<u64>, work: impl FnOnce() -> T) -> Arc<T> {
        let known = self.0.lock().ok().and_then(|known| known.as_ref()?.get(&key).cloned());
        if let Some(known) = known {
            return known;
        }
        let found = Arc::new(work());
        if let Ok(mut known) = self.0.lock() {
            let known = known.get_or_insert_default();
            if known.len() >= KEPT {
                known.clear();
            }
            known.insert(key, Arc::clone(&found));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer is worked out once, until too many others came.
    #[test]
    fn an_answer_is_worked_out_once() {
        let known = Known::new();
        assert_eq!(*known.or(vec![1, 2], || 3), 3);
        assert_eq!(*known.or(vec![1, 2], || 4), 3);
        assert_eq!(*known.or(vec![2, 1], || 4), 4);
        for i in 0..KEPT as u64 {
            known.or(vec![i], || 5);
        }
        assert_eq!(*known.or(vec![1, 2], || 6), 6);
    }
}
