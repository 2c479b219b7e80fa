//! Growth over a calendar: how many things come, how long they stay, where they lie and what that
//! costs.
//!
//! - [`calendar`]: real months from a date on, or even ones
//! - [`law`]: how many things come: constant, compound, rising, saturating, by season
//! - [`retention`]: which of them are still there
//! - [`storage`]: tiers that things move through as they age, and the bill for them
//! - [`money`]: amounts that add up to the last digit
//!
//! Plain numbers in, plain numbers out: seconds since month 0, things or bytes, money. Nothing is
//! simulated: things come as a flow, not one by one, and a count may be fractional. Every function
//! of time is a closed form within each month, and the sums over months are exact.

pub mod calendar;
pub mod law;
pub mod money;
pub mod retention;
pub mod storage;
#[cfg(test)]
mod tests;
