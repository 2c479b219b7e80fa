//! Sobol' points: 64 dimensions, 32 bits.
//!
//! Sobol', USSR Computational Mathematics and Mathematical Physics 7 (1967); primitive polynomials
//! and initial direction numbers from Joe and Kuo, SIAM Journal on Scientific Computing 30 (2008)
//! 2635–2654, file `new-joe-kuo-6.21201` (property A in up to 1,111 dimensions), first 64 of 21,201
//! lines. That file is Copyright (c) 2008, Stephen Joe and Frances Y. Kuo, and free to redistribute
//! under the 3-clause BSD license if this notice is kept and the authors are cited.

/// Dimensions with a direction table of their own.
pub const DIMENSIONS: usize = 64;

/// The 32-bit coordinate of point `index` in `dimension < DIMENSIONS`; 0 for dimensions beyond.
pub fn coordinate(index: u32, dimension: usize) -> u32 {
    let Some((polynomial, initial)) = TABLE.get(dimension) else { return 0 };
    let degree = polynomial.ilog2() as usize;
    let mut direction = [0_u32; 32];
    for bit in 0..32 {
        direction[bit] = if degree == 0 {
            1 << (31 - bit)
        } else if bit < degree {
            u32::from(initial[bit]) << (31 - bit)
        } else {
            recurrence(&direction, bit, *polynomial, degree)
        };
    }
    (0..32).filter(|bit| index >> bit & 1 == 1).fold(0, |sum, bit| sum ^ direction[bit])
}

/// Joe and Kuo's equation (3) on numbers shifted to the top of the word.
fn recurrence(direction: &[u32; 32], bit: usize, polynomial: u32, degree: usize) -> u32 {
    let oldest = direction[bit - degree];
    (1..degree)
        .filter(|k| polynomial >> (degree - k) & 1 == 1)
        .fold(oldest ^ (oldest >> degree), |sum, k| sum ^ direction[bit - k])
}

/// Primitive polynomial (all coefficients as bits) and initial direction numbers `m`.
#[rustfmt::skip]
const TABLE: [(u32, &[u16]); DIMENSIONS] = [
    (1, &[1]),
    (3, &[1]),
    (7, &[1, 3]),
    (11, &[1, 3, 1]),
    (13, &[1, 1, 1]),
    (19, &[1, 1, 3, 3]),
    (25, &[1, 3, 5, 13]),
    (37, &[1, 1, 5, 5, 17]),
    (41, &[1, 1, 5, 5, 5]),
    (47, &[1, 1, 7, 11, 19]),
    (55, &[1, 1, 5, 1, 1]),
    (59, &[1, 1, 1, 3, 11]),
    (61, &[1, 3, 5, 5, 31]),
    (67, &[1, 3, 3, 9, 7, 49]),
    (91, &[1, 1, 1, 15, 21, 21]),
    (97, &[1, 3, 1, 13, 27, 49]),
    (103, &[1, 1, 1, 15, 7, 5]),
    (109, &[1, 3, 1, 15, 13, 25]),
    (115, &[1, 1, 5, 5, 19, 61]),
    (131, &[1, 3, 7, 11, 23, 15, 103]),
    (137, &[1, 3, 7, 13, 13, 15, 69]),
    (143, &[1, 1, 3, 13, 7, 35, 63]),
    (145, &[1, 3, 5, 9, 1, 25, 53]),
    (157, &[1, 3, 1, 13, 9, 35, 107]),
    (167, &[1, 3, 1, 5, 27, 61, 31]),
    (171, &[1, 1, 5, 11, 19, 41, 61]),
    (185, &[1, 3, 5, 3, 3, 13, 69]),
    (191, &[1, 1, 7, 13, 1, 19, 1]),
    (193, &[1, 3, 7, 5, 13, 19, 59]),
    (203, &[1, 1, 3, 9, 25, 29, 41]),
    (211, &[1, 3, 5, 13, 23, 1, 55]),
    (213, &[1, 3, 7, 3, 13, 59, 17]),
    (229, &[1, 3, 1, 3, 5, 53, 69]),
    (239, &[1, 1, 5, 5, 23, 33, 13]),
    (241, &[1, 1, 7, 7, 1, 61, 123]),
    (247, &[1, 1, 7, 9, 13, 61, 49]),
    (253, &[1, 3, 3, 5, 3, 55, 33]),
    (285, &[1, 3, 1, 15, 31, 13, 49, 245]),
    (299, &[1, 3, 5, 15, 31, 59, 63, 97]),
    (301, &[1, 3, 1, 11, 11, 11, 77, 249]),
    (333, &[1, 3, 1, 11, 27, 43, 71, 9]),
    (351, &[1, 1, 7, 15, 21, 11, 81, 45]),
    (355, &[1, 3, 7, 3, 25, 31, 65, 79]),
    (357, &[1, 3, 1, 1, 19, 11, 3, 205]),
    (361, &[1, 1, 5, 9, 19, 21, 29, 157]),
    (369, &[1, 3, 7, 11, 1, 33, 89, 185]),
    (391, &[1, 3, 3, 3, 15, 9, 79, 71]),
    (397, &[1, 3, 7, 11, 15, 39, 119, 27]),
    (425, &[1, 1, 3, 1, 11, 31, 97, 225]),
    (451, &[1, 1, 1, 3, 23, 43, 57, 177]),
    (463, &[1, 3, 7, 7, 17, 17, 37, 71]),
    (487, &[1, 3, 1, 5, 27, 63, 123, 213]),
    (501, &[1, 1, 3, 5, 11, 43, 53, 133]),
    (529, &[1, 3, 5, 5, 29, 17, 47, 173, 479]),
    (539, &[1, 3, 3, 11, 3, 1, 109, 9, 69]),
    (545, &[1, 1, 1, 5, 17, 39, 23, 5, 343]),
    (557, &[1, 3, 1, 5, 25, 15, 31, 103, 499]),
    (563, &[1, 1, 1, 11, 11, 17, 63, 105, 183]),
    (601, &[1, 1, 5, 11, 9, 29, 97, 231, 363]),
    (607, &[1, 1, 5, 15, 19, 45, 41, 7, 383]),
    (617, &[1, 3, 7, 7, 31, 19, 83, 137, 221]),
    (623, &[1, 1, 1, 3, 23, 15, 111, 223, 83]),
    (631, &[1, 1, 5, 13, 31, 15, 55, 25, 161]),
    (637, &[1, 1, 3, 13, 25, 47, 39, 87, 257]),
];

#[cfg(test)]
mod tests {
    use super::coordinate;

    /// Points of `SciPy` 1.x, `scipy.stats.qmc.Sobol(64, scramble=False, bits=32)`, which runs
    /// through them in Gray-code order.
    #[test]
    fn agrees_with_scipy() {
        for (index, dimension, expected) in [
            (1_u32, 0, 2_147_483_648_u32),
            (1, 63, 2_147_483_648),
            (5, 1, 3_758_096_384),
            (6, 2, 3_758_096_384),
            (123, 9, 704_643_072),
            (123, 31, 33_554_432),
            (700, 40, 3_560_964_096),
            (1_000, 63, 1_916_796_928),
            (1_023, 20, 3_720_347_648),
            (777, 55, 3_913_285_632),
        ] {
            assert_eq!(
                coordinate(index ^ (index >> 1), dimension),
                expected,
                "{index} {dimension}"
            );
        }
    }
}
