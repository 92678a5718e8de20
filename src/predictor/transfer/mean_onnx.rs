//! A mean of predictors as a graph.

use super::mean::Mean;
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::Unexported;
use crate::predictor::exported::{Asked, Exported};

/// The first plus the weighted distances of the others, so that what all agree on is their mean.
fn weighted(graph: &mut OnnxGraph, weights: &[f64], each: &[GraphValue]) -> Option<GraphValue> {
    let (first, others) = each.split_first()?;
    let mut mean = first.clone();
    for (&weight, one) in weights.iter().skip(1).zip(others) {
        let apart = graph.subtract(one, first);
        let apart = graph.times(&apart, weight);
        mean = graph.add(&mean, &apart);
    }
    Some(mean)
}

impl Mean {
    /// The mean of each target, and its standard deviation.
    pub(super) fn exported(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        columns: usize,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        let weights: Vec<f64> = self.members().map(|(weight, _)| weight).collect();
        let each = self.members().map(|(_, one)| one.export(graph, records, columns, asked));
        let each = each.collect::<Result<Vec<_>, _>>()?;
        let targets = each.iter().map(Vec::len).min().unwrap_or(0);
        let of_target = |target: usize| {
            let means: Vec<GraphValue> = each.iter().map(|one| one[target].mean.clone()).collect();
            let mean = weighted(graph, &weights, &means).ok_or(Unexported::Unsupported)?;
            if asked == Asked::Means {
                return Ok(Exported { mean, std: None });
            }
            let mut squares = Vec::new();
            for (own, one) in means.iter().zip(&each) {
                let apart = graph.subtract(own, &mean);
                let mut square = graph.square(&apart);
                if let Some(std) = &one[target].std {
                    let within = graph.square(std);
                    square = graph.add(&square, &within);
                }
                squares.push(square);
            }
            let variance = weighted(graph, &weights, &squares);
            let std = variance.map(|variance| graph.apply("Sqrt", &[&variance]));
            Ok(Exported { mean, std })
        };
        (0..targets).map(of_target).collect()
    }
}
