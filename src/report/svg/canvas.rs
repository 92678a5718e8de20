//! Shapes and texts as elements of SVG. What has a coordinate that is not finite is left out.

use std::fmt::Write;

use super::text::{clipped, fitting, xml};

/// The size of letters.
pub(super) const LETTER: f64 = 14.0;

/// The size of letters at ticks and in cells.
pub(super) const SMALL: f64 = 12.0;

/// The longest tooltip of a marker, in characters: there are many markers.
const TOOLTIP: usize = 120;

/// Where a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Anchor {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// A drawing in progress. Coordinates are pixels from the upper left corner.
#[derive(Debug, Clone)]
pub struct Canvas {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) body: String,
}

/// A coordinate with one decimal at most.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn are_finite(points: &[[f64; 2]]) -> bool {
    points.iter().flatten().all(|value| value.is_finite())
}

impl Canvas {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    /// Writes an element. Writing to a string does not fail.
    fn add(&mut self, element: std::fmt::Arguments) {
        let _ = writeln!(self.body, "{element}");
    }

    /// Lines from point to point.
    pub(super) fn path(&mut self, class: &str, points: &[[f64; 2]]) {
        if points.len() < 2 || !are_finite(points) {
            return;
        }
        let mut data = String::new();
        for (place, [x, y]) in points.iter().enumerate() {
            let step = if place == 0 { 'M' } else { 'L' };
            let _ = write!(data, "{step}{} {}", number(*x), number(*y));
        }
        self.add(format_args!("<path class=\"{class}\" d=\"{data}\"/>"));
    }

    pub(super) fn rectangle(&mut self, class: &str, [x, y]: [f64; 2], size: [f64; 2], extra: &str) {
        if are_finite(&[[x, y], size]) {
            let [x, y, width, height] = [x, y, size[0], size[1]].map(number);
            self.add(format_args!(
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{extra}/>"
            ));
        }
    }

    pub(super) fn dot(&mut self, class: &str, [x, y]: [f64; 2], radius: f64) {
        if are_finite(&[[x, y]]) {
            let [x, y, radius] = [x, y, radius].map(number);
            self.add(format_args!(
                "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"
            ));
        }
    }

    /// The marker of a series, with a tooltip.
    pub(super) fn marker(&mut self, series: usize, [x, y]: [f64; 2], tooltip: &str) {
        if !are_finite(&[[x, y]]) {
            return;
        }
        let shape = MARKERS[series % MARKERS.len()];
        let (x, y) = (number(x), number(y));
        let class = class_of(series);
        let tooltip = match tooltip {
            "" => String::new(),
            text => format!("<title>{}</title>", xml(&clipped(text, TOOLTIP))),
        };
        self.add(format_args!(
            "<path class=\"{class} mark\" d=\"M{x} {y}{shape}\">{tooltip}</path>"
        ));
    }

    /// A text that is at most `most` wide; of a longer one the start, and the rest as a tooltip.
    pub(super) fn text(
        &mut self,
        class: &str,
        at: [f64; 2],
        anchor: Anchor,
        most: f64,
        text: &str,
    ) {
        self.turned_text(class, at, anchor, most, text, 0.0);
    }

    /// The same, turned by degrees.
    pub(super) fn turned_text(
        &mut self,
        class: &str,
        [x, y]: [f64; 2],
        anchor: Anchor,
        most: f64,
        text: &str,
        degrees: f64,
    ) {
        if !are_finite(&[[x, y]]) || text.is_empty() {
            return;
        }
        let size = if class.contains("small") { SMALL } else { LETTER };
        let shown = fitting(text, most, size);
        let tooltip = if shown.ends_with('…') && !text.ends_with('…') {
            format!("<title>{}</title>", xml(text))
        } else {
            String::new()
        };
        let (x, y) = (number(x), number(y));
        let turn = if degrees == 0.0 {
            String::new()
        } else {
            format!(" transform=\"rotate({} {x} {y})\"", number(degrees))
        };
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let anchor = match anchor {
            Anchor::Start => String::new(),
            other => format!(" text-anchor=\"{}\"", other.name()),
        };
        let shown = xml(&shown);
        self.add(format_args!(
            "<text{class} x=\"{x}\" y=\"{y}\"{anchor}{turn}>{shown}{tooltip}</text>"
        ));
    }
}

/// The colours of series; see `style.css`.
const COLOURS: usize = 7;

/// The class of a series: its colour, and its kind of line from the eighth on.
pub(super) fn class_of(series: usize) -> String {
    let colour = series % COLOURS;
    match (series / COLOURS) % 3 {
        0 => format!("s{colour}"),
        dashes => format!("s{colour} dash{dashes}"),
    }
}

/// Outlines around the point of a marker: circle, square, triangle, diamond, triangle upside down, cross, star.
const MARKERS: [&str; 7] = [
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "m-3.5-3.5h7v7h-7z",
    "m0-4.6l4.4 7.8h-8.8z",
    "m0-5l5 5l-5 5l-5-5z",
    "m0 4.6l4.4-7.8h-8.8z",
    "m-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
    "m0-5l1.4 3.6h3.6l-2.9 2.4l1.2 4l-3.3-2.4l-3.3 2.4l1.2-4l-2.9-2.4h3.6z",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.0, -0.01, 1.04, 2.5, -3.0].map(number), ["0", "0", "1", "2.5", "-3"]);
    }

    #[test]
    fn what_is_nowhere_is_left_out() {
        let mut canvas = Canvas::new(10.0, 10.0);
        for bad in [f64::NAN, f64::INFINITY] {
            canvas.path("line", &[[0.0, 1.0], [bad, 1.0]]);
            canvas.path("line", &[[0.0, 1.0]]);
            canvas.dot("dot", [bad, 1.0], 2.0);
            canvas.marker(0, [1.0, bad], "");
            canvas.rectangle("bar", [0.0, 0.0], [bad, 1.0], "");
            canvas.text("", [bad, 0.0], Anchor::End, 10.0, "text");
        }
        assert_eq!(canvas.body, "");
    }
}
