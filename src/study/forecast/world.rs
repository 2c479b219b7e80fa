//! Everything in one world, date by date.

use super::sizes::{Sized, Sizes};
use super::{backups, every, purges};
use crate::access::settings::Costs;
use crate::access::stored::Stored;
use crate::access::ways::{Needs, Ways};
use crate::database::write::{Verb, write};
use crate::demand::{self, Traffic, traffic};
use crate::growth::calendar::{Calendar, DAY, Every, MONTH};
use crate::growth::law::{Course, Law, Of, Per, Shape};
use crate::growth::money::Money;
use crate::growth::retention::{Past, Retention, Stock, Way};
use crate::growth::storage::{self, Rules, Source};
use crate::model::{
    BindProblem, Binding, Growth, GrowthShape, Inflow, Model, QuantityId, Scaling, Then, Use, World,
};
use crate::units::Dimension;

/// Paths of all amounts, in the order of their values.
pub(super) fn names(model: &Model, queries: bool) -> Vec<(String, Dimension)> {
    let mut names = Vec::new();
    let mut add = |path: String, dimension| names.push((path, dimension));
    for table in &model.tables {
        let path = format!("table.{}", table.name);
        add(format!("{path}.rows"), Dimension::COUNT);
        add(format!("{path}.partitions"), Dimension::COUNT);
        for bytes in ["bytes", "index_bytes", "heap", "toast"] {
            add(format!("{path}.{bytes}"), Dimension::BYTES);
        }
        for index in &table.indexes {
            add(format!("{path}.index.{}", index.name), Dimension::BYTES);
        }
        for (word, dimension) in purges::WORDS.iter().filter(|_| table.retention.is_some()) {
            add(format!("{path}.purge.{word}"), *dimension);
        }
    }
    for database in &model.databases {
        let path = format!("database.{}", database.name);
        add(format!("{path}.bytes"), Dimension::BYTES);
        add(format!("{path}.wal"), Dimension::BANDWIDTH);
        add(format!("{path}.backup_time"), Dimension::TIME);
        add(format!("{path}.restore_time"), Dimension::TIME);
        add(format!("{path}.working_set"), Dimension::BYTES);
        add(format!("{path}.cache"), Dimension::BYTES);
        add(format!("{path}.disk"), Dimension::BYTES);
        if database.disk.size.is_some() {
            add(format!("{path}.disk_left"), Dimension::BYTES);
        }
    }
    for storage in &model.outlook.storages {
        let path = format!("storage.{}", storage.name);
        add(format!("{path}.bytes"), Dimension::BYTES);
        for tier in &storage.tiers {
            add(format!("{path}.{}.bytes", tier.name), Dimension::BYTES);
        }
    }
    for query in model.queries.iter().filter(|query| queries && query.table.is_some()) {
        add(format!("query.{}.cpu", query.name), Dimension::TIME);
        add(format!("query.{}.pages", query.name), Dimension::COUNT);
    }
    for storage in &model.outlook.storages {
        let path = format!("storage.{}", storage.name);
        add(format!("{path}.cost"), Dimension::MONEY);
        for tier in &storage.tiers {
            add(format!("{path}.{}.cost", tier.name), Dimension::MONEY);
        }
    }
    for item in ["instances", "databases", "disks", "backups", "calls", "month", "total"] {
        add(format!("cost.{item}"), Dimension::MONEY);
    }
    names
}

/// Amounts that limits may be about between the dates, by their place among the names.
pub(super) fn watched(names: &[(String, Dimension)]) -> Vec<usize> {
    let is_watched = |path: &str| {
        let words: Vec<&str> = path.split('.').collect();
        matches!(
            words.as_slice(),
            ["table", _, "rows" | "bytes"] | ["database", _, "bytes" | "working_set"]
        )
    };
    (0..names.len()).filter(|at| is_watched(&names[*at].0)).collect()
}

/// Amounts in one world.
pub(super) struct Amounts {
    /// All of them by date.
    pub values: Vec<Vec<f64>>,
    /// Those that are watched by peak.
    pub peaks: Vec<Vec<f64>>,
}

/// The values of all amounts by date; those of queries only at the dates of `queries`.
pub(super) fn amounts(
    model: &Model,
    world: &World,
    scaling: Scaling,
    (calendar, dates, peaks): (&Calendar, &[f64], &[f64]),
    (queries, sizes): (&[f64], &Sizes),
) -> Result<Amounts, Vec<BindProblem>> {
    let (binding, traffic) = bound(model, world, scaling)?;
    let at = At { model, binding: &binding, calendar, traffic: &traffic };
    let stocks = at.stocks();
    let storages = at.storages(&stocks);
    let mut dated = at.binding.clone();
    let mut room: Vec<f64> = vec![0.0; model.tables.len()];
    let mut all = Amounts { values: Vec::new(), peaks: Vec::new() };
    let mut held = Vec::with_capacity(dates.len());
    let mut next_peak = 0;
    for &date in dates {
        // In order, since the room of a table is what it needed most so far.
        while let Some(&peak) = peaks.get(next_peak).filter(|peak| **peak <= date) {
            for (room, stock) in room.iter_mut().zip(&stocks) {
                *room = room.max(stock.there(calendar, peak));
            }
            next_peak += 1;
        }
        let mut values = Vec::new();
        let sized = at.tables(date, &stocks, sizes, (&mut room, &mut dated), &mut values);
        held.push(at.databases(date, &stocks, &sized, &mut values));
        for storage in &storages {
            let tiers = storage.tiers(calendar, date);
            values.push(tiers.iter().sum());
            values.extend(&tiers[..storage.named]);
        }
        if !queries.is_empty() {
            let asked = queries.contains(&date);
            at.queries(&dated, &sized, asked, &mut values);
        }
        all.values.push(values);
    }
    if !peaks.is_empty() {
        all.peaks = at.peaks((dates, peaks), &stocks, &all.values, (sizes, &mut dated));
    }
    at.costs(dates, &storages, &held, &mut all.values);
    Ok(all)
}

/// The numbers of a world, with what comes over a week where that is asked for.
pub(super) fn bound(
    model: &Model,
    world: &World,
    scaling: Scaling,
) -> Result<(Binding, Vec<Traffic>), Vec<BindProblem>> {
    let by_traffic = |growth: &Growth| growth.inflow == Inflow::Traffic;
    let asks = model.tables.iter().filter_map(|table| table.growth.as_ref()).any(by_traffic)
        || !model.outlook.prices.calls.is_empty();
    if asks {
        let binding = demand::bind(model, world, scaling)?;
        let found = traffic(model, &binding);
        return Ok((binding, found));
    }
    Ok((model.bind(world, scaling)?, Vec::new()))
}

/// A storage with the number of its stated tiers: one that has none has a nameless one.
struct Held<'a> {
    storage: storage::Storage<'a>,
    named: usize,
    /// Tiers by rising age as they are written.
    order: Vec<usize>,
}

impl Held<'_> {
    /// Bytes by tier, in the order in which they are written.
    fn tiers(&self, calendar: &Calendar, date: f64) -> Vec<f64> {
        let sorted = self.storage.tiers(calendar, date);
        let mut tiers = vec![0.0; sorted.len()];
        for (bytes, &at) in sorted.into_iter().zip(&self.order) {
            tiers[at] = bytes;
        }
        tiers
    }
}

pub(super) struct At<'a> {
    pub model: &'a Model,
    pub binding: &'a Binding,
    pub calendar: &'a Calendar,
    pub traffic: &'a [Traffic],
}

impl At<'_> {
    /// The law of what is there, `base` at month 0, or of what comes; `traffic` of requests.
    fn law(&self, growth: &Growth, (base, traffic): (f64, f64)) -> Law {
        let (of, base) = match growth.inflow {
            Inflow::Stated(rate) => (Of::Inflow, self.binding.get(rate)),
            Inflow::Traffic => (Of::Inflow, traffic),
            Inflow::Itself => (Of::Stock, base),
        };
        self.shaped((of, base), growth.shape, &growth.seasonal)
    }

    /// What the load of a workload is multiplied with over time; none: of those that do not grow.
    pub fn load(&self, workload: Option<usize>) -> Law {
        match workload.and_then(|at| self.model.workloads[at].growth.as_ref()) {
            Some(growth) => self.shaped((Of::Inflow, 1.0), growth.shape, &growth.seasonal),
            None => Law::constant(1.0),
        }
    }

    fn shaped(&self, (of, base): (Of, f64), shape: GrowthShape, seasonal: &[QuantityId]) -> Law {
        let get = |id| self.binding.get(id);
        let shape = match shape {
            GrowthShape::Constant => Shape::Constant,
            GrowthShape::Rise(by) => Shape::Rise { by: get(by) },
            GrowthShape::Compound { growth, per, limit } => {
                let per = match every(self.binding, per) {
                    Every::Seconds(seconds) => Per::Seconds(seconds),
                    Every::Months(months) => Per::Months(f64::from(months)),
                };
                let growth = get(growth);
                match limit {
                    None => Shape::Compound { growth, per },
                    Some(limit) => Shape::Saturating { growth, per, limit: get(limit) },
                }
            }
        };
        let factor = |month: usize| seasonal.get(month * seasonal.len() / 12);
        let seasons = (!seasonal.is_empty())
            .then(|| std::array::from_fn(|month| factor(month).map_or(1.0, |id| get(*id))));
        Law { of, base, shape, seasons }
    }

    /// What becomes of the rows of a table.
    pub fn stock(&self, table: usize) -> Stock {
        let plan = &self.model.tables[table];
        let rows = self.binding.get(plan.rows);
        let brought = |traffic: &Traffic| traffic.rows_per_s[table];
        let laws = match &plan.growth {
            None => vec![(1.0, Law::nothing())],
            // What the table says of its inflow itself counts instead.
            Some(growth) if growth.inflow == Inflow::Traffic && growth.is_constant() => {
                let of = |one: &Traffic| (brought(one), self.load(one.workload));
                self.traffic.iter().map(of).collect()
            }
            Some(growth) => {
                vec![(1.0, self.law(growth, (rows, self.traffic.iter().map(brought).sum())))]
            }
        };
        let retention = plan.retention.map(|rule| {
            let stretch = rule.every.map(|stretch| every(self.binding, stretch));
            let way = match (stretch, rule.then) {
                (None, _) => Way::AtOnce,
                (Some(every), Then::Drop) => Way::Pieces(every),
                (Some(every), Then::Delete | Then::Move(_)) => Way::Runs(every),
            };
            Retention { after: self.binding.get(rule.after), way }
        });
        let over = retention.map_or(0.0, |rule| rule.after);
        Stock::new(Past { amount: rows, over }, Course::sum(laws, self.calendar), retention)
    }

    pub fn stocks(&self) -> Vec<Stock> {
        (0..self.model.tables.len()).map(|table| self.stock(table)).collect()
    }

    fn storages<'s>(&self, stocks: &'s [Stock]) -> Vec<Held<'s>> {
        let get = |id| self.binding.get(id);
        let transfer = self.model.outlook.prices.transfer.map_or(0.0, get);
        let one = |(index, plan): (usize, &crate::model::Storage)| {
            let tier = |tier: &crate::model::Tier| storage::Tier {
                after: get(tier.after),
                price: get(tier.price),
                minimum: get(tier.minimum),
                request: get(tier.request),
                retrieval: get(tier.retrieval),
                reads: get(tier.reads),
            };
            let mut order: Vec<usize> = (0..plan.tiers.len()).collect();
            order.sort_by(|a, b| get(plan.tiers[*a].after).total_cmp(&get(plan.tiers[*b].after)));
            let mut tiers: Vec<storage::Tier> =
                order.iter().map(|id| tier(&plan.tiers[*id])).collect();
            if tiers.is_empty() {
                let free = (0.0, 0.0, 0.0, 0.0, 0.0);
                let (price, minimum, request, retrieval, reads) = free;
                tiers.push(storage::Tier { after: 0.0, price, minimum, request, retrieval, reads });
                order.push(0);
            }
            // What is younger than the first tier says lies there too.
            tiers[0].after = 0.0;
            let mut sources: Vec<Source> = Vec::new();
            if let Some(growth) = &plan.growth {
                let law = self.law(growth, (get(plan.bytes), 0.0));
                sources.push(Source::Own(Course::new(law, self.calendar)));
            }
            for (table, stock) in self.model.tables.iter().zip(stocks) {
                if table.retention.is_some_and(|rule| rule.then == Then::Move(index)) {
                    sources.push(Source::Leaving(stock, self.bytes_of_a_row(table)));
                }
            }
            let expire = plan.expire.map(get);
            let past = Past { amount: get(plan.bytes), over: expire.unwrap_or(0.0) };
            let object = plan.object.map_or(f64::INFINITY, get);
            let rules = Rules { tiers, expire, keep: get(plan.keep), object, transfer };
            let storage = storage::Storage { past, sources, rules };
            Held { storage, named: plan.tiers.len(), order }
        };
        self.model.outlook.storages.iter().enumerate().map(one).collect()
    }

    /// Bytes of a row without indexes, and with what lies out of line.
    fn bytes_of_a_row(&self, table: &crate::model::Table) -> f64 {
        let tables = &self.model.tables;
        let index = tables.iter().position(|known| known.name == table.name).unwrap_or(0);
        let tuple = Stored::new(self.model, self.binding, index).tuple;
        tuple.size.mean + tuple.chunk_pages * crate::database::heap::PAGE
    }

    /// Rows and bytes of each table; the binding then has its rows at the date.
    fn tables(
        &self,
        date: f64,
        stocks: &[Stock],
        sizes: &Sizes,
        (room, dated): (&mut [f64], &mut Binding),
        values: &mut Vec<f64>,
    ) -> Vec<Sized> {
        let mut all = Vec::new();
        for (id, (table, stock)) in self.model.tables.iter().zip(stocks).enumerate() {
            let rows = stock.there(self.calendar, date).max(0.0);
            // Pages of deleted rows stay with the table.
            let stays = table.retention.is_some_and(|rule| rule.then != Then::Drop);
            room[id] = if stays { room[id].max(rows) } else { rows };
            let sized = sizes.at(self.model, dated, id, room[id]);
            let index_bytes: f64 = sized.indexes.iter().sum();
            let dropped = table.retention.filter(|rule| rule.then == Then::Drop);
            let stretch = dropped.and_then(|rule| rule.every);
            let pieces = stretch.map_or(sized.pieces, |stretch| {
                stock.pieces(self.calendar, every(self.binding, stretch), date)
            });
            values.extend([rows, pieces, sized.bytes(), index_bytes, sized.heap, sized.toast]);
            values.extend(&sized.indexes);
            if let Some(rule) = table.retention {
                let database = (self.model, self.binding, table.database);
                values.extend(purges::amounts(
                    &rule,
                    (stock, &sized.stored),
                    database,
                    (self.calendar, date),
                ));
            }
            dated.restate(table.rows, rows);
            all.push(sized);
        }
        all
    }

    /// What is watched at the peaks: between the dates on straight lines, but for the rows of tables that
    /// lose them in runs, and the bytes of those that lose partitions.
    fn peaks(
        &self,
        (dates, peaks): (&[f64], &[f64]),
        stocks: &[Stock],
        values: &[Vec<f64>],
        (sizes, dated): (&Sizes, &mut Binding),
    ) -> Vec<Vec<f64>> {
        let names = names(self.model, false);
        let watched = watched(&names);
        let find = |path: String| watched.iter().position(|at| names[*at].0 == path);
        let place = |table: &crate::model::Table| {
            let (name, database) = (&table.name, &self.model.databases[table.database].name);
            let at = |word: &str| find(format!("table.{name}.{word}"));
            let of = |word: &str| find(format!("database.{database}.{word}"));
            Some((at("rows")?, at("bytes")?, of("bytes")?, of("working_set")?))
        };
        let places: Vec<_> = self.model.tables.iter().map(place).collect();
        let one = |&peak: &f64| {
            let next = dates.partition_point(|date| *date < peak).clamp(1, dates.len() - 1);
            let (from, to) = (dates[next - 1], dates[next]);
            let part = (peak - from) / (to - from);
            let line = |at: &usize| {
                let (low, high) = (values[next - 1][*at], values[next][*at]);
                low + part * (high - low)
            };
            let mut found: Vec<f64> = watched.iter().map(line).collect();
            for (id, (table, stock)) in self.model.tables.iter().zip(stocks).enumerate() {
                let runs = table.retention.filter(|rule| rule.every.is_some());
                let Some((rule, at)) = runs.zip(places[id]) else { continue };
                found[at.0] = stock.there(self.calendar, peak).max(0.0);
                if rule.then == Then::Drop {
                    let bytes = sizes.at(self.model, dated, id, found[at.0]).bytes();
                    let more = bytes - found[at.1];
                    found[at.1] = bytes;
                    found[at.2] += more;
                    let hot = table.hot.map_or(1.0, |hot| self.binding.get(hot.rows));
                    found[at.3] += more * hot;
                }
            }
            found
        };
        peaks.iter().map(one).collect()
    }

    /// Amounts of each database; the bytes of each.
    fn databases(
        &self,
        date: f64,
        stocks: &[Stock],
        sized: &[Sized],
        values: &mut Vec<f64>,
    ) -> Vec<f64> {
        let mut held = Vec::new();
        for (id, database) in self.model.databases.iter().enumerate() {
            let (mut bytes, mut log, mut working) = (0.0, 0.0, 0.0);
            let constants = Costs::of(self.model, self.binding, id).constants;
            let tables = self.model.tables.iter().zip(sized).zip(stocks);
            for ((table, sized), stock) in tables.filter(|((table, _), _)| table.database == id) {
                let stored = &sized.stored;
                bytes += sized.bytes();
                let hot = table.hot.map_or(1.0, |hot| self.binding.get(hot.rows));
                working += sized.bytes() - (sized.heap + sized.toast) * (1.0 - hot);
                let of = |verb: &Verb| {
                    write(&stored.relation, verb, 1.0, stored.tuple.size.mean, &constants).wal_bytes
                };
                let came = |date: f64| stock.came(self.calendar, date);
                log += (came(date + DAY) - came(date)).max(0.0) / DAY * of(&Verb::Insert);
                if let Some(rule) = table.retention {
                    let database = (self.model, self.binding, id);
                    let of = (stock, stored);
                    log += purges::wal(&rule, of, database, (self.calendar, date));
                }
            }
            let [copy, restore] = backups::times((self.model, self.binding, id), (bytes, log));
            let cache = crate::access::memory::cache(self.model, self.binding, id);
            let cache = cache.map_or(f64::INFINITY, |cache| cache.bytes);
            let stated = database.disk.size.map(|id| self.binding.get(id));
            let size = stated.unwrap_or(f64::INFINITY);
            values.extend([bytes, log, copy, restore, working, cache, size]);
            values.extend(stated.map(|size| (size - bytes).max(0.0)));
            held.push(bytes);
        }
        held
    }

    /// What one execution of each query takes, everything in memory, where that is asked for.
    fn queries(&self, dated: &Binding, sized: &[Sized], asked: bool, values: &mut Vec<f64>) {
        let stored: Vec<Stored> = if asked {
            sized.iter().map(|sized| sized.stored.clone()).collect()
        } else {
            Vec::new()
        };
        for query in &self.model.queries {
            let Some(usage) = &query.table else { continue };
            let costs = Costs::of(self.model, dated, query.database);
            let read = match usage {
                Use::Read(read) if asked => read,
                _ => {
                    values.extend([f64::NAN, f64::NAN]);
                    continue;
                }
            };
            let needs = Needs::of_read(&Ways::of(self.model, dated, &stored, read, &costs));
            let touched: f64 = needs.touched.iter().map(|one| one.pages).sum();
            let scanned: f64 = needs.scanned.iter().map(|one| one.1).sum();
            values.extend([needs.cpu, touched + scanned / crate::database::heap::PAGE]);
        }
    }

    /// Bills by month, and what has been paid by each date.
    fn costs(&self, dates: &[f64], storages: &[Held<'_>], held: &[Vec<f64>], all: &mut [Vec<f64>]) {
        let last = dates.last().map_or(0.0, |last| self.calendar.months(*last));
        let mut bills: Vec<Vec<Money>> = Vec::new();
        let mut totals = vec![Money::ZERO];
        for month in 0..libm::ceil(last - 1e-9) as i64 {
            let bill = self.bill(month, dates, storages, held);
            totals.push(totals[month as usize] + *bill.last().unwrap_or(&Money::ZERO));
            bills.push(bill);
        }
        let lines: usize = storages.iter().map(|held| held.named + 1).sum::<usize>() + 6;
        for (date, values) in dates.iter().zip(all) {
            // The month that ends at the date, or has it inside.
            let month = libm::ceil(self.calendar.months(*date) - 1e-9) as usize;
            match month.checked_sub(1).and_then(|month| bills.get(month)) {
                Some(bill) => values.extend(bill.iter().map(|line| line.units())),
                None => values.extend(std::iter::repeat_n(0.0, lines)),
            }
            values.push(totals.get(month).map_or(0.0, |total| total.units()));
        }
    }

    /// Seconds of a month at the load of month 0 that bring as much as the month does.
    fn stretch(&self, workload: Option<usize>, month: i64) -> f64 {
        let (begin, end) = (self.calendar.begin(month), self.calendar.begin(month + 1));
        if workload.is_none() {
            return end - begin;
        }
        let course = Course::new(self.load(workload), self.calendar);
        course.until(self.calendar, end) - course.until(self.calendar, begin)
    }

    /// The lines of a month: storages with their tiers, instances, databases, disks, backups, calls,
    /// and the sum.
    fn bill(
        &self,
        month: i64,
        dates: &[f64],
        storages: &[Held<'_>],
        held: &[Vec<f64>],
    ) -> Vec<Money> {
        let (begin, end) = (self.calendar.begin(month), self.calendar.begin(month + 1));
        let mut lines = Vec::new();
        let mut total = Money::ZERO;
        for one in storages {
            let bill = one.storage.bill(self.calendar, month);
            let of = |tier: usize| -> Money {
                let lines = bill.iter().filter(|line| one.order[line.0] == tier);
                lines.map(|line| line.2).sum()
            };
            let sum: Money = bill.iter().map(|line| line.2).sum();
            lines.push(sum);
            lines.extend((0..one.named).map(of));
            total += sum;
        }
        let (get, prices) = (|id| self.binding.get(id), &self.model.outlook.prices);
        let at = |time: f64| dates.partition_point(|date| *date < time).min(held.len() - 1);
        let (from, to) = (at(begin), at(end));
        let bytes = |database: usize| f64::midpoint(held[from][database], held[to][database]);
        let disk = |database: usize| {
            let size = self.model.databases[database].disk.size;
            size.map_or_else(|| bytes(database), get)
        };
        let seconds = end - begin;
        let sum = |amounts: Vec<f64>| amounts.into_iter().map(Money::of).sum::<Money>();
        let own = [
            sum(prices
                .instances
                .iter()
                .map(|&(service, price)| {
                    get(self.model.services[service].instances) * get(price) * seconds
                })
                .collect()),
            sum(prices.databases.iter().map(|one| get(one.1) * seconds).collect()),
            sum(prices.disks.iter().map(|one| disk(one.0) * get(one.1) * MONTH).collect()),
            sum(prices.backups.iter().map(|one| bytes(one.0) * get(one.1) * MONTH).collect()),
            sum(prices
                .calls
                .iter()
                .map(|&(endpoint, price)| {
                    let one = |traffic: &Traffic| {
                        traffic.requests_per_s[endpoint] * self.stretch(traffic.workload, month)
                    };
                    self.traffic.iter().map(one).sum::<f64>() * get(price)
                })
                .collect()),
        ];
        for line in own {
            lines.push(line);
            total += line;
        }
        lines.push(total);
        lines
    }
}
