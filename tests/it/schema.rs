//! Goal: editors say the same of a scenario as `plimsoll check` does, as far as a schema can. Method:
//! the committed schema is what the registry gives (`UPDATE_DOCS=1` rewrites it); a validator of the
//! few words of JSON Schema that it uses takes every shipped and documented scenario, refuses every
//! scenario of the corpus whose mistake is one of shape, and takes the others. (taplo and Python's
//! `jsonschema` judged the same when this was written.)

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

use plimsoll::diag::Id;
use plimsoll::scenario::keys::schema::json_schema;

use super::docs;

const COPY: &str = "docs/scenario.schema.json";

fn root(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The `*.toml` of a folder, by name.
fn scenarios(folder: &str) -> Vec<(String, String)> {
    let entries = std::fs::read_dir(root(folder)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let paths = paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut found: Vec<_> = paths.map(|path| (stem(&path), read(&path))).collect();
    found.sort();
    found
}

/// What an editor hands to the validator.
fn to_json(table: &DeTable<'_>) -> Value {
    let entries = table
        .iter()
        .map(|(key, value)| (key.get_ref().to_string(), value_to_json(value.get_ref())));
    Value::Object(entries.collect::<Map<_, _>>())
}

fn value_to_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            i64::from_str_radix(&digits, number.radix()).map_or(json!(0), Value::from)
        }
        DeValue::Float(number) => json!(number.as_str().parse::<f64>().unwrap_or(0.5)),
        DeValue::Boolean(value) => json!(value),
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(items) => items.iter().map(|item| value_to_json(item.get_ref())).collect(),
        DeValue::Table(table) => to_json(table),
    }
}

/// A validator of the words that the schema uses; any other is an error.
pub struct Validator {
    schema: Value,
}

impl Validator {
    /// With the schema of the registry.
    pub fn new() -> Self {
        Self { schema: serde_json::from_str(&json_schema()).expect("the schema is JSON") }
    }

    /// What is wrong with a scenario; none for what is no TOML.
    pub fn judge(&self, text: &str) -> Option<Vec<String>> {
        let table = DeTable::parse(text).ok()?;
        let mut found = Vec::new();
        self.check(&self.schema, &to_json(table.get_ref()), "", &mut found);
        Some(found)
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let words = schema.as_object().expect("a schema is an object");
        for (word, wanted) in words {
            match word.as_str() {
                "$schema"
                | "title"
                | "description"
                | "default"
                | "definitions"
                | "additionalProperties" => {}
                "$ref" => {
                    let pointer = wanted.as_str().and_then(|text| text.strip_prefix('#'));
                    let target = pointer.and_then(|pointer| self.schema.pointer(pointer));
                    let target = target.unwrap_or_else(|| panic!("{wanted} leads nowhere"));
                    self.check(target, value, at, found);
                }
                "type" => {
                    let one = std::slice::from_ref(wanted);
                    let types = wanted.as_array().map_or(one, Vec::as_slice);
                    if !types.iter().any(|name| is_type(name, value)) {
                        found.push(format!("{at}: not {wanted}"));
                    }
                }
                "enum" => {
                    if !wanted.as_array().expect("a list").contains(value) {
                        found.push(format!("{at}: {value} is none of {wanted}"));
                    }
                }
                "pattern" => {
                    let pattern = Regex::new(wanted.as_str().expect("a text")).expect("a pattern");
                    if value.as_str().is_some_and(|text| !pattern.is_match(text)) {
                        found.push(format!("{at}: {value} is not {wanted}"));
                    }
                }
                "items" => {
                    for item in value.as_array().into_iter().flatten() {
                        self.check(wanted, item, &format!("{at}[]"), found);
                    }
                }
                "required" => {
                    let missing = |key: &&Value| value.get(key.as_str().unwrap_or("")).is_none();
                    let missing = wanted.as_array().expect("a list").iter().filter(missing);
                    found.extend(missing.map(|key| format!("{at}: no {key}")));
                }
                "allOf" => {
                    for one in wanted.as_array().expect("a list") {
                        self.check(one, value, at, found);
                    }
                }
                "anyOf" => {
                    let fits = |one: &Value| {
                        let mut wrong = Vec::new();
                        self.check(one, value, at, &mut wrong);
                        wrong.is_empty()
                    };
                    if !wanted.as_array().expect("a list").iter().any(fits) {
                        found.push(format!("{at}: none of the forms fits"));
                    }
                }
                "properties" | "patternProperties" => {}
                other => panic!("the validator does not know `{other}`"),
            }
        }
        if let Some(object) = value.as_object() {
            self.properties(words, object, at, found);
        }
    }

    fn properties(
        &self,
        schema: &Map<String, Value>,
        object: &Map<String, Value>,
        at: &str,
        found: &mut Vec<String>,
    ) {
        for (key, value) in object {
            let at = format!("{at}.{key}");
            let mut forms: Vec<&Value> =
                schema.get("properties").and_then(|known| known.get(key)).into_iter().collect();
            let patterns = schema.get("patternProperties").and_then(Value::as_object);
            for (pattern, form) in patterns.into_iter().flatten() {
                if Regex::new(pattern).expect("a pattern").is_match(key) {
                    forms.push(form);
                }
            }
            match schema.get("additionalProperties") {
                Some(Value::Bool(false)) if forms.is_empty() => {
                    found.push(format!("{at}: not a key"));
                }
                Some(form @ Value::Object(_)) if forms.is_empty() => forms.push(form),
                _ => {}
            }
            for form in forms {
                self.check(form, value, &at, found);
            }
        }
    }
}

fn is_type(name: &Value, value: &Value) -> bool {
    match name.as_str().expect("a name") {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type {other}"),
    }
}

#[test]
fn the_committed_schema_is_fresh() {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root(COPY), json_schema()).expect("the schema can be written");
    }
    let fresh = read(&root(COPY)) == json_schema();
    assert!(fresh, "{COPY} is stale; UPDATE_DOCS=1 cargo it schema::");
}

/// The first line of a shipped scenario leads editors to the schema.
#[test]
fn shipped_scenarios_fit_and_refer_to_the_schema() {
    let validator = Validator::new();
    for (name, text) in scenarios("scenarios") {
        let found = validator.judge(&text).unwrap_or_else(|| panic!("{name} is no TOML"));
        assert!(found.is_empty(), "scenarios/{name}.toml: {found:#?}");
        let first = text.lines().next().unwrap_or_default();
        assert_eq!(first, format!("#:schema ../{COPY}"), "scenarios/{name}.toml");
    }
}

#[test]
fn documented_scenarios_fit() {
    let validator = Validator::new();
    for (name, line, text) in docs::scenarios() {
        let found = validator.judge(&text).unwrap_or_else(|| panic!("{name}:{line} is no TOML"));
        assert!(found.is_empty(), "{name}:{line}: {found:#?}");
    }
}

/// Mistakes of shape are all refused; what is wrong in its meaning alone is not the schema's to say.
#[test]
fn the_schema_draws_the_line_where_the_reader_does() {
    let shape = [
        Id::UnknownTable,
        Id::UnknownKey,
        Id::ReservedWord,
        Id::UnknownWord,
        Id::UnknownVerb,
        Id::NoVerb,
        Id::DuplicateVerb,
        Id::ModifierNotAllowed,
        Id::WrongType,
        Id::BadDate,
        Id::BadName,
    ];
    // Of these a schema sees some forms.
    let between = [
        Id::MissingUnit,
        Id::MissingKey,
        Id::WrongDimension,
        Id::OutOfRange,
        Id::GrowthWithoutTime,
    ];
    // A name that is a unit is well formed.
    let of_meaning = ["bad-name.unit"];
    let validator = Validator::new();
    let mut refused = BTreeSet::new();
    for (name, text) in scenarios("tests/it/diag") {
        let id = Id::from_name(name.split('.').next().unwrap_or_default()).expect("an id");
        let Some(found) = validator.judge(&text) else { continue };
        if shape.contains(&id) && !of_meaning.contains(&name.as_str()) {
            assert!(!found.is_empty(), "diag/{name}.toml is taken");
            refused.insert(id);
        } else if !between.contains(&id) {
            assert!(found.is_empty(), "diag/{name}.toml: {found:#?}");
        }
    }
    let never: Vec<_> = shape.iter().filter(|id| !refused.contains(id)).collect();
    assert!(never.is_empty(), "no scenario with {never:?}");
}
