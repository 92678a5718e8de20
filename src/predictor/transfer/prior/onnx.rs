//! A predictor that starts from a prior as a graph.

use super::start::Start;
use super::started::{Heard, Started, Target};
use super::with_prior::WithPrior;
use crate::onnx::{GraphValue, OnnxGraph};
use crate::predictor::exported::{Asked, Exported};
use crate::predictor::{Predictor, Unexported};

/// What a predictor makes of its only target.
fn only(
    predictor: &dyn Predictor,
    graph: &mut OnnxGraph,
    records: &GraphValue,
    columns: usize,
    asked: Asked,
) -> Result<Exported, Unexported> {
    let found = predictor.export(graph, records, columns, asked)?;
    found.into_iter().next().ok_or(Unexported::Unsupported)
}

impl Start {
    /// See [`Start::of`].
    fn export(self, graph: &mut OnnxGraph, prior: &GraphValue) -> GraphValue {
        if self.slope == 0.0 {
            return graph.same(self.level());
        }
        let away = graph.plus(prior, -self.centre);
        let rise = graph.times(&away, self.slope);
        graph.plus(&rise, self.level())
    }
}

impl WithPrior {
    /// The predictor on the records and what the prior says of them.
    pub(super) fn exported(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        columns: usize,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        let of_prior = graph.columns(records, &self.places);
        let prior = only(&*self.prior, graph, &of_prior, self.places.len(), Asked::Means)?;
        let wide = graph.beside(&[records, &prior.mean]);
        self.started.export(graph, &wide, columns + 1, asked)
    }
}

impl Started {
    /// Each target, of records whose last column is what the prior predicts.
    pub(super) fn exported(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        asked: Asked,
    ) -> Result<Vec<Exported>, Unexported> {
        let each = self.each.iter();
        each.map(|target| target.exported(graph, records, (self.own, self.columns), asked))
            .collect()
    }
}

impl Target {
    fn exported(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        (own, columns): (usize, usize),
        asked: Asked,
    ) -> Result<Exported, Unexported> {
        let Some(heard) = &self.heard else {
            let first = graph.columns(records, &(0..own).collect::<Vec<_>>());
            return only(&*self.learner, graph, &first, own, asked);
        };
        let learned = only(&*self.learner, graph, records, columns, asked)?;
        let added = only(&*heard.corrector, graph, records, columns, asked)?;
        let prior = graph.columns(records, &[columns - 1]);
        let start = heard.start.export(graph, &prior);
        let correction = graph.times(&added.mean, Heard::ADDED);
        let scores = graph.add(&start, &correction);
        let corrected = self.scores.export_value(graph, &scores);
        let w = heard.weight;
        let one = graph.times(&learned.mean, 1.0 - w);
        let other = graph.times(&corrected, w);
        let mean = graph.add(&one, &other);
        let std = match (learned.std, added.std) {
            (Some(own), Some(size)) => {
                let (above, below) = (graph.add(&scores, &size), graph.subtract(&scores, &size));
                let above = self.scores.export_value(graph, &above);
                let below = self.scores.export_value(graph, &below);
                let size = graph.subtract(&above, &below);
                let apart = graph.subtract(&learned.mean, &corrected);
                let parts = [(own, 1.0 - w), (size, w / 4.0), (apart, w * (1.0 - w))];
                let squares = parts.map(|(part, weight)| {
                    let square = graph.square(&part);
                    graph.times(&square, weight)
                });
                let [one, two, three] = squares;
                let sum = graph.add(&one, &two);
                let sum = graph.add(&sum, &three);
                let std = graph.apply("Sqrt", &[&sum]);
                // NaN is no number that could be greater.
                let bound = graph.numbers(&[self.scores.range()], &[]);
                Some(graph.apply("Min", &[&std, &bound]))
            }
            _ => None,
        };
        Ok(Exported { mean, std })
    }
}
