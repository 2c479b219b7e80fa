//! Charts: plain numbers in, an SVG out.
//!
//! Every chart is one function over one plain data struct, for example [`spectrum::spectrum`]. The
//! result is an [`svg::Svg`], which renders either for a page that carries [`theme::page_css`]
//! ([`svg::Svg::inline`]) or as a file of its own ([`svg::Svg::standalone`]). Nothing here reads a
//! file, a clock or a scenario; the same numbers give the same bytes on every platform.
//!
//! What holds for all charts:
//! - Times are given in seconds; a chart chooses ns … h once per axis.
//! - A value that is not finite interrupts a line; it is never drawn at an edge. A line that leaves
//!   the range is cut where it crosses it, and the cut is marked.
//! - Names are anybody's text: they are escaped, stripped of control characters, and shortened in
//!   the middle where there is no room. The full names stand in the description.
//! - No data is a sentence, not an empty frame.
//!
//! plotters is used as the drawing backend only (through [`canvas`]): its legends guess text widths
//! in bytes, its log ticks jump from 3 to 21 labels, and it rounds to whole pixels, so axes, labels
//! and layout are ours, and the canvas is four times finer than a CSS pixel.
pub mod theme;

pub mod show;

pub mod axis;

pub mod labels;

pub mod svg;

pub mod canvas;

pub mod frame;

pub mod spectrum;

pub mod breakdown;

pub mod spans;

pub mod stations;

pub mod transient;

pub mod margin;

pub mod lines;

pub mod bands;

pub mod places;

pub mod stacked;

pub mod never;

pub mod curve;

pub mod heat;

pub mod designs;

pub mod tornado;

pub mod fan;

pub mod replications;

#[cfg(test)]
mod tests;
