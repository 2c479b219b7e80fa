//! One table, two markups: plain text with aligned columns, and Markdown.
//!
//! A table in text never is wider than it may be: detail rows go first, then columns that can be
//! spared (and a note says so), then prose takes more lines, then names are shortened in the
//! middle; a number is shown whole or not at all.

use crate::plot::labels::{between_words, clean};

/// What stands in a cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// A name, aligned left; may be shortened.
    Text(String),
    /// Words, aligned left; may take several lines.
    Prose(String),
    /// A number, aligned at its decimal point; never shortened.
    Number(String),
    /// A number with a unit of its own, aligned right; never shortened.
    Measure(String),
    /// An interval or another remark on the number above it, aligned right; never shortened.
    Detail(String),
}

impl Cell {
    /// Text, made printable.
    pub fn text(text: impl AsRef<str>) -> Self {
        Self::Text(clean(text.as_ref()))
    }

    /// Words, made printable.
    pub fn prose(text: impl AsRef<str>) -> Self {
        Self::Prose(clean_lines(text.as_ref()))
    }

    fn content(&self) -> &str {
        match self {
            Self::Empty => "",
            Self::Text(text) | Self::Prose(text) => text,
            Self::Number(text) | Self::Measure(text) | Self::Detail(text) => text,
        }
    }
}

/// A row of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// From left to right; missing ones are empty.
    pub cells: Vec<Cell>,
    /// Only says how sure the row above is: left out where there is no room.
    pub is_detail: bool,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it shows; may be empty.
    pub title: String,
    /// Heads of the columns, with the unit: `p95 ms`.
    pub heads: Vec<String>,
    /// From top to bottom.
    pub rows: Vec<Row>,
    /// What is to be known about it, one sentence each.
    pub notes: Vec<String>,
    /// Starts of the heads of columns that may be left out where there is no room, the least
    /// important first; of several with the same start the last.
    pub spare: Vec<&'static str>,
    /// The file that has what is left out; empty: `summary.json`.
    pub elsewhere: &'static str,
}

/// Between columns.
const GAP: usize = 2;
/// Left of a table in text.
const INDENT: usize = 2;
/// Names are whole up to this length as long as a column can be spared for it.
const WHOLE_NAME: usize = 24;
/// Names are not made shorter than this, and prose not narrower, unless that leaves a table too
/// wide.
const LEAST_NAME: usize = 14;
const LEAST_PROSE: usize = 24;

impl Table {
    /// An empty table.
    pub fn new(title: &str, heads: &[&str]) -> Self {
        let heads = heads.iter().map(|head| (*head).to_owned()).collect();
        Self { title: clean(title), heads, ..Self::default() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row { cells, is_detail: false });
    }

    /// Adds a row that says how sure the one above is, unless it is empty.
    pub fn detail(&mut self, cells: Vec<Cell>) {
        if cells.iter().any(|cell| *cell != Cell::Empty) {
            self.rows.push(Row { cells, is_detail: true });
        }
    }

    /// Adds a note.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Leaves out columns in which no row has anything.
    pub fn drop_empty_columns(&mut self) {
        for column in (0..self.heads.len()).rev() {
            let filled = |row: &Row| row.cells.get(column).is_some_and(|cell| *cell != Cell::Empty);
            if !self.rows.iter().any(filled) {
                self.remove_column(column);
            }
        }
    }

    fn remove_column(&mut self, column: usize) {
        self.heads.remove(column);
        for row in &mut self.rows {
            if column < row.cells.len() {
                row.cells.remove(column);
            }
        }
    }

    /// The table without the columns for which there is no room, and their heads.
    fn spared(&self, width: usize) -> (Self, Vec<String>) {
        let (mut table, mut gone) = (self.clone(), Vec::new());
        for start in &self.spare {
            if Layout::new(&table, false).least() <= width {
                break;
            }
            if let Some(column) = table.heads.iter().rposition(|head| head.starts_with(start)) {
                gone.push(table.heads[column].clone());
                table.remove_column(column);
            }
        }
        (table, gone)
    }

    /// Whether it has room in `width` columns of text as it is: nothing left out, no name shortened.
    pub fn fits(&self, width: usize) -> bool {
        Layout::new(self, true).width() <= width
    }

    /// Tables of some of the columns each, the first of which all have, so that every one fits into
    /// `width` as text without losing anything. A column that is too wide alone stands alone.
    pub fn split(&self, width: usize) -> Vec<Self> {
        let widths = Layout::new(self, true).widths;
        // Names of rows stay whole as long as they leave half of the room, heads do not.
        let name = |row: &Row| row.cells.first().map_or(0, |cell| display_width(cell.content()));
        let names = self.rows.iter().map(name).max().unwrap_or(0).min(width / 2);
        let named = INDENT + widths.first().map_or(0, |first| (*first).min(WHOLE_NAME.max(names)));
        let mut parts: Vec<Vec<usize>> = Vec::new();
        let mut room = 0;
        for (column, own) in widths.iter().enumerate().skip(1) {
            match parts.last_mut() {
                Some(part) if own + GAP <= room => part.push(column),
                _ => {
                    parts.push(vec![0, column]);
                    room = width.saturating_sub(named);
                }
            }
            room = room.saturating_sub(own + GAP);
        }
        let pick = |columns: Vec<usize>| {
            let mut part = self.clone();
            part.heads = columns.iter().map(|&column| self.heads[column].clone()).collect();
            for row in &mut part.rows {
                let cell = |&column: &usize| row.cells.get(column).cloned().unwrap_or_default();
                row.cells = columns.iter().map(cell).collect();
            }
            part
        };
        if parts.len() < 2 { vec![self.clone()] } else { parts.into_iter().map(pick).collect() }
    }

    /// Plain text: where the columns do not fit beside each other, parts below each other, each with
    /// the rows' names.
    pub fn to_text_in_parts(&self, width: usize) -> String {
        let parts = self.split(width);
        let many = parts.len() > 1;
        let part = |(at, one): (usize, &Self)| {
            let mut one = one.clone();
            if many {
                one.title = format!("{} ({} of {})", self.title, at + 1, parts.len());
            }
            // What is said of all of it is said once.
            if at + 1 < parts.len() {
                one.notes.clear();
            }
            one.to_text(width)
        };
        parts.iter().enumerate().map(part).collect::<Vec<_>>().join("\n")
    }

    /// Plain text, at most `width` columns wide; empty without rows.
    pub fn to_text(&self, width: usize) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut lines = Vec::new();
        if !self.title.is_empty() {
            lines.extend(wrap(&self.title, width, 0));
        }
        let mut dropped = false;
        let mut layout = Layout::new(self, true);
        if layout.width() > width && self.rows.iter().any(|row| row.is_detail) {
            dropped = true;
        }
        let (table, gone) =
            if layout.width() > width { self.spared(width) } else { (self.clone(), Vec::new()) };
        if dropped || !gone.is_empty() {
            layout = Layout::new(&table, !dropped);
        }
        layout.shrink(width);
        lines.push(layout.line(&layout.heads(&table)));
        let rows = || table.rows.iter().filter(|row| !(dropped && row.is_detail));
        lines.extend(rows().flat_map(|row| layout.row(row)));
        for note in self.notes.iter().filter(|note| is_due(note, rows())) {
            lines.extend(wrap(note, width, INDENT));
        }
        if dropped || !gone.is_empty() {
            let intervals = dropped.then(|| "intervals".to_owned());
            let hidden: Vec<String> = gone.into_iter().chain(intervals).collect();
            let file = if self.elsewhere.is_empty() { "summary.json" } else { self.elsewhere };
            let note = format!("In {file}, for want of room here: {}.", hidden.join(", "));
            lines.extend(wrap(&note, width, INDENT));
        }
        lines.join("\n") + "\n"
    }

    /// Markdown, without the title; empty without rows.
    pub fn to_markdown(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let mut text = String::new();
        let line = |cells: &mut dyn Iterator<Item = String>| {
            let cells: Vec<String> = cells.collect();
            format!("| {} |\n", cells.join(" | "))
        };
        text += &line(&mut self.heads.iter().map(|head| escape_markdown(head)));
        text += &line(&mut (0..self.heads.len()).map(|column| {
            if self.is_numeric(column) { "---:".to_owned() } else { "---".to_owned() }
        }));
        for row in &self.rows {
            text +=
                &line(&mut (0..self.heads.len()).map(|column| {
                    escape_markdown(row.cells.get(column).map_or("", Cell::content))
                }));
        }
        for note in &self.notes {
            text = text + "\n" + &escape_markdown(note) + "\n";
        }
        text
    }

    fn is_prose(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.cells.get(column));
        cells.any(|cell| matches!(cell, Cell::Prose(_)))
    }

    fn is_numeric(&self, column: usize) -> bool {
        let mut cells = self.rows.iter().filter_map(|row| row.cells.get(column));
        cells.any(|cell| matches!(cell, Cell::Number(_) | Cell::Measure(_) | Cell::Detail(_)))
    }
}

/// Whether a note is of use below these rows: one that explains a sign is not if the sign stood in what was
/// left out.
fn is_due<'a>(note: &str, mut rows: impl Iterator<Item = &'a Row>) -> bool {
    let Some(sign) = ['*', '\u{221e}'].into_iter().find(|sign| note.starts_with(*sign)) else {
        return true;
    };
    rows.any(|row| row.cells.iter().any(|cell| cell.content().contains(sign)))
}

/// How wide the columns of a text table are.
struct Layout {
    widths: Vec<usize>,
    /// Digits before and after the point, by column.
    whole: Vec<usize>,
    fraction: Vec<usize>,
    numeric: Vec<bool>,
    prose: Vec<bool>,
}

/// The part of a number before its point, and the rest with it.
fn split(number: &str) -> (&str, &str) {
    let digits = number.find(|c: char| !(c.is_ascii_digit() || ",-".contains(c)));
    number.split_at(digits.unwrap_or(number.len()))
}

impl Layout {
    fn new(table: &Table, with_details: bool) -> Self {
        let columns = table.heads.len();
        let mut layout = Self {
            widths: table.heads.iter().map(|head| display_width(head)).collect(),
            whole: vec![0; columns],
            fraction: vec![0; columns],
            numeric: (0..columns).map(|column| table.is_numeric(column)).collect(),
            prose: (0..columns).map(|column| table.is_prose(column)).collect(),
        };
        for row in table.rows.iter().filter(|row| with_details || !row.is_detail) {
            for (column, cell) in row.cells.iter().enumerate().take(columns) {
                if let Cell::Number(number) = cell {
                    let (whole, fraction) = split(number);
                    layout.whole[column] = layout.whole[column].max(display_width(whole));
                    layout.fraction[column] = layout.fraction[column].max(display_width(fraction));
                } else {
                    let width = display_width(cell.content());
                    layout.widths[column] = layout.widths[column].max(width);
                }
            }
        }
        for column in 0..columns {
            let number = layout.whole[column] + layout.fraction[column];
            layout.widths[column] = layout.widths[column].max(number);
        }
        layout
    }

    fn width(&self) -> usize {
        let gaps = GAP * self.widths.len().saturating_sub(1);
        INDENT + self.widths.iter().sum::<usize>() + gaps
    }

    /// The width with every name cut to what should stay whole, and prose in lines.
    fn least(&self) -> usize {
        let cut = |column: usize| {
            let width = self.widths[column];
            match (self.prose[column], self.numeric[column]) {
                (true, _) => width.min(LEAST_PROSE),
                (false, true) => width,
                (false, false) => width.min(WHOLE_NAME),
            }
        };
        let gaps = GAP * self.widths.len().saturating_sub(1);
        INDENT + gaps + (0..self.widths.len()).map(cut).sum::<usize>()
    }

    /// Makes columns narrower until the table fits: prose first, then names down to a length that
    /// can be told apart, then whatever is widest.
    fn shrink(&mut self, width: usize) {
        while self.width() > width {
            let widest = |least: usize, may: &dyn Fn(usize) -> bool| {
                let columns = (0..self.widths.len()).filter(|&c| self.widths[c] > least && may(c));
                columns.max_by_key(|&column| (self.widths[column], usize::MAX - column))
            };
            let column = widest(LEAST_PROSE, &|column| self.prose[column])
                .or_else(|| widest(WHOLE_NAME, &|column| !self.numeric[column]))
                .or_else(|| widest(LEAST_NAME, &|column| !self.numeric[column]))
                .or_else(|| widest(1, &|_| true));
            let Some(column) = column else { return };
            self.widths[column] -= 1;
        }
    }

    fn heads(&self, table: &Table) -> Vec<String> {
        let cut = |(column, head): (usize, &String)| {
            let head = elide(head, self.widths[column]);
            if self.numeric[column] { pad_left(&head, self.widths[column]) } else { head }
        };
        table.heads.iter().enumerate().map(cut).collect()
    }

    /// The lines of a row.
    fn row(&self, row: &Row) -> Vec<String> {
        let columns: Vec<Vec<String>> = row
            .cells
            .iter()
            .zip(&self.widths)
            .enumerate()
            .map(|(column, (cell, &width))| match cell {
                Cell::Prose(text) => wrap(text, width, 0),
                other => vec![self.cell(column, other)],
            })
            .collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        let at = |line: usize| -> Vec<String> {
            columns.iter().map(|cell| cell.get(line).cloned().unwrap_or_default()).collect()
        };
        (0..height).map(|line| self.line(&at(line))).collect()
    }

    fn cell(&self, column: usize, cell: &Cell) -> String {
        let width = self.widths[column];
        match cell {
            Cell::Text(text) if self.numeric[column] => pad_left(&elide(text, width), width),
            Cell::Number(number) => {
                let (_, fraction) = split(number);
                let behind = self.fraction[column].saturating_sub(display_width(fraction));
                let aligned = format!("{number}{}", " ".repeat(behind));
                let fits = display_width(&aligned) <= width;
                let text = if fits { aligned.as_str() } else { number };
                pad_left(&whole_or_none(text, width), width)
            }
            Cell::Measure(text) | Cell::Detail(text) => {
                pad_left(&whole_or_none(text, width), width)
            }
            other => elide(other.content(), width),
        }
    }

    fn line(&self, cells: &[String]) -> String {
        let mut line = " ".repeat(INDENT);
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 {
                line += &" ".repeat(GAP);
            }
            line += cell;
            line += &" ".repeat(self.widths[column].saturating_sub(display_width(cell)));
        }
        line.trim_end().to_owned()
    }
}

fn pad_left(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(display_width(text))))
}

/// A number that has been cut is another number.
fn whole_or_none(text: &str, width: usize) -> String {
    if display_width(text) <= width { text.to_owned() } else { "\u{2026}".to_owned() }
}

/// `text` shortened in the middle to `width` columns: names that differ at either end stay apart.
pub fn elide(text: &str, width: usize) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    if width == 0 {
        return String::new();
    }
    let (front, back) = ((width - 1).div_ceil(2), (width - 1) / 2);
    let head = take(text.chars(), front);
    let tail: String = take(text.chars().rev(), back).chars().rev().collect();
    between_words(&head, &tail, text)
}

fn take(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    let fitting = |c: &char| {
        used += char_width(*c);
        used <= width
    };
    chars.take_while(fitting).collect()
}

/// `text` in lines of at most `width` columns, each indented; words that are longer are broken.
pub fn wrap(text: &str, width: usize, indent: usize) -> Vec<String> {
    let room = width.saturating_sub(indent).max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in clean_lines(text).split_whitespace() {
        let mut word = word.to_owned();
        if !line.is_empty() && display_width(&line) + 1 + display_width(&word) > room {
            lines.push(std::mem::take(&mut line));
        }
        while display_width(&word) > room {
            let mut head = take(word.chars(), room);
            // Paths are broken between their parts where that is not too early.
            let joint = head.rfind(['.', '/', '(', ',', '_', '-', '=']).map_or(0, |at| at + 1);
            if 2 * joint > head.len() {
                head.truncate(joint);
            }
            if head.is_empty() {
                // A wide character in a single column.
                head.push('\u{2026}');
                word.clear();
            } else {
                word = word[head.len()..].to_owned();
            }
            lines.push(head);
        }
        if !line.is_empty() && !word.is_empty() {
            line.push(' ');
        }
        line += &word;
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines.iter().map(|line| format!("{}{line}", " ".repeat(indent))).collect()
}

/// Line ends and tabs are spaces, other control characters are shown as such.
pub fn clean_lines(text: &str) -> String {
    clean(&text.replace(['\n', '\r', '\t'], " "))
}

/// Columns that `text` takes on a terminal.
pub fn display_width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Zero for marks that combine, two for the wide characters of East Asia and for pictographs (the
/// blocks of Unicode 16, UAX 11, W and F), one for the rest.
fn char_width(c: char) -> usize {
    match c as u32 {
        0x0300..=0x036F | 0x200B..=0x200D | 0x20D0..=0x20FF | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F
        | 0x2E80..=0xA4CF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE6F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// Text that Markdown shows as it is, in a cell too: its marks are escaped, also those of HTML.
pub fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in clean_lines(text).chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' | '!' => {
                escaped.push('\\');
                escaped.push(c);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// A name as code in a Markdown cell: the fence is longer than any run of backquotes inside it.
/// A bar still has to be escaped, because cells are split before code is found.
pub fn code_markdown(text: &str) -> String {
    let text = clean_lines(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}
