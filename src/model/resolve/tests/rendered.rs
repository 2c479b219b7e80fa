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
fn dump() {
    let all = [
        slip("visitors * 2", "vistors * 2"),
        slip("visitors = 500", "visitors = \"2 * guests\"\nguests = \"visitors / 2\""),
        slip("cores = 1", "workers = 1"),
        slip("service = \"api\"\nsteps", "service = \"bank\"\nsteps"),
        slip("timeout = \"6s\"", "with = { prise = \"2ms\" }"),
        slip("{ timeout = \"5s\", do = [{ cpu = \"price\" }] }", "{ call = \"buy\" }"),
        slip("size     = 10", "size = \"visitors - 500\""),
        slip("timeout = \"6s\"", "timeout = \"2s\""),
        slip(
            "{ call = \"pay\", timeout = \"6s\" }",
            "{ retry = { attempts = 3 }, do = [\n    { call = \"pay\", retry = { backoff = \"1s\" } },\n  ] }",
        ),
        slip("cores     = 2", "cores     = 2\nworkers   = 8\nruntime   = \"async\""),
        variant(BROWSE, "as_found").1,
        check("[service.api]\n"),
    ];
    std::fs::write("/tmp/rendered.txt", all.join("\u{1}")).unwrap();
}
