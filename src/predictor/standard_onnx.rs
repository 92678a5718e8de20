//! Columns on one scale as a graph.

use super::standard::{FURTHEST, Standard};
use crate::onnx::{GraphValue, OnnxGraph};

impl Standard {
    /// See [`Standard::apply`].
    pub(super) fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        unit: f64,
    ) -> GraphValue {
        let width = [1, self.kept().len()];
        let kept = graph.columns(records, self.kept());
        // Halves, as differences of the largest numbers are none.
        let half = graph.times(&kept, 0.5);
        let means: Vec<f64> = self.means().iter().map(|mean| 0.5 * mean).collect();
        let means = graph.numbers(&means, &width);
        let centred = graph.subtract(&half, &means);
        let factors = self.deviations().iter().map(|deviation| 2.0 * unit / deviation);
        let factors = graph.numbers(&factors.collect::<Vec<_>>(), &width);
        let scaled = graph.apply("Mul", &[&centred, &factors]);
        graph.clamp(&scaled, -FURTHEST * unit, FURTHEST * unit)
    }
}
