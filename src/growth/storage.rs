//! Storage whose objects move through tiers as they age, and what it costs.
//!
//! Ages count from the day on which an object was stored. Objects that move or leave before the
//! minimum stay of a tier is over pay for the rest of it.
//!
//! Prices of storage are per month *of the calendar*, whatever its length, as providers bill it: the
//! amount is taken at the ends of each day and averaged. Everything else is by the object or byte.

use super::calendar::{Calendar, DAY, MONTH};
use super::law::Course;
use super::money::Money;
use super::retention::{Past, Stock, came};

/// A tier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tier {
    /// Age at which objects come here, seconds.
    pub after: f64,
    /// Price of a byte for a second, where a month has [`MONTH`] seconds.
    pub price: f64,
    /// Seconds that an object is paid for at least.
    pub minimum: f64,
    /// Price of moving, or for the first tier storing, an object.
    pub request: f64,
    /// Price of reading a byte.
    pub retrieval: f64,
    /// Share of what lies here that is read, per second.
    pub reads: f64,
}

/// Rules of a storage.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// By rising age; the first from 0 on. At least one.
    pub tiers: Vec<Tier>,
    /// Age at which objects are deleted; none: never.
    pub expire: Option<f64>,
    /// Share of the objects that are kept for ever.
    pub keep: f64,
    /// Bytes of an object, on average; infinite: requests are not counted.
    pub object: f64,
    /// Price of a byte that leaves the storage to be read elsewhere.
    pub transfer: f64,
}

/// Where bytes come from.
#[derive(Debug, Clone)]
pub enum Source<'a> {
    /// By a law of its own.
    Own(Course),
    /// What leaves a stock, times so many bytes.
    Leaving(&'a Stock, f64),
}

/// A storage.
#[derive(Debug, Clone)]
pub struct Storage<'a> {
    /// What lies there at month 0, in bytes.
    pub past: Past,
    /// What comes.
    pub sources: Vec<Source<'a>>,
    /// What happens to it.
    pub rules: Rules,
}

/// A line of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// What lies there.
    Stored,
    /// The rest of minimum stays.
    Minimum,
    /// Objects stored or moved here.
    Requests,
    /// Bytes read.
    Retrieval,
    /// Bytes sent elsewhere.
    Transfer,
}

impl Storage<'_> {
    /// Bytes that came until `time`, less what was there at month 0: negative before it.
    pub fn came(&self, calendar: &Calendar, time: f64) -> f64 {
        let sources = self.sources.iter().map(|source| match source {
            Source::Own(course) => course.until(calendar, time),
            Source::Leaving(stock, bytes) if time > 0.0 => stock.gone(calendar, time) * bytes,
            Source::Leaving(..) => 0.0,
        });
        came(self.past, time) + sources.sum::<f64>()
    }

    /// Bytes in each tier.
    pub fn tiers(&self, calendar: &Calendar, time: f64) -> Vec<f64> {
        let rules = &self.rules;
        // What is older than this: of all bytes, and of those that expire.
        let older = |age: f64| self.past.amount + self.came(calendar, time - age);
        let expired = rules.expire.map_or(0.0, &older);
        let mut bytes = Vec::with_capacity(rules.tiers.len());
        let mut left = older(0.0);
        for tier in 0..rules.tiers.len() {
            let next = rules.tiers.get(tier + 1).map_or(0.0, |next| older(next.after));
            // Bytes older than some age, of those that are deleted at the end not counted if they are.
            let kept = |bytes: f64| rules.keep * bytes + (1.0 - rules.keep) * bytes.max(expired);
            bytes.push((kept(left) - kept(next)).max(0.0));
            left = next;
        }
        bytes
    }

    /// Bytes of all tiers.
    pub fn bytes(&self, calendar: &Calendar, time: f64) -> f64 {
        self.tiers(calendar, time).iter().sum()
    }

    /// Bytes that have expired since month 0.
    pub fn expired(&self, calendar: &Calendar, time: f64) -> f64 {
        let Some(age) = self.rules.expire else { return 0.0 };
        let old = |time: f64| self.past.amount + self.came(calendar, time - age);
        (1.0 - self.rules.keep) * (old(time) - old(0.0))
    }

    /// The bill of a month: lines by tier, those of nothing left out.
    pub fn bill(&self, calendar: &Calendar, month: i64) -> Vec<(usize, Item, Money)> {
        let (begin, end) = (calendar.begin(month), calendar.begin(month + 1));
        let mean = self.mean(calendar, begin, end);
        let mut lines = Vec::new();
        for (id, (tier, bytes)) in self.rules.tiers.iter().zip(mean).enumerate() {
            let reads = bytes * tier.reads * (end - begin);
            for (item, amount) in [
                (Item::Stored, bytes * tier.price * MONTH),
                (Item::Minimum, self.rest_of_minimum(calendar, id, begin, end)),
                (
                    Item::Requests,
                    self.entered(calendar, id, begin, end) / self.rules.object * tier.request,
                ),
                (Item::Retrieval, reads * tier.retrieval),
                (Item::Transfer, reads * self.rules.transfer),
            ] {
                let amount = Money::of(amount);
                if amount != Money::ZERO {
                    lines.push((id, item, amount));
                }
            }
        }
        lines
    }

    /// Mean bytes in each tier between two times: the ends of each day, averaged.
    fn mean(&self, calendar: &Calendar, begin: f64, end: f64) -> Vec<f64> {
        let days = libm::round((end - begin) / DAY).max(1.0);
        let mut sum = vec![0.0; self.rules.tiers.len()];
        for day in 0..=days as u32 {
            let weight = if day == 0 || f64::from(day) == days { 0.5 } else { 1.0 };
            let time = begin + f64::from(day) / days * (end - begin);
            for (sum, bytes) in sum.iter_mut().zip(self.tiers(calendar, time)) {
                *sum += weight * bytes / days;
            }
        }
        sum
    }

    /// Bytes that pass an age between two times.
    fn passed(&self, calendar: &Calendar, age: f64, begin: f64, end: f64) -> f64 {
        self.came(calendar, end - age) - self.came(calendar, begin - age)
    }

    /// Bytes that enter a tier: those that are not deleted on the way.
    fn entered(&self, calendar: &Calendar, tier: usize, begin: f64, end: f64) -> f64 {
        let after = self.rules.tiers[tier].after;
        let share = match self.rules.expire {
            Some(expire) if expire <= after => self.rules.keep,
            _ => 1.0,
        };
        share * self.passed(calendar, after, begin, end)
    }

    /// What objects pay that leave a tier before their minimum is over.
    fn rest_of_minimum(&self, calendar: &Calendar, tier: usize, begin: f64, end: f64) -> f64 {
        let (here, keep) = (self.rules.tiers[tier], self.rules.keep);
        let next = self.rules.tiers.get(tier + 1).map(|next| next.after);
        let rest = |leave: f64| (here.minimum - (leave - here.after)).max(0.0);
        let mut cost = 0.0;
        let expire = self.rules.expire.filter(|expire| *expire >= here.after);
        if let Some(expire) = expire.filter(|expire| next.is_none_or(|next| *expire <= next)) {
            let gone = (1.0 - keep) * self.passed(calendar, expire, begin, end);
            cost += gone * rest(expire) * here.price;
            if let Some(next) = next {
                cost += keep * self.passed(calendar, next, begin, end) * rest(next) * here.price;
            }
        } else if let Some(next) = next {
            let share = if self.rules.expire.is_some_and(|expire| expire < here.after) {
                keep
            } else {
                1.0
            };
            cost += share * self.passed(calendar, next, begin, end) * rest(next) * here.price;
        }
        cost
    }
}
