//! What surrounds an expression: names, files, and what its place needs.

use crate::units::Dimension;
use std::collections::BTreeMap;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    /// The input with this number; known when a formula is bound.
    Input(u16),
    /// The register with this number; known when a request runs.
    Let(u16),
}

/// The names that an expression may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    names: BTreeMap<String, (Symbol, Dimension)>,
}

impl Scope {
    /// Adds a name, or replaces it.
    pub fn insert(&mut self, name: impl Into<String>, symbol: Symbol, dimension: Dimension) {
        self.names.insert(name.into(), (symbol, dimension));
    }

    /// What a name stands for, and what it measures.
    pub fn get(&self, name: &str) -> Option<(Symbol, Dimension)> {
        self.names.get(name).copied()
    }

    /// All names in alphabetic order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }
}

/// Loads the files that `empirical("file")` and `replay = "file"` name. This module reads none
/// itself.
pub trait Tables {
    /// The values of a file, or a phrase that says why there are none.
    fn empirical(&self, name: &str) -> Result<Vec<f64>, String>;

    /// The text of a file, or a phrase that says why there is none.
    fn text(&self, name: &str) -> Result<String, String>;
}

/// No files: every `empirical` is an error.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoTables;

impl Tables for NoTables {
    fn empirical(&self, _: &str) -> Result<Vec<f64>, String> {
        Err("no file can be read here".into())
    }

    fn text(&self, _: &str) -> Result<String, String> {
        Err("no file can be read here".into())
    }
}

/// What the place of an expression needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The dimension; `None` takes any (an input defines its own).
    pub dimension: Option<Dimension>,
    /// Whether the value may vary.
    pub distribution_allowed: bool,
    /// Whether run-time registers have values here.
    pub lets_allowed: bool,
    /// How it is said that there is none.
    pub absence: Absence,
}

/// How a key says that there is no limit, or nothing at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It is left out.
    Nothing,
    /// By a word of the key.
    Word(&'static str),
    /// By a number alone: left out, it has a default, or it is required.
    Number,
}

impl Expectation {
    /// One number of a dimension, known before the run.
    pub const fn fixed(dimension: Dimension) -> Self {
        Self { dimension: Some(dimension), ..Self::ANY }
    }

    /// A value of a dimension that may vary and use registers.
    pub const fn varying(dimension: Dimension) -> Self {
        Self { lets_allowed: true, dimension: Some(dimension), ..Self::INPUT }
    }

    /// Anything that may stand under `[inputs]`.
    pub const INPUT: Self = Self { distribution_allowed: true, ..Self::ANY };

    /// One number of any dimension, known before the run.
    pub const ANY: Self = Self {
        dimension: None,
        distribution_allowed: false,
        lets_allowed: false,
        absence: Absence::Number,
    };
}
