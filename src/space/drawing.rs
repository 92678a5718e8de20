//! Cells as SVG drawings, operations coloured by numbers.
//!
//! Nodes stand in a row in their topological order; edges are arcs above them, those that only gather results in the
//! output below. No script and no font of its own: the drawing can be read, printed and edited anywhere.

use std::fmt::Write as _;

use super::{Architecture, EncodingError, OpPlace, SearchSpace};
use crate::graph::{Cell, Op, Site};

/// Pixels from node to node, and to the first one.
const STEP: f64 = 150.0;
const MARGIN: f64 = 80.0;

/// Pixels that an arc rises for each node it passes.
const RISE: f64 = 46.0;

/// Pixels below the nodes of a cell, and above its highest arc.
const BELOW: f64 = 70.0;
const ABOVE: f64 = 54.0;

/// What operations are coloured by.
#[derive(Debug, Clone)]
pub struct Colours {
    /// What the numbers are, for the legend.
    pub what: String,
    /// Of each cell the places of operations with their numbers.
    pub of_cells: Vec<Vec<(OpPlace, f64)>>,
}

impl Colours {
    /// The number of a place in a cell.
    pub fn number(&self, cell: usize, place: OpPlace) -> Option<f64> {
        let places = self.of_cells.get(cell)?;
        places.iter().find(|(other, _)| *other == place).map(|(_, number)| *number)
    }

    fn largest(&self) -> f64 {
        self.of_cells.iter().flatten().fold(0.0, |largest, (_, number)| number.abs().max(largest))
    }
}

/// The cells of a network as elements of SVG, without what is around them.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawnCells {
    /// Pixels from left to right.
    pub width: f64,
    /// Pixels from the top to the bottom.
    pub height: f64,
    /// The elements; what has the background's colour has the class `paper`, texts have the class `small`.
    pub body: String,
}

/// Draws the cells of a network, one below the other, below so many pixels.
///
/// # Errors
///
/// [`EncodingError`] if the network is of no registered space.
pub fn drawn_cells(
    network: &Architecture,
    colours: &Colours,
    above: f64,
) -> Result<DrawnCells, EncodingError> {
    let Some(space) = network.search_space() else {
        return Err(EncodingError::Invalid("the network is of no registered space".to_owned()));
    };
    let mut body = String::new();
    let (mut width, mut top) = (0.0_f64, above);
    for (place, cell) in network.cells().iter().enumerate() {
        let name = space.cells().get(place).map_or("", |shape| shape.prefix.trim_end_matches('.'));
        let drawing = Drawing { cell, place, space, colours, largest: colours.largest() };
        top += drawing.height_above();
        drawing.draw(name, top, &mut body);
        top += BELOW;
        width = width.max(2.0 * MARGIN + STEP * (cell.nodes() - 1) as f64);
    }
    Ok(DrawnCells { width, height: top + 10.0, body })
}

/// Draws the cells of a network as a file of its own.
///
/// # Errors
///
/// [`EncodingError`] if the network is of no registered space.
pub fn svg(
    network: &Architecture,
    title: &str,
    colours: &Colours,
) -> Result<String, EncodingError> {
    const HEAD: f64 = 60.0;
    let DrawnCells { width, height, body } = drawn_cells(network, colours, HEAD)?;
    let title = escape(title);
    let what = escape(&colours.what);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" role=\"img\" aria-label=\"{title}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{title}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"24\" font-size=\"14\">{title}</text>\n\
         <text x=\"16\" y=\"44\" fill=\"#444444\">{what}</text>\n{body}</svg>\n"
    ))
}

/// A cell that is drawn.
struct Drawing<'a> {
    cell: &'a Cell,
    place: usize,
    space: &'static dyn SearchSpace,
    colours: &'a Colours,
    largest: f64,
}

impl Drawing<'_> {
    /// Whether an edge gathers results, and is drawn below.
    fn gathers(&self, op: Option<Op>) -> bool {
        self.cell.site() == Site::Edges && op.is_none()
    }

    fn height_above(&self) -> f64 {
        let spans = self.cell.edges().filter(|edge| !self.gathers(edge.2));
        let most = spans.map(|(from, to, _)| to - from).max().unwrap_or(1);
        ABOVE + RISE * (most - 1) as f64
    }

    fn draw(&self, name: &str, y: f64, out: &mut String) {
        let x = |node: usize| MARGIN + STEP * node as f64;
        if !name.is_empty() {
            // Writing to a string does not fail.
            let _ = writeln!(
                out,
                "<text class=\"small\" x=\"16\" y=\"{}\" font-style=\"italic\">{name}</text>",
                y + 4.0
            );
        }
        for (from, to, op) in self.cell.edges() {
            let (start, end) = (x(from), x(to));
            let rise = if self.gathers(op) {
                -0.5 * RISE
            } else {
                RISE * (to - from - 1) as f64 + if op.is_some() { 18.0 } else { 0.0 }
            };
            // The middle of a quadratic curve rises half as far as its control point.
            let (middle, control) = (f64::midpoint(start, end), y - 2.0 * rise);
            let number = op.and_then(|_| self.colours.number(self.place, OpPlace::Edge(from, to)));
            let stroke = if op.is_some() { self.colour(number) } else { "#888888".to_owned() };
            let _ = writeln!(
                out,
                "<path d=\"M {start} {y} Q {middle} {control} {end} {y}\" fill=\"none\" stroke=\"{stroke}\" \
                 stroke-width=\"{}\"/>",
                if op.is_some() { 3 } else { 1 }
            );
            if let Some(op) = op {
                self.label(middle, y - rise, op, number, out);
            }
        }
        for (node, op) in self.cell.node_ops().enumerate() {
            match op {
                Some(op) => {
                    let number = self.colours.number(self.place, OpPlace::Node(node));
                    self.label(x(node), y, op, number, out);
                }
                None => {
                    let _ = writeln!(
                        out,
                        "<circle class=\"paper\" cx=\"{}\" cy=\"{y}\" r=\"9\" fill=\"#ffffff\" stroke=\"#777777\"/>\n\
                         <text class=\"small\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                        x(node),
                        x(node),
                        y + 26.0,
                        escape(&self.node_name(node))
                    );
                }
            }
        }
    }

    fn node_name(&self, node: usize) -> String {
        let inputs = self.space.cells().get(self.place).map_or(&[][..], |shape| shape.inputs);
        match inputs.get(node).filter(|_| node < self.cell.inputs()) {
            Some(input) => (*input).to_owned(),
            None if node == self.cell.output() => "output".to_owned(),
            None => node.to_string(),
        }
    }

    /// The box of an operation.
    fn label(&self, x: f64, y: f64, op: Op, number: Option<f64>, out: &mut String) {
        let name = self.space.operations().get(op.index()).copied().unwrap_or("?");
        let width = 14.0 + 6.6 * name.len() as f64;
        let told = number.map_or_else(String::new, |number| format!(": {number:+.4}"));
        let _ = writeln!(
            out,
            "<g><title>{}{told}</title><rect class=\"paper\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"20\" rx=\"4\" \
             fill=\"#ffffff\" stroke=\"{}\" stroke-width=\"3\"/><text class=\"small\" x=\"{x}\" y=\"{}\" \
             text-anchor=\"middle\">{}</text></g>",
            escape(name),
            x - width / 2.0,
            y - 10.0,
            self.colour(number),
            y + 4.0,
            escape(name),
        );
    }

    /// From orange (the least number) over grey to blue (the greatest).
    fn colour(&self, number: Option<f64>) -> String {
        const GREY: [f64; 3] = [190.0, 190.0, 190.0];
        const ENDS: [[f64; 3]; 2] = [[213.0, 94.0, 0.0], [0.0, 90.0, 181.0]];
        let share = number.map_or(0.0, |number| number / self.largest.max(f64::MIN_POSITIVE));
        let end = ENDS[usize::from(share > 0.0)];
        let mix = |part: usize| GREY[part] + (end[part] - GREY[part]) * share.abs().min(1.0);
        format!("rgb({:.0},{:.0},{:.0})", mix(0), mix(1), mix(2))
    }
}

/// Text as it may stand in XML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML has no place for other control characters.
            other if other.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::SPACES;

    #[test]
    fn every_operation_is_drawn_once() {
        for space in SPACES {
            let network = space.read(space.example()).unwrap();
            let none = Colours { what: "a < b".to_owned(), of_cells: Vec::new() };
            let drawn = svg(&network, "it's \"x\" & y", &none).unwrap();
            let ops: usize = network.cells().iter().map(|cell| cell.ops().count()).sum();
            assert_eq!(drawn.matches("<g>").count(), ops, "{}", space.name());
            assert!(drawn.contains("it's &quot;x&quot; &amp; y") && drawn.contains("a &lt; b"));
        }
    }

    #[test]
    fn colours_go_from_orange_to_blue() {
        let space = crate::space::by_name("nasbench201").unwrap();
        let network = space.read("(4, 0, 3, 1, 4, 3)").unwrap();
        let of_cell = vec![(OpPlace::Edge(0, 1), -2.0), (OpPlace::Edge(0, 2), 2.0)];
        let colours = Colours { what: String::new(), of_cells: vec![of_cell] };
        let drawn = svg(&network, "", &colours).unwrap();
        // A label and an edge for each.
        for (colour, count) in [("rgb(213,94,0)", 2), ("rgb(0,90,181)", 2), ("rgb(190,190,190)", 8)]
        {
            assert_eq!(drawn.matches(colour).count(), count, "{colour}");
        }
    }
}
