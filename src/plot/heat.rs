//! What a design would do at other values of two settings: one cell per simulated design, colored by
//! its value, hatched where it misses the objective, with the border between meeting and missing.

use super::axis::{Axis, Quantity, Scale};
use super::canvas::{self, Anchor, Canvas, Look, Pen, Point, SMALL_SIZE, WIDTH};
use super::frame::{self, Heading, MARGIN};
use super::labels::{clean, elide, text_width};
use super::margin::Verdict;
use super::show::{self, ByteUnit, TimeUnit};
use super::svg::Svg;
use super::theme::{Paint, RAMP, Series, on_ramp};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// The setting that varies from left to right: `pool.api_pg.size`.
    pub x_key: String,
    /// What its values are.
    pub x: Quantity,
    /// Its values, in increasing order; the first 40 are drawn.
    pub columns: Vec<f64>,
    /// The setting that varies from bottom to top.
    pub y_key: String,
    /// What its values are.
    pub y: Quantity,
    /// Its values, in increasing order; the first stands at the bottom; the first 40 are drawn.
    pub rows: Vec<f64>,
    /// What the colors say: `p95(endpoint.browse)`.
    pub what: String,
    /// What the values of cells are.
    pub quantity: Quantity,
    /// Whether equal ratios of values are equally far apart on the ramp.
    pub log: bool,
    /// The objective in its own words; empty if there is none.
    pub objective: String,
    /// The simulated designs, in any order.
    pub cells: Vec<HeatCell>,
}

/// A simulated design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatCell {
    /// Its place in [`HeatData::columns`].
    pub column: usize,
    /// Its place in [`HeatData::rows`].
    pub row: usize,
    /// The estimate. Infinite: never answered. NaN: there is none.
    pub value: f64,
    /// What was concluded; `None` without an objective.
    pub verdict: Option<Verdict>,
}

const MOST: usize = 40;
const WIDEST: f64 = 88.0;

/// Draws the grid.
pub fn heat(data: &HeatData) -> Svg {
    let known = |cell: &HeatCell| cell.value.is_finite() || cell.value == f64::INFINITY;
    let grid = Grid::new(data);
    if !grid.cells().any(|(_, cell)| known(cell)) {
        let sentence = "No design was simulated, so there is nothing to compare.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let ramp = Ramp::new(data, &grid);
    let heading = Heading::new(&data.title, &data.finding);
    let grid = grid.at(heading.bottom() + 20.0);
    let legend_top = grid.bottom() + 54.0;
    let keys = keys(data, &grid);
    let hidden = data.columns.len() > MOST || data.rows.len() > MOST;
    let keys_top = legend_top + 52.0;
    let lines = keys.iter().map(|key| key.line + 1).max().unwrap_or(0);
    let note_top = keys_top + 18.0 * lines as f64;
    let height = note_top + if hidden { 20.0 } else { 4.0 };
    let (text, size) = canvas::draw(height, |canvas| {
        heading.draw(canvas);
        grid.draw_labels(canvas, data);
        for (place, cell) in grid.cells() {
            grid.draw_cell(canvas, place, cell, &ramp);
        }
        grid.draw_lines(canvas);
        grid.draw_borders(canvas);
        ramp.draw(canvas, &data.what, legend_top);
        for key in &keys {
            key.draw(canvas, keys_top + 18.0 * key.line as f64);
        }
        if hidden {
            let note = format!("Not drawn: values beyond the first {MOST} of a setting.");
            let place = (MARGIN, note_top + 4.0);
            canvas.text(&note, place, Look::new(SMALL_SIZE, Paint::Muted));
        }
    });
    Svg::new(&data.title, &description(data, &grid, &ramp), &text, size)
}

/// The cells by place, and where they stand.
struct Grid {
    columns: usize,
    rows: usize,
    /// Row by row from the bottom.
    cells: Vec<Option<HeatCell>>,
    left: f64,
    top: f64,
    /// Width and height of a cell \[px\].
    cell: (f64, f64),
}

impl Grid {
    fn new(data: &HeatData) -> Grid {
        let (columns, rows) = (data.columns.len().min(MOST), data.rows.len().min(MOST));
        let mut cells = vec![None; columns * rows];
        for cell in &data.cells {
            if cell.column < columns && cell.row < rows {
                cells[cell.row * columns + cell.column] = Some(*cell);
            }
        }
        let labels = data.rows.iter().take(rows).map(|row| data.y.setting(*row));
        let widest = labels.map(|label| text_width(&label, SMALL_SIZE)).fold(0.0, f64::max);
        let left = (MARGIN + widest + 7.0).clamp(48.0, 160.0);
        let width = ((WIDTH - MARGIN - left) / columns.max(1) as f64).min(WIDEST);
        let height = if rows <= 12 { 28.0 } else { 18.0 };
        Grid { columns, rows, cells, left, top: 0.0, cell: (width, height) }
    }

    fn at(self, top: f64) -> Grid {
        Grid { top, ..self }
    }

    fn bottom(&self) -> f64 {
        self.top + self.cell.1 * self.rows as f64
    }

    /// Column, row and content of the cells that were given.
    fn cells(&self) -> impl Iterator<Item = ((usize, usize), &HeatCell)> {
        let columns = self.columns.max(1);
        let placed = self.cells.iter().enumerate();
        placed.filter_map(move |(at, cell)| {
            cell.as_ref().map(|cell| ((at % columns, at / columns), cell))
        })
    }

    fn verdict(&self, column: usize, row: usize) -> Option<Verdict> {
        self.cells[row * self.columns + column].and_then(|cell| cell.verdict)
    }

    /// The upper left corner \[px\].
    fn corner(&self, column: usize, row: usize) -> Point {
        let x = self.left + self.cell.0 * column as f64;
        (x, self.bottom() - self.cell.1 * (row as f64 + 1.0))
    }

    /// Names of rows and columns, as many as there is room for.
    fn draw_labels(&self, canvas: &Canvas, data: &HeatData) {
        let look = Look::new(SMALL_SIZE, Paint::Muted);
        let (wide, high) = self.cell;
        let every = libm::ceil(14.0 / high).max(1.0) as usize;
        for (row, value) in data.rows.iter().take(self.rows).enumerate().step_by(every) {
            let place = (self.left - 7.0, self.corner(0, row).1 + high / 2.0);
            let label = elide(&data.y.setting(*value), SMALL_SIZE, self.left - 7.0 - MARGIN);
            canvas.text(&label, place, look.at(Anchor::End));
        }
        let columns = data.columns.iter().take(self.columns).enumerate();
        let label = |(column, value): (usize, &f64)| {
            (self.corner(column, 0).0 + wide / 2.0, data.x.setting(*value))
        };
        draw_apart(canvas, columns.map(label), self.bottom() + 12.0);
        let room = WIDTH - MARGIN - self.left;
        let title = elide(&data.x_key, SMALL_SIZE, room);
        canvas.text(&title, (self.left, self.bottom() + 29.0), look);
        let title = elide(&data.y_key, SMALL_SIZE, WIDTH - 2.0 * MARGIN);
        canvas.text(&title, (MARGIN, self.top - 12.0), look);
    }

    fn draw_cell(&self, canvas: &Canvas, place: (usize, usize), cell: &HeatCell, ramp: &Ramp) {
        let corner = self.corner(place.0, place.1);
        let opposite = (corner.0 + self.cell.0, corner.1 + self.cell.1);
        let (fill, text) = if cell.value == f64::INFINITY {
            (Fill::Never, "never".to_owned())
        } else if cell.value.is_finite() {
            let step = ramp.step(cell.value);
            (Fill::Step(step, cell.verdict), ramp.number(cell.value))
        } else {
            (Fill::Nothing, String::new())
        };
        let width = text_width(&text, SMALL_SIZE);
        let fits = width > 0.0 && width + 6.0 <= self.cell.0;
        if fits && fill == Fill::Never {
            fill.ground(canvas, corner, opposite);
        } else {
            fill.draw(canvas, corner, opposite);
        }
        if fits {
            let center = (f64::midpoint(corner.0, opposite.0), f64::midpoint(corner.1, opposite.1));
            let half = (width / 2.0 + 2.0, 7.0);
            let ground =
                [(center.0 - half.0, center.1 - half.1), (center.0 + half.0, center.1 + half.1)];
            if fill.is_hatched() {
                canvas.rectangle(ground[0], ground[1], Paint::Surface, 1.0);
                fill.ground(canvas, ground[0], ground[1]);
            }
            canvas.text(&text, center, Look::new(SMALL_SIZE, fill.text()).at(Anchor::Middle));
        }
    }

    /// Hairlines between all cells.
    fn draw_lines(&self, canvas: &Canvas) {
        let pen = Pen::new(Paint::Grid, 0.75);
        let (left, bottom) = (self.left, self.bottom());
        let right = left + self.cell.0 * self.columns as f64;
        for row in 0..=self.rows {
            let y = self.top + self.cell.1 * row as f64;
            canvas.line((left, y), (right, y), pen);
        }
        for column in 0..=self.columns {
            let x = left + self.cell.0 * column as f64;
            canvas.line((x, self.top), (x, bottom), pen);
        }
    }

    /// Lines between neighbors of which the objective says different things: solid between what
    /// meets it and what misses it, dashed around what is not decided.
    fn draw_borders(&self, canvas: &Canvas) {
        let draw = |from: Point, to: Point, sides: [Option<Verdict>; 2]| {
            let [Some(one), Some(other)] = sides else { return };
            if one == other {
                return;
            }
            let decided = !sides.contains(&Some(Verdict::Inconclusive));
            let pen = Pen::new(Paint::Objective, 2.5);
            canvas.line(from, to, if decided { pen } else { pen.dashed(&[4.0, 3.0]) });
        };
        for row in 0..self.rows {
            for column in 0..self.columns {
                let (x, y) = self.corner(column, row);
                let here = self.verdict(column, row);
                if column > 0 {
                    draw((x, y), (x, y + self.cell.1), [self.verdict(column - 1, row), here]);
                }
                if row > 0 {
                    let base = y + self.cell.1;
                    draw((x, base), (x + self.cell.0, base), [self.verdict(column, row - 1), here]);
                }
            }
        }
    }
}

/// Labels centered at their places, without those that would touch the one before.
fn draw_apart(canvas: &Canvas, labels: impl Iterator<Item = (f64, String)>, y: f64) {
    let look = Look::new(SMALL_SIZE, Paint::Muted).at(Anchor::Middle);
    let mut free_from = 2.0;
    for (x, label) in labels {
        let half = text_width(&label, SMALL_SIZE) / 2.0;
        let x = x.max(2.0 + half).min(WIDTH - 2.0 - half);
        if x - half >= free_from {
            canvas.text(&label, (x, y), look);
            free_from = x + half + 8.0;
        }
    }
}

/// How a cell is filled.
#[derive(Clone, Copy, PartialEq)]
enum Fill {
    Step(usize, Option<Verdict>),
    Never,
    Nothing,
}

impl Fill {
    fn is_hatched(self) -> bool {
        matches!(self, Fill::Step(_, Some(Verdict::Fail | Verdict::Inconclusive)))
    }

    fn text(self) -> Paint {
        if let Fill::Step(step, _) = self { on_ramp(step) } else { Paint::Ink }
    }

    /// The color without marks.
    fn ground(self, canvas: &Canvas, corner: Point, opposite: Point) {
        match self {
            Fill::Step(step, _) => {
                canvas.rectangle(corner, opposite, Paint::Series(Series::Blue), RAMP[step]);
            }
            Fill::Never => canvas.rectangle(corner, opposite, Paint::Shade, 1.0),
            Fill::Nothing => {}
        }
    }

    fn draw(self, canvas: &Canvas, corner: Point, opposite: Point) {
        self.ground(canvas, corner, opposite);
        let pen = Pen::new(self.hatch(), 1.0);
        let (x, y) = (f64::midpoint(corner.0, opposite.0), f64::midpoint(corner.1, opposite.1));
        match self {
            Fill::Step(_, Some(Verdict::Fail)) => hatch(canvas, [corner, opposite], 6.0, pen),
            Fill::Step(_, Some(Verdict::Inconclusive)) => {
                // From the right edge to the left one: down instead of up.
                let [left, right] = [(opposite.0, corner.1), (corner.0, opposite.1)];
                hatch(canvas, [left, right], 10.0, pen);
            }
            Fill::Step(..) => {}
            Fill::Never => {
                let pen = Pen::new(Paint::Series(Series::Vermillion), 1.5);
                canvas.line((x - 3.0, y - 3.0), (x + 3.0, y + 3.0), pen);
                canvas.line((x - 3.0, y + 3.0), (x + 3.0, y - 3.0), pen);
            }
            Fill::Nothing => canvas.dot((x, y), 1.5, Paint::Muted),
        }
    }

    fn hatch(self) -> Paint {
        match self {
            Fill::Step(step, _) if on_ramp(step) == Paint::OnBlue => Paint::OnBlue,
            Fill::Step(..) | Fill::Never | Fill::Nothing => Paint::Muted,
        }
    }
}

fn outline(canvas: &Canvas, corner: Point, opposite: Point) {
    let (left, right) = (corner.0, opposite.0);
    let around = [corner, (right, corner.1), opposite, (left, opposite.1), corner];
    canvas.path(&around, Pen::new(Paint::Grid, 0.75));
}

/// Diagonals through a rectangle, so many pixels apart along its edges: up from the side of the
/// first of two corners opposite to one another, the upper one.
fn hatch(canvas: &Canvas, [upper, lower]: [Point; 2], apart: f64, pen: Pen) {
    let (width, height) = ((lower.0 - upper.0).abs(), lower.1 - upper.1);
    let across = |along: f64| if lower.0 > upper.0 { upper.0 + along } else { upper.0 - along };
    let mut along = apart / 2.0;
    while along < width + height {
        let from = (across((along - height).max(0.0)), upper.1 + along.min(height));
        let to = (across(along.min(width)), upper.1 + (along - width).max(0.0));
        canvas.line(from, to, pen);
        along += apart;
    }
}

/// What the colors say.
struct Ramp {
    axis: Axis,
    unit: f64,
    unit_name: &'static str,
    quantity: Quantity,
}

impl Ramp {
    fn new(data: &HeatData, grid: &Grid) -> Ramp {
        let log = data.log || data.quantity == Quantity::LogTime;
        let values = grid.cells().map(|(_, cell)| cell.value);
        let (low, high) = values
            .filter(|v| v.is_finite() && (!log || *v > 0.0))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let axis = Axis::new(low, high, if log { Scale::Log } else { Scale::Linear });
        // The unit in which most values read well.
        let size = axis.low().abs().max(axis.high().abs());
        let typical = if log { (axis.low() * axis.high()).sqrt() } else { size };
        let (unit, unit_name) = match data.quantity {
            Quantity::Number | Quantity::Count | Quantity::Months => (1.0, ""),
            Quantity::Share => (0.01, "%"),
            Quantity::Time | Quantity::LogTime => {
                let unit = TimeUnit::for_largest(typical);
                (unit.seconds, unit.name)
            }
            Quantity::Bytes => {
                let unit = ByteUnit::for_largest(typical);
                (unit.bytes, unit.name)
            }
        };
        Ramp { axis, unit, unit_name, quantity: data.quantity }
    }

    fn step(&self, value: f64) -> usize {
        let position = self.axis.position(value);
        if position.is_nan() {
            return 0;
        }
        ((position.clamp(0.0, 1.0) * RAMP.len() as f64) as usize).min(RAMP.len() - 1)
    }

    fn number(&self, value: f64) -> String {
        match self.quantity {
            Quantity::Count => Quantity::Count.text(value),
            _ => show::number(value / self.unit),
        }
    }

    /// The steps with the values between them.
    fn draw(&self, canvas: &Canvas, what: &str, top: f64) {
        let unit = if self.unit_name.is_empty() {
            String::new()
        } else {
            format!(" [{}]", self.unit_name)
        };
        let room = WIDTH - 2.0 * MARGIN - text_width(&unit, SMALL_SIZE);
        let title = format!("{}{unit}", elide(what, SMALL_SIZE, room));
        canvas.text(&title, (MARGIN, top), Look::new(SMALL_SIZE, Paint::Muted));
        let wide = 72.0;
        // The first boundary is written centered on the left edge.
        let left = MARGIN + 24.0;
        for step in 0..RAMP.len() {
            let x = left + wide * step as f64;
            Fill::Step(step, None).draw(canvas, (x, top + 10.0), (x + wide, top + 22.0));
        }
        let labels = (0..=RAMP.len()).map(|step| {
            let share = step as f64 / RAMP.len() as f64;
            (left + wide * step as f64, self.number(self.boundary(share)))
        });
        draw_apart(canvas, labels, top + 32.0);
    }

    /// The value at a share of the ramp.
    fn boundary(&self, share: f64) -> f64 {
        let (low, high) = (self.axis.low(), self.axis.high());
        if self.axis.scale() == Scale::Log {
            libm::pow(10.0, libm::log10(low) * (1.0 - share) + libm::log10(high) * share)
        } else {
            low * (1.0 - share) + high * share
        }
    }
}

/// A mark with its meaning.
struct Key {
    fill: Option<Fill>,
    text: String,
    x: f64,
    line: usize,
}

impl Key {
    fn draw(&self, canvas: &Canvas, y: f64) {
        let (corner, opposite) = ((self.x, y - 6.0), (self.x + 22.0, y + 6.0));
        if let Some(fill) = self.fill {
            fill.draw(canvas, corner, opposite);
            outline(canvas, corner, opposite);
        } else {
            let pen = Pen::new(Paint::Objective, 2.5);
            canvas.line((corner.0, y), (opposite.0, y), pen);
        }
        canvas.text(&self.text, (self.x + 29.0, y), Look::new(SMALL_SIZE, Paint::Ink));
    }
}

/// The marks that occur, side by side in as many lines as they need.
fn keys(data: &HeatData, grid: &Grid) -> Vec<Key> {
    let has = |wanted: &dyn Fn(&HeatCell) -> bool| grid.cells().any(|(_, cell)| wanted(cell));
    let said = |verdict: Verdict| has(&|cell| cell.verdict == Some(verdict));
    let objective =
        if data.objective.trim().is_empty() { "the objective" } else { &data.objective };
    let mut wanted: Vec<(Option<Fill>, String)> = Vec::new();
    if said(Verdict::Pass) && (said(Verdict::Fail) || said(Verdict::Inconclusive)) {
        wanted.push((None, "border of what meets it".to_owned()));
    }
    if said(Verdict::Fail) {
        wanted.push((Some(Fill::Step(1, Some(Verdict::Fail))), format!("misses {objective}")));
    }
    if said(Verdict::Inconclusive) {
        wanted.push((Some(Fill::Step(1, Some(Verdict::Inconclusive))), "cannot tell".to_owned()));
    }
    if has(&|cell| cell.value == f64::INFINITY) {
        wanted.push((Some(Fill::Never), "never answered".to_owned()));
    }
    if has(&|cell| cell.value.is_nan() || cell.value == f64::NEG_INFINITY) {
        wanted.push((Some(Fill::Nothing), "no estimate".to_owned()));
    }
    let (mut x, mut line) = (MARGIN, 0);
    let mut keys = Vec::new();
    for (fill, text) in wanted {
        let text = elide(&text, SMALL_SIZE, 320.0);
        let width = 29.0 + text_width(&text, SMALL_SIZE);
        if x + width > WIDTH - MARGIN {
            (x, line) = (MARGIN, line + 1);
        }
        keys.push(Key { fill, text, x, line });
        x += width + 18.0;
    }
    keys
}

fn description(data: &HeatData, grid: &Grid, ramp: &Ramp) -> String {
    let mut sentences = vec![clean(&data.finding)];
    sentences.push(format!(
        "{} over {} (left to right) and {} (bottom to top).",
        clean(&data.what),
        clean(&data.x_key),
        clean(&data.y_key)
    ));
    let place = |cell: &HeatCell| {
        format!(
            "{}, {}",
            data.x.setting(data.columns[cell.column]),
            data.y.setting(data.rows[cell.row])
        )
    };
    let finite = || grid.cells().map(|(_, cell)| cell).filter(|cell| cell.value.is_finite());
    let least = finite().min_by(|a, b| a.value.total_cmp(&b.value));
    let most = finite().max_by(|a, b| a.value.total_cmp(&b.value));
    for (word, cell) in [("Least", least), ("Most", most)] {
        let Some(cell) = cell else { continue };
        let value = format!("{} {}", ramp.number(cell.value), ramp.unit_name);
        sentences.push(format!("{word}: {} at {}.", value.trim_end(), place(cell)));
    }
    let count =
        |wanted: &dyn Fn(&HeatCell) -> bool| grid.cells().filter(|(_, cell)| wanted(cell)).count();
    let verdicts = [
        (Verdict::Pass, "meet the objective"),
        (Verdict::Fail, "miss the objective"),
        (Verdict::Inconclusive, "cannot be told"),
    ];
    for (verdict, words) in verdicts {
        let designs = count(&|cell| cell.verdict == Some(verdict));
        if designs > 0 {
            sentences.push(format!("Designs that {words}: {designs}."));
        }
    }
    let never = count(&|cell| cell.value == f64::INFINITY);
    if never > 0 {
        sentences.push(format!("Never answered: {never}."));
    }
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
