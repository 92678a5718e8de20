//! Figures: numbers and labels in, SVG and CSV out.
//!
//! A [`Figure`] is plain data. [`svg`] draws it as a document of its own or as a part of a page, and [`csv`](csv()) gives its
//! numbers. Drawings need no script and no network, follow the reader's choice of a light or dark scheme, and
//! have a title and a text alternative. Whatever the numbers and labels are, the drawing is well-formed: what is
//! not finite is left out, long labels are clipped.
//!
//! ```
//! use graf::report::svg::{Curve, LearningCurves, Point, Embedding, svg};
//!
//! let point = |size, mean| Point { size, mean, std: 0.02, runs: 10 };
//! let curves = LearningCurves {
//!     target: "accuracy".to_owned(),
//!     metric: "kendall_tau".to_owned(),
//!     curves: vec![Curve { label: "graf+".to_owned(), points: vec![point(32, 0.7), point(128, 0.8)] }],
//! };
//! let drawing = svg(&curves, "curves", Embedding::Alone);
//! assert!(drawing.starts_with("<svg xmlns="));
//! ```

mod bars;
mod beeswarm;
mod calibration;
mod canvas;
mod cells;
mod critical_difference;
mod heat_map;
mod learning_curves;
mod pareto;
mod plot;
mod predicted_true;
mod scale;
pub(crate) mod text;

use std::fmt::Write;

pub use self::bars::{Bar, Bars};
pub use self::beeswarm::{Beeswarm, Swarm};
pub use self::calibration::{Calibration, Coverage};
pub use self::canvas::Canvas;
pub use self::cells::{CellDrawing, CellOperation};
pub use self::critical_difference::CriticalDifference;
pub use self::heat_map::HeatMap;
pub use self::learning_curves::{Curve, LearningCurves, Point};
pub use self::pareto::{ObjectiveAxis, ParetoFigure};
pub use self::predicted_true::{PredictedPoint, PredictedTrue};
pub(crate) use self::scale::shown;
use self::text::xml;

/// The style of every figure; a page has it once.
pub(crate) const STYLE: &str = include_str!("style.css");

/// The most points that a scatter plot draws; of more, so many of them, evenly spaced in their order.
pub(crate) const MOST_POINTS: usize = 2_000;

/// Drawings that are wider are not shrunk below a share of their width.
const WIDE: f64 = 700.0;
const LEAST: f64 = 0.7;

/// The numbers of a figure, as a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Data {
    pub(super) fn new<const N: usize>(
        header: [&str; N],
        rows: impl Iterator<Item = [String; N]>,
    ) -> Self {
        Self { header: header.map(str::to_owned).into(), rows: rows.map(Vec::from).collect() }
    }
}

/// A number in full; empty if it is NaN.
fn full(value: f64) -> String {
    if value.is_nan() { String::new() } else { value.to_string() }
}

/// What can be drawn.
pub trait Figure {
    /// What it shows, in a few words.
    fn title(&self) -> String;
    /// How it is to be read, in whole sentences.
    fn note(&self) -> String;
    /// What is to be seen in it, in words, for those who cannot see it.
    fn summary(&self) -> String;
    /// The drawing.
    fn draw(&self) -> Canvas;
    /// The numbers that are drawn, all of them and with all digits.
    fn data(&self) -> Data;
}

/// Where a drawing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embedding {
    /// In a file of its own.
    Alone,
    /// In an HTML page that has the style.
    Page,
}

/// The drawing of a figure. `name` is unique in a page and made of letters, digits and hyphens.
///
/// # Complexity
///
/// O(n) time and memory in the number of points; at most 2,000 points of a scatter plot are drawn.
pub fn svg(figure: &dyn Figure, name: &str, place: Embedding) -> String {
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let Canvas { width, height, body } = figure.draw();
    let description = format!("{} {}", figure.note(), figure.summary());
    let (title, description) = (xml(&figure.title()), xml(description.trim()));
    let mut text = String::with_capacity(body.len() + STYLE.len() + 1_000);
    let namespace = match place {
        Embedding::Alone => " xmlns=\"http://www.w3.org/2000/svg\"",
        Embedding::Page => "",
    };
    let size = match place {
        Embedding::Alone => format!(" width=\"{width:.0}\" height=\"{height:.0}\""),
        // Wide drawings are scrolled on narrow screens, so that their letters stay readable.
        Embedding::Page if width > WIDE => format!(" style=\"min-width:{:.0}px\"", width * LEAST),
        Embedding::Page => String::new(),
    };
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "<svg{namespace} class=\"graf\" viewBox=\"0 0 {width:.0} {height:.0}\"{size} role=\"img\" \
         aria-labelledby=\"{name}-title {name}-description\">\n\
         <title id=\"{name}-title\">{title}</title>\n<desc id=\"{name}-description\">{description}</desc>"
    );
    if place == Embedding::Alone {
        let _ = writeln!(text, "<style>{STYLE}</style>");
    }
    let _ = write!(
        text,
        "<rect class=\"paper\" width=\"{width:.0}\" height=\"{height:.0}\"/>\n{body}</svg>\n"
    );
    text
}

/// The numbers of a figure as CSV.
///
/// # Complexity
///
/// O(n) time and memory in their number.
pub fn csv(figure: &dyn Figure) -> String {
    let Data { header, rows } = figure.data();
    let mut csv = csv::Writer::from_writer(Vec::new());
    // Rows are as long as the header, and writing to memory does not fail.
    let mut write = || -> csv::Result<()> {
        csv.write_record(&header)?;
        rows.iter().try_for_each(|row| csv.write_record(row))
    };
    let _ = write();
    String::from_utf8_lossy(&csv.into_inner().unwrap_or_default()).into_owned()
}

/// At most `most` places of `count`, evenly spaced.
fn thinned(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let drawn = count.min(most);
    (0..drawn).map(move |place| place * count / drawn)
}

/// States that not all is drawn; empty if it is.
fn clipped_note(count: usize, most: usize, what: &str) -> String {
    if count > most { format!(" Drawn are {most} of {count} {what}.") } else { String::new() }
}

/// Sentences, one for each of some items.
fn sentences<T>(items: impl IntoIterator<Item = T>, sentence: impl Fn(T) -> String) -> String {
    items.into_iter().map(sentence).collect::<Vec<_>>().join(" ")
}
