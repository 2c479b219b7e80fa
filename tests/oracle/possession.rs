//! Who holds what, and until when: locks of transactions, kept connections, work that nobody
//! waits for. Each case can be worked out by hand.

use crate::mechanisms::{burst, once};

const DATABASE: &str = r#"
[database.d]
[pool.p]
service = "app"
database = "d"
size = SIZE
round_trip = "0s"
acquire_timeout = "1s"
CHECKOUT
[query.q]
database = "d"
time = "10ms"
[lock.row]
scope = "database"
"#;

fn database(size: u32, checkout: &str) -> String {
    let checkout = format!("checkout = \"{checkout}\"");
    DATABASE.replace("SIZE", &size.to_string()).replace("CHECKOUT", &checkout)
}

fn spread(steps: &str, count: u32, rest: &str) -> (u64, u64) {
    let runs = once(&burst("workers = 9", steps, count, rest));
    let tally = &runs.tally("endpoint.e.ok")[0];
    let sums = tally.sums();
    assert_eq!(sums.count, u64::from(count));
    (sums.min, sums.max)
}

/// A lock inside itself is the same one: given back once, at the end of the outer block.
#[test]
fn a_lock_in_itself_is_given_back_once() {
    let twice = r#"{ lock = "row", do = [{ lock = "row", do = [] }, { delay = "10ms" }] }"#;
    let steps = format!("[{{ repeat = 2, do = [{twice}] }}]");
    // Two requests, two turns of 10 ms each, in turn.
    assert_eq!(spread(&steps, 2, &database(9, "query")), (30_000_000, 40_000_000));
}

/// A lock of a transaction ends with it, even if the connection is kept longer.
#[test]
fn a_kept_connection_does_not_keep_the_locks() {
    let steps = r#"[
      { transaction = [{ lock = "row", do = [{ query = "q" }] }] },
      { delay = "90ms" },
    ]"#;
    for checkout in ["query", "request"] {
        let found = spread(steps, 3, &database(9, checkout));
        assert_eq!(found, (100_000_000, 120_000_000), "{checkout}");
    }
}

/// Outside a transaction a lock ends with its block, whatever connection is kept.
#[test]
fn a_lock_outside_a_transaction_ends_with_its_block() {
    let steps = r#"[
      { query = "q" },
      { repeat = 2, do = [{ lock = "row", do = [{ delay = "10ms" }] }] },
      { delay = "70ms" },
    ]"#;
    for checkout in ["query", "request"] {
        let found = spread(steps, 1, &database(9, checkout));
        assert_eq!(found, (100_000_000, 100_000_000), "{checkout}");
    }
}

/// A lock that a block with a time limit takes belongs to the transaction around it.
#[test]
fn a_transaction_holds_what_its_blocks_lock() {
    let steps = r#"[{ transaction = [
      { timeout = "1s", do = [{ repeat = 2, do = [{ lock = "row", do = [{ query = "q" }] }] }] },
      { lock = "row", do = [{ delay = "80ms" }] },
    ] }]"#;
    for checkout in ["query", "request"] {
        let found = spread(steps, 3, &database(9, checkout));
        assert_eq!(found, (100_000_000, 300_000_000), "{checkout}");
    }
}
