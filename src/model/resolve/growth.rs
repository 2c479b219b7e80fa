//! How amounts grow, how long they stay, where they lie and what they cost.

use super::Resolver;
use super::names::NOWHERE;
use super::numbers::{DURATION, NO_QUANTITY, RATE, SHARE, expectation};
use super::section::Section;
use crate::diag::{Diagnostic, Id, name};
use crate::expr::check::check;
use crate::expr::checked::Checked;
use crate::expr::metric::{Condition, MetricKind};
use crate::expr::scope::Expectation;
use crate::growth::calendar::MONTHS_MAX;
use crate::model::{
    Arrivals, Binding, Bounds, Claim, Growth, GrowthShape, Inflow, LoadGrowth, Model, Objective,
    Outlook, Prices, QuantityId, Retention, Shape, Storage, Stretch, Then, Tier, Use, Workload,
    WriteKind,
};
use crate::scenario::keys::{Kind, growth as keys};
use crate::scenario::raw::{Node, Value};
use crate::units::{Dimension, show};

/// Bytes at rest.
const BYTES: Bounds = Bounds::real(0.0, 1e21);
/// Bytes per second that come.
const BANDWIDTH: Bounds = Bounds::real(0.0, 1e15);
/// Money, and prices of anything.
const PRICE: Bounds = Bounds::real(0.0, 1e12);
/// Growth in a stretch, as a share: a table may shrink.
const GROWTH: Bounds = Bounds::real(-0.99, 1_000.0);
/// Growth that bends towards a limit.
const RISING: Bounds = Bounds::real(1e-9, 1_000.0);
/// Factors of months.
const FACTOR: Bounds = Bounds::real(0.0, 1e6);
/// Changes of a rate, in units a second and second.
const RISE: Bounds = Bounds::real(-1e15, 1e15);
/// Amounts of a limit.
const LIMIT: Bounds = Bounds::real(1e-12, 1e21);
/// Longest calendar, in seconds.
const HORIZON_MAX: f64 = MONTHS_MAX as f64 / 12.0 * 365.25 * 86_400.0;

/// What grows.
#[derive(Clone, Copy)]
struct Grows {
    /// Things: rows, bytes.
    dimension: Dimension,
    bounds: Bounds,
    what: &'static str,
    example: &'static str,
}

const ROWS: Grows =
    Grows { dimension: Dimension::COUNT, bounds: RATE, what: "rows", example: "500/day" };
const OBJECTS: Grows = Grows {
    dimension: Dimension::BYTES,
    bounds: BANDWIDTH,
    what: "bytes",
    example: "500/day * 2h * 5 Mbit/s",
};

/// A multiple of the load: that per time, times time, is a number.
const LOAD: Grows = Grows {
    dimension: Dimension::TIME,
    bounds: FACTOR,
    what: "the load",
    example: "{ compound = \"5%\" }",
};

/// Whether the requests of a workload make a table grow, or are paid for.
fn is_counted(model: &Model, workload: &Workload) -> bool {
    let by_traffic = |table: usize| {
        let growth = model.tables[table].growth.as_ref();
        growth.is_some_and(|growth| growth.inflow == Inflow::Traffic)
    };
    let writes = |query: usize| match model.queries[query].table {
        Some(Use::Write(write)) => write.kind != WriteKind::Update && by_traffic(write.table),
        _ => false,
    };
    workload.asked().any(|endpoint| {
        let is_paid = |price: &(usize, QuantityId)| price.0 == endpoint;
        let mut calls = model.outlook.prices.calls.iter();
        calls.any(is_paid) || model.queries_from(endpoint).into_iter().any(writes)
    })
}

impl<'a> Resolver<'a> {
    /// `workload.X.growth`
    pub(super) fn growth_of_load(&mut self, section: &Section<'a>) -> Option<LoadGrowth> {
        let node = section.get("growth")?;
        node.as_table()?;
        let law = section.child("growth")?;
        let one = Checked::from_number(1.0);
        let now = self.add_quantity(section.at("growth"), Some(node), one, FACTOR);
        let shape = self.growth_shape(&law, false, LOAD);
        Some(LoadGrowth { now, shape, seasonal: self.seasonal(&law) })
    }

    /// `table.X.growth`
    pub(super) fn growth_of_rows(&mut self, section: &Section<'a>) -> Option<Growth> {
        self.growth(section, ROWS)
    }

    fn growth(&mut self, section: &Section<'a>, grows: Grows) -> Option<Growth> {
        let node = section.get("growth")?;
        let span = node.span;
        let Some(_) = node.as_table() else {
            let inflow = self.inflow(section, "growth", node, grows);
            return Some(Growth {
                inflow,
                shape: GrowthShape::Constant,
                seasonal: Vec::new(),
                span,
            });
        };
        let law = section.child("growth")?;
        let itself = law.get("rows_compound").is_some();
        let inflow = match law.get("rate") {
            Some(rate) => self.inflow(&law, "rate", rate, grows),
            None => Inflow::Itself,
        };
        let shape = self.growth_shape(&law, itself, grows);
        Some(Growth { inflow, shape, seasonal: self.seasonal(&law), span })
    }

    /// What comes at month 0.
    fn inflow(&mut self, section: &Section<'a>, key: &str, node: &'a Node, grows: Grows) -> Inflow {
        if node.as_str() == Some("traffic") && grows.dimension == Dimension::COUNT {
            return Inflow::Traffic;
        }
        let rate = per_time(grows.dimension);
        let slip = |found: Dimension, text: &str| {
            if text.contains('%') {
                return Some(as_share(&section.at(key), node));
            }
            if is_factor(text) {
                let meant = "a larger number in a longer time, such as `13/year`";
                return Some(as_factor(&section.at(key), node, meant));
            }
            (found == grows.dimension).then(|| without_time(&section.at(key), node, grows))
        };
        Inflow::Stated(self.measured(section, key, node, (rate, grows.bounds), &slip))
    }

    fn growth_shape(&mut self, law: &Section<'a>, itself: bool, grows: Grows) -> GrowthShape {
        if let Some(node) = law.get("rise") {
            let wanted = per_time(per_time(grows.dimension));
            return GrowthShape::Rise(
                self.measured(law, "rise", node, (wanted, RISE), &|_, _| None),
            );
        }
        let key = if itself { "rows_compound" } else { "compound" };
        let Some(node) = law.get(key) else {
            for extra in ["s_curve", "per"] {
                if let Some(node) = law.get(extra) {
                    let message = format!("{} has no `compound`", name(&law.path));
                    let found = Diagnostic::new(Id::MissingKey, message);
                    let found = found.at(node.span, "by how much does it grow at first?");
                    self.push(found.help("write the share too, such as `compound = \"8%\"`"));
                }
            }
            return GrowthShape::Constant;
        };
        let number = node.as_number().or_else(|| node.as_str()?.parse().ok());
        if number.is_some_and(|number: f64| number > 1.0 && number < 2.0) {
            self.push(as_factor(&law.at(key), node, "with its sign, such as `\"108%\"`"));
            return GrowthShape::Constant;
        }
        let bounds = if law.get("s_curve").is_some() { RISING } else { GROWTH };
        let slip = |found: Dimension, _: &str| {
            (found == Dimension::RATE).then(|| as_share(&law.at(key), node))
        };
        let growth = self.measured(law, key, node, (Dimension::COUNT, bounds), &slip);
        let per = self.stretch(law, "per").unwrap_or(Stretch::Months(1));
        let limit = law.get("s_curve").map(|node| {
            let wanted = if itself { grows.dimension } else { per_time(grows.dimension) };
            self.measured(law, "s_curve", node, (wanted, LIMIT), &|_, _| None)
        });
        GrowthShape::Compound { growth, per, limit }
    }

    fn seasonal(&mut self, law: &Section<'a>) -> Vec<QuantityId> {
        let Some(node) = law.get("seasonal") else { return Vec::new() };
        let items = node.as_array().unwrap_or_default();
        if ![4, 12].contains(&items.len()) {
            let message = format!("{} factors of a year", items.len());
            let found = Diagnostic::new(Id::BadArguments, message);
            self.push(found.at(node.span, "twelve, January first, or four of quarters"));
            return Vec::new();
        }
        let path = |index| format!("{}[{index}]", law.at("seasonal"));
        let wanted = Some(Expectation::fixed(Dimension::COUNT));
        let factors = items.iter().enumerate();
        factors.map(|(index, item)| self.quantity_at(item, path(index), wanted, FACTOR)).collect()
    }

    /// A quantity of one dimension; `slip` names what is often meant by another one.
    fn measured(
        &mut self,
        section: &Section<'a>,
        key: &str,
        node: &'a Node,
        (wanted, bounds): (Dimension, Bounds),
        slip: &dyn Fn(Dimension, &str) -> Option<Diagnostic>,
    ) -> QuantityId {
        let Some(checked) = self.checked(node, Some(Expectation::ANY)) else { return NO_QUANTITY };
        let text = node.as_str().unwrap_or_default();
        let is_no_rate = text.contains('%') || is_factor(text);
        let is_share = wanted == Dimension::RATE && is_no_rate && !checked.uses_inputs();
        if checked.dimension == wanted && !is_share {
            return self.add_quantity(section.at(key), Some(node), checked, bounds);
        }
        if let Some(found) = slip(checked.dimension, text) {
            self.push(found);
            return NO_QUANTITY;
        }
        let wanted = Some(Expectation::fixed(wanted));
        self.quantity_at(node, section.at(key), wanted, bounds)
    }

    /// A stretch of the calendar; none where nothing is stated and nothing is the default.
    fn stretch(&mut self, section: &Section<'a>, key: &str) -> Option<Stretch> {
        let word = match section.get(key) {
            Some(node) => node.as_str(),
            None => Some(self.word(section, key)).filter(|word| !word.is_empty()),
        };
        match word {
            Some("day") => Some(Stretch::Days(1)),
            Some("week") => Some(Stretch::Days(7)),
            Some("month") => Some(Stretch::Months(1)),
            Some("year") => Some(Stretch::Months(12)),
            None if section.get(key).is_none() => None,
            _ => {
                let node = section.get(key)?;
                let wanted = Some(Expectation::fixed(Dimension::TIME));
                let days = Bounds::real(86_400.0, Bounds::TIME.max);
                Some(Stretch::Time(self.quantity_at(node, section.at(key), wanted, days)))
            }
        }
    }

    /// `table.X.retention`
    pub(super) fn retention(&mut self, section: &Section<'a>) -> Option<Retention> {
        let node = section.get("retention")?;
        let rule = section.child("retention")?;
        let after = self.quantity(&rule, "after", DURATION);
        let then = match self.word(&rule, "then") {
            "drop" => Then::Drop,
            word => match word.strip_prefix("storage.") {
                Some(storage) => {
                    let span = rule.get("then").map_or(node.span, Node::inner_span);
                    match self.named("storage", storage, span) {
                        NOWHERE => Then::Delete,
                        index => Then::Move(index),
                    }
                }
                None => Then::Delete,
            },
        };
        let every = self.stretch(&rule, "every");
        Some(Retention { after, then, every, span: node.span })
    }

    /// The share of the rows of a table in a range: as stated, or of a range of time what came in it
    /// of what is kept.
    pub(super) fn share_of_range(
        &mut self,
        node: &'a Node,
        path: String,
        table: &str,
    ) -> Option<QuantityId> {
        let wanted = Expectation::fixed(Dimension::COUNT);
        let checked = self.checked(node, Some(Expectation { dimension: None, ..wanted }))?;
        if checked.dimension != Dimension::TIME {
            return Some(self.quantity_at(node, path, Some(wanted), SHARE));
        }
        let raw = self.raw;
        let found = raw.entities("table").find(|entity| entity.name == table)?.table;
        let text = |key| found.get(key).and_then(Node::as_str);
        let kept = found.get("retention").and_then(Node::as_table);
        let after = kept.and_then(|kept| kept.get("after")).and_then(Node::as_str);
        let rows = match found.get("rows").map(|node| &node.value) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Integer(rows)) => Some(rows.to_string()),
            _ => None,
        };
        let range = node.as_str()?;
        let share = match (after, text("growth"), rows) {
            (Some(after), ..) => format!("min(1, ({range}) / ({after}))"),
            (None, Some(rate), Some(rows)) if rate != "traffic" => {
                format!("min(1, ({range}) * ({rate}) / max(1, {rows}))")
            }
            _ => {
                let message = format!("which share of {} that is is not known", name(table));
                let found = Diagnostic::new(Id::UnknownMatches, message);
                let found = found.at(node.inner_span(), "a range of time");
                self.push(
                    found.help("state the share, such as `\"5%\"`, or `retention` of the table"),
                );
                return None;
            }
        };
        let limits = Bounds::real(0.0, f64::MAX);
        let time = self.add_quantity(path.clone(), Some(node), checked, limits);
        self.ranges.push((time, table.to_owned(), node));
        // Its parts are checked where they stand.
        let share = check(&share, &self.scope, self.tables, wanted).ok()?;
        Some(self.add_quantity(format!("{path}, share"), None, share, SHARE))
    }

    /// Doubts about amounts.
    pub(super) fn doubtful_amounts(&mut self, model: &Model, binding: &Binding) {
        for (range, table, node) in std::mem::take(&mut self.ranges) {
            let found = model.tables.iter().find(|known| known.name == table);
            let Some(kept) = found.and_then(|table| table.retention) else { continue };
            let (range, after) = (binding.get(range), binding.get(kept.after));
            if range > after * (1.0 + 1e-9) {
                let message = format!(
                    "a range of {} in {}, which keeps rows for {}",
                    show::duration(range),
                    name(&format!("table.{table}")),
                    show::duration(after)
                );
                let found = Diagnostic::new(Id::RetentionTooShort, message);
                let found = found.at(node.inner_span(), "older rows are gone");
                self.push(found.and(kept.span, "kept so long"));
            }
        }
        for workload in &model.workloads {
            let cyclic = matches!(workload.shape, Some(Shape::Cycle { .. } | Shape::Phases(_)));
            let closed = matches!(workload.arrivals, Arrivals::Users { .. });
            let open = matches!(workload.arrivals, Arrivals::Open { .. });
            if !(open || closed)
                || cyclic
                || workload.mean_share.is_some()
                || !is_counted(model, workload)
            {
                continue;
            }
            let path = format!("workload.{}", workload.name);
            let what = if closed { "all users" } else { "the rate" };
            let taken = if closed { "are taken to be there" } else { "is taken for its mean over" };
            let message = format!("{what} of {} {taken} a week", name(&path));
            let found = Diagnostic::new(Id::PeakAllDay, message);
            let raw = self.raw;
            let mut entities = raw.entities("workload");
            let entity = entities.find(|entity| entity.name == workload.name);
            let keys = ["rate", "shape", "users"];
            let rate =
                entity.and_then(|entity| keys.into_iter().find_map(|key| entity.table.get(key)));
            let found = match rate {
                Some(node) => found.at(node.span, "all day, every day?"),
                None => found,
            };
            self.push(found.help(if closed {
                "state `mean_share`, such as `\"30%\"`: the mean over a week as a share of the users"
            } else {
                "state `mean_share`, such as `\"30%\"`, or a shape with a `cycle` of a day or week"
            }));
        }
        self.no_traffic(model);
    }

    /// Tables that grow by traffic into which nothing is written at a rate of a week.
    fn no_traffic(&mut self, model: &Model) {
        let by_traffic = |table: &&crate::model::Table| {
            table.growth.as_ref().is_some_and(|growth| growth.inflow == Inflow::Traffic)
        };
        for table in model.tables.iter().filter(by_traffic) {
            let id = model.tables.iter().position(|known| known.name == table.name);
            let writes = |query: usize| match model.queries[query].table {
                Some(Use::Write(write)) => {
                    write.kind == WriteKind::Insert && Some(write.table) == id
                }
                _ => false,
            };
            let inserts = |workload: &&Workload| {
                workload
                    .asked()
                    .any(|endpoint| model.queries_from(endpoint).into_iter().any(writes))
            };
            let all: Vec<&Workload> = model.workloads.iter().filter(inserts).collect();
            let is_weekly = |workload: &&Workload| {
                matches!(workload.arrivals, Arrivals::Open { .. } | Arrivals::Users { .. })
            };
            if all.iter().any(is_weekly) {
                continue;
            }
            let path = format!("table.{}", table.name);
            let message = format!("{} grows by traffic, and none comes", name(&path));
            let found = Diagnostic::new(Id::GrowthWithoutTraffic, message);
            let raw = self.raw;
            let mut entities = raw.entities("table");
            let node = entities.find(|entity| entity.name == table.name);
            let found = match node.and_then(|entity| entity.table.get("growth")) {
                Some(node) => found.at(node.span, "it stays as it is"),
                None => found,
            };
            self.push(match all.first() {
                Some(workload) => found.help(format!(
                    "`workload.{}` inserts into it, and a burst or a log has no rate of a week: state \
                     one, such as `growth = \"500/day\"`",
                    workload.name
                )),
                None => found.help("no workload asks for an endpoint that inserts into it"),
            });
        }
    }

    /// All that only a forecast asks for.
    pub(super) fn outlook(&mut self, objectives: &[Objective], claims: &[Claim]) -> Outlook {
        let about = |that: &Condition| that.is_about_amounts();
        for condition in objectives.iter().map(|one| (&one.that, one.span)) {
            self.beyond_the_calendar(condition.0, condition.1);
        }
        for condition in claims.iter().map(|one| (&one.that, one.span)) {
            self.beyond_the_calendar(condition.0, condition.1);
        }
        Outlook {
            start: self.start(),
            storages: self.storages(),
            prices: self.prices(),
            objectives: objectives.iter().filter(|one| about(&one.that)).cloned().collect(),
            claims: claims.iter().filter(|one| about(&one.that)).cloned().collect(),
        }
    }

    /// Dates lie within the calendar.
    fn beyond_the_calendar(&mut self, that: &Condition, span: Option<crate::diag::Span>) {
        let dates = that.sides().flat_map(|side| side.dates());
        let late = dates.filter_map(|date| match &date.kind {
            MetricKind::Literal(quantity, written)
                if quantity.dimension == Dimension::TIME && quantity.value > HORIZON_MAX =>
            {
                Some(written.text.clone())
            }
            _ => None,
        });
        for text in late.collect::<Vec<_>>() {
            let message = format!("the calendar ends before {text}");
            let found = Diagnostic::new(Id::HorizonBeyondCalendar, message);
            let found = found.help("a forecast reaches a hundred years from month 0 at most");
            self.push(match span {
                Some(span) => found.at(span, "after its end"),
                None => found,
            });
        }
    }

    fn start(&mut self) -> Option<(i16, i8, i8)> {
        let raw = self.raw;
        let node = raw.value(&["scenario", "start"])?;
        let Value::Date(text) = &node.value else { return None };
        let mut parts = text.get(..10)?.split('-');
        let year = parts.next()?.parse().ok()?;
        let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        if year < 1 {
            let found = Diagnostic::new(Id::BadDate, "the calendar begins with the year 1");
            self.push(found.at(node.span, "before it"));
            return None;
        }
        Some((year, month, day))
    }

    fn storages(&mut self) -> Vec<Storage> {
        let raw = self.raw;
        let mut storages = Vec::new();
        for entity in raw.entities("storage") {
            let section = Section::of(&keys::STORAGE, entity);
            let tiers = self.tiers(&section);
            if tiers.is_empty() && section.get("tier").is_none() {
                let message = format!("{} has no tier", name(&section.path));
                let found = Diagnostic::new(Id::StorageWithoutTier, message);
                let found = found.at(entity.name_span, "what lies here costs nothing");
                self.push(found.help(
                    "state one: `tier = { standard = { price = \"0.023 $ / (GB*month)\" } }`",
                ));
            }
            storages.push(Storage {
                name: entity.name.to_owned(),
                bytes: self.quantity(&section, "bytes", BYTES),
                growth: self.growth(&section, OBJECTS),
                tiers,
                expire: self.quantity_opt(&section, "expire", DURATION),
                keep: self.quantity(&section, "keep", SHARE),
                object: self.quantity_opt(&section, "object", Bounds::real(1e-3, BYTES.max)),
            });
        }
        storages
    }

    fn tiers(&mut self, section: &Section<'a>) -> Vec<Tier> {
        let Some(table) = section.get("tier").and_then(Node::as_table) else { return Vec::new() };
        let mut tiers = Vec::new();
        for (key, node) in table {
            let path = format!("{}.{}", section.at("tier"), key.text);
            let tier = Section::maybe(&keys::TIER, path, Some(node));
            tiers.push(Tier {
                name: key.text.clone(),
                after: self.quantity(&tier, "after", Bounds::TIME),
                price: self.quantity(&tier, "price", PRICE),
                minimum: self.quantity(&tier, "minimum", Bounds::TIME),
                request: self.quantity(&tier, "request", PRICE),
                reads: self.quantity(&tier, "reads", Bounds::real(0.0, 1e9)),
                retrieval: self.quantity(&tier, "retrieval", PRICE),
            });
        }
        tiers
    }

    fn prices(&mut self) -> Prices {
        let raw = self.raw;
        let Some(node) = raw.value(&["price"]) else { return Prices::default() };
        let section = Section::maybe(&keys::PRICE, "price".to_owned(), Some(node));
        Prices {
            instances: self.prices_of(&section, "instance", "service"),
            databases: self.prices_of(&section, "database", "database"),
            disks: self.prices_of(&section, "disk", "database"),
            backups: self.prices_of(&section, "backup", "database"),
            transfer: section.get("transfer").map(|_| self.quantity(&section, "transfer", PRICE)),
            calls: self.prices_of(&section, "call", "endpoint"),
        }
    }

    /// Prices by the entity that they are of.
    fn prices_of(
        &mut self,
        section: &Section<'a>,
        key: &str,
        table: &'static str,
    ) -> Vec<(usize, QuantityId)> {
        let Some(Value::Table(prices)) = section.get(key).map(|node| &node.value) else {
            return Vec::new();
        };
        let kind = section.key(key).map(|key| &key.kind);
        let wanted = kind.and_then(|kind: &Kind| expectation(kind));
        let mut found = Vec::new();
        for (of, node) in prices {
            let path = format!("{}.{}", section.at(key), of.text);
            let index = self.named(table, &of.text, of.span);
            found.push((index, self.quantity_at(node, path, wanted, PRICE)));
        }
        found
    }
}

fn per_time(dimension: Dimension) -> Dimension {
    dimension.per(Dimension::TIME).unwrap_or(dimension)
}

/// `growth = 500`: things at a time, or per what?
fn without_time(path: &str, node: &Node, grows: Grows) -> Diagnostic {
    let what = grows.what;
    let message = format!("{} is an amount, without a time", name(path));
    let found = Diagnostic::new(Id::GrowthWithoutTime, message)
        .at(node.inner_span(), format!("so many {what} per what?"))
        .help(format!("what grows is stated per time, such as `{}`", grows.example));
    if grows.dimension != Dimension::COUNT {
        return found;
    }
    found.help(
        "so many *at once* are no rate: N at once that last 2 h each are `N / 2h`, 12 N a day",
    )
}

/// `1.08/month`, `0.08 / month`: between one and two things in a month or longer, or a few hundredths of one.
fn is_factor(text: &str) -> bool {
    let Some((number, time)) = text.split_once('/') else { return false };
    let number: Option<f64> = number.trim().replace('_', "").parse().ok();
    let is_long = ["month", "quarter", "year"].contains(&time.trim().trim_end_matches('s'));
    let is_growth = |number: f64| number > 1.0 && number < 2.0 || number > 0.0 && number < 0.2;
    is_long && number.is_some_and(is_growth)
}

/// `growth = "1.08/month"`, `compound = 1.08`: a factor is no rate, and no share by which something grows.
fn as_factor(path: &str, node: &Node, meant: &str) -> Diagnostic {
    let message = format!("{} looks like a factor", name(path));
    as_compound(message, node, "a factor by which something grows?")
        .help(format!("where that is meant: {meant}"))
}

/// `growth = "8%/month"`, `compound = "8%/month"`: a share is no rate.
fn as_share(path: &str, node: &Node) -> Diagnostic {
    as_compound(format!("{} is a share per time", name(path)), node, "a share of what?")
}

/// What is compound growth, written as something else.
fn as_compound(message: String, node: &Node, label: &str) -> Diagnostic {
    Diagnostic::new(Id::CompoundAsRate, message)
        .at(node.inner_span(), label)
        .help(
            "of what comes: `growth = { rate = \"500/day\", compound = \"8%\", per = \"month\" }`",
        )
        .help("of the table: `growth = { rows_compound = \"8%\", per = \"month\" }`")
}
