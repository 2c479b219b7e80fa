//! Stations over time: one row each, utilization beside the number waiting, one scale per column.

use super::axis::Axis;
use super::canvas::{self, Canvas, Look, Pen, Point, SMALL_SIZE, TEXT_SIZE};
use super::frame::{self, Frame, Heading, MARGIN};
use super::labels::{clean, elide};
use super::show;
use super::spans::{TimeWindow, draw_spans, spans};
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StationsData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// End of the time axis, which begins at 0 \[s\].
    pub until: f64,
    /// What is cut as warm-up: from 0 to here \[s\]; 0 for none.
    pub warm_up: f64,
    /// Named windows.
    pub windows: Vec<TimeWindow>,
    /// One row each, in this order (bottleneck first); the first 40 are drawn.
    pub stations: Vec<StationRow>,
}

/// One station.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StationRow {
    /// Its name.
    pub name: String,
    /// Busy ÷ capacity, 0 to 1.
    pub utilization: Vec<TimePoint>,
    /// How many stand in line.
    pub waiting: Vec<TimePoint>,
}

/// A value at a time, with an optional range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimePoint {
    /// When \[s\].
    pub at: f64,
    /// The median; interrupts the line where it is not a number.
    pub value: f64,
    /// Lower end of the band; NaN if there is none.
    pub lower: f64,
    /// Upper end of the band; NaN if there is none.
    pub upper: f64,
}

const ROW: f64 = 46.0;
const SPARK: f64 = 34.0;
const MOST: usize = 40;
/// Names, utilization and waiting stand in three columns \[px\].
const COLUMNS: [std::ops::Range<f64>; 2] = [182.0..386.0, 464.0..630.0];

/// Draws the rows.
pub fn stations(data: &StationsData) -> Svg {
    let has_data = data.stations.iter().any(|s| {
        s.utilization.iter().chain(&s.waiting).any(|p| p.value.is_finite() && p.at.is_finite())
    });
    if !has_data {
        let sentence = "No station was observed over time, so there is no course to show.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let drawn = &data.stations[..data.stations.len().min(MOST)];
    let heading = Heading::new(&data.title, &data.finding);
    let labeled = usize::from(!data.windows.is_empty() || data.warm_up > 0.0);
    let head = heading.bottom() + 12.0;
    let top = head + 12.0 + 16.0 * labeled as f64;
    let bottom = top + ROW * drawn.len() as f64;
    let grid = Grid::new(data, drawn, top, bottom);
    let hidden = data.stations.len() - drawn.len();
    let height = bottom + if hidden > 0 { 58.0 } else { 42.0 };
    let (text, size) = canvas::draw(height, |canvas| {
        heading.draw(canvas);
        grid.draw_ground(canvas, data, head);
        for (index, station) in drawn.iter().enumerate() {
            grid.draw_station(canvas, station, top + ROW * index as f64);
        }
        if hidden > 0 {
            let note = format!("Not drawn: {hidden} more stations; the table has all.");
            canvas.text(&note, (MARGIN, bottom + 48.0), Look::new(SMALL_SIZE, Paint::Muted));
        }
    });
    Svg::new(&data.title, &description(data), &text, size)
}

/// What the rows of a column share.
struct Grid {
    time: Axis,
    scales: [Axis; 2],
    down: std::ops::Range<f64>,
}

impl Grid {
    fn new(data: &StationsData, drawn: &[StationRow], top: f64, bottom: f64) -> Grid {
        let last = drawn.iter().flat_map(|s| s.utilization.iter().chain(&s.waiting)).map(|p| p.at);
        let last = last.filter(|at| at.is_finite()).fold(0.0, f64::max);
        let until = if data.until.is_finite() && data.until > 0.0 { data.until } else { last };
        let peak = drawn.iter().flat_map(|s| &s.waiting).flat_map(|p| [p.value, p.upper]);
        let peak = peak.filter(|v| v.is_finite()).fold(0.0, f64::max);
        Grid {
            time: Axis::times(0.0, until, 5, "time"),
            scales: [
                Axis::shares(0.0, 1.0, 1),
                // Nobody waiting is a flat line at zero, whatever the scale.
                Axis::numbers(0.0, if peak > 0.0 { peak } else { 1.0 }, 4),
            ],
            down: top..bottom,
        }
    }

    /// The frame of one sparkline, or of a whole column.
    fn frame(&self, column: usize, down: std::ops::Range<f64>) -> Frame {
        let (time, scale) = (self.time.clone(), self.scales[column].clone());
        Frame::new(time, scale, COLUMNS[column].clone(), down)
    }

    fn draw_ground(&self, canvas: &Canvas, data: &StationsData, head: f64) {
        let titles = ["utilization, 0 to 100 %".to_owned(), {
            format!("number waiting, 0 to {}", show::number(self.scales[1].high()))
        }];
        for (column, title) in titles.iter().enumerate() {
            let frame = self.frame(column, self.down.clone());
            let left = frame.across.start;
            canvas.text(title, (left, head), Look::new(TEXT_SIZE, Paint::Ink).bold());
            let spans = spans(data.warm_up, &data.windows, &self.time);
            draw_spans(canvas, &frame, &spans, Some(head + 18.0));
            frame.draw_x(canvas);
        }
    }

    fn draw_station(&self, canvas: &Canvas, station: &StationRow, top: f64) {
        let base = top + f64::midpoint(ROW, SPARK);
        let middle = base - SPARK / 2.0;
        let name = elide(&station.name, TEXT_SIZE, COLUMNS[0].start - MARGIN - 12.0);
        canvas.text(&name, (MARGIN, middle), Look::new(TEXT_SIZE, Paint::Ink));
        let sides = [(&station.utilization, Series::Blue), (&station.waiting, Series::Vermillion)];
        for (column, (points, hue)) in sides.into_iter().enumerate() {
            let frame = self.frame(column, base - SPARK..base);
            let (left, right) = (frame.across.start, frame.across.end);
            canvas.line((left, base), (right, base), Pen::new(Paint::Grid, 0.75));
            let band: Vec<_> = points.iter().map(|p| (p.at, p.lower, p.upper)).collect();
            frame.draw_band(canvas, &band, Paint::Series(hue), 0.25);
            let line: Vec<Point> = points.iter().map(|p| (p.at, p.value)).collect();
            frame.draw_line(canvas, &line, Pen::new(Paint::Series(hue), 1.5));
            let look = Look::new(SMALL_SIZE, Paint::SeriesText(hue));
            canvas.text(&peak_text(points, column), (right + 6.0, middle), look);
        }
    }
}

fn peak(points: &[TimePoint]) -> Option<f64> {
    points.iter().map(|p| p.value).filter(|v| v.is_finite() && *v >= 0.0).reduce(f64::max)
}

fn peak_text(points: &[TimePoint], column: usize) -> String {
    match peak(points) {
        Some(peak) if column == 0 && peak > 9.99 => "max > 999 %".to_owned(),
        Some(peak) if column == 0 && peak > 0.0 && peak < 1e-3 => "max <0.1 %".to_owned(),
        Some(peak) if column == 0 => format!("max {} %", show::number(peak * 100.0)),
        // Beside a sparkline there is room for six digits.
        Some(peak) if peak >= 999_500.0 => format!("max {peak:.1e}"),
        Some(peak) => format!("max {}", show::number(peak)),
        None => "no data".to_owned(),
    }
}

fn description(data: &StationsData) -> String {
    let mut sentences = vec![clean(&data.finding)];
    for station in data.stations.iter().take(MOST) {
        sentences.push(format!(
            "{}: utilization {}, waiting {}.",
            clean(&station.name),
            peak_text(&station.utilization, 0),
            peak_text(&station.waiting, 1)
        ));
    }
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
