//! What is legal and seldom meant is said; what is meant is left alone.

use super::resolved;
use crate::diag::Id;
use crate::expr::scope::NoTables;
use crate::model::resolve;
use crate::scenario::read;
use crate::scenario::source::MemoryLoader;

/// A shop with a place for inputs, a CPU time, steps and more tables.
fn shop(inputs: &str, cpu: &str, steps: &str, more: &str) -> String {
    format!(
        r#"
[inputs]
{inputs}
[service.api]
cores   = 2
workers = 50
[database.pg]
cores = 4
[pool.p]
service  = "api"
database = "pg"
size     = 10
[query.q]
database = "pg"
cpu      = "exp(1ms)"
[endpoint.e]
service = "api"
steps   = [{{ cpu = "{cpu}" }}, {{ query = "q" }}{steps}]
[workload.w]
rate = "10/s"
mix  = {{ e = 1 }}
{more}"#
    )
}

fn ids(text: &str) -> Vec<Id> {
    resolved(text).2.iter().map(|found| found.id).collect()
}

#[test]
fn an_input_that_is_a_law_may_be_meant() {
    for (input, cpu, doubtful) in [
        ("exp(20ms)", "x", true),
        ("2ms + exp(20ms)", "x", true),
        ("lognormal(p50=5ms, p99=50ms)", "(x)", true),
        // What nobody knows, and arithmetic, are taken as they are.
        ("between(2ms, 9ms)", "x", false),
        ("1ms + between(2ms, 9ms)", "x", false),
        ("constant(5ms)", "x", false),
        ("constant(5ms) + exp(5ms)", "x", true),
        ("exp(20ms)", "1ms + x", false),
        ("lognormal(mean=5ms, cv=0.2)", "x * exp(mean = 1)", false),
        ("5ms", "x", false),
    ] {
        let found = ids(&shop(&format!("x = \"{input}\""), cpu, "", ""));
        let wanted: &[Id] = if doubtful { &[Id::DrawnOnce] } else { &[] };
        assert_eq!(found, wanted, "{input} as {cpu}");
    }
}

#[test]
fn the_function_exp_is_doubtful_of_a_plain_number_only() {
    for (cpu, doubtful) in [
        ("x * exp(1)", true),
        ("1ms + x * exp(0.5)", true),
        ("x * exp(-0.5)", false),
        ("x * exp(x / 1s)", false),
        ("x * exp(mean = 1)", false),
        ("exp(x)", false),
    ] {
        let found = ids(&shop("x = \"5ms\"", cpu, "", ""));
        let wanted: &[Id] = if doubtful { &[Id::ExpOfNumber] } else { &[] };
        assert_eq!(found, wanted, "{cpu}");
    }
}

#[test]
fn the_law_in_place_of_the_function_has_all_its_digits() {
    for (argument, wanted) in
        [("1.23456789", "exp(mean = 1.23456789)"), (" 12_000.5 ", "exp(mean = 12_000.5)")]
    {
        let (_, _, found) = resolved(&shop("x = \"5ms\"", &format!("x * exp({argument})"), "", ""));
        let patch = found.iter().flat_map(|found| &found.helps).find_map(|help| help.patch.clone());
        assert_eq!(patch.unwrap().replacement, wanted);
    }
}

#[test]
fn locks_and_retries_that_are_meant_are_left_alone() {
    let around = |scope: &str, mode: &str| {
        let steps = format!(
            ", {{ transaction = [{{ lock = \"l\"{mode}, do = [] }}, {{ query = \"q\" }}] }}"
        );
        ids(&shop("", "1ms", &steps, &format!("[lock.l]\nscope = \"{scope}\"\n")))
    };
    assert_eq!(around("global", ""), [Id::LockAroundNothing]);
    assert_eq!(around("instance", ""), [Id::LockAroundNothing]);
    assert_eq!(around("database", ""), []);
    assert_eq!(around("global", ", mode = \"read\""), [], "a barrier");
    let retry = |attempts: &str, more: &str| {
        let steps = format!(", {{ query = \"q\", retry = {{ attempts = {attempts} }} }}");
        ids(&shop("tries = 1", "1ms", &steps, more))
    };
    assert_eq!(retry("1", "[window.a]\nfrom = \"0s\"\nto = \"tries * 1s\"\n"), [Id::SingleAttempt]);
    assert_eq!(retry("\"tries\"", ""), [], "a number to be argued about");
    let variant = "[variant.v]\nworkload.w.client = { retry = { attempts = \"tries + 1\" } }\n";
    assert_eq!(retry("1", variant), [], "a variant tries again");
}

/// Parts are shared: what this scenario leaves aside another one uses.
#[test]
fn unused_inputs_of_parts_are_no_surprise() {
    let text = format!("include = [\"part.toml\"]\n{}", shop("own = 1", "1ms", "", ""));
    let loader =
        MemoryLoader::new("f.toml", text.as_str()).with("part.toml", "[inputs]\nother = 2\n");
    let (raw, found) = read("f.toml", &[], &loader);
    assert!(found.is_empty(), "{found:?}");
    let found = resolve(&raw, &NoTables).1;
    let said: Vec<&str> = found.iter().map(|one| one.message.as_str()).collect();
    assert_eq!(said, ["nothing uses the input `own`"]);
}
