//! A blend as a graph.

use super::columns::Columns;
use super::scores::{Scores, ends, line_at};
use super::seen::Seen;
use super::spread::{FLOOR, OWN};
use super::{Auto, Member, Spread};
use crate::onnx::{GraphValue, OnnxGraph, Piece};
use crate::predictor::Unexported;
use crate::predictor::exported::{Asked, Exported};

/// A function that is linear between some ascending numbers and beyond them, as [`Scores`] are.
fn between(graph: &mut OnnxGraph, input: &GraphValue, from: &[f64], to: &[f64]) -> GraphValue {
    if from.len() < 2 {
        return graph.same(to.first().copied().unwrap_or(0.0));
    }
    let piece = |place: usize| {
        let (near, slope) = line_at(from, to, place);
        // A slope that is none leaves the value of the knot.
        Piece { from: from[near], to: to[near], slope: if slope.is_finite() { slope } else { 0.0 } }
    };
    let pieces: Vec<Piece> = (0..=from.len()).map(piece).collect();
    graph.piecewise(input, from, &pieces)
}

impl Scores {
    /// See [`Scores::value`].
    pub(in crate::predictor) fn export_value(
        &self,
        graph: &mut OnnxGraph,
        scores: &GraphValue,
    ) -> GraphValue {
        between(graph, scores, &self.scores, &self.values)
    }

    /// See [`Scores::of`].
    fn export_of(&self, graph: &mut OnnxGraph, values: &GraphValue) -> GraphValue {
        let [first, last] = ends(&self.values);
        let inside = graph.clamp(values, first, last);
        between(graph, &inside, &self.values, &self.scores)
    }
}

impl Columns {
    /// See [`Columns::apply`].
    fn export(&self, graph: &mut OnnxGraph, records: &GraphValue, columns: usize) -> GraphValue {
        let Columns(scored) = self;
        if scored.is_empty() {
            return records.clone();
        }
        let kept: Vec<usize> =
            (0..columns).filter(|place| scored.iter().all(|(other, _)| other != place)).collect();
        let mut parts = Vec::new();
        if !kept.is_empty() {
            parts.push(graph.columns(records, &kept));
        }
        for (place, scores) in scored {
            let column = graph.columns(records, &[*place]);
            parts.push(scores.export_of(graph, &column));
        }
        let all = graph.beside(&parts.iter().collect::<Vec<_>>());
        // Where each column stands now.
        let mut now = vec![0; columns];
        let order = kept.into_iter().chain(scored.iter().map(|(place, _)| *place));
        order.enumerate().for_each(|(place, column)| now[column] = place);
        graph.columns(&all, &now)
    }
}

impl Seen {
    /// See [`Seen::records`].
    fn export(&self, graph: &mut OnnxGraph, records: &GraphValue) -> GraphValue {
        match &self.columns {
            None => records.clone(),
            Some(columns) => graph.columns(records, columns),
        }
    }
}

impl Spread {
    /// See [`Spread::deviations`].
    fn export(
        self,
        graph: &mut OnnxGraph,
        each: &GraphValue,
        weights: &GraphValue,
        scores: &Scores,
    ) -> GraphValue {
        if self.scale == 0.0 {
            return graph.same(f64::NAN);
        }
        let mean = graph.apply("MatMul", &[each, weights]);
        let apart = graph.subtract(each, &mean);
        let squares = graph.square(&apart);
        let variance = graph.apply("MatMul", &[&squares, weights]);
        let variance = graph.plus(&variance, FLOOR * self.error);
        let size = graph.apply("Sqrt", &[&variance]);
        let (above, below) = (graph.add(&mean, &size), graph.subtract(&mean, &size));
        let (above, below) =
            (scores.export_value(graph, &above), scores.export_value(graph, &below));
        let width = graph.subtract(&above, &below);
        let width = graph.times(&width, 0.5);
        let width = graph.clamp(&width, self.least, f64::MAX);
        let power = graph.number(OWN);
        let width = graph.apply("Pow", &[&width, &power]);
        let std = graph.times(&width, self.scale);
        graph.clamp(&std, 0.0, scores.range())
    }
}

impl Auto {
    /// The weighted mean of the members, and its standard deviation, of records with so many columns.
    pub(super) fn export(
        &self,
        graph: &mut OnnxGraph,
        records: &GraphValue,
        columns: usize,
        asked: Asked,
    ) -> Result<Exported, Unexported> {
        let scores = &self.scores;
        if scores.distinct() < 2 {
            return Ok(Exported::constant(graph, scores.value(0.0), asked));
        }
        let views = self.views.iter().enumerate().map(|(index, view)| {
            let mut members = self.members.iter().filter(|member| member.view == index);
            let has_scores = members.any(|member| member.is_of_scores);
            let own = view.export(graph, records);
            let on_scores = has_scores.then(|| view.scored.export(graph, &own, view.len(columns)));
            (own, on_scores)
        });
        let views: Vec<(GraphValue, Option<GraphValue>)> = views.collect();
        let (mut values, mut each) = (Vec::new(), Vec::new());
        for Member { view, is_of_scores, predictor, .. } in &self.members {
            let (own, on_scores) = &views[*view];
            let records = on_scores.as_ref().filter(|_| *is_of_scores).unwrap_or(own);
            let columns = self.views[*view].len(columns);
            let found = predictor.export(graph, records, columns, Asked::Means)?;
            let Some(Exported { mean, .. }) = found.into_iter().next() else {
                return Err(Unexported::Unsupported);
            };
            values.push(if *is_of_scores {
                scores.export_value(graph, &mean)
            } else {
                mean.clone()
            });
            if asked == Asked::Both {
                each.push(if *is_of_scores { mean } else { scores.export_of(graph, &mean) });
            }
        }
        let weights = self.weights();
        let weights = graph.numbers(&weights.to_vec(), &[weights.len(), 1]);
        let values = graph.beside(&values.iter().collect::<Vec<_>>());
        let mean = graph.apply("MatMul", &[&values, &weights]);
        let std = (asked == Asked::Both).then(|| {
            let each = graph.beside(&each.iter().collect::<Vec<_>>());
            self.spread.export(graph, &each, &weights, scores)
        });
        Ok(Exported { mean, std })
    }
}
