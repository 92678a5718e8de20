//! A blend of predictors that is chosen on the training rows alone.
//!
//! Its [members](members::members) are boosted trees, a Gaussian process and two forests. Each
//! predicts the training rows by what has not seen them (out of bag, or five folds), and weighs by
//! how well that went: its mean squared error on [normal scores](scores) to the power of
//! −6 n / (n + 64) for n rows. So members that do equally well are averaged, and one that does clearly
//! worse has hardly a say; what weighs less than a twentieth is left out. There is nothing to choose
//! by hand.
//!
//! The standard deviation of a prediction comes of the disagreement of the members, on normal scores, and of the
//! errors of the held-out predictions, which calibrate it ([`Spread`]). It is at most the range of the training
//! targets, and absent where these are all equal or no row could be held out.
//!
//! Wolpert, *Stacked generalization*, Neural Networks 5, 1992; Breiman, *Stacked regressions*,
//! Machine Learning 24, 1996.

mod columns;
mod fit;
mod kind;
mod members;
mod scores;
mod spread;

use ndarray::{Array1, ArrayView2, Axis};

use self::columns::Columns;
pub(super) use self::kind::AUTO;
pub(super) use self::scores::Scores;
use self::spread::Spread;
use super::Predict;

/// A fitted blend.
#[derive(Debug)]
pub(super) struct Auto {
    members: Vec<Member>,
    /// For the members of scores: their columns are scores too.
    columns: Columns,
    scores: Scores,
    spread: Spread,
    /// The predictions for the training rows by what has not seen them, NaN where all members have;
    /// none once it is loaded.
    held_out: Option<Array1<f64>>,
}

/// One predictor of a blend.
#[derive(Debug)]
struct Member {
    /// The name of its kind.
    name: &'static str,
    /// Whether it predicts normal scores of the target.
    is_of_scores: bool,
    weight: f64,
    /// Kendall's tau-b of its held-out predictions; 0 where there is none.
    tau: f64,
    predictor: Box<dyn Predict>,
}

impl Member {
    /// Its predictions in units of the target.
    fn values(&self, predicted: Array1<f64>, scores: &Scores) -> Array1<f64> {
        if self.is_of_scores { predicted.mapv(|score| scores.value(score)) } else { predicted }
    }

    /// Its predictions as normal scores.
    fn scores(&self, predicted: Array1<f64>, scores: &Scores) -> Array1<f64> {
        if self.is_of_scores { predicted } else { scores.of(predicted.view()) }
    }
}

impl Auto {
    /// What each member predicts.
    fn predict(&self, records: ArrayView2<f64>) -> Vec<Array1<f64>> {
        let each = self.members.iter().map(|member| {
            let mean = if member.is_of_scores {
                member.predictor.mean(self.columns.apply(records).view())
            } else {
                member.predictor.mean(records)
            };
            mean.index_axis_move(Axis(1), 0)
        });
        each.collect()
    }

    /// The weighted mean of what the members predict (rows × members), in units of the target. A constant target
    /// is predicted as it is, to the last digit.
    fn blend(&self, values: ArrayView2<f64>) -> Array1<f64> {
        if self.scores.distinct() < 2 {
            return Array1::from_elem(values.nrows(), self.scores.value(0.0));
        }
        values.dot(&self.weights())
    }

    fn weights(&self) -> Array1<f64> {
        self.members.iter().map(|member| member.weight).collect()
    }
}
