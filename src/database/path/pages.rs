//! Row counts, page counts, workers: the small formulas under all costs.

use crate::database::settings::{PAGE, Settings};

/// A row count as the planner keeps it: whole, at least 1 (costsize.c, `clamp_row_est`).
pub fn clamp_rows(rows: f64) -> f64 {
    if rows > 1.0 { libm::rint(rows) } else { 1.0 }
}

/// The logarithm to the base 2, 0 below 1.
pub fn log2(x: f64) -> f64 {
    if x > 1.0 { libm::log2(x) } else { 0.0 }
}

/// Pages fetched when `tuples` rows at random places of `pages` pages are fetched with a cache that
/// also holds the query's other tables (`total` pages) and the index (costsize.c,
/// `index_pages_fetched`; Mackert and Lohman, "Index scans using a finite LRU buffer: a validated I/O
/// model", ACM Transactions on Database Systems 14, 1989).
pub fn fetched(tuples: f64, pages: f64, index: f64, total: f64, settings: &Settings) -> f64 {
    let t = pages.max(1.0);
    let cache = settings.effective_cache_size / PAGE * t / (total.max(t) + index.max(1.0));
    let b = if cache <= 1.0 { 1.0 } else { cache.ceil() };
    let spread = 2.0 * t * tuples / (2.0 * t + tuples);
    if t <= b {
        return if spread >= t { t } else { spread.ceil() };
    }
    let fills = 2.0 * t * b / (2.0 * t - b);
    let all = if tuples <= fills { spread } else { b + (tuples - fills) * (t - b) / t };
    all.ceil()
}

/// Parallel workers for a scan of so many heap pages and, for an index scan, index pages: one from
/// the least size on, one more for each threefold (allpaths.c, `compute_parallel_worker`).
pub fn workers(heap: f64, index: Option<f64>, settings: &Settings) -> u32 {
    let step = |pages: f64, least: f64| {
        let mut threshold = (least / PAGE).max(1.0);
        if pages < threshold {
            return 0;
        }
        let mut count = 1;
        while pages >= threshold * 3.0 && count < 64 {
            count += 1;
            threshold *= 3.0;
        }
        count
    };
    let by_heap = step(heap, settings.min_parallel_table_scan_size);
    // An index scan that is long enough on one side runs in parallel: the lesser of the two counts.
    let by_index =
        index.map_or(by_heap, |pages| step(pages, settings.min_parallel_index_scan_size));
    by_heap.min(by_index).min(settings.max_parallel_workers_per_gather)
}

/// What the work of a parallel path is divided by: the leader helps, less the more workers it has to
/// read from (costsize.c, `get_parallel_divisor`).
pub fn divisor(workers: u32) -> f64 {
    let workers = f64::from(workers);
    workers + (1.0 - 0.3 * workers).max(0.0)
}
