//! Deterministic patience: M/M/c + D.

use crate::harness::{MEAN, P99, Runs, check};
use crate::stations::pool;
use plimsoll::analytic::impatience::ConstantPatience;

#[test]
fn acquire_timeouts_follow_mmc_with_constant_patience() {
    let theory = ConstantPatience::new(1_050.0, 0.01, 10, 0.02);
    let runs = Runs::of(&pool(10, "exp(10ms)", 1_050.0, 800.0, "20ms"), 24);
    check("M/M/10+D abandon", &runs.shares("e", "pool_timeout"), theory.result.abandon, MEAN);
    let wait = runs.means("pool.p.wait");
    check("M/M/10+D mean wait of all", &wait, theory.result.mean_wait, MEAN);
    let served = runs.means("pool.p.wait.granted");
    check("M/M/10+D mean wait of the served", &served, theory.result.mean_wait_served, P99);
}
