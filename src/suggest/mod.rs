//! Which networks to train next: numbers in, rows in the order of their choice out.
//!
//! One file a strategy, one line each in [`STRATEGIES`]. All of them see networks as [`Points`], so
//! that what is chosen together is not K times nearly the same; those that ask a model get its
//! predictions. They know nothing of tables and models, and the same seed chooses the same rows on any
//! number of threads. Of equally good rows the first is chosen.

mod auto;
mod batch;
mod diverse;
mod error;
mod evolution;
mod greatest;
mod greedy;
mod improvement;
mod local;
mod past;
mod points;
mod random;
mod thompson;
mod uncertain;
mod unknown;

use std::sync::Arc;

use ndarray::ArrayView2;

pub use self::error::SuggestError;
pub use self::past::Trained;
pub use self::points::Points;
use crate::control::{Cancelled, Control};
use crate::metrics::Direction;

/// The registered strategies.
pub static STRATEGIES: [Strategy; 9] = [
    diverse::DIVERSE,
    auto::AUTO,
    greedy::GREEDY,
    uncertain::UNCERTAIN,
    improvement::IMPROVEMENT,
    thompson::THOMPSON,
    local::LOCAL,
    evolution::EVOLUTION,
    random::RANDOM,
];

/// The one that needs no model.
pub fn without_model() -> &'static Strategy {
    &STRATEGIES[0]
}

/// The strategy of that name, if there is one.
pub fn by_name(name: &str) -> Option<&'static Strategy> {
    STRATEGIES.iter().find(|strategy| strategy.name == name)
}

/// What a strategy asks of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// No model.
    Nothing,
    /// Predictions.
    Means,
    /// Predictions and their standard deviations.
    Deviations,
}

/// A way to choose.
#[derive(Debug)]
pub struct Strategy {
    /// The name for `--strategy` and `--choose`.
    pub name: &'static str,
    /// What it chooses, in one line.
    pub summary: &'static str,
    /// What it asks of a model.
    pub needs: Needs,
    /// Whether it looks at which networks were trained in what order, and at their neighbours.
    pub needs_past: bool,
    /// Whether it looks at the networks as points.
    pub needs_points: bool,
    choose: fn(&Question, usize) -> Result<Vec<Choice>, Cancelled>,
}

/// What a model says of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicted {
    /// The prediction for each row.
    pub mean: Vec<f64>,
    /// The standard deviation of each, of a predictor that has one; NaN where nothing is known.
    pub std: Option<Vec<f64>>,
    /// The best known value; if there is none, the best prediction takes its place.
    pub best: Option<f64>,
    /// Which values are better.
    pub direction: Direction,
}

/// What is to be chosen from.
#[derive(Debug)]
pub struct Question {
    points: Arc<Points>,
    /// Whether a row may be chosen.
    is_open: Vec<bool>,
    predicted: Predicted,
    past: Vec<Trained>,
    seed: u64,
    control: Control,
}

/// A row that is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice {
    /// The row.
    pub row: usize,
    /// Its score, of the strategy, when it was chosen; NaN where there was nothing to choose by.
    pub score: f64,
}

impl Question {
    /// A question about networks.
    ///
    /// # Arguments
    ///
    /// * `records` - rows × columns, all finite
    /// * `is_open` - for each row whether it may be chosen; the others are known
    /// * `predicted` - what a model says of the rows, if there is one
    /// * `seed` - what is drawn is drawn from it
    pub fn new(
        records: ArrayView2<f64>,
        is_open: Vec<bool>,
        predicted: Option<Predicted>,
        seed: u64,
    ) -> Self {
        Question::of_points(Arc::new(Points::new(records)), is_open, predicted, seed)
    }

    /// The same about networks whose points are known already. A strategy that does not [need](Strategy::needs_points)
    /// them takes any.
    pub fn of_points(
        points: Arc<Points>,
        is_open: Vec<bool>,
        predicted: Option<Predicted>,
        seed: u64,
    ) -> Self {
        let none = || Predicted {
            mean: Vec::new(),
            std: None,
            best: None,
            direction: Direction::Maximize,
        };
        let predicted = predicted.unwrap_or_else(none);
        Question { points, is_open, predicted, past: Vec::new(), seed, control: Control::default() }
    }

    /// With the networks that were trained, in their order.
    #[must_use]
    pub fn after(self, past: Vec<Trained>) -> Self {
        Question { past, ..self }
    }

    /// The same question, whose answer its caller can cancel and watch: a choice is a step.
    #[must_use]
    pub fn under(self, control: &Control) -> Self {
        Question { control: control.clone(), ..self }
    }

    /// The rows that are known.
    fn known(&self) -> impl Iterator<Item = usize> {
        self.is_open.iter().enumerate().filter(|(_, is_open)| !**is_open).map(|(row, _)| row)
    }

    /// The rows that may be chosen.
    fn open(&self) -> Vec<usize> {
        let rows = self.is_open.iter().enumerate().filter(|(_, is_open)| **is_open);
        rows.map(|(row, _)| row).collect()
    }

    /// The prediction for a row, as a number of which greater is better.
    fn worth(&self, row: usize) -> f64 {
        self.predicted.direction.worth(self.predicted.mean[row])
    }

    /// What is to be improved on, as a number of which greater is better.
    fn best(&self) -> f64 {
        let predicted = (0..self.predicted.mean.len()).map(|row| self.worth(row));
        let known = self.predicted.best.map(|best| self.predicted.direction.worth(best));
        known.unwrap_or_else(|| predicted.fold(f64::NEG_INFINITY, f64::max))
    }

    /// What of the predictions is no number to compare.
    fn not_finite(&self) -> Option<String> {
        let Predicted { mean, best, .. } = &self.predicted;
        if best.is_some_and(|best| !best.is_finite()) {
            return Some("the best known value".to_owned());
        }
        let row = mean.iter().position(|mean| !mean.is_finite())?;
        Some(format!("the prediction for network {row} (from 0)"))
    }

    /// The standard deviation of a row; 0 where none is known.
    fn deviation(&self, row: usize) -> f64 {
        // The greater of NaN and 0 is 0.
        self.predicted.std.as_ref().map_or(0.0, |std| std[row].max(0.0))
    }
}

impl Strategy {
    /// Chooses so many rows, in this order.
    ///
    /// # Errors
    ///
    /// [`SuggestError`] if fewer rows may be chosen, the model does not say what the strategy needs, or
    /// nothing tells the rows apart.
    ///
    /// # Complexity
    ///
    /// O((known + count) · rows · columns) at most.
    pub fn choose(&self, question: &Question, count: usize) -> Result<Vec<Choice>, SuggestError> {
        let left = question.is_open.iter().filter(|is_open| **is_open).count();
        if count > left {
            return Err(SuggestError::TooFew { asked: count, left });
        }
        if self.needs >= Needs::Means && question.predicted.mean.is_empty() {
            return Err(SuggestError::NoModel { strategy: self.name });
        }
        if self.needs == Needs::Deviations && question.predicted.std.is_none() {
            return Err(SuggestError::no_deviation(self.name));
        }
        let is_unknown = |std: &Vec<f64>| std.iter().any(|std| std.is_nan());
        if self.needs == Needs::Deviations
            && question.predicted.std.as_ref().is_some_and(is_unknown)
        {
            return Err(SuggestError::UnknownDeviation { strategy: self.name });
        }
        if let Some(what) = question.not_finite() {
            return Err(SuggestError::NotFinite { what });
        }
        if self.needs_points && question.points.columns() == 0 && question.is_open.len() > 1 {
            return Err(SuggestError::Constant { rows: question.is_open.len() });
        }
        Ok((self.choose)(question, count)?)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// Rows 0, 1, 2, …, of which the last is known, predicted by their own number.
    fn question(rows: usize, seed: u64, direction: Direction) -> Question {
        let records = Array2::from_shape_fn((rows, 2), |(row, column)| {
            f64::from(u32::try_from((row * (column + 7)) % 13).unwrap())
        });
        let mean: Vec<f64> = (0..rows).map(|row| row as f64).collect();
        let std = Some(mean.iter().map(|mean| 1.0 + mean / 10.0).collect());
        let is_open = (0..rows).map(|row| row + 1 < rows).collect();
        Question::new(
            records.view(),
            is_open,
            Some(Predicted { mean, std, best: None, direction }),
            seed,
        )
    }

    #[test]
    fn every_strategy_chooses_open_rows_once() {
        for strategy in &STRATEGIES {
            for count in [0, 1, 7, 39] {
                let question = question(40, 5, Direction::Maximize);
                let chosen = strategy.choose(&question, count).unwrap();
                let mut rows: Vec<usize> = chosen.iter().map(|choice| choice.row).collect();
                rows.sort_unstable();
                rows.dedup();
                assert_eq!(rows.len(), count, "{}", strategy.name);
                assert!(rows.iter().all(|&row| row < 39), "{} {rows:?}", strategy.name);
                assert!(chosen.iter().all(|choice| choice.score.is_finite()), "{chosen:?}");
                assert_eq!(strategy.choose(&question, count).unwrap(), chosen);
            }
        }
    }

    #[test]
    fn smaller_is_better_as_the_negative_is() {
        for best in [None, Some(11.5)] {
            for strategy in &STRATEGIES {
                let mut turned = question(40, 5, Direction::Minimize);
                turned.predicted.best = best;
                let chosen = strategy.choose(&turned, 7).unwrap();
                turned.predicted.direction = Direction::Maximize;
                turned.predicted.mean.iter_mut().for_each(|mean| *mean = -*mean);
                turned.predicted.best = best.map(|best| -best);
                let mut expected = strategy.choose(&turned, 7).unwrap();
                if ["thompson", "greedy", "auto"].contains(&strategy.name) {
                    // The score is a value of the target.
                    expected =
                        expected.into_iter().map(|c| Choice { score: -c.score, ..c }).collect();
                }
                assert_eq!(chosen, expected, "{}", strategy.name);
            }
        }
        let improvement = by_name("improvement").unwrap();
        let smallest = improvement.choose(&question(40, 5, Direction::Minimize), 1).unwrap();
        let greatest = improvement.choose(&question(40, 5, Direction::Maximize), 1).unwrap();
        assert!(smallest[0].row < 10 && greatest[0].row > 30, "{smallest:?} {greatest:?}");
    }

    #[test]
    fn what_cannot_be_chosen_is_refused() {
        let too_few = STRATEGIES[0].choose(&question(40, 0, Direction::Maximize), 40);
        assert_eq!(too_few, Err(SuggestError::TooFew { asked: 40, left: 39 }));
        let records = Array2::from_elem((3, 2), 1.0);
        let of = |predicted| Question::new(records.view(), vec![true; 3], predicted, 0);
        let refused = |name, question: &Question| by_name(name).unwrap().choose(question, 1);
        assert_eq!(refused("diverse", &of(None)), Err(SuggestError::Constant { rows: 3 }));
        for name in ["uncertain", "improvement", "thompson"] {
            let error = refused(name, &of(None)).unwrap_err();
            assert!(matches!(error, SuggestError::NoModel { .. }), "{error}");
        }
        let direction = Direction::Minimize;
        let means = || Some(Predicted { mean: vec![1.0; 3], std: None, best: None, direction });
        for name in ["uncertain", "thompson"] {
            let error = refused(name, &of(means())).unwrap_err().to_string();
            assert!(error.contains("auto, gp, forest, extra-trees"), "{error}");
        }
    }

    #[test]
    fn a_single_network_is_chosen_whatever_it_is() {
        let question = Question::new(Array2::ones((1, 2)).view(), vec![true], None, 0);
        assert_eq!(STRATEGIES[0].choose(&question, 1).unwrap().len(), 1);
    }
}
