//! Vertical lines through a frame, each with its name: above it where all names have room beside one
//! another, else as a number that a legend below the chart explains.

use std::ops::Range;

use super::axis::Axis;
use super::canvas::{Anchor, Canvas, Look, Pen, SMALL_SIZE, WIDTH};
use super::frame::{Frame, MARGIN};
use super::labels::{clean, push_apart, text_width, wrap};
use super::lines::LineMark;
use super::theme::Paint;

/// Lines closer than this are one \[px\].
const NEAR: f64 = 6.0;
/// Numbers that are told apart at a glance.
const MOST: usize = 9;
/// Between two entries of a row of the legend; spaces alone would be one.
const BETWEEN: &str = " · ";

/// Lines with their names, laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    lines: Vec<Line>,
    legend: Vec<String>,
    /// Places on the axis that are not drawn.
    hidden: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Line {
    x: f64,
    label: String,
    /// Middle of the label \[px\].
    center: f64,
}

impl Places {
    /// Lays out those that are on the axis, whose ends are at `across` \[px\].
    pub fn new(marks: &[LineMark], axis: &Axis, across: &Range<f64>) -> Places {
        let merged = merged(marks, axis, across);
        if let Some(lines) = beside_one_another(&merged) {
            return Places { lines, ..Places::default() };
        }
        numbered(&merged, across)
    }

    /// Room that the labels take above the frame \[px\].
    pub fn above(&self) -> f64 {
        if self.lines.is_empty() { 0.0 } else { 16.0 }
    }

    /// Rows of text below the chart.
    pub fn legend(&self) -> &[String] {
        &self.legend
    }

    /// How many are not drawn, having no room.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Draws the lines with their labels.
    pub fn draw(&self, canvas: &Canvas, frame: &Frame) {
        let look = Look::new(SMALL_SIZE, Paint::Ink).at(Anchor::Middle);
        let pen = Pen::new(Paint::Baseline, 1.0).dashed(&[3.0, 3.0]);
        for line in &self.lines {
            canvas.line((line.x, frame.down.start - 4.0), (line.x, frame.down.end), pen);
            canvas.text(&line.label, (line.center, frame.down.start - 13.0), look);
        }
    }
}

/// Names by place \[px\], from left to right; those near each other together, in their middle.
fn merged(marks: &[LineMark], axis: &Axis, across: &Range<f64>) -> Vec<(f64, String)> {
    let mut sorted: Vec<&LineMark> = marks.iter().filter(|mark| axis.holds(mark.at)).collect();
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut groups: Vec<(f64, f64, String)> = Vec::new();
    for mark in sorted {
        let x = across.start + axis.position(mark.at).clamp(0.0, 1.0) * (across.end - across.start);
        match groups.last_mut() {
            Some((first, last, name)) if x - *first < NEAR => {
                *last = x;
                *name += "; ";
                *name += &mark.name;
            }
            _ => groups.push((x, x, mark.name.clone())),
        }
    }
    groups.into_iter().map(|(first, last, name)| (f64::midpoint(first, last), name)).collect()
}

/// The names above their lines; `None` if one of them has no room.
fn beside_one_another(merged: &[(f64, String)]) -> Option<Vec<Line>> {
    let mut free_from = MARGIN;
    let mut lines = Vec::new();
    for (x, name) in merged {
        let label = clean(name);
        let half = text_width(&label, SMALL_SIZE) / 2.0;
        let center = x.min(WIDTH - MARGIN - half).max(MARGIN + half);
        if center - half < free_from || 2.0 * half > WIDTH - 2.0 * MARGIN {
            return None;
        }
        free_from = center + half + 10.0;
        lines.push(Line { x: *x, label, center });
    }
    Some(lines)
}

/// Numbers above the lines, and rows that say what they are.
fn numbered(merged: &[(f64, String)], across: &Range<f64>) -> Places {
    let room = WIDTH - 2.0 * MARGIN;
    let hidden = merged.len().saturating_sub(MOST);
    let shown = &merged[..merged.len() - hidden];
    let wanted: Vec<f64> = shown.iter().map(|(x, _)| *x).collect();
    let centers = push_apart(&wanted, text_width("0", SMALL_SIZE) + 4.0, across.start, across.end);
    let lines = shown.iter().zip(centers).enumerate();
    let lines = lines
        .map(|(at, ((x, _), center))| Line { x: *x, label: (at + 1).to_string(), center })
        .collect();
    let mut legend: Vec<String> = Vec::new();
    for (at, (_, name)) in shown.iter().enumerate() {
        let entry = clean(&format!("{}: {name}", at + 1));
        match legend.last_mut() {
            Some(row) if text_width(&format!("{row}{BETWEEN}{entry}"), SMALL_SIZE) <= room => {
                *row += BETWEEN;
                *row += &entry;
            }
            _ => legend.extend(wrap(&entry, SMALL_SIZE, room, 3)),
        }
    }
    Places { lines, legend, hidden }
}
