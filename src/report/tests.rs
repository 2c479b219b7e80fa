//! The renderings of summaries made by hand.

mod fixture;

use super::{charts, json, markdown, text};

#[test]
fn look() {
    for summary in [fixture::browse(), fixture::failing()] {
        println!("{}", text::render(&summary));
        println!("{}", markdown::render(&summary, &charts::charts(&summary)));
    }
    println!("{}", json::render(&fixture::failing()).unwrap());
}
