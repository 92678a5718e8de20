//! A frame with two axes and a legend.

use super::canvas::{Anchor, Canvas, LETTER, SMALL, class_of};
use super::scale::{Scale, Tick};
use super::text::width;

/// The width of every figure with axes.
pub(super) const WIDTH: f64 = 480.0;

/// The height of what is between the axes.
const INSIDE: f64 = 250.0;

/// The space at the right end and at the top.
const MARGIN: f64 = 14.0;

/// The space for the texts at the ticks of the y axis, at most.
const WIDEST_TICK: f64 = 90.0;

/// Between lines of text.
pub(super) const LINE: f64 = 20.0;

/// An axis.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    pub label: String,
    pub domain: [f64; 2],
    pub is_log: bool,
    pub ticks: Vec<Tick>,
}

/// A figure with axes that is being drawn.
pub(super) struct Plot {
    pub canvas: Canvas,
    pub x: Scale,
    pub y: Scale,
}

impl Plot {
    /// Draws axes, and below them a legend of the series with these numbers and labels.
    pub fn new(x: &Axis, y: &Axis, legend: &[(usize, String)]) -> Self {
        let widest = y.ticks.iter().map(|(_, text)| width(text) * SMALL).fold(0.0, f64::max);
        let left = widest.min(WIDEST_TICK) + 18.0;
        let (top, right) = (MARGIN + LINE, WIDTH - MARGIN);
        let bottom = top + INSIDE;
        let entries = rows(legend, right);
        let legend_height = LINE * entries.last().map_or(0.0, |entry| entry.line + 1.0);
        let canvas = Canvas::new(WIDTH, bottom + 2.0 * LINE + 8.0 + legend_height);
        let scale = |axis: &Axis, range| Scale { domain: axis.domain, range, is_log: axis.is_log };
        let mut plot = Self { canvas, x: scale(x, [left, right]), y: scale(y, [bottom, top]) };
        plot.draw_y(y);
        plot.draw_x(x);
        for entry in &entries {
            let y = bottom + 3.0 * LINE - 4.0 + entry.line * LINE;
            let (series, label) = &legend[entry.place];
            plot.canvas
                .path(&format!("line {}", class_of(*series)), &[[entry.x, y], [entry.x + 22.0, y]]);
            plot.canvas.marker(*series, [entry.x + 11.0, y], "");
            let most = right - entry.x - 28.0;
            plot.canvas.text("", [entry.x + 28.0, y + 5.0], Anchor::Start, most, label);
        }
        plot
    }

    fn draw_y(&mut self, axis: &Axis) {
        let ([left, right], [bottom, top]) = (self.x.range, self.y.range);
        self.canvas.text("", [4.0, MARGIN], Anchor::Start, WIDTH - 8.0, &axis.label);
        for (value, text) in &axis.ticks {
            let Some(y) = self.y.at(*value) else { continue };
            self.canvas.path("grid", &[[left, y], [right, y]]);
            let at = [left - 6.0, y + 4.0];
            self.canvas.text("small", at, Anchor::End, WIDEST_TICK, text);
        }
        self.canvas.path("axis", &[[left, top], [left, bottom], [right, bottom]]);
    }

    /// The x axis, each tick with a mark, and with its text if there is room for it.
    fn draw_x(&mut self, axis: &Axis) {
        let ([left, right], [bottom, _]) = (self.x.range, self.y.range);
        let mut end = f64::NEG_INFINITY;
        for (value, text) in &axis.ticks {
            let Some(x) = self.x.at(*value) else { continue };
            self.canvas.path("axis", &[[x, bottom], [x, bottom + 5.0]]);
            let half = width(text) * SMALL / 2.0;
            if x - half > end + 4.0 {
                self.canvas.text("small", [x, bottom + 18.0], Anchor::Middle, 120.0, text);
                end = x + half;
            }
        }
        let middle = f64::midpoint(left, right);
        let at = [middle, bottom + 18.0 + LINE];
        self.canvas.text("", at, Anchor::Middle, right - left, &axis.label);
    }

    /// Where a point is; none if it is not on the axes.
    pub fn at(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        Some([self.x.at(x)?, self.y.at(y)?])
    }

    /// Draws the line from corner to corner on which both coordinates are equal, as far as both axes have it.
    pub fn diagonal(&mut self) {
        let low = self.x.domain[0].max(self.y.domain[0]);
        let high = self.x.domain[1].min(self.y.domain[1]);
        if let (true, Some(from), Some(to)) = (low < high, self.at([low; 2]), self.at([high; 2])) {
            self.canvas.path("guide", &[from, to]);
        }
    }

    /// Draws a vertical bar with caps between two values at one x, moved by some pixels.
    pub fn error_bar(&mut self, class: &str, x: f64, [low, high]: [f64; 2], moved: f64) {
        let (Some([x, low]), Some([_, high])) = (self.at([x, low]), self.at([x, high])) else {
            return;
        };
        let x = x + moved;
        self.canvas.path(class, &[[x, low], [x, high]]);
        for y in [low, high] {
            self.canvas.path(class, &[[x - 3.0, y], [x + 3.0, y]]);
        }
    }
}

/// An entry of a legend: which, in which line and from where.
struct Entry {
    place: usize,
    line: f64,
    x: f64,
}

/// Places the entries of a legend in lines.
fn rows(legend: &[(usize, String)], right: f64) -> Vec<Entry> {
    let (mut line, mut x) = (0.0, 4.0);
    let mut entries = Vec::with_capacity(legend.len());
    for (place, (_, label)) in legend.iter().enumerate() {
        let wide = 28.0 + width(label) * LETTER;
        if x > 4.0 && x + wide > right {
            (line, x) = (line + 1.0, 4.0);
        }
        entries.push(Entry { place, line, x });
        x += wide + 16.0;
    }
    entries
}
