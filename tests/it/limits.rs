//! Limits that guard the engine's small integers.

use super::robustness::{around, refused, said};
use plimsoll::diag::Id;
use plimsoll::expr::scope::NoTables;
use plimsoll::model::{MAX_INPUTS, MAX_LETS, MAX_WORKLOADS, WINDOWS_MAX, resolve};
use plimsoll::scenario::read;
use plimsoll::scenario::source::MemoryLoader;
use std::fmt::Write as _;

/// What the engine counts in 16 bits, and the windows that it has bits for.
#[test]
fn numbers_of_the_engine_do_not_wrap() {
    let many = |table: &str, count: usize, body: &str| {
        (0..count).fold(around("[]"), |mut text, name| {
            let _ = write!(text, "[{table}.x{name}]\n{body}\n");
            text
        })
    };
    let window = "from = \"0s\"\nto = \"1s\"";
    assert!(said(many("window", WINDOWS_MAX, window)).0.is_some());
    refused(many("window", WINDOWS_MAX + 1, window), Id::TooManyItems);
    let workload = "rate = \"1/h\"\nmix = { e = 1 }";
    assert!(said(many("workload", MAX_WORKLOADS - 1, workload)).0.is_some());
    refused(many("workload", MAX_WORKLOADS, workload), Id::TooManyItems);
    let lets = |count: usize| {
        let names: String = (0..count).map(|name| format!("x{name} = 1, ")).collect();
        around("[]").replace("steps   =", &format!("let = {{ {names} }}\nsteps   ="))
    };
    assert!(said(lets(MAX_LETS)).0.is_some());
    refused(lets(MAX_LETS + 1), Id::TooManyItems);
    // One table of one file cannot have so many inputs, two files can.
    let inputs = |from: usize, to: usize| {
        (from..to).fold("[inputs]\n".to_owned(), |mut text, name| {
            let _ = writeln!(text, "x{name} = 1");
            text
        })
    };
    let errors = |count: usize| {
        let main = format!("include = [\"more.toml\"]\n{}{}", inputs(0, 1000), around("[]"));
        let loader = MemoryLoader::new("f.toml", main).with("more.toml", inputs(1000, count));
        let (raw, found) = read("f.toml", &[], &loader);
        assert!(!found.has_errors(), "{found:?}");
        let (_, found) = resolve(&raw, &NoTables);
        found.iter().map(|found| found.id).collect::<Vec<_>>()
    };
    assert!(!errors(MAX_INPUTS).contains(&Id::TooManyItems));
    assert!(errors(MAX_INPUTS + 1).contains(&Id::TooManyItems));
}
