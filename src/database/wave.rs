//! Pages of an index filled by inserts at random places: the wave around ln 2.
//!
//! A page of `capacity` entries that gets one more splits into two of half as many. Of n entries in
//! random order the next falls into a page with a probability proportional to the page's entries; so
//! in the time ln n every page lives on its own, its entries growing as a Yule process: from m entries
//! to a split takes a sum of exponential times with rates m, m + 1, …, capacity, whose transform is
//! f(s) = product of k / (k + s). The expected number of pages is a renewal function: a sum over the
//! roots of f(s) = 1/2 (s = 1, and pairs near 1 ± 2 pi i j / ln 2),
//!
//! ```text
//! pages(n) = sum over roots of  start(s) G(n) / (G(n0) s H(s)),
//! G(n) = Gamma(n + s) / Gamma(n), about n^s,    H(s) = sum over k of 1 / (k + s).
//! ```
//!
//! The root 1 is the known fill of ln 2 = 69 % (Yao, "On random 2-3 trees", Acta Informatica 9, 1978).
//! The pairs are the wave: pages that start together split together, so the fill runs from 50 % to
//! 100 % and back whenever the entries double, damped as the pages drift out of step (slowly: the
//! larger the pages, the slower).
//!
//! The rightmost page (at first the only one) splits 90 : 10, as if what comes were ascending: the
//! index descends from a page of 90 % of `capacity`, and from another such page whenever the rightmost
//! page has grown from 10 % to a split, r(s) = product over these k: start(s) has 1 / (1 - r(s)).
//!
//! A single index deviates from the expectation: with 290 entries a
//! page and 100,000 entries by about 2 % (one standard deviation), at 1,000,000 by under 1 %.

use super::known::Known;
use std::f64::consts::{LN_2, PI};
use std::ops::{Add, Mul, Sub};

/// Pairs of roots: the last contributes less than 1e-6 after the first doubling.
const PAIRS: u32 = 16;
/// Share of its entries that the rightmost page leaves on its left when it splits.
const RIGHTMOST_FILL: f64 = 0.9;

/// The pages from which the inserts start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// Entries at the start.
    pub entries: f64,
    /// Pages they fill, all equally.
    pub pages: f64,
}

/// Expected leaf pages of `entries` entries with at most `capacity` a page: those of `start`, the
/// others inserted at random places.
pub fn pages(capacity: f64, entries: f64, start: Option<Start>) -> f64 {
    let capacity = capacity.max(2.0);
    let Some(start) = start.filter(|start| start.entries >= 1.0 && start.pages >= 1.0) else {
        // All in one page, which splits with the entry after the last that fits.
        if entries <= capacity {
            return 1.0;
        }
        let split = Start { entries: capacity + 1.0, pages: 1.0 };
        let left = RIGHTMOST_FILL * (capacity + 1.0);
        // The root at 0 of 1 - r(s): a constant, from the mean times to a split.
        let time = |from: f64| psi(real(capacity + 1.0)).re - psi(real(from)).re;
        let constant = (time(left) - 2.0 * time(0.5 * (capacity + 1.0)))
            / time((capacity + 1.0 - left).max(1.0));
        let left_behind = sum(capacity, entries, split, left, true) + constant;
        return 1.0 + left_behind.max(1.0);
    };
    let filled = (start.entries / start.pages).min(capacity);
    if entries <= start.entries {
        return start.pages;
    }
    // Until pages split for the second time, each has split with the probability that its first
    // time to split is over.
    let time = libm::log(entries / start.entries);
    let mean = psi(real(capacity + 1.0)).re - psi(real(filled)).re;
    let variance = (1.0 / filled - 1.0 / (capacity + 1.0)).max(1e-12);
    if time < mean + 0.5 * LN_2 {
        // That time is nearly gamma; Wilson and Hilferty 1931.
        let ninth = variance / (9.0 * mean * mean).max(1e-24);
        let deviation = (libm::cbrt(time / mean) - 1.0 + ninth) / libm::sqrt(ninth);
        let split = 0.5 * libm::erfc(-deviation / 2.0_f64.sqrt());
        return start.pages * (1.0 + split);
    }
    sum(capacity, entries, start, filled, false).max(start.pages)
}

/// What a root contributes, but for the entries that there are.
struct Root {
    s: Complex,
    first: Complex,
    start: Complex,
    ln_s: Complex,
    ln_spread: Complex,
    ln_again: Complex,
}

/// Roots by capacity and start: finding them takes most of the time, and a forecast asks for the same
/// ones at every date.
static ROOTS: Known<Vec<Root>> = Known::new();

/// The sum over the roots, for pages that have `filled` entries at the start; with the pages that a
/// `rightmost` page leaves behind, now (the one counted at the start) and later.
fn sum(capacity: f64, entries: f64, start: Start, filled: f64, rightmost: bool) -> f64 {
    let key = [capacity, start.entries, filled, f64::from(u8::from(rightmost))].map(f64::to_bits);
    let known = ROOTS.or(key.to_vec(), || roots(capacity, start.entries, filled, rightmost));
    let mut total = 0.0;
    for (pair, root) in known.iter().enumerate() {
        let growth = root.first - (root.start - ln_rising(entries, root.s));
        let term = exp(growth - root.ln_s - root.ln_spread - root.ln_again);
        total += if pair == 0 { term.re } else { 2.0 * term.re };
    }
    start.pages * total
}

fn roots(capacity: f64, start: f64, filled: f64, rightmost: bool) -> Vec<Root> {
    let half = 0.5 * (capacity + 1.0);
    let mut roots = Vec::new();
    for pair in 0..=PAIRS {
        let s = root(capacity, pair);
        // Far to the left roots are damped to nothing, and Stirling's series ends.
        if s.re.is_nan() || s.re < -0.5 * half {
            break;
        }
        let spread = psi(s + real(capacity + 1.0)) - psi(s + real(half));
        let again = if rightmost {
            real(1.0) - exp(ln_gamma_ratio(capacity + 1.0 - filled, capacity + 1.0, s))
        } else {
            real(1.0)
        };
        roots.push(Root {
            s,
            first: ln_gamma_ratio(filled, capacity + 1.0, s),
            start: ln_rising(start, s),
            ln_s: ln(s),
            ln_spread: ln(spread),
            ln_again: ln(again),
        });
    }
    roots
}

/// The root of f(s) = 1/2 near 1 + 2 pi i pair / ln 2, by Newton's method on the logarithm.
fn root(capacity: f64, pair: u32) -> Complex {
    let turn = 2.0 * PI * f64::from(pair);
    let half = 0.5 * (capacity + 1.0);
    let mut s = Complex { re: 1.0, im: turn / LN_2 };
    for _ in 0..20 {
        let value = ln_gamma_ratio(half, capacity + 1.0, s) + Complex { re: LN_2, im: turn };
        let slope = psi(s + real(capacity + 1.0)) - psi(s + real(half));
        s = s + exp(ln(value) - ln(slope));
        if value.re.abs() + value.im.abs() < 1e-12 {
            break;
        }
    }
    s
}

/// Logarithm of the product of k / (k + s) for k = from, from + 1, …, to - 1.
fn ln_gamma_ratio(from: f64, to: f64, s: Complex) -> Complex {
    ln_rising(from, s) - ln_rising(to, s)
}

/// Logarithm of Gamma(x + s) / Gamma(x) for x >= 1: Stirling's series (an error below 1e-3 for x = 1,
/// 1e-9 for 100), as a difference that keeps its digits for large x.
fn ln_rising(x: f64, s: Complex) -> Complex {
    let (re, im) = (s.re / x, s.im / x);
    let ln_sum = Complex {
        re: 0.5 * libm::log1p(2.0 * re + re * re + im * im),
        im: libm::atan2(im, 1.0 + re),
    };
    let series = |z: Complex| {
        let inverse = exp(real(0.0) - ln(z));
        inverse * real(1.0 / 12.0) - inverse * inverse * inverse * real(1.0 / 360.0)
    };
    (s + real(x - 0.5)) * ln_sum + s * real(libm::log(x)) - s + series(s + real(x))
        - series(real(x))
}

/// The derivative of the logarithm of Gamma.
fn psi(z: Complex) -> Complex {
    let inverse = exp(real(0.0) - ln(z));
    ln(z) - inverse * real(0.5) - inverse * inverse * real(1.0 / 12.0)
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Complex {
    re: f64,
    im: f64,
}

const fn real(re: f64) -> Complex {
    Complex { re, im: 0.0 }
}

fn ln(z: Complex) -> Complex {
    Complex { re: libm::log(libm::hypot(z.re, z.im)), im: libm::atan2(z.im, z.re) }
}

fn exp(z: Complex) -> Complex {
    let size = libm::exp(z.re);
    Complex { re: size * libm::cos(z.im), im: size * libm::sin(z.im) }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected number of pages by the exact recursion: of n entries, the next falls into a page
    /// of k entries with probability k / n; a page that would have more than `capacity` splits.
    fn recursion(capacity: usize, start: usize, pages: f64, entries: usize) -> f64 {
        let mut of_size = vec![0.0; capacity + 1];
        of_size[start] = pages;
        let mut rightmost = vec![0.0; capacity + 1];
        if pages == 1.0 {
            // Only one page: it is the rightmost.
            std::mem::swap(&mut of_size, &mut rightmost);
        }
        let left = (0.9 * (capacity + 1) as f64).round() as usize;
        let mut n = start as f64 * pages;
        while n < entries as f64 {
            let mut next = of_size.clone();
            for (k, &count) in of_size.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                let moved = count * k as f64 / n;
                next[k] -= moved;
                if k < capacity {
                    next[k + 1] += moved;
                } else {
                    next[capacity.div_ceil(2)] += moved;
                    next[capacity + 1 - capacity.div_ceil(2)] += moved;
                }
            }
            let mut next_rightmost = rightmost.clone();
            for (k, &share) in rightmost.iter().enumerate().filter(|(_, share)| **share > 0.0) {
                let moved = share * k as f64 / n;
                next_rightmost[k] -= moved;
                if k < capacity {
                    next_rightmost[k + 1] += moved;
                } else {
                    next_rightmost[capacity + 1 - left] += moved;
                    next[left] += moved;
                }
            }
            (of_size, rightmost) = (next, next_rightmost);
            n += 1.0;
        }
        of_size.iter().chain(&rightmost).sum()
    }

    #[test]
    fn an_empty_start_matches_the_recursion() {
        for (capacity, entries) in [
            (21, 60),
            (21, 100),
            (21, 1_000),
            (51, 500),
            (51, 3_000),
            (101, 150),
            (101, 200),
            (101, 350),
            (101, 2_500),
            (290, 600),
            (290, 1100),
            (290, 3000),
            (290, 20_000),
            (290, 40_000),
        ] {
            let exact = recursion(capacity, 1, 1.0, entries);
            let found = pages(capacity as f64, entries as f64, None);
            let apart = (found - exact).abs();
            assert!(apart < 0.4 + 0.005 * exact, "{capacity} {entries}: {found}, {exact}");
        }
    }

    #[test]
    fn a_built_start_matches_the_recursion() {
        for (capacity, filled, entries) in [
            (101, 91, 9_200),
            (101, 91, 10_000),
            (101, 91, 10_500),
            (101, 91, 14_000),
            (101, 91, 20_000),
            (101, 60, 25_000),
        ] {
            let exact = recursion(capacity, filled, 100.0, entries);
            let start = Start { entries: 100.0 * filled as f64, pages: 100.0 };
            let found = pages(capacity as f64, entries as f64, Some(start));
            assert!((found / exact - 1.0).abs() < 0.01, "{capacity} {entries}: {found}, {exact}");
        }
    }

    /// Source: Yao 1978: pages filled at random tend to a fill of ln 2.
    #[test]
    fn the_fill_tends_to_ln_2() {
        let fill = |capacity: f64| 1e12 / pages(capacity, 1e12, None) / capacity;
        assert!((fill(20.0) - LN_2).abs() < 0.05 && (fill(300.0) - LN_2).abs() < 0.05);
    }
}
