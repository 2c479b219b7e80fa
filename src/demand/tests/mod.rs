//! Demands against numbers computed by hand, waits against published ones.

mod contract;
mod disks;
mod executions;
mod flows;
mod load;
mod nesting;
mod sketch;
mod systems;
