//! A Gaussian process as a graph.

use super::{GaussianProcess, GaussianProcessParts};
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported};

impl GaussianProcess {
    /// The expected value, and the standard deviation of a target.
    pub(super) fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        asked: Asked,
    ) -> Exported {
        let parts = self.parts();
        if parts.points.is_empty() {
            return Exported::constant(graph, parts.target_mean, asked);
        }
        let GaussianProcessParts { target_mean, target_deviation, weights, .. } = parts;
        let kernel = self.exported_kernel(graph, records);
        let weights = graph.numbers(&weights.to_vec(), &[weights.len(), 1]);
        let value = graph.apply("MatMul", &[&kernel, &weights]);
        let value = graph.times(&value, *target_deviation);
        let mean = graph.plus(&value, *target_mean);
        let std = (asked == Asked::Both).then(|| self.exported_deviation(graph, &kernel));
        Exported { mean, std }
    }

    /// The kernel of each record with each point: (1 + a) exp(−a) of the distance a, whose square is |x|² + |z|² − 2 x·z.
    fn exported_kernel(&self, graph: &mut OnnxGraph, records: &GraphValue) -> GraphValue {
        let GaussianProcessParts { standard, points, length, .. } = self.parts();
        let rows = standard.export(graph, records, 3_f64.sqrt() / length);
        let squares = graph.square(&rows);
        let squares = graph.row_sums(&squares);
        let of_points = graph.numbers(&self.squares.to_vec(), &[1, points.nrows()]);
        let squares = graph.add(&squares, &of_points);
        let turned: Vec<f64> = points.t().iter().copied().collect();
        let turned = graph.numbers(&turned, &[points.ncols(), points.nrows()]);
        let products = graph.apply("MatMul", &[&rows, &turned]);
        let products = graph.times(&products, 2.0);
        let square = graph.subtract(&squares, &products);
        let square = graph.clamp(&square, 0.0, f64::MAX);
        let distance = graph.apply("Sqrt", &[&square]);
        let negative = graph.apply("Neg", &[&distance]);
        let falling = graph.apply("Exp", &[&negative]);
        let rising = graph.plus(&distance, 1.0);
        graph.apply("Mul", &[&rising, &falling])
    }

    /// The standard deviation of a target: see [`GaussianProcess::mean_and_std`].
    fn exported_deviation(&self, graph: &mut OnnxGraph, kernel: &GraphValue) -> GraphValue {
        let GaussianProcessParts { target_deviation, signal, noise, known, .. } = self.parts();
        if *target_deviation == 0.0 {
            return graph.same(f64::NAN);
        }
        let rows: Vec<f64> = known.iter().copied().collect();
        let rows = graph.numbers(&rows, &[known.nrows(), known.ncols()]);
        let product = graph.apply("MatMul", &[kernel, &rows]);
        let product = graph.apply("Mul", &[&product, kernel]);
        let known = graph.row_sums(&product);
        let negative = graph.apply("Neg", &[&known]);
        let unknown = graph.plus(&negative, 1.0);
        let unknown = graph.clamp(&unknown, 0.0, 1.0);
        let variance = graph.plus(&unknown, *noise);
        let variance = graph.times(&variance, *signal);
        let size = graph.apply("Sqrt", &[&variance]);
        let size = graph.clamp(&size, 0.0, 2.0);
        graph.times(&size, *target_deviation)
    }
}
