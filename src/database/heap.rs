//! Tables: bytes of a tuple, rows a page, pages; wide values out of line.
//!
//! Source: PostgreSQL 15 documentation, sections 73.2 (TOAST) and 73.6 (page layout);
//! `src/include/access/htup_details.h`, `heaptoast.h`; `src/backend/access/heap/hio.c`.
//!
//! Not modelled: compression (values out of line keep their stated bytes, so state what is stored);
//! space that deleted and updated rows leave.

use std::sync::Arc;

use super::column::{Column, header};
use super::known::Known;
use super::layout::{Size, Walk, advance, max_align};
use super::place::Placed;
use super::toast::Wide;

/// Bytes of a page.
pub const PAGE: f64 = 8192.0;
/// Bytes of a page's header.
pub const PAGE_HEADER: f64 = 24.0;
/// Bytes of a line pointer: one for each tuple of a page.
pub const LINE_POINTER: f64 = 4.0;
/// Bytes of a tuple's header before the bitmap of its nulls.
pub const TUPLE_HEADER: f64 = 23.0;
/// A tuple of more bytes has its largest values moved out of line until it has no more.
pub const TOAST_THRESHOLD: f64 = 2032.0;
/// Data bytes of a chunk out of line.
pub const TOAST_CHUNK: f64 = 1996.0;
/// Bytes that stay of a value out of line: header and address.
pub const TOAST_POINTER: f64 = 18.0;
/// Rows by which a table is represented where lengths decide which values move out of line, or on
/// which page a row finds room.
const SAMPLED_ROWS: u32 = 4096;
/// Where a page holds fewer rows of varying length than this, they are placed one by one.
const PLACED_BELOW: f64 = 16.0;

/// A row as it is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tuple {
    /// In the table: header, data and padding, without the line pointer.
    pub size: Size,
    /// Mean number of chunks out of line.
    pub chunks: f64,
    /// Mean pages that its chunks fill.
    pub chunk_pages: f64,
}

impl Tuple {
    /// The row of these columns, in the order in which they were declared.
    pub fn of_columns(columns: &[Column]) -> Self {
        let headers = headers(columns);
        let longest: f64 = columns.iter().map(|column| 8.0 + longest(column)).sum();
        if headers[1] + longest > TOAST_THRESHOLD {
            return Sample::of(columns, 0.0).tuple;
        }
        let size = Walk::over(columns).end(headers[0], headers[1]);
        Self { size, chunks: 0.0, chunk_pages: 0.0 }
    }

    /// A row of so many data bytes, the same in every row: without the tuple's header and the line
    /// pointer (28 bytes), with whatever padding lies between its columns. What exceeds
    /// [`TOAST_THRESHOLD`] is one value out of line; state the columns if more moves.
    pub fn of_row(bytes: f64) -> Self {
        let whole = max_align(max_align(TUPLE_HEADER) + libm::ceil(bytes.max(0.0)));
        if whole.is_nan() || whole <= TOAST_THRESHOLD {
            return Self { size: Size::exact(whole), chunks: 0.0, chunk_pages: 0.0 };
        }
        let data = whole - TOAST_THRESHOLD + TOAST_POINTER;
        let mut chest = Placed::new(0.0);
        for _ in 0..SAMPLED_ROWS {
            put_value(&mut chest, data);
        }
        Self {
            size: Size::exact(TOAST_THRESHOLD),
            chunks: libm::ceil(data / TOAST_CHUNK),
            chunk_pages: chest.pages() / f64::from(SAMPLED_ROWS),
        }
    }

    /// What each column has out of line, for one row; empty if none has anything.
    pub fn wide_columns(columns: &[Column]) -> Vec<Wide> {
        if Self::of_columns(columns).chunks <= 0.0 {
            return Vec::new();
        }
        Sample::of(columns, 0.0).wide.clone()
    }

    /// What a row of so many data bytes has out of line.
    pub fn wide_rest(bytes: f64) -> Wide {
        let tuple = Self::of_row(bytes);
        let whole = max_align(max_align(TUPLE_HEADER) + libm::ceil(bytes.max(0.0)));
        if tuple.chunks <= 0.0 {
            return Wide::default();
        }
        let bytes = whole - TOAST_THRESHOLD + TOAST_POINTER;
        Wide { values: 1.0, chunks: tuple.chunks, bytes }
    }
}

/// Sizes of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heap {
    /// Rows in it.
    pub rows: f64,
    /// Rows a page holds on average.
    pub rows_per_page: f64,
    /// Pages of the table itself: what a sequential scan reads.
    pub pages: f64,
    /// Pages of values out of line.
    pub toast_pages: f64,
    /// Pages of the index on them.
    pub toast_index_pages: f64,
}

impl Heap {
    /// The table of so many rows of these columns, its pages filled to `fill_factor`. Where a page holds
    /// few rows of varying length, what large ones leave is filled by small ones.
    pub fn of_columns(columns: &[Column], rows: f64, fill_factor: f64) -> Self {
        let tuple = Tuple::of_columns(columns);
        let heap = Self::new(tuple, rows, fill_factor);
        if tuple.size.variance <= 0.0 || heap.rows_per_page >= PLACED_BELOW {
            return heap;
        }
        let sample = Sample::of(columns, kept_free(fill_factor));
        let pages = libm::ceil(heap.rows / sample.rows_per_page);
        Self { rows_per_page: sample.rows_per_page, pages, ..heap }
    }

    /// The table of so many such rows, its pages filled to `fill_factor` (0.1 to 1; 1 by default).
    pub fn new(tuple: Tuple, rows: f64, fill_factor: f64) -> Self {
        let space = PAGE - PAGE_HEADER - kept_free(fill_factor);
        let rows = rows.max(0.0);
        let rows_per_page = tuple.size.plus(LINE_POINTER).fitting(space);
        let chunks = rows * tuple.chunks;
        let (mut toast_pages, mut toast_index_pages) = (0.0, 0.0);
        if chunks > 0.0 {
            toast_pages = libm::ceil(rows * tuple.chunk_pages - 1e-9);
            toast_index_pages = super::btree::of_chunks(chunks).pages();
        }
        Self {
            rows,
            rows_per_page,
            pages: libm::ceil(rows / rows_per_page),
            toast_pages,
            toast_index_pages,
        }
    }

    /// Bytes on disk of the table itself.
    pub fn bytes(&self) -> f64 {
        self.pages * PAGE
    }

    /// Bytes on disk of values out of line and the index on them.
    pub fn toast_bytes(&self) -> f64 {
        (self.toast_pages + self.toast_index_pages) * PAGE
    }
}

fn longest(column: &Column) -> f64 {
    let data = column.lengths().iter().map(|&(length, _)| length).fold(0.0, f64::max);
    if column.ty.is_variable() { data + header(data) } else { data }
}

/// Bytes of a chunk's tuple with its line pointer: identity and number (4 bytes each), header (4
/// bytes), data.
fn chunk_bytes(data: f64) -> f64 {
    max_align(max_align(TUPLE_HEADER) + 12.0 + data) + LINE_POINTER
}

/// Sums over the values of a column that are out of line.
#[derive(Clone, Copy, Debug, Default)]
struct Chunks {
    values: f64,
    data: f64,
    count: f64,
}

impl Chunks {
    /// A value of so many data bytes.
    fn add(&mut self, data: f64) {
        self.values += 1.0;
        self.data += data;
        self.count += libm::ceil(data / TOAST_CHUNK);
    }

    /// The mean of so many rows.
    fn of_one(&self, rows: f64) -> Wide {
        Wide { values: self.values / rows, chunks: self.count / rows, bytes: self.data / rows }
    }
}

/// The chunks of a value of so many data bytes.
fn put_value(chest: &mut Placed, data: f64) {
    let full = libm::floor(data / TOAST_CHUNK);
    let rest = data - full * TOAST_CHUNK;
    chest.put_all(full, chunk_bytes(TOAST_CHUNK));
    if rest > 0.0 {
        chest.put(chunk_bytes(rest));
    }
}

/// Headers of a row without nulls, and of one with.
fn headers(columns: &[Column]) -> [f64; 2] {
    [max_align(TUPLE_HEADER), max_align(TUPLE_HEADER + libm::ceil(columns.len() as f64 / 8.0))]
}

/// What a page keeps free, rounded down (`RelationGetTargetPageFreeSpace`).
fn kept_free(fill_factor: f64) -> f64 {
    libm::floor(PAGE * (1.0 - fill_factor.clamp(0.1, 1.0)) + 1e-9)
}

/// Rows that stand for a table's, evenly over the lengths and nulls of all columns: an additive
/// recurrence whose steps are powers of the root of x^(d+1) = x + 1, d the number of columns (Roberts
/// 2018), in an order without pattern.
struct Sample {
    tuple: Tuple,
    /// Of each column.
    wide: Vec<Wide>,
    rows_per_page: f64,
}

/// Of the tables asked for.
static KNOWN: Known<Sample> = Known::new();

impl Sample {
    fn of(columns: &[Column], kept_free: f64) -> Arc<Self> {
        let mut key = vec![kept_free.to_bits()];
        key.extend(columns.iter().flat_map(Column::key));
        KNOWN.or(key, || Self::new(columns, kept_free))
    }

    fn new(columns: &[Column], kept_free: f64) -> Self {
        let headers = headers(columns);
        let power = 1.0 / (columns.len() as f64 + 1.0);
        let root = (0..64).fold(2.0, |root, _| libm::pow(1.0 + root, power));
        let lengths: Vec<_> = columns.iter().map(Column::lengths).collect();
        let mut chunks = vec![Chunks::default(); columns.len()];
        let (mut table, mut chest) = (Placed::new(kept_free), Placed::new(0.0));
        let (mut sum, mut squares) = (0.0, 0.0);
        let mut row: Vec<Option<f64>> = vec![None; columns.len()];
        for i in shuffled(SAMPLED_ROWS) {
            let mut step = 1.0;
            for ((cell, column), lengths) in row.iter_mut().zip(columns).zip(&lengths) {
                step /= root;
                let at = (0.5 + f64::from(i + 1) * step) % 1.0;
                let place = (at - column.nulls) / (1.0 - column.nulls);
                *cell = (at >= column.nulls).then(|| {
                    lengths[((place * lengths.len() as f64) as usize).min(lengths.len() - 1)].0
                });
            }
            let header = headers[usize::from(row.contains(&None))];
            let data = move_out(columns, &row, TOAST_THRESHOLD - header, &mut chunks, &mut chest);
            let bytes = max_align(header + data);
            table.put(bytes);
            sum += bytes;
            squares += bytes * bytes;
        }
        let rows = f64::from(SAMPLED_ROWS);
        let mean = sum / rows;
        let size = Size { mean, variance: (squares / rows - mean * mean).max(0.0) };
        let wide: Vec<Wide> = chunks.iter().map(|one| one.of_one(rows)).collect();
        let count = wide.iter().map(|one| one.chunks).sum();
        let tuple = Tuple { size, chunks: count, chunk_pages: chest.pages() / rows };
        Self { tuple, wide, rows_per_page: rows / table.pages() }
    }
}

/// The numbers below `count` in a fixed order without pattern (Fisher and Yates).
fn shuffled(count: u32) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count).collect();
    let mut state = 1_u64;
    for i in (1..order.len()).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(i, (((state >> 33) * (i as u64 + 1)) >> 31) as usize);
    }
    order
}

/// Moves the largest values out until the data has at most `target` bytes or none is left that would
/// save space; answers what stays. (`heap_toast_insert_or_update`, without compression.)
fn move_out(
    columns: &[Column],
    row: &[Option<f64>],
    target: f64,
    chunks: &mut [Chunks],
    chest: &mut Placed,
) -> f64 {
    let mut moved = vec![false; row.len()];
    loop {
        let mut offset = 0.0;
        let mut largest: Option<(usize, f64)> = None;
        for (i, (column, cell)) in columns.iter().zip(row.iter()).enumerate() {
            let Some(data) = *cell else { continue };
            if moved[i] {
                offset += TOAST_POINTER;
                continue;
            }
            offset += advance(column, offset, data);
            let movable = column.ty.is_variable() && data + header(data) > max_align(TOAST_POINTER);
            if movable && largest.is_none_or(|(_, most)| data > most) {
                largest = Some((i, data));
            }
        }
        match largest {
            Some((i, data)) if offset > target => {
                moved[i] = true;
                chunks[i].add(data);
                put_value(chest, data);
            }
            _ => return offset,
        }
    }
}
