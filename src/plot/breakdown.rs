//! Where the time goes: stacked bars of waiting and service by place, for the mean request and for
//! the slowest ones.

use super::axis::Axis;
use super::canvas::{self, Anchor, Canvas, Look, Pen, SMALL_SIZE, TEXT_SIZE, WIDTH};
use super::frame::{self, Frame, Heading, MARGIN};
use super::labels::{clean, elide, text_width};
use super::show::{self, TimeUnit};
use super::svg::Svg;
use super::theme::{Paint, Series};

/// What the chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BreakdownData {
    /// Name of the chart.
    pub title: String,
    /// What is to be seen, in a sentence; may be empty.
    pub finding: String,
    /// One group of bars per endpoint, drawn in this order.
    pub groups: Vec<BreakdownGroup>,
}

/// The bars of one endpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BreakdownGroup {
    /// The endpoint.
    pub name: String,
    /// Usually two: `mean` and `p99 cohort`.
    pub bars: Vec<BreakdownBar>,
}

/// One bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BreakdownBar {
    /// Which requests: `mean`, `p99 cohort`.
    pub name: String,
    /// In the order of the request's way.
    pub segments: Vec<BreakdownSegment>,
}

/// Time at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct BreakdownSegment {
    /// A station, pool or link.
    pub place: String,
    /// Waiting or service.
    pub part: Part,
    /// Time per request \[s\], >= 0; anything else is left out and counted in a note.
    pub seconds: f64,
}

/// What a request does at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It stands in line: light.
    Waiting,
    /// It is worked on: solid.
    Service,
}

/// Room for the names of bars at the left \[px\].
const NAMES: f64 = 148.0;
/// Least room for totals at the right \[px\].
const TOTALS: f64 = 76.0;
/// Height of a bar \[px\].
const BAR: f64 = 24.0;

/// Draws the bars.
pub fn breakdown(data: &BreakdownData) -> Svg {
    let largest = data.groups.iter().flat_map(|g| &g.bars).map(total).fold(0.0, f64::max);
    if !(largest > 0.0 && largest.is_finite()) {
        let sentence = "No request was recorded, so there is no time to divide.";
        return frame::empty(&data.title, &data.finding, sentence);
    }
    let places = Places::new(data);
    let heading = Heading::new(&data.title, &data.finding);
    let key = key_rows(&places);
    let top = heading.bottom() + 20.0 * key.len() as f64 + 8.0;
    let rows = rows(data, top);
    let bottom = rows.last().map_or(top, |row| row.y + BAR) + 8.0;
    let x = Axis::times(0.0, largest, 6, "time per request");
    let unit = TimeUnit::for_largest(largest);
    let across = NAMES..WIDTH - room_for_totals(data, unit);
    let frame = Frame::new(x, Axis::numbers(0.0, 1.0, 1), across, top..bottom);
    let omitted = omitted(data);
    let height = bottom + if omitted > 0 { 60.0 } else { 40.0 };
    let (text, size) = canvas::draw(height, |canvas| {
        heading.draw(canvas);
        draw_key(canvas, &key, heading.bottom() + 8.0);
        for tick in &frame.x().ticks {
            let (x, _) = frame.place(tick.at, 0.0);
            canvas.line((x, top), (x, bottom), Pen::new(Paint::Grid, 0.75));
        }
        for row in &rows {
            draw_row(canvas, &frame, row, &places, unit);
        }
        frame.draw_x(canvas);
        if omitted > 0 {
            let are = if omitted == 1 {
                "segment without a valid time is"
            } else {
                "segments without a valid time are"
            };
            let note = format!("{omitted} {are} left out.");
            let look = Look::new(SMALL_SIZE, Paint::Muted);
            canvas.text(&note, (MARGIN, bottom + 48.0), look);
        }
    });
    Svg::new(&data.title, &description(data), &text, size)
}

fn valid(segment: &BreakdownSegment) -> bool {
    segment.seconds.is_finite() && segment.seconds >= 0.0
}

fn total(bar: &BreakdownBar) -> f64 {
    bar.segments.iter().filter(|s| valid(s)).map(|s| s.seconds).sum()
}

/// In the unit of the axis, unless little would be left of the number.
fn total_text(seconds: f64, unit: TimeUnit) -> String {
    if seconds >= unit.seconds / 10.0 {
        format!("{} {}", unit.number(seconds), unit.name)
    } else if seconds > 0.0 {
        show::time(seconds)
    } else {
        "no time".to_owned()
    }
}

/// Room for the widest total, in bold \[px\].
fn room_for_totals(data: &BreakdownData, unit: TimeUnit) -> f64 {
    let bars = data.groups.iter().flat_map(|g| &g.bars);
    let widths = bars.map(|bar| text_width(&total_text(total(bar), unit), TEXT_SIZE) * 1.1);
    (widths.fold(0.0, f64::max) + 6.0 + MARGIN).max(TOTALS)
}

fn omitted(data: &BreakdownData) -> usize {
    let segments = data.groups.iter().flat_map(|g| &g.bars).flat_map(|b| &b.segments);
    segments.filter(|s| !valid(s)).count()
}

/// Which places have a color of their own: the four with the most time in all bars, in the order of
/// the way; the rest are one gray "other".
struct Places {
    own: Vec<String>,
    others: usize,
}

impl Places {
    fn new(data: &BreakdownData) -> Places {
        let mut sums: Vec<(String, f64)> = Vec::new();
        let bars = data.groups.iter().flat_map(|g| &g.bars);
        for segment in bars.flat_map(|b| &b.segments).filter(|s| valid(s)) {
            match sums.iter_mut().find(|(place, _)| *place == segment.place) {
                Some((_, sum)) => *sum += segment.seconds,
                None => sums.push((segment.place.clone(), segment.seconds)),
            }
        }
        sums.retain(|(_, sum)| *sum > 0.0);
        let mut ranked: Vec<usize> = (0..sums.len()).collect();
        ranked.sort_by(|a, b| sums[*b].1.total_cmp(&sums[*a].1).then(a.cmp(b)));
        ranked.truncate(Series::ALL.len());
        ranked.sort_unstable();
        let own: Vec<String> = ranked.iter().map(|index| sums[*index].0.clone()).collect();
        Places { others: sums.len() - own.len(), own }
    }

    /// The color of a place; the rank orders the segments of a bar.
    fn paint(&self, place: &str) -> (usize, Paint) {
        let rank = self.own.iter().position(|own| own == place).unwrap_or(self.own.len());
        (rank, Series::nth(rank).map_or(Paint::Other, |hue| self.series_or_other(rank, hue)))
    }

    fn series_or_other(&self, rank: usize, hue: Series) -> Paint {
        if rank < self.own.len() { Paint::Series(hue) } else { Paint::Other }
    }

    fn name(&self, rank: usize) -> &str {
        self.own.get(rank).map_or("other", String::as_str)
    }
}

/// One bar with its place on the canvas.
struct Row<'a> {
    y: f64,
    group: Option<&'a str>,
    bar: &'a BreakdownBar,
}

fn rows(data: &BreakdownData, top: f64) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut y = top + 4.0;
    for group in &data.groups {
        y += if rows.is_empty() { 0.0 } else { 6.0 };
        for (index, bar) in group.bars.iter().enumerate() {
            if index == 0 {
                y += 18.0;
            }
            rows.push(Row { y, group: (index == 0).then_some(group.name.as_str()), bar });
            y += BAR + 6.0;
        }
    }
    rows
}

/// The segments of a bar as they are drawn: places in order, waiting before service, others last.
fn merged(bar: &BreakdownBar, places: &Places) -> Vec<(usize, Paint, Part, f64)> {
    let mut merged: Vec<(usize, Paint, Part, f64)> = Vec::new();
    for segment in bar.segments.iter().filter(|s| valid(s)) {
        let (rank, paint) = places.paint(&segment.place);
        match merged.iter_mut().find(|m| m.0 == rank && m.2 == segment.part) {
            Some(found) => found.3 += segment.seconds,
            None => merged.push((rank, paint, segment.part, segment.seconds)),
        }
    }
    merged.sort_by_key(|m| (m.0, m.2 == Part::Service));
    merged
}

fn draw_row(canvas: &Canvas, frame: &Frame, row: &Row, places: &Places, unit: TimeUnit) {
    let (top, bottom) = (row.y, row.y + BAR);
    let middle = f64::midpoint(top, bottom);
    if let Some(group) = row.group {
        let name = elide(group, TEXT_SIZE * 1.1, WIDTH - 2.0 * MARGIN);
        canvas.text(&name, (MARGIN, top - 10.0), Look::new(TEXT_SIZE, Paint::Ink).bold());
    }
    let name = elide(&row.bar.name, TEXT_SIZE, NAMES - MARGIN - 10.0);
    let look = Look::new(TEXT_SIZE, Paint::Muted);
    canvas.text(&name, (NAMES - 8.0, middle), look.at(Anchor::End));
    let mut passed = 0.0;
    for (rank, paint, part, seconds) in merged(row.bar, places) {
        let (left, _) = frame.place(passed, 0.0);
        passed += seconds;
        let (right, _) = frame.place(passed, 0.0);
        if right - left < 0.25 {
            continue;
        }
        draw_segment(canvas, (left, top), (right, bottom), paint, part);
        let value = unit.number(seconds);
        let texts = [format!("{} {value}", clean(places.name(rank))), value];
        let fitting = texts.iter().find(|t| text_width(t, SMALL_SIZE) + 8.0 <= right - left);
        if let Some(text) = fitting {
            let ink = if part == Part::Service { paint.on() } else { Paint::Ink };
            let look = Look::new(SMALL_SIZE, ink).at(Anchor::Middle);
            canvas.text(text, (f64::midpoint(left, right), middle), look);
        }
    }
    let (end, _) = frame.place(passed, 0.0);
    let text = total_text(passed, unit);
    canvas.text(&text, (end + 6.0, middle), Look::new(TEXT_SIZE, Paint::Ink).bold());
}

/// Service is solid; waiting is a light tone of the same hue with an outline.
fn draw_segment(
    canvas: &Canvas,
    corner: (f64, f64),
    opposite: (f64, f64),
    paint: Paint,
    part: Part,
) {
    let ((left, top), (right, bottom)) = (corner, opposite);
    match part {
        Part::Service => canvas.rectangle(corner, opposite, paint, 1.0),
        Part::Waiting => {
            canvas.rectangle(corner, opposite, Paint::Surface, 1.0);
            canvas.rectangle(corner, opposite, paint, 0.22);
            let (l, r, t, b) = (left + 0.5, right - 0.5, top + 0.5, bottom - 0.5);
            if r > l {
                let outline = [(l, t), (r, t), (r, b), (l, b), (l, t)];
                canvas.path(&outline, Pen::new(paint, 1.0));
            }
        }
    }
    // A gap of the ground keeps neighbors apart in gray print.
    let pen = Pen::new(Paint::Surface, 0.75);
    canvas.line((right, top), (right, bottom), pen);
}

/// An entry of the key: swatch and text, at an x.
struct KeyEntry {
    x: f64,
    paint: Paint,
    part: Part,
    text: String,
}

fn key_rows(places: &Places) -> Vec<Vec<KeyEntry>> {
    let mut entries: Vec<(Paint, Part, String)> = Vec::new();
    for (rank, place) in places.own.iter().enumerate() {
        let paint = Series::nth(rank).map_or(Paint::Other, Paint::Series);
        entries.push((paint, Part::Service, elide(place, SMALL_SIZE, 160.0)));
    }
    if places.others > 0 {
        let plural = if places.others == 1 { "" } else { "s" };
        let text = format!("other ({} place{plural})", places.others);
        entries.push((Paint::Other, Part::Service, text));
    }
    entries.push((Paint::Baseline, Part::Waiting, "light: waiting".to_owned()));
    entries.push((Paint::Baseline, Part::Service, "solid: service".to_owned()));
    let mut rows: Vec<Vec<KeyEntry>> = vec![Vec::new()];
    let mut x = MARGIN;
    for (paint, part, text) in entries {
        let width = 18.0 + text_width(&text, SMALL_SIZE) + 14.0;
        if x + width > WIDTH && x > MARGIN {
            rows.push(Vec::new());
            x = MARGIN;
        }
        if let Some(row) = rows.last_mut() {
            row.push(KeyEntry { x, paint, part, text });
        }
        x += width;
    }
    rows
}

fn draw_key(canvas: &Canvas, rows: &[Vec<KeyEntry>], top: f64) {
    for (index, row) in rows.iter().enumerate() {
        let y = top + 20.0 * index as f64;
        for entry in row {
            let (corner, opposite) = ((entry.x, y - 6.0), (entry.x + 12.0, y + 6.0));
            draw_segment(canvas, corner, opposite, entry.paint, entry.part);
            let look = Look::new(SMALL_SIZE, Paint::Ink);
            canvas.text(&entry.text, (entry.x + 17.0, y), look);
        }
    }
}

fn description(data: &BreakdownData) -> String {
    let mut sentences = vec![clean(&data.finding)];
    for group in &data.groups {
        for bar in &group.bars {
            let largest = bar
                .segments
                .iter()
                .filter(|s| valid(s))
                .max_by(|a, b| a.seconds.total_cmp(&b.seconds));
            let most = largest.filter(|s| s.seconds > 0.0).map_or(String::new(), |s| {
                let what = if s.part == Part::Waiting { "waiting for" } else { "service at" };
                format!(", most of it {what} {} ({})", clean(&s.place), show::time(s.seconds))
            });
            sentences.push(format!(
                "{}, {}: {}{most}.",
                clean(&group.name),
                clean(&bar.name),
                show::time(total(bar))
            ));
        }
    }
    frame::describe(&sentences.iter().map(String::as_str).collect::<Vec<_>>())
}
