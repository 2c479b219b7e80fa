//! Demands against numbers computed by hand, waits against published ones.

mod contract;
mod flows;
mod sketch;
mod systems;
