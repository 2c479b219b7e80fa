//! The registry: every table, key, verb and modifier of the language, once.
//!
//! The reader checks against it, merging looks up which keys exclude each other, and the
//! reference in the documentation is printed from it ([`reference::reference_markdown`]), as is the
//! schema for editors ([`schema::json_schema`]). To add a word, add it here; words of later
//! releases stand here already as [`Status::Later`].
pub mod aliases;
pub mod backup;
pub mod balancing;
pub mod costs;
pub mod data;
pub mod disk;
pub mod growth;
pub mod load;
pub mod locks;
pub mod monotone;
pub mod reference;
pub mod schema;
pub mod steps;
pub mod substitutes;
pub mod tables;
#[cfg(test)]
mod tests;

/// Whether a word works in this release or is only reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Works.
    Now,
    /// Reserved for a later release; using it is an error that says so.
    Later,
}

/// What a quantity measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dimension {
    /// A number of things; fractions round up.
    Count,
    /// A plain number that may be fractional and is not rounded (cores, weights, factors).
    Number,
    /// A time, such as `5ms`.
    Time,
    /// Things per time, such as `80/s`.
    Rate,
    /// A size, such as `4 GiB`.
    Bytes,
    /// Bytes per time, such as `125 MiB/s`.
    Bandwidth,
    /// An amount of money, such as `20 $`.
    Money,
    /// Money per time, such as `0.17 $/h`.
    Spending,
    /// Money per byte, such as `0.09 $/GB`.
    BytePrice,
    /// Money per byte and time, such as `0.023 $ / (GB*month)`.
    StoragePrice,
    /// A share between 0 and 1, such as `8%`.
    Ratio,
    /// Whatever the expression gives.
    Any,
}

impl Dimension {
    /// The word in the reference.
    pub fn word(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Number => "number",
            Self::Time => "time",
            Self::Rate => "rate",
            Self::Bytes => "bytes",
            Self::Bandwidth => "bytes/time",
            Self::Money => "money",
            Self::Spending => "money/time",
            Self::BytePrice => "money/bytes",
            Self::StoragePrice => "money/(bytes·time)",
            Self::Ratio => "ratio",
            Self::Any => "quantity",
        }
    }
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Any text.
    Text,
    /// A list of texts.
    Texts,
    /// A new name, chosen by the author.
    Name,
    /// The name of an entity of this table.
    Reference(&'static str),
    /// A number or an expression of this dimension.
    Quantity(Dimension),
    /// The same, or a distribution: drawn anew at each use.
    Varying(Dimension),
    /// Which branch to take: `"fans < 100"`.
    Condition,
    /// A statement about metrics: `"p95(endpoint.x) < 500ms"`.
    Statement,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of some of these words.
    Words(&'static [&'static str]),
    /// A text of this form, such as `quorum(k)`.
    Pattern(&'static str, fn(&str) -> bool),
    /// `true` or `false`.
    Boolean,
    /// Only `true`.
    True,
    /// A whole number, not an expression.
    Integer,
    /// A calendar date.
    Date,
    /// A table with a closed list of keys.
    Table(&'static TableSpec),
    /// A table from names of the author's choice to values.
    Map(MapKeys, &'static Kind),
    /// A list of steps.
    Steps,
    /// A list of lists of steps.
    Branches,
    /// A list of tables.
    Tables(&'static TableSpec),
    /// A list of values of one kind.
    List(&'static Kind),
    /// Whichever of these fits.
    OneOf(&'static [Kind]),
    /// Not checked: values of reserved words, and tables of variants.
    Anything,
}

/// What the keys of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapKeys {
    /// Names that stand in expressions (inputs, `let`).
    Symbols,
    /// Names of entities of this table.
    Entities(&'static str),
    /// Names of things of this kind that the table itself defines (columns, indexes): of the form
    /// of an entity's name.
    Own(&'static str),
    /// Any texts: values that a column has, names that another table defines.
    Any(&'static str),
}

/// One key of a table, or one modifier of a step.
#[derive(Debug)]
pub struct KeySpec {
    /// The word.
    pub name: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// The value if it is not there.
    pub default: Default,
    /// Meaning, with units and per what: a phrase with a capital and no final full stop.
    pub doc: &'static str,
    /// Whether it works in this release.
    pub status: Status,
}

/// What holds if a key is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// This value, as one would write it (without quotes).
    Is(&'static str),
    /// Nothing: the feature is off or without limit. The text says what that means.
    Absent(&'static str),
    /// There is none: the key is required.
    Required,
}

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `[name]`, once.
    Single,
    /// `[name.X]` for each entity X.
    Named,
    /// As a value inside another table.
    Nested,
}

/// A table and its keys.
#[derive(Debug)]
pub struct TableSpec {
    /// The word in the header; for a nested table the key that it usually stands under.
    pub name: &'static str,
    /// How it is written.
    pub shape: Shape,
    /// What it describes, a phrase.
    pub doc: &'static str,
    /// Whether it works in this release.
    pub status: Status,
    /// Its keys, in the order of the reference.
    pub keys: &'static [KeySpec],
    /// Groups of keys of which at most one may stand.
    pub exclusive: &'static [&'static [&'static str]],
    /// Groups of keys of which at least one must stand (besides those required by themselves).
    pub needs: &'static [&'static [&'static str]],
}

impl TableSpec {
    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static KeySpec> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The keys that `key` excludes.
    pub fn excluded_by(&self, key: &str) -> impl Iterator<Item = &'static str> {
        let groups = self.exclusive.iter().filter(move |group| group.contains(&key));
        groups.flat_map(|group| group.iter().copied()).filter(move |other| *other != key)
    }
}

/// The table of this name at the top of a scenario.
pub fn table(name: &str) -> Option<&'static TableSpec> {
    tables::ALL.iter().copied().find(|spec| spec.name == name)
}

/// Tables with entities of which there may be any number.
pub fn named_tables() -> impl Iterator<Item = &'static TableSpec> {
    tables::ALL.iter().copied().filter(|spec| spec.shape == Shape::Named)
}

/// Whether `text` may name an entity: `[A-Za-z][A-Za-z0-9_-]{0,63}`.
pub fn is_entity_name(text: &str) -> bool {
    is_name(text, |b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Whether `text` may name an input or a `let`: as an entity, without hyphen.
pub fn is_symbol(text: &str) -> bool {
    is_name(text, |b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_name(text: &str, allowed: fn(u8) -> bool) -> bool {
    text.len() <= 64
        && text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic)
        && text.bytes().all(allowed)
}

const fn key(name: &'static str, kind: Kind, default: Default, doc: &'static str) -> KeySpec {
    KeySpec { name, kind, default, doc, status: Status::Now }
}

/// A reserved word.
const fn later(name: &'static str, doc: &'static str) -> KeySpec {
    KeySpec {
        name,
        kind: Kind::Anything,
        default: Default::Absent("-"),
        doc,
        status: Status::Later,
    }
}
