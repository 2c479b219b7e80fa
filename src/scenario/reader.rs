//! Checks a raw tree against the registry: tables, keys, types, words, names, verbs.
//!
//! All independent mistakes are reported at once. A value that could not be parsed, or a table
//! whose name is wrong, is not looked into, so that one slip gives one diagnostic. Whether keys
//! are *missing* is not asked here: that depends on what variants add (see [`super::required`]).
use super::habits::{self, Stranger};
use super::keys::{self, KeySpec, Kind, MapKeys, Shape, Status, TableSpec, aliases, steps, tables};
use super::raw::{Key, Node, Table, Value};
use crate::diag::{Diagnostic, Diagnostics, Id, Span, name, suggest};

/// Checks the tables at the top of a scenario.
pub fn check(root: &Table, diagnostics: &mut Diagnostics) {
    Checker { diagnostics, variant: None }.root(root);
}

/// Checks the body of a variant: what is left of its table without its own keys.
pub fn check_variant(body: &Table, whole: &Table, diagnostics: &mut Diagnostics) {
    Checker { diagnostics, variant: Some(whole) }.root(body);
}

/// Whether a value is of a type that `kind` takes; what is wrong inside of it is another matter.
pub(super) fn takes(kind: &Kind, node: &Node) -> bool {
    let mut diagnostics = Diagnostics::default();
    let place = Place { path: "", key: "" };
    Checker { diagnostics: &mut diagnostics, variant: None }.value(kind, node, place);
    let whole = [Some(node.span), Some(node.inner_span())];
    !diagnostics.iter().any(|found| whole.contains(&found.position()))
}

/// Adds the patch that replaces `node`'s text by the closest of `words`.
pub(super) fn closest_word<'a>(
    found: Diagnostic,
    kind: &str,
    node: &Node,
    words: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let word = node.as_str().unwrap_or_default();
    found.did_you_mean(kind, node.inner_span(), word, words)
}

struct Checker<'a> {
    diagnostics: &'a mut Diagnostics,
    /// The variant whose body this is.
    variant: Option<&'a Table>,
}

/// Where a value stands, for messages.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// The table, as in `service.api`.
    path: &'a str,
    /// The key.
    key: &'a str,
}

impl Place<'_> {
    fn show(self) -> String {
        format!("{} of {}", name(self.key), name(self.path))
    }
}

impl Checker<'_> {
    fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn root(&mut self, root: &Table) {
        for (key, node) in root {
            if self.diagnostics.is_full() {
                return;
            }
            match keys::table(&key.text) {
                None => self.unknown_table(key, node),
                Some(spec) if spec.status == Status::Later => {
                    let message = format!("`[{}]` belongs to a later release", spec.name);
                    self.reserved(key, message, spec.doc);
                }
                Some(spec) => self.top(spec, key, node),
            }
        }
    }

    fn unknown_table(&mut self, key: &Key, node: &Node) {
        let known = tables::ALL.iter().filter(|spec| spec.status == Status::Now);
        let message = format!("unknown table {}", name(&key.text));
        let found =
            Diagnostic::new(Id::UnknownTable, message).at(key.span, "not a table of a scenario");
        let variant = &tables::VARIANT;
        self.push(match self.variant {
            Some(table) if aliases::find(variant.name, &key.text).is_some() => {
                habits::key(found, Stranger { key, node, table }, variant)
            }
            _ => habits::table(found, key, known.map(|spec| spec.name)),
        });
    }

    fn reserved(&mut self, key: &Key, message: String, doc: &str) {
        let label =
            if doc.is_empty() { "reserved".into() } else { format!("reserved: {}", lower(doc)) };
        let found = Diagnostic::new(Id::ReservedWord, message).at(key.span, label);
        self.push(match keys::substitutes::of(&key.text) {
            Some(substitute) if substitute.recipe.is_empty() => found.help(substitute.text),
            Some(substitute) => found
                .help(substitute.text)
                .help(format!("`plimsoll explain {}` writes it out", key.text)),
            None => found,
        });
    }

    fn top(&mut self, spec: &'static TableSpec, key: &Key, node: &Node) {
        let Some(table) = self.table(node, key.span, &format!("`{}`", spec.name)) else { return };
        match spec.shape {
            Shape::Single if spec.name == "inputs" => self.inputs(spec, table),
            Shape::Single | Shape::Nested => self.keys(spec, table, spec.name),
            Shape::Named => {
                for (key, node) in table {
                    let path = format!("{}.{}", spec.name, key.text);
                    // A claim is named after the sentence it quotes, whatever its reference is.
                    if spec.name != "claim" && !keys::is_entity_name(&key.text) {
                        self.bad_name(key, spec.name);
                    }
                    if let Some(table) = self.table(node, key.span, &name(&path)) {
                        self.keys(spec, table, &path);
                    }
                }
            }
        }
    }

    /// The table of `node`; reports it if it is something else.
    fn table<'n>(&mut self, node: &'n Node, key: Span, what: &str) -> Option<&'n Table> {
        match &node.value {
            Value::Table(table) => Some(table),
            Value::Invalid => None,
            other => {
                let message = format!("{what} is a table, not {}", other.type_name());
                let found = Diagnostic::new(Id::WrongType, message);
                self.push(found.at(node.span, other.type_name()).and(key, "this table"));
                None
            }
        }
    }

    fn inputs(&mut self, spec: &TableSpec, table: &Table) {
        for (key, node) in table {
            if let Some(later) = spec.key(&key.text) {
                self.later_key(key, later, "inputs");
                continue;
            }
            if !keys::is_symbol(&key.text) {
                self.bad_name(key, "input");
            }
            let place = Place { path: "inputs", key: &key.text };
            self.value(&tables::INPUT, node, place);
        }
    }

    fn bad_name(&mut self, key: &Key, what: &str) {
        let hyphen = if matches!(what, "input" | "let") { "" } else { ", `-`" };
        let message =
            format!("{} is not a name for {} {what}", name(&key.text), suggest::article(what));
        let found = Diagnostic::new(Id::BadName, message).at(key.span, "not a name").help(format!(
            "a name is a letter, then letters, digits, `_`{hyphen}; at most 64 characters"
        ));
        let mended: String =
            key.text.chars().map(|c| if c == '-' || c == ' ' { '_' } else { c }).collect();
        self.push(if keys::is_symbol(&mended) {
            found.patch("with underscores it is one", key.span, mended)
        } else {
            found
        });
    }

    fn later_key(&mut self, key: &Key, spec: &KeySpec, path: &str) {
        let message = format!("{} of {} belongs to a later release", name(&key.text), name(path));
        self.reserved(key, message, spec.doc);
    }

    /// Checks the keys of a table with a closed list.
    fn keys(&mut self, spec: &'static TableSpec, table: &Table, path: &str) {
        for (key, node) in table {
            if self.diagnostics.is_full() {
                return;
            }
            match spec.key(&key.text) {
                Some(known) if known.status == Status::Later => self.later_key(key, known, path),
                Some(known) => {
                    let place = Place { path, key: known.name };
                    self.value(&known.kind, node, place);
                }
                None => self.unknown_key(Stranger { key, node, table }, spec, path),
            }
        }
        self.exclusive(spec, table, path);
    }

    fn unknown_key(&mut self, it: Stranger<'_>, spec: &TableSpec, path: &str) {
        let message = format!("unknown key {} in {}", name(&it.key.text), name(path));
        let label = match spec.shape {
            Shape::Single => format!("not a key of `[{}]`", spec.name),
            Shape::Named => format!("not a key of {} {}", suggest::article(spec.name), spec.name),
            Shape::Nested => format!("not a key of `{}`", spec.name),
        };
        let found = Diagnostic::new(Id::UnknownKey, message).at(it.key.span, label);
        self.push(habits::key(found, it, spec));
    }

    fn exclusive(&mut self, spec: &TableSpec, table: &Table, path: &str) {
        for group in spec.exclusive {
            // What is not so excludes nothing.
            let there: Vec<&Key> = table
                .iter()
                .filter(|(_, node)| node.as_bool() != Some(false))
                .map(|(key, _)| key)
                .filter(|key| group.contains(&&*key.text))
                .collect();
            if let [first, second, ..] = there.as_slice() {
                let message = format!(
                    "{} and {} exclude each other in {}",
                    name(&first.text),
                    name(&second.text),
                    name(path)
                );
                self.push(
                    Diagnostic::new(Id::ExclusiveKeys, message)
                        .at(second.span, "this one")
                        .and(first.span, "or this one")
                        .help("keep one of them"),
                );
            }
        }
    }

    fn value(&mut self, kind: &Kind, node: &Node, place: Place<'_>) {
        if node.is_invalid() {
            return;
        }
        match (kind, &node.value) {
            (Kind::Anything, _)
            | (
                Kind::Text | Kind::Name | Kind::Reference(_) | Kind::Condition | Kind::Statement,
                Value::String(_),
            )
            | (
                Kind::Quantity(_) | Kind::Varying(_),
                Value::String(_) | Value::Integer(_) | Value::Float(_),
            )
            | (Kind::Boolean, Value::Boolean(_))
            | (Kind::True, Value::Boolean(true))
            | (Kind::Integer, Value::Integer(_)) => {}
            (Kind::Texts, Value::Array(items)) => {
                for item in items {
                    self.value(&Kind::Text, item, place);
                }
            }
            (Kind::Word(words), Value::String(word)) => self.word(words, word, node, place),
            (Kind::Words(words), Value::Array(items)) => {
                for item in items {
                    self.value(&Kind::Word(words), item, place);
                }
            }
            (Kind::Pattern(_, matches), Value::String(text)) if matches(text) => {}
            (Kind::Date, _) => self.date(node, place),
            (Kind::Table(spec), Value::Table(table)) => {
                self.keys(spec, table, &format!("{}.{}", place.path, place.key));
            }
            (Kind::Map(names, kind), Value::Table(table)) => {
                self.map(*names, kind, table, place);
            }
            (Kind::Steps, Value::Array(items)) => {
                for item in items {
                    self.step(item, place);
                }
            }
            (Kind::Branches, Value::Array(items)) => {
                for item in items {
                    self.value(&Kind::Steps, item, place);
                }
            }
            (Kind::Tables(spec), Value::Array(items)) => {
                for item in items {
                    self.value(&Kind::Table(spec), item, place);
                }
            }
            (Kind::List(kind), Value::Array(items)) => {
                for item in items {
                    self.value(kind, item, place);
                }
            }
            (Kind::OneOf(kinds), _) => self.one_of(kinds, node, place),
            _ => self.wrong_type(kind, node, place),
        }
    }

    fn wrong_type(&mut self, kind: &Kind, node: &Node, place: Place<'_>) {
        let found = node.value.type_name();
        let found = if matches!(node.value, Value::Boolean(false)) { "`false`" } else { found };
        let message = format!("{} takes {}, not {found}", place.show(), expected(kind));
        let wrong = Diagnostic::new(Id::WrongType, message).at(node.span, found);
        self.push(match kind {
            Kind::Word(words) => match suggest::listing("word", words) {
                Some(text) => wrong.help(text),
                None => wrong,
            },
            Kind::Table(spec) => habits::short(wrong, node, spec),
            _ => wrong,
        });
    }

    fn word(&mut self, words: &[&str], word: &str, node: &Node, place: Place<'_>) {
        if words.contains(&word) {
            return;
        }
        let message = format!("{} is not a word for {}", name(word), place.show());
        let found = Diagnostic::new(Id::UnknownWord, message).at(node.inner_span(), "unknown word");
        let found = closest_word(found, "word", node, words.iter().copied());
        self.push(found);
    }

    fn date(&mut self, node: &Node, place: Place<'_>) {
        // TOML has checked that the parts of a date are in range; a time alone has no `-`.
        let is_date =
            matches!(&node.value, Value::Date(text) if text.as_bytes().get(4) == Some(&b'-'));
        if is_date {
            return;
        }
        let message = format!("{} is not a calendar date", place.show());
        let found = Diagnostic::new(Id::BadDate, message).at(node.span, "not a date");
        self.push(found.help("write a TOML date without quotes, such as 2026-03-01"));
    }

    fn map(&mut self, names: MapKeys, kind: &Kind, table: &Table, place: Place<'_>) {
        let path = format!("{}.{}", place.path, place.key);
        for (key, node) in table {
            match names {
                MapKeys::Symbols if !keys::is_symbol(&key.text) => self.bad_name(key, "let"),
                MapKeys::Entities(what) | MapKeys::Own(what)
                    if !keys::is_entity_name(&key.text) =>
                {
                    self.bad_name(key, what);
                }
                _ => {}
            }
            let place = Place { path: &path, key: &key.text };
            self.value(kind, node, place);
        }
    }

    fn one_of(&mut self, kinds: &[Kind], node: &Node, place: Place<'_>) {
        if let Some(kind) = kinds.iter().find(|kind| fits(kind, node)) {
            return self.value(kind, node, place);
        }
        // A text where only words are allowed: say which, without a patch to a mere pattern.
        let words: Vec<&str> = kinds
            .iter()
            .flat_map(|kind| match kind {
                Kind::Word(words) => words.to_vec(),
                Kind::Pattern(form, _) => vec![*form],
                _ => vec![],
            })
            .collect();
        match &node.value {
            Value::String(word) => {
                let message = format!("{} is not a word for {}", name(word), place.show());
                let found =
                    Diagnostic::new(Id::UnknownWord, message).at(node.inner_span(), "unknown word");
                self.push(
                    found.help(format!("the words are {}", suggest::enumerate(&words, "and"))),
                );
            }
            _ => self.wrong_type(kinds.last().unwrap_or(&Kind::Anything), node, place),
        }
    }

    /// Checks one step: one verb, its modifiers, their values.
    fn step(&mut self, node: &Node, place: Place<'_>) {
        let table = match &node.value {
            Value::Table(table) => table,
            Value::Invalid => return,
            other => {
                let message = format!("a step of {} is {}", name(place.path), other.type_name());
                let found =
                    Diagnostic::new(Id::WrongType, message).at(node.span, other.type_name());
                self.push(found.help("a step is a table, such as `{ query = \"read\" }`"));
                return;
            }
        };
        if self.diagnostics.is_full() || self.step_words(table, place) {
            return;
        }
        let is_verb = |(key, _): &&(Key, Node)| steps::verb(&key.text).is_some();
        let wraps = |key: &Key| steps::WRAPPERS.contains(&&*key.text);
        let mut verbs: Vec<&Key> = table.iter().filter(is_verb).map(|(key, _)| key).collect();
        if verbs.iter().any(|key| !wraps(key)) {
            verbs.retain(|key| !wraps(key));
        }
        match verbs.as_slice() {
            [] => self.no_verb(node, place),
            [verb] => self.modifiers(verb, table, place),
            [first, second, ..] => self.two_verbs(first, second, place),
        }
    }

    /// Reports unknown and reserved words of a step; whether there were any.
    fn step_words(&mut self, table: &Table, place: Place<'_>) -> bool {
        let mut any = false;
        for (key, node) in table {
            let known = steps::verb(&key.text).map(|verb| &verb.key);
            match known.or_else(|| steps::modifier(&key.text)) {
                Some(spec) if spec.status == Status::Now => continue,
                Some(_) => {
                    let message =
                        format!("{} in a step belongs to a later release", name(&key.text));
                    self.reserved(key, message, "");
                }
                None => {
                    let verbs = steps::VERBS.iter().map(|verb| &verb.key).chain(steps::MODIFIERS);
                    let words = verbs.filter(|spec| spec.status == Status::Now).map(|s| s.name);
                    let message = format!(
                        "unknown word {} in a step of {}",
                        name(&key.text),
                        name(place.path)
                    );
                    let found = Diagnostic::new(Id::UnknownVerb, message)
                        .at(key.span, "neither a verb nor a modifier");
                    self.push(habits::step(found, Stranger { key, node, table }, words));
                }
            }
            any = true;
        }
        any
    }

    fn no_verb(&mut self, node: &Node, place: Place<'_>) {
        let message = format!("a step of {} has no verb", name(place.path));
        self.push(
            Diagnostic::new(Id::NoVerb, message)
                .at(node.span, "does nothing")
                .help("say what it does, such as `cpu`, `delay`, `query` or `call`"),
        );
    }

    fn two_verbs(&mut self, first: &Key, second: &Key, place: Place<'_>) {
        let message = format!(
            "a step of {} has two verbs, {} and {}",
            name(place.path),
            name(&first.text),
            name(&second.text)
        );
        self.push(
            Diagnostic::new(Id::DuplicateVerb, message)
                .at(second.span, "second verb")
                .and(first.span, "first verb")
                .help("write two steps, or put one into the other with `do = [...]`"),
        );
    }

    fn modifiers(&mut self, verb: &Key, table: &Table, place: Place<'_>) {
        let Some(spec) = steps::verb(&verb.text) else { return };
        for (key, node) in table {
            let place = Place { path: place.path, key: &key.text };
            if key.text == verb.text {
                self.value(&spec.key.kind, node, place);
            } else if key.text == "as" || spec.modifiers.contains(&&*key.text) {
                let kind = steps::modifier(&key.text).map_or(Kind::Anything, |known| known.kind);
                self.value(&kind, node, place);
                if key.text == "as" && node.as_str().is_some_and(|text| !keys::is_entity_name(text))
                {
                    let text = node.as_str().unwrap_or_default().to_string();
                    self.bad_name(&Key { text, span: node.inner_span() }, "step");
                }
            } else {
                self.not_allowed(key, verb, spec);
            }
        }
    }

    fn not_allowed(&mut self, key: &Key, verb: &Key, spec: &steps::VerbSpec) {
        let message = format!("{} does not go with {}", name(&key.text), name(&verb.text));
        let found = Diagnostic::new(Id::ModifierNotAllowed, message)
            .at(key.span, "no effect here")
            .and(verb.span, "the verb");
        let is_block = steps::verb(&key.text).is_some();
        let words: Vec<&str> = [&["as"], spec.modifiers].concat();
        self.push(if is_block {
            found.help(format!("put the step into a block: `{{ {} = ..., do = [...] }}`", key.text))
        } else {
            found.did_you_mean("modifier", key.span, &key.text, words)
        });
    }
}

/// Whether a value is of a type that `kind` takes, among alternatives.
fn fits(kind: &Kind, node: &Node) -> bool {
    match (kind, &node.value) {
        (Kind::Word(words), Value::String(word)) => words.contains(&word.as_str()),
        (Kind::Pattern(_, matches), Value::String(text)) => matches(text),
        (
            Kind::Quantity(_) | Kind::Varying(_),
            Value::String(_) | Value::Integer(_) | Value::Float(_),
        )
        | (Kind::Table(_) | Kind::Map(..), Value::Table(_))
        | (Kind::Text, Value::String(_))
        | (Kind::Boolean, Value::Boolean(_))
        | (Kind::Texts, Value::Array(_)) => true,
        _ => false,
    }
}

/// What a kind takes, with its article.
fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Quantity(_) | Kind::Varying(_) => "a number or an expression",
        Kind::Name | Kind::Reference(_) => "a name",
        Kind::Condition | Kind::Statement => "a comparison in quotes",
        Kind::Boolean => "`true` or `false`",
        Kind::True => "`true`",
        Kind::Integer => "a whole number",
        Kind::Date => "a date",
        Kind::Table(_) | Kind::Map(..) => "a table",
        Kind::Texts => "a list of texts",
        Kind::Words(_) => "a list of words",
        Kind::Steps => "a list of steps",
        Kind::Branches => "a list of lists of steps",
        Kind::Tables(_) => "a list of tables",
        Kind::List(_) => "a list of values",
        Kind::Word(_) | Kind::Pattern(..) => "a word",
        Kind::Text => "a text",
        Kind::OneOf(_) | Kind::Anything => "another type",
    }
}

/// A doc line inside a sentence.
pub(super) fn lower(doc: &str) -> String {
    let mut chars = doc.chars();
    let acronym =
        doc.split(' ').next().is_some_and(|w| w.len() > 1 && w.chars().all(char::is_uppercase));
    match chars.next() {
        Some(first) if !acronym => first.to_lowercase().chain(chars).collect(),
        _ => doc.to_string(),
    }
}
