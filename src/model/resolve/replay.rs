//! Logs of arrivals to be replayed: a CSV file of times and endpoints.
//!
//! A line is a time in seconds from the start of the run and the name of an endpoint, separated by
//! `,`, `;` or a tab; further columns say nothing. A first line whose time is no number is a head;
//! empty lines and lines that begin with `#` are left out. Lines need not be in order: logs of
//! several machines seldom are.

use super::Resolver;
use super::names::NOWHERE;
use super::section::Section;
use crate::diag::{Diagnostic, Id, name};
use crate::expr::checked::Checked;
use crate::model::{Bounds, Logged, QuantityId};
use crate::scenario::raw::Node;
use crate::units::time::seconds_to_ns;
use std::collections::BTreeMap;

/// Most lines of a log.
const MOST: usize = 5_000_000;
/// Lines with mistakes that are shown.
const SHOWN: usize = 3;

/// Requests of a log and the names of their endpoints, in order of first appearance.
#[derive(Debug, Default, PartialEq)]
struct Log<'t> {
    requests: Vec<Logged>,
    /// Name, first line, requests.
    endpoints: Vec<(&'t str, usize, u64)>,
    /// Line and what is wrong with it.
    mistakes: Vec<(usize, String)>,
}

impl<'a> Resolver<'a> {
    /// The endpoints of a log, weighted by their requests, and the log.
    pub(super) fn replay(
        &mut self,
        section: &Section<'a>,
        node: &'a Node,
    ) -> (Vec<(usize, QuantityId)>, Vec<Logged>) {
        let Some(file) = node.as_str() else {
            self.malformed(node);
            return (Vec::new(), Vec::new());
        };
        let text = match self.tables.text(file) {
            Ok(text) => text,
            Err(reason) => {
                let found =
                    Diagnostic::new(Id::Unreadable, format!("{} cannot be used", name(file)));
                self.push(found.at(node.inner_span(), reason));
                return (Vec::new(), Vec::new());
            }
        };
        let log = read(&text);
        for (line, mistake) in log.mistakes.iter().take(SHOWN) {
            let message = format!("line {line} of {} is not a request", name(file));
            let found = Diagnostic::new(Id::BadLog, message).at(node.inner_span(), mistake.clone());
            self.push(found.help("a line is a time in seconds and an endpoint: `12.5,browse`"));
        }
        if log.requests.is_empty() && log.mistakes.is_empty() {
            let found =
                Diagnostic::new(Id::BadLog, format!("there is no request in {}", name(file)));
            self.push(found.at(node.inner_span(), "nothing to replay"));
        }
        let mut mix = Vec::new();
        for (endpoint, line, count) in log.endpoints {
            let index = self.endpoint_in_log(endpoint, line, node);
            let path = format!("{}.{endpoint}", section.at("mix"));
            let weight = Checked::from_number(count as f64);
            mix.push((index, self.add_quantity(path, None, weight, Bounds::real(0.0, 1e9))));
        }
        (mix, log.requests)
    }

    /// The index of an endpoint that a line names.
    fn endpoint_in_log(&mut self, endpoint: &str, line: usize, node: &Node) -> usize {
        let found = self.raw.entities("endpoint").position(|known| known.name == endpoint);
        if found.is_none() {
            let message = format!("there is no endpoint {}", name(endpoint));
            let found = Diagnostic::new(Id::UnknownReference, message);
            let label = format!("first in line {line} of this file");
            self.push(found.at(node.inner_span(), label));
        }
        let index = found.unwrap_or(NOWHERE);
        self.usage.endpoint(index);
        index
    }
}

/// Reads a log.
fn read(text: &str) -> Log<'_> {
    let mut log = Log::default();
    let mut entries: BTreeMap<&str, u32> = BTreeMap::new();
    let mut may_be_head = true;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let mut cells =
            line.split([',', ';', '\t']).map(|cell| cell.trim().trim_matches('"').trim());
        let time = cells.next().unwrap_or("");
        if line.trim().is_empty() || time.starts_with('#') {
            continue;
        }
        let is_first = std::mem::replace(&mut may_be_head, false);
        let seconds = match time.parse::<f64>() {
            Ok(seconds) if (0.0..=Bounds::TIME.max).contains(&seconds) => seconds,
            Err(_) if is_first => continue,
            Ok(_) => {
                log.mistakes.push((number, format!("the time {} is out of range", name(time))));
                continue;
            }
            Err(_) => {
                log.mistakes.push((number, format!("{} is not a time in seconds", name(time))));
                continue;
            }
        };
        let Some(endpoint) = cells.next().filter(|cell| !cell.is_empty()) else {
            log.mistakes.push((number, "it names no endpoint".to_owned()));
            continue;
        };
        if log.requests.len() == MOST {
            log.mistakes.push((number, "a log has at most 5,000,000 requests".to_owned()));
            break;
        }
        let entry = *entries.entry(endpoint).or_insert_with(|| {
            log.endpoints.push((endpoint, number, 0));
            log.endpoints.len() as u32 - 1
        });
        log.endpoints[entry as usize].2 += 1;
        log.requests.push(Logged { at: seconds_to_ns(seconds), entry });
    }
    // Stable: requests of one instant stay in the order of the file.
    log.requests.sort_by_key(|request| request.at);
    log
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_times_and_endpoints() {
        let log = read("\u{feff}time,endpoint,who\r\n# a comment\n2.5;b\n\n \"1\"\ta\tx\n2.5,a\n");
        let at = |at: u64, entry| Logged { at: at * 100_000_000, entry };
        assert_eq!(log.requests, [at(10, 1), at(25, 0), at(25, 1)]);
        assert_eq!(log.endpoints, [("b", 3, 1), ("a", 5, 2)]);
        assert_eq!(log.mistakes, []);
    }

    #[test]
    fn mistakes_name_their_lines() {
        let log = read("1,a\nx,a\n-1,a\n2\n3,\nnan,a\n");
        let lines: Vec<usize> = log.mistakes.iter().map(|mistake| mistake.0).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6]);
        assert_eq!(log.requests.len(), 1);
        assert_eq!(read("head\nhead\n").mistakes.len(), 1, "only one line is a head");
    }
}
