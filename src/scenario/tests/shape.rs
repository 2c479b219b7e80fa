//! Mistakes in the shape of a scenario: tables, keys, types, words, steps.
use super::{check, clean, ids};
use crate::diag::Id;

#[test]
fn unknown_tables_and_keys_at_once() {
    insta::assert_snapshot!(check(
        "[services.api]\ncores = 2\n\n[service.api]\ncoers = 2\nfrobnicate = 1\n\n[pool.p]\nservice = \"api\"\ndatabase = \"pg\"\nsize = 5\nacquire_timout = \"1s\"\n"
    ), @r#"
    error[unknown-table]: unknown table `services`
     --> shop.toml:1:2
      |
    1 | [services.api]
      |  ^^^^^^^^ not a table of a scenario
      |
    help: here it is `service`: instances of a program that serve endpoints
      |
    1 - [services.api]
    1 + [service.api]
      |

    error[unknown-key]: unknown key `coers` in `service.api`
     --> shop.toml:5:1
      |
    5 | coers = 2
      | ^^^^^ not a key of a service
      |
    help: a key with a similar name exists
      |
    5 - coers = 2
    5 + cores = 2
      |

    error[unknown-key]: unknown key `frobnicate` in `service.api`
     --> shop.toml:6:1
      |
    6 | frobnicate = 1
      | ^^^^^^^^^^ not a key of a service

    error[unknown-key]: unknown key `acquire_timout` in `pool.p`
      --> shop.toml:12:1
       |
    12 | acquire_timout = "1s"
       | ^^^^^^^^^^^^^^ not a key of a pool
       |
    help: a key with a similar name exists
       |
    12 | acquire_timeout = "1s"
       |            +

    4 errors
    "#);
}

#[test]
fn reserved_words_say_so() {
    insta::assert_snapshot!(check(
        "[cache.c]\nttl = \"1s\"\n\n[database.pg]\ncores = 2\nreplicas = 2\n\n[flow.f]\nsteps = [{ publish = \"t\" }]\n\n[pool.p]\npooler = 10\n"
    ), @r#"
    error[reserved-word]: `[cache]` belongs to a later release
     --> shop.toml:1:2
      |
    1 | [cache.c]
      |  ^^^^^ reserved: a cache
      |
      = help: until then a branch by chance stands for it: `choose` with the share of hits
      = help: `plimsoll explain cache` writes it out

    error[reserved-word]: `replicas` of `database.pg` belongs to a later release
     --> shop.toml:6:1
      |
    6 | replicas = 2
      | ^^^^^^^^ reserved: read replicas
      |
      = help: until then a replica is a `[database.X]` of its own, with a pool of its own

    error[reserved-word]: `publish` in a step belongs to a later release
     --> shop.toml:9:12
      |
    9 | steps = [{ publish = "t" }]
      |            ^^^^^^^ reserved
      |
      = help: until then a `[service.X]` whose workers take the messages stands for it, and `fork` with `join = "none"` sends one
      = help: `plimsoll explain publish` writes it out

    error[missing-key]: `pool.p` has no `database`
      --> shop.toml:11:1
       |
    11 | [pool.p]
       | ^^^^^^^^ `database` is required
       |
       = help: `database` says: where its connections lead

    error[missing-key]: `pool.p` has no `service`
      --> shop.toml:11:1
       |
    11 | [pool.p]
       | ^^^^^^^^ `service` is required
       |
       = help: `service` says: whose pool it is

    error[missing-key]: `pool.p` has no `size`
      --> shop.toml:11:1
       |
    11 | [pool.p]
       | ^^^^^^^^ `size` is required
       |
       = help: `size` says: most connections, per instance

    error[reserved-word]: `pooler` of `pool.p` belongs to a later release
      --> shop.toml:12:1
       |
    12 | pooler = 10
       | ^^^^^^ reserved: a pooler between service and database

    7 errors
    "#);
}

#[test]
fn wrong_types() {
    insta::assert_snapshot!(check(
        "run = 5\n\n[service]\napi = \"x\"\n\n[service.b]\ncores = true\nruntime = 5\nline = 7\n\n[endpoint.e]\nservice = \"b\"\nsteps = { cpu = \"1ms\" }\n\n[flow.f]\nsteps = [\"cpu\", { reply = false }, { cpu = [1] }]\n"
    ), @r#"
    error[wrong-type]: `run` is a table, not a number
     --> shop.toml:1:7
      |
    1 | run = 5
      | ---   ^ a number
      | |
      | this table

    error[wrong-type]: `service.api` is a table, not a text
     --> shop.toml:4:7
      |
    4 | api = "x"
      | ---   ^^^ a text
      | |
      | this table

    error[wrong-type]: `cores` of `service.b` takes a number or an expression, not a truth value
     --> shop.toml:7:9
      |
    7 | cores = true
      |         ^^^^ a truth value

    error[wrong-type]: `runtime` of `service.b` takes a word, not a number
     --> shop.toml:8:11
      |
    8 | runtime = 5
      |           ^ a number
      |
      = help: the words are `threads`, `event-loop` and `async`

    error[wrong-type]: `line` of `service.b` takes a table, not a number
     --> shop.toml:9:8
      |
    9 | line = 7
      |        ^ a number
      |
    help: the table that says the same
      |
    9 - line = 7
    9 + line = { limit = 7 }
      |

    error[wrong-type]: `steps` of `endpoint.e` takes a list of steps, not a table
      --> shop.toml:13:9
       |
    13 | steps = { cpu = "1ms" }
       |         ^^^^^^^^^^^^^^^ a table

    error[wrong-type]: a step of `flow.f` is a text
      --> shop.toml:16:10
       |
    16 | steps = ["cpu", { reply = false }, { cpu = [1] }]
       |          ^^^^^ a text
       |
       = help: a step is a table, such as `{ query = "read" }`

    error[wrong-type]: `reply` of `flow.f` takes `true`, not `false`
      --> shop.toml:16:27
       |
    16 | steps = ["cpu", { reply = false }, { cpu = [1] }]
       |                           ^^^^^ `false`

    error[wrong-type]: `cpu` of `flow.f` takes a number or an expression, not a list
      --> shop.toml:16:44
       |
    16 | steps = ["cpu", { reply = false }, { cpu = [1] }]
       |                                            ^^^ a list

    9 errors
    "#);
}

#[test]
fn words_of_an_enumeration() {
    insta::assert_snapshot!(check(
        "[service.api]\nbalance = \"round_robin\"\nruntime = \"green\"\n\n[flow.f]\nsteps = [{ fork = [[], []], join = \"quorum(0)\" }]\n"
    ), @r#"
    error[unknown-word]: `round_robin` is not a word for `balance` of `service.api`
     --> shop.toml:2:12
      |
    2 | balance = "round_robin"
      |            ^^^^^^^^^^^ unknown word
      |
    help: a word with a similar name exists
      |
    2 - balance = "round_robin"
    2 + balance = "round-robin"
      |

    error[unknown-word]: `green` is not a word for `runtime` of `service.api`
     --> shop.toml:3:12
      |
    3 | runtime = "green"
      |            ^^^^^ unknown word
      |
      = help: the words are `threads`, `event-loop` and `async`

    error[unknown-word]: `quorum(0)` is not a word for `join` of `flow.f`
     --> shop.toml:6:37
      |
    6 | steps = [{ fork = [[], []], join = "quorum(0)" }]
      |                                     ^^^^^^^^^ unknown word
      |
      = help: the words are `all`, `first`, `none` and `quorum(k)`

    3 errors
    "#);
    clean(
        "[flow.f]\nsteps = [{ fork = [[], []], join = \"quorum(2)\" }, { each = 3, parallel = \"all\", do = [] }]\n",
    );
}

#[test]
fn required_keys() {
    insta::assert_snapshot!(check(
        "[pool.p]\nservice = \"api\"\n\n[query.q]\ndatabase = \"pg\"\n\n[workload.w]\nburst = { at = \"1s\" }\nmix = { e = 1 }\n\n[flow.f]\nsteps = [{ each = 5 }, { choose = [{ do = [] }] }]\n"
    ), @r#"
    error[missing-key]: `pool.p` has no `database`
     --> shop.toml:1:1
      |
    1 | [pool.p]
      | ^^^^^^^^ `database` is required
      |
      = help: `database` says: where its connections lead

    error[missing-key]: `pool.p` has no `size`
     --> shop.toml:1:1
      |
    1 | [pool.p]
      | ^^^^^^^^ `size` is required
      |
      = help: `size` says: most connections, per instance

    error[missing-key]: `query.q` has no `cpu`, `reads`, `scan`, `time` or `commit`
     --> shop.toml:4:1
      |
    4 | [query.q]
      | ^^^^^^^^^ one of them is required

    error[missing-key]: `workload.w.burst` has no `count`
     --> shop.toml:8:9
      |
    8 | burst = { at = "1s" }
      |         ^^^^^^^^^^^^^ `count` is required
      |
      = help: `count` says: how many requests

    error[missing-key]: the step `each` has no `do`
      --> shop.toml:12:10
       |
    12 | steps = [{ each = 5 }, { choose = [{ do = [] }] }]
       |          ^^^^^^^^^^^^ `do` is required
       |
       = help: write `do = [...]` with the steps of the block

    error[missing-key]: `choose` has no `p`
      --> shop.toml:12:36
       |
    12 | steps = [{ each = 5 }, { choose = [{ do = [] }] }]
       |                                    ^^^^^^^^^^^ `p` is required
       |
       = help: `p` says: its probability

    6 errors
    "#);
}

#[test]
fn keys_that_exclude_each_other() {
    insta::assert_snapshot!(check(
        "[workload.w]\nrate = \"1/s\"\nburst = { count = 1 }\nmix = { e = 1 }\n"
    ), @r#"
    error[exclusive-keys]: `rate` and `burst` exclude each other in `workload.w`
     --> shop.toml:3:1
      |
    2 | rate = "1/s"
      | ---- or this one
    3 | burst = { count = 1 }
      | ^^^^^ this one
      |
      = help: keep one of them

    1 error
    "#);
}

#[test]
fn names() {
    insta::assert_snapshot!(check(
        "[inputs]\ncalls-per-day = 1\n\n[service.\"my api\"]\n\n[service.9]\n\n[claim.\"live-a/S3.3\"]\nthat = \"1 < 2\"\n"
    ), @r#"
    error[bad-name]: `calls-per-day` is not a name for an input
     --> shop.toml:2:1
      |
    2 | calls-per-day = 1
      | ^^^^^^^^^^^^^ not a name
      |
      = help: a name is a letter, then letters, digits, `_`; at most 64 characters
    help: with underscores it is one
      |
    2 - calls-per-day = 1
    2 + calls_per_day = 1
      |

    error[bad-name]: `my api` is not a name for a service
     --> shop.toml:4:10
      |
    4 | [service."my api"]
      |          ^^^^^^^^ not a name
      |
      = help: a name is a letter, then letters, digits, `_`, `-`; at most 64 characters
    help: with underscores it is one
      |
    4 - [service."my api"]
    4 + [service.my_api]
      |

    error[bad-name]: `9` is not a name for a service
     --> shop.toml:6:10
      |
    6 | [service.9]
      |          ^ not a name
      |
      = help: a name is a letter, then letters, digits, `_`, `-`; at most 64 characters

    3 errors
    "#);
}

#[test]
fn steps_with_wrong_verbs() {
    insta::assert_snapshot!(check(
        "[flow.f]\nsteps = [\n  { times = 3 },\n  { cpu = \"1ms\", query = \"q\" },\n  { qeury = \"q\" },\n  { cpu = \"1ms\", timeout = \"1s\" },\n  { delay = \"1ms\", times = 2 },\n]\n"
    ), @r#"
    error[no-verb]: a step of `flow.f` has no verb
     --> shop.toml:3:3
      |
    3 |   { times = 3 },
      |   ^^^^^^^^^^^^^ does nothing
      |
      = help: say what it does, such as `cpu`, `delay`, `query` or `call`

    error[duplicate-verb]: a step of `flow.f` has two verbs, `cpu` and `query`
     --> shop.toml:4:18
      |
    4 |   { cpu = "1ms", query = "q" },
      |     ---          ^^^^^ second verb
      |     |
      |     first verb
      |
      = help: write two steps, or put one into the other with `do = [...]`

    error[unknown-verb]: unknown word `qeury` in a step of `flow.f`
     --> shop.toml:5:5
      |
    5 |   { qeury = "q" },
      |     ^^^^^ neither a verb nor a modifier
      |
    help: a word with a similar name exists
      |
    5 -   { qeury = "q" },
    5 +   { query = "q" },
      |

    error[modifier-not-allowed]: `timeout` does not go with `cpu`
     --> shop.toml:6:18
      |
    6 |   { cpu = "1ms", timeout = "1s" },
      |     --- the verb ^^^^^^^ no effect here
      |
      = help: put the step into a block: `{ timeout = ..., do = [...] }`

    error[modifier-not-allowed]: `times` does not go with `delay`
     --> shop.toml:7:20
      |
    7 |   { delay = "1ms", times = 2 },
      |     ----- the verb ^^^^^ no effect here
      |
      = help: the only modifier is `as`

    5 errors
    "#);
}

/// `timeout`, `retry` and `hedge` are verbs by themselves and modifiers beside another verb.
#[test]
fn wrappers_are_verbs_or_modifiers() {
    clean(
        "[flow.f]\nsteps = [\n  { timeout = \"1s\", do = [{ cpu = \"1ms\" }], else = [], on = [\"timed_out\"], degraded = false },\n  { call = \"e\", retry = { attempts = \"unlimited\", backoff = { first = \"1ms\" } }, hedge = \"5ms\", timeout = \"1s\" },\n  { retry = {}, do = [] },\n]\n",
    );
    assert_eq!(
        ids("[flow.f]\nsteps = [{ timeout = \"1s\", retry = {}, do = [] }]\n"),
        [Id::DuplicateVerb]
    );
    assert_eq!(ids("[flow.f]\nsteps = [{ timeout = \"1s\" }]\n"), [Id::MissingKey]);
}

#[test]
fn dates() {
    clean("[scenario]\nstart = 2026-03-01\n");
    for value in ["\"2026-03-01\"", "07:30:00", "5"] {
        assert_eq!(ids(&format!("[scenario]\nstart = {value}\n")), [Id::BadDate], "{value}");
    }
}

/// One slip gives one diagnostic: what a broken value or name would cause further is silent.
#[test]
fn no_cascades() {
    assert_eq!(ids("[pool.p]\nservice = \"a\"\ndatabase = \"b\"\nsize = 5O\n"), [Id::TomlSyntax]);
    assert_eq!(ids("[pools.p]\nsize = true\nnonsense = 1\n"), [Id::UnknownTable]);
    assert_eq!(ids("[flow.f]\nsteps = [{ qeury = \"q\", times = true }]\n"), [Id::UnknownVerb]);
}
