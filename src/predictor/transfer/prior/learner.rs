//! Learning from a prior on.

use ndarray::{ArrayView1, ArrayView2, Axis};

use super::alone::Alone;
use super::start::Start;
use super::started::{Heard, Started, Target, first};
use crate::control::Control;
use crate::predictor::auto::Scores;
use crate::predictor::error::{LARGEST, size};
use crate::predictor::resample::{HoldOut, fit_in_order, folds};
use crate::predictor::{COPY, FitError, Fitted, Footprint, Learner, Parameters};

/// Folds that hold rows out of learners that do not tell held-out predictions themselves.
const FOLDS: usize = 5;

/// What is believed of the weight of a start: it is that of so many labels.
const LABELS: f64 = 8.0;

/// With less agreement of start and labels less of this is believed; without any the prior is not heard.
const AGREES: f64 = 0.2;

/// Squares that are a smaller part of others are errors of rounding.
const ROUNDING: f64 = 1e-20;

/// How many rows are worth as much as this belief.
const ROWS: f64 = 64.0;

/// A learner that starts from a prior, whose predictions are the last column of its records.
#[derive(Debug)]
pub struct FromPrior(
    /// What learns beside the prior, and corrects it.
    pub Box<dyn Learner>,
);

impl Learner for FromPrior {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn parameters(&self) -> Parameters {
        self.0.parameters()
    }

    fn footprint(&self, targets: usize) -> Footprint {
        FromPrior::footprint(self.0.footprint(targets))
    }

    /// All columns but the last are its own.
    fn fit_under(
        &self,
        records: ArrayView2<f64>,
        targets: ArrayView2<f64>,
        seed: u64,
        control: &Control,
    ) -> Result<Fitted, FitError> {
        self.fit_beside(records, records.ncols().saturating_sub(1), targets, seed, control)
    }
}

impl FromPrior {
    /// [`Learner::fit_under`], where only the first `own` columns are those of the learner: the others are those of the prior,
    /// and the last one is what it predicts.
    ///
    /// # Errors
    ///
    /// As those of [`Learner::fit_under`].
    pub fn fit_beside(
        &self,
        records: ArrayView2<f64>,
        own: usize,
        targets: ArrayView2<f64>,
        seed: u64,
        control: &Control,
    ) -> Result<Fitted, FitError> {
        let columns = records.ncols();
        if own >= columns {
            return Err(FitError::NoPriorColumn { own, columns });
        }
        if targets.nrows() == 0 {
            let targets = targets.ncols();
            return Ok(Fitted::new(columns, targets, Box::new(Alone { targets })));
        }
        let size = size(records.index_axis(Axis(1), columns - 1));
        if size > LARGEST {
            return Err(FitError::PriorSize { size });
        }
        let predictor = fit_in_order(records, targets, |records, targets| {
            let steps = control.steps(targets.ncols());
            let each = targets.columns().into_iter().map(|target| {
                let fitted = self.one(records, own, target, (seed, control))?;
                steps.done()?;
                Ok(fitted)
            });
            let each = each.collect::<Result<_, FitError>>()?;
            Ok(Box::new(Started { own, columns, each }))
        })?;
        Ok(Fitted::new(columns, targets.ncols(), predictor))
    }

    /// What a learner needs that starts from a prior: it is fitted twice, on records to which what the
    /// prior says is added.
    pub(crate) fn footprint(own: Footprint) -> Footprint {
        Footprint { row: 2.0 * own.row, ..own } + Footprint::numbers(2.0 * COPY)
    }

    /// What is made of a target.
    fn one(
        &self,
        records: ArrayView2<f64>,
        own: usize,
        target: ArrayView1<f64>,
        (seed, control): (u64, &Control),
    ) -> Result<Target, FitError> {
        let prior = records.index_axis(Axis(1), records.ncols() - 1);
        let folds = folds(records, target, FOLDS, seed);
        let held_out = |records: ArrayView2<f64>, target: ArrayView1<f64>| {
            HoldOut { learner: &*self.0, folds: &folds, seed, control, steps: None }
                .fit(records, target)
        };
        let scores = Scores::new(target);
        let truth = scores.of(target);
        let started = Start::held_out(prior, truth.view());
        let sure = (agreement(started.view(), truth.view()) / AGREES).clamp(0.0, 1.0);
        if sure <= 0.0 {
            let (learner, unseen) = held_out(first(records, own), target)?;
            return Ok(Target { scores, learner, heard: None, held_out: Some(unseen) });
        }
        let start = Start::fit(prior, truth.view());
        let left = &truth - &start.of(prior);
        let (learner, unseen) = held_out(records, target)?;
        let (corrector, added) = held_out(records, left.view())?;
        let corrected = started + added * Heard::ADDED;
        let believed = sure * LABELS / (LABELS + target.len() as f64);
        let known = scores.of(unseen.view());
        let weight = weight(truth.view(), known.view(), corrected.view(), believed);
        let values = corrected.mapv(|score| scores.value(score));
        let held_out = Some(unseen * (1.0 - weight) + values * weight);
        let heard = Some(Heard { start, weight, corrector });
        Ok(Target { scores, learner, heard, held_out })
    }
}

/// How far held-out predictions agree with the truth, both taken from the mean of the other rows: the
/// cosine between them, 0 if there is none.
fn agreement(held_out: ArrayView1<f64>, truth: ArrayView1<f64>) -> f64 {
    let (rows, sum) = (truth.len() as f64, truth.sum());
    let mean = truth.mapv(|own| (sum - own) / (rows - 1.0));
    let (one, other) = (&held_out - &mean, &truth - &mean);
    let found = one.dot(&other) / (one.dot(&one) * other.dot(&other)).sqrt();
    // Of a flat line only errors of rounding are left, whose direction means nothing.
    let is_flat = one.dot(&one) <= ROUNDING * other.dot(&other);
    if found.is_finite() && !is_flat { found } else { 0.0 }
}

/// The weight of the second of two predictions of normal scores in their mean.
fn weight(
    truth: ArrayView1<f64>,
    first: ArrayView1<f64>,
    second: ArrayView1<f64>,
    believed: f64,
) -> f64 {
    let (mut both, mut apart, mut rows) = (0.0, 0.0, 0.0);
    for ((truth, first), second) in truth.iter().zip(first).zip(second) {
        let difference = second - first;
        if difference.is_finite() {
            both += difference * (truth - first);
            apart += difference * difference;
            rows += 1.0;
        }
    }
    let worth = ROWS * apart / rows;
    let weight = (both + worth * believed) / (apart + worth);
    if weight.is_finite() { weight.clamp(0.0, 1.0) } else { believed }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::{agreement, weight};

    #[test]
    fn the_mean_of_the_others_agrees_with_nothing() {
        let truth = array![1.0, 2.0, 4.0];
        let means = array![3.0, 2.5, 1.5];
        assert!(agreement(means.view(), truth.view()).abs() < 1e-12);
        assert!((agreement(truth.view(), truth.view()) - 1.0).abs() < 1e-12);
        let opposite = &means * 2.0 - &truth;
        assert!((agreement(opposite.view(), truth.view()) + 1.0).abs() < 1e-12);
        assert!(agreement(array![1.0].view(), array![1.0].view()).abs() < 1e-12);
    }

    #[test]
    fn rows_overrule_what_is_believed() {
        let of = |rows: usize, share: f64| {
            let first = Array1::from_elem(rows, 0.5);
            let second = Array1::from_elem(rows, -0.5);
            let truth = &first * (1.0 - share) + &second * share;
            weight(truth.view(), first.view(), second.view(), 0.5)
        };
        // (n · share + 64 · 0.5) / (n + 64)
        assert!((of(8, 0.0) - 64.0 * 0.5 / 72.0).abs() < 1e-12);
        assert!((of(8, 1.0) - (8.0 + 64.0 * 0.5) / 72.0).abs() < 1e-12);
        assert!(of(4096, 0.0) < 0.01 && of(4096, 1.0) > 0.99);
        // Where both say the same only the belief is left.
        let same = Array1::zeros(8);
        assert!((weight(same.view(), same.view(), same.view(), 0.5) - 0.5).abs() < 1e-12);
    }
}
