//! Goal: no scenario makes the reader panic, also none that nobody would think of. Method: the fuzz
//! target of `tests/fuzz` on a stable toolchain: every scenario of the repository, mutilated by a
//! seeded generator in bytes, words, lines and pieces of others. `MUTATIONS=100000 cargo it
//! mutations` looks longer; a failure names its case, and `MUTATION=CASE` repeats it alone.

use std::path::Path;

use plimsoll::scenario::keys::{steps, tables};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

#[path = "../common/survive.rs"]
pub mod survive;

/// Cases without `MUTATIONS`: some seconds.
const CASES: u64 = 4_000;

/// Pieces of the language that stand in no list of words.
const PIECES: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "[[",
    "]]",
    "=",
    ",",
    ".",
    "\"",
    "'",
    "'''",
    "\"\"\"",
    "#",
    "\n",
    "\\u0000",
    "(",
    ")",
    " - ",
    " + ",
    " * ",
    " / ",
    "/s",
    "ms",
    "1e308",
    "-1",
    "0",
    "0.5",
    "9223372036854775807",
    "nan",
    "inf",
    "exp(1ms)",
    "between(1, 2)",
    "lognormal(p50=1ms, p99=9ms)",
    "pareto(1ms, 0.5)",
    "zipf(1_000_000_000, 0)",
    "choice([1, 2])",
    "hyperexp(1ms, 1e6)",
    "erlang(1e9, 1ms)",
    "min(",
    "ln(0)",
    "sqrt(-1)",
    "true",
    "2026-01-01",
    "\u{feff}",
    "\u{202e}",
    "é",
    "\0",
    "\r\n",
    "1 year",
    "1ns",
    "p99.9(endpoint.e) < 1s",
    "share(pool.p >= 1)",
    "at(1s, mean(pool.p.in_use))",
    "in(v, ",
    "during(w, ",
    "[variant.v]\nremove = [\"service\"]\n",
    "[variant.v]\nextends = \"v\"\n",
];

fn scenarios() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["scenarios", "tests/it/cli", "tests/it/diag", "src/cli"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder is there");
        let entries = entries.map(|entry| entry.expect("an entry").path());
        paths.extend(entries.filter(|path| path.extension().is_some_and(|end| end == "toml")));
    }
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a file")).collect()
}

/// Every key, verb, modifier and table, and [`PIECES`].
fn words() -> Vec<String> {
    let tables = tables::ALL.iter().chain(tables::NESTED);
    let mut words: Vec<String> = Vec::new();
    for table in tables {
        words.push(table.name.to_owned());
        words.extend(table.keys.iter().map(|key| key.name.to_owned()));
    }
    words.extend(steps::VERBS.iter().map(|verb| verb.key.name.to_owned()));
    words.extend(steps::MODIFIERS.iter().map(|key| key.name.to_owned()));
    words.extend(PIECES.iter().map(|piece| (*piece).to_owned()));
    words
}

struct Mutator {
    random: Xoshiro256PlusPlus,
    scenarios: Vec<Vec<u8>>,
    /// Those that have a meaning.
    valid: Vec<Vec<u8>>,
    words: Vec<String>,
}

impl Mutator {
    fn below(&mut self, bound: usize) -> usize {
        self.random.random_range(0..bound.max(1))
    }

    fn any(&mut self) -> Vec<u8> {
        let index = self.below(self.scenarios.len());
        self.scenarios[index].clone()
    }

    /// Every other case is one slip in a scenario that had no error, so that much is reached.
    fn case(&mut self, case: u64) -> Vec<u8> {
        if case.is_multiple_of(2) {
            let index = self.below(self.valid.len());
            let mut text = self.valid[index].clone();
            self.slip(&mut text);
            return text;
        }
        let mut text = self.any();
        for _ in 0..=self.below(4) {
            self.mutilate(&mut text);
        }
        text
    }

    /// A number becomes another one, or a line is left out, doubled or moved.
    fn slip(&mut self, text: &mut Vec<u8>) {
        let is_digit = |at: &usize| {
            text[*at].is_ascii_digit() && (*at == 0 || !text[*at - 1].is_ascii_alphanumeric())
        };
        let numbers: Vec<usize> = (0..text.len()).filter(is_digit).collect();
        let line = self.line(text);
        match self.below(6) {
            0 => drop(text.drain(line)),
            1 => {
                let copy = text[line].to_vec();
                let to = self.line(text).start;
                text.splice(to..to, copy);
            }
            _ if numbers.is_empty() => {}
            _ => {
                let index = self.below(numbers.len());
                let digits = text[numbers[index]..].iter();
                let length = digits.take_while(|byte| byte.is_ascii_digit()).count();
                let others = ["0", "1", "2", "7", "1e9", "1e300", "1e-300", "0.001", "123456789"];
                let other = others[self.below(others.len())];
                text.splice(numbers[index]..numbers[index] + length, other.bytes());
            }
        }
    }

    fn mutilate(&mut self, text: &mut Vec<u8>) {
        let at = self.below(text.len());
        let length = 1 + self.below(12);
        let end = (at + length).min(text.len());
        match self.below(8) {
            0 => drop(text.drain(at..end)),
            1 => {
                let copy = text[at..end].to_vec();
                let to = self.below(text.len());
                text.splice(to..to, copy);
            }
            2 if !text.is_empty() => text[at] = self.random.random(),
            3 => {
                let index = self.below(self.words.len());
                let word = self.words[index].clone().into_bytes();
                let end = if self.below(2) == 0 { at } else { end };
                text.splice(at..end, word);
            }
            // A line for another, here or from elsewhere.
            4 | 5 => {
                let other = if self.below(2) == 0 { text.clone() } else { self.any() };
                let line = self.line(&other);
                let place = self.line(text);
                let place = if self.below(2) == 0 { place } else { place.start..place.start };
                text.splice(place, other[line].to_vec());
            }
            // A word for another word of the same text.
            6 => {
                let from = word_at(text, at);
                let to = self.below(text.len());
                let to = word_at(text, to);
                let word = text[from].to_vec();
                text.splice(to, word);
            }
            _ => {
                let other = self.any();
                let cut = self.below(other.len());
                text.truncate(at);
                text.extend_from_slice(&other[cut..]);
            }
        }
    }

    fn line(&mut self, text: &[u8]) -> std::ops::Range<usize> {
        let at = self.below(text.len());
        let is_break = |byte: &u8| *byte == b'\n';
        let start = text[..at].iter().rposition(is_break).map_or(0, |found| found + 1);
        let end = text[at..].iter().position(is_break).map_or(text.len(), |found| at + found + 1);
        start..end
    }
}

/// Letters, digits, dots and underscores around a place.
fn word_at(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"._".contains(byte);
    let start = text[..at].iter().rposition(|byte| !is_word(byte)).map_or(0, |found| found + 1);
    let length = text[at..].iter().position(|byte| !is_word(byte));
    start..length.map_or(text.len(), |length| at + length).max(start)
}

#[test]
fn mutilated_scenarios_never_panic() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let cases = match number("MUTATION") {
        Some(case) => case..case + 1,
        None => 0..number("MUTATIONS").unwrap_or(CASES),
    };
    let random = Xoshiro256PlusPlus::seed_from_u64(0);
    let scenarios = scenarios();
    let valid: Vec<Vec<u8>> =
        scenarios.iter().filter(|text| survive::survive(text)).cloned().collect();
    let mut mutator = Mutator { random, scenarios, valid, words: words() };
    let (mut models, count) = (0, cases.end - cases.start);
    for case in cases {
        mutator.random = Xoshiro256PlusPlus::seed_from_u64(case);
        let text = mutator.case(case);
        let survived = std::panic::catch_unwind(|| survive::survive(&text)).ok();
        let is_model = survived
            .unwrap_or_else(|| panic!("MUTATION={case}\n{}", String::from_utf8_lossy(&text)));
        models += u64::from(is_model);
    }
    // Mutations that leave nothing to resolve would test the parser of TOML alone.
    assert!(count < CASES || models * 5 > count, "only {models} of {count} had a meaning");
}
