//! Column types: how many bytes a value takes, and where it may start.
//!
//! Source: PostgreSQL 15 documentation, chapter 8 and section 73.6 (database page layout), and the
//! catalog `pg_type` (`typlen`, `typalign`); variable-length headers: `src/include/varatt.h`.
//!
//! A value of variable length carries a header of 1 byte (up to [`SHORT_DATA_MAX`] bytes of data, no
//! alignment) or 4 bytes (aligned to 4). Lengths that are not fixed are spread evenly over a quarter
//! of the mean on either side ([`SPREAD`]): only the mean is stated, and what the spread decides is
//! little: the padding before the next aligned value, which comes to (alignment - 1) / 2 on average
//! for any spread as wide as the alignment. A column of few distinct values ([`FEW_VALUES`]), such as
//! a status, has one length.

use std::fmt;

/// Data bytes a variable-length value may have with a header of one byte.
pub const SHORT_DATA_MAX: f64 = 126.0;
/// Half-width of the even spread of lengths, as a share of the mean.
pub const SPREAD: f64 = 0.25;
/// Up to so many distinct values a column of text counts as a set of words of one length.
pub const FEW_VALUES: f64 = 16.0;
/// Most lengths by which a spread is represented: a multiple of 8, so that all remainders are there.
const LENGTHS_MAX: u32 = 128;

/// Words [`Type::parse`] understands, for suggestions; with `(N)` where a length is required.
pub const WORDS: &[&str] = &[
    "bool",
    "boolean",
    "smallint",
    "int",
    "integer",
    "bigint",
    "smallserial",
    "serial",
    "bigserial",
    "real",
    "float",
    "double",
    "numeric",
    "numeric(P,S)",
    "decimal",
    "money",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "interval",
    "uuid",
    "inet",
    "enum",
    "text(N)",
    "varchar(N)",
    "char(N)",
    "json(N)",
    "jsonb(N)",
    "bytea(N)",
    "bytes(N)",
];

/// How many bytes a value takes, without padding before it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Length {
    /// Always the same, no header.
    Fixed(f64),
    /// A header and always the same data bytes.
    Exact(f64),
    /// A header and data bytes spread around a mean.
    Spread(f64),
}

/// A column type as far as sizes and comparisons are concerned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Type {
    length: Length,
    /// 1, 2, 4 or 8 (`typalign` c, s, i, d).
    alignment: f64,
    /// Whether equal values have equal bytes, which deduplication needs.
    equal_image: bool,
}

/// Why a text is not a column type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypeError {
    /// No type has this name.
    #[error("no such column type")]
    Unknown,
    /// The type needs its mean length in bytes, as in `text(40)`.
    #[error("the mean length in bytes is missing")]
    LengthMissing,
    /// The type takes nothing in parentheses.
    #[error("this type takes no length")]
    LengthUnexpected,
    /// What stands in parentheses is not a length, or not in range (1 byte to 1 GB; numeric: 1 to
    /// 1000 digits, of which the scale).
    #[error("the length is not a whole number in range")]
    LengthInvalid,
}

impl Type {
    /// Reads `uuid`, `text(40)`, `numeric(12,2)`, `timestamp with time zone`, …, in any case.
    ///
    /// `N` is the mean number of bytes stored, not the longest allowed, also in `varchar(N)`;
    /// `char(N)`: every value has N bytes. A numeric of precision P and scale S uses half of its
    /// P - S digits before the point; without a precision, 4 digits before and 4 after.
    pub fn parse(text: &str) -> Result<Self, TypeError> {
        let text = text.trim().to_ascii_lowercase();
        let (word, argument) = match text.split_once('(') {
            Some((word, rest)) => {
                let (inside, after) = rest.split_once(')').ok_or(TypeError::LengthInvalid)?;
                (format!("{} {}", word.trim(), after.trim()), Some(inside.trim()))
            }
            None => (text.clone(), None),
        };
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((bytes, alignment)) = fixed(&word) {
            let time_precision = word.starts_with("time") || word == "interval" || word == "float";
            if argument.is_some() && !time_precision {
                return Err(TypeError::LengthUnexpected);
            }
            let equal_image = !matches!(
                word.as_str(),
                "real" | "float4" | "float" | "float8" | "double" | "double precision" | "interval"
            );
            return Ok(Self { length: Length::Fixed(bytes), alignment, equal_image });
        }
        variable(&word, argument)
    }

    /// Bytes of alignment: 1, 2, 4 or 8. Values of variable length with a short header start
    /// anywhere all the same.
    pub const fn alignment(&self) -> f64 {
        self.alignment
    }

    /// Whether equal values always have the same bytes: indexes on others are not deduplicated
    /// (numeric, floating point, interval, jsonb: section 67.4.3).
    pub const fn equal_image(&self) -> bool {
        self.equal_image
    }

    /// Whether values have a header and may be moved out of line.
    pub const fn is_variable(&self) -> bool {
        !matches!(self.length, Length::Fixed(_))
    }

    /// Mean bytes of a value with its header, without padding (`avg_width` of `pg_stats`).
    pub fn width(&self) -> f64 {
        match self.length {
            Length::Fixed(bytes) => bytes,
            Length::Exact(bytes) | Length::Spread(bytes) => bytes + header(bytes),
        }
    }

    /// All that decides the bytes of values.
    fn key(&self) -> [u64; 3] {
        let (kind, bytes) = match self.length {
            Length::Fixed(bytes) => (0, bytes),
            Length::Exact(bytes) => (1, bytes),
            Length::Spread(bytes) => (2, bytes),
        };
        [kind, bytes.to_bits(), self.alignment.to_bits()]
    }

    /// Data bytes and their probabilities; `one_length` where few values have one length.
    fn lengths(&self, one_length: bool) -> Vec<(f64, f64)> {
        let mean = match self.length {
            Length::Fixed(bytes) | Length::Exact(bytes) => return vec![(bytes, 1.0)],
            Length::Spread(mean) => mean,
        };
        let half = libm::floor(mean * SPREAD);
        if one_length || half < 1.0 {
            return vec![(libm::round(mean), 1.0)];
        }
        let low = libm::round(mean) - half;
        let count = 2.0 * half + 1.0;
        if count <= f64::from(LENGTHS_MAX) {
            return (0..count as u32).map(|i| (low + f64::from(i), 1.0 / count)).collect();
        }
        // An odd step visits all remainders evenly, if the points are a multiple of 8.
        let step = libm::ceil((count / f64::from(LENGTHS_MAX) - 1.0) / 2.0) * 2.0 + 1.0;
        let points = libm::floor(count / step / 8.0) * 8.0;
        let start = libm::round(libm::round(mean) - step * (points - 1.0) / 2.0);
        (0..points as u32).map(|i| (start + step * f64::from(i), 1.0 / points)).collect()
    }
}

/// Bytes of the header before so many bytes of data.
pub fn header(data: f64) -> f64 {
    if data <= SHORT_DATA_MAX { 1.0 } else { 4.0 }
}

/// Bytes and alignment of the types of fixed length.
fn fixed(word: &str) -> Option<(f64, f64)> {
    Some(match word {
        "bool" | "boolean" => (1.0, 1.0),
        "smallint" | "int2" | "smallserial" => (2.0, 2.0),
        "int" | "integer" | "int4" | "serial" | "real" | "float4" | "date" | "enum" => (4.0, 4.0),
        "bigint"
        | "int8"
        | "bigserial"
        | "float"
        | "float8"
        | "double"
        | "double precision"
        | "money"
        | "time"
        | "time without time zone"
        | "timestamp"
        | "timestamp without time zone"
        | "timestamptz"
        | "timestamp with time zone" => (8.0, 8.0),
        "timetz" | "time with time zone" => (12.0, 8.0),
        "interval" => (16.0, 8.0),
        "uuid" => (16.0, 1.0),
        _ => return None,
    })
}

/// The types of variable length.
fn variable(word: &str, argument: Option<&str>) -> Result<Type, TypeError> {
    let (length, equal_image) = match word {
        "numeric" | "decimal" => (Length::Spread(numeric_bytes(argument)?), false),
        // Family, bits and the four bytes of an IPv4 address.
        "inet" | "cidr" if argument.is_none() => (Length::Exact(6.0), true),
        "inet" | "cidr" => return Err(TypeError::LengthUnexpected),
        "text" | "varchar" | "character varying" | "bytea" | "bytes" => {
            (Length::Spread(bytes(argument)?), true)
        }
        "json" | "jsonb" => (Length::Spread(bytes(argument)?), false),
        "char" | "character" | "bpchar" => (Length::Exact(bytes(argument)?), true),
        _ => return Err(TypeError::Unknown),
    };
    Ok(Type { length, alignment: 4.0, equal_image })
}

fn bytes(argument: Option<&str>) -> Result<f64, TypeError> {
    let digits = argument.ok_or(TypeError::LengthMissing)?.replace('_', "");
    match digits.parse::<u32>() {
        Ok(bytes @ 1..=1_000_000_000) => Ok(f64::from(bytes)),
        _ => Err(TypeError::LengthInvalid),
    }
}

/// Two bytes of header and two for each group of four digits (`src/backend/utils/adt/numeric.c`).
fn numeric_bytes(argument: Option<&str>) -> Result<f64, TypeError> {
    let (whole, fraction) = match argument {
        None => (8, 4),
        Some(text) => {
            let (precision, scale) = text.split_once(',').unwrap_or((text, "0"));
            let number = |text: &str| text.trim().parse().map_err(|_| TypeError::LengthInvalid);
            let (precision, scale): (u32, u32) = (number(precision)?, number(scale)?);
            if !(1..=1000).contains(&precision) || scale > precision {
                return Err(TypeError::LengthInvalid);
            }
            (precision - scale, scale)
        }
    };
    let groups = whole.div_ceil(2).div_ceil(4) + fraction.div_ceil(4);
    Ok(f64::from(2 + 2 * groups))
}

/// A column of a table or of an index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Its type.
    pub ty: Type,
    /// Share of rows in which it is null, 0 to 1.
    pub nulls: f64,
    /// How many different values it has in the table, where known.
    pub distinct: Option<f64>,
}

impl Column {
    /// A column without nulls whose distinct values are not known.
    pub const fn new(ty: Type) -> Self {
        Self { ty, nulls: 0.0, distinct: None }
    }

    /// Data bytes of a value that is not null, with probabilities.
    pub fn lengths(&self) -> Vec<(f64, f64)> {
        self.ty.lengths(self.has_few_values())
    }

    /// All that decides [`Self::lengths`] and the nulls.
    pub fn key(&self) -> [u64; 5] {
        let [kind, bytes, alignment] = self.ty.key();
        [kind, bytes, alignment, self.nulls.to_bits(), u64::from(self.has_few_values())]
    }

    fn has_few_values(&self) -> bool {
        self.distinct.is_some_and(|distinct| distinct <= FEW_VALUES)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes on average, aligned to {}", self.width(), self.alignment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Widths as `pg_column_size` gives them on PostgreSQL 15.18, alignments of `pg_type`.
    #[test]
    fn types_have_postgresqls_widths() {
        for (text, width, alignment) in [
            ("bool", 1.0, 1.0),
            ("smallint", 2.0, 2.0),
            ("Integer", 4.0, 4.0),
            ("bigint", 8.0, 8.0),
            ("double  precision", 8.0, 8.0),
            ("timestamp(3) with time zone", 8.0, 8.0),
            ("timestamptz", 8.0, 8.0),
            ("interval", 16.0, 8.0),
            ("uuid", 16.0, 1.0),
            ("inet", 7.0, 4.0),
            ("text(9)", 10.0, 4.0),
            ("char(126)", 127.0, 4.0),
            ("character varying(127)", 131.0, 4.0),
            ("jsonb(1_000)", 1004.0, 4.0),
            // 12345.67, 1234.5678.
            ("numeric(12, 2)", 9.0, 4.0),
            ("numeric", 7.0, 4.0),
        ] {
            let ty = Type::parse(text).expect(text);
            assert_eq!((ty.width(), ty.alignment()), (width, alignment), "{text}");
        }
    }

    #[test]
    fn errors_say_what_is_wrong() {
        for (text, error) in [
            ("blob", TypeError::Unknown),
            ("", TypeError::Unknown),
            ("text", TypeError::LengthMissing),
            ("uuid(16)", TypeError::LengthUnexpected),
            ("text(0)", TypeError::LengthInvalid),
            ("text(many)", TypeError::LengthInvalid),
            ("text(40", TypeError::LengthInvalid),
            ("numeric(3,4)", TypeError::LengthInvalid),
            ("numeric(2000)", TypeError::LengthInvalid),
        ] {
            assert_eq!(Type::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn every_word_is_understood() {
        for word in WORDS {
            let text = word.replace('N', "7").replace("P,S", "9,2");
            assert!(Type::parse(&text).is_ok(), "{word}");
        }
    }

    /// A spread keeps the mean, and reaches every remainder by 8 evenly however long.
    #[test]
    fn lengths_are_spread_around_the_mean() {
        for mean in [1, 3, 4, 12, 25, 40, 95, 400, 5_000, 1_000_000] {
            let ty = Type::parse(&format!("text({mean})")).expect("a type");
            let lengths = Column::new(ty).lengths();
            let total: f64 = lengths.iter().map(|(_, probability)| probability).sum();
            let found: f64 = lengths.iter().map(|(length, probability)| length * probability).sum();
            assert!((total - 1.0).abs() < 1e-9);
            assert!((found / f64::from(mean) - 1.0).abs() < 2e-3, "{mean}: {found}");
            let few = Column { distinct: Some(3.0), ..Column::new(ty) };
            assert_eq!(few.lengths(), [(f64::from(mean), 1.0)]);
            if mean > 500 {
                let mut seen = [0; 8];
                for (length, _) in &lengths {
                    seen[(*length as u64 % 8) as usize] += 1;
                }
                assert_eq!(seen, [lengths.len() / 8; 8], "{mean}");
            }
        }
    }
}
