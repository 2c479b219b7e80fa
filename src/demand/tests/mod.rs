//! Demands against numbers computed by hand, waits against published ones.

mod contract;
mod flows;
mod nesting;
mod sketch;
mod systems;
