//! The random source of one draw, and the keys it starts from.
//!
//! A draw is counter-based: its numbers are a pure function of (key, variable), so a request keeps
//! its values whatever else the design does. The order of events, the number of threads and the
//! draws of other requests have no part in it. A key comes from [`child_key`] (seed, then
//! replication, then request), a variable from [`hash_name`].

/// 2^64 divided by the golden ratio, odd: the step of `SplitMix64`.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Mixes 64 bits: a bijection in which every input bit moves every output bit about half the time.
///
/// The finalizer of `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014), with the constants of Stafford's variant 13.
#[inline]
pub const fn mix64(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// The key of the `index`-th child (a replication, a request, a visit) at `site` under `key`.
///
/// For a fixed parent and site it is a bijection of `index`: no two children share a key.
#[inline]
pub const fn child_key(key: u64, site: u64, index: u64) -> u64 {
    let parent = mix64(key ^ site.wrapping_mul(GOLDEN));
    mix64(parent.wrapping_add(index.wrapping_add(1).wrapping_mul(GOLDEN)))
}

/// The number of a name, stable for ever: FNV-1a over its UTF-8 bytes, then [`mix64`].
///
/// FNV-1a: Fowler, Noll and Vo, with their 64-bit offset basis and prime.
pub const fn hash_name(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01B3);
        at += 1;
    }
    mix64(hash)
}

/// The key of request number `serial` of a source whose own key is mixed already.
#[inline]
pub const fn serial_key(source: u64, serial: u64) -> u64 {
    mix64(source.wrapping_add(serial.wrapping_mul(GOLDEN)))
}

/// The place of mixed bits among `places`: each as likely as the others.
#[inline]
pub const fn key_place(bits: u64, places: u32) -> u32 {
    ((bits as u128 * places as u128) >> 64) as u32
}

/// Mixed bits as a number in the open interval (0, 1), as [`Draw::next_f64`] makes them.
#[inline]
pub const fn unit_interval(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

/// The random source of one draw: a `SplitMix64` sequence that starts at (key, variable).
///
/// Both are to be well mixed ([`child_key`], [`hash_name`]): the sequence depends on
/// `key ^ variable` only, so small hand-made numbers collide.
#[derive(Clone, Debug)]
pub struct Draw {
    state: u64,
}

impl Draw {
    /// The source for `variable` under `key`.
    #[inline]
    pub const fn new(key: u64, variable: u64) -> Draw {
        Draw { state: key ^ variable }
    }

    /// The next 64 random bits.
    #[inline]
    pub const fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix64(self.state)
    }

    /// The next number in the open interval (0, 1): never 0, never 1, so its logarithm is finite.
    ///
    /// The upper 52 bits plus a half. (With 53 bits the half would round the last value up to 1.)
    #[inline]
    pub const fn next_f64(&mut self) -> f64 {
        unit_interval(self.next_u64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: the generator is the published one. Source: the reference `SplitMix64` (Vigna,
    /// splitmix64.c) seeded with 0.
    #[test]
    fn splitmix64_gives_the_published_sequence() {
        let mut draw = Draw { state: 0 };
        let outputs = [draw.next_u64(), draw.next_u64(), draw.next_u64()];
        assert_eq!(outputs, [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4, 0x06C4_5D18_8009_454F]);
    }

    /// Goal: names keep their numbers for ever. Source: the FNV-1a test vectors, mixed.
    #[test]
    fn hash_name_is_fnv1a_then_mixed() {
        assert_eq!(hash_name(""), mix64(0xCBF2_9CE4_8422_2325));
        assert_eq!(hash_name("a"), mix64(0xAF63_DC4C_8601_EC8C));
        assert_eq!(hash_name("foobar"), mix64(0x8594_4171_F739_67E8));
    }

    /// Goal: a change of the keys is noticed (it changes every result ever published).
    #[test]
    fn keys_are_pinned() {
        let found =
            [mix64(1), hash_name("api.cpu"), child_key(1, 2, 3), Draw::new(1, 2).next_u64()];
        assert_eq!(found, PINNED, "{found:#x?}");
    }

    const PINNED: [u64; 4] = [
        0x5692_161D_100B_05E5,
        0x234D_B14F_1599_84FB,
        0x904A_6E8F_F8C2_3A56,
        0x1D0B_14E4_DB01_8FED,
    ];

    #[test]
    fn unit_interval_is_open_at_both_ends() {
        let unit = |bits: u64| ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64);
        assert!(unit(0) > 0.0 && unit(u64::MAX) < 1.0);
        let mut draw = Draw::new(hash_name("open"), 0);
        assert!((0..100_000).map(|_| draw.next_f64()).all(|u| u > 0.0 && u < 1.0));
    }

    /// Goal: equal use of the unit interval along each way numbers are taken: within a draw, over
    /// request serials, over variables, over sites. Method: chi-square on 256 cells, n = 2^18;
    /// under uniformity mean 255 and standard deviation 22.6, bounds at 4.5 of them.
    #[test]
    fn numbers_are_uniform_along_every_direction() {
        for (name, values) in directions(1 << 18) {
            let mut cells = [0_u32; 256];
            for value in &values {
                cells[(value * 256.0) as usize] += 1;
            }
            let expected = values.len() as f64 / 256.0;
            let chi: f64 =
                cells.iter().map(|&c| (f64::from(c) - expected).powi(2) / expected).sum();
            assert!((chi - 255.0).abs() < 4.5 * 22.6, "{name}: chi-square {chi}");
        }
    }

    /// Goal: neighbors do not depend on each other. Method: correlation at lags 1, 2, 7, 64;
    /// under independence normal with standard deviation 1/sqrt(n), bound at 4.5 of them.
    #[test]
    fn neighbors_are_uncorrelated_along_every_direction() {
        for (name, values) in directions(1 << 18) {
            for lag in [1, 2, 7, 64] {
                let pairs = values.iter().zip(&values[lag..]);
                let sum: f64 = pairs.map(|(a, b)| (a - 0.5) * (b - 0.5)).sum();
                let z = sum * 12.0 / (values.len() as f64).sqrt();
                assert!(z.abs() < 4.5, "{name}, lag {lag}: z = {z}");
            }
        }
    }

    /// The directions in which a simulation takes numbers, n of each.
    fn directions(n: u64) -> Vec<(&'static str, Vec<f64>)> {
        let run = child_key(1, hash_name("replication"), 0);
        let site = hash_name("request");
        let variable = hash_name("query.read.time");
        let mut one = Draw::new(run, variable);
        vec![
            ("one draw", (0..n).map(|_| one.next_f64()).collect()),
            (
                "request serials",
                (0..n).map(|i| Draw::new(child_key(run, site, i), variable).next_f64()).collect(),
            ),
            ("small variables", (0..n).map(|i| Draw::new(run, i).next_f64()).collect()),
            (
                "visits",
                (0..n).map(|i| Draw::new(run, variable.wrapping_add(i)).next_f64()).collect(),
            ),
            (
                "small sites",
                (0..n).map(|i| Draw::new(child_key(run, i, 0), 0).next_f64()).collect(),
            ),
            (
                "small seeds",
                (0..n).map(|i| Draw::new(child_key(i, site, 0), 0).next_f64()).collect(),
            ),
        ]
    }

    /// Goal: two variables of one request do not depend on each other. Method: correlation of the
    /// numbers of variables v and w over request serials.
    #[test]
    fn variables_of_one_request_are_uncorrelated() {
        let n = 100_000_u64;
        let (v, w) = (hash_name("v"), hash_name("w"));
        let sum: f64 = (0..n)
            .map(|serial| {
                let key = child_key(7, 1, serial);
                (Draw::new(key, v).next_f64() - 0.5) * (Draw::new(key, w).next_f64() - 0.5)
            })
            .sum();
        let z = sum * 12.0 / (n as f64).sqrt();
        assert!(z.abs() < 4.5, "z = {z}");
    }

    /// Goal: avalanche. Method: flip each input bit of 4,096 inputs; each output bit must change
    /// half of the time, within 5 standard deviations (8,192 cells are looked at).
    #[test]
    fn every_input_bit_moves_every_output_bit() {
        type Map = fn(u64) -> u64;
        let maps: [(&str, Map); 3] = [
            ("mix64", mix64),
            ("child_key by key", |bits| child_key(bits, 3, 4)),
            ("first number by key", |bits| Draw::new(bits, 5).next_u64()),
        ];
        for (name, map) in maps {
            for input_bit in 0..64 {
                let mut flips = [0_i32; 64];
                for i in 0..4_096 {
                    let input = mix64(i);
                    let moved = map(input) ^ map(input ^ (1 << input_bit));
                    for (output_bit, count) in flips.iter_mut().enumerate() {
                        *count += (moved >> output_bit & 1) as i32;
                    }
                }
                let worst = flips.iter().map(|count| (count - 2_048).abs()).max().unwrap();
                assert!(worst < 200, "{name}: input bit {input_bit}, worst {worst}");
            }
        }
    }
}
