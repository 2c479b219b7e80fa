//! Which pages a cache holds: Che's approximation for "least recently used".
//!
//! Pages are accessed independently, each at the rate of its class. A page stays for the
//! characteristic time T after its last access, the same for all pages: it is found with probability
//! 1 - exp(-rate T), and T is where the pages so held fill the cache,
//!
//! ```text
//! sum over classes of  pages (1 - exp(-rate T)) = capacity.
//! ```
//!
//! Sources: Che, Tung and Wang, "Hierarchical Web caching systems: modeling, design and experimental
//! results", IEEE Journal on Selected Areas in Communications 20(7), 2002; why it is so close: Fricker,
//! Robert and Roberts, "A versatile and accurate approximation for LRU cache performance", ITC 24,
//! 2012. Shared buffers and the operating system's page cache are taken as one cache, and the clock
//! sweep that chooses a victim as "least recently used", which it approximates.
//!
//! Sequential scans stand outside: a large one does not displace what is accessed at random
//! (PostgreSQL reads tables of more than a quarter of its buffers through a ring of 256 KiB), and finds
//! all of its pages or none ([`scan_hits`]).

/// Steps of the bisection for the characteristic time: more than the digits of a double.
const BISECTIONS: u32 = 80;

/// Pages accessed alike: a relation, or the hot or the cold part of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Class {
    /// Pages in it.
    pub pages: f64,
    /// Random page accesses to all of them together, per second.
    pub rate: f64,
}

impl Class {
    /// Accesses to one page, per second.
    fn rate_of_page(self) -> f64 {
        if self.pages > 0.0 && self.rate > 0.0 { self.rate / self.pages } else { 0.0 }
    }

    /// Share of its pages held for so long after an access.
    fn held(self, time: f64) -> f64 {
        let rate = self.rate_of_page();
        if rate > 0.0 { -libm::expm1(-rate * time) } else { 0.0 }
    }
}

/// What a cache holds of the classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Hits {
    /// Characteristic time, in seconds: a page not accessed for so long has left the cache. Infinite if all
    /// that is accessed fits.
    pub time: f64,
    /// Share of the accesses to each class that find their page, 0 to 1, in the order of the classes;
    /// also the share of its pages that are in the cache.
    pub ratios: Vec<f64>,
    /// Pages of the cache taken by all classes together.
    pub resident: f64,
}

/// Hit ratios of a cache of `capacity` pages, long after its start. A class that is not accessed holds
/// no page and has a ratio of 0.
pub fn hits(classes: &[Class], capacity: f64) -> Hits {
    let held = |time: f64| -> f64 {
        classes.iter().map(|class| class.pages.max(0.0) * class.held(time)).sum()
    };
    let time = characteristic_time(classes, capacity, held);
    let ratios = classes.iter().map(|class| class.held(time)).collect();
    Hits { time, ratios, resident: held(time) }
}

fn characteristic_time(classes: &[Class], capacity: f64, held: impl Fn(f64) -> f64) -> f64 {
    if capacity.is_nan() || capacity <= 0.0 {
        return 0.0;
    }
    if held(f64::INFINITY) <= capacity {
        return f64::INFINITY;
    }
    // In no time longer than this are as many pages accessed as fit; then double until they do not.
    let rate: f64 = classes.iter().map(|class| class.rate.max(0.0)).sum();
    let (mut low, mut high) = (0.0, capacity / rate);
    while held(high) < capacity && high < f64::MAX / 2.0 {
        (low, high) = (high, 2.0 * high);
    }
    for _ in 0..BISECTIONS {
        let middle = 0.5 * (low + high);
        if held(middle) < capacity {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// A relation of whose pages the newest share `newest` gets the share `accesses` of the accesses (both
/// 0 to 1): the newest pages, then the rest.
pub fn recency(whole: Class, newest: f64, accesses: f64) -> [Class; 2] {
    let (newest, accesses) = (newest.clamp(0.0, 1.0), accesses.clamp(0.0, 1.0));
    [
        Class { pages: whole.pages * newest, rate: whole.rate * accesses },
        Class { pages: whole.pages * (1.0 - newest), rate: whole.rate * (1.0 - accesses) },
    ]
}

/// Share of a sequential scan's pages found in the cache: all if the relation fits into what the
/// randomly accessed pages of other relations leave of the capacity, else none: each page is evicted
/// before the next scan comes to it.
pub fn scan_hits(pages: f64, capacity: f64, resident_of_others: f64) -> f64 {
    if pages <= capacity - resident_of_others { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Exact hit ratio of two classes: the cache holds the last distinct pages accessed, whose classes
    /// follow from drawing pages without replacement (King 1971).
    fn exact(classes: [Class; 2], capacity: usize) -> f64 {
        let total = classes[0].rate + classes[1].rate;
        let page = classes.map(|class| class.rate / class.pages / total);
        let mut held = vec![0.0; capacity + 1];
        held[0] = 1.0;
        for drawn in 0..capacity {
            let mut next = vec![0.0; capacity + 1];
            for (first, &probability) in held.iter().enumerate().take(drawn + 1) {
                let (a, b) = (first as f64, (drawn - first) as f64);
                let left = [(classes[0].pages - a) * page[0], (classes[1].pages - b) * page[1]];
                if probability == 0.0 || left[0] < -1e-9 || left[1] < -1e-9 {
                    continue;
                }
                next[first + 1] += probability * left[0] / (left[0] + left[1]);
                next[first] += probability * left[1] / (left[0] + left[1]);
            }
            held = next;
        }
        let hit = |first: usize| first as f64 * page[0] + (capacity - first) as f64 * page[1];
        held.iter().enumerate().map(|(first, probability)| probability * hit(first)).sum()
    }

    fn overall(classes: &[Class], hits: &Hits) -> f64 {
        let rate: f64 = classes.iter().map(|class| class.rate).sum();
        classes.iter().zip(&hits.ratios).map(|(class, ratio)| class.rate * ratio).sum::<f64>()
            / rate
    }

    #[test]
    fn two_classes_match_the_exact_hit_ratio() {
        for (hot, cold, share, capacity) in [
            (100.0, 900.0, 0.9, 50),
            (100.0, 900.0, 0.9, 150),
            (100.0, 900.0, 0.5, 300),
            (300.0, 700.0, 0.8, 600),
            (10.0, 90.0, 0.8, 20),
        ] {
            let classes =
                [Class { pages: hot, rate: share }, Class { pages: cold, rate: 1.0 - share }];
            let exact = exact(classes, capacity);
            let found = overall(&classes, &hits(&classes, capacity as f64));
            assert!(
                (found - exact).abs() < 0.005,
                "{hot} {cold} {capacity}: {found}, exact {exact}"
            );
        }
    }

    /// Hit ratios per class of a cache that is followed access by access.
    fn simulated(classes: &[Class], capacity: usize, accesses: u64) -> Vec<f64> {
        let total: f64 = classes.iter().map(|class| class.rate).sum();
        let (mut last, mut by_time) = (BTreeMap::new(), BTreeMap::new());
        let mut tally = vec![(0.0, 0.0); classes.len()];
        let mut state = 1_u64;
        let mut uniform = || {
            // SplitMix64.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        };
        for now in 0..accesses {
            let mut at = uniform() * total;
            let mut class = 0;
            while at >= classes[class].rate && class + 1 < classes.len() {
                at -= classes[class].rate;
                class += 1;
            }
            let page = (class, (uniform() * classes[class].pages) as u64);
            let before: Option<u64> = last.insert(page, now);
            if let Some(time) = before {
                by_time.remove(&time);
            }
            by_time.insert(now, page);
            if by_time.len() > capacity {
                let (_, oldest) = by_time.pop_first().expect("more than the capacity");
                last.remove(&oldest);
            }
            if now > accesses / 4 {
                tally[class].0 += f64::from(u8::from(before.is_some()));
                tally[class].1 += 1.0;
            }
        }
        tally.iter().map(|(hits, all)| hits / all).collect()
    }

    #[test]
    fn classes_match_a_simulated_cache() {
        let [new, old] = recency(Class { pages: 1_000.0, rate: 50.0 }, 0.1, 0.8);
        let classes =
            [new, old, Class { pages: 300.0, rate: 30.0 }, Class { pages: 20.0, rate: 60.0 }];
        for capacity in [100, 300, 700] {
            let found = hits(&classes, f64::from(capacity));
            let simulated = simulated(&classes, capacity as usize, 400_000);
            for (found, simulated) in found.ratios.iter().zip(&simulated) {
                assert!((found - simulated).abs() < 0.015, "{capacity}: {found}, {simulated}");
            }
            assert!((found.resident / f64::from(capacity) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn the_ends_are_exact() {
        let one = [Class { pages: 1_000.0, rate: 3.0 }];
        // All pages alike: what fits is hit.
        assert!((hits(&one, 250.0).ratios[0] - 0.25).abs() < 1e-9);
        assert_eq!(hits(&one, 1_000.0).ratios, [1.0]);
        assert_eq!(hits(&one, 1_000.0).time, f64::INFINITY);
        assert_eq!(hits(&one, 0.0).ratios, [0.0]);
        // What nobody accesses takes no page.
        let idle = [one[0], Class { pages: 5_000.0, rate: 0.0 }];
        assert_eq!(hits(&idle, 2_000.0).ratios, [1.0, 0.0]);
        assert_eq!(hits(&idle, 2_000.0).resident, 1_000.0);
        assert_eq!(hits(&[], 10.0), Hits { time: f64::INFINITY, ratios: vec![], resident: 0.0 });
        assert_eq!(scan_hits(500.0, 1_000.0, 400.0), 1.0);
        assert_eq!(scan_hits(601.0, 1_000.0, 400.0), 0.0);
    }
}
