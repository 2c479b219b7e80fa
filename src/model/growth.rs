//! What a forecast is about: how amounts grow, how long they stay, where they lie, what they cost.
//!
//! What becomes of them is not known here: the study of forecasts works it out over a calendar.

use super::slot::QuantityId;
use super::{Claim, Model, Objective};
use crate::diag::Span;

/// What a table grows by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inflow {
    /// So much a second.
    Stated(QuantityId),
    /// What the endpoints insert at the mean rate of a week.
    Traffic,
    /// By itself: the shape is that of the amount.
    Itself,
}

/// A stretch of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// Seconds.
    Time(QuantityId),
    /// A day, a week.
    Days(u32),
    /// Months of the calendar.
    Months(u32),
}

/// How an inflow, or an amount, changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrowthShape {
    /// Not at all.
    Constant,
    /// By a share in each stretch, towards a limit if there is one.
    Compound {
        /// The share.
        growth: QuantityId,
        /// The stretch.
        per: Stretch,
        /// A rate, or of what grows by itself an amount.
        limit: Option<QuantityId>,
    },
    /// By so much a second, per second.
    Rise(QuantityId),
}

/// `growth`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// What comes at month 0.
    pub inflow: Inflow,
    /// How that changes.
    pub shape: GrowthShape,
    /// Factors by month of the year: none, four or twelve.
    pub seasonal: Vec<QuantityId>,
    /// Where it is written.
    pub span: Span,
}

impl Model {
    /// Whether a later date has other data or another load.
    pub fn changes_over_time(&self) -> bool {
        self.tables.iter().any(|table| table.growth.is_some() || table.retention.is_some())
            || self.workloads.iter().any(|workload| workload.growth.is_some())
    }
}

/// Why requests are not simulated at dates.
pub const NOT_TIED: &str = "no request asks for a table where the data change, and no load grows";

impl Model {
    /// Whether something of what requests meet depends on the date: their load; what lies in the database
    /// that they ask, of which tables share the memory; or deletions that run there beside them.
    pub fn requests_change_over_time(&self) -> bool {
        if self.workloads.iter().any(|workload| workload.growth.is_some()) {
            return true;
        }
        let changing = |database: usize| {
            self.tables.iter().filter(move |table| {
                table.database == database && (table.growth.is_some() || table.retention.is_some())
            })
        };
        let purged = |table: &super::Table| {
            table.retention.is_some_and(|retention| retention.then != super::Then::Drop)
        };
        let asked = self.workloads.iter().flat_map(super::Workload::asked);
        let queries = asked.flat_map(|endpoint| self.queries_from(endpoint));
        queries.map(|query| &self.queries[query]).any(|query| {
            let mut tables = changing(query.database);
            if query.table.is_some() { tables.next().is_some() } else { tables.any(purged) }
        })
    }
}

impl Growth {
    /// Whether what comes at month 0 goes on for ever.
    pub fn is_constant(&self) -> bool {
        self.shape == GrowthShape::Constant && self.seasonal.is_empty()
    }
}

/// `growth` of a workload
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadGrowth {
    /// What rate or users are multiplied with now: 1 unless it is stated anew for another date.
    pub now: QuantityId,
    /// How that changes.
    pub shape: GrowthShape,
    /// Factors by month of the year: none, four or twelve.
    pub seasonal: Vec<QuantityId>,
}

/// What happens to rows that are old enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Their partition is dropped, and its room with it.
    Drop,
    /// They are deleted; their room stays with the table, for later rows.
    Delete,
    /// They are moved to the storage of this index.
    Move(usize),
}

/// `table.X.retention`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Seconds.
    pub after: QuantityId,
    /// What happens.
    pub then: Then,
    /// How often; none: at once.
    pub every: Option<Stretch>,
    /// Where it is written.
    pub span: Span,
}

/// A tier of a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// Name.
    pub name: String,
    /// Age at which objects come here, seconds.
    pub after: QuantityId,
    /// Of a byte and second, where a month has a twelfth of 365.25 days.
    pub price: QuantityId,
    /// Stay that is paid for at least, seconds.
    pub minimum: QuantityId,
    /// Of storing, or moving here, an object.
    pub request: QuantityId,
    /// Share that is read, per second.
    pub reads: QuantityId,
    /// Of reading a byte.
    pub retrieval: QuantityId,
}

/// `[storage.X]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Storage {
    /// Name.
    pub name: String,
    /// Bytes at month 0.
    pub bytes: QuantityId,
    /// What comes, beside what tables move there; bytes instead of rows.
    pub growth: Option<Growth>,
    /// Its tiers, as written.
    pub tiers: Vec<Tier>,
    /// Age at which objects are deleted, seconds.
    pub expire: Option<QuantityId>,
    /// Share that never expires.
    pub keep: QuantityId,
    /// Bytes of an object.
    pub object: Option<QuantityId>,
}

/// `[price]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices {
    /// Of an instance of a service and second.
    pub instances: Vec<(usize, QuantityId)>,
    /// Of the server of a database and second.
    pub databases: Vec<(usize, QuantityId)>,
    /// Of a byte of its disk and second.
    pub disks: Vec<(usize, QuantityId)>,
    /// Of a byte of its backup and second.
    pub backups: Vec<(usize, QuantityId)>,
    /// Of a byte that is read from a storage.
    pub transfer: Option<QuantityId>,
    /// Of a request to an endpoint.
    pub calls: Vec<(usize, QuantityId)>,
}

/// All that only a forecast asks for.
#[derive(Debug, Clone, Default)]
pub struct Outlook {
    /// Year, month and day of month 0.
    pub start: Option<(i16, i8, i8)>,
    /// Storages.
    pub storages: Vec<Storage>,
    /// Prices.
    pub prices: Prices,
    /// What must hold of amounts, and of requests at dates.
    pub objectives: Vec<Objective>,
    /// What somebody said of them.
    pub claims: Vec<Claim>,
}
