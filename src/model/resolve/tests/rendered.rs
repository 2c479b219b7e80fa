//! Diagnostics as people see them.

use super::{BROWSE, check, variant};

const SMALL: &str = r#"
[inputs]
visitors = 500

[service.api]
instances = 3
cores     = 2

[service.bank]
cores = 1

[database.pg]

[pool.api_pg]
service  = "api"
database = "pg"
size     = 10

[query.read]
database = "pg"
time     = "5ms"

[endpoint.pay]
service = "bank"
let     = { price = "1ms" }
steps   = [
  { timeout = "5s", do = [{ cpu = "price" }] },
]

[endpoint.buy]
service = "api"
steps   = [
  { query = "read" },
  { call = "pay", timeout = "6s" },
]

[workload.web]
rate = "visitors * 2/min"
mix  = { buy = 1 }
"#;

fn slip(from: &str, to: &str) -> String {
    assert_eq!(SMALL.matches(from).count(), 1, "{from}");
    check(&SMALL.replace(from, to))
}

#[test]
fn an_unknown_name_offers_a_close_one() {
    insta::assert_snapshot!(slip("visitors * 2", "vistors * 2"), @r#"
    error[unknown-name]: unknown name `vistors`
      --> shop.toml:38:9
       |
    38 | rate = "vistors * 2/min"
       |         ^^^^^^^ neither an input nor a `let`
       |
    help: a name with a similar spelling exists: `visitors`
       |
    38 | rate = "visitors * 2/min"
       |            +

    1 error
    "#);
}

#[test]
fn inputs_in_a_circle_are_shown() {
    insta::assert_snapshot!(slip("visitors = 500", "visitors = \"2 * guests\"\nguests = \"visitors / 2\""), @r#"
    error[input-cycle]: the inputs `visitors`, `guests` use each other in a circle
     --> shop.toml:4:11
      |
    3 | visitors = "2 * guests"
      | -------- to this input
    4 | guests = "visitors / 2"
      |           ^^^^^^^^ leads back
      |
      = help: give one of them a value of its own

    1 error
    "#);
}

#[test]
fn a_service_without_cores_is_shown_beside_the_work() {
    insta::assert_snapshot!(slip("cores = 1", "workers = 1"), @r#"
    error[no-cores]: `cpu` work on `bank`, which has no `cores`
      --> shop.toml:27:27
       |
     9 | [service.bank]
       |          ---- this service
    ...
    27 |   { timeout = "5s", do = [{ cpu = "price" }] },
       |                           ^^^^^^^^^^^^^^^^^ needs a core
       |
       = help: state `cores` in `[service.bank]`

    1 error
    "#);
}

#[test]
fn a_missing_pool_is_a_patch() {
    insta::assert_snapshot!(slip("service = \"api\"\nsteps", "service = \"bank\"\nsteps"), @r#"
    error[no-pool]: no pool leads from `bank` to `pg`
      --> shop.toml:33:14
       |
     9 | [service.bank]
       |          ---- the service of this flow
    ...
    33 |   { query = "read" },
       |              ^^^^ runs on `pg`
       |
    help: add a pool, with the size that it has
       |
    30 + [pool.bank_pg]
    31 + service = "bank"
    32 + database = "pg"
    33 + size = 10
       |

    1 error
    "#);
}

#[test]
fn a_register_that_the_callee_does_not_have() {
    insta::assert_snapshot!(slip("timeout = \"6s\"", "with = { prise = \"2ms\" }"), @r#"
    error[unknown-name]: `pay` has no `let` `prise`
      --> shop.toml:34:28
       |
    23 | [endpoint.pay]
       |           --- the called endpoint
    ...
    34 |   { call = "pay", with = { prise = "2ms" } },
       |                            ^^^^^ unknown `let`
       |
    help: a let with a similar name exists
       |
    34 -   { call = "pay", with = { prise = "2ms" } },
    34 +   { call = "pay", with = { price = "2ms" } },
       |

    1 error
    "#);
}

#[test]
fn calls_in_a_circle_are_shown() {
    insta::assert_snapshot!(slip("{ timeout = \"5s\", do = [{ cpu = \"price\" }] }", "{ call = \"buy\" }"), @r#"
    error[recursive-flow]: the endpoints `pay`, `buy` call each other in a circle
      --> shop.toml:34:13
       |
    23 | [endpoint.pay]
       |           --- to this endpoint
    ...
    34 |   { call = "pay", timeout = "6s" },
       |             ^^^ leads back
       |
       = help: for a loop use `repeat`

    1 error
    "#);
}

#[test]
fn a_value_out_of_range_says_the_range() {
    insta::assert_snapshot!(slip("size     = 10", "size = \"visitors - 500\""), @r#"
    error[out-of-range]: `pool.api_pg.size` is 0
      --> shop.toml:17:9
       |
    17 | size = "visitors - 500"
       |         ^^^^^^^^^^^^^^ must be at least 1

    1 error
    "#);
}

#[test]
fn a_callee_that_waits_longer() {
    insta::assert_snapshot!(slip("timeout = \"6s\"", "timeout = \"2s\""), @r#"
    warning[callee-timeout-longer]: a timeout of 5 s inside one of 2 s
      --> shop.toml:27:15
       |
    27 |   { timeout = "5s", do = [{ cpu = "price" }] },
       |               ^^^^ goes on when nobody waits any more
    ...
    34 |   { call = "pay", timeout = "2s" },
       |                             ---- gives up first
       |
       = help: timeouts should shrink on the way down

    1 warning
    "#);
}

#[test]
fn retries_multiply() {
    insta::assert_snapshot!(slip("{ call = \"pay\", timeout = \"6s\" }", "{ retry = { attempts = 3 }, do = [\n    { call = \"pay\", retry = { backoff = \"1s\" } },\n  ] }"), @r#"
    warning[nested-retries]: retries multiply: 3 × 3 = 9 attempts
      --> shop.toml:34:13
       |
    34 |   { retry = { attempts = 3 }, do = [
       |             ^^^^^^^^^^^^^^^^ 3 attempts
    35 |     { call = "pay", retry = { backoff = "1s" } },
       |                             ------------------ each with 3 attempts
       |
       = help: retry at one level, best the outermost that can still answer

    1 warning
    "#);
}

#[test]
fn workers_that_nothing_holds() {
    insta::assert_snapshot!(slip("cores     = 2", "cores     = 2\nworkers   = 8\nruntime   = \"async\""), @r#"
    warning[unused-entity]: `workers` of `service.api` has no effect
     --> shop.toml:8:13
      |
    8 | workers   = 8
      |             ^ this runtime holds no worker
      |
      = help: leave it out, or set `runtime = "threads"`

    1 warning
    "#);
}

#[test]
fn connections_beyond_the_server() {
    insta::assert_snapshot!(variant(BROWSE, "as_found").1, @r#"
    warning[pool-exceeds-server]: 10 × 50 = 500 connections to `pg`, which accepts 97
      --> shop.toml:18:12
       |
    18 | size     = 50
       |            ^^ on each instance
    ...
    46 | database.pg.max_connections = 100
       |                               --- 100 connections, of which 3 are reserved

    1 warning
    "#);
}

#[test]
fn nothing_to_run() {
    insta::assert_snapshot!(check("[service.api]\n"), @r#"
    error[nothing-to-run]: the scenario has no workload
     |
     = help: write `[workload.NAME]` with `rate` and `mix`

    1 error
    "#);
}
