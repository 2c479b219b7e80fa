//! Goal: the registry is complete and consistent, since reader, merging and documentation trust
//! it. Method: properties over every entry, as ripgrep tests its flags.
use std::collections::BTreeSet;

use super::*;

fn all_tables() -> impl Iterator<Item = &'static TableSpec> {
    tables::ALL.iter().chain(tables::NESTED).copied().chain([&steps::AGAIN, &steps::BRANCH])
}

/// Every key with the path that names it.
fn all_keys() -> Vec<(String, &'static KeySpec)> {
    let mut keys = Vec::new();
    for spec in all_tables() {
        keys.extend(spec.keys.iter().map(|key| (format!("{}.{}", spec.name, key.name), key)));
    }
    keys.extend(steps::VERBS.iter().map(|verb| (format!("verb {}", verb.key.name), &verb.key)));
    keys.extend(steps::MODIFIERS.iter().map(|key| (format!("modifier {}", key.name), key)));
    keys
}

#[test]
fn names_are_unique_lower_case_words() {
    let mut seen = BTreeSet::new();
    for (path, key) in all_keys() {
        assert!(seen.insert(path.clone()), "{path} twice");
        assert!(key.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{path}");
    }
    let mut seen = BTreeSet::new();
    for spec in tables::ALL {
        assert!(seen.insert(spec.name), "{} twice", spec.name);
    }
}

#[test]
fn every_key_has_a_doc_line_that_is_a_phrase() {
    for (path, key) in all_keys() {
        assert!(key.doc.len() >= 8, "{path}: {:?}", key.doc);
        assert!(!key.doc.ends_with('.') && !key.doc.contains('\n'), "{path}");
        assert!(!key.doc.contains('|'), "{path}: breaks the Markdown table");
        assert!(key.doc.starts_with(|c: char| c.is_uppercase()), "{path}");
    }
    for spec in all_tables() {
        assert!(spec.doc.len() >= 6 && !spec.doc.ends_with('.'), "{}", spec.name);
    }
}

/// Each default, written as a value of its key, is one that the reader takes.
#[test]
fn defaults_are_values_of_their_keys() {
    for spec in tables::ALL.iter().filter(|spec| spec.status == Status::Now) {
        for key in spec.keys {
            let Default::Is(default) = key.default else { continue };
            let header = match spec.shape {
                Shape::Named => format!("[{}.x]", spec.name),
                _ => format!("[{}]", spec.name),
            };
            for value in [default.to_string(), format!("\"{default}\"")] {
                let text = format!("{header}\n{} = {value}\n", key.name);
                let mut diagnostics = crate::diag::Diagnostics::default();
                let mut sources = crate::diag::Sources::default();
                let file = sources.add("f", text.as_str());
                let tree = crate::scenario::parse::parse(file, &sources, &mut diagnostics);
                crate::scenario::reader::check(&tree, &mut diagnostics);
                // Bare or in quotes: one of the two is how one writes it.
                if diagnostics.is_empty() {
                    break;
                }
                assert!(!value.starts_with('"'), "{text}: {diagnostics:?}");
            }
        }
    }
}

#[test]
fn groups_and_modifiers_name_keys_that_exist() {
    for spec in all_tables() {
        for name in spec.exclusive.iter().chain(spec.needs).copied().flatten() {
            assert!(spec.key(name).is_some(), "{}: no key {name}", spec.name);
        }
    }
    for verb in steps::VERBS {
        for name in verb.modifiers.iter().chain(verb.required) {
            assert!(steps::modifier(name).is_some(), "{}: no modifier {name}", verb.key.name);
        }
        assert!(verb.required.iter().all(|name| verb.modifiers.contains(name)));
    }
    let used: BTreeSet<&str> =
        steps::VERBS.iter().flat_map(|verb| verb.modifiers).copied().collect();
    for modifier in steps::MODIFIERS.iter().filter(|m| m.status == Status::Now && m.name != "as") {
        assert!(used.contains(modifier.name), "{} goes with no verb", modifier.name);
    }
}

/// References and nested tables lead to tables of the registry.
#[test]
fn kinds_lead_to_tables_that_exist() {
    fn look(kind: &Kind, path: &str) {
        match kind {
            Kind::Reference(name) | Kind::Map(MapKeys::Entities(name), _) => {
                let spec = table(name).unwrap_or_else(|| panic!("{path}: no table {name}"));
                assert_eq!((spec.shape, spec.status), (Shape::Named, Status::Now), "{path}");
            }
            Kind::Table(spec) => assert!(
                tables::NESTED.iter().any(|n| n.name == spec.name) || spec.name == "again",
                "{path}: {} is not in the reference",
                spec.name
            ),
            Kind::OneOf(kinds) => kinds.iter().for_each(|kind| look(kind, path)),
            Kind::Word(words) | Kind::Words(words) => {
                let unique: BTreeSet<_> = words.iter().collect();
                assert!(!words.is_empty() && unique.len() == words.len(), "{path}");
            }
            _ => {}
        }
    }
    for (path, key) in all_keys() {
        look(&key.kind, &path);
    }
}

/// The contract's own list of words: nothing forgotten, in either release.
#[test]
fn every_word_of_the_contract_is_known() {
    let keys = "
        scenario: name about start sources
        run: kind duration warm_up until replications worlds seed confidence assurance precision interval limit
        window: from to
        service: instances cores speeds workers runtime scheduling slice balance balance_key balancers eject slow_start line round_trip initial
        database: engine cores scheduling slice memory cache disk backup max_connections reserved connect_time backend_memory contention costs replicas
        pool: service database external size acquire_timeout line min_idle max_lifetime idle_timeout leak on_refused checkout round_trip pooler
        table: database rows columns row key index updates fillfactor partition hot growth retention
        query: database table cpu reads scan commit time returns equals in range order_by limit offset matches columns function_on join count
        lock: scope database recheck
        endpoint: service let steps priority
        flow: steps
        workload: rate arrivals users think burst replay speed mix session on_error background shape mean_share growth batch client
        storage: bytes growth tier expire keep object
        price: instance database disk backup transfer call
        objective: that
        claim: says that variant
        variant: about counterfactual extends remove";
    for line in keys.lines().filter(|line| !line.trim().is_empty()) {
        let (name, words) = line.trim().split_once(": ").unwrap();
        let spec = table(name).unwrap();
        let ours: BTreeSet<&str> = spec.keys.iter().map(|key| key.name).collect();
        assert_eq!(ours, words.split(' ').collect(), "{name}");
    }
    let later = ["cache", "queue", "external", "channel", "counter", "disturbance"];
    for name in later {
        assert_eq!(table(name).map(|spec| spec.status), Some(Status::Later), "{name}");
    }
    let verbs = "cpu delay query transaction call each fork repeat try choose if lock timeout retry hedge flow reply fail insert update delete";
    for name in verbs.split(' ') {
        assert_eq!(steps::verb(name).map(|verb| verb.key.status), Some(Status::Now), "{name}");
    }
    let later = "cache invalidate publish external broadcast take put read write store breaker limit bulkhead";
    for name in later.split(' ') {
        let spec = steps::verb(name).map(|verb| &verb.key).or_else(|| steps::modifier(name));
        assert_eq!(spec.map(|spec| spec.status), Some(Status::Later), "{name}");
    }
}

#[test]
fn names_follow_the_contract() {
    for good in ["a", "A9", "api_pg", "api-pg", &"x".repeat(64)] {
        assert!(is_entity_name(good), "{good}");
    }
    for bad in ["", "9a", "_a", "-a", "a b", "a.b", "\u{e9}", &"x".repeat(65)] {
        assert!(!is_entity_name(bad), "{bad}");
    }
    assert!(is_symbol("api_pg") && !is_symbol("api-pg"));
}

/// Every word of this release that has a table of its own is printed, every reserved one listed.
#[test]
fn the_reference_mentions_every_word() {
    let text = reference::reference_markdown();
    for (path, key) in all_keys() {
        let name = key.name;
        let listed = if key.status == Status::Now {
            text.contains(&format!("| `{name}` |"))
        } else {
            text.contains(&format!("`{path}`")) || text.contains(&format!("`{name}`"))
        };
        assert!(listed, "{path}");
    }
    for line in text.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(line.matches('|').count(), 5, "{line}");
    }
}
