//! The measured tables: experiment by experiment, rows, columns, pages of the table, its indexes and
//! their pages. PostgreSQL 15.18, 2 virtual cores, 2 GB `shared_buffers`.

use self::Order::{Ascending, Built, Grouped, Random};

/// A column: name, type, share of nulls, distinct values (0: all different).
pub type Stated = (&'static str, &'static str, f64, f64);

/// How the entries came: all at once, each beyond the last, at random places.
#[derive(Clone, Copy)]
pub enum Order {
    Built,
    Ascending,
    Random,
    Grouped,
}

/// An index: key columns, included columns, unique, entries (0: all rows), order, measured pages.
pub type Measured = (&'static str, &'static str, bool, f64, Order, f64);

pub struct Table {
    pub rows: f64,
    pub columns: Vec<Stated>,
    pub heap_pages: f64,
    pub indexes: &'static [Measured],
}

pub fn table(
    rows: f64,
    columns: Vec<Stated>,
    heap_pages: f64,
    indexes: &'static [Measured],
) -> Table {
    Table { rows, columns, heap_pages, indexes }
}

/// Values of whole numbers drawn evenly from so many, in so many rows.
fn hit(possible: f64, rows: f64) -> f64 {
    possible * -libm::expm1(-rows / possible)
}

fn users() -> Vec<Stated> {
    vec![
        ("user_id", "uuid", 0.0, 0.0),
        ("username", "text(12)", 0.0, 0.0),
        ("email", "text(25)", 0.0, 0.0),
        ("created_at", "timestamptz", 0.0, 0.0),
    ]
}

pub fn streams() -> Vec<Stated> {
    vec![
        ("stream_id", "uuid", 0.0, 0.0),
        ("user_id", "uuid", 0.0, 0.0),
        ("title", "text(40)", 0.0, 0.0),
        ("status", "text(5)", 0.0, 2.0),
        ("viewer_count", "int", 0.0, 10_000.0),
        ("started_at", "timestamptz", 0.0, 0.0),
        ("ended_at", "timestamptz", 0.0, 0.0),
        ("created_at", "timestamptz", 0.0, 0.0),
    ]
}

fn follows() -> Vec<Stated> {
    vec![
        ("follower_id", "uuid", 0.0, 0.0),
        ("following_id", "uuid", 0.0, 0.0),
        ("created_at", "timestamptz", 0.0, 0.0),
    ]
}

fn translations() -> Vec<Stated> {
    vec![
        ("id", "bigserial", 0.0, 0.0),
        ("session_id", "uuid", 0.0, 0.0),
        ("source", "text(400)", 0.0, 0.0),
        ("translated", "text(400)", 0.0, 0.0),
        ("source_lang", "varchar(2)", 0.0, 1.0),
        ("target_lang", "varchar(2)", 0.0, 1.0),
        ("translated_at", "timestamptz", 0.0, 0.0),
    ]
}

fn registrations(rows: f64) -> Vec<Stated> {
    vec![
        ("id", "bigserial", 0.0, 0.0),
        ("event_id", "int", 0.0, rows / 150.0),
        ("user_id", "bigint", 0.0, hit(1e6, rows)),
        ("status", "text(9)", 0.0, 1.0),
        ("created_at", "timestamptz", 0.0, 0.0),
    ]
}

fn sessions(rows: f64) -> Vec<Stated> {
    vec![
        ("session_id", "char(32)", 0.0, 0.0),
        ("user_id", "bigint", 0.0, hit(1e6, rows)),
        ("ip", "inet", 0.0, 0.0),
        ("user_agent", "text(95)", 0.0, 0.0),
        ("data", "jsonb(48)", 0.75, 0.0),
        ("expires_at", "timestamptz", 0.0, 0.0),
    ]
}

fn survey_responses(rows: f64) -> Vec<Stated> {
    vec![
        ("id", "uuid", 0.0, 0.0),
        ("survey_id", "int", 0.0, 1001.0),
        ("user_id", "bigint", 0.0, hit(1e6, rows)),
        ("answers", "jsonb(291)", 0.0, 0.0),
        ("created_at", "timestamptz", 0.0, 0.0),
    ]
}

fn enrollments(rows: f64) -> Vec<Stated> {
    vec![
        ("id", "bigserial", 0.0, 0.0),
        ("user_id", "bigint", 0.0, hit(1e6, rows)),
        ("course_id", "bigint", 0.0, 2001.0),
        ("progress", "smallint", 0.0, 101.0),
        ("completed", "boolean", 0.0, 2.0),
        ("enrolled_at", "timestamptz", 0.0, 0.0),
    ]
}

/// Loaded, then indexed.
#[expect(clippy::too_many_lines, reason = "a table of figures")]
pub fn built() -> Vec<Table> {
    vec![
        table(
            1e5,
            users(),
            1164.0,
            &[
                ("user_id", "", true, 0.0, Built, 388.0),
                ("username", "", true, 0.0, Built, 388.0),
                ("email", "", false, 0.0, Built, 576.0),
                ("created_at", "", false, 0.0, Built, 276.0),
            ],
        ),
        table(
            1e6,
            users(),
            11634.0,
            &[
                ("user_id", "", true, 0.0, Built, 3853.0),
                ("username", "", true, 0.0, Built, 3853.0),
                ("email", "", false, 0.0, Built, 5725.0),
                ("created_at", "", false, 0.0, Built, 2745.0),
            ],
        ),
        table(
            1e5,
            streams(),
            1709.0,
            &[
                ("stream_id", "", true, 0.0, Built, 388.0),
                ("user_id created_at", "", false, 0.0, Built, 498.0),
                ("viewer_count", "", false, 40.0, Built, 2.0),
                ("status", "", false, 0.0, Built, 87.0),
                ("user_id", "title viewer_count", false, 0.0, Built, 1058.0),
            ],
        ),
        table(
            1e6,
            streams(),
            17081.0,
            &[
                ("stream_id", "", true, 0.0, Built, 3853.0),
                ("user_id created_at", "", false, 0.0, Built, 4954.0),
                ("viewer_count", "", false, 200.0, Built, 2.0),
                ("status", "", false, 0.0, Built, 849.0),
                ("user_id", "title viewer_count", false, 0.0, Built, 10550.0),
            ],
        ),
        table(
            3e5,
            streams(),
            5125.0,
            &[
                ("stream_id", "", true, 0.0, Built, 1158.0),
                ("user_id created_at", "", false, 0.0, Built, 1488.0),
                ("started_at", "", false, 0.0, Built, 825.0),
            ],
        ),
        table(
            1e5,
            follows(),
            834.0,
            &[
                ("follower_id following_id", "", true, 0.0, Built, 608.0),
                ("following_id", "", false, 0.0, Built, 388.0),
                ("following_id created_at", "", false, 0.0, Built, 498.0),
            ],
        ),
        table(
            1e6,
            follows(),
            8334.0,
            &[
                ("follower_id following_id", "", true, 0.0, Built, 6057.0),
                ("following_id", "", false, 0.0, Built, 3853.0),
                ("following_id created_at", "", false, 0.0, Built, 4954.0),
            ],
        ),
        table(
            5e6,
            follows(),
            41667.0,
            &[
                ("follower_id following_id", "", true, 0.0, Built, 30272.0),
                ("following_id", "", false, 0.0, Built, 19255.0),
                ("following_id created_at", "", false, 0.0, Built, 24755.0),
            ],
        ),
        table(
            1e5,
            translations(),
            11144.0,
            &[
                ("id", "", true, 0.0, Built, 276.0),
                ("session_id translated_at", "", false, 0.0, Built, 498.0),
            ],
        ),
        table(
            1e6,
            translations(),
            111_371.0,
            &[
                ("id", "", true, 0.0, Built, 2745.0),
                ("session_id translated_at", "", false, 0.0, Built, 4954.0),
            ],
        ),
        table(
            1e5,
            registrations(1e5),
            935.0,
            &[
                ("id", "", true, 0.0, Built, 276.0),
                ("event_id", "", false, 0.0, Built, 86.0),
                ("event_id user_id", "", false, 0.0, Built, 388.0),
            ],
        ),
        table(
            1e6,
            registrations(1e6),
            9346.0,
            &[
                ("id", "", true, 0.0, Built, 2745.0),
                ("event_id", "", false, 0.0, Built, 844.0),
                ("event_id user_id", "", false, 0.0, Built, 3853.0),
            ],
        ),
        table(
            1e5,
            sessions(1e5),
            2505.0,
            &[
                ("session_id", "", true, 0.0, Built, 724.0),
                ("user_id", "", false, 0.0, Built, 273.0),
                ("expires_at", "", false, 0.0, Built, 276.0),
            ],
        ),
        table(
            1e6,
            sessions(1e6),
            25057.0,
            &[
                ("session_id", "", true, 0.0, Built, 7210.0),
                ("user_id", "", false, 0.0, Built, 2408.0),
                ("expires_at", "", false, 0.0, Built, 2745.0),
            ],
        ),
        table(
            1e5,
            enrollments(1e5),
            834.0,
            &[
                ("id", "", true, 0.0, Built, 276.0),
                ("user_id course_id", "", false, 0.0, Built, 388.0),
                ("course_id", "", false, 0.0, Built, 89.0),
            ],
        ),
        table(
            1e6,
            enrollments(1e6),
            8334.0,
            &[
                ("id", "", true, 0.0, Built, 2745.0),
                ("user_id course_id", "", false, 0.0, Built, 3849.0),
                ("course_id", "", false, 0.0, Built, 887.0),
            ],
        ),
        table(
            5e6,
            enrollments(5e6),
            41667.0,
            &[
                ("id", "", true, 0.0, Built, 13713.0),
                ("user_id course_id", "", false, 0.0, Built, 19228.0),
                ("course_id", "", false, 0.0, Built, 4339.0),
            ],
        ),
    ]
}

/// Inserted row by row into the indexed table.
#[expect(clippy::too_many_lines, reason = "a table of figures")]
pub fn inserted() -> Vec<Table> {
    vec![
        table(
            1e5,
            survey_responses(1e5),
            4546.0,
            &[
                ("id", "", true, 0.0, Random, 538.0),
                ("survey_id created_at", "", false, 0.0, Grouped, 566.0),
            ],
        ),
        table(
            1e6,
            survey_responses(1e6),
            45455.0,
            &[
                ("id", "", true, 0.0, Random, 4765.0),
                ("survey_id created_at", "", false, 0.0, Grouped, 5404.0),
            ],
        ),
        table(
            1e5,
            users(),
            1164.0,
            &[
                ("user_id", "", true, 0.0, Random, 522.0),
                ("username", "", true, 0.0, Random, 528.0),
                ("email", "", false, 0.0, Random, 723.0),
                ("created_at", "", false, 0.0, Ascending, 276.0),
            ],
        ),
        table(
            1e5,
            users(),
            1164.0,
            &[
                ("user_id", "", true, 0.0, Ascending, 388.0),
                ("username", "", true, 0.0, Random, 537.0),
                ("email", "", false, 0.0, Random, 689.0),
            ],
        ),
        table(
            1e6,
            users(),
            11634.0,
            &[
                ("user_id", "", true, 0.0, Random, 4791.0),
                ("username", "", true, 0.0, Random, 4831.0),
                ("email", "", false, 0.0, Random, 7666.0),
                ("created_at", "", false, 0.0, Ascending, 2745.0),
            ],
        ),
        table(
            1e6,
            users(),
            11634.0,
            &[
                ("user_id", "", true, 0.0, Ascending, 3853.0),
                ("username", "", true, 0.0, Random, 4794.0),
                ("email", "", false, 0.0, Random, 7563.0),
            ],
        ),
        table(
            1e5,
            enrollments(1e5),
            834.0,
            &[
                ("id", "", true, 0.0, Ascending, 276.0),
                ("user_id course_id", "", false, 0.0, Random, 544.0),
                ("course_id", "", false, 0.0, Random, 132.0),
            ],
        ),
        table(
            1e6,
            enrollments(1e6),
            8334.0,
            &[
                ("id", "", true, 0.0, Ascending, 2745.0),
                ("user_id course_id", "", false, 0.0, Random, 4901.0),
                ("course_id", "", false, 0.0, Random, 1129.0),
            ],
        ),
    ]
}
