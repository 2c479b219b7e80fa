//! Demands against numbers computed by hand, waits against published ones.

mod flows;
mod sketch;
mod systems;
