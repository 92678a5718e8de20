//! The cells of a network, each operation coloured by what replacing it does to a prediction.

use super::{Canvas, Data, Figure, full, sentences, shown};
use crate::space::DrawnCells;

/// An operation of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct CellOperation {
    /// Where it is, such as `edge 0-1`.
    pub place: String,
    /// Its name.
    pub name: String,
    /// The mean change of the prediction when another operation takes its place; NaN if there is none.
    pub effect: f64,
}

/// The drawing of a network.
#[derive(Debug, Clone, PartialEq)]
pub struct CellDrawing {
    /// Its encoding.
    pub net: String,
    /// What is predicted.
    pub target: String,
    /// The prediction.
    pub prediction: f64,
    /// The drawing.
    pub drawn: DrawnCells,
    /// The operations that are drawn.
    pub operations: Vec<CellOperation>,
}

impl Figure for CellDrawing {
    fn title(&self) -> String {
        format!("Cells of {}", crate::table::clip(&self.net))
    }

    fn note(&self) -> String {
        format!(
            "The prediction of {} is {}. Operations are coloured by its mean change when another operation takes their \
             place: orange where it falls, blue where it rises, the stronger the further.",
            self.target,
            shown(self.prediction)
        )
    }

    fn summary(&self) -> String {
        sentences(&self.operations, |CellOperation { place, name, effect }| {
            format!("{place}: {name}, {}.", shown(*effect))
        })
    }

    fn draw(&self) -> Canvas {
        let DrawnCells { width, height, body } = self.drawn.clone();
        Canvas { width, height, body }
    }

    fn data(&self) -> Data {
        let rows = self.operations.iter().map(|CellOperation { place, name, effect }| {
            [place.clone(), name.clone(), full(*effect)]
        });
        Data::new(["place", "operation", "mean_change"], rows)
    }
}
